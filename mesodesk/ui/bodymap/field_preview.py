"""What a field would be, while it is only drawn or pulled: about how many points and mL."""

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QCoreApplication

from mesodesk.domain.bodymap.field_edits import FieldSettings, usual_dose_ml
from mesodesk.domain.bodymap.fields import Outline, OutlineKind
from mesodesk.domain.bodymap.lattices import about_points
from mesodesk.domain.bodymap.line import line_mm
from mesodesk.domain.bodymap.outlines import arrays, loops_of, region_outline
from mesodesk.ui.bodymap.figures import ml, points_text
from mesodesk.ui.numbers import format_decimal

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.atlas import Atlas
    from mesodesk.domain.bodymap.filling import LaidPoints
    from mesodesk.domain.bodymap.line import Line
    from mesodesk.domain.bodymap.planar import FloatArray
    from mesodesk.domain.bodymap.view import View
    from mesodesk.ui.bodymap.model import ChartModel
    from mesodesk.ui.bodymap.syringes import ChartSyringe

# The body is looked for at so many places of a drawn shape to tell how much of it is skin.
_SAMPLES: Final = 160


class FieldPreview:
    """Estimates by area while a hand moves; lays the points of a pulled spacing out truly."""

    def __init__(self, model: "ChartModel") -> None:
        self._model = model
        #: the points of the selected field as it is pulled, or of the line that is being drawn.
        self.laid: LaidPoints | None = None
        self.syringe: ChartSyringe | None = None
        self.spacing_mm: Decimal | None = None

    def about_region(self, key: str) -> str:
        """Return name, points and volume of the field that a click on a region would make."""
        model = self._model
        if model.atlas is None:
            return ""
        name = model.atlas.regions_by_key[key].name(model.language)
        return f"{name}: {self._about(*region_size(model.atlas, key))}"

    def about_drawn(self, view: "View", loop_px: "FloatArray") -> str:
        """Return points and volume of the field that a drawn loop would make."""
        return self._about(*_drawn_size(view, loop_px)) if len(loop_px) > 2 else ""

    def _about(self, area_mm2: float, rim_mm: float) -> str:
        fields, hand = self._model.field_model, self._model.settings
        settings, scale = fields.settings, fields.laying.scale
        area_mm2 *= scale**2
        spacing = float(settings.spacing_mm)
        count = about_points(area_mm2, rim_mm * scale, settings.pattern, spacing)
        volume = settings.total_ml if settings.total_ml is not None else hand.dose_ml * count
        return _tr("about {points}, {volume} mL, {area} cm\u00b2").format(
            points=points_text(count), volume=ml(volume), area=round(area_mm2 / 100)
        )

    def line(self, line: "Line") -> str:
        """Lay points along a line without charting them; an empty one ends that.

        Returns:
            What it would be, in words.
        """
        model, fields = self._model, self._model.field_model
        self.laid, self.syringe = None, model.active
        if not line or model.atlas is None:
            return ""
        outline = Outline(OutlineKind.LINE, rings=(line,))
        found = fields.laying.laid(outline, fields.settings)
        if found is None:
            return ""
        self.laid, self.spacing_mm = found[0], fields.settings.spacing_mm
        count, total = len(self.laid), fields.settings.total_ml
        length = line_mm(model.atlas.surface, line) * fields.laying.scale
        volume = total if total is not None else model.settings.dose_ml * count
        return _tr("{length} mm: {points}, {volume} mL").format(
            length=round(length), points=points_text(count), volume=ml(volume)
        )

    def pull(self, spacing_mm: Decimal | None) -> str:
        """Lay the selected field out at a spacing without charting it; None ends that.

        Returns:
            What it would be, in words.
        """
        field = self._model.field_model.selected
        self.laid = None
        if spacing_mm is None or field is None or field.outline is None:
            return ""
        settings = FieldSettings(field.pattern, spacing_mm)
        found = self._model.field_model.laying.laid(field.outline, settings)
        if found is None:
            return ""
        self.laid, punctures = found
        self.spacing_mm = spacing_mm
        self.syringe = self._model.syringe(field.syringe_id)
        count = punctures if punctures is not None else len(self.laid)
        shared = field.dose_per_point_ml is None
        volume = field.volume_ml if shared else usual_dose_ml(field) * count
        return _tr("{spacing} mm apart: {points}, {volume} mL").format(
            spacing=format_decimal(spacing_mm), points=points_text(count), volume=ml(volume)
        )


@lru_cache(maxsize=128)
def region_size(atlas: "Atlas", key: str) -> tuple[float, float]:
    """Return the skin of a region (mm2) and the length of its border (mm), at its own height."""
    triangles = atlas.triangles_of([key])
    places = atlas.skin.surface.corners(triangles)
    a, b, c = places.transpose(1, 0, 2)
    area = float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)
    rim = 0.0
    for loop in loops_of(atlas, region_outline([key])):
        around = atlas.skin.surface.places(*arrays(loop))
        rim += float(np.linalg.norm(around - np.roll(around, 1, axis=0), axis=1).sum())
    return area, rim


def _drawn_size(view: "View", loop_px: "FloatArray") -> tuple[float, float]:
    """Return about how much skin lies in a loop of a picture, as if all of it faced the viewer.

    And how long its border is, if about the same share of that is on skin.
    """
    import shapely

    shape = shapely.make_valid(shapely.Polygon(loop_px))
    low, high = np.array(shape.bounds[:2]), np.array(shape.bounds[2:])
    side = max(1, int(np.sqrt(_SAMPLES)))
    share = (np.arange(side) + 0.5) / side
    x, y = np.meshgrid(low[0] + share * (high[0] - low[0]), low[1] + share * (high[1] - low[1]))
    places = np.stack([x.ravel(), y.ravel()], axis=1)
    places = places[shapely.contains_xy(shape, places)]
    on_skin = float(np.isfinite(view.nearness(places)).mean()) if len(places) else 0.0
    mm = view.camera.mm_per_px
    return shape.area * on_skin * mm**2, shape.length * np.sqrt(on_skin) * mm


def _tr(text: str) -> str:
    return QCoreApplication.translate("field_preview", text)
