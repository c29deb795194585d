"""The session workspace: check, prepare, chart, finish; afterwards the signed record."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.rights import Right
from mesodesk.domain.session_rules import MissingCode
from mesodesk.ui.frame.page import Page
from mesodesk.ui.pages.patient_header import PatientHeader
from mesodesk.ui.pages.session_parts.discard import DiscardDialog
from mesodesk.ui.pages.session_parts.missing_walk import next_stop
from mesodesk.ui.pages.session_parts.missing_words import station_word
from mesodesk.ui.pages.session_parts.session_chip import header_chips
from mesodesk.ui.pages.session_parts.state import SessionState
from mesodesk.ui.pages.session_parts.station_stack import RECORD, STATIONS, StationStack
from mesodesk.ui.pages.session_parts.version_line import VersionLine
from mesodesk.ui.tokens import BAR, Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import EmptyState, Notice
from mesodesk.ui.widgets.layouts import EDGE, column, nest
from mesodesk.ui.widgets.strips import StepState, StepStrip, TabStrip
from mesodesk.ui.widgets.who_may import WhoMay

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from PySide6.QtGui import QShowEvent

    from mesodesk.domain.records.session import SessionRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_RELOAD_MS = 200


class SessionPage(Page):
    """A draft is worked on station by station, in any order; a signed session is read."""

    page_id = "session"
    section = "patients"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("Session")
        self._context = context
        self.state = SessionState(context, self)
        self._at: dict[UUID, str] = {}
        self._draft = True
        self._shown_id: UUID | None = None
        self._wanted_station = ""
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_RELOAD_MS)
        self._again.timeout.connect(self.state.reload)
        self._build()
        self._connect()

    # Building

    def _build(self) -> None:
        self.header = PatientHeader(self._context)
        names = {key: station_word(key) for key in STATIONS}
        self.steps = StepStrip(names, "step", self.tr("Stations of the session"))
        tabs = {RECORD: self.tr("Record"), "chart": self.tr("Chart")}
        self.tabs = TabStrip(tabs, "signed", self.tr("Parts of the signed session"))
        self.discard = Button(
            self.tr("Discard draft"),
            "discard_draft",
            ButtonKind.QUIET,
            "trash-can-outline",
            compact=True,
        )
        strip = QHBoxLayout()
        strip.setSpacing(0)
        strip.addWidget(self.steps, 1)
        strip.addWidget(self.tabs, 1)
        self.header.add_trailing(self.discard)
        self.who_may = WhoMay("session_who_may")
        self.notice = Notice(object_name="session_notice", closable=True)
        self.version_line = VersionLine(self._context)
        self.stack = StationStack(self.state, self._context)
        self._body = QWidget()
        inside = QVBoxLayout(self._body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(Space.M)
        head = column(self.header, spacing=Space.M)
        head.setContentsMargins(0, 0, BAR, 0)
        nest(head, strip)
        for widget in (self.who_may, self.version_line, self.notice):
            head.addWidget(widget)
        nest(inside, head)
        inside.addWidget(self.stack, 1)
        self._broken = EmptyState(
            "alert-circle-outline",
            self.tr("This session cannot be shown"),
            "",
            self.tr("Back to the patients"),
            object_name="session_broken",
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(Space.PAGE, Space.M, EDGE, Space.XS)
        whole.addWidget(self._body)
        whole.addWidget(self._broken)
        self._body.hide()
        self._broken.hide()

    def _connect(self) -> None:
        state = self.state
        state.opened.connect(self._opened)
        state.record_changed.connect(self._record_changed)
        state.findings_changed.connect(self._show_head)
        state.missing_changed.connect(self._show_steps)
        state.missing_changed.connect(self._show_head)
        state.said.connect(self._said)
        state.broken.connect(self._show_broken)
        state.closed.connect(self._to_closed_record)
        self.stack.marked.connect(self._mark)
        self.stack.arrived.connect(self._arrived)
        self.stack.next_asked.connect(self.go_on)
        self.stack.place_asked.connect(self.go_to)
        self._context.changed.connect(self._changed)
        self._broken.acted.connect(self._to_patients)
        self.version_line.version_asked.connect(self._to_version)
        self.steps.selected.connect(self.go_to)
        self.tabs.selected.connect(self.go_to)
        self.discard.clicked.connect(self.ask_discard)
        self.header.plan.clicked.connect(self._to_plan_finding)
        for number, slot in enumerate(
            (self._to_check, self._to_prepare, self._to_chart, self._to_finish), start=1
        ):
            name = station_word(STATIONS[number - 1])
            self.add_key(f"Ctrl+{number}", self.tr("Station {name}").format(name=name), slot)
        self.describe_key("N", self.tr("Prepare: draw up another syringe"))
        self.describe_key("Y  N  -", self.tr("Yes, no, not asked: where a question has the focus"))
        self.add_key("Ctrl+Return", self.tr("Go on to the next station"), self.go_on)
        self.add_key("F8", self.tr("Next thing that is missing"), self.go_to_missing)

    # The page

    def coming(self, **arguments: object) -> None:
        """Take another session off, or all its widgets would come into sight, and go at once."""
        if self._asked_for(arguments) != self.state.session_id:
            self.stack.stop()
            self._body.hide()
            self._broken.hide()

    def _asked_for(self, arguments: Mapping[str, object]) -> UUID | None:
        return arguments.get("session_id", self.state.session_id)  # type: ignore[return-value]

    def shown(self, **arguments: object) -> None:
        """Show a session: `session_id`, perhaps `station`."""
        self._wanted_station = str(arguments.get("station", ""))
        session_id = self._asked_for(arguments)
        if session_id is None:
            self._show_broken(self.tr("No session was chosen. Open one from a patient's page."))
        elif session_id != self.state.session_id:
            self.state.open(session_id)
        elif self.state.stale or not self._broken.isHidden():
            self.state.reload()
        elif self._wanted_station:
            self.go_to(self._wanted_station)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # What was changed while the window was locked.
        if self.state.stale:
            self._again.start()

    def leave(self) -> None:
        self.stack.leave()

    def place(self) -> Mapping[str, object]:
        if self.state.session_id is None:
            return {}
        here = {"session_id": self.state.session_id, "station": self.stack.heading_for}
        return here | ({"patient_id": self.state.record.patient_id} if self.state.is_open() else {})

    def first_focus(self) -> QWidget | None:
        # While a station is brought, the keys are held for it.
        away = self._body.isHidden() or self.state.session_id != self._shown_id
        return None if away or self.stack.is_bringing() else self.stack.first_focus()

    @Slot()
    def _opened(self) -> None:
        record = self.state.record
        another = self._shown_id != record.id
        self._shown_id = record.id
        if another:
            self.notice.hide()
            self._draft = self.state.can_edit()  # whatever the one before was, until this arrives
        self.version_line.show_state(self.state)
        self._show_head()
        self._show_steps()
        # Before it is in sight: what of another session stands there goes first.
        self.stack.show_state()
        self._broken.hide()
        self._body.show()
        another_kind = self._draft != self.state.can_edit()
        # Nothing is in sight if the first station was on its way when the page was left.
        if another or self._wanted_station or another_kind or not self.stack.heading_for:
            wanted = self._wanted_station or ("" if not another else self._at.get(record.id, ""))
            self._wanted_station = ""
            self.stack.bring(wanted if wanted in self._keys() else self._where_it_was_left())

    def _keys(self) -> tuple[str, ...]:
        return STATIONS if self.state.can_edit() else (RECORD, "chart")

    def _where_it_was_left(self) -> str:
        """Return where to go on with a session that was not open before in this run."""
        if not self.state.can_edit():
            return RECORD
        if self.state.charted_last:
            return "chart"
        open_ones = {each.station for each in self.state.missing}
        return next((key for key in STATIONS if key in open_ones), STATIONS[-1])

    @Slot(object)
    def _to_version(self, session_id: UUID) -> None:
        self.navigate("session", session_id=session_id)

    # Moving between the stations

    @Slot(str)
    @Slot(str, str)
    def go_to(self, key: str, place: str = "") -> None:
        """Show a station, with the focus where its work begins, or at a place in it."""
        if self.state.is_open() and key in self._keys():
            self.stack.bring(key, place)

    @Slot()
    def go_on(self) -> None:
        """Show the next station."""
        here = self.stack.heading_for
        if self.state.can_edit() and here in STATIONS[:-1]:
            self.go_to(STATIONS[STATIONS.index(here) + 1])

    @Slot()
    def go_to_missing(self) -> None:
        """Show the next thing that keeps the session from being signed; at last the password."""
        if not self.state.is_open() or not self.state.can_edit():
            return
        stop = next_stop(self.state.missing, self.stack.current, self.stack.has_focus_in)
        if stop is not None:
            self.go_to(stop.station, stop.quickest)
        elif not self.state.missing:
            self.go_to(STATIONS[-1], "sign_password")

    @Slot()
    def _to_check(self) -> None:
        self.go_to("check")

    @Slot()
    def _to_prepare(self) -> None:
        self.go_to("prepare")

    @Slot()
    def _to_chart(self) -> None:
        self.go_to("chart")

    @Slot()
    def _to_finish(self) -> None:
        self.go_to("finish")

    @Slot(str)
    def _mark(self, key: str) -> None:
        if key and self.state.is_open():
            (self.steps if self.state.can_edit() else self.tabs).set_current(key)

    @Slot(str)
    def _arrived(self, key: str) -> None:
        self._draft = self.state.can_edit()
        self._at[self.state.record.id] = key
        self.who_may.say(self._who_may(key))

    def _who_may(self, key: str) -> str:
        """Return what to say where somebody works who does not do all of it."""
        if key == "chart" and self.state.can_edit() and not self.state.may(Right.CHART_EDIT):
            return self.tr("A therapist draws on the chart. You can look at all of it.")
        return ""

    # What stands around the stations

    @Slot()
    def _record_changed(self) -> None:
        if self._shown_id != self.state.record.id:
            return
        if self._draft and not self.state.can_edit():
            self._show_head()
            self._show_steps()
            self.stack.bring(RECORD)
            if self.state.history is not None and len(self.state.history.versions) > 1:
                self.state.reload()  # what it amended has just been struck

    @Slot()
    def _show_head(self) -> None:
        if not self.state.is_open():
            return
        state = self.state
        self.header.set_patient(state.patient, state.intake)
        self.header.chips.set_chips(header_chips(state, self._context))
        stands = None if state.plan is None else state.plan.glance
        self.header.show_plan(stands, at_work=state.is_draft())

    @Slot()
    def _to_plan_finding(self) -> None:
        if self.state.can_edit():
            found = (each for each in self.state.findings if each.rule_id.startswith("plan_"))
            finding = next(found, None)
            if finding is not None:
                self.go_to(STATIONS[0], f"finding_{finding.rule_id}")

    @Slot()
    def _show_steps(self) -> None:
        if not self.state.is_open():
            return
        draft = self.state.can_edit()
        self.steps.setVisible(draft)
        self.tabs.setVisible(not draft)
        self.discard.setVisible(self.state.may(Right.SESSION_DISCARD))
        for key in STATIONS:
            found = [each for each in self.state.missing if each.station == key]
            stopped = any(
                each.code == MissingCode.FINDING and each.values.get("severity") == Kind.STOP
                for each in found
            )
            todo = StepState.BLOCKED if stopped else StepState.TODO
            self.steps.set_state(key, todo if found else StepState.DONE)

    @Slot(str)
    def _said(self, sentence: str) -> None:
        self.notice.show_notice(Kind.STOP, self.tr("That was not done"), sentence)

    @Slot(str)
    def _show_broken(self, sentence: str) -> None:
        self._body.hide()
        self._broken.set_words(self.tr("This session cannot be shown"), sentence)
        self._broken.show()

    @Slot(object)
    def _to_closed_record(self, patient_id: UUID) -> None:
        if self.isVisible():
            self.navigate("patient", patient_id=patient_id)

    @Slot()
    def _to_patients(self) -> None:
        self.navigate("patients")

    @Slot(object, object)
    def _changed(self, _topic: object, _origin: object) -> None:
        # The state has taken note before, because it was connected first.
        if self.state.stale and self.isVisible():
            self._again.start()

    # Discarding a draft

    @Slot()
    def ask_discard(self) -> None:
        """Ask for the reason, then discard the draft; it stays on record as entered in error."""
        if self.state.may(Right.SESSION_DISCARD):
            dialog = DiscardDialog(self)
            dialog.given.connect(self._discard)
            dialog.open()

    @Slot(str)
    def _discard(self, reason: str) -> None:
        work = partial(_discard, session_id=self.state.record.id, reason=reason)
        self.state.run_once(work, self._discarded, self._not_discarded)

    def _discarded(self, record: SessionRecord) -> None:
        self.navigate("patient", patient_id=record.patient_id)

    def _not_discarded(self, error: Exception) -> None:
        self._said(str(getattr(error, "sentence", "")))


def _discard(desk: Desk, version: int, *, session_id: UUID, reason: str) -> SessionRecord:
    return desk.sessions.discard_draft(session_id, version, reason)
