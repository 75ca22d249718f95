"""The report of a session as HTML, PDF and CSV: whatever people typed, it is text, and nothing points outside."""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections import Counter
from html.parser import HTMLParser

import pytest

from kit import spreadsheet
from kit.classroom import report_font
from kit.classroom.report import Bar, Bars, Report, Section, Table, counted, html, numbers, pdf, table
from kit.classroom.tallies import Tally
from kit.i18n import LANGUAGES, translator

languages = pytest.mark.parametrize("lang", LANGUAGES)

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
OVERRIDE = "abc\u202egnp.exe\u202c"
EMOJI = "👩\u200d🔬 😀\ufe0f"
TYPOGRAPHY = "«\u202fL’œuvre de l’Élève\u202f» – où\u202f? Ça coûte\u00a0: ≤ 5\u202f% ; Straße, Ελλάδα, Жук"
VOID = {"meta", "br", "img", "hr", "link"}


def report(**changes: object) -> Report:
    section = Section(
        title=f"Résultats {SCRIPT}",
        paragraphs=(TYPOGRAPHY,),
        bars=(
            Bars(
                title="Images repérées",
                lead="La part.",
                rows=(
                    Bar(name="Avant", figure="3 sur 8", share=0.375, low=0.14, high=0.69, note="entre 14 et 69 %"),
                    Bar(name=SCRIPT, figure="aucune réponse"),
                ),
                note="Répondu.",
                tone="coral",
            ),
            Bars(title="", rows=(), note="Personne."),
        ),
        tables=(
            Table(
                title="Combien", head=("Image", "Vérité", "Photo"), rows=(("La tour", SCRIPT, "12"), ("Eau", "b", "3"))
            ),
        ),
        texts=(f"{SCRIPT}\n{OVERRIDE} {EMOJI}", "{nb} {n} =cmd()"),
        notes=("Une note.",),
    )
    values: dict[str, object] = {
        "kind": "Compte rendu",
        "title": f"Vrai ou IA\u202f? {OVERRIDE}",
        "lines": ("Séance du 1er mars 2027", SCRIPT),
        "sections": (section,),
        "closing": ("Effacé le 31 mars 2027.",),
    }
    return Report(**{**values, **changes})  # type: ignore[arg-type]


# -- HTML ------------------------------------------------------------------------------------------------------------


class Document(HTMLParser):
    """Reads a document strictly: every element is closed where it should be, every attribute is noted."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.css = ""
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            self.css += data
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        return "\n".join(self.words)


@languages
def test_the_html_is_whole_and_points_nowhere(lang: str) -> None:
    source = html(report(), lang)
    page = Document(source)
    assert source.startswith("<!doctype html>")
    assert ("html", "lang", lang) in page.attributes
    assert page.tags["h1"] == page.tags["title"] == page.tags["main"] == 1
    assert page.tags["script"] == page.tags["img"] == page.tags["link"] == page.tags["a"] == page.tags["iframe"] == 0
    assert {name for _, name, _ in page.attributes} <= {
        *("lang", "charset", "name", "content", "http-equiv", "class", "scope", "aria-hidden", "style", "dir")
    }
    assert "url(" not in page.css
    assert "@import" not in page.css
    assert not re.search(r"https?:|//\w", source)
    [policy] = [value for tag, name, value in page.attributes if tag == "meta" and value.startswith("default-src")]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_the_html_keeps_every_word_as_text() -> None:
    source = html(report(), "fr")
    page = Document(source)
    assert page.text.count("<script>alert(1)</script>") == 5  # the title of the section, a line, a bar, a cell, a text
    assert TYPOGRAPHY in page.text
    assert EMOJI in page.text
    assert "abcgnp.exe" in page.text
    assert "\u202e" not in source
    assert "\u202c" not in source
    assert "{nb} {n} =cmd()" in page.text


def test_the_tables_say_what_they_are() -> None:
    page = Document(html(report(), "fr"))
    scopes = Counter(value for tag, name, value in page.attributes if tag == "th" and name == "scope")
    assert scopes == {"col": 3, "row": 4}
    assert page.tags["table"] == 2  # a chart without rows is a sentence
    # The bars are drawn beside figures that say the same.
    drawn = [value for tag, name, value in page.attributes if tag == "span" and name == "style"]
    assert drawn == ["width:37.5%", "left:14.0%;width:55.0%"]
    assert [value for _, name, value in page.attributes if name == "aria-hidden"] == ["true"]


def test_columns_of_numbers() -> None:
    rows = (("1", "12", "−0,8", "3", "x"), ("2", "4", "1.25", "", "5"))
    assert numbers(Table(title="", head=("a", "b", "c", "d", "e"), rows=rows)) == {1, 2}
    assert numbers(Table(title="", head=("a", "b"), rows=())) == frozenset()


@languages
def test_counted(lang: str) -> None:
    _ = translator(lang)
    chart = counted(Tally(title="?", rows=(("oui", 3), ("non", 1)), of=4), lang)
    assert [(bar.name, bar.figure, bar.share) for bar in chart.rows] == [("oui", "3", 0.75), ("non", "1", 0.25)]
    assert chart.note == _("Answers counted: {n}").format(n=4)
    nobody = counted(Tally(title="?", rows=(("oui", 0),), of=0), lang)
    assert (nobody.rows, nobody.note) == ((), _("Nobody answered."))


# -- PDF -------------------------------------------------------------------------------------------------------------


class Pdf:
    """Reads a PDF of fpdf2 without fpdf2: its objects, its fonts' own table from codes to characters, its text."""

    def __init__(self, data: bytes) -> None:
        assert data.startswith(b"%PDF-")
        assert data.rstrip().endswith(b"%%EOF")
        self.objects = {int(m[1]): m[2] for m in re.finditer(rb"(\d+) 0 obj\n(.*?)endobj", data, re.S)}
        self.pages = [self._page(body) for body in self.objects.values() if b"/Type /Page\n" in body]

    def _stream(self, number: int) -> bytes:
        head, rest = self.objects[number].split(b"stream\n", 1)
        body = rest.rsplit(b"\nendstream", 1)[0]
        return zlib.decompress(body) if b"/FlateDecode" in head else body

    def _page(self, body: bytes) -> str:
        """One line for each line of the page."""
        resources = self.objects[int(re.search(rb"/Resources (\d+)", body)[1])]  # type: ignore[index]
        maps = {m[1]: self._map(int(m[2])) for m in re.finditer(rb"/(F\d+) (\d+) 0 R", resources)}
        content = self._stream(int(re.search(rb"/Contents (\d+)", body)[1]))  # type: ignore[index]
        lines, current = [], {}
        for m in re.finditer(rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\) Tj", content, re.S):
            if m[1]:
                current = maps[m[1]]
            else:
                raw = re.sub(rb"\\(.)", lambda e: {b"r": b"\r", b"n": b"\n"}.get(e[1], e[1]), m[2], flags=re.S)
                codes = [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]
                lines.append("".join(current[code] for code in codes))
        return "\n".join(lines)

    def _map(self, font: int) -> dict[int, str]:
        unicode = self._stream(int(re.search(rb"/ToUnicode (\d+)", self.objects[font])[1]))  # type: ignore[index]
        return {
            int(m[1], 16): bytes.fromhex(m[2].decode()).decode("utf-16-be")
            for m in re.finditer(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", unicode)
        }

    def said(self, key: str) -> list[str]:
        """Every text under a key of the objects."""
        found = []
        for body in self.objects.values():
            for m in re.finditer(rb"/" + key.encode() + rb" (?:<([0-9a-fA-F]+)>|\(([^)]*)\))", body):
                found.append(bytes.fromhex(m[1].decode()).decode("utf-16") if m[1] else m[2].decode("latin-1"))
        return found

    @property
    def text(self) -> str:
        return "\n".join(self.pages)


def flat(text: str) -> str:
    return text.replace("\n", " ")


@languages
def test_the_pdf_says_its_language_title_and_pages(lang: str) -> None:
    paragraphs = tuple(f"Phrase {n} : " + "mot " * 60 for n in range(40))
    read = Pdf(pdf(report(sections=(Section(title="Œuvres", paragraphs=paragraphs),)), lang))
    assert read.said("Lang") == [lang]
    assert "Vrai ou IA\u202f? abcgnp.exe – Compte rendu" in read.said("Title")
    assert "Œuvres" in read.said("Title")  # in the outline
    assert len(read.pages) == 3
    for number, page in enumerate(read.pages, 1):
        footer = translator(lang)("Page {n} of {total}").format(n=number, total=len(read.pages))
        assert page.split("\n").count(footer) == 1
    assert all(f"Phrase {n} :" in read.text for n in range(40))


def test_the_pdf_keeps_every_word_that_its_font_can_write() -> None:
    read = Pdf(pdf(report(), "fr"))
    text = flat(read.text)
    assert TYPOGRAPHY.replace("\u00a0", " ") in text  # one glyph of the font stands for both spaces
    assert text.count("alert(1)</script>") == 5
    assert "{nb} {n} =cmd()" in text
    assert "abcgnp.exe" in text
    for figure in ("3 sur 8", "aucune réponse", "La tour", "12", "Effacé le 31 mars 2027.", "Personne.", "Une note."):
        assert figure in text
    assert b"/URI" not in b"".join(read.objects.values())
    assert b"/JavaScript" not in b"".join(read.objects.values())


def test_no_line_of_the_pdf_begins_with_what_a_no_break_space_holds() -> None:
    paragraphs = tuple("m" * n + " dix\u00a0: vingt\u202f! «\u202ftrente\u202f» et" * 8 for n in range(1, 25))
    read = Pdf(pdf(report(sections=(Section(title="A", paragraphs=paragraphs),)), "fr"))
    lines = read.text.split("\n")
    assert len(lines) > 60
    assert not [line for line in lines if re.match(r"[:!»\s]", line) or re.search(r"[«\s]$", line)]


@languages
def test_the_pdf_marks_what_its_font_cannot_write(lang: str) -> None:
    marked = translator(lang)("“{mark}” stands for a character that this file cannot write; the HTML file has it.")
    read = Pdf(pdf(report(), lang))
    assert "□□ □" in flat(read.text)  # of each emoji the parts, without what joins them
    assert marked.format(mark="□") in flat(read.text)
    plain = Pdf(pdf(report(title="Vrai", sections=(Section(title="A", paragraphs=(TYPOGRAPHY,)),)), lang))
    assert "□" not in plain.text


@pytest.mark.parametrize(
    "text", ["x" * 4000, "שלום עולם", "漢字" * 200, "\x00\x07\ud800", "a\u0301" * 900, "\n" * 300, "\t\u00ad\u200b", ""]
)
def test_the_pdf_survives_any_text(text: str) -> None:
    section = Section(
        title=text,
        paragraphs=(text,),
        bars=(Bars(title=text, lead=text, note=text, rows=(Bar(name=text, figure=text, share=1, note=text[:300]),)),),
        tables=(Table(title=text, head=(text, "b", "c"), rows=((text, text, "3"),)),),
        texts=(text,),
    )
    assert Pdf(pdf(report(kind=text, title=text, lines=(text,), sections=(section,)), "fr")).pages
    assert Document(html(report(kind=text, title=text, lines=(text,), sections=(section,)), "fr"))


def test_a_long_table_repeats_its_head() -> None:
    rows = tuple((f"Ligne {n}", str(n)) for n in range(120))
    read = Pdf(
        pdf(report(sections=(Section(title="A", tables=(Table(title="T", head=("Nom", "Tête"), rows=rows),)),)), "fr")
    )
    assert len(read.pages) > 2
    assert all("Tête" in page for page in read.pages if "Ligne" in page)
    assert all(f"Ligne {n}\n{n}" in read.text for n in range(120))


def test_the_font_is_in_streamlits_package() -> None:
    assert report_font.font_file().is_file()


# -- CSV -------------------------------------------------------------------------------------------------------------


def cells(data: bytes, delimiter: str) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


@pytest.mark.parametrize(("lang", "delimiter", "half"), [("fr", ";", "0,5"), ("en", ",", "0.5")])
def test_the_csv_is_of_its_language(lang: str, delimiter: str, half: str) -> None:
    rows = [("Élève", "part"), (1, 0.5), (2, "a;b,c"), (3, "deux\nlignes « où »")]
    assert cells(table(rows, lang), delimiter) == [
        ["Élève", "part"],
        ["1", half],
        ["2", "a;b,c"],
        ["3", "deux\nlignes « où »"],
    ]


@pytest.mark.parametrize(
    "text",
    ["=cmd()", "+1", "-1+1", "@SUM(A1)", "\tx", "\rx", "\nx", "  =1+1", "\u00a0=1", "＝1+1", "＠x", "=", "- tiret"],
)
def test_no_text_becomes_a_formula(text: str) -> None:
    assert spreadsheet.cell(text, "fr") == f"'{text}"


@pytest.mark.parametrize(
    ("value", "said"), [("", ""), ("a=b", "a=b"), (-3, "-3"), (-0.25, "-0,25"), ("– non", "– non")]
)
def test_what_is_no_formula_stays(value: object, said: str) -> None:
    assert spreadsheet.cell(value, "fr") == said
