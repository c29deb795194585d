"""The chart in its tables: fields and edits, by statements of SQLAlchemy Core.

A gesture touches few of many rows, so rows are read and written by key and never as objects.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from mesodesk.db.models.session import ChartEditRow, ChartFieldRow, EditState
from mesodesk.domain.bodymap.codec import ChartDataError, field_from_plain, head_to_plain
from mesodesk.domain.bodymap.edits import Edit
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.packing import PackedPoints, microlitres

Executor = Session | Connection
"""What runs statements; a gesture asks the connection itself, which is quicker."""

Regions = Mapping[UUID, Sequence[str]]
"""The regions of the atlas that the points of a field lie in, by field."""

FIELDS = cast("Table", ChartFieldRow.__table__)
EDITS = cast("Table", ChartEditRow.__table__)


class StoredField(NamedTuple):
    """A field with the regions that were given for it."""

    field: ChartField
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredEdit:
    """An edit as it lies in the history, with the regions before and after of what it touched."""

    seq: int
    position: int
    edit: Edit
    regions_before: Regions
    regions_after: Regions


def read_fields(
    db: Session, session_id: UUID, field_ids: Iterable[UUID] | None = None
) -> dict[UUID, StoredField]:
    """Return the fields of a session in the order in which they were made, or some of them.

    Raises:
        ChartDataError: if a row is damaged.
    """
    statement = (
        select(
            FIELDS.c.id, FIELDS.c.syringe_id, FIELDS.c.definition, FIELDS.c.regions, FIELDS.c.points
        )
        .where(FIELDS.c.session_id == session_id)
        .order_by(FIELDS.c.id)
    )
    if field_ids is not None:
        statement = statement.where(FIELDS.c.id.in_(list(field_ids)))
    # JSON is read while rows are fetched, so a damaged row may fail before it is here.
    with _readable("a field of the chart cannot be read"):
        return {row.id: _stored_field(row) for row in db.execute(statement)}


@contextmanager
def _readable(what: str) -> Iterator[None]:
    """Raise ChartDataError for whatever shows that a value is not what was written."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise ChartDataError(what) from error


def _stored_field(row: Any) -> StoredField:  # noqa: ANN401
    plain = {**row.definition, "id": str(row.id), "syringe": str(row.syringe_id)}
    field = field_from_plain(plain, PackedPoints.from_bytes(row.points))
    return StoredField(field, tuple(row.regions))


def write_fields(
    db: Executor,
    session_id: UUID,
    changes: Mapping[UUID, ChartField | None],
    regions: Regions,
    on_record: Collection[UUID] | None = None,
) -> None:
    """Put fields into the state given; None takes one away.

    Args:
        db: within a transaction.
        session_id: whose chart it is.
        changes: the fields as they shall be, by id.
        regions: those that the points of each field lie in.
        on_record: which of them are stored so far, if the caller knows.
    """
    old = changes.keys() if on_record is None else on_record
    if old:
        db.execute(delete(FIELDS).where(FIELDS.c.session_id == session_id, FIELDS.c.id.in_(old)))
    rows = [
        _field_row(session_id, field, regions.get(field_id, ()))
        for field_id, field in changes.items()
        if field is not None
    ]
    if rows:
        db.execute(_PUT_FIELDS, rows)


def _field_row(session_id: UUID, field: ChartField, regions: Sequence[str]) -> dict[str, Any]:
    definition = head_to_plain(field)
    del definition["id"], definition["syringe"]
    return {
        "id": field.id,
        "session_id": session_id,
        "syringe_id": field.syringe_id,
        "definition": definition,
        "point_count": len(field.points),
        "volume_ul": microlitres(field.volume_ml),
        "regions": sorted(set(regions)),
        "points": field.points.to_bytes(),
    }


def cursor_of(db: Session, session_id: UUID) -> int:
    """Return how many edits are in force."""
    last = db.scalar(
        select(EDITS.c.position)
        .where(EDITS.c.session_id == session_id, EDITS.c.state == EditState.APPLIED)
        .order_by(EDITS.c.position.desc())
        .limit(1)
    )
    return 0 if last is None else last + 1


class History(NamedTuple):
    """How many edits are in force, the last number given, and whether some can be redone."""

    cursor: int
    last_seq: int
    undone: bool


def _of_edits(value: Any, *where: ColumnElement[bool]) -> ScalarSelect[Any]:  # noqa: ANN401
    return (
        select(value)
        .where(EDITS.c.session_id == bindparam("chart_of"), *where)
        .correlate(None)
        .scalar_subquery()
    )


# Made once: to put such a statement together takes longer than to run it.
HISTORY_COLUMNS: Final = (
    _of_edits(func.max(EDITS.c.position), EDITS.c.state == EditState.APPLIED),
    _of_edits(func.max(EDITS.c.seq)),
    _of_edits(func.max(EDITS.c.position), EDITS.c.state == EditState.UNDONE),
)
"""What `history_from` reads, of the session bound to `chart_of`."""
_HISTORY: Final = select(*HISTORY_COLUMNS)
_PUT_FIELDS: Final = insert(FIELDS)
_ADD_EDIT: Final = insert(EDITS)
_DROP_UNDONE: Final = (
    update(EDITS)
    .where(EDITS.c.session_id == bindparam("chart_of"), EDITS.c.state == EditState.UNDONE)
    .values(state=EditState.DROPPED)
)


def history_from(last: int | None, seq: int | None, undone: int | None) -> History:
    """Return the history from the values of `HISTORY_COLUMNS`."""
    return History(0 if last is None else last + 1, seq or 0, undone is not None)


def history_of(db: Executor, session_id: UUID) -> History:
    """Return how far the history of a chart reaches."""
    return history_from(*db.execute(_HISTORY, {"chart_of": session_id}).one())


def last_edit_at(db: Session, session_id: UUID) -> datetime | None:
    """Return when the last edit was made, whatever became of it; None if there was none."""
    made_at: datetime | None = db.scalar(
        select(EDITS.c.made_at)
        .where(EDITS.c.session_id == session_id)
        .order_by(EDITS.c.seq.desc())
        .limit(1)
    )
    return made_at


def read_edits(db: Session, session_id: UUID) -> tuple[StoredEdit, ...]:
    """Return the history that undo walks, dropped edits left out, oldest first.

    Raises:
        ChartDataError: if an edit is damaged.
    """
    rows = db.execute(
        select(EDITS.c.seq, EDITS.c.position, EDITS.c.payload)
        .where(EDITS.c.session_id == session_id, EDITS.c.state != EditState.DROPPED)
        .order_by(EDITS.c.position)
    )
    return tuple(_stored_edit(row.seq, row.position, row.payload) for row in rows)


def edit_at(db: Session, session_id: UUID, position: int, state: EditState) -> StoredEdit | None:
    """Return the edit at a place of the history if it is in that state.

    Raises:
        ChartDataError: if it is damaged.
    """
    row = db.execute(
        select(EDITS.c.seq, EDITS.c.position, EDITS.c.payload).where(
            EDITS.c.session_id == session_id,
            EDITS.c.position == position,
            EDITS.c.state == state,
        )
    ).one_or_none()
    return None if row is None else _stored_edit(row.seq, row.position, row.payload)


@dataclass(frozen=True, slots=True)
class NewEdit:
    """An edit about to be kept: where in the history, and who made it when."""

    position: int
    edit: Edit
    regions_before: Regions
    regions_after: Regions
    made_at: datetime
    made_by: UUID


def add_edit(db: Executor, session_id: UUID, new: NewEdit, history: History | None = None) -> int:
    """Append an edit in force and return its number; what could be redone is left behind.

    `history` is that of the chart so far, if the caller has just read it.
    """
    if history is None:
        history = history_of(db, session_id)
    if history.undone:
        db.execute(_DROP_UNDONE, {"chart_of": session_id})
    row = {
        "session_id": session_id,
        "seq": history.last_seq + 1,
        "position": new.position,
        "state": EditState.APPLIED,
        "merge_key": new.edit.merge_key,
        "payload": _payload(new),
        "made_at": new.made_at,
        "made_by": new.made_by,
    }
    db.execute(_ADD_EDIT, row)
    return history.last_seq + 1


def mark_edits(
    db: Session, session_id: UUID, positions: range, before: EditState, after: EditState
) -> None:
    """Move a stretch of the history from one state to another."""
    db.execute(
        update(EDITS)
        .where(
            EDITS.c.session_id == session_id,
            EDITS.c.state == before,
            EDITS.c.position >= positions.start,
            EDITS.c.position < positions.stop,
        )
        .values(state=after)
    )


def _payload(new: NewEdit) -> str:
    plain = {
        "edit": new.edit.to_json(),
        "before": _regions_out(new.regions_before),
        "after": _regions_out(new.regions_after),
    }
    return json.dumps(plain, separators=(",", ":"))


def _regions_out(regions: Regions) -> dict[str, list[str]]:
    return {str(field_id): list(names) for field_id, names in regions.items()}


def _stored_edit(seq: int, position: int, payload: str) -> StoredEdit:
    with _readable("an edit of the chart cannot be read"):
        plain = json.loads(payload)
        return StoredEdit(
            seq=seq,
            position=position,
            edit=Edit.from_json(plain["edit"]),
            regions_before=_regions_in(plain["before"]),
            regions_after=_regions_in(plain["after"]),
        )


def _regions_in(plain: Mapping[str, Sequence[str]]) -> Regions:
    return {UUID(field_id): tuple(names) for field_id, names in plain.items()}
