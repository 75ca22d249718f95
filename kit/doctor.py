"""Is this machine ready? Each check says what it found and, where that will not do, what to do about it.

Nothing heavy is imported and nothing is changed, except one empty file written and erased in the data folder.
"""

from __future__ import annotations

import errno
import importlib.metadata
import locale
import os
import platform
import shutil
import socket
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kit import i18n, settings
from kit.errors import KitError, SetupError
from kit.i18n import N_

OLDEST_PYTHON = (3, 11)
SOUNDS = {
    "WAV": "pcm_s16le",
    "MP3": "mp3float",
    "M4A": "aac",
    "OGG": "vorbis",
    "Opus": "opus",
    "FLAC": "flac",
    "AMR": "amrnb",
}
"""What people bring, and FFmpeg's name of what reads it."""
DEFAULT_PORT = 8501
GB = 10**9
MEMORY_LEAST, MEMORY_COMFORT = 3 * GB, 7 * GB
"""Bytes of memory installed. A machine sold with 8 GB shows 7.x."""
MEMORY_FREE = 1.5 * GB
"""Bytes that one generation may take."""
DISK_LEAST, DISK_COMFORT = 0.2 * GB, 1 * GB
"""Bytes free where the data folder lies."""
LANGUAGE_VARIABLE = "CONTRECHAMP_LANG"
NEEDED_IMAGES = ("JPEG", "PNG", "WebP")
OTHER_IMAGES = ("AVIF", "TIFF")
_FEATURES = {"JPEG": "jpg", "PNG": "zlib", "WebP": "webp", "AVIF": "avif", "TIFF": "libtiff"}


class Status(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    """The kit runs, with less."""
    FAIL = "fail"
    """The kit cannot do its work."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing looked at. ``what`` and ``todo`` are English templates; ``values`` fills them."""

    id: str
    """Stable key."""
    status: Status
    what: str
    todo: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Numbers, texts, lists of texts, errors. Sizes are in GB (10⁹ bytes)."""

    def texts(self, lang: str) -> tuple[str, str]:
        """What was found and what to do (may be empty), in a supported language."""
        translate = translator(lang)
        shown = {name: _shown(value, lang) for name, value in self.values.items()}
        return tuple(translate(text).format(**shown) if text else "" for text in (self.what, self.todo))  # type: ignore[return-value]

    def as_json(self, lang: str) -> dict[str, Any]:
        """The check as plain types; the keys are stable."""
        what, todo = self.texts(lang)
        values = {name: _plain(value) for name, value in self.values.items()}
        return {"id": self.id, "status": str(self.status), "what": what, "todo": todo, "values": values}


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value.text() if isinstance(value, KitError) else value


def _shown(value: Any, lang: str) -> Any:
    if isinstance(value, KitError):
        return value.text(translator(lang))
    if isinstance(value, float):
        return f"{value:.1f}".replace(".", "," if lang == "fr" else ".")
    if isinstance(value, (list, tuple)):
        words = [str(_shown(one, lang)) for one in value]
        # Sentences end by themselves.
        return (" " if any(isinstance(one, KitError) for one in value) else ", ").join(words)
    return value


def translator(lang: str) -> Callable[[str], str]:
    """:func:`kit.i18n.translator`, or English where the catalogues are missing: a broken kit must still say so."""
    try:
        return i18n.translator(lang)
    except FileNotFoundError:
        return str


def system_language() -> str:
    """The language this machine asks for: ``CONTRECHAMP_LANG``, else the system's, else French."""
    for name in (LANGUAGE_VARIABLE, "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "").split(":")[0].split(".")[0]
        if value and value not in ("C", "POSIX"):
            return i18n.language(value)
    if sys.platform == "win32":
        import ctypes

        return i18n.language(locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage()))
    return i18n.DEFAULT


def examine(port: int = DEFAULT_PORT) -> list[Check]:
    """Run every check, in a stable order. Takes less than a second; raises nothing."""
    return list(_checks(port))


def _checks(port: int) -> Iterator[Check]:
    yield check_python()
    yield check_torch()
    yield check_memory()
    try:
        home = settings.load().home
    except SetupError as error:
        yield Check(id="settings", status=Status.FAIL, what="{reason}", values={"reason": error})
    else:
        yield check_disk(home)
        yield check_data(home)
    yield check_port(port)
    yield check_images()
    yield check_audio()
    yield check_assets()
    yield check_browser()
    yield check_language()


def check_python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Check:
    """The Python that runs this, and whether it is a 64-bit one."""
    values = {"version": ".".join(map(str, version)), "system": platform.system(), "machine": platform.machine()}
    if version[:2] < OLDEST_PYTHON or sys.maxsize < 2**32:
        return Check(
            id="python",
            status=Status.FAIL,
            what=N_("Python {version} ({system} {machine}) is too old or is not a 64-bit one."),
            todo=N_("Install a 64-bit Python 3.11 or newer from https://www.python.org/downloads/."),
            values=values,
        )
    return Check(id="python", status=Status.OK, what=N_("Python {version} ({system} {machine})."), values=values)


def check_torch() -> Check:
    """Whether torch is installed; it is not imported."""
    try:
        version = importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        return Check(
            id="torch",
            status=Status.FAIL,
            what=N_("torch is not installed: nothing can be generated."),
            todo=N_("Start with “python3 start.py”, which installs what is missing."),
        )
    return Check(id="torch", status=Status.OK, what=N_("torch {version} is installed."), values={"version": version})


def check_memory(total: int | None = None, free: int | None = None) -> Check:
    """Memory installed and available, in bytes; read from the system by default."""
    import psutil

    memory = psutil.virtual_memory()
    total, free = total or memory.total, free or memory.available
    values = {"total": round(total / GB, 1), "free": round(free / GB, 1)}
    what = N_("{total} GB of memory, {free} GB of it free.")
    if total < MEMORY_LEAST:
        todo = N_("Use a machine with at least 4 GB of memory; 8 GB are comfortable.")
        return Check(id="memory", status=Status.FAIL, what=what, todo=todo, values=values)
    if free < MEMORY_FREE:
        todo = N_("Close other programs before generating images.")
        return Check(id="memory", status=Status.WARN, what=what, todo=todo, values=values)
    if total < MEMORY_COMFORT:
        todo = N_("Close other programs during the workshop: 8 GB are comfortable.")
        return Check(id="memory", status=Status.WARN, what=what, todo=todo, values=values)
    return Check(id="memory", status=Status.OK, what=what, values=values)


def check_disk(home: Path, free: int | None = None) -> Check:
    """Space left, in bytes, on the disk of the data folder; read from the system by default."""
    folder = _existing(home)
    free = shutil.disk_usage(folder).free if free is None else free
    values = {"free": round(free / GB, 1), "folder": str(folder)}
    what = N_("{free} GB free on the disk of {folder}.")
    todo = N_("Free some space: 1 GB is comfortable.")
    if free < DISK_LEAST:
        return Check(id="disk", status=Status.FAIL, what=what, todo=todo, values=values)
    if free < DISK_COMFORT:
        return Check(id="disk", status=Status.WARN, what=what, todo=todo, values=values)
    return Check(id="disk", status=Status.OK, what=what, values=values)


def check_data(home: Path) -> Check:
    """Whether files can be written in the data folder, or where it will be made."""
    try:
        if home.exists() and not home.is_dir():
            raise NotADirectoryError(20, "a file of that name is in the way")
        with tempfile.TemporaryFile(dir=_existing(home)) as file:
            file.write(b"contrechamp")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return Check(
                id="data",
                status=Status.FAIL,
                what=N_("Nothing more fits in the data folder {folder}: its disk is full."),
                todo=N_("Free some space, or choose another folder with the variable CONTRECHAMP_HOME."),
                values={"folder": str(home)},
            )
        return Check(
            id="data",
            status=Status.FAIL,
            what=N_("The data folder {folder} cannot be written ({reason})."),
            todo=N_("Choose another folder with the variable CONTRECHAMP_HOME, or change the rights of this one."),
            values={"folder": str(home), "reason": error.strerror or str(error)},
        )
    what = N_("The data folder {folder} can be written.")
    return Check(id="data", status=Status.OK, what=what, values={"folder": str(home)})


def _existing(folder: Path) -> Path:
    """``folder``, or the nearest folder above it that exists."""
    return next((path for path in (folder, *folder.parents) if path.is_dir()), Path.cwd())


def check_port(port: int) -> Check:
    """Whether the port is free on loopback, and which one is otherwise."""
    if _free(port):
        what = N_("Port {port} is free.")
        return Check(id="port", status=Status.OK, what=what, values={"port": port})
    return Check(
        id="port",
        status=Status.WARN,
        what=N_("Port {port} is busy: the kit, or another program, is already running there."),
        todo=N_("Open http://localhost:{port}, or start the kit with --port {free}."),
        values={"port": port, "free": next((p for p in range(port + 1, port + 50) if _free(p)), 0)},
    )


def _free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            # As the server does: a port that was just closed is free. (On Windows the option means something else.)
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def check_images() -> Check:
    """Which picture formats this Pillow reads."""
    from PIL import features

    formats = [name for name, feature in _FEATURES.items() if features.check(feature)]
    missing = [name for name in NEEDED_IMAGES if name not in formats]
    # Labels are drawn with the font that Pillow bundles.
    if not features.check("freetype2"):
        missing.append("FreeType")
    values = {"formats": formats, "missing": missing}
    if missing:
        return Check(
            id="images",
            status=Status.FAIL,
            what=N_("This Pillow comes without {missing}."),
            todo=N_("Start with “python3 start.py”, which installs a complete one."),
            values=values,
        )
    return Check(id="images", status=Status.OK, what=N_("Pictures: {formats}."), values=values)


def check_audio() -> Check:
    """Which sound formats can be read, and whether a synthetic voice can speak."""
    # pydub needs audioop, which left the standard library in Python 3.13; its replacement bears the same name.
    if not all(map(find_spec, ("av", "pydub", "audioop", "mutagen"))):
        return Check(
            id="audio",
            status=Status.WARN,
            what=N_("Sound cannot be worked on: av, pydub, audioop or mutagen is missing."),
            todo=N_("Start with “python3 start.py”, which installs what is missing."),
            values={"formats": []},
        )
    from av import codecs_available

    from kit.audio import voice

    values = {"formats": [name for name, codec in SOUNDS.items() if codec in codecs_available]}
    if not voice.available():
        what = N_("Sound: {formats}. No synthetic voice.")
        return Check(id="audio", status=Status.OK, what=what, values=values)
    return Check(id="audio", status=Status.OK, what=N_("Sound: {formats}, and a synthetic voice."), values=values)


def check_assets() -> Check:
    """Whether every file that ships in ``assets/`` is there and unchanged."""
    from kit import assets

    if faults := assets.verify():
        return Check(
            id="assets",
            status=Status.FAIL,
            what=N_("{count} of the kit’s own files are not as they should be. {faults}"),
            todo=N_("Copy or install the kit again; your data are elsewhere and are kept."),
            values={"count": len(faults), "faults": faults[:3]},
        )
    return Check(id="assets", status=Status.OK, what=N_("The kit’s own pictures and models are whole."))


def check_browser() -> Check:
    """Whether a browser can be opened from here."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        return Check(
            id="browser",
            status=Status.WARN,
            what=N_("No browser can be opened from here."),
            todo=N_("Open one yourself and type the address that the kit prints when it starts."),
        )
    return Check(id="browser", status=Status.OK, what=N_("A browser can be opened."))


def check_language() -> Check:
    """In which language the kit answers on this machine; in a browser, the browser's own language decides."""
    lang = system_language()
    values = {"language": i18n.LANGUAGES[lang], "code": lang}
    what = N_("Language of this machine: {language}. In the browser, it changes with one click.")
    return Check(id="language", status=Status.OK, what=what, values=values)


def ready(checks: list[Check]) -> bool:
    """Whether no check failed."""
    return all(check.status is not Status.FAIL for check in checks)
