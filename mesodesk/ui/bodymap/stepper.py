"""A number between two large buttons: for gloves, and for typing."""

from collections.abc import Callable
from decimal import Decimal

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mesodesk.ui.tokens import COMPACT, TARGET, Space
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.numberfields import NumberField


class Stepper(QWidget):
    """A quantity with less and more; each step is computed by `stepped(value, -1 or 1)`.

    No step leaves `limits`, and no typed number does.

    `edited` gives a Decimal: at each step, or when a typed number is done (Enter, focus out).
    """

    edited = Signal(object)

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        stepped: Callable[[Decimal, int], Decimal],
        *,
        unit: str,
        places: int,
        limits: tuple[Decimal, Decimal],
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._stepped = stepped
        self._limits = limits
        self._told: Decimal | None = None
        # Whether words stand there in place of a number.
        self._blank = False
        self.field = NumberField(
            object_name,
            accessible_name,
            places=places,
            unit=unit,
            minimum=limits[0],
            maximum=limits[1],
            compact=compact,
        )
        size = COMPACT if compact else TARGET
        self.less = IconButton("minus", self.tr("Less"), f"{object_name}_less", size=size)
        self.more = IconButton("plus", self.tr("More"), f"{object_name}_more", size=size)
        self.setFocusProxy(self.field.input)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.XS)
        # At the top: the field grows downwards by a sentence, the buttons stay at its side.
        line.addWidget(self.less, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.field, 1)
        line.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        for button, slot in ((self.less, self._step_down), (self.more, self._step_up)):
            button.setAutoRepeat(True)
            button.setAccessibleDescription(accessible_name)
            button.clicked.connect(slot)
        self.field.committed.connect(self._committed)
        self._clicked_into = False
        self.field.input.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Mark the number that is clicked into, so that the next one is typed in its place.

        A second click sets the caret.
        """
        if isinstance(event, QFocusEvent):
            gained = event.type() is QEvent.Type.FocusIn
            self._clicked_into = gained and event.reason() is Qt.FocusReason.MouseFocusReason
        elif event.type() is QEvent.Type.MouseButtonRelease and self._clicked_into:
            self._clicked_into = False
            if not self.field.input.hasSelectedText():
                self.field.input.selectAll()
        return super().eventFilter(watched, event)

    def value(self) -> Decimal | None:
        """Return the number shown, or None while it cannot be read."""
        return self.field.value()

    def set_value(self, value: Decimal, *, anew: bool = False) -> None:
        """Show a number without telling of it; a number that is being typed stays.

        `anew` lets nothing stay: what is being typed was meant for something else.
        """
        if anew or self._blank or value != self._told or not self.field.input.hasFocus():
            self.field.set_value(value)
        self._told, self._blank = value, False

    def set_blank(self, begins: Decimal, words: str) -> None:
        """Show words in place of a number that does not count now.

        Args:
            begins: what a step goes on from.
            words: few, as they stand where the number would.
        """
        if not self._blank or not self.field.input.hasFocus():
            self.field.set_value(None)
        self.field.input.setPlaceholderText(words)
        self._told, self._blank = begins, True

    def drop_typed(self) -> None:
        """Show the number again that counts now."""
        if self._blank:
            self.field.set_value(None)
        elif self._told is not None:
            self.set_value(self._told, anew=True)

    @Slot()
    def _step_up(self) -> None:
        self._step(1)

    @Slot()
    def _step_down(self) -> None:
        self._step(-1)

    def _step(self, direction: int) -> None:
        if self._told is None:
            return
        least, most = self._limits
        before, value = self._told, self._stepped(self._told, direction)
        value = min(max(value, least), most)
        # A number finer than the steps has none below it: less must not make it more.
        moves = (value - before) * direction > 0
        self.set_value(value if moves else before, anew=True)
        if moves:
            self.edited.emit(value)

    @Slot()
    def _committed(self) -> None:
        value = self.field.value()
        if value is not None and (self._blank or value != self._told):
            self._told, self._blank = value, False
            self.edited.emit(value)
        elif self._blank:
            return
        elif value is None and not self.field.input.text().strip() and self._told is not None:
            # An emptied field goes back: a point without dose or depth does not exist.
            self.field.set_value(self._told)


def compact_stepper(
    object_name: str,
    accessible_name: str,
    stepped: Callable[[Decimal, int], Decimal],
    unit: str,
    limits: tuple[Decimal, Decimal],
    *,
    places: int,
) -> Stepper:
    """Return a stepper with small buttons, for a card at the side."""
    return Stepper(
        object_name, accessible_name, stepped, unit=unit, places=places, limits=limits, compact=True
    )
