"""The recovery key: shown, printed and typed back."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QStandardPaths, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.ui.gate.step import Step
from mesodesk.ui.recovery_sheet import RecoverySheet, draw_qr, write_pdf
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Body, Label
from mesodesk.ui.widgets.textfields import TextField


class QrCode(QWidget):
    """A QR code on white, whatever the scheme, so that every reader can read it."""

    def __init__(self, text: str, side: int = 148, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.setFixedSize(side, side)
        self.setAccessibleName(self.tr("The recovery key as a QR code"))

    def set_text(self, text: str) -> None:
        """Show another code."""
        self._text = text
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._text:
            draw_qr(QPainter(self), paint.inside(self), self._text)


class RecoveryStep(Step):
    """Shows the recovery key, prints it, and has it typed back."""

    printed = Signal()

    def __init__(
        self, sheet: Callable[[str], RecoverySheet], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title = self.tr("Your recovery key")
        self.lead = self.tr(
            "If every password is lost, this key opens the records. If it is lost too, nobody can: "
            "not you, and not us. Print it, and lock it away outside this room."
        )
        self._sheet = sheet
        self._key = ""
        self.groups = QGridLayout()
        self.qr = QrCode("")
        self.print_button = Button(self.tr("Print…"), "recovery_print", compact=True)
        self.save_button = Button(self.tr("Save as PDF…"), "recovery_save", compact=True)
        self.notice = Notice(object_name="recovery_notice")
        self.typed = TextField("recovery_typed", self.tr("The recovery key typed back"), longest=60)
        self.typed.secret = True
        self._lay_out()
        self.print_button.clicked.connect(self._print)
        self.save_button.clicked.connect(self._save)

    def _lay_out(self) -> None:
        self.key_text = Label("", Role.TITLE, "accent")
        self.key_text.setObjectName("recovery_key_text")
        self.key_text.setAccessibleName(self.tr("Recovery key"))
        words = QVBoxLayout()
        words.setSpacing(Space.S)
        words.addWidget(self.key_text)
        words.addWidget(Body(self.tr("7 groups of 4. It has no letter O, I, L or U.")))
        buttons = QHBoxLayout()
        buttons.addWidget(self.print_button)
        buttons.addWidget(self.save_button)
        buttons.addStretch(1)
        nest(words, buttons)
        words.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(Space.L)
        nest(top, words, 1)
        top.addWidget(self.qr)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.L)
        nest(column, top)
        column.addWidget(self.notice)
        column.addWidget(
            FormRow(
                self.tr("Type it back from the paper"),
                self.typed,
                self.tr("So that it is certain that the paper can be read."),
            )
        )

    def set_key(self, key: str) -> None:
        """Show a key, e.g. `7K2M-....`; what was typed back before is forgotten."""
        if key != self._key:
            self._key = key
            groups = key.split("-")
            self.key_text.setText("  ".join(groups[:4]) + "\n" + "  ".join(groups[4:]))
            self.qr.set_text(key)
            self.typed.set_value("")

    def begin(self) -> None:
        self.print_button.setFocus()

    def problem(self) -> str:
        from mesodesk.vault.recovery import RecoveryKeyError, parse

        sentence = ""
        try:
            if parse(self.typed.value()).text != self._key:
                sentence = self.tr("This is another recovery key than the one shown above.")
        except RecoveryKeyError as error:
            sentence = error.sentence
        self.typed.set_error(sentence)
        if sentence:
            self.typed.setFocus()
        return sentence

    @Slot()
    def _save(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._dialog = QFileDialog(self, self.tr("Save the recovery sheet"), folder)
        self._dialog.setObjectName("recovery_save_dialog")
        self._dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._dialog.setDefaultSuffix("pdf")
        self._dialog.setNameFilter(self.tr("PDF (*.pdf)"))
        self._dialog.selectFile("recovery-sheet.pdf")
        self._dialog.fileSelected.connect(self.save_to)
        self._dialog.open()

    @Slot(str)
    def save_to(self, path: str) -> None:
        """Write the sheet as a PDF and say where it is, or that it could not be written."""
        if write_pdf(path, self._sheet(self._key)):
            self.notice.show_notice(
                Kind.INFO,
                self.tr("Saved to {path}").format(path=path),
                self.tr("Print it, then delete the file: it opens every record."),
            )
        else:
            self.notice.show_notice(
                Kind.CAUTION,
                self.tr("The file could not be written."),
                self.tr("Nothing was saved. Choose another folder, or print the sheet."),
            )

    @Slot()
    def _print(self) -> None:
        from mesodesk.ui.printing import SheetPrinter

        self._printer = SheetPrinter(self, self._sheet(self._key))
        self._printer.said.connect(self._say)
        self._printer.open()

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self.notice.show_notice(Kind.INFO, sentence)


def today() -> date:
    """Return the day to stand on the sheet."""
    return date.today()  # noqa: DTZ011 - the paper carries the day of this room's wall
