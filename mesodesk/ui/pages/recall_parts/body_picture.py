"""Where a lot went: the bodies in the views that show it, with every place that got some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.packing import POINT_DTYPE, PackedPoints
from mesodesk.ui import theme
from mesodesk.ui.bodymap.figure import SmallFigure
from mesodesk.ui.bodymap.viewport import Viewport
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets import paint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mesodesk.domain.bodymap.planar import FloatArray
    from mesodesk.domain.bodymap.view import View
    from mesodesk.domain.records.patient import BodySex

FIGURE: Final = QSize(168, 330)
"""Room of one figure; four of them stand beside each other at most."""

_MOST_FIGURES: Final = 4
_VIEWS_OF_ONE: Final = 2
_DOT_PX: Final = 2.0
_FEW_DOT_PX: Final = 2.8
_FEW: Final = 400
_EDGE: Final = QColor("#FFFFFF")


@dataclass(frozen=True, slots=True)
class Places:
    """A painted picture with what it shows."""

    picture: QImage
    points: int
    figures: int


def paint_places(packed: Mapping[BodySex, Sequence[bytes]], ratio: float) -> Places:
    """Paint every place of some fields. Touches no widget, so it may run on any thread."""
    shown: list[tuple[View, FloatArray]] = []
    points = 0
    for sex, fields in packed.items():
        rows = np.concatenate(
            [np.zeros(0, dtype=POINT_DTYPE)]
            + [PackedPoints.from_bytes(each).records for each in fields]
        )
        points += len(rows)
        shown += _views(sex, _apart(rows))
    shown = shown[:_MOST_FIGURES]
    width = FIGURE.width() * max(1, len(shown))
    device = QSize(round(width * ratio), round(FIGURE.height() * ratio))
    made = QImage(device, QImage.Format.Format_ARGB32_Premultiplied)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for at, (view, places) in enumerate(shown):
        painter.save()
        painter.translate(FIGURE.width() * at, 0)
        _paint(painter, view, places, ratio)
        painter.restore()
    painter.end()
    return Places(made, points, len(shown))


def _apart(rows: NDArray[np.void]) -> NDArray[np.void]:
    """Leave out what would be painted on the same spot: one place a triangle of the skin."""
    _, first = np.unique(rows["triangle"], return_index=True)
    return rows if len(rows) <= _FEW else rows[first]


def _views(sex: BodySex, rows: NDArray[np.void]) -> list[tuple[View, FloatArray]]:
    """Return the view that shows most, and the one that shows most of the rest."""
    atlas = load_atlas(sex.value)
    triangles = rows["triangle"].astype(np.int64)
    u, v = rows["u"].astype(np.float64), rows["v"].astype(np.float64)
    whole = [view for view in atlas.views if not view.closeup]
    found: list[tuple[View, FloatArray]] = []
    left = np.ones(len(rows), dtype=bool)
    while left.any() and len(found) < _VIEWS_OF_ONE and whole:
        best = max(whole, key=lambda view: view.could_show(triangles[left], u[left], v[left]))
        places, seen = best.project(triangles, u, v)
        if not (seen & left).any():
            break
        found.append((best, places[seen]))
        whole.remove(best)
        left &= ~seen
    return found


def _paint(painter: QPainter, view: View, places: FloatArray, ratio: float) -> None:
    scale = min(FIGURE.width() / view.width_px, FIGURE.height() / view.height_px)
    viewport = Viewport(
        QSizeF(view.width_px, view.height_px),
        QSizeF(FIGURE),
        scale,
        (FIGURE.width() - view.width_px * scale) / 2,
        (FIGURE.height() - view.height_px * scale) / 2,
    )
    room = QRectF(0, 0, FIGURE.width(), FIGURE.height())
    SmallFigure(view).paint(painter, viewport, room, ratio)
    colour = theme.colour(Kind.STOP.value)
    radius = _FEW_DOT_PX if len(places) <= _FEW else _DOT_PX
    painter.setPen(_EDGE)
    painter.setBrush(colour)
    for x_px, y_px in places.tolist():
        painter.drawEllipse(QPointF(viewport.to_canvas(x_px, y_px)), radius, radius)


class BodyPicture(QWidget):
    """Shows what was painted, in the middle; says the same in words for who cannot see it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, "lot_body", self.tr("Where this lot went"))
        self._picture: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_places(self, places: Places | None) -> None:
        """Show a picture; None while there is none."""
        self._picture = None if places is None else places.picture
        if places is not None:
            words = self.tr("{points} points on {figures} pictures of the body")
            self.setAccessibleDescription(
                words.format(points=places.points, figures=places.figures)
            )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(2 * FIGURE.width(), FIGURE.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(FIGURE.width(), FIGURE.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._picture is None:
            return
        size = self._picture.deviceIndependentSize()
        share = min(1.0, self.width() / size.width()) if size.width() else 1.0
        width, height = size.width() * share, size.height() * share
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        left, top = (self.width() - width) / 2, (self.height() - height) / 2
        painter.drawImage(QRectF(left, top, width, height), self._picture)
        painter.end()
