"""Between the outline that a field keeps and the area of skin that it means.

What cuts areas is imported when the first is cut: a chart is shown without it.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.linalg import LinAlgError

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.fields import Outline, OutlineKind
from mesodesk.domain.bodymap.patch import border_of, closed_loops, unpinched
from mesodesk.domain.bodymap.planar import FloatArray, IntArray
from mesodesk.domain.bodymap.view import SurfacePoint

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.area import Area

Ring = tuple[SurfacePoint, ...]

# An area takes up to some 600 KiB; most charts have a few dozen.
_KEPT: Final = 48


def region_outline(keys: Iterable[str]) -> Outline:
    """Return the outline that is the border of whole regions."""
    return Outline(OutlineKind.REGION, regions=tuple(dict.fromkeys(keys)))


def outline_of(area: "Area", kind: OutlineKind, width_mm: Decimal | None = None) -> Outline:
    """Return the outline of an area as it is stored."""
    skin = _runs(area.triangles) if area.sheets else ()
    return Outline(kind, rings=area.rings, width_mm=width_mm, skin=skin)


_known: OrderedDict[tuple[int, Outline], "Area"] = OrderedDict()
_room = _KEPT


def area_of(atlas: Atlas, outline: Outline) -> "Area":
    """Return the area inside an outline; kept for the next time. A line has none inside.

    Raises:
        KeyError: if it names a region that the atlas does not have.
    """
    from mesodesk.domain.bodymap.area import Area, bounded, regions_whole

    if outline.kind is OutlineKind.LINE:
        return Area(())
    known = known_area(atlas, outline)
    if known is not None:
        return known
    if outline.regions:
        made = regions_whole(atlas.skin, [atlas.triangles_of([key]) for key in outline.regions])
    else:
        made = bounded(atlas.skin, outline.rings, _triangles(outline.skin))
    remember(atlas, outline, made)
    return made


def remember(atlas: Atlas, outline: Outline, area: "Area") -> None:
    """Keep the area that an outline was made of, so that it need not be cut again."""
    _known[id(atlas), outline] = area
    while len(_known) > _room:
        _known.popitem(last=False)


def make_room(areas: int) -> None:
    """Keep the areas of so many fields and some more: all are asked for at each new field."""
    global _room  # noqa: PLW0603  (one body, one chart in sight)
    _room = areas + _KEPT


def forget() -> None:
    """Keep no area any more, as after another start of the program."""
    _known.clear()


def known_area(atlas: Atlas, outline: Outline) -> "Area | None":
    """Return the area inside an outline if it was cut before: nothing is computed."""
    found = _known.get((id(atlas), outline))
    if found is not None:
        with suppress(KeyError):  # another thread may have let go of it meanwhile
            _known.move_to_end((id(atlas), outline))
    return found


def loops_of(atlas: Atlas, outline: Outline) -> tuple[Ring, ...]:
    """Return the loops to draw for an outline. For regions nothing is laid flat."""
    if not outline.regions:
        return outline.rings
    triangles = atlas.triangles_of(outline.regions)
    # Where two loops meet in one vertex, each gets it for itself.
    corners, _ = unpinched(atlas.skin.surface.triangles[triangles].astype(np.int64))
    start, end = border_of(corners)
    owner = {
        (int(one[k]), int(one[(k + 1) % 3])): (int(triangle), k)
        for triangle, one in zip(triangles, corners, strict=True)
        for k in range(3)
    }
    rings = []
    for loop in closed_loops(start, end):
        edges = zip(loop.tolist(), np.roll(loop, -1).tolist(), strict=True)
        rings.append(tuple(_corner(*owner[edge]) for edge in edges if edge in owner))
    return tuple(rings)


def _corner(triangle: int, number: int) -> SurfacePoint:
    return SurfacePoint(triangle, *((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))[number])


def regions_in(atlas: Atlas, outline: Outline) -> tuple[str, ...]:
    """Return the keys of the regions that an outline holds skin of; one it only touches is none."""
    if outline.regions:
        return outline.regions
    if outline.kind is OutlineKind.LINE:
        triangles = arrays([place for ring in outline.rings for place in ring])[0]
    else:
        triangles = area_of(atlas, outline).core.covered
    indices = np.unique(atlas.region_indices(triangles))
    return tuple(atlas.regions[int(index)].key for index in indices)


def make_ready(atlas: Atlas, outlines: Iterable[Outline]) -> None:
    """Do beforehand what the first field would wait for, and cut areas. Any thread."""
    from mesodesk.domain.bodymap import drawing, filling  # noqa: F401

    _ = atlas.skin.beside, atlas.skin.middles, atlas.skin.longest_mm
    wanted = list(outlines)
    make_room(len(wanted))
    for outline in wanted:
        with suppress(KeyError, IndexError, ValueError, LinAlgError):
            # What cannot be cut is told where somebody asks for it.
            _ = area_of(atlas, outline).area_mm2


def mirrored_outline(atlas: Atlas, outline: Outline) -> Outline:
    """Return the same outline on the other side of the body."""
    sides = {"left": "right", "right": "left"}
    regions = tuple(
        f"{code}.{sides.get(side, side)}"
        for code, _, side in (key.rpartition(".") for key in outline.regions)
    )
    # Seen from outside, a mirrored loop runs the other way round. A line begins where it began.
    step = 1 if outline.kind is OutlineKind.LINE else -1
    rings = tuple(tuple(atlas.mirror(point) for point in ring[::step]) for ring in outline.rings)
    half = atlas.triangle_count // 2
    skin = _runs(np.sort((_triangles(outline.skin) + half) % (2 * half)))
    return Outline(outline.kind, rings, regions, outline.width_mm, skin)


def _runs(triangles: IntArray) -> tuple[tuple[int, int], ...]:
    """Return sorted triangles as runs: the first and how many follow one another."""
    if not len(triangles):
        return ()
    first = np.flatnonzero(np.diff(triangles, prepend=triangles[0] - 2) != 1)
    count = np.diff(first, append=len(triangles))
    return tuple(zip(triangles[first].tolist(), count.tolist(), strict=True))


def _triangles(runs: Iterable[tuple[int, int]]) -> IntArray:
    none = np.zeros(0, dtype=np.int64)
    return np.concatenate([none, *(np.arange(first, first + count) for first, count in runs)])


def arrays(points: Sequence[SurfacePoint]) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return triangles, u and v of places, each shape (n,)."""
    return (
        np.array([point.triangle for point in points], dtype=np.int64),
        np.array([point.u for point in points], dtype=np.float64),
        np.array([point.v for point in points], dtype=np.float64),
    )
