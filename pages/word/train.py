"""The lab « train »: a tiny model that learns a text while one watches; then the same with ten times less of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from activities.next_word import labs
from kit.compute import Call, Compute
from kit.language import micro
from kit.language.micro import Point, Sample, Taught
from pages.frame import _, lang, show
from pages.parts import figures
from pages.parts.figures import grouped, percent
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around
from pages.parts.recording import result, say_recorded
from pages.word.furnishing import shown
from pages.word.scene import SLUG, Key, Scene


def draw(scene: Scene) -> None:
    """The text to learn from, the model that learns, the same with less."""
    words = scene.words.training
    heading(scene)
    say_recorded(scene)
    run = scene.run
    if run.may_generate:
        _source(scene)
    else:
        paragraph(words.source, "source")
    own = run.own if run.source == "own" else ""
    if run.source == "own" and not own:
        paragraph(_("Paste a text first."), "note")
    else:
        whole = _teach(scene, "train", own, 1.0, _("Teach it this text"))
        if whole is not None:
            taught(whole)
            paragraph(words.less, "note")
            less = _teach(scene, "less", own, 0.1, _("Again, with ten times less text"))
            if less is not None:
                taught(less)
    paragraph(scene.words.labs["train"].honest, "caution")
    around(scene, "train")
    bar(scene, forward=None, back=run.previous_step())


def _source(scene: Scene) -> None:
    """The kit's own text, or one that is pasted."""
    run, words = scene.run, scene.words.training
    names = {"journal": _("The corpus of Petit Journal"), "own": _("A text of ours")}
    show(Key.SOURCE, run.source)
    st.radio(
        _("What does it learn from?"),
        list(names),
        format_func=names.__getitem__,
        key=Key.SOURCE,
        horizontal=True,
        on_change=scene.move(lambda: run.having(source=st.session_state[Key.SOURCE])),
    )
    if run.source == "journal":
        paragraph(words.source, "source")
        return
    paragraph(words.personal, "caution")
    show(Key.OWN, run.own)
    st.text_area(
        _("The text, {least} to {most} characters").format(least=micro.LEAST, most=micro.MOST),
        key=Key.OWN,
        height=180,
        max_chars=2 * micro.MOST,
        on_change=scene.move(lambda: run.having(own=st.session_state[Key.OWN])),
    )


def _teach(scene: Scene, lab: str, own: str, share: float, label: str) -> Taught | None:
    def start(kit: Compute) -> Call:
        return kit.submit(labs.teach, own, seed=labs.TAUGHT_SEED, share=share, weight="heavy")

    return result(scene, lab, {"own": own, "share": share}, start, label=label, progress=_learning)


def _learning(payload: dict[str, Any]) -> None:
    """What it has learnt so far."""
    curve(payload["points"])
    _sample(payload["sample"])


def taught(model: Taught) -> None:
    """The curves, what it wrote on the way, and what it has of its own."""
    said = _("{characters} characters read, {steps} steps, {seconds} s, {parameters} numbers.")
    paragraph(
        said.format(
            characters=grouped(model.characters),
            steps=model.steps,
            seconds=round(model.seconds),
            parameters=grouped(model.parameters),
        ),
        "said",
    )
    if model.steps < micro.STEPS:
        slow = _("This machine is busy or slow: it stopped after {seconds} s, at step {step} of {steps}.")
        paragraph(slow.format(seconds=round(model.seconds), step=model.steps, steps=micro.STEPS), "note")
    curve(model.points)
    for sample in model.samples:
        _sample(sample)
    figures.download(
        SLUG,
        ("step", "loss_read", "loss_kept"),
        [(point.step, point.learnt, point.kept) for point in model.points],
        name=f"training-{model.characters}",
    )


def _sample(sample: Sample) -> None:
    kept = _("step {step}").format(step=sample.step)
    if sample.copied:
        kept += " · " + _("copied: {percent}").format(percent=percent(sample.copied))
    st.html(
        f'<figure class="sample"><figcaption>{escape(kept)}</figcaption>'
        f'<p lang="fr">{escape(shown(sample.text))}</p></figure>'
    )


def curve(points: Sequence[Point]) -> None:
    """Both losses against the steps, drawn, and said in words for whoever does not see them."""
    last = points[-1]
    top, steps = max(max(point.learnt, point.kept) for point in points), max(last.step, 1)

    def _line(values: Sequence[float], kind: str) -> str:
        """A line as the outline of a band: what is drawn inside it takes the colours of the display."""
        corners = [
            (100 * point.step / steps, 100 * (1 - value / top)) for point, value in zip(points, values, strict=True)
        ]
        there = [f"{x:.1f}% {y:.1f}%" for x, y in corners]
        back = [f"{x:.1f}% calc({y:.1f}% + 3px)" for x, y in reversed(corners)]
        return f'<i class="{escape(kind)}" style="clip-path: polygon({", ".join(there + back)})"></i>'

    learnt, kept = [point.learnt for point in points], [point.kept for point in points]
    said = _("Loss at step {step}: {learnt} on the text it reads, {kept} on the text kept from it.").format(
        step=last.step, learnt=figure(last.learnt), kept=figure(last.kept)
    )
    names = {"learnt": _("the text it reads"), "kept": _("the text kept from it")}
    legend = "".join(f'<span class="key {escape(kind)}">{escape(name)}</span>' for kind, name in names.items())
    st.html(
        f'<figure class="curve"><div role="img" aria-label="{escape(said)}">'
        f"{_line(kept, 'kept')}{_line(learnt, 'learnt')}</div><figcaption>{legend}</figcaption></figure>"
    )
    paragraph(said, "source")


def figure(value: float) -> str:
    """A loss in nats a character, with two decimals."""
    from babel.numbers import format_decimal

    return str(format_decimal(value, format="0.00", locale=lang()))
