// Two pictures of one size, one above the other, and the line between them. The line is an ordinary range input that
// lies over the picture: mouse, touch, keyboard and screen readers know what to do with it.
const places = new Map()

function element(tag, attributes = {}, text = "") {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  if (text) node.textContent = text
  return node
}

function build(root, data) {
  root.replaceChildren()
  const frame = element("div", { class: "pair" })
  const before = element("img", { src: data.before, alt: data.beforeAlt, draggable: "false" })
  const after = element("img", { src: data.after, alt: data.afterAlt, draggable: "false", class: "after" })
  const line = element("span", { class: "line", "aria-hidden": "true" })
  const left = element("span", { class: "tag left", "aria-hidden": "true" }, data.words.before)
  const right = element("span", { class: "tag right", "aria-hidden": "true" }, data.words.after)
  const range = element("input", { type: "range", min: "0", max: "100", step: "1", "aria-label": data.words.line })
  range.value = String(places.get(data.scene) ?? 50)
  function draw() {
    const at = Number(range.value)
    places.set(data.scene, at)
    frame.style.setProperty("--at", `${at}%`)
    left.classList.toggle("away", at < 18)
    right.classList.toggle("away", at > 82)
    range.setAttribute("aria-valuetext", data.words.value.replace("{percent}", String(100 - at)))
  }
  range.addEventListener("input", draw)
  frame.append(before, after, line, left, right, range)
  root.append(frame)
  if (data.band) root.append(element("p", { class: "band" }, data.band))
  draw()
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".beforeafter")
  if (root.dataset.drawn === data.json) return
  root.dataset.drawn = data.json
  build(root, JSON.parse(data.json))
}
