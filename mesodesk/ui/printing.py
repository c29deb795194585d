"""Prints one page on a printer of this computer."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QRectF, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QDialog, QWidget

from mesodesk.ui.recovery_sheet import RecoverySheet, draw

Draw = Callable[[QPainter, QRectF], None]


class PagePrinter(QObject):
    """Asks for a printer and prints; tells in a sentence how it went."""

    said = Signal(str)

    def __init__(self, window: QWidget, draw_page: Draw, object_name: str) -> None:
        super().__init__(window)
        self._window = window
        self._draw = draw_page
        self._name = object_name
        self._printer: QPrinter | None = None

    def open(self) -> None:
        """Show the system's print dialog, or say that there is no printer."""
        if not QPrinterInfo.availablePrinterNames():
            self.said.emit(
                self.tr("No printer is set up on this computer: save the sheet as a PDF instead.")
            )
            return
        self._printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        self._dialog = QPrintDialog(self._printer, self._window)
        self._dialog.setObjectName(self._name)
        self._dialog.accepted.connect(self._print)
        # QPrintDialog hides the plain open() behind one that wants a receiver.
        QDialog.open(self._dialog)

    @Slot()
    def _print(self) -> None:
        painter = QPainter()
        if self._printer is None or not painter.begin(self._printer):
            self.said.emit(self.tr("The printer did not answer; nothing was printed. Try again."))
            return
        page = self._printer.pageRect(QPrinter.Unit.DevicePixel)
        self._draw(painter, QRectF(0, 0, page.width(), page.height()))
        painter.end()
        self.said.emit(self.tr("Sent to the printer. Check that the sheet can be read."))


class SheetPrinter(PagePrinter):
    """Prints the recovery sheet."""

    def __init__(self, window: QWidget, sheet: RecoverySheet) -> None:
        super().__init__(window, partial(draw, sheet=sheet), "recovery_print_dialog")
