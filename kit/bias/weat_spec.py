"""The words of a test of association: those of the paper, ours in French, or those of a file.

A file is JSON as W4ngatang/sent-bias writes it, and nothing else::

    {"targ1": {"category": "Flowers", "examples": ["rose", "tulip"]},
     "targ2": {"category": "Insects", "examples": ["ant", "wasp"]},
     "attr1": {"category": "Pleasant", "examples": ["love", "peace"]},
     "attr2": {"category": "Unpleasant", "examples": ["death", "filth"]}}

Targets are the sets X and Y of :mod:`kit.bias.weat`, attributes A and B.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator

from kit import field_faults
from kit.assets import ASSETS
from kit.content import MAX_BYTES, MAX_FAULTS, Content, cannot_be_read, decode, load
from kit.errors import BadContent
from kit.faults import Fault, Unfit, bad, one, raise_all, shown

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from kit.bias.weat import SetName

FILE = ASSETS / "bias" / "weat.yaml"
Mark = Literal["found", "found-2nd", "memory"]
"""How sure a published figure is: read in the paper, read where others quote it, or not read again. The last is not to
be shown as a figure of the paper."""


@dataclass(frozen=True, kw_only=True)
class Name:
    """A name in both languages of the kit. That of a person's file is the same in both."""

    fr: str
    en: str


@dataclass(frozen=True, kw_only=True)
class WordSet:
    """Some words, none of them twice."""

    label: Name
    words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Published:
    """What the paper reports, with GloVe 840B. Only of its own words."""

    d: float
    d_mark: Mark
    p: float
    p_mark: Mark


@dataclass(frozen=True, kw_only=True)
class Spec:
    """The words of one test. No word is in X and in Y, nor in A and in B."""

    id: str
    """Of a test of the kit; empty for a file."""
    name: Name
    lang: str
    """The language of the words; empty for a file, which does not say."""
    x: WordSet
    y: WordSet
    a: WordSet
    b: WordSet
    source: Name
    ours: bool = False
    """Whether the kit chose the words itself: a result is then not comparable with the paper's."""
    published: Published | None = None

    @property
    def sets(self) -> dict[SetName, WordSet]:
        """The four sets by name."""
        return {"x": self.x, "y": self.y, "a": self.a, "b": self.b}

    @property
    def words(self) -> tuple[str, ...]:
        """Every word once: what to look for in a file of vectors."""
        return tuple(dict.fromkeys(word for each in self.sets.values() for word in each.words))


# -- the tests of the kit ----------------------------------------------------------------------------------------------


def _legible(word: str) -> str:
    if not word.isprintable():
        raise Unfit("this holds a character that cannot be seen; write the word again")
    return word


Text = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_legible)]
Words = Annotated[tuple[Text, ...], Field(min_length=2, max_length=200)]


def _check_repeats(words: Iterable[str]) -> None:
    twice = [word for word, times in Counter(words).items() if times > 1]
    if twice:
        raise Unfit("words that are there twice: {words}. Keep each once", words=shown(", ".join(twice)))


def _check_apart(one_set: str, words: Iterable[str], other_set: str, others: Iterable[str]) -> None:
    others = set(others)
    shared = [word for word in words if word in others]
    if shared:
        raise Unfit(
            "words that are both in “{one}” and in “{other}”: {words}. Keep each in one of the two",
            one=one_set,
            other=other_set,
            words=shown(", ".join(shared)),
        )


class NameFile(Content):
    """A name in both languages."""

    fr: Text
    en: Text

    def name(self) -> Name:
        """As the rest of the kit takes it."""
        return Name(fr=self.fr, en=self.en)


class PublishedFile(Content):
    """What the paper reports."""

    d: float
    d_mark: Mark
    p: Annotated[float, Field(gt=0, le=1)]
    p_mark: Mark


class WeatTest(Content):
    """One test: which lists it takes."""

    id: str
    name: NameFile
    x: str
    y: str
    a: str
    b: str
    published: PublishedFile


class LanguageFile(Content):
    """The lists of one language."""

    ours: bool
    source: NameFile
    lists: Mapping[str, Words]


class WeatFile(Content):
    """The tests of the kit in all the languages they exist in."""

    labels: Mapping[str, NameFile]
    tests: Annotated[tuple[WeatTest, ...], Field(min_length=1)]
    words: Mapping[str, LanguageFile]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for language in self.words.values():
            for words in language.lists.values():
                _check_repeats(words)
            for test in self.tests:
                for name in (test.x, test.y, test.a, test.b):
                    if name not in self.labels or name not in language.lists:
                        raise Unfit("the list “{name}” has no label, or no words in one of the languages", name=name)
                for one_set, other in ((test.x, test.y), (test.a, test.b)):
                    _check_apart(one_set, language.lists[one_set], other, language.lists[other])
        return self


@cache
def published(lang: str) -> tuple[Spec, ...]:
    """Tests 1, 2, 6, 7 and 8 of the paper with words in ``lang``, in its order: ``"en"``, its own words, or ``"fr"``,
    an adaptation of ours.

    Raises :class:`ValueError` for another language, :class:`kit.errors.BadContent` where the file has a fault.
    """
    file = _file()
    if lang not in file.words:
        raise ValueError(f"no words in {lang!r}")
    language = file.words[lang]

    def words(name: str) -> WordSet:
        return WordSet(label=file.labels[name].name(), words=language.lists[name])

    return tuple(
        Spec(
            id=test.id,
            name=test.name.name(),
            lang=lang,
            x=words(test.x),
            y=words(test.y),
            a=words(test.a),
            b=words(test.b),
            source=language.source.name(),
            ours=language.ours,
            published=None if language.ours else Published(**test.published.model_dump()),
        )
        for test in file.tests
    )


@cache
def _file() -> WeatFile:
    return load(FILE, WeatFile)


# -- files of people ---------------------------------------------------------------------------------------------------


class SetFile(Content):
    """One set as sent-bias writes it."""

    category: Text
    examples: Words

    @model_validator(mode="after")
    def _once(self) -> Self:
        _check_repeats(self.examples)
        return self

    def word_set(self) -> WordSet:
        """As the rest of the kit takes it."""
        return WordSet(label=Name(fr=self.category, en=self.category), words=self.examples)


class SpecFile(Content):
    """The four sets as sent-bias writes them."""

    targ1: SetFile
    targ2: SetFile
    attr1: SetFile
    attr2: SetFile

    @model_validator(mode="after")
    def _apart(self) -> Self:
        _check_apart("targ1", self.targ1.examples, "targ2", self.targ2.examples)
        _check_apart("attr1", self.attr1.examples, "attr2", self.attr2.examples)
        return self


def read(path: Path) -> Spec:
    """The test in a JSON file. Raises :class:`kit.errors.BadContent` as :func:`parse` does, or if it does not open."""
    try:
        with path.open("rb") as file:
            size, raw = os.fstat(file.fileno()).st_size, file.read(MAX_BYTES + 1)
    except OSError as error:
        raise cannot_be_read(path.name, error) from error
    if len(raw) > MAX_BYTES:
        raise one(path.name, BadContent("{size} bytes; at most {most} are accepted", size=size, most=MAX_BYTES))
    return parse(raw, path.name)


def parse(raw: bytes, name: str) -> Spec:
    """The test in the bytes of a JSON file; ``name`` is what the messages call the file.

    Raises :class:`kit.faults.Faults` with every fault: more than 512 KiB, not UTF-8 (a byte order mark may be there),
    not JSON, a field that is missing or unknown, a set of fewer than 2 or more than 200 words, a word that is empty,
    twice in a set or in two opposite sets. Sets of different sizes are accepted: see :func:`kept`.
    """
    text = decode(raw, name)
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice.extend(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return dict(pairs)

    try:
        data = json.loads(text, object_pairs_hook=once)
        # An escape can write half of a pair of code units, which no screen and no file takes.
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = ord(error.object[error.start])
        raise one(name, BadContent("the character #x{code} is not accepted", code=f"{half:04x}")) from error
    except (ValueError, RecursionError) as error:
        what = BadContent(
            "not a JSON file, or a damaged one: look for a comma, a quotation mark or a bracket that is missing or one "
            "too many"
        )
        raise one(name, what, getattr(error, "lineno", None)) from error
    found = [Fault(what=BadContent("the field “{key}” is written twice", key=shown(key))) for key in twice]
    try:
        file = SpecFile.model_validate(data)
    except ValidationError as error:
        # JSON has no comments and often one line: the way to a field shows it better than a line would.
        faults = field_faults.of(error.errors()[:MAX_FAULTS], data, None)
        raise bad(name, [*found, *(Fault(what=what) for _, what in faults)]) from error
    raise_all(name, found)
    called = Name(fr=name, en=name)
    return Spec(
        id="",
        name=called,
        lang="",
        x=file.targ1.word_set(),
        y=file.targ2.word_set(),
        a=file.attr1.word_set(),
        b=file.attr2.word_set(),
        source=called,
    )


# -- words that vectors lack -------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The vectors that a test can use: ``weat(kept.x, kept.y, kept.a, kept.b)``."""

    x: dict[str, npt.NDArray[np.float64]]
    y: dict[str, npt.NDArray[np.float64]]
    a: dict[str, npt.NDArray[np.float64]]
    b: dict[str, npt.NDArray[np.float64]]
    missing: dict[SetName, tuple[str, ...]]
    """Words without a vector, by set; sets that miss none are left out."""
    dropped: dict[SetName, tuple[str, ...]]
    """Words left out although they have a vector, so that X and Y keep the same size."""

    @property
    def whole(self) -> bool:
        """Whether every word of the test is used."""
        return not self.missing and not self.dropped


def kept(spec: Spec, vectors: Mapping[str, npt.NDArray[np.float64]]) -> Kept:
    """The words of ``spec`` that ``vectors`` know, X and Y cut to the same size.

    The larger of X and Y loses the last of its known words, in the order of the list: nothing is drawn at random.
    """
    known = {name: {word: vectors[word] for word in each.words if word in vectors} for name, each in spec.sets.items()}
    missing = {
        name: lacking
        for name, each in spec.sets.items()
        if (lacking := tuple(word for word in each.words if word not in vectors))
    }
    size = min(len(known["x"]), len(known["y"]))
    dropped: dict[SetName, tuple[str, ...]] = {}
    for name in ("x", "y"):
        if rest := tuple(known[name])[size:]:
            dropped[name] = rest
            for word in rest:
                del known[name][word]
    return Kept(**known, missing=missing, dropped=dropped)
