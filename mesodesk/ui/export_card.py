"""Letting records leave: in which form, where to, how it went; a card in its place."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QStandardPaths, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from mesodesk.domain.records.export import ExportFormat
from mesodesk.ui.export_run import ExportRun
from mesodesk.ui.export_words import photographs_words
from mesodesk.ui.jobs import explain
from mesodesk.ui.proof_field import ProofField, Typed
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice, ProgressBar
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Body, Muted
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHideEvent
    from PySide6.QtWidgets import QWidget

    from mesodesk.leaving import Left
    from mesodesk.services.desk import Desk
    from mesodesk.services.export_work import ExportJob
    from mesodesk.ui.context import Context

_LONGEST_PATH: Final = 1_000


class ExportCard(Card):
    """Form, place, and one button. What it exports is for those who derive from it."""

    name = "export"

    def __init__(self, context: Context, title: str, lead: str) -> None:
        super().__init__(title, object_name=f"{self.name}_card")
        self.context = context
        self._run: ExportRun | None = None
        self._left: Path | None = None
        self._overwrite = False
        self.lead = Muted(lead)
        self.form = SegmentedControl(
            {
                ExportFormat.PDF.value: self.tr("PDF"),
                ExportFormat.CSV.value: self.tr("CSV tables"),
                ExportFormat.JSON.value: self.tr("JSON"),
            },
            f"{self.name}_form",
            self.tr("In which form"),
        )
        self.form.set_value(ExportFormat.PDF.value)
        self.meaning = Muted("")
        self.meaning.setObjectName(f"{self.name}_meaning")
        self.folder = TextField(
            f"{self.name}_folder", self.tr("The folder it goes to"), longest=_LONGEST_PATH
        )
        self.folder.set_value(_documents())
        self.choose = Button(
            self.tr("Choose..."), f"{self.name}_choose", icon_name="folder-outline"
        )
        self.warning = Body(
            self.tr(
                "What leaves is not encrypted: whoever has the file can read it. That you exported"
                " it is kept on the log."
            )
        )
        self.warning.setObjectName(f"{self.name}_warning")
        self.go = Button(self.tr("Export"), f"{self.name}_go", ButtonKind.PRIMARY, "export-variant")
        self.cancel = Button(self.tr("Stop"), f"{self.name}_stop")
        self.bar = ProgressBar(self.tr("How far the export has come"))
        self.result = Notice(object_name=f"{self.name}_result")
        self.proof = ProofField(context, self.name)
        self._build()
        self._show_meaning()

    def _build(self) -> None:
        self.add(self.lead)
        self.add(FormRow(self.tr("Form"), self.form))
        self.add(self.meaning)
        self.folder_row = FormRow(self.tr("Folder"), self.folder)
        line = row()
        line.addWidget(self.folder_row, 1)
        line.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignBottom)
        nest(self.body, line)
        for widget in (self.proof, self.warning, self.bar, self.result):
            self.add(widget)
        self.buttons = row(self.go, self.cancel, stretch=True)
        nest(self.body, self.buttons)
        self.bar.hide()
        self.cancel.hide()
        self.form.chosen.connect(self._form_chosen)
        self.choose.clicked.connect(self._choose)
        self.folder.edited.connect(self._place_typed)
        self.go.clicked.connect(self.begin)
        self.proof.entered.connect(self.begin)
        self.proof.waits.connect(self.show_waiting)
        self.context.locked.connect(self.forget)
        self.cancel.clicked.connect(self.stop)
        self.result.acted.connect(self._act)

    # For those who derive from it

    @abstractmethod
    def plan(self, typed: Typed) -> Callable[[Desk], ExportJob] | None:
        """Return what asks for it to be allowed, with what was typed; None if it cannot be."""
        raise NotImplementedError

    @abstractmethod
    def meanings(self) -> dict[str, str]:
        """Return what each form is good for."""
        raise NotImplementedError

    @Slot()
    def forget(self) -> None:
        """Leave no password or PIN in the field."""
        self.proof.clear()

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget what was typed to prove that it is oneself."""
        super().hideEvent(event)
        self.forget()

    # What is chosen

    def chosen_form(self) -> ExportFormat:
        return ExportFormat(self.form.value() or ExportFormat.PDF.value)

    def is_running(self) -> bool:
        """Tell whether an export of this card is under way."""
        return self._run is not None

    @Slot(str)
    def _form_chosen(self, _form: str) -> None:
        self._overwrite = False
        self.result.show_notice(Kind.INFO, "")
        self._show_meaning()

    def _show_meaning(self) -> None:
        self.meaning.setText(self.meanings()[self.chosen_form().value])

    @Slot(object)
    def _place_typed(self, _text: object) -> None:
        self._overwrite = False

    @Slot()
    def _choose(self) -> None:
        self._dialog = QFileDialog(self, self.tr("Where it goes"), self.folder.value())
        self._dialog.setObjectName(f"{self.name}_dialog")
        self._dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._dialog.fileSelected.connect(self._chosen)
        self._dialog.open()

    @Slot(str)
    def _chosen(self, folder: str) -> None:
        self.folder.set_value(folder)
        self._overwrite = False

    # Going on

    @Slot()
    def begin(self) -> None:
        """Export in the form and to the place that are chosen."""
        if self._run is not None or self.proof.must_wait():
            return
        folder = Path(self.folder.value()).expanduser()
        if not self.folder.value() or not folder.is_absolute():
            self.folder.set_error(self.tr("Name the folder that the file goes to."))
            self.folder.setFocus()
            return
        typed = self.proof.typed()
        plan = None if typed is None else self.plan(typed)
        if plan is not None:
            self.start(plan, partial(_same, folder), overwrite=self._overwrite)

    def start(
        self, plan: Callable[[Desk], ExportJob], folder: Callable[[], Path], *, overwrite: bool
    ) -> ExportRun:
        """Begin an export; the card shows how far it is."""
        run = self._run = ExportRun(self.context)
        run.progressed.connect(self._progressed)
        run.written.connect(self._written)
        run.failed.connect(self._failed)
        self.result.show_notice(Kind.INFO, "")
        self.bar.set_share(0, "accent")
        self._show_running(running=True)
        run.begin(plan, folder, overwrite=overwrite)
        return run

    @Slot()
    def stop(self) -> None:
        """Have an export under way given up."""
        if self._run is not None:
            self._run.stop()
            self.cancel.setEnabled(False)

    def _show_running(self, *, running: bool) -> None:
        self.bar.setVisible(running)
        self.cancel.setVisible(running)
        self.cancel.setEnabled(running)
        self.go.setVisible(not running)

    @Slot(float)
    def _progressed(self, share: float) -> None:
        self.bar.set_share(share)

    @Slot(object)
    def _written(self, left: Left) -> None:
        self._settle()
        self.proof.clear()
        self._overwrite = False
        self._left = left.path
        text = self.tr("It lies there unencrypted: whoever has it can read it.")
        if left.done.left_out:
            text = f"{_left_out(self, left.done.left_out)} {text}"
        photographs = photographs_words(left)
        if photographs:
            text = f"{photographs} {text}"
        headline = self.tr("Written to {path}").format(path=left.path)
        self.result.show_notice(Kind.OK, headline, text, self.tr("Show"))

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        from mesodesk.documents.new_file import FileExistsAlreadyError
        from mesodesk.services.export_work import ExportStoppedError

        self._settle()
        self._left = None
        if not isinstance(error, FileExistsAlreadyError):  # else it is needed to replace that file
            self.proof.clear()
        if self.proof.is_about_this(error):
            self.refuse(error)
        elif isinstance(error, ExportStoppedError):
            self.result.show_notice(Kind.INFO, self.tr("Stopped"), explain(error))
        elif isinstance(error, FileExistsAlreadyError):
            self.result.show_notice(
                Kind.CAUTION, self.tr("Not exported"), explain(error), self.tr("Replace it")
            )
        else:
            self.result.show_notice(Kind.STOP, self.tr("Not exported"), explain(error))

    def refuse(self, error: Exception) -> None:
        """Say that it was not the password or the PIN; the next one can be typed."""
        self.result.show_notice(Kind.CAUTION, self.tr("Not exported"), explain(error))
        self.proof.refuse(error)
        self.proof.focus()

    @Slot()
    def show_waiting(self) -> None:
        """Say on the button how long the next try has to wait."""
        waits = self.proof.must_wait()
        self.go.setEnabled(not waits)
        self.go.setText(self.proof.wait_words() if waits else self.tr("Export"))

    def _settle(self) -> None:
        self._run = None
        self._show_running(running=False)
        self.go.setFocus()

    @Slot()
    def _act(self) -> None:
        """Show where it is; or replace the file that is there, which was asked for by that."""
        if self._left is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._left.parent)))
        else:
            self._overwrite = True
            self.begin()


def _documents() -> str:
    kind = QStandardPaths.StandardLocation.DocumentsLocation
    return QStandardPaths.writableLocation(kind)


def _same(folder: Path) -> Path:
    return folder


def _left_out(card: QWidget, count: int) -> str:
    if count == 1:
        return card.tr("Left out: 1 patient whose record is restricted to others.")
    words = card.tr("Left out: {count} patients whose records are restricted to others.")
    return words.format(count=count)
