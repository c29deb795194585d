"""What a field would be, while it is only drawn or pulled: about how many points and mL."""

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.bodymap.field_edits import FieldSettings, usual_dose_ml
from mesodesk.domain.bodymap.fields import Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.lattices import about_points
from mesodesk.domain.bodymap.line import line_mm
from mesodesk.ui.bodymap.field_words import Joining
from mesodesk.ui.bodymap.figures import ml, points_text, punctures_text
from mesodesk.ui.numbers import format_decimal

if TYPE_CHECKING:
    from collections.abc import Callable

    from mesodesk.domain.bodymap.area import Area
    from mesodesk.domain.bodymap.filling import LaidPoints
    from mesodesk.domain.bodymap.line import Line
    from mesodesk.domain.bodymap.planar import FloatArray
    from mesodesk.domain.bodymap.view import View
    from mesodesk.ui.bodymap.model import ChartModel
    from mesodesk.ui.bodymap.syringes import ChartSyringe

    ShareOf = Callable[[Area], float]
    """Returns which share of what is drawn an area holds already."""

# A smaller part of what is drawn is left over from looking at single places.
_HARDLY_ANY: Final = 0.01


class FieldPreview:
    """Estimates by area while a hand moves; lays the points of a pulled spacing out truly."""

    def __init__(self, model: "ChartModel") -> None:
        self._model = model
        #: the points of the selected field as it is pulled, or of the line that is being drawn.
        self.laid: LaidPoints | None = None
        self.syringe: ChartSyringe | None = None
        self.spacing_mm: Decimal | None = None

    def about_region(self, key: str, joining: Joining = Joining.NEW) -> str:
        """Return a region's name, and what a click on it would make or change, in words."""
        from mesodesk.domain.bodymap.estimates import region_size, share_of_region

        atlas = self._model.atlas
        if atlas is None:
            return ""
        name = atlas.regions_by_key[key].name(self._model.language)
        share = partial(share_of_region, atlas, key)
        return f"{name}: {self._about(*region_size(atlas, key), joining, share)}"

    def about_drawn(
        self, view: "View", loop_px: "FloatArray", joining: Joining = Joining.NEW
    ) -> str:
        """Return what a loop drawn in a picture would make or change, in words."""
        from mesodesk.domain.bodymap.estimates import Drawn

        if len(loop_px) < 3:
            return ""
        drawn = Drawn(view, loop_px)
        return self._about(*drawn.size, joining, drawn.share_in)

    def as_cut(self, outline: Outline) -> str:
        """Return what an outline would make that is cut out of the skin already, in words.

        The points are counted if they were laid ahead, else estimated over the true area.
        """
        fields = self._model.field_model
        laid, area = fields.laying.laid_ahead(outline, fields.settings), fields.laying.area(outline)
        if area is None:
            return ""
        cm2 = fields.laying.cm2(area)
        if laid is not None:
            return self._sized(_tr("{points}, {volume} mL, {area} cm\u00b2"), len(laid), cm2)
        rim_mm = sum(float(sheet.outline.length) for sheet in area.sheets)
        count = self._count(area.area_mm2, rim_mm, fields.settings)
        return self._sized(_about_words(), count, cm2)

    def _sized(self, words: str, count: int, cm2: float) -> str:
        settings = self._model.field_model.settings
        volume = settings.total_ml
        if volume is None:
            volume = self._model.settings.dose_ml * count
        return words.format(
            points=counted(count, settings.pattern), volume=ml(volume), area=round(cm2)
        )

    def _about(self, area_mm2: float, rim_mm: float, joining: Joining, share_of: "ShareOf") -> str:
        if joining is not Joining.NEW:
            return self._about_joined(area_mm2, rim_mm, joining, share_of)
        fields = self._model.field_model
        count = self._count(area_mm2, rim_mm, fields.settings)
        return self._sized(_about_words(), count, area_mm2 * fields.laying.scale**2 / 100)

    def _about_joined(
        self, area_mm2: float, rim_mm: float, joining: Joining, share_of: "ShareOf"
    ) -> str:
        """Tell of the skin that the selected field would gain or lose."""
        fields = self._model.field_model
        field = fields.selected
        if field is None:
            return _tr("select a field first")
        own = fields.laying.area_of(field)
        if own is None:
            return _tr("the field has no outline to change")
        held = share_of(own)
        part = held if joining is Joining.CUT else 1 - held
        if part < _HARDLY_ANY:
            if joining is Joining.CUT:
                return _tr("nothing of the field lies here")
            return _tr("in the field already")
        settings = FieldSettings(field.pattern, field.spacing_mm or fields.settings.spacing_mm)
        # A part of the same shape has as much less border.
        count = self._count(area_mm2 * part, rim_mm * part**0.5, settings)
        shared = field.dose_per_point_ml is None
        volume = field.volume_ml if shared else usual_dose_ml(field) * count
        return _joined_words(joining, shared=shared).format(
            points=counted(count, field.pattern), volume=ml(volume)
        )

    def _count(self, area_mm2: float, rim_mm: float, settings: FieldSettings) -> int:
        scale, spacing = self._model.field_model.laying.scale, float(settings.spacing_mm)
        return about_points(area_mm2 * scale**2, rim_mm * scale, settings.pattern, spacing)

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
            spacing=format_decimal(spacing_mm),
            points=counted(count, field.pattern),
            volume=ml(volume),
        )


def counted(count: int, pattern: Pattern) -> str:
    """Return how many points a field has, or punctures if it is a zone."""
    return punctures_text(count) if pattern is Pattern.ZONE else points_text(count)


def _about_words() -> str:
    return _tr("about {points}, {volume} mL, {area} cm\u00b2")


def _joined_words(joining: Joining, *, shared: bool) -> str:
    if joining is Joining.ADD:
        if shared:
            return _tr("adds about {points}; {volume} mL in all as before")
        return _tr("adds about {points}, {volume} mL")
    if shared:
        return _tr("takes away about {points}; {volume} mL in all as before")
    return _tr("takes away about {points}, {volume} mL")


def _tr(text: str) -> str:
    return QCoreApplication.translate("field_preview", text)
