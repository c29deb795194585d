"""A panel anchored to a widget: not modal, closes on Esc, or on a click or a touch beside it."""

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QPixmapCache,
)
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from mesodesk.ui import theme
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint

_SHADOW = 12
_LOWER = 2
"""The light comes from above."""
_GAP = 4
# The body takes fingers itself: no press of the mouse tells of them.
_PRESSES = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.TouchBegin,
)
_BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class Popover(QFrame):
    """A child of the anchor's window, drawn above it; no window of its own.

    Put content with `add`. Closing gives the focus back to where it was. What is being typed in it
    counts where one clicks beside it, or changes the size of the window; Esc drops it, and so does
    what takes its subject away.
    """

    closed = Signal()

    def __init__(self, anchor: QWidget, object_name: str, accessible_name: str) -> None:
        super().__init__(anchor.window())
        paint.name(self, object_name, accessible_name)
        self.hide()
        self._anchor = anchor
        anchor.destroyed.connect(self.deleteLater)
        self._back: QWidget | None = None
        self._hangs = True
        self.body = QVBoxLayout(self)
        inner = _SHADOW + Space.M
        self.body.setContentsMargins(inner, inner, inner, inner)
        self.body.setSpacing(Space.S)

    def add(self, widget: QWidget) -> None:
        """Put a widget below what is there."""
        self.body.addWidget(widget)

    def open_at(self, point: QPoint | None = None, focus: QWidget | None = None) -> None:
        """Show below the anchor, or at a point of its window; above where there is no room.

        Args:
            point: in the coordinates of the window; None means the anchor.
            focus: takes the focus; without it the focus stays where it is.
        """
        window = self._anchor.window()
        if window is not self.parentWidget():
            self.setParent(window)
        self._back = QApplication.focusWidget()
        self._hangs = point is None
        if point is None:
            box = QRect(self._anchor.mapTo(window, QPoint(0, 0)), self._anchor.size())
        else:
            box = QRect(point, point)
        self.adjustSize()
        self.move(self._place(box, window.rect()))
        self.show()
        self.raise_()
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)
        if focus is not None:
            focus.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def anchor(self) -> QWidget:
        """What it belongs to."""
        return self._anchor

    def close_panel(self, *, keeping: bool = False) -> None:
        """Hide, and give the focus back if it was inside.

        Args:
            keeping: let what is being typed count, as wherever an input is left.
        """
        if not keeping:
            self.drop_typed()
        had_focus = self.isAncestorOf(QApplication.focusWidget() or self)
        self.hide()
        if had_focus and self._back is not None and self._back.isVisible():
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)
        self._back = None

    @Slot()
    def leave(self) -> None:
        """Close, and let what is being typed count."""
        self.close_panel(keeping=True)

    def drop_typed(self) -> None:
        """Put inputs back that count as soon as they lose the focus; it has none of its own."""

    def hideEvent(self, event: QHideEvent) -> None:
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        super().hideEvent(event)
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.close_panel()
                return True
        elif kind in _PRESSES:
            if isinstance(watched, QWidget) and not self._holds(watched):
                self.close_panel(keeping=True)
        elif kind is QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            by_key = event.reason() in _BY_TAB
            if by_key and isinstance(watched, QWidget) and not self._holds(watched):
                self.close_panel()
        elif kind is QEvent.Type.Resize and watched is self.parentWidget():
            self.close_panel(keeping=True)
        elif kind is QEvent.Type.Hide and watched is self._anchor:
            self.close_panel()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # A press on words or on the margin is for nobody: passed on, it would be one beside.
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        panel = paint.inside(self).adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW)
        soft_shadow(painter, panel)
        paint.box(painter, panel, scheme.surface, scheme.border)

    def _holds(self, widget: QWidget) -> bool:
        if widget is self or self.isAncestorOf(widget) or widget.window() is not self.window():
            return True
        # The anchor opens and closes the panel itself; a panel at a point has no such anchor.
        if self._hangs and (widget is self._anchor or self._anchor.isAncestorOf(widget)):
            return True
        # A list of one of its own fields is a part of it.
        above = _popover_around(widget)
        return above is not None and above is not self and self._holds(above.anchor)

    def _place(self, box: QRect, room: QRect) -> QPoint:
        size = self.size()
        left = min(box.left() - _SHADOW, room.width() - size.width())
        top = box.bottom() + 1 + _GAP - _SHADOW
        if top + size.height() > room.height():
            above = box.top() - _GAP - size.height() + _SHADOW
            top = above if above >= 0 else max(0, room.height() - size.height())
        return QPoint(max(0, left), top)


def close_popovers_of(widget: QWidget) -> None:
    """Close every popover that belongs to a widget or to something in it."""
    for popover in widget.window().findChildren(Popover):
        belongs = popover.anchor is widget or widget.isAncestorOf(popover.anchor)
        if belongs and popover.isVisible():
            popover.close_panel()


def _popover_around(widget: QWidget | None) -> Popover | None:
    while widget is not None and not isinstance(widget, Popover):
        widget = widget.parentWidget()
    return widget


def soft_shadow(painter: QPainter, panel: QRectF, reach: int = _SHADOW) -> None:
    """Paint a shadow around a panel: cheap, and the same on every platform.

    It is kept as a picture: what lies over the body is painted again with each of its frames.
    """
    scheme, ratio = theme.current(), painter.device().devicePixelRatio()
    key = f"soft_shadow {panel.getRect()} {reach} {ratio} {scheme.scrim} {scheme.dark}"
    around = panel.adjusted(-reach, -reach, reach, reach + _LOWER).toAlignedRect()
    picture = QPixmap()
    if not QPixmapCache.find(key, picture):
        picture = QPixmap(around.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        inner = QPainter(picture)
        inner.translate(-around.topLeft())
        _paint_shadow(inner, panel, reach)
        inner.end()
        QPixmapCache.insert(key, picture)
    painter.drawPixmap(around.topLeft(), picture)


def _paint_shadow(painter: QPainter, panel: QRectF, reach: int) -> None:
    for step in range(reach, 0, -2):
        ink = QColor(theme.current().scrim)
        ink.setAlphaF(0.02 if not theme.current().dark else 0.05)
        spread = panel.adjusted(-step, -step, step, step).translated(QPointF(0, _LOWER))
        paint.box(painter, spread, ink, radius=8 + step)
