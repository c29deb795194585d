"""What a point, a scale or a syringe is called on the chart."""

from decimal import Decimal
from typing import Final

import numpy as np
from PySide6.QtCore import QCoreApplication

from mesodesk.domain.bodymap.fields import ChartField, PointRef
from mesodesk.domain.bodymap.stamps import stamp_name
from mesodesk.domain.bodymap.totals import Sum
from mesodesk.domain.bodymap.view import View
from mesodesk.domain.dosing import Amount
from mesodesk.domain.syringe_looks import SyringeLook, syringe_look
from mesodesk.ui.bodymap.figures import amount_text, ml, points_text
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.numbers import NO_BREAK, format_decimal, format_quantity

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


def field_name(model: ChartModel, field: ChartField) -> str:
    """Return what a field is: `Left front thigh · 98 points · 4.90 mL · 230 cm²`."""
    parts = [*_places(model, field)]
    if field.punctures is not None:
        parts.append(_tr("about {number} punctures").format(number=field.punctures))
    else:
        parts.append(points_text(len(field.points)))
    parts.append(f"{ml(field.volume_ml)} mL")
    area = model.field_model.laying.area_of(field)
    if area is not None:
        parts.append(f"{round(model.field_model.laying.cm2(area))} cm²")
    parts += _length(model, field)
    parts += _footprint(model, field)
    if field.mirror_of is not None:
        parts.append(_tr("follows the field that it mirrors"))
    return " · ".join(parts)


def field_lines(
    model: ChartModel, field: ChartField, whole: Sum, area_cm2: float | None
) -> tuple[str, str, str]:
    """Return where a field lies, what was charted there, and what that delivered by area."""
    figures = [
        _tr("about {number} punctures").format(number=field.punctures)
        if field.punctures is not None
        else points_text(whole.points),
        f"{ml(whole.volume_ml)}{NO_BREAK}mL",
    ]
    if area_cm2 is not None:
        figures.append(f"{round(area_cm2)}{NO_BREAK}cm\u00b2")
    figures += _length(model, field)
    figures += _footprint(model, field)
    delivered = [amount_text(amount) for amount in whole.amounts]
    if area_cm2 is not None and area_cm2 >= 1:
        delivered = [
            _per_cm2(amount_text(amount), amount, area_cm2) for amount in whole.amounts
        ] or [
            _tr("{volume} mL/cm\u00b2").format(volume=_density(float(whole.volume_ml) / area_cm2))
        ]
    if field.mirror_of is not None:
        delivered.insert(0, _tr("mirrored"))
    return ", ".join(_places(model, field)), " \u00b7 ".join(figures), " \u00b7 ".join(delivered)


def _per_cm2(text: str, amount: Amount, area_cm2: float) -> str:
    if amount.value is None:
        return text
    # Its unit stands before it; written once more, an active would not fit into the list.
    return _tr("{amount}, {density}/cm\u00b2").format(
        amount=text, density=_density(float(amount.value) / area_cm2)
    )


def _density(value: float) -> str:
    """Write an estimate with two digits that count: the area is one as well."""
    return format_decimal(Decimal(f"{value:.2g}"))


def _length(model: ChartModel, field: ChartField) -> list[str]:
    """Return how long a line is; nothing for other fields."""
    length = model.field_model.laying.line_mm(field)
    return [] if length is None else [f"{round(length)}{NO_BREAK}mm"]


def _footprint(model: ChartModel, field: ChartField) -> list[str]:
    """Return which multi-injector pressed a stamp; nothing for other fields."""
    return [stamp_name(field.stamp, model.language)] if field.stamp else []


def _places(model: ChartModel, field: ChartField) -> list[str]:
    """Return where a field lies: the region of most of it, and that there are others."""
    if model.atlas is None:
        return []
    triangles = field.points.records["triangle"].astype(np.int64)
    if not len(triangles):
        # A zone has no points; its skin tells.
        area = model.field_model.laying.area_of(field)
        if area is None or area.is_empty:
            return []
        triangles = area.covered
    counts = np.bincount(model.atlas.region_indices(triangles))
    name = model.atlas.regions[int(counts.argmax())].name(model.language)
    others = int((counts > 0).sum()) - 1
    return [
        _tr("{region} and {others} more").format(region=name, others=others) if others else name
    ]


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
