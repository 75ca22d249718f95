// The drawing of a sound, and a selection: drawn by pointer, or moved by its two handles, which are sliders.
const LEAST = 0.05
const steps = { fine: 0.1, coarse: 1 }
const SVG = "http://www.w3.org/2000/svg"

function element(tag, attributes = {}, text = "", space = "") {
  const node = space ? document.createElementNS(space, tag) : document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  if (text) node.textContent = text
  return node
}
const clamp = (value, low, high) => Math.min(high, Math.max(low, value))
const round = (value) => Math.round(value * 100) / 100

function outline(wave) {
  const width = wave.length || 1
  const up = wave.map(([, high], x) => `${x} ${100 - Math.max(high, 1)}`)
  const down = wave.map(([low], x) => `${x} ${100 - Math.min(low, -1)}`).reverse()
  return { width, d: wave.length ? `M${[...up, ...down].join("L")}Z` : "" }
}

function build(root, scene, send) {
  const { words, seconds } = scene
  let [start, end] = scene.selected
  let timer = 0
  root.replaceChildren()

  const sound = element("div", { class: "sound", role: "group", "aria-label": words.label })
  const { width, d } = outline(scene.wave)
  const svg = element("svg", { viewBox: `0 0 ${width} 200`, preserveAspectRatio: "none", "aria-hidden": "true" }, "", SVG)
  svg.append(element("path", { d }, "", SVG))
  const before = element("div", { class: "outside" }), after = element("div", { class: "outside" })
  sound.append(svg, before, after)
  for (const mark of scene.marks) {
    const line = element("div", { class: "mark", title: words.mark.replace("{seconds}", String(Math.round(mark))) })
    line.style.left = `${(mark / seconds) * 100}%`
    sound.append(line)
  }
  const handles = {}
  for (const name of ["start", "end"]) {
    handles[name] = element("div", {
      class: "handle", role: "slider", tabindex: "0", "aria-label": words[name], "aria-valuemin": "0",
      "aria-valuemax": String(round(seconds)), "aria-orientation": "horizontal",
    })
    sound.append(handles[name])
  }
  const scale = element("div", { class: "scale", "aria-hidden": "true" })
  const from = element("span"), to = element("span")
  scale.append(from, to)
  root.append(sound, scale, element("p", { class: "help" }, words.help))

  const said = (value) => words.at.replace("{seconds}", value.toFixed(1).replace(".", document.documentElement.lang === "fr" ? "," : "."))
  function draw() {
    const left = (start / seconds) * 100, right = (end / seconds) * 100
    Object.assign(before.style, { left: "0", width: `${left}%` })
    Object.assign(after.style, { left: `${right}%`, right: "0" })
    for (const [name, value] of [["start", start], ["end", end]]) {
      // Handles stay whole at both ends.
      handles[name].style.left = `clamp(14px, ${(value / seconds) * 100}%, calc(100% - 14px))`
      handles[name].setAttribute("aria-valuenow", String(round(value)))
      handles[name].setAttribute("aria-valuetext", said(value))
    }
    from.textContent = said(start)
    to.textContent = said(end)
  }
  function move(name, value) {
    if (name === "start") start = clamp(round(value), 0, end - LEAST)
    else end = clamp(round(value), start + LEAST, seconds)
    draw()
  }
  // Arrows repeat: what is kept is where they stop.
  function tell(wait) {
    clearTimeout(timer)
    timer = setTimeout(() => send("selected", { start, end }), wait)
  }
  function where(event) {
    const at = sound.getBoundingClientRect()
    return clamp((event.clientX - at.left) / at.width, 0, 1) * seconds
  }

  sound.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return
    event.preventDefault()
    const grabbed = Object.keys(handles).find((name) => event.target === handles[name])
    const origin = where(event), kept = [start, end]
    let moved = false
    sound.setPointerCapture(event.pointerId)
    if (grabbed) handles[grabbed].focus({ preventScroll: true })

    function drag(next) {
      const at = where(next)
      moved ||= Math.abs(at - origin) > seconds * 0.004
      if (!moved) return
      if (grabbed) move(grabbed, at)
      else {
        start = round(Math.min(at, origin))
        end = Math.max(round(Math.max(at, origin)), start + LEAST)
        draw()
      }
    }
    function stop(last) {
      sound.removeEventListener("pointermove", drag)
      sound.removeEventListener("pointerup", stop)
      sound.removeEventListener("pointercancel", stop)
      if (last.type === "pointercancel") { [start, end] = kept; draw() }
      else if (moved) tell(0)
    }
    sound.addEventListener("pointermove", drag)
    sound.addEventListener("pointerup", stop)
    sound.addEventListener("pointercancel", stop)
  })
  for (const name of Object.keys(handles)) {
    handles[name].addEventListener("keydown", (event) => {
      const ways = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }
      const value = name === "start" ? start : end
      let next = null
      if (ways[event.key]) next = value + ways[event.key] * (event.shiftKey ? steps.coarse : steps.fine)
      else if (event.key === "Home") next = 0
      else if (event.key === "End") next = seconds
      if (next === null || event.ctrlKey || event.metaKey) return
      event.preventDefault()
      move(name, next)
      tell(500)
    })
  }
  root.follow = (kept) => {
    [start, end] = kept
    draw()
  }
  draw()
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".wave")
  const before = root.dataset.drawn
  if (before === data.json) return
  const scene = JSON.parse(data.json)
  root.dataset.drawn = data.json
  // The selection comes back from Python as data: it is already there, unless it was typed in the fields below.
  const same = before && JSON.stringify({ ...JSON.parse(before), selected: null }) === JSON.stringify({ ...scene, selected: null })
  if (!same) build(root, scene, setStateValue)
  else if (!root.contains(root.getRootNode().activeElement)) root.follow(scene.selected)
}
