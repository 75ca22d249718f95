"""Paired sentences as CrowS-Pairs writes them: a CSV with ``sent_more, sent_less, stereo_antistereo, bias_type``."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from kit.errors import BadInput, NotFound
from kit.faults import shown

COLUMNS = ("sent_more", "sent_less", "stereo_antistereo", "bias_type")
DIRECTIONS = ("stereo", "antistereo")
MAX_BYTES = 64 * 2**20
MAX_SENTENCE = 5_000
"""Characters."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two sentences that differ by whom they speak of. ``line``: where the pair ends in the file, from 1."""

    line: int
    more: str
    """The one that is the more stereotyping of the two."""
    less: str
    direction: str
    """``stereo``: « more » says a stereotype; ``antistereo``: « less » goes against one."""
    kind: str
    """The type of bias, as the file names it."""


def read(path: Path) -> list[Pair]:
    """Every pair of a file, in UTF-8 (with or without a mark at its start) or Latin-1, commas, semicolons or tabs.

    Raises :class:`NotFound`, :class:`BadInput` with the line at fault.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadInput("“{name}” is larger than {most} MB.", name=path.name, most=MAX_BYTES // 2**20)
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound("There is no file “{name}”.", name=str(path)) from error
    except OSError as error:
        raise BadInput("“{name}” cannot be read: {reason}", name=path.name, reason=error.strerror or "?") from error
    return parse(raw, path.name)


def parse(raw: bytes, name: str) -> list[Pair]:
    """The pairs of a file's content. Raises :class:`BadInput`."""
    if b"\0" in raw:
        raise BadInput("“{name}” is not text: save it as CSV, in UTF-8.", name=name)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")  # what spreadsheets mean by Latin-1
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    try:
        return _pairs(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), name)
    except csv.Error as error:
        raise BadInput("“{name}” is no CSV that can be read: {reason}", name=name, reason=str(error)) from error


def _pairs(rows: csv.DictReader[str], name: str) -> list[Pair]:
    columns = [column.strip() for column in rows.fieldnames or ()]
    missing = [column for column in COLUMNS if column not in columns]
    if missing:
        raise BadInput(
            "“{name}” lacks the columns {missing}. It has: {columns}.",
            name=name,
            missing=", ".join(missing),
            columns=shown(", ".join(columns)) or "–",
        )
    rows.fieldnames = columns
    found: list[Pair] = []
    for row in rows:
        line = rows.line_num
        more, less, direction, kind = (str(row[column] or "").strip() for column in COLUMNS)
        if not more or not less:
            raise BadInput("“{name}”, line {line}: a sentence is empty.", name=name, line=line)
        if max(len(more), len(less)) > MAX_SENTENCE:
            raise BadInput(
                "“{name}”, line {line}: a sentence has more than {most} characters.",
                name=name,
                line=line,
                most=MAX_SENTENCE,
            )
        if direction not in DIRECTIONS:
            raise BadInput(
                "“{name}”, line {line}: stereo_antistereo is “{given}”; it is stereo or antistereo.",
                name=name,
                line=line,
                given=shown(direction),
            )
        found.append(Pair(line=line, more=more, less=less, direction=direction, kind=kind or "?"))
    if not found:
        raise BadInput("“{name}” holds no pair.", name=name)
    return found
