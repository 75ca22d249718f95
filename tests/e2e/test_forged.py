"""Somebody who speaks to the socket without the page: what their device may not do is refused, whatever they send."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from streamlit.proto.WidgetStates_pb2 import WidgetState

from activities.noise_to_image.run import NoiseRun
from activities.spot_the_fake.run import SortingRun
from benchmarks.class_client import Browser, Failed
from kit.classroom.classes import Class, Classes
from kit.classroom.lead import Lead
from kit.levels import Level, Role
from kit.steps import Mode
from kit.walk import Plan, Walk
from serve import DEVICE_COOKIE
from tests.e2e.conftest import Server

T = TypeVar("T")
LAPTOP, PHONE, STRANGER = "a" * 32, "b" * 32, "c" * 32


def opened(classes: Classes, run: Walk, **lead: object) -> Class:
    led, _pin = classes.open(
        run.activity.slug,
        run.model_dump_json(),
        step=run.step,
        device=LAPTOP,
        lang="fr",
        lead=Lead.model_validate({"lobby": False, **lead}),
        days=1,
    )
    classes.join(led.code, PHONE)
    return led


def browser(room: Server, device: str) -> Browser:
    return Browser(room.port, cookie=f"{DEVICE_COOKIE}={device}")


async def press(who: Browser, name: str) -> None:
    """Send the press of a button that was never drawn for this device; wait for the run that it begins."""
    await who.ask(WidgetState(id=name, trigger_value=True))
    with contextlib.suppress(Failed):  # an error on the screen is an answer too
        await who.until(lambda run: True)


def played(play: Coroutine[Any, Any, T]) -> T:
    """What is played comes to; in a thread of its own, since the browsers of other tests keep a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, play).result()


def test_buttons_of_the_facilitator_pressed_by_others(room: Server, classes: Classes) -> None:
    led = opened(classes, NoiseRun(seed=7, mode=Mode.CLASS, step="watch", level=Level.CYCLE_3))

    async def play() -> dict[str, str]:
        laptop = browser(room, LAPTOP)
        await laptop.open("conduct")
        ids = {key: one.id for key, one in laptop.screen.widgets.items() if key.startswith(("conduct.", "class."))}
        del ids["class.follow"]
        for device in (PHONE, STRANGER):
            for path, query in (("noise_to_image", ""), ("conduct", f"class={led.id}&role=facilitator&number=0")):
                forger = browser(room, device)
                await forger.open(path, query)
                assert not forger.screen.widgets.keys() & ids.keys()
                for name in ids.values():
                    await press(forger, name)
                await forger.close()
        await laptop.close()
        return ids

    ids = played(play())
    assert {"conduct.next", "conduct.next_step", "class.lock", "class.new_pin", f"class.close.{led.code}"} <= ids.keys()
    after = classes.get(led.id)
    assert after is not None
    assert (after.version, after.state, after.lead, after.closed) == (led.version, led.state, led.lead, False)
    assert [seat.role for seat in classes.seats(STRANGER)] == []
    assert [seat.role for seat in classes.seats(PHONE)] == [Role.PARTICIPANT]


def test_a_device_below_4e_that_asks_for_a_picture_gets_none(room: Server, classes: Classes) -> None:
    """The step is given to the devices; the button that generates belongs to the big screen, whoever sends its name."""
    led = opened(classes, NoiseRun(seed=7, mode=Mode.CLASS, step="watch", level=Level.CYCLE_3), given={"watch": True})

    async def play() -> str:
        laptop, phone = browser(room, LAPTOP), browser(room, PHONE)
        await laptop.open("noise_to_image")
        [making] = [one.id for key, one in laptop.screen.widgets.items() if ".make." in key]
        await phone.open("noise_to_image")
        assert not [key for key in phone.screen.widgets if ".make." in key]
        await press(phone, making)
        await laptop.close()
        await phone.close()
        return making

    assert played(play())
    work = classes.work(led.id, 1)
    assert work is not None
    assert work.state == "", "nothing was asked for"


def test_no_file_comes_from_a_device_that_nobody_asked(room: Server, classes: Classes) -> None:
    """The loopback of a test says that it is behind a proxy: from there nobody is on the machine that serves."""
    run = SortingRun(seed=7, images=8, mode=Mode.CLASS, plan=Plan.SECOND, step="own_deck", level=Level.ADULTS)
    led = opened(classes, run)

    def let_in(device: str, **more: str) -> bool:
        """Past the door; Streamlit, behind it, knows no such session."""
        link = http.client.HTTPConnection("127.0.0.1", room.port, timeout=10)
        headers = {"Cookie": f"{DEVICE_COOKIE}={device}", "X-Forwarded-For": "192.168.1.30", **more}
        with contextlib.closing(link):
            link.request("PUT", "/_stcore/upload_file/session/file", body=b"x", headers=headers)
            reply = link.getresponse()
            assert reply.status in (400, 403)
            return b"Files are taken on the machine" not in reply.read()

    assert [let_in(PHONE), let_in(STRANGER), let_in(LAPTOP)] == [False, False, True]
    classes.lead(led.id, LAPTOP, given={"own_deck": True})
    assert [let_in(PHONE), let_in(STRANGER)] == [True, False]
    assert not let_in(PHONE, Cookie=f"{DEVICE_COOKIE}={STRANGER}; role=facilitator")
    classes.remove(led.id, LAPTOP, 1)
    assert not let_in(PHONE)


def test_the_stream_of_a_class_is_for_those_who_sit_in_it(room: Server, classes: Classes) -> None:
    led = opened(classes, NoiseRun(seed=7, mode=Mode.CLASS, step="watch", level=Level.ADULTS))

    def status(device: str, class_id: str) -> int:
        link = http.client.HTTPConnection("127.0.0.1", room.port, timeout=10)
        with contextlib.closing(link):
            link.request("GET", f"/class/events?class={class_id}", headers={"Cookie": f"{DEVICE_COOKIE}={device}"})
            return link.getresponse().status

    assert status(PHONE, led.id) == 200
    assert status(STRANGER, led.id) == 404
    assert status(PHONE, "0" * 32) == 404
    assert status(PHONE, "") == 404
