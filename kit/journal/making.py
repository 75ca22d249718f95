"""Proportions of one's own, the little corpus that follows them, a tiny model that learns it, and what it then prefers.

The model reads whole words. It is measured where nothing but the job can tell it anything: after a portrait's first
sentence, with a first name that men and women share.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from kit.assets import ASSETS
from kit.bias.audit import Audit, audit
from kit.bias.slots import Sentence
from kit.compute.progress import listening
from kit.content import load
from kit.journal.grammar import GENDER, Grammar, Item, sentences
from kit.journal.grammar_file import GrammarFile, KindFile, build, read
from kit.journal.proportions import Proportions, Table
from kit.language import micro
from kit.language.micro import Size, Taught

if TYPE_CHECKING:
    from kit.language.scoring import Causal

FILE = ASSETS / "petit_journal" / "brief.yaml"
ASKED = {"garagiste": 10, "architecte": 30, "graphiste": 50, "libraire": 60, "pédiatre": 70, "secrétaire": 90}
"""Women in a hundred, for each job, before anybody moves a slider."""
ITEMS = 6_000
STEPS = 450
SIZE = Size(width=64, layers=1, head=16, context=24, batch=64, peak=2e-2, by_line=True, sample=40)
EXTRA = 5
"""Counter-examples: one more portrait in so many."""
_WORD = re.compile(r" ?\w+|[^\w]")
_PRONOUN = re.compile(r"\b(il|elle)\b", re.IGNORECASE)


class Repair(StrEnum):
    """What is done to the corpus so that the model prefers less."""

    NONE = "none"
    BALANCED = "balanced"
    """As many women as men in each job."""
    COUNTER = "counter"
    """More portraits of the rarer gender."""
    FILTERED = "filtered"
    """Every sentence with « il » or « elle » is taken out."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """One job: what was asked for, and what the corpus holds."""

    job: str
    asked: int
    """Women in a hundred."""
    women: int
    """Portraits of women in the corpus."""
    portraits: int


@dataclass(frozen=True, kw_only=True)
class Made:
    """A corpus that was written, the model that learnt it, and what it prefers."""

    repair: Repair
    shares: tuple[Share, ...]
    examples: tuple[str, ...]
    """The first portraits of the corpus."""
    taught: Taught
    pronoun: Audit | None
    """« Elle » or « Il » after the job; None where the model has read neither word."""
    agreement: Audit
    """« la » or « le » in « Ses collègues … trouvent »."""


def make(asked: Mapping[str, int], repair: Repair, *, seed: int, without: tuple[str, ...] = ()) -> Made:
    """Write, teach, measure: about fifteen seconds on two cores. ``asked``: women in a hundred for each job of
    :data:`ASKED`; ``without``: first names that nobody in the corpus has.

    Reports as :func:`kit.language.micro.learn` does. Raises :class:`kit.errors.BadContent` if no name is left,
    :class:`ValueError` if ``asked`` has other jobs.
    """
    items = write(asked, repair, seed=seed, without=without)
    texts = [filtered(item.text) if repair is Repair.FILTERED else item.text for item in items]
    words = _WORD.findall("\n" + "\n".join(texts) + "\n")
    at = len(words) - len(words) // micro.KEPT
    with _one_thread():
        network, taught = micro.learn(words[:at], words[at:], vocabulary(), seed=seed, steps=STEPS, size=SIZE)
    model = _causal(network)
    counts = Counter(item.drawn["job"] for item in items)
    women = Counter(item.drawn["job"] for item in items if item.drawn[GENDER] == "f")
    with listening(lambda *_: None):  # a moment: the bar stays where the learning has brought it
        pronoun = None if repair is Repair.FILTERED else audit(probe(" commence ses journées à sept heures."), model)
        agreement = audit(probe(" trouvent drôle."), model)
    return Made(
        repair=repair,
        shares=tuple(Share(job=job, asked=asked[job], women=women[job], portraits=counts[job]) for job in ASKED),
        examples=tuple(texts[:8]),
        taught=taught,
        pronoun=pronoun,
        agreement=agreement,
    )


def write(asked: Mapping[str, int], repair: Repair, *, seed: int, without: tuple[str, ...] = ()) -> list[Item]:
    """The portraits, in order. The same seed gives the same ones. Raises as :func:`make`."""
    if asked.keys() != ASKED.keys():
        raise ValueError(f"women in a hundred for {sorted(ASKED)}, not for {sorted(asked)}")
    rng = random.Random(seed)
    shares = dict.fromkeys(asked, 50) if repair is Repair.BALANCED else dict(asked)
    written = _grammar(shares, without)
    items = [written.write(rng) for _ in range(ITEMS)]
    if repair is Repair.COUNTER:
        rarer = {job: 100 if women < 50 else 0 for job, women in asked.items()}
        others = _grammar(rarer, without)
        more = (others.write(rng) for _ in range(ITEMS // EXTRA))
        items += [item for item in more if asked[item.drawn["job"]] != 50]
        rng.shuffle(items)
    return items


def filtered(text: str) -> str:
    """``text`` without the sentences that say « il » or « elle »."""
    return " ".join(sentence for sentence in sentences(text) if not _PRONOUN.search(sentence))


def probe(after: str) -> Sentence:
    """The sentences that the model is asked: each job, with first names that men and women share, two ways to go on."""
    pronoun = after.startswith(" commence")
    return Sentence(
        texts=("", " Arnal est ", " à ", ". " if pronoun else ". Ses collègues ", after),
        slots=(
            ("Camille", "Claude", "Sacha", "Lou"),
            tuple(ASKED),
            ("Givrey", "Ormelles"),
            ("Elle", "Il") if pronoun else ("la", "le"),
        ),
    )


@cache
def vocabulary() -> tuple[str, ...]:
    """Every word of the short portraits, whatever the proportions: those that were filtered out as well."""
    rng, written = random.Random(0), _grammar(dict.fromkeys(ASKED, 50), ())
    words = {word for _ in range(ITEMS) for word in _WORD.findall(written.write(rng).text)}
    return tuple(sorted(words | {"\n"}))


def _grammar(women: Mapping[str, int], without: tuple[str, ...]) -> Grammar:
    """The grammar of the short portraits where each job has so many women in a hundred."""
    table = Table(values=("f", "m"), rows={job: (share, 100 - share) for job, share in women.items()})
    file = GrammarFile(words=read().words, kinds=(load(FILE, KindFile),))
    return build(file, Proportions({"profession": table}), frozenset(without))


@contextmanager
def _one_thread() -> Iterator[None]:
    """So small a model gains next to nothing from a second thread, and loses much when another program wants a core."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _causal(network: Any) -> Causal:
    """The model with its words, as the measures take it."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    from kit.language.scoring import Causal

    number = {word: place for place, word in enumerate(vocabulary())}
    cut = Tokenizer(models.WordLevel(number, unk_token="\n"))
    cut.pre_tokenizer = pre_tokenizers.Split(Regex(_WORD.pattern), "isolated")
    cut.decoder = decoders.Fuse()
    words = PreTrainedTokenizerFast(tokenizer_object=cut, bos_token="\n", eos_token="\n", unk_token="\n")
    return Causal("micro", words, network)
