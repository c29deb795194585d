"""Brings the schema of a vault up to date, all or nothing; refuses what is newer than we are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mesodesk.db.engine import READ_ONLY, open_upgrade_engine
from mesodesk.db.errors import StorageBug, TooNewError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).resolve().parent / "migrations"

_ASSIGNED = re.compile(r"^(down_)?revision\b[^=\n]*=\s*(?:[\"']([^\"']+)[\"']|None)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Which revision the schema had before and has now; `before` is None for an empty database."""

    before: str | None
    after: str


@cache
def known_revisions() -> dict[str, str | None]:
    """Return each revision with the one below it, read without importing the migration library."""
    found: dict[str, str | None] = {}
    for script in sorted((MIGRATIONS / "versions").glob("*.py")):
        named = {bool(down): name or None for down, name in _ASSIGNED.findall(script.read_text())}
        revision = named.get(False)
        if revision is not None:
            found[revision] = named.get(True)
    return found


def head_revision() -> str:
    """Return the newest revision.

    Raises:
        StorageBug: if there is none, or more than one.
    """
    known = known_revisions()
    heads = set(known) - {below for below in known.values() if below is not None}
    if len(heads) != 1:
        raise StorageBug(f"{len(heads)} newest schema revisions")
    return heads.pop()


def current_revision(engine: Engine) -> str | None:
    """Return the revision of the database's schema, or None where there is no schema yet."""
    with engine.connect().execution_options(**READ_ONLY) as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    present = connection.exec_driver_sql(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    ).first()
    if present is None:
        return None
    stored = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if stored is None else str(stored)


def upgrade(path: Path, raw_key: bytes, salt: bytes, target: str = "head") -> Upgrade:
    """Bring the schema to a revision in one transaction; on any error the file is as before.

    Raises:
        TooNewError: if the schema is of a revision that this program does not know.
        StorageBug: if a migration left references without their row.
    """
    engine = open_upgrade_engine(path, raw_key, salt)
    try:
        return upgrade_engine(engine, target)
    finally:
        engine.dispose()


def upgrade_engine(engine: Engine, target: str = "head") -> Upgrade:
    """As `upgrade`, on an engine made by `open_upgrade_engine`."""
    with engine.connect() as connection:
        with connection.begin():
            before = _revision(connection)
            if before is not None and before not in known_revisions():
                raise TooNewError
            if connection.exec_driver_sql("PRAGMA foreign_keys").scalar() != 0:
                raise StorageBug("foreign keys must be off before the transaction begins")
            _run(connection, target)
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                raise StorageBug(f"a migration left {broken[0]} without the row it refers to")
            after = _revision(connection)
    if after is None:
        raise StorageBug("the migrations made no schema")
    return Upgrade(before, after)


def _run(connection: Connection, target: str) -> None:
    from alembic import command

    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, target)


def alembic_config() -> Config:
    """Return the migration library's configuration, made in code: it works from a wheel too."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def schema_differences(engine: Engine) -> list[object]:
    """Return how the database differs from the models; empty when the migrations are complete."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from mesodesk.db.metadata import full_metadata, is_ours

    with engine.connect().execution_options(**READ_ONLY) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": is_ours}
        )
        return list(compare_metadata(context, full_metadata()))
