"""What a point, a scale or a syringe is called on the chart."""

from decimal import Decimal
from typing import Final

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.bodymap.fields import PointRef
from mesodesk.domain.bodymap.view import View
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.numbers import format_decimal, format_quantity
from mesodesk.ui.tokens import SyringeLook, syringe_look

UNKNOWN_LOOK: Final = syringe_look(9)
"""For a point whose syringe was put away; it can only come back by undo."""


def look_of(model: ChartModel, ref: PointRef) -> SyringeLook:
    """Return how the syringe of a point looks."""
    syringe = model.syringe(model.fields[ref.field_id].syringe_id)
    return syringe.look if syringe is not None else UNKNOWN_LOOK


def point_name(model: ChartModel, ref: PointRef) -> str:
    """Return what a point is: `Left flank · syringe 1 · 0.05 mL · 4 mm`."""
    region, point = model.region_of(ref), model.point(ref)
    syringe = model.syringe(model.fields[ref.field_id].syringe_id)
    parts = [
        region.name(model.language) if region is not None else "",
        _tr("syringe {digit}").format(digit=syringe.digit) if syringe is not None else "",
        format_quantity(point.volume_ml, "mL"),
        format_quantity(point.depth_mm, "mm"),
    ]
    return " · ".join(part for part in parts if part)


def scale_basis(view: View, height_cm: Decimal | None) -> str:
    """Return what lengths in a view rest on; an unknown height is never shown as measured."""
    if height_cm is None:
        # Millimetres per pixel grow with the height, so their ratio is the figure's own height.
        own_cm = Decimal(str(view.camera.mm_per_px / view.mm_per_px(1.0)))
        text = format_decimal(own_cm, 0)
        return _tr("body scaled to {height} cm (assumed)").format(height=text)
    return _tr("body scaled to {height} cm").format(height=format_decimal(height_cm))


def _tr(text: str) -> str:
    return QCoreApplication.translate("chart_names", text)
