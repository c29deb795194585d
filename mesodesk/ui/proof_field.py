"""Where somebody proves once more who they are: by their PIN if they set one, or by password."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.ui.jobs import explain
from mesodesk.ui.tokens import Space
from mesodesk.ui.waiting import wait_words
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.textfields import PasswordField

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class Typed(NamedTuple):
    """What was typed, and whether as a PIN."""

    secret: str
    by_pin: bool


class ProofField(QWidget):
    """The PIN is asked for while there is one; the password is a touch away, and stays the way in.

    Args:
        context: of the desk, which knows whether there is a PIN.
        name: the fields are called `{name}_password` and `{name}_pin`, and what leads from one to
            the other `{name}_use_password` and `{name}_use_pin`.
    """

    entered = Signal()
    """Enter was pressed."""

    waits = Signal()
    """Another moment of a pause has gone by, or it began or ended."""

    def __init__(self, context: Context, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}_proof")
        self.name = name
        self._context = context
        self._has_pin = self._by_pin = False
        self._left_s = 0
        self.password = PasswordField(f"{name}_password", self.tr("Your password"))
        self.password_row = FormRow(self.tr("Your password"), self.password)
        self.pin = PasswordField(f"{name}_pin", self.tr("Your PIN"))
        self.pin.input.setInputMethodHints(
            self.pin.input.inputMethodHints() | Qt.InputMethodHint.ImhDigitsOnly
        )
        self.pin_row = FormRow(self.tr("Your PIN"), self.pin)
        self.use_password = self._way(self.tr("Use the password"), "use_password", self.pin_row)
        self.use_pin = self._way(self.tr("Use the PIN"), "use_pin", self.password_row)
        self._lay_out()
        self._tick = QTimer(self)
        # A little longer than a second, and precise: a try that is too early is refused.
        self._tick.setInterval(1020)
        self._tick.setTimerType(Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._count_down)
        for field in (self.password, self.pin):
            field.entered.connect(self.entered)
        context.came_back.connect(self.ask_again)
        self._show_way()

    def _way(self, words: str, name: str, beside: FormRow) -> Button:
        made = Button(words, f"{self.name}_{name}", ButtonKind.QUIET, compact=True)
        beside.put_beside_label(made)
        made.clicked.connect(self._switch)
        return made

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.XS)
        for widget in (self.pin_row, self.password_row):
            whole.addWidget(widget)

    def showEvent(self, event: QShowEvent) -> None:
        """Find out whether there is a PIN: it was set or is gone since."""
        super().showEvent(event)
        self.ask_again()

    @Slot()
    def ask_again(self) -> None:
        """Ask whether there is a PIN by now."""
        if self.isVisible():
            self._context.run(self, _has_pin, self._offer, _passed_over)

    def _offer(self, has_pin: bool) -> None:
        if has_pin == self._has_pin:
            return
        typing = bool(self.field.value())
        self._has_pin = has_pin
        if not (has_pin and typing):  # what is being typed stays what it is
            self._by_pin = has_pin
        self._show_way()

    @property
    def field(self) -> PasswordField:
        """The one that is shown."""
        return self.pin if self._by_pin else self.password

    def typed(self) -> Typed | None:
        """Return what was typed; None if nothing was, which is then said."""
        secret = self.field.value()
        if secret:
            return Typed(secret, self._by_pin)
        words = self.tr("Type your PIN.") if self._by_pin else self.tr("Type your password.")
        self.field.set_error(words)
        self.focus()
        return None

    def focus(self) -> None:
        """Put the cursor where it is typed."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def must_wait(self) -> bool:
        """Tell whether a pause after a wrong password keeps the next one back."""
        return self._left_s > 0 and not self._by_pin

    def wait_words(self) -> str:
        """Return what the button says meanwhile."""
        return wait_words(self._left_s)

    def left_s(self) -> int:
        """Return how many seconds of the pause are left."""
        return self._left_s

    def is_about_this(self, error: Exception) -> bool:
        """Tell whether an error is about what was typed here."""
        return hasattr(error, "delay_s") or _is_pin_error(error)

    def refuse(self, error: Exception) -> None:
        """Empty the field after something wrong; without any try left the PIN is given up."""
        self.field.clear()
        if _is_pin_error(error):
            if not getattr(error, "left", 0):
                self._has_pin = self._by_pin = False
                self._show_way()
        else:
            self._left_s = int(getattr(error, "wait_s", 0))
            if self._left_s:
                self._tick.start()
        self.waits.emit()

    def say(self, error: Exception) -> None:
        """As `refuse`, with the reason said at the field."""
        self.refuse(error)
        self.field.set_error(explain(error))

    def clear(self) -> None:
        """Empty both fields."""
        for field in (self.password, self.pin):
            field.clear()

    @Slot()
    def _count_down(self) -> None:
        self._left_s = max(0, self._left_s - 1)
        if self._left_s == 0:
            self._tick.stop()
        self.waits.emit()

    @Slot()
    def _switch(self) -> None:
        self._by_pin = not self._by_pin
        self.clear()
        self._show_way()
        self.focus()
        self.waits.emit()

    def _show_way(self) -> None:
        self.pin_row.setVisible(self._by_pin)
        self.password_row.setVisible(not self._by_pin)
        self.use_pin.setVisible(self._has_pin)


def _has_pin(desk: Desk) -> bool:
    return desk.access.has_pin()


def _passed_over(_error: Exception) -> None:
    """The password is asked for, as if there were none."""


def _is_pin_error(error: Exception) -> bool:
    from mesodesk.vault.errors import NoPinError, WrongPinError

    return isinstance(error, NoPinError | WrongPinError)
