"""A class on one machine: devices of a room on the kit, beside the same devices on an empty Streamlit app.

    python benchmarks/class_load.py [--rooms 35x1 200x1] [--skip answers|follow|idle] [--long] [--kill [10]] [--json]

Every device is a WebSocket client that does what a browser does and draws nothing (``class_client.py``); the servers
are processes of their own on loopback (``class_servers.py``), each fresh, in turn: the kit, with the projected screen
and the remote control open as they are in a class; a form with one question in an empty app with Streamlit's defaults;
the same with the kit's configuration, which tells what the configuration saves and what the kit's own pages cost. One
machine plays the devices too: they take a part of its cores, and so do others at work on it; the last columns tell how
much. ``processor`` is what the server used for an answer, all that it did meanwhile included.

- answers: ``35x3`` is 35 participants who give 3 answers each, at random moments of the same ten seconds. Nobody
  answers a picture that is not on the screen yet: such an answer is *late*. From the click to the end of the run that
  shows the next picture; for the empty app, of the run that shows « saved ». A run that shows an error, or another
  screen, is a failed answer and counts as endless. Afterwards the database is compared with what the devices were told.
  Nobody has seen the pictures of the class before. Memory: what the server holds more, for each who has joined.
- follow: from the facilitator's click on « Next step » in the remote control to the end of the run that shows the step,
  on each of 35 devices; beside an almost empty page in the kit's configuration that asks once a second
  (``st.fragment(run_every=1.0)``) whether a number in a file has changed.
- idle: processor of the server while 35 devices are connected and nothing happens; beside that page.
- long: as many clicks as 35 participants make in 90 minutes, one every 20 s, as fast as they are answered.
- kill: ``kill -9`` while 35 answers arrive, then a new start on the same port; the devices are left to themselves.
  What was told as saved must be there, once; what was in flight is there or not. It tells nothing of a power cut.

It leaves with status 1 if an answer is lost, wrong, counted twice or refused, or a device stays behind; never for a
time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from class_client import Browser, Failed, Run
from class_devices import Device, Leaders, Pupil, Visitor, close, few, showing
from class_report import ALL_CORES, SPREAD, Figures, Machine, Sheet, all_cores, finite, milliseconds, spread
from class_servers import EMPTY, POLLING, ROUND, VERSION, Lesson, Server, kit, plain, served
from class_trials import CLICKS, ROOM, compare_killing, compare_lasting

WINDOW = 10.0
ANSWER_AIMS = {35: 0.3, 200: 2.0}
FOLLOW_AIM = 2.0
IDLE_AIM = 10.0
"""Percent of one core."""


# -- answers, and memory ---------------------------------------------------------------------------------------------


async def answers(server: Server, devices: Sequence[Device], each: int, rng: random.Random) -> Figures:
    """They join, then give ``each`` so many answers within the same ten seconds."""
    before, joining = server.memory(), time.perf_counter()
    refused = await few([device.join for device in devices])
    joined = time.perf_counter() - joining
    await asyncio.sleep(2)
    after, bytes_before = server.memory(), _bytes(devices)
    machine, began, late = Machine(server), time.perf_counter(), 0

    async def play(device: Device) -> list[float]:
        nonlocal late
        taken = []
        for moment in sorted(rng.uniform(0, WINDOW) for _ in range(each)):
            wait = began + moment - time.perf_counter()
            late += wait < 0
            await asyncio.sleep(max(0.0, wait))
            try:
                taken.append(await device.answer())
            except Failed as failure:
                refused.append(str(failure))
                taken.append(math.inf)
        return taken

    seconds = [one for taken in await asyncio.gather(*map(play, devices)) for one in taken]
    took, cores, used = time.perf_counter() - began, machine.cores(), machine.used()
    await asyncio.sleep(1)  # the last pictures
    screens, pictures = ((now - then) / len(seconds) for now, then in zip(_bytes(devices), bytes_before, strict=True))
    return {
        **spread(seconds),
        "failed": refused + [fault for device in devices for fault in device.browser.lost],
        "late": late,
        "took": took,
        "joined": joined,
        "processor": used / len(seconds),
        "cores": cores,
        "memory": (after - before) / len(devices),
        "memory_after": (server.memory() - before) / len(devices),
        "bytes": {"screens": screens, "pictures": pictures},
    }


def _bytes(devices: Sequence[Device]) -> tuple[int, int]:
    browsers = [device.browser for device in devices]
    return sum(one.received for one in browsers), sum(one.pictured for one in browsers)


async def room_of_the_kit(server: Server, count: int, each: int, rng: random.Random) -> tuple[Figures, list[str]]:
    """The kit's figures, and what is wrong."""
    lesson = Lesson(server.home)
    leaders, first = Leaders(server, lesson), Pupil(server, lesson, rng)
    await first.join()  # the server reads its modules once
    await first.answer()
    await leaders.open()
    pupils = [Pupil(server, lesson, rng) for _ in range(count)]
    figures = await answers(server, pupils, each, rng)
    wrong = [f"an answer failed: {why}" for why in figures["failed"]] + leaders.faults()
    wrong += [fault for pupil in [first, *pupils] for fault in pupil.compare()]
    lesson.close()
    await close([*leaders.browsers, first.browser, *(pupil.browser for pupil in pupils)])
    return figures, wrong


async def room_of_the_empty(server: Server, count: int, each: int, rng: random.Random) -> Figures:
    """The empty app's figures."""
    first = Visitor(server, rng)
    await first.join()
    await first.answer()
    visitors = [Visitor(server, rng) for _ in range(count)]
    figures = await answers(server, visitors, each, rng)
    await close([first.browser, *(visitor.browser for visitor in visitors)])
    return figures


def compare_answers(sheet: Sheet, folder: Path, count: int, each: int) -> None:
    """One room, on each of the three."""
    sheet.say(f"\n{count} participants, {each} answers each within the same {WINDOW:.0f} s: from click to “saved”, ms")
    sheet.say(f"{'':<26}{SPREAD}{'failed':>8}{'late':>6}{'all in':>9}{'processor':>11}{ALL_CORES}")
    servers = (
        kit(folder / "kit"),
        plain(folder / "empty", "an empty app, defaults", EMPTY),
        plain(folder / "tuned", "the same, kit's config", EMPTY, tuned=True),
    )
    found: dict[str, Figures] = {}
    wrong: list[str] = []
    for server in servers:
        rng = random.Random(count)
        with served(server):
            if server is servers[0]:
                one, wrong = asyncio.run(room_of_the_kit(server, count, each, rng))
            else:
                one = asyncio.run(room_of_the_empty(server, count, each, rng))
        found[server.name] = one
        sheet.say(
            f"{server.name:<26}{milliseconds(one)}{len(one['failed']):8}{one['late']:6}{one['took']:7.1f} s"
            f"{1000 * one['processor']:8.0f} ms{all_cores(one['cores'])}"
        )
    ours, theirs, tuned = found.values()
    aim = f"; p95 below {1000 * ANSWER_AIMS[count]:.0f} ms" if count in ANSWER_AIMS else ""
    sheet.say(
        f"ratio {ours['p95'] / theirs['p95']:7.2f} × the p95 of the empty app with its defaults (aim: below 1{aim})"
    )
    sheet.say(f"ratio {ours['p95'] / tuned['p95']:7.2f} × the p95 of the empty app in the kit's configuration")
    ratio = ours["processor"] / theirs["processor"]
    sheet.say(f"ratio {ratio:7.2f} × the processor of the empty app with its defaults")
    sheet.say(
        f"memory: {ours['memory']:.2f} MB each once they have joined, {ours['memory_after']:.2f} after the answers; the"
        f" empty app {theirs['memory']:.2f} and {theirs['memory_after']:.2f}"
        f" (ratios {ours['memory'] / theirs['memory']:.1f} and {ours['memory_after'] / theirs['memory_after']:.1f})"
    )
    sheet.say(
        f"an answer brings {ours['bytes']['screens'] / 1000:.0f} kB of screen, before compression, and"
        f" {ours['bytes']['pictures'] / 1000:.0f} kB of picture; all had joined after {ours['joined']:.1f} s, the"
        f" visitors of the empty app after {theirs['joined']:.1f} s"
    )
    sheet.say(f"what the devices were told is what the disk has: {'no' if wrong else 'yes'}")
    sheet.wrong(wrong)
    sheet.figures[f"answers {count}x{each}"] = found


# -- following, and doing nothing ------------------------------------------------------------------------------------


async def follow_the_kit(server: Server, pause: float) -> tuple[list[float], list[str]]:
    """Seconds from the facilitator's click to each device's new screen, for the steps that come after the round."""
    rng, lesson = random.Random(0), Lesson(server.home)
    leaders, pupils = Leaders(server, lesson), [Pupil(server, lesson, rng) for _ in range(ROOM)]
    await leaders.open()
    wrong, seconds = await few([pupil.join for pupil in pupils]), []
    for step in lesson.steps[lesson.steps.index(ROUND) + 1 :]:
        await asyncio.sleep(pause + rng.random())
        pressed, there = time.perf_counter(), showing(f"{lesson.id}/{step}/")
        waits = [pupil.browser.until(there) for pupil in pupils]
        click = leaders.remote.click("conduct.next_step", showing(f"conduct/{step}/"))
        for end in await asyncio.gather(*waits, click, return_exceptions=True):
            if isinstance(end, Run):
                seconds.append(end.ended - pressed)
            elif isinstance(end, BaseException):
                wrong.append(f"{step}: {end}")
    wrong += leaders.faults()
    lesson.close()
    await close([*leaders.browsers, *(pupil.browser for pupil in pupils)])
    return seconds, wrong


async def follow_by_asking(server: Server, pause: float, times: int) -> list[float]:
    """The same with the page that asks; the facilitator is this process, which writes the number."""
    rng, tabs = random.Random(0), [Browser(server.port) for _ in range(ROOM)]
    await few([tab.open for tab in tabs])
    seconds: list[float] = []
    for number in range(1, times + 1):
        await asyncio.sleep(pause + rng.random())
        pressed, text = time.perf_counter(), f"step {number}"
        waits = [tab.until(lambda run, text=text: text in run.texts) for tab in tabs]  # type: ignore[misc]
        (server.folder / VERSION).write_text(str(number), "utf-8")
        seconds += [run.ended - pressed for run in await asyncio.gather(*waits)]
    await close(tabs)
    return seconds


def compare_following(sheet: Sheet, folder: Path, pause: float = 2.0) -> None:
    """Told by the server, or asked by the page."""
    sheet.say(f"\nfrom “Next step” to the screen of each of {ROOM} devices, ms")
    sheet.say(f"{'':<26}{SPREAD}")
    with served(kit(folder / "kit")) as server:
        seconds, wrong = asyncio.run(follow_the_kit(server, pause))
    ours = spread(seconds)
    sheet.say(f"{'the kit':<26}{milliseconds(ours)}")
    sheet.wrong(wrong)
    with served(plain(folder / "polling", "a page that asks", POLLING, tuned=True)) as server:
        theirs = spread(asyncio.run(follow_by_asking(server, pause, max(1, ours["n"] // ROOM))))
    sheet.say(f"{'an almost empty page, 1 Hz':<26}{milliseconds(theirs)}")
    ratio = ours["p95"] / theirs["p95"]
    sheet.say(f"ratio {ratio:7.2f} × the p95 of a page that asks once a second (aim: p95 below {FOLLOW_AIM:.0f} s)")
    sheet.figures["follow"] = {"kit": ours, "polling": theirs}


async def doing_nothing(server: Server, seconds: float) -> Figures:
    """Who takes how much of the machine meanwhile."""
    await asyncio.sleep(3)
    machine = Machine(server)
    await asyncio.sleep(seconds)
    return machine.cores()


async def idle_kit(server: Server, seconds: float) -> tuple[Figures, Figures]:
    """Participants alone; then with those who lead."""
    rng, lesson = random.Random(0), Lesson(server.home)
    leaders, pupils = Leaders(server, lesson), [Pupil(server, lesson, rng) for _ in range(ROOM)]
    await few([pupil.join for pupil in pupils])
    alone = await doing_nothing(server, seconds)
    await leaders.open()
    led = await doing_nothing(server, seconds)
    lesson.close()
    await close([*leaders.browsers, *(pupil.browser for pupil in pupils)])
    return alone, led


async def idle_tabs(server: Server, seconds: float) -> Figures:
    """So many tabs on one page."""
    tabs = [Browser(server.port) for _ in range(ROOM)]
    await few([tab.open for tab in tabs])
    cores = await doing_nothing(server, seconds)
    await close(tabs)
    return cores


def compare_idling(sheet: Sheet, folder: Path, seconds: float) -> None:
    """What it costs that they are there."""
    sheet.say(f"\n{ROOM} devices and nothing happens for {seconds:.0f} s: processor of the server, percent of one core")
    found: dict[str, Figures] = {}
    with served(kit(folder / "kit")) as server:
        found["the kit"], found["with those who lead"] = asyncio.run(idle_kit(server, seconds))
    with served(plain(folder / "polling", "a page that asks", POLLING, tuned=True)) as server:
        found["an almost empty page, 1 Hz"] = asyncio.run(idle_tabs(server, seconds))
    with served(plain(folder / "empty", "an empty app, defaults", EMPTY)) as server:
        found["an empty app, defaults"] = asyncio.run(idle_tabs(server, seconds))
    for name, cores in found.items():
        sheet.say(f"{name:<26}{100 * cores['server']:9.1f} %   (others: {cores['others']:.2f} cores)")
    ratio = found["the kit"]["server"] / found["an almost empty page, 1 Hz"]["server"]
    sheet.say(f"ratio {ratio:7.2f} × a page that asks once a second (aim: below {IDLE_AIM:.0f} %)")
    sheet.figures["idle"] = found


# -- all together ----------------------------------------------------------------------------------------------------


def room(text: str) -> tuple[int, int]:
    """``35x3``: participants, and answers each."""
    count, _, each = text.partition("x")
    return int(count), int(each or 1)


def main() -> None:
    """Measure what was asked for, and say so."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rooms", type=room, nargs="+", default=[(35, 1), (35, 3), (200, 1)], metavar="35x3")
    parser.add_argument("--skip", choices=["answers", "follow", "idle"], action="append", default=[])
    parser.add_argument("--idle-seconds", type=float, default=20.0)
    parser.add_argument("--long", action="store_true", help="ninety minutes, as fast as they go: ten minutes and more")
    parser.add_argument("--clicks", type=int, default=CLICKS, help=f"of --long ({CLICKS})")
    parser.add_argument("--kill", type=int, nargs="?", const=10, default=0, help="kill the server so often (10)")
    parser.add_argument(
        "--kill-window", type=float, default=1.5, help="seconds in which the answers of --kill are given"
    )
    parser.add_argument("--json", action="store_true", help="print JSON; the report goes to stderr")
    asked = parser.parse_args()
    sheet = Sheet(quiet=asked.json)
    load, cores = os.getloadavg()[0] if hasattr(os, "getloadavg") else math.nan, os.cpu_count() or 1
    sheet.figures["machine"] = {"cores": cores, "load": load, "python": platform.python_version()}
    system = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {cores} cores"
    sheet.say(f"{system}, load {load:.1f} beforehand{': others are at work' if load > cores / 4 else ''}")
    with tempfile.TemporaryDirectory(prefix="contrechamp-class-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        if "answers" not in asked.skip:
            for number, (count, each) in enumerate(asked.rooms):
                compare_answers(sheet, folder / f"answers{number}", count, each)
        if "follow" not in asked.skip:
            compare_following(sheet, folder / "follow")
        if "idle" not in asked.skip:
            compare_idling(sheet, folder / "idle", asked.idle_seconds)
        if asked.long:
            compare_lasting(sheet, folder / "long", asked.clicks)
        if asked.kill:
            compare_killing(sheet, folder / "kill", asked.kill, asked.kill_window)
    if asked.json:
        print(json.dumps(finite({**sheet.figures, "wrong": sheet.faults}), indent=2))
    if sheet.faults:
        print(f"{len(sheet.faults)} things went wrong.", file=sys.stderr)
        raise SystemExit(1)


if __name__ == "__main__":
    main()
