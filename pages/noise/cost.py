"""What a picture takes: ours, with its sum; and, on cards of their own, what others have published."""

from __future__ import annotations

import streamlit as st

from kit.cost import PUBLISHED, Figure, Mark
from pages.frame import _, lang
from pages.noise.costline import cost_line
from pages.noise.kitchen import made
from pages.noise.scene import Scene
from pages.parts.furniture import bar, heading
from pages.parts.prose import escape, paragraph


def draw(scene: Scene) -> None:
    """Our figure, then theirs, apart."""
    words = scene.words.cost
    # Nothing was computed for those who may not generate: there is no figure of ours to announce.
    heading(scene, lead=words.lead if scene.run.may_generate else "")
    picture = made(scene) if scene.run.may_generate else None
    if picture is not None:
        with st.container(border=True, key="our-cost"):
            st.subheader(_("This picture, on this machine"), anchor=False)
            cost_line(picture.cost)
            with st.expander(_("How we know")):
                for line in words.ours:
                    paragraph(line)
                if picture.cost.measured_wh is not None:
                    paragraph(words.measured, "note")
    with st.container(border=True, key="their-cost"):
        st.subheader(words.published_title, anchor=False)
        paragraph(words.published_lead)
        cards = "".join(_card(scene, figure) for figure in PUBLISHED if figure.id in words.published)
        st.html(f'<div class="published">{cards}</div>')
        paragraph(words.apart, "caution")
    bar(scene, forward=scene.run.next_step(), back=scene.run.previous_step())


def _card(scene: Scene, figure: Figure) -> str:
    """One published order of magnitude, with its perimeter, its date and where it was read."""
    words = scene.words.cost.published[figure.id]
    when = f", {figure.year}" if figure.year is not None else ""
    quoted = _("read on a page that quotes it") if figure.mark is Mark.SECOND_HAND else ""
    source = " · ".join(part for part in (f"{figure.by}{when}", quoted, figure.source.split("/")[2]) if part)
    return (
        f'<section class="card"><h3>{escape(words.name)}</h3>'
        f'<p class="figure">{escape(number(figure.value))} {escape(_unit(figure.unit))}</p>'
        f"<p>{escape(words.perimeter)}</p><p class='source'>{escape(source)}</p></section>"
    )


def number(value: float) -> str:
    """A figure as it is written in the language of this session."""
    text = f"{value:,.3f}".rstrip("0").rstrip(".")
    return text.replace(",", "\u202f").replace(".", ",") if lang() == "fr" else text


def _unit(unit: str) -> str:
    """What a published figure counts in."""
    names = {
        "kWh_per_1000_images": _("kWh for 1,000 images"),
        "kWh_per_1000_texts": _("kWh for 1,000 texts"),
        "gCO2e_per_1000_images": _("g of CO₂ equivalent for 1,000 images"),
        "gCO2e": _("g of CO₂ equivalent"),
        "mL": _("mL of water"),
        "ktCO2e": _("thousand tonnes of CO₂ equivalent"),
        "m3": _("m³ of water"),
        "kgSbe": _("kg of antimony equivalent"),
        "TWh": "TWh",
        "percent_of_world_electricity": _("percent of the world’s electricity"),
        "gCO2e_per_kWh": _("g of CO₂ equivalent for 1 kWh"),
    }
    return names.get(unit, unit)
