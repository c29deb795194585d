"""What the audit log tells of one record, and what in it is worth a question."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.people import NeedToKnowRow
from mesodesk.db.moments import to_microseconds
from mesodesk.domain.audit_actions import ACTIONS, FAILED, RECEIPTS, ActionGroup, actions_of
from mesodesk.domain.records.audit import LogPatient, Saw, Unusual, UnusualKind
from mesodesk.services.log_patients import about, record_ids
from mesodesk.services.store import Transaction

_E: Final = AuditEntryRow
MANY_A_DAY: Final = 50
"""So many different patients a day are more than anybody treats."""

_LOOKS: Final = tuple(
    name for name in actions_of(frozenset({ActionGroup.VIEW})) if name != "log.view"
)
_ALONE: Final = {
    "emergency.open": UnusualKind.EMERGENCY,
    "access.refuse": UnusualKind.REFUSAL,
    **dict.fromkeys(sorted(FAILED), UnusualKind.WRONG_PASSWORD),
}
_Who = tuple[UUID | None, str]
"""Id and name of who did something."""

_BEFORE: Final = "SELECT seq FROM audit_entry WHERE at < ? ORDER BY seq DESC LIMIT 1"


@dataclass(slots=True)
class _Tally:
    """What one person did with a record on one day, while it is counted."""

    name: str
    first: datetime
    last: datetime
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, row: Row[datetime, UUID | None, str, str]) -> None:
        kind = _kind(row.action)
        if kind:
            self.counts[kind] = self.counts.get(kind, 0) + 1
        self.first, self.last = min(self.first, row.at), max(self.last, row.at)
        self.name = row.actor_name


def who_saw(tx: Transaction, patient_id: UUID, zone: str) -> tuple[Saw, ...]:
    """Return who did what with a patient's record, by person and day, the newest day first."""
    asked = (
        select(_E.at, _E.actor_id, _E.actor_name, _E.action)
        .where(
            _E.object_id.in_(record_ids(tx, patient_id)),
            _E.action.not_in({"log.view", *RECEIPTS}),
        )
        .order_by(_E.seq)
    )
    clock = ZoneInfo(zone)
    tallies: dict[tuple[date, UUID | None], _Tally] = {}
    for row in tx.connection.execute(asked):
        key = (row.at.astimezone(clock).date(), row.actor_id)
        tallies.setdefault(key, _Tally(row.actor_name, row.at, row.at)).add(row)
    rows = [
        Saw(actor, tally.name, day, tally.first, tally.last, **tally.counts)
        for (day, actor), tally in tallies.items()
    ]
    return tuple(sorted(rows, key=lambda one: (one.day, one.last_at), reverse=True))


def _kind(action: str) -> str:
    """Return under what an action counts; a later program's own as a change."""
    if action == "emergency.open":
        return "emergencies"
    if action == "access.refuse":
        return "refusals"
    known = ACTIONS.get(action)
    if known is None or known.group is not ActionGroup.DISCLOSURE:
        return "views" if known is not None and known.group is ActionGroup.VIEW else "changes"
    return "prints" if action.endswith(".print") else "exports"


def unusual(tx: Transaction, since: datetime, zone: str) -> tuple[Unusual, ...]:
    """Return what since then is worth a question, the newest first."""
    # The last entry from before bounds the search: the log is in the order of time but for clocks
    # that were set.
    last = tx.connection.exec_driver_sql(_BEFORE, (to_microseconds(since),)).scalar() or 0
    found = [*_events(tx, last, since), *_looks(tx, last, since), *_many(tx, last, since, zone)]
    return tuple(sorted(found, key=lambda one: one.last_at, reverse=True))


def _events(tx: Transaction, last: int, since: datetime) -> Iterator[Unusual]:
    """Yield what is worth a question in itself: by kind, person and patient."""
    asked = (
        select(
            _E.action,
            _E.actor_id,
            _E.actor_name,
            _E.object_type,
            _E.object_id,
            func.count().label("times"),
            func.max(_E.at).label("at"),
        )
        .where(_E.seq > last, _E.at >= since, _E.action.in_(_ALONE))
        .group_by(_E.action, _E.actor_id, _E.actor_name, _E.object_type, _E.object_id)
    )
    rows = tx.connection.execute(asked).all()
    patients = about(tx, [(row.object_type, row.object_id) for row in rows])
    grouped: dict[tuple[UnusualKind, _Who, LogPatient | None], tuple[int, datetime]] = {}
    for row in rows:
        who = (row.actor_id, row.actor_name)
        key = (_ALONE[row.action], who, patients.get(row.object_id))
        times, at = grouped.get(key, (0, row.at))
        grouped[key] = (times + row.times, max(at, row.at))
    for (kind, who, patient), (times, at) in grouped.items():
        yield Unusual(kind, *who, times, at, patient)


def _looks(tx: Transaction, last: int, since: datetime) -> Iterator[Unusual]:
    """Yield looks at records that are restricted or archived, by person and patient."""
    closed = set(tx.connection.execute(select(NeedToKnowRow.patient_id)).scalars())
    asked = select(PatientRow.id).where(PatientRow.archived_at.is_not(None))
    archived = set(tx.connection.execute(asked).scalars())
    for (who, patient), (times, at) in _seen(tx, last, since).items():
        if patient.id in closed:
            yield Unusual(UnusualKind.RESTRICTED, *who, times, at, patient)
        elif patient.id in archived:
            yield Unusual(UnusualKind.ARCHIVED, *who, times, at, patient)


def _seen(
    tx: Transaction, last: int, since: datetime
) -> dict[tuple[_Who, LogPatient], tuple[int, datetime]]:
    seen: dict[tuple[_Who, LogPatient], tuple[int, datetime]] = {}
    for who, patient, at in _views(tx, last, since):
        times, newest = seen.get((who, patient), (0, at))
        seen[who, patient] = (times + 1, max(newest, at))
    return seen


def _views(
    tx: Transaction, last: int, since: datetime
) -> Iterable[tuple[_Who, LogPatient, datetime]]:
    asked = select(_E.actor_id, _E.actor_name, _E.object_type, _E.object_id, _E.at).where(
        _E.seq > last, _E.at >= since, _E.action.in_(_LOOKS)
    )
    rows = tx.connection.execute(asked).all()
    patients = about(tx, {(row.object_type, row.object_id) for row in rows})
    for row in rows:
        patient = patients.get(row.object_id)
        if patient is not None:
            yield (row.actor_id, row.actor_name), patient, row.at


def _many(tx: Transaction, last: int, since: datetime, zone: str) -> Iterator[Unusual]:
    """Yield who looked at very many different patients on one day."""
    clock = ZoneInfo(zone)
    days: dict[tuple[_Who, date], dict[UUID, datetime]] = {}
    for who, patient, at in _views(tx, last, since):
        day = days.setdefault((who, at.astimezone(clock).date()), {})
        day[patient.id] = max(at, day.get(patient.id, at))
    for (who, _day), patients in days.items():
        if len(patients) >= MANY_A_DAY:
            yield Unusual(UnusualKind.MANY, *who, len(patients), max(patients.values()))
