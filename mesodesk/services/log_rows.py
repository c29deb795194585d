"""Entries of the audit log between their table and their records: filtered, sorted, paged.

Paged by what was shown last, never by counting: the millionth entry comes as fast as the first.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, or_, select, text, tuple_

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.audit_actions import FAILED, action_words, actions_of
from mesodesk.domain.records.audit import LogColumn, LogCursor, LogEntry, LogPage, LogQuery
from mesodesk.services.log_patients import about, record_ids
from mesodesk.services.store import Transaction

_E: Final = AuditEntryRow
_COLUMNS: Final = tuple(_E.__table__.columns)
_OUTCOMES: Final = ("alarm", "failed", "ok", "refused", "warning")
_PEOPLE: Final = frozenset({"app_user", "user"})
_NONE: Final = ""
_REST: Final = "~"
_EACH: Final = {
    # A walk along an index: as many steps as there are values, however many entries.
    name: text(
        f"WITH RECURSIVE each(v) AS (SELECT min({name}) FROM audit_entry UNION ALL"  # noqa: S608
        f" SELECT (SELECT min({name}) FROM audit_entry WHERE {name} > v) FROM each"
        " WHERE v IS NOT NULL) SELECT v FROM each WHERE v IS NOT NULL"
    )
    for name in ("actor_id", "action")
}


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Entries of a sorted report that share a value; `by_record` if they go on by their record."""

    name: str
    condition: ColumnElement[bool] | None = None
    by_record: bool = False


def page_of(tx: Transaction, query: LogQuery, after: LogCursor | None, size: int) -> LogPage:
    """Return the next `size` entries of a report, after the one that was shown last."""
    found: list[tuple[str, Row[Any]]] = []
    for stretch in _from(_stretches(tx.connection, query), after):
        within = after if after is not None and after.stretch == stretch.name else None
        rows = _rows(tx, query, stretch, within, size + 1 - len(found))
        found += [(stretch.name, row) for row in rows]
        if len(found) > size:
            break
    shown = found[:size]
    entries = tuple(entries_of(tx, [row for _, row in shown]))
    if len(found) <= size:
        return LogPage(entries, None)
    name, last = shown[-1]
    return LogPage(entries, LogCursor(name, last.seq, last.object_id))


def conditions(tx: Transaction, query: LogQuery) -> Iterator[ColumnElement[bool]]:
    """Yield what an entry must be to be shown."""
    if query.since is not None:
        yield _E.at >= query.since
    if query.until is not None:
        yield _E.at < query.until
    if query.user_id is not None:
        yield _E.actor_id == query.user_id
    if query.patient_id is not None:
        yield _E.object_id.in_(record_ids(tx, query.patient_id))
    if query.groups:
        yield _E.action.in_(actions_of(query.groups))
    if query.troubled:
        yield or_(_E.outcome != "ok", _E.action.in_(sorted(FAILED)))


def _stretches(connection: Connection, query: LogQuery) -> list[_Stretch]:
    """Return what a report is made of, in its order. Within each the newest comes first."""
    if query.column is LogColumn.TIME:
        return [_Stretch(_NONE)]
    ordered = _sorted_by(connection, query.column)
    return ordered[::-1] if query.descending else ordered


def _sorted_by(connection: Connection, column: LogColumn) -> list[_Stretch]:
    if column is LogColumn.PERSON:
        return [_Stretch(_NONE, _E.actor_id.is_(None)), *_people(connection)]
    if column is LogColumn.ACTION:
        names = sorted(connection.execute(_EACH["action"]).scalars(), key=action_words)
        return [_Stretch(name, _E.action == name) for name in names]
    if column is LogColumn.OUTCOME:
        known = [_Stretch(name, _E.outcome == name) for name in _OUTCOMES]
        return [*known, _Stretch(_REST, _E.outcome.not_in(_OUTCOMES))]
    return [
        _Stretch(_NONE, _E.object_id.is_(None)),
        _Stretch(_REST, _E.object_id.is_not(None), by_record=True),
    ]


def _people(connection: Connection) -> Iterator[_Stretch]:
    ids = [UUID(bytes=one) for one in connection.execute(_EACH["actor_id"]).scalars()]
    asked = select(UserRow.id, UserRow.name).where(UserRow.id.in_(ids))
    names = {row.id: row.name.casefold() for row in connection.execute(asked)}
    for one in sorted(ids, key=lambda each: (names.get(each, _REST), each)):
        yield _Stretch(str(one), _E.actor_id == one)


def _from(stretches: list[_Stretch], after: LogCursor | None) -> Sequence[_Stretch]:
    if after is None:
        return stretches
    names = [stretch.name for stretch in stretches]
    return stretches[names.index(after.stretch) :] if after.stretch in names else ()


def _rows(
    tx: Transaction, query: LogQuery, stretch: _Stretch, after: LogCursor | None, most: int
) -> Sequence[Row[Any]]:
    asked = select(*_COLUMNS).where(*conditions(tx, query))
    if stretch.condition is not None:
        asked = asked.where(stretch.condition)
    down = query.descending if query.column in (LogColumn.TIME, LogColumn.RECORD) else True
    place = (_E.object_id, _E.seq) if stretch.by_record else (_E.seq,)
    if after is not None:
        shown = (after.object_id, after.seq) if stretch.by_record else (after.seq,)
        before, here = tuple_(*place), tuple_(*shown, types=[one.type for one in place])
        asked = asked.where(before < here if down else before > here)
    order = [one.desc() if down else one.asc() for one in place]
    return tx.connection.execute(asked.order_by(*order).limit(most)).all()


def entries_of(tx: Transaction, rows: Iterable[Row[Any]]) -> list[LogEntry]:
    """Make records of rows, each with the patient that it is about."""
    kept = list(rows)
    patients = about(tx, [(row.object_type, row.object_id) for row in kept])
    people = _others(tx, kept)
    return [
        LogEntry(
            seq=row.seq,
            at=row.at,
            actor_id=row.actor_id,
            actor_name=row.actor_name,
            actor_role=row.actor_role or "",
            workstation=row.workstation,
            action=row.action,
            object_type=row.object_type,
            object_id=row.object_id,
            object_version=row.object_version,
            outcome=row.outcome,
            reason=row.reason or "",
            program=row.program,
            details=json.loads(row.details),
            patient=patients.get(row.object_id),
            person=people.get(row.object_id, ""),
        )
        for row in kept
    ]


def _others(tx: Transaction, rows: Iterable[Row[Any]]) -> dict[UUID | None, str]:
    """Return the names of those to whom something was done by somebody else."""
    ids = {
        row.object_id
        for row in rows
        if row.object_type in _PEOPLE and row.object_id not in {None, row.actor_id}
    }
    if not ids:
        return {}
    asked = select(UserRow.id, UserRow.name).where(UserRow.id.in_(ids))
    return {row.id: row.name for row in tx.db.execute(asked)}
