"""Confidence against accuracy."""

from __future__ import annotations

import pytest

from activities.spot_the_fake.answers import Confidence, ImageAnswer, Verdict
from activities.spot_the_fake.calibration import ENOUGH, Reading, calibrate
from activities.spot_the_fake.signal_detection import proportion
from kit.decks.model import Truth

TRUTHS = {"real": Truth.REAL, "generated": Truth.GENERATED, "altered": Truth.ALTERED, "caption": Truth.MISCAPTIONED}


def say(opaque: str, verdict: Verdict | None, confidence: Confidence | None, times: int = 1) -> list[ImageAnswer]:
    return [ImageAnswer(opaque=opaque, verdict=verdict, confidence=confidence)] * times


def test_bins() -> None:
    found = calibrate(
        say("real", Verdict.REAL, Confidence.CERTAIN, 6)
        + say("real", Verdict.ALTERED, Confidence.CERTAIN, 14)
        + say("generated", Verdict.ALTERED, Confidence.RATHER, 3)  # right on the binary question
        + say("altered", Verdict.REAL, Confidence.RATHER)
        + say("caption", Verdict.REAL, Confidence.COIN),
        TRUTHS,
    )
    bins = dict(found.bins)
    assert list(bins) == [50, 65, 80, 95]
    certain = bins[Confidence.CERTAIN]
    assert certain.accuracy == proportion(6, 20)
    assert certain.mean_confidence == 0.95
    assert certain.overconfidence == pytest.approx(65)
    assert certain.reading is Reading.OVERCONFIDENT
    assert bins[Confidence.RATHER].accuracy == proportion(3, 4)
    assert bins[Confidence.RATHER].overconfidence == pytest.approx(-10)
    assert bins[Confidence.RATHER].reading is Reading.TOO_FEW
    assert bins[Confidence.COIN].accuracy == proportion(1, 1)
    assert bins[Confidence.SURE].mean_confidence is None
    assert bins[Confidence.SURE].overconfidence is None
    assert bins[Confidence.SURE].reading is Reading.TOO_FEW
    assert found.overall.n == 25
    assert found.overall.mean_confidence == pytest.approx((20 * 0.95 + 4 * 0.65 + 0.5) / 25)
    assert found.overall.overconfidence == pytest.approx(100 * (22.1 / 25 - 10 / 25))


def test_passes_and_silence_are_left_out() -> None:
    found = calibrate(
        say("real", None, Confidence.SURE, 3) + say("real", Verdict.REAL, None, 2) + say("real", None, None), TRUTHS
    )
    assert (found.overall.n, found.passed, found.unsaid) == (0, 4, 2)


def test_someone_well_calibrated() -> None:
    found = calibrate(
        say("generated", Verdict.GENERATED, Confidence.SURE, 16) + say("generated", Verdict.REAL, Confidence.SURE, 4),
        TRUTHS,
    )
    assert found.overall.overconfidence == pytest.approx(0)
    assert found.overall.reading is Reading.NO_CLEAR_GAP


def test_someone_too_modest() -> None:
    found = calibrate(say("altered", Verdict.GENERATED, Confidence.COIN, 12), TRUTHS)
    assert found.overall.overconfidence == pytest.approx(-50)
    assert found.overall.reading is Reading.UNDERCONFIDENT


@pytest.mark.parametrize(("n", "reading"), [(ENOUGH - 1, Reading.TOO_FEW), (ENOUGH, Reading.OVERCONFIDENT)])
def test_enough(n: int, reading: Reading) -> None:
    assert calibrate(say("real", Verdict.GENERATED, Confidence.CERTAIN, n), TRUTHS).overall.reading is reading


def test_unknown_images_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown"):
        calibrate(say("z", Verdict.REAL, Confidence.SURE), TRUTHS)
