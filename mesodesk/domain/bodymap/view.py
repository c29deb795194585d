"""One picture of the body: which skin is at a pixel, and where a piece of skin shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Skin counts as seen if no other skin lies more than this in front: points near an edge stay.
_HIDDEN_MM = 2.0
_CELL_PX = 6
# Points tested at a time: bounds the memory at any number of points.
_CHUNK = 8192


@dataclass(frozen=True, slots=True)
class SurfacePoint:
    """A place on the skin: (1 - u - v) * A + u * B + v * C of the corners of a triangle."""

    triangle: int
    u: float
    v: float


@dataclass(frozen=True, slots=True)
class Surface:
    """The skin of one body at its own height."""

    positions: FloatArray  # mm, shape (n, 3): x to the patient's left, y up, z forward
    triangles: IntArray  # shape (m, 3), seen from outside counter-clockwise
    height_mm: float

    def places(self, triangles: IntArray, u: FloatArray, v: FloatArray) -> FloatArray:
        """Return the positions (mm) of points of the skin."""
        a, b, c = (self.positions[self.triangles[triangles, k]] for k in range(3))
        result: FloatArray = a + u[:, None] * (b - a) + v[:, None] * (c - a)
        return result

    def normals(self, triangles: IntArray) -> FloatArray:
        """Return the outward directions of triangles, of length 1."""
        a, b, c = (self.positions[self.triangles[triangles, k]] for k in range(3))
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
    ) -> None:
        self.view_id = view_id
        self.names = names
        self.camera = camera
        self.image_path = image_path
        self.lines = lines
        self.closeup = closeup
        self._surface = surface
        self.hidden = hidden

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

    def pick(self, x_px: float, y_px: float) -> SurfacePoint | None:
        """Return the skin at a place of the picture, None off the body."""
        if not (0 <= x_px <= self.width_px and 0 <= y_px <= self.height_px):
            return None
        found = self._index.front(np.array([[x_px, y_px]]))
        triangle = int(found.triangle[0])
        if triangle < 0 or self.hidden[triangle] or not self._index.faces[triangle]:
            return None
        return SurfacePoint(triangle, float(found.u[0]), float(found.v[0]))

    def project(
        self, triangles: IntArray, u: FloatArray, v: FloatArray
    ) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Return where points of the skin show (pixels) and whether they are seen.

        A point is not seen if it is outside the picture, turned away, behind other skin, or on a
        part that this view leaves out. It is tested against the skin itself, within 2 mm.
        """
        triangles = np.asarray(triangles, dtype=np.int64)
        u, v = np.asarray(u, dtype=np.float64), np.asarray(v, dtype=np.float64)
        if not len(triangles):
            return np.zeros((0, 2)), np.zeros(0, dtype=bool)
        xy, near = self.camera.project(self._surface.places(triangles, u, v))
        inside = _within(xy, 0.01, (self.width_px, self.height_px))
        facing = self._surface.normals(triangles) @ self.camera.toward > 0
        seen = inside & facing & ~self.hidden[triangles]
        # Only where the cell holds skin so much nearer is a closer look needed.
        doubtful = seen & (self._index.nearest_around(xy) - near >= _HIDDEN_MM)
        seen[doubtful] = self.nearness(xy[doubtful]) - near[doubtful] < _HIDDEN_MM
        return xy, seen

    def nearness(self, xy: FloatArray) -> FloatArray:
        """Return how near to the viewer the skin at each pixel is (mm), -inf off the body."""
        near = np.empty(len(xy))
        for start in range(0, len(xy), _CHUNK):
            part = slice(start, start + _CHUNK)
            near[part] = self._index.front(xy[part]).near
        return near

    @cached_property
    def _index(self) -> "_Index":
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
        xy, near = camera.project(surface.positions)
        a, b, c = (xy[surface.triangles[:, k]] for k in range(3))
        turn = _cross(b - a, c - a)
        # With y down, what faces the viewer turns clockwise.
        self.faces: NDArray[np.bool_] = turn < -1e-9
        # Where a part is left out, the inside may be in front of other skin: it must block it.
        drawn: NDArray[np.bool_] = ~hidden & (np.abs(turn) > 1e-9)
        if not hidden.any():
            drawn &= self.faces
        # Single precision, 1/5000 pixel here, halves what each view keeps in memory.
        self._xy, self._near = xy.astype(np.float32), near.astype(np.float32)
        self._triangles = surface.triangles
        self._columns = camera.width_px // _CELL_PX + 1
        self._rows = camera.height_px // _CELL_PX + 1
        low = np.minimum(np.minimum(a[drawn], b[drawn]), c[drawn]) // _CELL_PX
        high = np.maximum(np.maximum(a[drawn], b[drawn]), c[drawn]) // _CELL_PX
        self._file(np.flatnonzero(drawn), low.astype(np.int64), high.astype(np.int64))

    def _file(self, drawn: IntArray, low: IntArray, high: IntArray) -> None:
        """File triangles under the cells that their rectangles, from low to high, touch."""
        low = np.maximum(low, 0)
        high = np.minimum(high, (self._columns - 1, self._rows - 1))
        on_picture = (high[:, 0] >= low[:, 0]) & (high[:, 1] >= low[:, 1])
        drawn, low, high = drawn[on_picture], low[on_picture], high[on_picture]
        span = high - low + 1
        owner, step = _expand(span[:, 0] * span[:, 1])
        column = low[owner, 0] + step % span[owner, 0]
        row = low[owner, 1] + step // span[owner, 0]
        cell = row * self._columns + column
        order = np.argsort(cell, kind="stable")
        self._filed = drawn[owner[order]].astype(np.int32)
        starts = np.searchsorted(cell[order], np.arange(self._columns * self._rows + 1))
        self._starts = starts.astype(np.int32)
        self._tops = np.full(self._columns * self._rows, -np.inf, dtype=np.float32)
        np.maximum.at(self._tops, cell[order], self._near[self._triangles[self._filed]].max(axis=1))

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
        owner, step = _expand(np.where(on_grid, self._starts[cell + 1] - first, 0))
        candidate = self._filed[first[owner] + step].astype(np.int64)
        corner = self._triangles[candidate]
        a, b, c = (self._xy[corner[:, k]].astype(np.float64) for k in range(3))
        area = _cross(b - a, c - a)
        u = _cross(xy[owner] - a, c - a) / area
        v = _cross(b - a, xy[owner] - a) / area
        hit = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9)
        owner, candidate, u, v = owner[hit], candidate[hit], u[hit], v[hit]
        corner_near = self._near[self._triangles[candidate]]
        near = (corner_near * np.stack([1 - u - v, u, v], axis=1)).sum(axis=1)
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


def _expand(counts: IntArray) -> tuple[IntArray, IntArray]:
    """Return, for counts [2, 3], the owners [0, 0, 1, 1, 1] and steps [0, 1, 0, 1, 2]."""
    owner = np.repeat(np.arange(len(counts)), counts)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    return owner, step


def _within(xy: FloatArray, slack: float, size: tuple[int, int]) -> NDArray[np.bool_]:
    x, y = xy[:, 0], xy[:, 1]
    inside: NDArray[np.bool_] = (x >= -slack) & (y >= -slack)
    inside &= (x < size[0] + slack) & (y < size[1] + slack)
    return inside


def _cross(first: FloatArray, second: FloatArray) -> FloatArray:
    product: FloatArray = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    return product
