"""Turns a treatment's grids into fields on the chart, as one therapist's hand would lay them."""

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from random import Random
from uuid import UUID

import shapely

from mesodesk.demo.places import Layout, Rows, Skin
from mesodesk.demo.treatments import Grid, Treatment
from mesodesk.domain.bodymap.area import gathered, tidied
from mesodesk.domain.bodymap.atlas import Atlas, SurfacePoint, load_atlas
from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.outlines import area_of, arrays, outline_of, region_outline
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints, microlitres, micrometres
from mesodesk.domain.ids import new_id

_PATTERNS = {Rows.SQUARE: Pattern.SQUARE, Rows.STAGGERED: Pattern.STAGGERED}
# Grids are laid at heights 10 cm apart and at a few shifts, so that each is worked out once.
_HEIGHT_STEP_CM = 10
_SHIFTS = ((0.0, 0.0), (0.35, 0.2), (0.6, 0.55))


@dataclass(frozen=True, slots=True)
class Laid:
    """A field with the keys of the regions that its points lie in."""

    field: ChartField
    regions: tuple[str, ...]


@cache
def _skin(sex: str, height_cm: int) -> Skin:
    return Skin(load_atlas(sex), float(height_cm))


@cache
def _points(
    sex: str, height_cm: int, grid: Grid, shift: tuple[float, float]
) -> tuple[SurfacePoint, ...]:
    layout = Layout(
        frozenset(grid.regions), float(grid.spacing_mm), grid.count, grid.rows, shift, grid.middle
    )
    return _skin(sex, height_cm).lay(layout)


def lay(
    grid: Grid, sex: str, height_cm: Decimal, random: Random
) -> tuple[tuple[SurfacePoint, ...], ...]:
    """Return the points of a grid on a body, and after them those of its mirror image if any."""
    height = round(float(height_cm) / _HEIGHT_STEP_CM) * _HEIGHT_STEP_CM
    points = _points(sex, height, grid, random.choice(_SHIFTS))
    # A point or two is left out where there is a mole or a vein.
    left_out = set(random.sample(range(len(points)), k=random.choice((0, 0, 0, 1, 2))))
    kept = tuple(point for at, point in enumerate(points) if at not in left_out)
    if not grid.mirrored:
        return (kept,)
    atlas = load_atlas(sex)
    return kept, tuple(atlas.mirror(point) for point in kept)


def field_of(
    treatment: Treatment,
    grid: Grid,
    syringe_id: UUID,
    places: tuple[SurfacePoint, ...],
    atlas: Atlas,
) -> Laid:
    """Return the field that a syringe leaves at these places."""
    volume, depth = microlitres(treatment.dose_ml), micrometres(treatment.depth_mm)
    points = [ChartPoint(place.triangle, place.u, place.v, volume, depth) for place in places]
    field = ChartField(
        id=new_id(),
        syringe_id=syringe_id,
        technique=treatment.technique,
        depth_mm=treatment.depth_mm,
        needle=treatment.needle,
        pattern=_PATTERNS[grid.rows],
        spacing_mm=grid.spacing_mm,
        outline=_around(atlas, places, float(grid.spacing_mm)),
        dose_per_point_ml=treatment.dose_ml,
        points=PackedPoints(points),
    )
    regions = {atlas.region_of(place).key for place in places}
    return Laid(field, tuple(sorted(regions)))


def _around(atlas: Atlas, places: tuple[SurfacePoint, ...], spacing_mm: float) -> Outline | None:
    """Return a lasso half a spacing around points, None where they lie on skin apart."""
    keys = tuple(sorted({atlas.region_of(place).key for place in places}))
    sheets = area_of(atlas, region_outline(keys)).sheets
    if len(sheets) != 1:
        return None
    sheet = sheets[0]
    triangles, u, v = arrays(places)
    flat = sheet.patch.to_flat(sheet.patch.rows_of(triangles), u, v)
    hull = shapely.concave_hull(shapely.multipoints(flat), ratio=0.35).buffer(spacing_mm / 2)
    lasso = tidied(sheet.patch, hull.intersection(sheet.outline))
    return None if lasso is None else outline_of(gathered([lasso]), OutlineKind.LASSO)


def placed(field: ChartField) -> Edit:
    """Return the gesture that puts a field on the chart."""
    return Edit(EditLabel.PLACE, ((field.id, None, field),))


def mirrored(left: Laid, right: Laid) -> Laid:
    """Mark a field as the image of the one on the other side."""
    return Laid(replace(right.field, mirror_of=left.field.id), right.regions)
