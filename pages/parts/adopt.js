// The language of the document, Streamlit's light or dark theme, the few words its widgets say by themselves; and a page
// that is drawn again when the server is back.

// Streamlit keeps the chosen theme under a key made of the path the page was loaded from, and reads it once, at load.
window.__contrechampLoadedAt ??= window.location.pathname

function theme(display) {
  const wanted = { light: "Light", contrast: "Light", dark: "Dark", system: "System" }[display]
  const key = `stActiveTheme-${window.__contrechampLoadedAt}-v2`
  try {
    let now = "System"
    try { now = JSON.parse(window.localStorage.getItem(key) || '"System"') } catch { /* not ours: replaced below */ }
    if (now === wanted) return
    window.localStorage.setItem(key, JSON.stringify(wanted))
    if (window.localStorage.getItem(key) === JSON.stringify(wanted)) window.location.reload()
  } catch { /* private browsing without storage: the system's theme stays */ }
}

let words = {}
let parts = []
let waiting = false

function say(text) {
  const bare = text.trim()
  if (words[bare]) return text.replace(bare, words[bare])
  for (const [english, ours] of parts) if (text.includes(english)) text = text.replace(english, ours)
  return text
}

function translate() {
  waiting = false
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const node = walker.currentNode
    const said = say(node.nodeValue)
    if (said !== node.nodeValue) node.nodeValue = said
  }
  for (const name of ["aria-label", "placeholder", "title", "alt"]) {
    for (const node of document.querySelectorAll(`[${name}]`)) {
      const said = say(node.getAttribute(name))
      if (said !== node.getAttribute(name)) node.setAttribute(name, said)
    }
  }
}

function soon() {
  if (waiting || Object.keys(words).length === 0) return
  waiting = true
  requestAnimationFrame(translate)
}

let watcher = null
let link = null
let away = false

// A server that was killed knows nothing of what this page shows: what one pressed next would be lost on it. Streamlit's
// page asks anew by itself only where it was waiting for something.
function ask(again) {
  const app = document.querySelector('[data-testid="stApp"]')
  link?.disconnect()
  link = new MutationObserver(() => {
    const connected = app.dataset.testConnectionState === "CONNECTED"
    if (away && connected) {
      window.setTimeout(() => app.dataset.testScriptState === "notRunning" && again(), 100)
    }
    away = !connected
  })
  if (app) link.observe(app, { attributeFilter: ["data-test-connection-state"] })
}

export default function ({ data, setTriggerValue }) {
  const root = document.documentElement
  if (root.lang !== data.lang) root.lang = data.lang
  theme(data.display)
  const all = Object.entries(JSON.parse(data.words))
  words = Object.fromEntries(all.filter(([english]) => !english.includes("…")))
  parts = all.filter(([english]) => english.includes("…")).map(([e, o]) => [e.replaceAll("…", ""), o.replaceAll("…", "")])
  watcher?.disconnect()
  watcher = new MutationObserver(soon)
  watcher.observe(document.body, { childList: true, subtree: true, characterData: true })
  soon()
  ask(() => setTriggerValue("back", Date.now()))
}
