"""The answers to « Le mot d'après » as a class looks at them: counted by question, and one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from activities.next_word.answers import Guess, Verdict
from activities.next_word.run import WordRun
from activities.next_word.words import Words
from kit.classroom.tallies import Reply, Tally, Translate, choices
from kit.classroom.tallies import words as counted


def tallies(step: str, room: Sequence[WordRun], words: Words, _: Translate) -> tuple[Tally, ...]:
    """What was answered to a step, counted."""
    match step:
        case "brief":
            names = {guess: words.brief.guesses[guess].name for guess in Guess}
            return (choices(words.brief.question, (run.guess for run in room), names),)
        case "bets":
            found = tuple(
                counted(opening.text, said)
                for place, opening in enumerate(words.openings)
                if (said := [run.bets[str(place)] for run in room if run.bets.get(str(place))])
            )
            return found or (counted(words.steps["bets"].title, ()),)
        case "facts":
            return tuple(
                choices(claim.text, (run.verdicts.get(str(place)) for run in room), _verdicts(_))
                for place, claim in enumerate(words.claims)
            )
        case _:
            return ()


def replies(run: WordRun, words: Words, _: Translate) -> Iterator[Reply]:
    """Every answer of one participant, in the order of the steps."""
    if run.guess is not None:
        yield Reply(step="brief", item="", answer=words.brief.guesses[run.guess].name)
    for place, opening in enumerate(words.openings):
        if bet := run.bets.get(str(place)):
            yield Reply(step="bets", item=opening.text, answer=bet)
    for place, claim in enumerate(words.claims):
        if (verdict := run.verdicts.get(str(place))) is not None:
            yield Reply(step="facts", item=claim.text, answer=_verdicts(_)[verdict])
    if run.text.strip():
        yield Reply(step="trace", item="", answer=run.text)


def cautions(words: Words) -> tuple[str, ...]:
    """What the report of a session must not leave out."""
    return (words.small_model, words.debrief.mandate)


def _verdicts(_: Translate) -> dict[Verdict, str]:
    return {
        Verdict.TRUE: _("true"),
        Verdict.FALSE: _("false"),
        Verdict.UNKNOWABLE: _("impossible to know"),
    }
