"""Says above every page that something waits that its author typed and that is not on record."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from mesodesk.domain.changes import Topic
from mesodesk.ui.tokens import Kind

if TYPE_CHECKING:
    from mesodesk.domain.records.set_aside import AllSetAside
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.shell import MainWindow
    from mesodesk.ui.widgets.cards import Notice


class SetAsideNotice(QObject):
    """Stays until each thing was taken over or discarded; its button leads to where that is done.

    Args:
        window: shows it.
        context: of whoever is in, to whom alone it is said.
        file_name: of the side file that is theirs now; what lies in it is on their screen.
    """

    def __init__(self, window: MainWindow, context: Context, file_name: str) -> None:
        super().__init__(context)
        self._window = window
        self._context = context
        self._file_name = file_name
        self._notice: Notice | None = None
        context.changed.connect(self._changed)
        self.look()

    def look(self) -> None:
        """Look what waits."""
        self._context.run(self, partial(_mine, self._file_name), self._show, _passed_over)

    @Slot(object, object)
    def _changed(self, topic: Topic, _origin: object) -> None:
        if topic & Topic.DRAFTS and self._notice is not None:
            self.look()

    def _show(self, found: AllSetAside) -> None:
        count = len(found.things) + len(found.unreadable)
        if not count:
            if self._notice is not None:
                self._notice.dismiss()
                self._notice = None
            return
        headline = self.tr("Something you typed is set aside and not on record")
        if count > 1:
            headline = self.tr("{count} things you typed are set aside and not on record")
        text = self.tr("The records could not be written then. Decide what becomes of it.")
        if not found.things:
            headline = self.tr("Something that was set aside cannot be read")
            text = self.tr("Look whether what you typed last is on record.")
        if self._notice is None:
            self._notice = self._window.notify(
                Kind.CAUTION, headline.format(count=count), text, object_name="set_aside_notice"
            )
            self._notice.close_button.hide()
            self._notice.acted.connect(self._open)
        self._notice.show_notice(
            Kind.CAUTION, headline.format(count=count), text, self.tr("Look at it")
        )

    @Slot()
    def _open(self) -> None:
        self._window.open("set_aside")


def _mine(file_name: str, desk: Desk) -> AllSetAside:
    return desk.set_aside.mine(file_name)


def _passed_over(_error: Exception) -> None:
    """Looked at again when the desk is opened next; the files stay."""
