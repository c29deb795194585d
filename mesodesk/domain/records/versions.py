"""What follows a signature: versions of a session, and what was said of it later."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mesodesk.domain.findings import Finding
from mesodesk.domain.records.chart import EarlierChart, StoredChart
from mesodesk.domain.records.intake import IntakeRecord
from mesodesk.domain.records.patient import PatientRecord
from mesodesk.domain.records.protocol import SessionPlan
from mesodesk.domain.records.session import (
    Missing,
    SessionRecord,
    SessionState,
    StatementKind,
)


@dataclass(frozen=True, slots=True)
class Amends:
    """What a session amends, why, and who began it; `root_id` is the first of the chain."""

    amends_id: UUID
    root_id: UUID
    reason: str
    begun_by: str
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class Statement:
    """Something said of a signed session later, itself signed; `holds` tells whether it still is.

    `replaced_by` is the version that took its place, for `amended` alone.
    """

    id: UUID
    session_id: UUID
    kind: StatementKind
    text: str
    replaced_by: UUID | None
    author: str
    made_at: datetime
    holds: bool


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a session; `number` counts them from 1, the first that was signed."""

    session_id: UUID
    number: int
    state: SessionState
    sha256: str
    signed_by: str
    signed_at: datetime | None
    amends: Amends | None


@dataclass(frozen=True, slots=True)
class SessionHistory:
    """All versions of a session, the first one first, and all that was said of them.

    A draft that amends is among them while it is worked on; one that was discarded is not.
    `seen_broken` names the versions whose broken seal somebody has acknowledged.
    """

    versions: tuple[Version, ...]
    statements: tuple[Statement, ...] = ()
    seen_broken: frozenset[UUID] = frozenset()

    def version_of(self, session_id: UUID) -> Version | None:
        return next((each for each in self.versions if each.session_id == session_id), None)

    @property
    def open_draft(self) -> Version | None:
        """The amendment that is being worked on."""
        drafts = (each for each in self.versions if each.state is SessionState.DRAFT)
        return next((each for each in drafts if each.amends is not None), None)

    @property
    def current(self) -> Version | None:
        """The last version that was signed, entered in error or not."""
        sealed = [each for each in self.versions if each.state is not SessionState.DRAFT]
        return sealed[-1] if sealed else None

    def said_of(self, session_id: UUID) -> tuple[Statement, ...]:
        return tuple(each for each in self.statements if each.session_id == session_id)


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session as it is opened with everything around it, all of it as of one moment.

    `intake` is the patient's open draft of an intake, else the last completed one. `findings` and
    `missing` are what `SessionService.standing` returns; `previous` is the patient's last signed
    session before this one; `charted_last` tells whether the chart was worked on after everything
    else; `history` holds its versions; `plan` is None for a session that belongs to none.
    """

    patient: PatientRecord
    intake: IntakeRecord | None
    chart: StoredChart
    record: SessionRecord
    findings: tuple[Finding, ...]
    missing: tuple[Missing, ...]
    previous: SessionRecord | None
    charted_last: bool
    history: SessionHistory
    plan: SessionPlan | None = None


@dataclass(frozen=True, slots=True)
class AwaitedSession:
    """A draft that is probably opened next, all of it as of one moment.

    `earlier` is the chart before it, or none. `as_it_is` tells whether going on with it writes
    nothing: a height or weight that it lacks may be known by now.
    """

    opened: OpenedSession
    earlier: tuple[EarlierChart, ...]
    as_it_is: bool
