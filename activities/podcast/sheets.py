"""What is printed: the agreement of each voice, the letter that goes with it, the grid, the timetable.

Each is a complete HTML document for A4 paper that calls for nothing else: no script, no font, no address. What people
typed is text in it. Nobody's name is asked for: it is written by hand, on a blank line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from html import escape
from typing import TypeAlias

from activities.podcast.words import ConsentWords, GridWords, Words
from kit.i18n import language
from kit.levels import Level
from kit.podcast import rights
from kit.podcast.episode import Consent, Episode, Take
from kit.printable import line

AHEAD = 14
"""Days before the recording when the sheets go out."""
REMINDER = 7
"""Days before it when they are back, or asked for again."""

Clock: TypeAlias = time | datetime
"""When a step begins or ends: only its hour and minute are printed."""

LINE = '<span class="line"></span>'
"""To be filled in by hand."""
BOX = '<span class="box"></span>'

CSS = """
@page { size: A4; margin: 10mm 16mm; }
* { box-sizing: border-box; }
body { max-width: 178mm; margin: 0 auto; color: #000; background: #fff; font: 10.5pt/1.3 Georgia, serif; }
section { break-after: page; padding: 1mm 0; }
section:last-child { break-after: auto; }
h1 { margin: 0 0 3mm; font-size: 18pt; line-height: 1.2; }
h2 { margin: 3mm 0 1mm; font-size: 12pt; }
p, ul { margin: 1mm 0; }
ul { padding-left: 5mm; }
table { width: 100%; margin: 2mm 0; border-collapse: collapse; }
th, td { padding: 1.1mm 2mm; border: 0.3mm solid #000; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { font-size: 9.5pt; }
thead th, td.mark { text-align: center; }
td.mark { width: 19mm; }
td.narrow { width: 26mm; }
th[scope="row"] { width: 44mm; }
small { display: block; font-size: 9pt; font-weight: normal; }
.line { display: inline-block; width: 60mm; height: 1.1em; border-bottom: 0.3mm solid #000; }
.wide .line { width: 100%; height: 9mm; }
.sign { table-layout: fixed; }
.sign td { height: 11mm; }
.letter p { margin: 4mm 0; font-size: 12pt; }
.wall { font-size: 15pt; }
.box { display: inline-block; width: 4mm; height: 4mm; border: 0.4mm solid #000; vertical-align: -0.6mm; }
"""


def consent(words: Words, episode: Episode, lang: str) -> str:
    """One page a voice, to be signed before the microphone opens; one without a pseudonym if there is no voice yet."""
    said = words.rights.consent
    names = voices(episode) or ("",)
    return _document(said.title, lang, (_agreement(said, episode, name, lang) for name in names))


def letter(words: Words, episode: Episode, day: date, lang: str) -> str:
    """The letter that goes out with the sheets, for a recording on ``day``; then, apart, the dates to keep."""
    said = words.rights.letter
    back = _before(day, REMINDER)
    erased = _day_or_line(episode.rights.erase_on, lang)
    values = {
        "title": _or_line(episode.title),
        "team": _or_line(episode.team),
        "day": _day(day, lang),
        "back": _day(back, lang),
        "erased": erased,
    }
    body = "".join(f"<p>{escape(text).format_map(values)}</p>" for text in said.body)
    dates = (
        (said.leaves, _before(day, AHEAD)),
        (said.reminder, back),
        (said.last, _before(day, 1)),
        (said.recording, day),
    )
    rows = [*(_row(what, _day(when, lang)) for what, when in dates), _row(said.erased, erased)]
    pages = (
        f'<h1>{escape(said.title)}</h1><div class="letter">{body}<p>{escape(said.signed)} {LINE}</p></div>',
        f"<h1>{escape(said.calendar)}</h1><table>{''.join(rows)}</table>",
    )
    return _document(said.title, lang, pages)


def grid(words: Words, lang: str) -> str:
    """What one team heard in another's episode, one cross a line; then what whoever leads saw of a team at work."""
    said = words.grid
    peer = (
        f"<h1>{escape(said.title)}</h1><h2>{escape(said.peer)}</h2><p>{escape(said.peer_lead)}</p>"
        f"<p>{escape(said.by)} {LINE}</p><p>{escape(said.of)} {LINE}</p>{_criteria(words, said, said.marks)}"
        f"{_by_hand(said.liked)}{_by_hand(said.advice)}"
    )
    leader = (
        f"<h1>{escape(said.leader)}</h1><p>{escape(said.leader_lead)}</p><p>{escape(said.of)} {LINE}</p>"
        f"{_criteria(words, said, said.stages)}{_by_hand(said.seen, lines=4)}"
    )
    return _document(said.title, lang, (peer, leader))


def timetable(words: Words, planned: Iterable[tuple[str, Clock, Clock]], lang: str) -> str:
    """The steps of the afternoon on one page: each a title, when it begins and when it ends."""
    said = words.timetable
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in (said.begins, said.ends, said.step, said.minutes))
    rows = "".join(
        f'<tr><td class="narrow">{_hour(begins, lang)}</td><td class="narrow">{_hour(ends, lang)}</td>'
        f'<td>{escape(line(title))}</td><td class="mark">{_minutes(begins, ends)}</td></tr>'
        for title, begins, ends in planned
    )
    table = f'<table class="wall"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return _document(said.title, lang, (f"<h1>{escape(said.title)}</h1><p>{escape(said.lead)}</p>{table}",))


def voices(episode: Episode) -> tuple[str, ...]:
    """Whom the microphone may hear: members with a voice, then guests of the rundown and of the checklist.

    Whoever took a role without a voice has no sheet, and neither has a machine.
    """
    silent = {member.name for member in episode.members if not member.voice}
    spoken = (s.voice for s in episode.segments if s.heard is None or isinstance(s.heard, Take))
    named = [name for voice in spoken for name in rights.names(episode, voice)]
    heard = [*(member.name for member in episode.members), *named, *(c.who for c in episode.rights.consents)]
    return tuple(name for name in dict.fromkeys(heard) if name and name not in silent)


def _agreement(said: ConsentWords, episode: Episode, name: str, lang: str) -> str:
    agreed = episode.rights.of(name) or Consent(who="…")
    adult = agreed.adult or episode.level is Level.ADULTS
    member = not name or name in {member.name for member in episode.members}
    recorded = said.recorded_text if agreed.media in ("", "audio") else agreed.media
    rows = (
        _row(said.project, f"{_or_line(episode.title)}<small>{escape(line(episode.angle))}</small>"),
        _row(said.team, _or_line(episode.team)),
        _row(said.voice, f"{_or_line(name)}<small>{escape(said.voice_note)}</small>"),
        _row(said.purpose, escape(said.purpose_text)),
        _row(said.recorded, escape(line(recorded))),
        _row(said.session, f"{_day_or_line(episode.rights.recorded_on, lang)} {LINE}"),
        _row(said.published, _or_line(agreed.where)),
        _row(said.until, _day_or_line(agreed.until, lang)),
        _row(said.erased, f"{_day_or_line(episode.rights.erase_on, lang)}<small>{escape(said.erased_text)}</small>"),
    )
    promised = "".join(f"<li>{escape(text)}</li>" for text in said.promised)
    refusal = f"<p>{escape(said.refusal)}</p>" if member else ""
    own = (
        f"<h2>{escape(said.own if member and not adult else said.own_adult)}</h2>{_choice(said, said.own_text)}"
        f"{refusal}{_signatures(said.name, said.signature, lines=1)}"
    )
    guardians = (
        ""
        if adult
        else f"<h2>{escape(said.guardians)}</h2>{_choice(said, said.guardians_text)}"
        f"{_signatures(said.name, said.link, said.signature, lines=2)}"
    )
    return (
        f"<h1>{escape(said.title)}</h1><p>{escape(said.lead)}</p><table>{''.join(rows)}</table>"
        f"<h2>{escape(said.promises)}</h2><ul>{promised}</ul>{own}{guardians}"
        f"<h2>{escape(said.withdraw)}</h2><p>{escape(said.withdraw_text)}</p><p>{escape(said.contact)} {LINE}</p>"
        f"<p>{escape(said.place)} {LINE} {escape(said.day)} {LINE}</p>"
    )


def _choice(said: ConsentWords, text: str) -> str:
    return f"<p>{escape(text)} {BOX} {escape(said.yes)} &emsp; {BOX} {escape(said.no)}</p>"


def _signatures(*columns: str, lines: int) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    row = f"<tr>{'<td></td>' * len(columns)}</tr>"
    return f'<table class="sign"><thead><tr>{head}</tr></thead><tbody>{row * lines}</tbody></table>'


def _criteria(words: Words, said: GridWords, columns: Sequence[str]) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in (said.criterion, *columns))
    boxes = f'<td class="mark">{BOX}</td>' * len(columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(criterion.name)}<small>{escape(criterion.question)}</small></th>{boxes}</tr>'
        for criterion in words.criteria.values()
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _by_hand(label: str, lines: int = 2) -> str:
    return f'<h2>{escape(label)}</h2><div class="wide">{LINE * lines}</div>'


def _row(label: str, html: str) -> str:
    return f'<tr><th scope="row">{escape(label)}</th><td>{html}</td></tr>'


def _or_line(text: str) -> str:
    return escape(line(text)) or LINE


def _before(day: date, days: int) -> date:
    """Some days earlier; a typing error may have put the recording in the year 1."""
    return date.fromordinal(max(1, day.toordinal() - days))


def _day_or_line(day: date | None, lang: str) -> str:
    return _day(day, lang) if day else LINE


def _day(day: date, lang: str) -> str:
    """A date in words; the first of a month is « 1er » in French."""
    from babel.dates import format_date

    if language(lang) != "fr":
        return escape(format_date(day, "long", locale="en_GB"))
    return re.sub(r"^1\b", "1er", escape(format_date(day, "long", locale="fr")))


def _hour(moment: Clock, lang: str) -> str:
    return f"{moment.hour}\u00a0h\u00a0{moment:%M}" if language(lang) == "fr" else f"{moment:%H:%M}"


def _minutes(begins: Clock, ends: Clock) -> int:
    """Over midnight too."""
    return (60 * (ends.hour - begins.hour) + ends.minute - begins.minute) % (24 * 60)


def _document(title: str, lang: str, pages: Iterable[str]) -> str:
    body = "".join(f"<section>{page}</section>" for page in pages)
    return (
        f'<!doctype html><html lang="{language(lang)}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{CSS}</style></head><body>{body}</body></html>"
    )
