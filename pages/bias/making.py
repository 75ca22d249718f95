"""The lab « making »: six sliders, a corpus that follows them, a tiny model that learns it; then a repair."""

from __future__ import annotations

import streamlit as st

from activities.probe_bias import labs
from activities.probe_bias.run import BiasRun
from kit.bias.audit import Audit, Line
from kit.compute import Call, Compute
from kit.journal import making
from kit.journal.making import ASKED, Made, Repair, Share
from pages.bias.marks import Shares, chart
from pages.bias.saying import effect, leaning
from pages.bias.scene import SLUG, Key, Scene
from pages.frame import _, show, show_among
from pages.parts import figures, learning
from pages.parts.figures import grouped, percent
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around
from pages.parts.recording import result, say_recorded

ENOUGH = 250
"""Steps below which the tiny model has often not learnt yet what goes with a job."""


def draw(scene: Scene) -> None:
    """The sliders, the model that learns, what it prefers; the repair, and what is left."""
    heading(scene)
    say_recorded(scene)
    run = scene.run
    if run.may_generate:
        _sliders(scene)
    made = _make(scene, "making", Repair.NONE, _("Write the corpus and teach a new model"))
    if made is not None:
        _made(made)
        title = _("Now, try to repair it")
        st.html(f'<h3 class="apart">{escape(title)}</h3>')
        if run.may_generate:
            _repairs(scene)
        tried = run.repair if run.may_generate else Repair.BALANCED
        paragraph(getattr(scene.words.repairs, tried.value), "source")
        repaired = _make(scene, "repair", tried, _("Teach another model, repaired"))
        if repaired is not None:
            _repaired(made, repaired)
    paragraph(scene.words.labs["making"].honest, "caution")
    around(scene, "making")
    bar(scene, forward=run.next_step(), back=run.previous_step())


def _sliders(scene: Scene) -> None:
    """How many women in a hundred portraits, for each job."""
    run = scene.run
    paragraph(_("Women out of a hundred portraits:"), "said")

    def moved() -> BiasRun:
        """All of them as they stand: two can move in one go."""
        changed = run
        for job in ASKED:
            changed = changed.moved(job, st.session_state[f"{Key.SLIDER}.{job}"])
        return changed

    with st.container(horizontal=True, key="bias-sliders"):
        for job in ASKED:
            key = f"{Key.SLIDER}.{job}"
            saved = show(key, run.sliders[job])
            st.slider(job.capitalize(), 0, 100, saved, step=5, key=key, on_change=scene.move(moved))


def _repairs(scene: Scene) -> None:
    names = {
        Repair.BALANCED: _("Balance"),
        Repair.COUNTER: _("Add counter-examples"),
        Repair.FILTERED: _("Filter words"),
    }
    st.radio(
        _("How?"),
        list(names),
        format_func=names.__getitem__,
        index=show_among(Key.REPAIR, list(names), scene.run.repair),
        key=Key.REPAIR,
        horizontal=True,
        on_change=scene.move(lambda: scene.run.having(repair=st.session_state[Key.REPAIR])),
    )


def _make(scene: Scene, lab: str, repair: Repair, label: str) -> Made | None:
    run = scene.run
    sliders = dict(run.sliders) if run.may_generate else dict(ASKED)

    def start(kit: Compute) -> Call:
        return kit.submit(labs.make, sliders, repair, without=list(run.without), weight="heavy")

    what = {"sliders": sliders, "repair": repair.value}
    return result(scene, lab, what, start, label=label, progress=learning.so_far)


def _made(made: Made) -> None:
    """What it learnt from, whether it had time, and what it prefers."""
    said = _("{portraits} portraits read in {seconds} s, {steps} steps, {parameters} numbers.")
    paragraph(
        said.format(
            portraits=grouped(sum(share.portraits for share in made.shares)),
            seconds=round(made.taught.seconds),
            steps=made.taught.steps,
            parameters=grouped(made.taught.parameters),
        ),
        "said",
    )
    learning.cut_short(made.taught, making.STEPS)
    if made.taught.steps < ENOUGH:
        paragraph(_("So few steps are not enough to learn who does what: what follows says nothing."), "note")
    with st.expander(_("How it learnt")):
        learning.curve(made.taught.points)
        for sample in made.taught.samples:
            learning.sample(sample)
        paragraph(_("The first portraits that it read:"), "said")
        st.html(f'<ol class="items" lang="fr">{"".join(f"<li>{escape(text)}</li>" for text in made.examples)}</ol>')
    _shares(made)
    if made.pronoun is not None:
        paragraph(leaning(made.pronoun.overall, made.pronoun.words[0]), "big")
        paragraph(_("Effect size: {effect}.").format(effect=effect(made.pronoun.overall.h)), "source")


def _shares(made: Made) -> None:
    """Job by job: what the corpus holds, what the model says, what the likeliest makes of it."""
    audits = {_("“elle” or “il”"): made.pronoun, _("“la” or “le”"): made.agreement}
    for name, found in audits.items():
        if found is None:
            paragraph(_("The model has read neither “il” nor “elle”. What remains is in the words that agree:"), "note")
        elif found is made.pronoun or made.pronoun is None:
            chart([_marks(share, line) for share, line in zip(made.shares, found.lines, strict=True)], label=name)
    with st.expander(_("The figures")):
        _table(made)
    figures.download(
        SLUG,
        ("job", "slider", "women", "portraits", "probe", "model", "sentences_leaning", "sentences"),
        [
            (share.job, share.asked, share.women, share.portraits, probe, line.share, line.leaning, line.sentences)
            for probe, found in (("elle", made.pronoun), ("la", made.agreement))
            if found is not None
            for share, line in zip(made.shares, found.lines, strict=True)
        ],
        name=f"making-{made.repair.value}",
    )


def _marks(share: Share, line: Line) -> Shares:
    return Shares(
        name=share.job,
        counted=share.women / share.portraits,
        model=line.share,
        likeliest=line.leaning / line.sentences,
    )


def _table(made: Made) -> None:
    head = [_("Job"), _("Slider"), _("Corpus"), _("Model: elle"), _("Model: la")]
    never = _("never read")
    rows = []
    for place, share in enumerate(made.shares):
        shares = [percent(found.lines[place].share) if found else never for found in (made.pronoun, made.agreement)]
        rows.append((share.job, percent(share.asked / 100), percent(share.women / share.portraits), *shares))
    figures.table(head, rows, label=_("Women, job by job"))


def _repaired(before: Made, after: Made) -> None:
    """What the repair has changed, and what is left of the gap."""
    _made(after)
    rows = [
        (_("“elle” or “il”"), _spread(before.pronoun), _spread(after.pronoun)),
        (_("“la” or “le”"), _spread(before.agreement), _spread(after.agreement)),
    ]
    paragraph(_("From the job with the fewest women to the one with the most, the model goes:"), "said")
    figures.table(("", _("Before"), _("After the repair")), rows, label=_("What is left"))


def _spread(found: Audit | None) -> str:
    """From the smallest share to the largest."""
    if found is None:
        return _("never read")
    shares = [line.share for line in found.lines]
    return _("from {low} to {high}").format(low=percent(min(shares)), high=percent(max(shares)))
