// One picture with its tools. Called again with new data at every run of the page: the state of a scene (is the
// picture covered, is the magnifier on) lives here, keyed by the scene, so that a rerun changes nothing on screen.
const ZOOM = 3
const scenes = new Map()

function element(tag, attributes = {}, text = "") {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  if (text) node.textContent = text
  return node
}

function build(root, data, send) {
  const scene = scenes.get(data.scene) ?? { open: data.seconds === 0, over: false, lens: false, at: { x: 0.5, y: 0.5 } }
  scenes.set(data.scene, scene)
  const words = data.labels
  root.replaceChildren()

  const frame = element("div", {
    class: "frame", tabindex: "0", role: "group", "aria-label": words.help,
  })
  const img = element("img", { src: data.src, alt: data.alt, draggable: "false" })
  const lens = element("div", { class: "lens", "aria-hidden": "true" })
  lens.style.backgroundImage = `url("${data.src}")`
  frame.append(img, lens)

  const dots = element("div", { class: "dots" })
  frame.append(dots)
  let point = data.point

  function drawDots() {
    dots.replaceChildren()
    data.marks.forEach((mark, i) => {
      const dot = element("span", { class: "mark", title: mark.label }, String(i + 1))
      place(dot, mark)
      dots.append(dot)
    })
    for (const at of data.doubts) {
      const dot = element("span", { class: "warm", "aria-hidden": "true" })
      place(dot, at)
      dots.append(dot)
    }
    if (point) {
      const dot = element("span", { class: "doubt" }, "?")
      place(dot, point)
      dots.append(dot)
    }
  }
  function place(node, at) {
    node.style.left = `${at.x * 100}%`
    node.style.top = `${at.y * 100}%`
  }

  const tools = element("div", { class: "tools" })
  const magnifier = element("button", { type: "button", "aria-pressed": String(scene.lens) }, words.magnifier)
  magnifier.addEventListener("click", () => {
    scene.lens = !scene.lens
    magnifier.setAttribute("aria-pressed", String(scene.lens))
    drawLens()
    if (scene.lens) frame.focus()
  })
  tools.append(magnifier)
  const status = element("span", { class: "status", role: "status" })
  let remove = null
  if (data.pick) {
    remove = element("button", { type: "button" }, words.remove)
    remove.addEventListener("click", () => setPoint(null))
    tools.append(remove)
  }
  tools.append(status)

  function setPoint(at) {
    point = at
    drawDots()
    tell()
    send("point", at ?? {})
  }
  function tell() {
    if (!data.pick) return
    remove.hidden = !point
    status.textContent = point ? words.placed : words.point
  }
  function drawLens() {
    lens.hidden = !scene.lens || !visible()
    const box = img.getBoundingClientRect()
    const side = lens.offsetWidth || 180
    place(lens, scene.at)
    lens.style.backgroundSize = `${box.width * ZOOM}px ${box.height * ZOOM}px`
    lens.style.backgroundPosition =
      `${side / 2 - scene.at.x * box.width * ZOOM}px ${side / 2 - scene.at.y * box.height * ZOOM}px`
  }
  function where(event) {
    const box = img.getBoundingClientRect()
    const clamp = (v) => Math.min(1, Math.max(0, v))
    return { x: clamp((event.clientX - box.left) / box.width), y: clamp((event.clientY - box.top) / box.height) }
  }
  function visible() { return data.seconds === 0 || (scene.open && !scene.over) }

  frame.addEventListener("pointermove", (event) => {
    if (!scene.lens) return
    scene.at = where(event)
    drawLens()
  })
  frame.addEventListener("click", (event) => {
    if (!data.pick || !visible() || event.target.closest("button")) return
    scene.at = where(event)
    setPoint(scene.at)
  })
  frame.addEventListener("keydown", (event) => {
    if (event.target !== frame) return
    const step = event.shiftKey ? 0.1 : 0.03
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }
    if (moves[event.key]) {
      scene.lens = true
      magnifier.setAttribute("aria-pressed", "true")
      const [dx, dy] = moves[event.key]
      scene.at = { x: Math.min(1, Math.max(0, scene.at.x + dx)), y: Math.min(1, Math.max(0, scene.at.y + dy)) }
      drawLens()
    } else if (event.key === "Enter" && data.pick && visible()) setPoint({ ...scene.at })
    else if (event.key === "Escape") {
      scene.lens = false
      magnifier.setAttribute("aria-pressed", "false")
      drawLens()
    } else if ((event.key === "Delete" || event.key === "Backspace") && data.pick && point) setPoint(null)
    else return
    event.preventDefault()
  })
  img.addEventListener("load", drawLens)

  const figure = element("div", { class: "figure" })
  figure.append(frame)
  if (data.band) figure.append(element("p", { class: "band" }, data.band))
  figure.append(tools)
  root.append(figure)

  // Timed display: covered until asked for, then covered again.
  if (data.seconds > 0) {
    const cover = element("div", { class: "cover" })
    const bar = element("div", { class: "time", "aria-hidden": "true" })
    function drawCover() {
      cover.replaceChildren()
      cover.hidden = visible()
      img.style.visibility = visible() ? "visible" : "hidden"
      dots.hidden = !visible()
      if (scene.over) cover.append(element("p", {}, words.hidden))
      else if (!scene.open) {
        const show = element("button", { type: "button", class: "show" }, words.show)
        show.addEventListener("click", () => {
          scene.open = true
          scene.until = performance.now() + data.seconds * 1000
          frame.focus()
          drawCover()
          watch()
        })
        cover.append(show)
      }
      drawLens()
    }
    function watch() {
      const left = scene.until - performance.now()
      bar.style.width = `${Math.max(0, (left / (data.seconds * 1000)) * 100)}%`
      if (left > 0) scene.timer = requestAnimationFrame(watch)
      else { scene.over = true; drawCover() }
    }
    frame.append(cover, bar)
    drawCover()
    if (scene.open && !scene.over) watch()
  }
  drawDots()
  tell()
  drawLens()
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".stage")
  const before = root.dataset.drawn
  if (before === data.json) return
  const scene = JSON.parse(data.json)
  root.dataset.drawn = data.json
  // A new point comes back from Python as data: the picture it belongs to is already drawn.
  const same = before && JSON.stringify({ ...JSON.parse(before), point: null }) === JSON.stringify({ ...scene, point: null })
  if (!same) build(root, scene, setStateValue)
}
