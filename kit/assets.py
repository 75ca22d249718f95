"""What lies in ``assets/``, and whether it is whole.

``assets/manifest.toml`` names every shipped file with its SHA-256, its licence and what made it. ``python -m
kit.assets`` writes it again after files were added or changed; licence and maker are kept, and ``?`` marks those to
fill in, which the tests refuse.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from kit import ROOT
from kit.errors import KitError, SetupError

ASSETS = ROOT / "assets"
MANIFEST = "manifest.toml"
TO_FILL = "?"


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One line of the manifest."""

    file: str
    """Path below ``assets/``, with ``/`` between folders."""
    sha256: str
    licence: str
    made_by: str


def read(folder: Path = ASSETS) -> list[Asset]:
    """The manifest. Raises :class:`SetupError` if it is missing or cannot be read."""
    try:
        data = tomllib.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return [Asset(**row) for row in data.get("asset", [])]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError) as error:
        raise SetupError(
            "The list of the kit's files (assets/manifest.toml) is missing or damaged. Install the kit again."
        ) from error


def verify(folder: Path = ASSETS) -> list[KitError]:
    """Every difference between the manifest and the files; empty when all is whole."""
    try:
        listed = {asset.file: asset for asset in read(folder)}
    except SetupError as error:
        return [error]
    present = set(_files(folder))
    faults: list[KitError] = []
    for name in sorted(listed.keys() | present):
        if name not in present:
            faults.append(SetupError("The file assets/{name} is missing. Install the kit again.", name=name))
        elif name not in listed:
            faults.append(
                SetupError("The file assets/{name} is not in the kit's list. Run “python -m kit.assets”.", name=name)
            )
        elif _sha256(folder / name) != listed[name].sha256:
            faults.append(SetupError("The file assets/{name} has changed. Install the kit again.", name=name))
    return faults


def write(folder: Path = ASSETS) -> list[Asset]:
    """Write the manifest from the files, keeping what it says of their licences and makers."""
    known = {asset.file: asset for asset in read(folder)} if (folder / MANIFEST).exists() else {}
    assets = []
    for name in _files(folder):
        before = known.get(name)
        assets.append(
            Asset(
                file=name,
                sha256=_sha256(folder / name),
                licence=before.licence if before else TO_FILL,
                made_by=before.made_by if before else TO_FILL,
            )
        )
    lines = ["# Every file under assets/. Written by “python -m kit.assets”, which keeps licence and made_by."]
    for asset in assets:
        # A JSON string is a TOML basic string.
        rows = {"file": asset.file, "sha256": asset.sha256, "licence": asset.licence, "made_by": asset.made_by}
        lines += ["", "[[asset]]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in rows.items())]
    (folder / MANIFEST).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return assets


def _files(folder: Path) -> list[str]:
    """Every file below ``folder`` but the manifest itself and what systems and Python leave behind."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        hidden = any(part.startswith(".") or part == "__pycache__" for part in name.parts)
        if path.is_file() and not hidden and name.as_posix() != MANIFEST:
            found.append(name.as_posix())
    return sorted(found)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    waiting = [asset.file for asset in write() if TO_FILL in (asset.licence, asset.made_by)]
    text = "\n".join(f"{MANIFEST}: fill in licence and made_by of {file}" for file in waiting)
    print(text or f"{MANIFEST}: complete")
