"""espeak-ng: what it says, that it says it elsewhere, and what happens when it goes wrong there."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from kit.audio import RATE, voice
from kit.errors import BadInput, ComputeError, KitError, SetupError
from kit.i18n import LANGUAGES

SENTENCE = "Le moteur tourne et la radio parle."


@cache
def said(text: str = SENTENCE, lang: str = "fr", speed: int = 150) -> np.ndarray:
    """What the voice makes of it, once."""
    return voice.speak(text, lang, speed=speed)


def as_a_sentence(error: KitError) -> bool:
    return len(str(error).splitlines()) == 1 and str(error)[-1] in ".!?"


# -- what it says -----------------------------------------------------------------------------------------------------


def test_a_sentence() -> None:
    samples = said()
    assert samples.dtype == np.int16
    assert samples.shape == (len(samples), 1)
    assert 1 < len(samples) / RATE < 4
    power = np.abs(np.fft.rfft(samples[:, 0].astype(float))) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    assert np.sqrt(np.mean(samples.astype(float) ** 2)) > 500
    assert power[(hertz > 80) & (hertz < 5_000)].sum() > 0.8 * power.sum()
    # It was made at 22,050 frames a second: nothing can be above half of that, if it was resampled well.
    assert power[hertz > 11_200].sum() < 1e-3 * power.sum()


def test_it_lasts_as_long_as_it_should() -> None:
    lengths = [len(said(f"{SENTENCE} " * times)) for times in (1, 2, 4)]
    assert lengths[1] == pytest.approx(2 * lengths[0], rel=0.25)
    assert lengths[2] == pytest.approx(4 * lengths[0], rel=0.3)
    slow, usual, fast = (len(said(speed=speed)) for speed in (voice.SLOWEST, 150, voice.FASTEST))
    assert slow > 1.4 * usual
    assert usual > 1.3 * fast


def test_two_languages() -> None:
    assert not np.array_equal(said("Important", "fr"), said("Important", "en"))


def test_the_same_arguments_give_the_same_sound() -> None:
    assert np.array_equal(said(), voice.speak(SENTENCE, "fr"))


def test_what_announces_it() -> None:
    assert voice.announced("Bonjour.", "fr") == "Voix de synthèse. Bonjour."
    assert voice.announced("Hello.", "en") == "Synthetic voice. Hello."
    assert voice.ANNOUNCEMENTS.keys() == LANGUAGES.keys()
    for lang in LANGUAGES:
        # It is no part of the text that is counted.
        voice.checked(voice.announced("a" * voice.MAX_TEXT, lang))


def test_no_voice_is_cloned() -> None:
    assert list(inspect.signature(voice.speak).parameters) == ["text", "lang", "speed"]


# -- text is only text ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "alike"),
    [
        ("un\0deux", "un deux"),
        ("un\x01260Sdeux", "un 260Sdeux"),
        ("un\x05deux", "un deux"),
        ("un\ud800 deux", "un  deux"),
        ("un\ue000 deux", "un  deux"),
        ("bon\u00adjour", "bonjour"),
        ("\u202ebonjour\u202c", "bonjour"),
        ("cafe\u0301", "café"),
    ],
)
def test_what_would_command_is_only_text(text: str, alike: str) -> None:
    assert voice.checked(text) == voice.checked(alike)


def test_nothing_ends_a_text() -> None:
    assert len(said("oui\0\x01260S et non")) > 1.3 * len(said("oui"))


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ('<break time="30s"/> oui', "break"),
        ("<speak><prosody rate='x-fast'>oui</prosody></speak>", "prosody"),
        ("<audio src='/etc/passwd'>oui</audio>", "audio"),
        ("[[b0nZ'ur]] oui", "b0nZ"),
        ("--help", "help"),
        ("-f /etc/passwd", "passwd"),
        ("$(touch made) `touch made` ; touch made", "touch"),
    ],
)
def test_markup_is_read_out(text: str, heard: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # The word inside is said: the whole is no shorter, and there is no pause of thirty seconds.
    assert len(said(heard)) <= len(said(text)) < 20 * RATE
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("", "fr", 150), "nothing to say in “”"),
        ((" \n\t", "fr", 150), "nothing to say"),
        (("… — !? «»", "fr", 150), "nothing to say in “… — !"),
        (("\0\x01\u200b\ud800", "fr", 150), "nothing to say"),
        (("a" * 2_001, "fr", 150), "2001 characters; a synthetic voice says at most 2000"),
        (("oui", "de", 150), "does not speak “de”. Choose one of: fr, en"),
        (("oui", "fr --help", 150), "does not speak"),
        (("oui", "", 150), "does not speak"),
        (("oui", "fr", 79), "79 words a minute is out of range; choose from 80 to 260"),
        (("oui", "fr", 261), "out of range"),
        (("oui", "fr", -1), "out of range"),
    ],
)
def test_what_is_refused(arguments: tuple[str, str, int], message: str) -> None:
    text, lang, speed = arguments
    with pytest.raises(BadInput, match=message) as caught:
        voice.speak(text, lang, speed=speed)
    assert as_a_sentence(caught.value)


def test_the_longest_texts() -> None:
    assert 10 < len(said("anticonstitutionnellement " * 76, speed=voice.FASTEST)) / RATE < 600


# -- the other process ------------------------------------------------------------------------------------------------


def test_the_library_is_never_loaded_here(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[list[str], dict]] = []
    real = subprocess.Popen

    def popen(command: list[str], **options: object) -> subprocess.Popen:
        started.append((command, options))
        return real(command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", popen)
    assert voice.available()
    assert started == []
    assert len(voice.speak("Rien ici.", "fr"))
    [(command, options)] = started
    assert command[0] == sys.executable
    assert not any("Rien" in argument for argument in command)
    assert not options.get("shell")
    if sys.platform == "linux":
        assert "espeak" not in Path("/proc/self/maps").read_text()


def test_nothing_is_imported_from_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("numpy", "wave", "kit"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(5)\n")
    monkeypatch.chdir(tmp_path)
    assert np.array_equal(voice.speak(SENTENCE, "fr"), said())


def test_by_hand() -> None:
    command = [sys.executable, "-m", "kit.audio.voice", "en", "150"]
    done = subprocess.run(command, input=b"By hand.", capture_output=True, cwd=voice.ROOT, check=True)
    assert done.stdout[:4] + done.stdout[8:12] == b"RIFFWAVE"
    assert done.stderr == b""


def child(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Have ``code`` run in place of the voice."""
    monkeypatch.setattr(voice, "_command", lambda lang, speed: [sys.executable, "-c", code])


@pytest.mark.parametrize(
    "code",
    [
        "import os, signal; os.kill(os.getpid(), getattr(signal, 'SIGKILL', signal.SIGTERM))",
        "import os; os.abort()",
        "raise ValueError('no')",
        "pass",
        "print('RIFF' + 'x' * 500)",
        "import sys; sys.stdout.buffer.write(b'RIFF\\x24\\0\\0\\0WAVEfmt ')",
        "import sys, wave; w = wave.open(sys.stdout.buffer, 'wb'); w.setparams((2, 2, 22050, 1, 'NONE', '')); "
        "w.writeframes(bytes(4))",
        "import sys, wave; w = wave.open(sys.stdout.buffer, 'wb'); w.setparams((1, 1, 22050, 1, 'NONE', '')); "
        "w.writeframes(bytes(4))",
        "import sys, wave; w = wave.open(sys.stdout.buffer, 'wb'); w.setparams((1, 2, 7, 2, 'NONE', '')); "
        "w.writeframes(bytes(4))",
    ],
)
def test_a_voice_that_dies_or_says_anything(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    child(monkeypatch, code)
    with pytest.raises(ComputeError, match="stopped before it had said this text") as caught:
        voice.speak(SENTENCE, "fr")
    assert as_a_sentence(caught.value)


def test_a_voice_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "SECONDS", 1.0)
    for code in ("import time; time.sleep(60)", "import os, time; os.close(1); time.sleep(60)"):
        child(monkeypatch, code)
        began = time.monotonic()
        with pytest.raises(ComputeError, match="took more than 1 seconds and was stopped"):
            voice.speak(SENTENCE, "fr")
        assert time.monotonic() - began < 20


def test_a_voice_that_says_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "MAX_BYTES", 2**20)
    child(monkeypatch, "import sys\nwhile True: sys.stdout.buffer.write(bytes(2**16))")
    with pytest.raises(ComputeError, match="stopped before"):
        voice.speak(SENTENCE, "fr")


def test_a_voice_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    child(
        monkeypatch,
        "import sys, wave; w = wave.open(sys.stdout.buffer, 'wb'); w.setparams((1, 2, 22050, 99, 'NONE', '')); "
        "w.writeframes(bytes(198))",
    )
    with pytest.raises(BadInput, match="nothing to say in “Le moteur"):
        voice.speak(SENTENCE, "fr")


def test_it_stops_with_whoever_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while it speaks: the other process is gone too."""
    child(monkeypatch, "import time; time.sleep(60)")
    ended: list[subprocess.Popen] = []
    real = subprocess.Popen

    class Interrupted(real):  # type: ignore[misc, valid-type]
        def __enter__(self) -> subprocess.Popen:
            ended.append(self)
            self.stdout.close()  # reading raises, as an interruption would
            return real.__enter__(self)

    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    with pytest.raises(ValueError, match="closed file"):
        voice.speak(SENTENCE, "fr")
    assert ended[0].returncode not in (None, 0)


# -- a machine without it ---------------------------------------------------------------------------------------------


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    assert not voice.available()
    with pytest.raises(SetupError, match="missing or damaged on this machine") as caught:
        voice.speak(SENTENCE, "fr")
    assert as_a_sentence(caught.value)


LOADER = """
from pathlib import Path
def get_library_path():
    return str(Path(__file__).with_name("libespeak-ng.so"))
def get_data_path():
    if {missing}:
        raise RuntimeError("no data")
    return str(Path(__file__).parent)
"""


@pytest.mark.parametrize("missing", [False, True])
def test_a_library_that_is_none(missing: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "libespeak-ng.so").write_text("no library")
    (tmp_path / "espeakng_loader.py").write_text(LOADER.format(missing=missing))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(SetupError, match="missing or damaged"):
        voice.speak(SENTENCE, "fr")


def test_a_machine_that_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "_command", lambda lang, speed: [os.devnull])
    with pytest.raises(SetupError, match="cannot start"):
        voice.speak(SENTENCE, "fr")


# -- resampling -------------------------------------------------------------------------------------------------------


def tone(rate: int, seconds: float) -> np.ndarray:
    return 10_000 * np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate)


@pytest.mark.parametrize(("rate", "to"), [(22_050, RATE), (16_000, RATE), (RATE, 16_000)])
def test_a_tone_stays_that_tone(rate: int, to: int) -> None:
    made = voice.resampled(tone(rate, 0.5).astype(np.int16).reshape(-1, 1), rate, to)
    assert made.dtype == np.int16
    assert made.shape == (pytest.approx(to / 2, abs=64), 1)
    middle = slice(to // 20, to * 9 // 20)  # the filter rings at both ends
    expected = tone(to, len(made) / to)
    assert np.abs(made[middle, 0] - expected[middle]).max() < 20


def test_two_channels_become_one() -> None:
    left, right = tone(RATE, 0.2), np.roll(tone(RATE, 0.2), 30) / 2
    both = np.stack([left, right], axis=1).astype(np.int16)
    made = voice.resampled(both, RATE, RATE)
    assert np.abs(made[:, 0] - (left + right) / 2).max() < 3
