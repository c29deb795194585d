"""Follow-up checks of a session."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from mesodesk.domain.answers import Answer


class FollowUpState(StrEnum):
    """What is stored; whether an open check is due or overdue follows from the time."""

    OPEN = "open"
    DONE = "done"
    MISSED = "missed"
    SUPERSEDED = "superseded"


ENDED_IN_ERROR: Final = "Session entered in error"
"""The reason with which a check ended whose session was entered in error."""


PATIENT_RINGS: Final = "any_time"
"""The check of a patient who rings: of one session there may be several."""


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


class DiarySource(StrEnum):
    """Where a score of the diary comes from."""

    ASKED = "asked"  # told when asked at this check
    HOME = "home"  # written down by the patient at home, on that day


@dataclass(frozen=True, slots=True)
class DiaryScore:
    """How a patient felt on one day, from 0 to 10."""

    score: int
    source: DiarySource = DiarySource.ASKED


@dataclass(frozen=True, slots=True)
class FollowUpFields:
    """What is typed into a check. `diary`: by line and day after the session: `burning.3`."""

    channel: Channel | None = None
    items: Mapping[str, CheckAnswer] = field(default_factory=dict)
    note: str = ""
    diary: Mapping[str, DiaryScore] = field(default_factory=dict)


class AttemptOutcome(StrEnum):
    """How an attempt to reach a patient ended, short of a check."""

    NO_ANSWER = "no_answer"
    LEFT_MESSAGE = "left_message"
    ASKED_LATER = "asked_later"  # reached, and asked to be called at another time
    WRONG_NUMBER = "wrong_number"


@dataclass(frozen=True, slots=True)
class AttemptFields:
    """An attempt, as it is entered. `next_at`: when to try again, aware."""

    channel: Channel
    outcome: AttemptOutcome
    next_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """An attempt on record, with when it was made and by whom."""

    fields: AttemptFields
    tried_at: datetime
    tried_by: str


@dataclass(frozen=True, slots=True)
class Escalation:
    """What a completed check calls for, and what was done about it.

    `band` is the most urgent of its answers, `items` what raised it, by id; of the diary
    `diary.burning.3`. Nothing was done yet while `handled_at` is None.
    """

    band: str
    items: tuple[str, ...]
    raised_at: datetime
    handled_at: datetime | None = None
    handled_by: str = ""
    handled: str = ""


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
    """An answer that raises a band, with the words to put before the user.

    `item_id` of a score of the diary is `diary.` and its key.
    """

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
    `title` and `wanted_channel` are what the session's protocol says of it, if that says anything.
    `attempts` are the attempts to reach the patient, in order; `escalation` is what a completed
    check calls for.
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
    title: str = ""
    wanted_channel: Channel | None = None
    attempts: tuple[AttemptRecord, ...] = ()
    escalation: Escalation | None = None

    @property
    def next_try(self) -> datetime | None:
        """When the patient is to be tried again, as the last attempt has it."""
        return self.attempts[-1].fields.next_at if self.attempts else None

    @property
    def ended_in_error(self) -> bool:
        """Whether it ended because its session was entered in error, and not by a later one."""
        ended = self.missed_reason.rpartition("\n")[2] == ENDED_IN_ERROR
        return self.state is FollowUpState.SUPERSEDED and ended
