// The film of a denoising. Called again with the same data at every run of the page: nothing is drawn anew then. Where
// the film stands lives here, by scene and film, so that a change of language or of display loses nothing.
const PACES = { slow: 600, normal: 220, fast: 80 }
const kept = new Map()
const sheets = new Map()

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  node.append(...children)
  return node
}

// Drawn rather than written: some systems print these signs as coloured emoji.
const SIGNS = {
  play: "M3 1 L14 8 L3 15 Z", pause: "M2 1 H6 V15 H2 Z M10 1 H14 V15 H10 Z",
  back: "M11 2 L3 8 L11 14 Z", on: "M5 2 L13 8 L5 14 Z",
  backLevel: "M2 2 H4 V14 H2 Z M14 2 L5 8 L14 14 Z", onLevel: "M14 2 H12 V14 H14 Z M2 2 L11 8 L2 14 Z",
}
function sign(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  svg.setAttribute("viewBox", "0 0 16 16")
  svg.setAttribute("aria-hidden", "true")
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path")
  path.setAttribute("d", SIGNS[name])
  svg.append(path)
  return svg
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
}

function sheet(address) {
  if (!sheets.has(address)) {
    if (sheets.size > 60) sheets.clear()
    const image = new Image()
    image.src = address
    sheets.set(address, image)
  }
  return sheets.get(address)
}

const ready = (image) => image.complete && image.naturalWidth > 0

function cut(canvas, image, x, y, width, height) {
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
  canvas.getContext("2d").drawImage(image, x, y, width, height, 0, 0, width, height)
}

function build(root, data) {
  const words = data.words
  const key = `${data.scene}/${data.film}`
  const state = kept.get(key) ?? { at: 0, place: 5, pace: "normal", side: "noisy", begun: false }
  kept.set(key, state)
  const number = new Intl.NumberFormat(data.lang)
  const three = new Intl.NumberFormat(data.lang, { maximumSignificantDigits: 3 })
  const share = new Intl.NumberFormat(data.lang, { style: "percent", maximumFractionDigits: 0 })
  const percent = (value) => (value < 0.01 ? `< ${share.format(0.01)}` : share.format(value))
  const frames = data.strips.flatMap((strip, level) => strip.noise.map((noise, step) => ({ strip, level, step, noise })))
  const last = frames.length - 1
  const places = data.rows * data.columns
  state.at = Math.min(state.at, last)
  let looks = null
  let playing = false
  let timer = 0

  // -- the two pictures
  const finest = data.strips.at(-1)
  const pictures = {}
  for (const [side, title] of [["noisy", words.received], ["denoised", words.answered]]) {
    const canvas = element("canvas", { role: "img", "aria-label": title })
    const box = element("span", { class: "window", "aria-hidden": "true" })
    const screen = element("div", { class: "screen" }, canvas, box)
    screen.style.aspectRatio = `${finest.width} / ${finest.height}`
    const caption = element("figcaption", {}, element("b", {}, title))
    if (side === "denoised") caption.append(element("span", { class: "band" }, data.band))
    pictures[side] = { canvas, box, screen, figure: element("figure", { class: side }, screen, caption) }
  }
  const points = element("div", { class: "points", role: "radiogroup", "aria-label": words.looks })
  const dots = Array.from({ length: places }, (_, place) => {
    const row = Math.floor(place / data.columns), column = place % data.columns
    const name = fill(words.place, { row: row + 1, column: column + 1 })
    const dot = element("button", { type: "button", role: "radio", "aria-label": name, title: name })
    dot.style.left = `${((column + 0.5) / data.columns) * 100}%`
    dot.style.top = `${((row + 0.5) / data.rows) * 100}%`
    dot.addEventListener("click", () => choose(place))
    points.append(dot)
    return dot
  })
  points.addEventListener("keydown", (event) => {
    const row = Math.floor(state.place / data.columns), column = state.place % data.columns
    const to = {
      ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column], ArrowDown: [row + 1, column],
    }[event.key]
    if (!to) return
    event.preventDefault()
    const y = (to[0] + data.rows) % data.rows, x = (to[1] + data.columns) % data.columns
    choose(y * data.columns + x)
    dots[state.place].focus()
  })
  const start = element("button", { type: "button", class: "start" }, sign("play"), words.play)
  start.addEventListener("click", () => { play(); toggle.focus() })

  // On a narrow screen one picture at a time: which one.
  const which = element("div", { class: "which", role: "group", "aria-label": words.which })
  const sides = Object.fromEntries([["noisy", words.received], ["denoised", words.answered]].map(([side, title]) => {
    const button = element("button", { type: "button" }, title)
    button.addEventListener("click", () => { state.side = side; turn() })
    which.append(button)
    return [side, button]
  }))
  function turn() {
    stage.dataset.side = state.side
    for (const [side, button] of Object.entries(sides)) button.setAttribute("aria-pressed", String(side === state.side))
    const narrow = getComputedStyle(which).display !== "none"
    const under = pictures[narrow ? state.side : "noisy"].screen
    if (points.parentElement !== under) under.append(points, start)
  }

  // -- the controls
  const button = (name, drawn, act) => {
    const node = element("button", { type: "button", "aria-label": name, title: name }, sign(drawn))
    node.addEventListener("click", act)
    return node
  }
  const level = () => frames[state.at].level
  const opening = (wanted) => frames.findIndex((frame) => frame.level === wanted)
  const backLevel = button(words.previousLevel, "backLevel", () => {
    const begin = opening(level())
    step(state.at > begin ? begin : opening(Math.max(0, level() - 1)))
  })
  const back = button(words.previousStep, "back", () => step(state.at - 1))
  const toggle = element("button", { type: "button", class: "toggle" })
  toggle.addEventListener("click", () => (playing ? pause() : play()))
  const on = button(words.nextStep, "on", () => step(state.at + 1))
  const onLevel = button(words.nextLevel, "onLevel", () => step(level() + 1 < data.strips.length ? opening(level() + 1) : last))
  const slider = element("input", { type: "range", min: "0", max: String(last), step: "1", "aria-label": words.position })
  slider.addEventListener("input", () => step(Number(slider.value)))
  const marks = element("div", { class: "marks", "aria-hidden": "true" })
  data.strips.forEach((strip) => {
    const mark = element("span", {}, String(strip.width))
    mark.style.flexGrow = String(strip.noise.length)
    marks.append(mark)
  })
  const pace = element("select", { "aria-label": words.pace })
  for (const name of Object.keys(PACES)) pace.append(element("option", { value: name }, words[name]))
  pace.value = state.pace
  pace.addEventListener("change", () => { state.pace = pace.value })
  const where = element("p", { class: "where" })
  const controls = element("div", { class: "controls" },
    element("div", { class: "buttons" }, backLevel, back, toggle, on, onLevel, pace, where),
    element("div", { class: "line" }, slider, marks))

  // -- what is said of the step
  const fillBar = element("span", { class: "fill" })
  const gauge = element("div", {
    class: "gauge", role: "meter", "aria-label": `${words.noise} (${words.scale})`, "aria-valuemin": "0", "aria-valuemax": "100",
  }, fillBar)
  const deviation = element("p", { class: "small" })
  const noise = element("div", { class: "noise" },
    element("p", {}, element("b", {}, words.noise), " ", element("small", {}, `(${words.scale})`)),
    gauge,
    element("p", { class: "ends", "aria-hidden": "true" }, element("span", {}, words.least), element("span", {}, words.most)),
    deviation)
  const told = element("p", { class: "unseen", role: "status" })

  // -- what it looks at
  const saw = element("canvas", { role: "img", "aria-label": words.saw })
  const mean = element("canvas", { role: "img", "aria-label": words.mean })
  const columns = element("ol", { class: "found", "aria-label": words.found })
  const nearest = element("p", { class: "nearest" })
  const searched = element("p")
  const photos = element("section", { class: "photos", "aria-label": words.sources }, searched)
  const dotted = data.sources.map((source, i) => {
    const layer = element("div", { class: "spots", "aria-hidden": "true" })
    const title = fill(words.photo, { n: i + 1, title: source.title })
    const caption = element("figcaption", {}, element("b", {}, String(i + 1)), ` ${source.title}`)
    const frame = element("div", {}, element("img", { src: source.src, alt: title }), layer)
    photos.append(element("figure", {}, frame, caption))
    return layer
  })
  const panel = element("section", { class: "panel", "aria-label": words.looks },
    element("h3", {}, words.looks),
    element("p", { class: "small" }, words.choose),
    element("div", { class: "pair" },
      element("figure", {}, saw, element("figcaption", {}, words.saw)),
      element("span", { class: "arrow", "aria-hidden": "true" }, "→"),
      element("figure", {}, mean, element("figcaption", {}, words.mean))),
    element("div", { class: "answer" }, element("p", { class: "small" }, words.found), columns, nearest))

  const stage = element("div", { class: "stage" }, pictures.noisy.figure, pictures.denoised.figure)
  const main = element("div", { class: "main" }, which, stage, controls)
  const read = element("div", { class: "read" }, noise, told)
  root.replaceChildren(element("div", { class: "wide", role: "group", "aria-label": words.film }, main, read, panel, photos))

  // -- what it does
  function play() {
    if (state.at === last) state.at = 0
    state.begun = playing = true
    draw()
    clearTimeout(timer)
    timer = setTimeout(forward, PACES[state.pace])
  }
  function forward() {
    if (!playing || !root.isConnected) return
    const next = frames[Math.min(last, state.at + 1)].strip
    // A slow machine shows every step late rather than some of them.
    if (ready(sheet(next.noisy)) && ready(sheet(next.denoised))) state.at = Math.min(last, state.at + 1)
    if (state.at === last) pause()
    else {
      draw()
      timer = setTimeout(forward, PACES[state.pace])
    }
  }
  function pause() {
    playing = false
    clearTimeout(timer)
    draw()
    say()
  }
  function step(to) {
    playing = false
    clearTimeout(timer)
    state.begun = true
    state.at = Math.min(last, Math.max(0, to))
    draw()
    clearTimeout(root.saying)
    root.saying = setTimeout(say, 500)
  }
  function choose(place) {
    state.place = place
    draw()
  }
  function say() {
    told.textContent = `${slider.getAttribute("aria-valuetext")}. ${deviation.textContent}. ${nearest.textContent}`
  }

  function draw() {
    const { strip, level: n, step: i, noise: deviates } = frames[state.at]
    for (const side of ["noisy", "denoised"]) {
      const image = sheet(strip[side])
      const { canvas, box } = pictures[side]
      if (ready(image)) cut(canvas, image, 0, i * strip.height, strip.width, strip.height)
      // How much of the picture one piece covers, at this level.
      const row = Math.floor(state.place / data.columns), column = state.place % data.columns
      box.style.left = `${((column + 0.5) / data.columns) * 100}%`
      box.style.top = `${((row + 0.5) / data.rows) * 100}%`
      box.style.width = `${(data.patch / strip.width) * 100}%`
      box.style.height = `${(data.patch / strip.height) * 100}%`
    }
    root.dataset.playing = String(playing)
    start.hidden = state.begun
    const named = playing ? words.pause : state.at === last ? words.again : words.play
    if (toggle.textContent !== named) toggle.replaceChildren(sign(playing ? "pause" : "play"), named)
    back.disabled = backLevel.disabled = state.at === 0
    on.disabled = onLevel.disabled = state.at === last
    slider.value = String(state.at)
    const said = [
      fill(words.level, { n: n + 1, total: data.strips.length }),
      fill(words.pixels, { width: number.format(strip.width), height: number.format(strip.height) }),
      fill(words.step, { n: i + 1, total: strip.noise.length }),
    ]
    slider.setAttribute("aria-valuetext", `${said[0]}, ${said[2]}`)
    where.replaceChildren(element("b", {}, said[0]), ` · ${said[1]}`, element("br"), element("b", {}, said[2]))
    searched.textContent = fill(words.searched, { n: number.format(strip.patches) })
    marks.childNodes.forEach((mark, k) => mark.classList.toggle("now", k === n))
    fillBar.style.width = `${strip.meter[i] * 100}%`
    gauge.setAttribute("aria-valuenow", String(Math.round(strip.meter[i] * 100)))
    deviation.textContent = fill(words.deviation, { value: three.format(deviates) })
    gauge.setAttribute("aria-valuetext", deviation.textContent)
    dots.forEach((dot, place) => {
      dot.setAttribute("aria-checked", String(place === state.place))
      dot.tabIndex = place === state.place ? 0 : -1
    })
    drawLooks(strip, i)
  }

  function drawLooks(strip, i) {
    const image = sheet(strip.seen)
    if (!looks || !ready(image)) return
    const side = data.patch
    const top = (i * places + state.place) * side
    cut(saw, image, 0, top, side, side)
    cut(mean, image, (strip.found + 1) * side, top, side, side)
    const from = 4 * (strip.looks + (i * places + state.place) * strip.found)
    const found = Array.from({ length: strip.found }, (_, k) => {
      const [weight, photo, y, x] = looks.subarray(from + 4 * k, from + 4 * k + 4)
      return { weight, photo, y, x }
    })
    while (columns.children.length < found.length) {
      columns.append(element("li", {},
        element("span", { class: "percent" }),
        element("span", { class: "bar" }, element("span", { class: "fill" })),
        element("canvas"),
        element("span", { class: "number" })))
    }
    while (columns.children.length > found.length) columns.lastChild.remove()
    found.forEach(({ weight, photo }, k) => {
      const item = columns.children[k]
      const [figure, bar, canvas, badge] = item.children
      const text = fill(words.share, { percent: percent(weight), photo: photo + 1 })
      item.setAttribute("aria-label", text)
      item.title = text
      figure.textContent = weight < 0.005 ? "" : share.format(weight)
      bar.firstChild.style.height = `${weight * 100}%`
      cut(canvas, image, (k + 1) * side, top, side, side)
      badge.textContent = String(photo + 1)
      item.classList.toggle("faint", weight < 0.005)
    })
    nearest.textContent = fill(words.nearest, { percent: percent(found[0].weight) })
    dotted.forEach((layer, number) => {
      // The heaviest is drawn last, over the others.
      layer.replaceChildren(...found.map((piece, k) => ({ ...piece, k }))
        .filter(({ photo, weight }) => photo === number && weight >= 0.005).reverse()
        .map(({ y, x, weight, k }) => {
          const spot = element("span", { class: k ? "" : "first" })
          spot.style.left = `${x * 100}%`
          spot.style.top = `${y * 100}%`
          spot.style.setProperty("--weight", String(Math.sqrt(weight)))
          return spot
        }))
    })
  }

  // -- what is fetched
  for (const strip of data.strips) {
    for (const name of ["noisy", "denoised", "seen"]) {
      const image = sheet(strip[name])
      if (!ready(image)) image.addEventListener("load", () => { if (frames[state.at].strip === strip) draw() })
    }
  }
  fetch(data.looks)
    .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(answer.statusText))))
    .then((bytes) => { looks = new Float32Array(bytes); draw() }, () => { nearest.textContent = words.missing })

  new ResizeObserver(turn).observe(root)
  turn()
  draw()
  root.stop = () => { playing = false; clearTimeout(timer) }
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".film")
  if (root.dataset.drawn === data.json) return
  root.dataset.drawn = data.json
  root.stop?.()
  build(root, JSON.parse(data.json))
}
