"""One file brought from the hub, whatever the line does: what is there already is not sent again.

The library's own ``hf_hub_download`` starts each file afresh when it is called again (it names its temporary file at
random, and erases it), so the bytes are read here, with the library's client, into a file that a cut leaves in place.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kit.errors import BadInput, SetupError
from kit.models.picking import RemoteFile
from kit.models.store import git_blob, sha256

INCOMPLETE = ".incomplete"
MAX_HEADER = 100 * 10**6
"""Bytes of the header of a safetensors file; the library's own limit."""
_TRIES = 4
"""How often a file is asked for again without one more byte of it having come."""
_WAIT = 0.5
"""Seconds before the second try; twice that before the next, and so on."""
_TIMEOUT = 20.0


def fetch(file: RemoteFile, url: str, target: Path, headers: dict[str, str], progress: Callable[[int], None]) -> None:
    """Bring ``file`` to ``target`` and verify it. A whole and right file that is there already is kept.

    ``progress`` receives the bytes of this file that are there. Raises :class:`SetupError` if the hub does not answer,
    misses the file or sends another one, :class:`BadInput` if it is not what its name says; :class:`OSError`.
    """
    if target.exists():
        if is_right(file, target):
            progress(file.size)
            return
        target.unlink()
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + INCOMPLETE)
    _receive(file, url, part, headers, progress)
    if not is_right(file, part):
        part.unlink()
        raise SetupError(
            "The file {file} did not arrive as the hub announced it (its hash differs), and was erased. Try again; if "
            "it happens twice, do not use this model.",
            file=file.path,
        )
    if file.path.endswith(".safetensors"):
        refuse_false_safetensors(part, file.path)
    os.replace(part, target)


def is_right(file: RemoteFile, path: Path) -> bool:
    """Whether the content of ``path`` has the size and the hash that the hub lists."""
    if path.stat().st_size != file.size:
        return False
    return sha256(path) == file.sha256 if file.sha256 else git_blob(path) == file.git_blob


def _receive(file: RemoteFile, url: str, part: Path, headers: dict[str, str], progress: Callable[[int], None]) -> None:
    """Append to ``part`` until it has the size listed, asking again where the line was cut."""
    import httpx2
    from huggingface_hub.utils import HfHubHTTPError

    tries = 0
    while True:
        have = part.stat().st_size if part.exists() else 0
        if have > file.size:
            part.unlink()
            have = 0
        progress(have)
        if have == file.size:
            part.touch()
            return
        try:
            _append(file, url, part, have, headers, progress)
            if part.stat().st_size < file.size:
                raise httpx2.RemoteProtocolError("the answer ended early")
        except (httpx2.TransportError, HfHubHTTPError) as error:
            status = error.response.status_code if isinstance(error, HfHubHTTPError) else 0
            if status and status < 500 and status not in (408, 429):
                raise
            came = (part.stat().st_size if part.exists() else 0) > have
            tries = 1 if came else tries + 1
            if tries >= _TRIES:
                raise SetupError(
                    "The connection to the hub was cut while {file} was coming ({reason}). What has arrived is kept: "
                    "give the same command again to go on.",
                    file=file.path,
                    reason=str(error).splitlines()[0][:200] or type(error).__name__,
                ) from error
            time.sleep(_WAIT * 2 ** (tries - 1))


def _append(
    file: RemoteFile, url: str, part: Path, have: int, headers: dict[str, str], progress: Callable[[int], None]
) -> None:
    from huggingface_hub.utils import get_session, hf_raise_for_status

    # Compressed on the way, a position in the answer would not be one in the file.
    asked = {**headers, "accept-encoding": "identity"}
    if have:
        asked["range"] = f"bytes={have}-"
    with get_session().stream("GET", url, headers=asked, timeout=_TIMEOUT, follow_redirects=True) as answer:
        hf_raise_for_status(answer)
        if answer.status_code != 206 or not _continues(answer.headers.get("content-range", ""), have):
            have = 0  # the server sends the whole file again
        with part.open("r+b" if part.exists() else "wb") as out:
            out.seek(have)
            out.truncate()
            # As they come: gathered into larger pieces, the last ones would be lost when the line is cut.
            for chunk in answer.iter_raw():
                have += len(chunk)
                if have > file.size:
                    raise SetupError(
                        "The hub sends more of {file} than it announced; the download was stopped.", file=file.path
                    )
                out.write(chunk)
                progress(have)


def _continues(content_range: str, have: int) -> bool:
    found = re.match(r"bytes (\d+)-", content_range)
    return found is not None and int(found[1]) == have


def refuse_false_safetensors(path: Path, name: str) -> None:
    """Raise :class:`BadInput` if a file named ``.safetensors`` is anything else, a pickle above all; erase it then."""
    from safetensors import SafetensorError, safe_open

    try:
        with path.open("rb") as raw:
            start = raw.read(8)
            length = int.from_bytes(start, "little")
            if len(start) < 8 or not 2 <= length <= min(MAX_HEADER, path.stat().st_size - 8):
                raise ValueError("no header")
            header: Any = json.loads(raw.read(length))
        if not isinstance(header, dict):
            raise ValueError("no header")
        with safe_open(path, framework="numpy") as tensors:  # checks that the tensors fill the file exactly
            if not list(tensors.keys()):
                raise ValueError("no tensor")
    except (ValueError, RecursionError, SafetensorError) as error:
        path.unlink()
        raise BadInput(
            "The file {file} is named .safetensors and is something else, perhaps a pickle, which can run code when it "
            "is read. It was erased; do not use this model.",
            file=name,
        ) from error
