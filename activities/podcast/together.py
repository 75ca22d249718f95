"""The answers to « Défi podcast » as a class looks at them: counted by question, and one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from activities.podcast.answers import Guess
from activities.podcast.run import PodcastRun
from activities.podcast.words import Words
from kit.classroom.tallies import Reply, Tally, Translate, choices


def tallies(step: str, room: Sequence[PodcastRun], words: Words, _: Translate) -> tuple[Tally, ...]:
    """What was answered to a step, counted."""
    match step:
        case "brief":
            names = {guess: words.brief.guesses[guess].name for guess in Guess}
            return (choices(words.brief.question, (run.guess for run in room), names),)
        case _:
            return ()


def replies(run: PodcastRun, words: Words, _: Translate) -> Iterator[Reply]:
    """Every answer of one participant, in the order of the steps."""
    if run.guess is not None:
        yield Reply(step="brief", item="", answer=words.brief.guesses[run.guess].name)


def cautions(words: Words) -> tuple[str, ...]:
    """What the report of a session must not leave out: nothing here, where no machine is measured."""
    return ()
