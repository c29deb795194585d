"""Where backups go, how each place stands, and a backup now."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.records.backup import PlaceKind
from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.pages.safety_parts.words import kind_words, place_name, place_words
from mesodesk.ui.tokens import KIND_ICONS, Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel, Notice
from mesodesk.ui.widgets.layouts import clear, nest, row
from mesodesk.ui.widgets.text import Body, Muted, Strong

if TYPE_CHECKING:
    from datetime import datetime

    from mesodesk.domain.records.backup import BackupStanding, PlaceRecord, PlaceStanding
    from mesodesk.services.desk import Desk
    from mesodesk.ui.backup_watch import BackupOutcome, BackupWatch
    from mesodesk.ui.context import Context


class PlaceLine(QWidget):
    """One place: what it is, how it stands, and no more backups there."""

    leaving = Signal(object)

    def __init__(
        self, each: PlaceStanding, now: datetime, *, may_leave: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._place = each.place
        kind, words = place_words(each, now)
        name = place_name(each)
        what = f"{name} ({kind_words(each.place.kind)})"
        self.setObjectName(f"place_{each.place.id}")
        self.setAccessibleName(f"{what}. {words}")
        self.words = Body(words)
        self.words.setObjectName(f"place_words_{each.place.id}")
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(Strong(what))
        said.addWidget(self.words)
        self.leave = Button(
            self.tr("Stop using it…"), f"leave_{each.place.id}", ButtonKind.QUIET, compact=True
        )
        self.leave.setAccessibleName(self.tr("Make no more backups to {name}").format(name=name))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.M)
        tone = "muted" if kind is Kind.NEUTRAL else kind.value
        icon = IconLabel(KIND_ICONS[kind], tone)
        line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        nest(line, said, 1)
        line.addWidget(self.leave, 0, Qt.AlignmentFlag.AlignTop)
        self.leave.setVisible(may_leave)
        self.leave.clicked.connect(self._leave)

    @Slot()
    def _leave(self) -> None:
        self.leaving.emit(self._place)


class BackupsCard(Card):
    """The places, the run under way, and what came of it."""

    def __init__(self, context: Context, watch: BackupWatch, parent: QWidget | None = None) -> None:
        super().__init__(object_name="backups_card", parent=parent)
        self.set_title(self.tr("Backups"))
        self._context = context
        self._watch = watch
        self._adding = PlaceKind.FOLDER
        self._leaving: PlaceRecord | None = None
        self._may_choose = context.may(Right.BACKUP_PLACES)
        self.result = Notice(object_name="backup_result")
        self.paused = Notice(object_name="backup_paused")
        self.lines = QVBoxLayout()
        self.lines.setSpacing(Space.M)
        self.rule = Muted(
            self.tr(
                "By itself: 15 minutes after a change, when the program is closed, and when a "
                "stick is plugged in. Each is read back whole before it counts."
            )
        )
        self.running = Muted("")
        self.running.setObjectName("backup_running")
        self.now = Button(self.tr("Back up now"), "backup_now", ButtonKind.PRIMARY)
        self.stop = Button(self.tr("Stop"), "backup_stop")
        self.add_folder = Button(self.tr("Add a folder…"), "add_folder")
        self.add_stick = Button(self.tr("Add a stick…"), "add_stick", icon_name="usb-flash-drive")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.add(self.paused)
        nest(self.body, self.lines)
        self.add(self.result)
        self.add(self.running)
        buttons = row(self.now, self.stop, self.add_stick, self.add_folder, stretch=True)
        nest(self.body, buttons)
        self.add(self.rule)
        self.running.hide()
        self.stop.hide()
        for button in (self.add_folder, self.add_stick):
            button.setVisible(self._may_choose)

    def _connect(self) -> None:
        self.now.clicked.connect(self._back_up)
        self.stop.clicked.connect(self._watch.cancel)
        self.add_folder.clicked.connect(self._choose_folder)
        self.add_stick.clicked.connect(self._choose_stick)
        self.paused.acted.connect(self._confirm)
        self.result.acted.connect(self._leave)
        self._watch.began.connect(self._began)
        self._watch.told.connect(self._told)
        self._watch.ended.connect(self._ended)

    def show_standing(self, standing: BackupStanding) -> None:
        """Show each place, and whether backups wait for a word."""
        clear(self.lines)
        now = self._context.clock.now()
        for each in standing.places:
            line = PlaceLine(each, now, may_leave=self._may_choose)
            line.leaving.connect(self._ask_leave)
            self.lines.addWidget(line)
        if not standing.places:
            self.lines.addWidget(Body(self.tr("No place is chosen yet.")))
        self.now.setEnabled(bool(standing.places) and not self._watch.running)
        if standing.paused_since is None:
            self.paused.show_notice(Kind.INFO, "")
            return
        may_say = self._context.may(Right.RESTORE)
        self.paused.show_notice(
            Kind.CAUTION,
            self.tr("These records were restored from a backup"),
            self.tr(
                "No backup is made by itself until somebody says that they are the right ones."
            ),
            self.tr("They are the right ones") if may_say else "",
        )

    # Running

    @Slot()
    def _back_up(self) -> None:
        self._watch.back_up("asked")

    @Slot(str)
    def _began(self, _reason: str) -> None:
        self.result.show_notice(Kind.INFO, "")
        self.running.setText(self.tr("Making a backup…"))
        self._show_running(running=True)

    @Slot(str)
    def _told(self, place: str) -> None:
        self.running.setText(
            self.tr("Making a backup in {place} and reading it back…").format(place=place)
        )

    def _show_running(self, *, running: bool) -> None:
        had_focus = self.now.hasFocus() or self.stop.hasFocus()
        self.running.setVisible(running)
        self.stop.setVisible(running)
        self.now.setVisible(not running)
        if had_focus:
            (self.stop if running else self.now).setFocus()

    @Slot(object)
    def _ended(self, outcome: BackupOutcome) -> None:
        self._show_running(running=False)
        if outcome.reason == "readback":
            return
        if outcome.stopped:
            self.result.show_notice(Kind.INFO, outcome.sentence)
        elif outcome.made and not outcome.trouble:
            told = [self._stick_words(outcome), self._away_words(outcome)]
            self.result.show_notice(
                Kind.OK, self._made_words(outcome), " ".join(each for each in told if each)
            )
        else:
            away = [each for each in outcome.places if each.folder is None]
            none = self.tr("None of the places is there. Plug in the stick, and try again.")
            said = outcome.trouble or (none if away else "")
            headline = (
                self.tr("A backup could not be made")
                if outcome.made
                else (self.tr("No backup was made"))
            )
            self.result.show_notice(Kind.CAUTION, headline, said)

    def _made_words(self, outcome: BackupOutcome) -> str:
        if len(outcome.made) == 1:
            return self.tr("The backup was made and read back whole.")
        return self.tr("{count} backups were made and read back whole.").format(
            count=len(outcome.made)
        )

    def _away_words(self, outcome: BackupOutcome) -> str:
        away = [each.place for each in outcome.places if each.folder is None]
        names = [place.label or str(place.path) for place in away]
        return self.tr("Not there now: {names}.").format(names=", ".join(names)) if names else ""

    def _stick_words(self, outcome: BackupOutcome) -> str:
        if any(each.place.kind is PlaceKind.STICK for each in outcome.made):
            return self.tr("Pull the stick out now, and keep it outside this room.")
        return ""

    # Places

    @Slot()
    def _choose_folder(self) -> None:
        self._choose(PlaceKind.FOLDER, self.tr("A folder for backups, best on another disk"))

    @Slot()
    def _choose_stick(self) -> None:
        self._choose(PlaceKind.STICK, self.tr("The stick, or a folder on it"))

    def _choose(self, kind: PlaceKind, title: str) -> None:
        self._adding = kind
        self._dialog = QFileDialog(self, title)
        self._dialog.setObjectName("backup_place_dialog")
        self._dialog.setFileMode(QFileDialog.FileMode.Directory)
        if kind is PlaceKind.STICK:
            from mesodesk.vault.places import volumes

            plugged = volumes()
            if plugged:
                self._dialog.setDirectory(str(plugged[0]))
        self._dialog.fileSelected.connect(self.take_folder)
        self._dialog.open()

    @Slot(str)
    def take_folder(self, folder: str) -> None:
        """Have backups go there from now on, the first one at once."""
        work = partial(_add, self._adding, Path(folder))
        self._context.write(self, work, self._added, self._not_added)

    def _added(self, place: PlaceRecord) -> None:
        note = _note_of(place.path, self._context.desk.store.vault.folder)
        self.result.show_notice(Kind.INFO, self.tr("Backups go there, too, from now on."), note)
        self._watch.back_up("asked", frozenset({place.id}))

    def _not_added(self, error: Exception) -> None:
        self.result.show_notice(Kind.CAUTION, self.tr("Nothing was added."), explain(error))

    @Slot(object)
    def _ask_leave(self, place: PlaceRecord) -> None:
        """Ask once more: a finger on the wrong line must not end the backups."""
        self._leaving = place
        asked = self.tr("Make no more backups to {name}?")
        self.result.show_notice(
            Kind.CAUTION,
            asked.format(name=place.label or str(place.path)),
            self.tr("Those that are there stay there, and still open the records."),
            self.tr("No more there"),
        )

    @Slot()
    def _leave(self) -> None:
        place, self._leaving = self._leaving, None
        if place is not None:
            self._context.write(self, partial(_leave, place), self._left, self._not_added)

    def _left(self, _nothing: None) -> None:
        self.result.show_notice(
            Kind.INFO,
            self.tr("No more backups go there."),
            self.tr("Those that are there stay there, and still open the records."),
        )

    @Slot()
    def _confirm(self) -> None:
        self._context.write(self, _confirm, self._confirmed)

    def _confirmed(self, _nothing: None) -> None:
        self._watch.back_up("asked")


def _note_of(folder: Path, vault: Path) -> str:
    """Return what is worth knowing of a place that may be used all the same."""
    from PySide6.QtCore import QCoreApplication

    from mesodesk.vault.location import on_same_disk, synced_by

    service = synced_by(folder)
    if service is not None:
        words = QCoreApplication.translate(
            "Safety",
            "{service} copies this folder elsewhere. That is allowed for backups: each is one "
            "file, encrypted. The records themselves must never lie there.",
        )
        return words.format(service=service)
    if on_same_disk(folder, vault):
        return QCoreApplication.translate(
            "Safety", "It is the disk of the records themselves, and would be lost with them."
        )
    return ""


def _add(kind: PlaceKind, folder: Path, desk: Desk) -> PlaceRecord:
    if kind is PlaceKind.STICK:
        return desk.backups.add_stick(folder)
    return desk.backups.add_folder(folder)


def _leave(place: PlaceRecord, desk: Desk) -> None:
    desk.backups.leave_place(place.id, place.version)


def _confirm(desk: Desk) -> None:
    desk.backups.confirm_restored()
