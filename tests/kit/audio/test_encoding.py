"""The MP3 as people hear it: decoded, then measured by other means than the kit's."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import mutagen.mp3
import numpy as np
import pytest
from scipy.signal import butter, resample_poly, sosfilt

from kit.audio import RATE, encoding, mastering
from kit.audio.encoding import BITRATE, decode_blocks, encode_mp3, finish
from kit.audio.mastering import TARGET
from kit.audio.mixing import mix
from kit.audio.timeline import Stored, writing
from kit.compute.progress import listening
from kit.errors import BadAudio, Cancelled, SetupError
from tests.kit.audio.sounds import noise, pcm, silence, speech, tone
from tests.kit.audio.test_mastering import stored
from tests.kit.audio.test_mixing import bed, files_of_at_most, lufs, music, voice


def decoded(path: Path) -> np.ndarray:
    return np.concatenate([*decode_blocks(path)])


def sixteen(folder: Path, samples: np.ndarray) -> Stored:
    with writing(folder / "master.s16", samples.shape[1], "int16") as out:
        out.write(0, samples)
    return Stored(path=folder / "master.s16", frames=len(samples), channels=samples.shape[1], kind="int16")


def clicks() -> np.ndarray:
    return pcm(np.where(np.arange(8 * RATE) % (RATE // 3) == 0, 0.99, noise(8, -50)[:, 0] / 32768))


def clipped() -> np.ndarray:
    time = np.arange(6 * RATE) / RATE
    return pcm(np.clip(4 * np.sin(2 * np.pi * 220 * time), -0.7, 0.7) * (time % 1 < 0.6))


def percussion() -> np.ndarray:
    """A snare drum once a second, and nothing else."""
    since = np.arange(8 * RATE) % RATE
    return pcm(noise(8, -14)[:, 0] / 32768 * np.exp(-since / 900) * (since < 8_000))


def shout() -> np.ndarray:
    """Somebody murmurs, and cries out once."""
    quiet = speech(8, -46)
    quiet[4 * RATE : 4 * RATE + RATE // 3] = speech(1, -9)[RATE // 3 : 2 * (RATE // 3)]
    return quiet


def between_samples() -> np.ndarray:
    """Bursts at a quarter of the rate: every sample misses the peak by 3 dB."""
    bursts = tone(6, RATE / 4, -3.5, phase=45).astype(float)
    return (bursts * np.where(np.arange(6 * RATE) % RATE < RATE // 8, 1, 0.02)[:, None]).astype(np.int16)


NASTY = [speech, clicks, clipped, percussion, shout, between_samples]


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("sound", NASTY)
def test_the_file_is_as_loud_as_it_should_be_and_never_beyond_the_ceiling(
    tmp_path: Path, sound: object, channels: int
) -> None:
    samples = sound()  # type: ignore[operator]
    mixed = mix([voice(samples)], [], channels=channels, scratch=tmp_path)
    finished = finish(mixed, tmp_path / "episode.mp3", scratch=tmp_path)
    heard = decoded(finished.path)
    peak = 20 * np.log10(np.abs(resample_poly(heard, 8, 1, axis=0)).max())
    assert lufs(heard) == pytest.approx(TARGET[channels], abs=0.5)
    assert finished.heard.integrated == pytest.approx(lufs(heard), abs=0.1)
    assert peak <= -1.0
    assert finished.heard.true_peak == pytest.approx(peak, abs=0.2)
    assert len(heard) == len(samples)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("frames", [RATE * 3, RATE * 2 + 777, 1152 * 50, 1152 * 50 + 1])
def test_players_know_the_exact_length_and_the_bitrate(tmp_path: Path, channels: int, frames: int) -> None:
    out = tmp_path / "episode.mp3"
    encode_mp3(sixteen(tmp_path, noise(4, channels=channels)[:frames]), out)
    told = mutagen.mp3.MP3(out).info
    assert (told.sample_rate, told.channels) == (RATE, channels)
    assert told.bitrate == pytest.approx(BITRATE[channels], rel=1e-4)
    # It counts whole frames; what pads the first and the last stands beside, for players.
    assert told.length == pytest.approx(frames / RATE, abs=0.08)
    assert told.bitrate_mode == mutagen.mp3.BitrateMode.CBR
    assert len(decoded(out)) == pytest.approx(frames, abs=RATE // 100)


def test_what_is_encoded_is_in_time(tmp_path: Path) -> None:
    """Neither the encoder's delay nor the decoder's shifts anything."""
    samples = speech(3, -20)
    encode_mp3(sixteen(tmp_path, samples), tmp_path / "episode.mp3")
    heard = decoded(tmp_path / "episode.mp3")[:, 0]
    around = [np.vdot(heard[2000:-2000], np.roll(samples[:, 0], lag)[2000:-2000] / 32768) for lag in range(-30, 31)]
    assert np.argmax(around) == 30


def test_lame_takes_off_what_is_given_to_it_beforehand(tmp_path: Path) -> None:
    for channels in (1, 2):
        samples = tone(2, 997, -12, channels=channels)
        encode_mp3(sixteen(tmp_path, samples), tmp_path / "episode.mp3")
        heard = decoded(tmp_path / "episode.mp3")[RATE // 2 : RATE]
        loss = 20 * np.log10(heard.std() / (samples[RATE // 2 : RATE] / 32768).std())
        assert loss == pytest.approx(encoding.SCALE, abs=0.02)


@pytest.mark.parametrize("lead", [True, False])
def test_parts_encoded_side_by_side_join_as_if_they_were_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lead: bool
) -> None:
    """Around the joins no more is lost than elsewhere; without what is heard beforehand, much more is."""
    low = butter(4, 5_000, fs=RATE, output="sos")
    samples = pcm(sosfilt(low, noise(9, -15)[:, 0] / 32768))
    monkeypatch.setattr(encoding, "PART", 100 * encoding.FRAME)
    if not lead:
        monkeypatch.setattr(encoding, "LEAD", 0)
    encode_mp3(sixteen(tmp_path, samples), tmp_path / "episode.mp3")
    lost = decoded(tmp_path / "episode.mp3") / 10 ** (encoding.SCALE / 20) - samples / 32768
    at = np.arange(len(samples)) % encoding.PART
    near = np.minimum(at, encoding.PART - at) < 2 * encoding.FRAME
    near[: 3 * encoding.FRAME] = near[-3 * encoding.FRAME :] = False
    worse = 20 * np.log10(np.std(lost[near]) / np.std(lost[~near]))
    assert bool(worse < 0.5) is lead


def test_an_episode_with_a_bed_is_whole_and_repeatable(tmp_path: Path) -> None:
    pieces = [music(noise(2, -20, channels=2)), voice(speech(3, -35), crossfade=0.5), voice(speech(3, -15, seed=2))]
    files = []
    for name in ("one.mp3", "two.mp3"):
        mixed = mix(pieces, [bed(noise(4, -25, channels=2), 1, 2)], channels=2, scratch=tmp_path)
        finished = finish(mixed, tmp_path / name, scratch=tmp_path)
        assert finished.seconds == mixed.seconds == 7.5
        files.append(finished.path.read_bytes())
    assert files[0] == files[1]
    assert lufs(decoded(tmp_path / "one.mp3")) == pytest.approx(-16, abs=0.5)


def test_silence_is_a_sentence_and_no_file(tmp_path: Path) -> None:
    mixed = mix([voice(silence(2))], [], channels=2, scratch=tmp_path)
    with pytest.raises(BadAudio, match="nothing to hear"):
        finish(mixed, tmp_path / "out" / "episode.mp3", scratch=tmp_path)
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("size", [100, 40_000])
def test_a_full_disk_is_a_sentence_and_the_old_file_stays(tmp_path: Path, size: int) -> None:
    sound = sixteen(tmp_path, noise(3, channels=2))
    out = tmp_path / "out" / "episode.mp3"
    out.parent.mkdir()
    with pytest.raises(SetupError, match="Free some disk space"), files_of_at_most(size):
        encode_mp3(sound, out)
    assert not out.exists()
    out.write_bytes(b"the one before")
    mixed = stored(tmp_path, noise(3, channels=2))
    with pytest.raises(SetupError, match="Free some disk space"), files_of_at_most(size):
        finish(mixed, out, scratch=tmp_path)
    assert out.read_bytes() == b"the one before"
    assert list(out.parent.iterdir()) == [out]


def test_a_disk_that_fills_while_the_mp3_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = stored(tmp_path, noise(3, channels=2))
    encode = encode_mp3

    def on_a_full_disk(*given: object, **more: object) -> None:
        with files_of_at_most(30_000):
            encode(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(encoding, "encode_mp3", on_a_full_disk)
    with pytest.raises(SetupError, match="Free some disk space"):
        finish(mixed, tmp_path / "out" / "episode.mp3", scratch=tmp_path)
    assert not list((tmp_path / "out").iterdir())


def test_it_says_how_far_it_has_got_and_stops_when_told(tmp_path: Path) -> None:
    mixed = stored(tmp_path, noise(4, channels=2))
    told: list[float] = []
    with listening(lambda share, message, payload: told.append(share)):
        finish(mixed, tmp_path / "episode.mp3", scratch=tmp_path)
    assert told == sorted(told)
    assert told[-1] == 1.0

    def stop(share: float, message: str, payload: dict[str, object]) -> None:
        if share > 0.6:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled), listening(stop):
        finish(mixed, tmp_path / "out" / "episode.mp3", scratch=tmp_path)
    assert not list((tmp_path / "out").iterdir())


def test_a_peak_that_the_encoder_makes_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Had no margin been left, the first file would pass the ceiling: it is encoded again, from lower."""
    ceilings: list[float] = []
    master = mastering.master

    def noted(*given: object, **more: float) -> object:
        ceilings.append(more["ceiling"])
        return master(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(mastering, "master", noted)
    monkeypatch.setattr(encoding, "MARGIN", 0.0)
    finished = finish(
        mix([voice(percussion())], [], channels=2, scratch=tmp_path), tmp_path / "e.mp3", scratch=tmp_path
    )
    assert len(ceilings) > 1
    assert ceilings[1] < ceilings[0]
    assert finished.heard.true_peak <= -1.0


def test_memory_does_not_grow_with_the_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mastering, "PART", RATE // 2)
    monkeypatch.setattr(encoding, "PART", 20 * encoding.FRAME)
    once = speech(4, -30)

    def peak(times: int) -> int:
        mixed = mix([voice(once)] * times, [], channels=1, scratch=tmp_path)
        tracemalloc.start()
        try:
            finish(mixed, tmp_path / "episode.mp3", scratch=tmp_path)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1)  # what is imported on the way stays
    short, long = peak(1), peak(4)
    assert long < 1.2 * short + 2**19
