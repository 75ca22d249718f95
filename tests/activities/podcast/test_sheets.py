"""The printed sheets: all that the law and courtesy ask for, in two languages, whatever people type."""

from __future__ import annotations

import re
from datetime import date, time
from html import escape, unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from activities.podcast import sheets
from activities.podcast.activity import PODCAST
from activities.podcast.words import load
from kit.i18n import LANGUAGES
from kit.levels import Level
from kit.podcast.episode import Consent, Episode, Jingle, Member, Rights, Segment, SegmentKind, Synthetic, Take

languages = pytest.mark.parametrize("lang", LANGUAGES)

DAY = date(2027, 3, 15)
HOSTILE = "<script>alert(1)</script><img src=x onerror=y> {title} {0} %s & \"quotes\" 'single' </td>"
VOID = {"meta", "br", "img"}


class Tags(HTMLParser):
    """The tags of a document, its text, and whether each tag that opens closes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data


def episode(**more: Any) -> Episode:
    members = (Member(name="Loutre calme"), Member(name="Pie vive", voice=False))
    return Episode.model_validate(
        {"title": "Qui parle ?", "team": "Mésange", "level": "5e", "members": members, **more}
    )


def pages(html: str) -> list[str]:
    return re.findall(r"<section>(.*?)</section>", html, re.DOTALL)


def everything(lang: str, made: Episode) -> dict[str, str]:
    words = load(lang)
    planned = [(made.title, time(13, 30), time(13, 35))]
    return {
        "consent": sheets.consent(words, made, lang),
        "letter": sheets.letter(words, made, DAY, lang),
        "grid": sheets.grid(words, lang),
        "timetable": sheets.timetable(words, planned, lang),
    }


@languages
def test_each_sheet_is_a_whole_document_that_calls_for_nothing(lang: str) -> None:
    for name, html in everything(lang, episode()).items():
        tags = Tags(html)
        assert html.startswith(f'<!doctype html><html lang="{lang}">'), name
        assert tags.open == [], name
        assert not tags.names & {"script", "link", "img", "iframe", "object", "form"}, name
        assert not [a for a, _ in tags.attributes if a.startswith("on") or a in ("src", "href", "style")], name
        assert not re.search(r"url\(|@import|//", html), name
        assert "size: A4" in html, name
        assert not set("{}") & set(tags.text), name


@languages
def test_hostile_text_stays_text(lang: str) -> None:
    rights = Rights(consents=(Consent(who=HOSTILE[:60], media=HOSTILE, where=HOSTILE),))
    made = episode(title=HOSTILE, team=HOSTILE, angle=HOSTILE, members=(Member(name=HOSTILE[:60]),), rights=rights)
    shown = " ".join(HOSTILE.split())
    plain = everything(lang, episode())
    for name, html in everything(lang, made).items():
        tags = Tags(html)
        assert tags.open == [], name
        assert not tags.names & {"script", "img"}, name
        assert tags.names == Tags(plain[name]).names, name
        if name != "grid":
            assert shown in tags.text, name


@languages
def test_what_would_hide_the_rest_of_a_line_is_left_out(lang: str) -> None:
    html = sheets.consent(load(lang), episode(title="abc\u202edef\x00ghi"), lang)
    assert "abcdefghi" in html
    assert "\u202e" not in html
    assert "\x00" not in html


@languages
def test_the_agreement_says_all_that_is_asked_for(lang: str) -> None:
    said = load(lang).rights.consent
    html = sheets.consent(load(lang), episode(), lang)
    text = unescape(html)
    for field, value in said:
        if field not in ("own_adult",):
            for each in [value] if isinstance(value, str) else value:
                assert each in text, field
    assert "Qui parle ?" in text
    assert "Mésange" in text


@languages
def test_a_minor_has_two_lines_for_guardians_and_one_of_their_own(lang: str) -> None:
    (page,) = pages(sheets.consent(load(lang), episode(), lang))
    bodies = re.findall(r'<table class="sign">.*?<tbody>(.*?)</tbody>', page)
    assert [body.count("<tr>") for body in bodies] == [1, 2]


@languages
@pytest.mark.parametrize(
    "made",
    [
        episode(level=Level.ADULTS),
        episode(rights=Rights(consents=(Consent(who="Loutre calme", adult=True),))),
    ],
    ids=["adults", "one adult"],
)
def test_an_adult_signs_alone(lang: str, made: Episode) -> None:
    said = load(lang).rights.consent
    (page,) = pages(sheets.consent(load(lang), made, lang))
    assert escape(said.own_adult) in page
    assert escape(said.guardians) not in page
    assert page.count('<table class="sign">') == 1


def test_one_page_a_voice_and_none_for_a_role_without_one() -> None:
    made = episode(
        segments=(
            Segment(id="a", kind=SegmentKind.INTERVIEW, voice="Grand témoin", sources=(Take(file="sounds/a.wav"),)),
            Segment(id="b", kind=SegmentKind.COLUMN, voice="Loutre calme"),
            Segment(id="c", kind=SegmentKind.COLUMN, voice="Pie vive"),
            Segment(id="d", kind=SegmentKind.HOOK, voice="Robot", sources=(Synthetic(text="Bonjour."),)),
            Segment(id="e", kind=SegmentKind.STING, voice="", sources=(Jingle(mood="calm"),)),  # type: ignore[arg-type]
        ),
        rights=Rights(consents=(Consent(who="Une passante"), Consent(who="Pie vive"))),
    )
    assert sheets.voices(made) == ("Loutre calme", "Grand témoin", "Une passante")
    found = pages(sheets.consent(load("fr"), made, "fr"))
    assert len(found) == 3
    assert [name in page for name, page in zip(sheets.voices(made), found, strict=True)] == [True] * 3
    assert not any("Pie vive" in page or "Robot" in page for page in found)


@languages
def test_a_project_without_voices_yet_has_a_page_to_copy(lang: str) -> None:
    (page,) = pages(sheets.consent(load(lang), Episode(), lang))
    filled = pages(sheets.consent(load(lang), episode(), lang))[0]
    assert page.count(sheets.LINE) == filled.count(sheets.LINE) + 3, "the title, the team and the pseudonym"


def test_dates_and_places_are_those_of_the_project() -> None:
    rights = Rights(
        consents=(Consent(who="Loutre calme", where="Le site du collège", until=date(2028, 8, 1)),),
        erase_on=date(2028, 9, 30),
        recorded_on=DAY,
    )
    html = sheets.consent(load("fr"), episode(rights=rights), "fr")
    for value in ("Le site du collège", "1er août 2028", "30 septembre 2028", "15 mars 2027"):
        assert value in html
    assert "1 August 2028" in sheets.consent(load("en"), episode(rights=rights), "en")


def test_the_letter_leaves_two_weeks_ahead_and_is_reminded_of() -> None:
    letter, calendar = pages(sheets.letter(load("fr"), episode(), DAY, "fr"))
    assert "15 mars 2027" in letter
    assert "avant le 8 mars 2027" in letter
    assert re.findall(r"<td>(.*?)</td>", calendar) == [
        "1er mars 2027",
        "8 mars 2027",
        "14 mars 2027",
        "15 mars 2027",
        sheets.LINE,
    ]


def test_a_letter_for_the_year_one_is_still_a_letter() -> None:
    assert sheets.letter(load("en"), episode(), date.min, "en").count("1 January 1<") == 4


@languages
def test_the_letter_speaks_of_the_date_when_all_is_erased(lang: str) -> None:
    html = sheets.letter(load(lang), episode(rights=Rights(erase_on=date(2027, 7, 3))), DAY, lang)
    assert html.count("3 juillet 2027" if lang == "fr" else "3 July 2027") == 2


@languages
def test_the_grid_has_a_box_for_every_mark_and_every_stage(lang: str) -> None:
    words = load(lang)
    peer, leader = pages(sheets.grid(words, lang))
    assert peer.count(sheets.BOX) == 4 * len(words.criteria)
    assert leader.count(sheets.BOX) == 3 * len(words.criteria)
    for criterion in words.criteria.values():
        assert escape(criterion.question) in peer
        assert escape(criterion.question) in leader


def test_the_timetable_is_that_of_the_afternoon() -> None:
    words = load("fr")
    clock, planned = 13 * 60 + 30, []
    for step_id, minutes in PODCAST.half_day:
        begins, ends = divmod(clock, 60), divmod(clock + minutes, 60)
        planned.append((words.steps[step_id].title, time(*begins), time(*ends)))
        clock += minutes
    html = sheets.timetable(words, planned, "fr")
    rows = re.findall(r"<tr><td.*?</tr>", html)
    assert len(rows) == len(PODCAST.half_day)
    (guest,) = [row for row in rows if words.steps["witness"].title in row]
    assert "14\u00a0h\u00a020" in guest
    assert "14\u00a0h\u00a040" in guest
    assert ">20<" in guest
    assert "17\u00a0h\u00a030" in rows[-1]
    assert "14:20" in sheets.timetable(words, planned, "en")


def test_a_timetable_may_pass_midnight() -> None:
    assert ">20<" in sheets.timetable(load("en"), [("Late", time(23, 50), time(0, 10))], "en")
