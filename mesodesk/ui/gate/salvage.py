"""Saves what can be read of damaged records into a new folder; the damaged ones are only read."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from mesodesk.ui.gate.frame import GatePage
from mesodesk.ui.jobs import Jobs, explain
from mesodesk.ui.numbers import format_decimal
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Body, Heading, Muted
from mesodesk.ui.widgets.textfields import PasswordField, TextField

if TYPE_CHECKING:
    from mesodesk.vault.salvage import Salvaged

_MOST_TOLD: Final = 8


class SalvagePage(GatePage):
    """From a password, over what it cost, to a folder with what could be read.

    Args:
        folder: of the damaged records.
        jobs: the threads.
    """

    #: Look at the folder of what was saved.
    folder_chosen = Signal(object)

    left = Signal()
    """Back to where one came from; what was saved by then stays where it is."""

    def __init__(self, folder: Path, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__("salvage_page", parent)
        self._folder = folder
        self._jobs = jobs
        self._with_key = False
        self._into = _beside(folder)
        self._build()

    def _build(self) -> None:
        self._make_inputs()
        self._make_buttons()
        self._fill_card()
        self._connect()

    def _make_inputs(self) -> None:
        self.title = Heading(self.tr("Save what can be read"))
        self.lead = Body(
            self.tr(
                "Mesodesk reads the damaged records row by row and writes what it can read into a "
                "new folder. The damaged records are only read, and nothing is overwritten. What "
                "lies in damaged places is missing afterwards. A whole backup is worth more: look "
                "for one first."
            )
        )
        self.place = Muted("")
        self.place.setObjectName("salvage_place")
        self.other = Button(self.tr("Another place…"), "salvage_other_place", compact=True)
        self.password = PasswordField("salvage_password", self.tr("Password"))
        self.password_row = FormRow(
            self.tr("Password"), self.password, self.tr("Of anybody who works with these records.")
        )
        self.key = TextField("salvage_key", self.tr("Recovery key"), longest=80)
        self.key_row = FormRow(
            self.tr("Recovery key"), self.key, self.tr("7 groups of 4, from the recovery sheet.")
        )
        self.way = Button("", "salvage_way", ButtonKind.QUIET, compact=True)
        self.notice = Notice(object_name="salvage_notice")
        self.cost = Muted("")
        self.cost.setObjectName("salvage_cost")

    def _make_buttons(self) -> None:
        self.back = Button(self.tr("Back"), "salvage_back", ButtonKind.QUIET)
        self.show_folder = Button(self.tr("Show the folder"), "salvage_show_folder")
        self.open_saved = Button(self.tr("Open what was saved"), "salvage_open")
        self.go_on = Button(self.tr("Save what can be read"), "salvage_go_on")

    def _fill_card(self) -> None:
        body = self.card.body
        for words in (self.title, self.lead, self.place):
            body.addWidget(words)
        nest(body, row(self.other, stretch=True))
        for asked in (self.password_row, self.key_row):
            body.addWidget(asked)
        nest(body, row(self.way, stretch=True))
        body.addWidget(self.notice)
        body.addWidget(self.cost)
        self.button_row.addWidget(self.back)
        self.button_row.addStretch(1)
        for button in (self.show_folder, self.open_saved, self.go_on):
            self.button_row.addWidget(button)
        self.finish_layout()

    def _connect(self) -> None:
        self.back.clicked.connect(self.left)
        self.go_on.clicked.connect(self._go_on)
        self.other.clicked.connect(self._choose)
        self.way.clicked.connect(self._switch_way)
        self.password.entered.connect(self._go_on)
        self.key.input.returnPressed.connect(self._go_on)
        self.show_folder.clicked.connect(self._show_folder)
        self.open_saved.clicked.connect(self._open)

    def begin(self) -> None:
        """Ask for a password."""
        self.cost.hide()
        for button in (self.show_folder, self.open_saved):
            button.hide()
        self._say_place()
        self._show_way()

    def _say_place(self) -> None:
        self.place.setText(self.tr("The new folder: {folder}").format(folder=self._into))

    def _show_way(self) -> None:
        self.password_row.setVisible(not self._with_key)
        self.key_row.setVisible(self._with_key)
        words = self.tr("Use the password") if self._with_key else self.tr("Use the recovery key")
        self.way.setText(words)
        (self.key if self._with_key else self.password).setFocus()

    @Slot()
    def _switch_way(self) -> None:
        self._with_key = not self._with_key
        self._show_way()

    @Slot()
    def _choose(self) -> None:
        self._dialog = QFileDialog(self, self.tr("Where the new folder is made"))
        self._dialog.setObjectName("salvage_place_dialog")
        self._dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._dialog.fileSelected.connect(self.take_place)
        self._dialog.open()

    @Slot(str)
    def take_place(self, folder: str) -> None:
        """Make the new folder in another one: on a disk that is sound, for instance."""
        self._into = _beside(Path(folder) / self._folder.name)
        self._say_place()

    # Saving

    @Slot()
    def _go_on(self) -> None:
        typed = self.key.value() if self._with_key else self.password.value()
        if not typed or not self.go_on.isEnabled():
            return
        self._set_busy(busy=True)
        self.notice.show_notice(
            Kind.INFO,
            self.tr("Reading row by row…"),
            self.tr("This takes seconds, with many damaged places some minutes."),
        )
        work = partial(_salvage, self._folder, self._into, typed, self._with_key)
        self._jobs.run_aside(self, work, self._saved, self._refused)

    def _refused(self, error: Exception) -> None:
        self._set_busy(busy=False)
        self._empty()
        if _is_hopeless(error):
            self.notice.show_notice(
                Kind.CAUTION,
                self.tr("So little can be read that nothing was saved, and no folder was made"),
                self.tr("Only a backup helps. Keep the damaged records all the same."),
            )
        else:
            self.notice.show_notice(Kind.CAUTION, explain(error))
        self._show_way()

    def _saved(self, found: Salvaged) -> None:
        self._set_busy(busy=False)
        self._empty()
        for hidden in (self.other, self.password_row, self.key_row, self.way, self.go_on):
            hidden.hide()
        for shown in (self.show_folder, self.open_saved):
            shown.show()
        self.lead.setText(
            self.tr("The damaged records are as they were. Keep them, and this folder, too.")
        )
        counted = self.tr("{saved} of {known} rows that are known of were read and saved").format(
            saved=format_decimal(found.saved, 0), known=format_decimal(found.known, 0)
        )
        lossy = bool(found.incomplete)
        kind = Kind.CAUTION if lossy else Kind.OK
        self.notice.show_notice(kind, counted, "" if lossy else self.tr("Nothing is missing."))
        told = [table.sentence for table in found.incomplete]
        more = len(told) - _MOST_TOLD
        lines = told[:_MOST_TOLD]
        if more > 0:
            lines.append(self.tr("and {count} more tables").format(count=more))
        self.cost.setText("\n".join(lines))
        self.cost.setVisible(lossy)
        self.back.setFocus()  # what is pressed without looking changes nothing

    def _set_busy(self, *, busy: bool) -> None:
        for button in (self.go_on, self.back, self.way, self.other):
            button.setEnabled(not busy)

    def _empty(self) -> None:
        self.password.clear()
        self.key.set_value("")

    @Slot()
    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._into)))

    @Slot()
    def _open(self) -> None:
        self.folder_chosen.emit(self._into)


def _is_hopeless(error: Exception) -> bool:
    from mesodesk.vault.errors import DamagedError

    return isinstance(error, DamagedError)


def _beside(folder: Path) -> Path:
    from mesodesk.domain.clock import SystemClock
    from mesodesk.vault.replacing import salvaging_folder

    return salvaging_folder(folder, SystemClock().now())


def _salvage(folder: Path, into: Path, typed: str, with_key: bool) -> Salvaged:
    """Save what can be read, on any thread."""
    from mesodesk.domain.clock import SystemClock
    from mesodesk.vault.keys import password_secret
    from mesodesk.vault.opening import Credential
    from mesodesk.vault.recovery import parse
    from mesodesk.vault.salvage import salvage

    secret = parse(typed).secret if with_key else password_secret(typed)
    credential = Credential(secret, is_recovery=with_key)
    return salvage(folder, into, credential, clock=SystemClock())
