"""A chart that was begun before the patient's height was known."""

from decimal import Decimal
from uuid import UUID

from mesodesk.db.models.session import SessionRow
from mesodesk.domain.bodymap.atlas import load_atlas, shipped_atlas_id
from mesodesk.domain.bodymap.codec import ChartDataError
from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.packing import PackingError
from mesodesk.domain.bodymap.resizing import Body, resized, stretch
from mesodesk.domain.changes import Topic
from mesodesk.services.chart_rows import (
    NewEdit,
    StoredField,
    add_edit,
    cursor_of,
    read_fields,
    write_fields,
)
from mesodesk.services.store import Transaction


def tell_lengths_at(tx: Transaction, row: SessionRow, height_cm: Decimal) -> None:
    """Tell the lengths of a draft's fields as they are on a body of the height now known.

    Points stay where they are on the skin. What was laid on the figure's own height so far becomes
    true by one edit, which stands on record like any other. A chart of another atlas, or one that
    is damaged, stays as it is: it is told where it is opened.
    """
    if row.atlas_id != shipped_atlas_id():
        return
    try:
        stored = read_fields(tx.db, row.id)
    except (ChartDataError, PackingError):
        return
    atlas = load_atlas(row.body_sex.value)
    figure, body = Body(atlas), Body.of_height(atlas, height_cm)
    changes = [
        (key, each.field, resized(each.field, stretch(each.field, figure, body)))
        for key, each in stored.items()
    ]
    edit = Edit(EditLabel.HEIGHT, tuple(one for one in changes if one[1] != one[2]))
    if edit.changes:
        _keep(tx, row, edit, {key: stored[key] for key in edit.field_ids})


def _keep(tx: Transaction, row: SessionRow, edit: Edit, stored: dict[UUID, StoredField]) -> None:
    regions = {key: each.regions for key, each in stored.items()}
    write_fields(tx.db, row.id, {key: after for key, _, after in edit.changes}, regions)
    cursor = cursor_of(tx.db, row.id)
    seq = add_edit(tx.db, row.id, NewEdit(cursor, edit, regions, regions, tx.now, tx.actor.id))
    tx.audit("chart.edit", "session", row.id, None, edit=seq, label=edit.label, fields=len(regions))
    tx.touch(Topic.CHARTS)
