"""Says what an edit brought about unasked: fields that overlap, sides that part."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject, Slot

from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.outlines import make_room
from mesodesk.domain.bodymap.packing import PackedPoints
from mesodesk.ui.bodymap.figures import points_text

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.area import Area
    from mesodesk.domain.bodymap.edits import Edit
    from mesodesk.domain.bodymap.planar import FloatArray
    from mesodesk.ui.bodymap.field_laying import Laying
    from mesodesk.ui.bodymap.model import ChartModel

# Fields that share less skin, and less than this share of the smaller one, only touch.
_TOUCH_MM2: Final = 150.0
_TOUCH_SHARE: Final = 0.05
# Points of two fields that are nearer than this share of the smaller spacing lie among one another.
_AMONG: Final = 0.5


class FieldNotices(QObject):
    """Looks at every edit: no two fields overlap unnoticed, no image is parted in silence."""

    def __init__(self, model: "ChartModel", laying: "Laying") -> None:
        super().__init__(model)
        self._model = model
        self._laying = laying
        model.edit_made.connect(self._edit_made)

    @Slot(object, int)
    def _edit_made(self, edit: "Edit", _before: int) -> None:
        placed = [
            after
            for _, before, after in edit.changes
            if after is not None and _is_placed(before, after)
        ]
        sentences = filter(None, (self._about_link(edit), self._about_overlap(placed)))
        said = " ".join(sentences)
        if said:
            self._model.said.emit(said)

    def _about_link(self, edit: "Edit") -> str:
        """Say that the two sides are fields of their own now, if they were not before."""
        for _, before, after in edit.changes:
            if before is None or after is None or before.mirror_of not in self._model.fields:
                continue
            if before.mirror_of is not None and after.mirror_of is None:
                return self.tr("The fields of the two sides do not follow one another any more.")
        return ""

    def _about_overlap(self, placed: Iterable[ChartField]) -> str:
        make_room(len(self._model.fields))
        shared, points, seen = 0.0, 0, set()
        for field in placed:
            seen.add(field.id)
            for other in self._model.fields.values():
                if other.id not in seen and _is_wide(other):
                    shared += self._shared_mm2(field, other)
                    points += self._points_within(field, other)
        if shared:
            area = max(1, round(shared * self._laying.scale**2 / 100))
            return self.tr("Two fields of today share {area} cm\u00b2 of skin.").format(area=area)
        if points:
            return self.tr("Within another field of today: {points}.").format(
                points=points_text(points)
            )
        return ""

    def _shared_mm2(self, one: ChartField, other: ChartField) -> float:
        from mesodesk.domain.bodymap.overlap import shared_mm2

        area, theirs = self._area(one), self._area(other)
        if area is None or theirs is None:
            return 0.0
        shared = shared_mm2(area, theirs)
        smaller = min(area.area_mm2, theirs.area_mm2)
        return shared if shared > min(_TOUCH_MM2, _TOUCH_SHARE * smaller) else 0.0

    def _points_within(self, one: ChartField, other: ChartField) -> int:
        """Return how many points of a line or stamp lie in the other field.

        Of two that have no area, those count that lie among the points of the other.
        """
        area, theirs = self._area(one), self._area(other)
        if area is None and theirs is None:
            return self._points_among(one, other)
        if area is None and theirs is not None:
            return _held(theirs, one.points)
        if area is not None and theirs is None:
            return _held(area, other.points)
        return 0

    def _points_among(self, one: ChartField, other: ChartField) -> int:
        """Return how many points are nearer to one of the other than fields keep them apart."""
        from mesodesk.domain.bodymap.filling import close_pairs

        spacings = [each.spacing_mm for each in (one, other) if each.spacing_mm is not None]
        if not spacings:
            return 0
        places = np.concatenate([self._places(one.points), self._places(other.points)])
        first, second = close_pairs(places, _AMONG * float(min(spacings)))
        own = len(one.points)
        return len(np.unique(first[(first < own) & (second >= own)]))

    def _places(self, points: PackedPoints) -> "FloatArray":
        """Return where points lie on the patient, mm, shape (n, 3)."""
        atlas, records = self._model.atlas, points.records
        if atlas is None:
            return np.zeros((0, 3))
        places = atlas.surface.places(
            records["triangle"].astype(np.int64),
            records["u"].astype(np.float64),
            records["v"].astype(np.float64),
        )
        return places * self._laying.scale

    def _area(self, field: ChartField) -> "Area | None":
        return self._laying.area_of(field)


def _held(area: "Area", points: PackedPoints) -> int:
    records = points.records
    return int(area.holds(records["triangle"], records["u"], records["v"]).sum())


def _is_placed(before: ChartField | None, after: ChartField) -> bool:
    """Tell whether a field is new or covers other skin now."""
    return _is_wide(after) and (before is None or before.outline != after.outline)


def _is_wide(field: ChartField) -> bool:
    """Tell whether a field is more than one point, which is placed where its hand wants it."""
    return field.outline is not None or len(field.points) > 1
