"""A field of six points, each in a triangle of its own."""

from decimal import Decimal

from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.ids import new_id

PLACES = [ChartPoint(triangle, 0.25, 0.5, 50, 4000) for triangle in range(6)]
FIELD = ChartField(
    id=new_id(),
    syringe_id=new_id(),
    technique="point_by_point",
    depth_mm=Decimal(4),
    needle="30g_4",
    pattern=Pattern.SQUARE,
    points=PackedPoints(PLACES),
)
