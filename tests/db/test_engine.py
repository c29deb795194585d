"""The encrypted engine: as set up, guarded, and never creating on the way to open."""

import os
import sqlite3

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError, OperationalError

from mesodesk.db import engine as engine_module
from mesodesk.db.engine import (
    APPLICATION_ID,
    FORMAT,
    READ_ONLY,
    connect,
    create_database,
    open_engine,
    open_upgrade_engine,
)
from mesodesk.db.errors import StorageBug, StorageTrouble, StorageUnavailable, translate

KEY, SALT = b"k" * 32, b"s" * 16


@pytest.fixture
def path(tmp_path):
    database = tmp_path / "ä b#%?.db"
    create_database(database, KEY, SALT)
    return database


@pytest.fixture
def engine(path):
    opened = open_engine(path, KEY, SALT)
    with opened.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT)")
    yield opened
    opened.dispose()


def test_every_pragma_reads_back_as_set(engine):
    with engine.connect() as connection:
        read = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in (
                "journal_mode", "synchronous", "fullfsync", "checkpoint_fullfsync", "foreign_keys",
                "recursive_triggers", "trusted_schema", "cell_size_check", "secure_delete",
                "temp_store", "mmap_size", "journal_size_limit", "cache_size", "application_id",
                "user_version", "page_size",
            )
        }  # fmt: skip
    assert read == {
        "journal_mode": "wal", "synchronous": 2, "fullfsync": 1, "checkpoint_fullfsync": 1,
        "foreign_keys": 1, "recursive_triggers": 1, "trusted_schema": 0, "cell_size_check": 1,
        "secure_delete": 1, "temp_store": 2, "mmap_size": 0, "journal_size_limit": 8388608,
        "cache_size": -65536, "application_id": APPLICATION_ID, "user_version": FORMAT,
        "page_size": "4096",
    }  # fmt: skip


def test_the_file_begins_with_our_salt_and_is_not_readable(engine, path):
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO thing VALUES (1, 'Marker-Zyx')")
    for file in path.parent.iterdir():
        assert b"Marker-Zyx" not in file.read_bytes()
        assert b"SQLite format 3" not in file.read_bytes()
    assert path.read_bytes()[:16] == SALT


def test_another_key_does_not_open(path):
    with pytest.raises(Exception, match="not a database") as caught:
        connect(path, b"x" * 32, SALT)
    assert translate(caught.value).trouble is StorageTrouble.DAMAGED


@pytest.mark.parametrize(("key", "salt"), [(b"k" * 31, SALT), (KEY, b"s" * 15), (b"", SALT)])
def test_a_key_of_the_wrong_length_is_our_mistake(path, key, salt):
    with pytest.raises(StorageBug):
        connect(path, key, salt)


def test_opening_never_creates(tmp_path):
    engine = open_engine(tmp_path / "absent.db", KEY, SALT)
    with pytest.raises(OperationalError) as caught:
        engine.connect()
    assert translate(caught.value).trouble is StorageTrouble.UNREACHABLE
    assert list(tmp_path.iterdir()) == []


def test_creating_never_replaces(tmp_path):
    path = tmp_path / "there.db"
    path.write_bytes(b"")
    with pytest.raises(FileExistsError):
        create_database(path, KEY, SALT)
    assert path.read_bytes() == b""


def test_a_library_that_does_not_encrypt_is_noticed(path, monkeypatch):
    """The standard library's SQLite takes the key without a word and writes plaintext."""

    class Plain(sqlite3.Connection):
        def set_key(self, _key):
            return None

    def plain_connect(*arguments, **named):
        return sqlite3.connect(*arguments, factory=Plain, **named)

    monkeypatch.setattr(engine_module.driver, "connect", plain_connect)
    with pytest.raises(StorageBug, match="does not encrypt"):
        connect(path, KEY, SALT)


def test_a_transaction_begins_by_taking_the_write_lock(engine, path, monkeypatch):
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0)
    with engine.begin(), engine.connect() as second:
        with pytest.raises(OperationalError) as caught:
            second.exec_driver_sql("SELECT 1")
        assert translate(caught.value).trouble is StorageTrouble.LOCKED


def test_a_reader_waits_for_nobody(engine):
    with engine.begin() as writer:
        writer.exec_driver_sql("INSERT INTO thing VALUES (1, 'a')")
        with engine.connect().execution_options(**READ_ONLY) as reader:
            assert reader.exec_driver_sql("SELECT count(*) FROM thing").scalar() == 0


def test_what_is_not_committed_is_rolled_back_with_its_tables(engine):
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE other (id INTEGER)")
        connection.exec_driver_sql("INSERT INTO thing VALUES (1, 'a')")
    with engine.connect() as connection:
        names = set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
        assert "other" not in names
        assert connection.exec_driver_sql("SELECT count(*) FROM thing").scalar() == 0


def test_a_savepoint_is_rolled_back_alone(engine):
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO thing VALUES (1, 'a')")
        inner = connection.begin_nested()
        connection.exec_driver_sql("INSERT INTO thing VALUES (2, 'b')")
        inner.rollback()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM thing").scalar() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "ATTACH DATABASE ':memory:' AS other",
        "PRAGMA foreign_keys = OFF",
        "PRAGMA Writable_Schema = 1",
        "PRAGMA synchronous(OFF)",
        "PRAGMA rekey = 'x'",
        "PRAGMA main.journal_mode = DELETE",
        "DROP TABLE thing",
        "ALTER TABLE thing ADD COLUMN more",
    ],
)
def test_a_running_program_cannot_take_its_own_guards_off(engine, statement):
    with engine.connect() as connection, pytest.raises(DatabaseError, match="not authorized"):
        connection.exec_driver_sql(statement)


def test_an_upgrade_works_without_guards_and_foreign_keys(engine, path):
    upgrading = open_upgrade_engine(path, KEY, SALT)
    with upgrading.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 0
        connection.exec_driver_sql("ALTER TABLE thing ADD COLUMN more")
    upgrading.dispose()


def test_an_error_shows_no_value(engine):
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO thing VALUES (1, 'a')")
    with pytest.raises(DatabaseError) as caught, engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO thing VALUES (?, ?)", (1, "García Márquez"))
    assert "García" not in str(caught.value)
    meant = translate(caught.value)
    assert isinstance(meant, StorageBug)
    assert "García" not in str(meant)


@pytest.mark.parametrize(
    "statement", ["SELECT sum(length(name)) FROM thing", "SELECT name FROM thing"]
)
def test_after_a_bad_page_the_next_connection_is_a_new_one(engine, path, statement):
    """Whether it is met at once, or only when rows are fetched."""
    with engine.begin() as connection:
        for number in range(3000):
            connection.exec_driver_sql("INSERT INTO thing VALUES (?, ?)", (number, "x" * 100))
    engine.dispose()
    data = bytearray(path.read_bytes())
    whole = bytes(data)
    data[40 * 4096 + 50] ^= 1
    path.write_bytes(data)
    with engine.connect() as connection:
        first = connection.connection.driver_connection
        with pytest.raises(DatabaseError) as caught:
            connection.exec_driver_sql(statement).all()
    assert translate(caught.value).trouble is StorageTrouble.DAMAGED
    path.write_bytes(whole)
    with engine.connect() as connection:
        assert connection.connection.driver_connection is not first
        assert connection.exec_driver_sql("SELECT count(*) FROM thing").scalar() == 3000


def test_a_connection_that_ran_out_of_memory_is_dropped_like_one_with_a_bad_page(engine):
    def run_out(*_arguments):
        raise MemoryError

    with engine.connect() as connection:
        first = connection.connection.driver_connection
    event.listen(engine, "do_execute", run_out)
    with engine.connect() as connection, pytest.raises(MemoryError):
        connection.exec_driver_sql("SELECT 1")
    event.remove(engine, "do_execute", run_out)
    with engine.connect() as connection:
        assert connection.connection.driver_connection is not first
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    # The control: an error that says nothing of the file leaves the connection as it is.
    with engine.connect() as connection:
        second = connection.connection.driver_connection
        with pytest.raises(OperationalError):
            connection.exec_driver_sql("SELECT nothing FROM nowhere")
    with engine.connect() as connection:
        assert connection.connection.driver_connection is second


def test_a_full_disk_loses_only_the_last_change(engine):
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO thing VALUES (1, 'kept')")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 3")
        connection.exec_driver_sql("INSERT INTO thing (name) VALUES ('lost')")
        with pytest.raises(OperationalError) as caught:
            connection.exec_driver_sql("INSERT INTO thing (name) VALUES (?)", ("x" * 40000,))
    meant = translate(caught.value)
    assert isinstance(meant, StorageUnavailable)
    assert meant.trouble is StorageTrouble.FULL
    assert "disk is full" in meant.sentence
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM thing").scalars().all() == ["kept"]


def test_a_write_protected_database_is_said(engine):
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        with pytest.raises(OperationalError) as caught:
            connection.exec_driver_sql("INSERT INTO thing VALUES (1, 'a')")
    engine.dispose()
    assert translate(caught.value).trouble is StorageTrouble.READ_ONLY


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (MemoryError(), StorageUnavailable),
        (ValueError("García"), StorageBug),
        (StorageUnavailable(StorageTrouble.IO), StorageUnavailable),
    ],
)
def test_every_error_means_something(error, kind):
    meant = translate(error)
    assert type(meant) is kind
    assert meant.sentence.endswith(".")
    assert "García" not in str(meant)


def test_every_trouble_has_a_sentence():
    for trouble in StorageTrouble:
        assert StorageUnavailable(trouble).sentence.endswith(".")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system with process limits")
def test_a_real_limit_on_the_file_s_size_is_a_disk_trouble(path):
    import subprocess
    import sys

    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from mesodesk.db.copies import copy_into\n"
        "from mesodesk.db.engine import open_engine\n"
        "from mesodesk.db.errors import translate\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "engine = open_engine(Path(sys.argv[1]), b'k' * 32, b's' * 16)\n"
        "with engine.begin() as c: c.exec_driver_sql('CREATE TABLE t (x)')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try:\n"
        "    for n in range(99):\n"
        "        with engine.begin() as c:\n"
        "            c.exec_driver_sql('INSERT INTO t VALUES (?)', ('x' * 3000,))\n"
        "except Exception as error:\n"
        "    print(translate(error).trouble, n)\n"
        "engine.dispose()\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try:\n"
        "    copy_into(Path(sys.argv[1]), Path(sys.argv[1] + '.copy'), b'k' * 32, b's' * 16)\n"
        "except Exception as error:\n"
        "    print(translate(error).trouble)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    ).stdout.split()
    assert said[0] in {"full", "io"}
    assert said[2] in {"full", "io"}, "of a copy the driver tells no code"
    engine = open_engine(path, KEY, SALT)
    with engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM t").scalar()
        assert kept == int(said[1])
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    engine.dispose()
