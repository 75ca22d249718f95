"""The table of published scores: its shape, and each figure against what was read."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from activities.spot_the_fake.published import PUBLISHED, Caution, Mark, PublishedScore

# Read anew, apart from the code: id → value, interval, people.
READ = {
    "microsoft_overall": (62, None, 12_500),
    "microsoft_people": (65, None, 12_500),
    "microsoft_vehicles": (63, None, 12_500),
    "microsoft_objects": (62, None, 12_500),
    "microsoft_urban": (61, None, 12_500),
    "microsoft_nature": (59, None, 12_500),
    "kamali_generated": (76, None, 50_444),
    "kamali_real": (74, None, 50_444),
    "nightingale_untrained": (48.2, (47.1, 49.2), 315),
    "nightingale_trained": (59.0, (57.7, 60.4), 219),
    "gray_before": (31, None, 381),
    "gray_after": (51, None, 381),
}


def test_every_figure_is_the_one_that_was_read() -> None:
    table = {
        score.id: (score.value, None if score.low is None else (score.low, score.high), score.n) for score in PUBLISHED
    }
    assert table == READ


@pytest.mark.parametrize("score", PUBLISHED, ids=lambda score: score.id)
def test_each_row_says_where_it_comes_from(score: PublishedScore) -> None:
    assert score.id.startswith(score.study_id + "_")
    assert score.unit == "percent"
    assert 0 < score.value < 100
    assert (score.low is None) == (score.high is None)
    if score.low is not None and score.high is not None:
        assert score.low < score.value < score.high
    assert 2015 <= score.year <= 2026
    assert score.n > 100
    assert score.what in ("accuracy", "hits", "correct_rejections")
    for url in filter(None, (score.source_url, score.read_at)):
        assert urlsplit(url).scheme == "https"
        assert "." in urlsplit(url).netloc
    # What was read elsewhere than in the study says so, and the other way round.
    assert (score.read_at is not None) == (score.mark is Mark.SECOND_HAND)


def test_ids_are_distinct() -> None:
    assert len({score.id for score in PUBLISHED}) == len(PUBLISHED)


def test_trained_groups_are_other_people() -> None:
    for score_id in ("nightingale_trained", "gray_after"):
        (score,) = (score for score in PUBLISHED if score.id == score_id)
        assert Caution.OTHER_PEOPLE_TRAINED in score.cautions
