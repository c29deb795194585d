"""Buttons: four kinds with words, icon buttons, tool buttons."""

from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QPushButton, QSizePolicy, QWidget

from mesodesk.ui import icons, theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import COMPACT, RADIUS, TARGET
from mesodesk.ui.widgets import paint


class ButtonKind(StrEnum):
    """How loud a button speaks: at most one primary button on a page."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    QUIET = "quiet"
    DANGER = "danger"
    DASHED = "dashed"


def press_by_enter(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Click a button by Enter, as by Space; outside dialogs Qt leaves Enter unused."""
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.isAutoRepeat():
        return False
    button.click()
    return True


class FocusRing(QAbstractButton):
    """Remembers whether the focus came by keyboard, so that a click shows no ring."""

    _ring = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = paint.by_keyboard(event.reason())
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press_by_enter(self, event):
            super().keyPressEvent(event)

    def shows_ring(self) -> bool:
        """Tell whether the focus ring is painted now."""
        return self.hasFocus() and self._ring


def one_tab_stop(group: QButtonGroup) -> None:
    """Let Tab reach only the checked button of a group, or the first while none is checked."""
    checked = group.checkedButton()
    for at, button in enumerate(group.buttons()):
        stops = button is checked or (checked is None and at == 0)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if stops else Qt.FocusPolicy.ClickFocus)


class Button(QPushButton):
    """A button with words and, if wanted, an icon before them.

    Args:
        text: what it does, a verb first.
        object_name: stable name for tests and tools.
        kind: how loud it is.
        icon_name: an icon (see `icons`).
        compact: 36 instead of 44 pixels high; off the main path only.
    """

    def __init__(
        self,
        text: str,
        object_name: str,
        kind: ButtonKind = ButtonKind.SECONDARY,
        icon_name: str = "",
        *,
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        paint.name(self, object_name, text)
        self._kind = kind
        self._icon_name = icon_name
        self._height = COMPACT if compact else TARGET
        self._ring = False
        self.setFont(theme.font(Role.STRONG if compact else Role.BUTTON))
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def set_kind(self, kind: ButtonKind) -> None:
        """Make the button louder or quieter."""
        self._kind = kind
        self.update()

    def set_icon_name(self, icon_name: str) -> None:
        """Change the icon; "" for none."""
        self._icon_name = icon_name
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        side = 12 if self._kind is ButtonKind.QUIET else 18
        return QSize(self._content_width() + 2 * side, self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self._content_width() + 20, 96), self._height)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = paint.by_keyboard(event.reason())
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground, border, ink = self._colours()
        whole = paint.inside(self)
        dashed = self._kind is ButtonKind.DASHED
        if ground is not None or border is not None:
            paint.box(painter, whole, ground, border, dashed=dashed)
        if self.hasFocus() and self._ring:
            self._paint_ring(painter, whole)
        self._paint_content(painter, whole, ink)

    def _paint_ring(self, painter: QPainter, whole: QRectF) -> None:
        scheme = theme.current()
        if self._kind in (ButtonKind.PRIMARY, ButtonKind.DANGER):
            inner = scheme.on_accent if self._kind is ButtonKind.PRIMARY else scheme.on_stop_fill
            paint.ring(painter, whole.adjusted(3, 3, -3, -3), inner, RADIUS - 3)
        else:
            paint.ring(painter, whole)

    def _paint_content(self, painter: QPainter, whole: QRectF, ink: str) -> None:
        wanted = self._content_width()
        left = max(10.0, (whole.width() - wanted) / 2)
        if self._icon_name:
            icons.draw(painter, self._icon_name, QRectF(left, 0, 18, whole.height()), ink)
            left += 26
        room = QRectF(left, 0, whole.width() - left - 8, whole.height())
        paint.write(painter, room, self._words(), self.font(), ink)

    def _words(self) -> str:
        return self.text().replace("&", "")

    def _content_width(self) -> int:
        return paint.text_width(self._words(), self.font()) + (26 if self._icon_name else 0)

    def _colours(self) -> tuple[str | None, str | None, str]:
        """Return ground, border and ink."""
        scheme = theme.current()
        if not self.isEnabled():
            quiet = self._kind is ButtonKind.QUIET
            return (None if quiet else scheme.neutral_soft), None, scheme.disabled
        if self._kind is ButtonKind.PRIMARY:
            shades = (scheme.accent, scheme.accent_hover, scheme.accent_pressed)
            return self._shade(*shades), None, scheme.on_accent
        if self._kind is ButtonKind.DANGER:
            shades = (scheme.stop_fill, scheme.stop_fill_hover, scheme.stop_fill_hover)
            return self._shade(*shades), None, scheme.on_stop_fill
        if self._kind is ButtonKind.SECONDARY:
            ground = self._shade(scheme.surface, scheme.hover, scheme.pressed)
            return ground, scheme.border_strong, scheme.text
        ground = self._shade(None, scheme.hover, scheme.pressed)
        border = scheme.border_strong if self._kind is ButtonKind.DASHED else None
        return ground, border, scheme.accent

    def _shade(self, rest: str | None, hover: str, pressed: str) -> str | None:
        return paint.ground_of(self, rest=rest, hover=hover, pressed=pressed)


class IconButton(FocusRing):
    """A button with only an icon; its name is read out and shown as its tooltip."""

    def __init__(
        self,
        icon_name: str,
        accessible_name: str,
        object_name: str,
        *,
        size: int = TARGET,
        keys: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        paint.name(self, object_name, accessible_name)
        self.setToolTip(f"{accessible_name}  ({keys})" if keys else accessible_name)
        self._icon_name = icon_name
        self._size = size
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_icon_name(self, icon_name: str) -> None:
        """Change the icon."""
        self._icon_name = icon_name
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        rest = scheme.accent_soft if self.isChecked() else None
        ground = paint.ground_of(self, rest=rest, hover=scheme.hover, pressed=scheme.pressed)
        whole = paint.inside(self)
        if ground is not None:
            paint.box(painter, whole, ground)
        if self.shows_ring():
            paint.ring(painter, whole)
        if not self.isEnabled():
            ink = scheme.disabled
        else:
            ink = scheme.accent if self.isChecked() else scheme.muted
        side = min(20.0, self._size - 12.0)
        middle = whole.center()
        icons.draw(
            painter,
            self._icon_name,
            QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side),
            ink,
        )


class ToolButton(FocusRing):
    """A tool of a workspace: icon above its word; checkable tools show which is in hand."""

    def __init__(
        self,
        icon_name: str,
        text: str,
        object_name: str,
        *,
        keys: str = "",
        checkable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setText(text)
        paint.name(self, object_name, text)
        self.setToolTip(f"{text}  ({keys})" if keys else text)
        self._icon_name = icon_name
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFont(theme.font(Role.SMALL))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._worded = True

    def set_worded(self, *, worded: bool) -> None:
        """Show the word beneath the icon, or leave it to the tooltip where room is scarce."""
        if worded != self._worded:
            self._worded = worded
            self.updateGeometry()
            self.update()

    def worded_width(self) -> int:
        """Return how wide the button is with its word."""
        return max(50, paint.text_width(self.text(), self.font()) + 14)

    def sizeHint(self) -> QSize:
        return QSize(self.worded_width() if self._worded else TARGET, 50)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        rest = scheme.accent_soft if self.isChecked() else None
        ground = paint.ground_of(self, rest=rest, hover=scheme.hover, pressed=scheme.pressed)
        whole = paint.inside(self)
        if ground is not None:
            paint.box(painter, whole, ground)
        if self.shows_ring():
            paint.ring(painter, whole)
        ink = scheme.accent if self.isChecked() else scheme.text
        if not self.isEnabled():
            ink = scheme.disabled
        above = 7 if self._worded else 15
        icons.draw(painter, self._icon_name, QRectF(0, above, whole.width(), 20), ink)
        if not self._worded:
            return
        line = QRectF(4, 28, whole.width() - 8, 18)
        paint.write(painter, line, self.text(), self.font(), ink, Qt.AlignmentFlag.AlignHCenter)
