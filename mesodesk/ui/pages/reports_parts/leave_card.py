"""A report as a file, and the sheet of the day on paper."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from mesodesk.domain.records.audit import LogFormat, LogQuery
from mesodesk.ui.jobs import explain
from mesodesk.ui.pages.reports_parts.log_run import LogRun
from mesodesk.ui.proof_field import ProofField
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.layouts import FlowLayout, nest
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.audit import DaySheet
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.proof_field import Typed


class LeaveCard(Card):
    """Whatever leaves takes a password or PIN, and is on the log before it is written."""

    made = Signal()
    """Something left, so that the log has a new entry."""

    def __init__(
        self, context: Context, query: Callable[[], LogQuery], parent: QWidget | None = None
    ) -> None:
        super().__init__(object_name="report_leave", parent=parent)
        self.set_title(self.tr("Save or print"))
        self._context = context
        self._query = query
        self._form = LogFormat.CSV
        self._path = ""
        lead = self.tr(
            "The report as it is filtered now, as a table (CSV) or for a repository of logs "
            "(FHIR). The day sheet is one page to file outside this room: with it anybody can "
            "prove later that nothing before it was taken out."
        )
        self.csv = Button(self.tr("Save as CSV…"), "report_csv", icon_name="table")
        self.fhir = Button(self.tr("Save as FHIR…"), "report_fhir")
        self.proof = ProofField(context, "report_leave")
        self.print_it = Button(self.tr("Print day sheet…"), "day_sheet_print")
        self.save_it = Button(self.tr("Day sheet as PDF…"), "day_sheet_save")
        self.result = Notice(object_name="report_leave_result")
        self.add(Muted(lead))
        self.add(self.proof)
        ways = FlowLayout()
        for button in (self.csv, self.fhir, self.print_it, self.save_it):
            ways.addWidget(button)
        nest(self.body, ways)
        self.add(self.result)
        self._buttons = (self.csv, self.fhir, self.print_it, self.save_it)
        self._typed: Typed | None = None
        self._writing = False
        self.proof.waits.connect(self._offer)
        self.csv.clicked.connect(self._ask_csv)
        self.fhir.clicked.connect(self._ask_fhir)
        self.print_it.clicked.connect(self._print)
        self.save_it.clicked.connect(self._ask_sheet)

    @Slot()
    def _ask_csv(self) -> None:
        self._form = LogFormat.CSV
        self._ask(self.tr("Save the report"), "audit-log.csv", self.export_to)

    @Slot()
    def _ask_fhir(self) -> None:
        self._form = LogFormat.FHIR
        self._ask(self.tr("Save the report"), "audit-log.json", self.export_to)

    @Slot()
    def _ask_sheet(self) -> None:
        self._ask(self.tr("Save the day sheet"), "day-sheet.pdf", self.sheet_to)

    def _take_typed(self) -> bool:
        """Take what was typed, which is asked for anew each time; False if nothing was."""
        self._typed = self.proof.typed()
        return self._typed is not None

    def _ask(self, title: str, name: str, chosen: Callable[[str], object]) -> None:
        """Ask where to, once a password or PIN is typed: it is tried when the place is chosen."""
        if not self._take_typed():
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._dialog = QFileDialog(self, title, folder)
        self._dialog.setObjectName("report_save_dialog")
        self._dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._dialog.setDefaultSuffix(name.rpartition(".")[2])
        self._dialog.selectFile(name)
        self._dialog.fileSelected.connect(chosen)
        self._dialog.open()

    @Slot(str)
    def export_to(self, path: str) -> None:
        """Write the report as it is filtered now, beside what is typed."""
        typed = self._begin()
        if typed is None:
            return
        self._path = path
        run = LogRun(self._context)
        run.written.connect(self._written)
        run.failed.connect(self._broke)
        run.begin(self._query(), self._form, Path(path), typed)

    def _begin(self) -> Typed | None:
        """Hand out what was typed, once; nothing else leaves meanwhile."""
        typed, self._typed = self._typed, None
        if typed is not None:
            self.proof.clear()
            self._writing = True
            self._offer()
        return typed

    def _end(self) -> None:
        self._writing = False
        self._offer()

    @Slot(int)
    def _written(self, count: int) -> None:
        self._end()
        said = self.tr("{count} entries saved to {path}")
        words = said.format(count=f"{count:,}", path=self._path)
        self.result.show_notice(Kind.OK, words)
        self.made.emit()

    @Slot(object)
    def _broke(self, error: Exception) -> None:
        self._end()
        if self.proof.is_about_this(error):
            self.proof.refuse(error)
            self.proof.focus()
        self.result.show_notice(Kind.CAUTION, self.tr("Nothing was written."), explain(error))

    @Slot(str)
    def sheet_to(self, path: str) -> None:
        """Write the day sheet as a PDF."""
        typed = self._begin()
        if typed is not None:
            self._path = path
            self._context.run(self, partial(_sheet, typed), self._save_sheet, self._broke)

    def _save_sheet(self, sheet: DaySheet) -> None:
        from mesodesk.ui.day_sheet import write_pdf

        self._end()
        zone = self._context.clinic.fields.zone
        if write_pdf(self._path, sheet, zone):
            self._say(self.tr("Saved to {path}").format(path=self._path))
        else:
            self._say(self.tr("The file could not be written. Choose another folder."))
        self.made.emit()

    @Slot()
    def _print(self) -> None:
        typed = self._begin() if self._take_typed() else None
        if typed is not None:
            self._context.run(self, partial(_sheet, typed), self._print_sheet, self._broke)

    def _print_sheet(self, sheet: DaySheet) -> None:
        from mesodesk.ui.day_sheet import draw
        from mesodesk.ui.printing import PagePrinter

        self._end()
        page = partial(draw, sheet=sheet, zone=self._context.clinic.fields.zone)
        self._printer = PagePrinter(self, page, "day_sheet_print_dialog")
        self._printer.said.connect(self._say)
        self._printer.open()
        self.made.emit()

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self.result.show_notice(Kind.INFO, sentence)

    @Slot()
    def _offer(self) -> None:
        for button in self._buttons:
            button.setEnabled(not self._writing and not self.proof.must_wait())


def _sheet(typed: Typed, desk: Desk) -> DaySheet:
    return desk.audit_log.day_sheet(typed.secret, by_pin=typed.by_pin)
