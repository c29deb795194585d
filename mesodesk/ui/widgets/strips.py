"""Strips of tabs and of steps, with the line beneath that runs the width of the page."""

from collections.abc import Mapping
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from mesodesk.ui import icons, theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import FocusRing, one_tab_stop

_HEIGHT = 44
_SIDE = 15
_NARROW_SIDE = 7


class StepState(StrEnum):
    """How far a step is."""

    TODO = "todo"
    DONE = "done"
    BLOCKED = "blocked"


class _Tab(FocusRing):
    """One tab: words, a line beneath while it is shown; a step has its number or a tick."""

    def __init__(self, text: str, object_name: str, number: int | None) -> None:
        super().__init__()
        self.setText(text)
        paint.name(self, object_name, text)
        self.setCheckable(True)
        self._number = number
        self._state = StepState.TODO
        self._count = 0
        self._side = _SIDE
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_state(self, state: StepState) -> None:
        """Show how far the step is."""
        self._state = state
        self.setAccessibleDescription(state.value)
        self.update()

    def set_count(self, count: int) -> None:
        """Show how many things wait behind the tab; 0 shows nothing."""
        self._count = count
        self.updateGeometry()
        self.update()

    def set_side(self, side: int) -> None:
        """Change the room at either side of the words."""
        if side != self._side:
            self._side = side
            self.updateGeometry()
            self.update()

    def width_with(self, side: int) -> int:
        """Return how wide the tab is with so much room at either side."""
        width = paint.text_width(self.text(), theme.font(Role.BUTTON)) + 2 * side
        return width + (26 if self._number is not None else 0) + (28 if self._count else 0)

    def sizeHint(self) -> QSize:
        return QSize(self.width_with(self._side), _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        whole = paint.inside(self)
        shown = self.isChecked()
        if shown and self._number is not None:
            painter.fillRect(whole.adjusted(0, 0, 0, -2), theme.colour("surface"))
        elif self.underMouse() and self.isEnabled():
            paint.box(painter, whole.adjusted(2, 4, -2, -6), scheme.hover)
        if shown:
            painter.fillRect(
                QRectF(0, whole.height() - 2, whole.width(), 2), theme.colour("accent")
            )
        if self.shows_ring():
            paint.ring(painter, whole.adjusted(1, 2, -1, -4))
        self._paint_words(painter, whole.adjusted(self._side, 0, -self._side + 2, -2))

    def _paint_words(self, painter: QPainter, room: QRectF) -> None:
        scheme = theme.current()
        done = self._state is StepState.DONE
        ink = scheme.text if self.isChecked() or done else scheme.muted
        if not self.isEnabled():
            ink = scheme.disabled
        if self._number is not None:
            self._paint_mark(painter, QRectF(room.left(), 0, 18, room.height()))
            room.setLeft(room.left() + 26)
        font = theme.font(Role.BUTTON if self.isChecked() else Role.INPUT)
        paint.write(painter, room, self.text(), font, ink)
        if self._count:
            left = room.left() + paint.text_width(self.text(), font) + 8
            self._paint_count(painter, QRectF(left, room.center().y() - 9, 22, 18))

    def _paint_mark(self, painter: QPainter, box: QRectF) -> None:
        scheme = theme.current()
        ink = scheme.accent if self.isChecked() else scheme.muted
        if self._state is StepState.DONE:
            icons.draw(painter, "check-circle", box, scheme.accent)
        elif self._state is StepState.BLOCKED:
            icons.draw(painter, "alert-octagon", box, scheme.stop)
        else:
            icons.draw(painter, f"numeric-{self._number}-circle", box, ink)

    def _paint_count(self, painter: QPainter, box: QRectF) -> None:
        scheme = theme.current()
        paint.box(painter, box, scheme.tint(Kind.CAUTION), radius=9)
        words = "9+" if self._count > 9 else str(self._count)
        font = theme.font(Role.SMALL_STRONG)
        paint.write(painter, box, words, font, scheme.caution, Qt.AlignmentFlag.AlignHCenter)


class TabStrip(QWidget):
    """Tabs of a page. Left and Right move, also Ctrl+Tab order by the page's own shortcuts.

    Args:
        tabs: key -> word, in order.
        object_name: of the strip; a tab is called `{object_name}_{key}`.
        accessible_name: what the tabs are of.
        numbered: show the tabs as steps.
    """

    selected = Signal(str)
    """The user has chosen a tab."""

    def __init__(
        self,
        tabs: Mapping[str, str],
        object_name: str,
        accessible_name: str,
        *,
        numbered: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        paint.name(self, object_name, accessible_name)
        self._keys = tuple(tabs)
        self._group = QButtonGroup(self)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        for at, (key, text) in enumerate(tabs.items()):
            tab = _Tab(text, f"{object_name}_{key}", at + 1 if numbered else None)
            self._group.addButton(tab, at)
            line.addWidget(tab)
        line.addStretch(1)
        self._group.idClicked.connect(self._clicked)
        self._group.idToggled.connect(self._toggled)
        self.setFixedHeight(_HEIGHT)
        if self._keys:
            self.set_current(self._keys[0])

    def current(self) -> str:
        """Return the key of the tab shown."""
        return self._keys[self._group.checkedId()]

    def set_current(self, key: str) -> None:
        """Show a tab without telling of it."""
        self._group.button(self._keys.index(key)).setChecked(True)

    def select(self, key: str) -> None:
        """Choose a tab as the user would."""
        if key != self.current():
            self.set_current(key)
            self.selected.emit(key)

    def set_count(self, key: str, count: int) -> None:
        """Show how many things wait behind a tab."""
        self._tab(key).set_count(count)
        self._make_room()

    def set_enabled(self, key: str, enabled: bool) -> None:
        """Let a tab be chosen or not."""
        self._tab(key).setEnabled(enabled)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left.value: -1, Qt.Key.Key_Right.value: 1}.get(event.key())
        if steps is None:
            super().keyPressEvent(event)
            return
        at = (self._group.checkedId() + steps) % len(self._keys)
        self.select(self._keys[at])
        self._group.button(at).setFocus(Qt.FocusReason.OtherFocusReason)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = QRectF(0, self.height() - 2, self.width(), 2)
        painter.fillRect(line, theme.colour("border"))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width_with(_NARROW_SIDE), _HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Move the tabs closer together where they would not all be seen whole."""
        narrow = self.width() < self._width_with(_SIDE)
        for key in self._keys:
            self._tab(key).set_side(_NARROW_SIDE if narrow else _SIDE)

    def _width_with(self, side: int) -> int:
        return sum(self._tab(key).width_with(side) for key in self._keys)

    def _tab(self, key: str) -> _Tab:
        tab = self._group.button(self._keys.index(key))
        if not isinstance(tab, _Tab):
            raise KeyError(key)
        return tab

    @Slot(int, bool)
    def _toggled(self, _at: int, _checked: bool) -> None:
        one_tab_stop(self._group)

    @Slot(int)
    def _clicked(self, at: int) -> None:
        self.selected.emit(self._keys[at])


class StepStrip(TabStrip):
    """Steps of a piece of work, free to move between, each with its number or a tick when done."""

    def __init__(
        self,
        steps: Mapping[str, str],
        object_name: str,
        accessible_name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(steps, object_name, accessible_name, numbered=True, parent=parent)

    def set_state(self, key: str, state: StepState) -> None:
        """Show how far a step is."""
        self._tab(key).set_state(state)
