"""The one table of proportions that the corpus follows, and its two variants."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal, Self

from pydantic import Field, RootModel, model_validator

from kit.assets import ASSETS
from kit.content import Content, load
from kit.faults import Unfit

FILE = ASSETS / "petit_journal" / "proportions.yaml"
Percent = Annotated[float, Field(ge=0, le=100)]
Variant = Literal["declared", "balanced", "reversed"]
VARIANTS: tuple[Variant, ...] = ("declared", "balanced", "reversed")


class Table(Content):
    """Shares of ``values``, in percent, for each thing that is given."""

    values: Annotated[tuple[str, ...], Field(min_length=2)]
    rows: Annotated[Mapping[str, tuple[Percent, ...]], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for given, row in self.rows.items():
            if len(row) != len(self.values):
                raise Unfit("“{row}” has {n} shares for {m} values", row=given, n=len(row), m=len(self.values))
            if abs(sum(row) - 100) > 1e-6:
                raise Unfit("the shares of “{row}” make {total}%, not 100%.", row=given, total=sum(row))
        return self

    def row(self, given: str) -> tuple[tuple[str, float], ...]:
        """The values with their shares, 0 to 1. Raises :class:`KeyError`."""
        return tuple((value, share / 100) for value, share in zip(self.values, self.rows[given], strict=True))

    def balanced(self) -> Table:
        """The same share for every value, whatever is given."""
        alike = tuple(100 / len(self.values) for _ in self.values)
        return Table(values=self.values, rows=dict.fromkeys(self.rows, alike))

    def reversed(self) -> Table:
        """The shares of each row in the opposite order: of two values, each takes the other's."""
        return Table(values=self.values, rows={given: row[::-1] for given, row in self.rows.items()})


class Proportions(RootModel[Mapping[str, Table]]):
    """Tables by name."""

    def __getitem__(self, name: str) -> Table:
        return self.root[name]

    def variant(self, which: Variant) -> Proportions:
        """All the tables as declared, balanced, or reversed."""
        if which == "declared":
            return self
        return Proportions({name: getattr(table, which)() for name, table in self.root.items()})


@cache
def declared() -> Proportions:
    """The table that ships with the kit. Raises :class:`kit.errors.BadContent` where the file has a fault."""
    return load(FILE, Proportions)
