"""What a kept vault has of calls, stock, recalls and rules; used by `golden_vault.py`."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.followup import (
    AttemptFields,
    AttemptOutcome,
    Channel,
    CheckAnswer,
    DiaryScore,
    FollowUpFields,
    FollowUpState,
    ShownInstruction,
)
from mesodesk.domain.records.reaction import ReactionFields
from mesodesk.domain.records.recall import ContactChannel, ContactFields, RecallFields
from mesodesk.domain.records.stock import Counted, LotFields, RegulatoryStatus, StatusFields
from mesodesk.domain.schedule import load_schedule
from mesodesk.services.desk import Desk


def call_twice(desk: Desk, patient_id: UUID) -> None:
    """Call in vain, then complete the check: a diary, and a red flag that was dealt with."""
    check = next(
        each
        for each in desk.follow_ups.for_patient(patient_id)
        if each.state is FollowUpState.OPEN and each.check_id == "hours_24"
    )
    desk.calls.record_attempt(check.id, AttemptFields(Channel.PHONE, AttemptOutcome.NO_ANSWER))
    line = load_schedule().diary[0]
    typed = FollowUpFields(
        Channel.PHONE,
        {"hives": CheckAnswer(Answer.YES, still_present=Answer.YES, note="Wheals on both arms")},
        diary={f"{line.id}.1": DiaryScore(3)},
    )
    check = desk.follow_ups.save(check.id, check.version, typed)
    shown = tuple(
        ShownInstruction(each.item_id, each.band, each.instruction, desk.store.clock.now(), "")
        for each in desk.follow_ups.red_flags(check.id)
    )
    check = desk.follow_ups.record_shown(check.id, check.version, shown)
    desk.follow_ups.complete(check.id, check.version, handled="Sent to the doctor", early=True)


def keep_stock(desk: Desk, day: date) -> None:
    """Hold, open and count a lot, and say how its product stands in a country."""
    product = next(
        each
        for each in desk.catalogue.products()
        if each.fields.actives and not each.fields.single_dose
    )
    received = LotFields("G-2026", day + timedelta(days=365), day, Decimal(20))
    lot = desk.catalogue.add_lot(product.id, received)
    lot = desk.stock.hold(lot.id, lot.version, "The box came warm")
    lot = desk.stock.release(lot.id, lot.version, "The maker says it keeps")
    lot = desk.stock.open(lot.id, lot.version, day, Decimal(0))
    desk.stock.take_stock([Counted(lot.id, lot.version, Decimal(19))], "First of the month")
    product = desk.catalogue.product(product.id)
    status = StatusFields("ES", "face", RegulatoryStatus.APPROVED_FOR_USE, "The label", day)
    desk.catalogue.update_product(
        product.id, product.version, replace(product.fields, statuses=(status,))
    )


def react_to(desk: Desk, patient_id: UUID, lot_id: UUID) -> None:
    """Record what a signed session with a lot was followed by."""
    session = next(
        each
        for each in reversed(desk.reactions.page(patient_id).sessions)
        if any(part.lot_id == lot_id for part in each.parts)
    )
    typed = ReactionFields(session_id=session.id, kind="nodule", lots=(lot_id,))
    desk.reactions.record(patient_id, typed)


def recall_one(desk: Desk, lot_id: UUID, patient_id: UUID, day: date) -> None:
    """Look into a cluster of a lot, recall it, and tell a patient of it."""
    desk.recalls.note_cluster(lot_id, None, "Both had the same lot; held")
    lot = desk.catalogue.lot(lot_id)
    recall = desk.recalls.recall(lot_id, lot.version, RecallFields("Particles of glass", day))
    told = ContactFields(ContactChannel.PHONE, reached=True, contacted_on=day)
    desk.recalls.note_contact(recall.id, patient_id, told)


def change_rule(desk: Desk) -> None:
    """Switch a shipped rule off."""
    desk.rules.change_shipped("keloid", 0, "Ours are stricter", active=False, severity=None)
