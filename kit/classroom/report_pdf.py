"""The report of a session as a PDF, in the letters of the pages themselves (:mod:`kit.classroom.report_font`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, TableBordersLayout, WrapMode, XPos, YPos
from fpdf.fonts import FontFace
from fpdf.prefs import ViewerPreferences
from fpdf.util import Padding

from kit.classroom.report import Bar, Bars, Report, Section, Table, numbers
from kit.classroom.report_font import UNKNOWN, Letters, font_file, instances
from kit.i18n import translator

LONGEST = 400
"""Characters of one cell of a table: a row never outgrows a page."""
MARGIN, NUMBER = 18.0, 20.0
"""At the edges of a page; the width of a column of numbers. All lengths are millimetres."""
INK, QUIET, RULE, SOFT, SUN = (27, 31, 59), (86, 90, 117), (201, 195, 183), (233, 225, 211), (242, 177, 52)
TONES = {"teal": (20, 105, 107), "coral": (184, 55, 31)}


def written(report: Report, lang: str) -> bytes:
    """The PDF of a report in a supported language."""
    letters = Letters.of(font_file())
    _ = translator(lang)
    marked = _("“{mark}” stands for a character that this file cannot write; the HTML file has it.")
    total = _("Page {n} of {total}")
    said = "".join(letters.lines(text) for text in (*_strings(report), marked, total, "0123456789–…“”", UNKNOWN))
    with TemporaryDirectory(prefix="contrechamp-", ignore_cleanup_errors=True) as folder:
        fonts = instances(font_file(), set(said), Path(folder))
        closing = (*report.closing, *((marked.format(mark=UNKNOWN),) if letters.missed else ()))
        of, made = 0, b""
        # Twice, since a placeholder for the number of pages could stand in somebody's text.
        for _pass in range(2):
            pages = _Pages(letters, fonts, lang, total, of=of)
            try:
                pages.write(report, closing)
                of, made = pages.page, bytes(pages.output())
            finally:
                pages.close_fonts()
        return made


def _cut(text: str) -> str:
    """``text``, short enough for a cell."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _strings(value: object) -> Iterator[str]:
    """Every text in a report, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _strings(each)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _strings(getattr(value, field.name))


class _Pages(FPDF):
    """The pages of one report."""

    def __init__(self, letters: Letters, fonts: dict[str, Path], lang: str, total: str, *, of: int) -> None:
        super().__init__(format="A4")
        self._letters, self._total, self._of = letters, total, of
        self.str_alias_nb_pages = ""
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, margin=MARGIN + 4)
        self.c_margin = 0
        for style, file in fonts.items():
            self.add_font("Source Sans", style, file)
        self.set_lang(lang)
        self.set_author("Contrechamp")
        self.set_creator("Contrechamp")
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)

    def close_fonts(self) -> None:
        """Let go of the files of its fonts, which are about to be removed."""
        for font in self.fonts.values():
            if (opened := getattr(font, "ttfont", None)) is not None:
                opened.close()

    def footer(self) -> None:
        """The number of the page, at its foot."""
        self.set_y(-MARGIN + 2)
        self._ink(9, colour=QUIET)
        self._say(self._total.format(n=self.page, total=self._of), align="R")

    def write(self, report: Report, closing: Iterable[str]) -> None:  # type: ignore[override]
        """All of it."""
        self.set_title(f"{self._letters.line(report.title)} – {self._letters.line(report.kind)}")
        self.add_page()
        self._paragraph(report.kind, 11, bold=True, colour=TONES["coral"], after=0)
        self._paragraph(report.title, 23, bold=True, after=2)
        for text in report.lines:
            self._paragraph(text, after=0)
        for section in report.sections:
            self._section(section)
        self.ln(5)
        self._room(20)
        self.set_draw_color(*RULE)
        self.line(MARGIN, self.y, self.w - MARGIN, self.y)
        self.ln(3)
        for text in closing:
            self._paragraph(text)

    # -- parts -------------------------------------------------------------------------------------------------------

    def _section(self, section: Section) -> None:
        self.ln(6)
        self._room(80 if section.tables and not section.bars else 42 if section.bars else 26)
        self.set_draw_color(*INK)
        self.set_line_width(0.5)
        self.line(MARGIN, self.y, self.w - MARGIN, self.y)
        self.ln(2)
        title = self._letters.line(section.title)
        self._ink(15, bold=True)
        self.start_section(title)
        self._paragraph(section.title, 15, bold=True, after=1.5)
        for text in section.paragraphs:
            self._paragraph(text)
        for chart in section.bars:
            self._chart(chart)
        for grid in section.tables:
            self._grid(grid)
        for text in section.texts:
            self._quoted(text)
        for text in section.notes:
            self._note(text)

    def _chart(self, chart: Bars) -> None:
        self._titled(chart.title, chart.lead)
        for bar in chart.rows:
            self._bar(bar, TONES[chart.tone])
        self._note(chart.note)

    def _bar(self, bar: Bar, colour: tuple[int, int, int]) -> None:
        """Its name, its figure, its bar with the interval on it, and below that what is known of it."""
        columns = (58.0, 40.0, self.epw - 98.0)
        cells = (_cut(bar.name), _cut(bar.figure))
        heights = [self._height(text, columns[at] - 3, bold=at == 1) for at, text in enumerate(cells)]
        small = self._height(bar.note, columns[2], size=8.5) if bar.note else 0.0
        height = max(*heights, 6.5 + small) + 1.5
        self._room(height)
        top, left = self.y, self.l_margin
        for at, text in enumerate(cells):
            self.set_xy(left, top)
            self._ink(10.5, bold=at == 1)
            self._say(text, width=columns[at] - 3)
            left += columns[at]
        if bar.share is not None:
            self.set_fill_color(*SOFT)
            self.rect(left, top + 1, columns[2], 4, style="F")
            self.set_fill_color(*colour)
            self.rect(left, top + 1, columns[2] * bar.share, 4, style="F")
            if bar.low is not None and bar.high is not None:
                ends = left + columns[2] * bar.low, left + columns[2] * bar.high
                for line_colour, width in (((255, 255, 255), 1.1), (INK, 0.5)):
                    self.set_draw_color(*line_colour)
                    self.set_line_width(width)
                    self.line(ends[0], top + 3, ends[1], top + 3)
        if bar.note:
            self.set_xy(left, top + 6)
            self._ink(8.5, colour=QUIET)
            self._say(bar.note, width=columns[2])
        self.set_xy(self.l_margin, top + height)

    def _grid(self, grid: Table) -> None:
        self._titled(grid.title, grid.lead, room=50)
        numeric = numbers(grid)
        columns = list(zip(grid.head, *grid.rows, strict=True))
        wants = {at: max(12, min(45, max(map(len, cells)))) for at, cells in enumerate(columns) if at not in numeric}
        free = self.epw - NUMBER * len(numeric)
        widths = [NUMBER if at in numeric else free * wants[at] / sum(wants.values()) for at in range(len(columns))]
        self._ink(10)
        self.set_draw_color(*RULE)
        self.set_fill_color(255)
        self.set_line_width(0.2)
        with self.table(
            col_widths=tuple(widths),
            text_align=tuple("RIGHT" if at in numeric else "LEFT" for at in range(len(columns))),
            headings_style=FontFace(emphasis="BOLD", size_pt=9, color=INK),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            line_height=4.8,
            padding=(1, 3, 1, 0),
            v_align="TOP",
            wrapmode=WrapMode.WORD,
        ) as drawn:
            for row in (grid.head, *grid.rows):
                drawn.row([self._letters.line(_cut(cell)) for cell in row])
        self.ln(1)
        self._note(grid.note)

    def _quoted(self, text: str) -> None:
        self.ln(1)
        self._ink(10.5)
        self.set_draw_color(*SUN)
        self.set_line_width(1)
        self._room(14)
        self.multi_cell(
            self.epw, 5.2, self._letters.lines(text), border="L", align="L", padding=Padding(0.5, 0, 0.5, 4), **_BELOW
        )
        self.ln(2)

    def _titled(self, title: str, lead: str, *, room: float = 28) -> None:
        """A title and what leads on, never alone at the foot of a page."""
        if title:
            self.ln(2)
            self._room(room)
            self._paragraph(title, 11.5, bold=True, after=0.8)
        if lead:
            self._paragraph(lead)

    def _note(self, text: str) -> None:
        if text:
            self._paragraph(text, 9, colour=QUIET)

    # -- letters -----------------------------------------------------------------------------------------------------

    def _paragraph(
        self, text: str, size: float = 10.5, *, bold: bool = False, colour: tuple[int, int, int] = INK, after: float = 2
    ) -> None:
        self._ink(size, bold=bold, colour=colour)
        self._say(text)
        self.ln(after)

    def _say(self, text: str, *, width: float = 0, align: str = "L") -> None:
        self.multi_cell(width, self._leading, self._letters.line(text), align=align, **_BELOW)

    def _ink(self, size: float, *, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        self.set_font("Source Sans", "B" if bold else "", size)
        self.set_text_color(*colour)

    @property
    def _leading(self) -> float:
        """From line to line, at the size of the letters."""
        return self.font_size * (1.25 if self.font_size_pt > 14 else 1.38)

    def _height(self, text: str, width: float, *, size: float = 10.5, bold: bool = False) -> float:
        self._ink(size, bold=bold)
        height: Any = self.multi_cell(
            width, self._leading, self._letters.line(text), align="L", dry_run=True, output=MethodReturnValue.HEIGHT
        )
        return float(height)

    def _room(self, height: float) -> None:
        """Go to the next page unless this much is left on this one."""
        if self.will_page_break(height):
            self.add_page()


_BELOW: dict[str, Any] = {"new_x": XPos.LMARGIN, "new_y": YPos.NEXT}
