"""Exposure as a view of the body shows it: a value for every cell of a raster."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.exposure import Exposure
from mesodesk.domain.bodymap.exposure_net import FloatArray, IntArray
from mesodesk.domain.bodymap.planar import expand
from mesodesk.domain.bodymap.view import View

# A cell shows about so much skin: finer than the kernel by far, and quickly painted.
_CELL_MM: Final = 1.1
# Triangles drawn at a time: bounds the memory.
_CHUNK: Final = 4096


@dataclass(frozen=True, slots=True)
class _Cells:
    """Which cells show the net, and which triangle of it with which weights of its corners."""

    cell: IntArray
    triangle: IntArray
    weights: FloatArray


class ExposurePicture:
    """Relates the net of an exposure to the pixels of one view; made once, then quick."""

    def __init__(self, exposure: Exposure, view: View) -> None:
        self._exposure = exposure
        self._view = view
        self.step = max(1, round(_CELL_MM / view.camera.mm_per_px))
        """Pixels of the view's picture to a side of a cell."""
        self.shape = -(-view.height_px // self.step), -(-view.width_px // self.step)

    @property
    def window(self) -> tuple[slice, slice]:
        """The rows and columns of the raster that show treated skin."""
        return self._window

    def shown(self, values: FloatArray, elsewhere: float) -> NDArray[np.float32]:
        """Return the value in the middle of each cell of the window.

        Args:
            values: at the vertices of the net; linear between them.
            elsewhere: what the cells get that show no treated skin.
        """
        cells = self._cells
        rows, columns = self._window
        picture = np.full(
            (rows.stop - rows.start, columns.stop - columns.start), elsewhere, dtype=np.float32
        )
        corners = values[self._exposure.net.triangles[cells.triangle]]
        row, column = np.divmod(cells.cell, self.shape[1])
        picture[row - rows.start, column - columns.start] = (corners * cells.weights).sum(axis=1)
        return picture

    @cached_property
    def _window(self) -> tuple[slice, slice]:
        row, column = np.divmod(self._cells.cell, self.shape[1])
        if not len(row):
            return slice(0, 0), slice(0, 0)
        # A cell more on every side, over which the border can be smooth.
        return _stretch(row, self.shape[0]), _stretch(column, self.shape[1])

    @cached_property
    def _cells(self) -> _Cells:
        net = self._exposure.net
        seen = np.flatnonzero(self._facing())
        middle = net.uv[seen].mean(axis=1)
        shown = self._view.project(net.parent[seen], middle[:, 0], middle[:, 1])[1]
        seen = seen[shown]
        parts = [self._drawn(seen[at : at + _CHUNK]) for at in range(0, len(seen), _CHUNK)]
        if not parts:
            none = np.zeros(0, dtype=np.int64)
            return _Cells(none, none, np.zeros((0, 3)))
        return _Cells(*(np.concatenate(each) for each in zip(*parts, strict=True)))

    @cached_property
    def _xy(self) -> FloatArray:
        """The vertices of the net in cells."""
        xy: FloatArray = self._view.camera.project(self._exposure.net.positions)[0] / self.step
        return xy

    def _facing(self) -> NDArray[np.bool_]:
        """Return which triangles of the net are treated and turned towards the viewer."""
        net = self._exposure.net
        a, b, c = self._xy[net.triangles].transpose(1, 0, 2)
        facing: NDArray[np.bool_] = _cross(b - a, c - a) < -1e-9
        facing &= self._exposure.touched[net.triangles].any(axis=1)
        return facing

    def _drawn(self, triangles: IntArray) -> tuple[IntArray, IntArray, FloatArray]:
        """Return the cells whose middle lies in a triangle, with the weights there."""
        corners = self._xy[self._exposure.net.triangles[triangles]]
        rows, columns = self.shape
        low = np.clip(np.ceil(corners.min(axis=1) - 0.5), 0, None).astype(np.int64)
        high = np.floor(corners.max(axis=1) - 0.5).astype(np.int64)
        span = np.maximum(np.minimum(high, (columns - 1, rows - 1)) - low + 1, 0)
        owner, step = expand(span[:, 0] * span[:, 1])
        column = low[owner, 0] + step % np.maximum(span[owner, 0], 1)
        row = low[owner, 1] + step // np.maximum(span[owner, 0], 1)
        a, b, c = corners.transpose(1, 0, 2)
        area = _cross(b - a, c - a)[owner]
        place = np.stack([column + 0.5, row + 0.5], axis=1) - a[owner]
        second = _cross(place, (c - a)[owner]) / area
        third = _cross((b - a)[owner], place) / area
        inside = (second >= -1e-9) & (third >= -1e-9) & (second + third <= 1 + 1e-9)
        weights = np.stack([1 - second - third, second, third], axis=1)[inside]
        return (row * columns + column)[inside], triangles[owner[inside]], weights


def _stretch(at: IntArray, most: int) -> slice:
    return slice(max(int(at.min()) - 1, 0), min(int(at.max()) + 2, most))


def _cross(first: FloatArray, second: FloatArray) -> FloatArray:
    product: FloatArray = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    return product
