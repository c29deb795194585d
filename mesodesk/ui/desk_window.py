"""The main window with the pages of an open desk, and the lock."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from mesodesk.domain.changes import Topic
from mesodesk.ui.context import Context
from mesodesk.ui.gate.unlock import UnlockPage
from mesodesk.ui.numbers import format_date
from mesodesk.ui.tokens import Kind
from mesodesk.ui.vault_watch import VaultWatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mesodesk.domain.records.clinic import ClinicRecord, UserRecord
    from mesodesk.domain.records.patient import PatientHit
    from mesodesk.services.desk import Desk
    from mesodesk.ui.frame.page import Page
    from mesodesk.ui.frame.palette import Deliver
    from mesodesk.ui.jobs import Jobs
    from mesodesk.ui.shell import MainWindow


class DeskWindow(QObject):
    """Puts the pages of one open desk into the window, locks it, and closes it in good order."""

    def __init__(
        self,
        window: MainWindow,
        jobs: Jobs,
        desk: Desk,
        clinic: ClinicRecord,
        user: UserRecord,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._jobs = jobs
        self._desk = desk
        self.context = Context(desk, jobs, window.status, desk.store.clock, clinic, user, self)
        self._fill()
        self._connect()
        self._apply_clinic()
        window.set_person(user.initials, user.name, user.colour)
        window.open("today")

    def _fill(self) -> None:
        window = self._window
        window.add_lazy_page("today", self.tr("Today"), "calendar-today", self._today)
        window.add_lazy_page(
            "patients", self.tr("Patients"), "account-group-outline", self._patients
        )
        window.add_lazy_page("stock", self.tr("Stock"), "flask-outline", self._stock)
        window.add_lazy_page("settings", self.tr("Settings"), "cog-outline", self._settings)
        for page_id, make in (
            ("patient", self._patient),
            ("session", self._session),
            ("followup", self._follow_up),
        ):
            window.add_lazy_page(page_id, "", "", make, in_rail=False)
        palette = window.palette_overlay()
        palette.add_search(self._find_patients)

    def _connect(self) -> None:
        self.context.navigation_asked.connect(self._window.navigate)
        self.context.changed.connect(self._changed)
        self.context.counted.connect(self._window.rail.set_count)
        self._window.lock_asked.connect(self._lock)
        self._window.closing.connect(self._close)
        vault = self._desk.store.vault
        self._watch = VaultWatch(vault.folder, vault.check_in_place, self)
        self._watch.lost.connect(self._lost)
        self._watch.found.connect(self._found)
        for finding in self._desk.store.vault.findings:
            self._window.notify(Kind.CAUTION, finding.sentence)

    @Slot(str)
    def _lost(self, sentence: str) -> None:
        self._window.status.failed(self._watch, sentence)

    @Slot()
    def _found(self) -> None:
        self._window.status.dropped(self._watch)

    # Pages are imported when they are first shown.

    def _today(self) -> Page:
        from mesodesk.ui.pages.today import TodayPage

        return TodayPage(self.context)

    def _patients(self) -> Page:
        from mesodesk.ui.pages.patients import PatientsPage

        return PatientsPage(self.context)

    def _stock(self) -> Page:
        from mesodesk.ui.pages.stock import StockPage

        return StockPage(self.context)

    def _settings(self) -> Page:
        from mesodesk.ui.pages.settings import SettingsPage

        return SettingsPage(self.context)

    def _patient(self) -> Page:
        from mesodesk.ui.pages.patient import PatientPage

        return PatientPage(self.context)

    def _session(self) -> Page:
        from mesodesk.ui.pages.session import SessionPage

        return SessionPage(self.context)

    def _follow_up(self) -> Page:
        from mesodesk.ui.pages.followup import FollowUpPage

        return FollowUpPage(self.context)

    # Finding patients from anywhere

    def _find_patients(self, text: str, deliver: Deliver) -> None:
        def show(hits: Sequence[PatientHit]) -> None:
            from mesodesk.ui.frame.palette import Entry

            deliver(
                [
                    Entry(
                        hit.name,
                        partial(self._window.open, "patient", patient_id=hit.id),
                        f"{format_date(hit.birth_date)} · {hit.record_number}"
                        if hit.birth_date
                        else hit.record_number,
                        "account-outline",
                    )
                    for hit in hits
                ]
            )

        if text:
            self.context.run(self, lambda desk: desk.patients.search(text, limit=6), show)
        else:
            deliver([])

    # The clinic's settings

    @Slot(object, object)
    def _changed(self, topic: Topic, _origin: object) -> None:
        if topic & Topic.CLINIC:
            self._apply_clinic()

    def _apply_clinic(self) -> None:
        fields = self.context.clinic.fields
        self._window.idle_watch.set_limit(fields.idle_lock_minutes * 60_000)
        self._window.status.set_zone(fields.zone)

    # Locking

    @Slot()
    def _lock(self) -> None:
        user = self.context.user
        page = UnlockPage(((str(user.id), user.name),), self._unlock, None, self._jobs)
        page.unlocked.connect(self._unlocked)
        page.stopped.connect(self._lock_trouble)
        self._window.show_cover(page)
        page.begin(self.tr("Locked by {name}.").format(name=user.name))
        self.context.run(self, _note_lock)

    def _unlock(self, _user_id: str | None, password: str) -> None:
        self._desk.access.unlock(password)

    @Slot(object)
    def _unlocked(self, _nothing: object) -> None:
        self._window.hide_cover()
        self._apply_clinic()

    @Slot(object)
    def _lock_trouble(self, error: Exception) -> None:
        from mesodesk.ui.jobs import explain

        page = self._window.cover_widget.content()
        if isinstance(page, UnlockPage):
            page.message.show_notice(Kind.STOP, explain(error))

    @Slot()
    def _close(self) -> None:
        self._jobs.run(self, self._desk.close)
        self._jobs.drain()


def _note_lock(desk: Desk) -> None:
    desk.access.lock()
