"""The database, as a file and as a PostgreSQL server: nobody overwrites anybody, and a fault is said in a sentence."""

from __future__ import annotations

import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, func, insert, make_url, select, update

from kit.classroom import database as module
from kit.classroom.database import Database, FullDisk, now
from kit.errors import SetupError
from tests.postgres import Postgres

TABLES = MetaData()
COUNTS = Table(
    "counts",
    TABLES,
    Column("name", String(32), primary_key=True),
    Column("value", Integer, nullable=False),
    Column("expires", DateTime, nullable=False),
)
SECRET = "mot-de-passe-7431"


@pytest.fixture(autouse=True)
def _tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of our own, in place of the kit's."""
    monkeypatch.setattr(module, "METADATA", TABLES)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


def put(database: Database, name: str, value: int = 0, days: int = 1) -> None:
    with database.transaction() as connection:
        row = {"name": name, "value": value, "expires": now() + timedelta(days=days)}
        connection.execute(insert(COUNTS).values(**row))


def get(database: Database, name: str) -> int | None:
    with database.transaction(write=False) as connection:
        return connection.execute(select(COUNTS.c.value).where(COUNTS.c.name == name)).scalar()


def names(database: Database) -> set[str]:
    with database.transaction(write=False) as connection:
        return set(connection.execute(select(COUNTS.c.name)).scalars())


# -- who writes when --------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_by_another(database: Database, url: str) -> None:
    put(database, "answers", 3)
    other = Database(url)
    assert get(other, "answers") == 3
    other.close()


def test_writers_that_read_then_write_do_not_overwrite_each_other(database: Database, url: str) -> None:
    """Two copies of the app, three threads each."""
    put(database, "answers")
    copies = (database, Database(url))
    together = threading.Barrier(6)

    def add(copy: Database) -> None:
        together.wait(30)
        for _ in range(10):
            with copy.transaction() as connection:
                read = connection.execute(select(COUNTS.c.value).where(COUNTS.c.name == "answers")).scalar_one()
                connection.execute(update(COUNTS).where(COUNTS.c.name == "answers").values(value=read + 1))

    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(add, copy) for copy in copies * 3]:
            done.result()
    assert get(database, "answers") == 60
    copies[1].close()


def test_a_writer_waits_for_the_one_before(database: Database) -> None:
    second_wrote = threading.Event()

    def second() -> None:
        put(database, "second")
        second_wrote.set()

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as connection:
            connection.execute(insert(COUNTS).values(name="first", value=0, expires=now() + timedelta(days=1)))
            done = pool.submit(second)
            assert not second_wrote.wait(0.3)
        done.result()
    assert names(database) == {"first", "second"}


def test_who_reads_does_not_wait_for_who_writes(database: Database) -> None:
    put(database, "answers", 1)
    with database.transaction() as connection:
        connection.execute(update(COUNTS).values(value=2))
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(get, database, "answers").result(timeout=3) == 1, "as it was before"
    assert get(database, "answers") == 2


def test_a_transaction_that_fails_changes_nothing(database: Database) -> None:
    put(database, "answers", 1)
    with pytest.raises(ZeroDivisionError), database.transaction() as connection:  # noqa: PT012
        connection.execute(update(COUNTS).values(value=2))
        raise ZeroDivisionError
    assert get(database, "answers") == 1
    put(database, "after")
    assert names(database) == {"answers", "after"}, "and whoever comes next is not kept waiting"


def test_several_copies_may_open_an_empty_database_at_once(url: str) -> None:
    """Each makes the tables that it does not find."""
    with ThreadPoolExecutor(4) as pool:
        opened = [done.result() for done in [pool.submit(Database, url) for _ in range(4)]]
    put(opened[0], "answers")
    assert [names(one) for one in opened] == [{"answers"}] * 4
    for one in opened:
        one.close()


def test_a_new_file_that_somebody_writes_in_is_waited_for(tmp_path: Path) -> None:
    """SQLite refuses at once whoever turns it to the write-ahead log meanwhile: its own patience does not help."""
    file = tmp_path / "kit.sqlite"
    writer = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    writer.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, writer.execute, ["COMMIT"]).start()
    opened = Database(f"sqlite:///{file}")
    put(opened, "answers")
    assert names(opened) == {"answers"}
    opened.close()
    writer.close()


# -- what has passed its date -----------------------------------------------------------------------------------------


def test_what_has_passed_its_date_is_erased(database: Database) -> None:
    put(database, "old", days=1)
    put(database, "new", days=3)
    database.purge(now() + timedelta(days=2))
    assert names(database) == {"new"}
    database.purge()
    assert names(database) == {"new"}


def test_opening_erases_too(database: Database, url: str) -> None:
    put(database, "old", days=-1)
    put(database, "new", days=1)
    again = Database(url)
    assert names(again) == {"new"}
    again.close()


def test_now_and_then_is_not_each_time(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    put(database, "old", days=-1)
    database.purge_now_and_then()
    assert names(database) == {"old"}, "opened a moment ago"
    monkeypatch.setattr(module, "_PURGE_SECONDS", -1.0)
    database.purge_now_and_then()
    assert names(database) == set()


# -- a database that cannot be used -----------------------------------------------------------------------------------


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def assert_a_sentence_without(secret: str, error: SetupError) -> None:
    sentence = str(error)
    assert sentence.endswith(".")
    assert "Traceback" not in sentence
    assert secret not in sentence
    assert secret not in repr(error.values)


WRONG = {
    "no URL": SECRET,
    "an unknown database": f"oracle7://contrechamp:{SECRET}@127.0.0.1/kit",
    "a driver that is not there": f"postgresql+nodriver://contrechamp:{SECRET}@127.0.0.1/kit",
    "a port that is a word": f"postgresql+psycopg://contrechamp:{SECRET}@127.0.0.1:port/kit",
    "an unknown option": f"postgresql+psycopg://contrechamp:{SECRET}@127.0.0.1/kit?nonsense={SECRET}",
}


@pytest.mark.parametrize("url", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_url_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(SetupError) as caught:
        Database(url)
    assert "CONTRECHAMP_DATABASE_URL" in str(caught.value)
    assert_a_sentence_without(SECRET, caught.value)


def test_a_server_that_does_not_answer() -> None:
    with pytest.raises(SetupError) as caught:
        Database(f"postgresql+psycopg://contrechamp:{SECRET}@127.0.0.1:{closed_port()}/kit")
    assert_a_sentence_without(SECRET, caught.value)


def refused(change: Callable[[str], str], postgres: Postgres) -> SetupError:
    with pytest.raises(SetupError) as caught:
        Database(change(postgres.url()))
    return caught.value


def test_a_server_that_knows_another_password(postgres: Postgres) -> None:
    wrong = refused(lambda url: url.replace(postgres.password, SECRET), postgres)
    assert_a_sentence_without(SECRET, wrong)
    assert postgres.password not in str(wrong)


def test_a_database_that_does_not_exist(postgres: Postgres) -> None:
    wrong = refused(lambda url: make_url(url).set(database="nobody").render_as_string(hide_password=False), postgres)
    assert_a_sentence_without(postgres.password, wrong)


def test_a_server_that_goes_and_comes_back(postgres: Postgres) -> None:
    """Whoever writes meanwhile is told in a sentence, and the next one is served."""
    with postgres.database() as url:
        database = Database(url)
        put(database, "before")
        with postgres._administrator() as administrator:
            administrator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [make_url(url).database]
            )
        with pytest.raises(SetupError) as caught:
            put(database, "lost")
        assert_a_sentence_without(postgres.password, caught.value)
        put(database, "after")
        assert names(database) == {"before", "after"}
        database.close()


def test_a_file_is_told_from_a_server(database: Database, url: str) -> None:
    assert database.is_file == url.startswith("sqlite")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot"):
        Database(f"sqlite:///{(tmp_path / 'nowhere' / 'kit.sqlite').as_posix()}")


def test_every_column_of_time_is_without_a_zone(database: Database) -> None:
    """PostgreSQL would else compare local time with ours."""
    moment = now()
    put(database, "answers", days=0)
    with database.transaction(write=False) as connection:
        kept = connection.execute(select(func.max(COUNTS.c.expires))).scalar_one()
    assert kept.tzinfo is None
    assert timedelta(0) <= kept - moment < timedelta(minutes=1)


def test_a_server_whose_disk_is_full_says_so_and_keeps_what_it_has(postgres: Postgres) -> None:
    with postgres.database() as fresh:
        database = Database(fresh)
        put(database, "before")

        def change() -> None:
            with database.transaction() as connection:
                connection.execute(update(COUNTS).values(value=7))
                connection.exec_driver_sql("DO $$ BEGIN RAISE SQLSTATE '53100'; END $$")  # as it does for want of room

        with pytest.raises(FullDisk, match="nothing was changed"):
            change()
        assert get(database, "before") == 0
        database.close()
