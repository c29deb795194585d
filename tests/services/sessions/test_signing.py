"""Signing: all at once or not at all, sealed, closed to every writer, and added to by addenda."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select, update

from mesodesk.db.errors import StorageUnavailable
from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.clinic import UserRow
from mesodesk.db.models.follow_up import FollowUpRow
from mesodesk.db.models.session import SessionSealRow, SessionSnapshotRow
from mesodesk.db.models.stock import StockMovementRow
from mesodesk.db.models.vault_meta import SigningKeyRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.canonical import canonical_json
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.rights import Right
from mesodesk.services import signing
from mesodesk.services.desk import open_desk
from mesodesk.services.errors import ConflictError, RefusedError
from mesodesk.services.signing import MissingError
from mesodesk.vault.errors import (
    NoPinError,
    SigningKeyError,
    WrongPasswordError,
    WrongPinError,
)
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.vault import create_vault, open_vault

PASSWORD = "plain tea in the morning"


def rows(desk, model) -> list:
    with desk.store.read(Right.RECORD_READ) as tx:
        return list(tx.db.scalars(select(model)))


def last_entry(desk) -> AuditEntryRow:
    with desk.store.read(Right.RECORD_READ) as tx:
        return tx.db.scalars(select(AuditEntryRow).order_by(AuditEntryRow.seq.desc())).first()


# What signing does


def test_signing_closes_the_session_with_a_seal_that_holds(desk, kit, clock):
    draft = kit.ready()
    signed = desk.sessions.sign(draft.id, draft.version, PASSWORD)
    assert signed.state is SessionState.SIGNED
    assert signed.seal.holds
    assert (signed.seal.signed_by, signed.seal.signed_at) == ("Olga Owner", clock.now())
    assert signed.fields == draft.fields
    assert desk.sessions.get(draft.id) == signed
    assert desk.sessions.drafts() == ()
    assert desk.sessions.missing(draft.id) == ()


def test_the_seal_can_be_checked_without_this_program(desk, kit):
    signed = kit.signed()
    (seal,) = rows(desk, SessionSealRow)
    content = seal.content.encode()
    assert hashlib.sha256(content).hexdigest() == seal.sha256 == signed.seal.sha256
    (key,) = rows(desk, SigningKeyRow)
    assert seal.public_key == key.public_key
    Ed25519PublicKey.from_public_bytes(key.public_key).verify(
        seal.signature, bytes.fromhex(seal.sha256)
    )
    assert canonical_json(json.loads(content)) == content


def test_the_seal_covers_the_whole_session(desk, kit):
    lot = kit.lot("Procaine 2 %")
    signed = kit.signed(lot, note="A quiet session", pain=4)
    (seal,) = rows(desk, SessionSealRow)
    content = json.loads(seal.content)
    assert content["session"]["patient_id"] == str(kit.patient.id)
    assert content["session"]["atlas_id"] == signed.atlas_id
    assert (content["fields"]["note"], content["fields"]["pain"]) == ("A quiet session", 4)
    (part,) = content["syringes"][0]["components"]
    assert (part["lot_number"], part["volume_ml"]) == (lot.fields.number, "0.5")
    assert part["actives"][0]["strength"] == {"unit": "%", "value": "2"}
    (field,) = content["chart"]
    assert field["points"][0] == [10, 0.25, 0.5, 100, 2000, 0]
    assert field["regions"] == ["abdomen_upper.midline"]
    assert content["edits"]["count"] == 1
    assert content["snapshot_taken_at"] == content["session"]["signed_at"]
    assert content["signer"]["name"] == content["session"]["therapist_name"] == "Olga Owner"
    snapshot = content["snapshot"]
    assert snapshot["patient"]["family_name"] == "García López"
    assert snapshot["screening"]["rules_version"] == snapshot["files"]["rules"]
    assert set(snapshot["files"]) == {
        "rules",
        "limits",
        "questionnaire",
        "schedule",
        "vocabulary",
        "catalogue",
        "mixtures",
    }


def test_screening_of_a_signed_session_is_that_of_the_day(desk, kit):
    kit.complete_intake(pregnant=Answer.YES)
    draft = desk.sessions.start(kit.patient.id)
    finding = next(f for f in desk.sessions.screening(draft.id) if f.severity == "stop")
    desk.sessions.acknowledge(
        draft.id, draft.version, finding.rule_id, finding.rule_version, "With consent", True
    )
    signed = kit.signed()
    before = desk.sessions.screening(signed.id)
    assert finding in before
    intake = desk.intakes.start(kit.patient.id)
    desk.intakes.complete(
        intake.id, desk.intakes.save(intake.id, intake.version, intake.fields).version
    )
    assert desk.sessions.screening(signed.id) == before
    (snapshot,) = rows(desk, SessionSnapshotRow)
    entry = json.loads(snapshot.payload)["screening"]["entries"][0]
    assert entry["acknowledgement"]["reason"] == "With consent"


def test_what_was_drawn_leaves_the_stock_once(desk, kit):
    lot = kit.lot(received_ml="10")
    draft = kit.ready(lot, "2.5")
    assert desk.catalogue.lot(lot.id).left_ml == Decimal("7.5")
    assert rows(desk, StockMovementRow) == []
    signed = desk.sessions.sign(draft.id, draft.version, PASSWORD)
    (movement,) = rows(desk, StockMovementRow)
    assert (movement.lot_id, movement.volume_ml) == (lot.id, Decimal("-2.5"))
    assert movement.session_id == signed.id
    assert desk.catalogue.lot(lot.id).left_ml == Decimal("7.5")


def test_signing_plans_the_follow_up(desk, kit, clock):
    signed = kit.signed()
    planned = desk.follow_ups.for_session(signed.id)
    assert [each.check_id for each in planned] == [
        "hours_24",
        "hours_72",
        "day_5_7",
        "day_14",
        "day_28",
        "week_8",
        "week_12",
    ]
    assert planned[0].due_at == clock.now() + timedelta(hours=24)
    # Summer time begins on 29 March 2026: the day in Madrid ends an hour earlier in UTC.
    assert [each.due_at.strftime("%m-%d %H:%M") for each in planned[3:5]] == [
        "03-24 22:59",
        "04-07 21:59",
    ]


def test_one_entry_of_the_audit_log_names_the_seal(desk, kit):
    heard = []
    draft = kit.ready()
    desk.subscribe(heard.append)
    signed = desk.sessions.sign(draft.id, draft.version, PASSWORD)
    entry = last_entry(desk)
    assert (entry.action, entry.object_id) == ("session.sign", signed.id)
    assert entry.object_version == signed.version
    assert json.loads(entry.details) == {"checks": 7, "sha256": signed.seal.sha256, "superseded": 0}
    assert heard == [Topic.SESSIONS | Topic.STOCK | Topic.FOLLOW_UPS]


def test_a_syringe_put_away_is_neither_sealed_nor_taken_from_stock(desk, kit):
    lot = kit.lot(received_ml="10")
    session = kit.put(desk.sessions.start(kit.patient.id), (lot, "4"), digit=9)
    session = desk.sessions.remove_syringe(session.id, session.version, session.syringes[0].id)
    signed = kit.signed()
    assert desk.catalogue.lot(lot.id).left_ml == Decimal(10)
    assert [each.digit for each in signed.syringes] == [1]


# What it refuses


def test_an_incomplete_session_is_not_signed(desk, patient):
    draft = desk.sessions.start(patient.id)
    with pytest.raises(MissingError) as error:
        desk.sessions.sign(draft.id, draft.version, PASSWORD)
    assert error.value.missing == desk.sessions.missing(draft.id)
    assert str(len(error.value.missing)) in error.value.sentence
    assert desk.sessions.get(draft.id) == draft


def test_the_wrong_password_signs_nothing(desk, kit):
    draft = kit.ready()
    with pytest.raises(WrongPasswordError) as error:
        desk.sessions.sign(draft.id, draft.version, "plain tea in the evening")
    assert error.value.delay_s > 0
    assert desk.sessions.get(draft.id) == draft
    assert last_entry(desk).action == "session.sign_failed"


def test_a_pin_signs_while_it_lives_and_counts_as_at_the_lock(desk, kit):
    desk.access.set_pin(PASSWORD, "902817")
    draft = kit.ready()
    for left in (2, 1):
        with pytest.raises(WrongPinError) as error:
            desk.sessions.sign(draft.id, draft.version, "739150", by_pin=True)
        assert error.value.left == left
        assert json.loads(last_entry(desk).details) == {"why": "pin"}
    signed = desk.sessions.sign(draft.id, draft.version, "902817", by_pin=True)
    assert signed.seal.holds
    # The right one gave the tries back; two wrong ones at the lock are two wrong ones here.
    for _ in range(2):
        with pytest.raises(WrongPinError):
            desk.access.unlock_by_pin("739150")
    with pytest.raises(WrongPinError, match="gone"):
        desk.amending.enter_in_error(signed.id, "Another patient's", "739150", by_pin=True)
    with pytest.raises(NoPinError):
        desk.amending.enter_in_error(signed.id, "Another patient's", "902817", by_pin=True)
    assert desk.store.vault.attempts.total == 0
    desk.amending.enter_in_error(signed.id, "Another patient's", PASSWORD)


def test_what_goes_missing_while_the_password_is_checked_counts(desk, kit, clock, monkeypatch):
    """The clinic's day ends just then, and with it the lot."""
    draft = kit.ready(kit.lot(expires_on=clock.now().date()))
    prove = desk.store.vault.entrance.prove

    def slowly(*typed: object) -> object:
        clock.move(days=1)
        return prove(*typed)

    monkeypatch.setattr(desk.store.vault.entrance, "prove", slowly)
    with pytest.raises(MissingError):
        desk.sessions.sign(draft.id, draft.version, PASSWORD)
    assert rows(desk, SessionSealRow) == []


def test_a_draft_changed_meanwhile_is_not_signed(desk, kit):
    draft = kit.ready()
    other = open_desk(desk.store.vault, desk.store.clock)
    now = other.sessions.save(draft.id, draft.version, replace(draft.fields, pain=9))
    with pytest.raises(ConflictError) as error:
        desk.sessions.sign(draft.id, draft.version, PASSWORD)
    assert error.value.record == now


def test_a_session_is_signed_once(desk, kit):
    signed = kit.signed()
    with pytest.raises(RefusedError, match="signed"):
        desk.sessions.sign(signed.id, signed.version, PASSWORD)


@pytest.mark.parametrize("role", [Role.ASSISTANT, Role.AUDITOR])
def test_some_roles_do_not_sign(desk, kit, open_again, role):
    draft = kit.ready()
    with desk.store.write(Right.OWN) as tx:
        tx.db.execute(update(UserRow).values(role=role))
        tx.audit("user.role", "app_user", tx.actor.id)
    desk.close()
    again = open_again()
    with pytest.raises(RefusedError, match="role"):
        again.sessions.sign(draft.id, draft.version, PASSWORD)
    assert again.sessions.get(draft.id).state is SessionState.DRAFT


def test_the_recovery_key_cannot_sign(tmp_path, clock, request, typed_patient):
    key = RecoveryKey.new()
    kit_type = type(request.getfixturevalue("kit"))
    setup = request.getfixturevalue("desk").clinic.record().fields
    vault = create_vault(
        tmp_path / "other",
        owner=NewOwner("Olga Owner"),
        password=PASSWORD,
        cost=KdfCost.for_tests(),
        recovery_key=key,
        clock=clock,
    )
    desk = open_desk(vault, clock)
    desk.clinic.create(setup, "Olga Owner", "", vault.user_id)
    kit = kit_type(desk, desk.patients.create(typed_patient()))
    draft = kit.ready()
    desk.close()
    again = open_desk(open_vault(tmp_path / "other", recovery_key=key, clock=clock), clock)
    with pytest.raises(SigningKeyError):
        again.sessions.sign(draft.id, draft.version, PASSWORD)
    assert again.sessions.get(draft.id).state is SessionState.DRAFT
    assert rows(again, SessionSealRow) == []
    again.close()


@pytest.mark.parametrize("step", ["take_from_stock", "plan_follow_up", "supersede_earlier"])
def test_signing_that_fails_half_way_leaves_a_draft(desk, kit, monkeypatch, step):
    draft = kit.ready()

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(signing, step, fail)
    with pytest.raises(StorageUnavailable):
        desk.sessions.sign(draft.id, draft.version, PASSWORD)
    monkeypatch.undo()
    assert desk.sessions.get(draft.id) == draft
    for model in (SessionSealRow, SessionSnapshotRow, StockMovementRow, FollowUpRow):
        assert rows(desk, model) == []
    assert desk.sessions.sign(draft.id, draft.version, PASSWORD).seal.holds


# Follow-up of a series


def test_a_new_session_takes_over_the_late_checks_of_the_one_before(desk, kit, clock):
    first = kit.signed()
    clock.move(days=21)
    second = kit.signed()
    states = {each.check_id: each.state for each in desk.follow_ups.for_session(first.id)}
    assert {check for check, state in states.items() if state == "superseded"} == {
        "week_8",
        "week_12",
    }
    assert {each.state for each in desk.follow_ups.for_session(second.id)} == {"open"}
    with desk.store.read(Right.RECORD_READ) as tx:
        named = tx.db.scalars(
            select(FollowUpRow.superseded_by).where(FollowUpRow.state == "superseded")
        )
        assert set(named) == {second.id}
        count = select(func.count()).where(AuditEntryRow.action == "follow_up.supersede")
        assert tx.db.scalar(count) == 2


def test_what_was_missed_before_the_next_session_stays_to_be_answered_for(desk, kit, clock):
    first = kit.signed()
    clock.move(days=70)
    kit.signed()
    states = {each.check_id: each.state for each in desk.follow_ups.for_session(first.id)}
    assert (states["week_8"], states["week_12"]) == ("open", "superseded")


def test_how_a_draft_stands_is_what_screening_and_the_list_say(desk, kit, begun):
    def standing():
        return desk.sessions.screening(begun.id), desk.sessions.missing(begun.id)

    assert desk.sessions.standing(begun.id) == standing()
    kit.complete_intake(takes_anticoagulant=Answer.YES)
    assert desk.sessions.standing(begun.id) == standing()
    assert "anticoagulant" in {each.rule_id for each in standing()[0]}
