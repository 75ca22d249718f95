"""The detector: its scores are computed, its sources stay apart, and it fails where it should."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps
from sklearn.metrics import confusion_matrix, roc_auc_score, roc_curve

from activities.spot_the_fake.classifier import Linear, train_on_features
from activities.spot_the_fake.detector import (
    DISTURBANCES,
    FEATURES,
    Kind,
    Trained,
    challenge,
    compare,
    disturb,
    features,
    train,
    train_on_deck,
)
from activities.spot_the_fake.signal_detection import Counts
from kit.errors import BadInput

Pixels = NDArray[np.uint8]
PHOTOS = ("astronaut.png", "chelsea.png", "coffee.png", "coins.png", "motorcycle_left.png", "rocket.jpg")


@pytest.fixture(scope="module")
def photos() -> list[tuple[Pixels, str]]:
    """Halves of real photographs, 240 × 160, with the file each comes from."""
    found = []
    spec = importlib.util.find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    files = [Path(spec.origin).parent / "data" / name for name in PHOTOS]
    spec = importlib.util.find_spec("sklearn")
    assert spec is not None
    assert spec.origin is not None
    files += [Path(spec.origin).parent / "datasets" / "images" / name for name in ("china.jpg", "flower.jpg")]
    for path in files:
        with Image.open(path) as image:
            whole = np.array(ImageOps.fit(image.convert("RGB"), (480, 160)))
        found += [(whole[:, :240].copy(), path.name), (whole[:, 240:].copy(), path.name)]
    return found


def imitate(pixels: Pixels) -> Pixels:
    """A stand-in for a patch-averaging generator: local medians are just as soft."""
    return np.array(Image.fromarray(pixels).filter(ImageFilter.MedianFilter(5)))


@pytest.fixture(scope="module")
def deck(photos: list[tuple[Pixels, str]]) -> tuple[list[Pixels], list[bool], list[str]]:
    images = [pixels for pixels, _ in photos] + [imitate(pixels) for pixels, _ in photos]
    return images, [False] * len(photos) + [True] * len(photos), [name for _, name in photos] * 2


@pytest.fixture(scope="module")
def trained(deck: tuple[list[Pixels], list[bool], list[str]]) -> Trained:
    return train(*deck, seed=3)


def test_it_learns_what_there_is_to_learn(trained: Trained) -> None:
    assert trained.confusion.total == 32
    assert trained.confusion.right >= 24  # 24 of 32 by guessing: 4 times in 1000
    assert trained.auc > 0.9
    assert trained.hits.n == trained.false_alarms.n == 16
    # Softer than a camera: the fine share must weigh towards "real", or the noise does.
    assert {w.id for w in trained.weights} == set(FEATURES)
    assert [abs(w.weight) for w in trained.weights] == sorted((abs(w.weight) for w in trained.weights), reverse=True)
    soft = {w.id: w.towards for w in trained.weights}
    assert "real" in (soft["fine_share"], soft["noise_level"])


def test_twins_never_straddle_folds(trained: Trained, deck: tuple[list[Pixels], list[bool], list[str]]) -> None:
    _, _, groups = deck
    for group in set(groups):
        folds = {score.fold for score in trained.scores if groups[score.index] == group}
        assert folds == {trained.fold_of[group]}
    assert {score.fold for score in trained.scores} == set(range(5))


def test_each_score_is_that_of_a_model_that_never_saw_the_source(
    trained: Trained, deck: tuple[list[Pixels], list[bool], list[str]]
) -> None:
    """Training again without a fold, from nothing, gives the same scores for what was in it."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    images, labels, _ = deck
    table = np.stack([features(pixels) for pixels in images])
    fold = 2
    held = np.array([score.fold == fold for score in trained.scores])
    scaler = StandardScaler().fit(table[~held])
    model = LogisticRegression(class_weight="balanced", max_iter=1000)
    model.fit(scaler.transform(table[~held]), np.array(labels)[~held])
    expected = model.predict_proba(scaler.transform(table[held]))[:, 1]
    found = [score.score for score in trained.scores if score.fold == fold]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_figures_are_scikit_learns(trained: Trained) -> None:
    truth = [score.machine for score in trained.scores]
    values = [score.score for score in trained.scores]
    matrix = confusion_matrix(truth, [score.alert for score in trained.scores])
    counts = trained.confusion
    assert matrix.tolist() == [[counts.correct_rejections, counts.false_alarms], [counts.misses, counts.hits]]
    assert trained.auc == pytest.approx(roc_auc_score(truth, values))
    false_alarm_rate, hit_rate, thresholds = roc_curve(truth, values, drop_intermediate=False)
    assert [p.false_alarm_rate for p in trained.roc] == pytest.approx(false_alarm_rate.tolist())
    assert [p.hit_rate for p in trained.roc] == pytest.approx(hit_rate.tolist())
    assert [p.threshold for p in trained.roc][1:] == pytest.approx(thresholds.tolist()[1:])
    assert (trained.roc[0].hit_rate, trained.roc[-1].hit_rate) == (0, 1)
    assert all(a.hit_rate <= b.hit_rate and a.false_alarm_rate <= b.false_alarm_rate for a, b in pairwise(trained.roc))


def test_same_seed_same_detector(trained: Trained, deck: tuple[list[Pixels], list[bool], list[str]]) -> None:
    images, labels, groups = deck
    table = np.stack([features(pixels) for pixels in images])
    assert train_on_features(table, labels, groups, seed=3) == trained
    assert train_on_features(table, labels, groups, seed=4).fold_of != trained.fold_of


def test_identical_images_give_nothing_away(photos: list[tuple[Pixels, str]]) -> None:
    """If the "generated" twin is the photograph itself, no score can tell them apart."""
    table = np.stack([features(pixels) for pixels, _ in photos] * 2)
    same = train_on_features(table, [False] * 16 + [True] * 16, [name for _, name in photos] * 2, seed=0)
    assert same.auc == pytest.approx(0.5)
    assert same.hits.rate == same.false_alarms.rate


def test_shuffled_labels_are_near_chance() -> None:
    """Features that know nothing of the labels: right about half the time on what was set aside, over many draws."""
    aucs, by_heart = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        table = rng.normal(size=(40, len(FEATURES)))
        labels = rng.permutation([False, True] * 20).tolist()
        found = train_on_features(table, labels, list(range(40)), seed=seed)
        aucs.append(found.auc)
        by_heart.append(found.learnt_by_heart.right / 40)
    assert np.mean(aucs) == pytest.approx(0.5, abs=0.08)
    # … whereas the careless test flatters.
    assert np.mean(by_heart) > 0.62


def test_a_leak_between_twins_would_show() -> None:
    """Each source has a fingerprint and one label: only a detector that saw the source could know it."""
    rng = np.random.default_rng(0)
    fingerprints = rng.normal(size=(16, len(FEATURES)))
    table = np.repeat(fingerprints, 4, axis=0) + rng.normal(scale=1e-3, size=(64, len(FEATURES)))
    labels = np.repeat(rng.permutation([False, True] * 8), 4).tolist()
    apart = train_on_features(table, labels, np.repeat(np.arange(16), 4).tolist(), seed=0)
    mixed = train_on_features(table, labels, list(range(64)), seed=0)
    assert mixed.auc > apart.auc + 0.15


def test_it_is_misled_by_what_it_has_not_seen(
    trained: Trained, deck: tuple[list[Pixels], list[bool], list[str]]
) -> None:
    found = {kind: challenge(trained, *deck, kind, seed=1) for kind in DISTURBANCES}
    for kind, one in found.items():
        assert one.kind is kind
        assert one.before == trained.confusion
        assert one.after.total == 32
        assert one.after.right < trained.confusion.right
    # Photographs saved again or blurred lose what the detector took for a camera.
    assert found[Kind.RESAVED].after.false_alarms > trained.confusion.false_alarms
    assert found[Kind.BLUR].after.false_alarms > trained.confusion.false_alarms


def test_a_challenge_uses_the_model_that_has_not_seen_the_source(
    trained: Trained, photos: list[tuple[Pixels, str]]
) -> None:
    pixels, name = photos[0]
    known = challenge(trained, [pixels], [False], [name], Kind.ALTERED)
    fresh = challenge(trained, [pixels], [False], ["elsewhere"], Kind.OTHER)
    assert (known.before, fresh.before) == (None, None)
    assert known.scores[0].fold == trained.fold_of[name]
    assert known.scores[0].score == trained.folds[trained.fold_of[name]].score(features(pixels))
    assert known.scores[0].score == trained.scores[0].score
    assert fresh.scores[0].fold == -1
    assert fresh.scores[0].score == trained.final.score(features(pixels))
    assert compare(Kind.PLAYED, known.scores, before=trained.scores[:1]).before == known.after


@pytest.mark.parametrize("kind", DISTURBANCES)
def test_disturbances(kind: Kind, photos: list[tuple[Pixels, str]]) -> None:
    pixels = photos[0][0]
    kept = pixels.copy()
    found = disturb(pixels, kind, 5)
    assert found.shape == pixels.shape
    assert found.dtype == np.uint8
    assert not np.array_equal(found, pixels)
    np.testing.assert_array_equal(pixels, kept)
    np.testing.assert_array_equal(found, disturb(pixels, kind, 5))


def test_only_disturbances_disturb(photos: list[tuple[Pixels, str]]) -> None:
    with pytest.raises(ValueError, match="not a disturbance"):
        disturb(photos[0][0], Kind.OTHER, 0)


def test_too_small_a_deck_is_refused() -> None:
    table = np.random.default_rng(0).normal(size=(7, len(FEATURES)))
    with pytest.raises(BadInput, match="found 4 real photographs and 3 generated"):
        train_on_features(table, [False] * 4 + [True] * 3, list("abcdabc"), seed=0)
    with pytest.raises(BadInput, match="found 0 real"):
        train([], [], [], seed=0)
    with pytest.raises(ValueError, match="labels"):
        train_on_features(table, [True], list("abcdabc"), seed=0)


def test_lists_of_four_sources_suffice() -> None:
    rng = np.random.default_rng(0)
    found = train_on_features(rng.normal(size=(8, 8)), [False] * 4 + [True] * 4, list("abcdabcd"), seed=0)
    assert len(found.folds) == 4


def test_sources_with_one_kind_each_suffice() -> None:
    """Photographs of one folder and generated images of another, with no twins, and many more of the latter."""
    rng = np.random.default_rng(0)
    for seed in range(10):
        found = train_on_features(rng.normal(size=(44, 8)), [False] * 4 + [True] * 40, list(range(44)), seed=seed)
        assert sorted(score.fold for score in found.scores if not score.machine) == [0, 1, 2, 3]


def test_progress_only_rises(deck: tuple[list[Pixels], list[bool], list[str]]) -> None:
    images, labels, groups = deck
    seen: list[tuple[float, str]] = []
    kept = slice(0, 32, 2)
    train(
        images[kept],
        labels[kept],
        groups[kept],
        seed=0,
        on_progress=lambda fraction, message: seen.append((fraction, message)),
    )
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert len(seen) == 16 + 5
    assert fractions[-1] == pytest.approx(1)


def test_scores_do_not_overflow() -> None:
    model = Linear(mean=(0.0,), scale=(1.0,), weights=(1.0,), intercept=0.0)
    assert model.score(np.array([2000.0])) == 1
    assert model.score(np.array([-2000.0])) == 0
    assert model.score(np.array([0.0])) == 0.5


def test_what_comes_back_is_plain(trained: Trained) -> None:
    from kit.compute.plain import decode, encode

    assert decode(encode(trained)) == trained
    assert isinstance(trained.confusion, Counts)


@pytest.fixture
def deck_folder(tmp_path: Path) -> Path:
    """Five photographs, one of them cropped twice, each with an imitation; two altered; one more, unapproved."""
    crops: list[tuple[str, str, tuple[int, int, int, int] | None]]
    crops = [("skimage", f"data/{name}", None) for name in ("chelsea.png", "coffee.png", "rocket.jpg", "moon.png")]
    crops += [("sklearn", "datasets/images/flower.jpg", (0, 0, 320, 213))]
    crops += [("sklearn", "datasets/images/flower.jpg", (320, 213, 640, 426))]
    crops += [("sklearn", "datasets/images/china.jpg", None)]
    items = []
    for number, (package, file, box) in enumerate(crops):
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        with Image.open(Path(spec.origin).parent / file) as image:
            fitted = ImageOps.fit(image.convert("RGB").crop(box) if box else image.convert("RGB"), (480, 320))
        Image.fromarray(imitate(np.array(fitted))).save(tmp_path / f"{number}.png")
        versions: list[dict[str, object]] = [
            {"truth": "real", "alt": "Une photo.", "explanation": "…"},
            {"truth": "generated", "file": f"{number}.png", "alt": "Une photo.", "explanation": "…"},
        ]
        if number in (1, 2):
            fitted.paste((90, 90, 90), (40, 40, 120, 120))
            fitted.save(tmp_path / f"{number}-altered.png")
            altered: dict[str, object]
            altered = {"truth": "altered", "file": f"{number}-altered.png", "alt": "Une photo.", "explanation": "…"}
            versions.append(altered)
        source: dict[str, object] = {"package": package, "file": file}
        source |= {"crop": list(box)} if box else {}
        item = {"id": f"item-{number}", "source": source, "credit": "…", "licence": "CC0", "title": "…"}
        items.append({**item, "approved": number != 6, "versions": versions})
    deck = {"format": 1, "id": "small", "title": "Petit", "items": items}
    (tmp_path / "deck.yaml").write_text(yaml.safe_dump(deck, allow_unicode=True), encoding="utf-8")
    return tmp_path


def test_a_deck_from_end_to_end(deck_folder: Path) -> None:
    from kit.compute.plain import decode, encode
    from kit.compute.progress import listening

    seen: list[tuple[float, str]] = []
    with listening(lambda fraction, message, _: seen.append((fraction, message))):
        found = train_on_deck(str(deck_folder), 7)
    # Six approved items, a real and a generated version of each; both crops of one file are one source.
    assert [image.item for image in found.images] == [f"item-{n}" for n in range(6) for _ in range(2)]
    assert [image.truth.machine for image in found.images] == [False, True] * 6
    assert len(found.trained.scores) == 12
    assert len(found.trained.fold_of) == 5
    assert found.seed == 7
    kinds = {one.kind: one for one in found.challenges}
    assert list(kinds) == [Kind.RESAVED, Kind.GRAIN, Kind.BLUR, Kind.PLAYED, Kind.GREY, Kind.ALTERED, Kind.OTHER]
    for kind in (Kind.RESAVED, Kind.GRAIN, Kind.BLUR, Kind.PLAYED):
        assert kinds[kind].before == found.trained.confusion
        assert (kinds[kind].hits.n, kinds[kind].false_alarms.n) == (6, 6)
    # Only the moon is grey.
    assert [score.index for score in kinds[Kind.GREY].scores] == [6, 7]
    # Its fold held nothing else, so that learning without grey and learning without it are one and the same.
    assert [score.score for score in kinds[Kind.GREY].scores] == [found.trained.scores[i].score for i in (6, 7)]
    assert kinds[Kind.GREY].before == kinds[Kind.GREY].after
    assert (kinds[Kind.ALTERED].hits.n, kinds[Kind.ALTERED].false_alarms.n) == (2, 0)
    assert all(score.fold >= 0 for score in kinds[Kind.ALTERED].scores)
    # The moon is in this deck, so it is no picture of another kind here.
    assert kinds[Kind.OTHER].false_alarms.n == 9
    assert all(score.fold == -1 for score in kinds[Kind.OTHER].scores)
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert decode(encode(found)) == found


def test_importing_it_is_light() -> None:
    code = (
        "import sys, activities.spot_the_fake.detector; "
        "print(sorted(sys.modules.keys() & {'sklearn', 'scipy', 'skimage', 'streamlit', 'torch'}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
