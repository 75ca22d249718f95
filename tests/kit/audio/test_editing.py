import subprocess
import sys

import numpy as np
import pytest

from kit.audio import RATE
from kit.audio.editing import JOIN, apply, length, split
from kit.audio.operations import LONGEST, Cut, Denoise, Even, Fade, Keep, Louder, Operation, Pauses
from kit.errors import BadInput
from tests.kit.audio.sounds import noise, silence, speech, tone

EVERYTHING: tuple[Operation, ...] = (
    Denoise(decibels=12),
    Keep(start=0.2, end=3.8),
    Cut(start=0.5, end=0.7),
    Cut(start=1.0, end=1.25),
    Pauses(longest=0.3),
    Even(),
    Louder(decibels=-2),
    Fade(start=0.2, end=0.3),
)


def cut(samples: np.ndarray, start: float, end: float) -> np.ndarray:
    return samples[round(start * RATE) : round(end * RATE)]


def level(samples: np.ndarray, start: float = 0, end: float = LONGEST) -> float:
    """Root mean square in dBFS."""
    return float(10 * np.log10(np.mean(np.square(cut(samples, start, end), dtype=np.float64)) / 2**30))


def step(samples: np.ndarray) -> int:
    """The largest difference between neighbouring samples, before the first and after the last being silence."""
    return int(np.abs(np.diff(samples.astype(int), axis=0, prepend=0, append=0)).max())


@pytest.fixture(scope="module")
def take() -> np.ndarray:
    """Four seconds in stereo: sentences of 1.4 s, 0.6 s of pause between them, a hiss."""
    take = speech(4, channels=2) + noise(4, -50, channels=2)
    take.flags.writeable = False
    return take


def test_nothing_to_do_gives_the_same_samples(take):
    assert np.array_equal(apply(take, ()), take)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("operation", EVERYTHING, ids=lambda operation: operation.do)
def test_the_original_stays_and_the_result_is_always_the_same(take, operation, channels):
    original = take[:, :channels].copy()
    before = original.copy()
    once = apply(original, [operation])
    assert np.array_equal(original, before)
    assert (once.dtype, once.ndim, once.shape[1]) == (np.int16, 2, channels)
    assert not once.flags.writeable
    assert np.array_equal(once, apply(original, [operation]))
    assert operation.do == "pauses" or len(once) == round(length(4, [operation]) * RATE)


def test_a_whole_list_of_operations_is_the_operations_one_by_one(take):
    one_by_one = take
    for operation in EVERYTHING:
        one_by_one = apply(one_by_one, [operation])
    assert np.array_equal(apply(take, EVERYTHING), one_by_one)


def test_the_right_passages_stay_to_the_frame():
    rng = np.random.default_rng(5)
    # What operations do to the numbers of the frames, by the book, against what they do to the samples.
    for _ in range(20):
        sound = rng.integers(-20_000, 20_000, (4 * RATE, 1)).astype(np.int16)
        kept = np.arange(len(sound))
        operations: list[Operation] = []
        for _ in range(6):
            start = round(rng.uniform(0, 0.8) * len(kept) / RATE, 2)
            end = round(start + 0.06 + rng.uniform(0, 0.3), 2)
            first, last = round(start * RATE), round(end * RATE)
            if rng.random() < 0.75:
                operations.append(Cut(start=start, end=end))
                kept = np.delete(kept, slice(first, last))
            else:
                operations.append(Keep(start=0, end=end + 1.2))
                kept = kept[: round((end + 1.2) * RATE)]
            if len(kept) < 1.8 * RATE:
                break
        try:
            edited = apply(sound, operations)
        except BadInput:  # a Keep that goes past the end
            continue
        assert len(edited) == len(kept) == round(length(4, operations) * RATE)
        untouched = edited[:, 0] == sound[kept, 0]
        assert (~untouched).sum() <= (len(operations) + 2) * JOIN * RATE // 1000


@pytest.mark.parametrize("channels", [1, 2])
def test_a_cut_does_not_click(channels):
    sound = tone(2, 220, -6, channels=channels, phase=90)
    middle = [Cut(start=0.5, end=0.5 + 2.5 / 220)]  # half a period too many: the worst place
    naive = np.delete(sound, slice(round(0.5 * RATE), round((0.5 + 2.5 / 220) * RATE)), axis=0)
    own = step(tone(2, 220, -6))
    assert step(cut(naive, 0.3, 0.7)[100:-100] - np.int16(0)) > 5 * own
    joined = cut(apply(sound, middle), 0.3, 0.7)
    assert np.abs(np.diff(joined.astype(int), axis=0)).max() <= 1.2 * own


def test_what_now_begins_and_ends_abruptly_does_not_click():
    sound = tone(2, 220, -6, phase=90)
    assert step(cut(sound, 0.5, 1.0)) > 10_000
    assert step(apply(sound, [Keep(start=0.5, end=1.0)])) <= 1.2 * step(tone(2, 220, -6))
    # What was the beginning already is left alone.
    assert np.array_equal(cut(apply(sound, [Keep(start=0, end=1)]), 0, 0.9), cut(sound, 0, 0.9))


def test_a_fade_rises_and_falls_evenly():
    faded = apply(np.full((2 * RATE, 2), 10_000, np.int16), [Fade(start=0.5, end=1)])
    for at, expected in ((0, 0), (0.25, 5_000), (0.5, 10_000), (1, 10_000), (1.5, 5_000), (2 - 1 / RATE, 0)):
        assert faded[round(at * RATE)] == pytest.approx(expected, abs=30), at
    assert len(apply(tone(0.0337), [Fade(start=0.02, end=0.0337)])) == len(tone(0.0337))


def test_a_gain_is_what_it_says_and_never_wraps_around():
    sound = tone(0.5, level=-12)
    assert level(apply(sound, [Louder(decibels=6)])) - level(sound) == pytest.approx(6, abs=0.02)
    assert level(apply(sound, [Louder(decibels=-20)])) - level(sound) == pytest.approx(-20, abs=0.05)
    loud = apply(sound, [Louder(decibels=30)])
    assert (loud.max(), loud.min()) == (32_767, -32_768)
    assert (np.sign(loud[sound != 0]) == np.sign(sound[sound != 0])).all()


@pytest.mark.parametrize("hiss", [None, -55, -38])
@pytest.mark.parametrize("longest", [0.2, 0.6])
def test_long_pauses_are_shortened_to_what_was_asked(hiss, longest):
    parts = [silence(1.0), tone(0.8), silence(1.5), tone(0.8), silence(0.15), tone(0.5), silence(1.0)]
    sound = np.concatenate(parts)
    if hiss:
        sound += noise(len(sound) / RATE, hiss)
    edited = apply(sound, [Pauses(longest=longest)])
    assert len(edited) / RATE == pytest.approx(0.8 + 0.8 + 0.15 + 0.5 + 3 * longest, abs=0.06)
    heard = np.abs(edited[:, 0].astype(int)) > 4_000  # only the tones
    assert heard.sum() == pytest.approx((np.abs(sound[:, 0].astype(int)) > 4_000).sum(), rel=0.002)
    begins, ends = np.flatnonzero(heard)[[0, -1]]
    assert (begins / RATE, (len(edited) - ends) / RATE) == pytest.approx((longest, longest), abs=0.03)


def test_soft_words_are_no_pause():
    loud, soft = speech(4, -20, pause=0.3), speech(4, -38, pause=0.3)
    both = np.concatenate([loud, soft]) + noise(8, -65)
    assert len(apply(both, [Pauses(longest=0.5)])) > 0.98 * len(both)
    # And a pause is one at whatever level somebody recorded.
    quietly = (np.concatenate([speech(2, -50), silence(2), speech(2, -50)]) + noise(6, -80)).astype(np.int16)
    assert len(apply(quietly, [Pauses(longest=0.6)])) == pytest.approx(len(quietly) - 1.9 * RATE, abs=0.5 * RATE)


def test_a_sound_of_nothing_but_silence_or_hiss_is_not_torn_apart():
    assert len(apply(silence(3), [Pauses(longest=0.6)])) == round(0.6 * RATE)
    assert len(apply(noise(3, -40), [Pauses(longest=0.6)])) == 3 * RATE
    assert np.array_equal(apply(silence(1), [Denoise(), Even()]), silence(1))


@pytest.mark.parametrize("hiss", [-60, -45, -32])
def test_a_steady_hiss_is_lowered_and_the_tone_stays(hiss):
    sound = np.concatenate([silence(1.0), tone(1.0, 440, -12), silence(1.0)]) + noise(3, hiss)
    heard = apply(sound, [Denoise(decibels=12)])
    for pause in ((0.1, 0.9), (2.1, 2.9)):
        assert 6 <= level(sound, *pause) - level(heard, *pause) <= 12.5
    assert abs(level(heard, 1.1, 1.9) - level(tone(1.0, 440, -12))) < 1.5
    # It comes neither earlier nor later: the filter itself is 25 ms late.
    assert level(cut(heard, 1.05, 1.95).astype(int) - cut(sound, 1.05, 1.95)) < hiss + 3


def test_a_hum_is_learnt_as_well_as_a_hiss():
    hum = (tone(3, 100, -35) + tone(3, 200, -40)).astype(np.int16)
    sound = np.concatenate([silence(1.0), tone(1.0, 1_000, -12), silence(1.0)]) + hum + noise(3, -70)
    assert level(sound, 0.1, 0.9) - level(apply(sound, [Denoise()]), 0.1, 0.9) > 6


def test_low_and_loud_halves_are_brought_together():
    for voice in (speech(6), tone(6, 300)):
        halves = np.concatenate([apply(voice, [Louder(decibels=-18)]), voice])
        assert level(halves, 6, 12) - level(halves, 0, 6) == pytest.approx(18, abs=0.1)
        evened = apply(halves, [Even()])
        assert abs(level(evened, 6, 12) - level(evened, 0, 6)) < 6
        assert len(evened) == len(halves)
        assert np.abs(evened.astype(int)).max() < 32_767


def test_the_room_is_raised_no_more_than_the_voices_around():
    low = apply(speech(4), [Louder(decibels=-18)])
    sound = np.concatenate([silence(6), speech(4), silence(6), low, silence(6)]) + noise(26, -62)
    evened = apply(sound, [Even()])
    raised = [level(evened, at, at + 0.4) - level(sound, at, at + 0.4) for at in np.arange(0.5, 26, 0.5)]
    assert min(raised) > -3
    assert max(raised[:12]) < 4  # before the loud voice
    assert raised[25:28] == pytest.approx([raised[25]] * 3, abs=0.3)  # nothing moves in the middle of a silence
    assert max(raised) < 20.5


@pytest.mark.parametrize("frames", [0, 1, 100, 441, 3_000, 13_230])
@pytest.mark.parametrize("operation", [Pauses(), Denoise(), Even(), Louder(decibels=3), Fade()])
def test_very_short_sounds_come_through(operation, frames):
    assert apply(noise(1, -30, channels=2)[:frames], [operation]).shape == (frames, 2)


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (Keep(start=2, end=1), "must come after its start"),
        (Cut(start=1, end=1), "must come after its start"),
        (Keep(start=0, end=4.2), "The sound lasts 4.0 s; 0.0 to 4.2 s is not all in it. Choose times before its end."),
        (Cut(start=5, end=6), "The sound lasts 4.0 s; 5.0 to 6.0 s"),
        (Cut(start=0, end=4), "Nothing stays of the sound when 0.0 to 4.0 s is cut. Cut a shorter passage."),
        (Keep(start=1, end=1.01), "Too little stays of the sound when only 1.0 to 1.01 s is kept"),
        (Keep(start=4.01, end=4.04), "Too little"),
        (Fade(start=5), "The sound lasts 4.0 s; a fade of 5.0 s is longer. Choose a shorter one."),
    ],
)
def test_times_that_are_not_in_the_sound_are_refused(take, operation, message):
    with pytest.raises(BadInput) as refused:
        apply(take, [operation])
    assert message in str(refused.value)
    with pytest.raises(BadInput) as foreseen:
        length(4, [operation])
    assert str(foreseen.value) == str(refused.value)


def test_a_time_rounded_to_just_beyond_the_end_is_the_end(take):
    sound = take[: round(3.47 * RATE)]
    assert len(apply(sound, [Keep(start=1, end=3.5)])) == len(sound) - RATE
    assert len(apply(sound, [Cut(start=3, end=3.5)])) == 3 * RATE
    assert len(apply(sound, [Fade(end=3.5)])) == len(sound)


def test_the_length_is_known_beforehand_unless_pauses_are_shortened():
    assert length(10, ()) == 10
    assert length(10, [Keep(start=1, end=9), Cut(start=0, end=3), Louder(decibels=2), Even()]) == 5
    assert length(10, [Cut(start=1, end=2), Pauses(), Keep(start=0, end=1)]) is None


def test_two_halves_are_the_whole(take):
    whole = apply(take, EVERYTHING[:4])
    before, after = (apply(take, half) for half in split(EVERYTHING[:4], 4, 1.7))
    assert len(before) == round(1.7 * RATE)
    assert len(before) + len(after) == len(whole)
    again = np.concatenate([before, after])
    assert (again != whole).any(1).sum() <= JOIN * RATE // 1000 + 1
    assert max(step(before), step(after)) <= step(whole)


def test_a_sound_is_split_after_its_pauses_too(take):
    operations = (Pauses(longest=0.3), Louder(decibels=1))
    whole = apply(take, operations)
    before, after = (apply(take, half) for half in split(operations, 4, 2))
    assert len(before) + len(after) == len(whole)
    assert np.array_equal(before[: RATE // 2], whole[: RATE // 2])


@pytest.mark.parametrize("at", [-1, 0, 0.01, 2.98, 3, 3.5, float("nan"), float("inf")])
def test_a_sound_is_not_split_outside(at):
    with pytest.raises(BadInput, match="cannot be split at"):
        split([Cut(start=0, end=1)], 4, at)


def test_pydub_says_nothing_of_what_the_kit_does_not_use():
    program = (
        "import numpy as np; from kit.audio import segments;"
        "import sys; assert 'pydub' not in sys.modules;"
        "print(len(segments.segment(np.zeros((441, 1), np.int16))))"
    )
    run = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, timeout=60)
    assert (run.stdout.strip(), run.stderr) == ("10", "")
