"""The door for sounds: whatever comes in is plain WAV of what was heard, or is refused in one sentence."""

from __future__ import annotations

import errno
import io
import os
import random
import re
import struct
import tracemalloc
import wave
from pathlib import Path

import av
import mutagen.id3
import numpy as np
import pytest

from kit.audio import RATE, decoding, reading, refusals, watched
from kit.audio.reading import open_wav, read_sound
from kit.compute.plain import decode, encode
from kit.compute.progress import listening
from kit.errors import BadAudio, Cancelled, SetupError
from tests.kit.audio import sounds
from tests.kit.audio.sounds import encoded

LEFT, RIGHT = 440.0, 660.0


def two_tones(seconds: float = 1.0, rate: int = RATE) -> np.ndarray:
    """Another tone in each channel, 6 dB apart."""
    return np.hstack([sounds.tone(seconds, LEFT, -12, rate=rate), sounds.tone(seconds, RIGHT, -18, rate=rate)])


def read(data: bytes, folder: Path, name: str = "take") -> tuple[decoding.SoundFacts, np.ndarray]:
    """What :func:`read_sound` makes of ``data``."""
    source = folder / "source"
    source.write_bytes(data)
    facts = read_sound(source, name, folder / "sound.wav")
    return facts, open_wav(folder / "sound.wav")


def notes(facts: decoding.SoundFacts) -> str:
    return " ".join(str(note) for note in facts.notes)


def heard(samples: np.ndarray) -> list[tuple[float, float]]:
    """Frequency in Hz and level in dBFS of the strongest tone of each channel, away from the edges."""
    middle = samples[len(samples) // 5 : -len(samples) // 5].astype(float) / 32768
    window = np.hanning(len(middle))[:, None]
    spectrum = np.abs(np.fft.rfft(middle * window, axis=0, n=8 * len(middle))) * 2 / window.sum()
    at = spectrum.argmax(axis=0)
    return [(i * RATE / (8 * len(middle)), 20 * np.log10(spectrum[i, c])) for c, i in enumerate(at)]


def raw_wav(samples: np.ndarray, rate: int = RATE) -> bytes:
    """A WAV with any number of channels."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((samples.shape[1], 2, rate, len(samples), "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())
    return out.getvalue()


def film(sound: bool) -> bytes:
    """A second of black, with or without a tone."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        pictures = file.add_stream("mpeg4", rate=5)
        pictures.width = pictures.height = 32
        voice = file.add_stream("aac", rate=RATE, layout="stereo") if sound else None
        for _ in range(5):
            file.mux(pictures.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8))))
        file.mux(pictures.encode(None))
        if voice is not None:
            frame = av.AudioFrame.from_ndarray(two_tones().reshape(1, -1), format="s16", layout="stereo")
            frame.sample_rate = RATE
            file.mux(voice.encode(frame))
            file.mux(voice.encode(None))
    return out.getvalue()


@pytest.mark.parametrize(
    ("container", "codec", "rate", "name", "options"),
    [
        ("wav", "pcm_s16le", 44100, "a.wav", {}),
        ("wav", "pcm_u8", 44100, "a.wav", {}),
        ("wav", "pcm_s24le", 48000, "a.wav", {}),
        ("wav", "pcm_s32le", 96000, "a.wav", {}),
        ("wav", "pcm_f32le", 44100, "a.wav", {}),
        ("wav", "pcm_f64le", 48000, "a.WAV", {}),
        ("wav", "pcm_alaw", 8000, "a.wav", {}),
        ("wav", "pcm_mulaw", 8000, "a.wav", {}),
        ("wav", "pcm_s16le", 44100, "a.wav", {"rf64": "always"}),
        ("mp3", "libmp3lame", 44100, "a.mp3", {}),
        ("mp3", "libmp3lame", 22050, "a.mp3", {"write_xing": "0"}),
        ("ipod", "aac", 44100, "a.m4a", {}),
        ("ipod", "alac", 44100, "a.m4a", {}),
        ("mp4", "aac", 48000, "a.mp4", {"movflags": "frag_keyframe+empty_moov"}),
        ("adts", "aac", 44100, "a.aac", {}),
        ("3gp", "aac", 44100, "a.3gp", {}),
        ("ogg", "libopus", 48000, "a.opus", {}),
        ("webm", "libopus", 48000, "a.webm", {"live": "1"}),  # as a browser's recorder, which does not know its length
        ("flac", "flac", 96000, "a.flac", {}),
        ("aiff", "pcm_s16be", 44100, "a.aif", {}),
        ("aiff", "pcm_s24be", 48000, "a.aiff", {}),
        ("caf", "pcm_s16le", 44100, "a.caf", {}),
    ],
)
def test_what_is_heard_is_what_was_recorded(
    container: str, codec: str, rate: int, name: str, options: dict[str, str], tmp_path: Path
) -> None:
    facts, samples = read(encoded(two_tones(rate=rate), container, codec, rate=rate, **options), tmp_path, name)
    assert (facts.rate, facts.channels) == (rate, 2)
    assert facts.codec == codec.removeprefix("lib").removesuffix("lame")
    assert facts.seconds == len(samples) / RATE == pytest.approx(1, abs=0.08)
    assert facts.notes == ()
    assert samples.dtype == np.int16
    (left, left_level), (right, right_level) = heard(samples)
    assert (left, right) == (pytest.approx(LEFT, abs=1), pytest.approx(RIGHT, abs=1))
    assert (left_level, right_level) == (pytest.approx(-12, abs=0.5), pytest.approx(-18, abs=0.5))


@pytest.mark.parametrize(("container", "name"), [("3gp", "memo.3gp"), ("amr", "memo.amr")])
def test_a_phone_memo_stays_mono(container: str, name: str, tmp_path: Path) -> None:
    memo = sounds.tone(1, LEFT, -12, rate=8000)
    facts, samples = read(encoded(memo, container, "libopencore_amrnb", rate=8000), tmp_path, name)
    assert (facts.rate, facts.channels, facts.codec, facts.notes) == (8000, 1, "amr_nb", ())
    assert samples.shape == (pytest.approx(RATE, abs=RATE * 0.05), 1)
    assert heard(samples)[0] == (pytest.approx(LEFT, abs=2), pytest.approx(-12, abs=3))


def test_a_plain_wav_comes_through_bit_for_bit(tmp_path: Path) -> None:
    original = sounds.speech(1.3, channels=2)
    assert np.array_equal(read(raw_wav(original), tmp_path)[1], original)


def test_surround_is_mixed_down_each_side_to_its_own(tmp_path: Path) -> None:
    six = np.zeros((RATE, 6), np.int16)
    six[:, 0:1], six[:, 5:6] = sounds.tone(1, LEFT), sounds.tone(1, RIGHT)  # front left, rear right
    facts, samples = read(encoded(six, "wav", "pcm_s16le"), tmp_path)
    assert facts.channels == 6
    assert notes(facts) == "The 6 channels were mixed down to two."
    assert [round(hz) for hz, _ in heard(samples)] == [LEFT, RIGHT]
    assert read(raw_wav(np.repeat(sounds.tone(0.5), 5, axis=1)), tmp_path)[0].channels == 5


def test_a_film_gives_its_sound_and_says_so(tmp_path: Path) -> None:
    facts, samples = read(film(sound=True), tmp_path, "film.mp4")
    assert (facts.codec, facts.channels) == ("aac", 2)
    assert [round(hz) for hz, _ in heard(samples)] == [LEFT, RIGHT]
    assert notes(facts) == "The file is a video: only its sound was taken."
    with pytest.raises(BadAudio, match="holds no sound track"):
        read(film(sound=False), tmp_path, "film.mp4")


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("take.wav", "In spite of its name, the file is in the MP3 format."),
        ("take.mp3", ""),
        ("take.MP3", ""),
        ("take", ""),
        ("take.2", ""),
    ],
)
def test_a_false_name_is_told_and_not_believed(name: str, note: str, tmp_path: Path) -> None:
    facts, _ = read(encoded(sounds.tone(0.5), "mp3", "libmp3lame"), tmp_path, name)
    assert notes(facts) == note


LONG = sounds.speech(5, channels=2)


@pytest.mark.parametrize(
    ("container", "codec", "options"),
    [
        ("wav", "pcm_s16le", {}),
        ("aiff", "pcm_s16be", {}),
        ("mp3", "libmp3lame", {}),
        ("mp4", "alac", {"movflags": "faststart"}),
        ("matroska", "pcm_s16le", {}),
        ("flac", "flac", {}),
    ],
)
def test_of_a_truncated_file_what_is_there_is_kept(
    container: str, codec: str, options: dict[str, str], tmp_path: Path
) -> None:
    whole = encoded(LONG, container, codec, **options)
    facts, samples = read(whole[: len(whole) * 4 // 10], tmp_path)
    share = len(samples) / len(LONG)
    assert 0.25 < share < 0.5
    assert notes(facts) == (
        f"The file is damaged: about {int(100 * share)}% of the sound is there, the rest is missing."
    )
    with pytest.raises(BadAudio, match=r"damaged|holds no sound"):
        read(whole[: len(whole) // 200], tmp_path)


def test_a_cover_does_not_hide_how_long_an_mp3_should_be(tmp_path: Path) -> None:
    path = tmp_path / "covered.mp3"
    path.write_bytes(encoded(LONG, "mp3", "libmp3lame"))
    tags = mutagen.id3.ID3(path)
    tags.add(mutagen.id3.APIC(mime="image/png", type=3, data=b"\x89PNG\r\n\x1a\n" + bytes(100_000)))
    tags.save(path)
    facts, samples = read(path.read_bytes(), tmp_path, "covered.mp3")
    assert (notes(facts), len(samples)) == ("", len(LONG))
    assert "about 4" in notes(read(path.read_bytes()[: 100_000 + len(path.read_bytes()[100_000:]) // 2], tmp_path)[0])


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0xFFFFFF00, 0x7FFFF000])
def test_a_recorder_that_never_finished_its_header_loses_nothing(size: int, tmp_path: Path) -> None:
    data = bytearray(raw_wav(sounds.tone(0.5)))
    data[40:44] = struct.pack("<I", size)
    facts, samples = read(bytes(data), tmp_path)
    assert facts.notes == ()
    assert np.array_equal(samples, sounds.tone(0.5))


@pytest.mark.parametrize(
    ("container", "codec", "options", "note"),
    [
        ("mp4", "aac", {"movflags": "faststart"}, r"about (7|8)\d% of the sound is there"),
        ("mp3", "libmp3lame", {"write_xing": "0"}, r"damaged in places: about (1|2) s of the sound were left out"),
    ],
)
def test_what_is_damaged_in_the_middle_is_left_out_and_told(
    container: str, codec: str, options: dict[str, str], note: str, tmp_path: Path
) -> None:
    data = bytearray(encoded(LONG, container, codec, **options))
    size = len(data) // 5
    data[len(data) // 2 : len(data) // 2 + size] = random.Random(0).randbytes(size)
    facts, samples = read(bytes(data), tmp_path)
    assert 0.7 < len(samples) / len(LONG) < 0.9
    assert re.search(note, notes(facts))


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "“take” is empty"),
        (b"RIFF\x24\x00\x00\x00WAVE", "is damaged (WAV)"),
        (b"FORM\x00\x00\x00\x1aAIFF" + bytes(20), "is damaged (AIFF)"),
        (b"\x00\x00\x00\x0cftypM4B ", "is damaged (MP4)"),
        (b"OggS" + bytes(100), "is damaged (Ogg)"),
        (raw_wav(sounds.silence(0)), "it lasts 0 seconds"),
        (PNG, "is a picture"),
        (b"FORM\x00\x00\xa3\xf2ILBMBMHD" + bytes(100), "is a picture"),
        (b"%PDF-1.7\n", "is a PDF document"),
        (b"PK\x03\x04" + bytes(40), "is an archive"),
        (b"MThd\x00\x00\x00\x06" + bytes(20), "is a MIDI score"),
        (b"\x7fELF" + bytes(60), "is no sound: it is in the ELF format"),
        (b"Bonjour, et bienvenue.\n" * 50, "holds text"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "holds text"),
        (b"RIFF\x00\x01\x00\x00AVI LIST" + bytes(300), "is a video in a format"),
        (random.Random(1).randbytes(5000), "is no sound the kit knows"),
        (bytes(5000), "is no sound the kit knows"),
        (raw_wav(np.zeros((999, 9), np.int16)), "has 9 channels"),
        (raw_wav(sounds.tone(0.01), rate=1), "has 1 samples a second"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    data: bytes, sentence: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadAudio) as refusal:
        read(data, tmp_path)
    assert sentence in str(refusal.value)
    assert str(refusal.value).startswith("“take” ")
    assert str(refusal.value).endswith(".")
    assert not [name for name in os.listdir(tmp_path) if name.startswith((".", "sound"))]
    assert capfd.readouterr() == ("", "")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadAudio, match="cannot be read"):
        read_sound(tmp_path / "nowhere", "take.mp3", tmp_path / "sound.wav")
    with pytest.raises(BadAudio, match="is no file"):
        read_sound(tmp_path, "take.mp3", tmp_path / "sound.wav")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadAudio, match="is no file"):
        read_sound(tmp_path / "pipe", "take.mp3", tmp_path / "sound.wav")


@pytest.mark.parametrize(
    "lines",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{secret}'\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n",
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{secret}</BaseURL></MPD>',
    ],
)
def test_no_list_opens_another_file(lines: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(raw_wav(sounds.tone()))
    data = lines.format(secret=secret).encode()
    with pytest.raises(BadAudio, match="holds text"):
        read(data, tmp_path)
    # What begins like no text gets further, to where only formats of sound are opened.
    monkeypatch.setattr(refusals, "no_sound", lambda name, head: None)
    with pytest.raises(BadAudio, match="no sound the kit knows"):
        read(data, tmp_path)
    if lines.startswith("ffconcat"):  # without the list of formats, it would have been read
        with av.open(tmp_path / "source", options={"safe": "0"}) as unguarded:
            assert unguarded.streams.audio


def test_only_decoders_of_sound_may_run() -> None:
    assert all(av.Codec(name, "r").type == "audio" for name in decoding.CODECS if name in av.codecs_available)
    assert {"mp3float", "aac", "opus", "vorbis", "flac", "amrnb", "pcm_s16le"} < av.codecs_available & set(
        decoding.CODECS
    )


def test_too_long_by_what_it_announces(tmp_path: Path) -> None:
    data = bytearray(encoded(sounds.tone(0.5), "flac", "flac"))
    frames = 3 * 3600 * RATE  # 36 bits, at the end of the fixed header
    data[21] = data[21] & 0xF0 | frames >> 32
    data[22:26] = struct.pack(">I", frames & 0xFFFFFFFF)
    with pytest.raises(BadAudio, match="lasts 180 minutes; at most 120"):
        read(bytes(data), tmp_path)


def test_too_long_without_announcing_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "LONGEST", 1.0)
    with pytest.raises(BadAudio, match="lasts more than"):
        read(encoded(sounds.speech(3), "adts", "aac"), tmp_path)
    assert not (tmp_path / "sound.wav").exists()
    assert read(encoded(sounds.speech(0.9), "adts", "aac"), tmp_path)[0].seconds == pytest.approx(0.9, abs=0.06)


def test_too_heavy_or_too_slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "MAX_SECONDS", -1.0)
    with pytest.raises(BadAudio, match="takes more than"):
        read(raw_wav(sounds.tone()), tmp_path)
    monkeypatch.setattr(reading, "MAX_BYTES", 50_000)
    with pytest.raises(BadAudio, match="weighs 1 MB; at most 0 MB"):
        read(raw_wav(sounds.tone()), tmp_path)


def test_memory_does_not_grow_with_the_sound(tmp_path: Path) -> None:
    source = tmp_path / "long.wav"
    source.write_bytes(raw_wav(np.tile(sounds.tone(1, rate=48000, channels=2), (60, 1)), 48000))
    tracemalloc.start()
    try:
        read_sound(source, "long.wav", tmp_path / "sound.wav")
        assert tracemalloc.get_traced_memory()[1] < 4 * 2**20  # of 10 MB
    finally:
        tracemalloc.stop()


def test_progress_rises_and_whoever_leaves_stops_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data = encoded(sounds.speech(20), "mp3", "libmp3lame")
    fractions: list[float] = []
    with listening(lambda fraction, message, payload: fractions.append(fraction)):
        read(data, tmp_path)
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert fractions[-1] == pytest.approx(1, abs=0.05)
    assert len(fractions) > 20

    for patience in (0, 1, 3, 30, 300):  # before the file is opened, and in its midst
        (tmp_path / "sound.wav").unlink(missing_ok=True)
        left = iter(range(patience))

        def listener(fraction: float, message: str, payload: dict[str, object], left: object = left) -> None:
            if next(left, None) is None:  # type: ignore[call-overload]
                raise Cancelled("Stopped: nobody was waiting for this any more.")

        with listening(listener), pytest.raises(Cancelled):
            read(data, tmp_path)
        assert not [name for name in os.listdir(tmp_path) if name.startswith((".", "sound"))]
    assert capfd.readouterr() == ("", "")


def test_a_full_disk_is_a_sentence_and_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sound.wav").write_bytes(b"the one before")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SetupError, match=r"“take” could not be kept \(No space left on device\)"):
        read(raw_wav(sounds.tone()), tmp_path)
    assert (tmp_path / "sound.wav").read_bytes() == b"the one before"
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]


def test_a_refusal_leaves_the_sound_before_it(tmp_path: Path) -> None:
    before = read(raw_wav(sounds.tone()), tmp_path)[1].copy()
    with pytest.raises(BadAudio):
        read(PNG, tmp_path)
    assert np.array_equal(open_wav(tmp_path / "sound.wav"), before)


def test_only_what_the_door_wrote_is_opened_and_nobody_writes_to_it(tmp_path: Path) -> None:
    samples = read(raw_wav(sounds.tone()), tmp_path)[1]
    assert isinstance(samples, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        samples[0] = 0
    path = tmp_path / "sound.wav"
    with wave.open(str(path)) as file:  # others read it too
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (1, 2, RATE, RATE)
    path.write_bytes(path.read_bytes()[:-100])
    for stranger in (path, tmp_path / "source.wav", tmp_path):
        with pytest.raises(BadAudio):
            open_wav(stranger)


def test_the_facts_cross_from_the_workers(tmp_path: Path) -> None:
    facts, _ = read(encoded(sounds.tone(0.5), "mp3", "libmp3lame"), tmp_path, "take.wav")
    crossed = decode(encode(facts))
    assert notes(crossed) == notes(facts) != ""
    assert (crossed.seconds, crossed.codec) == (facts.seconds, "mp3")


@pytest.mark.parametrize(
    ("container", "codec", "rate"),
    [
        ("wav", "pcm_s24le", 44100),
        ("mp3", "libmp3lame", 44100),
        ("mp4", "aac", 44100),
        ("adts", "aac", 44100),
        ("ogg", "libopus", 48000),
        ("webm", "libopus", 48000),
        ("flac", "flac", 44100),
        ("aiff", "pcm_s16be", 44100),
    ],
)
def test_no_damage_gets_through(
    container: str, codec: str, rate: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = encoded(sounds.speech(0.7, rate=rate), container, codec, rate=rate)
    chance = random.Random(container)
    for _ in range(25):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 3, 30))):
            data[chance.randrange(min(len(data), chance.choice((200, len(data)))))] = chance.choice((0, 127, 128, 255))
        try:
            facts, samples = read(bytes(data[: chance.choice((len(data), chance.randrange(len(data))))]), tmp_path)
        except BadAudio:
            continue
        assert 0 < facts.seconds == len(samples) / RATE
    assert capfd.readouterr() == ("", "")
