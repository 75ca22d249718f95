"""The cover of an episode: its title in large letters, and a few plain shapes drawn from a number.

Players show it 55 pixels wide in their lists. So one word of the title is set so large that its capitals are more than
7 pixels high even there (:data:`LEAST_CAPITAL` of the side), the words around it being for larger views. The type is
Source Sans (SIL Open Font License), the one of the kit's pages: it lies in the installed Streamlit.
"""

from __future__ import annotations

import importlib.util
import io
import math
import random
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from kit.podcast.shapes import SHAPES
from kit.printable import line

SIZE = 3000
"""Pixels a side of a cover to publish (Apple: 1,400 to 3,000)."""
SMALL = 600
"""Pixels a side of the copy inside the MP3."""
MARGIN, GAP = 0.07, 0.02
LEAST_CAPITAL, MOST_CAPITAL = 0.14, 0.22
"""Height of the largest word's capitals. Like all lengths here, a share of the side; 0.14 of 55 pixels is 7.7."""
NARROWED, NARROWEST = 0.72, 0.6
"""How far a long word is narrowed before it is cut in two, and its pieces after."""
MOST_PIECES = 3
"""Into which a word is cut; what is beyond is left out."""
SMALL_TYPE = (0.115, 0.1, 0.085, 0.07)
"""Sizes of the words around the largest; the first that takes at most two lines before it, and two after."""
BLACK, BOLD, MEDIUM = 900, 700, 500
"""Weights of the type."""

INK, PAPER, CORAL, TEAL, SUN = "#1B1F3B", "#FBF7F0", "#B8371F", "#14696B", "#F2B134"
SCHEMES = (
    (INK, PAPER, (CORAL, SUN, TEAL)),
    (PAPER, INK, (CORAL, TEAL, SUN)),
    (TEAL, PAPER, (SUN, INK, PAPER)),
    (SUN, INK, (CORAL, TEAL, PAPER)),
    (CORAL, PAPER, (SUN, INK, PAPER)),
)
"""Ground, letters, shapes. Letters stand out of their ground by 4.5:1 or more."""

_ACRONYM = re.compile("[A-Z]{2}")


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A line of text. ``em``: size of the type in pixels; ``narrowed``: its width over the natural one."""

    text: str
    em: int
    weight: int
    narrowed: float = 1.0

    @property
    def font(self) -> ImageFont.FreeTypeFont:
        return _font(self.em, self.weight)


def draw(title: str, show: str, seed: int, size: int = SIZE) -> Image.Image:
    """The cover: RGB, ``size`` pixels a side. The same arguments give the same pixels on one machine.

    Characters that the type does not have are left out (:func:`drawable`). A title that has no word then gives its
    place to the name of the show, and that to the shapes alone.
    """
    chance = random.Random(seed)
    ground, ink, colours = chance.choice(SCHEMES)
    image = Image.new("RGB", (size, size), ground)
    title, show = drawable(title), drawable(show)
    if not _words(title):
        title, show = show, ""
    # 1. The lines, from the bottom up.
    top = round((1 - MARGIN) * size)
    lines = _lines(title, size)
    if lines and show:
        [name] = _cut(_wrapped(show.split(), round(0.05 * size), MEDIUM, size), 1)
        top = _write(image, name, top, ink) - round(GAP * size)
    for each in reversed(lines):
        top = _write(image, each, top, ink)
    # 2. The shapes, in what is left above.
    height = top - round(0.05 * size) if lines else size
    shape = chance.choice(SHAPES)
    if height > 0.1 * size:
        drawn = Image.new("RGB", (2 * size, 2 * height), ground)  # twice as large, for smooth edges
        shape(ImageDraw.Draw(drawn), *drawn.size, chance, chance.sample(colours, len(colours)))
        image.paste(drawn.reduce(2))
    return image


def png(image: Image.Image) -> bytes:
    """The file to publish: no metadata but its 72 dots an inch."""
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=9, dpi=(72, 72))
    return out.getvalue()


def jpeg(image: Image.Image) -> bytes:
    """The smaller copy that goes into the MP3."""
    out = io.BytesIO()
    image.resize((SMALL, SMALL), Image.Resampling.LANCZOS).save(out, "JPEG", quality=88)
    return out.getvalue()


def drawable(text: str) -> str:
    """What of ``text`` the type has letters for; a letter without its accent where it has only that."""
    font = _font(64, MEDIUM)
    missing = bytes(font.getmask("\uffff"))

    def drawn(character: str) -> str:
        for one in (character, unicodedata.normalize("NFD", character)[0]):
            if one.isspace() or bytes(font.getmask(one)) not in (missing, b""):
                return one
        return ""

    return line("".join(map(drawn, unicodedata.normalize("NFC", line(text)))))


# -- which words, how large -------------------------------------------------------------------------------------------


def _lines(title: str, size: int) -> list[_Line]:
    """The title in lines: what precedes its largest word, this word, and what follows."""
    words = _words(title)
    if not words:
        return []
    largest = _largest(words, size)
    parts = words[:largest], words[largest + 1 :]
    for share in SMALL_TYPE:
        before, after = (_wrapped(part, round(share * size), BOLD, size) for part in parts)
        if max(len(before), len(after)) <= 2:
            break
    return [*_cut(before, 2), *_enormous(words[largest], size), *_cut(after, 2)]


def _words(title: str) -> list[str]:
    """Words, each with the marks beside it: French has a space between."""
    words: list[str] = []
    opening = ""
    for piece in title.split():
        if any(map(str.isalnum, piece)):
            words.append(opening + piece)
            opening = ""
        elif unicodedata.category(piece[0]) in ("Ps", "Pi"):
            opening = f"{piece}\u00a0"
        elif words:
            words[-1] += f"\u00a0{piece}"
    return words


def _largest(words: list[str], size: int) -> int:
    """The place of the word to set largest: an acronym, else the longest; if it can be, one that need not be cut.

    What precedes it must fit in two lines of the smallest type.
    """
    font = _font(_em(LEAST_CAPITAL, size), BLACK)
    small = round(SMALL_TYPE[-1] * size)
    near = [n for n in range(len(words)) if len(_wrapped(words[:n], small, BOLD, size)) <= 2]

    def claim(place: int) -> tuple[bool, bool, int, int]:
        word = words[place]
        whole = NARROWED * font.getlength(word) <= (1 - 2 * MARGIN) * size
        return whole, bool(_ACRONYM.search(word)), sum(map(str.isalpha, word)), place

    return max(near, key=claim)


def _enormous(word: str, size: int) -> list[_Line]:
    """One word, as large as it goes; narrowed, then cut, if it is long."""
    room = (1 - 2 * MARGIN) * size
    em = _em(LEAST_CAPITAL, size)
    width = _font(em, BLACK).getlength(word)
    if width <= room:
        larger = min(_em(MOST_CAPITAL, size), int(em * room / width))
        return [_Line(text=word, em=larger, weight=BLACK)]
    texts = [word]
    if width * NARROWED > room:
        most = max(2, int(len(word) * room / (width * NARROWEST)) - 1)
        count = min(math.ceil(len(word) / most), MOST_PIECES)
        length = min(most, math.ceil(len(word) / count))
        pieces = [word[at : at + length] for at in range(0, count * length, length)]
        end = "" if count * length >= len(word) else "…"
        texts = [*(f"{piece}-" for piece in pieces[:-1]), pieces[-1] + end]
    narrowed = min(1.0, room / max(_font(em, BLACK).getlength(text) for text in texts))
    return [_Line(text=text, em=em, weight=BLACK, narrowed=narrowed) for text in texts]


def _wrapped(words: list[str], em: int, weight: int, size: int) -> list[_Line]:
    """Words in lines that are not wider than the cover."""
    font = _font(em, weight)
    room = (1 - 2 * MARGIN) * size
    texts: list[str] = []
    for word in words:
        longer = f"{texts[-1]} {word}" if texts else word
        if texts and font.getlength(longer) <= room:
            texts[-1] = longer
            continue
        while font.getlength(word) > room:
            fits = next(n for n in range(len(word), 0, -1) if n == 1 or font.getlength(f"{word[:n]}-") <= room)
            texts.append(f"{word[:fits]}-")
            word = word[fits:]
        texts.append(word)
    return [_Line(text=text, em=em, weight=weight) for text in texts]


def _cut(lines: list[_Line], most: int) -> list[_Line]:
    """The first lines; an ellipsis tells of others."""
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    kept = last.text.rsplit(" ", 1)[0] if " " in last.text else last.text[:-2]
    return [*lines[: most - 1], _Line(text=f"{kept.rstrip(',;:-')}…", em=last.em, weight=last.weight)]


# -- type -------------------------------------------------------------------------------------------------------------


def _write(image: Image.Image, each: _Line, bottom: int, ink: str) -> int:
    """Write a line whose lowest letters stand on ``bottom``; the top of its space, where the one above may stand."""
    font = each.font
    _, top, right, below = font.getbbox(each.text, anchor="ls")
    if each.weight != BLACK:  # lines of one size keep one distance, whatever their letters
        _, top, _, below = font.getbbox("Éhg", anchor="ls")
    mask = Image.new("L", (math.ceil(right), math.ceil(below - top)))
    ImageDraw.Draw(mask).text((0, -top), each.text, fill=255, font=font, anchor="ls")
    ink_left, _, ink_right, _ = mask.getbbox() or (0, 0, 1, 1)
    mask = mask.crop((ink_left, 0, ink_right, mask.height))
    if each.narrowed < 1:
        mask = mask.resize((round(mask.width * each.narrowed), mask.height), Image.Resampling.LANCZOS)
    image.paste(ink, (round(MARGIN * image.width), bottom - mask.height), mask)
    return bottom - mask.height - round(GAP * image.width)


def _em(capital: float, size: int) -> int:
    """The size of type whose capitals are ``capital`` high."""
    return math.ceil(capital * size * 1000 / -_font(1000, BLACK).getbbox("H", anchor="ls")[1])


@cache
def _font(em: int, weight: int) -> ImageFont.FreeTypeFont:
    if (file := _type()) is None:
        plain = ImageFont.load_default(em)
        assert isinstance(plain, ImageFont.FreeTypeFont)  # Pillow's wheels carry FreeType; doctor checks it
        return plain
    font = ImageFont.truetype(file, em)
    font.set_variation_by_axes([weight])
    return font


@cache
def _type() -> Path | None:
    """The file of the type. None where Streamlit is not, or has another: Pillow's own then does, without accents."""
    spec = importlib.util.find_spec("streamlit")
    folders = (spec and spec.submodule_search_locations) or ()
    return min((file for each in folders for file in Path(each).glob("static/**/SourceSansVF-Upright*")), default=None)
