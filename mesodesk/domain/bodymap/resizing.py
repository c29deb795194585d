"""Lengths that a field keeps, as they are on another body: its points stay in their places."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import numpy as np

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.fields import LARGEST_SPACING_MM, LEAST_SPACING_MM, ChartField
from mesodesk.domain.bodymap.outlines import arrays
from mesodesk.domain.bodymap.planar import IntArray
from mesodesk.domain.units import plain

TOLD_MM: Final = Decimal("0.1")
"""Lengths along the skin are told no finer."""

# So many points tell how far apart those of a field usually are.
_ASKED: Final = 200


class SpacingError(ValueError):
    """Points would come to lie nearer or farther than fields can be laid."""

    def __init__(self, spacing_mm: Decimal) -> None:
        super().__init__(f"no field can have points {spacing_mm} mm apart")
        self.spacing_mm = spacing_mm


@dataclass(frozen=True, slots=True)
class Body:
    """A patient's body: a figure, and how much larger the patient is than it."""

    atlas: Atlas
    scale: float = 1.0

    @classmethod
    def of_height(cls, atlas: Atlas, height_cm: Decimal | None) -> "Body":
        """Return the body of a patient; one whose height is not known is like the figure."""
        return cls(atlas, 1.0 if height_cm is None else float(height_cm) * 10 / atlas.height_mm)


def on_body(fields: Iterable[ChartField], former: Body, body: Body) -> tuple[ChartField, ...]:
    """Return fields of one body with their lengths as they are on another.

    Raises:
        SpacingError: if the points of a field would be nearer or farther than one can be laid.
    """
    before = tuple(fields)
    after = tuple(resized(field, stretch(field, former, body)) for field in before)
    # A length that stays as it is was taken before.
    fitting(new for old, new in zip(before, after, strict=True) if new != old)
    return after


def stretch(field: ChartField, former: Body, body: Body) -> Decimal:
    """Return how much farther apart the points of a field are on one body than on another."""
    factor = body.scale / former.scale
    if body.atlas is not former.atlas:
        factor *= _between_figures(field, former.atlas, body.atlas)
    return Decimal(str(float(factor)))


def _between_figures(field: ChartField, former: Atlas, atlas: Atlas) -> float:
    """Measure it at the field itself: figures differ from place to place, and from way to way."""
    if len(field.points) > 1:
        before, after = (_usual_neighbour_mm(field, each) for each in (former, atlas))
        if before > 0:
            return after / before
    own = _triangles(field)
    if not len(own):
        return 1.0
    return float(np.sqrt(atlas.skin.skin_mm2(own) / former.skin.skin_mm2(own)))


def _usual_neighbour_mm(field: ChartField, atlas: Atlas) -> float:
    """Return how far the nearest other point is on a figure, usually."""
    records = field.points.records
    u, v = records["u"].astype(np.float64), records["v"].astype(np.float64)
    places = atlas.surface.places(records["triangle"].astype(np.int64), u, v)
    asked = np.linspace(0, len(places) - 1, min(len(places), _ASKED)).astype(np.int64)
    away = np.linalg.norm(places[asked, None] - places[None], axis=2)
    away[np.arange(len(asked)), asked] = np.inf
    return float(np.median(away.min(axis=1)))


def resized(field: ChartField, factor: Decimal, step: Decimal = TOLD_MM) -> ChartField:
    """Return a field with its lengths so many times as long, in whole steps (mm)."""
    if factor == 1:
        return field
    outline = field.outline
    if outline is not None and outline.width_mm is not None:
        outline = replace(outline, width_mm=_length(outline.width_mm, factor, step))
    spacing = None if field.spacing_mm is None else _length(field.spacing_mm, factor, step)
    return replace(field, outline=outline, spacing_mm=spacing)


def fitting(fields: Iterable[ChartField]) -> tuple[ChartField, ...]:
    """Return the fields, if each can have its spacing.

    Raises:
        SpacingError: for the first that cannot.
    """
    checked = tuple(fields)
    for field in checked:
        spacing = field.spacing_mm
        if spacing is not None and not LEAST_SPACING_MM <= spacing <= LARGEST_SPACING_MM:
            raise SpacingError(spacing)
    return checked


def _length(length_mm: Decimal, factor: Decimal, step: Decimal) -> Decimal:
    return Decimal(plain((length_mm * factor).quantize(step, ROUND_HALF_UP)))


def _triangles(field: ChartField) -> IntArray:
    """Return the triangles that a field lies on, or its border if it has no points."""
    own = field.points.records["triangle"].astype(np.int64)
    if not len(own) and field.outline is not None:
        own = arrays([place for ring in field.outline.rings for place in ring])[0]
    return np.unique(own)
