"""Record what the labs of « Le mot d'après » compute, for pupils who may not run a model themselves.

    python training/recorded_next_word.py
    python -m kit.assets

About a minute on two cores. The file holds what a compute worker would send to the page, no more and no less.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from activities.next_word import labs, words
from activities.next_word.activity import NEXT_WORD
from activities.next_word.run import WordRun
from kit.compute.plain import encode
from kit.language import micro
from kit.language.loading import JOURNAL
from kit.recorded import file, name


def main() -> None:
    """Compute everything that a run asks for before anything is changed, and write it."""
    micro.SECONDS = 600.0  # every step, however busy the machine is
    said, run = words.load("fr"), WordRun(seed=0)
    dice = run.dice.model_dump()
    first, text, surprising = said.openings[0].text, said.cut.text, said.surprising.text
    found: dict[str, Any] = {
        name("tokens", {"text": text}): labs.cut(JOURNAL, text),
        name("temperature", {"before": first, "seed": run.dice_seed, **dice}): labs.settings(
            JOURNAL, first, run.dice_seed, **dice, without=()
        ),
        name("surprise", {"text": surprising}): labs.surprise(JOURNAL, surprising),
    }
    for opening in said.openings:
        made = labs.following(JOURNAL, opening.text, bets=(), without=())
        found[name("bets", {"before": opening.text, "bet": ""})] = made
    for claim in said.claims:
        answers = labs.answers(JOURNAL, claim.text, run.claim_seed, without=())
        found[name("facts", {"before": claim.text, "seed": run.claim_seed})] = answers
    for lab, share in (("train", 1.0), ("less", 0.1)):
        found[name(lab, {"own": "", "share": share})] = labs.teach("", seed=labs.TAUGHT_SEED, share=share)
    made = file(NEXT_WORD.slug)
    made.write_bytes(encode(found))
    print(f"{made.name}: {len(found)} results, {made.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
