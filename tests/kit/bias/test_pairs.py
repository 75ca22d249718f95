"""Paired sentences: the file, the count, the interval, the command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kit.bias.pairs import SMALL, compare
from kit.bias.pairs_file import Pair, parse, read
from kit.cli import invoke
from kit.errors import BadInput, NotFound
from kit.language.loading import load
from kit.language.scoring import Causal, Masked
from tests.language_models import tiny

HEAD = "sent_more,sent_less,stereo_antistereo,bias_type\n"
ROWS = (
    "Elle est juge.,Il est juge.,antistereo,gender\n"
    '"Elle aime la musique, dit-on.","Il aime la musique, dit-on.",stereo,gender\n'
    "Les personnes âgées utilisent une tablette.,Les personnes jeunes utilisent une tablette.,stereo,age\n"
)


@pytest.fixture(scope="module")
def masked(tmp_path_factory: pytest.TempPathFactory) -> Masked:
    model = load(str(tiny("bert", tmp_path_factory.mktemp("bert"))))
    assert isinstance(model, Masked)
    return model


@pytest.fixture(scope="module")
def causal(tmp_path_factory: pytest.TempPathFactory) -> Causal:
    model = load(str(tiny("gpt2", tmp_path_factory.mktemp("gpt2"))))
    assert isinstance(model, Causal)
    return model


# -- the file ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_same_pairs_however_they_are_saved(encoding: str, delimiter: str, newline: str) -> None:
    rows = [
        ["bias_type", "sent_less", "sent_more", "n", "stereo_antistereo"],
        ["âge", "« Élève »", "Aîné ; oui, non\tpeut-être", "1", "stereo"],
    ]
    text = newline.join(delimiter.join(f'"{cell}"' for cell in row) for row in rows) + newline
    (pair,) = parse(text.encode(encoding), "p.csv")
    assert (pair.more, pair.less, pair.direction, pair.kind, pair.line) == (
        "Aîné ; oui, non\tpeut-être",
        "« Élève »",
        "stereo",
        "âge",
        2,
    )


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "lacks the columns sent_more, sent_less"),
        (b"a,b\n1,2\n", "It has: a, b"),
        (HEAD.encode(), "holds no pair"),
        (HEAD.encode() + b"Oui,,stereo,age\n", "line 2: a sentence is empty"),
        (HEAD.encode() + b"Oui\n", "line 2: a sentence is empty"),
        (HEAD.encode() + b"Oui,Non,both,age\n", "line 2: stereo_antistereo is"),
        (
            HEAD.encode() + b"Oui,Non,stereo,age\n" + b"a" * 6_000 + b",Non,stereo,age\n",
            "line 3: a sentence has more than",
        ),
        (HEAD.encode() + b'"Oui,Non,stereo,age\n', "is no CSV"),
        (b"PK\x03\x04\0\0", "is not text"),
    ],
)
def test_a_file_with_a_fault(raw: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        parse(raw, "p.csv")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read(tmp_path / "p.csv")
    with pytest.raises(BadInput, match="cannot be read"):
        read(tmp_path)


# -- the count ---------------------------------------------------------------------------------------------------------


def test_a_masked_model_by_hand(masked: Masked) -> None:
    pairs = parse((HEAD + ROWS).encode(), "p.csv")
    result = compare(pairs, masked)
    scores = [
        tuple(round(score, 3) for score in pair) for pair in masked.pairs([(each.more, each.less) for each in pairs])
    ]
    for each, expected in zip(result.scored, scores, strict=True):
        assert (each.more, each.less) == pytest.approx(expected, abs=2e-3)
    prefers = [more > less for more, less in scores]
    assert result.overall is not None
    assert result.overall.stereotype == pytest.approx(100 * sum(prefers) / 3)
    assert result.by_kind["gender"].stereotype == pytest.approx(100 * sum(prefers[:2]) / 2)
    assert result.by_kind["gender"].pairs == 2
    assert result.overall.small
    assert result.method == "pseudo-log-likelihood"


def test_a_causal_model_by_hand(causal: Causal) -> None:
    pairs = parse((HEAD + ROWS).encode(), "p.csv")
    result = compare(pairs, causal)
    gaps = [abs(a - b) for a, b in (causal.logprobs([each.more, each.less]) for each in pairs)]
    assert result.overall is not None
    assert result.overall.likelihood_diff == pytest.approx(np.mean(gaps), abs=1e-3)
    assert result.method == "log-likelihood"


def test_a_tie_counts_for_neither(masked: Masked) -> None:
    same = Pair(line=2, more="Elle est juge.", less="Elle est juge.", direction="stereo", kind="x")
    result = compare([same] * 4, masked)
    assert result.overall is not None
    assert (result.overall.stereotype, result.overall.ties) == (0, 4)


def test_the_interval_is_that_of_a_bootstrap(masked: Masked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against pairs really drawn again with replacement."""
    n, yes = 60, 42
    scores = iter([(1.0, 0.0)] * yes + [(0.0, 1.0)] * (n - yes))
    monkeypatch.setattr("kit.bias.pairs._scores", lambda group, model: [next(scores) for _ in group])
    pairs = [Pair(line=at, more="Elle", less="Il", direction="stereo", kind="x") for at in range(n)]
    summary = compare(pairs, masked, resamples=20_000).overall
    assert summary is not None
    assert summary.stereotype == pytest.approx(70)
    assert not summary.small
    assert n >= SMALL
    rng = np.random.default_rng(1)
    drawn = rng.choice([1.0] * yes + [0.0] * (n - yes), size=(20_000, n)).mean(axis=1)
    assert (summary.low, summary.high) == pytest.approx(100 * np.percentile(drawn, [2.5, 97.5]), abs=1.7)


def test_a_sentence_too_long_is_left_out_and_said(masked: Masked) -> None:
    pairs = [
        *parse((HEAD + ROWS).encode(), "p.csv"),
        Pair(line=9, more="Elle est juge. " * 50, less="Il", direction="stereo", kind="age"),
    ]
    result = compare(pairs, masked)
    assert (len(result.scored), [each.pair.line for each in result.unscored]) == (3, [9])
    assert "which reads 64" in result.unscored[0].why.text()
    nothing = compare(pairs[-1:], masked)
    assert (nothing.overall, nothing.by_kind) == (None, {})


# -- the command -------------------------------------------------------------------------------------------------------


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, folder = tmp_path / "p.csv", tiny("camembert", tmp_path / "model")
    file.write_text(HEAD + ROWS, encoding="latin-1")
    assert invoke(["bias", "pairs", str(file), "--model", str(folder), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["overall"]["pairs"] == 3
    assert [pair["line"] for pair in report["pairs"]] == [2, 3, 4]
    assert report["by_type"]["age"]["pairs"] == 1
    assert "juge" not in json.dumps(report), "a sentence of the file is never printed"
    assert invoke(["bias", "pairs", str(file), "--model", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "95 %" in said.replace("\u202f", " ").replace("\xa0", " ")
    assert "juge" not in said
    assert invoke(["bias", "pairs", str(tmp_path / "none.csv")]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tiny("llama", tmp_path / "model")
    assert invoke(["next", "Elle est", "--model", str(folder), "--top", "3", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert len(report["next"]) == 3
    assert report["next"][0]["probability"] >= report["next"][1]["probability"] > 0
    assert invoke(["next", "Elle est", "--model", str(folder), "--top", "3"]) == 0
    assert len(capsys.readouterr().out.strip().splitlines()) == 3
    for bad in (
        ["next", "Elle", "--model", str(tiny("bert", tmp_path / "bert"))],
        ["next", "x" * 30_000],
        ["next", "Elle", "--model", "no such"],
    ):
        assert invoke(bad) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1
