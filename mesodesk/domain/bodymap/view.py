"""One picture of the body: which skin is at a pixel, and where a piece of skin shows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.planar import FloatArray, IntArray, cross, expand

# Skin counts as seen if no other skin lies more than this in front: points near an edge stay.
_HIDDEN_MM = 2.0
_CELL_PX = 6
# Skin so far behind other skin, besides what the slope of the same makes, is hidden by it.
_CLOSE_MM = 4.0
# With y down, what faces the viewer turns clockwise, by more than rounding.
_FACING = -1e-9
# Points or triangles handled at a time: bounds the memory at any number of them. What is freed by
# a worker thread in small pieces is used again; large pieces would stay with the program.
_CHUNK = 2048
# So many views keep their index, about 1 MiB each; a lost one is made anew in some 30 ms.
_INDEXES = 3


@dataclass(frozen=True, slots=True)
class SurfacePoint:
    """A place on the skin: (1 - u - v) * A + u * B + v * C of the corners of a triangle."""

    triangle: int
    u: float
    v: float


@dataclass(frozen=True, slots=True)
class Surface:
    """The skin of one body at its own height, in single or double precision."""

    positions: NDArray[Any]  # mm, shape (n, 3): x to the patient's left, y up, z forward
    triangles: NDArray[Any]  # shape (m, 3), seen from outside counter-clockwise
    height_mm: float

    def compact(self) -> Self:
        """Return the same skin in half the memory.

        Nothing is lost: stored positions are whole multiples of 1/32 mm, and single precision
        holds these exactly up to half a kilometre.
        """
        return replace(
            self,
            positions=self.positions.astype(np.float32),
            triangles=self.triangles.astype(np.int32),
        )

    def corners(self, triangles: IntArray) -> FloatArray:
        """Return the positions (mm) of the corners of triangles, shape (n, 3, 3)."""
        result: FloatArray = self.positions[self.triangles[triangles]].astype(np.float64)
        return result

    def places(self, triangles: IntArray, u: FloatArray, v: FloatArray) -> FloatArray:
        """Return the positions (mm) of points of the skin."""
        a, b, c = self.corners(triangles).transpose(1, 0, 2)
        result: FloatArray = a + u[:, None] * (b - a) + v[:, None] * (c - a)
        return result

    def normals(self, triangles: IntArray) -> FloatArray:
        """Return the outward directions of triangles, of length 1."""
        a, b, c = self.corners(triangles).transpose(1, 0, 2)
        across = np.cross(b - a, c - a)
        result: FloatArray = across / np.maximum(
            np.linalg.norm(across, axis=1, keepdims=True), 1e-12
        )
        return result


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera without perspective."""

    right: FloatArray  # directions of length 1
    up: FloatArray
    toward: FloatArray  # from the body to the viewer
    centre: FloatArray  # mm, shown in the middle of the picture
    mm_per_px: float  # at the body's own height
    width_px: int
    height_px: int

    def project(self, positions: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the pixels (x right, y down) and the nearness to the viewer in mm."""
        away = positions - self.centre
        x = self.width_px / 2 + away @ self.right / self.mm_per_px
        y = self.height_px / 2 - away @ self.up / self.mm_per_px
        return np.stack([x, y], axis=1), away @ self.toward


class View:
    """A picture of the body and the exact relation between its pixels and the skin."""

    def __init__(
        self,
        view_id: str,
        names: Mapping[str, str],
        camera: Camera,
        surface: Surface,
        hidden: NDArray[np.bool_],
        image_path: Path,
        lines: tuple[NDArray[np.float32], ...],
        closeup: bool,
        *,
        part_of: NDArray[np.uint8] | None = None,
    ) -> None:
        """Make a view.

        `hidden` tells which triangles are left out; or, with `part_of`, which parts of the skin,
        `part_of` naming the part of each triangle. Views share the latter.
        """
        self.view_id = view_id
        self.names = names
        self.camera = camera
        self.image_path = image_path
        self.lines = lines
        self.closeup = closeup
        self._surface = surface
        self._hidden = hidden
        self._part_of = part_of

    @property
    def hidden(self) -> NDArray[np.bool_]:
        """Which triangles this view leaves out."""
        return self._hidden if self._part_of is None else self._hidden[self._part_of]

    def _hides(self, triangles: IntArray) -> NDArray[np.bool_]:
        parts = triangles if self._part_of is None else self._part_of[triangles]
        return self._hidden[parts]

    @property
    def width_px(self) -> int:
        return self.camera.width_px

    @property
    def height_px(self) -> int:
        return self.camera.height_px

    def name(self, language: str = "en") -> str:
        """Return the name, in English if it has none in the language."""
        return self.names.get(language, self.names["en"])

    def mm_per_px(self, height_cm: float) -> float:
        """Return the length of skin that one pixel shows where it faces the viewer."""
        return self.camera.mm_per_px * height_cm * 10 / self._surface.height_mm

    def corners(self, triangles: IntArray) -> FloatArray:
        """Return the positions (mm) of the corners of triangles, shape (n, 3, 3)."""
        return self._surface.corners(triangles)

    def pick(self, x_px: float, y_px: float) -> SurfacePoint | None:
        """Return the skin at a place of the picture, None off the body."""
        triangle, u, v = self.picks(np.array([[x_px, y_px]]))
        return (
            SurfacePoint(int(triangle[0]), float(u[0]), float(v[0])) if triangle[0] >= 0 else None
        )

    def picks(self, xy: FloatArray) -> tuple[IntArray, FloatArray, FloatArray]:
        """Return the skin at places of the picture: triangles (-1: off the body), u and v."""
        triangle = np.full(len(xy), -1)
        u, v = np.zeros(len(xy)), np.zeros(len(xy))
        inside = (xy >= 0).all(axis=1) & (xy <= (self.width_px, self.height_px)).all(axis=1)
        rows = np.flatnonzero(inside)
        for start in range(0, len(rows), _CHUNK // 8):
            part, index = rows[start : start + _CHUNK // 8], _index_of(self)
            found = index.front(xy[part])
            known = found.triangle >= 0
            part, hit = part[known], found.triangle[known]
            kept = ~self._hides(hit) & index.faces(hit)
            triangle[part[kept]] = hit[kept]
            u[part[kept]], v[part[kept]] = found.u[known][kept], found.v[known][kept]
        return triangle, u, v

    def project(
        self, triangles: IntArray, u: FloatArray, v: FloatArray
    ) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Return where points of the skin show (pixels) and whether they are seen.

        A point is not seen if it is outside the picture, turned away, behind other skin, or on a
        part that this view leaves out. It is tested against the skin itself, within 2 mm.
        """
        triangles = np.asarray(triangles, dtype=np.int64)
        u, v = np.asarray(u, dtype=np.float64), np.asarray(v, dtype=np.float64)
        xy, seen = np.empty((len(triangles), 2)), np.empty(len(triangles), dtype=np.bool_)
        for start in range(0, len(triangles), _CHUNK):
            part = slice(start, start + _CHUNK)
            xy[part], near, turned = self._placed(triangles[part], u[part], v[part])
            seen[part] = self._unhidden(xy[part], near, turned)
        return xy, seen

    def roughly_seen(self, triangles: IntArray) -> NDArray[np.bool_]:
        """Return which triangles show, judged by their middles, unless skin is far before them.

        Much cheaper than `project`, and good enough to paint areas.
        """
        seen = np.empty(len(triangles), dtype=np.bool_)
        for start in range(0, len(triangles), _CHUNK):
            part = slice(start, start + _CHUNK)
            third = np.full(len(triangles[part]), 1 / 3)
            xy, near, turned = self._placed(triangles[part], third, third)
            corners = self._surface.corners(triangles[part]).reshape(-1, 3)
            slope = self.camera.project(corners)[1].reshape(-1, 3).max(axis=1) - near
            before = _index_of(self).nearest_around(xy) - near
            seen[part] = turned & (before < _CLOSE_MM + self._cell_mm + 3 * slope)
        return seen

    @property
    def _cell_mm(self) -> float:
        """How much nearer skin that slants by 60 degrees may be within a cell of the index."""
        return 1.7 * _CELL_PX * self.camera.mm_per_px

    def could_show(self, triangles: IntArray, u: FloatArray, v: FloatArray) -> int:
        """Return how many points of the skin would show if no other skin were before them.

        `project` never sees more of them; this looks at the points alone, and is cheap.
        """
        triangles = np.asarray(triangles, dtype=np.int64)
        u, v = np.asarray(u, dtype=np.float64), np.asarray(v, dtype=np.float64)
        parts = (slice(start, start + _CHUNK) for start in range(0, len(triangles), _CHUNK))
        return sum(int(self._placed(triangles[p], u[p], v[p])[2].sum()) for p in parts)

    def _placed(
        self, triangles: IntArray, u: FloatArray, v: FloatArray
    ) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
        """Return pixels, nearness, and which lie in the picture, turned hither, on shown parts."""
        xy, near = self.camera.project(self._surface.places(triangles, u, v))
        inside = _within(xy, 0.01, (self.width_px, self.height_px))
        facing = self._surface.normals(triangles) @ self.camera.toward > 0
        return xy, near, inside & facing & ~self._hides(triangles)

    def _unhidden(
        self, xy: FloatArray, near: FloatArray, seen: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Return which of the points seen so far have no other skin before them."""
        if not seen.any():
            return seen
        # Only where the cell holds skin so much nearer is a closer look needed.
        doubtful = seen & (_index_of(self).nearest_around(xy) - near >= _HIDDEN_MM)
        seen[doubtful] = self.nearness(xy[doubtful]) - near[doubtful] < _HIDDEN_MM
        return seen

    def nearness(self, xy: FloatArray) -> FloatArray:
        """Return how near to the viewer the skin at each pixel is (mm), -inf off the body."""
        near = np.empty(len(xy))
        # Some ten triangles are looked at for each pixel.
        for start in range(0, len(xy), _CHUNK // 8):
            part = slice(start, start + _CHUNK // 8)
            near[part] = _index_of(self).front(xy[part]).near
        return near

    def make_index(self) -> "_Index":
        """Build what tells quickly which skin is at a pixel."""
        return _Index(self.camera, self._surface, self.hidden)


@dataclass(frozen=True, slots=True)
class _Front:
    """The nearest skin at some pixels: triangle -1 and nearness -inf where there is none."""

    triangle: IntArray
    u: FloatArray
    v: FloatArray
    near: FloatArray


class _Index:
    """The triangles of a view, filed by the cells of a grid over the picture."""

    def __init__(self, camera: Camera, surface: Surface, hidden: NDArray[np.bool_]) -> None:
        self._camera = camera
        self._surface = surface
        self._columns = camera.width_px // _CELL_PX + 1
        self._rows = camera.height_px // _CELL_PX + 1
        cells, count = self._columns * self._rows, len(surface.triangles)
        self._tops = np.full(cells, -np.inf, dtype=np.float32)
        # One number for cell and triangle, so that sorting files by cell, in place.
        filed = np.concatenate(
            [cell * count + triangle for cell, triangle in self._touched(hidden)]
        )
        filed.sort()
        self._starts = np.searchsorted(filed, np.arange(cells + 1) * count).astype(np.int32)
        filed %= count
        self._filed = filed.astype(np.int32)

    def _touched(self, hidden: NDArray[np.bool_]) -> Iterator[tuple[IntArray, IntArray]]:
        """Yield pairs of a cell and a triangle whose rectangle touches it; note what is nearest."""
        whole = not hidden.any()
        for start in range(0, len(hidden), _CHUNK):
            part = np.flatnonzero(~hidden[start : start + _CHUNK]) + start
            xy, near = self._corners(part)
            turn = _turn(xy)
            # Where a part is left out, the inside may be in front of other skin: it must block it.
            drawn = turn < _FACING if whole else np.abs(turn) > -_FACING
            low = np.maximum(xy.min(axis=1) // _CELL_PX, 0).astype(np.int64)
            high = (xy.max(axis=1) // _CELL_PX).astype(np.int64)
            high = np.minimum(high, (self._columns - 1, self._rows - 1))
            span = np.where(drawn[:, None], np.maximum(high - low + 1, 0), 0)
            owner, step = expand(span[:, 0] * span[:, 1])
            column = low[owner, 0] + step % span[owner, 0]
            row = low[owner, 1] + step // span[owner, 0]
            cell = row * self._columns + column
            np.maximum.at(self._tops, cell, near.max(axis=1).astype(np.float32)[owner])
            yield cell, part[owner]

    def _corners(self, triangles: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return pixels, shape (n, 3, 2), and nearness, shape (n, 3), of triangles' corners."""
        xy, near = self._camera.project(self._surface.corners(triangles).reshape(-1, 3))
        return xy.reshape(-1, 3, 2), near.reshape(-1, 3)

    def faces(self, triangles: IntArray) -> NDArray[np.bool_]:
        """Return which triangles face the viewer."""
        return _turn(self._corners(triangles)[0]) < _FACING

    def nearest_around(self, xy: FloatArray) -> FloatArray:
        """Return the nearness that no skin at the pixels exceeds."""
        cell, on_grid = self._cells(xy)
        return np.where(on_grid, self._tops[cell], -np.inf)

    def _cells(self, xy: FloatArray) -> tuple[IntArray, NDArray[np.bool_]]:
        """Return the cells of pixels, and which of these lie on the grid at all."""
        on_grid = _within(xy, 0.0, (self._columns * _CELL_PX, self._rows * _CELL_PX))
        column, row = np.where(on_grid, xy.T, 0.0) // _CELL_PX
        return (row * self._columns + column).astype(np.int64), on_grid

    def front(self, xy: FloatArray) -> _Front:
        """Return the nearest skin at each pixel."""
        count = len(xy)
        cell, on_grid = self._cells(xy)
        first = self._starts[cell]
        owner, step = expand(np.where(on_grid, self._starts[cell + 1] - first, 0))
        candidate = self._filed[first[owner] + step].astype(np.int64)
        corners, corner_near = self._corners(candidate)
        a, b, c = corners.transpose(1, 0, 2)
        area = cross(b - a, c - a)
        u = cross(xy[owner] - a, c - a) / area
        v = cross(b - a, xy[owner] - a) / area
        hit = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9)
        owner, candidate, u, v = owner[hit], candidate[hit], u[hit], v[hit]
        near = (corner_near[hit] * np.stack([1 - u - v, u, v], axis=1)).sum(axis=1)
        front = _Front(
            np.full(count, -1), np.zeros(count), np.zeros(count), np.full(count, -np.inf)
        )
        order = np.lexsort((-candidate, near))
        # Where several assignments meet the last one stays, which is the nearest.
        for target, values in (
            (front.triangle, candidate),
            (front.u, np.clip(u, 0.0, 1.0)),
            (front.v, np.clip(v, 0.0, 1.0)),
            (front.near, near),
        ):
            target[owner[order]] = values[order]
        return front


@lru_cache(maxsize=_INDEXES)
def _index_of(view: View) -> _Index:
    return view.make_index()


def _within(xy: FloatArray, slack: float, size: tuple[int, int]) -> NDArray[np.bool_]:
    x, y = xy[:, 0], xy[:, 1]
    inside: NDArray[np.bool_] = (x >= -slack) & (y >= -slack)
    inside &= (x < size[0] + slack) & (y < size[1] + slack)
    return inside


def _turn(corners: FloatArray) -> FloatArray:
    """Return which way triangles turn in the picture, and twice their area there."""
    a, b, c = corners.transpose(1, 0, 2)
    return cross(b - a, c - a)
