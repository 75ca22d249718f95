"""Which pictures a sitting shows, in which version and order.

Two forms, A before the lesson and B after it. Two halves of a room see them crosswise: what one half sees as A the
other sees as B, each photograph in the opposite version. Neither the choice of the photographs nor the order of the
forms can then pass for an effect of the lesson.
"""

from __future__ import annotations

import hashlib
import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kit.decks.loaded import LoadedDeck
from kit.decks.model import Item, Truth
from kit.errors import BadInput

LEAST = 4
"""Pictures below which nothing can be measured."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One picture of a form."""

    opaque: str
    """The name under which it is served: says nothing, changes with the seed and the half."""
    item_id: str
    truth: Truth
    served_seed: int
    """Seed of its grain."""


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """The forms of one half of a room."""

    deck_id: str
    seed: int
    half: int
    forms: Mapping[str, tuple[Shown, ...]]
    """``"A"`` and ``"B"``, in the order they are played; the short format has ``"A"`` alone."""

    def find(self, opaque: str) -> Shown | None:
        """The picture served under that name."""
        return next((shown for form in self.forms.values() for shown in form if shown.opaque == opaque), None)


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """An item that may be drawn, and what it may be shown as."""

    id: str
    camera: Truth | None
    machine: tuple[Truth, ...]
    grey: bool
    card: bool

    @property
    def flexible(self) -> bool:
        return self.camera is not None and bool(self.machine)


def compose(deck: LoadedDeck, *, seed: int, half: int = 0, per_form: int = 8, with_cards: bool = False) -> Sitting:
    """Forms A and B for one half (0 or 1) of a room.

    In each form about half of the pictures are photographs and about one machine picture in four is altered in one
    place; grey and coloured ones are spread evenly. A photograph appears once in a sitting, in one version. A small
    deck makes both forms shorter, equally. ``with_cards`` also shows photographs under a false caption.

    ``seed`` should be large and secret (``secrets.randbits(63)``): names and order follow from it.
    Raises :class:`BadInput` if the deck has fewer than 4 pictures to play.
    """
    drawn = _draw(deck, seed, 2 * per_form, with_cards)
    first, second = _split(drawn, seed)
    machine = _machine(first, second, seed)
    groups = (first, second) if half == 0 else (second, first)
    forms = {
        name: _form(deck, group, machine, seed, half, name, with_cards)
        for name, group in zip(("A", "B"), groups, strict=True)
    }
    return Sitting(deck_id=deck.id, seed=seed, half=half, forms=forms)


def short(deck: LoadedDeck, *, seed: int, half: int = 0, per_form: int = 4, with_cards: bool = False) -> Sitting:
    """Form A alone, for the 20-minute format. Both halves see the same photographs, in opposite versions.

    Raises :class:`BadInput` if the deck has fewer than 4 pictures to play.
    """
    drawn = _draw(deck, seed, per_form, with_cards)
    machine = _machine(drawn, [], seed)
    form = _form(deck, drawn, machine, seed, half, "A", with_cards)
    return Sitting(deck_id=deck.id, seed=seed, half=half, forms={"A": form})


def _random(seed: int, purpose: str) -> random.Random:
    """A stream of its own for each purpose, the same for both halves."""
    return random.Random(f"{seed}:{purpose}")


def _entries(deck: LoadedDeck, with_cards: bool) -> list[_Entry]:
    return [entry for item in deck.playable if (entry := _entry(item, deck, with_cards)).camera or entry.machine]


def _entry(item: Item, deck: LoadedDeck, with_cards: bool) -> _Entry:
    truths = {version.truth for version in item.versions}
    card = with_cards and Truth.MISCAPTIONED in truths
    camera = Truth.REAL if Truth.REAL in truths else Truth.MISCAPTIONED if card else None
    machine = tuple(truth for truth in (Truth.GENERATED, Truth.ALTERED) if truth in truths)
    return _Entry(id=item.id, camera=camera, machine=machine, grey=item.id in deck.grey, card=card)


def _draw(deck: LoadedDeck, seed: int, wanted: int, with_cards: bool) -> list[_Entry]:
    """At most ``wanted`` entries, an even number; those with a single side are a quarter of them if possible."""
    entries = _entries(deck, with_cards)
    if len(entries) < LEAST:
        raise BadInput(
            "The deck “{deck}” has {count} pictures to play; at least {least} are needed. Add some, or approve those "
            "that wait.",
            deck=deck.id,
            count=len(entries),
            least=LEAST,
        )
    generator = _random(seed, "draw")
    generator.shuffle(entries)
    total = min(wanted, len(entries)) // 2 * 2
    fixed = [entry for entry in entries if not entry.flexible]
    flexible = [entry for entry in entries if entry.flexible]
    few = max(min(len(fixed), total // 4), total - len(flexible))
    return flexible[: total - few] + fixed[:few]


def _split(drawn: Sequence[_Entry], seed: int) -> tuple[list[_Entry], list[_Entry]]:
    """Two groups of one size, alike in grey and colour and in what the entries may be shown as."""
    generator = _random(seed, "split")
    first: list[_Entry] = []
    second: list[_Entry] = []
    kinds: dict[tuple[bool, bool, bool], list[_Entry]] = {}
    for entry in drawn:
        kinds.setdefault((entry.flexible, entry.camera is None, entry.grey), []).append(entry)
    # Dealing two by two across the sorted kinds leaves at most one apart, and kinds that are odd compensate.
    row = [entry for kind in sorted(kinds) for entry in generator.sample(kinds[kind], len(kinds[kind]))]
    for pair in range(0, len(row), 2):
        one, other = generator.sample(row[pair : pair + 2], 2)
        first.append(one)
        second.append(other)
    return first, second


def _machine(first: Sequence[_Entry], second: Sequence[_Entry], seed: int) -> dict[str, tuple[bool, Truth]]:
    """For each flexible entry: whether half 0 sees a machine's version, and which one is shown to whom sees one."""
    generator = _random(seed, "machine")
    up = generator.random() < 0.5
    chosen: dict[str, tuple[bool, Truth]] = {}
    for group in (first, second):
        flexible = [entry for entry in group if entry.flexible]
        # Alternating along colour, then grey, halves each; an odd one out is up in one group and down in the other.
        flexible = sorted(generator.sample(flexible, len(flexible)), key=lambda entry: entry.grey)
        for side in (0, 1):
            cell = flexible[side::2]
            altered = _altered(cell, generator)
            for entry in cell:
                truth = Truth.ALTERED if entry.id in altered else entry.machine[0]
                chosen[entry.id] = ((side == 0) == up, truth)
        up = not up
    return chosen


def _altered(cell: Sequence[_Entry], generator: random.Random) -> set[str]:
    """About a quarter of a cell, one at least: those shown as altered. Entries with nothing else come first."""
    only = [entry.id for entry in cell if entry.machine == (Truth.ALTERED,)]
    either = [entry.id for entry in cell if len(entry.machine) == 2]
    wanted = max(1, round(len(cell) / 4)) - len(only)
    return set(only) | set(generator.sample(either, max(0, min(wanted, len(either)))))


def _form(
    deck: LoadedDeck,
    group: Sequence[_Entry],
    machine: dict[str, tuple[bool, Truth]],
    seed: int,
    half: int,
    name: str,
    with_cards: bool,
) -> tuple[Shown, ...]:
    """The pictures of one form, in order."""
    shown: dict[str, Truth] = {}
    for entry in group:
        if entry.id in machine:
            first_half, truth = machine[entry.id]
            shown[entry.id] = truth if first_half == (half == 0) else entry.camera or truth
        else:
            shown[entry.id] = entry.camera or _random(seed, f"only {entry.id}").choice(entry.machine)
    if with_cards:
        able = sorted(entry.id for entry in group if entry.card and shown[entry.id] is Truth.REAL)
        count = min(len(able), max(1, len(group) // 4))
        for item_id in _random(seed, f"cards {half} {name}").sample(able, count):
            shown[item_id] = Truth.MISCAPTIONED
    grey = {entry.id for entry in group if entry.grey}
    order = _order(shown, grey, _random(seed, f"order {half} {name}"))
    return tuple(
        Shown(
            opaque=_hash(deck.id, seed, half, item_id, shown[item_id], "name").hex(),
            item_id=item_id,
            truth=shown[item_id],
            served_seed=int.from_bytes(_hash(deck.id, seed, half, item_id, shown[item_id], "grain"), "big"),
        )
        for item_id in order
    )


def _order(shown: dict[str, Truth], grey: set[str], generator: random.Random) -> list[str]:
    """A shuffled order without long runs: the best of 24 draws, by its longest runs of one side and of one tone.

    Runs, not alternation: a strictly mixed order could be counted on.
    """
    best: tuple[int, list[str]] | None = None
    for _ in range(24):
        order = generator.sample(sorted(shown), len(shown))
        cost = max(2, _run([shown[i].machine for i in order])) + max(3, _run([i in grey for i in order]))
        cost += sum(shown[a] is shown[b] is Truth.ALTERED for a, b in itertools.pairwise(order))
        if best is None or cost < best[0]:
            best = cost, order
    assert best is not None
    return best[1]


def _run(values: Iterable[bool]) -> int:
    """Length of the longest run of equal values."""
    longest, length, last = 0, 0, None
    for value in values:
        length = length + 1 if value == last else 1
        last = value
        longest = max(longest, length)
    return longest


def _hash(deck_id: str, seed: int, half: int, item_id: str, truth: Truth, purpose: str) -> bytes:
    """Five bytes that depend on everything, and tell nothing to whoever does not know the seed."""
    text = f"{deck_id}/{half}/{item_id}/{truth}/{purpose}"
    return hashlib.blake2b(text.encode(), digest_size=5, key=str(seed).encode()[:64]).digest()
