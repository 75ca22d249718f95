"""The answers to « Vrai ou IA ? » as a class looks at them: both halves of the room together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from activities.spot_the_fake.answers import Point
from activities.spot_the_fake.results import RoundResult, from_answers
from activities.spot_the_fake.run import ROUNDS, SortingRun
from activities.spot_the_fake.sitting import Shown, Sitting
from activities.spot_the_fake.words import Words
from kit.classroom.tallies import Reply, Tally, Translate, choices, numbers


def pooled(round_id: str, room: Sequence[SortingRun], halves: Sequence[Sitting]) -> RoundResult:
    """A round of the whole class: what both halves of it saw, image by image in the order of ``halves``.

    The two halves saw each photograph in opposite versions, under names that differ: each version has a row of its own.
    """
    truths = {shown.opaque: shown.truth for half in halves for shown in form(half, round_id)}
    said = [[a for a in run.answers.get(round_id, {}).values() if a.opaque in truths] for run in room]
    return from_answers((a for one in said for a in one), truths, persons=sum(bool(one) for one in said))


def crosswise(room: Sequence[SortingRun], *rounds: str) -> bool:
    """Whether both halves of the room have answered these rounds: of both, neither form came first for all."""
    return all({run.half for run in room if run.answers.get(round_id)} == {0, 1} for round_id in rounds)


def form(half: Sitting, round_id: str) -> tuple[Shown, ...]:
    """The images of a round for one half of the room, in the order of play."""
    return half.forms.get("A" if round_id == ROUNDS[0] else "B", ())


def doubts(room: Sequence[SortingRun], opaque: str) -> tuple[Point, ...]:
    """Where participants put their doubt on the image that was served under this name."""
    given = (run.answers.get(round_id, {}).get(opaque) for run in room for round_id in ROUNDS)
    return tuple(answer.point for answer in given if answer is not None and answer.point is not None)


def tallies(step: str, room: Sequence[SortingRun], words: Words, _: Translate) -> tuple[Tally, ...]:
    """What was answered to a step, counted. The rounds of images have results of their own."""
    match step:
        case "dossiers":
            decisions: dict[str, str] = {str(key): name for key, name in words.dossier_play.decisions.items()}
            return tuple(
                choices(dossier.title, (run.decisions.get(dossier.id) for run in room), decisions)
                for dossier in words.dossiers
            )
        case "base_rate":
            edges = list(range(0, 101, 20))
            return (
                numbers(
                    words.steps["base_rate"].title,
                    (run.guess for run in room),
                    edges,
                    lambda low, high: _("{low} to {high}%").format(low=low, high=high),
                ),
            )
        case _:
            return ()


def replies(run: SortingRun, words: Words, _: Translate) -> Iterator[Reply]:
    """Every answer of one participant, in the order of the steps."""
    for round_id in ROUNDS:
        for opaque, answer in run.answers.get(round_id, {}).items():
            verdict = "" if answer.verdict is None else words.verdicts[answer.verdict].button  # type: ignore[index]
            sure = "" if answer.confidence is None else words.confidences[str(int(answer.confidence))]  # type: ignore[index]
            said = "; ".join(part for part in (sure, answer.sentence) if part)
            yield Reply(step=round_id, item=opaque, answer=verdict, more=said)
    decisions: dict[str, str] = {str(key): name for key, name in words.dossier_play.decisions.items()}
    for dossier, decision in run.decisions.items():
        yield Reply(step="dossiers", item=dossier, answer=decisions.get(decision, decision))
    if run.guess is not None:
        yield Reply(step="base_rate", item="", answer=_("{percent}%").format(percent=run.guess))
    if run.text.strip():
        yield Reply(step="trace", item="", answer=run.text)


def cautions(words: Words) -> tuple[str, ...]:
    """What the report of a session must not leave out."""
    return (words.small_generator,)
