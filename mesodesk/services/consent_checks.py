"""Examines consents: seals, withdrawals, and what the audit chain knows that is gone."""

import json
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.consent import ConsentRow
from mesodesk.db.models.patient import PatientRow
from mesodesk.domain.records.consent import ConsentState
from mesodesk.services.consent_sealing import consent_holds, withdrawals_hold
from mesodesk.vault.findings import Finding, Severity

_SAID: Final = ("consent.sign", "consent.withdraw")
_AT_ONCE: Final = 50


def consent_steps(db: Session) -> Iterator[list[Finding]]:
    """Find signed consents that are not as they were signed, or are gone; some at each step."""
    known = _audited(db)
    ids = list(db.scalars(select(ConsentRow.id).order_by(ConsentRow.id)))
    gone = known.keys() - set(ids)
    yield [_alarm("A signed consent is gone from the record.", each) for each in gone]
    for first in range(0, len(ids), _AT_ONCE):
        rows = select(ConsentRow, PatientRow.record_number).join(
            PatientRow, PatientRow.id == ConsentRow.patient_id
        )
        parts = (
            selectinload(ConsentRow.products),
            selectinload(ConsentRow.withdrawals),
            joinedload(ConsentRow.seal),
        )
        some = ConsentRow.id.in_(ids[first : first + _AT_ONCE])
        found: list[Finding] = []
        for row, number in db.execute(rows.where(some).options(*parts)).unique():
            name = f"Consent {row.number} of patient {number}"
            found += _examined(db, row, name, known.get(row.id, []))
        # A long walk must not keep every row that it has seen.
        db.expunge_all()
        yield found


def _audited(db: Session) -> dict[UUID | None, list[str]]:
    """Return the digests of each consent's seal and withdrawals, as the audit chain knows them."""
    known: dict[UUID | None, list[str]] = {}
    rows = db.execute(
        select(AuditEntryRow.object_id, AuditEntryRow.details)
        .where(AuditEntryRow.action.in_(_SAID))
        .order_by(AuditEntryRow.seq)
    )
    for object_id, details in rows:
        known.setdefault(object_id, []).append(json.loads(details)["sha256"])
    return known


def _examined(db: Session, row: ConsentRow, name: str, known: list[str]) -> Iterator[Finding]:
    if row.state is not ConsentState.SIGNED and row.seal is None and not known:
        return
    if not consent_holds(db, row):
        yield _alarm(f"{name} is not as it was signed: its seal is broken.", row.id)
    if not withdrawals_hold(db, row):
        yield _alarm(f"A withdrawal of {name} is not what was recorded.", row.id)
    there = [] if row.seal is None else [row.seal.sha256]
    if [*there, *(each.sha256 for each in row.withdrawals)] != known:
        yield _alarm(f"{name} has another seal or withdrawal than the audit log knows.", row.id)


def _alarm(sentence: str, consent_id: UUID | None) -> Finding:
    return Finding(Severity.ALARM, "consents", sentence, consent_id)
