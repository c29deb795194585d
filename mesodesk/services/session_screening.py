"""Screening of one session: what the rules say, what its limits say, and lots that have expired."""

import json
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mesodesk import __version__
from mesodesk.db.models.clinic import ClinicRow
from mesodesk.db.models.session import (
    SessionRow,
    SessionSnapshotRow,
    SyringeComponentRow,
    SyringeRow,
)
from mesodesk.db.models.stock import LotRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.canonical import canonical_json
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.clock import local_date
from mesodesk.domain.findings import Evidence, Override, Severity
from mesodesk.domain.limit_files import load_limits
from mesodesk.domain.limit_words import kept
from mesodesk.domain.questionnaire import load_questionnaire
from mesodesk.domain.records.intake import IntakeState
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.rulebook import load_rules
from mesodesk.domain.schedule import load_schedule
from mesodesk.domain.screening import Finding, FindingKind, evaluate
from mesodesk.domain.screening_snapshot import ScreeningSnapshot, take_snapshot
from mesodesk.domain.texts import LocalText, day_text
from mesodesk.domain.vocabulary import load_vocabulary
from mesodesk.services.clinic import clinic_row
from mesodesk.services.intake_facts import gather
from mesodesk.services.intake_rows import newest_intake
from mesodesk.services.patient_rows import find_patient
from mesodesk.services.planned_day import before_planned_day
from mesodesk.services.session_limits import limit_findings, limits_of
from mesodesk.services.session_rows import acknowledgement, in_force
from mesodesk.services.store import Transaction

LOT_RULE_VERSION: Final = 1
_WEIGHT_RULE: Final = "weight_unknown"

_EXPIRED: Final = LocalText.of(
    {
        "en": "Lot {lot} of {product} expired on {day}.",
        "fr": "Le lot {lot} de {product} est périmé depuis le {day}.",
        "it": "Il lotto {lot} di {product} è scaduto il {day}.",
        "es": "El lote {lot} de {product} caducó el {day}.",
    }
)
_ACTION: Final = LocalText.of(
    {
        "en": "Draw up from another lot. If it was injected before that day, write so.",
        "fr": "Préparez à partir d'un autre lot. S'il a été injecté avant ce jour, écrivez-le.",
        "it": "Prepari da un altro lotto. Se è stato iniettato prima di quel giorno, lo scriva.",
        "es": "Prepare con otro lote. Si se inyectó antes de ese día, escríbalo.",
    }
)
_SOURCE: Final = LocalText.of(
    {
        "en": "Expiry date on the label, as entered",
        "fr": "Date de péremption de l'étiquette, telle que saisie",
        "it": "Data di scadenza sull'etichetta, come inserita",
        "es": "Fecha de caducidad de la etiqueta, tal como se anotó",
    }
)


def screening_of(tx: Transaction, row: SessionRow) -> tuple[Finding, ...]:
    """Return what screening says of a draft now, or what it said when the session was signed."""
    if row.state is not SessionState.DRAFT:
        return signed_findings(tx.db, row.id)
    clinic = clinic_row(tx.db)
    facts = gather(tx, row.patient_id, row.id)
    found = evaluate(load_rules(), facts, clinic.language)
    today = local_date(tx.now, clinic.zone)
    expired = _expired_lots(tx.db, row.id, today, clinic.language)
    limits = limit_findings(limits_of(tx, row, facts.weight_kg), clinic.language)
    found = _without_twins(found, limits)
    stops = tuple(each for each in found if each.severity is Severity.STOP)
    early = before_planned_day(tx.db, row, today, clinic.language)
    return (*stops, *expired, *limits, *early, *found[len(stops) :])


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


def _expired_lots(db: Session, session_id: UUID, today: date, language: str) -> tuple[Finding, ...]:
    """Return a finding for each lot that was good when drawn up and has expired since.

    What was injected in time and is signed a day late must not be locked out for ever: as a finding
    it takes a typed reason, which is sealed with the session.
    """
    rows = db.execute(
        select(LotRow.id, LotRow.number, LotRow.expires_on, SyringeComponentRow.product_name)
        .join(SyringeComponentRow, SyringeComponentRow.lot_id == LotRow.id)
        .join(SyringeRow, SyringeRow.id == SyringeComponentRow.syringe_id)
        .where(
            SyringeRow.session_id == session_id,
            SyringeRow.removed.is_(False),
            LotRow.expires_on < today,
        )
        .order_by(LotRow.expires_on, LotRow.id)
    )
    lots = {row.id: row for row in rows}
    return tuple(
        Finding(
            rule_id=f"lot_expired.{lot_id}",
            rule_version=LOT_RULE_VERSION,
            severity=Severity.STOP,
            kind=FindingKind.TRIGGERED,
            message=_EXPIRED.get(language).format(
                lot=row.number, product=row.product_name, day=day_text(row.expires_on, language)
            ),
            action=_ACTION.get(language),
            source=_SOURCE.get(language),
            override=Override.ALLOWED,
            scope="all",
            evidence=(Evidence("lot", Answer.YES, f"{row.number} {row.expires_on.isoformat()}"),),
            rule_severity=Severity.STOP,
        )
        for lot_id, row in lots.items()
    )


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
        "intake": None if intake is None else {"id": intake.id, "version": intake.version},
        "patient": {
            "record_number": patient.record_number,
            "family_name": patient.family_name,
            "given_names": patient.given_names,
            "birth_date": patient.birth_date,
        },
        "clinic": _clinic(clinic),
        "files": _file_versions(),
        "program": __version__,
    }
    return canonical_json(content).decode()


def _clinic(row: ClinicRow) -> dict[str, Any]:
    return {"name": row.name, "jurisdiction": row.jurisdiction, "zone": row.zone}


def _file_versions() -> dict[str, Any]:
    schedule = load_schedule()
    return {
        "rules": load_rules().version,
        "limits": load_limits().version,
        "questionnaire": load_questionnaire().version,
        "schedule": f"{schedule.id} {schedule.version}",
        "vocabulary": load_vocabulary().version,
        "catalogue": load_catalogue().version,
    }
