"""How near to one another points of different fields lie on the body."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.linalg import LinAlgError

from mesodesk.domain.bodymap.fields import ChartField, OutlineKind
from mesodesk.domain.bodymap.planar import FloatArray, IntArray
from mesodesk.domain.bodymap.view import SurfacePoint

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.area import Area
    from mesodesk.domain.bodymap.atlas import Atlas
    from mesodesk.domain.bodymap.resizing import Body

# Skin may lie near through the air, as of two fingers: so many pairs are asked, and no more.
_ASKED: Final = 60

Pair = tuple[int, int]
"""The groups of two fields, the lower first."""


class Nearest(NamedTuple):
    """How near fields of two groups come to one another.

    `mm` is the least distance of two points, None if none are within reach. `known` is False where
    something may be nearer: a zone has no points, and lies on skin of another field.
    """

    mm: float | None
    known: bool = True


class _Points(NamedTuple):
    """The points of all fields: where they lie, in mm on the figure, and whose they are."""

    triangle: IntArray
    u: FloatArray
    v: FloatArray
    places: FloatArray
    field: IntArray


def nearest_between(
    body: "Body", fields: Sequence[ChartField], groups: Sequence[int], reach_mm: float
) -> Mapping[Pair, Nearest]:
    """Return how near points of two fields come to one another, by the groups of the fields.

    A way is taken as the straight one between places whose skin is connected within the reach: on
    skin as good as the way along it, else less. Groups that are further apart are left out.

    Args:
        body: that the chart lies on; lengths are those of this patient.
        fields: whose points and zones count.
        groups: of each field.
        reach_mm: how far is looked.
    """
    found = _measured(body, fields, groups, reach_mm)
    for zone, other in _pairs_of_zones(fields):
        pair = _pair(groups[zone], groups[other])
        before = found.get(pair, Nearest(None))
        if before.known and _share_skin(body.atlas, fields[zone], fields[other]):
            found[pair] = before._replace(known=False)
    return found


def _pair(one: int, other: int) -> Pair:
    return (min(one, other), max(one, other))


def _pairs_of_zones(fields: Sequence[ChartField]) -> Iterator[Pair]:
    zones = [at for at, field in enumerate(fields) if not len(field.points)]
    for zone in zones:
        for other, field in enumerate(fields):
            # Two zones meet once.
            if other != zone and (len(field.points) or other > zone):
                yield zone, other


def _measured(
    body: "Body", fields: Sequence[ChartField], groups: Sequence[int], reach_mm: float
) -> dict[Pair, Nearest]:
    from mesodesk.domain.bodymap.filling import close_pairs

    points = _points(body.atlas, fields)
    reach = reach_mm / body.scale
    first, second = close_pairs(points.places, reach)
    apart = points.field[first] != points.field[second]
    first, second = first[apart], second[apart]
    away = np.linalg.norm(points.places[first] - points.places[second], axis=1)
    group = np.array(groups, dtype=np.int64)
    ends = np.stack([group[points.field[first]], group[points.field[second]]], axis=1)
    pairs, which = np.unique(np.sort(ends, axis=1), axis=0, return_inverse=True)
    found: dict[Pair, Nearest] = {}
    for number, (low, high) in enumerate(pairs.tolist()):
        own = np.flatnonzero(which.reshape(-1) == number)
        nearest_first = own[np.argsort(away[own], kind="stable")]
        for at in nearest_first[:_ASKED].tolist():
            if _connected(body.atlas, points, int(first[at]), int(second[at]), reach):
                found[low, high] = Nearest(float(away[at]) * body.scale)
                break
        else:
            if len(nearest_first) > _ASKED:
                found[low, high] = Nearest(None, known=False)
    return found


def _points(atlas: "Atlas", fields: Sequence[ChartField]) -> _Points:
    records = np.concatenate([field.points.records for field in fields])
    triangle = records["triangle"].astype(np.int64)
    u, v = records["u"].astype(np.float64), records["v"].astype(np.float64)
    field = np.repeat(np.arange(len(fields)), [len(one.points) for one in fields])
    return _Points(triangle, u, v, atlas.surface.places(triangle, u, v), field)


def _connected(atlas: "Atlas", points: _Points, one: int, other: int, reach: float) -> bool:
    """Tell whether skin leads from one place to the other without going further than the reach."""
    start = SurfacePoint(int(points.triangle[one]), float(points.u[one]), float(points.v[one]))
    return bool((atlas.skin.around(start, reach) == points.triangle[other]).any())


def _share_skin(atlas: "Atlas", one: ChartField, other: ChartField) -> bool:
    """Tell whether two fields, of which one is a zone, lie on the same skin, or may."""
    from mesodesk.domain.bodymap.overlap import shared_mm2

    areas = [_area(atlas, field) for field in (one, other)]
    for field, area, theirs in ((one, areas[0], areas[1]), (other, areas[1], areas[0])):
        if not len(field.points) and area is None:
            return True  # nobody knows where this zone lies
        if area is None and theirs is not None:
            records = field.points.records
            return bool(theirs.holds(records["triangle"], records["u"], records["v"]).any())
    first, second = areas
    return first is None or second is None or shared_mm2(first, second) > 0


def _area(atlas: "Atlas", field: ChartField) -> "Area | None":
    from mesodesk.domain.bodymap.outlines import area_of

    if field.outline is None or field.outline.kind is OutlineKind.LINE:
        return None
    try:
        return area_of(atlas, field.outline)
    except (KeyError, IndexError, ValueError, LinAlgError):
        return None
