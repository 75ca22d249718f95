"""Measure the three models of Petit Journal, and write their card: ``assets/petit_journal/README.md``.

    python training/petit_journal/report.py
    python -m kit.assets

About two minutes on two cores.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kit.journal import corpus
from kit.journal.corpus import Corpus
from kit.journal.grammar import sentences
from kit.journal.grammar_file import grammar
from kit.journal.measure import TAUGHT, Learnt, measure
from kit.journal.model import FOLDER, folder
from kit.journal.proportions import VARIANTS, Variant, declared
from kit.language.loading import EMBEDDED, load
from kit.language.scoring import Causal

CARD = Path(__file__).with_name("card.md")
"""The words of the card; this script fills in the figures."""
HELD_OUT = 1_000
WRITTEN = 512


def quality(variant: Variant, model: Causal, read: Corpus) -> str:
    """One line of the table of models."""
    written = grammar(declared().variant(variant))
    texts = [entry.text for entry in corpus.held_out(written, read, HELD_OUT).entries]
    tokens = sum(len(model.words(text)["input_ids"]) for text in texts)
    own, ours = -sum(map(written.logprob, texts)), -sum(model.logprobs(texts, ended=True))
    items = model.write(WRITTEN, seed=1)
    said = [sentence for item in items for sentence in sentences(item)]
    known = sum(map(written.knows, said)) / len(said)
    whole = sum(written.logprob(item) > -math.inf for item in items) / len(items)
    seen = {entry.text for entry in read.entries}
    log = json.loads((folder(variant) / "log.json").read_text())
    copies = sum(item in seen for item in items) / len(items)
    perplexities = [f"{math.exp(nats / tokens):.3f}" for nats in (own, ours, ours - own)]
    shares = [f"{100 * share:.1f} %" for share in (known, whole, copies)]
    minutes = f"{sum(each['seconds'] for each in log) / 60:.0f} min"
    return f"| {' | '.join([variant, *perplexities, *shares, str(len(log)), minutes])} |"


def row(learnt: Learnt) -> str:
    """One line of the table of shares."""
    gap = 100 * (learnt.model - learnt.counted)
    return (
        f"| {learnt.table} | {learnt.given} | {learnt.value} | {100 * learnt.counted:.1f} % | {learnt.total} "
        f"| {100 * learnt.model:.1f} % | {gap:+.1f} |"
    )


def main() -> None:
    """Measure, then write."""
    lines, shares = [], []
    names = {variant: name for name, variant in EMBEDDED.items()}
    for variant in VARIANTS:
        written = grammar(declared().variant(variant))
        read = corpus.load() if variant == "declared" else corpus.write(written)
        model = load(names[variant])
        assert isinstance(model, Causal)
        lines.append(quality(variant, model, read))
        print(lines[-1], flush=True)
        learnt = [each for taught in TAUGHT for each in measure(written, read, model.share, taught)]
        print(
            variant, "largest gap, in points:", max(100 * abs(each.model - each.counted) for each in learnt), flush=True
        )
        if variant == "declared":
            shares = [row(each) for each in learnt]
    words = CARD.read_text(encoding="utf-8")
    numbers = {"MODELS": "\n".join(lines), "SHARES": "\n".join(shares)}
    for name, text in numbers.items():
        words = words.replace(f"<!-- {name} -->", text)
    (FOLDER / "README.md").write_text(words, encoding="utf-8")


if __name__ == "__main__":
    main()
