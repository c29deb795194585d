"""A restore is tried: into a folder that is gone again, with a record to print and file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_moment
from mesodesk.ui.pages.safety_parts.words import ago, place_name
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Body, Muted
from mesodesk.ui.widgets.textfields import PasswordField

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.clock import Clock
    from mesodesk.domain.records.backup import BackupStanding, PlaceRecord, RunRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.vault.drilling import Drill


class DrillCard(Card):
    """The newest backup, the password of its day, and what came of it."""

    restore_asked = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="drill_card", parent=parent)
        self.set_title(self.tr("Restoring"))
        self._context = context
        self._lines: tuple[str, ...] = ()
        self._choice: tuple[PlaceRecord, str] | None = None
        self.words = Body("")
        self.words.setObjectName("drill_words")
        self.lead = Muted(
            self.tr(
                "A trial restores the newest backup beside the records, compares it, and removes "
                "it again. Nothing of your work is touched. The page to print is evidence that "
                "restoring was tested."
            )
        )
        self.password = PasswordField("drill_password", self.tr("Password of the backup's day"))
        self.password_row = FormRow(self.tr("Your password of that day"), self.password, " ")
        self.try_it = Button(self.tr("Try a restore"), "drill_try")
        self.restore = Button(self.tr("Restore a backup…"), "restore_open")
        self.result = Notice(object_name="drill_result")
        self.print_it = Button(self.tr("Print the record…"), "drill_print", compact=True)
        self.save_it = Button(self.tr("Save as PDF…"), "drill_save", compact=True)
        self._lay_out()
        self.try_it.clicked.connect(self._try)
        self.password.entered.connect(self._try)
        self.restore.clicked.connect(self.restore_asked)
        self.print_it.clicked.connect(self._print)
        self.save_it.clicked.connect(self._save)

    def _lay_out(self) -> None:
        for widget in (self.words, self.lead, self.password_row, self.result):
            self.add(widget)
        nest(self.body, row(self.print_it, self.save_it, stretch=True))
        nest(self.body, row(self.try_it, self.restore, stretch=True))
        self.print_it.hide()
        self.save_it.hide()
        for part in (self.lead, self.password_row, self.try_it):
            part.setVisible(self._context.may(Right.DRILL))
        self.restore.setVisible(self._context.may(Right.RESTORE))

    def show_standing(self, standing: BackupStanding) -> None:
        """Say when a restore was last tried, and whether there is a backup to try."""
        with_backup = [each for each in standing.places if each.last is not None]
        newest = max(with_backup, key=lambda each: each.last.seq if each.last else 0, default=None)
        self._choice = None
        self.password_row.set_help("")
        if newest is not None and newest.last is not None:
            self._choice = (newest.place, newest.last.name)
            made = format_moment(newest.last.made_at, self._context.clinic.fields.zone)
            said = self.tr("Tried is the backup of {moment}, in {place}.")
            self.password_row.set_help(said.format(moment=made, place=place_name(newest)))
        self.try_it.setEnabled(self._choice is not None)
        drill = standing.last_drill
        if drill is None:
            self.words.setText(self.tr("No restore was ever tried."))
            return
        said = (
            self.tr("Tried {ago}, passed.")
            if drill.verified
            else (self.tr("Tried {ago}, NOT passed: {why}"))
        )
        when = ago(drill.verified_at or drill.made_at, self._context.clock.now())
        self.words.setText(said.format(ago=when, why=drill.trouble))

    @Slot()
    def _try(self) -> None:
        if self._choice is None:
            return
        if not self.password.value():
            self.password.set_error(self.tr("Type the password that was valid then."))
            self.password.setFocus()
            return
        self.try_it.setEnabled(False)
        self.result.show_notice(Kind.INFO, self.tr("Restoring for a trial…"))
        place, name = self._choice
        vault = self._context.desk.store.vault.folder
        work = partial(_drill, place, name, self.password.value(), vault, self._context.clock)
        self._context.jobs.run_aside(self, work, self._tried, self._not_tried)

    def _tried(self, found: Drill) -> None:
        from mesodesk.vault.drilling import record_lines

        self.password.clear()
        self._lines = record_lines(found)
        self._context.write(self, partial(_note, found), self._noted)
        if found.passed:
            self.result.show_notice(
                Kind.OK,
                self.tr("The trial was passed in {seconds} s.").format(
                    seconds=round(found.seconds)
                ),
                self.tr("All records came back as they were written."),
            )
        else:
            self.result.show_notice(
                Kind.STOP, self.tr("The trial was not passed."), " ".join(found.troubles)
            )
        self.print_it.show()
        self.save_it.show()
        self.try_it.setEnabled(True)
        self.print_it.setFocus()

    def _noted(self, _run: RunRecord) -> None:
        """It is on record; the standing comes by itself."""

    def _not_tried(self, error: Exception) -> None:
        self.password.clear()
        self.try_it.setEnabled(True)
        self.result.show_notice(Kind.CAUTION, self.tr("It could not be tried."), explain(error))
        self.password.setFocus()

    def forget(self) -> None:
        """Empty the field."""
        self.password.clear()

    @Slot()
    def _save(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._dialog = QFileDialog(self, self.tr("Save the record"), folder)
        self._dialog.setObjectName("drill_save_dialog")
        self._dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._dialog.setDefaultSuffix("pdf")
        self._dialog.selectFile("restore-drill.pdf")
        self._dialog.fileSelected.connect(self.save_to)
        self._dialog.open()

    @Slot(str)
    def save_to(self, path: str) -> None:
        """Write the record as a PDF and say where it is, or that it could not be written."""
        from mesodesk.ui.record_sheet import write_lines

        if write_lines(path, "Mesodesk restore drill", self._lines):
            self._say(self.tr("Saved to {path}").format(path=path))
        else:
            self._say(self.tr("The file could not be written. Choose another folder."))

    @Slot()
    def _print(self) -> None:
        from mesodesk.ui.printing import PagePrinter
        from mesodesk.ui.record_sheet import draw_lines

        self._printer = PagePrinter(
            self, partial(draw_lines, lines=self._lines), "drill_print_dialog"
        )
        self._printer.said.connect(self._say)
        self._printer.open()

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self.result.show_notice(Kind.INFO, sentence)


def _drill(place: PlaceRecord, name: str, password: str, vault: Path, clock: Clock) -> Drill:
    """Try it beside the records, on their disk; on any thread but the database's."""
    from mesodesk.services.backup_work import folder_of
    from mesodesk.vault.backup_errors import MissingBackupError
    from mesodesk.vault.drilling import drill
    from mesodesk.vault.keys import password_secret
    from mesodesk.vault.opening import Credential

    folder = folder_of(place)
    if folder is None:
        raise MissingBackupError
    by = Credential(password_secret(password), is_recovery=False)
    return drill(folder / name, vault.absolute().parent, by, clock=clock, current=vault)


def _note(found: Drill, desk: Desk) -> RunRecord:
    return desk.backups.note_drill(found)
