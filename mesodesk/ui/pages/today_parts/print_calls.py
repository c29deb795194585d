"""The calls of the day on paper: kept on the log, set beside, opened in the system's viewer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices

from mesodesk.ui.jobs import explain
from mesodesk.ui.prints import new_print_folder, remove_prints
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.calls import CallList
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.widgets.cards import Notice


class PrintCalls(Button):
    """Says in a notice where the pages are and how long they stay."""

    def __init__(self, context: Context, notice: Notice, parent: QWidget | None = None) -> None:
        super().__init__("", "print_calls", ButtonKind.SECONDARY, "printer-outline", parent=parent)
        self.setText(self.tr("Print the calls"))
        self.setAccessibleName(self.text())
        self._context = context
        self._notice = notice
        self._gone = False
        self.clicked.connect(self._begin)
        context.locked.connect(self._clean)
        context.closing.connect(self._clean)

    @Slot()
    def _begin(self) -> None:
        self.setEnabled(False)
        self._gone = False
        self._notice.show_notice(Kind.INFO, self.tr("The pages are being set ..."))
        self._context.write(self, _listed, self._set, self._failed)

    def _set(self, calls: CallList) -> None:
        work = partial(_write, calls)
        self._context.jobs.run_aside(self, work, self._open, self._failed)

    def _open(self, path: Path) -> None:
        self.setEnabled(True)
        if self._gone:  # locked or closed meanwhile: nobody is there to look at it
            remove_prints()
            self._notice.dismiss()
        elif QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self._notice.show_notice(
                Kind.OK,
                self.tr("Opened in the viewer of this computer: print from there"),
                self.tr(
                    "The pages lie unencrypted until you lock or close Mesodesk, and are removed"
                    " then. That you printed is kept on the log."
                ),
            )
        else:
            remove_prints()
            self._notice.show_notice(
                Kind.STOP,
                self.tr("No viewer for PDF answered, so nothing was printed"),
                self.tr("The calls stand on this page. Set up a viewer for PDF, and print again."),
            )

    def _failed(self, error: Exception) -> None:
        self.setEnabled(True)
        remove_prints()
        self._notice.show_notice(Kind.STOP, self.tr("Not printed"), explain(error))

    @Slot()
    def _clean(self) -> None:
        self._gone = True
        remove_prints()


def _listed(desk: Desk) -> CallList:
    return desk.calls.print_list()


def _write(calls: CallList) -> Path:
    from mesodesk.leaving import write_calls

    return write_calls(calls, new_print_folder())
