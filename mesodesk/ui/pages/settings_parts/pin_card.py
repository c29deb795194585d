"""One's PIN for a quick return: set it with the password, or give it up."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot

from mesodesk.ui.jobs import explain
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Muted
from mesodesk.ui.widgets.textfields import PasswordField

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class PinCard(Card):
    """Folded until it is asked for; nothing of what is typed stays."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="pin_card", parent=parent)
        self.set_title(self.tr("Your PIN"))
        self._context = context
        self._has_pin = False
        self.lead = Muted("")
        self.open_button = Button("", "open_set_pin", icon_name="lock-outline")
        self.give_up = Button(self.tr("Give it up"), "forget_pin", ButtonKind.QUIET)
        self.password = PasswordField("pin_password", self.tr("Your password"))
        self.password_row = FormRow(self.tr("Your password"), self.password)
        self.pin = PasswordField("new_pin", self.tr("New PIN"))
        self.pin.input.setInputMethodHints(
            self.pin.input.inputMethodHints() | Qt.InputMethodHint.ImhDigitsOnly
        )
        self.pin_row = FormRow(self.tr("New PIN"), self.pin, self.tr("6 to 12 digits."))
        self.set_button = Button(self.tr("Set the PIN"), "set_pin")
        self.cancel = Button(self.tr("Cancel"), "cancel_pin")
        self.notice = Notice(object_name="pin_notice")
        self.add(self.lead)
        for widget in (self.password_row, self.pin_row, self.notice):
            self.add(widget)
        nest(
            self.body,
            row(self.open_button, self.give_up, self.set_button, self.cancel, stretch=True),
        )
        self._connect()
        self.forget()
        self.ask()

    def _connect(self) -> None:
        self.open_button.clicked.connect(self._open)
        self.give_up.clicked.connect(self._give_up)
        self.cancel.clicked.connect(self.forget)
        self.set_button.clicked.connect(self._submit)
        self.password.entered.connect(self.pin.setFocus)
        self.pin.entered.connect(self._submit)

    def ask(self) -> None:
        """Ask whether there is a PIN; after three wrong ones there is none any more."""
        self._context.run(self, _has_pin, self._show, self._unknown)

    def _show(self, has_pin: bool) -> None:
        self._has_pin = has_pin
        self.lead.setText(
            self.tr("You can come back with your PIN until the records are closed.")
            if has_pin
            else self.tr(
                "With a PIN you come back more quickly while the records are open. It lies on no"
                " disk, and is gone when they are closed."
            )
        )
        words = self.tr("Set another PIN") if has_pin else self.tr("Set a PIN")
        self.open_button.setText(words)
        self.open_button.setAccessibleName(words)
        self._fold(folded=self.set_button.isHidden())

    def _unknown(self, _error: Exception) -> None:
        self._show(has_pin=False)

    def _fold(self, *, folded: bool) -> None:
        self.open_button.setVisible(folded)
        self.give_up.setVisible(folded and self._has_pin)
        for widget in (self.password_row, self.pin_row, self.set_button, self.cancel):
            widget.setVisible(not folded)

    @Slot()
    def _open(self) -> None:
        self.notice.show_notice(Kind.INFO, "")
        self._fold(folded=False)
        self.password.setFocus()

    @Slot()
    def forget(self) -> None:
        """Empty the fields and fold the card."""
        for field in (self.password, self.pin):
            field.clear()
        self.notice.show_notice(Kind.INFO, "")
        self._fold(folded=True)

    @Slot()
    def _submit(self) -> None:
        for field, words in (
            (self.password, self.tr("Type your password.")),
            (self.pin, self.tr("Type the digits of the new PIN.")),
        ):
            if not field.value():
                field.set_error(words)
                field.setFocus()
                return
        self.set_button.setEnabled(False)
        work = partial(_set_pin, self.password.value(), self.pin.value())
        self._context.write(self, work, self._was_set, self._not_set)

    def _was_set(self, _nothing: None) -> None:
        self.set_button.setEnabled(True)
        self.forget()
        self._show(has_pin=True)
        self.notice.show_notice(
            Kind.OK,
            self.tr("The PIN is set"),
            self.tr("It counts when the window is locked, until the records are closed."),
        )
        self.open_button.setFocus()

    def _not_set(self, error: Exception) -> None:
        self.set_button.setEnabled(True)
        for field in (self.password, self.pin):
            field.clear()
        self.password.setFocus()
        self.notice.show_notice(Kind.STOP, self.tr("The PIN was not set"), explain(error))

    @Slot()
    def _give_up(self) -> None:
        self._context.write(self, _forget_pin, self._given_up)

    def _given_up(self, _nothing: None) -> None:
        self._show(has_pin=False)
        self.notice.show_notice(Kind.INFO, self.tr("There is no PIN any more"))
        self.open_button.setFocus()


def _has_pin(desk: Desk) -> bool:
    return desk.access.has_pin()


def _set_pin(password: str, pin: str, desk: Desk) -> None:
    desk.access.set_pin(password, pin)


def _forget_pin(desk: Desk) -> None:
    desk.access.forget_pin()
