"""What a class must outlive, for class_load.py: ninety minutes, and a server that is killed while answers arrive."""

from __future__ import annotations

import asyncio
import math
import random
import statistics
import time
from pathlib import Path
from typing import Any

from class_client import Failed
from class_devices import Leaders, Pupil, Visitor, close, few
from class_report import Figures, Sheet
from class_servers import EMPTY, Lesson, Server, kit, plain, served

ROOM = 35
LESSON_MINUTES, CLICK_EVERY = 90, 20.0
CLICKS = round(ROOM * LESSON_MINUTES * 60 / CLICK_EVERY)
BACK_AIM, PATIENCE = 10.0, 60.0
"""Seconds for a device to come back: the aim, and when it counts as lost."""


# -- ninety minutes --------------------------------------------------------------------------------------------------


async def lasting(server: Server, clicks: int) -> tuple[list[float], list[str]]:
    """Megabytes of the server before, and after each tenth of the clicks; and what went wrong."""
    rng, lesson = random.Random(0), Lesson(server.home) if server.name == "the kit" else None
    devices: list[Any] = [Pupil(server, lesson, rng) if lesson else Visitor(server, rng) for _ in range(ROOM)]
    wrong = await few([device.join for device in devices])
    memory = [server.memory()]
    tenth = max(1, round(clicks / 10 / ROOM))

    async def play(device: Any) -> None:
        try:
            for _ in range(tenth):
                await (device.wander() if lesson else device.answer())
        except Failed as failure:
            wrong.append(str(failure))

    for _ in range(10):
        await asyncio.gather(*map(play, devices))
        memory.append(server.memory())
    if lesson:
        wrong += [fault for device in devices for fault in device.compare()]
        lesson.close()
    await close(device.browser for device in devices)
    return memory, wrong


def compare_lasting(sheet: Sheet, folder: Path, clicks: int) -> None:
    """What grows."""
    sheet.say(f"\n{clicks} clicks of {ROOM} devices, as fast as they go: MB of the server, before and tenth by tenth")
    found: Figures = {}
    for server in (kit(folder / "kit"), plain(folder / "empty", "an empty app, defaults", EMPTY)):
        began = time.perf_counter()
        with served(server):
            memory, wrong = asyncio.run(lasting(server, clicks))
        growth = 1000 * (memory[-1] - memory[5]) / (clicks / 2)
        sheet.say(f"{server.name:<28}{' '.join(f'{one:.0f}' for one in memory)}")
        sheet.say(f"{'':<28}{growth:+.1f} kB a click in the second half; all in {time.perf_counter() - began:.0f} s")
        sheet.wrong(wrong)
        found[server.name] = {"memory": memory, "kb_a_click": growth}
    sheet.figures["long"] = found


# -- a killed server -------------------------------------------------------------------------------------------------


async def killed_server(server: Server, rng: random.Random, window: float) -> tuple[Figures, list[str]]:
    """A class joins, answers, and loses its server in the middle; it comes back, and they go on.

    The server is killed when a random part of the 35 answers, a quarter to three quarters, has been told as saved.
    """
    lesson = Lesson(server.home)
    leaders, pupils = Leaders(server, lesson), [Pupil(server, lesson, rng) for _ in range(ROOM)]
    await leaders.open()
    wrong = await few([pupil.join for pupil in pupils])
    lesson.close()

    async def one(pupil: Pupil, wait: float) -> None:
        await asyncio.sleep(wait)
        if pupil.browser.settled:  # nobody presses on a screen that is not there
            await pupil.answer()

    def told() -> int:
        return sum(len(pupil.told) for pupil in pupils)

    waits = [rng.uniform(0, window) for _ in pupils]
    playing = asyncio.gather(*map(one, pupils, waits), return_exceptions=True)
    enough = rng.randint(ROOM // 4, 3 * ROOM // 4)
    while told() < enough and not playing.done():
        await asyncio.sleep(0.002)
    killed = time.perf_counter()
    server.kill()
    await asyncio.to_thread(server.start)
    listens = time.perf_counter()
    wrong += [repr(end) for end in await playing if isinstance(end, BaseException) and not isinstance(end, Failed)]
    acknowledged, unanswered = told(), sum(len(pupil.asked) for pupil in pupils)

    browsers = [*(pupil.browser for pupil in pupils), *leaders.browsers]
    back: dict[int, float] = {}
    while len(back) < len(browsers) and time.perf_counter() < listens + PATIENCE:
        for place, browser in enumerate(browsers):
            if browser.settled:
                back.setdefault(place, max(listens, browser.connected, browser.screen.ended) - listens)
        await asyncio.sleep(0.02)
    if len(back) < len(browsers):
        wrong.append(f"{len(browsers) - len(back)} devices did not come back within {PATIENCE:.0f} s")
    wrong += [fault for pupil in pupils for fault in pupil.compare()]
    stored = told() - acknowledged
    for _ in range(2):
        wrong += await few([lambda pupil=pupil: resumed(pupil) for pupil in pupils])  # type: ignore[misc]
    wrong += [fault for pupil in pupils for fault in pupil.compare()] + leaders.faults()
    lesson.close()
    await close(browsers)
    figures = {
        "acknowledged": acknowledged,
        "unanswered": unanswered,
        "stored": stored,
        "restart": listens - killed,
        "back": list(back.values()),
    }
    return figures, wrong


async def resumed(pupil: Pupil) -> None:
    """Answer the picture on the screen, which must be the one after the last answer that is kept."""
    if pupil.position != len(pupil.told):
        raise Failed(f"{pupil.device} shows picture {pupil.position} after {len(pupil.told)} answers")
    await pupil.answer()


def compare_killing(sheet: Sheet, folder: Path, times: int, window: float) -> None:
    """Again and again, on one data folder."""
    sheet.say(f"\nkill -9 while {ROOM} answers arrive, {times} times: answers told as saved, and what the disk has")
    sheet.say(f"{'':<8}{'told':>6}{'in flight':>11}{'of them on disk':>17}{'restart':>10}{'back p50':>11}{'max, s':>8}")
    rng, rounds, lost = random.Random(0), [], 0
    with served(kit(folder / "kit")) as server:
        for number in range(times):
            one, wrong = asyncio.run(killed_server(server, rng, window))
            rounds.append(one)
            lost += len(wrong)
            back = one["back"] or [math.inf]
            sheet.say(
                f"{number + 1:<8}{one['acknowledged']:6}{one['unanswered']:11}{one['stored']:17}"
                f"{one['restart']:10.1f}{statistics.median(back):11.1f}{max(back):8.1f}"
            )
            sheet.wrong(wrong)
    latest = max((moment for one in rounds for moment in one["back"]), default=math.inf)
    told = sum(one["acknowledged"] for one in rounds)
    sheet.say(f"{told} answers told as saved, and each of them kept once: {'no' if lost else 'yes'}")
    sheet.say(f"the last device was back {latest:.1f} s after the server listened again (aim: {BACK_AIM:.0f} s)")
    sheet.figures["kill"] = rounds
