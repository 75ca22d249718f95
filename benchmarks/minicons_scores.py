"""What minicons says of sentences, token by token: the process that ``bias_pairs.py`` asks.

    python benchmarks/minicons_scores.py masked|causal MODEL_FOLDER < asked.json > scores.json

It imports nothing of the kit, so that it runs where minicons does: the masked scorer of minicons 0.3.39 needs
transformers 4, and the kit transformers 5.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

AT_ONCE = 16
"""Sentences a call."""


def peak_mb() -> float:
    """The most memory that this program has held (Linux). ``getrusage`` would count that of whoever started it too."""
    said = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(said[1]) / 1024 if said else float("nan")


def main() -> None:
    """Read a tokenizer and sentences; write log p of each token of each, the seconds it took and the peak memory."""
    from minicons import scorer
    from tokenizers import Tokenizer
    from transformers import AutoModelForCausalLM, AutoModelForMaskedLM, PreTrainedTokenizerFast

    kind, folder = sys.argv[1:]
    asked = json.load(sys.stdin)
    sentences: list[str] = asked["sentences"]
    # As the kit has it in memory: the two versions of transformers may read one folder differently.
    said = Tokenizer.from_str(asked["tokenizer"])
    prefix = bool(json.loads(asked["tokenizer"])["pre_tokenizer"].get("add_prefix_space"))
    words = PreTrainedTokenizerFast(tokenizer_object=said, add_prefix_space=prefix, **asked["special"])
    if kind == "causal":
        network = AutoModelForCausalLM.from_pretrained(folder).eval()
        theirs, options = scorer.IncrementalLMScorer(network, "cpu", tokenizer=words), {"bos_token": True}
    else:
        network = AutoModelForMaskedLM.from_pretrained(folder).eval()
        theirs, options = scorer.MaskedLMScorer(network, "cpu", tokenizer=words), {"PLL_metric": "original"}
    started = time.perf_counter()
    scores: list[list[float]] = []
    for at in range(0, len(sentences), AT_ONCE):
        scores += theirs.sequence_score(
            sentences[at : at + AT_ONCE], reduction=lambda logp: logp.flatten().tolist(), **options
        )
    seconds = time.perf_counter() - started
    print(json.dumps({"scores": scores, "seconds": seconds, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
