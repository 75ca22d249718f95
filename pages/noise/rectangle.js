// A rectangle on a photograph: drawn or moved by pointer, moved and sized by keyboard, or typed in per cent.
const LEAST = 0.04
const steps = { fine: 0.01, coarse: 0.05 }

function element(tag, attributes = {}, text = "") {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  if (text) node.textContent = text
  return node
}
const clamp = (value, low, high) => Math.min(high, Math.max(low, value))
const round = (value) => Math.round(value * 1000) / 1000

// Inside the picture, and never too thin to be grasped.
function fitted(box) {
  const width = round(clamp(box.width, LEAST, 1)), height = round(clamp(box.height, LEAST, 1))
  return { x: round(clamp(box.x, 0, 1 - width)), y: round(clamp(box.y, 0, 1 - height)), width, height }
}

function build(root, data, send) {
  const words = data.words
  let box = { ...data.box }
  let timer = 0
  root.replaceChildren()

  const frame = element("div", { class: "photo" })
  const img = element("img", { src: data.src, alt: data.alt, draggable: "false" })
  const help = element("p", { class: "help", id: "help" }, words.help)
  const rect = element("div", {
    class: "rect", tabindex: "0", role: "group", "aria-roledescription": words.rectangle, "aria-describedby": "help",
  })
  const handle = element("span", { class: "handle", "aria-hidden": "true" })
  rect.append(handle)
  frame.append(img, rect)

  const fields = element("div", { class: "fields", role: "group", "aria-label": words.fields })
  const inputs = {}
  for (const name of ["x", "y", "width", "height"]) {
    const label = element("label", {}, words[name])
    const input = element("input", {
      type: "number", min: name === "x" || name === "y" ? "0" : String(LEAST * 100), max: "100", step: "1", inputmode: "numeric",
    })
    input.addEventListener("change", () => {
      const typed = Number(input.value)
      if (input.value !== "" && Number.isFinite(typed)) box = fitted({ ...box, [name]: typed / 100 })
      draw()
      tell(0)
    })
    inputs[name] = input
    label.append(input)
    fields.append(label)
  }
  root.append(frame, help, fields)

  function draw() {
    for (const [property, name] of [["left", "x"], ["top", "y"], ["width", "width"], ["height", "height"]]) {
      rect.style[property] = `${box[name] * 100}%`
      inputs[name].value = String(Math.round(box[name] * 100))
    }
    const at = words.at.replace("{x}", inputs.x.value).replace("{y}", inputs.y.value)
    rect.setAttribute("aria-label", at.replace("{width}", inputs.width.value).replace("{height}", inputs.height.value))
  }
  // Arrows repeat: what is kept is where they stop.
  function tell(wait) {
    clearTimeout(timer)
    timer = setTimeout(() => send("box", box), wait)
  }
  function where(event) {
    const at = frame.getBoundingClientRect()
    return { x: clamp((event.clientX - at.left) / at.width, 0, 1), y: clamp((event.clientY - at.top) / at.height, 0, 1) }
  }

  frame.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return
    event.preventDefault()
    const from = where(event), before = { ...box }
    const sizing = event.target === handle, moving = !sizing && event.target === rect
    let moved = false
    frame.setPointerCapture(event.pointerId)
    rect.focus({ preventScroll: true })

    function drag(next) {
      const at = where(next)
      moved ||= Math.abs(at.x - from.x) + Math.abs(at.y - from.y) > 0.01
      if (!moved) return
      if (moving) box = fitted({ ...before, x: before.x + at.x - from.x, y: before.y + at.y - from.y })
      else if (sizing) box = fitted({ ...before, width: Math.min(at.x, 1) - before.x, height: Math.min(at.y, 1) - before.y })
      else {
        const x = Math.min(at.x, from.x), y = Math.min(at.y, from.y)
        box = fitted({ x, y, width: Math.abs(at.x - from.x), height: Math.abs(at.y - from.y) })
      }
      draw()
    }
    function end(last) {
      frame.removeEventListener("pointermove", drag)
      frame.removeEventListener("pointerup", end)
      frame.removeEventListener("pointercancel", end)
      if (last.type === "pointercancel") { box = before; draw() }
      else if (moved) tell(0)
    }
    frame.addEventListener("pointermove", drag)
    frame.addEventListener("pointerup", end)
    frame.addEventListener("pointercancel", end)
  })
  rect.addEventListener("keydown", (event) => {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
    const way = ways[event.key]
    if (!way || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    const step = event.altKey ? steps.coarse : steps.fine
    const [right, down] = way.map((direction) => direction * step)
    box = event.shiftKey
      ? fitted({ ...box, width: Math.min(box.width + right, 1 - box.x), height: Math.min(box.height + down, 1 - box.y) })
      : fitted({ ...box, x: box.x + right, y: box.y + down })
    draw()
    tell(500)
  })
  root.follow = (kept) => {
    box = { ...kept }
    draw()
  }
  draw()
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".rectangle")
  const before = root.dataset.drawn
  if (before === data.json) return
  const scene = JSON.parse(data.json)
  root.dataset.drawn = data.json
  // The rectangle comes back from Python as data, once it is saved: it is already there, unless another window moved it.
  const same = before && JSON.stringify({ ...JSON.parse(before), box: null }) === JSON.stringify({ ...scene, box: null })
  if (!same) build(root, scene, setStateValue)
  else if (!root.contains(root.getRootNode().activeElement)) root.follow(scene.box)
}
