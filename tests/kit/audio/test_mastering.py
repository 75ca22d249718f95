"""Loudness by an independent meter, peaks between samples by an independent interpolation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
from scipy.signal import resample_poly

from kit.audio import RATE, mastering
from kit.audio.mastering import CEILING, TARGET, master
from kit.audio.timeline import Stored, writing
from kit.errors import BadAudio, Cancelled, SetupError
from tests.kit.audio.sounds import noise, silence, speech, tone
from tests.kit.audio.test_mixing import files_of_at_most, whole


def stored(folder: Path, samples: np.ndarray) -> Stored:
    """A timeline: ``samples`` as float32, whose full scale is 1 if they are int16."""
    samples = samples / 32768 if samples.dtype == np.int16 else samples
    with writing(folder / "mix.f32", samples.shape[1], "float32") as out:
        out.write(0, samples.astype(np.float32))
    return Stored(path=folder / "mix.f32", frames=len(samples), channels=samples.shape[1], kind="float32")


def lufs(samples: np.ndarray) -> float:
    return pyloudnorm.Meter(RATE).integrated_loudness(samples / 32768)


def true_peak(samples: np.ndarray) -> float:
    """dBTP of 16-bit samples, at eight times the rate."""
    return 20 * np.log10(np.abs(resample_poly(samples / 32768, 8, 1, axis=0)).max())


@pytest.mark.parametrize("channels", [1, 2])
def test_a_programme_comes_to_the_target_of_its_channels(tmp_path: Path, channels: int) -> None:
    mastered = master(stored(tmp_path, speech(4, -33, channels=channels)), scratch=tmp_path)
    assert lufs(whole(mastered)) == pytest.approx(TARGET[channels], abs=0.15)
    assert mastered.integrated == pytest.approx(TARGET[channels], abs=mastering.PRECISE)
    assert true_peak(whole(mastered)) <= CEILING + 0.1


def test_without_peaks_it_is_a_gain_and_nothing_else(tmp_path: Path) -> None:
    plain = tone(2, 997, -30, channels=2)
    mastered = master(stored(tmp_path, plain), scratch=tmp_path)
    assert np.array_equal(whole(mastered), np.rint(plain * 10 ** (mastered.gain / 20)))


def test_it_may_be_asked_for_another_target_and_a_lower_ceiling(tmp_path: Path) -> None:
    mastered = master(stored(tmp_path, noise(3, -30, channels=2)), scratch=tmp_path, target=-14.0, ceiling=-6.0)
    assert lufs(whole(mastered)) == pytest.approx(-14.0, abs=0.2)
    assert -6.3 < true_peak(whole(mastered)) <= -5.8


def test_what_the_limiter_takes_is_given_back(tmp_path: Path) -> None:
    """Bursts: a gain alone would leave them too soft once they are limited."""
    bursts = noise(4, -12, channels=2) * (np.arange(4 * RATE) % (RATE // 2) < RATE // 25)[:, None]
    mastered = master(stored(tmp_path, bursts.astype(np.int16)), scratch=tmp_path)
    assert lufs(whole(mastered)) == pytest.approx(TARGET[2], abs=0.3)
    straight = TARGET[2] - lufs(bursts)
    assert mastered.gain > straight + 0.5


def test_clicks_far_apart_are_not_raised_for_ever(tmp_path: Path) -> None:
    clicks = np.zeros((4 * RATE, 1))
    clicks[::RATE] = 0.9
    mastered = master(stored(tmp_path, clicks), scratch=tmp_path)
    assert mastered.gain <= TARGET[1] - lufs(clicks * 32768) + mastering.MOST + 0.2
    assert mastered.integrated < TARGET[1] - 5  # and it says so


def test_what_is_soft_stays_soft_beside_what_is_loud(tmp_path: Path) -> None:
    halves = np.concatenate([tone(2, 400, -30), tone(2, 400, -38)])
    heard = whole(master(stored(tmp_path, halves), scratch=tmp_path)).astype(float)
    assert 20 * np.log10(heard[: 2 * RATE].std() / heard[2 * RATE :].std()) == pytest.approx(8.0, abs=0.01)


def test_parts_that_are_limited_side_by_side_join_to_the_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    timeline = stored(tmp_path, speech(5, -30, channels=2))
    once = whole(master(timeline, scratch=tmp_path, target=-8.0))
    monkeypatch.setattr(mastering, "PART", 30_011)
    assert np.array_equal(whole(master(timeline, scratch=tmp_path, target=-8.0)), once)


@pytest.mark.parametrize("nothing", [silence(2), silence(0), tone(0.3)])
def test_nothing_to_hear_is_a_sentence(tmp_path: Path, nothing: np.ndarray) -> None:
    timeline = stored(tmp_path, nothing)
    with pytest.raises(BadAudio, match="nothing to hear"):
        master(timeline, scratch=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mix.f32"]


def test_a_full_disk_is_a_sentence_and_leaves_no_half(tmp_path: Path) -> None:
    timeline = stored(tmp_path, noise(2, channels=2))
    with pytest.raises(SetupError, match="Free some disk space"), files_of_at_most(50_000):
        master(timeline, scratch=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mix.f32"]


def test_it_says_how_far_it_has_got_and_stops_when_told(tmp_path: Path) -> None:
    timeline = stored(tmp_path, noise(3, -12, channels=2))
    told: list[float] = []
    master(timeline, scratch=tmp_path, tell=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    (tmp_path / "master.s16").unlink()

    def stop(share: float) -> None:
        if share > 0.5:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        master(timeline, scratch=tmp_path, tell=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["mix.f32"]
