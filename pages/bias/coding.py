"""The lab « coding »: one beginning continued twelve times, sorted by two people, and how far they agree."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from activities.probe_bias import labs
from activities.probe_bias.run import CATEGORY, CONTINUATIONS, LARGEST_SEED, BiasRun
from kit.bias.agreement import agreement
from pages.bias.saying import figure
from pages.bias.scene import CAUSAL, SLUG, Key, Scene
from pages.frame import _, show, show_among
from pages.parts import figures
from pages.parts.bars import votes
from pages.parts.figures import percent
from pages.parts.furniture import bar, heading
from pages.parts.language_models import choices
from pages.parts.prose import escape, paragraph, plain, shown
from pages.parts.reading import around
from pages.parts.recording import gloss, result, say_recorded

CATEGORIES = (2, 5)
"""How many categories there may be."""


def draw(scene: Scene) -> None:
    """The beginning, its continuations, the sorting; once both have sorted all, what they agree on."""
    heading(scene)
    say_recorded(scene)
    run = scene.run
    opening = scene.words.coded[min(run.beginning, len(scene.words.coded) - 1)]
    if run.may_generate:
        _controls(scene)
    st.html(f'<p class="sofar" lang="fr">{escape(opening.text)}</p>')
    gloss(opening, opening.text)
    found: tuple[str, ...] | None = result(
        scene,
        "coding",
        {"before": opening.text, "seed": run.seed_of},
        lambda kit: kit.submit(
            labs.continuations,
            run.model,
            opening.text,
            run.seed_of,
            CONTINUATIONS,
            without=list(run.without),
            weight="heavy",
        ),
        label=_("Continue it {n} times").format(n=CONTINUATIONS),
    )
    if found is not None:
        _sort(scene, found)
        _agreement(scene, found)
    paragraph(scene.words.labs["coding"].honest, "caution")
    around(scene, "coding")
    bar(scene, forward=run.next_step(), back=run.previous_step())


def categories(scene: Scene) -> tuple[str, ...]:
    """One's own, or those that the kit proposes."""
    return scene.run.categories or scene.words.categories


def _controls(scene: Scene) -> None:
    run, texts = scene.run, [opening.text for opening in scene.words.coded]
    with st.container(horizontal=True, vertical_alignment="bottom", key="bias-choices"):
        st.selectbox(
            _("The beginning"),
            list(range(len(texts))),
            format_func=texts.__getitem__,
            index=show_among(Key.BEGINNING, list(range(len(texts))), min(run.beginning, len(texts) - 1)),
            key=Key.BEGINNING,
            on_change=scene.move(lambda: run.having(beginning=st.session_state[Key.BEGINNING])),
        )
        st.number_input(
            _("Seed"),
            min_value=0,
            max_value=LARGEST_SEED - CONTINUATIONS,
            step=1,
            value=show(Key.SEED, run.seed_of),
            key=Key.SEED,
            width=150,
            on_change=scene.move(lambda: run.having(seed_of=st.session_state[Key.SEED])),
        )
        choices(scene, CAUSAL)
    st.text_input(
        _("Categories, between commas ({least} to {most})").format(least=CATEGORIES[0], most=CATEGORIES[1]),
        value=show(Key.CATEGORIES, ", ".join(categories(scene))),
        key=Key.CATEGORIES,
        max_chars=(CATEGORY + 2) * CATEGORIES[1],
        on_change=scene.move(lambda: _named(run, st.session_state[Key.CATEGORIES])),
    )


def _named(run: BiasRun, text: str) -> BiasRun:
    """The run with the categories that were written; as it was if they are too few or too many."""
    names = tuple(dict.fromkeys(name[:CATEGORY] for part in text.split(",") if (name := part.strip())))
    return run.having(categories=names) if CATEGORIES[0] <= len(names) <= CATEGORIES[1] else run


def _sort(scene: Scene, found: tuple[str, ...]) -> None:
    """Who sorts now, and each continuation with the categories; nobody sees what the other one chose."""
    run, names = scene.run, categories(scene)
    coders = {"first": _("The first person"), "second": _("The second person")}
    coder = st.radio(_("Who sorts now?"), list(coders), format_func=coders.__getitem__, key=Key.CODER, horizontal=True)
    codes = _codes(scene)[coder]
    done = _("{done} of {n} sorted").format(done=len(codes), n=len(found))
    paragraph(done, "kicker")

    def chosen() -> BiasRun:
        """All of them as they stand: two can be chosen in one go."""
        changed = run
        for place in range(len(found)):
            both = {who: codes.get(place) for who, codes in _codes(scene).items()}
            now = st.session_state.get(f"{Key.CODE}.{coder}.{place}") or both[coder]
            changed = changed.coded(place, **{**both, coder: now})
        return changed

    with st.container(key="bias-coding"):
        for place, text in enumerate(found):
            key = f"{Key.CODE}.{coder}.{place}"
            st.radio(
                f"{place + 1}. {plain(shown(text).strip())}",
                list(names),
                format_func=plain,
                index=show_among(key, list(names), codes.get(place)),
                key=key,
                horizontal=True,
                on_change=scene.move(chosen),
            )


def _codes(scene: Scene) -> dict[str, dict[int, str]]:
    """What each person has chosen, among the categories on screen: in another language they are others."""
    names, coding = categories(scene), scene.run.coding
    return {
        who: {place: name for place, name in codes.items() if name in names}
        for who, codes in (("first", coding.first), ("second", coding.second))
    }


def _agreement(scene: Scene, found: tuple[str, ...]) -> None:
    first, second = _codes(scene).values()
    both = [place for place in range(len(found)) if place in first and place in second]
    if len(both) < len(found):
        paragraph(_("When both people have sorted all of them, what they agree on appears here."), "note")
        return
    agreed = agreement([first[place] for place in both], [second[place] for place in both])
    said = _("You agree on {k} of {n}; by chance, you would agree on about {expected}.")
    paragraph(
        said.format(
            k=round(agreed.observed * agreed.items), n=agreed.items, expected=figure(agreed.expected * agreed.items)
        ),
        "big",
    )
    if agreed.kappa is None:
        paragraph(_("Both put everything into one category: chance explains it all, and kappa says nothing."), "note")
    else:
        kappa = _("Cohen’s kappa: {kappa}. 1 is full agreement, 0 is no better than chance.")
        paragraph(kappa.format(kappa=figure(agreed.kappa, 2)), "said")
    apart = [str(place + 1) for place in both if first[place] != second[place]]
    if apart:
        paragraph(
            _("You differ on: {places}. Talk about the rule, then sort again.").format(places=", ".join(apart)), "note"
        )
    counts = Counter(first.values()) + Counter(second.values())
    votes([(name, counts[name]) for name in categories(scene)])
    paragraph(_("Both sortings together: {n} answers.").format(n=2 * len(found)), "source")
    figures.download(
        SLUG,
        ("place", "text", "first", "second"),
        [(place + 1, found[place], first[place], second[place]) for place in both],
        name="coding",
    )
    share = percent(agreed.observed)
    paragraph(_("Agreement: {share}.").format(share=share), "source")
