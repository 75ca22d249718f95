"""A grammar that writes, and reads back what it could have written, each with its exact probability.

A *kind* of item is a few sentences in a row; each is one of several templates, all alike, or chosen by a variable.
A template holds words, ``{variable}`` or ``{variable.form}`` (``{Variable}`` begins a sentence), choices
``[one|another|]`` and ``<masculine|feminine>``, which follows the variable ``gender``. Variables are drawn when they
are first needed, each from a distribution that may depend on others.

Reading is a forward pass over the same nodes with the set of all states that agree with the text so far: where several
derivations give the same text, their probabilities are added. So :func:`logprob` is that of the *text*, exactly.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from kit.journal.french import Word, capital

GENDER = "gender"
Context = tuple[tuple[str, str], ...]
"""The variables drawn so far with their values, in order of name."""


@dataclass(frozen=True, kw_only=True)
class Variable:
    """What is drawn: ``rows[value of given]`` (or the only row, under an empty name) holds (value, probability)."""

    given: str = ""
    rows: Mapping[str, tuple[tuple[str, float], ...]]


@dataclass(frozen=True)
class Literal:
    """Words as they stand."""

    text: str


@dataclass(frozen=True)
class Slot:
    """The value of a variable in one of its forms; or one of two endings, by gender."""

    variable: str
    form: str = ""
    capital: bool = False
    endings: tuple[str, str] | None = None


@dataclass(frozen=True)
class Choice:
    """One of several, all alike; with ``by``, those under the value of a variable."""

    options: Mapping[str, tuple[Nodes, ...]]
    by: str = ""


Node = Literal | Slot | Choice
Nodes = tuple[Node, ...]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of item. ``share``: its part of the corpus, 0 to 1. Sentences are separated by a space."""

    name: str
    share: float
    variables: Mapping[str, Variable]
    sentences: tuple[Choice, ...]

    @property
    def dependent(self) -> tuple[str, ...]:
        """The variables that depend on another, each after that one, which is among them too."""
        linked = (name for own, each in self.variables.items() if each.given for name in (each.given, own))
        return tuple(dict.fromkeys(linked))


@dataclass(frozen=True)
class Piece:
    """A slot as it was written: where it starts in the text, in characters, and what was known by then."""

    slot: Slot
    start: int
    before: Context


@dataclass(frozen=True, kw_only=True)
class Item:
    """What the grammar wrote: the text, all that was drawn for it, and its slots in order."""

    kind: str
    text: str
    drawn: Mapping[str, str]
    pieces: tuple[Piece, ...] = field(repr=False, default=())


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """The kinds of items, and the words that variables stand for (a value without a word stands for itself)."""

    kinds: tuple[Kind, ...]
    words: Mapping[str, Word]

    def kind(self, name: str) -> Kind:
        """The kind of that name. Raises :class:`KeyError`."""
        for kind in self.kinds:
            if kind.name == name:
                return kind
        raise KeyError(name)

    def said(self, slot: Slot, value: str) -> str:
        """``slot`` in letters, where its variable has this value."""
        if slot.endings is not None:
            return slot.endings[value == "f"]
        text = self.words[value][slot.form] if value in self.words else value
        return capital(text) if slot.capital else text

    # -- writing -----------------------------------------------------------------------------------------------------

    def write(self, rng: random.Random, kind: str = "", settled: Mapping[str, str] = MappingProxyType({})) -> Item:
        """One item, of that kind or of any, by their shares. Variables of ``settled`` take their value from there."""
        chosen = self.kind(kind) if kind else rng.choices(self.kinds, [each.share for each in self.kinds])[0]
        context: dict[str, str] = {}
        text, pieces = "", []
        for place, sentence in enumerate(chosen.sentences):
            nodes: list[Node] = [sentence] if place == 0 else [sentence, Literal(" ")]
            # A stack of what is left to write, its next at the end.
            while nodes:
                node = nodes.pop()
                match node:
                    case Literal():
                        text += node.text
                    case Choice():
                        options = node.options[_draw(chosen, context, node.by, rng, settled) if node.by else ""]
                        nodes.extend(reversed(rng.choice(options)))
                    case Slot():
                        value = _draw(chosen, context, node.variable, rng, settled)
                        pieces.append(Piece(node, len(text), tuple(sorted(context.items()))))
                        text += self.said(node, value)
        return Item(kind=chosen.name, text=text, drawn=context, pieces=tuple(pieces))

    def cases(self) -> Iterator[tuple[Kind, Mapping[str, str], float]]:
        """Each kind with each way of drawing its :attr:`Kind.dependent` variables, and its probability, 0 to 1.

        The cases of one variable's value follow each other, in the order of the variables.
        """
        for kind in self.kinds:
            found: list[tuple[Context, float]] = [((), math.log(kind.share))]
            for name in kind.dependent:
                found = [
                    (wider, logp + more) for context, logp in found for _, wider, more in _values(kind, context, name)
                ]
            yield from ((kind, dict(context), math.exp(logp)) for context, logp in found)

    # -- reading -----------------------------------------------------------------------------------------------------

    def logprob(self, text: str) -> float:
        """Natural logarithm of the probability that the grammar writes exactly ``text``; -inf if it cannot."""
        found = -math.inf
        for kind in self.kinds:
            states: _States = {(0, ()): math.log(kind.share)}
            for place, sentence in enumerate(kind.sentences):
                states = self._read(kind, (Literal(" "), sentence) if place else (sentence,), text, states)
            for (at, _), logp in states.items():
                if at == len(text):
                    found = _add(found, logp)
        return found

    def knows(self, sentence: str) -> bool:
        """Whether ``sentence`` is one that the grammar can write, at any place of any item."""
        return any(
            at == len(sentence)
            for kind in self.kinds
            for choice in kind.sentences
            for at, _ in self._read(kind, (choice,), sentence, {(0, ()): 0.0})
        )

    def _read(self, kind: Kind, nodes: Sequence[Node], text: str, states: _States) -> _States:
        for node in nodes:
            if not states:
                return states
            after: _States = {}
            match node:
                case Literal():
                    for (at, context), logp in states.items():
                        if text.startswith(node.text, at):
                            _put(after, (at + len(node.text), context), logp)
                case Slot():
                    for (at, context), logp in states.items():
                        for value, wider, more in _values(kind, context, node.variable):
                            said = self.said(node, value)
                            if text.startswith(said, at):
                                _put(after, (at + len(said), wider), logp + more)
                case Choice():
                    by_value: dict[str, _States] = {}
                    for (at, context), logp in states.items():
                        for value, wider, more in _values(kind, context, node.by):
                            _put(by_value.setdefault(value, {}), (at, wider), logp + more)
                    for value, begun in by_value.items():
                        options = node.options[value]
                        for option in options:
                            for key, logp in self._read(kind, option, text, begun).items():
                                _put(after, key, logp - math.log(len(options)))
            states = after
        return states


_States = dict[tuple[int, Context], float]


def sentences(text: str) -> list[str]:
    """``text`` cut into its sentences: after a mark that ends one, before a capital, a quotation mark or a dash."""
    return _BETWEEN.split(text)


_BETWEEN = re.compile(r"(?<=[.!?»]) (?=[A-ZÀÂÇÉÈÊÎÔÛ«—])")


def _put(states: _States, key: tuple[int, Context], logp: float) -> None:
    states[key] = _add(states[key], logp) if key in states else logp


def _add(one: float, other: float) -> float:
    """log(exp(one) + exp(other))."""
    low, high = min(one, other), max(one, other)
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))


def _values(kind: Kind, context: Context, name: str) -> Iterator[tuple[str, Context, float]]:
    """Each value that ``name`` can have here, the context with it (and with whatever it depends on), and its log
    probability. A variable that is drawn already has one value; no variable, one that is empty."""
    if not name:
        yield "", context, 0.0
        return
    known = dict(context)
    if name in known:
        yield known[name], context, 0.0
        return
    variable = kind.variables[name]
    for given, wider, logp in _values(kind, context, variable.given):
        for value, share in variable.rows[given]:
            if share > 0:
                yield value, tuple(sorted((*wider, (name, value)))), logp + math.log(share)


def _draw(kind: Kind, context: dict[str, str], name: str, rng: random.Random, settled: Mapping[str, str]) -> str:
    """The value of ``name``: settled, or drawn now if it was not before. Adds it to ``context``."""
    if name not in context:
        variable = kind.variables[name]
        row = variable.rows[_draw(kind, context, variable.given, rng, settled) if variable.given else ""]
        context[name] = settled.get(name) or rng.choices([value for value, _ in row], [share for _, share in row])[0]
    return context[name]


# -- templates ---------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"\{([^{}]*)\}|<([^<>|]*)\|([^<>|]*)>|([\[\]|])|([^{}<>\[\]|]+)")


def template(text: str) -> Nodes:
    """Read a template. Raises :class:`ValueError` where a bracket is missing."""
    stack: list[list[list[Node]]] = [[[]]]
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(f"{text!r}: {text[at]!r} at {at} closes nothing")
        slot, masculine, feminine, mark, words = found.groups()
        if slot is not None:
            name, _, form = slot.partition(".")
            stack[-1][-1].append(Slot(name[:1].lower() + name[1:], form, name[:1].isupper()))
        elif masculine is not None:
            stack[-1][-1].append(Slot(GENDER, endings=(masculine, feminine)))
        elif words is not None:
            stack[-1][-1].append(Literal(words))
        elif mark == "[":
            stack.append([[]])
        elif mark == "|" and len(stack) > 1:
            stack[-1].append([])
        elif mark == "]" and len(stack) > 1:
            options = stack.pop()
            stack[-1][-1].append(Choice({"": tuple(tuple(option) for option in options)}))
        else:
            raise ValueError(f"{text!r}: {mark!r} at {at} opens or closes nothing")
        at = found.end()
    if len(stack) > 1:
        raise ValueError(f"{text!r}: a [ is not closed")
    return tuple(stack[0][0])
