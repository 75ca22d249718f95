"""The lab « train »: a tiny model that learns a text while one watches; then the same with ten times less of it."""

from __future__ import annotations

import streamlit as st

from activities.next_word import labs
from kit.compute import Call, Compute
from kit.language import micro
from kit.language.micro import Taught
from pages.frame import _, show, show_among
from pages.parts import figures, learning
from pages.parts.figures import grouped
from pages.parts.furniture import bar, heading
from pages.parts.prose import paragraph
from pages.parts.reading import around
from pages.parts.recording import result, say_recorded
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
    st.radio(
        _("What does it learn from?"),
        list(names),
        format_func=names.__getitem__,
        index=show_among(Key.SOURCE, list(names), run.source),
        key=Key.SOURCE,
        horizontal=True,
        on_change=scene.move(lambda: run.having(source=st.session_state[Key.SOURCE])),
    )
    if run.source == "journal":
        paragraph(words.source, "source")
        return
    paragraph(words.personal, "caution")
    st.text_area(
        _("The text, {least} to {most} characters").format(least=micro.LEAST, most=micro.MOST),
        value=show(Key.OWN, run.own),
        key=Key.OWN,
        height=180,
        max_chars=2 * micro.MOST,
        on_change=scene.move(lambda: run.having(own=st.session_state[Key.OWN])),
    )


def _teach(scene: Scene, lab: str, own: str, share: float, label: str) -> Taught | None:
    def start(kit: Compute) -> Call:
        return kit.submit(labs.teach, own, seed=labs.TAUGHT_SEED, share=share, weight="heavy")

    return result(scene, lab, {"own": own, "share": share}, start, label=label, progress=learning.so_far)


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
    learning.cut_short(model, micro.STEPS)
    learning.curve(model.points)
    for each in model.samples:
        learning.sample(each)
    figures.download(
        SLUG,
        ("step", "loss_read", "loss_kept"),
        [(point.step, point.learnt, point.kept) for point in model.points],
        name=f"training-{model.characters}",
    )
