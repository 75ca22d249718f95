"""What is said of a take: the right thing, and nothing of a good one."""

from __future__ import annotations

import numpy as np
import pytest

from kit.audio import RATE
from kit.audio.levels import Levels, Verdict, measure, waveform
from kit.compute.plain import decode, encode
from kit.compute.progress import listening
from tests.kit.audio import sounds


def louder(samples: np.ndarray, decibels: float) -> np.ndarray:
    return sounds.pcm(samples / 32768 * 10 ** (decibels / 20))


def mixed(*parts: np.ndarray) -> np.ndarray:
    return np.clip(sum(part.astype(int) for part in parts), -32768, 32767).astype(np.int16)


ROOM = sounds.noise(6, -60, seed=3)
VOICE = mixed(sounds.speech(6, -22), ROOM)
"""As a take should be: the root mean square of the voice at −22 dBFS, 38 dB above its room."""


@pytest.mark.parametrize(
    ("samples", "verdicts"),
    [
        (VOICE, {Verdict.GOOD}),
        (np.hstack([VOICE, VOICE]), {Verdict.GOOD}),
        (louder(VOICE, 5), {Verdict.GOOD}),
        (sounds.speech(6), {Verdict.GOOD}),  # a telephone that silences the pauses
        (sounds.pcm(VOICE / 32768 + 0.05), {Verdict.GOOD}),  # a microphone that does not rest at zero
        (mixed(VOICE, sounds.tone(6, 25, -30)), {Verdict.GOOD}),  # a table that hums below what is heard
        (louder(VOICE, 10), {Verdict.CLIPPED}),
        (louder(VOICE, 20), {Verdict.CLIPPED}),
        (louder(VOICE, -14), {Verdict.TOO_QUIET}),
        (np.hstack([louder(VOICE, -14)] * 2), {Verdict.TOO_QUIET}),
        (mixed(VOICE, sounds.noise(6, -37)), {Verdict.NOISY}),
        (np.concatenate([sounds.silence(3), mixed(VOICE, sounds.noise(6, -37))]), {Verdict.NOISY}),
        (mixed(louder(VOICE, -20), sounds.noise(6, -50)), {Verdict.TOO_QUIET, Verdict.NOISY}),
        (sounds.noise(2, -20), {Verdict.NOISY}),
        (sounds.noise(2, -70), {Verdict.SILENT}),
        (sounds.silence(2), {Verdict.SILENT}),
        (sounds.silence(2, channels=2), {Verdict.SILENT}),
        (VOICE[: RATE // 3], {Verdict.TOO_SHORT}),
        (VOICE[:50], {Verdict.TOO_SHORT}),
        (VOICE[:0], {Verdict.TOO_SHORT}),
    ],
)
def test_what_is_said_of_a_take(samples: np.ndarray, verdicts: set[Verdict]) -> None:
    assert set(measure(samples).verdicts) == verdicts


def test_the_numbers() -> None:
    found = measure(VOICE)
    assert found.seconds == 6
    assert found.peak == pytest.approx(20 * np.log10(np.abs(VOICE.astype(int)).max() / 32768), abs=0.001)
    assert found.voice == pytest.approx(-22, abs=1)
    assert found.noise == pytest.approx(-60, abs=1)
    assert found.clipped == 0
    assert measure(sounds.silence(1)) == Levels(
        seconds=1, peak=-100, loudness=None, voice=-100, noise=-100, clipped=0, verdicts=(Verdict.SILENT,)
    )
    assert decode(encode(found)) == found  # it crosses from the compute workers


def test_single_samples_at_full_scale_are_no_clipping_and_the_flat_tops_of_waves_are() -> None:
    full = VOICE.copy()
    full[10_000::4410] = 32767
    assert measure(full).clipped == 0
    # Three in a row, in every second window of 100 ms.
    for place in (0, 1, 2):
        full[10_000 + place :: 8820] = -32768
    assert measure(full).clipped == pytest.approx(0.5, abs=0.03)


def test_clipping_in_one_channel_is_clipping() -> None:
    assert measure(np.hstack([VOICE, louder(VOICE, 15)])).verdicts == (Verdict.CLIPPED,)


def test_progress_is_reported_along_a_long_take() -> None:
    fractions: list[float] = []
    with listening(lambda fraction, message, payload: fractions.append(fraction)):
        measure(sounds.silence(60))
    assert len(fractions) >= 6
    assert fractions == sorted(fractions)


def test_a_waveform_shows_the_least_and_the_greatest_of_each_column() -> None:
    samples = np.zeros((1000, 2), np.int16)
    samples[250, 0] = 16384
    samples[999, 1] = -32768
    outline = waveform(samples, 4)
    assert outline.dtype == np.float32
    assert outline.tolist() == [[0, 0], [0, 0.5], [0, 0], [-1, 0]]


@pytest.mark.parametrize(("frames", "columns"), [(1000, 7), (7, 1000), (1, 3), (1000, 1)])
def test_a_waveform_leaves_no_sample_and_no_column_out(frames: int, columns: int) -> None:
    samples = sounds.noise(frames / RATE, -20, seed=frames)
    outline = waveform(samples, columns)
    assert outline.shape == (columns, 2)
    assert (outline[:, 0] <= outline[:, 1]).all()
    assert outline.min() == samples.min() / 32768
    assert outline.max() == samples.max() / 32768


def test_a_waveform_of_nothing_is_flat() -> None:
    assert not waveform(sounds.silence(0), 5).any()
