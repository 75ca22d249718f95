"""One run of « Sonder les biais »: the bets, the sentences, the sliders, the codings."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from activities.probe_bias.activity import PROBE_BIAS
from activities.probe_bias.answers import Guess, Side
from activities.probe_bias.words import TableId
from kit.journal.making import ASKED, Repair
from kit.language.loading import EMBEDDED, JOURNAL
from kit.language.tracing import MAX_TEXT
from kit.walk import LabWalk

LARGEST_SEED = 9999
"""Small enough to be said aloud."""
PAIR = 300
"""Characters of one sentence of a pair of one's own."""
CATEGORY = 30
"""Characters of a category."""
CONTINUATIONS = 12

OwnText = Annotated[str, Field(max_length=MAX_TEXT)]
Sentence = Annotated[str, Field(max_length=PAIR)]
Percent = Annotated[int, Field(ge=0, le=100)]
Category = Annotated[str, Field(max_length=CATEGORY)]
Place = Annotated[int, Field(ge=0, lt=CONTINUATIONS)]


def pair_name(theme: str, place: int) -> str:
    """What :attr:`BiasRun.sides` calls a pair of the kit: its theme, and its place there."""
    return f"{theme}/{place}"


def _every_job(sliders: dict[str, int]) -> dict[str, int]:
    if sliders.keys() != ASKED.keys():
        raise ValueError(f"not the sliders of {sorted(ASKED)}")
    return sliders


class Coding(BaseModel):
    """What two people made of each continuation of one beginning, by its place."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: dict[Place, Category] = Field(default_factory=dict)
    second: dict[Place, Category] = Field(default_factory=dict)


class BiasRun(LabWalk):
    """The state of one run. An empty text stands for the one that the kit proposes."""

    activity = PROBE_BIAS
    answers_in = ("text", "guess", "counts", "side", "sides", "expected", "coding")

    step: str = PROBE_BIAS.steps[0].id
    guess: Guess | None = None
    counts: dict[Guess, Annotated[int, Field(ge=0, le=999)]] = Field(default_factory=dict)
    """Hands of a room, by guess."""
    model: Annotated[str, Field(max_length=64)] = JOURNAL
    """A model of the kit, or one of the catalogue that is installed."""
    without: tuple[Annotated[str, Field(max_length=30)], ...] = ()
    """First names of the closed list that are never written: those of the class."""
    theme: Literal["jobs", "voices", "ages", "places", "names", "home"] = "jobs"
    """Of the pairs of the kit (:func:`kit.bias.sets.themes`)."""
    tongue: Literal["fr", "en"] = "fr"
    """Of the pairs of the kit. The models of the kit read French only."""
    side: Side | None = None
    """Which sentence one bet on."""
    sides: dict[Annotated[str, Field(max_length=20)], Side] = Field(default_factory=dict)
    """The last bet on each of the kit's pairs, by :func:`pair_name`."""
    own_one: Sentence = ""
    own_other: Sentence = ""
    """A pair of one's own."""
    table: TableId = "profession"
    value: Annotated[str, Field(max_length=20)] = ""
    """Which of its values is looked at; none stands for the first."""
    row: Annotated[str, Field(max_length=40)] = ""
    """Whose items are opened."""
    expected: Percent | None = None
    """The count one bet on."""
    sliders: Annotated[dict[str, Percent], AfterValidator(_every_job)] = Field(default_factory=lambda: dict(ASKED))
    """Women in a hundred, for each job."""
    repair: Repair = Repair.BALANCED
    """Which attempt to repair is tried next."""
    blank: OwnText = ""
    batch: OwnText = ""
    """The sentences with choices in brackets."""
    models: Annotated[tuple[Annotated[str, Field(max_length=64)], ...], Field(max_length=3)] = tuple(EMBEDDED)
    """Those that fill the blank side by side."""
    beginning: Annotated[int, Field(ge=0, le=20)] = 0
    """Which of the kit's beginnings is continued and coded."""
    seed_of: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = 1
    """Of the first continuation."""
    categories: tuple[Category, ...] = ()
    """One's own; none stands for those that the kit proposes."""
    coding: Coding = Coding()
    test: Annotated[str, Field(max_length=20)] = "journal"
    """Which lists of words are tested."""
    lists: dict[str, OwnText] = Field(default_factory=dict)
    """One's own: x, y, a and b, words between commas."""

    def has_answered(self) -> bool:
        """Whether this run holds an answer to its current step."""
        match self.step:
            case "brief":
                return self.guess is not None
            case "pairs":
                return pair_name(self.theme, self.position) in self.sides
            case "corpus":
                return self.expected is not None
            case _:
                return super().has_answered()

    def go(self, step_id: str) -> Self:
        """This run at the start of another step: nothing is bet on its first pair yet."""
        return super().go(step_id).having(side=None)

    def at(self, position: int) -> Self:
        """This run at another pair: nothing is bet on it yet."""
        return super().at(position).having(side=None)

    def about(self, theme: str) -> Self:
        """This run at the first pair of another theme."""
        return self.at(0).having(theme=theme)

    def siding(self, side: Side) -> Self:
        """This run with a bet on the pair where it stands."""
        return self.having(side=side, sides={**self.sides, pair_name(self.theme, self.position): side})

    def counting(self, table: TableId) -> Self:
        """This run with another table: nothing is bet on it, nothing is shown."""
        return self.having(table=table, value="", row="", expected=None, shown=False)

    def moved(self, job: str, women: int) -> Self:
        """This run with one slider at another place."""
        return self.having(sliders={**self.sliders, job: women})

    def coded(self, place: int, *, first: str | None, second: str | None) -> Self:
        """This run with one continuation coded by both; None leaves it uncoded."""
        kept = {
            name: {**{at: value for at, value in codes.items() if at != place}, **({place: new} if new else {})}
            for name, codes, new in (("first", self.coding.first, first), ("second", self.coding.second, second))
        }
        return self.having(coding=kept)

    def having(self, **changes: object) -> Self:
        """This run with some fields changed. Codes are of certain texts and categories: other ones have none yet."""
        if any(name in changes and changes[name] != getattr(self, name) for name in _CODED):
            changes = {"coding": Coding().model_dump(), **changes}
        return super().having(**changes)


_CODED = ("model", "without", "beginning", "seed_of", "categories")
"""What the texts that are coded, and their categories, depend on."""
