"""A migrated, encrypted database without any records, copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from mesodesk.db.engine import KEY_BYTES, SALT_BYTES, create_database, open_engine
from mesodesk.db.upgrade import upgrade

RAW_KEY, SALT = b"k" * KEY_BYTES, b"s" * SALT_BYTES


@pytest.fixture(scope="session")
def database_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file at the newest schema; not to be opened."""
    path = tmp_path_factory.mktemp("schema") / "clinic.db"
    create_database(path, RAW_KEY, SALT)
    upgrade(path, RAW_KEY, SALT)
    return path


@pytest.fixture
def migrated(database_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """The engine of a fresh copy, guards and foreign keys on."""
    engine = open_engine(
        Path(shutil.copy(database_template, tmp_path / "clinic.db")), RAW_KEY, SALT
    )
    yield engine
    engine.dispose()
