"""The meter against independent ones, and against what can be worked out on paper."""

from __future__ import annotations

import numpy as np
import pyloudnorm
import pytest

from kit.audio import RATE
from kit.audio.loudness import integrated, measure
from tests.kit.audio import sounds

SOUNDS = {
    "loud tone": sounds.tone(2, 997, -3),
    "tone": sounds.tone(2, 997, -20),
    "soft tone": sounds.tone(2, 997, -45),
    "low tone": sounds.tone(2, 80, -20),
    "high tone in both": sounds.tone(2, 6000, -20, channels=2),
    "noise": sounds.noise(3, -25),
    "two noises": sounds.noise(3, -25, channels=2),
    "speech with pauses": sounds.speech(8, -24, pause=1.5),
    "soft speech in both": sounds.speech(7.33, -38, channels=2),
    "speech, then almost nothing": np.concatenate([sounds.speech(4), sounds.noise(4, -65)]),
    "half a second": sounds.tone(0.5, 440, -12),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_agrees_with_pyloudnorm(name: str) -> None:
    samples = SOUNDS[name]
    reference = pyloudnorm.Meter(RATE).integrated_loudness(samples / 32768)
    assert measure([samples], samples.shape[1]).integrated == pytest.approx(reference, abs=0.1)
    assert integrated([samples], samples.shape[1]) == pytest.approx(reference, abs=0.1)


def test_a_tone_of_997_hz_reads_3_below_its_peak_in_one_channel_and_its_peak_in_two() -> None:
    # ITU-R BS.1770-4, annex 1: 0 dBFS at 997 Hz in one channel reads −3.01.
    assert measure([sounds.tone(2, 997, -20)], 1).integrated == pytest.approx(-23.01, abs=0.02)
    assert measure([sounds.tone(2, 997, -20, channels=2)], 2).integrated == pytest.approx(-20.0, abs=0.02)


def test_the_true_peak_lies_between_the_samples() -> None:
    # At a quarter of the rate and 45°, samples stay 3 dB below the crest. Faded: a sudden start overshoots.
    fade = np.clip(np.minimum(np.arange(RATE), np.arange(RATE)[::-1]) / 4410, 0, 1)
    samples = sounds.pcm(10 ** (-6 / 20) * np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4) * fade)
    assert 20 * np.log10(np.abs(samples.astype(int)).max() / 32768) == pytest.approx(-9.03, abs=0.02)
    assert measure([samples], 1).true_peak == pytest.approx(-6.0, abs=0.05)


def test_the_true_peak_is_that_of_the_loudest_channel() -> None:
    samples = np.hstack([sounds.tone(1, level=-30), sounds.tone(1, level=-4)])
    assert measure([samples], 2).true_peak == pytest.approx(-4, abs=0.05)


def test_a_click_in_the_last_hundredths_of_a_second_is_no_loudness_but_a_peak() -> None:
    found = measure([np.concatenate([sounds.silence(1.03), sounds.tone(0.01, level=-1)])], 1)
    assert found.integrated is None
    assert found.true_peak == pytest.approx(-1, abs=0.1)


@pytest.mark.parametrize(("first", "second", "wanted"), [(-20, -30, 10), (-20, -15, 5), (-40, -20, 20)])
def test_the_range_is_that_of_the_first_cases_of_ebu_tech_3342(first: int, second: int, wanted: int) -> None:
    """A tone of 1 kHz for 20 s, then at another level for 20 s; within 1 LU, as the document asks."""
    samples = np.concatenate([sounds.tone(20, 1000, level=first), sounds.tone(20, 1000, level=second)])
    assert measure([samples], 1).range == pytest.approx(wanted, abs=1)


def test_a_steady_noise_has_no_range() -> None:
    assert measure([sounds.noise(3)], 1).range == 0  # nothing to compare with


@pytest.mark.parametrize(
    "samples",
    [sounds.silence(1), sounds.silence(1, channels=2), sounds.noise(1, -80), sounds.tone(0.35), sounds.silence(0)],
)
def test_what_is_silent_or_shorter_than_a_block_has_no_loudness(samples: np.ndarray) -> None:
    channels = samples.shape[1]
    assert measure([samples], channels).integrated is None
    assert integrated([samples], channels) is None
    assert integrated([], channels) is None
    assert measure([], channels).true_peak == pytest.approx(-66, abs=0.1)


def test_neither_the_length_of_the_blocks_nor_their_type_changes_anything() -> None:
    samples = sounds.speech(12, channels=2)
    whole = measure([samples], 2)
    assert measure((samples[at : at + 777] for at in range(0, len(samples), 777)), 2) == whole
    floats = (samples / np.float32(32768)).astype(np.float32)
    assert measure([floats[:100], floats[100:100], floats[100:]], 2) == whole
