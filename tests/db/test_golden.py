"""A vault of each earlier schema is brought up to date without losing or changing a row."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from kept_schemas import KEPT
from sqlalchemy import Connection, event

from mesodesk.db.engine import READ_ONLY, connect, open_engine, open_upgrade_engine
from mesodesk.db.safeguards import altered_triggers
from mesodesk.db.upgrade import (
    Upgrade,
    head_revision,
    known_revisions,
    schema_differences,
    upgrade,
    upgrade_engine,
)
from mesodesk.services.checking import check_folder

OLDEST = "0003"
ROOT = Path(__file__).parents[2]

Content = dict[str, tuple[tuple[str, ...], int, str]]


def content(vault, like: Content | None = None) -> Content:
    """Return columns, count of rows and hash of each table; of `like`'s columns if it is given."""
    raw = connect(vault.database, vault.data_key, vault.salt)
    found: Content = {}
    tables = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    for (name,) in tables.fetchall():
        if name == "alembic_version" or (like is not None and name not in like):
            continue
        known = raw.execute(
            "SELECT name FROM pragma_table_info(?) ORDER BY cid", (name,)
        ).fetchall()
        columns = tuple(str(column) for (column,) in known) if like is None else like[name][0]
        listed = ", ".join(f'"{column}"' for column in columns)
        rows = raw.execute(f'SELECT {listed} FROM "{name}" ORDER BY {listed}').fetchall()  # noqa: S608
        found[name] = (columns, len(rows), hashlib.sha256(repr(rows).encode()).hexdigest())
    raw.close()
    return found


def test_every_schema_since_the_first_kept_has_its_vault():
    earlier = {one for one in known_revisions() if OLDEST <= one < head_revision()}
    assert earlier <= set(KEPT)


@pytest.mark.parametrize("revision", sorted(set(KEPT) - {OLDEST}))
def test_a_kept_vault_has_rows_in_every_table(golden, revision):
    """Of an empty table nothing could be lost; what the first kept vault lacks, the next has."""
    assert [name for name, (_, rows, _) in content(golden(revision)).items() if not rows] == []


@pytest.mark.long
def test_a_vault_kept_now_would_have_rows_in_every_table(golden, tmp_path):
    """So that the vault of this schema, kept before the next step, lacks nothing."""
    maker = ROOT / "tools" / "golden_vault.py"
    made = tmp_path / "made"
    subprocess.run(
        [sys.executable, maker, made],
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
    )
    vault = golden(head_revision(), made)
    assert [name for name, (_, rows, _) in content(vault).items() if not rows] == []
    assert check_folder(vault.folder, vault.password) == ()


@pytest.mark.parametrize("revision", KEPT)
def test_an_upgrade_keeps_every_row_as_it_was(golden, revision):
    vault = golden(revision)
    before = content(vault)
    assert sum(rows for _, rows, _ in before.values()) > 400
    done = upgrade(vault.database, vault.data_key, vault.salt)
    assert done == Upgrade(revision, head_revision())
    assert content(vault, like=before) == before


@pytest.mark.parametrize("revision", KEPT)
def test_an_upgraded_schema_is_that_of_a_new_vault(golden, revision):
    vault = golden(revision)
    upgrade(vault.database, vault.data_key, vault.salt)
    engine = open_engine(vault.database, vault.data_key, vault.salt)
    assert schema_differences(engine) == []
    with engine.connect().execution_options(**READ_ONLY) as connection:
        assert altered_triggers(connection) == ()
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    engine.dispose()


def test_a_row_that_was_lost_or_changed_would_be_noticed(golden):
    vault = golden(OLDEST)
    before = content(vault)
    raw = connect(vault.database, vault.data_key, vault.salt, guarded=False)
    raw.execute("UPDATE patient SET note = 'other' WHERE seq = 2")
    assert content(vault, like=before) != before
    raw.execute("DELETE FROM favourite")
    raw.close()
    assert content(vault, like=before)["favourite"] != before["favourite"]


class StoppedError(Exception):
    """What stops an upgrade."""


# Statements of an upgrade that finds nothing to do: looks at the schema, before and after.
LOOKS = 9


def statements_of_an_upgrade(vault) -> list[str]:
    """Return each statement of an upgrade that nothing stops, as the library is given it."""
    engine = open_upgrade_engine(vault.database, vault.data_key, vault.salt)
    given: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: given.append(told[2]))
    upgrade_engine(engine)
    engine.dispose()
    return given


@pytest.mark.long
@pytest.mark.parametrize("revision", KEPT)
def test_an_upgrade_stopped_at_any_statement_leaves_everything_as_it_was(golden, revision):
    vault = golden(revision)
    whole = len(statements_of_an_upgrade(vault))
    shutil.rmtree(vault.folder)
    vault = golden(revision)
    before = content(vault)
    engine = open_upgrade_engine(vault.database, vault.data_key, vault.salt)
    passed, last = 0, 0

    def stop(_connection: Connection, _cursor: object, statement: str, *_others: object) -> None:
        nonlocal passed
        passed += 1
        if passed > last:
            raise StoppedError(statement)

    event.listen(engine, "before_cursor_execute", stop)
    stopped = 0
    while True:
        passed = 0
        try:
            upgrade_engine(engine)
        except StoppedError:
            stopped += 1
            assert content(vault) == before
        else:
            break
        last += 1
    engine.dispose()
    assert stopped == whole
    # A migration has statements of its own; without one there are the looks, and no more.
    assert whole > LOOKS + 10 if revision < head_revision() else whole == LOOKS
    assert content(vault, like=before) == before
