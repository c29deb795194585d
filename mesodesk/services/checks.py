"""Examines the records themselves: seals, charts, stock, follow-up, consents, photographs.

Goes with `mesodesk.vault.check`, which examines the vault around them. The audit chain knows what
was signed and added, so what was taken out whole is missed as well.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.follow_up import FollowUpRow
from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.session import SessionRow
from mesodesk.db.models.stock import MovementKind, StockMovementRow
from mesodesk.domain.records.followup import PATIENT_RINGS
from mesodesk.domain.records.session import SEALED, SessionState
from mesodesk.domain.rights import Right
from mesodesk.services.chart_checks import chart_trouble
from mesodesk.services.consent_checks import consent_steps
from mesodesk.services.photo_checks import photo_steps
from mesodesk.services.photo_rows import photo_files
from mesodesk.services.sealing import SealTrouble, seal_troubles
from mesodesk.services.session_rows import kept_syringes, whole_session
from mesodesk.services.store import Store
from mesodesk.services.version_checks import STATED, two_that_stand, version_findings
from mesodesk.vault.findings import Finding, Severity

# What reading a row raises whose values are not of the kind that the program writes.
UNREADABLE: Final = (ValueError, TypeError, AttributeError, ArithmeticError, LookupError)

Progress = Callable[[int, int], object]
"""Called with how many sessions were examined, and of how many."""

_SENTENCES: Final = {
    SealTrouble.UNSEALED: "{session} counts as signed, but its seal is gone.",
    SealTrouble.CONTENT: "{session} is not as it was signed: its seal is broken.",
    SealTrouble.SIGNATURE: "The signature under {session} is not that of who signed it.",
    SealTrouble.ADDENDA: "An addendum to {session} was changed, or one before the last is gone.",
}


@dataclass(slots=True)
class _Known:
    """What the audit chain says of one session."""

    seals: list[str] = field(default_factory=list)
    checks: int = 0
    addenda: list[str] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)


class DeskChecks:
    """Examines every session of the vault."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def check_all(self, progress: Progress | None = None) -> list[Finding]:
        """Return everything that is wrong with the records; empty if nothing is."""
        findings: list[Finding] = []
        for done, total, found in self.walk():
            findings += found
            if progress is not None and done:
                progress(done, total)
        return findings

    def walk(self) -> Iterator[tuple[int, int, list[Finding]]]:
        """Examine one session at a step, all as they were at the first step.

        Yields how many were examined, of how many, and what was found since the step before; the
        first step is about sessions that are gone. What is kept between two steps does not matter.
        """
        with self._store.read(Right.VAULT_CHECK) as tx:
            known = _audited(tx.db)
            ids = list(tx.db.scalars(select(SessionRow.id).order_by(SessionRow.id)))
            yield 0, len(ids), [*_gone(known, set(ids)), *two_that_stand(tx.db)]
            for wrong in consent_steps(tx.db):
                yield 0, len(ids), wrong
            for wrong in photo_steps(tx.db, photo_files(tx)):
                yield 0, len(ids), wrong
            for done, session_id in enumerate(ids, start=1):
                found = _examined(tx.db, session_id, known.get(session_id, _Known()))
                yield done, len(ids), found
                # A long walk must not keep every row that it has seen.
                tx.db.expunge_all()


def _audited(db: Session) -> dict[UUID | None, _Known]:
    known: dict[UUID | None, _Known] = {}
    rows = db.execute(
        select(AuditEntryRow.object_id, AuditEntryRow.action, AuditEntryRow.details)
        .where(AuditEntryRow.action.in_(("session.sign", "session.addendum", *STATED)))
        .order_by(AuditEntryRow.seq)
    )
    for row in rows:
        details = json.loads(row.details)
        each = known.setdefault(row.object_id, _Known())
        if row.action == "session.sign":
            each.seals.append(details["sha256"])
            each.checks = details["checks"]
        elif row.action == "session.addendum":
            each.addenda.append(details["sha256"])
        else:
            each.statements.append(details["sha256"])
    return known


def _gone(known: Mapping[UUID | None, _Known], there: set[UUID]) -> Iterator[Finding]:
    for session_id in known.keys() - there:
        yield _alarm("sessions", "A signed session is gone from the record.", session_id)


def _examined(db: Session, session_id: UUID, known: _Known) -> list[Finding]:
    """Examine one session; rows altered beyond reading are a finding, and the others go on."""
    try:
        return list(_session_findings(db, session_id, known))
    except UNREADABLE:
        said = "A session cannot be read: its rows were changed outside Mesodesk."
        return [_alarm("records", said, session_id)]


def _session_findings(db: Session, session_id: UUID, known: _Known) -> Iterator[Finding]:
    row = whole_session(db, session_id)
    number = db.scalar(select(PatientRow.record_number).where(PatientRow.id == row.patient_id))
    name = f"Session {row.number} of patient {number}"
    trouble = chart_trouble(db, session_id)
    if trouble is not None:
        yield _alarm("charts", f"{name}: {trouble}", session_id)
    if row.state in SEALED or row.seal is not None or known.seals:
        yield from _seal_findings(db, row, name, known)
    yield from version_findings(db, row, name, known.statements)
    if row.state in SEALED or row.seal is not None:
        yield from _consequences(db, row, name, known)


def _seal_findings(db: Session, row: SessionRow, name: str, known: _Known) -> Iterator[Finding]:
    for trouble in seal_troubles(db, row):
        yield _alarm("seals", _SENTENCES[trouble].format(session=name), row.id)
    if row.state is SessionState.DRAFT:
        yield _alarm("seals", f"{name} was signed, but counts as a draft now.", row.id)
    if row.seal is not None and known.seals != [row.seal.sha256]:
        said = "has another seal than when it was signed" if known.seals else "was never signed"
        yield _alarm("seals", f"{name} {said}, says the audit log.", row.id)
    if [each.sha256 for each in row.addenda] != known.addenda:
        yield _alarm(
            "seals",
            f"{name} has {len(row.addenda)} addenda; the audit log knows {len(known.addenda)},"
            " or others.",
            row.id,
        )


def _consequences(db: Session, row: SessionRow, name: str, known: _Known) -> Iterator[Finding]:
    """Look for what signing left behind: stock movements and follow-up checks."""
    drawn: dict[UUID, Decimal] = {}
    for syringe in kept_syringes(row):
        for part in syringe.components:
            drawn[part.lot_id] = drawn.get(part.lot_id, Decimal(0)) - part.volume_ml
    moved = db.execute(
        select(StockMovementRow.lot_id, func.sum(StockMovementRow.volume_ml))
        .where(StockMovementRow.session_id == row.id, StockMovementRow.kind == MovementKind.DRAWN)
        .group_by(StockMovementRow.lot_id)
    )
    if {each[0]: each[1] for each in moved} != drawn:
        yield _alarm("stock", f"What {name} took from its lots is not what it drew up.", row.id)
    planned = FollowUpRow.check_id != PATIENT_RINGS
    checks = db.scalar(select(func.count()).where(FollowUpRow.session_id == row.id, planned)) or 0
    if checks != known.checks:
        yield _alarm(
            "follow-up",
            f"{name} has {checks} follow-up checks; signing planned {known.checks}.",
            row.id,
        )


def _alarm(area: str, sentence: str, session_id: UUID | None) -> Finding:
    return Finding(Severity.ALARM, area, sentence, session_id)
