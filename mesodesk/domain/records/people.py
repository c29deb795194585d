"""Who can come in, and who may see which patient."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PersonAtDoor:
    """Somebody who can come in while the desk is locked; `has_pin` if not by password alone.

    `by_code` if by no password at all, but by the code that an owner has given them.
    """

    id: UUID
    name: str
    initials: str
    colour: int
    has_pin: bool
    by_code: bool = False


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

    `left_ms` is how long it stays open; 0 once it is closed again. `own` tells whether who asks
    opened it themself; then somebody else reviews it, if `others` can.
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
    own: bool = False
    others: bool = False


@dataclass(frozen=True, slots=True)
class EmergencyTrace:
    """Something that was done with a record while it was open in an emergency, and how often.

    `action` is what the audit chain calls it: `patient.view`.
    """

    action: str
    count: int
