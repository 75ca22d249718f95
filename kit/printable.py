"""Text fit for every file that the kit writes: what no format may carry, or what would lie about the rest, is left out.

XML, ID3 and terminals refuse control characters; the characters that override the direction of writing make a name read
as another one. What joins emoji or shapes Arabic and Indic letters stays.
"""

from __future__ import annotations

import unicodedata

_BREAKS = dict.fromkeys(map(ord, "\r\x0b\x0c\x85\u2028\u2029"), "\n")
_KEPT = frozenset("\n\t\u200c\u200d\u200e\u200f")


def lines(text: str) -> str:
    """``text`` without forbidden characters; its line breaks are ``\\n``."""
    text = text.replace("\r\n", "\n").translate(_BREAKS)
    return "".join(c for c in text if c in _KEPT or not _forbidden(c)).strip()


def line(text: str) -> str:
    """``text`` as one line: what is between words is one space, or the no-break one that was there."""
    return " ".join(part for part in lines(text).replace("\t", "\n").replace("\n", " ").split(" ") if part)


def _forbidden(character: str) -> bool:
    code = ord(character)
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:  # the non-characters
        return True
    # Controls, halves of pairs, and invisible formats, but the letters of which some flags are made.
    return unicodedata.category(character) in ("Cc", "Cs", "Cf") and not 0xE0020 <= code <= 0xE007F
