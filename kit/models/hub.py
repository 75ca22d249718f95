"""Fetch a model from the hub. Nothing but the command ``contrechamp models get`` calls this.

What is sent: which repository, which revision, which files. No token even if this machine has one, no telemetry, and
no other address than that of ``HF_ENDPOINT`` (the public hub by default) and those it redirects to.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.errors import BadInput, SetupError
from kit.models import store
from kit.models.catalogue import REVISION, Entry
from kit.models.fetching import INCOMPLETE, fetch
from kit.models.hub_errors import as_sentences
from kit.models.picking import MAX_SMALL, Picked, RemoteFile, index_of, pick
from kit.models.store import FILES, PART, FileRecord, Installed, Manifest, models_folder
from kit.settings import Settings, data_folder

PUBLIC = "https://huggingface.co"
PLAN = "plan.json"
SPACE = 1.1
"""Free space asked for, in sizes of what is still to come."""
PRIVACY = (
    "HF_HUB_DISABLE_TELEMETRY",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN",
    "HF_HUB_DISABLE_XET",
    "HF_HUB_DISABLE_PROGRESS_BARS",
)

TIMEOUT = 20.0
"""Seconds to wait for the hub's first word."""

Progress = Callable[[int, int], None]
"""Receives the bytes that are there and the bytes in all."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A model as the hub has it, before anything large is fetched."""

    entry: Entry
    revision: str
    pinned_by: str
    """``"catalogue"`` or ``"user"``."""
    endpoint: str
    picked: Picked
    part: Path


def revision_of(entry: Entry, given: str | None = None) -> tuple[str, str]:
    """The commit to fetch and who chose it. Raises :class:`BadInput` if there is none, or no full one."""
    if given:
        if not re.fullmatch(REVISION, given):
            raise BadInput(
                "“{revision}” is not a revision. Give the 40 characters (0 to 9, a to f) of a commit: a branch or a "
                "tag can change.",
                revision=given,
            )
        return given, "user"
    if entry.revision:
        return entry.revision, "catalogue"
    raise BadInput(
        "The catalogue does not say yet which revision of “{name}” was reviewed: its maintainer must fill that in, or "
        "you choose one yourself on the page {url} and add --revision with the 40 characters of its commit.",
        name=entry.name,
        url=f"{PUBLIC}/{entry.hub_id}/commits/main",
    )


def look(entry: Entry, settings: Settings, revision: str | None = None) -> Offer:
    """Ask the hub what the model consists of; fetches its index, a small file, and nothing else.

    Raises :class:`BadInput` if the model is refused, :class:`SetupError` if the hub cannot be reached or lacks it.
    """
    commit, pinned_by = revision_of(entry, revision)
    endpoint = _prepare()
    _check_absent(entry, settings)
    with as_sentences(entry, commit, endpoint), tempfile.TemporaryDirectory() as scratch:
        listed = _list(entry, commit, endpoint)
        index = next((file for file in listed if file.path == index_of(entry)), None)
        if index is None or index.size > MAX_SMALL:
            raise BadInput(
                "“{name}” cannot be installed: {file} is missing from its repository at this revision.",
                name=entry.name,
                file=index_of(entry),
            )
        target = Path(scratch) / index.path
        fetch(index, _url(endpoint, entry, commit, index.path), target, _headers(), lambda _: None)
        picked = pick(listed, target.read_bytes(), entry)
    part = models_folder(settings) / f"{PART}{entry.name}"
    return Offer(entry=entry, revision=commit, pinned_by=pinned_by, endpoint=endpoint, picked=picked, part=part)


def _list(entry: Entry, commit: str, endpoint: str) -> list[RemoteFile]:
    """The files of the repository at exactly this commit."""
    from huggingface_hub import HfApi

    try:
        info = HfApi(endpoint=endpoint, token=False).model_info(
            entry.hub_id, revision=commit, files_metadata=True, timeout=TIMEOUT
        )
        listed = [_remote(sibling) for sibling in info.siblings or []]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        if isinstance(error, OSError):  # an answer of the hub that says no
            raise
        raise SetupError(
            "{endpoint} does not answer as a hub does. Some networks show a page to sign in on first: open one in a "
            "browser, then try again.",
            endpoint=endpoint,
        ) from error
    if info.sha != commit:
        raise SetupError(
            "The hub answered for revision {got} of “{name}” where {asked} was asked for. Nothing was installed.",
            got=str(info.sha)[:40],
            name=entry.name,
            asked=commit,
        )
    if info.gated:
        raise SetupError(
            "“{name}” is only given to people with an account on the hub; the kit has none and sends none. Choose "
            "another model.",
            name=entry.name,
        )
    return listed


def get(offer: Offer, settings: Settings, progress: Progress | None = None) -> Installed:
    """Fetch, verify and install what :func:`look` offered. The licence is the caller's to show before.

    What a cut leaves is used by the next try. Raises :class:`SetupError`, :class:`BadInput`; until the last step
    nothing that loads is there.
    """
    entry, part = offer.entry, offer.part
    _check_absent(entry, settings)
    data_folder(settings)
    total, before = offer.picked.bytes, 0
    with as_sentences(entry, offer.revision, offer.endpoint), _alone(part, entry):
        _same_plan(part, entry, offer.revision)
        _drop_others(part, offer.picked)
        _check_space(offer)
        records = []
        for file in offer.picked.files:

            def there(count: int, before: int = before) -> None:
                if progress:
                    progress(before + count, total)

            target = part / FILES / file.path
            fetch(file, _url(offer.endpoint, entry, offer.revision, file.path), target, _headers(), there)
            records.append(FileRecord(path=file.path, size=file.size, sha256=file.sha256 or store.sha256(target)))
            before += file.size
        (part / PLAN).unlink()
        manifest = Manifest.model_validate(
            {
                "name": entry.name,
                "hub_id": entry.hub_id,
                "revision": offer.revision,
                "pinned_by": offer.pinned_by,
                "variant": offer.picked.variant,
                "safety_checker": offer.picked.safety_checker,
                "entry": entry,
                "files": tuple(records),
            }
        )
        store.finish(part, manifest, settings)
    return store.find(entry.name, settings)


def _prepare() -> str:
    """The endpoint. The library reads its switches when it is first imported: they are set before."""
    for switch in PRIVACY:
        os.environ[switch] = "1"
    endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or PUBLIC
    if not endpoint.startswith(("https://", "http://")):
        raise SetupError(
            "HF_ENDPOINT is “{value}”; it takes an address that begins with https:// or http://.", value=endpoint
        )
    if "huggingface_hub" in sys.modules:
        # Only where another part of this process imported it first, a test for instance.
        from huggingface_hub import constants

        constants.HF_HUB_DISABLE_TELEMETRY = constants.HF_HUB_DISABLE_IMPLICIT_TOKEN = True
        constants.HF_HUB_DISABLE_XET = True
    return endpoint


def _headers() -> dict[str, str]:
    return {"user-agent": "contrechamp"}


def _url(endpoint: str, entry: Entry, revision: str, path: str) -> str:
    from huggingface_hub import hf_hub_url

    return hf_hub_url(entry.hub_id, path, revision=revision, endpoint=endpoint)


def _remote(sibling: Any) -> RemoteFile:
    lfs = sibling.lfs
    size = lfs.size if lfs else sibling.size
    return RemoteFile(
        path=str(sibling.rfilename),
        size=size if isinstance(size, int) and size >= 0 else 0,
        sha256=lfs.sha256 if lfs else None,
        git_blob=None if lfs else sibling.blob_id,
    )


def _same_plan(part: Path, entry: Entry, revision: str) -> None:
    """Go on with what a cut left in ``part`` if it is of the same repository and revision, else start afresh."""
    plan = json.dumps({"hub_id": entry.hub_id, "revision": revision})
    try:
        same = (part / PLAN).read_text(encoding="utf-8") == plan
    except (OSError, UnicodeDecodeError):
        same = False
    if not same and part.exists():
        shutil.rmtree(part)
    (part / FILES).mkdir(parents=True, exist_ok=True)
    (part / PLAN).write_text(plan, encoding="utf-8", newline="\n")


def _drop_others(part: Path, picked: Picked) -> None:
    """Erase what is not part of the download: nothing is installed that was not verified."""
    wanted = {file.path for file in picked.files}
    for path in (part / FILES).rglob("*"):
        if path.is_file() and path.relative_to(part / FILES).as_posix().removesuffix(INCOMPLETE) not in wanted:
            path.unlink()


def _check_absent(entry: Entry, settings: Settings) -> None:
    if (models_folder(settings) / entry.name).exists():
        raise BadInput(
            "“{name}” is there already. To install it again, first: contrechamp models remove {name}", name=entry.name
        )


def _check_space(offer: Offer) -> None:
    there = sum(path.stat().st_size for path in (offer.part / FILES).rglob("*") if path.is_file())
    needed = int(max(offer.picked.bytes - there, 0) * SPACE)
    free = shutil.disk_usage(offer.part).free
    if free < needed:
        raise SetupError(
            "“{name}” needs {needed} MB free where the data folder lies; there are {free}. Make room, or choose "
            "another data folder with CONTRECHAMP_HOME.",
            name=offer.entry.name,
            needed=-(-needed // 10**6),
            free=free // 10**6,
        )


@contextmanager
def _alone(part: Path, entry: Entry) -> Iterator[None]:
    """Two commands must not write the same files."""
    from huggingface_hub.utils import WeakFileLock

    lock = part.with_name(part.name + ".lock")
    lock.parent.mkdir(exist_ok=True)
    with ExitStack() as stack:
        try:
            stack.enter_context(WeakFileLock(lock, timeout=0.5))
        except TimeoutError as error:
            raise SetupError(
                "“{name}” is being installed by another command. Wait for it to end.", name=entry.name
            ) from error
        try:
            yield
        finally:
            with suppress(OSError):  # Windows erases no open file
                lock.unlink()
