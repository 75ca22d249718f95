"""The font of the report of a session: that of the pages.

Streamlit brings Source Sans (SIL Open Font License) as one file in which weight varies. Of it, only the characters that
a report needs are taken, in two weights: instantiating all of them would take half a minute. fpdf2 reads fonts from
files: those two lie in a temporary folder meanwhile.
"""

from __future__ import annotations

import importlib.util
import io
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from kit import printable

FONT = "static/static/media/SourceSansVF-Upright*.woff2"
"""In Streamlit's package."""
WEIGHTS = {"": 400, "B": 650}
UNKNOWN = "□"
"""Stands for a character that the font does not have."""


def font_file() -> Path:
    """Source Sans, in Streamlit's package: found, not imported."""
    spec = importlib.util.find_spec("streamlit")
    assert spec is not None
    assert spec.origin is not None
    [found] = Path(spec.origin).parent.glob(FONT)
    return found


class Letters:
    """Text made of the characters that a font has."""

    def __init__(self, known: Iterable[int]) -> None:
        self._known = frozenset(known)
        self.missed = False
        """Whether a character had to be replaced."""

    @classmethod
    def of(cls, file: Path) -> Self:
        """Those of a font file."""
        from fontTools.ttLib import TTFont

        with TTFont(file, recalcTimestamp=False, lazy=True) as font:
            return cls(font.getBestCmap())

    def lines(self, text: str) -> str:
        """``text`` with its line breaks; what the font does not have is marked, what has no shape is left out."""
        composed = unicodedata.normalize("NFC", printable.lines(text)).replace("\t", " ")
        return "".join(self._written(character) for character in composed)

    def line(self, text: str) -> str:
        """``text`` as one line."""
        return self.lines(printable.line(text))

    def _written(self, character: str) -> str:
        if character == "\n":
            return character
        shapeless = unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f"
        if shapeless:  # joins emoji, or chooses among their shapes
            return ""
        if ord(character) in self._known:
            return character
        self.missed = True
        return UNKNOWN


def instances(source: Path, characters: set[str], folder: Path) -> dict[str, Path]:
    """One font file a weight, of these characters alone."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    few = io.BytesIO()
    with TTFont(source, recalcTimestamp=False, lazy=True) as font:
        choice = subset.Subsetter(subset.Options(layout_features=[], hinting=False, notdef_outline=True))
        choice.populate(text="".join(characters))
        choice.subset(font)
        font.flavor = None
        font.save(few)
    files = {}
    for style, weight in WEIGHTS.items():
        few.seek(0)
        files[style] = folder / f"{weight}.ttf"
        with TTFont(few, recalcTimestamp=False) as font:
            instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True, static=True)
            # Two fonts of one name in a document are taken for the same one by some printers.
            for name in (4, 6):
                font["name"].setName(f"SourceSans3-{weight}", name, 3, 1, 0x409)
            font.save(files[style])
    return files
