"""The question, the angle, the source cards; and the questions for the guest."""

from __future__ import annotations

import streamlit as st

from kit.podcast.episode import Claim, Episode, Question
from kit.podcast.templates import fresh
from kit.walk import Plan
from pages.frame import _, show
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph, plain
from pages.parts.reading import around
from pages.studio.scene import Change, Key, Scene

MOST_CLAIMS = 30


def draw(scene: Scene) -> None:
    """What one asks, how one takes it, what one claims and from whom."""
    heading(scene)
    _text(scene, "question", _("The question of the episode"), Key.QUESTION, 300)
    _text(scene, "angle", _("The angle, in one sentence"), Key.ANGLE, 300)
    left, right = st.columns(2, gap="large")
    with left:
        _area(scene, "known", _("What we know already"), Key.KNOWN)
    with right:
        _area(scene, "to_check", _("What we must check"), Key.CHECK)
    _claims(scene)
    if scene.run.plan in (Plan.HALF_DAY, Plan.SECOND):
        _questions(scene)
    around(scene, "angle", always=True)
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _text(scene: Scene, field: str, label: str, key: Key, most: int) -> None:
    st.text_input(
        label,
        value=show(key, getattr(scene.episode, field)),
        key=key,
        max_chars=most,
        on_change=scene.change(lambda e: e.having(**{field: st.session_state[key]})),
    )


def _area(scene: Scene, field: str, label: str, key: Key) -> None:
    st.text_area(
        label,
        value=show(key, getattr(scene.episode, field)),
        key=key,
        max_chars=2000,
        height=120,
        on_change=scene.change(lambda e: e.having(**{field: st.session_state[key]})),
    )


def _claims(scene: Scene) -> None:
    claims = scene.episode.claims
    st.subheader(_("Source cards"), anchor=False)
    paragraph(
        _("One card for each thing that the episode states. No source yet? Keep the card: it is what you must find.")
    )
    for claim in claims:
        mark = _("source found") if claim.sourced else _("no source yet")
        with st.expander(plain(f"{claim.text or '…'} · {mark}"), expanded=not claim.text or claim.text == "…"):
            _card(scene, claim)
    st.button(
        _("One more card"),
        key=f"{Key.CLAIM}.add",
        on_click=scene.change(_one_more),
        disabled=len(claims) >= MOST_CLAIMS,
    )


def _one_more(episode: Episode) -> Episode:
    claim = Claim(id=fresh("c", [claim.id for claim in episode.claims]), text="…")
    return episode.having(claims=(*episode.claims, claim))


def _card(scene: Scene, claim: Claim) -> None:
    labels = {
        "text": _("What is stated"),
        "who": _("Who says it?"),
        "where": _("Where? A title, a page, an address"),
        "when": _("When?"),
        "verified": _("How did you check it?"),
    }
    for field, label in labels.items():
        key = f"{Key.CLAIM}.{claim.id}.{field}"
        st.text_input(
            label,
            value=show(key, getattr(claim, field)),
            key=key,
            max_chars=500 if field in ("text", "where", "verified") else 200,
            on_change=scene.change(_written(claim.id, field, key)),
        )
    st.button(_("Remove this card"), key=f"{Key.CLAIM}.{claim.id}.gone", on_click=scene.change(_without(claim.id)))


def _written(claim: str, field: str, key: str) -> Change:
    def how(episode: Episode) -> Episode:
        value = st.session_state[key] or ("…" if field == "text" else "")
        claims = tuple(c if c.id != claim else Claim.model_validate({**dict(c), field: value}) for c in episode.claims)
        return episode.having(claims=claims)

    return how


def _without(claim: str) -> Change:
    """The episode without a card, and without what named it."""

    def how(episode: Episode) -> Episode:
        segments = tuple(s.having(claims=tuple(c for c in s.claims if c != claim)) for s in episode.segments)
        return episode.having(claims=tuple(c for c in episode.claims if c.id != claim), segments=segments)

    return how


def _questions(scene: Scene) -> None:
    """Open questions for the guest: one a line, what to ask next after a dash."""
    st.subheader(_("Questions for the guest"), anchor=False)
    lines = "".join(f"<li>{escape(line)}</li>" for line in scene.words.guest)
    st.html(f'<ul class="how">{lines}</ul>')
    key = Key.ASKED
    st.text_area(
        _("One question a line; a line that begins with a dash is a follow-up"),
        value=show(key, written(scene.episode.questions)),
        key=key,
        height=220,
        max_chars=8000,
        on_change=scene.change(lambda e: e.having(questions=read(st.session_state[key]))),
    )


def written(questions: tuple[Question, ...]) -> str:
    """Questions as one text."""
    return "\n".join(
        "\n".join([question.text, *(f"– {line}" for line in question.follow_ups)]) for question in questions
    )


def read(text: str) -> tuple[Question, ...]:
    """The questions of such a text: at most 40, each with at most 10 follow-ups."""
    found: list[tuple[str, list[str]]] = []
    for line in (line.strip() for line in text.splitlines()):
        follow_up = line.lstrip("–—-•").strip()
        if follow_up and follow_up != line and found:
            found[-1][1].append(follow_up[:200])
        elif follow_up:
            found.append((follow_up[:500], []))
    return tuple(Question(text=question, follow_ups=tuple(after[:10])) for question, after in found[:40])
