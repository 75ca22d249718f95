// How an image came out of its noise: the picture after each step, under one slider. Called again with new data at every
// run of the page: which step is shown lives here, keyed by the scene, so that a rerun changes nothing on screen.
const scenes = new Map()

function element(tag, attributes = {}, text = "") {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  if (text) node.textContent = text
  return node
}

function build(root, data) {
  const last = data.frames.length - 1
  const state = scenes.get(data.scene) ?? { at: last, timer: 0 }
  scenes.set(data.scene, state)
  clearInterval(state.timer)
  const words = data.labels
  root.replaceChildren()

  const figure = element("div", { class: "frame" })
  // All of them are there from the start: a slider that waits for pictures shows none.
  const images = data.frames.map((src, i) => element("img", { src, alt: i === last ? data.alt : "", draggable: "false" }))
  figure.append(...images)
  const tools = element("div", { class: "tools" })
  const play = element("button", { type: "button" }, words.play)
  const slider = element("input", {
    type: "range", min: "0", max: String(last), step: "1", value: String(state.at), "aria-label": words.slider,
  })
  const said = element("output", { class: "status" })
  tools.append(play, slider, said)
  root.append(figure, element("p", { class: "band" }, data.band), tools)

  function show(at) {
    state.at = at
    slider.value = String(at)
    images.forEach((image, i) => { image.hidden = i !== at })
    const text = at === last ? words.last : words.step.replace("{step}", at + 1).replace("{steps}", last)
    said.textContent = text
    slider.setAttribute("aria-valuetext", text)
  }
  function stop() {
    clearInterval(state.timer)
    state.timer = 0
    play.textContent = words.play
  }
  slider.addEventListener("input", () => { stop(); show(Number(slider.value)) })
  play.addEventListener("click", () => {
    if (state.timer) { stop(); return }
    play.textContent = words.pause
    show(state.at === last ? 0 : state.at)
    const pause = Math.max(120, Math.min(700, 6000 / (last + 1)))
    state.timer = setInterval(() => {
      if (!root.isConnected || state.at === last) { stop(); return }
      show(state.at + 1)
    }, pause)
  })
  show(Math.min(state.at, last))
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".unfolding")
  if (root.dataset.drawn === data.json) return
  root.dataset.drawn = data.json
  build(root, JSON.parse(data.json))
}
