"""What is signed stays: closed to services and to every writer, added to by addenda."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.domain.rights import Right
from mesodesk.services.errors import InvalidError, RefusedError

PASSWORD = "plain tea in the morning"


def last_entry(desk) -> AuditEntryRow:
    with desk.store.read(Right.RECORD_READ) as tx:
        return tx.db.scalars(select(AuditEntryRow).order_by(AuditEntryRow.seq.desc())).first()


# Closed afterwards


def test_no_service_changes_a_signed_session(desk, kit):
    signed = kit.signed()
    (syringe,) = signed.syringes
    typed = SyringeFields(2, "", (ComponentFields(syringe.components[0].lot_id, Decimal(1)),))
    for call in (
        lambda: desk.sessions.save(signed.id, signed.version, signed.fields),
        lambda: desk.sessions.put_syringe(signed.id, signed.version, typed),
        lambda: desk.sessions.remove_syringe(signed.id, signed.version, syringe.id),
        lambda: desk.sessions.acknowledge(signed.id, signed.version, "kit", 1, "Why", True),
        lambda: desk.sessions.withdraw_acknowledgement(signed.id, signed.version, "kit"),
        lambda: desk.sessions.discard_draft(signed.id, signed.version, "Why"),
        lambda: desk.charts.undo(signed.id, 1),
        lambda: desk.charts.redo(signed.id, 1),
        lambda: kit.chart(signed, 100),
    ):
        with pytest.raises(RefusedError):
            call()
    assert desk.sessions.get(signed.id) == signed


REFUSED = (
    "UPDATE session SET note = 'other'",
    "UPDATE session SET pain = 0, state = 'amended'",
    "UPDATE session SET state = 'draft'",
    "DELETE FROM session",
    "UPDATE syringe SET wasted_ml = 1",
    "DELETE FROM syringe",
    "INSERT INTO syringe SELECT randomblob(16), session_id, 5, '', NULL, NULL, 0 FROM syringe",
    "UPDATE syringe_component SET volume_ml = 1",
    "UPDATE syringe_component SET lot_number = 'X'",
    "DELETE FROM syringe_component",
    "UPDATE chart_field SET regions = '[]'",
    "DELETE FROM chart_field",
    "UPDATE chart_edit SET state = 'undone'",
    "DELETE FROM chart_edit",
    "UPDATE session_snapshot SET payload = '{}'",
    "DELETE FROM session_snapshot",
    "UPDATE session_seal SET sha256 = ''",
    "DELETE FROM session_seal",
    "REPLACE INTO session_seal SELECT * FROM session_seal",
    "UPDATE session_acknowledgement SET reason = 'other'",
    "DELETE FROM session_acknowledgement",
    "UPDATE session_addendum SET text = 'other'",
    "DELETE FROM session_addendum",
    "UPDATE stock_movement SET volume_ml = -1",
    "DELETE FROM stock_movement",
    "DELETE FROM follow_up",
)


def test_triggers_refuse_to_change_what_is_signed(desk, kit):
    kit.complete_intake(pregnant=Answer.YES)
    draft = desk.sessions.start(kit.patient.id)
    finding = next(f for f in desk.sessions.screening(draft.id) if f.severity == "stop")
    desk.sessions.acknowledge(
        draft.id, draft.version, finding.rule_id, finding.rule_version, "With consent", True
    )
    signed = kit.signed()
    signed = desk.sessions.add_addendum(signed.id, "Called back")
    for statement in REFUSED:
        with desk.store.vault.engine.connect() as connection:
            with pytest.raises(DBAPIError):
                connection.exec_driver_sql(statement)
    assert desk.sessions.get(signed.id) == signed


def test_a_session_cannot_count_as_signed_without_a_seal(desk, kit):
    kit.ready()
    with (
        desk.store.vault.engine.connect() as connection,
        pytest.raises(DBAPIError, match="signed with a seal"),
    ):
        connection.exec_driver_sql("UPDATE session SET state = 'signed'")


def test_what_is_called_otherwise_later_breaks_no_seal(desk, kit, typed_patient):
    lot = kit.lot()
    signed = kit.signed(lot)
    product = lot.product
    renamed = replace(product.fields, name="Renamed", actives=())
    desk.catalogue.update_product(product.id, product.version, renamed)
    kept = desk.catalogue.lot(lot.id)
    desk.catalogue.update_lot(lot.id, kept.version, replace(kept.fields, number="NEW"))
    patient = desk.patients.get(kit.patient.id)
    desk.patients.update(patient.id, patient.version, typed_patient("Married", "Name"))
    clinic = desk.clinic.record()
    desk.clinic.update(clinic.version, replace(clinic.fields, name="Moved", zone="Asia/Tokyo"))
    with desk.store.write(Right.OWN) as tx:
        tx.db.execute(update(UserRow).values(name="Renamed"))
        tx.audit("user.rename", "app_user", tx.actor.id)
    assert desk.sessions.get(signed.id) == signed
    assert desk.checks.check_all() == []


# Addenda


def test_addenda_are_added_and_change_nothing_else(desk, kit, clock):
    signed = kit.signed()
    clock.move(days=2)
    heard = []
    desk.subscribe(heard.append)
    desk.sessions.add_addendum(signed.id, " Patient called: all well. ")
    later = desk.sessions.add_addendum(signed.id, "Second\r\nline")
    assert [each.text for each in later.addenda] == ["Patient called: all well.", "Second\nline"]
    assert [each.author for each in later.addenda] == ["Olga Owner"] * 2
    assert later.addenda[0].written_at == clock.now()
    assert later.seal == signed.seal
    assert replace(later, addenda=()) == signed
    assert heard == [Topic.SESSIONS] * 2
    assert last_entry(desk).action == "session.addendum"


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "x" * 4001])
def test_an_addendum_has_to_say_something_that_can_be_kept(desk, kit, text):
    signed = kit.signed()
    with pytest.raises(InvalidError):
        desk.sessions.add_addendum(signed.id, text)
    assert desk.sessions.get(signed.id) == signed


def test_a_draft_takes_no_addenda(desk, patient):
    draft = desk.sessions.start(patient.id)
    with pytest.raises(RefusedError):
        desk.sessions.add_addendum(draft.id, "Too early")
    gone = desk.sessions.discard_draft(draft.id, draft.version, "Wrong patient")
    with pytest.raises(RefusedError):
        desk.sessions.add_addendum(gone.id, "Too late")


def test_the_seal_holds_after_the_vault_was_opened_again(desk, kit, open_again):
    signed = desk.sessions.add_addendum(kit.signed().id, "Called back")
    desk.close()
    assert open_again().sessions.get(signed.id) == signed
