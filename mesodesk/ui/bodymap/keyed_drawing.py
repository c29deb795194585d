"""Drawing by the keyboard: the crosshair leads the end of a shape, Enter sets its corners."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from mesodesk.ui import theme
from mesodesk.ui.bodymap.gestures import Gesture

if TYPE_CHECKING:
    from mesodesk.ui.bodymap.canvas import Canvas
    from mesodesk.ui.bodymap.drawing_gestures import DrawArea

# Nearer together in the picture, two places are one.
_SAME_PX: Final = 0.5
_MARK_PX: Final = 7.0


class KeyedDrawing(Gesture):
    """Lets keys do what a drag does. Its places are in pixels of the picture, like the crosshair.

    Where a shape has corners, Enter sets one, and ends the shape at the corner that was set last,
    or at the first. A shape of two places ends with the second.
    """

    by_keys = True
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: "Canvas", drawing: "DrawArea", start: QPointF) -> None:
        self._canvas = canvas
        self._drawing = drawing
        self._corners = [QPointF(start)]
        #: where the shape would end now.
        self.end = QPointF(start)
        canvas.say_here(canvas.viewport.to_canvas(start.x(), start.y()))
        canvas.say(
            _tr(
                "Lead it with the arrows. Enter sets a corner, Enter again ends it; "
                "Backspace takes one back, Esc leaves it."
            )
            if drawing.corners
            else _tr("Lead it with the arrows. Enter ends it, Esc leaves it.")
        )
        self.tell()

    def lead(self, place: QPointF) -> None:
        """Bring the end of the shape to a place."""
        self.end = QPointF(place)
        self._drawing.trace([*self._corners, self.end])
        self.tell()
        self._canvas.update()

    def enter(self) -> bool:
        """Set a corner at the end of the shape, or tell that it is ended there."""
        if not self._drawing.corners:
            return not self._at(self._corners[0])
        if self._ends_here:
            return True
        if not self._at(self._corners[-1]):
            self._corners.append(QPointF(self.end))
            self.tell()
            self._canvas.update()
        return False

    def take_back(self) -> bool:
        """Take the corner back that was set last; tell whether one is left."""
        self._corners.pop()
        if self._corners:
            self.lead(self.end)
        return bool(self._corners)

    def release(self, place: QPointF) -> None:
        self._drawing.release(place)

    def cancel(self) -> None:
        self._drawing.cancel()

    def tell(self) -> None:
        begun = len(self._corners) > 1 or not self._at(self._corners[0])
        words = (self._drawing.told() if begun else "", self._next_step())
        self._canvas.hover_label.show_text(" \u00b7 ".join(filter(None, words)))

    def _next_step(self) -> str:
        moved = not self._at(self._corners[-1])
        if self._ends_here or (moved and not self._drawing.corners):
            return _tr("Enter ends it")
        return _tr("Enter sets a corner") if moved else _tr("lead on with the arrows")

    @property
    def _ends_here(self) -> bool:
        enough = len(self._corners) >= self._drawing.corners > 0
        return enough and (self._at(self._corners[-1]) or self._closes)

    @property
    def _closes(self) -> bool:
        return self._drawing.closed and self._at(self._corners[0])

    def _at(self, corner: QPointF) -> bool:
        return (self.end - corner).manhattanLength() < _SAME_PX

    def paint(self, painter: QPainter) -> None:
        self._drawing.paint(painter)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("accent"), 1.8))
        painter.setBrush(QColor("#FFFFFF"))
        box = QRectF(0, 0, _MARK_PX, _MARK_PX)
        for corner in self._corners:
            box.moveCenter(self._canvas.viewport.to_canvas(corner.x(), corner.y()))
            painter.drawRect(box)
        painter.restore()


def _tr(text: str) -> str:
    return QCoreApplication.translate("keyed_drawing", text)
