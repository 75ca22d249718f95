"""The lab « audit »: one sentence with choices, run as a whole batch: a map, and a sentence that reads it."""

from __future__ import annotations

import streamlit as st

from activities.probe_bias import labs
from kit.bias.audit import Audit, Filled, Line
from pages.bias.literature import literature
from pages.bias.saying import effect, leaning, rarity
from pages.bias.scene import SLUG, TASKS, Key, Scene
from pages.frame import _, show
from pages.parts import figures
from pages.parts.figures import percent
from pages.parts.furniture import bar, heading
from pages.parts.language_models import choices
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around
from pages.parts.recording import result, say_recorded

MOST = 600
"""Characters of the sentence."""


def draw(scene: Scene) -> None:
    """The sentence, the map, what it says and what it does not."""
    heading(scene)
    say_recorded(scene)
    run = scene.run
    text = run.batch or labs.BATCH
    if run.may_generate:
        _controls(scene, text)
    else:
        st.html(f'<p class="sofar" lang="fr">{escape(text)}</p>')
    found: Audit | None = result(
        scene,
        "audit",
        {"text": text},
        lambda kit: kit.submit(labs.audit, run.model, text, weight="heavy"),
        label=_("Run the whole batch"),
    )
    if found is not None:
        _found(scene, found)
    paragraph(scene.words.labs["audit"].honest, "caution")
    literature(scene)
    around(scene, "audit")
    bar(scene, forward=run.next_step(), back=run.previous_step())


def _controls(scene: Scene, text: str) -> None:
    st.text_area(
        _("The sentence: the last brackets hold the two words that are compared"),
        value=show(Key.BATCH, text),
        key=Key.BATCH,
        max_chars=MOST,
        height=110,
        on_change=scene.move(lambda: scene.run.having(batch=st.session_state[Key.BATCH].strip())),
    )
    choices(scene, TASKS)


def _found(scene: Scene, found: Audit) -> None:
    overall, word = found.overall, found.words[0]
    paragraph(leaning(overall, word), "big")
    said = _(
        "Mean share of “{word}”: {share}, between {low} and {high} (95% bootstrap interval). Effect size: {effect}."
    )
    paragraph(
        said.format(
            word=word,
            share=percent(overall.share),
            low=percent(overall.low),
            high=percent(overall.high),
            effect=effect(overall.h),
        )
    )
    if overall.small:
        paragraph(_("A small sample ({pairs}): it says little.").format(pairs=overall.sentences), "note")
    if found.lines:
        _map(found)
        _lines(found)
    paragraph(scene.words.alike, "note")
    paragraph(scene.words.compared, "note")
    figures.download(
        SLUG,
        ("sentence", *(f"choice_{place}" for place in range(1, len(found.filled[0].chosen) + 1)), "share", "log_odds"),
        [(each.text, *each.chosen, each.share, each.odds) for each in found.filled],
        name="audit",
    )


def _map(found: Audit) -> None:
    """One line a value, one cell a sentence: the deeper, the likelier the first word."""
    word, other = found.words
    names = [line.name for line in found.lines]
    columns = zip(*(each.chosen for each in found.filled), strict=True)
    at = next(place for place, column in enumerate(columns) if [*dict.fromkeys(column)] == names)
    rows = []
    for line in found.lines:
        cells = "".join(_one(each) for each in found.filled if each.chosen[at] == line.name)
        rows.append(f'<tr><th scope="row">{escape(line.name)}</th>{cells}</tr>')
    label = _("Share of “{word}” in each sentence").format(word=word)
    legend = _("Dark: “{word}”. Light: “{other}”. One cell a sentence.").format(word=word, other=other)
    st.html(
        f'<div class="table-frame"><table class="heat" aria-label="{escape(label)}"><tbody>{"".join(rows)}</tbody>'
        f'</table></div><p class="source">{escape(legend)}</p>'
    )


def _one(each: Filled) -> str:
    """One cell of the map."""
    share = escape(percent(each.share))
    return f'<td style="--share:{100 * each.share:.0f}%" title="{escape(each.text)}">{share}</td>'


def _lines(found: Audit) -> None:
    word = found.words[0]
    head = ("", _("Lean towards “{word}”").format(word=word), _("Mean share"), _("Interval"), _("Effect size"),
            _("By chance?"))  # fmt: skip
    figures.table(head, (_line(line) for line in found.lines), label=_("Line by line"))
    said = _("{n} lines were compared at once, which gives chance {n} occasions: the last column allows for it (Holm).")
    paragraph(said.format(n=len(found.lines)), "source")
    if any(line.small for line in found.lines):
        least = min(line.sentences for line in found.lines)
        paragraph(_("{n} sentences a line are few: an interval of so few says little.").format(n=least), "source")


def _line(line: Line) -> tuple[str, ...]:
    interval = _("{low} to {high}").format(low=percent(line.low), high=percent(line.high))
    count = _("{k} of {n}").format(k=line.leaning, n=line.sentences)
    return line.name, count, percent(line.share), interval, effect(line.h), rarity(line.corrected)
