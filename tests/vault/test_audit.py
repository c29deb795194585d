"""The audit chain: appended with the change, guarded, and every tampering found at its place."""

# ruff: noqa: S608  the statements are made of column names

import hmac
import json
import random
from uuid import UUID

import pytest
from figures import TAMPERING_UNFOUND
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from mesodesk.db.engine import connect
from mesodesk.vault.audit import (
    _COLUMNS,
    _MACED,
    _SELECT,
    AuditFact,
    _mac,
    chain_head,
    verify_chain,
    verify_rows,
)
from mesodesk.vault.audit_keys import ChainKeys

ANA, THING = UUID(int=3), UUID(int=4)
ENTRIES = 30


def fact(**named) -> AuditFact:
    return AuditFact(**({"actor_id": ANA, "actor_name": "Ana", "action": "patient.view",
                         "object_type": "patient", "object_id": THING} | named))  # fmt: skip


@pytest.fixture
def filled(vault):
    """A vault with a chain of some length, and an unguarded connection for the intruder."""
    with vault.engine.begin() as connection:
        for number in range(ENTRIES):
            vault.audit.append(connection, fact(object_version=number, details={"n": number}))
    return vault


@pytest.fixture
def intruder(filled):
    """Somebody with the key of the database, who has removed the triggers."""
    raw = connect(filled.paths.database, filled.keys.data_key, filled.keys.salt, guarded=False)
    for name in ("no_update", "no_delete", "next_only"):
        raw.execute(f"DROP TRIGGER audit_entry_{name}")
    yield raw
    raw.close()


def findings(vault, from_seq: int = 1):
    with vault.engine.connect() as connection:
        return verify_chain(connection, vault.keys, from_seq)


def first_bad(vault) -> int:
    return findings(vault)[0].seq


def test_numbers_have_no_gap_and_the_chain_verifies(filled):
    with filled.engine.connect() as connection:
        numbers = list(
            connection.exec_driver_sql("SELECT seq FROM audit_entry ORDER BY seq").scalars()
        )
        assert numbers == list(range(1, len(numbers) + 1))
        assert chain_head(connection)[0] == len(numbers) > ENTRIES
    assert findings(filled) == []
    assert findings(filled, 20) == []


def test_an_entry_is_kept_or_lost_with_its_change(vault):
    with vault.engine.connect() as connection:
        before = chain_head(connection)
        vault.audit.append(connection, fact())
        connection.rollback()
        assert chain_head(connection) == before
        entry = vault.audit.append(connection, fact())
        connection.commit()
        assert chain_head(connection) == (entry.seq, entry.mac) == (before[0] + 1, entry.mac)


def test_appends_to_a_session_as_well(vault):
    with Session(vault.engine) as session, session.begin():
        first = vault.audit.append(session, fact())
        second = vault.audit.append(session, fact())
    assert second.seq == first.seq + 1
    assert findings(vault) == []


def test_holds_any_text_and_no_value(vault):
    odd = 'Zoë 🙂 \u202e\u05e9\u05dc\0\n"quoted" \\ ' + "x" * 5000
    with vault.engine.begin() as connection:
        vault.audit.append(connection, fact(actor_name=odd, reason=odd, details={"a": odd}))
        vault.audit.append(
            connection, fact(actor_id=None, object_id=None, reason=None, actor_role="owner")
        )
    assert findings(vault) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET reason = 'none' WHERE seq = 5",
        "DELETE FROM audit_entry WHERE seq = 5",
        "DELETE FROM audit_entry",
        "DROP TABLE audit_entry",
        "DROP TRIGGER audit_entry_no_update",
        "ALTER TABLE audit_entry RENAME TO gone",
        "ATTACH 'x' AS y",
        "PRAGMA writable_schema = ON",
        "PRAGMA recursive_triggers = OFF",
        "PRAGMA ignore_check_constraints = ON",
    ],
)
def test_the_running_program_cannot_touch_it(filled, statement):
    with filled.engine.connect() as connection:
        with pytest.raises(DatabaseError, match="not authorized"):
            connection.exec_driver_sql(statement)
    assert findings(filled) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET reason = 'none' WHERE seq = 5",
        "DELETE FROM audit_entry WHERE seq = 5",
        "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE seq = 5",
        "REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE seq = 5",
        "INSERT OR IGNORE INTO audit_entry SELECT * FROM audit_entry WHERE seq = 5",
    ],
)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_the_file_itself_refuses_even_without_the_guards(filled, statement, recursive):
    raw = connect(filled.paths.database, filled.keys.data_key, filled.keys.salt, guarded=False)
    raw.execute(f"PRAGMA recursive_triggers={recursive}")
    with pytest.raises(Exception, match="audit entries are"):
        raw.execute(statement)
    raw.close()
    assert findings(filled) == []


def test_an_entry_out_of_turn_is_refused(filled):
    row = ", ".join(
        {"seq": "99999", "prev": "zeroblob(32)", "mac": "zeroblob(32)"}.get(name, name)
        for name in _COLUMNS
    )
    statement = (
        f"INSERT INTO audit_entry ({', '.join(_COLUMNS)}) SELECT {row} FROM audit_entry LIMIT 1"
    )
    with filled.engine.connect() as connection, pytest.raises(IntegrityError, match="one after"):
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize("column", [name for name in _COLUMNS if name != "seq"])
def test_an_edit_of_any_column_is_found(filled, intruder, column):
    intruder.execute(
        f"UPDATE audit_entry SET {column} = CASE"
        f" WHEN typeof({column}) = 'integer' THEN {column} + 1"
        f" WHEN typeof({column}) = 'blob' THEN zeroblob(length({column}))"
        f" WHEN {column} IS NULL THEN 'x' ELSE {column} || 'x' END WHERE seq = 9"
    )
    assert first_bad(filled) == 9


@pytest.mark.parametrize("seq", [1, 9, 15])
def test_a_removed_entry_is_found(filled, intruder, seq):
    intruder.execute(f"DELETE FROM audit_entry WHERE seq = {seq}")
    (found, *_rest) = findings(filled)
    assert (found.seq, found.sentence) == (seq, f"Audit entry {seq} is missing.")


def test_several_removed_entries_are_named_together(filled, intruder):
    intruder.execute("DELETE FROM audit_entry WHERE seq BETWEEN 7 AND 11")
    assert findings(filled)[0].sentence == "Audit entries 7 to 11 are missing."


def test_two_exchanged_entries_are_found(filled, intruder):
    for old, new in ((9, -1), (12, 9), (-1, 12)):
        intruder.execute(f"PRAGMA ignore_check_constraints={'ON' if new < 0 else 'OFF'}")
        intruder.execute(f"UPDATE audit_entry SET seq = {new} WHERE seq = {old}")
    assert first_bad(filled) == 9


@pytest.mark.parametrize("seq", [-5, 0, ENTRIES + 4, ENTRIES + 50])
def test_a_slipped_in_entry_is_found(filled, intruder, seq):
    with filled.engine.connect() as connection:
        last = chain_head(connection)[0]
    intruder.execute("PRAGMA ignore_check_constraints=ON")
    row = ", ".join(str(seq) if name == "seq" else name for name in _COLUMNS)
    intruder.execute(f"INSERT INTO audit_entry ({', '.join(_COLUMNS)})"
                     f" SELECT {row} FROM audit_entry WHERE seq = 9")  # fmt: skip
    assert first_bad(filled) == (1 if seq < 1 else min(seq, last + 1))


def test_removal_with_the_rest_moved_up_is_found(filled, intruder):
    intruder.execute("DELETE FROM audit_entry WHERE seq = 9")
    intruder.execute("UPDATE audit_entry SET seq = seq - 1 WHERE seq > 9")
    assert first_bad(filled) == 9


def test_entries_of_another_course_of_events_are_found(filled, intruder):
    """Each entry is genuine by itself, but was written in a copy where other things happened."""
    with filled.engine.connect() as connection:
        vault_before = connection.exec_driver_sql(_SELECT, (1,)).all()
        connection.rollback()
        for number in range(3):
            filled.audit.append(connection, fact(details={"other": number}))
        others = [tuple(row) for row in connection.exec_driver_sql(_SELECT, (1,))]
        connection.rollback()
        last = len(vault_before)
        for number in range(3):
            filled.audit.append(connection, fact(details={"n": number}))
        connection.commit()
    place, marks = _COLUMNS.index("seq"), ", ".join("?" * len(_COLUMNS))
    for row in others:
        if row[place] > last + 1:
            intruder.execute("DELETE FROM audit_entry WHERE seq = ?", (row[place],))
            intruder.execute(
                f"INSERT INTO audit_entry ({', '.join(_COLUMNS)}) VALUES ({marks})", row
            )
    (found,) = findings(filled)
    assert (found.seq, "does not follow" in found.sentence) == (last + 2, True)


def test_a_chain_made_anew_without_the_key_is_found(filled, intruder):
    """Who has the database's key alone cannot compute the digests."""
    rows = intruder.execute(_SELECT, (1,)).fetchall()
    prev = bytes(32)
    for row in rows:
        mac = _mac(filled.keys.data_key, prev, row[: len(_MACED)])
        intruder.execute("UPDATE audit_entry SET prev = ?, mac = ? WHERE seq = ?",
                         (prev, mac, row[_COLUMNS.index("seq")]))  # fmt: skip
        prev = mac
    assert first_bad(filled) == 1


def test_a_chain_made_anew_with_the_key_verifies(filled, intruder):
    """The control of the test above: the verifier does not simply refuse everything."""
    rows = intruder.execute(_SELECT, (1,)).fetchall()
    prev = bytes(32)
    for row in rows:
        mac = _mac(filled.keys.audit_mac, prev, row[: len(_MACED)])
        intruder.execute("UPDATE audit_entry SET prev = ?, mac = ? WHERE seq = ?",
                         (prev, mac, row[_COLUMNS.index("seq")]))  # fmt: skip
        prev = mac
    assert findings(filled) == []


STORED = st.one_of(
    st.none(), st.integers(), st.floats(allow_nan=False), st.binary(max_size=20),
    st.text(st.characters(codec=None)),
)  # fmt: skip


@given(st.lists(STORED, min_size=len(_MACED), max_size=len(_MACED)))
def test_whatever_stands_in_a_row_is_authenticated_as_one_object_of_its_columns(row):
    spelled = {
        name: value.hex() if isinstance(value, bytes) else value
        for name, value in zip(_MACED, row, strict=True)
    }
    text_of_it = json.dumps(spelled, ensure_ascii=False, separators=(",", ":"))
    data = b"p" * 32 + text_of_it.encode("utf-8", "surrogatepass")
    assert _mac(b"k" * 32, b"p" * 32, tuple(row)) == hmac.digest(b"k" * 32, data, "sha256")


def test_the_digest_is_as_documented(filled):
    """Computed by hand, as `docs/data-format.md` says."""
    with filled.engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM audit_entry WHERE seq = 9")).mappings().one()
    spelled = {
        name: value.hex() if isinstance(value, bytes) else value
        for name, value in row.items()
        if name not in {"prev", "mac"}
    }
    said = json.dumps(spelled, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    key = filled.keys.audit_mac
    assert hmac.digest(key, row["prev"] + said.encode(), "sha256") == row["mac"]


@pytest.mark.figures
def test_random_tampering_is_always_found(filled, intruder, figure):
    """A thousand random edits, removals, exchanges and insertions, with the database's key."""
    chance = random.Random(20)
    with filled.engine.connect() as connection:
        last = chain_head(connection)[0]
    intruder.execute("PRAGMA ignore_check_constraints=ON")
    missed = []
    for _ in range(1000):
        intruder.execute("BEGIN")
        kind, first = tamper(intruder, chance, last)
        found = list(
            verify_rows(intruder.execute(_SELECT, (-(2**63),)), ChainKeys.only(filled.keys))
        )
        if not found or found[0].seq != first:
            missed.append(kind)
        intruder.execute("ROLLBACK")
        assert findings(filled) == []
    figure(TAMPERING_UNFOUND, len(missed), of=1000)
    assert missed == []


def tamper(intruder, chance: random.Random, last: int) -> tuple[str, int]:
    """Do one harm; return its kind and the first entry that it concerns."""
    one, two = sorted(chance.sample(range(1, last), 2))
    kind = chance.choice(["edit", "remove", "remove and close up", "exchange", "append"])
    if kind == "edit":
        column = chance.choice(["at", "details", "actor_name", "monotonic_ms", "outcome"])
        intruder.execute(f"UPDATE audit_entry SET {column} = {column} || 'x' WHERE seq = {one}")
    elif kind == "remove":
        intruder.execute(f"DELETE FROM audit_entry WHERE seq = {one}")
    elif kind == "remove and close up":
        intruder.execute(f"DELETE FROM audit_entry WHERE seq = {one}")
        intruder.execute(f"UPDATE audit_entry SET seq = seq - 1 WHERE seq > {one}")
    elif kind == "exchange":
        for old, new in ((one, -1), (two, one), (-1, two)):
            intruder.execute(f"UPDATE audit_entry SET seq = {new} WHERE seq = {old}")
    else:
        row = ", ".join(str(last + 1) if name == "seq" else name for name in _COLUMNS)
        intruder.execute(
            f"INSERT INTO audit_entry ({', '.join(_COLUMNS)})"
            f" SELECT {row} FROM audit_entry WHERE seq = {one}"
        )
        one = last + 1
    return kind, one
