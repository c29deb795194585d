"""Three large buttons over the canvas: a new field, add to the selected one, cut out of it."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QButtonGroup, QVBoxLayout

from mesodesk.ui.bodymap.field_words import Joining
from mesodesk.ui.bodymap.over_body import SHADOW, OverBody
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import ToolButton
from mesodesk.ui.widgets.chips import Chip

if TYPE_CHECKING:
    from mesodesk.ui.bodymap.canvas import Canvas

_DELETE: Final = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_EDGE: Final = 10
# Below the letter that tells the patient's side.
_TOP: Final = 44
_LEAST_WIDTH: Final = 68


class JoiningBar(OverBody):
    """Shows what the next area does with the selected field, and lets hands and keys choose it.

    It is there only while there is a choice. Shift and Alt show on it while they are held.
    """

    keeps_wheel = False

    def __init__(self, canvas: "Canvas") -> None:
        super().__init__(canvas, "joining_bar", self.tr("The next area"))
        self._canvas = canvas
        self._group = QButtonGroup(self)
        self.buttons = {
            Joining.NEW: self._button(
                Joining.NEW, "vector-square", self.tr("New field"), self.tr("J: the next of these")
            ),
            Joining.ADD: self._button(
                Joining.ADD, "vector-union", self.tr("Add to it"), self.tr("hold Shift; J")
            ),
            Joining.CUT: self._button(
                Joining.CUT, "vector-difference-ab", self.tr("Cut out"), self.tr("hold Alt; J")
            ),
        }
        width = max(_LEAST_WIDTH, *(button.worded_width() for button in self.buttons.values()))
        column = QVBoxLayout(self)
        inner = SHADOW + Space.XS
        column.setContentsMargins(inner, inner, inner, inner)
        column.setSpacing(Space.XS)
        for button in self.buttons.values():
            button.setFixedWidth(width)
            column.addWidget(button)
        self.hide()
        canvas.installEventFilter(self)
        canvas.joining.changed.connect(self.refresh)
        self._group.buttonClicked.connect(self._clicked)
        self.refresh()

    def _button(self, joining: Joining, icon_name: str, text: str, keys: str) -> ToolButton:
        made = ToolButton(icon_name, text, f"joining_{joining.value}", keys=keys, checkable=True)
        # A click leaves the keyboard with the body.
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._group.addButton(made)
        return made

    @Slot()
    def refresh(self) -> None:
        """Show the choice as it is now, or go where there is none."""
        joining = self._canvas.joining
        self.buttons[joining.now].setChecked(True)
        if not joining.offered:
            if self.isAncestorOf(QApplication.focusWidget() or self._canvas):
                self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            self.hide()
        elif self.isHidden():
            self.place()
            self.show()
            # Cards and questions lie over it.
            self.lower()

    def place(self) -> None:
        """Take the right edge of the canvas, below the letter and the chips there."""
        self.adjustSize()
        room = self._canvas.rect()
        left = room.width() - self.width() - _EDGE + SHADOW
        chips = [chip.geometry() for chip in self._canvas.findChildren(Chip) if chip.isVisible()]
        above = [
            chip.bottom() + Space.S
            for chip in chips
            if chip.right() >= left and chip.bottom() < room.height() / 2
        ]
        top = max(_TOP, *above) if above else _TOP
        self.move(left, max(0, min(top - SHADOW, room.height() - self.height())))

    @Slot(object)
    def _clicked(self, button: ToolButton) -> None:
        chosen = next(joining for joining, one in self.buttons.items() if one is button)
        self._canvas.joining.choose(chosen)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the other keys to the canvas, but remove nothing from here."""
        if event.key() in _DELETE:
            event.accept()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self.place()
        return False
