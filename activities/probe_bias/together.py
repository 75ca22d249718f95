"""The answers to « Sonder les biais » as a class looks at them: counted by question, and one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from activities.probe_bias.answers import Guess, Side
from activities.probe_bias.bets import BET_ON, sides
from activities.probe_bias.run import BiasRun, pair_name
from activities.probe_bias.words import Words
from kit.bias.sets import themes
from kit.classroom.tallies import Reply, Tally, Translate, choices, numbers


def tallies(step: str, room: Sequence[BiasRun], words: Words, _: Translate) -> tuple[Tally, ...]:
    """What was answered to a step, counted."""
    match step:
        case "brief":
            names = {guess: words.brief.guesses[guess].name for guess in Guess}
            return (choices(words.brief.question, (run.guess for run in room), names),)
        case "pairs":
            letters = {side: str(side).upper() for side in Side}
            found = tuple(
                choices(title, (run.sides.get(name) for run in room), letters)
                for name, title in _pairs()
                if any(name in run.sides for run in room)
            )
            return found or (choices(words.steps["pairs"].title, (), letters),)
        case "corpus":
            table = words.tables["profession"]
            edges = range(0, 101, 20)
            expected = (run.expected for run in room if run.table == "profession")
            return (
                numbers(
                    table.question,
                    expected,
                    list(edges),
                    lambda low, high: _("{low} to {high}%").format(low=low, high=high),
                ),
            )
        case _:
            return ()


def _pairs() -> Iterator[tuple[str, str]]:
    """The pairs of the kit: what a run calls each, and its sentences as the screen orders them."""
    for theme in themes():
        for place, line in enumerate(BET_ON):
            one, other = (theme.pairs[line - 1].fr[side] for side in sides(line))
            yield pair_name(theme.id, place), f"A. {one} / B. {other}"


def replies(run: BiasRun, words: Words, _: Translate) -> Iterator[Reply]:
    """Every answer of one participant, in the order of the steps."""
    if run.guess is not None:
        yield Reply(step="brief", item="", answer=words.brief.guesses[run.guess].name)
    for name, title in _pairs():
        if name in run.sides:
            yield Reply(step="pairs", item=title, answer=str(run.sides[name]).upper())
    if run.expected is not None:
        yield Reply(step="corpus", item=run.table, answer=_("{percent}%").format(percent=run.expected))
    if run.text.strip():
        yield Reply(step="trace", item="", answer=run.text)


def cautions(words: Words) -> tuple[str, ...]:
    """What the report of a session must not leave out."""
    return (words.small_model, words.debrief.mandate)
