"""Restores a backup: choose one, prove oneself, hear what is lost, and only then do it.

Nothing is ever overwritten: it goes into a new folder. Esc and closing do nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from mesodesk.ui.gate.frame import GatePage
from mesodesk.ui.jobs import Jobs, explain
from mesodesk.ui.numbers import format_moment
from mesodesk.ui.tokens import KIND_ICONS, Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import IconLabel, Notice
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.text import Body, Heading, Muted
from mesodesk.ui.widgets.textfields import PasswordField, TextField

if TYPE_CHECKING:
    from mesodesk.vault.finding_backups import FoundBackup
    from mesodesk.vault.opening import Credential
    from mesodesk.vault.restoring import Loss, Restored

_MOST_SHOWN = 6


@dataclass(frozen=True, slots=True)
class RestoredTo:
    """What was restored, and where it lies until it takes the place of the other vault.

    `credential` opened the backup, and opens what was restored.
    """

    folder: Path
    container: Path
    seq: int
    loss: str
    credential: Credential


class RestorePage(GatePage):
    """From the list of backups within reach to a restored vault.

    Args:
        folder: of the vault that the restored one shall stand for; only looked at.
        known: further folders that backups went to.
        jobs: the threads.
    """

    #: A `RestoredTo`.
    restored = Signal(object)

    left = Signal()
    """Back to where one came from; nothing was done."""

    def __init__(
        self, folder: Path, known: tuple[Path, ...], jobs: Jobs, parent: QWidget | None = None
    ) -> None:
        super().__init__("restore_page", parent)
        self._folder = folder
        self._known = known
        self._jobs = jobs
        self._found: tuple[FoundBackup, ...] = ()
        self._chosen: Path | None = None
        self._credential: Credential | None = None
        self._with_key = False
        self._busy = False
        self._build()

    def _build(self) -> None:
        self.title = Heading(self.tr("Restore a backup"))
        self.lead = Body("")
        self.found = RowList("restore_found", self.tr("Backups within reach"))
        self.other = Button(self.tr("Another file…"), "restore_other_file")
        self.again = Button(self.tr("Look again"), "restore_look_again")
        self.chosen = Muted("")
        self.chosen.setObjectName("restore_chosen")
        self.password = PasswordField("restore_password", self.tr("Password of the backup's day"))
        self.password_row = FormRow(self.tr("Password"), self.password)
        self.key = TextField("restore_key", self.tr("Recovery key"), longest=80)
        self.key_row = FormRow(
            self.tr("Recovery key"), self.key, self.tr("7 groups of 4, from the recovery sheet.")
        )
        self.way = Button("", "restore_way", ButtonKind.QUIET, compact=True)
        self.notice = Notice(object_name="restore_notice")
        for widget in (
            self.title,
            self.lead,
            self.found,
            self.again,
            self.other,
            self.chosen,
            self.password_row,
            self.key_row,
            self.way,
            self.notice,
        ):
            self.card.add(widget)
        self.back = Button(self.tr("Back"), "restore_back", ButtonKind.QUIET)
        self.go_on = Button(self.tr("Go on"), "restore_go_on", ButtonKind.PRIMARY)
        self.button_row.addWidget(self.back)
        self.button_row.addStretch(1)
        self.button_row.addWidget(self.go_on)
        self.finish_layout()
        self.back.clicked.connect(self._back)
        self.go_on.clicked.connect(self._go_on)
        self.other.clicked.connect(self._choose_file)
        self.again.clicked.connect(self.begin)
        self.way.clicked.connect(self._switch_way)
        self.found.activated.connect(self._activated)
        self.password.entered.connect(self._go_on)
        self.key.input.returnPressed.connect(self._go_on)

    @Slot()
    def begin(self) -> None:
        """Look for backups and show them."""
        self._show_choice()
        self.lead.setText(self.tr("Looking for backups on this computer and on its sticks…"))
        self._jobs.run_aside(
            self, partial(_find, self._folder, self._known), self._list, self._found_none
        )

    # Choosing

    def _show_choice(self) -> None:
        self._chosen = self._credential = None
        self.notice.show_notice(Kind.INFO, "")
        for widget in (self.found, self.again, self.other):
            widget.show()
        for hidden in (self.chosen, self.password_row, self.key_row, self.way, self.go_on):
            hidden.hide()
        self.other.setFocus()

    def _list(self, found: tuple[FoundBackup, ...]) -> None:
        if self._chosen is not None:
            return
        self._found = found[:_MOST_SHOWN]
        self.found.set_rows(self._row(at, one) for at, one in enumerate(self._found))
        if self._found:
            self.lead.setText(
                self.tr("Choose one: the newest whole one is at the top. Nothing is overwritten.")
            )
            self.found.rows()[0].setFocus()
        else:
            self._found_none(None)

    def _found_none(self, _error: Exception | None) -> None:
        self.lead.setText(
            self.tr(
                "No backup was found. Plug in the stick and press Look again, or choose a file."
            )
        )

    def _row(self, at: int, one: FoundBackup) -> Row:
        size = QLocale().formattedDataSize(one.size, 0)
        kind = Kind.CAUTION if one.trouble else Kind.OK
        words = self.tr("cannot be read whole") if one.trouble else self.tr("looks whole")
        return Row(
            format_moment(one.made_at),
            f"{size} · {words} · {one.path.parent}",
            object_name=f"restore_row_{at}",
            leading=IconLabel(KIND_ICONS[kind], kind.value),
        )

    @Slot(int)
    def _activated(self, at: int) -> None:
        self.choose(self._found[at].path)

    @Slot()
    def _choose_file(self) -> None:
        self._dialog = QFileDialog(self, self.tr("A backup"))
        self._dialog.setObjectName("restore_file_dialog")
        self._dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._dialog.setNameFilter(self.tr("Backups of Mesodesk (*.mesobackup)"))
        self._dialog.fileSelected.connect(self._take_file)
        self._dialog.open()

    @Slot(str)
    def _take_file(self, path: str) -> None:
        self.choose(Path(path))

    def choose(self, path: Path) -> None:
        """Go on with a backup: ask for what opens it."""
        self._chosen = path
        self._credential = None
        self.notice.show_notice(Kind.INFO, "")
        self.lead.setText(self.tr("The password is the one that was valid when it was made."))
        self.chosen.setText(self._chosen_words(path))
        for widget in (self.found, self.again, self.other):
            widget.hide()
        for shown in (self.chosen, self.way, self.go_on):
            shown.show()
        self.go_on.setText(self.tr("Go on"))
        self._show_way()

    def _chosen_words(self, path: Path) -> str:
        """Return which backup it is: when it was made, if that is known, and where it lies."""
        made_at = next((one.made_at for one in self._found if one.path == path), None)
        if made_at is None:
            return str(path)
        words = self.tr("Backup of {moment}").format(moment=format_moment(made_at))
        return f"{words}\n{path}"

    def _show_way(self) -> None:
        self.password_row.setVisible(not self._with_key)
        self.key_row.setVisible(self._with_key)
        self.way.setText(
            self.tr("Use the password") if self._with_key else self.tr("Use the recovery key")
        )
        (self.key if self._with_key else self.password).setFocus()

    @Slot()
    def _switch_way(self) -> None:
        self._with_key = not self._with_key
        self._show_way()

    # What would be lost

    @Slot()
    def _go_on(self) -> None:
        if self._busy or self._chosen is None:
            return
        if self._credential is not None:
            self._restore(self._chosen, self._credential)
            return
        typed = self.key.value() if self._with_key else self.password.value()
        if not typed:
            said = (
                self.tr("Type the recovery key.")
                if self._with_key
                else self.tr("Type the password.")
            )
            self.notice.show_notice(Kind.INFO, said)
            self._show_way()
        else:
            self._set_busy(busy=True)
            self.notice.show_notice(Kind.INFO, self.tr("Looking into the backup…"))
            work = partial(_foresee, self._chosen, typed, self._with_key, self._folder)
            self._jobs.run_aside(self, work, self._foreseen, self._refused)

    def _foreseen(self, found: tuple[Credential, Loss | None]) -> None:
        self._set_busy(busy=False)
        self._empty()
        self._credential, loss = found
        for widget in (self.password_row, self.key_row, self.way):
            widget.hide()
        lead = self.tr(
            "The records that are there now are kept beside it, and nothing in them is touched."
        )
        anew = self.tr("The records of this backup come onto this computer.")
        self.lead.setText(anew if loss is None else lead)
        said = self.tr("There are no other records here.")
        if loss is not None:
            said = loss_words(loss)
        lossy = loss is not None and loss.changes != 0
        self.notice.show_notice(Kind.CAUTION if lossy else Kind.INFO, said)
        self.go_on.setText(self.tr("Restore this backup"))
        self.back.setFocus()  # what is pressed without looking changes nothing

    def _refused(self, error: Exception) -> None:
        self._set_busy(busy=False)
        self._empty()
        self.notice.show_notice(Kind.CAUTION, explain(error))
        if self._credential is None and self._chosen is not None:
            self._show_way()

    def _empty(self) -> None:
        self.password.clear()
        self.key.set_value("")

    # Restoring

    def _restore(self, path: Path, credential: Credential) -> None:
        self._set_busy(busy=True)
        self.notice.show_notice(
            Kind.INFO,
            self.tr("Restoring, and reading all of it back…"),
            self.tr("This takes some seconds, with many pictures some minutes."),
        )
        work = partial(_restore, path, credential, self._folder)
        self._jobs.run_aside(self, work, partial(self._done, credential), self._refused)

    def _done(self, credential: Credential, found: Restored) -> None:
        path = self._chosen or found.folder
        said = loss_words(found.loss)
        self.notice.show_notice(Kind.OK, self.tr("Restored and read back. The records open…"))
        self.restored.emit(RestoredTo(found.folder, path, found.manifest.seq, said, credential))

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        for button in (self.go_on, self.back, self.way):
            button.setEnabled(not busy)

    def say_failed(self, sentence: str) -> None:
        """Say what went wrong after the restoring; the restored vault stands where it is."""
        self._set_busy(busy=False)
        self.notice.show_notice(Kind.STOP, sentence)

    @Slot()
    def _back(self) -> None:
        if self._chosen is not None:
            self._empty()
            self.begin()
        else:
            self.left.emit()


def loss_words(loss: Loss) -> str:
    """Return what a restore loses, with the moment as it stands in the window's lists."""
    words = QCoreApplication.translate
    since = format_moment(loss.since)
    if loss.changes is None:
        said = words("Restore", "What was changed after the backup of {since} is not in it.")
    elif loss.changes == 0:
        said = words("Restore", "Nothing was changed since the backup of {since}.")
    elif loss.changes == 1:
        said = words("Restore", "You lose 1 change made since the backup of {since}.")
    elif loss.about:
        said = words("Restore", "You lose at most {n} changes made since the backup of {since}.")
    else:
        said = words("Restore", "You lose {n} changes made since the backup of {since}.")
    return said.format(since=since, n=loss.changes)


def _find(folder: Path, known: tuple[Path, ...]) -> tuple[FoundBackup, ...]:
    from mesodesk.vault.finding_backups import find_backups

    return find_backups(folder, known)


def _foresee(
    path: Path,
    typed: str,
    with_key: bool,
    folder: Path,
) -> tuple[Credential, Loss | None]:
    """Prove what was typed, and tell what a restore would lose. On any thread."""
    from mesodesk.vault.keys import password_secret
    from mesodesk.vault.opening import Credential
    from mesodesk.vault.paths import VaultPaths
    from mesodesk.vault.recovery import parse
    from mesodesk.vault.restoring import foresee

    secret = parse(typed).secret if with_key else password_secret(typed)
    credential = Credential(secret, is_recovery=with_key)
    there = VaultPaths(folder).keys.exists() or VaultPaths(folder).database.exists()
    _, loss = foresee(path, credential, folder if there else None)
    return credential, loss if there else None


def _restore(path: Path, credential: Credential, folder: Path) -> Restored:
    from mesodesk.domain.clock import SystemClock
    from mesodesk.vault.replacing import restoring_folder
    from mesodesk.vault.restoring import restore

    clock = SystemClock()
    return restore(
        path, restoring_folder(folder, clock.now()), credential, clock=clock, current=folder
    )
