"""What `leak_work.py` fills of the course of treatment: plans, measurements, the ways of lots."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from uuid import UUID

from PIL import Image

from mesodesk.demo.consents import give_consent
from mesodesk.domain.alignment import Place
from mesodesk.domain.answers import Answer
from mesodesk.domain.clock import local_date
from mesodesk.domain.findings import Severity
from mesodesk.domain.protocols import ProtocolContent, as_shipped
from mesodesk.domain.records.followup import (
    AttemptFields,
    AttemptOutcome,
    Channel,
    CheckAnswer,
    FollowUpFields,
)
from mesodesk.domain.records.measurement import (
    MeasuredUnit,
    MeasurementFields,
    MeasuringFields,
    Reading,
    SeriesKey,
)
from mesodesk.domain.records.photo import MarkFields, MarkKind, PhotoFields
from mesodesk.domain.records.plan import PlanFields
from mesodesk.domain.records.reaction import ReactionFields, ReportFields
from mesodesk.domain.records.recall import ContactChannel, ContactFields, RecallFields
from mesodesk.domain.records.screening_rules import OwnRuleFields
from mesodesk.domain.records.stock import Counted
from mesodesk.domain.schedule import load_schedule
from mesodesk.imaging.reading import prepared
from mesodesk.services.desk import Desk

Marks = Callable[[str], str]


def planned(desk: Desk, patient_id: UUID, m: Marks) -> None:
    """Keep a protocol with a text of its own, and a plan that is given up."""
    checks = as_shipped(load_schedule())
    content = ProtocolContent(note=m("protocol_version.content"), checks=checks[:1])
    protocol = desk.protocols.create(m("protocol.name"), content)
    begun = desk.plans.begin(patient_id, PlanFields(m("plan.indication"), protocol_id=protocol.id))
    desk.plans.stop(begun.id, begun.version, m("plan.reason"))


def ruled(desk: Desk, m: Marks) -> None:
    """Write a rule of the clinic, and say why."""
    own = OwnRuleFields(
        message=m("rule_change.content"),
        source="House rule",
        severity=Severity.INFO,
        regions=("sole",),
    )
    desk.rules.keep_own(None, 0, own, m("rule_change.reason"), active=True)


def measured(desk: Desk, patient_id: UUID, m: Marks) -> None:
    """Measure with a note, and mark the figure as wrong."""
    day = local_date(desk.store.clock.now(), "UTC")
    reading = Reading(Decimal(90), MeasuredUnit.CM)
    item = MeasurementFields(SeriesKey("waist", "umbilicus"), (reading, reading))
    typed = MeasuringFields(day, items=(item,), note=m("measurement.note"))
    kept = desk.measurements.record(patient_id, typed)
    desk.measurements.enter_in_error(kept[0].id, kept[0].version, m("measurement.error_reason"))


def photographed(desk: Desk, patient_id: UUID, m: Marks) -> None:
    """Keep a picture that is marked in itself, in its texts and its place; draw over it."""
    product = next(iter(desk.catalogue.products()))
    give_consent(desk, patient_id, products=[product.id])
    exif = Image.Exif()
    exif[0x0110] = m("photo.device")
    exif.get_ifd(0x8825)[29] = m("secret.photo_place")
    exif.get_ifd(0x8769)[0x927C] = m("secret.photo_maker").encode()
    made = BytesIO()
    colours = b"\0" * 128 + m("secret.photo_picture").encode()  # a profile stays with its picture
    Image.new("RGB", (64, 48), "#d9a982").save(made, "JPEG", exif=exif, icc_profile=colours)
    day = local_date(desk.store.clock.now(), "UTC")
    fields = PhotoFields("abdomen", "front", day, note=m("photo_before.note"))
    first = desk.photos.keep(patient_id, prepared(made.getvalue()), fields)
    kept = desk.photos.update(first.id, 1, replace(fields, note=m("photo.note")))
    at = Place(0.5, 0.5)
    desk.photos.mark(kept.id, MarkFields(MarkKind.TEXT, at, at, m("photo_mark.text")))
    desk.photos.enter_in_error(kept.id, kept.version, m("photo.error_reason"))


def reacted(desk: Desk, patient_id: UUID, m: Marks) -> None:
    """Record a reaction, change it, tell somebody, and mark it as wrong."""
    session_id = desk.reactions.page(patient_id).sessions[0].id
    typed = ReactionFields(
        session_id=session_id,
        kind="other",
        what=m("reaction_version.what"),
        action_note=m("reaction_version.action_note"),
    )
    kept = desk.reactions.record(patient_id, typed)
    typed = replace(typed, note=m("reaction_version.note"))
    kept = desk.reactions.change(kept.id, kept.version, typed, m("reaction_version.reason"))
    day = local_date(desk.store.clock.now(), "UTC")
    told = ReportFields(
        "authority",
        day,
        m("reaction_report.name"),
        m("reaction_report.reference"),
        m("reaction_report.note"),
    )
    kept = desk.reactions.report(kept.id, kept.version, told)
    desk.reactions.enter_in_error(kept.id, kept.version, m("reaction.error_reason"))


def called(desk: Desk, session_id: UUID, m: Marks) -> None:
    """Try in vain to reach a patient, then complete a check that calls for something."""
    check = desk.follow_ups.for_session(session_id)[2]
    in_vain = AttemptFields(
        Channel.PHONE, AttemptOutcome.NO_ANSWER, note=m("follow_up_attempt.note")
    )
    desk.calls.record_attempt(check.id, in_vain)
    told = FollowUpFields(Channel.PHONE, {"new_itch": CheckAnswer(Answer.YES)})
    kept = desk.follow_ups.save(check.id, check.version, told)
    done = m("follow_up_escalation.handled")
    desk.follow_ups.complete(kept.id, kept.version, handled=done, early=True)


def handled(desk: Desk, lot_id: UUID, treated: tuple[UUID, ...], m: Marks) -> None:
    """Open, hold, count and recall a lot, and tell who was treated with it."""
    day = local_date(desk.store.clock.now(), "UTC")

    def version() -> int:
        return next(each for each in desk.catalogue.lots() if each.id == lot_id).version

    desk.stock.open(lot_id, version(), day, Decimal(0))
    desk.stock.finish(lot_id, version(), Decimal(0), m("lot_opening.ended_reason"))
    desk.stock.hold(lot_id, version(), m("lot_hold.reason"))
    desk.stock.release(lot_id, version(), m("lot_hold.release_reason"))
    desk.stock.take_stock([Counted(lot_id, version(), Decimal(40))], m("stock_count.note"))
    notice = RecallFields(m("recall.reason"), day, m("recall.reference"))
    kept = desk.recalls.recall(lot_id, version(), notice)
    told = ContactFields(ContactChannel.PHONE, reached=True, contacted_on=day)
    for patient_id in treated:
        desk.recalls.note_contact(kept.id, patient_id, replace(told, note=m("recall_contact.note")))
    desk.recalls.note_cluster(lot_id, None, m("cluster_note.note"))
    desk.recalls.withdraw(kept.id, kept.version, m("recall.withdrawn_reason"))
