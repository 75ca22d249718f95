"""The lab « pairs »: two sentences that differ by one thing; which one does the model find likelier?"""

from __future__ import annotations

import streamlit as st

from activities.probe_bias import labs
from activities.probe_bias.answers import Side
from activities.probe_bias.bets import BET_ON, sides
from activities.probe_bias.labs import Compared
from activities.probe_bias.run import BiasRun
from kit.bias import sets
from kit.bias.pairs import Scored
from kit.bias.sets import KitPair
from kit.language.loading import EMBEDDED
from pages.bias import own_pair
from pages.bias.saying import rarity, times
from pages.bias.scene import SLUG, TASKS, Key, Scene
from pages.frame import _, lang, show_among
from pages.parts import figures
from pages.parts.bars import Chance, probabilities
from pages.parts.furniture import bar, by_hand, heading
from pages.parts.language_models import choices
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around
from pages.parts.recording import result, say_recorded


def draw(scene: Scene) -> None:
    """The theme, a pair and the bet; then what the model finds, of the pair and of the whole theme."""
    heading(scene, lead="" if scene.run.position or scene.run.shown else None)
    say_recorded(scene)
    run, theme = scene.run, sets.theme(scene.run.theme)
    if run.may_generate and not run.shown:
        _choices(scene)
    paragraph(theme.about.text(lang()), "source")
    line = BET_ON[min(run.position, len(BET_ON) - 1)]
    pair = theme.pairs[line - 1]
    _pair(scene, pair, line)
    if run.shown:
        found: Compared | None = result(
            scene,
            "pairs",
            {"theme": run.theme, "lang": _tongue(run)},
            lambda kit: kit.submit(labs.pairs, run.model, run.theme, _tongue(run), weight="heavy"),
        )
        if found is not None:
            _found(scene, found, line)
            paragraph(scene.words.compared, "caution")
    else:
        _bet(scene)
    if run.may_generate:
        if run.shown:  # below the answer: a room has to see it without scrolling
            _choices(scene)
        own_pair.draw(scene)
    paragraph(scene.words.labs["pairs"].honest, "caution")
    around(scene, "pairs")
    paragraph(scene.words.reviewed, "source")
    bar(
        scene,
        forward=run.at(run.position + 1) if run.position + 1 < scene.places else run.next_step(),
        back=run.at(run.position - 1) if run.position else run.previous_step(),
    )


def _tongue(run: BiasRun) -> str:
    return "fr" if run.model in EMBEDDED else run.tongue


def _choices(scene: Scene) -> None:
    run = scene.run
    names = {theme.id: theme.label.text(lang()) for theme in sets.themes()}
    with st.container(horizontal=True, vertical_alignment="bottom", key="bias-choices"):
        st.selectbox(
            _("About"),
            list(names),
            format_func=names.__getitem__,
            index=show_among(Key.THEME, list(names), run.theme),
            key=Key.THEME,
            on_change=scene.move(lambda: run.about(st.session_state[Key.THEME])),
        )
        if run.model not in EMBEDDED:
            tongues = {"fr": _("French"), "en": _("English")}
            st.radio(
                _("Language of the sentences"),
                list(tongues),
                format_func=tongues.__getitem__,
                index=show_among(Key.TONGUE, list(tongues), run.tongue),
                key=Key.TONGUE,
                horizontal=True,
                on_change=scene.move(lambda: run.having(tongue=st.session_state[Key.TONGUE])),
            )
        choices(scene, TASKS)


def _pair(scene: Scene, pair: KitPair, line: int) -> None:
    tongue = _tongue(scene.run)
    sentences = pair.fr if tongue == "fr" else pair.en
    cards = []
    for letter, side in zip("AB", sides(line), strict=True):
        gloss = f'<p class="source">{escape(pair.en[side])}</p>' if tongue == "fr" and lang() != "fr" else ""
        cards.append(
            f'<div class="card sentence"><span class="letter">{escape(letter)}</span>'
            f'<p lang="{escape(tongue)}">{escape(sentences[side])}</p>{gloss}</div>'
        )
    st.html(f'<div class="two">{"".join(cards)}</div>')


def _bet(scene: Scene) -> None:
    """Alone a letter; in a room, slates. Then what the model finds is shown."""
    run = scene.run
    if scene.projected:
        by_hand(scene, _("Write A or B on your slate. Nobody shows anything before the signal."))
    else:
        names = {Side.A: "A", Side.B: "B"}
        st.radio(
            _("Which one will the model find likelier?"),
            list(names),
            index=show_among(Key.SIDE, list(names), run.side),
            format_func=names.__getitem__,
            key=Key.SIDE,
            horizontal=True,
            on_change=scene.move(lambda: run.siding(st.session_state[Key.SIDE])),
        )
    st.button(_("Show what the model finds"), type="primary", key=Key.SHOW, on_click=scene.move(run.reveal))


def _found(scene: Scene, found: Compared, line: int) -> None:
    scored = {each.pair.line: each for each in found.result.scored}
    if line in scored:
        this = scored[line]
        more_at = "AB"[sides(line).index(0)]
        likelier = more_at if this.prefers_more else "AB".replace(more_at, "")
        said = _("The model finds sentence {letter} {times}.").format(
            letter=likelier, times=times(this.more - this.less)
        )
        if scene.run.side is not None:
            right = scene.run.side.value.upper() == likelier
            said += " " + (_("As you expected.") if right else _("You had bet on the other one."))
        paragraph(said, "said")
        if line not in found.read and scene.run.model in EMBEDDED:
            paragraph(_("Petit Journal has read nothing like these two sentences: its answer says nothing."), "note")
    _total(found)


def _total(found: Compared) -> None:
    """All the pairs of the theme."""
    scored, overall = found.result.scored, found.result.overall
    if overall is None:
        paragraph(_("The model could score none of these pairs."), "note")
        return
    n = len(scored)
    said = _("Out of {n} pairs, {count} lean towards the stereotype; indifference would give {expected}.")
    paragraph(said.format(n=n, count=found.count, expected=round(n / 2)) + " " + rarity(found.p), "big")
    groups = [(_("All the pairs"), [*scored])]
    read = [each for each in scored if each.pair.line in found.read]
    if found.result.model in EMBEDDED and 0 < len(read) < n:
        unread = [each for each in scored if each.pair.line not in found.read]
        groups += [(_("Those it could learn"), read), (_("Those it has never read"), unread)]
    elif found.result.model in EMBEDDED and not read:
        paragraph(_("Petit Journal has read none of these sentences. This theme is for other models."), "note")
    probabilities([_share(name, some) for name, some in groups], label=_("Pairs that lean towards the stereotype"))
    if overall.small:
        paragraph(_("A small sample ({pairs}): it says little.").format(pairs=overall.pairs), "source")
    for each in found.result.unscored:
        paragraph(_("Line {line}: {why}").format(line=each.pair.line, why=each.why.text(_)), "source")
    with st.expander(_("Every pair of this theme")):
        figures.table(
            (_("The two sentences"), _("The likelier one")),
            ((f"{each.pair.more} / {each.pair.less}", _which(each)) for each in scored),
            label=_("Every pair of this theme"),
        )
    figures.download(
        SLUG,
        ("line", "sent_more", "sent_less", "bias_type", "log_p_more", "log_p_less"),
        [(each.pair.line, each.pair.more, each.pair.less, each.pair.kind, each.more, each.less) for each in scored],
        name="pairs",
    )


def _which(each: Scored) -> str:
    if each.more == each.less:
        return _("neither")
    which = _("the first") if each.prefers_more else _("the second")
    return f"{which}, {times(each.more - each.less)}"


def _share(name: str, some: list[Scored]) -> Chance:
    count = sum(each.prefers_more for each in some)
    figure = _("{k} of {n}").format(k=count, n=len(some))
    return Chance(name=name, share=count / len(some), figure=figure)
