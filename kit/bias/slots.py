"""A sentence with choices in brackets, as people write it: « Camille est [juge/libraire]. [Il/Elle] commence tôt. »"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

from kit.errors import BadInput
from kit.faults import shown

LONGEST = 600
"""Characters of a sentence with all its choices."""
OPTIONS = 30
"""Of one choice."""
SENTENCES = 600
"""That one sentence with choices may stand for."""
_SLOT = re.compile(r"\[([^\[\]]*)\]")
_SPACES = re.compile(r"[ \t\r\n]+")
"""Not those of French typography: models were taught on texts that have them."""


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """Words, a choice, words, a choice, …: one text more than there are choices."""

    texts: tuple[str, ...]
    slots: tuple[tuple[str, ...], ...]

    @property
    def count(self) -> int:
        """How many sentences it stands for."""
        return prod(len(options) for options in self.slots)

    @property
    def rows(self) -> tuple[int, tuple[str, ...]]:
        """The longest of the choices but the last, and its place; (0, ()) where the last is the only one."""
        longest = max(range(len(self.slots) - 1), key=lambda place: len(self.slots[place]), default=0)
        return (longest, self.slots[longest]) if len(self.slots) > 1 else (0, ())

    def before(self, chosen: tuple[str, ...]) -> str:
        """The text up to the last choice, with the others made."""
        return "".join(text + option for text, option in zip(self.texts, (*chosen, ""), strict=False))

    @property
    def after(self) -> str:
        """The text after the last choice."""
        return self.texts[-1]

    def ways(self) -> Iterator[tuple[str, ...]]:
        """Every way to make all the choices but the last."""
        yield from product(*self.slots[:-1])


def parse(text: str, *, last: tuple[int, int]) -> Sentence:
    """What somebody wrote. The last choice must have between ``last[0]`` and ``last[1]`` options.

    Raises :class:`BadInput` with one sentence: no brackets or one not closed, an option that is empty or there twice,
    too many options or sentences.
    """
    text = _SPACES.sub(" ", text).strip()
    if len(text) > LONGEST:
        raise BadInput("The sentence has {count} characters; {most} are the most.", count=len(text), most=LONGEST)
    parts = _SLOT.split(text)
    texts, written = tuple(parts[::2]), parts[1::2]
    if any(bracket in part for part in texts for bracket in "[]"):
        raise BadInput("A bracket of the sentence is not closed, or closes nothing.")
    if not written:
        raise BadInput("Put what the model chooses between into brackets: [Il/Elle].")
    slots = tuple(tuple(option.strip() for option in options.split("/")) for options in written)
    for options in slots:
        said = shown("/".join(options))
        if not all(options):
            raise BadInput("In [{options}] a choice is empty.", options=said)
        if len(set(options)) != len(options):
            raise BadInput("In [{options}] a choice is there twice.", options=said)
        if len(options) > OPTIONS:
            raise BadInput("In [{options}] there are more than {most} choices.", options=said, most=OPTIONS)
    if not last[0] <= len(slots[-1]) <= last[1]:
        least, most = last
        if least == most:
            raise BadInput("The last brackets must hold exactly {n} choices: [Il/Elle].", n=least)
        raise BadInput("The last brackets must hold {least} to {most} choices: [Il/Elle].", least=least, most=most)
    sentence = Sentence(texts=texts, slots=slots)
    if sentence.count > SENTENCES:
        raise BadInput("That makes {count} sentences; {most} are the most.", count=sentence.count, most=SENTENCES)
    return sentence
