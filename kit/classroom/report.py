"""The report of a session: what a class did, as a file to keep, print or send. It knows no activity.

A report is words, bars and tables; :mod:`activities.reporting` makes it. Here it becomes one HTML file that calls for
nothing else, a PDF, and, for the answers one by one, a CSV. What people typed is text in all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Literal, TypeAlias

from kit import printable
from kit.classroom.tallies import Tally
from kit.i18n import language, translator
from kit.spreadsheet import table

__all__ = ["Bar", "Bars", "Report", "Section", "Table", "counted", "html", "pdf", "table"]

Tone: TypeAlias = Literal["teal", "coral"]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One line of a chart: a name, a figure in words, the bar that says the same."""

    name: str
    figure: str
    share: float | None = None
    """Length of the bar, 0 to 1; None: there is nothing to draw."""
    low: float | None = None
    """With ``high``: the interval that the share is known to, 0 to 1."""
    high: float | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Bars:
    """A chart."""

    title: str
    """Empty: that of its section says it."""
    rows: tuple[Bar, ...]
    lead: str = ""
    note: str = ""
    tone: Tone = "teal"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of words and numbers; the first cell of a row names it."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lead: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a report, in the order of its fields."""

    title: str
    paragraphs: tuple[str, ...] = ()
    bars: tuple[Bars, ...] = ()
    tables: tuple[Table, ...] = ()
    texts: tuple[str, ...] = ()
    """What participants wrote."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """A whole report."""

    kind: str
    """What it is, above its title."""
    title: str
    lines: tuple[str, ...]
    """What is to be known at once, below the title."""
    sections: tuple[Section, ...]
    closing: tuple[str, ...]


def counted(tally: Tally, lang: str) -> Bars:
    """A count of answers as a chart."""
    _ = translator(language(lang))
    if not tally.of:
        return Bars(title=tally.title, rows=(), note=_("Nobody answered."))
    return Bars(
        title=tally.title,
        rows=tuple(Bar(name=name, figure=str(number), share=number / tally.of) for name, number in tally.rows),
        note=_("Answers counted: {n}").format(n=tally.of),
    )


def pdf(report: Report, lang: str) -> bytes:
    """The report as a PDF for A4 paper: its language, its title and its outline are in it; what its letters cannot
    write is marked, and said to be."""
    from kit.classroom import report_pdf

    return report_pdf.written(report, language(lang))


# -- HTML ------------------------------------------------------------------------------------------------------------

CSS = """
@page { size: A4; margin: 16mm 18mm 18mm; @bottom-right { content: counter(page) " / " counter(pages);
  font: 9pt sans-serif; color: #565A75; } }
* { box-sizing: border-box; }
html { background: #FBF7F0; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
body { max-width: 190mm; margin: 0 auto; padding: 12mm 8mm; color: #1B1F3B;
  font: 11pt/1.45 "Source Sans 3", "Source Sans Pro", "Segoe UI", system-ui, sans-serif; overflow-wrap: anywhere; }
.kind { margin: 0; color: #B8371F; font-weight: 650; }
h1 { margin: 0 0 3mm; font-size: 24pt; line-height: 1.15; }
h2 { margin: 9mm 0 2mm; padding-top: 2mm; border-top: .5mm solid #1B1F3B; font-size: 15pt; line-height: 1.2; }
h2, h3, h2 + p, h3 + p { break-after: avoid; }
h3 { margin: 5mm 0 1mm; padding: 0; font-size: 11.5pt; font-weight: 650; text-align: left; }
p { margin: 0 0 2mm; }
ul { margin: 0; padding: 0; list-style: none; }
small, .note { display: block; color: #565A75; font-size: 9.5pt; line-height: 1.35; }
.note { margin: 1mm 0 3mm; }
table { width: 100%; margin: 0 0 2mm; border-collapse: collapse; }
tr, .bars { break-inside: avoid; }
th, td { padding: 1.2mm 2mm 1.2mm 0; text-align: left; vertical-align: top; }
tbody th { font-weight: 400; }
.grid thead th { border-bottom: .3mm solid #1B1F3B; font-size: 9.5pt; vertical-align: bottom; }
.grid tbody tr { border-bottom: .2mm solid #C9C3B7; }
.grid .number { width: 11%; text-align: right; }
.grid td.number { white-space: nowrap; }
.grid .number + :not(.number) { padding-left: 4mm; }
.bars th { width: 31%; }
.bars .figure { width: 22%; font-weight: 650; }
.track { display: block; position: relative; height: 4.2mm; margin: .9mm 0 1mm; background: #E9E1D3;
  border-radius: 1mm; }
.fill { position: absolute; inset: 0 auto 0 0; border-radius: 1mm; background: #14696B; }
.coral .fill { background: #B8371F; }
.span { position: absolute; top: 50%; height: .5mm; margin-top: -.25mm; background: #1B1F3B;
  outline: .3mm solid #FFFFFF; }
blockquote { break-inside: avoid; margin: 0 0 3mm; padding: 1mm 0 1mm 4mm; border-left: 1mm solid #F2B134;
  white-space: pre-wrap; unicode-bidi: isolate; }
footer { margin-top: 9mm; padding-top: 3mm; border-top: .2mm solid #8C8A94; }
@media print { html { background: none; } body { max-width: none; padding: 0; } }
"""


def html(report: Report, lang: str) -> str:
    """The report as one HTML file: no script, no font, no address; it prints on A4 paper."""
    lines = "".join(f"<li>{_one(line)}</li>" for line in report.lines)
    sections = "".join(_section(section) for section in report.sections)
    closing = "".join(f"<p>{_one(line)}</p>" for line in report.closing)
    return (
        f'<!doctype html><html lang="{language(lang)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{_one(report.title)} – {_one(report.kind)}</title><style>{CSS}</style></head><body>"
        f'<header><p class="kind">{_one(report.kind)}</p><h1>{_one(report.title)}</h1><ul>{lines}</ul></header>'
        f"<main>{sections}</main><footer>{closing}</footer></body></html>"
    )


def _section(section: Section) -> str:
    parts: Iterable[str] = (
        f"<h2>{_one(section.title)}</h2>",
        *(f"<p>{_one(text)}</p>" for text in section.paragraphs),
        *map(_chart, section.bars),
        *map(_grid, section.tables),
        *(f'<blockquote dir="auto">{escape(printable.lines(text))}</blockquote>' for text in section.texts),
        *(_note(text) for text in section.notes),
    )
    return f"<section>{''.join(parts)}</section>"


def _chart(chart: Bars) -> str:
    title = f"<h3>{_one(chart.title)}</h3>" if chart.title else ""
    if not chart.rows:
        return f"{title}{_lead(chart.lead)}{_note(chart.note)}"
    rows = "".join(
        f'<tr><th scope="row">{_one(bar.name)}</th><td class="figure">{_one(bar.figure)}</td><td>{_track(bar)}'
        f"{f'<small>{_one(bar.note)}</small>' if bar.note else ''}</td></tr>"
        for bar in chart.rows
    )
    return (
        f'{title}{_lead(chart.lead)}<table class="bars {chart.tone}"><tbody>{rows}</tbody></table>{_note(chart.note)}'
    )


def _track(bar: Bar) -> str:
    if bar.share is None:
        return ""
    span = (
        ""
        if bar.low is None or bar.high is None
        else f'<span class="span" style="left:{100 * bar.low:.1f}%;width:{100 * (bar.high - bar.low):.1f}%"></span>'
    )
    return (
        f'<span class="track" aria-hidden="true"><span class="fill" style="width:{100 * bar.share:.1f}%"></span>'
        f"{span}</span>"
    )


def _grid(grid: Table) -> str:
    numeric = numbers(grid)
    head = "".join(f'<th scope="col"{_aligned(at in numeric)}>{_one(name)}</th>' for at, name in enumerate(grid.head))
    rows = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{_one(cell)}</th>' if at == 0 else f"<td{_aligned(at in numeric)}>{_one(cell)}</td>"
            for at, cell in enumerate(row)
        )
        + "</tr>"
        for row in grid.rows
    )
    return (
        f"<h3>{_one(grid.title)}</h3>{_lead(grid.lead)}"
        f'<table class="grid"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>{_note(grid.note)}"
    )


_NUMBER = re.compile(r"[+−-]?\d+([.,]\d+)?")


def numbers(grid: Table) -> frozenset[int]:
    """The columns of a table that hold nothing but numbers: they are set flush right."""
    columns = range(1, len(grid.head))
    return frozenset(at for at in columns if grid.rows and all(map(_NUMBER.fullmatch, (row[at] for row in grid.rows))))


def _aligned(number: bool) -> str:
    return ' class="number"' if number else ""


def _lead(text: str) -> str:
    return f"<p>{_one(text)}</p>" if text else ""


def _note(text: str) -> str:
    return f'<p class="note">{_one(text)}</p>' if text else ""


def _one(text: str) -> str:
    """Text as one line of HTML: escaped, without what would change the direction of what follows."""
    return escape(printable.line(text))
