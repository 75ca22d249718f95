// A new screen: its top comes into view, and reading goes on from its title.
let here = null

export default function ({ data }) {
  const before = here
  here = data.place
  if (before === null || before === here) return
  document.querySelector('[data-testid="stMain"]')?.scrollTo({ top: 0 })
  requestAnimationFrame(() => {
    const title = document.querySelector('[data-testid="stMain"] :is(h1:not(.unseen), h2)')
    if (!title) return
    title.tabIndex = -1
    title.focus({ preventScroll: true })
  })
}
