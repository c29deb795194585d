"""Changes the database as somebody could who has its key, and not the program."""

from mesodesk.services.desk import Desk
from mesodesk.vault.examining import opened


def behind_our_back(desk: Desk, *statements: str) -> None:
    """Change the database with its triggers out of the way, as somebody with the key could."""
    vault = desk.store.vault
    with opened(vault.paths, vault.keys, guarded=False) as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("BEGIN IMMEDIATE")
        triggers = raw.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name <> 'patient'"
        ).fetchall()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert raw.execute(statement).rowcount, f"nothing was changed by: {statement}"
        for _, sql in triggers:
            raw.execute(sql)
        raw.execute("COMMIT")
