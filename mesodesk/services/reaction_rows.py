"""Reactions between their tables and their frozen records, and the sessions they may follow."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from mesodesk.db.models.reaction import (
    ReactionPlaceRow,
    ReactionReportRow,
    ReactionRow,
    ReactionSuspectRow,
    ReactionVersionRow,
)
from mesodesk.db.models.session import SessionRow, SyringeComponentRow, SyringeRow
from mesodesk.domain.clock import local_date
from mesodesk.domain.reaction_terms import load_reaction_terms
from mesodesk.domain.records.reaction import (
    FromCheck,
    ReactionFields,
    ReactionPlace,
    ReactionRecord,
    ReactionVersion,
    ReportFields,
    ReportRecord,
    SuspectLot,
    TreatedSession,
    When,
)
from mesodesk.domain.records.session import COUNTED, SessionState
from mesodesk.services.errors import NotFoundError
from mesodesk.services.session_versions import is_amendment, standing_for
from mesodesk.services.store import Transaction

_VERSIONS = selectinload(ReactionRow.versions)
_WHOLE = (
    _VERSIONS.selectinload(ReactionVersionRow.places),
    _VERSIONS.selectinload(ReactionVersionRow.suspects),
    selectinload(ReactionRow.reports),
)


def find_reaction(tx: Transaction, reaction_id: UUID) -> ReactionRow:
    """Return a reaction with all that was written of it.

    Raises:
        NotFoundError: if there is none of that id.
        RestrictedError: if who acts must not see the patient.
    """
    wanted = select(ReactionRow).where(ReactionRow.id == reaction_id).options(*_WHOLE)
    row = tx.db.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFoundError("This reaction is not on record. Nothing was changed.")
    tx.need_patient(row.patient_id)
    return row


def reactions_of(tx: Transaction, patient_id: UUID) -> tuple[ReactionRecord, ...]:
    """Return a patient's reactions by the day of their onset, the latest first."""
    return reactions(tx.db, ReactionRow.patient_id == patient_id)


def reactions(db: Session, *conditions: ColumnElement[bool]) -> tuple[ReactionRecord, ...]:
    """Return the reactions that meet the conditions, the latest onset first."""
    rows = db.scalars(select(ReactionRow).where(*conditions).options(*_WHOLE)).all()
    heads = _heads(db, {part.session_id for row in rows for part in row.versions})
    found = [_record(row, heads[row.versions[-1].session_id]) for row in rows]
    return tuple(sorted(found, key=lambda each: (each.began_on, each.id), reverse=True))


def reaction_record(db: Session, row: ReactionRow) -> ReactionRecord:
    return reactions(db, ReactionRow.id == row.id)[0]


class _Head(NamedTuple):
    """What a reaction shows of the session it followed."""

    number: int
    day: date


def _heads(db: Session, session_ids: Collection[UUID]) -> dict[UUID, _Head]:
    rows = db.execute(
        select(SessionRow.id, SessionRow.number, SessionRow.started_at, SessionRow.zone).where(
            SessionRow.id.in_(session_ids)
        )
    )
    return {row.id: _Head(row.number, local_date(row.started_at, row.zone)) for row in rows}


def _record(row: ReactionRow, head: _Head) -> ReactionRecord:
    told = None if row.follow_up_id is None else FromCheck(row.follow_up_id, tuple(row.items))
    return ReactionRecord(
        id=row.id,
        version=row.version,
        patient_id=row.patient_id,
        told=told,
        versions=tuple(map(_version, row.versions)),
        reports=tuple(map(_report, row.reports)),
        session_number=head.number,
        treated_on=head.day,
        error_reason=row.error_reason,
        error_by=row.error_by_name,
        error_at=row.error_at,
    )


def _version(row: ReactionVersionRow) -> ReactionVersion:
    return ReactionVersion(
        number=row.number,
        fields=ReactionFields(
            session_id=row.session_id,
            kind=row.kind,
            what=row.what,
            scale=row.scale,
            grade=row.grade,
            serious=row.serious,
            criteria=tuple(row.criteria),
            onset=When(row.onset_precision, row.onset_on, row.onset_minute),
            ended=row.ended,
            end=When(row.end_precision, row.end_on, row.end_minute),
            relatedness=row.relatedness,
            actions=tuple(row.actions),
            action_note=row.action_note,
            outcome=row.outcome,
            places=tuple(map(_place, row.places)),
            lots=tuple(each.lot_id for each in row.suspects),
            note=row.note,
        ),
        scale_name=row.scale_name,
        grade_label=row.grade_label,
        suspects=tuple(map(_suspect, row.suspects)),
        written_by=row.author_name,
        written_at=row.written_at,
        reason=row.reason,
    )


def _place(row: ReactionPlaceRow) -> ReactionPlace:
    return ReactionPlace(row.body_sex, row.triangle, row.u, row.v, row.region, row.atlas_id)


def _suspect(row: ReactionSuspectRow) -> SuspectLot:
    return SuspectLot(row.lot_id, row.product_id, row.product_name, row.lot_number)


def _report(row: ReactionReportRow) -> ReportRecord:
    fields = ReportFields(row.recipient, row.reported_on, row.name, row.reference, row.note)
    return ReportRecord(row.id, fields, row.author_name, row.noted_at)


def version_row(
    fields: ReactionFields, parts: Mapping[UUID, SuspectLot], language: str
) -> ReactionVersionRow:
    """Return a row of what was typed, with its places and lots; whose it is, is still to be said.

    Args:
        fields: checked.
        parts: the lots of the session it followed.
        language: in which the words of scale and grade were shown.
    """
    scale = load_reaction_terms().scales.get(fields.scale)
    label = None if scale is None else scale.label(fields.grade)
    return ReactionVersionRow(
        session_id=fields.session_id,
        kind=fields.kind,
        what=fields.what,
        scale=fields.scale,
        scale_name="" if scale is None else scale.name.get(language),
        grade=fields.grade,
        grade_label="" if label is None else label.get(language),
        serious=fields.serious,
        criteria=list(fields.criteria),
        onset_precision=fields.onset.precision,
        onset_on=fields.onset.on,
        onset_minute=fields.onset.minute,
        ended=fields.ended,
        end_precision=fields.end.precision,
        end_on=fields.end.on,
        end_minute=fields.end.minute,
        relatedness=fields.relatedness,
        actions=list(fields.actions),
        action_note=fields.action_note,
        outcome=fields.outcome,
        note=fields.note,
        places=[_place_row(at, each) for at, each in enumerate(fields.places)],
        suspects=[_suspect_row(at, parts[lot_id]) for at, lot_id in enumerate(fields.lots)],
    )


def _place_row(position: int, place: ReactionPlace) -> ReactionPlaceRow:
    return ReactionPlaceRow(
        position=position,
        atlas_id=place.atlas_id,
        body_sex=place.sex,
        triangle=place.triangle,
        u=place.u,
        v=place.v,
        region=place.region,
    )


def _suspect_row(position: int, part: SuspectLot) -> ReactionSuspectRow:
    return ReactionSuspectRow(
        position=position,
        lot_id=part.lot_id,
        product_id=part.product_id,
        product_name=part.product_name,
        lot_number=part.lot_number,
    )


def sessions_of(tx: Transaction, patient_id: UUID) -> tuple[TreatedSession, ...]:
    """Return the sessions that a reaction may have followed, the latest first.

    Signed ones by the id of their first version with what the version that stands says, and the
    draft at hand.
    """
    roots = select(SessionRow.id).where(SessionRow.patient_id == patient_id)
    first_of = {standing: root for root, standing in standing_for(tx.db, roots).items()}
    draft = (SessionRow.state == SessionState.DRAFT) & ~is_amendment()
    rows = tx.db.execute(
        select(
            SessionRow.id,
            SessionRow.number,
            SessionRow.state,
            SessionRow.started_at,
            SessionRow.zone,
            SessionRow.body_sex,
        )
        .where(SessionRow.patient_id == patient_id, or_(SessionRow.state.in_(COUNTED), draft))
        .order_by(SessionRow.started_at.desc(), SessionRow.id.desc())
    ).all()
    parts = _parts(tx.db, [row.id for row in rows])
    return tuple(
        TreatedSession(
            id=first_of.get(row.id, row.id),
            number=row.number,
            draft=row.state is SessionState.DRAFT,
            day=local_date(row.started_at, row.zone),
            sex=row.body_sex,
            parts=parts.get(row.id, ()),
        )
        for row in rows
    )


def _parts(db: Session, session_ids: Collection[UUID]) -> dict[UUID, tuple[SuspectLot, ...]]:
    """Return the lots that went into each session's syringes, each once."""
    rows = db.execute(
        select(
            SyringeRow.session_id,
            SyringeComponentRow.lot_id,
            SyringeComponentRow.product_id,
            SyringeComponentRow.product_name,
            SyringeComponentRow.lot_number,
        )
        .join(SyringeComponentRow, SyringeComponentRow.syringe_id == SyringeRow.id)
        .where(SyringeRow.session_id.in_(session_ids), SyringeRow.removed.is_(False))
        .order_by(SyringeRow.digit, SyringeComponentRow.position)
    )
    found: dict[UUID, dict[UUID, SuspectLot]] = {}
    for row in rows:
        part = SuspectLot(row.lot_id, row.product_id, row.product_name, row.lot_number)
        found.setdefault(row.session_id, {})[part.lot_id] = part
    return {session_id: tuple(each.values()) for session_id, each in found.items()}


def standing_versions() -> ColumnElement[bool]:
    """Return the condition that a version is the last one of its reaction."""
    later = (
        select(func.max(ReactionVersionRow.number))
        .where(ReactionVersionRow.reaction_id == ReactionRow.id)
        .correlate(ReactionRow)
        .scalar_subquery()
    )
    return ReactionVersionRow.number == later
