"""A button that sets pages and opens them in the system's viewer, which prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from mesodesk.ui.export_run import ExportRun
from mesodesk.ui.jobs import explain
from mesodesk.ui.prints import new_print_folder, remove_prints
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from mesodesk.leaving import Left
    from mesodesk.services.desk import Desk
    from mesodesk.services.export_work import ExportJob
    from mesodesk.ui.context import Context
    from mesodesk.ui.widgets.cards import Notice


class PrintButton(Button):
    """Says beneath itself, in a notice, where the pages are and how long they stay."""

    #: It was pressed: `begin` is to be called.
    asked = Signal()

    def __init__(
        self,
        context: Context,
        text: str,
        object_name: str,
        notice: Notice,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, object_name, ButtonKind.SECONDARY, "printer-outline", parent=parent)
        self._context = context
        self._notice = notice
        self._run: ExportRun | None = None
        self.clicked.connect(self.asked)
        context.locked.connect(self._clean)
        context.closing.connect(self._clean)

    def begin(self, plan: Callable[[Desk], ExportJob]) -> ExportRun:
        """Set the pages that `plan` allows, and open them."""
        self.setEnabled(False)
        self._notice.show_notice(Kind.INFO, self.tr("The pages are being set ..."))
        run = self._run = ExportRun(self._context)
        run.written.connect(self._written)
        run.failed.connect(self._failed)
        run.begin(plan, new_print_folder, overwrite=False)
        return run

    @Slot(object)
    def _written(self, left: Left) -> None:
        stopped = self._settle()
        if stopped:  # locked or closed meanwhile: nobody is there to look at it
            remove_prints()
            self._notice.dismiss()
            return
        opened = QDesktopServices.openUrl(QUrl.fromLocalFile(str(left.path)))
        if opened:
            self._notice.show_notice(
                Kind.OK,
                self.tr("Opened in the viewer of this computer: print from there"),
                self.tr(
                    "The pages lie unencrypted until you lock or close Mesodesk, and are removed"
                    " then. That you printed is kept on the log."
                ),
            )
            return
        remove_prints()
        self._notice.show_notice(
            Kind.STOP,
            self.tr("No viewer for PDF answered, so nothing was printed"),
            self.tr("Export the record as PDF to a folder, and open it from there."),
        )

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        stopped = self._settle()
        remove_prints()
        if stopped:
            self._notice.dismiss()
        else:
            self._notice.show_notice(Kind.STOP, self.tr("Not printed"), explain(error))

    def _settle(self) -> bool:
        """Be ready again; tell whether the run was given up."""
        run, self._run = self._run, None
        self.setEnabled(True)
        return run is not None and run.is_stopped()

    @Slot()
    def _clean(self) -> None:
        if self._run is not None:
            self._run.stop()
        remove_prints()
