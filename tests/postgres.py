"""A real PostgreSQL for the tests, from Debian's package: its own folder, its own port of loopback, gone afterwards.

Nothing is written durably (``fsync`` off): a test about durability needs a server of its own.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pytest
from sqlalchemy import URL, make_url

ACCOUNT = "postgres"
"""Whose server it is where the tests run as root, as which PostgreSQL refuses to start."""
_START_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """A running server."""

    port: int
    password: str

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of one of its databases, password included."""
        made = URL.create("postgresql+psycopg", "contrechamp", self.password, "127.0.0.1", self.port, database)
        return made.render_as_string(hide_password=False)

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a new, empty database, dropped afterwards with whoever is still connected."""
        name = f"test_{secrets.token_hex(6)}"
        with self._administrator() as connection:
            # The template that nobody connects to: another one cannot be copied while somebody does.
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        try:
            yield self.url(name)
        finally:
            with self._administrator() as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def empty(self, url: str) -> None:
        """Let whoever is connected to this database go, and drop what it holds: quicker than another database."""
        with connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")

    def _administrator(self) -> psycopg.Connection[Any]:
        return connect(self.url(), autocommit=True)


def connect(url: str, **options: Any) -> psycopg.Connection[Any]:
    """A connection of psycopg's own to an SQLAlchemy ``url``."""
    parts = make_url(url)
    return psycopg.connect(
        host=parts.host,
        port=parts.port,
        user=parts.username,
        password=parts.password,
        dbname=parts.database,
        connect_timeout=10,
        **options,
    )


@contextlib.contextmanager
def running() -> Iterator[Postgres]:
    """Start a server, and stop it at the end. Skips the test, or fails it, where there is no PostgreSQL."""
    programs = _programs()
    as_account: dict[str, Any] = {}
    if os.name == "posix" and os.geteuid() == 0:
        import pwd

        try:
            pwd.getpwnam(ACCOUNT)
        except KeyError:
            _absent(f"no account “{ACCOUNT}” on this machine, and PostgreSQL does not run as root")
        as_account = {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []}
    # Not below pytest's own folder, which is closed to that account.
    folder = Path(tempfile.mkdtemp(prefix="contrechamp-postgres-"))
    try:
        if as_account:
            shutil.chown(folder, ACCOUNT, ACCOUNT)
        with _serving(programs, folder, as_account) as server:
            yield server
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def _serving(programs: Path, folder: Path, as_account: dict[str, Any]) -> Iterator[Postgres]:
    password, data, log = secrets.token_hex(12), folder / "data", folder / "log"
    options: dict[str, Any] = {
        **as_account,
        "cwd": folder,
        "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        "stdin": subprocess.DEVNULL,
    }
    secret = folder / "password"
    secret.write_text(password, "utf-8")
    if as_account:
        shutil.chown(secret, ACCOUNT, ACCOUNT)
    secret.chmod(0o600)
    made = subprocess.run(
        [
            *(programs / "initdb", "--pgdata", data, "--username", "contrechamp", "--pwfile", secret),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        ],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
    assert made.returncode == 0, made.stdout + made.stderr

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "fsync": "off",
        "shared_buffers": "16MB",
        "max_connections": 250,  # a class of two hundred devices, were each to have its own
    }
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, *arguments], stdout=out, stderr=subprocess.STDOUT, **options
        )
    server = Postgres(port=port, password=password)
    try:
        _wait(server, process, log)
        yield server
    finally:
        process.send_signal(signal.SIGINT)  # its “fast” shutdown: whoever is connected is let go
        process.wait(30)


def _wait(server: Postgres, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        assert process.poll() is None, log.read_text("utf-8", "replace")
        try:
            connect(server.url()).close()
            return
        except psycopg.OperationalError:
            assert time.monotonic() < end, log.read_text("utf-8", "replace")
            time.sleep(0.05)


def _programs() -> Path:
    """The folder of PostgreSQL's own programs, which Debian keeps off the PATH: the newest one there is."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not found:
        _absent("no PostgreSQL on this machine: what runs on it is left out")
    return max(found, key=lambda path: int(path.parent.name))


def _absent(reason: str) -> NoReturn:
    if os.environ.get("CONTRECHAMP_REQUIRE_POSTGRES"):
        pytest.fail(f"{reason}, and CONTRECHAMP_REQUIRE_POSTGRES is set")
    pytest.skip(reason)
