"""Which restricted records somebody must not see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, exists, select

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.people import EmergencyAccessRow, NeedToKnowMemberRow, NeedToKnowRow
from mesodesk.domain.clock import running_ms

__all__ = ["ALL_OPEN", "EMERGENCY_ENDED", "Sight", "running_ms", "sight_of"]

EMERGENCY_ENDED: Final = "emergency.end"
"""What the audit chain calls it that somebody ended an emergency."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody sees of restricted records, as on record when it was looked up.

    `closed` are the patients whose record others only see; `emergencies` says until when of
    `running_ms` one of them is open to this person all the same.
    """

    closed: frozenset[UUID] = frozenset()
    emergencies: Mapping[UUID, int] = field(default_factory=dict)

    def hidden(self) -> frozenset[UUID]:
        """Return the patients whose record is hidden now."""
        if not self.emergencies:
            return self.closed
        now = running_ms()
        return self.closed - {one for one, until in self.emergencies.items() if now < until}


ALL_OPEN: Final = Sight()


def not_ended() -> ColumnElement[bool]:
    """Return the condition that nobody has ended an emergency before its hour was over.

    The row of an emergency stays as it was written, so that only the audit chain tells.
    """
    entry = AuditEntryRow
    return ~exists().where(
        entry.object_id == EmergencyAccessRow.id, entry.action == EMERGENCY_ENDED
    )


def sight_of(connection: Connection, user_id: UUID, boot_id: str) -> Sight:
    """Look up what a user sees in this run of the program."""
    own = select(NeedToKnowMemberRow.patient_id).where(NeedToKnowMemberRow.user_id == user_id)
    others = select(NeedToKnowRow.patient_id).where(NeedToKnowRow.patient_id.not_in(own))
    closed = frozenset(connection.execute(others).scalars())
    if not closed:
        return ALL_OPEN
    row = EmergencyAccessRow
    opened = select(row.patient_id, row.until_ms).where(
        row.user_id == user_id,
        row.boot_id == boot_id,
        row.patient_id.in_(closed),
        not_ended(),
    )
    until: dict[UUID, int] = {}
    for patient_id, until_ms in connection.execute(opened):
        until[patient_id] = max(until_ms, until.get(patient_id, until_ms))
    return Sight(closed, until)
