"""Points of earlier sessions as pale marks: where they show in a view, and how they look.

A ghost has no colour and no digit: those are of today's syringes, and a ghost came from another.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.packing import POINT_DTYPE
from mesodesk.domain.bodymap.view import View
from mesodesk.domain.records.chart import EarlierChart
from mesodesk.ui.bodymap.viewport import Viewport

# How strong a ghost is, the last session's first; the oldest is still to be seen on lit skin.
_STRENGTHS: Final = (0.52, 0.42, 0.34, 0.28, 0.23, 0.19)
_INK: Final = QColor("#26343B")
_RING: Final = QColor("#FFFFFF")
_SIZE: Final = 0.8
_RING_PX: Final = 1.0
# With more ghosts than this in sight, those of one session on the same pixel are drawn once.
_MANY: Final = 6000


@dataclass(frozen=True, slots=True)
class GhostRef:
    """A point of an earlier session: how many sessions ago (0: the last), its field, its index."""

    ago: int
    field: ChartField
    index: int


def draw_ghost_mark(painter: QPainter, ago: int, centre: QPointF, radius: float) -> None:
    """Paint one ghost; the longer ago, the paler."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(_STRENGTHS[min(ago, len(_STRENGTHS) - 1)])
    painter.setPen(QPen(_RING, _RING_PX))
    painter.setBrush(_INK)
    painter.drawEllipse(centre, radius, radius)
    painter.restore()


@cache
def ghost_stamp(ago: int, radius: float, ratio: float) -> QPixmap:
    """Return a ghost as a picture, its centre in the middle."""
    side = math.ceil((radius + 2) * ratio) * 2
    made = QPixmap(side, side)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    middle = side / ratio / 2
    draw_ghost_mark(painter, ago, QPointF(middle, middle), radius)
    painter.end()
    return made


class GhostMarks:
    """The ghosts of one view. They are never selected and never counted: nothing refers to them."""

    def __init__(self, view: View, charts: Sequence[EarlierChart]) -> None:
        """Project the points of some charts, the latest first."""
        self._fields = [(ago, field) for ago, each in enumerate(charts) for field in each.fields]
        # The oldest first: what is newer lies over it.
        self._fields.sort(key=_oldest_first)
        records = [field.points.records for _, field in self._fields]
        lengths = np.array([len(each) for each in records], dtype=np.int64)
        packed = np.concatenate([np.zeros(0, dtype=POINT_DTYPE), *records], dtype=POINT_DTYPE)
        self._number = np.repeat(np.arange(len(records)), lengths)
        self._first = np.cumsum(lengths) - lengths
        self._ago = np.array([ago for ago, _ in self._fields], dtype=np.int64)[self._number]
        self._xy, self._seen = view.project(packed["triangle"], packed["u"], packed["v"])

    def paint(
        self, painter: QPainter, viewport: Viewport, clip: QRectF, radius: float, ratio: float
    ) -> None:
        """Paint the ghosts of a rectangle of the canvas; `radius` is that of today's points."""
        size = round(2 * radius * _SIZE) / 2
        reach = QPointF(size + 2, size + 2)
        low = np.array(viewport.to_picture(clip.topLeft() - reach))
        high = np.array(viewport.to_picture(clip.bottomRight() + reach))
        inside = ((self._xy >= low) & (self._xy <= high)).all(axis=1)
        rows = np.flatnonzero(self._seen & inside)
        xy = self._xy[rows] * viewport.scale + (viewport.x, viewport.y)
        if len(rows) > _MANY:
            kept = _one_a_pixel(xy, self._ago[rows])
            rows, xy = rows[kept], xy[kept]
        for ago, (x, y) in zip(self._ago[rows].tolist(), xy.tolist(), strict=True):
            pixmap = ghost_stamp(ago, size, ratio)
            middle = pixmap.width() / ratio / 2
            painter.drawPixmap(QPointF(x - middle, y - middle), pixmap)

    def hit(self, x_px: float, y_px: float, radius_px: float) -> GhostRef | None:
        """Return the seen ghost nearest to a place of the picture, the newest of equals."""
        if not len(self._xy):
            return None
        away = ((self._xy - (x_px, y_px)) ** 2).sum(axis=1)
        away[~self._seen] = np.inf
        row = len(away) - 1 - int(np.argmin(away[::-1]))
        if away[row] > radius_px**2:
            return None
        number = int(self._number[row])
        ago, field = self._fields[number]
        return GhostRef(ago, field, row - int(self._first[number]))

    @property
    def seen(self) -> int:
        """How many ghosts this view shows."""
        return int(self._seen.sum())


def _oldest_first(entry: tuple[int, ChartField]) -> int:
    return -entry[0]


def _one_a_pixel(xy: NDArray[np.float64], ago: NDArray[np.int64]) -> NDArray[np.int64]:
    pixels = np.round(xy).astype(np.int64)
    keys = (pixels[:, 0] * 100_000 + pixels[:, 1]) * len(_STRENGTHS) + ago
    _, last = np.unique(keys[::-1], return_index=True)
    return np.sort(len(xy) - 1 - last)
