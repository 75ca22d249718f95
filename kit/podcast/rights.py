"""What must have been agreed to before an episode is published: by everyone who is heard, by the authors of music."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from kit.podcast.episode import Consent, Episode, Music, Take
from kit.podcast.remarks import Point, Remark, called, dated
from kit.podcast.standing import MUSICAL

_BETWEEN_NAMES = re.compile(r"\s*[,;/&+]\s*|\s+(?:et|and)\s+")
_NO_DERIVATIVES = re.compile(r"\bND\b|no ?deriv", re.IGNORECASE)


def consents(episode: Episode, today: date) -> Iterator[Point]:
    """What is missing for the voices of ``episode`` to be published on ``today``."""
    heard: dict[str, None] = {}
    for segment in episode.segments:
        if not isinstance(segment.heard, Take):
            continue
        speaking = names(episode, segment.voice)
        if not speaking and segment.kind not in MUSICAL:
            yield Point(
                "consents",
                "stop",
                Remark("Nobody is named as the voice of “{segment}”.", segment=called(segment)),
                Remark("Write who speaks: only someone who has agreed may be heard."),
            )
        heard |= dict.fromkeys(speaking)
    for name in heard:
        yield from voice(episode, name, today)
    for member in episode.members:
        if heard and member.voice and member.name not in heard and not episode.rights.of(member.name):
            yield Point(
                "consents",
                "warn",
                Remark("{name} may be heard, and no sheet says that they agree.", name=member.name),
                Remark("Is this voice in a recording? Then a signed sheet is needed. If not, turn the voice off."),
            )


def names(episode: Episode, voice: str) -> tuple[str, ...]:
    """Whom the ``voice`` of a segment of ``episode`` means: one name, or several with commas."""
    known = {*(member.name for member in episode.members), *(consent.who for consent in episode.rights.consents)}
    if voice in known:
        return (voice,)
    return tuple(name for name in _BETWEEN_NAMES.split(voice) if name)


def voice(episode: Episode, name: str, today: date) -> Iterator[Point]:
    """What is missing for the voice of ``name`` to be heard on ``today``."""
    if any(member.name == name and not member.voice for member in episode.members):
        yield Point(
            "consents",
            "stop",
            Remark("{name} has a role without voice, and is heard.", name=name),
            Remark("Have somebody else record that part, or ask {name} again.", name=name),
        )
    yield from _consent(name, episode.rights.of(name), today)


def _consent(name: str, consent: Consent | None, today: date) -> Iterator[Point]:
    """What the consent of somebody who is heard lacks."""
    if consent is None:
        yield Point(
            "consents",
            "stop",
            Remark("No sheet says that {name} agrees to be heard.", name=name),
            Remark("Have it signed before anything is published, or take this voice out."),
        )
        return
    if not consent.agrees:
        yield Point(
            "consents",
            "stop",
            Remark("{name} does not agree to be heard, or has not been asked.", name=name),
            Remark("Ask. If the answer is no, take this voice out: a role without voice is a full role."),
        )
    if not consent.adult and not consent.guardians:
        yield Point(
            "consents",
            "stop",
            Remark("No parent or guardian of {name} has signed.", name=name),
            Remark("Wait for the sheet, or take this voice out. For an adult, say so."),
        )
    if consent.until is not None and consent.until < today:
        yield Point(
            "consents",
            "stop",
            Remark("{name} agreed until {day}, which has passed.", name=name, day=dated(consent.until)),
            Remark("Ask for a new sheet, or take this voice out."),
        )
    if not consent.where or consent.until is None:
        yield Point(
            "consents",
            "warn",
            Remark("The sheet of {name} does not say where one publishes, or until when.", name=name),
            Remark("An agreement is for one project: write both, and show it to those who signed."),
        )


def music(episode: Episode) -> Iterator[Point]:
    """What is missing for the music of ``episode`` to be published."""
    heard = [*(segment.heard for segment in episode.segments), *(bed.source for bed in episode.beds)]
    for piece in dict.fromkeys(source for source in heard if isinstance(source, Music)):
        name = piece.title or piece.file
        if not (piece.title and piece.author and piece.licence):
            yield Point(
                "music",
                "stop",
                Remark("The music “{name}” comes without a title, an author or a licence.", name=name),
                Remark("Write all three; or take music that the kit makes."),
            )
        elif _NO_DERIVATIVES.search(piece.licence):
            yield Point(
                "music",
                "warn",
                Remark(
                    "The licence of “{name}” forbids changes, and a mix is one: {licence}.",
                    name=name,
                    licence=piece.licence,
                ),
                Remark("Ask its author; or take music that the kit makes."),
            )
