"""Word vectors saved as text, of a few wanted words out of a file of several gigabytes.

GloVe, word2vec in text mode and fastText ``.vec`` write the same: a line is a word and its numbers, with spaces between
them; the two latter begin with a line « count dimensions ». The file is read line by line and never lies in memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from io import BufferedReader, FileIO
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kit.content import cannot_be_read
from kit.errors import BadInput
from kit.faults import shown

MAX_LINE = 2**20
"""Bytes. A vector of 300 numbers takes about 3,000."""
BUFFER = 2**20
"""Bytes read from disk at once."""

_HEADER = re.compile(rb"\d{1,12}[ \t]+([1-9]\d{0,5})")
_NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_IN_NUMBERS = b"0123456789+-.eE "
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def read(path: Path, words: Iterable[str]) -> dict[str, npt.NDArray[np.float64]]:
    """The vectors of those ``words`` that the file knows, in their order.

    A word is first looked for exactly as it is written. One that is not there as such takes the first vector of the
    file whose word differs in case only (or in « œ » written « oe », or in accents coded as two characters): a
    vocabulary in small letters knows « einstein ». Of a word that comes twice, the first vector is taken.

    A first line of two whole numbers announces how many words and dimensions there are; the dimensions bind, the count
    does not, since files are often cut short on purpose. Without it the first line sets the dimensions: its word holds
    no space. Other words may (GloVe 840B has « . . . »): their numbers are the last columns. Empty lines count for
    nothing. Every line is checked until all the words are found: that it has as many columns as the first and that
    they look like numbers; the lines of wanted words, number by number.

    Raises :class:`kit.errors.BadInput`: a file that does not open, that is empty or binary, that is not UTF-8, or a
    line that is no word with its numbers.
    """
    wanted = dict.fromkeys(words)
    alike: dict[str, list[str]] = {}
    for word in wanted:
        alike.setdefault(fold(word), []).append(word)
    exact: dict[str, npt.NDArray[np.float64]] = {}
    near: dict[str, npt.NDArray[np.float64]] = {}
    dimensions, any_vector = 0, False
    try:
        with BufferedReader(FileIO(path), BUFFER) as file:
            for line in _lines(file, path.name):
                if not dimensions:
                    if header := _HEADER.fullmatch(line.body):
                        dimensions = int(header[1])
                        continue
                    dimensions = len(line.body.split()) - 1
                    line.columns(max(dimensions, 1))
                any_vector = True
                word = line.word(dimensions)
                if word in wanted and word not in exact:
                    exact[word] = line.vector(dimensions)
                    if len(exact) == len(wanted):
                        break
                for other in alike.get(fold(word), ()):
                    if other != word and other not in near:
                        near[other] = line.vector(dimensions)
    except OSError as error:
        raise cannot_be_read(path.name, error) from error
    if not any_vector:
        raise BadInput(
            "{name} holds no word vectors. One word and its numbers a line are read, as in the text files of GloVe, "
            "word2vec or fastText.",
            name=path.name,
        )
    found = {**near, **exact}
    return {word: found[word] for word in wanted if word in found}


def fold(word: str) -> str:
    """What words that differ in case only have in common."""
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", word).casefold()).replace("œ", "oe")


class _Line:
    """One line that is not empty. ``body``: its bytes, without what ends it."""

    def __init__(self, name: str, number: int, body: bytes) -> None:
        self.name, self.number, self.body = name, number, body

    def word(self, dimensions: int) -> str:
        """The word. The numbers are looked at as a whole only: a file has hundreds of millions of them."""
        end = self.body.find(b" ")
        if self.body.count(b" ") != dimensions or self.body[end:].translate(None, _IN_NUMBERS):
            return self._text(self.columns(dimensions)[0])
        return self._text(self.body[:end])

    def vector(self, dimensions: int) -> npt.NDArray[np.float64]:
        """The numbers."""
        return np.array([float(value) for value in self.columns(dimensions)[1:]])

    def columns(self, dimensions: int) -> list[bytes]:
        """The word, then as many numbers as ``dimensions``. Raises :class:`BadInput` if the line is not made so."""
        self._text(self.body)
        columns = self.body.split()
        values = columns[-dimensions:]
        got = len(columns) - 1
        if got > dimensions and _NUMBER.fullmatch(columns[-dimensions - 1]) is None:
            got = dimensions  # a word of several parts
        if got != dimensions:
            raise BadInput(
                "{name}, line {line}: the number of values after the word is {got}; it must be {expected}. The file is "
                "damaged or incomplete; get it again.",
                name=self.name,
                line=self.number,
                got=got,
                expected=dimensions,
            )
        for value in values:
            if _NUMBER.fullmatch(value) is None or not np.isfinite(float(value)):
                raise BadInput(
                    "{name}, line {line}: “{value}” where a number is expected. One word and its numbers a line are "
                    "read, as in the text files of GloVe, word2vec or fastText.",
                    name=self.name,
                    line=self.number,
                    value=shown(self._text(value)),
                )
        return [b" ".join(columns[:-dimensions]), *values]

    def _text(self, raw: bytes) -> str:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            if _CONTROL.search(self.body):
                raise _binary(self.name) from error
            raise BadInput(
                "{name}, line {line}: not UTF-8 text. Save the file again as UTF-8.", name=self.name, line=self.number
            ) from error


def _lines(file: BufferedReader[FileIO], name: str) -> Iterator[_Line]:
    """The lines that are not empty, each with its number from 1. Only « \\n » ends one: words hold stranger signs."""
    if b"\0" in file.peek(BUFFER):
        raise _binary(name)
    number = 0
    while raw := file.readline(MAX_LINE + 1):
        number += 1
        if b"\0" in raw:
            raise _binary(name)
        if len(raw) > MAX_LINE:
            raise BadInput(
                "{name}, line {line}: longer than {most} bytes, as no word with its numbers is. Choose the text file "
                "of the vectors.",
                name=name,
                line=number,
                most=MAX_LINE,
            )
        if body := raw.removeprefix(b"\xef\xbb\xbf").rstrip() if number == 1 else raw.rstrip():
            yield _Line(name, number, body)


def _binary(name: str) -> BadInput:
    return BadInput(
        "{name} is a binary file; only word vectors saved as UTF-8 text are read. Unpack it if it is an archive; save "
        "vectors of word2vec in text mode.",
        name=name,
    )
