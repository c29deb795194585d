"""Backups and examinations of an open desk, and what the window says of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from mesodesk.domain.records.backup import PlaceKind
from mesodesk.ui.backup_watch import BackupWatch
from mesodesk.ui.idle_check import IdleCheck
from mesodesk.ui.numbers import format_time
from mesodesk.ui.tokens import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from mesodesk.domain.records.backup import BackupStanding
    from mesodesk.services.desk import Desk
    from mesodesk.ui.backup_watch import BackupOutcome
    from mesodesk.ui.context import Context
    from mesodesk.ui.frame.page import Page
    from mesodesk.ui.gate.restore import RestoredTo
    from mesodesk.ui.shell import MainWindow
    from mesodesk.ui.widgets.cards import Notice

RESERVE_MS = 60_000
START_MS = 1_500
"""The first page comes first."""


class DeskSafety(QObject):
    """One for each open desk; `close` it with the desk."""

    def __init__(self, window: MainWindow, context: Context) -> None:
        super().__init__(context)
        self._window = window
        self._context = context
        self._folder = context.desk.store.vault.folder
        self._leaving = False
        self._full: Notice | None = None
        self._restored: Path | None = None
        self.not_placed = ""
        self.watch = BackupWatch(context, self)
        self.check = IdleCheck(context, self)
        window.add_lazy_page("safety", self.tr("Safety"), "shield-check-outline", self._page)
        window.add_lazy_page("restore", "", "", self._restore_page, in_rail=False)
        self.watch.began.connect(self._began)
        self.watch.told.connect(self._told)
        self.watch.ended.connect(self._ended)
        self.watch.stands.connect(self._stands)
        window.may_close = self._may_close
        self._reserve_timer = QTimer(self)
        self._reserve_timer.setInterval(RESERVE_MS)
        self._reserve_timer.timeout.connect(self.keep_reserve)
        self._begin = QTimer(self)
        self._begin.setSingleShot(True)
        self._begin.setInterval(START_MS)
        self._begin.timeout.connect(self._start)
        self._begin.start()

    def _page(self) -> Page:
        from mesodesk.ui.pages.safety import SafetyPage

        return SafetyPage(self._context, self.watch, self.check)

    def _restore_page(self) -> Page:
        from mesodesk.ui.pages.restore import RestoreHere

        page = RestoreHere(self._context)
        page.chosen.connect(self._begin_again)
        return page

    @Slot(object)
    def _begin_again(self, found: RestoredTo) -> None:
        """Close, have the restored records take the place of these, and ask for the password."""
        self._restored = found.folder  # what opened it is not kept: it is asked for again
        self._window.begin_again = True
        self._window.close()

    def put_restored_in_place(self) -> None:
        """Let restored records stand where those of this desk stood, which is closed by now.

        Where the disk refuses, `not_placed` says so: the next start shows it.
        """
        if self._restored is None:
            return
        from mesodesk.vault.errors import VaultError
        from mesodesk.vault.replacing import put_in_place

        try:
            put_in_place(self._restored, self._folder, self._context.clock.now())
        except VaultError as error:
            self.not_placed = error.sentence

    @Slot()
    def _start(self) -> None:
        self.watch.start()
        self.check.start(self._window.windowHandle())
        self._reserve_timer.start()
        self.keep_reserve()

    # Room held free for the day on which the disk is full

    @Slot()
    def keep_reserve(self) -> None:
        """See that the room is held free; say so for as long as it is not."""
        self._context.jobs.run_aside(
            self, partial(_reserve_trouble, self._folder), self._say_reserve, _passed_over
        )

    def _say_reserve(self, trouble: str) -> None:
        """Say what stands against it; nobody can close that, it goes with the trouble."""
        if self._full is not None and self._full.headline.text() != trouble:
            self._full.dismiss()
            self._full = None
        if trouble and self._full is None:
            self._full = self._window.notify(Kind.STOP, trouble, object_name="disk_full")
            self._full.close_button.hide()

    def close(self) -> None:
        """Begin nothing more: the vault is about to be closed, or somebody else comes in."""
        self._begin.stop()
        self.watch.close()
        self.check.close()
        self._reserve_timer.stop()
        if self._window.may_close == self._may_close:  # and not yet that of who came in since
            self._window.may_close = None

    # What the window says

    @Slot(str)
    def _began(self, _reason: str) -> None:
        self._window.status.set_note(self.tr("making a backup…"))

    @Slot(str)
    def _told(self, place: str) -> None:
        self._window.status.set_note(self.tr("making a backup in {place}…").format(place=place))

    @Slot(object)
    def _ended(self, outcome: BackupOutcome) -> None:
        for each in outcome.made:
            if each.place.kind is PlaceKind.STICK:
                self._say_pull_out(each.place.label)
        if self._leaving:
            # In a turn of its own: this one is still in the midst of an answer.
            QTimer.singleShot(0, self._window, self._window.close)

    def _say_pull_out(self, label: str) -> None:
        name = f" {label}" if label else ""
        self._window.notify(
            Kind.OK,
            self.tr("The backup on the stick{name} is whole").format(name=name),
            self.tr("Pull it out now, and keep it outside this room."),
            object_name="pull_out",
        )

    @Slot(object)
    def _stands(self, standing: BackupStanding) -> None:
        self._window.status.set_note(self._note(standing))
        places = tuple(each.place.path for each in standing.places)
        self._context.jobs.run_aside(self, partial(_remember, self._folder, places))
        if standing.places and not self.check.running:
            self._context.run(self, _check_is_due, self._check_due)

    def _check_due(self, due: bool) -> None:
        self.check.set_due(due=due)

    def _note(self, standing: BackupStanding) -> str:
        newest = standing.newest
        if newest is None:
            return self.tr("no backup yet")
        zone = self._context.clinic.fields.zone
        now = self._context.clock.now()
        days = (now - newest.made_at).days
        if days > 0:
            return self.tr("last backup {count} d ago").format(count=days)
        return self.tr("backup {time}").format(time=format_time(newest.made_at, zone))

    # Closing

    def _may_close(self) -> bool:
        """Have the last backup made first; the window stays for as long as that takes."""
        if self._leaving:
            return not self.watch.running
        if not self.watch.wanted_at_closing:
            return True
        self._leaving = True
        self._show_closing()
        if not self.watch.running:
            self.watch.back_up("closing")
        return False

    def _show_closing(self) -> None:
        from mesodesk.ui.gate.closing import ClosingPage

        page = ClosingPage()
        page.skipped.connect(self._skip)
        self.watch.told.connect(page.say_place)
        self._window.show_cover(page)
        page.skip.setFocus()

    @Slot()
    def _skip(self) -> None:
        self.watch.cancel()
        if not self.watch.running:
            self._window.close()


def _reserve_trouble(folder: Path) -> str:
    from mesodesk.vault import reserve

    return reserve.trouble(folder)


def _passed_over(_error: Exception) -> None:
    """Tried again in a minute."""


def _remember(folder: Path, places: tuple[Path, ...]) -> None:
    """Note where the backups are, outside the vault: for the day on which it does not open."""
    from mesodesk.vault.registry import Registry, default_registry_path

    Registry(default_registry_path()).remember_backups(folder, places)


def _check_is_due(desk: Desk) -> bool:
    return desk.safety.standing().check_is_due(desk.store.clock.now())
