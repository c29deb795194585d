"""The points of charts, unpacked: one row each, with where it lies on the body in millimetres."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, cast

import numpy as np
import sqlalchemy as sa

from mesodesk.db.models.session import ChartFieldRow, SessionRow
from mesodesk.domain.bodymap.atlas import Atlas, AtlasError, load_atlas
from mesodesk.domain.bodymap.packing import PackedPoints, PackingError
from mesodesk.domain.canonical import decimal_text
from mesodesk.domain.records.export import ExportTable

POINT_TABLE: Final = ExportTable(
    "chart_point",
    ("field_id", "number", "triangle", "u", "v", "x_mm", "y_mm", "z_mm", "region", "volume_ml",
     "depth_mm", "flags"),
    -1,
)  # fmt: skip
"""The table of points; how many there are shows only when they are unpacked."""

_FIELDS: Final = cast("sa.Table", ChartFieldRow.__table__)
_CM: Final = 10
_PLACES: Final = 2


def point_rows(
    connection: sa.Connection, where: sa.ColumnElement[bool]
) -> Iterator[list[list[object]]]:
    """Yield the points field by field, in the order of the fields and of the points in each.

    Where nothing is known of the body that they lie on (another atlas, a damaged field), place and
    region are empty, or the field has no rows.
    """
    statement = (
        sa.select(
            _FIELDS.c.id,
            _FIELDS.c.points,
            SessionRow.atlas_id,
            SessionRow.body_sex,
            SessionRow.height_cm,
        )
        .join(SessionRow, SessionRow.id == _FIELDS.c.session_id)
        .where(where)
        .order_by(_FIELDS.c.id)
    )
    for row in connection.execute(statement, execution_options={"yield_per": 100}):
        rows = _of_field(row)
        if rows:
            yield rows


def _of_field(row: Any) -> list[list[object]]:  # noqa: ANN401  a row of the statement above
    try:
        records = PackedPoints.from_bytes(row.points).records
    except PackingError:
        return []  # the vault's check says so; whoever leaves must not be held by it
    field_id = str(row.id)
    atlas = _atlas_of(row.atlas_id, row.body_sex.value)
    places = _places(atlas, records, row.height_cm)
    return [
        [field_id, at, triangle, u, v, *place, _thousandths(volume), _thousandths(depth), flags]
        for at, ((triangle, u, v, volume, depth, flags), place) in enumerate(
            zip(records.tolist(), places, strict=True), start=1
        )
    ]


def _atlas_of(atlas_id: str, sex: str) -> Atlas | None:
    try:
        atlas = load_atlas(sex)
    except AtlasError:
        return None
    return atlas if atlas.atlas_id == atlas_id else None


def _places(
    atlas: Atlas | None, records: np.ndarray[Any, Any], height_cm: Decimal | None
) -> list[tuple[object, ...]]:
    """Return x, y and z in mm on the body of that height, and the region, of each point."""
    nowhere: list[tuple[object, ...]] = [(None, None, None, None)] * len(records)
    if atlas is None or not len(records):
        return nowhere
    triangles = records["triangle"].astype(np.int64)
    if triangles.max() >= atlas.triangle_count:
        return nowhere
    height = float(height_cm) if height_cm is not None else atlas.height_mm / _CM
    mm = atlas.positions_mm(triangles, records["u"], records["v"], height).round(_PLACES)
    keys = [atlas.regions[one].key for one in atlas.region_indices(triangles).tolist()]
    return [(*place, key) for place, key in zip(mm.tolist(), keys, strict=True)]


def _thousandths(whole: int) -> str:
    return decimal_text(Decimal(whole).scaleb(-3))
