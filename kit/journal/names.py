"""The closed list of first names that Petit Journal writes."""

from __future__ import annotations

from functools import cache
from unicodedata import combining, normalize

from kit.journal.grammar_file import read

LISTS = ("epicene_names", "masculine_names", "feminine_names")
"""Of the grammar's words; its other lists of first names are parts of these."""


@cache
def first_names() -> tuple[str, ...]:
    """Every first name of the corpus, in the order of the alphabet, accents or not."""
    words = read().words
    return tuple(sorted({name for part in LISTS for name in words[part]}, key=_plain))


def _plain(name: str) -> str:
    """A name without its accents."""
    return "".join(letter for letter in normalize("NFKD", name) if not combining(letter))
