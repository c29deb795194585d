"""The colour of a person's disc."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from mesodesk.domain.syringe_looks import syringe_look
from mesodesk.ui import icons
from mesodesk.ui.tokens import TARGET, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import FocusRing, one_tab_stop

COLOURS = 9
_MOVES = {Qt.Key.Key_Left.value: -1, Qt.Key.Key_Right.value: 1}


class _Disc(FocusRing):
    """One colour; a tick stands on the one that is chosen."""

    def __init__(self, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._number = number
        paint.name(self, f"person_colour_{number}", self.tr("Colour {n}").format(n=number + 1))
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(TARGET, TARGET)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _MOVES:
            event.ignore()  # the field moves
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        whole = paint.inside(self)
        disc = whole.adjusted(6, 6, -6, -6)
        look = syringe_look((self._number - 1) % COLOURS + 1)
        edge = paint.seen_edge(look.colour)
        paint.box(painter, disc, look.colour, edge, radius=disc.width() / 2)
        if self.isChecked():
            icons.draw(painter, "check-bold", disc.adjusted(7, 7, -7, -7), look.ink)
        if self.shows_ring():
            paint.ring(painter, whole)


class ColourField(QWidget):
    """Nine colours side by side; Left and Right choose."""

    edited = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, "person_colour", self.tr("Colour"))
        self._group = QButtonGroup(self)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.XS)
        for number in range(COLOURS):
            disc = _Disc(number, self)
            self._group.addButton(disc, number)
            line.addWidget(disc)
        line.addStretch(1)
        self.set_value(1)
        self._group.idClicked.connect(self._chosen)

    def value(self) -> int:
        """Return the number of the colour, from 0."""
        return max(0, self._group.checkedId())

    def set_value(self, number: int) -> None:
        """Show a colour without telling of it."""
        self._group.button(number % COLOURS).setChecked(True)
        one_tab_stop(self._group)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _MOVES.get(event.key())
        if step is None:
            super().keyPressEvent(event)
            return
        self.set_value(self.value() + step)
        self._group.button(self.value()).setFocus(Qt.FocusReason.TabFocusReason)
        self.edited.emit(self.value())

    @Slot(int)
    def _chosen(self, number: int) -> None:
        one_tab_stop(self._group)
        self.edited.emit(number)
