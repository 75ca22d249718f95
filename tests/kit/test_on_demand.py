"""A file made when somebody asks for it: at one address, for one device, however often pages are drawn meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.applications import Starlette

import serve
from kit import on_demand
from kit.errors import SetupError
from kit.on_demand import KEPT, Offer, Offers, offers

ANNE, BEN = (letter * 32 for letter in "ab")


def offered(make: Callable[[], str | bytes] = str, name: str = "rapport.csv", device: str = ANNE) -> Offer:
    return Offer(device, name, "text/csv", make)


def ask(address: str, device: str | None = ANNE) -> tuple[int, dict[str, str], bytes]:
    """What the server sends a browser that follows a link: status, headers, content."""
    said: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    headers = [(b"host", b"localhost"), (b"accept", b"text/html,application/xhtml+xml")]
    if device is not None:
        headers.append((b"cookie", f"other=1; {serve.DEVICE_COOKIE}={device}".encode()))
    scope = {"type": "http", "method": "GET", "path": unquote(address), "query_string": b"", "headers": headers}
    app: Any = serve.application()
    asyncio.run(serve.Door(Starlette(routes=app._user_routes))(scope, receive, send))
    received = {name.decode(): value.decode() for name, value in said[0]["headers"]}
    return said[0]["status"], received, b"".join(message.get("body", b"") for message in said[1:])


def test_a_link_gives_the_file_as_it_is_when_it_is_followed() -> None:
    answers = ["non"]
    address = offers.add("report", offered(lambda: "\n".join(answers)))
    answers.append("où ?")
    status, headers, content = ask(address)
    assert (status, content.decode()) == (200, "non\noù ?")
    assert headers["content-type"] == "text/csv; charset=utf-8"
    assert headers["content-disposition"] == "attachment; filename*=utf-8''rapport.csv"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


def test_bytes_go_out_as_they_are() -> None:
    assert ask(offers.add("picture", Offer(ANNE, "a.zip", "application/zip", lambda: b"\xff\0")))[2] == b"\xff\0"


@pytest.mark.parametrize("name", ["l’été.csv", "sans point", 'a"b; x="y".csv', "../../etc/passwd", "?q#f"])
def test_no_name_breaks_out_of_its_place(name: str) -> None:
    status, headers, content = ask(offers.add("named", offered(lambda: "x", name=name)))
    assert (status, content) == (200, b"x")
    said = headers["content-disposition"].removeprefix("attachment; filename*=utf-8''")
    assert not set(said) & set(' "\\/\r\n;?#')


def test_a_page_drawn_again_offers_at_the_same_address() -> None:
    first = offers.add("again", offered(lambda: "before"))
    for _ in range(50):
        offers.add("other", offered())
    assert offers.add("again", offered(lambda: "after")) == first
    assert ask(first)[2] == b"after"
    assert ask(first)[2] == b"after", "it can be taken twice"


def test_one_device_does_not_take_what_another_is_offered() -> None:
    address = offers.add("mine", offered(lambda: "secret"))
    for stranger in (BEN, None, "", "A" * 32, ANNE[:-1]):
        status, headers, content = ask(address, stranger)
        assert (status, content) == (404, b"Nothing is offered to this device here.")
        assert "content-disposition" not in headers
    assert offers.add("mine", offered(device=BEN)) != address
    assert ask(address)[2] == b"secret"


def test_what_is_taken_back_is_not_there_any_more() -> None:
    mine = Offers()
    addresses = {device: mine.add("mine", offered(device=device)) for device in (ANNE, BEN)}

    def there() -> list[str]:
        return [device for device, address in addresses.items() if mine.get(address.split("/")[2], device)]

    mine.forget(ANNE)
    assert there() == [BEN]
    addresses[ANNE] = mine.add("mine", offered())
    assert there() == [ANNE, BEN]
    mine.forget(None)
    assert there() == []


def test_an_address_cannot_be_worked_out() -> None:
    assert Offers().add("report", offered()) != Offers().add("report", offered())


def test_what_is_not_offered_is_not_there() -> None:
    assert ask(f"{on_demand.PATH}/{'0' * 32}/report.csv")[0] == 404


def test_what_cannot_be_made_is_said_and_nothing_else() -> None:
    def fails() -> str:
        raise SetupError("The disk under {path} is full.", path="/home/someone")

    assert ask(offers.add("fails", offered(fails)))[::2] == (500, b"This file cannot be made.")
    assert ask(offers.add("gone", offered(Path("/no/such/file").read_bytes)))[::2] == (
        500,
        b"This file cannot be made.",
    )


def test_it_is_made_away_from_the_thread_that_serves() -> None:
    where: list[int] = []
    ask(offers.add("thread", offered(lambda: str(where.append(threading.get_ident())))))
    assert where
    assert where != [threading.get_ident()]


def test_the_oldest_offers_are_forgotten() -> None:
    mine = Offers()
    addresses = [mine.add(f"{place}", offered()) for place in range(KEPT)]
    mine.add("0", offered())
    mine.add("one more", offered())
    there = [mine.get(address.split("/")[2], ANNE) is not None for address in addresses]
    assert there == [True, False, *[True] * (KEPT - 2)]
