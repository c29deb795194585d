"""The draft of an amendment: a copy of a signed session, all its parts with ids of their own."""

from dataclasses import replace
from typing import Any, Final, TypeVar
from uuid import UUID

from mesodesk.db.base import Base
from mesodesk.db.models.plan import SessionPlanRow
from mesodesk.db.models.session import (
    SessionAcknowledgementRow,
    SessionRow,
    SyringeComponentRow,
    SyringeRow,
)
from mesodesk.db.models.session_triggers import SESSION_FROZEN_COLUMNS
from mesodesk.domain.bodymap.codec import ChartDataError
from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.packing import PackingError
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.session import SessionState
from mesodesk.services.chart_rows import NewEdit, add_edit, read_fields, write_fields
from mesodesk.services.errors import RefusedError
from mesodesk.services.session_rows import in_force, kept_syringes
from mesodesk.services.store import Transaction

_OWN: Final = frozenset({"id", "created_at", "signed_at", "discard_reason"})
"""What a version does not take over from the one that it amends."""


_Part = TypeVar("_Part", bound=Base)


def copied_draft(tx: Transaction, original: SessionRow) -> SessionRow:
    """Return a new draft with everything that a signed session holds, written to its tables.

    Its number, day and therapist are those of the original. The history of its chart begins with
    one gesture, the copy itself.

    Raises:
        RefusedError: if the chart of the original cannot be read.
    """
    kept = [name for name in SESSION_FROZEN_COLUMNS if name not in _OWN]
    row = SessionRow(
        id=new_id(),
        state=SessionState.DRAFT,
        **{name: getattr(original, name) for name in kept},
    )
    tx.db.add(row)
    tx.db.flush()
    syringes = {each.id: _copied_syringe(row.id, each) for each in kept_syringes(original)}
    tx.db.add_all(syringes.values())
    tx.db.add_all(
        _copied(SessionAcknowledgementRow, each, id=new_id(), session_id=row.id)
        for each in in_force(original)
    )
    planned = tx.db.get(SessionPlanRow, original.id)
    if planned is not None:
        tx.db.add(_copied(SessionPlanRow, planned, session_id=row.id))
    tx.db.flush()
    _copy_chart(tx, original.id, row.id, {old: new.id for old, new in syringes.items()})
    return row


def _copied_syringe(session_id: UUID, original: SyringeRow) -> SyringeRow:
    row = _copied(SyringeRow, original, id=new_id(), session_id=session_id)
    row.components = [
        _copied(SyringeComponentRow, each, id=new_id(), syringe_id=row.id)
        for each in original.components
    ]
    return row


def _copied(kind: type[_Part], original: _Part, **others: Any) -> _Part:  # noqa: ANN401
    """Return a row with the values of another, but those given."""
    values = {each.name: getattr(original, each.name) for each in kind.__table__.columns}
    return kind(**{**values, **others})


def _copy_chart(
    tx: Transaction, original_id: UUID, draft_id: UUID, syringes: dict[UUID, UUID]
) -> None:
    try:
        stored = read_fields(tx.db, original_id)
    except (ChartDataError, PackingError) as error:
        raise RefusedError(
            "A part of the chart of this session cannot be read, so it cannot be amended. Nothing"
            " was changed. Add a note instead, and compare with your newest backup."
        ) from error
    if not stored:
        return
    ids = {old: new_id() for old in stored}
    fields = {ids[old]: _moved(each.field, ids, syringes) for old, each in stored.items()}
    regions = {ids[old]: each.regions for old, each in stored.items()}
    write_fields(tx.db, draft_id, fields, regions, ())
    changes = tuple((field_id, None, field) for field_id, field in fields.items())
    copy = Edit(EditLabel.AMEND, changes)
    add_edit(tx.db, draft_id, NewEdit(0, copy, {}, regions, tx.now, tx.actor.id))


def _moved(field: ChartField, ids: dict[UUID, UUID], syringes: dict[UUID, UUID]) -> ChartField:
    mirror = None if field.mirror_of is None else ids.get(field.mirror_of)
    return replace(field, id=ids[field.id], syringe_id=syringes[field.syringe_id], mirror_of=mirror)
