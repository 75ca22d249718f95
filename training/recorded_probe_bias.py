"""Record what the labs of « Sonder les biais » compute, for pupils who may not run a model themselves.

    python training/recorded_probe_bias.py
    python -m kit.assets

About a minute on two cores. The file holds what a compute worker would send to the page, no more and no less.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from activities.probe_bias import labs, words
from activities.probe_bias.activity import PROBE_BIAS
from activities.probe_bias.run import CONTINUATIONS, BiasRun
from kit.compute.plain import encode
from kit.journal.making import Repair
from kit.language import micro
from kit.language.loading import JOURNAL
from kit.recorded import file, name


def main() -> None:
    """Compute everything that a run asks for before anything is changed, and write it."""
    micro.SECONDS = 600.0  # every step, however busy the machine is
    run, before = BiasRun(seed=0), words.load("fr").coded[0].text
    sliders, models = dict(run.sliders), list(run.models)
    found: dict[str, Any] = {
        name("pairs", {"theme": run.theme, "lang": "fr"}): labs.pairs(JOURNAL, run.theme, "fr"),
        name("corpus", {"table": run.table}): labs.learnt(JOURNAL, run.table),
        name("blank", {"text": labs.BLANK, "models": models}): labs.blank(models, labs.BLANK),
        name("audit", {"text": labs.BATCH}): labs.audit(JOURNAL, labs.BATCH),
        name("coding", {"before": before, "seed": run.seed_of}): labs.continuations(
            JOURNAL, before, run.seed_of, CONTINUATIONS, without=()
        ),
        name("vectors", {"test": run.test, "lists": {}}): labs.associated(JOURNAL, run.test, {}),
    }
    for lab, repair in (("making", Repair.NONE), ("repair", run.repair)):
        found[name(lab, {"sliders": sliders, "repair": repair.value})] = labs.make(sliders, repair, without=())
    made = file(PROBE_BIAS.slug)
    made.write_bytes(encode(found))
    print(f"{made.name}: {len(found)} results, {made.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
