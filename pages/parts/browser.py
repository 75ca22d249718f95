"""What only the browser can set: the language of the document and Streamlit's own light or dark theme."""

from __future__ import annotations

import streamlit as st

# Streamlit keeps the chosen theme in localStorage under a key made of the path the page was loaded from, and reads it
# once, at load. Changing it takes a reload; the device's choice on our side makes sure it is asked for once only.
_JS = """
export default function ({ data }) {
  const root = document.documentElement
  if (root.lang !== data.lang) root.lang = data.lang
  const wanted = { light: "Light", contrast: "Light", dark: "Dark", system: "System" }[data.display]
  const key = "stActiveTheme-" + window.__contrechampLoadedAt + "-v2"
  let now = "System"
  try { now = JSON.parse(window.localStorage.getItem(key) || '"System"') } catch { now = "System" }
  if (now === wanted) return
  try {
    window.localStorage.setItem(key, JSON.stringify(wanted))
    if (window.localStorage.getItem(key) === JSON.stringify(wanted)) window.location.reload()
  } catch { /* private browsing without storage: the system's theme stays */ }
}
"""
# The path is noted when the module is first evaluated, as Streamlit does when it loads.
_JS = "window.__contrechampLoadedAt ??= window.location.pathname\n" + _JS

_component = st.components.v2.component("contrechamp_browser", js=_JS, isolate_styles=False)


def adopt(*, lang: str, display: str) -> None:
    """Give the document this language, and Streamlit the theme that goes with ``display``."""
    _component(data={"lang": lang, "display": display}, key="frame-browser-component")


_ARRIVE = """
const seen = new WeakMap()
export default function ({ data, parentElement }) {
  const here = seen.get(document)
  seen.set(document, data.place)
  if (here === undefined || here === data.place) return
  // A new screen: its top comes into view, and reading goes on from its title.
  const main = document.querySelector('[data-testid="stMain"]')
  if (main) main.scrollTo({ top: 0 })
  requestAnimationFrame(() => {
    const title = document.querySelector('[data-testid="stMain"] :is(h1, h2)')
    if (title) { title.tabIndex = -1; title.focus({ preventScroll: true }) }
  })
}
"""

_arrival = st.components.v2.component("contrechamp_arrive", js=_ARRIVE, isolate_styles=False)


def arrive(place: str) -> None:
    """Say which screen this is: when it changes, the view goes back to its top and the focus to its title."""
    with st.container(key="frame-arrival"):
        _arrival(data={"place": place}, key="frame-arrival-component")
