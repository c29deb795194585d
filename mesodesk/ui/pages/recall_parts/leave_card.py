"""A table and letters about a recalled lot, into a folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from mesodesk.domain.rights import Right
from mesodesk.ui.findings_panel import bring_into_sight
from mesodesk.ui.jobs import explain
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Muted
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from mesodesk.domain.records.recall import LotTrace, RecallLetters
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class LeaveCard(Card):
    """Says where what was written lies."""

    def __init__(self, context: Context) -> None:
        super().__init__(self.tr("List and letters"), object_name="recall_files")
        self._context = context
        self._trace: LotTrace | None = None
        self._stop = Event()
        self._left: Path | None = None
        self.folder = TextField("recall_folder", self.tr("The folder they go to"), longest=1000)
        kind = QStandardPaths.StandardLocation.DocumentsLocation
        self.folder.set_value(QStandardPaths.writableLocation(kind))
        self.choose = Button(
            self.tr("Choose..."), "recall_folder_choose", icon_name="folder-outline"
        )
        self.table = Button(
            self.tr("List as CSV"), "recall_csv", icon_name="table-arrow-down", compact=True
        )
        self.letters = Button(
            self.tr("A letter for each patient"), "recall_letters", icon_name="email-outline",
            compact=True,
        )  # fmt: skip
        self.result = Notice(object_name="recall_files_result")
        self.body.setSpacing(Space.S)
        self.add(
            Muted(
                self.tr(
                    "They leave unencrypted, and that is kept on the log. Letters are in the"
                    " language of the clinic, a PDF named by record number for each patient."
                )
            )
        )
        line = row()
        line.addWidget(self.folder, 1)
        line.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignBottom)
        nest(self.body, line)
        nest(self.body, row(self.table, self.letters, stretch=True))
        self.add(self.result)
        self.choose.clicked.connect(self._choose)
        self.table.clicked.connect(self._list)
        self.letters.clicked.connect(self._write_letters)
        self.result.acted.connect(self._open)
        context.closing.connect(self._give_up)
        self.table.setVisible(context.may(Right.EXPORT))
        self.letters.setVisible(context.may(Right.PRINT))

    def show_trace(self, trace: LotTrace) -> None:
        """Be about a lot; what was said of another one goes."""
        if self._trace is None or trace.lot_id != self._trace.lot_id:
            self.result.dismiss()
        self._trace = trace
        self.setVisible(bool(trace.patients) and self._context.may(Right.EXPORT))
        self.letters.setEnabled(trace.recall is not None)
        self.letters.setToolTip(
            "" if trace.recall is not None else self.tr("Letters are for a lot that is recalled.")
        )

    @Slot()
    def _choose(self) -> None:
        self._dialog = QFileDialog(self, self.tr("Where they go"), self.folder.value())
        self._dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._dialog.fileSelected.connect(self.folder.set_value)
        self._dialog.open()

    def _place(self) -> Path | None:
        folder = Path(self.folder.value()).expanduser()
        if self.folder.value() and folder.is_absolute():
            return folder
        self.folder.set_error(self.tr("Name the folder that they go to."))
        self.folder.setFocus()
        return None

    @Slot()
    def _list(self) -> None:
        folder = self._place()
        if folder is not None and self._trace is not None:
            self._busy()
            work = partial(_list_to_leave, self._trace.lot_id)
            self._context.run(self, work, partial(self._listed, folder), self._failed)

    def _listed(self, folder: Path, trace: LotTrace) -> None:
        work = partial(_write_list, trace, folder, self._context.today())
        self._context.jobs.run_aside(self, work, self._written, self._failed)

    @Slot()
    def _write_letters(self) -> None:
        folder = self._place()
        if folder is not None and self._trace is not None:
            self._busy()
            work = partial(_letters, self._trace.lot_id)
            self._context.run(self, work, partial(self._lettered, folder), self._failed)

    def _lettered(self, folder: Path, letters: RecallLetters) -> None:
        work = partial(_write_letters, letters, folder, self._stop)
        self._context.jobs.run_aside(self, work, self._written, self._failed)

    def _busy(self) -> None:
        # A button that is disabled hands the focus on, and the page would follow it out of sight.
        self.setFocus()
        self.table.setEnabled(False)
        self.letters.setEnabled(False)
        self.result.show_notice(Kind.INFO, self.tr("Being written ..."))

    def _ready(self) -> None:
        self.table.setEnabled(True)
        self.letters.setEnabled(self._trace is not None and self._trace.recall is not None)

    def _written(self, path: Path) -> None:
        self._ready()
        self._left = path
        headline = self.tr("Written to {path}").format(path=path)
        self.result.show_notice(Kind.OK, headline, "", self.tr("Show"))
        QTimer.singleShot(0, self, self._show_result)

    def _failed(self, error: Exception) -> None:
        self._ready()
        self._left = None
        self.result.show_notice(Kind.STOP, self.tr("Nothing was written"), explain(error))
        QTimer.singleShot(0, self, self._show_result)

    @Slot()
    def _show_result(self) -> None:
        bring_into_sight(self.result)

    @Slot()
    def _open(self) -> None:
        if self._left is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._left.parent)))

    @Slot()
    def _give_up(self) -> None:
        self._stop.set()


def _list_to_leave(lot_id: UUID, desk: Desk) -> LotTrace:
    return desk.recalls.list_to_leave(lot_id)


def _letters(lot_id: UUID, desk: Desk) -> RecallLetters:
    return desk.recalls.letters(lot_id)


def _write_list(trace: LotTrace, folder: Path, day: date) -> Path:
    from mesodesk.leaving import write_recall_list

    return write_recall_list(trace, folder, day)


def _write_letters(letters: RecallLetters, folder: Path, stop: Event) -> Path:
    from mesodesk.leaving import write_recall_letters

    return write_recall_letters(letters, folder, stop, _quiet)


def _quiet(_done: int, _total: int) -> None:
    """Nobody watches: a letter takes a moment."""
