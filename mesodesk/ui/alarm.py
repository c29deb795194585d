"""An alarm above every page: it stays until somebody who may has said to have read it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from mesodesk.domain.rights import Right
from mesodesk.ui.tokens import Kind

if TYPE_CHECKING:
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.shell import MainWindow
    from mesodesk.vault.findings import Finding


class Alarm(QObject):
    """Shows one alarm that opening the vault raised."""

    def __init__(
        self, window: MainWindow, context: Context, finding: Finding, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._finding = finding
        self._notice = window.notify(Kind.STOP, finding.sentence, object_name="vault_alarm")
        words = self.tr("I have read this") if context.may(Right.RESTORE) else ""
        self._notice.show_notice(Kind.STOP, finding.sentence, "", words)
        self._notice.close_button.hide()
        self._notice.acted.connect(self._read)

    @Slot()
    def _read(self) -> None:
        self._context.run(self, partial(_acknowledge, self._finding), self._kept)

    def _kept(self, _nothing: None) -> None:
        self._notice.dismiss()


def _acknowledge(finding: Finding, desk: Desk) -> None:
    desk.safety.acknowledge(finding)
