"""What a session is read with and written by, on the database thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mesodesk.domain.changes import Topic
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.screening import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from uuid import UUID

    from mesodesk.domain.records.chart import EarlierChart
    from mesodesk.domain.records.session import Missing, SessionRecord
    from mesodesk.domain.records.versions import OpenedSession
    from mesodesk.domain.screening import Finding
    from mesodesk.services.desk import Desk
    from mesodesk.ui.bodymap.ready import ReadyChart

CONCERNED = (
    Topic.SESSIONS
    | Topic.PATIENTS
    | Topic.INTAKES
    | Topic.STOCK
    | Topic.CLINIC
    | Topic.CHARTS
    | Topic.PLANS
    | Topic.CONSENTS
)
"""A session is read again when one of these was changed elsewhere."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows from the record, read after each write."""

    findings: tuple[Finding, ...]
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything a session is shown with; `known` is what is known of the patient now.

    `earlier` is the chart before it, or none; None if it is yet to be read.
    """

    opened: OpenedSession
    known: tuple[Finding, ...]
    earlier: tuple[EarlierChart, ...] | None = None


@dataclass(slots=True)
class Ahead:
    """A draft that is read before anybody looks at it.

    `day` is that of the clinic when it was asked for: some findings are of a day. `changes` is how
    many were kept before it was read; `as_it_is`, whether going on with it writes nothing; `ready`
    is made of its chart thereafter, beside the database.
    """

    session_id: UUID
    day: date
    changes: int = 0
    loaded: Loaded | None = None
    as_it_is: bool = False
    ready: ReadyChart | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An action that was refused; unlike a typed value, nothing of it waits to be corrected."""

    error: Exception


def load(desk: Desk, session_id: UUID) -> Loaded:
    """Read a session with everything around it; opening a patient's record is audited."""
    opened = desk.sessions.open(session_id)
    known, record = opened.findings, opened.record
    if record.state is not SessionState.DRAFT:
        language = desk.clinic.record().fields.language or "en"
        facts = desk.intakes.facts(record.patient_id)
        known = evaluate(desk.rules.book(), facts.before_products(), language)
    return Loaded(opened, known)


def load_ahead(desk: Desk, ahead: Ahead, changes: Callable[[], int]) -> None:
    """Read a session that nobody looks at yet, if it is a draft.

    Args:
        desk: to read from.
        ahead: to fill.
        changes: tells how many changes were kept.
    """
    awaited = desk.sessions.read_ahead(ahead.session_id)
    opened = awaited.opened
    if opened.record.state is SessionState.DRAFT:
        ahead.changes, ahead.as_it_is = changes(), awaited.as_it_is
        ahead.loaded = Loaded(opened, opened.findings, awaited.earlier)


def load_known(desk: Desk, ahead: Ahead, changes: Callable[[], int]) -> Loaded:
    """Have kept that somebody looks at what was read ahead; read it anew if anything was changed.

    Args:
        desk: to read from.
        ahead: of the session.
        changes: tells how many changes were kept.
    """
    version, known = desk.sessions.look(ahead.session_id), ahead.loaded
    if known is None or (known.opened.record.version, ahead.changes) != (version, changes()):
        return load(desk, ahead.session_id)
    return known


def derive(desk: Desk, session_id: UUID) -> Derived:
    """Ask what screening says and what is missing."""
    return Derived(*desk.sessions.standing(session_id))


def save_fields(
    desk: Desk, version: int, *, session_id: UUID, values: Mapping[str, Any]
) -> SessionRecord:
    """Lay the typed values over what is on record, so that one refused value holds up no other."""
    stored = desk.sessions.get(session_id)
    return desk.sessions.save(session_id, version, replace(stored.fields, **values))


def with_version(
    work: Callable[[Desk, int], SessionRecord], version: int, desk: Desk
) -> SessionRecord:
    """Turn the order of arguments round, for `Context.work_as`."""
    return work(desk, version)


def answering(write: Callable[[int], object], version: int) -> object:
    """Write, and return a refusal instead of raising it; a conflict of versions is raised."""
    # Imported late: pages exist only after the services are loaded.
    from mesodesk.services.errors import ConflictError, ServiceError

    try:
        return write(version)
    except ConflictError:
        raise
    except ServiceError as error:
        return Refusal(error)


def answering_chart(write: Callable[[int], object], version: int) -> object:
    """Write a gesture, and return a refusal or conflict: storage that fails is tried again."""
    from mesodesk.services.errors import ServiceError

    try:
        return write(version)
    except ServiceError as error:
        return Refusal(error)


def nothing(_version: int) -> None:
    """Write nothing: takes the place of a value that was given up."""
    return


def still_typing(typed: object, stored: object) -> bool:
    """Whether a text differs only in blanks at its ends, which the one who types still sees."""
    return isinstance(typed, str) and typed != stored and typed.strip() == stored
