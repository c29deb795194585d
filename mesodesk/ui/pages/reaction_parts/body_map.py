"""The body to tap: one view at a time, with what was injected and where reactions are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mesodesk.ui import theme
from mesodesk.ui.bodymap.figure import Figure
from mesodesk.ui.bodymap.viewport import Viewport
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets import paint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import (
        QFocusEvent,
        QKeyEvent,
        QMouseEvent,
        QPaintEvent,
        QResizeEvent,
        QWheelEvent,
    )

    from mesodesk.domain.bodymap.planar import FloatArray
    from mesodesk.domain.bodymap.view import SurfacePoint, View

_DOT_PX: Final = 1.7
_MARK_PX: Final = 9.0
_REACH_PX: Final = 14.0
_DRAG_PX: Final = 5.0
_STEP_PX: Final = 8.0
_ZOOM: Final = 1.25
_EDGE: Final = QColor("#FFFFFF")


class MarkKind(StrEnum):
    """What a mark stands for."""

    NEW = "new"
    KNOWN = "known"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place with a mark on it, and the word or number in it."""

    point: SurfacePoint
    kind: MarkKind
    text: str = ""


class ReactionMap(QWidget):
    """Shows a view; a tap or Enter tells the skin there. Wheel zooms, a drag moves."""

    #: SurfacePoint
    tapped = Signal(object)
    #: number of the mark
    mark_tapped = Signal(int)
    #: a place without skin was tapped.
    missed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, "reaction_map", self.tr("Body: tap where the reaction is"))
        self.view: View | None = None
        self._figure: Figure | None = None
        self._viewport: Viewport | None = None
        self._marks: tuple[Mark, ...] = ()
        self._spots: list[QPointF | None] = []
        self._dots: FloatArray = np.empty((0, 2))
        self._pressed: QPointF | None = None
        self._dragged = False
        self._cross: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.watcher().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(460, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(280, 240)

    def show_view(self, view: View) -> None:
        """Show a view whole; marks stay, dots are to be given anew."""
        self.view, self._figure = view, Figure(view)
        size = QSizeF(view.width_px, view.height_px)
        self._viewport = Viewport.fitted(size, QSizeF(self.size()))
        self._dots, self._cross = np.empty((0, 2)), None
        self._place_marks()

    def show_dots(self, view: View, places: FloatArray) -> None:
        """Show where was injected, as pixels of a view; of one that is gone nothing."""
        if view is self.view:
            self._dots = places
            self.update()

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Show marks in place of those before."""
        self._marks = tuple(marks)
        self._place_marks()

    def _place_marks(self) -> None:
        self._spots = []
        if self.view is not None and self._marks:
            points = [each.point for each in self._marks]
            xy, seen = self.view.project(
                np.array([each.triangle for each in points]),
                np.array([each.u for each in points]),
                np.array([each.v for each in points]),
            )
            self._spots = [
                QPointF(*place) if shown else None
                for place, shown in zip(xy.tolist(), seen.tolist(), strict=True)
            ]
        self.update()

    def marks_hidden(self) -> int:
        """Return how many marks other views show and this one does not."""
        return sum(each is None for each in self._spots)

    # Hands

    def tap(self, place: QPointF) -> None:
        """Do what a tap at a place of the widget does."""
        if self.view is None or self._viewport is None:
            return
        at = self._mark_at(place)
        if at is not None:
            self.mark_tapped.emit(at)
            return
        skin = self.view.pick(*self._viewport.to_picture(place))
        if skin is None:
            self.missed.emit()
        else:
            self.tapped.emit(skin)

    def place_of(self, point: SurfacePoint) -> QPointF | None:
        """Return where a point of the skin shows on the widget, None if it does not."""
        if self.view is None or self._viewport is None:
            return None
        xy, seen = self.view.project(
            np.array([point.triangle]), np.array([point.u]), np.array([point.v])
        )
        return self._viewport.to_canvas(*xy[0].tolist()) if bool(seen[0]) else None

    def _mark_at(self, place: QPointF) -> int | None:
        if self._viewport is None:
            return None
        for at in reversed(range(len(self._spots))):
            spot = self._spots[at]
            if spot is not None:
                away = self._viewport.to_canvas(spot.x(), spot.y()) - place
                if QPointF.dotProduct(away, away) <= _REACH_PX**2:
                    return at
        return None

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Magnify around a place, the middle by default."""
        if self._viewport is not None:
            middle = QPointF(self.width() / 2, self.height() / 2)
            self._viewport = self._viewport.zoomed(factor, at or middle)
            self.update()

    def zoom_in(self) -> None:
        self.zoom(_ZOOM)

    def zoom_out(self) -> None:
        self.zoom(1 / _ZOOM)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(_ZOOM if event.angleDelta().y() > 0 else 1 / _ZOOM, event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or self._viewport is None:
            return
        moved = event.position() - self._pressed
        if self._dragged or moved.manhattanLength() > _DRAG_PX:
            self._dragged, self._pressed = True, event.position()
            self._viewport = self._viewport.panned(moved.x(), moved.y())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None and not self._dragged:
            self.tap(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        key = Qt.Key(event.key())
        cross = self._cross or QPointF(self.width() / 2, self.height() / 2)
        if key in steps:
            across, down = steps[key]
            self._cross = cross + QPointF(across * _STEP_PX, down * _STEP_PX)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._cross = cross
            self.tap(cross)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key is Qt.Key.Key_Minus:
            self.zoom_out()
        else:
            super().keyPressEvent(event)
            return
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._cross = None
        super().focusOutEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._viewport is not None:
            self._viewport = self._viewport.resized(QSizeF(event.size()))
        super().resizeEvent(event)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(self.rect())
        painter.fillRect(whole, theme.colour("map_ground"))
        if self._figure is not None and self._viewport is not None:
            self._figure.paint(painter, self._viewport, whole, self.devicePixelRatioF())
            self._paint_dots(painter, self._viewport)
            for mark, spot in zip(self._marks, self._spots, strict=True):
                if spot is not None:
                    _paint_mark(painter, self._viewport.to_canvas(spot.x(), spot.y()), mark)
        if self._cross is not None:
            self._paint_cross(painter, self._cross)
        if self.hasFocus():
            paint.ring(painter, paint.inside(self).adjusted(1, 1, -1, -1), radius=6)
        painter.end()

    def _paint_dots(self, painter: QPainter, viewport: Viewport) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent"))
        radius = min(_DOT_PX * max(1.0, viewport.zoom**0.5), 5.0)
        for x_px, y_px in self._dots.tolist():
            painter.drawEllipse(viewport.to_canvas(x_px, y_px), radius, radius)

    def _paint_cross(self, painter: QPainter, at: QPointF) -> None:
        painter.setPen(QPen(theme.colour("text"), 1.5))
        painter.drawLine(at - QPointF(12, 0), at + QPointF(12, 0))
        painter.drawLine(at - QPointF(0, 12), at + QPointF(0, 12))


def _paint_mark(painter: QPainter, at: QPointF, mark: Mark) -> None:
    if mark.kind is MarkKind.NEW:
        _paint_target(painter, at)
        return
    kind = Kind.STOP if mark.kind is MarkKind.CHOSEN else Kind.CAUTION
    radius = _MARK_PX if mark.kind is MarkKind.KNOWN else _MARK_PX + 2
    painter.setPen(QPen(_EDGE, 2))
    painter.setBrush(theme.colour(kind.value))
    painter.drawEllipse(at, radius, radius)
    if mark.text:
        room = QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)
        font = theme.font(Role.SMALL_STRONG)
        paint.write(
            painter, room, mark.text, font, theme.current().on_accent,
            Qt.AlignmentFlag.AlignHCenter,
        )  # fmt: skip


def _paint_target(painter: QPainter, at: QPointF) -> None:
    """A ring that leaves what lies under it in sight."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((_EDGE, 5.0), (theme.colour(Kind.STOP.value), 2.5)):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(at, _MARK_PX + 2, _MARK_PX + 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(Kind.STOP.value))
    painter.drawEllipse(at, 2.0, 2.0)


def seen_places(view: View, rows: NDArray[np.void]) -> FloatArray:
    """Return where points show in a view, in its pixels. Any thread; takes some milliseconds."""
    if not len(rows):
        return np.empty((0, 2))
    xy, seen = view.project(
        rows["triangle"].astype(np.int64),
        rows["u"].astype(np.float64),
        rows["v"].astype(np.float64),
    )
    shown: FloatArray = xy[seen]
    return shown
