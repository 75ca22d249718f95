"""The models that ship with the kit, trained on the corpus by ``training/petit_journal/train.py``."""

from __future__ import annotations

from pathlib import Path

from kit.assets import ASSETS
from kit.journal.proportions import Variant

FOLDER = ASSETS / "petit_journal"


def folder(variant: Variant) -> Path:
    """Where the model of a variant lies, as Hugging Face lays models out."""
    return FOLDER / variant
