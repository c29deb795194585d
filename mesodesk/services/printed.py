"""Gathers what is printed of a patient, in a transaction that only reads."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.clinic import UserRow
from mesodesk.db.models.follow_up import FollowUpRow
from mesodesk.db.models.measurement import MeasurementRow
from mesodesk.db.models.people import NeedToKnowRow
from mesodesk.db.models.photo import PhotoRow
from mesodesk.db.models.plan import PlanRow, SessionPlanRow
from mesodesk.db.models.session import SessionRow, SessionSnapshotRow
from mesodesk.db.models.versions import SessionStatementRow, SessionVersionRow
from mesodesk.domain.bodymap.codec import ChartDataError
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.consent_rules import photo_decisions
from mesodesk.domain.photo_consent import why_not
from mesodesk.domain.records.consent import ConsentState, PhotoPurpose
from mesodesk.domain.records.export import ExportHead
from mesodesk.domain.records.printing import (
    PrintedOther,
    PrintedPhotos,
    PrintedPlan,
    PrintedRecord,
    PrintedSession,
    PrintedStatement,
)
from mesodesk.domain.records.session import SessionState, StatementKind
from mesodesk.domain.screening import Chip, chips, evaluate
from mesodesk.domain.screening_snapshot import ScreeningSnapshot, SnapshotEntry
from mesodesk.services.chart_rows import read_fields
from mesodesk.services.clinic import clinic_record, clinic_row
from mesodesk.services.consent_facts import consent_facts
from mesodesk.services.consent_rows import consent_record, consents_of, find_consent
from mesodesk.services.followup_rows import follow_ups
from mesodesk.services.intake_facts import gather
from mesodesk.services.intake_rows import intake_record, intakes_of
from mesodesk.services.measurement_rows import measurements
from mesodesk.services.patient_rows import find_patient, patient_record
from mesodesk.services.photo_rows import photos, thumbnails
from mesodesk.services.plan_rows import kept_plan, plan_records, session_plan
from mesodesk.services.reaction_rows import reactions_of
from mesodesk.services.rule_rows import rules_of
from mesodesk.services.sealing import seal_holds
from mesodesk.services.session_rows import acknowledgement, find_session, in_force, session_record
from mesodesk.services.session_screening import screening_of
from mesodesk.services.store import Transaction

Go = Callable[[], object]
"""Called between the parts of a long reading; raises where it was told to stop."""


def printed_patient(tx: Transaction, patient_id: UUID, head: ExportHead, go: Go) -> PrintedRecord:
    """Return a patient's whole record.

    Raises:
        NotFoundError: if there is no such patient, or none that who acts may see.
    """
    patient = patient_record(find_patient(tx, patient_id))
    own = select(SessionRow.id).where(SessionRow.patient_id == patient_id)
    sessions = []
    for session_id in tx.db.scalars(own.order_by(SessionRow.started_at, SessionRow.id)).all():
        go()
        sessions.append(printed_session(tx, session_id))
        tx.db.expunge_all()  # a long record must not fill the memory with rows
    return PrintedRecord(
        head=head,
        clinic=clinic_record(clinic_row(tx.db)).fields,
        patient=patient,
        warnings=_warnings(tx, patient_id),
        intakes=tuple(intake_record(row) for row in reversed(intakes_of(tx, patient_id))),
        plans=_plans(tx, patient_id),
        consents=tuple(
            consent_record(tx, row)
            for row in reversed(consents_of(tx, patient_id, ConsentState.SIGNED))
        ),
        sessions=tuple(sessions),
        follow_ups=follow_ups(tx, FollowUpRow.patient_id == patient_id),
        measurements=measurements(tx, MeasurementRow.patient_id == patient_id),
        reactions=reactions_of(tx, patient_id),
        photos=_photos(tx, patient_id),
        restricted=_is_restricted(tx, patient_id),
    )


def printed_consent(tx: Transaction, consent_id: UUID, head: ExportHead) -> PrintedRecord:
    """Return one consent with the head of its patient.

    Raises:
        NotFoundError: if there is no such consent, or none that who acts may see.
    """
    consent = consent_record(tx, find_consent(tx, consent_id))
    return PrintedRecord(
        head=head,
        clinic=clinic_record(clinic_row(tx.db)).fields,
        patient=patient_record(find_patient(tx, consent.patient_id)),
        consents=(consent,),
        alone=True,
        restricted=_is_restricted(tx, consent.patient_id),
    )


def printed_alone(tx: Transaction, session_id: UUID, head: ExportHead) -> PrintedRecord:
    """Return one session with the head of its patient.

    Raises:
        NotFoundError: if there is no such session, or none that who acts may see.
    """
    session = printed_session(tx, session_id)
    patient_id = session.record.patient_id
    return PrintedRecord(
        head=head,
        clinic=clinic_record(clinic_row(tx.db)).fields,
        patient=patient_record(find_patient(tx, patient_id)),
        sessions=(session,),
        follow_ups=follow_ups(tx, FollowUpRow.session_id == session_id),
        alone=True,
        restricted=_is_restricted(tx, patient_id),
    )


def printed_session(tx: Transaction, session_id: UUID) -> PrintedSession:
    """Return a session with its chart and what was said of it later."""
    row = find_session(tx, session_id)
    snapshot = _snapshot(tx, session_id)
    version = tx.db.get(SessionVersionRow, session_id)
    return PrintedSession(
        record=session_record(row, seal_holds=row.seal is not None and seal_holds(tx.db, row)),
        zone=row.zone,
        chart=_chart(tx, session_id),
        entries=_entries(tx, row, snapshot),
        limits=tuple(snapshot.get("limits", ())),
        plan=_plan(tx, row, snapshot),
        statements=_statements(tx, session_id),
        amends="" if version is None else version.reason,
        other=_other(tx, row, version),
    )


def _other(
    tx: Transaction, row: SessionRow, version: SessionVersionRow | None
) -> PrintedOther | None:
    """Return the chart of the version that took a session's place, or of the one it amends."""
    amended = select(SessionStatementRow).where(
        SessionStatementRow.session_id == row.id,
        SessionStatementRow.kind == StatementKind.AMENDED,
    )
    for said in tx.db.scalars(amended):
        if said.replaced_by is not None:
            by_whom = (said.author_name, said.made_at, said.text)
            return _other_chart(tx, said.replaced_by, by_whom, later=True)
    if version is None:
        return None
    if row.seal is not None:
        who = (row.seal.signer_name, row.signed_at, version.reason)
        return _other_chart(tx, version.amends_id, who)
    begun_by = tx.db.get(UserRow, version.begun_by)
    who = ("" if begun_by is None else begun_by.name, version.begun_at, version.reason)
    return _other_chart(tx, version.amends_id, who, signed=False)


def _other_chart(
    tx: Transaction,
    session_id: UUID,
    who: tuple[str, datetime | None, str],
    *,
    signed: bool = True,
    later: bool = False,
) -> PrintedOther | None:
    row, chart = find_session(tx, session_id), _chart(tx, session_id)
    if chart is None:
        return None
    by, at, reason = who
    return PrintedOther(
        fields=chart,
        syringes=session_record(row).syringes,
        atlas_id=row.atlas_id,
        by=by,
        at=at,
        reason=reason,
        signed=signed,
        later=later,
    )


def _chart(tx: Transaction, session_id: UUID) -> tuple[ChartField, ...] | None:
    try:
        return tuple(stored.field for stored in read_fields(tx.db, session_id).values())
    except ChartDataError:
        return None


def _snapshot(tx: Transaction, session_id: UUID) -> dict[str, Any]:
    kept = select(SessionSnapshotRow.payload).where(SessionSnapshotRow.session_id == session_id)
    payload = tx.db.scalar(kept)
    return {} if payload is None else dict(json.loads(payload))


def _plans(tx: Transaction, patient_id: UUID) -> tuple[PrintedPlan, ...]:
    """Return a patient's plans, the first that was begun first."""
    own = select(PlanRow).where(PlanRow.patient_id == patient_id)
    rows = tx.db.scalars(own.order_by(PlanRow.created_at, PlanRow.id)).all()
    links = tx.db.execute(
        select(SessionPlanRow.plan_id, SessionPlanRow.session_id, SessionPlanRow.number)
        .join(SessionRow, SessionRow.id == SessionPlanRow.session_id)
        .where(SessionPlanRow.plan_id.in_([row.id for row in rows]))
        .order_by(SessionPlanRow.number, SessionRow.started_at, SessionRow.id)
    ).all()
    return tuple(
        PrintedPlan(each, tuple((link[1], link[2]) for link in links if link[0] == each.id))
        for each in plan_records(tx, rows)
    )


def _plan(tx: Transaction, row: SessionRow, snapshot: dict[str, Any]) -> dict[str, Any]:
    """Return how the plan of a session stood when it was signed, or stands now for a draft."""
    if snapshot or row.state is not SessionState.DRAFT:
        return dict(snapshot.get("plan", {}))
    return dict(kept_plan(session_plan(tx, row)).get("plan", {}))


def _entries(
    tx: Transaction, row: SessionRow, snapshot: dict[str, Any]
) -> tuple[SnapshotEntry, ...]:
    if snapshot:
        return ScreeningSnapshot.from_json(snapshot["screening"]).entries
    if row.state is not SessionState.DRAFT:
        return ()
    given = [acknowledgement(each) for each in in_force(row)]
    return tuple(
        SnapshotEntry(found, next((one for one in given if one.covers(found)), None))
        for found in screening_of(tx, row)
    )


def _statements(tx: Transaction, session_id: UUID) -> tuple[PrintedStatement, ...]:
    said = select(SessionStatementRow, SessionRow.number).outerjoin(
        SessionRow, SessionRow.id == SessionStatementRow.replaced_by
    )
    own = said.where(SessionStatementRow.session_id == session_id)
    rows = tx.db.execute(own.order_by(SessionStatementRow.made_at, SessionStatementRow.id))
    return tuple(
        PrintedStatement(row.kind, row.text, row.author_name, row.made_at, number)
        for row, number in rows
    )


def _photos(tx: Transaction, patient_id: UUID) -> PrintedPhotos:
    """Return what may be printed of the photographs now."""
    found = photos(tx, PhotoRow.patient_id == patient_id, PhotoRow.error_at.is_(None))
    refused = why_not(photo_decisions(consent_facts(tx, patient_id).given), PhotoPurpose.RECORD)
    if refused or not found:
        return PrintedPhotos(len(found), refused=refused if found else "")
    shown = tuple(reversed(found))
    return PrintedPhotos(len(shown), shown, thumbnails(tx, (each.id for each in shown)))


def _warnings(tx: Transaction, patient_id: UUID) -> tuple[Chip, ...]:
    facts, language = gather(tx, patient_id, None), clinic_row(tx.db).language
    return chips(evaluate(rules_of(tx), facts, language), facts.allergies, language)


def _is_restricted(tx: Transaction, patient_id: UUID) -> bool:
    return tx.db.get(NeedToKnowRow, patient_id) is not None
