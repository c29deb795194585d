"""One patient: who it is, what to know, what comes next; behind tabs everything on record."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from mesodesk.domain.changes import Topic
from mesodesk.domain.rights import Right
from mesodesk.ui.frame.page import Page
from mesodesk.ui.jobs import Latest, explain
from mesodesk.ui.pages.patient_header import PatientHeader
from mesodesk.ui.pages.patient_parts.archived import say_archived, says_archived
from mesodesk.ui.pages.patient_parts.file import (
    PatientFile,
    header_chips,
    read_again,
    read_file,
    screened,
)
from mesodesk.ui.pages.patient_parts.intake_tab import IntakeTab
from mesodesk.ui.pages.patient_parts.next_card import start_words
from mesodesk.ui.pages.patient_parts.nobody import NobodyHere
from mesodesk.ui.pages.patient_parts.overview import OverviewTab
from mesodesk.ui.pages.patient_parts.starting import Starting
from mesodesk.ui.pages.patient_parts.tabs import (
    CONCERNED,
    TABS,
    PatientTabs,
    known_tab,
    start_kind,
    tab_words,
)
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.turns import Turns
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.layouts import EDGE, beside_bar, nest
from mesodesk.ui.widgets.strips import TabStrip

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from uuid import UUID

    from PySide6.QtGui import QShowEvent

    from mesodesk.domain.records.intake import IntakeRecord
    from mesodesk.domain.records.patient import PatientRecord
    from mesodesk.domain.screening import Finding
    from mesodesk.domain.screening_facts import ScreeningFacts
    from mesodesk.ui.context import Context


class PatientPage(Page):
    """Header strip, tabs, and the way into the next session.

    `navigate("patient", patient_id=..., tab="intake")`; without a tab the overview is shown, or
    for the same patient the tab that was.
    """

    page_id = "patient"
    section = "patients"
    icon = "account-outline"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("Patient")
        self._context = context
        self._patient_id: UUID | None = None
        self._file: PatientFile | None = None
        self._findings: tuple[Finding, ...] = ()
        self._latest = Latest(context.jobs, self)
        self._turns = Turns(self)
        self._reload = QTimer(self)
        self._reload.setSingleShot(True)
        self._reload.setInterval(60)
        self._reload.timeout.connect(self._read_again)
        self._topics = Topic.NONE
        self.header = PatientHeader(context)
        self.start = Button(
            self.tr("Start session"), "start_session", ButtonKind.SECONDARY, "needle"
        )
        self.header.add_trailing(self.start)
        self.strip = TabStrip(tab_words(self), "tab", self.tr("Parts of the record"))
        self.tabs = PatientTabs(context)
        self._starting = Starting(context, self)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.notice = Notice(object_name="patient_notice", closable=True)
        self._whole = QWidget()
        inner = QVBoxLayout(self._whole)
        inner.setContentsMargins(Space.PAGE, Space.M, EDGE, Space.S)
        inner.setSpacing(Space.M)
        for widget in (self.header, self.strip, self.notice):
            nest(inner, beside_bar(widget))
        inner.addWidget(self.tabs, 1)
        self._nobody = NobodyHere(self._context)
        # While somebody else's record is read nothing stands there, least of all the one before.
        self._blank = QWidget()
        self._pages = QStackedWidget()
        for page in (self._nobody, self._blank, self._whole):
            self._pages.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def _connect(self) -> None:
        self.strip.selected.connect(self._tab_chosen)
        self.start.clicked.connect(self.start_session)
        self.tabs.start_asked.connect(self.start_session)
        self.tabs.plan_session_asked.connect(self._start_of_plan)
        self.header.plan.clicked.connect(self._to_plan)
        self._starting.begun.connect(self._session_started)
        self._starting.refused.connect(self._session_refused)
        self.tabs.tab_asked.connect(self._go_to_tab)
        self.tabs.session_asked.connect(self._open_session)
        self.tabs.check_asked.connect(self._open_check)
        self.tabs.intake_typed.connect(self._intake_typed)
        self.tabs.intake_completed.connect(self._intake_completed)
        self.tabs.patient_changed.connect(self._patient_changed)
        self.notice.acted.connect(self._to_details)
        self._nobody.left.connect(self._to_patients)
        self._nobody.opened.connect(self._open)
        self._context.changed.connect(self._changed)
        if self._context.may(Right.SESSION_EDIT):
            words = self.tr("Start or continue the session")
            self.add_key("Ctrl+Return", words, self.start_session)
            self.add_key("S", self.tr("The same, outside the intake"), self._start_by_letter)
        self.describe_key("↑ ↓ Enter", self.tr("Go through what happened, and open it"))
        self.add_key("Ctrl+Tab", self.tr("Next tab"), self._next_tab)
        self.add_key("Ctrl+Shift+Tab", self.tr("Tab before"), self._tab_before)
        if self._context.may(Right.INTAKE_EDIT):
            self.add_key("F8", self.tr("Next question not asked"), self._next_unasked)
            self.describe_key("Y / N / -", self.tr("Answer a question: yes, no, not asked"))

    # Arriving and leaving

    def shown(self, **arguments: object) -> None:
        wanted = arguments.get("patient_id")
        tab = str(arguments.get("tab") or "")
        self.tabs.arrive(tab, arguments)
        if wanted is not None and wanted != self._patient_id:
            self._open(wanted, tab or "overview")  # type: ignore[arg-type]  # a UUID by contract
            return
        if tab:
            self.show_tab(tab)
        if self._patient_id is not None:
            self._topics |= CONCERNED
            self._read_again()

    def leave(self) -> None:
        self._starting.leave()
        self.tabs.flush()

    def hidden(self) -> None:
        # A key meant for elsewhere must not end up in the name of whoever was open last.
        field = self.focusWidget()
        if field is not None and self.tabs.is_in_details(field):
            field.clearFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._topics:  # changed while the window was handed over, or locked
            self._reload.start()

    def place(self) -> Mapping[str, object]:
        shown = {"patient_id": self._patient_id, "tab": self.strip.current()}
        return shown if self._patient_id is not None else {}

    def first_focus(self) -> QWidget | None:
        if self._file is None:
            return self._nobody.first_focus() if self._patient_id is None else None
        tab = self.strip.current()
        return None if tab == "details" else self.tabs.tab(tab).first_focus()

    @Slot(object)
    def _open(self, patient_id: UUID, tab: str = "overview") -> None:
        self.leave()
        self._turns.stop()
        self._patient_id, self._file = patient_id, None
        self._topics = Topic.NONE  # all of it is read now
        self.notice.hide()
        self._pages.setCurrentWidget(self._blank)
        self.strip.set_current(known_tab(tab))
        self._latest.run(
            partial(read_file, self._context.desk, patient_id),
            lambda file: self._turns.run(self._bring(file)),
            self._not_found,
        )

    def _bring(self, file: PatientFile) -> Generator[None]:
        self._show(file)
        yield
        self._pages.setCurrentWidget(self._whole)
        self._show_current_tab(fill=False)
        if self._starting.was_awaited(file):
            self.start_session()

    def _not_found(self, error: Exception) -> None:
        self._patient_id = None
        self._nobody.say(error)
        self._pages.setCurrentWidget(self._nobody)

    # Showing

    def _show(self, file: PatientFile) -> None:
        self._file = file
        self.header.set_patient(file.patient, file.intake)
        self.header.set_consent(file.consent)
        self._findings = findings = screened(file.rules, file.facts, self._context.language)
        self.header.set_chips(header_chips(findings, file.facts, self._context.language))
        active = file.active_plans
        self.header.show_plan(active[0].glance if active else None, others=len(active) - 1)
        self._show_start(file)
        self._fill_tab(file)

    def _fill_tab(self, file: PatientFile) -> None:
        """Fill the tab in sight; the others are filled when they are looked at."""
        tab = self.tabs.tab(self.strip.current())
        self._starting.foresee(file if isinstance(tab, OverviewTab) else None)
        if self.tabs.is_made("intake"):
            self.tabs.intake.show_file(file, shown=tab is self.tabs.intake)
        if isinstance(tab, OverviewTab):
            tab.show_file(file, self._findings)
        elif not isinstance(tab, IntakeTab):
            tab.show_file(file)

    def _show_start(self, file: PatientFile) -> None:
        words = start_words(self, file)
        self.start.setText(words)
        self.start.setAccessibleName(words)
        self.start.setVisible(not file.archived and self._context.may(Right.SESSION_EDIT))
        if file.archived:
            say_archived(self.notice, restores=self._context.may(Right.PATIENT_EDIT))
        elif says_archived(self.notice):
            self.notice.hide()

    @Slot(str)
    def show_tab(self, tab: str) -> None:
        """Show one of the tabs, by its key."""
        self.strip.set_current(known_tab(tab))
        self._show_current_tab()

    @Slot(str)
    def _tab_chosen(self, tab: str) -> None:
        # Arrows take the focus back to the strip. A name is not typed over by who only looks.
        self._show_current_tab(focus=tab != "details")

    def _show_current_tab(self, *, focus: bool = True, fill: bool = True) -> None:
        tab = self.tabs.tab(self.strip.current())
        if tab is not self.tabs.currentWidget():
            self.leave()
            self.tabs.setCurrentWidget(tab)
        self.start.set_kind(start_kind(self.strip.current()))
        if fill and self._file is not None:
            self._fill_tab(self._file)
        first = tab.first_focus() if focus and self._file is not None else None
        if first is not None and self.isVisible():
            first.setFocus()

    @Slot()
    def _next_tab(self) -> None:
        self._move_tab(1)

    @Slot()
    def _tab_before(self) -> None:
        self._move_tab(-1)

    def _move_tab(self, steps: int) -> None:
        self.show_tab(TABS[(TABS.index(self.strip.current()) + steps) % len(TABS)])

    @Slot()
    def _next_unasked(self) -> None:
        if self.strip.current() == "intake":
            self.tabs.intake.next_unasked()

    # What changes

    @Slot(object, object)
    def _changed(self, topic: Topic, _origin: object) -> None:
        if topic & CONCERNED and self._patient_id is not None:
            self._topics |= topic
            if self.isVisible():
                self._reload.start()

    @Slot()
    def _read_again(self) -> None:
        if self._file is None or self._patient_id is None:
            return
        topics, self._topics = self._topics, Topic.NONE
        desk = self._context.desk
        # Looking is on record once; only a change of the record itself is worth another look.
        whole = partial(read_file, desk, self._patient_id)
        around = partial(read_again, desk, self._file.patient)
        if topics:
            work = whole if topics & Topic.PATIENTS else around
            self._latest.run(work, self._show_again, self._not_again)

    def _not_again(self, error: Exception) -> None:
        """Show nothing more of a record that only others may see by now."""
        # Imported late: pages exist only after the services are loaded.
        from mesodesk.services.errors import NotFoundError

        if isinstance(error, NotFoundError):
            self._turns.stop()
            self._file = None
            self._not_found(error)
        else:
            self._context.jobs.troubled.emit(explain(error))

    def _show_again(self, file: PatientFile) -> None:
        if file.patient.id == self._patient_id:
            self._show(file)

    @Slot(object, object)
    def _intake_typed(self, intake: IntakeRecord, facts: ScreeningFacts) -> None:
        if self._file is None or intake.patient_id != self._patient_id:
            return
        self.header.set_patient(self._file.patient, intake)
        findings = screened(self._file.rules, facts, self._context.language)
        self.header.set_chips(header_chips(findings, facts, self._context.language))

    @Slot(object)
    def _intake_completed(self, intake: IntakeRecord) -> None:
        if self._file is not None and intake.patient_id == self._patient_id:
            # What is read anew comes a moment later; the form must not open again meanwhile.
            others = (each for each in self._file.intakes if each.id != intake.id)
            self._file = replace(self._file, intakes=(intake, *others))
            self.show_tab("overview")

    @Slot(object)
    def _patient_changed(self, patient: PatientRecord) -> None:
        if self._file is not None and patient.id == self._patient_id:
            self._file = replace(self._file, patient=patient)
            self.header.set_patient(patient, self._file.intake)
            self._show_start(self._file)

    # Going on

    @Slot()
    def start_session(self) -> None:
        """Start the session, or go on with the one that is open."""
        self._start_of_plan(None)

    @Slot(object)
    def _start_of_plan(self, plan_id: UUID | None) -> None:
        if self._file is None:
            self._starting.wait_for(self._patient_id)
        elif not self._file.archived and self._context.may(Right.SESSION_EDIT):
            self.tabs.flush()
            self.start.setEnabled(False)
            self._starting.begin(self._file, plan_id)

    @Slot()
    def _start_by_letter(self) -> None:
        # Among the questions a letter is an answer, whatever the language.
        if self.strip.current() != "intake":
            self.start_session()

    @Slot(object, object)
    def _session_started(self, patient_id: UUID, session_id: UUID) -> None:
        self.start.setEnabled(True)
        if patient_id == self._patient_id:
            self.navigate("session", session_id=session_id)

    @Slot(object)
    def _session_refused(self, error: Exception) -> None:
        self.start.setEnabled(True)
        self.notice.show_notice(Kind.STOP, self.tr("The session was not started"), explain(error))

    @Slot(str)
    def _go_to_tab(self, tab: str) -> None:
        """Show a tab so that "back" leads to where it was asked for."""
        self.navigate("patient", patient_id=self._patient_id, tab=tab)

    @Slot(object)
    def _open_session(self, session_id: UUID) -> None:
        self.navigate("session", session_id=session_id)

    @Slot(object)
    def _open_check(self, follow_up_id: UUID) -> None:
        self.navigate("followup", follow_up_id=follow_up_id)

    @Slot()
    def _to_details(self) -> None:
        self.show_tab("details")

    @Slot()
    def _to_plan(self) -> None:
        self.show_tab("plan")

    @Slot()
    def _to_patients(self) -> None:
        self.navigate("patients")
