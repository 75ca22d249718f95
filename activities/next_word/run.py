"""One run of « Le mot d'après »: the bets, the texts that are cut, continued and read, the text that is taught."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from activities.next_word.activity import NEXT_WORD
from activities.next_word.answers import Guess, Verdict, Word
from kit.language.loading import JOURNAL
from kit.language.micro import MOST
from kit.language.tracing import MAX_TEXT
from kit.walk import LabWalk

LARGEST_SEED = 9999
"""Small enough to be said aloud."""

Seed = Annotated[int, Field(ge=0, le=LARGEST_SEED)]
OwnText = Annotated[str, Field(max_length=MAX_TEXT)]


class Dice(BaseModel):
    """How the next token is chosen, in the lab of temperature."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    temperature: Annotated[float, Field(ge=0.1, le=3)] = 1.5
    top_k: Annotated[int, Field(ge=1, le=100)] = 5
    top_p: Annotated[float, Field(ge=0.05, le=1)] = 0.9


class WordRun(LabWalk):
    """The state of one run. An empty text stands for the one that the words of the activity propose."""

    activity = NEXT_WORD
    answers_in = ("text", "guess", "counts", "before", "bet", "bets", "claim", "verdicts")

    step: str = NEXT_WORD.steps[0].id
    guess: Guess | None = None
    counts: dict[Guess, Annotated[int, Field(ge=0, le=999)]] = Field(default_factory=dict)
    """Hands of a room, by guess."""
    model: Annotated[str, Field(max_length=64)] = JOURNAL
    """A model of the kit, or one of the catalogue that is installed."""
    without: tuple[Annotated[str, Field(max_length=30)], ...] = ()
    """First names of the closed list that the model never writes: those of the class."""
    cut: OwnText = ""
    before: OwnText = ""
    """In the lab of bets: the text so far."""
    bet: Word = ""
    bets: dict[Annotated[str, Field(max_length=2)], Word] = Field(default_factory=dict)
    """The last bet on each of the kit's beginnings, by its place."""
    opening: OwnText = ""
    """In the lab of temperature."""
    dice: Dice = Dice()
    dice_seed: Seed = 3
    claim: OwnText = ""
    claim_seed: Seed = 1
    verdicts: dict[str, Verdict] = Field(default_factory=dict)
    """What one thought of a claim, by its place."""
    surprising: OwnText = ""
    source: Literal["journal", "own"] = "journal"
    """What the tiny model learns from."""
    own: Annotated[str, Field(max_length=2 * MOST)] = ""
    """The text that was pasted for it."""

    def has_answered(self) -> bool:
        """Whether this run holds an answer to its current step."""
        match self.step:
            case "brief":
                return self.guess is not None
            case "bets":
                return str(self.position) in self.bets
            case "facts":
                return bool(self.verdicts)
            case _:
                return super().has_answered()

    def at(self, position: int) -> Self:
        """This run at another beginning, or another claim: those of one's own are left."""
        return super().at(position).having(before="", bet="", claim="")

    def betting(self, word: str) -> Self:
        """This run with a word that is bet on; what a beginning of the kit got is kept for when all are looked at."""
        bets = self.bets if self.before else {**self.bets, str(self.position): word}
        return self.having(bet=word, bets=bets)

    def writing(self, before: str) -> Self:
        """This run with another text so far in the lab of bets: nothing is bet on it yet, nothing is shown."""
        return self.having(before=before, bet="", shown=False)
