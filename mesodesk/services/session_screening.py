"""Screening of one session: what the rules say, its limits, its mixtures, and its lots."""

import json
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mesodesk import __version__
from mesodesk.db.models.clinic import ClinicRow
from mesodesk.db.models.consent import ConsentSealRow
from mesodesk.db.models.session import (
    SessionRow,
    SessionSnapshotRow,
)
from mesodesk.domain.canonical import canonical_json
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.findings import Severity
from mesodesk.domain.limit_files import load_limits
from mesodesk.domain.limit_words import kept
from mesodesk.domain.mixing import load_mixing
from mesodesk.domain.questionnaire import load_questionnaire
from mesodesk.domain.records.intake import IntakeState
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.rulebook import load_rules
from mesodesk.domain.schedule import load_schedule
from mesodesk.domain.screening import Finding, FindingKind, evaluate
from mesodesk.domain.screening_snapshot import ScreeningSnapshot, take_snapshot
from mesodesk.domain.vocabulary import load_vocabulary
from mesodesk.services.clinic import clinic_row
from mesodesk.services.consent_facts import session_standing
from mesodesk.services.intake_expiry import intake_expired
from mesodesk.services.intake_facts import gather
from mesodesk.services.intake_rows import newest_intake
from mesodesk.services.patient_rows import find_patient
from mesodesk.services.plan_findings import TOO_SOON, plan_findings
from mesodesk.services.plan_rows import kept_plan, session_plan
from mesodesk.services.planned_day import before_planned_day
from mesodesk.services.rule_rows import rules_of
from mesodesk.services.session_drawn import closed_lots, mixture_findings
from mesodesk.services.session_limits import limit_findings, limits_of
from mesodesk.services.session_rows import acknowledgement, in_force
from mesodesk.services.session_versions import injected_on
from mesodesk.services.store import Transaction

_WEIGHT_RULE: Final = "weight_unknown"


def screening_of(tx: Transaction, row: SessionRow) -> tuple[Finding, ...]:
    """Return what screening says of a draft now, or what it said when the session was signed."""
    if row.state is not SessionState.DRAFT:
        return signed_findings(tx.db, row.id)
    clinic = clinic_row(tx.db)
    facts = gather(tx, row.patient_id, row.id)
    found = evaluate(rules_of(tx), facts, clinic.language)
    today = injected_on(tx, row, clinic.zone)
    closed = closed_lots(tx, row, today, clinic.language)
    mixed = mixture_findings(tx, row, clinic.language)
    limits = limit_findings(limits_of(tx, row, facts.weight_kg), clinic.language)
    found = _without_twins(found, limits)
    stops = tuple(each for each in found if each.severity is Severity.STOP)
    planned = plan_findings(tx, row, clinic.language)
    early = before_planned_day(tx.db, row, today, clinic.language)
    if any(each.rule_id == TOO_SOON for each in planned):
        early = ()  # one reason is enough for one day
    aged = intake_expired(tx, row.patient_id, today, clinic)
    return (*stops, *aged, *planned, *closed, *mixed, *limits, *early, *found[len(stops) :])


def _without_twins(found: tuple[Finding, ...], limits: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Leave out that the weight is not known where a limit says so, with what cannot be checked."""
    if not any(piece.item_id == "weight" for each in limits for piece in each.evidence):
        return found
    return tuple(
        each
        for each in found
        if each.rule_id != _WEIGHT_RULE or each.kind is not FindingKind.TRIGGERED
    )


def signed_findings(db: Session, session_id: UUID) -> tuple[Finding, ...]:
    """Return the findings kept with a session; none for a draft that was discarded."""
    payload = db.scalar(
        select(SessionSnapshotRow.payload).where(SessionSnapshotRow.session_id == session_id)
    )
    if payload is None:
        return ()
    snapshot = ScreeningSnapshot.from_json(json.loads(payload)["screening"])
    return tuple(entry.finding for entry in snapshot.entries)


def snapshot_of(tx: Transaction, row: SessionRow, findings: tuple[Finding, ...]) -> str:
    """Return what is frozen with a session at signing, as canonical JSON.

    Besides the screening: every limit with what was used and allowed, how the patient and the
    clinic were called, and which versions of the clinical files were in force.
    """
    clinic, patient = clinic_row(tx.db), find_patient(tx, row.patient_id)
    intake = newest_intake(tx, row.patient_id, IntakeState.COMPLETED)
    asked, facts = load_questionnaire(), gather(tx, row.patient_id, row.id)
    screening = take_snapshot(
        findings,
        [acknowledgement(each) for each in in_force(row)],
        facts,
        at=tx.now,
        language=clinic.language,
        questionnaire=(intake.questionnaire_id, intake.questionnaire_version)
        if intake
        else (asked.id, asked.version),
        rules_version=load_rules().version,
    )
    content = {
        "screening": screening.to_json(),
        "limits": [kept(each) for each in limits_of(tx, row, facts.weight_kg)],
        "consent": _consents(tx, row),
        "intake": None if intake is None else {"id": intake.id, "version": intake.version},
        "patient": {
            "record_number": patient.record_number,
            "family_name": patient.family_name,
            "given_names": patient.given_names,
            "birth_date": patient.birth_date,
        },
        "clinic": _clinic(clinic),
        **kept_plan(session_plan(tx, row)),
        "files": _file_versions(),
        "program": __version__,
    }
    return canonical_json(content).decode()


def _consents(tx: Transaction, row: SessionRow) -> list[dict[str, Any]]:
    """Return the consents that stood at signing, by their seals; none where none was asked for."""
    found = session_standing(tx, row)
    standing = () if found is None else found.standing
    seals = select(ConsentSealRow.consent_id, ConsentSealRow.sha256)
    rows = tx.db.execute(seals.where(ConsentSealRow.consent_id.in_(standing)))
    return [{"id": each.consent_id, "sha256": each.sha256} for each in rows]


def _clinic(row: ClinicRow) -> dict[str, Any]:
    return {"name": row.name, "jurisdiction": row.jurisdiction, "zone": row.zone}


def _file_versions() -> dict[str, Any]:
    schedule = load_schedule()
    return {
        "rules": load_rules().version,
        "limits": load_limits().version,
        "mixtures": load_mixing().version,
        "questionnaire": load_questionnaire().version,
        "schedule": f"{schedule.id} {schedule.version}",
        "vocabulary": load_vocabulary().version,
        "catalogue": load_catalogue().version,
    }
