"""The activities, in the order they are offered."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from activities.next_word.activity import NEXT_WORD
from activities.noise_to_image.activity import NOISE_TO_IMAGE
from activities.podcast.activity import PODCAST
from activities.probe_bias.activity import PROBE_BIAS
from activities.spot_the_fake.activity import SPOT_THE_FAKE
from kit.errors import NotFound
from kit.steps import Activity

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


def words(slug: str, lang: str) -> Words:
    """The words of an activity, from ``load`` of its own module ``words``; imported when they are asked for."""
    loaded: Words = import_module(f"activities.{find(slug).slug}.words").load(lang)
    return loaded
