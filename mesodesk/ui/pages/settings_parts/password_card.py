"""Changing one's password: the old one, and the new one twice."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from mesodesk.ui.gate.password_step import PasswordStep
from mesodesk.ui.jobs import explain
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Muted
from mesodesk.ui.widgets.textfields import PasswordField

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class PasswordCard(Card):
    """Folded until it is asked for; nothing of what is typed stays."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="password_card", parent=parent)
        self.set_title(self.tr("Your password"))
        self._context = context
        self.lead = Muted(
            self.tr("It opens the records for {name} and signs sessions.").format(
                name=context.user.name
            )
        )
        self.open_button = Button(
            self.tr("Change the password"), "open_change_password", icon_name="key-outline"
        )
        self.old = PasswordField("old_password", self.tr("The password until now"))
        self.old_row = FormRow(self.tr("The password until now"), self.old)
        self.step = PasswordStep(self._own_words)
        self.change = Button(self.tr("Set the new password"), "change_password")
        self.cancel = Button(self.tr("Cancel"), "cancel_password")
        self.notice = Notice(object_name="password_notice")
        self.add(self.lead)
        for widget in (self.old_row, self.step, self.notice):
            self.add(widget)
        nest(self.body, row(self.open_button, self.change, self.cancel, stretch=True))
        self._fold(folded=True)
        self.open_button.clicked.connect(self._open)
        self.cancel.clicked.connect(self.forget)
        self.change.clicked.connect(self._submit)
        self.old.entered.connect(self.step.begin)
        self.step.again.entered.connect(self._submit)

    def _own_words(self) -> tuple[str, ...]:
        return ("mesodesk", self._context.user.name, self._context.clinic.fields.name)

    def _fold(self, *, folded: bool) -> None:
        self.open_button.setVisible(folded)
        for widget in (self.old_row, self.step, self.change, self.cancel):
            widget.setVisible(not folded)

    @Slot()
    def _open(self) -> None:
        self.notice.show_notice(Kind.INFO, "")
        self._fold(folded=False)
        self.old.setFocus()

    @Slot()
    def forget(self) -> None:
        """Empty the fields and fold the card."""
        for field in (self.old, self.step.password, self.step.again):
            field.clear()
        self.notice.show_notice(Kind.INFO, "")
        self._fold(folded=True)

    @Slot()
    def _submit(self) -> None:
        if not self.old.value():
            self.old.set_error(self.tr("Type the password that you have used until now."))
            self.old.setFocus()
            return
        if self.step.problem():
            return
        self.change.setEnabled(False)
        work = partial(_change, self.old.value(), self.step.password.value())
        self._context.write(self, work, self._changed, self._not_changed)

    def _changed(self, _nothing: None) -> None:
        self.change.setEnabled(True)
        self.forget()
        self.notice.show_notice(
            Kind.OK,
            self.tr("The new password is set."),
            self.tr("It counts from now on. The recovery key still opens the records."),
        )
        self.open_button.setFocus()

    def _not_changed(self, error: Exception) -> None:
        self.change.setEnabled(True)
        self.old.clear()
        self.old.setFocus()
        self.notice.show_notice(Kind.STOP, self.tr("The password was not changed."), explain(error))


def _change(old: str, new: str, desk: Desk) -> None:
    desk.access.change_password(old, new)
