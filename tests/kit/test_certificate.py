"""The certificate of https, as the TLS of Python and the clock see it."""

from __future__ import annotations

import errno
import os
import socket
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from kit import certificate as module
from kit.certificate import Certificate, certificate
from kit.errors import SetupError
from kit.settings import Settings

ROOM = "192.168.1.20"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def der(made: Certificate) -> bytes:
    text = made.file.read_text("ascii")
    return ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN CERTIFICATE") :])


def shake_hands(made: Certificate, name: str) -> None:
    """A client that trusts this certificate alone, and is as strict as Python knows, reaches a server at ``name``."""
    trusting = ssl.create_default_context(cadata=der(made))
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(made.file)
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            serving.wrap_socket(theirs, server_side=True).close()
        except OSError:
            theirs.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        trusting.wrap_socket(ours, server_hostname=name).close()
    finally:
        ours.close()
        thread.join()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", ROOM])
def test_a_browser_that_trusts_it_reaches_every_address(settings: Settings, name: str) -> None:
    shake_hands(certificate(settings, [ROOM]), name)


@pytest.mark.parametrize("name", ["contrechamp.example", "192.168.1.21"])
def test_it_vouches_for_nothing_else(settings: Settings, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(certificate(settings, [ROOM]), name)


def test_what_a_person_compares(settings: Settings) -> None:
    made = certificate(settings, [])
    assert made.fingerprint.replace(" ", "").lower() == sha256(der(made)).hexdigest()
    assert [len(group) for group in made.fingerprint.split(" ")] == [2] * 32
    assert made.until - datetime.now(UTC).date() in (timedelta(89), timedelta(90))


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no such modes")
def test_only_its_owner_reads_the_key(settings: Settings) -> None:
    made = certificate(settings, [])
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert list(settings.home.iterdir()) == [made.file]


def test_it_is_used_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    first = certificate(settings, [ROOM, "10.0.0.3"])
    monkeypatch.setattr(module, "_now", lambda: datetime.now(UTC) + timedelta(days=82))
    assert certificate(settings, ["10.0.0.3"]) == first


@pytest.mark.parametrize("days", [84, 400, -30])
def test_it_is_made_anew_before_its_end(settings: Settings, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    first = certificate(settings, [ROOM])
    later = datetime.now(UTC) + timedelta(days=days)
    monkeypatch.setattr(module, "_now", lambda: later)
    second = certificate(settings, [ROOM])
    assert second.fingerprint != first.fingerprint
    assert second.until == (later + timedelta(days=90)).date()


def test_it_is_made_anew_for_another_address(settings: Settings) -> None:
    first = certificate(settings, [])
    second = certificate(settings, [ROOM])
    assert second.fingerprint != first.fingerprint
    shake_hands(second, ROOM)


def test_a_damaged_one_is_replaced(settings: Settings) -> None:
    """Whatever byte is lost or changed: what is served is whole, and what is kept is what was made."""
    made = certificate(settings, [])
    whole, first = made.file.read_bytes(), der(made)
    other = certificate(Settings(home=settings.home / "other"), []).file.read_bytes()
    end = whole.index(b"-----BEGIN CERTIFICATE")
    damaged = [b"", b"\xff" * 50, whole[:end], whole[end:], whole[:end] + other[other.index(b"-----BEGIN C") :]]
    damaged += [whole[:i] for i in range(0, len(whole) - 40, 97)]
    damaged += [whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :] for i in range(0, len(whole), 31)]
    for pem in damaged:
        made.file.write_bytes(pem)
        again = certificate(settings, [])
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(again.file)
        assert again.fingerprint.replace(" ", "").lower() == sha256(der(again)).hexdigest()
        assert (again.fingerprint == made.fingerprint) == (der(again) == first)


def test_a_full_disk_says_so_and_keeps_what_was_there(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    first = certificate(settings, [])
    before = first.file.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.os, "replace", full)
    with pytest.raises(SetupError, match=r"cannot be written .*No space left on device.*\.$"):
        certificate(settings, [ROOM])
    assert first.file.read_bytes() == before
    assert list(settings.home.iterdir()) == [first.file]


def test_a_folder_in_its_place(settings: Settings) -> None:
    (settings.home / module.FILE).mkdir(parents=True)
    with pytest.raises(SetupError, match="cannot be written"):
        certificate(settings, [])
