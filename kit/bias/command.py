"""``contrechamp bias``: the measures of the literature, from the command line."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from kit.doctor import system_language, translator
from kit.errors import BadInput
from kit.i18n import N_
from kit.language.command import ModelName
from kit.language.loading import JOURNAL
from kit.terminal import AsJson, bar, gettext, number, print_json

_ = translator(system_language())

IDS = ", ".join(f"weat{number}-{lang}" for lang in ("en", "fr") for number in (1, 2, 6, 7, 8))
"""Of the lists that the kit has, by number in the paper (:func:`kit.bias.weat_spec.published`)."""
METHODS = {"exact": N_("exact over {n} partitions"), "sampled": N_("estimated from {n} partitions drawn at random")}

bias_app = typer.Typer(help=_("Measure the bias of a language model as the literature does."), rich_markup_mode=None)


@bias_app.command("pairs", help=_("Compare the sentences of each pair of a CSV in the format of CrowS-Pairs."))
def bias_pairs(
    file: Annotated[Path, typer.Argument(help=_("The CSV: sent_more, sent_less, stereo_antistereo, bias_type."))],
    model: ModelName = JOURNAL,
    as_json: AsJson = False,
) -> None:
    """Print how often the stereotyping sentence is the likelier; never a sentence of the file."""
    from kit.bias import pairs
    from kit.bias.pairs_file import read
    from kit.compute.progress import listening
    from kit.language.loading import load

    given = read(file)
    loaded = load(model)
    draw = bar()
    with listening(draw):
        result = pairs.compare(given, loaded)
    draw(1.0)
    if as_json:
        print_json(_as_json(result))
        return
    for name, summary in (("", result.overall), *result.by_kind.items()):
        if summary is not None:
            for line in _said(name or gettext("All pairs"), summary):
                print(line)
    for each in result.unscored:
        print(gettext("Line {line}: {why}").format(line=each.pair.line, why=each.why.text(gettext)))
    print(
        gettext(
            "50% means that neither sentence is preferred more often than the other; it does not mean fair. Compare "
            "with what? With the corpus, with society, with what we would want?"
        )
    )


@bias_app.command("weat", help=_("Test how word vectors associate two sets of words with two others (WEAT)."))
def bias_weat(
    spec: Annotated[
        str, typer.Argument(help=_("A JSON file of word lists, or a list of the kit: {ids}.").format(ids=IDS))
    ],
    model: Annotated[str, typer.Option("--model", help=_("Take the vectors of this model’s first layer."))] = "",
    vectors: Annotated[
        Path | None,
        typer.Option("--vectors", help=_("Take the vectors of this text file (GloVe, word2vec, fastText).")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the effect size, its p, and the words that were left out."""
    from kit.bias import vectors as vectors_file
    from kit.bias import weat_spec
    from kit.bias.weat import weat
    from kit.language import scoring
    from kit.language.loading import load

    if bool(model) == (vectors is not None):
        raise BadInput("Say where the vectors are: --model or --vectors, one of the two.")
    known = {f"{each.id}-{lang}": each for lang in ("en", "fr") for each in weat_spec.published(lang)}
    given = known[spec] if spec in known else weat_spec.read(Path(spec))
    found = vectors_file.read(vectors, given.words) if vectors else scoring.vectors(load(model), given.words)
    kept = weat_spec.kept(given, found)
    result = weat(kept.x, kept.y, kept.a, kept.b, name=spec)
    if as_json:
        print_json(
            asdict(result)
            | {"missing": kept.missing, "dropped": kept.dropped, "ours": given.ours, "vectors": model or str(vectors)}
        )
        return
    print(
        gettext("Effect size d = {d} (standard deviation with N − {ddof}); p = {p}, one-sided, {method}.").format(
            d=number(result.d, 2),
            ddof=result.ddof,
            p=number(result.p, 5),
            method=gettext(METHODS[result.method]).format(n=result.partitions),
        )
    )
    if given.published is not None:
        print(gettext("Published on other vectors: d = {d}.").format(d=number(given.published.d, 2)))
    if given.ours:
        print(gettext("These French lists are an adaptation of the kit’s own: no figure was published for them."))
    for words in (kept.missing, kept.dropped):
        for name, left in words.items():
            print(gettext("Left out of {set}: {words}").format(set=name.upper(), words=", ".join(left)))


def _said(name: str, summary: Any) -> list[str]:
    """One group of pairs in words."""
    count = round(summary.stereotype * summary.pairs / 100)
    sentence = gettext(
        "{name}: the stereotyping sentence is the likelier {count} times out of {pairs} ({percent}%); with as many "
        "other pairs of the kind, between {low} and {high}% could be expected (95% bootstrap interval)."
    )
    lines = [
        sentence.format(
            name=name,
            count=count,
            pairs=summary.pairs,
            percent=number(summary.stereotype),
            low=number(summary.low),
            high=number(summary.high),
        )
    ]
    if summary.small:
        lines.append(gettext("A small sample ({pairs}): it says little.").format(pairs=summary.pairs))
    return lines


def _as_json(result: Any) -> dict[str, Any]:
    """The result without any sentence of the file: lines and scores."""

    def summary(each: Any) -> dict[str, Any]:
        return asdict(each) | {"pct_stereotype": each.stereotype, "small": each.small}

    return {
        "model": result.model,
        "method": result.method,
        "overall": summary(result.overall) if result.overall else None,
        "by_type": {kind: summary(each) for kind, each in result.by_kind.items()},
        "pairs": [
            {
                "line": each.pair.line,
                "bias_type": each.pair.kind,
                "stereo_antistereo": each.pair.direction,
                "sent_more_score": each.more,
                "sent_less_score": each.less,
                "stereotype": each.prefers_more,
            }
            for each in result.scored
        ],
        "not_scored": [{"line": each.pair.line, "why": each.why.text(gettext)} for each in result.unscored],
    }
