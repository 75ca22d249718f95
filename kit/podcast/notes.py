"""The show notes of an episode, in Markdown: what it says, on what it rests, who made it and with what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from kit.i18n import N_, translator
from kit.podcast.chapters import Chapter, clock
from kit.podcast.episode import Claim, Episode, Jingle, Job, Music
from kit.podcast.feed import guests
from kit.podcast.machines import sources, statement
from kit.printable import line, lines

JOBS = {
    Job.CHIEF: N_("editor in chief"),
    Job.HOST: N_("host"),
    Job.INTERVIEWER: N_("interviewer"),
    Job.COLUMNIST: N_("columnist"),
    Job.CHECKER: N_("fact checker"),
    Job.SOUND: N_("sound"),
    Job.EDITOR: N_("editing"),
    Job.TIMEKEEPER: N_("timekeeper"),
    Job.PUBLISHER: N_("publication"),
}
GUEST = N_("guest")

_Translate = Callable[[str], str]


def notes(episode: Episode, found: tuple[Chapter, ...], starts: Mapping[str, float]) -> str:
    """The notes, in the episode's language.

    ``found``: its chapters; ``starts``: seconds at which each segment that is heard begins, by id. Whatever the texts
    hold, they are text in the Markdown too: no picture, no HTML, no link but those of source cards and licences.
    """
    _ = translator(episode.language)
    publication = episode.publication
    sections = {
        "": _paragraphs(publication.description),
        N_("Chapters"): "\n".join(f"- `{clock(one.start)}` {_text(one.title)}" for one in found),
        N_("Sources"): "\n".join(_source(claim, _) for claim in episode.claims),
        N_("Credits"): _credits(episode, _),
        N_("Music"): _music(episode, starts, _),
        N_("Machines and artificial intelligence"): "\n\n".join(map(_paragraphs, statement(episode, starts))),
        N_("Rights"): _text(publication.licence)
        or _("No licence was chosen: ask the team before using any of this episode."),
    }
    blocks = [f"# {_text(episode.title) or _('Untitled episode')}"]
    if show := _text(publication.show):
        blocks.append(f"*{show}*")
    for title, body in sections.items():
        if body:
            blocks += [f"## {_(title)}", body] if title else [body]
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    """``text`` so that Markdown shows it as it is: CommonMark, and GitHub's tables and strikethroughs."""
    text = _ALWAYS.sub(r"\\\g<0>", text)
    return _AT_THE_START.sub(r"\g<1>\\\g<2>", text)


_ALWAYS = re.compile(r"[\\`*_\[\]<>#|~$]|&(?=#?\w+;)")
_AT_THE_START = re.compile(r"^(\s*\d{0,9})([-+=.)])", re.MULTILINE)
"""What makes a list or a title at the beginning of a line only."""
_LINKED = re.compile(r"https://[^\s<>\\`\"'()\[\]{}|^]{1,480}")


def _text(text: str) -> str:
    return escaped(line(text))


def _paragraphs(text: str) -> str:
    """Several lines: an empty one parts two paragraphs, any other break stays one."""
    parts = [[line(one) for one in part.split("\n")] for part in re.split(r"\n\s*\n", lines(text))]
    return "\n\n".join("\\\n".join(escaped(one) for one in part if one) for part in parts)


def _place(text: str) -> str:
    """Where something is: an address one can follow, or text."""
    text = line(text)
    return f"<{text}>" if _LINKED.fullmatch(text) else escaped(text)


def _source(claim: Claim, _: _Translate) -> str:
    if not claim.sourced:
        return f"- {_text(claim.text)} — {_('no source was given.')}"
    told = ", ".join(part for part in (_text(claim.who), _place(claim.where), _text(claim.when)) if part)
    how = f" {_('Verified: {how}').format(how=_text(claim.verified))}" if claim.verified else ""
    return f"- {_text(claim.text)} — {told}.{how}"


def _credits(episode: Episode, _: _Translate) -> str:
    people = {_text(member.name): [_(JOBS[job]) for job in member.jobs] for member in episode.members}
    people |= {_text(name): [_(GUEST)] for name in guests(episode)}
    listed = "\n".join(
        f"- {_('{name}: {jobs}').format(name=name, jobs=', '.join(jobs)) if jobs else name}"
        for name, jobs in people.items()
        if name
    )
    parts = [_text(episode.team), listed, _paragraphs(episode.publication.credits)]
    return "\n\n".join(part for part in parts if part)


def _music(episode: Episode, starts: Mapping[str, float], _: _Translate) -> str:
    heard = [source for _start, source in sources(episode, starts)]
    told = [_piece(source, _) for source in heard if isinstance(source, Music)]
    if any(isinstance(source, Jingle) for source in heard):
        told.append(_("Jingles and music beds: computed by Contrechamp. There are no rights to ask from anyone."))
    return "\n".join(f"- {one}" for one in dict.fromkeys(told))


def _piece(source: Music, _: _Translate) -> str:
    title = _text(source.title) or _("untitled piece")
    licence = _text(source.licence) or _("no licence was given")
    return ", ".join(part for part in (title, _text(source.author), licence, _place(source.address)) if part)
