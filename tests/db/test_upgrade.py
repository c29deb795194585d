"""Upgrading a schema: all or nothing, children kept, newer schemas refused."""

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from mesodesk.db import upgrade as upgrading
from mesodesk.db.engine import connect, create_database, open_upgrade_engine
from mesodesk.db.errors import StorageBug, TooNewError
from mesodesk.db.upgrade import Upgrade, current_revision, head_revision, known_revisions, upgrade

KEY, SALT = b"k" * 32, b"s" * 16

HEAD = '''
"""A step of a test."""
from alembic import op
import sqlalchemy as sa
revision = {revision!r}
down_revision = {below!r}
branch_labels = None
depends_on = None
def upgrade() -> None:
'''
FIRST = """
op.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT)")
op.execute("CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL"
           " REFERENCES parent (id) ON DELETE CASCADE)")
op.execute("INSERT INTO parent VALUES (1, 'a'), (2, 'b')")
op.execute("INSERT INTO child VALUES (1, 1), (2, 1), (3, 2)")
"""
REBUILD = """
with op.batch_alter_table("parent", recreate="always") as parent:
    parent.add_column(sa.Column("more", sa.Text()))
"""


@pytest.fixture
def migrations(tmp_path, monkeypatch):
    """A folder of migrations of our own, with a name that configuration files stumble over."""
    folder = tmp_path / "100% new %(here)s"
    folder.mkdir()
    for name in ("env.py", "script.py.mako"):
        shutil.copy(upgrading.MIGRATIONS / name, folder)
    (folder / "versions").mkdir()
    monkeypatch.setattr(upgrading, "MIGRATIONS", folder)
    known_revisions.cache_clear()
    yield folder / "versions"
    known_revisions.cache_clear()


def step(versions: Path, revision: str, below: str | None, body: str) -> None:
    text = HEAD.format(revision=revision, below=below) + textwrap.indent(body.strip(), "    ")
    (versions / f"{revision}_step.py").write_text(text + "\n")
    known_revisions.cache_clear()


@pytest.fixture
def path(tmp_path):
    database = tmp_path / "clinic.db"
    create_database(database, KEY, SALT)
    return database


@pytest.fixture
def first(path, migrations):
    """A database at the first revision."""
    step(migrations, "0001", None, FIRST)
    assert upgrade(path, KEY, SALT) == Upgrade(None, "0001")
    return path


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    raw = connect(path, KEY, SALT)
    found = raw.execute(sql).fetchall()
    raw.close()
    return found


def revision_of(path: Path) -> str | None:
    engine = open_upgrade_engine(path, KEY, SALT)
    revision = current_revision(engine)
    engine.dispose()
    return revision


def tables(path: Path) -> set[str]:
    return {str(row[0]) for row in rows(path, "SELECT name FROM sqlite_master WHERE type='table'")}


def test_an_empty_database_has_no_revision(path):
    assert revision_of(path) is None


def test_goes_up_step_by_step_and_again_changes_nothing(first, migrations):
    step(migrations, "0002", "0001", 'op.execute("CREATE TABLE more (id INTEGER)")')
    assert head_revision() == "0002"
    assert upgrade(first, KEY, SALT) == Upgrade("0001", "0002")
    assert "more" in tables(first)
    assert upgrade(first, KEY, SALT) == Upgrade("0002", "0002")


def test_stops_where_it_is_told_to(first, migrations):
    step(migrations, "0002", "0001", 'op.execute("CREATE TABLE two (id INTEGER)")')
    step(migrations, "0003", "0002", 'op.execute("CREATE TABLE three (id INTEGER)")')
    assert upgrade(first, KEY, SALT, "0002").after == "0002"
    assert "three" not in tables(first)


def test_a_step_that_fails_takes_all_steps_back(first, migrations):
    step(migrations, "0002", "0001", 'op.execute("CREATE TABLE two (id INTEGER)")')
    step(
        migrations,
        "0003",
        "0002",
        'op.execute("DELETE FROM child")\nop.execute("CREATE TABLE three (id INTEGER)")\n1 / 0',
    )
    with pytest.raises(ZeroDivisionError):
        upgrade(first, KEY, SALT)
    assert revision_of(first) == "0001"
    assert tables(first) == {"alembic_version", "parent", "child"}
    assert rows(first, "SELECT count(*) FROM child") == [(3,)]


def test_a_program_killed_in_the_middle_leaves_the_old_schema(first, migrations):
    step(
        migrations,
        "0002",
        "0001",
        'op.execute("CREATE TABLE two (id INTEGER)")\nimport os\nos._exit(9)',
    )
    code = (
        "import sys; from pathlib import Path\n"
        "from mesodesk.db import upgrade as upgrading\n"
        "upgrading.MIGRATIONS = Path(sys.argv[2])\n"
        "upgrading.upgrade(Path(sys.argv[1]), b'k' * 32, b's' * 16)\n"
    )
    command = [sys.executable, "-c", code, str(first), str(migrations.parent)]
    assert subprocess.run(command, check=False).returncode == 9
    assert revision_of(first) == "0001"
    assert "two" not in tables(first)


def test_rebuilding_a_parent_keeps_its_children(first, migrations):
    step(migrations, "0002", "0001", REBUILD)
    upgrade(first, KEY, SALT)
    assert rows(first, "SELECT id, parent_id FROM child") == [(1, 1), (2, 1), (3, 2)]
    assert rows(first, "PRAGMA foreign_key_check") == []


def test_rebuilding_a_parent_with_foreign_keys_on_would_lose_them(first, migrations, monkeypatch):
    """The control: it is the pragma that keeps the children, and nothing else."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    step(migrations, "0002", "0001", REBUILD)
    engine = create_engine(
        "sqlite://",
        module=upgrading_driver(),
        creator=lambda: connect(first, KEY, SALT, guarded=False),
        poolclass=NullPool,
    )
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with pytest.raises(StorageBug, match="foreign keys must be off"):
        upgrading.upgrade_engine(engine)
    with engine.begin() as connection:
        upgrading._run(connection, "head")
    engine.dispose()
    assert rows(first, "SELECT count(*) FROM child") == [(0,)]


def upgrading_driver():
    import sqlcipher3.dbapi2

    return sqlcipher3.dbapi2


def test_a_step_that_leaves_orphans_is_refused(first, migrations):
    step(migrations, "0002", "0001", 'op.execute("DELETE FROM parent WHERE id = 2")')
    with pytest.raises(StorageBug, match="child"):
        upgrade(first, KEY, SALT)
    assert revision_of(first) == "0001"
    assert rows(first, "SELECT count(*) FROM parent") == [(2,)]


def test_a_newer_schema_is_refused_and_left_byte_for_byte(first, migrations):
    step(migrations, "0002", "0001", "pass")
    upgrade(first, KEY, SALT)
    before = first.read_bytes()
    (migrations / "0002_step.py").unlink()
    known_revisions.cache_clear()
    with pytest.raises(TooNewError) as refused:
        upgrade(first, KEY, SALT)
    assert "newer version" in refused.value.sentence
    assert first.read_bytes() == before


def test_two_newest_revisions_are_our_mistake(first, migrations):
    step(migrations, "0002a", "0001", "pass")
    step(migrations, "0002b", "0001", "pass")
    with pytest.raises(StorageBug, match="2 newest"):
        head_revision()


def test_migrations_that_make_nothing_are_our_mistake(path, migrations):
    with pytest.raises(StorageBug):
        head_revision()


def test_revisions_are_read_as_the_library_reads_them():
    from alembic.script import ScriptDirectory

    known_revisions.cache_clear()
    scripts = ScriptDirectory.from_config(upgrading.alembic_config())
    assert known_revisions() == {
        script.revision: script.down_revision for script in scripts.walk_revisions()
    }
    assert head_revision() == scripts.get_current_head()
