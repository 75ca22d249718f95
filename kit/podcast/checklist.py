"""What a team goes through before it publishes: what is in order, what to look at, what stands in the way.

No consent, no publication; no music without its licence. All the rest is a warning, and the team's to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from kit.podcast import rights, timing
from kit.podcast.chapters import clock
from kit.podcast.episode import Episode, Synthetic
from kit.podcast.remarks import Point, Remark, called, dated, decimal
from kit.podcast.standing import MUSICAL

TOLERANCE = 0.10
"""How much of the target an episode may be shorter or longer."""
LOUDNESS = {1: -19.0, 2: -16.0}
"""LUFS, by number of channels: Apple's figure for stereo, and what sounds as loud in mono."""
LOUDNESS_TOLERANCE = 0.5
MOST_PEAK = -1.0
"""dBTP, as Apple asks for."""


def checklist(
    episode: Episode, *, seconds: float | None, loudness: tuple[float, float] | None, today: date | None = None
) -> tuple[Point, ...]:
    """Every point of ``episode``, in a fixed order.

    ``seconds`` is how long the mix lasts, ``loudness`` its integrated loudness (LUFS) and true peak (dBTP); both are
    None before the mix. ``today`` is the day on which consents must hold.
    """
    return (
        *_duration(episode, seconds),
        *_or_ok(_sounds(episode), Point("sound", "ok", Remark("Every part of the rundown has its sound."))),
        *_or_ok(_sources(episode), Point("sources", "ok", Remark("Everything the script states has its source."))),
        *_or_ok(
            rights.consents(episode, today or date.today()),
            Point("consents", "ok", Remark("Everyone who is heard has agreed, on paper.")),
        ),
        _erasing(episode),
        *_or_ok(rights.music(episode), Point("music", "ok", Remark("All the music may be published."))),
        *_machines(episode),
        _credits(episode),
        *_loudness(episode, loudness),
    )


def may_publish(points: Sequence[Point]) -> bool:
    """Whether nothing stands in the way."""
    return all(point.state != "stop" for point in points)


def _or_ok(faults: Iterator[Point], fine: Point) -> tuple[Point, ...]:
    return tuple(faults) or (fine,)


def _duration(episode: Episode, seconds: float | None) -> Iterator[Point]:
    lasts = timing.total(episode) if seconds is None else seconds
    values = {"lasts": clock(lasts), "target": clock(episode.target)}
    if abs(lasts - episode.target) <= TOLERANCE * episode.target:
        yield Point("duration", "ok", Remark("It lasts {lasts}, for a target of {target}.", **values))
    elif lasts > episode.target:
        yield Point(
            "duration",
            "warn",
            Remark("It lasts {lasts}, for a target of {target}: too long.", **values),
            Remark("Shorten the texts or cut the takes, or change the target."),
        )
    else:
        yield Point(
            "duration",
            "warn",
            Remark("It lasts {lasts}, for a target of {target}: too short.", **values),
            Remark("Write or record what is missing, or change the target."),
        )


def _sounds(episode: Episode) -> Iterator[Point]:
    if not any(segment.heard for segment in episode.segments):
        yield Point(
            "sound", "stop", Remark("Nothing can be heard yet."), Remark("Record or bring a sound for each part.")
        )
        return
    for segment in episode.segments:
        if segment.heard:
            continue
        if segment.kind in MUSICAL or not (segment.text or segment.planned):
            todo = Remark("Give it one, or remove it from the rundown.")
            yield Point("sound", "warn", Remark("“{segment}” has no sound.", segment=called(segment)), todo)
        else:
            what = Remark("“{segment}” is in the rundown, and nobody has recorded it.", segment=called(segment))
            yield Point("sound", "stop", what, Remark("Record it, or remove it from the rundown."))


def _sources(episode: Episode) -> Iterator[Point]:
    used = {claim for segment in episode.segments for claim in segment.claims}
    for claim in episode.claims:
        if claim.id in used and not claim.sourced:
            yield Point(
                "sources",
                "warn",
                Remark("“{claim}” is said without a source.", claim=claim.text),
                Remark("Write on its card who says it, and where; or do not say it."),
            )
    if not used and any(segment.text for segment in episode.segments):
        yield Point(
            "sources",
            "warn",
            Remark("No part of the rundown names a source card: nobody can check what it states."),
            Remark("Tick, for each text, the cards it rests on."),
        )


def _erasing(episode: Episode) -> Point:
    day = episode.rights.erase_on
    if day is not None:
        return Point("erasing", "ok", Remark("Everything is erased on {day}.", day=dated(day)))
    return Point(
        "erasing",
        "warn",
        Remark("No day is set on which recordings and project are erased."),
        Remark("Choose one. Without it, they are erased 30 days after the project was made."),
    )


# -- what is told -----------------------------------------------------------------------------------------------------


def _machines(episode: Episode) -> Iterator[Point]:
    voices = [segment for segment in episode.segments if isinstance(segment.heard, Synthetic)]
    told = bool(episode.publication.ai_use)
    if not voices:
        todo = None if told else Remark("Did a machine help with the texts or the ideas? Say so; or say that none did.")
        yield Point("machines", "ok", Remark("No synthetic voice is heard."), todo)
        return
    hidden = [s for s in voices if isinstance(s.heard, Synthetic) and not s.heard.announced and not told]
    for segment in hidden:
        yield Point(
            "machines",
            "stop",
            Remark("The synthetic voice of “{segment}” is announced nowhere.", segment=called(segment)),
            Remark("Have it announced in the sound, or say it in the statement on AI."),
        )
    if not told and not hidden:
        yield Point(
            "machines",
            "warn",
            Remark("Synthetic voices are heard, and the team’s statement on AI is empty."),
            Remark("Say in a sentence where machines took part, and why."),
        )
    if told:
        yield Point("machines", "ok", Remark("The notes say where machines took part."))


def _credits(episode: Episode) -> Point:
    if episode.publication.credits:
        return Point("credits", "ok", Remark("The credits are written."))
    todo = Remark("Write who did what, under pseudonyms, and whom you thank.")
    return Point("credits", "warn", Remark("The credits are empty."), todo)


def _loudness(episode: Episode, measured: tuple[float, float] | None) -> Iterator[Point]:
    target = LOUDNESS[episode.channels]
    if measured is None:
        yield Point("loudness", "warn", Remark("It is not mixed yet."), Remark("Mix it, then listen to it once."))
        return
    integrated, peak = measured
    values = {"loudness": decimal(integrated, 1), "target": f"−{abs(target):.0f}", "peak": decimal(peak, 2)}
    # Written so that a silence, whose loudness is no number, is a fault.
    if abs(integrated - target) <= LOUDNESS_TOLERANCE and peak <= MOST_PEAK:
        yield Point(
            "loudness", "ok", Remark("As loud as other podcasts: {loudness} LUFS, peaks at {peak} dBTP.", **values)
        )
    else:
        yield Point(
            "loudness",
            "warn",
            Remark(
                "It measures {loudness} LUFS, peaks at {peak} dBTP; players expect {target} LUFS and −1 dBTP at most.",
                **values,
            ),
            Remark("Mix it again. If that changes nothing, look for a part that is silent."),
        )
