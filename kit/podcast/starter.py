"""A project to begin from, written by hand: an ``episode.yaml`` that explains itself, and that renders as it is."""

from __future__ import annotations

from pathlib import Path

from kit.errors import BadInput, SetupError
from kit.i18n import LANGUAGES
from kit.podcast import disk
from kit.podcast.episode import FILE, SOUNDS


def start(folder: Path, language: str) -> Path:
    """Make ``folder``, if it is not there, with an ``episode.yaml`` in ``language`` and a place for sounds.

    Returns the file. Raises :class:`BadInput` for a language that the kit does not have, or if the folder holds a
    project already; :class:`SetupError`.
    """
    if language not in LANGUAGES:
        raise BadInput(
            "“{lang}” is not a language of the kit. Choose one of: {known}.", lang=language, known=", ".join(LANGUAGES)
        )
    if folder.exists() and not folder.is_dir():
        raise BadInput("“{path}” is a file. Give the name of a folder.", path=str(folder))
    file = folder / FILE
    if file.exists():
        raise BadInput("There is a project in “{path}” already. Give the name of another folder.", path=str(folder))
    try:
        (folder / SOUNDS).mkdir(parents=True, exist_ok=True)
        disk.write(file, text(language).encode())
        file.chmod(0o644)  # a file among others, for a person to open
    except OSError as error:
        raise SetupError(
            "“{path}” cannot be written ({reason}). Free some space, or choose another folder.",
            path=str(folder),
            reason=error.strerror or str(error),
        ) from error
    return file


def text(language: str) -> str:
    """The ``episode.yaml`` in a language of the kit."""
    return (Path(__file__).parent / f"starter.{language}.yaml").read_text("utf-8")
