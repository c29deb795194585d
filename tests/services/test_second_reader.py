"""Another implementation of the encrypted format opens our vaults: nobody is tied to our driver."""

import json
from pathlib import Path

import apsw
import pytest
from kept_schemas import KEPT

from mesodesk.db.engine import connect

_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " AND name NOT LIKE '%\\_fts%' ESCAPE '\\' ORDER BY name"
)


def other_reader(path: Path, key: bytes, salt: bytes) -> apsw.Connection:
    """Open a file with SQLite3 Multiple Ciphers, as `docs/data-format.md` says."""
    opened = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    for pragma in ("cipher = 'sqlcipher'", "legacy = 4"):
        opened.execute(f"PRAGMA {pragma}")
    opened.execute(f"PRAGMA key = \"x'{key.hex()}{salt.hex()}'\"")
    return opened


def counts(ask) -> dict[str, int]:
    names = [name for (name,) in list(ask(_TABLES))]
    return {name: sum(1 for _ in ask(f'SELECT 1 FROM "{name}"')) for name in names}  # noqa: S608


def compared(path: Path, key: bytes, salt: bytes) -> dict[str, int]:
    """Return the counts of tables once both readers tell the same of a file."""
    other = other_reader(path, key, salt)
    assert list(other.execute("PRAGMA integrity_check")) == [("ok",)]
    told = counts(other.execute)
    other.close()
    ours = connect(path, key, salt)
    assert counts(ours.execute) == told
    ours.close()
    return told


@pytest.mark.parametrize("revision", KEPT)
def test_it_opens_the_vault_of_each_schema(golden, revision):
    vault = golden(revision)
    told = compared(vault.database, vault.data_key, vault.salt)
    assert told["session"] > 0
    assert told["audit_entry"] > 100


def test_it_opens_a_fresh_vault(desk):
    desk.drafts.put("any", "", {"text": "here"})
    vault = desk.store.vault
    path, keys = vault.paths.database, vault.keys
    other = other_reader(path, keys.data_key, keys.salt)
    assert list(other.execute("PRAGMA integrity_check")) == [("ok",)]
    payloads = [payload for (payload,) in other.execute("SELECT payload FROM draft")]
    assert list(map(json.loads, payloads)) == [{"text": "here"}]
    other.close()


def test_it_does_not_open_with_another_key(golden):
    vault = golden(KEPT[0])
    other = other_reader(vault.database, bytes(32), vault.salt)
    with pytest.raises(apsw.NotADBError):
        list(other.execute("SELECT count(*) FROM sqlite_master"))
    other.close()
