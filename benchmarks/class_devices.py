"""Who takes part in class_load.py: pupils of a class of the kit, who leads them, and visitors of an empty app."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol

from class_client import Browser, Failed, Run
from class_servers import IMAGES, ROUND, Given, Lesson, Server

from activities.spot_the_fake.answers import Confidence, Verdict
from serve import DEVICE_COOKIE

JOINING = 6
"""Devices that join at the same time."""


class Device(Protocol):
    """A participant's device, on the kit or on the empty app."""

    browser: Browser

    async def join(self) -> None:
        """Come in and stand before the first question."""
        ...

    async def answer(self) -> float:
        """Answer the question on the screen; the seconds until it is saved. Raises :class:`Failed`."""
        ...


class Pupil:
    """A participant of a class of the kit."""

    def __init__(self, server: Server, lesson: Lesson, rng: random.Random) -> None:
        self.browser, self.lesson, self.rng = Browser(server.port), lesson, rng
        self.told: Given = {}
        """What the screen said was saved."""
        self.writes = 0
        """How often it said so."""
        self.asked: Given = {}
        """What was sent and not answered yet."""

    @property
    def device(self) -> str:
        """The number of the device."""
        return self.browser.cookie.removeprefix(f"{DEVICE_COOKIE}=")

    @property
    def position(self) -> int:
        """Which picture of the round is on the screen, from 0. Raises :class:`Failed` for another screen."""
        place = self.browser.screen.place.split("/")
        if place[:2] != [self.lesson.id, ROUND]:
            raise Failed(f"the screen shows {self.browser.screen.place}")
        return int(place[2])

    def at(self, position: int) -> Callable[[Run], bool]:
        """Whether a screen is that of a picture of the round."""
        return showing(f"{self.lesson.id}/{ROUND}/{position}/")

    async def join(self) -> None:
        await self.browser.open("join", f"code={self.lesson.code}")
        await self.browser.click("join.join.code", self.at(0))

    async def answer(self) -> float:
        await self.browser.look()
        place = self.position
        verdict, confidence = self.rng.randrange(len(Verdict)), self.rng.randrange(len(Confidence))
        opaque = self.browser.choose("spot_the_fake.verdict.", verdict).rsplit(".", 1)[1]
        self.browser.choose("spot_the_fake.confidence.", confidence)
        self.asked = {opaque: (list(Verdict)[verdict], list(Confidence)[confidence])}
        pressed, saved = await self.browser.click("spot_the_fake.submit", self.at(place + 1))
        self._saved()
        return saved - pressed

    async def wander(self) -> None:
        """Answer, or go one picture back."""
        place = self.position
        if place == IMAGES or (place and self.rng.random() < 0.3):
            await self.browser.click("spot_the_fake.back", self.at(place - 1))
            self.writes += 1
        else:
            await self.answer()

    def _saved(self) -> None:
        self.told |= self.asked
        self.asked = {}
        self.writes += 1

    def compare(self) -> list[str]:
        """What is wrong on disk, if anything: all that was told must be there, and nothing else, written once.

        An answer that was sent and not answered may be there or not: it is then taken as the disk has it.
        """
        found, writes = self.lesson.given(self.device)
        if self.asked and found == self.told | self.asked and writes == self.writes + 1:
            self._saved()
        self.asked = {}
        if found == self.told and writes == self.writes:
            return []
        return [f"{self.device}: told {self.told}, {self.writes} writes; on disk {found}, {writes} writes"]


class Visitor:
    """A visitor of the empty app."""

    def __init__(self, server: Server, rng: random.Random) -> None:
        self.browser, self.rng = Browser(server.port), rng

    async def join(self) -> None:
        await self.browser.open()

    async def answer(self) -> float:
        self.browser.choose("answer", self.rng.randrange(3))
        pressed, saved = await self.browser.click("send", lambda run: "saved" in run.texts)
        return saved - pressed


class Leaders:
    """Who leads the class: the remote control, and the projected screen."""

    def __init__(self, server: Server, lesson: Lesson) -> None:
        cookie = f"{DEVICE_COOKIE}={lesson.facilitator}"
        self.remote, self.projected = Browser(server.port, cookie=cookie), Browser(server.port, cookie=cookie)
        self.browsers = (self.remote, self.projected)

    async def open(self) -> None:
        """Both windows."""
        await self.remote.open("conduct")
        await self.projected.open("spot_the_fake")

    def faults(self) -> list[str]:
        """What went wrong on them."""
        return [f"{one.screen.place}: {fault}" for one in self.browsers for fault in one.faults]


def showing(place: str) -> Callable[[Run], bool]:
    """Whether the screen is one whose place begins so."""
    return lambda run: run.place.startswith(place)


async def few(work: Sequence[Callable[[], Awaitable[Any]]], at_once: int = JOINING) -> list[str]:
    """Do all of it, so many at a time; why what failed did."""
    gate, why = asyncio.Semaphore(at_once), []

    async def one(do: Callable[[], Awaitable[Any]]) -> None:
        async with gate:
            try:
                await do()
            except Failed as failure:
                why.append(str(failure))

    await asyncio.gather(*map(one, work))
    return why


async def close(browsers: Iterable[Browser]) -> None:
    """Close all these tabs."""
    await asyncio.gather(*(browser.close() for browser in browsers))
