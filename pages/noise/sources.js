// A generated picture and the photographs it was made of: point at a pixel of the one, and the place it came from lights
// up in the other. Called again at every run of the page: where one stands and which map is on live here, keyed by the
// scene, so that a rerun changes nothing on screen.
const RECORD = 8 // bytes a pixel: photograph, kept, difference (u16), row (u16), column (u16)
const WINDOW = 3 // an enlarged view shows this many patches across
const VEIL = 178 // opacity of a map, of 255
const RING = 1.4 // rem, radius of the ring around a place
const LOUD_AFTER = 450 // milliseconds of rest before the place is said aloud
const COPIED = [20, 105, 107]
const BLENDED = [242, 177, 52]
const CORNERS = [[143, 211, 255], [255, 213, 138], [0, 58, 102], [122, 59, 0]] // top left, top right, bottom left, right
const INK = [27, 31, 59]

const states = new Map()
const drawn = new WeakMap()

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  node.append(...children)
  return node
}
const clamp = (value, most) => Math.min(most, Math.max(0, value))
const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16))
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)

// The colour of a place in a photograph: light to dark downwards, blue to orange across.
function placeColour(x, y) {
  const mix = (a, b, t) => a.map((value, i) => value + (b[i] - value) * t)
  return mix(mix(CORNERS[0], CORNERS[1], x), mix(CORNERS[2], CORNERS[3], x), y)
}

function build(root, data) {
  const { width, height, photos, labels } = data
  const single = photos.length === 1
  const state = states.get(data.scene) ?? { x: width >> 1, y: height >> 1, map: "none", only: -1 }
  states.set(data.scene, state)
  let alike = data.alike
  let view = null // what each pixel came from, once it has arrived
  const number = new Intl.NumberFormat(data.lang, { maximumFractionDigits: 1 })
  const colours = data.colours.map(rgb)

  // -- what is on screen ----------------------------------------------------------------------------------------------
  const maps = [["none", labels.none], ["origin", single ? labels.place : labels.photo], ["closeness", labels.closeness]]
  const tools = element("div", { class: "tools", role: "group", "aria-label": labels.maps })
  const buttons = maps.map(([name, words]) => {
    const button = element("button", { type: "button" }, words)
    button.addEventListener("click", () => { state.map = name; if (name !== "origin") state.only = -1; drawMap() })
    tools.append(button)
    return button
  })

  const picture = element("img", { src: data.picture, alt: data.alt, draggable: "false" })
  const map = element("canvas", { class: "map", width, height, "aria-hidden": "true" })
  const here = element("span", { class: "here", "aria-hidden": "true" })
  const pad = element("div", { class: "frame pad", tabindex: "0", role: "application", "aria-label": labels.help }, picture, map, here)
  const made = element("figure", { class: "made" }, pad, element("figcaption", { class: "band" }, data.band))

  const photograph = element("img", { alt: "", draggable: "false" })
  const key = element("canvas", { class: "map", width: 48, height: 32, "aria-hidden": "true" })
  const there = element("span", { class: "here", "aria-hidden": "true" })
  const badge = element("span", { class: "badge", "aria-hidden": "true" })
  const caption = element("figcaption")
  const source = element("figure", { class: "source" }, element("div", { class: "frame" }, photograph, key, there, badge), caption)

  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  svg.setAttribute("class", "link")
  svg.setAttribute("aria-hidden", "true")
  const lines = ["under", "over"].map((name) => {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line")
    line.setAttribute("class", name)
    svg.append(line)
    return line
  })
  const board = element("div", { class: "board" }, made, source, svg)

  const images = photos.map((photo) => Object.assign(new Image(), { src: photo.src }))
  const thumbs = element("div", { class: "thumbs", role: "group", "aria-label": labels.only })
  const thumbButtons = single ? [] : photos.map((photo, i) => {
    const mark = element("span", { class: "badge" }, String(i + 1))
    mark.style.background = data.colours[i]
    mark.style.color = bright(colours[i]) ? "#1b1f3b" : "#fff"
    const button = element("button", { type: "button", title: photo.title }, element("img", { src: photo.src, alt: photo.alt }), mark)
    button.addEventListener("click", () => {
      state.only = state.only === i ? -1 : i
      state.map = "origin"
      drawMap()
    })
    thumbs.append(button)
    return button
  })

  const legend = element("ul", { class: "legend" })
  const near = element("canvas", { width: 240, height: 240, "aria-hidden": "true" })
  const far = element("canvas", { width: 240, height: 240, "aria-hidden": "true" })
  const verdict = element("strong")
  const figure = element("span")
  const farName = element("figcaption")
  const pair = element("div", { class: "pair" },
    element("figure", {}, near, element("figcaption", {}, labels.near)),
    element("figure", {}, far, farName))
  const tell = element("p", { class: "tell" }, verdict, figure)
  const loud = element("p", { class: "unseen", role: "status" })
  root.replaceChildren(tools, element("div", { class: "table" }, board, pair, tell, legend, ...(single ? [] : [thumbs])), loud)

  // -- what a pixel came from -----------------------------------------------------------------------------------------
  function origin(x, y) {
    const at = (y * width + x) * RECORD
    return {
      photo: Math.min(view.getUint8(at), photos.length - 1),
      kept: view.getUint8(at + 1) === 1,
      apart: view.getUint16(at + 2, true) / 256,
      y: view.getUint16(at + 4, true),
      x: view.getUint16(at + 6, true),
    }
  }
  function named(from) {
    if (from.kept) return labels.kept
    if (from.apart <= alike) return labels.copied
    return from.apart <= 2 * alike ? labels.close : labels.blended
  }

  // -- the place one points at ------------------------------------------------------------------------------------------
  function drawPlace() {
    pin(here, (state.x + 0.5) / width, (state.y + 0.5) / height, data.patch / width)
    if (!view) return
    const from = origin(state.x, state.y)
    const photo = photos[from.photo]
    const image = images[from.photo]
    if (photograph.getAttribute("src") !== photo.src) {
      photograph.src = photo.src
      photograph.alt = photo.alt
      caption.textContent = filled(labels.name, { number: from.photo + 1, title: photo.title })
    }
    badge.textContent = String(from.photo + 1)
    badge.style.background = single ? "" : data.colours[from.photo]
    badge.style.color = single || !bright(colours[from.photo]) ? "" : "#1b1f3b"
    thumbButtons.forEach((button, i) => button.classList.toggle("now", i === from.photo))
    // One patch covers as many of the photograph's own pixels as the photograph is larger than the picture.
    const across = data.patch * Math.max(photo.width, photo.height) / Math.max(width, height)
    pin(there, (from.x + 0.5) / photo.width, (from.y + 0.5) / photo.height, across / photo.width)
    verdict.textContent = named(from)
    figure.textContent = from.kept ? "" : filled(labels.difference, { levels: number.format(Math.ceil(from.apart * 10) / 10) })
    farName.textContent = filled(labels.far, { number: from.photo + 1 })
    enlarge(near, picture, state.x, state.y, data.patch)
    enlarge(far, image, from.x, from.y, across)
    drawLink()
  }
  function pin(node, x, y, side) {
    node.style.left = `${x * 100}%`
    node.style.top = `${y * 100}%`
    node.style.width = `${side * 100}%`
  }
  function enlarge(canvas, image, x, y, patch) {
    if (!image.complete || !image.naturalWidth) return
    const brush = canvas.getContext("2d")
    const side = patch * WINDOW
    brush.imageSmoothingEnabled = false
    brush.clearRect(0, 0, canvas.width, canvas.height)
    brush.drawImage(image, x + 0.5 - side / 2, y + 0.5 - side / 2, side, side, 0, 0, canvas.width, canvas.height)
    const inner = canvas.width / WINDOW
    for (const [colour, thick] of [["#1b1f3b", 8], ["#fff", 4]]) {
      brush.strokeStyle = colour
      brush.lineWidth = thick
      brush.strokeRect(inner, inner, inner, inner)
    }
  }
  // From ring to ring: what they surround stays bare.
  function drawLink() {
    const box = board.getBoundingClientRect()
    const [from, to] = [here, there].map((node) => {
      const end = node.getBoundingClientRect()
      return [end.left + end.width / 2 - box.left, end.top + end.height / 2 - box.top]
    })
    const length = Math.hypot(to[0] - from[0], to[1] - from[1])
    const ring = RING * parseFloat(getComputedStyle(document.documentElement).fontSize)
    svg.toggleAttribute("hidden", length < 2 * ring)
    if (!length) return
    const step = [0, 1].map((axis) => (to[axis] - from[axis]) * ring / length)
    for (const line of lines) {
      line.setAttribute("x1", from[0] + step[0])
      line.setAttribute("y1", from[1] + step[1])
      line.setAttribute("x2", to[0] - step[0])
      line.setAttribute("y2", to[1] - step[1])
    }
  }
  let timer = 0
  function say() {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (!view) return
      const from = origin(state.x, state.y)
      loud.textContent = filled(labels.said, {
        column: state.x + 1, row: state.y + 1, number: from.photo + 1, title: photos[from.photo].title,
        across: Math.round(100 * from.x / photos[from.photo].width), down: Math.round(100 * from.y / photos[from.photo].height),
        verdict: verdict.textContent, difference: figure.textContent,
      })
    }, LOUD_AFTER)
  }
  function go(x, y) {
    state.x = clamp(Math.round(x), width - 1)
    state.y = clamp(Math.round(y), height - 1)
    drawPlace()
    say()
  }
  function point(event) {
    const box = picture.getBoundingClientRect()
    go((event.clientX - box.left) / box.width * width - 0.5, (event.clientY - box.top) / box.height * height - 0.5)
  }
  pad.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" && event.button !== 0) return
    pad.setPointerCapture(event.pointerId)
    point(event)
  })
  pad.addEventListener("pointermove", (event) => { if (pad.hasPointerCapture(event.pointerId)) point(event) })
  pad.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 10 : 1
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }
    if (!moves[event.key]) return
    go(state.x + moves[event.key][0], state.y + moves[event.key][1])
    event.preventDefault()
  })
  pad.addEventListener("focus", say)

  // -- the maps -----------------------------------------------------------------------------------------------------------
  function drawMap() {
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(maps[i][0] === state.map)))
    thumbButtons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === state.only)))
    legend.replaceChildren(...(state.map === "closeness" ? swatches() : []))
    key.hidden = !(single && state.map === "origin")
    map.hidden = state.map === "none" || !view
    if (map.hidden) return
    const brush = map.getContext("2d")
    const pixels = brush.createImageData(width, height)
    for (let i = 0; i < width * height; i++) {
      const from = origin(i % width, Math.floor(i / width))
      const [colour, veil] = painted(from)
      pixels.data.set(colour, 4 * i)
      pixels.data[4 * i + 3] = veil
    }
    brush.putImageData(pixels, 0, 0)
  }
  function painted(from) {
    if (state.map === "closeness") return [from.apart <= alike ? COPIED : BLENDED, from.kept ? 0 : VEIL]
    if (single) return [placeColour(from.x / photos[0].width, from.y / photos[0].height), VEIL]
    // One photograph alone: its pixels are left bare, the others go dark.
    if (state.only >= 0) return [INK, from.photo === state.only ? 0 : 225]
    return [colours[from.photo], VEIL]
  }
  function swatches() {
    const kinds = [["copied", labels.copiedKey], ["blended", labels.blendedKey], ["kept", labels.kept]]
    return kinds.slice(0, data.keeps ? 3 : 2).map(([name, words]) =>
      element("li", {}, element("i", { class: name }), filled(words, { alike })))
  }
  function drawKey() {
    const brush = key.getContext("2d")
    const pixels = brush.createImageData(key.width, key.height)
    for (let i = 0; i < key.width * key.height; i++) {
      const [x, y] = [i % key.width, Math.floor(i / key.width)]
      pixels.data.set(placeColour((x + 0.5) / key.width, (y + 0.5) / key.height), 4 * i)
      pixels.data[4 * i + 3] = VEIL
    }
    brush.putImageData(pixels, 0, 0)
  }

  for (const image of [picture, photograph, ...images]) image.addEventListener("load", drawPlace)
  new ResizeObserver(() => { if (view) drawLink() }).observe(board)
  if (single) drawKey()
  drawMap()
  drawPlace()
  fetch(data.origins).then((answer) => {
    if (!answer.ok) throw new Error(String(answer.status))
    return answer.arrayBuffer()
  }).then((buffer) => {
    view = new DataView(buffer)
    drawPlace()
    drawMap()
    root.dataset.ready = "true"
  }).catch(() => { verdict.textContent = labels.failed })

  return {
    alike(levels) {
      alike = levels
      drawMap()
      drawPlace()
    },
  }
}

function bright([red, green, blue]) { return 0.299 * red + 0.587 * green + 0.114 * blue > 140 }

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".sources")
  const before = root.dataset.drawn
  if (before === data.json) return
  const scene = JSON.parse(data.json)
  root.dataset.drawn = data.json
  // Another threshold colours the same picture anew; nothing else of it moves.
  const same = before && JSON.stringify({ ...JSON.parse(before), alike: 0 }) === JSON.stringify({ ...scene, alike: 0 })
  if (same) drawn.get(root)?.alike(scene.alike)
  else drawn.set(root, build(root, scene))
}
