"""What opens a class: its code, the facilitator's PIN and link, a participant's two words. And how many there are.

A code is read aloud and typed on a phone: no vowel, so that no word appears; no letter that is taken for a digit or for
another letter. Whoever guesses is slowed down (:mod:`kit.classroom.patience`), and the spaces are large enough:

* a code has 19⁶ ≈ 47 million values. At 120 wrong codes a minute for the whole server, 90 minutes try 10,800: with one
  class open, a chance of 1 in 4,356 to find it; and a code only makes somebody a participant.
* a PIN has 10⁸ values. At 20 wrong ones an hour for the class, 90 minutes try 40: 1 in 2.5 million.
* two words of 128 have 16,256 values, for a participant one has to name. At 20 wrong ones an hour for the class, 90
  minutes try 40: 1 in 406 for one participant, and the facilitator sees who comes back.
* a link has 2¹²⁸ values and works once.
"""

from __future__ import annotations

import secrets
import unicodedata

from kit.classroom.keywords import WORDS

LETTERS = "BCDFGHJKMNPQRSTVWXZ"
CODE_LENGTH = 6
PIN_LENGTH = 8


def code() -> str:
    """A new code of a class, like ``BTRWKP``."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def read_code(typed: str) -> str:
    """A code as somebody typed it: capitals, and nothing but letters. It may still be no code of any class."""
    letters = unicodedata.normalize("NFKC", typed[:64]).upper()
    return "".join(letter for letter in letters if letter in LETTERS)


def pin() -> str:
    """A new PIN: eight digits."""
    return f"{secrets.randbelow(10**PIN_LENGTH):0{PIN_LENGTH}}"


def token() -> str:
    """A new one-time link: 128 bits, in hexadecimal."""
    return secrets.token_hex(16)


def words(lang: str) -> str:
    """A participant's two words, like « cerise tambour »."""
    return " ".join(secrets.SystemRandom().sample(WORDS[lang], 2))


def read_words(typed: str) -> str:
    """Two words as somebody typed them: without accents, capitals or punctuation."""
    bare = unicodedata.normalize("NFKD", typed[:200].casefold())
    return " ".join("".join(c if c.isalpha() else " " for c in bare if not unicodedata.combining(c)).split())
