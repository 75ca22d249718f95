"""The activities, in the order they are offered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from activities.next_word.activity import NEXT_WORD
from activities.noise_to_image.activity import NOISE_TO_IMAGE
from activities.podcast.activity import PODCAST
from activities.probe_bias.activity import PROBE_BIAS
from activities.spot_the_fake.activity import SPOT_THE_FAKE
from kit.classroom.questions import Questions
from kit.classroom.questions import load as load_questions
from kit.classroom.report import Section
from kit.classroom.tallies import Reply, Tally, Translate
from kit.errors import NotFound
from kit.steps import Activity
from kit.walk import Walk

ACTIVITIES: tuple[Activity, ...] = (SPOT_THE_FAKE, NOISE_TO_IMAGE, NEXT_WORD, PROBE_BIAS, PODCAST)


class Words(Protocol):
    """What the words of every activity say, whatever else they say."""

    @property
    def title(self) -> str:
        """Its name."""
        ...

    @property
    def tagline(self) -> str:
        """One line."""
        ...

    @property
    def aim(self) -> str:
        """Two sentences, for its card."""
        ...


def find(slug: str) -> Activity:
    """The activity called ``slug``. Raises :class:`kit.errors.NotFound`."""
    for activity in ACTIVITIES:
        if activity.slug == slug:
            return activity
    raise NotFound("There is no activity called “{slug}”. Choose one from the home page.", slug=slug)


class Together(Protocol):
    """What the module ``together`` of every activity offers: its answers as a class looks at them."""

    def tallies(self, step: str, room: Sequence[Any], words: Any, translate: Translate, /) -> tuple[Tally, ...]:
        """What the participants whose runs are ``room`` answered to a step, counted; empty: nothing is counted."""
        ...

    def replies(self, run: Any, words: Any, translate: Translate, /) -> Iterator[Reply]:
        """Every answer of one participant, in the order of the steps."""
        ...

    def cautions(self, words: Any, /) -> tuple[str, ...]:
        """What the report of a session must not leave out: what was measured on our small machines only."""
        ...


class Reported(Protocol):
    """What the module ``reported`` offers, of an activity whose report of a session says more than counts."""

    def section(
        self, step: str, led: Any, room: Sequence[Any], words: Any, lang: str, translate: Translate, /
    ) -> Section | None:
        """What the report of the class ``led`` says of a step in place of its tallies; None: those say it."""
        ...

    def names(self, led: Any, words: Any, lang: str, /) -> Mapping[str, str]:
        """What :attr:`Reply.item` is called in words, where it is not words already."""
        ...


def together(slug: str) -> Together:
    """The module ``together`` of an activity; imported when it is asked for."""
    module: Any = import_module(f"activities.{find(slug).slug}.together")
    return module  # type: ignore[no-any-return]


def reported(slug: str) -> Reported | None:
    """The module ``reported`` of an activity, if it has one; imported when it is asked for."""
    name = f"activities.{find(slug).slug}.reported"
    if find_spec(name) is None:
        return None
    module: Any = import_module(name)
    return module  # type: ignore[no-any-return]


def questions(slug: str, lang: str) -> Questions:
    """The questionnaire of an activity, which a class is given before and after; read when it is asked for."""
    return load_questions(Path(__file__).parent / find(slug).slug / "content", lang)


def run_of(slug: str) -> type[Walk]:
    """The class of an activity's runs: the one of its module ``run`` that names the activity."""
    module = import_module(f"activities.{find(slug).slug}.run")
    return next(
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Walk) and getattr(kind, "activity", None) is find(slug)
    )


def words(slug: str, lang: str) -> Words:
    """The words of an activity, from ``load`` of its own module ``words``; imported when they are asked for."""
    loaded: Words = import_module(f"activities.{find(slug).slug}.words").load(lang)
    return loaded
