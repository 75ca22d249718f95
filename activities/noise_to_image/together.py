"""The answers to « Du bruit à l'image » as a class looks at them: counted by question, and one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from activities.noise_to_image.answers import Guess
from activities.noise_to_image.run import NoiseRun
from activities.noise_to_image.words import Words
from kit.classroom.tallies import Reply, Tally, Translate, choices


def tallies(step: str, room: Sequence[NoiseRun], words: Words, _: Translate) -> tuple[Tally, ...]:
    """What was answered to a step, counted."""
    if step != "brief":
        return ()
    names = {guess: words.brief.guesses[guess].name for guess in Guess}
    return (choices(words.brief.question, (run.guess for run in room), names),)


def replies(run: NoiseRun, words: Words, _: Translate) -> Iterator[Reply]:
    """Every answer of one participant, in the order of the steps."""
    if run.guess is not None:
        yield Reply(step="brief", item="", answer=words.brief.guesses[run.guess].name)
    if run.text.strip():
        yield Reply(step="trace", item="", answer=run.text)


def cautions(words: Words) -> tuple[str, ...]:
    """What the report of a session must not leave out."""
    return (words.small_generator, words.labs["origin"].honest)
