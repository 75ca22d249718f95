"""A voice that no one has: espeak-ng says a text, in a process of its own.

The library (under the GPL, shipped with its data by the package ``espeakng-loader``) is loaded by that process alone:
``python -m kit.audio.voice LANG SPEED`` takes the text on its standard input, in UTF-8, and gives a WAV file on its
standard output. Whatever happens to it, the process that asked gets a sound or a sentence. To see what goes wrong in
there, run it by hand.

The kit never clones a voice: nothing here takes a recording to imitate.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import threading
import time
import unicodedata
import wave
from pathlib import Path
from typing import TYPE_CHECKING

from kit import ROOT
from kit.audio import RATE
from kit.errors import BadInput, ComputeError, SetupError
from kit.faults import shown
from kit.i18n import LANGUAGES

if TYPE_CHECKING:
    import numpy as np

MAX_TEXT = 2_000
"""Characters of a text, not counting what announces it."""
SLOWEST, FASTEST = 80, 260
"""Words a minute, as espeak-ng counts them."""
ANNOUNCEMENTS = {"fr": "Voix de synthèse.", "en": "Synthetic voice."}
"""What is said before or after, in the language of the text: these words become sound, no catalogue is there later."""
SECONDS = 60.0
"""That a text may take; the longest take about two."""
MAX_BYTES = 2**26
"""Of the WAV file: 25 minutes. 2,000 characters make less than ten, whatever they are."""
NO_LIBRARY = 3
"""Status of the other process where the library or its data cannot be used."""
_MODULE = "kit.audio.voice"


def speak(text: str, lang: str, *, speed: int = 150) -> np.ndarray:
    """``text`` said by a machine in ``lang`` (one of :data:`kit.i18n.LANGUAGES`) at ``speed`` words a minute.

    The same arguments give the same sound on one machine. Markup, dashes and control characters are only text.

    Returns int16, (frames, 1), at :data:`kit.audio.RATE`. Raises :class:`BadInput` if an argument cannot be used,
    :class:`SetupError` if espeak-ng is not on this machine, :class:`ComputeError` if it fails.
    """
    said = checked(text)
    if lang not in LANGUAGES:
        raise BadInput(
            "The synthetic voice does not speak “{lang}”. Choose one of: {known}.",
            lang=shown(lang),
            known=", ".join(LANGUAGES),
        )
    if not SLOWEST <= speed <= FASTEST:
        raise BadInput(
            "A speed of {speed} words a minute is out of range; choose from {least} to {most}.",
            speed=speed,
            least=SLOWEST,
            most=FASTEST,
        )
    if not available():
        raise _missing()
    samples, rate = _sound(_run(_command(lang, speed), said))
    if not samples.any():
        raise _nothing(said)
    return resampled(samples, rate, RATE)


def available() -> bool:
    """Whether espeak-ng is on this machine. Looks for its files, and loads nothing."""
    return _files() is not None


def announced(text: str, lang: str) -> str:
    """``text`` after the sentence that says, in ``lang``, that no one speaks. For :func:`speak`, or to be read."""
    return f"{ANNOUNCEMENTS[lang]} {text}"


def checked(text: str) -> str:
    """``text`` as a voice takes it: composed letters, no invisible character, spaces for those that would command.

    Raises :class:`BadInput` if there is nothing in it to say, or more than :data:`MAX_TEXT` characters.
    """
    own = text
    for announcement in ANNOUNCEMENTS.values():
        own = own.removeprefix(f"{announcement} ")
    if len(own) > MAX_TEXT:
        raise BadInput(
            "This text has {count} characters; a synthetic voice says at most {most} at once. Cut it in two.",
            count=len(own),
            most=MAX_TEXT,
        )
    # espeak-ng takes \x01 for the start of a command, \0 for the end of the text.
    kept = [
        " " if unicodedata.category(character)[0] == "C" and character != "\n" else character
        for character in unicodedata.normalize("NFC", text)
        if unicodedata.category(character) != "Cf"
    ]
    said = "".join(kept).strip()
    if not any(unicodedata.category(character)[0] in "LN" for character in said):
        raise _nothing(said)
    return said


def resampled(samples: np.ndarray, rate: int, to: int) -> np.ndarray:
    """``samples`` (int16, (frames, 1 or 2), ``rate`` frames a second) as one channel at ``to``, by libswresample.

    Returns int16, (about frames × to / rate, 1).
    """
    import av
    import numpy as np

    layout = "mono" if samples.shape[1] == 1 else "stereo"
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), format="s16", layout=layout)
    frame.sample_rate = rate
    resampler = av.AudioResampler(format="s16", layout="mono", rate=to)
    made = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([part.to_ndarray().reshape(-1) for part in made]).reshape(-1, 1)


# -- this process -----------------------------------------------------------------------------------------------------


def _files() -> tuple[Path, Path] | None:
    """The library and the folder of its data."""
    try:
        import espeakng_loader

        library, data = Path(espeakng_loader.get_library_path()), Path(espeakng_loader.get_data_path())
    except (ImportError, RuntimeError):
        return None
    return (library, data) if library.is_file() and data.is_dir() else None


def _command(lang: str, speed: int) -> list[str]:
    # -P: nothing is imported from the folder that one happens to be in.
    return [sys.executable, "-P", "-m", _MODULE, lang, str(speed)]


def _run(command: list[str], text: str) -> bytes:
    """What the other process writes when it is given ``text``. Raises :class:`SetupError`, :class:`ComputeError`."""
    path = os.pathsep.join(p for p in (str(ROOT), os.environ.get("PYTHONPATH", "")) if p)
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise SetupError(
            "The synthetic voice cannot start ({reason}). Close other programs and try again.",
            reason=error.strerror or str(error),
        ) from error
    began = time.monotonic()
    limit = threading.Timer(SECONDS, child.kill)
    with child:
        assert child.stdin is not None
        assert child.stdout is not None
        limit.start()
        try:
            with contextlib.suppress(OSError):  # it ended before it had read: its status will say so
                child.stdin.write(text.encode())
                child.stdin.close()
            written = child.stdout.read(MAX_BYTES + 1)
            if len(written) <= MAX_BYTES:
                child.wait()
        finally:
            limit.cancel()
            child.kill()  # does nothing to one that has ended
    if time.monotonic() - began >= SECONDS:
        raise ComputeError(
            "The synthetic voice took more than {seconds} seconds and was stopped. Try again with a shorter text.",
            seconds=round(SECONDS),
        )
    if child.returncode == NO_LIBRARY:
        raise _missing()
    if child.returncode:
        raise _failed()
    return written


def _sound(written: bytes) -> tuple[np.ndarray, int]:
    """The samples of a WAV file, int16, (frames, 1), and their rate. Raises :class:`ComputeError`."""
    import numpy as np

    try:
        with wave.open(io.BytesIO(written)) as file:
            rate, form = file.getframerate(), (file.getnchannels(), file.getsampwidth())
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    except (wave.Error, EOFError, ValueError) as error:
        raise _failed() from error
    if form != (1, 2) or not 8_000 <= rate <= 48_000:
        raise _failed()
    return samples.reshape(-1, 1), rate


def _missing() -> SetupError:
    return SetupError(
        "The synthetic voice is missing or damaged on this machine (espeak-ng). Install the kit again, or record a "
        "voice instead."
    )


def _failed() -> ComputeError:
    return ComputeError("The synthetic voice stopped before it had said this text. Try again, or change the text.")


def _nothing(text: str) -> BadInput:
    return BadInput("There is nothing to say in “{text}”. Write at least one word.", text=shown(text))


# -- the other process ------------------------------------------------------------------------------------------------

_SYNCHRONOUS, _DO_NOT_EXIT = 2, 0x8000
_RATE = 1
_BY_CHARACTER, _UTF8 = 1, 1
"""Constants of ``speak_lib.h``. Without a flag of its own, neither SSML nor phonemes are read in the text."""


def _say(text: bytes, lang: str, speed: int) -> tuple[bytes, int]:
    """PCM of 16 bits, one channel, and its rate. Raises :class:`OSError` where the library or its data is no good."""
    import ctypes

    found = _files()
    if found is None:
        raise FileNotFoundError
    library, data = found
    espeak = ctypes.CDLL(str(library))
    # The library keeps this path in a short buffer of bytes: a relative one has neither length nor accents.
    os.chdir(data.parent)
    rate = espeak.espeak_Initialize(_SYNCHRONOUS, 0, b".", _DO_NOT_EXIT)
    if rate <= 0 or espeak.espeak_SetVoiceByName(lang.encode()) or espeak.espeak_SetParameter(_RATE, speed, 0):
        raise FileNotFoundError
    pcm: list[bytes] = []

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    def keep(samples: int | None, count: int, events: int | None) -> int:
        if samples and count > 0:
            pcm.append(ctypes.string_at(samples, 2 * count))
        return 0

    espeak.espeak_SetSynthCallback(keep)
    number, pointer = ctypes.c_uint, ctypes.c_void_p
    espeak.espeak_Synth.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, number, ctypes.c_int, number, number, pointer, pointer
    ]  # fmt: skip
    if espeak.espeak_Synth(text, len(text) + 1, 0, _BY_CHARACTER, 0, _UTF8, None, None):
        raise FileNotFoundError
    return b"".join(pcm), rate


def _main(lang: str, speed: str) -> int:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the library may print is no sound
    try:
        pcm, rate = _say(sys.stdin.buffer.read(), lang, int(speed))
    except OSError:
        return NO_LIBRARY
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm)
    with out:
        out.write(made.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
