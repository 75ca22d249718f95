"""The lab « corpus »: what is counted in it, what the model learnt, what taking the likeliest makes of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from activities.probe_bias import labs
from activities.probe_bias.labs import Behind
from kit.journal.measure import Learnt
from kit.journal.proportions import declared
from kit.language.loading import JOURNAL
from pages.bias.marks import Shares, chart
from pages.bias.scene import CAUSAL, SLUG, Key, Scene
from pages.frame import _, show_among
from pages.parts import figures
from pages.parts.figures import grouped, percent
from pages.parts.furniture import bar, by_hand, heading
from pages.parts.language_models import choices
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around
from pages.parts.recording import result, say_recorded

QUESTION = {
    "profession": "garagiste",
    "role": "expert",
    "ease": "âgé",
    "topic": "Brévaine",
    "tone": "Brévaine",
    "result": "A",
}
"""The row that the question of a table is about: its first value is what one bets on."""


def draw(scene: Scene) -> None:
    """The table and the bet; then the chart, and the items behind a count."""
    run = scene.run
    heading(scene, lead="" if run.shown else None)
    say_recorded(scene)
    if run.may_generate and not run.shown:
        _tables(scene)
    words = scene.words.tables[run.table]
    paragraph(words.question, "question" if not run.shown else "said")
    if run.shown:
        _shown(scene)
        if run.may_generate:  # below the chart: a room has to see it without scrolling
            _tables(scene)
    else:
        _bet(scene)
    paragraph(scene.words.labs["corpus"].honest, "caution")
    around(scene, "corpus")
    bar(scene, forward=run.next_step(), back=run.previous_step())


def _tables(scene: Scene) -> None:
    run = scene.run
    names = {table: words.title for table, words in scene.words.tables.items()}
    with st.container(horizontal=True, vertical_alignment="bottom", key="bias-choices"):
        st.selectbox(
            _("Table"),
            list(names),
            format_func=names.__getitem__,
            index=show_among(Key.TABLE, list(names), run.table),
            key=Key.TABLE,
            on_change=scene.move(lambda: run.counting(st.session_state[Key.TABLE])),
        )
        choices(scene, CAUSAL)


def _bet(scene: Scene) -> None:
    """A number from 0 to 100: typed alone, on slates in a room."""
    run = scene.run
    if scene.projected:
        by_hand(scene, _("Write a number from 0 to 100 on your slate. Nobody shows anything before the signal."))
        st.button(_("Open the corpus"), type="primary", key=Key.SHOW, on_click=scene.move(run.reveal))
        return
    with st.form("bias-count", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        expected = st.number_input(_("Out of a hundred"), 0, 100, value=None, step=1, key=Key.EXPECTED, width=160)
        if st.form_submit_button(_("Open the corpus"), type="primary", key=Key.SHOW):
            scene.keep(run.having(expected=expected).reveal())


def _shown(scene: Scene) -> None:
    run = scene.run
    found: tuple[Learnt, ...] | None = result(
        scene,
        "corpus",
        {"table": run.table},
        lambda kit: kit.submit(labs.learnt, run.model, run.table, weight="heavy"),
    )
    if found is None:
        return
    values = declared()[run.table].values
    value = run.value if run.value in values else values[0]
    names = scene.words.tables[run.table].values
    _answer(scene, found, values[0])
    if run.may_generate and len(values) > 2:
        st.radio(
            _("Which share?"),
            list(values),
            format_func=names.__getitem__,
            index=show_among(Key.VALUE, list(values), value),
            key=Key.VALUE,
            horizontal=True,
            on_change=scene.move(lambda: run.having(value=st.session_state[Key.VALUE])),
        )
    rows = sorted((each for each in found if each.value == value), key=lambda each: each.counted)
    marks = [Shares(name=row.given, counted=row.counted, model=row.model, likeliest=row.greedy) for row in rows]
    chart(marks, label=names[value])
    with st.expander(_("The figures")):
        figures.table(
            ("", _("Counted"), _("Items"), _("The model"), _("Always the likeliest")),
            (
                (each.given, percent(each.counted), grouped(each.total), percent(each.model), percent(each.greedy))
                for each in rows
            ),
            label=names[value],
        )
    figures.download(
        SLUG,
        ("table", "given", "value", "items", "counted", "model", "likeliest", "sentences_asked"),
        [
            (each.table, each.given, each.value, each.total, each.counted, each.model, each.greedy, each.places)
            for each in found
        ],
        name=f"corpus-{run.table}",
    )
    if run.may_generate:
        _behind(scene, [each.given for each in rows], value)


def _answer(scene: Scene, found: Sequence[Learnt], value: str) -> None:
    """What the question asked, and the bet beside it."""
    (asked,) = [each for each in found if (each.given, each.value) == (QUESTION[scene.run.table], value)]
    said = _("The corpus counts {count} out of a hundred ({part} items of {total}).").format(
        count=round(100 * asked.counted), part=grouped(round(asked.counted * asked.total)), total=grouped(asked.total)
    )
    if scene.run.expected is not None:
        said += " " + _("You had said {expected}.").format(expected=scene.run.expected)
    paragraph(said, "big")
    if scene.run.model != JOURNAL:
        paragraph(_("What is counted is the corpus of Petit Journal. This model has read another one."), "note")


def _behind(scene: Scene, rows: Sequence[str], value: str) -> None:
    """The items behind one count."""
    run = scene.run
    with st.expander(_("Open the sentences behind a count"), expanded=bool(run.row)):
        st.selectbox(
            _("Which line?"),
            list(rows),
            index=show_among(Key.ROW, list(rows), run.row if run.row in rows else None),
            key=Key.ROW,
            placeholder=_("Choose a line of the chart"),
            on_change=scene.move(lambda: run.having(row=st.session_state[Key.ROW] or "")),
        )
        if run.row not in rows:
            return
        found: Behind | None = result(
            scene,
            "behind",
            {"table": run.table, "row": run.row, "value": value},
            lambda kit: kit.submit(labs.behind, run.table, run.row, value, weight="heavy"),
        )
        if found is None:
            return
        said = _("{items} items: {row}, {value}. The first {n} are shown.")
        names = scene.words.tables[run.table].values
        paragraph(said.format(items=grouped(found.items), row=run.row, value=names[value], n=len(found.texts)), "said")
        lines = "".join(f"<li>{escape(text)}</li>" for text in found.texts)
        st.html(f'<ol class="items" lang="fr">{lines}</ol>')
