"""Changing the vault's key from the open window: the desk is closed for it and begun anew."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mesodesk.ui.gate.frame import GatePage
from mesodesk.ui.jobs import explain
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice, ProgressBar
from mesodesk.ui.widgets.text import Body, Heading

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.shell import MainWindow


class KeyChangePage(GatePage):
    """Says how far it is, and how it ended."""

    ended = Signal()
    """Whoever waited has read how it ended."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("key_change_page", parent)
        self.title = Heading(self.tr("Changing the vault's key"))
        self.words = Body(self.tr("Making a backup and reading it back…"))
        self.words.setObjectName("key_change_words")
        self.bar = ProgressBar(self.tr("How far the change of the key is"))
        self.bar.set_share(0.1)
        self.notice = Notice(object_name="key_change_notice", parent=self)
        for widget in (self.title, self.words, self.bar, self.notice):
            self.card.add(widget)
        self.button = Button(self.tr("Unlock"), "key_change_unlock", ButtonKind.PRIMARY)
        self.button.hide()
        self.button_row.addStretch(1)
        self.button_row.addWidget(self.button)
        self.finish_layout()
        self.button.clicked.connect(self.ended)

    def say_changing(self) -> None:
        """Say that the backup is made and the records are being written anew."""
        self.bar.set_share(0.5)
        self.words.setText(
            self.tr(
                "The backup is whole. All records are being written anew under the new key, and "
                "read back. Leave the computer on; if it goes off all the same, nothing is lost."
            )
        )

    def say_ended(self, kind: Kind, headline: str, text: str) -> None:
        """Say how it ended; the desk is begun anew when that was read."""
        self.bar.set_share(1.0, "ok" if kind is Kind.OK else "stop")
        self.words.hide()
        self.notice.show_notice(kind, headline, text)
        self.button.show()
        self.button.setFocus()


class KeyChange(QObject):
    """One for each open desk: makes the backup, changes the key, and has the window begin anew."""

    #: Why nothing was begun, such as a wrong password: the desk is as it was.
    refused = Signal(object)

    def __init__(self, window: MainWindow, context: Context) -> None:
        super().__init__(context)
        self._window = window
        self._context = context
        self._page: KeyChangePage | None = None

    @Slot(str)
    def start(self, password: str) -> None:
        """Make the backup, if it is the password; then change the key."""
        if self._page is not None:
            return
        self._window.leave_page()
        self._page = KeyChangePage()
        self._page.ended.connect(self._begin_again)
        self._window.show_cover(self._page)
        done = partial(self._backed_up, password)
        self._context.run(self, partial(_back_up_first, password), done, self._not_begun)

    def _backed_up(self, password: str, _nothing: None) -> None:
        if self._page is not None:
            self._page.say_changing()
        self._context.run(self, partial(_change, password), self._changed, self._not_changed)

    def _not_begun(self, error: Exception) -> None:
        self._page = None
        self._window.hide_cover()
        self.refused.emit(error)

    def _changed(self, _nothing: None) -> None:
        if self._page is not None:
            self._page.say_ended(
                Kind.OK,
                self.tr("The new key is in use."),
                self.tr(
                    "Everybody unlocks with the password that they have, and the recovery kit "
                    "still works. Make new backups on your sticks today."
                ),
            )

    def _not_changed(self, error: Exception) -> None:
        if not self._context.desk.keys.is_over:
            self._not_begun(error)
        elif self._page is not None:
            self._page.say_ended(
                Kind.STOP,
                self.tr("The key was not changed; the key of before is in use."),
                explain(error),
            )

    @Slot()
    def _begin_again(self) -> None:
        self._window.begin_again = True
        self._window.may_close = None  # the vault is closed: no last backup is made of it
        self._window.close()


def _back_up_first(password: str, desk: Desk) -> None:
    desk.keys.back_up_first(password)


def _change(password: str, desk: Desk) -> None:
    desk.keys.change(password)
