"""Spans: each entry is answered for, and nobody signs what somebody else did."""

from uuid import UUID

import pytest
from sqlalchemy.exc import DatabaseError

from mesodesk.db.engine import connect
from mesodesk.vault.audit import _COLUMNS, _MACED, _SELECT, AuditFact, _mac, verify_chain
from mesodesk.vault.check import check_vault
from mesodesk.vault.slots import new_signing_key, public_key_of, sign
from mesodesk.vault.span_checks import MOST_OPEN, verify_spans
from mesodesk.vault.spans import EVERY, count_spans, span_digest

OTHER = UUID(int=9)


SHED = (
    "UPDATE audit_span SET kind = 'found', user_id = NULL, public_key = NULL, signature = NULL"
    " WHERE first_seq = {first}"
)


def append(vault, times: int = 1, actor: UUID | None = None) -> None:
    with vault.engine.begin() as connection:
        for _ in range(times):
            vault.audit.append(
                connection,
                AuditFact(actor or vault.user_id, "Ana", "patient.update", "patient"),
            )


def spans(vault) -> list[tuple]:
    with vault.engine.connect() as connection:
        return [
            tuple(row)
            for row in connection.exec_driver_sql(
                "SELECT first_seq, last_seq, kind, user_id FROM audit_span ORDER BY first_seq"
            )
        ]


def found(vault, from_seq: int = 1) -> list[tuple[int, str]]:
    with vault.engine.connect() as connection:
        findings = verify_spans(connection, vault.vault_id, from_seq)
    return [(one.seq, one.sentence) for one in findings]


def chain_is_whole(vault) -> bool:
    with vault.engine.connect() as connection:
        return verify_chain(connection, vault.keys) == []


def signed_to(vault) -> int:
    return max(row[1] for row in spans(vault))


@pytest.fixture
def signed(vault):
    """A vault with three signed spans, closed one after the other."""
    for _ in range(3):
        append(vault, 10)
        vault.sign_log()
    return vault


@pytest.fixture
def intruder(signed):
    """Somebody with the vault's key, who has removed the triggers."""
    raw = connect(signed.paths.database, signed.keys.data_key, signed.keys.salt, guarded=False)
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit%'"
    for (name,) in list(raw.execute(triggers)):
        raw.execute(f"DROP TRIGGER {name}")
    yield raw
    raw.close()


def make_anew(raw, keys, change: str, seq: int) -> None:
    """Change an entry and compute the whole chain after it anew, as who has the key can."""
    raw.execute(f"UPDATE audit_entry SET {change} WHERE seq = ?", (seq,))  # noqa: S608
    prev = bytes(32)
    for row in raw.execute(_SELECT, (1,)).fetchall():
        mac = _mac(keys.audit_mac, prev, row[: len(_MACED)])
        raw.execute(
            "UPDATE audit_entry SET prev = ?, mac = ? WHERE seq = ?",
            (prev, mac, row[_COLUMNS.index("seq")]),
        )
        prev = mac


def test_whoever_is_in_signs_up_to_the_last_entry(signed):
    first, *_rest, last = spans(signed)
    assert first[0] == 1
    assert last[2:] == ("signed", signed.user_id.bytes)
    assert found(signed) == []
    with signed.engine.connect() as connection:
        counted = count_spans(connection)
    assert (counted.waiting, counted.last_user_id) == (0, signed.user_id)
    signed.sign_log()  # nothing waits: no span of nothing
    assert len(spans(signed)) == len([first, *_rest, last])


def test_a_hundred_entries_are_signed_without_being_told(vault):
    before = len(spans(vault))
    for _ in range(EVERY + 1):
        append(vault)
    assert len(spans(vault)) == before + 1
    append(vault, 3 * EVERY)  # within one transaction too
    assert len(spans(vault)) == before + 4
    assert found(vault) == []


def test_what_was_rolled_back_does_not_count_as_signed(vault):
    vault.sign_log()
    with vault.engine.connect() as connection:
        for _ in range(2 * EVERY):
            vault.audit.append(connection, AuditFact(vault.user_id, "A", "patient.view", "patient"))
        connection.rollback()
    append(vault, 3 * EVERY)
    with vault.engine.connect() as connection:
        assert count_spans(connection).waiting <= 2 * EVERY
    assert found(vault) == []


def test_closing_signs_the_rest(made):
    with made.open() as vault:
        append(vault, 5)
    with made.open() as vault:
        last = spans(vault)[-1]
        assert last[2] == "signed"
        with vault.engine.connect() as connection:
            assert count_spans(connection).waiting == 1  # this opening


def test_what_a_killed_program_left_open_is_signed_by_nobody(made):
    vault = made.open()
    append(vault, 5)
    vault.abandon()
    with made.open() as vault:
        assert spans(vault)[-1][2:] == ("found", None)
        assert found(vault) == []
        assert check_vault(vault) == []


def test_whoever_used_the_recovery_key_signs_nothing(made):
    from mesodesk.vault.vault import open_vault

    with open_vault(made.folder, recovery_key=made.recovery_key) as vault:
        append(vault, 2)
        vault.sign_log()
        assert spans(vault)[-1][2:] == ("recovery", vault.user_id.bytes)
        append(vault, 2)
        vault.change_password("an entirely new password")
        append(vault, 2)
        vault.sign_log()
        *_, before, after = spans(vault)
        assert (before[2], after[2]) == ("recovery", "signed")
        assert found(vault) == []


def test_entries_of_somebody_else_are_left_out_of_the_signature(vault):
    vault.sign_log()
    append(vault, 2)
    append(vault, 3, OTHER)
    append(vault, 1)
    vault.sign_log()
    assert [row[2] for row in spans(vault)[-3:]] == ["signed", "found", "signed"]
    assert found(vault) == []


def test_an_entry_made_anew_with_the_vaults_key_breaks_its_span(signed, intruder):
    first, last, *_rest = spans(signed)[-2]
    make_anew(intruder, signed.keys, "reason = 'other'", last - 1)
    assert chain_is_whole(signed)
    assert found(signed)[0][0] == first


def test_a_span_signed_with_a_strange_key_is_found(signed, intruder):
    first, last, *_rest = spans(signed)[-1]
    key = new_signing_key()
    at, head = intruder.execute(
        "SELECT made_at, head FROM audit_span WHERE first_seq = ?", (first,)
    ).fetchone()
    from mesodesk.db.moments import from_microseconds

    digest = span_digest(
        signed.vault_id, first=first, last=last, head=head, user_id=signed.user_id,
        made_at=from_microseconds(at),
    )  # fmt: skip
    intruder.execute(
        "UPDATE audit_span SET public_key = ?, signature = ? WHERE first_seq = ?",
        (public_key_of(key), sign(key, digest), first),
    )
    assert found(signed) == [
        (first, f"The audit entries {first} to {last} are signed with a key that is not on record.")
    ]


def test_somebody_else_cannot_answer_for_the_entries(signed, intruder):
    """The entry is made anew in another's name; who signs has a key on record."""
    _first, last, *_rest = spans(signed)[-1]
    make_anew(intruder, signed.keys, "actor_id = zeroblob(16)", last)
    sentences = [sentence for _, sentence in found(signed)]
    assert any("did not write it" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    ("harm", "which"),
    [
        ("DELETE FROM audit_span WHERE first_seq = {first}", "first"),
        ("UPDATE audit_span SET head = zeroblob(32) WHERE first_seq = {first}", "first"),
        ("UPDATE audit_span SET signature = zeroblob(64) WHERE first_seq = {first}", "first"),
        ("UPDATE audit_span SET user_id = zeroblob(16) WHERE first_seq = {first}", "first"),
        ("UPDATE audit_span SET user_id = 'Ana' WHERE first_seq = {first}", "first"),
        ("UPDATE audit_span SET made_at = made_at + 1 WHERE first_seq = {first}", "first"),
        ("UPDATE audit_span SET kind = 'found' WHERE first_seq = {first}", "first"),
        (SHED, "first"),
        ("UPDATE audit_span SET last_seq = last_seq - 1 WHERE first_seq = {first}", "first"),
        ("UPDATE audit_span SET first_seq = first_seq + 1 WHERE first_seq = {first}", "first"),
        ("UPDATE audit_span SET first_seq = first_seq - 1 WHERE first_seq = {first}", "before"),
    ],
)
def test_any_change_of_a_span_is_found(signed, intruder, harm, which):
    first, last, *_rest = spans(signed)[-2]
    intruder.execute("PRAGMA ignore_check_constraints=ON")
    intruder.execute(harm.format(first=first))
    assert found(signed)[0][0] == (first if which == "first" else first - 1)
    assert first <= last


def test_a_tail_cut_off_shows_in_the_span_that_tells_of_it(signed, intruder):
    last = signed_to(signed)
    intruder.execute("DELETE FROM audit_entry WHERE seq > ?", (last - 3,))
    assert chain_is_whole(signed)
    assert found(signed)[0][0] == last - 2


def test_spans_taken_away_leave_too_long_a_tail(signed, intruder):
    append(signed, MOST_OPEN)
    signed.sign_log()
    assert found(signed) == []
    first = spans(signed)[-4][0]
    intruder.execute("DELETE FROM audit_span WHERE first_seq >= ?", (first,))
    assert found(signed)[0][0] == first


def test_a_broken_span_shows_in_the_examination_and_at_the_next_opening(made, signed, intruder):
    first, *_rest = spans(signed)[-1]
    intruder.execute("UPDATE audit_span SET signature = zeroblob(64) WHERE first_seq = ?", (first,))
    (finding,) = [one for one in check_vault(signed) if one.area == "audit"]
    assert str(first) in finding.sentence
    signed.close()
    with made.open() as vault:
        assert [one.area for one in vault.findings] == ["audit"]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_span SET kind = 'found'", "DELETE FROM audit_span", "DROP TABLE audit_span"],
)
def test_the_running_program_cannot_touch_spans(signed, statement):
    with signed.engine.connect() as connection:
        with pytest.raises(DatabaseError, match="not authorized"):
            connection.exec_driver_sql(statement)
    assert found(signed) == []
