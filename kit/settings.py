"""Where the kit keeps things and what the environment may change.

| variable | meaning | default |
|---|---|---|
| ``CONTRECHAMP_HOME`` | the data folder | the user data folder of the system (platformdirs) |
| ``CONTRECHAMP_SCHEDULER`` | external Dask scheduler, ``tls://`` (``tcp://`` on loopback only) | an embedded cluster |
| ``CONTRECHAMP_TLS_CA`` | with ``tls://``: PEM file of the authority that signed the certificates | none |
| ``CONTRECHAMP_TLS_CERT`` | with ``tls://``: PEM file of this machine's certificate | none |
| ``CONTRECHAMP_TLS_KEY`` | with ``tls://``: PEM file of this machine's key | none |
| ``CONTRECHAMP_DATABASE_URL`` | SQLAlchemy URL of the store | SQLite in the data folder |
| ``CONTRECHAMP_CACHE_MB`` | bound of the disk cache, in megabytes | 500 |
| ``CONTRECHAMP_LANG`` | language of the command line, ``fr`` or ``en`` | the system's, else French |
| ``CONTRECHAMP_HOSTS`` | behind a proxy: host names that are ours, between commas; the room is shown the first | none |
| ``CONTRECHAMP_KEY`` | behind a proxy: what facilitators type once, to open classes and read the guides | none |
| ``CONTRECHAMP_LAN`` | set by the server itself: ``1`` when it is open to the room | empty |
| ``CONTRECHAMP_ADDRESS`` | set by the server itself: its own address on this machine, with its scheme | empty |
| ``CONTRECHAMP_REQUIRE_BROWSER`` | tests: ``1`` makes a skipped browser test a failure | empty |
| ``CONTRECHAMP_REQUIRE_POSTGRES`` | tests: ``1`` makes a skipped test of PostgreSQL a failure | empty |
| ``CONTRECHAMP_REQUIRE_NGINX`` | tests: ``1`` makes a skipped test of nginx a failure | empty |
| ``CONTRECHAMP_SHOTS`` | browser tests: folder for their screenshots | a temporary one |
| ``CONTRECHAMP_TEST_RECORD`` | browser tests: set by them, file in which the server notes its connections | none |
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import platformdirs

from kit.errors import SetupError

HOME_VARIABLE = "CONTRECHAMP_HOME"
SHORTEST_KEY = 12
"""Characters of a key that is not guessed."""
MAX_CACHE_MB = 10**9
"""A petabyte: anything longer is a slip of the finger."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The resolved settings of this process. Build it with :func:`load`."""

    home: Path
    """The data folder; everything the kit writes lies below it."""
    scheduler: str | None = None
    database_url: str | None = None
    hosts: tuple[str, ...] = ()
    key: str | None = None
    cache_bytes: int = 500 * 2**20

    @property
    def decks(self) -> Path:
        """Decks imported or made by people, one folder each."""
        return self.home / "decks"

    @property
    def galleries(self) -> Path:
        """Galleries made or imported by people, one folder each."""
        return self.home / "galleries"

    @property
    def podcasts(self) -> Path:
        """Podcast projects of this machine, with their recordings."""
        return self.home / "podcasts"

    @property
    def cache(self) -> Path:
        """Computed results, bounded by ``cache_bytes``; erasing it loses nothing."""
        return self.home / "cache"

    @property
    def compute(self) -> Path:
        """Dask's own scratch space: spilled data, certificates of the embedded cluster."""
        return self.home / "compute"

    @property
    def store_url(self) -> str:
        """SQLAlchemy URL of the store."""
        return self.database_url or f"sqlite:///{(self.home / 'contrechamp.sqlite').as_posix()}"


def load() -> Settings:
    """Read the environment. Creates nothing.

    Raises :class:`SetupError` if a variable has a value that cannot be used.
    """
    names = ("SCHEDULER", "DATABASE_URL", "HOSTS", "KEY", "CACHE_MB")
    home = os.environ.get(HOME_VARIABLE) or platformdirs.user_data_dir("contrechamp", appauthor=False)
    return _settings(home, *(os.environ.get(f"CONTRECHAMP_{name}", "") for name in names))


@lru_cache(maxsize=8)  # asked for many times a screen, and a folder is found at the price of a walk along its path
def _settings(home: str, scheduler: str, database_url: str, hosts: str, key: str, megabytes: str) -> Settings:
    megabytes = megabytes or "500"
    # The length first: int() refuses thousands of digits with an error of its own.
    if not megabytes.isdecimal() or len(megabytes) > 10 or not 1 <= int(megabytes) <= MAX_CACHE_MB:
        raise SetupError(
            "CONTRECHAMP_CACHE_MB is “{value}”; it takes a whole number of megabytes, 1 or more.", value=megabytes
        )
    try:
        folder = Path(home).expanduser().resolve()
    except RuntimeError as error:  # “~somebody” who does not exist, or a link to itself
        raise SetupError(
            "CONTRECHAMP_HOME is “{value}”, which leads to no folder. Give the full path of a folder.", value=home
        ) from error
    return Settings(
        home=folder,
        scheduler=scheduler or None,
        database_url=database_url or None,
        hosts=tuple(filter(None, (host.strip().lower() for host in hosts.split(",")))),
        key=_key(key.strip()),
        cache_bytes=int(megabytes) * 2**20,
    )


def _key(key: str) -> str | None:
    if key and len(key) < SHORTEST_KEY:
        raise SetupError("CONTRECHAMP_KEY is too short: give it {n} characters or more.", n=SHORTEST_KEY)
    return key or None


def data_folder(settings: Settings | None = None) -> Path:
    """The data folder, created if needed, closed to the other accounts of the machine (mode 0700 on POSIX).

    Raises :class:`SetupError` if it cannot be created.
    """
    home = (settings or load()).home
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            "The data folder {folder} cannot be created ({reason}). Choose another one with CONTRECHAMP_HOME.",
            folder=str(home),
            reason=error.strerror or str(error),
        ) from error
    if os.name == "posix" and home.stat().st_mode & 0o077:
        # It holds what pupils wrote. Not ours to close (a mounted volume, another owner): left as it is.
        with contextlib.suppress(OSError):
            home.chmod(0o700)
    return home
