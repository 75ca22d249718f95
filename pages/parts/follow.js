// A screen of a class: told by the server when the class has changed, it asks to be drawn again. And the time that is left.
const FAR = 2 ** 31

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement
  const state = (root.__follow ??= {})
  state.drawn = data.version
  state.tell = (version) => setTriggerValue("moved", version)
  const clock = root.querySelector(".class-clock")
  const ends = data.seconds === null ? FAR : performance.now() + 1000 * data.seconds
  window.clearInterval(state.ticking)

  function tick() {
    const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000))
    const minutes = Math.floor(left / 60)
    clock.textContent = left ? `${data.left} ${minutes}:${String(left % 60).padStart(2, "0")}` : data.over
  }
  clock.hidden = data.seconds === null
  if (data.seconds !== null) {
    tick()
    state.ticking = window.setInterval(tick, 500)
  }

  if (state.address !== data.address) {
    state.source?.close()
    state.address = data.address
    listen()
  }

  function listen() {
    const source = (state.source = new EventSource(data.address))
    source.onmessage = (event) => {
      if (Number(event.data) !== state.drawn) state.tell(Number(event.data))
    }
    source.onerror = () => {
      // A browser tries again by itself, unless the server refused; while it starts, it may.
      if (source.readyState !== EventSource.CLOSED || state.source !== source) return
      window.setTimeout(() => state.source === source && listen(), 2000)
    }
  }

  return () => {
    window.clearInterval(state.ticking)
    state.source?.close()
    state.address = null
  }
}
