import subprocess
import sys
import time
from functools import cache

import numpy as np
import pyloudnorm
import pytest

from kit.audio import RATE, instruments, playing, scores
from kit.audio.instruments import Voice
from kit.audio.moods import Mood
from kit.audio.styles import STYLES
from kit.audio.synth import bed, jingle, sting
from kit.errors import BadInput

KINDS = {"jingle": (jingle, 5.0), "sting": (sting, 2.0), "bed": (bed, 16.0)}
SOFT = {Mood.CALM, Mood.SERIOUS}
each_mood = pytest.mark.parametrize("mood", Mood)
each_kind = pytest.mark.parametrize("kind", KINDS)


@cache
def music(kind: str, mood: Mood, seed: int = 1) -> np.ndarray:
    make, seconds = KINDS[kind]
    made = make(mood, seed, seconds)
    made.flags.writeable = False
    return made


def spectrum(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies in Hz, and the power at each."""
    mono = samples.astype(np.float64).mean(1)
    return np.fft.rfftfreq(len(mono), 1 / RATE), np.square(np.abs(np.fft.rfft(mono * np.hanning(len(mono)))))


def share(samples: np.ndarray, low: float, high: float) -> float:
    """How much of the power lies between two frequencies."""
    hertz, power = spectrum(samples)
    return float(power[(hertz >= low) & (hertz < high)].sum() / power.sum())


def chroma(samples: np.ndarray, low: float = 60, high: float = 1_200) -> np.ndarray:
    """How much of the power each of the twelve pitch classes holds, C first."""
    hertz, power = spectrum(samples)
    heard = (hertz >= low) & (hertz < high)
    classes = np.round(69 + 12 * np.log2(hertz[heard] / 440)).astype(int) % 12
    held = np.bincount(classes, power[heard], minlength=12)
    return held / held.sum()


def attacks(samples: np.ndarray) -> float:
    """How many times a second something is struck: the high part of the sound suddenly doubles."""
    high = np.diff(samples.astype(np.float64).mean(1), n=2)
    power = np.square(high[: len(high) // 882 * 882]).reshape(-1, 882).mean(1)
    rises = power[2:] > 2 * power[:-2] + 0.02 * power.max()
    return float((rises[1:] & ~rises[:-1]).sum() / (len(samples) / RATE))


@each_kind
@each_mood
def test_it_is_fit_to_be_mixed(kind, mood):
    made = music(kind, mood)
    seconds = KINDS[kind][1]
    assert (made.dtype, made.shape) == (np.int16, (round(seconds * RATE), 2))
    # Peaks, loudness (by an implementation of ITU-R BS.1770 that is not ours).
    assert 20 * np.log10(np.abs(made.astype(int)).max() / 32_768) <= -3
    loudness = pyloudnorm.Meter(RATE).integrated_loudness(made / 32_768)
    assert -24 < loudness < -14
    # No click where it begins or ends, nor anywhere: the steepest step is one of sounds, not of an edge.
    assert np.abs(made[[0, -1]].astype(int)).max() <= 40
    assert np.abs(np.diff(made.astype(int), axis=0)).max() < 9_000
    # Warm: little above 8 kHz; not all of it bass. Stereo that survives one loudspeaker.
    assert share(made, 8_000, RATE / 2) < 1e-3
    assert share(made, 180, 3_000) > 0.25
    assert 0.2 < np.corrcoef(made[:, 0], made[:, 1])[0, 1] < 0.995


@each_kind
def test_the_same_arguments_give_the_same_samples_and_others_do_not(kind):
    make, seconds = KINDS[kind]
    for mood in (Mood.CALM, Mood.PLAYFUL):
        assert np.array_equal(make(mood, 1, seconds), music(kind, mood))
        other = music(kind, mood, seed=2)
        assert abs(np.corrcoef(other[:, 0], music(kind, mood)[:, 0])[0, 1]) < 0.5
        assert scores.draw(mood, 1) != scores.draw(mood, 2)


def test_seeds_reach_every_choice():
    drawn = [scores.draw(Mood.BRIGHT, seed) for seed in range(80)]
    style = STYLES[Mood.BRIGHT]
    assert {piece.tonic for piece in drawn} == set(range(12))
    assert {piece.progression for piece in drawn} == set(style.progressions)
    assert {piece.comp for piece in drawn} == set(style.comps)
    assert {piece.cell for piece in drawn} == set(style.cells)
    assert all(style.tempo[0] <= piece.tempo <= style.tempo[1] for piece in drawn)


@pytest.mark.parametrize("seconds", [0.5, 0.77, 2.49, 2.5, 3.337, 12.3])
def test_it_lasts_exactly_as_long_as_was_asked(seconds):
    for mood in (Mood.BRIGHT, Mood.PLAYFUL):
        for make in (jingle, sting):
            made = make(mood, 3, seconds)
            assert made.shape == (round(seconds * RATE), 2)
            assert 3_000 < np.abs(made.astype(int)).max() < 23_200
    assert len(bed(Mood.PLAYFUL, 3, seconds)) == round(seconds * RATE)


def test_a_jingle_has_one_tune_and_a_sting_none():
    assert np.array_equal(jingle(Mood.PLAYFUL, 1, 2), sting(Mood.PLAYFUL, 1, 2))
    assert np.array_equal(sting(Mood.PLAYFUL, 1, 5), jingle(Mood.PLAYFUL, 1, 5))
    assert not np.array_equal(sting(Mood.PLAYFUL, 1, 3), jingle(Mood.PLAYFUL, 1, 3))


@pytest.mark.parametrize(
    ("make", "seconds"),
    [(jingle, 0.4), (jingle, 61), (sting, 0), (sting, -1), (bed, 3_601), (bed, float("nan")), (jingle, float("inf"))],
)
def test_other_lengths_are_refused(make, seconds):
    with pytest.raises(BadInput, match=r"s was asked for; 0\.5 to (60|3600) s can be made") as refused:
        make(Mood.CALM, 1, seconds)
    assert str(refused.value).endswith(".")


@each_mood
def test_it_ends_on_its_tonic(mood):
    """The lowest note of the last chord is the tonic, and the chord is that of the mood."""
    piece = scores.draw(mood, 1)
    made = music("jingle", mood)
    rings = min(piece.style.rings, 0.3 * 5)
    last = made[round((5 - rings + 0.05) * RATE) :]
    assert np.argmax(chroma(last, 60, 130)) == piece.tonic
    held = np.roll(chroma(last, 125, 1_200), -piece.tonic)  # as heard from the tonic
    third, other = (3, 4) if mood is Mood.SERIOUS else (4, 3)
    assert held[third] > 3 * held[other]
    # It is louder when the chord comes than just before its end, which falls into silence.
    quarter = len(last) // 4
    assert np.abs(last[:quarter].astype(int)).max() > 4 * np.abs(last[-quarter // 2 :].astype(int)).max()


def test_moods_are_told_apart_by_what_is_heard():
    heard = {mood: np.concatenate([music("jingle", mood, seed) for seed in (1, 2)]) for mood in Mood}
    # Strings plucked on every half-beat are struck more often than keys that are held.
    pace = {mood: attacks(made) for mood, made in heard.items()}
    assert min(pace[Mood.BRIGHT], pace[Mood.CURIOUS]) > 1.3 * pace[Mood.CALM]
    # What is serious lies lowest, and what is calm or serious has the softer timbre.
    low = {mood: share(made, 35, 200) for mood, made in heard.items()}
    assert max(low, key=low.get) is Mood.SERIOUS
    high = {mood: share(made, 1_500, 8_000) for mood, made in heard.items()}
    assert max(high[Mood.CALM], high[Mood.SERIOUS]) < 0.6 * min(high[m] for m in heard if m not in SOFT)
    # Short notes leave gaps.
    gaps = {mood: np.percentile(np.abs(made.astype(int)).max(1)[: 6 * RATE], 20) for mood, made in heard.items()}
    assert gaps[Mood.PLAYFUL] < 0.5 * min(gaps[Mood.BRIGHT], gaps[Mood.CALM])


def test_scales_are_those_of_the_mood():
    """The raised fourth is heard in lydian, the natural one in major; the sixth is minor in minor."""

    def weigh(mood: Mood, *steps: int) -> list[float]:
        total = np.zeros(12)
        for seed in (1, 2):
            total += np.roll(chroma(music("bed", mood, seed)), -scores.draw(mood, seed).tonic)
        return [total[step] for step in steps]

    raised, natural = weigh(Mood.CURIOUS, 6, 5)
    assert raised > 3 * natural
    raised, natural = weigh(Mood.BRIGHT, 6, 5)
    assert natural > 3 * raised
    minor, major = weigh(Mood.SERIOUS, 8, 9)
    assert minor > 3 * major


@each_mood
def test_a_bed_leaves_room_for_a_voice_and_goes_round_without_a_seam(mood):
    piece = scores.draw(mood, 4)
    assert piece.style.lead not in {note.voice for note in scores.bed(piece)[0]} or piece.style.lead is piece.style.comp
    pattern = playing.fast(round(32 * 60 / piece.tempo * RATE))
    made = bed(mood, 4, 2 * pattern / RATE + 3)
    # Where consonants are, it is soft.
    assert share(made, 2_000, 8_000) < 0.03
    # From the second time on it is the same, the seam as smooth as any other moment.
    inner = slice(3 * RATE, pattern - 3 * RATE)
    assert np.array_equal(made[inner], made[pattern:][inner])
    steps = np.abs(np.diff(made.astype(int), axis=0)).max(1)
    assert steps[pattern - 200 : pattern + 2].max() <= np.percentile(steps, 99.99)
    levels = np.sqrt(np.square(made[: len(made) // 2_205 * 2_205].astype(float)).reshape(-1, 4_410).mean(1))
    at = pattern // 2_205
    assert levels[at - 1 : at + 2].min() > 0.5 * np.percentile(levels[40:-60], 1)


def test_ten_minutes_of_bed_cost_no_more_than_making_it_once():
    began = time.process_time()
    made = bed(Mood.PLAYFUL, 1, 600)
    assert time.process_time() - began < 10  # 1 s, on a machine with nothing else to do
    assert len(made) == 600 * RATE


@pytest.mark.parametrize("voice", [Voice.PLUCK, Voice.PIZZICATO, Voice.MALLET, Voice.KEYS, Voice.BASS, Voice.PAD])
@pytest.mark.parametrize("frequency", [82.41, 196.0, 440.0, 880.0])
def test_instruments_are_in_tune(voice, frequency):
    sound = instruments.note(voice, frequency, 1.5, np.random.default_rng(0))
    size = 2**19
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size))
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    near = (hertz > 0.94 * frequency) & (hertz < 1.06 * frequency)
    cents = 1_200 * np.log2(hertz[near][np.argmax(power[near])] / frequency)
    assert abs(cents) < (8 if voice is Voice.PAD else 2)
    assert abs(sound[0]) < 1e-3
    assert abs(sound[-1]) < 1e-3
    assert 0.4 < np.abs(sound).max() < 1.6


def test_moods_are_read_without_loading_what_makes_music():
    program = "import sys, kit.audio.synth; print([m for m in ('numpy', 'scipy', 'av', 'pydub') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert run.stdout.strip() == "[]"
