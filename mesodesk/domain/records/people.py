"""Who may see which patient."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Restriction:
    """A record that only its members see.

    To whoever is not one of them, `reason` is empty. `open_for_ms` says how long the record is
    still open to who asks, after an emergency; 0 if it is not.
    """

    patient_id: UUID
    record_number: str
    reason: str
    members: tuple[UUID, ...]
    set_by: UUID
    set_at: datetime
    visible: bool
    open_for_ms: int = 0


@dataclass(frozen=True, slots=True)
class EmergencyAccess:
    """A restricted record that was opened in an emergency, and what was said to it afterwards.

    `left_ms` is how long it stays open; 0 once it is closed again.
    """

    id: UUID
    version: int
    patient_id: UUID
    record_number: str
    user_id: UUID
    user_name: str
    reason: str
    opened_at: datetime
    left_ms: int
    reviewed_at: datetime | None = None
    review: str = ""
