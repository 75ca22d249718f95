"""The lab « vectors »: which words does a model keep close to which others?"""

from __future__ import annotations

import streamlit as st

from activities.probe_bias import labs
from activities.probe_bias.labs import JOURNAL_TEST, Associated
from activities.probe_bias.run import BiasRun
from kit.bias import weat_spec
from kit.language.loading import EMBEDDED
from pages.bias.literature import literature
from pages.bias.saying import figure, rarity
from pages.bias.scene import SLUG, TASKS, Key, Scene
from pages.frame import _, lang, show, show_among
from pages.parts import figures
from pages.parts.furniture import bar, heading
from pages.parts.language_models import choices
from pages.parts.prose import escape, paragraph
from pages.parts.reading import around
from pages.parts.recording import result, say_recorded

MOST = 600
"""Characters of one list of words."""


def draw(scene: Scene) -> None:
    """The lists, the test, each word on its line."""
    heading(scene)
    say_recorded(scene)
    run = scene.run
    if run.may_generate:
        _controls(scene)
    test = run.test if run.may_generate and run.test in _tests() else JOURNAL_TEST.id
    lists = dict(run.lists) if test == "own" else {}
    if test == "own" and len(lists) < 4:
        paragraph(_("Fill in the four lists first."), "note")
    else:
        found: Associated | None = result(
            scene,
            "vectors",
            {"test": test, "lists": lists},
            lambda kit: kit.submit(labs.associated, run.model, test, lists, weight="heavy"),
        )
        if found is not None:
            _found(scene, found)
    paragraph(scene.words.labs["vectors"].honest, "caution")
    literature(scene)
    around(scene, "vectors")
    bar(scene, forward=None, back=run.previous_step())


def _tests() -> dict[str, str]:
    """Every test that can be chosen, with its name."""
    names = {JOURNAL_TEST.id: _said(JOURNAL_TEST.name)}
    tongues = {"fr": _("French, lists of the kit"), "en": _("English, published lists")}
    for tongue in ("fr", "en"):
        for spec in weat_spec.published(tongue):
            names[f"{spec.id}-{tongue}"] = f"{_said(spec.name)} ({tongues[tongue]})"
    return names | {"own": _("Your own lists")}


def _said(name: weat_spec.Name) -> str:
    return name.fr if lang() == "fr" else name.en


def _controls(scene: Scene) -> None:
    run, names = scene.run, _tests()
    with st.container(horizontal=True, vertical_alignment="bottom", key="bias-choices"):
        st.selectbox(
            _("The lists of words"),
            list(names),
            format_func=names.__getitem__,
            index=show_among(Key.TEST, list(names), run.test if run.test in names else JOURNAL_TEST.id),
            key=Key.TEST,
            on_change=scene.move(lambda: run.having(test=st.session_state[Key.TEST])),
        )
        choices(scene, TASKS)
    if run.test != "own":
        return
    labels = {
        "x": _("X: the first words to compare"),
        "y": _("Y: the other words to compare"),
        "a": _("A: the first landmarks"),
        "b": _("B: the other landmarks"),
    }

    def written() -> BiasRun:
        """All of them as they stand: two can be written in one go."""
        lists = {name: st.session_state[f"{Key.LIST}.{name}"] for name in labels}
        return run.having(lists={name: text for name, text in lists.items() if text.strip()})

    with st.container(key="bias-lists"):
        for name, label in labels.items():
            key = f"{Key.LIST}.{name}"
            st.text_area(
                label,
                value=show(key, run.lists.get(name, "")),
                key=key,
                max_chars=MOST,
                height=80,
                on_change=scene.move(written),
                placeholder=_("Words between commas"),
            )


def _found(scene: Scene, found: Associated) -> None:
    spec, outcome = found.spec, found.result
    names = {name: _said(each.label) for name, each in spec.sets.items()}
    said = _("Effect size d = {d}: {direction}.")
    together = _("“{x}” goes with “{a}”, and “{y}” with “{b}”")
    pair = ("a", "b") if outcome.d >= 0 else ("b", "a")
    direction = together.format(x=names["x"], y=names["y"], a=names[pair[0]], b=names[pair[1]])
    paragraph(said.format(d=figure(outcome.d, 2), direction=direction), "big")
    paragraph(_chance(found))
    if spec.published is not None and spec.published.d_mark != "memory":
        published = _("Published with these lists, on other vectors: d = {d}. {source}")
        paragraph(published.format(d=figure(spec.published.d, 2), source=_said(spec.source)), "source")
    elif spec.ours and spec.id not in ("own", JOURNAL_TEST.id):
        paragraph(
            _("These French lists are an adaptation of the kit’s own: no figure was published for them."), "source"
        )
    if scene.run.model in EMBEDDED and spec.id != JOURNAL_TEST.id:
        unread = _(
            "Petit Journal has read few of these words: it puts them together from letters. Its answer says little."
        )
        paragraph(unread, "note")
    for words in (found.missing, found.dropped):
        for name, left in words.items():
            paragraph(_("Left out of {set}: {words}").format(set=names[name], words=", ".join(left)), "source")
    _words(found, names["a"], names["b"])


def _chance(found: Associated) -> str:
    outcome = found.result
    shuffled = _("Of {n} ways to share out the words to compare, {share} do at least as much (p = {p}).")
    share = figures.percent(outcome.hits / outcome.partitions)
    return (
        shuffled.format(n=figures.grouped(outcome.partitions), share=share, p=figure(outcome.p, 4))
        + " "
        + rarity(outcome.p)
    )


def _words(found: Associated, a: str, b: str) -> None:
    """Each word on a line that goes from one landmark to the other."""
    outcome = found.result
    most = max(abs(each.s) for each in outcome.associations)
    lines = []
    for each in sorted(outcome.associations, key=lambda each: each.s):
        place = 50 + 48 * each.s / most if most else 50
        kind = "counted" if each.target == "x" else "model"
        value = figure(each.s, 2)
        said = _("{word}: {value}").format(word=each.word, value=value)
        lines.append(
            f'<div><dt>{escape(each.word)}</dt><dd><span class="axis middle" role="img" aria-label="{escape(said)}">'
            f'<i class="mark {kind}" style="left:{place:.1f}%"></i></span><b>{escape(value)}</b></dd></div>'
        )
    x, y = (_said(found.spec.sets[name].label) for name in ("x", "y"))
    head = (
        f'<span class="mark counted">{escape(x)}</span><span class="mark model">{escape(y)}</span> '
        f"<span>← {escape(b)} · {escape(a)} →</span>"
    )
    st.html(f'<figure class="marks"><figcaption>{head}</figcaption><dl>{"".join(lines)}</dl></figure>')
    figures.download(
        SLUG,
        ("set", "word", "association"),
        [(each.target, each.word, each.s) for each in outcome.associations],
        name="vectors",
    )
