"""Positions to the frame, levels in decibels: on tones, noise and silence, whose answers are known."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest

from kit.audio import RATE, mixing
from kit.audio.mixing import Mixed, Piece, Under, mix
from kit.audio.timeline import Stored, spans
from kit.errors import BadAudio, Cancelled, SetupError
from tests.kit.audio.sounds import noise, silence, speech, tone

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


def whole(stored: Stored) -> np.ndarray:
    """All the samples of a file."""
    return stored.read(0, stored.frames)


def voice(samples: np.ndarray, **more: float) -> Piece:
    return Piece(read=lambda: samples, voice=True, **more)


def music(samples: np.ndarray, **more: float) -> Piece:
    return Piece(read=lambda: samples, voice=False, **more)


def bed(samples: np.ndarray, first: int = 0, last: int = 0, volume: float = -14.0, duck: float = 10.0) -> Under:
    return Under(first=first, last=last, read=lambda seconds: samples, volume=volume, duck=duck)


def rms(samples: np.ndarray) -> float:
    """dBFS."""
    return 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)))


def lufs(samples: np.ndarray) -> float:
    """As an independent meter has it."""
    return pyloudnorm.Meter(RATE).integrated_loudness(samples.astype(np.float64))


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """A disk that is full once a file has ``size`` bytes."""
    if resource is None:
        pytest.skip("needs a limit on the size of files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_every_piece_is_where_it_belongs_to_the_frame(tmp_path: Path) -> None:
    sounds = [tone(0.7, 440, channels=2), noise(0.51, channels=2, seed=1), tone(1.3, 660, channels=2)]
    mixed = mix([voice(sounds[0]), music(sounds[1]), voice(sounds[2])], [], channels=2, scratch=tmp_path)
    at = np.cumsum([0, *map(len, sounds)])
    assert mixed.frames == at[-1]
    assert mixed.starts == tuple(at[:-1] / RATE)
    assert mixed.lengths == tuple(len(sound) / RATE for sound in sounds)
    for sound, begin in zip(sounds, at, strict=False):
        heard = mixed.read(begin, begin + len(sound))
        factor = np.vdot(heard, sound / 32768) / np.vdot(sound / 32768, sound / 32768)
        assert np.abs(heard - factor * sound / 32768).max() < 1e-6


@pytest.mark.parametrize("channels", [1, 2])
def test_voices_of_any_level_and_width_come_out_as_loud_as_each_other(tmp_path: Path, channels: int) -> None:
    takes = [speech(3, -38, seed=1), speech(3, -24, seed=2, channels=2), speech(3, -12, seed=3), noise(3, -30)]
    mixed = mix([voice(take) for take in takes], [], channels=channels, scratch=tmp_path)
    heard = [lufs(mixed.read(start, stop)) for start, stop in spans(mixed.frames, 3 * RATE)]
    assert heard == pytest.approx([mixing.VOICES] * 4, abs=0.25)


def test_music_has_its_own_level_and_a_volume_adds_to_it(tmp_path: Path) -> None:
    jingle = noise(2, -20, channels=2)
    mixed = mix([music(jingle), music(jingle, volume=6.0)], [], channels=2, scratch=tmp_path)
    assert lufs(mixed.read(0, 2 * RATE)) == pytest.approx(mixing.MUSIC, abs=0.2)
    assert rms(mixed.read(2 * RATE, 4 * RATE)) - rms(mixed.read(0, 2 * RATE)) == pytest.approx(6.0, abs=0.01)


def test_a_murmur_is_raised_by_twenty_decibels_and_silence_stays(tmp_path: Path) -> None:
    murmur = noise(1, -60)
    mixed = mix([voice(murmur), voice(silence(1))], [], channels=1, scratch=tmp_path)
    assert rms(mixed.read(0, RATE)) - rms(murmur / 32768) == pytest.approx(mixing.MOST, abs=0.01)
    assert not mixed.read(RATE, 2 * RATE).any()


def test_what_is_too_short_for_the_meter_is_levelled_too(tmp_path: Path) -> None:
    mixed = mix([music(noise(0.15, -20, channels=2))], [], channels=2, scratch=tmp_path)
    assert lufs(np.tile(whole(mixed), (10, 1))) == pytest.approx(mixing.MUSIC, abs=0.5)


def test_nothing_saturates_before_the_limiter(tmp_path: Path) -> None:
    quiet = speech(3, -40)
    quiet[RATE] = 32_767
    assert np.abs(whole(mix([voice(quiet)], [], channels=1, scratch=tmp_path))).max() > 2


def test_a_crossfade_keeps_the_power(tmp_path: Path) -> None:
    mixed = mix([voice(noise(2, seed=1)), voice(noise(2, seed=2), crossfade=1.0)], [], channels=1, scratch=tmp_path)
    assert mixed.starts == (0.0, 1.0)
    assert mixed.frames == 3 * RATE
    heard = whole(mixed)
    quarters = [rms(heard[RATE + RATE * part // 4 : RATE + RATE * (part + 1) // 4]) for part in range(4)]
    assert quarters == pytest.approx([rms(heard[:RATE])] * 4, abs=0.2)


def test_a_crossfade_is_equal_power_to_the_sample(tmp_path: Path) -> None:
    one, other = tone(1, 500), silence(1)
    plain = whole(mix([voice(one)], [], channels=1, scratch=tmp_path))
    mixed = mix([voice(one), voice(other, crossfade=0.5)], [], channels=1, scratch=tmp_path)
    fade = np.cos(np.pi / 2 * (np.arange(RATE // 2) + 0.5) / (RATE // 2))[:, None]
    assert np.abs(mixed.read(RATE // 2, RATE) - fade * plain[RATE // 2 :]).max() < 1e-6


def test_a_crossfade_is_shortened_where_a_piece_is_short_and_three_never_sound_at_once(tmp_path: Path) -> None:
    pieces = [voice(noise(2)), voice(noise(0.5), crossfade=3.0), voice(noise(2), crossfade=3.0)]
    mixed = mix(pieces, [], channels=1, scratch=tmp_path)
    assert mixed.starts == (0.0, 1.5, 2.0)  # the second lies wholly on the first: the third finds nothing free of it
    pieces[1] = voice(noise(0.5), crossfade=0.2)
    mixed = mix(pieces, [], channels=1, scratch=tmp_path)
    assert mixed.starts == pytest.approx((0.0, 1.8, 2.0), abs=1 / RATE)


def test_the_first_piece_and_an_empty_one_need_no_crossfade(tmp_path: Path) -> None:
    pieces = [voice(noise(1), crossfade=1.0), voice(silence(0), crossfade=1.0), voice(noise(1))]
    mixed = mix(pieces, [], channels=1, scratch=tmp_path)
    assert (mixed.starts, mixed.lengths) == ((0.0, 1.0, 1.0), (1.0, 0.0, 1.0))


def test_nothing_makes_an_empty_timeline(tmp_path: Path) -> None:
    mixed = mix([], [], channels=2, scratch=tmp_path)
    assert (mixed.frames, mixed.starts, list(mixed.blocks())) == (0, (), [])


def ducked(tmp_path: Path, duck: float, volume: float = -14.0) -> tuple[Mixed, np.ndarray]:
    """A bed of noise under silence: 3 s of music, 2 of voice, 3 of music. Only the bed is heard."""
    pieces = [music(silence(3)), voice(silence(2)), music(silence(3))]
    under = bed(noise(8, -20, channels=2), last=2, duck=duck, volume=volume)
    mixed = mix(pieces, [under], channels=2, scratch=tmp_path)
    return mixed, whole(mixed)


def test_a_bed_makes_room_for_a_voice_and_comes_back(tmp_path: Path) -> None:
    _, plain = ducked(tmp_path, 0.0)
    _, heard = ducked(tmp_path, 12.0)
    with np.errstate(all="ignore"):
        gain = 20 * np.log10(np.abs(heard[:, 0]) / np.abs(plain[:, 0]))
    gain = np.where(np.abs(plain[:, 0]) > 1e-4, gain, np.nan)

    def at(seconds: float) -> float:
        return float(np.nanmedian(gain[round(seconds * RATE) - 50 : round(seconds * RATE) + 50]))

    assert np.nanmax(np.abs(gain[3 * RATE : 5 * RATE] + 12)) < 0.01  # all along the voice
    assert [at(2.6), at(6.0)] == pytest.approx([0, 0], abs=0.01)
    # Straight lines in decibels: down in 0.3 s before, up in 0.8 s after.
    assert [at(2.85), at(2.775)] == pytest.approx([-6, -3], abs=0.05)
    assert [at(5.2), at(5.4), at(5.6)] == pytest.approx([-9, -6, -3], abs=0.05)


def test_a_bed_stays_down_between_voices_that_are_close(tmp_path: Path) -> None:
    pieces = [voice(silence(1)), music(silence(0.5)), voice(silence(1))]
    under = bed(tone(3, 3000, -3, channels=1), last=2, duck=10)
    gone = mix(pieces, [under], channels=1, scratch=tmp_path).read(RATE, 3 * RATE // 2)
    plain = mix(pieces, [bed(tone(3, 3000, -3), last=2, duck=0)], channels=1, scratch=tmp_path)
    between = 20 * np.log10(np.abs(gone).max() / np.abs(plain.read(RATE, 3 * RATE // 2)).max())
    # It rises for 0.364 s and falls again for 0.136: where the lines meet, 10 × 0.364 / 0.8 above.
    assert between == pytest.approx(-10 + 10 * 0.5 / 1.1, abs=0.05)


def test_the_volume_of_a_bed_is_relative_to_the_voices(tmp_path: Path) -> None:
    _, heard = ducked(tmp_path, 0.0, volume=-9.0)
    assert lufs(heard[2 * RATE : 5 * RATE]) == pytest.approx(mixing.VOICES - 9, abs=0.2)


def test_a_bed_lies_where_its_pieces_are_and_fades(tmp_path: Path) -> None:
    pieces = [music(silence(1)), music(silence(6)), music(silence(1))]
    heard = whole(mix(pieces, [bed(tone(6, 3000, -3), 1, 1)], channels=1, scratch=tmp_path))[:, 0]
    assert not heard[:RATE].any()
    assert not heard[7 * RATE :].any()
    peaks = np.abs(heard[RATE : 7 * RATE]).reshape(-1, RATE // 20).max(1)
    assert peaks[0] < 0.05 * peaks.max()
    assert peaks[-1] < 0.05 * peaks.max()
    assert (np.diff(peaks[:30]) > 0).all()
    assert (np.diff(peaks[-40:]) < 0).all()


def test_a_short_bed_starts_again_without_a_gap_or_a_click(tmp_path: Path) -> None:
    under = bed(tone(1.37, 211, -3), duck=0)
    heard = whole(mix([music(silence(9))], [under], channels=1, scratch=tmp_path))[2 * RATE : 6 * RATE, 0]
    once = tone(1.37, 211, -3)
    slope = np.abs(np.diff(heard)).max() / np.abs(heard).max()
    assert slope < 1.5 * np.abs(np.diff(once[:, 0] / 32768)).max() / (np.abs(once).max() / 32768)
    blocks = np.sqrt(np.mean(heard[: len(heard) // 2205 * 2205].reshape(-1, 2205) ** 2, axis=1))
    assert blocks.min() > 0.2 * np.median(blocks)  # the two ends of a tone may meet in any phase


def test_a_looped_bed_is_the_same_in_blocks_of_any_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def heard() -> np.ndarray:
        pieces = [voice(silence(2)), music(silence(5)), voice(silence(1.5))]
        return whole(mix(pieces, [bed(noise(1.3, -20), last=2)], channels=2, scratch=tmp_path))

    usual = heard()
    monkeypatch.setattr(mixing, "BLOCK", 7_001)
    assert np.abs(heard() - usual).max() < 1e-6


def test_a_bed_is_asked_for_as_long_as_it_lasts_but_never_for_hours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mixing, "LOOP", 5.0)
    asked = []

    def read(seconds: float) -> np.ndarray:
        asked.append(seconds)
        return noise(1)

    for seconds in (2, 8):
        under = Under(first=0, last=0, read=read, volume=-14, duck=10)
        mix([music(silence(seconds))], [under], channels=1, scratch=tmp_path)
    assert asked == [2.0, 5.0]


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="Free some disk space"), files_of_at_most(100_000):
        mix([voice(noise(1)), voice(noise(1))], [], channels=2, scratch=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("fault", [BadAudio("This one is broken."), OSError("gone")])
def test_what_a_piece_raises_comes_through_and_nothing_is_left(tmp_path: Path, fault: Exception) -> None:
    def read() -> np.ndarray:
        raise fault

    with pytest.raises(type(fault)) as raised:
        mix([voice(noise(1)), Piece(read=read, voice=True)], [], channels=1, scratch=tmp_path)
    assert raised.value is fault
    assert not list(tmp_path.iterdir())


def test_it_says_how_far_it_has_got_and_stops_when_told(tmp_path: Path) -> None:
    told: list[float] = []
    pieces = [voice(noise(3)), voice(noise(3))]
    mix(pieces, [bed(noise(2), last=1)], channels=1, scratch=tmp_path, tell=told.append)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, pytest.approx(1.0))
    assert len(told) > 12

    def stop(share: float) -> None:
        if share > 0.5:
            raise Cancelled("stopped")

    (tmp_path / "mix.f32").unlink()
    with pytest.raises(Cancelled):
        mix(pieces, [bed(noise(2), last=1)], channels=1, scratch=tmp_path, tell=stop)
    assert not list(tmp_path.iterdir())


def test_memory_is_that_of_a_piece_however_many_there_are(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        def reader(seed: int) -> Callable[[], np.ndarray]:
            return lambda: noise(2, channels=2, seed=seed)

        pieces = [Piece(read=reader(seed), voice=True) for seed in range(count)]
        tracemalloc.start()
        try:
            mix(pieces, [bed(noise(2, channels=2), last=count - 1)], channels=2, scratch=tmp_path)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few, many = peak(2), peak(24)
    assert many < few + 2**20
    assert many < 24 * 2 * RATE * 4  # less than the whole in 16 bits
