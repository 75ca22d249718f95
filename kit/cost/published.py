"""What others have published about the footprint of generative AI: orders of magnitude, each with its perimeter.

They stand on a card of their own. None may be drawn beside our own measurements, nor compared with another of a
different :class:`Perimeter`: one counts the electricity of one request on a server, another the making of the servers,
the training and eighteen months of use. Words are in the content files, keyed by :attr:`Figure.id` and by perimeter.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Perimeter(StrEnum):
    """What a figure counts. Figures of two perimeters are not comparable."""

    REQUEST_ON_SERVER = "request_on_server"
    """Use only: the mean of 1,000 requests to models of 2023, on a server with an A100 graphics card."""
    MODEL_LIFE_CYCLE = "model_life_cycle"
    """One large text model: training and 18 months of use, as a full life-cycle assessment counts them."""
    ANSWER_LIFE_CYCLE = "answer_life_cycle"
    """One answer of 400 tokens from that model, in the same life-cycle assessment."""
    MEDIAN_REQUEST = "median_request"
    """Use only: the median text request to one online service."""
    WORLD_DATA_CENTRES = "world_data_centres"
    """The electricity of all data centres in the world in one year, whatever they are used for: not AI alone."""
    FRENCH_ELECTRICITY = "french_electricity"
    """Electricity in France, over the life cycle of the plants that make it."""


class Mark(StrEnum):
    """Where a figure was read."""

    FOUND = "found"
    """At the source given, which reports it."""
    SECOND_HAND = "found-2nd"
    """On a page that quotes it; the original was not opened. The card says so."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One published figure."""

    id: str
    value: float
    unit: str
    """A symbol, or the id of a unit that needs words: ``kWh_per_1000_images`` …"""
    perimeter: Perimeter
    year: int | None
    """Of publication; ``None`` where it is not known."""
    about_year: int | None = None
    """The year the figure is about, where that is one; later than :attr:`year` for a forecast."""
    by: str
    """Who published it: proper names, the same in every language."""
    source: str
    """The page where it was read."""
    mark: Mark


_LUCCIONI = "Luccioni, Jernite, Strubell, Power Hungry Processing, FAccT 2024, arXiv 2311.16863"
_NOTES = "https://moraproject.com/Notes/energy_consumption"
_MISTRAL = "Mistral AI, Carbone 4, ADEME"
_ARCHIMAG = (
    "https://www.archimag.com/numerique-responsable/2025/07/24/"
    "empreinte-carbone-premiere-analyse-environnementale-ia-europeenne"
)
_MC2I = "https://explorers.mc2i.fr/articles/ia-gen-responsable-google-est-il-vraiment-un-meilleur-eleve-que-mistral"


def _server(id: str, value: float, unit: str) -> Figure:
    return Figure(
        id=id,
        value=value,
        unit=unit,
        perimeter=Perimeter.REQUEST_ON_SERVER,
        year=2024,
        by=_LUCCIONI,
        source=_NOTES,
        mark=Mark.SECOND_HAND,
    )


def _mistral(id: str, value: float, unit: str, perimeter: Perimeter) -> Figure:
    return Figure(
        id=id, value=value, unit=unit, perimeter=perimeter, year=2025, by=_MISTRAL, source=_ARCHIMAG, mark=Mark.FOUND
    )


def _gemini(id: str, value: float, unit: str) -> Figure:
    return Figure(
        id=id,
        value=value,
        unit=unit,
        perimeter=Perimeter.MEDIAN_REQUEST,
        year=2025,
        by="Google",
        source=_MC2I,
        mark=Mark.FOUND,
    )


def _world(id: str, value: float, unit: str, about_year: int) -> Figure:
    return Figure(
        id=id,
        value=value,
        unit=unit,
        perimeter=Perimeter.WORLD_DATA_CENTRES,
        year=2025,
        about_year=about_year,
        by="IEA",
        source=_NOTES,
        mark=Mark.SECOND_HAND,
    )


PUBLISHED: tuple[Figure, ...] = (
    # The mean over many models hides a huge spread, and models with few steps take far less: the words say so.
    _server("image_on_server", 2.9, "kWh_per_1000_images"),
    _server("sorting_text_on_server", 0.002, "kWh_per_1000_texts"),
    _server("sdxl_images_on_server", 1594.0, "gCO2e_per_1000_images"),
    _gemini("gemini_request_co2", 0.03, "gCO2e"),
    _gemini("gemini_request_water", 0.26, "mL"),
    _mistral("mistral_answer_co2", 1.14, "gCO2e", Perimeter.ANSWER_LIFE_CYCLE),
    _mistral("mistral_answer_water", 45.0, "mL", Perimeter.ANSWER_LIFE_CYCLE),
    _mistral("mistral_model_co2", 20.4, "ktCO2e", Perimeter.MODEL_LIFE_CYCLE),
    _mistral("mistral_model_water", 281_000.0, "m3", Perimeter.MODEL_LIFE_CYCLE),
    _mistral("mistral_model_materials", 660.0, "kgSbe", Perimeter.MODEL_LIFE_CYCLE),
    _world("world_data_centres_2024", 415.0, "TWh", 2024),
    _world("world_data_centres_2024_share", 1.5, "percent_of_world_electricity", 2024),
    _world("world_data_centres_2030", 945.0, "TWh", 2030),
    Figure(
        id="french_electricity_co2",
        value=50.0,
        unit="gCO2e_per_kWh",
        perimeter=Perimeter.FRENCH_ELECTRICITY,
        year=None,
        by="knowyourcompute.com",
        source="https://knowyourcompute.com",
        mark=Mark.SECOND_HAND,
    ),
)
"""In the order of the card: one request first, then one model, then the world."""
