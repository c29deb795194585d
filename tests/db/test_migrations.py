"""The migrations make exactly what the models describe, and the triggers stand in the file."""

import re
from pathlib import Path

from sqlalchemy import Engine

from mesodesk.db.metadata import full_metadata
from mesodesk.db.safeguards import TRIGGERS
from mesodesk.db.upgrade import current_revision, head_revision, schema_differences, upgrade


def stored(engine: Engine, kind: str) -> dict[str, str]:
    """Return names and definitions of what the file holds."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = ? AND sql IS NOT NULL", (kind,)
        )
        return {name: squeezed(sql) for name, sql in rows}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def test_models_and_migrations_agree(migrated):
    assert schema_differences(migrated) == []


def test_a_missing_column_would_be_noticed(migrated):
    table = full_metadata().tables["patient"]
    column = table.c.note
    table._columns.remove(column)
    try:
        assert schema_differences(migrated) != []
    finally:
        table.append_column(column._copy(), replace_existing=True)


def test_the_file_is_at_the_newest_revision(migrated):
    assert current_revision(migrated) == head_revision()


def test_upgrading_again_changes_nothing(database_template: Path, tmp_path: Path):
    copy = tmp_path / "clinic.db"
    copy.write_bytes(database_template.read_bytes())
    done = upgrade(copy, b"k" * 32, b"s" * 16)
    assert done.before == done.after == head_revision()


def test_every_trigger_stands_in_the_file_word_for_word(migrated):
    assert set(stored(migrated, "trigger").values()) == {squeezed(one) for one in TRIGGERS}


def test_every_index_covers_the_rows_that_the_model_says(migrated):
    """A comparison of schemas does not see for which rows an index holds."""
    in_file = {
        name: squeezed(sql.partition(" WHERE ")[2])
        for name, sql in stored(migrated, "index").items()
    }
    in_models = {
        str(index.name): "" if where is None else squeezed(str(where))
        for table in full_metadata().tables.values()
        for index in table.indexes
        for where in (index.dialect_options["sqlite"]["where"],)
    }
    assert in_file == in_models


def test_checks_and_keys_are_named(migrated):
    """An unnamed constraint cannot be changed by a later migration."""
    for table, sql in stored(migrated, "table").items():
        if "fts" in table or table == "alembic_version":
            continue
        named = re.findall(r"CONSTRAINT (\w+) (?:CHECK|FOREIGN KEY|PRIMARY KEY|UNIQUE) ?\(", sql)
        every = re.findall(r"\b(?:CHECK|FOREIGN KEY|PRIMARY KEY|UNIQUE) ?\(", sql)
        assert len(named) == len(every), table
        assert len(named) == len(set(named)), (table, sorted(named))


def test_every_reference_restricts(migrated):
    """Nothing clinical ever goes because something else went."""
    for sql in stored(migrated, "table").values():
        assert "CASCADE" not in sql
        assert "SET NULL" not in sql
        assert sql.count("FOREIGN KEY") == sql.count("ON DELETE RESTRICT")


def test_every_reference_has_an_index_where_children_are_looked_up(migrated):
    """Without one, looking up or checking the children of a row reads the whole table."""
    never_looked_up = {
        "intake.based_on",
        "follow_up.superseded_by",
        "session_statement.replaced_by",
    }
    lacking = set()
    with migrated.connect() as connection:
        for table in stored(migrated, "table"):
            indexed = {
                connection.exec_driver_sql(f'PRAGMA index_info("{name}")').first()[2]
                for _, name, *_ in connection.exec_driver_sql(f'PRAGMA index_list("{table}")').all()
            }
            lacking |= {
                f"{table}.{row[3]}"
                for row in connection.exec_driver_sql(f'PRAGMA foreign_key_list("{table}")')
                if row[3] not in indexed and row[2] not in {"app_user", "product"}
            }
    assert lacking == never_looked_up
