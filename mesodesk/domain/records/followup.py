"""Follow-up checks of a session."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from mesodesk.domain.answers import Answer


class FollowUpState(StrEnum):
    """What is stored; whether an open check is due or overdue follows from the time."""

    OPEN = "open"
    DONE = "done"
    MISSED = "missed"
    SUPERSEDED = "superseded"


class Channel(StrEnum):
    """How the patient was reached."""

    VISIT = "visit"
    PHONE = "phone"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """One item of a check. `value` holds what scale and text items were given."""

    answer: Answer = Answer.NOT_ASKED
    value: str = ""
    onset_on: date | None = None
    still_present: Answer = Answer.NOT_ASKED
    note: str = ""


@dataclass(frozen=True, slots=True)
class FollowUpFields:
    """What is typed into a check."""

    channel: Channel | None = None
    items: Mapping[str, CheckAnswer] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class ShownInstruction:
    """A red flag whose instruction was put before the user, with the very words and when."""

    item_id: str
    band: str
    instruction: str
    shown_at: datetime
    shown_to: str


@dataclass(frozen=True, slots=True)
class RaisedFlag:
    """An answer that calls for action, with the words to put before the user."""

    item_id: str
    item: str
    band: str
    title: str
    instruction: str


@dataclass(frozen=True, slots=True)
class FollowUpRecord:
    """One check of one session.

    `regions` are those treated in the session, which some items depend on; `missed_reason` stays
    with a check that was marked missed, even if it is made up for later. Of a `restricted` one,
    whose patient who acts may not see, a list holds the record number as name, and no answers.
    """

    id: UUID
    version: int
    session_id: UUID
    session_number: int
    patient_id: UUID
    patient_name: str
    patient_phone: str
    check_id: str
    schedule_version: int
    due_at: datetime
    window_from: datetime
    window_to: datetime
    state: FollowUpState
    fields: FollowUpFields
    shown: tuple[ShownInstruction, ...]
    done_at: datetime | None
    done_by: str
    missed_reason: str = ""
    regions: tuple[str, ...] = ()
    restricted: bool = False
