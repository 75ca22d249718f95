"""Nouns with their determiners: gender, number, elision and contraction.

>>> word("école f")["du"], word("hall m h")["le"], word("travaux mp")["au"]
('de l’école', 'le hall', 'aux travaux')
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

FORMS = ("", "le", "un", "du", "au", "de", "ce", "son")
"""What a noun can be asked for: itself; with the definite, the indefinite, *de* + definite, *à* + definite, *de* alone,
the demonstrative, the possessive of the third person singular."""

_VOWELS = frozenset("aeiouyh")


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word of the lexicon in all its forms. ``gender``: ``m``, ``f``, or empty for what takes no determiner."""

    text: str
    gender: str
    plural: bool
    forms: Mapping[str, str]

    def __getitem__(self, form: str) -> str:
        return self.forms[form]


def word(entry: str) -> Word:
    """Read an entry: the word, then ``m``, ``f``, ``mp`` or ``fp``, then ``h`` where its h is aspirated.

    A proper name stands alone, and then has but the forms « » and « de » (« à » never changes).
    """
    text, gender, plural, aspirated = entry, "", False, False
    parts = entry.rsplit(" ", 2)
    if parts[-1] == "h" and len(parts) > 1:
        aspirated, entry = True, entry[:-2]
    head, _, mark = entry.rpartition(" ")
    if mark in ("m", "f", "mp", "fp"):
        text, gender, plural = head, mark[0], mark.endswith("p")
    elides = starts_with_a_vowel(text) and not aspirated
    forms = {"": text, "de": f"d’{text}" if elides else f"de {text}"}
    if gender:
        feminine = gender == "f"
        forms |= {form: said.format(text) for form, said in _determiners(feminine, plural, elides).items()}
    return Word(text=text, gender=gender, plural=plural, forms=forms)


def starts_with_a_vowel(text: str) -> bool:
    """Whether a word before ``text`` is elided: it begins with the sound of a vowel, a mute h counting as none."""
    first = unicodedata.normalize("NFD", text[:1].replace("œ", "o").replace("Œ", "o"))[:1].lower()
    return first in _VOWELS


def capital(text: str) -> str:
    """``text`` as a sentence begins."""
    return text[:1].upper() + text[1:]


def _determiners(feminine: bool, plural: bool, elides: bool) -> dict[str, str]:
    if plural:
        return {"le": "les {}", "un": "des {}", "du": "des {}", "au": "aux {}", "ce": "ces {}", "son": "ses {}"}
    if feminine:
        son = "son {}" if elides else "sa {}"
        common = {"un": "une {}", "ce": "cette {}", "son": son}
    else:
        common = {"un": "un {}", "ce": "cet {}" if elides else "ce {}", "son": "son {}"}
    if elides:
        return common | {"le": "l’{}", "du": "de l’{}", "au": "à l’{}"}
    if feminine:
        return common | {"le": "la {}", "du": "de la {}", "au": "à la {}"}
    return common | {"le": "le {}", "du": "du {}", "au": "au {}"}
