"""Over many sittings of the shipped deck, nothing but the picture itself tells the classes apart."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from activities.spot_the_fake.sitting import compose
from kit.decks import grain, render, store
from kit.decks.model import Truth

SITTINGS = 8


def file_facts(data: bytes) -> list[float]:
    """What a file tells without being looked at: length, header, chunks, metadata."""
    width, height, depth, kind, *rest = struct.unpack(">IIBBBBB", data[16:29])
    names, lengths, at = [], [], 8
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at : at + 8])
        names.append(name)
        lengths.append(length)
        at += 12 + length
    image = Image.open(io.BytesIO(data))
    first = data[data.index(b"IDAT") + 4 :][:7]
    return [
        float(fact)
        for fact in (
            *(len(data), width, height, depth, kind, *rest),
            *(len(names), zlib.crc32(b"".join(names)), max(lengths), min(lengths), lengths[-2]),
            *(len(image.info), len(image.mode), image.getextrema()[0] is None),
            *first[:2],
        )
    ]


def plane(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float32).mean(axis=2)


def smooth_residual(pixels: np.ndarray) -> float:
    """Spread of the Laplacian in the flattest tenth of the 16 × 16 blocks: another measure than the one equalised."""
    grey = plane(pixels)
    detail = 4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    rows, columns = detail.shape[0] // 16, detail.shape[1] // 16
    blocks = detail[: rows * 16, : columns * 16].reshape(rows, 16, columns, 16).swapaxes(1, 2).reshape(-1, 256)
    return float(np.quantile(blocks.std(axis=1), 0.1))


def recompressed(pixels: np.ndarray) -> float:
    """Bytes of the pixels as a PNG."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return float(out.tell())


def sharpness(pixels: np.ndarray) -> float:
    """Energy beyond a fifth of a cycle per pixel."""
    grey = plane(pixels)
    power = np.abs(np.fft.rfft2((grey - grey.mean()) * np.hanning(320)[:, None] * np.hanning(480))) ** 2
    frequency = np.hypot(np.fft.fftfreq(320)[:, None], np.fft.rfftfreq(480))
    return float(power[frequency > 0.2].mean())


MEASURES = {
    "noise": grain.noise_level,
    "residual in flat areas": smooth_residual,
    "sharpness": sharpness,
    "recompressed bytes": recompressed,
}


@pytest.fixture(scope="module")
def played() -> list[tuple[bytes, bool]]:
    """Every picture served in many sittings, both halves, with whether a machine took part."""
    deck = store.default()
    return [
        (render.served(deck, shown.item_id, shown.truth, shown.served_seed), shown.truth.machine)
        for seed in range(SITTINGS)
        for half in (0, 1)
        for form in compose(deck, seed=seed, half=half).forms.values()
        for shown in form
    ]


@pytest.mark.slow
def test_file_facts_leave_a_classifier_at_chance(played: list[tuple[bytes, bool]]) -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.tree import DecisionTreeClassifier

    facts = np.array([file_facts(data) for data, _ in played])
    machine = np.array([made for _, made in played])
    assert 0.4 < machine.mean() < 0.6
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    for classifier in (
        make_pipeline(StandardScaler(), LogisticRegression()),
        DecisionTreeClassifier(random_state=0),
    ):
        scores = cross_val_score(classifier, facts, machine, cv=folds, scoring="balanced_accuracy")
        print(type(classifier).__name__, "balanced accuracy on file facts:", scores.round(3))
        assert scores.mean() == pytest.approx(0.5, abs=0.02)
    # The strongest form of it: there is nothing to learn from, every fact is the same for all.
    assert (facts == facts[0]).all()


def pair(item_id: str, *, as_played: bool) -> list[tuple[np.ndarray, bool]]:
    """Every pixel version of an item of the shipped deck, with whether a machine took part."""
    deck = store.default()
    found = []
    for version in deck.deck.item(item_id).versions:
        if version.truth is Truth.MISCAPTIONED:
            continue
        if as_played:
            data = render.served(deck, item_id, version.truth, zlib.crc32(f"{item_id}{version.truth}".encode()))
            pixels = np.asarray(Image.open(io.BytesIO(data)))
        else:
            pixels = render.picture(deck, item_id, version.truth)
        found.append((pixels, version.truth.machine))
    return found


@pytest.mark.slow
def test_grain_and_sharpness_tell_less_than_before_and_hardly_anything() -> None:
    from sklearn.metrics import roc_auc_score

    deck = store.default()
    tells: dict[str, list[float]] = {}
    for as_played in (False, True):
        pictures = [one for item in deck.deck.items for one in pair(item.id, as_played=as_played)]
        machine = [made for _, made in pictures]
        for name, measure in MEASURES.items():
            area = roc_auc_score(machine, [measure(pixels) for pixels, _ in pictures])
            tells.setdefault(name, []).append(float(max(area, 1 - area)))
    for name, (before, after) in tells.items():
        print(f"{name}: AUC {before:.2f} as made, {after:.2f} as played")
    for name, (before, after) in tells.items():
        assert after < 0.6, name
        assert after <= max(before, 0.56), name
    assert sum(after for _, after in tells.values()) < sum(before for before, _ in tells.values())


@pytest.mark.slow
def test_twins_of_the_shipped_deck_have_one_noise_level() -> None:
    """Per photograph, so that no lucky average over the deck hides a pair that differs."""
    for item in store.default().deck.items:
        levels = [smooth_residual(pixels) for pixels, _ in pair(item.id, as_played=True)]
        assert max(levels) < 1.25 * min(levels), item.id
