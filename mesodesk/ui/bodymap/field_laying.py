"""Lays outlines out for a patient: their areas, the points that fill them, what cannot be done."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from numpy.linalg import LinAlgError
from PySide6.QtCore import QObject

from mesodesk.domain.bodymap.field_edits import FieldSettings
from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.outlines import known_area, mirrored_outline, outline_of, remember
from mesodesk.domain.bodymap.sharing import SharingError
from mesodesk.ui.bodymap.field_questions import Amount
from mesodesk.ui.bodymap.field_words import Joining
from mesodesk.ui.bodymap.figures import ml, points_text
from mesodesk.ui.numbers import format_decimal

if TYPE_CHECKING:
    from collections.abc import Callable

    from mesodesk.domain.bodymap.area import Area
    from mesodesk.domain.bodymap.atlas import Atlas
    from mesodesk.domain.bodymap.drawing import GoOn
    from mesodesk.domain.bodymap.filling import LaidPoints
    from mesodesk.domain.bodymap.view import View
    from mesodesk.ui.bodymap.model import ChartModel


@dataclass(frozen=True, slots=True)
class Shape:
    """What a hand drew over a picture of the body."""

    view: "View"
    #: in pixels of the picture.
    places: tuple[tuple[float, float], ...]
    #: how far around them the skin counts, mm on the figure's own body; None: what they go around.
    reach_mm: float | None
    kind: OutlineKind
    width_mm: Decimal | None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """All that points depend on."""

    atlas: "Atlas | None"
    outline: Outline
    pattern: Pattern
    spacing_mm: float
    scale: float


class Laying(QObject):
    """Knows the body and the patient's height; says by the model what cannot be laid out."""

    def __init__(self, model: "ChartModel") -> None:
        super().__init__(model)
        self._model = model
        # The points of one field, until others are laid ahead.
        self._ahead: tuple[_Wanted, LaidPoints] | None = None

    @property
    def scale(self) -> float:
        """How much taller the patient is than the figure; 1 where the height is not known."""
        atlas, height = self._model.atlas, self._model.height_cm
        return 1.0 if atlas is None or height is None else float(height) * 10 / atlas.height_mm

    def area(self, outline: Outline) -> "Area | None":
        """Return the area inside an outline; None for a line, or if this body cannot lay it out."""
        return _area_on(self._model.atlas, outline)

    def area_of(self, field: ChartField) -> "Area | None":
        """Return the area inside a field's outline."""
        return None if field.outline is None else self.area(field.outline)

    def line_mm(self, field: ChartField) -> float | None:
        """Return how long a line is on this patient's skin; None for what is no line."""
        from mesodesk.domain.bodymap.line import line_mm

        outline, atlas = field.outline, self._model.atlas
        if atlas is None or outline is None or outline.kind is not OutlineKind.LINE:
            return None
        return line_mm(atlas.surface, outline.rings[0]) * self.scale

    def outline_of(
        self, area: "Area", kind: OutlineKind, width_mm: Decimal | None = None
    ) -> Outline:
        """Return the outline of an area as a field keeps it; the area need not be cut again."""
        return _kept_outline(self._model.atlas, area, kind, width_mm)

    def outline_on(self, shape: Shape, go_on: "GoOn") -> Outline | None:
        """Return the outline of what is drawn, measured; None if there is no skin. Any thread.

        `go_on` is called between the steps: what it raises ends them.
        """
        from mesodesk.domain.bodymap.drawing import along_stroke, inside_loop

        atlas, places = self._model.atlas, np.array(shape.places)
        if atlas is None:
            return None
        if shape.reach_mm is None:
            drawn = inside_loop(atlas.skin, shape.view, places, go_on)
        else:
            drawn = along_stroke(atlas.skin, shape.view, places, shape.reach_mm, go_on)
        if drawn.is_empty or not drawn.rings:
            return None
        go_on()
        outline = _kept_outline(atlas, drawn, shape.kind, shape.width_mm)
        go_on()
        if (area := _area_on(atlas, outline)) is not None:
            _ = area.area_mm2
        return outline

    def laid_on(self, shape: Shape, settings: FieldSettings, go_on: "GoOn") -> Outline | None:
        """As `outline_on`, with the points of a new field laid ahead that needs no question."""
        outline = self.outline_on(shape, go_on)
        if outline is not None:
            go_on()
            amount = self.amount(outline, settings)
            if amount is not None and not amount.is_much:
                self.lay_ahead(outline, settings)
        return outline

    def lay_ahead(self, outline: Outline, settings: FieldSettings) -> None:
        """Lay the points that a new field would have, for `laid` to find. Any thread."""
        wanted = self._wanted(outline, settings)
        area = _area_on(wanted.atlas, outline)
        if area is not None and settings.pattern is not Pattern.ZONE:
            self._ahead = wanted, _points(area, wanted)

    def laid_ahead(self, outline: Outline, settings: FieldSettings) -> "LaidPoints | None":
        """Return the points of an outline if they were laid ahead."""
        ahead = self._ahead
        return ahead[1] if ahead and ahead[0] == self._wanted(outline, settings) else None

    def forget(self) -> None:
        """Let go of what was laid ahead: another chart is in sight."""
        self._ahead = None

    def _wanted(self, outline: Outline, settings: FieldSettings) -> "_Wanted":
        spacing = float(settings.spacing_mm)
        return _Wanted(self._model.atlas, outline, settings.pattern, spacing, self.scale)

    def measured_cm2(self, outline: Outline) -> float | None:
        """Return the skin inside an outline on this patient, None if it has none. Any thread."""
        area = self.area(outline)
        return None if area is None else self.cm2(area)

    def known_cm2(self, outline: Outline) -> float | None:
        """Return the skin inside an outline on this patient if it was measured before."""
        atlas = self._model.atlas
        if atlas is None:
            return None
        area = known_area(atlas, outline)
        if area is None:
            # Both sides of the body are alike: an image has as much skin as its field.
            area = known_area(atlas, mirrored_outline(atlas, outline))
        return None if area is None else self.cm2(area)

    def cm2(self, area: "Area") -> float:
        """Return the skin of an area on this patient."""
        return area.area_mm2 * self.scale**2 / 100

    def made(
        self,
        make: "Callable[[LaidPoints, int | None], ChartField]",
        outline: Outline,
        settings: FieldSettings,
    ) -> ChartField | None:
        """Lay points over an outline and make a field of them; say why where there is none."""
        laid = self.laid(outline, settings)
        if laid is None:
            return None
        points, punctures = laid
        if not len(points) and not punctures:
            self._model.said.emit(
                self.tr("This area is too small for points {spacing} mm apart.").format(
                    spacing=format_decimal(settings.spacing_mm)
                )
            )
            return None
        try:
            return make(points, punctures)
        except SharingError:
            total = ml(settings.total_ml or Decimal(0))
            self._model.said.emit(
                self.tr(
                    "{total} mL cannot be shared by {points}: less than a microlitre each. "
                    "Nothing was changed."
                ).format(total=total, points=points_text(len(points)))
            )
            return None

    def laid(
        self, outline: Outline, settings: FieldSettings
    ) -> "tuple[LaidPoints, int | None] | None":
        """Return the points of a field, and its punctures if it is a zone; None if it has none.

        Why there are none is said.
        """
        from mesodesk.domain.bodymap.filling import estimated_points, lay_along, no_points

        atlas, wanted, ahead = self._model.atlas, self._wanted(outline, settings), self._ahead
        if ahead is not None and ahead[0] == wanted:
            return ahead[1], None
        if atlas is not None and outline.kind is OutlineKind.LINE:
            return lay_along(atlas.skin, outline.rings[0], wanted.spacing_mm, wanted.scale), None
        area = self.area(outline)
        if area is None:
            self._model.said.emit(self.tr("This skin cannot be laid out. Draw a smaller area."))
            return None
        if settings.pattern is Pattern.ZONE:
            punctures = estimated_points(area, wanted.pattern, wanted.spacing_mm, wanted.scale)
            return no_points(), punctures
        return _points(area, wanted), None

    def spacing_for(self, field: ChartField, count: int) -> tuple[Decimal, int]:
        """Return the spacing that gives a field about so many points, and how many it gives.

        Raises:
            ValueError: if the field has no points in a pattern.
        """
        from mesodesk.domain.bodymap.counts import spacing_for

        count_at, now = self._count_at(field)
        return spacing_for(count_at, count, now)

    def spacing_to_thin(self, field: ChartField, count: int) -> tuple[Decimal, int] | None:
        """Return the spacing that gives a field a few points more, and how many; None if none does.

        Raises:
            ValueError: if the field has no points in a pattern.
        """
        from mesodesk.domain.bodymap.counts import spacing_for, spacing_to_thin

        count_at, now = self._count_at(field)
        return spacing_to_thin(count_at, count, spacing_for(count_at, count, now)[0])

    def thinned(self, laid: "LaidPoints", count: int | None) -> "LaidPoints":
        """Return so many of some points; None keeps all."""
        from mesodesk.domain.bodymap.thinning import thinned

        atlas = self._model.atlas
        return laid if count is None or atlas is None else thinned(atlas.surface, laid, count)

    def next_count(self, field: ChartField, direction: int) -> int:
        """Return the next number of points, more (1) or fewer (-1), that a field can have.

        Raises:
            ValueError: if the field has no points in a pattern.
        """
        from mesodesk.domain.bodymap.counts import next_count

        count_at, now = self._count_at(field)
        return next_count(count_at, now, direction, len(field.points))

    def _count_at(self, field: ChartField) -> "tuple[Callable[[Decimal], int], Decimal]":
        """Return what counts the points of a field at a spacing, and its spacing now."""
        outline, now = field.outline, field.spacing_mm
        if outline is None or now is None or field.pattern is Pattern.ZONE:
            raise ValueError("a lone point, a stamp or a zone has no spacing to choose")

        def count_at(spacing_mm: Decimal) -> int:
            laid = self.laid(outline, FieldSettings(field.pattern, spacing_mm))
            return 0 if laid is None else len(laid[0])

        return count_at, now

    def stepped_count(self, field: ChartField | None, count: Decimal, direction: int) -> Decimal:
        """Return the next number of points for a stepper that shows `count` of a field."""
        if field is None or field.outline is None or field.pattern is Pattern.ZONE:
            return count
        return Decimal(self.next_count(field, direction))

    def amount(self, outline: Outline, settings: FieldSettings) -> Amount | None:
        """Return about how many points a field would have; None for a line or a zone."""
        from mesodesk.domain.bodymap.filling import estimated_points

        area = self.area(outline)
        if area is None or settings.pattern is Pattern.ZONE:
            return None
        spacing = float(settings.spacing_mm)
        count = estimated_points(area, settings.pattern, spacing, self.scale)
        return Amount(count, settings.spacing_mm, self.cm2(area))

    def meet(self, one: "Area", other: "Area") -> bool:
        """Tell whether two areas share any skin."""
        from mesodesk.domain.bodymap.overlap import shared_mm2

        return shared_mm2(one, other) > 0

    def combined(self, own: "Area", drawn: "Area", joining: Joining) -> "Area | None":
        """Join an area to another, or cut it out; None if one sheet cannot hold both."""
        import shapely

        from mesodesk.domain.bodymap.area import joined, without

        atlas = self._model.atlas
        if atlas is None:
            return None
        combine = joined if joining is Joining.ADD else without
        try:
            return combine(atlas.skin, own, drawn)
        except (LinAlgError, ValueError, shapely.errors.ShapelyError):
            return None


def _points(area: "Area", wanted: _Wanted) -> "LaidPoints":
    from mesodesk.domain.bodymap.filling import lay_points

    return lay_points(area, wanted.pattern, wanted.spacing_mm, wanted.scale)


def _area_on(atlas: "Atlas | None", outline: Outline) -> "Area | None":
    """Return the area inside an outline; None for a line, or if this body cannot lay it out."""
    from mesodesk.domain.bodymap.outlines import area_of

    if atlas is None or outline.kind is OutlineKind.LINE:
        return None
    try:
        return area_of(atlas, outline)
    except (KeyError, ValueError, LinAlgError):
        # An outline of another atlas, or of skin that no plane can hold: its points are whole.
        return None


def _kept_outline(
    atlas: "Atlas | None", area: "Area", kind: OutlineKind, width_mm: Decimal | None
) -> Outline:
    from mesodesk.domain.bodymap.area import settled

    outline = outline_of(area, kind, width_mm)
    if atlas is not None:
        remember(atlas, outline, settled(area))
    return outline
