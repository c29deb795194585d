"""Keeping what is typed: few statements, and the same record, row and entry as by any other way."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import event, select

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.records.session import SessionFields
from mesodesk.domain.rights import Right
from mesodesk.services.errors import ConflictError, InvalidError
from mesodesk.vault.audit import chain_head, verify_chain

STATEMENTS = 8  # BEGIN, head, syringes, components, reasons, update, end of the chain, entry


@pytest.fixture
def drawn(desk, kit, begun):
    """A draft with two syringes, a third put away, and one reason in force of two given."""
    kit.complete_intake(takes_anticoagulant=Answer.YES)
    lot = kit.lot()
    session = begun
    for digit in (3, 1, 2):
        session = kit.put(session, (lot, "0.5"), (kit.lot("B"), "0.25"), digit=digit, label="mix")
    away = next(each for each in session.syringes if each.digit == 2)
    session = desk.sessions.remove_syringe(session.id, session.version, away.id)
    given = [each for each in desk.sessions.screening(session.id) if each.severity == "caution"]
    for finding, why in ((given[0], "first"), (given[0], "second")):
        session = desk.sessions.acknowledge(
            session.id, session.version, finding.rule_id, finding.rule_version, why, False
        )
    return session


def head(desk) -> tuple[int, bytes]:
    with desk.store.read(Right.RECORD_READ) as tx:
        return chain_head(tx.connection)


def stored(desk, session_id) -> SessionRow:
    with desk.store.read(Right.RECORD_READ) as tx:
        return tx.db.get_one(SessionRow, session_id)


def test_the_record_is_the_one_that_reading_gives(desk, drawn):
    kept = desk.sessions.save(drawn.id, drawn.version, replace(drawn.fields, note="typed"))
    assert [each.digit for each in kept.syringes] == [1, 3]
    assert [len(each.components) for each in kept.syringes] == [2, 2]
    assert [each.reason for each in kept.acknowledgements] == ["second"]
    assert kept == desk.sessions.get(drawn.id)
    assert kept == replace(
        drawn, version=drawn.version + 1, fields=replace(drawn.fields, note="typed")
    )


def test_a_syringe_that_the_chart_brought_back_is_told(desk, kit, begun):
    """Undoing on the chart brings a syringe back and leaves the session's version alone."""
    session = kit.put(begun, (kit.lot(), "0.5"))
    [syringe] = session.syringes
    placed = kit.field(syringe.id, 100)
    desk.charts.append(session.id, 0, kit.placing(placed), {placed.id: ()})
    desk.charts.append(session.id, 1, kit.changing(placed, None), {})
    session = desk.sessions.remove_syringe(session.id, session.version, syringe.id)
    session = desk.sessions.save(session.id, session.version, SessionFields(note="away"))
    assert session.syringes == ()
    desk.charts.undo(session.id, 2)
    kept = desk.sessions.save(session.id, session.version, SessionFields(note="back"))
    assert [each.id for each in kept.syringes] == [syringe.id]


def test_a_save_takes_few_statements(desk, drawn):
    asked = []
    engine = desk.store.vault.engine
    desk.sessions.save(drawn.id, drawn.version, replace(drawn.fields, note="first"))
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    desk.sessions.save(drawn.id, drawn.version + 1, replace(drawn.fields, note="second"))
    assert len(asked) == STATEMENTS, asked


def test_only_what_changed_is_written(desk, drawn, clock):
    clock.move(minutes=5)
    asked = []
    listening = (desk.store.vault.engine, "before_cursor_execute")
    event.listen(*listening, lambda *given: asked.append(given[2]))
    desk.sessions.save(drawn.id, drawn.version, replace(drawn.fields, note="typed"))
    [update] = [each for each in asked if each.startswith("UPDATE session")]
    assert update == "UPDATE session SET version=?, changed_at=?, note=? WHERE session.id = ?"
    row = stored(desk, drawn.id)
    assert (row.changed_at, row.version) == (clock.now(), drawn.version + 1)
    assert row.created_at < row.changed_at


def test_the_entry_is_written_to_the_byte(desk, drawn, clock):
    seq, mac = head(desk)
    clock.move(minutes=5)
    desk.sessions.save(drawn.id, drawn.version, replace(drawn.fields, note="Very private", pain=3))
    with desk.store.read(Right.RECORD_READ) as tx:
        [entry] = tx.db.scalars(select(AuditEntryRow).where(AuditEntryRow.seq > seq))
        assert verify_chain(tx.connection, desk.store.vault.keys) == []
    assert (entry.seq, entry.prev) == (seq + 1, mac)
    assert (entry.action, entry.object_type, entry.object_id, entry.object_version) == (
        "session.update",
        "session",
        drawn.id,
        drawn.version + 1,
    )
    assert (entry.actor_id, entry.actor_name, entry.actor_role) == (
        desk.user.id,
        "Olga Owner",
        "owner",
    )
    assert (entry.at, entry.outcome, entry.reason) == (clock.now(), "ok", None)
    assert entry.details == json.dumps({"changed": ["pain", "note"]}, separators=(",", ":"))


def test_what_is_refused_leaves_row_and_chain_as_they_were(desk, drawn):
    before, chain = desk.sessions.get(drawn.id), head(desk)
    with pytest.raises(ConflictError) as error:
        desk.sessions.save(drawn.id, drawn.version - 1, SessionFields(note="late"))
    assert error.value.record == before
    with pytest.raises(InvalidError):
        desk.sessions.save(drawn.id, drawn.version, SessionFields(pain=11))
    assert (desk.sessions.get(drawn.id), head(desk)) == (before, chain)
    kept = desk.sessions.save(drawn.id, drawn.version, SessionFields(note="in time"))
    assert (kept.version, head(desk)[0]) == (drawn.version + 1, chain[0] + 1)
    with desk.store.read(Right.RECORD_READ) as tx:
        assert verify_chain(tx.connection, desk.store.vault.keys) == []


def test_a_stale_version_is_a_conflict_even_if_nothing_would_change(desk, drawn):
    with pytest.raises(ConflictError):
        desk.sessions.save(drawn.id, drawn.version - 1, drawn.fields)


def test_the_record_does_not_change_with_the_form(desk, begun):
    answers = {"swelling": Answer.YES}
    kept = desk.sessions.save(begun.id, begun.version, SessionFields(reactions=answers))
    answers["swelling"] = Answer.NO
    assert kept.fields.reactions == {"swelling": Answer.YES}


def test_an_equal_number_with_more_zeros_is_no_change(desk, begun):
    kept = desk.sessions.save(begun.id, begun.version, SessionFields(weight_kg=Decimal("61.5")))
    again = desk.sessions.save(begun.id, kept.version, SessionFields(weight_kg=Decimal("61.500")))
    assert again == kept
