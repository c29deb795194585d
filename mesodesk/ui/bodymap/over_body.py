"""What lies over the body: cards and bars with a soft shadow, and their own clicks."""

from typing import Final

from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QWidget

from mesodesk.ui import theme
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.popover import soft_shadow

SHADOW: Final = 8
"""How far the panel lies within its widget, for the shadow around it."""


class OverBody(QFrame):
    """A panel over the canvas; what is done on it is not done to the body beneath."""

    #: the colour of its border, by its name in the scheme, and how wide that is.
    border = "border"
    border_px = 1.0
    #: whether the wheel turns nothing beneath, as over a list; over a bar it magnifies the body.
    keeps_wheel = True

    def __init__(self, room: QWidget, object_name: str, accessible_name: str) -> None:
        super().__init__(room)
        paint.name(self, object_name, accessible_name)
        self._room = room

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.setAccepted(self.keeps_wheel)

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_panel(self, self.border, self.border_px)


def paint_panel(widget: QWidget, border: str = "border", width: float = 1.0) -> None:
    """Paint a panel with its shadow over the whole of a widget."""
    painter = QPainter(widget)
    panel = paint.inside(widget).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
    soft_shadow(painter, panel, SHADOW)
    paint.box(painter, panel, theme.current().surface, theme.colour(border), width=width)
