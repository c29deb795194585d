"""The main window with the pages of whoever is in at an open desk."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mesodesk.domain.changes import Topic
from mesodesk.domain.rights import Right
from mesodesk.services.visit import visit_of
from mesodesk.ui.context import Context
from mesodesk.ui.desk_commands import commands
from mesodesk.ui.desk_safety import DeskSafety
from mesodesk.ui.numbers import format_date
from mesodesk.ui.photos_waiting_notice import PhotosWaitingNotice
from mesodesk.ui.prints import remove_prints
from mesodesk.ui.set_aside_notice import SetAsideNotice
from mesodesk.ui.setting_aside import SettingAside
from mesodesk.ui.tokens import Kind
from mesodesk.ui.vault_watch import VaultWatch
from mesodesk.vault.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mesodesk.domain.records.clinic import ClinicRecord, UserRecord
    from mesodesk.domain.records.patient import PatientHit
    from mesodesk.domain.records.people import PersonAtDoor
    from mesodesk.domain.records.stock import LotRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.frame.page import Page
    from mesodesk.ui.frame.palette import Deliver, Entry
    from mesodesk.ui.frame.trail import Stop
    from mesodesk.ui.jobs import Jobs
    from mesodesk.ui.shell import MainWindow
    from mesodesk.vault.findings import Finding

_LEAST_OF_LOT = 3
"""Letters of a lot's number that are asked for."""


class DeskWindow(QObject):
    """Puts the pages of one person into the window, and takes them out again."""

    people_changed = Signal(object)
    """Who can come in may be others by now: the people at the door."""

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
        # Pages ask through a visit: what they ask once somebody else is in, nobody does for them.
        visit = visit_of(desk)
        self.context = Context(visit, jobs, window.status, desk.store.clock, clinic, user, self)
        self.setting_aside = SettingAside(self.context, window.status)
        self._fill()
        self._connect()
        self._offer_pages()
        self.apply_clinic()
        self._jobs.run_aside(self, remove_prints)

    def open_at(self, stops: Sequence[Stop]) -> None:
        """Show the page where somebody stood before; Today, if they were not here yet."""
        if stops:
            self._window.take_place(stops)
        else:
            self._window.open("today")

    def dismantle(self) -> None:
        """Let go of the desk, which stays open, and have this deleted; the pages go next."""
        self.context.closing.emit()
        self.setting_aside.close()
        self.safety.close()
        self._desk.unsubscribe(self.context.announce)
        self.deleteLater()

    def close_desk(self) -> None:
        """Close the desk in good order, and wait for it."""
        self.context.closing.emit()
        self.setting_aside.close()
        self._jobs.drain()  # what was stopped leaves its receipt before the desk closes
        self.safety.close()
        self._jobs.run(self, self._desk.close)
        self._jobs.drain()
        self.safety.put_restored_in_place()

    def _fill(self) -> None:
        window = self._window
        window.add_lazy_page("today", self.tr("Today"), "calendar-today", self._today)
        window.add_lazy_page(
            "patients", self.tr("Patients"), "account-group-outline", self._patients
        )
        window.add_lazy_page("stock", self.tr("Stock"), "flask-outline", self._stock)
        window.add_lazy_page("settings", self.tr("Settings"), "cog-outline", self._settings)
        self.safety = DeskSafety(window, self.context)
        window.add_lazy_page(
            "reports", self.tr("Reports"), "text-box-search-outline", self._reports
        )
        for page_id, make in (
            ("patient", self._patient),
            ("session", self._session),
            ("followup", self._follow_up),
            ("people", self._people),
            ("protocols", self._protocols),
            ("rules", self._rules),
            ("emergencies", self._emergencies),
            ("set_aside", self._set_aside),
            ("recall", self._recall),
        ):
            window.add_lazy_page(page_id, "", "", make, in_rail=False)
        palette = window.palette_overlay()
        palette.add_search(self._find_patients)
        palette.add_search(self._find_lots)
        for command in commands(window, self.context):
            palette.add_command(command)

    def _connect(self) -> None:
        self.context.navigation_asked.connect(self._window.navigate)
        self.context.changed.connect(self._changed)
        self.context.rights_changed.connect(self._window.renew_pages)
        self.context.rights_changed.connect(self._offer_pages)
        self.context.counted.connect(self._window.rail.set_count)
        vault = self._desk.store.vault
        self._watch = VaultWatch(vault.folder, vault.check_in_place, self)
        self._watch.lost.connect(self._lost)
        self._watch.found.connect(self._found)
        told = self._desk.store.vault.findings
        for finding in told:
            self._tell(finding)
        SetAsideNotice(self._window, self.context, self.setting_aside.file_name)
        PhotosWaitingNotice(self._window, self.context)
        if self.context.may(Right.RESTORE):
            self.context.run(self, _unread, partial(self._tell_unread, told), _passed_over)

    def _tell_unread(self, told: Sequence[Finding], unread: Sequence[Finding]) -> None:
        """Show an owner what somebody else was told when they were not here."""
        for finding in unread:
            if finding not in told:
                self._tell(finding)

    def _tell(self, finding: Finding) -> None:
        if finding.severity is not Severity.ALARM:
            self._window.notify(Kind.CAUTION, finding.sentence)
            return
        from mesodesk.ui.alarm import Alarm

        Alarm(self._window, self.context, finding, self)

    @Slot(str)
    def _lost(self, sentence: str) -> None:
        self._window.status.troubled(self._watch, sentence)

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

    def _recall(self) -> Page:
        from mesodesk.ui.pages.recall import RecallPage

        return RecallPage(self.context)

    def _settings(self) -> Page:
        from mesodesk.ui.pages.settings import SettingsPage

        return SettingsPage(self.context)

    def _people(self) -> Page:
        from mesodesk.ui.key_change import KeyChange
        from mesodesk.ui.pages.people import PeoplePage

        page = PeoplePage(self.context)
        change = KeyChange(self._window, self.context)
        page.key_change_asked.connect(change.start)
        change.refused.connect(page.refuse_key_change)
        return page

    def _protocols(self) -> Page:
        from mesodesk.ui.pages.protocols import ProtocolsPage

        return ProtocolsPage(self.context)

    def _rules(self) -> Page:
        from mesodesk.ui.pages.rules import RulesPage

        return RulesPage(self.context)

    def _reports(self) -> Page:
        from mesodesk.ui.pages.reports import ReportsPage

        return ReportsPage(self.context)

    @Slot()
    def _offer_pages(self) -> None:
        offered = self.context.may(Right.AUDIT_READ)
        self._window.rail.offer("reports", offered=offered)

    def _patient(self) -> Page:
        from mesodesk.ui.pages.patient import PatientPage

        return PatientPage(self.context)

    def _session(self) -> Page:
        from mesodesk.ui.pages.session import SessionPage

        return SessionPage(self.context)

    def _follow_up(self) -> Page:
        from mesodesk.ui.pages.followup import FollowUpPage

        return FollowUpPage(self.context)

    def _emergencies(self) -> Page:
        from mesodesk.ui.pages.emergencies import EmergenciesPage

        return EmergenciesPage(self.context)

    def _set_aside(self) -> Page:
        from mesodesk.ui.pages.set_aside import SetAsidePage

        return SetAsidePage(self.context, self.setting_aside.file_name)

    # Finding patients from anywhere

    def _find_patients(self, text: str, deliver: Deliver) -> None:
        def show(hits: Sequence[PatientHit]) -> None:
            deliver([self._entry(hit) for hit in hits])

        if text:
            self.context.run(self, lambda desk: desk.patients.search(text, limit=6), show)
        else:
            deliver([])

    def _find_lots(self, text: str, deliver: Deliver) -> None:
        def show(lots: Sequence[LotRecord]) -> None:
            deliver([self._lot_entry(lot) for lot in lots])

        if len(text.strip()) >= _LEAST_OF_LOT:
            self.context.run(self, lambda desk: desk.catalogue.find_lots(text, limit=4), show)
        else:
            deliver([])

    def _lot_entry(self, lot: LotRecord) -> Entry:
        from mesodesk.ui.frame.palette import Entry

        go = partial(self._window.open, "recall", lot_id=lot.id)
        words = self.tr("Lot {number}: who was treated").format(number=lot.fields.number)
        return Entry(words, go, lot.product.fields.name, "flask-outline")

    def _entry(self, hit: PatientHit) -> Entry:
        from mesodesk.ui.frame.palette import Entry

        go = partial(self._window.open, "patient", patient_id=hit.id)
        if hit.restricted:
            return Entry(hit.record_number, go, self.tr("restricted record"), "lock-outline")
        born = f"{format_date(hit.birth_date)} · " if hit.birth_date else ""
        return Entry(hit.name, go, f"{born}{hit.record_number}", "account-outline")

    # The clinic's settings

    @Slot(object, object)
    def _changed(self, topic: Topic, _origin: object) -> None:
        if topic & Topic.CLINIC:
            self.apply_clinic()
            user = self.context.user
            self._window.set_person(user.initials, user.name, user.colour)
            self.context.run(self, _people, self._people_read, _passed_over)

    def _people_read(self, people: tuple[PersonAtDoor, ...]) -> None:
        self.people_changed.emit(people)

    def apply_clinic(self) -> None:
        """Do as the record says, and count the time without input from now."""
        fields, user = self.context.clinic.fields, self.context.user
        self._window.set_person(user.initials, user.name, user.colour)
        self._window.idle_watch.set_limit(fields.idle_lock_minutes * 60_000)
        self._window.status.set_zone(fields.zone)


def _unread(desk: Desk) -> tuple[Finding, ...]:
    return desk.safety.unread_alarms()


def _people(desk: Desk) -> tuple[PersonAtDoor, ...]:
    return desk.access.who_can_come_in()


def _passed_over(_error: Exception) -> None:
    """It is asked again at the next lock, or when somebody comes in."""
