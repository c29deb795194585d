"""Whether the fields of a chart are what its gestures made of it."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mesodesk.db.models.session import EditState
from mesodesk.domain.bodymap.chart import ChartDocument, EditConflictError
from mesodesk.domain.bodymap.codec import ChartDataError
from mesodesk.domain.bodymap.packing import PackingError, microlitres
from mesodesk.services.chart_rows import (
    EDITS,
    FIELDS,
    Regions,
    StoredEdit,
    StoredField,
    cursor_of,
    read_edits,
    read_fields,
)

_DAMAGED: Final = "a part of its chart cannot be read."
_HISTORY: Final = "the history of its chart has gaps or was changed."
_FIELDS: Final = "its chart is not what the recorded gestures made of it."
_SUMS: Final = "the sums kept with its chart do not agree with the points."


def chart_trouble(db: Session, session_id: UUID) -> str | None:
    """Return what is wrong with the chart of a session, None if nothing is."""
    try:
        fields, edits = read_fields(db, session_id), read_edits(db, session_id)
    except (ChartDataError, PackingError, ValueError, LookupError, TypeError):
        return _DAMAGED
    cursor = cursor_of(db, session_id)
    if not _history_is_whole(db, session_id, cursor):
        return _HISTORY
    try:
        replayed = ChartDocument.replayed((each.edit for each in edits), cursor)
    except (EditConflictError, ValueError):
        return _HISTORY
    if dict(replayed.fields) != {key: stored.field for key, stored in fields.items()}:
        return _FIELDS
    regions = _replayed_regions(edits[:cursor])
    if {key: stored.regions for key, stored in fields.items()} != regions:
        return _FIELDS
    return None if _sums_agree(db, session_id, fields) else _SUMS


def _history_is_whole(db: Session, session_id: UUID, cursor: int) -> bool:
    """Whether edits are numbered without gaps, and those in force come before those undone."""
    rows = db.execute(
        select(EDITS.c.seq, EDITS.c.position, EDITS.c.state)
        .where(EDITS.c.session_id == session_id)
        .order_by(EDITS.c.seq)
    ).all()
    if [row.seq for row in rows] != list(range(1, len(rows) + 1)):
        return False
    walked = sorted(row.position for row in rows if row.state != EditState.DROPPED)
    if walked != list(range(len(walked))):
        return False
    return all(
        (row.state == EditState.APPLIED) == (row.position < cursor)
        for row in rows
        if row.state != EditState.DROPPED
    )


def _replayed_regions(edits: tuple[StoredEdit, ...]) -> Regions:
    regions: dict[UUID, tuple[str, ...]] = {}
    for each in edits:
        for field_id in each.edit.field_ids:
            if field_id in each.regions_after:
                regions[field_id] = tuple(sorted(set(each.regions_after[field_id])))
            else:
                regions.pop(field_id, None)
    return regions


def _sums_agree(db: Session, session_id: UUID, fields: dict[UUID, StoredField]) -> bool:
    rows = db.execute(
        select(FIELDS.c.id, FIELDS.c.point_count, FIELDS.c.volume_ul).where(
            FIELDS.c.session_id == session_id
        )
    )
    return all(
        (row.point_count, row.volume_ul)
        == (len(fields[row.id].field.points), microlitres(fields[row.id].field.volume_ml))
        for row in rows
    )
