"""Transformers kept to local files: no network before it is imported, no bars, its errors in one sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from kit.errors import BadInput


@contextmanager
def loading(name: str) -> Iterator[None]:
    """While it lasts, what transformers raises about the model ``name`` becomes :class:`BadInput`.

    Import transformers inside it: the Hugging Face libraries read their settings when they are imported.
    """
    os.environ["HF_HUB_OFFLINE"] = os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    from safetensors import SafetensorError
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        yield
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RuntimeError,
        ImportError,
        SafetensorError,
    ) as error:
        raise BadInput(
            "The model “{name}” cannot be loaded ({reason}). Its folder may be damaged, or of a kind that transformers "
            "does not know.",
            name=name,
            reason=" ".join(str(error).split())[:200],
        ) from error
