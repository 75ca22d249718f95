"""Paired sentences: the kit beside one sentence at a time through transformers, and beside minicons where it is there.

    python benchmarks/bias_pairs.py [--pairs 100] [--base] [--minicons PYTHON]

PYTHON is an interpreter that has torch, minicons and « transformers<5 » (minicons' masked scorer needs version 4), in
an environment of its own.

All score the same pairs with the same models, with random weights (speed does not depend on them): a tiny one of each
kind, and with --base one of the size of CamemBERT base and one of the size of GPT-2. Seconds are those of the clock,
each way in turn in one run; the largest gap between its scores and the kit's stands beside them. Peak memory is that
of a process that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from minicons_scores import peak_mb

from kit.language.loading import load
from kit.language.scoring import Masked, shared
from tests.language_models import SENTENCES, tiny

Scores = list[tuple[float, float]]
WHO = (("Elle", "Il"), ("Ma voisine", "Mon voisin"), ("La juge", "Le juge"))


def pairs(count: int) -> list[tuple[str, str]]:
    """Sentences of 6 to 12 words that differ at their beginning."""
    rng = random.Random(0)
    found = []
    for _ in range(count):
        one, other = rng.choice(WHO)
        rest = " ".join(rng.choices(" ".join(SENTENCES).split(), k=rng.randint(5, 10)))
        found.append((f"{one} {rest}", f"{other} {rest}"))
    return found


def base(kind: str, folder: Path) -> Path:
    """A model of the usual size, with the tokenizer of the tiny one."""
    import torch
    import transformers

    tiny("camembert" if kind == "masked" else "gpt2", folder)
    torch.manual_seed(0)
    if kind == "masked":
        config = transformers.CamembertConfig.from_pretrained(folder)
        config.hidden_size, config.num_hidden_layers, config.num_attention_heads = 768, 12, 12
        config.intermediate_size, config.vocab_size, config.max_position_embeddings = 3072, 32_005, 514
        transformers.CamembertForMaskedLM(config).save_pretrained(folder)
    else:
        config = transformers.GPT2Config.from_pretrained(folder)
        config.n_embd, config.n_layer, config.n_head, config.n_positions, config.vocab_size = 768, 12, 12, 1024, 50_257
        transformers.GPT2LMHeadModel(config).save_pretrained(folder)
    return folder


def kit(folder: Path, given: list[tuple[str, str]]) -> tuple[Scores, float]:
    """Ours."""
    model = load(str(folder))
    started = time.perf_counter()
    if isinstance(model, Masked):
        scores = model.pairs(given)
    else:
        flat = model.logprobs([sentence for pair in given for sentence in pair])
        scores = list(zip(flat[::2], flat[1::2], strict=True))
    return scores, time.perf_counter() - started


def loop(folder: Path, given: list[tuple[str, str]]) -> tuple[Scores, float]:
    """One masked sentence, or one sentence, a call."""
    import torch

    model = load(str(folder))
    started = time.perf_counter()
    scores: Scores = []
    for pair in given:
        both = [model.ids(sentence) for sentence in pair]
        places = shared(*both) if isinstance(model, Masked) else (None, None)
        totals = []
        for ids, some in zip(both, places, strict=True):
            with torch.inference_mode():
                if some is None:
                    logp = model.network(torch.tensor([ids])).logits[0, :-1].log_softmax(-1)
                    totals.append(float(logp[torch.arange(len(ids) - 1), ids[1:]].sum()))
                    continue
                total = 0.0
                for place in some:
                    hidden = torch.tensor([ids])
                    hidden[0, place] = model.words.mask_token_id
                    total += float(model.network(hidden).logits[0, place].log_softmax(-1)[ids[place]])
                totals.append(total)
        scores.append((totals[0], totals[1]))
    return scores, time.perf_counter() - started


def ours(way: str, folder: Path, given: list[tuple[str, str]]) -> dict[str, Any]:
    """One of :data:`WAYS` in a process that does nothing else: scores, seconds, peak of memory in MB."""
    command = [sys.executable, __file__, "--pairs", str(len(given)), "--way", way, "--folder", str(folder)]
    return _said(subprocess.run(command, capture_output=True, text=True, check=False))


def minicons(python: str, folder: Path, given: list[tuple[str, str]]) -> dict[str, Any]:
    """The library of that name: the same, its scores summed over the tokens that count in ours.

    Masked, it scores all tokens of a sentence, those too that the other of the pair does not share.
    """
    model = load(str(folder))
    kind = "masked" if isinstance(model, Masked) else "causal"
    asked = {
        "tokenizer": model.words.backend_tokenizer.to_str(),
        "special": model.words.special_tokens_map,
        "sentences": [sentence for pair in given for sentence in pair],
    }
    script = Path(__file__).with_name("minicons_scores.py")
    found = _said(
        subprocess.run(
            [python, str(script), kind, str(folder)],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
        )
    )
    scores: Scores = []
    for at, pair in enumerate(given):
        one, other = found["scores"][2 * at : 2 * at + 2]
        if isinstance(model, Masked):
            # Its scores begin after the token of beginning.
            places = shared(*(model.ids(sentence) for sentence in pair))
            one, other = ([logp[place - 1] for place in some] for logp, some in zip((one, other), places, strict=True))
        scores.append((sum(one), sum(other)))
    return found | {"scores": scores}


def _said(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    if done.returncode:
        raise RuntimeError((done.stderr.strip() or "nothing said").splitlines()[-1][:160])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


WAYS: dict[str, Callable[[Path, list[tuple[str, str]]], tuple[Scores, float]]] = {"kit": kit, "one at a time": loop}


def main() -> None:
    """Run every way on every model, each in a process of its own, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--base", action="store_true", help="models of the usual size too: minutes")
    parser.add_argument("--minicons", metavar="PYTHON", help="measure minicons too, with this interpreter")
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    given = pairs(asked.pairs)
    if asked.way:
        scores, seconds = WAYS[asked.way](Path(asked.folder), given)
        print(json.dumps({"scores": scores, "seconds": seconds, "peak_mb": peak_mb()}))
        return
    with tempfile.TemporaryDirectory() as folder:
        models = {name: tiny(name, Path(folder) / name) for name in ("camembert", "gpt2")}
        if asked.base:
            models |= {f"base, {kind}": base(kind, Path(folder) / kind) for kind in ("masked", "causal")}
        for name, model in models.items():
            first: dict[str, Any] = {}
            ways = {way: partial(ours, way) for way in WAYS}
            if asked.minicons:
                ways["minicons"] = partial(minicons, asked.minicons)
            for way, measured in ways.items():
                found = measured(model, given)
                first = first or found
                flat = [[score for pair in each["scores"] for score in pair] for each in (first, found)]
                gap = max(abs(one - other) for one, other in zip(*flat, strict=True))
                print(
                    f"{name:<14} {way:<14} {found['seconds']:8.2f} s"
                    f"  {found['seconds'] / first['seconds']:5.1f} × the kit's"
                    f"  peak {found['peak_mb']:6.0f} MB  largest gap {gap:.1e}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
