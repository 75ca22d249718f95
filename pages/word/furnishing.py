"""What several labs have: which model and which names, tokens as coloured pieces, a table to take away."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import streamlit as st

from activities.next_word.run import WordRun
from kit import settings
from kit.errors import NotFound
from kit.journal.names import first_names
from kit.language.loading import EMBEDDED, find
from kit.levels import may_generate
from kit.models import store
from kit.models.catalogue import Task
from pages.frame import _, lang
from pages.parts.prose import escape
from pages.word.scene import Key, Scene


def models(run: WordRun) -> list[str]:
    """The models that this run may ask: those of the kit, then those that are installed and whose level it is."""
    installed = [
        model.name
        for model in store.installed(settings.load())
        if model.entry.task is Task.TEXT_GENERATION
        and (run.level.at_least(model.entry.level) or not may_generate(run.level, run.role))
    ]
    return [*EMBEDDED, *installed]


def model_name(name: str) -> str:
    """What a model is called on screen."""
    named = {
        "declared": _("Petit Journal"),
        "balanced": _("Petit Journal, table balanced"),
        "reversed": _("Petit Journal, table reversed"),
    }
    return named[EMBEDDED[name]] if name in EMBEDDED else name


def choices(scene: Scene) -> None:
    """Which model, and which first names it never writes. Only for whoever may run one."""
    run = scene.run
    if not run.may_generate:
        return
    with st.popover(_("Model: {name}").format(name=model_name(run.model)), key="word-choices"):
        offered = models(run)
        st.session_state[Key.MODEL] = run.model if run.model in offered else offered[0]
        st.selectbox(
            _("Model"),
            offered,
            format_func=model_name,
            key=Key.MODEL,
            on_change=scene.move(lambda: scene.run.having(model=st.session_state[Key.MODEL])),
        )
        st.session_state[Key.WITHOUT] = [name for name in run.without if name in first_names()]
        st.multiselect(
            _("First names it never writes"),
            first_names(),
            key=Key.WITHOUT,
            placeholder=_("Those of the class, for instance"),
            help=_("The model has read them, but it will choose other ones. The list stays on this machine."),
            on_change=scene.move(lambda: scene.run.having(without=tuple(st.session_state[Key.WITHOUT]))),
        )


def present(run: WordRun) -> WordRun:
    """``run`` with the model of the kit if its own was removed meanwhile."""
    try:
        find(run.model)
    except NotFound:
        return run.having(model=next(iter(EMBEDDED)))
    return run


def shown(token: str) -> str:
    """A token as it can be seen: line breaks and what no letter stands for are replaced."""
    return "".join("⏎" if char == "\n" else char if char.isprintable() or char.isspace() else "�" for char in token)


def piece(text: str, *, tone: int, title: str = "", below: str = "") -> str:
    """HTML of one token, coloured by ``tone`` (0 to 5), with a small text below it."""
    small = f"<small>{escape(below)}</small>" if below else ""
    about = f' title="{escape(title)}"' if title else ""
    return f'<span class="piece tone-{int(tone)}"{about}><span>{escape(shown(text))}</span>{small}</span>'


def pieces(html: Iterable[str], *, label: str, kind: str = "") -> None:
    """Tokens in a row, as the text they make; ``kind`` is what their tones stand for, in ``word.css``."""
    st.html(f'<p class="pieces {escape(kind)}" role="group" aria-label="{escape(label)}">{"".join(html)}</p>')


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, label: str) -> None:
    """A table whose figures are words already."""
    titles = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    lines = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{escape(cell)}</th>' if place == 0 else f"<td>{escape(cell)}</td>"
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    st.html(
        f'<div class="table-frame"><table class="figures" aria-label="{escape(label)}"><thead><tr>{titles}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def download(head: Sequence[str], rows: Sequence[Sequence[object]], *, name: str) -> None:
    """A button that takes the computed trace away as CSV, for a spreadsheet of this language."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if lang() == "fr" else ",", lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    st.download_button(
        _("Download the figures (CSV)"),
        data=out.getvalue().encode("utf-8-sig"),
        file_name=f"contrechamp-{name}.csv",
        mime="text/csv",
        key=f"{Key.CSV}.{name}",
        on_click="ignore",
    )


def _cell(value: object) -> str:
    """A value as a spreadsheet reads it: a text that begins like a formula is kept from being one."""
    if isinstance(value, float):
        said = f"{value:.6g}"
        return said.replace(".", ",") if lang() == "fr" else said
    text = str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" and not isinstance(value, int) else text


def percent(share: float) -> str:
    """A probability as a percentage, in the language of the session; what is tiny is said to be."""
    from babel.numbers import format_decimal

    if 0 < share < 0.0005:
        return _("< {percent}%").format(percent=format_decimal(0.1, locale=lang()))
    digits = "0.0" if 0 < share < 0.0995 else "0"
    return _("{percent}%").format(percent=format_decimal(100 * share, format=digits, locale=lang()))


def grouped(value: int) -> str:
    """A large number as it is written in the language of the session."""
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=lang()))
