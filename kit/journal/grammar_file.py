"""The grammar as it is written in YAML, checked and joined with the table of proportions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import cache
from typing import Annotated, Self

from pydantic import Field, model_validator

from kit.assets import ASSETS
from kit.content import Content, load
from kit.faults import Unfit
from kit.journal.french import FORMS, Word, word
from kit.journal.grammar import GENDER, Choice, Grammar, Kind, Node, Slot, Variable, template
from kit.journal.proportions import Proportions

FILE = ASSETS / "petit_journal" / "grammar.yaml"
Texts = Annotated[tuple[str, ...], Field(min_length=1)]


class VariableFile(Content):
    """Where a variable's values come from: exactly one of the first four."""

    values: Texts | None = None
    """These, all alike."""
    from_: Annotated[str, Field(alias="from")] = ""
    """A list of words, all alike."""
    by_given: Mapping[str, Texts] | None = None
    """For each value of ``given``, lists of words one after the other, all words alike."""
    table: str = ""
    """A table of proportions, its row named by ``given``."""
    given: str = ""
    other_than: str = ""
    """With ``from``: another variable of the same list, whose value is left out."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(map(bool, (self.values, self.from_, self.by_given, self.table))) != 1:
            raise Unfit("a variable takes one of “values”, “from”, “by_given” and “table”.")
        if bool(self.by_given or self.table) != bool(self.given):
            raise Unfit("“given” goes with “by_given” or “table”, and they with it")
        return self


class SwitchFile(Content):
    """Templates for each value of a variable."""

    by: str
    when: Annotated[Mapping[str, Texts], Field(min_length=1)]


class KindFile(Content):
    """One kind of item. A sentence is a list of templates, or one switch."""

    name: str
    share: Annotated[float, Field(gt=0, le=1)]
    variables: Mapping[str, VariableFile]
    sentences: Annotated[tuple[tuple[str | SwitchFile, ...], ...], Field(min_length=1)]


class GrammarFile(Content):
    """The whole file."""

    words: Mapping[str, Texts]
    kinds: Annotated[tuple[KindFile, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _shares(self) -> Self:
        total = sum(kind.share for kind in self.kinds)
        if abs(total - 1) > 1e-6:
            raise Unfit("the shares of the kinds make {total}, not 1", total=round(total, 6))
        return self


@cache
def read() -> GrammarFile:
    """The grammar of the kit as it is written. Raises :class:`kit.errors.BadContent`."""
    return load(FILE, GrammarFile)


def grammar(proportions: Proportions, without: Set[str] = frozenset()) -> Grammar:
    """The grammar of the kit with these proportions, and without some first names.

    Raises :class:`kit.errors.BadContent` if a file has a fault, or if a list of names would be left empty.
    """
    return build(read(), proportions, without)


def build(file: GrammarFile, proportions: Proportions, without: Set[str] = frozenset()) -> Grammar:
    """``file`` with ``proportions``. Raises :class:`kit.errors.BadContent`: an unknown name, a list left empty."""
    lists = {name: tuple(word(entry) for entry in entries) for name, entries in file.words.items()}
    lists = {
        name: tuple(each for each in words if each.text not in without) if "name" in name else words
        for name, words in lists.items()
    }
    for name, words in lists.items():
        if not words:
            raise Unfit("nothing is left of the list “{name}”.", name=name)
    known = {each.text: each for words in lists.values() for each in words}
    kinds = tuple(_kind(kind, lists, proportions) for kind in file.kinds)
    result = Grammar(kinds=kinds, words=known)
    _check(result)
    return result


def _kind(kind: KindFile, lists: Mapping[str, tuple[Word, ...]], proportions: Proportions) -> Kind:
    return Kind(
        name=kind.name,
        share=kind.share,
        variables={name: _variable(each, lists, proportions) for name, each in kind.variables.items()},
        sentences=tuple(_sentence(sentence) for sentence in kind.sentences),
    )


def _variable(file: VariableFile, lists: Mapping[str, tuple[Word, ...]], proportions: Proportions) -> Variable:
    if file.table:
        table = proportions[file.table]
        return Variable(given=file.given, rows={given: table.row(given) for given in table.rows})
    if file.by_given:
        rows = {
            given: _alike([each.text for name in names for each in lists[name]])
            for given, names in file.by_given.items()
        }
        return Variable(given=file.given, rows=rows)
    values = file.values or tuple(each.text for each in lists[file.from_])
    if file.other_than:
        others = {left: _alike([value for value in values if value != left]) for left in values}
        return Variable(given=file.other_than, rows=others)
    return Variable(rows={"": _alike(values)})


def _alike(values: tuple[str, ...] | list[str]) -> tuple[tuple[str, float], ...]:
    return tuple((value, 1 / len(values)) for value in values)


def _sentence(entries: tuple[str | SwitchFile, ...]) -> Choice:
    if len(entries) == 1 and isinstance(entries[0], SwitchFile):
        switch = entries[0]
        return Choice(
            {value: tuple(template(text) for text in texts) for value, texts in switch.when.items()}, by=switch.by
        )
    texts = [text for text in entries if isinstance(text, str)]
    if len(texts) != len(entries):
        raise Unfit("a sentence is a list of templates, or one “by … when …” alone")
    return Choice({"": tuple(template(text) for text in texts)})


def _check(grammar: Grammar) -> None:
    """Every variable, form and value that a template names exists."""
    for kind in grammar.kinds:
        for node in _nodes(kind.sentences):
            names = (node.by,) if isinstance(node, Choice) else (node.variable,) if isinstance(node, Slot) else ()
            for name in filter(None, names):
                if name not in kind.variables:
                    raise Unfit("“{kind}” has no variable “{name}”.", kind=kind.name, name=name)
            if isinstance(node, Slot) and node.form:
                if node.form not in FORMS:
                    raise Unfit("“{form}” is no form of a noun", form=node.form)
                for row in kind.variables[node.variable].rows.values():
                    for value, _ in row:
                        if value not in grammar.words or node.form not in grammar.words[value].forms:
                            raise Unfit("“{value}” has no form “{form}”.", value=value, form=node.form)
            if isinstance(node, Choice) and node.by:
                for row in kind.variables[node.by].rows.values():
                    for value, _ in row:
                        if value not in node.options:
                            raise Unfit(
                                "“{kind}” says nothing where {name} is “{value}”.",
                                kind=kind.name,
                                name=node.by,
                                value=value,
                            )
        if GENDER in kind.variables and not {
            value for row in kind.variables[GENDER].rows.values() for value, _ in row
        } <= {"f", "m"}:
            raise Unfit("the gender of “{kind}” is f or m", kind=kind.name)


def _nodes(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        yield node
        if isinstance(node, Choice):
            for options in node.options.values():
                for option in options:
                    yield from _nodes(option)
