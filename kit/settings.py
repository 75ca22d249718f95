"""Where the kit keeps things and what the environment may change.

| variable | meaning | default |
|---|---|---|
| ``CONTRECHAMP_HOME`` | the data folder | the user data folder of the system (platformdirs) |
| ``CONTRECHAMP_SCHEDULER`` | address of an external Dask scheduler, ``tls://`` (``tcp://`` on loopback only) | an embedded cluster |
| ``CONTRECHAMP_DATABASE_URL`` | SQLAlchemy URL of the store | SQLite in the data folder |
| ``CONTRECHAMP_CACHE_MB`` | bound of the disk cache, in megabytes | 500 |
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from kit.errors import SetupError

HOME_VARIABLE = "CONTRECHAMP_HOME"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The resolved settings of this process. Build it with :func:`load`."""

    home: Path
    """The data folder; everything the kit writes lies below it."""
    scheduler: str | None = None
    database_url: str | None = None
    cache_bytes: int = 500 * 2**20

    @property
    def decks(self) -> Path:
        """Decks imported or made by people, one folder each."""
        return self.home / "decks"

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
    home = os.environ.get(HOME_VARIABLE) or platformdirs.user_data_dir("contrechamp", appauthor=False)
    megabytes = os.environ.get("CONTRECHAMP_CACHE_MB", "500")
    if not megabytes.isdecimal() or int(megabytes) == 0:
        raise SetupError(
            "CONTRECHAMP_CACHE_MB is “{value}”; it takes a whole number of megabytes, 1 or more.", value=megabytes
        )
    return Settings(
        home=Path(home).expanduser().resolve(),
        scheduler=os.environ.get("CONTRECHAMP_SCHEDULER") or None,
        database_url=os.environ.get("CONTRECHAMP_DATABASE_URL") or None,
        cache_bytes=int(megabytes) * 2**20,
    )


def data_folder(settings: Settings | None = None) -> Path:
    """The data folder, created if needed.

    Raises :class:`SetupError` if it cannot be created.
    """
    home = (settings or load()).home
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            "The data folder {folder} cannot be created ({reason}). Choose another one with CONTRECHAMP_HOME.",
            folder=str(home),
            reason=error.strerror or str(error),
        ) from error
    return home
