"""The activities, in the order they are offered."""

from __future__ import annotations

from activities.spot_the_fake.activity import SPOT_THE_FAKE
from kit.errors import NotFound
from kit.steps import Activity

ACTIVITIES: tuple[Activity, ...] = (SPOT_THE_FAKE,)


def find(slug: str) -> Activity:
    """The activity called ``slug``. Raises :class:`kit.errors.NotFound`."""
    for activity in ACTIVITIES:
        if activity.slug == slug:
            return activity
    raise NotFound("There is no activity called “{slug}”. Choose one from the home page.", slug=slug)
