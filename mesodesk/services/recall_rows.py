"""Who was treated with a lot, where and with how much: a few statements whatever their number."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from mesodesk.db.models.clinic import UserRow
from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.reaction import ReactionRow
from mesodesk.db.models.session import ChartFieldRow, SessionRow, SyringeComponentRow, SyringeRow
from mesodesk.db.models.stock import LotRow, ProductRow, RecallContactRow, RecallRow
from mesodesk.domain.clock import local_date
from mesodesk.domain.dosing import to_decimal
from mesodesk.domain.records.recall import (
    ContactFields,
    ContactRecord,
    LotTrace,
    PatientRecall,
    RecallFields,
    RecallRecord,
    TracedField,
    TracedPatient,
    TracedSession,
    is_recorded_kind,
)
from mesodesk.domain.records.session import COUNTED, SessionState
from mesodesk.domain.texts import fold
from mesodesk.services.reaction_rows import reactions
from mesodesk.services.reactions import reactions_since
from mesodesk.services.session_lists import display_name
from mesodesk.services.session_rows import TableRow
from mesodesk.services.session_versions import is_amendment, standing_for
from mesodesk.services.store import Transaction

if TYPE_CHECKING:
    from mesodesk.domain.records.reaction import ReactionRecord

_PLACES = 3


class _Syringe(NamedTuple):
    """A syringe with the lot in it: how much of it, of how much in all."""

    digit: int
    session_id: UUID
    lot_ml: Decimal
    all_ml: Decimal


def trace_of(tx: Transaction, lot: LotRow, product: ProductRow) -> LotTrace:
    """Return everybody treated with a lot. Sessions entered in error are none.

    Of a patient whom who acts may not see there is the record number alone, to be passed on.
    """
    sessions = _sessions(tx, lot.id)
    syringes = _syringes(tx, lot.id)
    fields = _fields(tx, lot.id, syringes)
    recall = standing_recall(tx, lot.id)
    contacts = {} if recall is None else contacts_of(tx, recall.id)
    first = min((local_date(row.started_at, row.zone) for row in sessions), default=None)
    since = () if first is None else reactions_since(tx, first)
    reacted: dict[UUID, set[str]] = {}
    told: dict[UUID, list[str]] = {}
    for reaction in since:
        if lot.id in reaction.lots:
            reacted.setdefault(reaction.patient_id, set()).add(reaction.what)
            if not is_recorded_kind(reaction.what):
                told.setdefault(reaction.session_id, []).append(reaction.what)
    drawn: dict[UUID, Decimal] = {}
    for each in syringes.values():
        drawn[each.session_id] = drawn.get(each.session_id, Decimal(0)) + each.lot_ml
    patients: dict[UUID, list[TableRow]] = {}
    for row in sessions:
        patients.setdefault(row.patient_id, []).append(row)
    found = [
        _patient(
            rows,
            tuple(_session(row, drawn, fields, told) for row in rows),
            contacts.get(patient_id, ()),
            told=tuple(sorted(reacted.get(patient_id, ()))),
        )
        if patient_id not in tx.hidden
        else _veiled(rows[0], contacts.get(patient_id, ()))
        for patient_id, rows in patients.items()
    ]
    found.sort(key=lambda each: (each.restricted, fold(each.name), each.record_number))
    return LotTrace(lot.id, product.name, lot.number, lot.expires_on, recall, tuple(found))


def with_reactions(tx: Transaction, trace: LotTrace) -> LotTrace:
    """Return everybody treated with a lot with the reactions on record that followed each session.

    Slight ones and those judged unrelated too: whoever reads the list judges for themselves.
    """
    of_lot = concerned(trace.lot_id)
    patients = select(SessionRow.patient_id).where(SessionRow.id.in_(of_lot))
    found = reactions(tx.db, ReactionRow.patient_id.in_(patients), ReactionRow.error_at.is_(None))
    standing = standing_for(tx.db, select(SessionRow.id).where(SessionRow.patient_id.in_(patients)))
    after: dict[UUID, list[ReactionRecord]] = {}
    for each in reversed(found):
        session_id = each.fields.session_id
        if session_id is not None:
            after.setdefault(standing.get(session_id, session_id), []).append(each)
    return replace(
        trace,
        patients=tuple(
            replace(
                patient,
                sessions=tuple(
                    replace(session, reactions=tuple(after.get(session.session_id, ())))
                    for session in patient.sessions
                ),
            )
            for patient in trace.patients
        ),
    )


def concerned(lot_id: UUID) -> Select[Any]:
    """Return the sessions that drew from a lot and stand, or are drafts that amend none."""
    drew = (
        select(SyringeRow.session_id)
        .join(SyringeComponentRow, SyringeComponentRow.syringe_id == SyringeRow.id)
        .where(SyringeComponentRow.lot_id == lot_id, SyringeRow.removed.is_(False))
    )
    draft = (SessionRow.state == SessionState.DRAFT) & ~is_amendment()
    return select(SessionRow.id).where(
        SessionRow.id.in_(drew), or_(SessionRow.state.in_(COUNTED), draft)
    )


def _sessions(tx: Transaction, lot_id: UUID) -> list[TableRow]:
    rows = tx.db.execute(
        select(
            SessionRow.id,
            SessionRow.patient_id,
            SessionRow.number,
            SessionRow.state,
            SessionRow.started_at,
            SessionRow.zone,
            SessionRow.therapist_name,
            PatientRow.family_name,
            PatientRow.given_names,
            PatientRow.record_number,
            PatientRow.birth_date,
            PatientRow.phone,
            PatientRow.address,
            PatientRow.language,
        )
        .join(PatientRow, PatientRow.id == SessionRow.patient_id)
        .where(SessionRow.id.in_(concerned(lot_id)))
        .order_by(SessionRow.started_at.desc(), SessionRow.id)
    )
    return list(rows.all())


def _syringes(tx: Transaction, lot_id: UUID) -> dict[UUID, _Syringe]:
    with_lot = select(SyringeComponentRow.syringe_id).where(SyringeComponentRow.lot_id == lot_id)
    of_lot = func.sum(SyringeComponentRow.volume_ml).filter(SyringeComponentRow.lot_id == lot_id)
    rows = tx.db.execute(
        select(
            SyringeRow.id,
            SyringeRow.digit,
            SyringeRow.session_id,
            of_lot.label("lot_ml"),
            func.sum(SyringeComponentRow.volume_ml).label("all_ml"),
        )
        .join(SyringeComponentRow, SyringeComponentRow.syringe_id == SyringeRow.id)
        .where(SyringeRow.id.in_(with_lot), SyringeRow.removed.is_(False))
        .group_by(SyringeRow.id)
    )
    return {row.id: _Syringe(row.digit, row.session_id, row.lot_ml, row.all_ml) for row in rows}


def _fields(
    tx: Transaction, lot_id: UUID, syringes: Mapping[UUID, _Syringe]
) -> dict[UUID, list[TracedField]]:
    """Return the fields that came from those syringes, by session, without their points."""
    with_lot = select(SyringeComponentRow.syringe_id).where(SyringeComponentRow.lot_id == lot_id)
    columns = ChartFieldRow
    rows = tx.db.execute(
        select(
            columns.id,
            columns.session_id,
            columns.syringe_id,
            columns.definition,
            columns.point_count,
            columns.volume_ul,
            columns.regions,
        )
        .where(columns.syringe_id.in_(with_lot))
        .order_by(columns.id)
    )
    found: dict[UUID, list[TracedField]] = {}
    for row in rows:
        if row.syringe_id not in syringes:
            continue
        syringe = syringes[row.syringe_id]
        share = Fraction(syringe.lot_ml) / Fraction(syringe.all_ml)
        found.setdefault(row.session_id, []).append(
            TracedField(
                id=row.id,
                syringe_digit=syringe.digit,
                regions=tuple(row.regions),
                points=row.point_count,
                zone=row.point_count == 0,
                volume_ml=Decimal(row.volume_ul).scaleb(-_PLACES),
                lot_ml=to_decimal(Fraction(row.volume_ul, 1000) * share, _PLACES),
                depth_mm=str(row.definition.get("depth_mm", "")),
                technique=str(row.definition.get("technique", "")),
            )
        )
    return found


def _session(
    row: TableRow,
    drawn: Mapping[UUID, Decimal],
    fields: Mapping[UUID, list[TracedField]],
    told: Mapping[UUID, list[str]],
) -> TracedSession:
    return TracedSession(
        row.id,
        row.number,
        row.state,
        local_date(row.started_at, row.zone),
        row.therapist_name,
        drawn.get(row.id, Decimal(0)),
        tuple(fields.get(row.id, ())),
        told=tuple(told.get(row.id, ())),
    )


def _patient(
    rows: list[TableRow],
    sessions: tuple[TracedSession, ...],
    contacts: tuple[ContactRecord, ...],
    *,
    told: tuple[str, ...],
) -> TracedPatient:
    head = rows[0]
    return TracedPatient(
        head.patient_id,
        display_name(head.family_name, head.given_names),
        head.record_number,
        head.birth_date,
        head.phone,
        head.address,
        sessions,
        contacts,
        bool(told),
        told=told,
        language=head.language,
    )


def _veiled(head: TableRow, contacts: tuple[ContactRecord, ...]) -> TracedPatient:
    return TracedPatient(
        head.patient_id,
        head.record_number,
        head.record_number,
        None,
        "",
        "",
        (),
        contacts,
        restricted=True,
    )


def standing_recall(tx: Transaction, lot_id: UUID) -> RecallRecord | None:
    """Return the recall of a lot that stands, None if there is none."""
    found = recalls(tx, RecallRow.lot_id == lot_id, RecallRow.withdrawn_at.is_(None))
    return found[0] if found else None


def recalls_of(tx: Transaction, patient_id: UUID) -> tuple[PatientRecall, ...]:
    """Return the recalls that stand of lots in a patient's signed sessions, the latest first."""
    told = (
        select(RecallContactRow.id)
        .where(
            RecallContactRow.recall_id == RecallRow.id,
            RecallContactRow.patient_id == patient_id,
            RecallContactRow.reached,
        )
        .exists()
    )
    given = (
        select(SyringeComponentRow.id)
        .join(SyringeRow, SyringeRow.id == SyringeComponentRow.syringe_id)
        .join(SessionRow, SessionRow.id == SyringeRow.session_id)
        .where(
            SyringeComponentRow.lot_id == RecallRow.lot_id,
            SyringeRow.removed.is_(False),
            SessionRow.patient_id == patient_id,
            SessionRow.state.in_(COUNTED),
        )
        .exists()
    )
    rows = tx.db.execute(
        select(LotRow.id, ProductRow.name, LotRow.number, RecallRow.reason, told)
        .select_from(RecallRow)
        .join(LotRow, LotRow.id == RecallRow.lot_id)
        .join(ProductRow, ProductRow.id == LotRow.product_id)
        .where(RecallRow.withdrawn_at.is_(None), given)
        .order_by(RecallRow.recalled_at.desc(), RecallRow.id)
    )
    return tuple(PatientRecall(*row) for row in rows)


def recalls(tx: Transaction, *conditions: Any) -> list[RecallRecord]:  # noqa: ANN401
    """Return recalls, the latest first."""
    rows = tx.db.execute(
        select(RecallRow, UserRow.name)
        .join(UserRow, UserRow.id == RecallRow.recalled_by)
        .where(*conditions)
        .order_by(RecallRow.recalled_at.desc(), RecallRow.id)
    )
    return [
        RecallRecord(
            row.id,
            row.version,
            row.lot_id,
            RecallFields(row.reason, row.noticed_on, row.reference),
            name,
            row.recalled_at,
            row.withdrawn_at,
            row.withdrawn_reason,
        )
        for row, name in rows
    ]


def contacts_of(tx: Transaction, recall_id: UUID) -> dict[UUID, tuple[ContactRecord, ...]]:
    """Return the attempts to reach each patient, the latest first."""
    rows = tx.db.scalars(
        select(RecallContactRow)
        .where(RecallContactRow.recall_id == recall_id)
        .order_by(RecallContactRow.id.desc())
    )
    found: dict[UUID, tuple[ContactRecord, ...]] = {}
    for row in rows:
        said = ContactFields(row.channel, row.reached, row.contacted_on, row.note)
        contact = ContactRecord(said, row.user_name, row.noted_at)
        found[row.patient_id] = (*found.get(row.patient_id, ()), contact)
    return found
