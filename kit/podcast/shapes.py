"""Plain shapes for a cover: what is heard, drawn with a ruler and a pair of compasses.

Each function fills a picture that lies above the title, from edge to edge, with three colours.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from PIL.ImageDraw import ImageDraw

Shape = Callable[[ImageDraw, int, int, random.Random, Sequence[str]], None]
"""Draws on a picture of so many pixels in width and height."""


def waves(brush: ImageDraw, width: int, height: int, chance: random.Random, colours: Sequence[str]) -> None:
    """A disc, and the rings that its sound makes."""
    x, y = width * chance.choice((0.24, 0.5, 0.76)), height * 0.5
    core, step = 0.27 * height, 0.065 * width
    for ring in range(1, 12):
        radius = core + 2 * ring * step
        colour = colours[1 + ring % 2]
        brush.ellipse(_around(x, y, radius), outline=colour, width=round(step))
    brush.ellipse(_around(x, y, core), fill=colours[0])


def facing(brush: ImageDraw, width: int, height: int, chance: random.Random, colours: Sequence[str]) -> None:
    """Two who face each other, one on each side, and what passes between them."""
    for side, colour, inner in ((0, colours[0], colours[2]), (width, colours[1], colours[2])):
        radius = chance.uniform(0.36, 0.44) * width
        y = chance.uniform(0.4, 0.6) * height
        brush.ellipse(_around(side, y, radius), fill=colour)
        brush.ellipse(_around(side, y, 0.45 * radius), fill=inner)
    brush.ellipse(_around(width / 2, height / 2, 0.055 * width), fill=colours[2])


def bars(brush: ImageDraw, width: int, height: int, chance: random.Random, colours: Sequence[str]) -> None:
    """A sound, as an editor shows it: bars about a middle line."""
    count = 9
    step = width / count
    accents = chance.sample(range(count), 3)
    for place in range(count):
        half = height * chance.uniform(0.14, 0.44)
        left = (place + 0.2) * step
        colour = colours[0] if place not in accents else colours[1 + accents.index(place) % 2]
        box = (left, height / 2 - half, left + 0.6 * step, height / 2 + half)
        brush.rounded_rectangle(box, radius=0.3 * step, fill=colour)


def tiles(brush: ImageDraw, width: int, height: int, chance: random.Random, colours: Sequence[str]) -> None:
    """Quarters and whole discs, in a grid."""
    across = 4
    down = max(1, round(height * across / width))
    wide, high = width / across, height / down
    for column in range(across):
        for row in range(down):
            left, top = column * wide, row * high
            one, other = chance.sample(colours, 2)
            kind = chance.randrange(4)
            if kind:
                brush.rectangle((left, top, left + wide, top + high), fill=one)
            if kind < 3:
                # A quarter: a disc twice as large as its cell, of which a drawing of the cell keeps one corner.
                start = 90 * chance.randrange(4)
                x = left - (wide if start in (0, 270) else 0)
                y = top - (high if start in (0, 90) else 0)
                brush.pieslice((x, y, x + 2 * wide, y + 2 * high), start, start + 90, fill=other)
            else:
                brush.ellipse((left + 0.2 * wide, top + 0.2 * high, left + 0.8 * wide, top + 0.8 * high), fill=other)


SHAPES: tuple[Shape, ...] = (waves, facing, bars, tiles)


def _around(x: float, y: float, radius: float) -> tuple[float, float, float, float]:
    return x - radius, y - radius, x + radius, y + radius
