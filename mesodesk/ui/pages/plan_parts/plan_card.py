"""One plan of a patient: where it stands, what it asks for, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from mesodesk.domain.bodymap.regions import named_together
from mesodesk.domain.clock import local_date
from mesodesk.domain.records.plan import PlanState
from mesodesk.domain.rights import Right
from mesodesk.ui.numbers import format_date
from mesodesk.ui.plan_words import glance_kind, glance_words, next_words, rule_words
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, ProgressBar
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Body, Muted, Strong
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from mesodesk.domain.records.plan import PlanRecord
    from mesodesk.ui.context import Context


class PlanCard(Card):
    """The next session begins from here with one press."""

    session_asked = Signal(object)
    change_asked = Signal(object)
    finish_asked = Signal(object)
    stop_asked = Signal(object, str)
    resume_asked = Signal(object)

    def __init__(
        self, context: Context, plan: PlanRecord, *, archived: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(object_name=f"plan_{plan.id}", parent=parent)
        self._context = context
        self.plan = plan
        self.set_title(plan.fields.indication)
        self._add_standing()
        self._add_facts()
        if not archived:
            self._add_buttons()

    def _add_standing(self) -> None:
        plan = self.plan
        if plan.state is not PlanState.ACTIVE:
            words = self.tr("finished")
            if plan.state is PlanState.STOPPED:
                words = self.tr("stopped")
            self.add_trailing(Chip(Kind.NEUTRAL, words, "plan_state"))
            return
        self.standing = Chip(glance_kind(plan.glance), glance_words(plan.glance), "plan_standing")
        self.add_trailing(self.standing)
        done = self.tr("1 session done") if plan.done == 1 else self.tr("{count} sessions done")
        planned = plan.fields.planned_sessions
        parts = [
            done.format(count=plan.done),
            self.tr("{count} planned").format(count=planned) if planned else "",
            next_words(plan.glance, self._context.today()),
        ]
        self.add(Strong(" · ".join(part for part in parts if part)))
        if planned:
            bar = ProgressBar(self.tr("Sessions done"))
            bar.set_share(plan.done / planned)
            self.add(bar)

    def _add_facts(self) -> None:
        plan, language = self.plan, self._context.language
        by_protocol = ""
        if plan.protocol_name:
            by_protocol = self.tr("Protocol: {name}, version {number}").format(
                name=plan.protocol_name, number=plan.protocol_version
            )
        for words in (
            rule_words(plan.fields.interval, plan.fields.max_sessions),
            ", ".join(named_together(plan.fields.regions, language)),
            by_protocol,
        ):
            if words:
                body = Body()
                body.setText(words)
                self.add(body)
        self.add(Muted(self._who()))

    def _who(self) -> str:
        plan, zone = self.plan, self._context.clinic.fields.zone
        words = self.tr("Begun {day} by {who}").format(
            day=format_date(local_date(plan.begun_at, zone)), who=plan.begun_by
        )
        if plan.ended_at is None:
            return words
        ended = self.tr("ended {day} by {who}").format(
            day=format_date(local_date(plan.ended_at, zone)), who=plan.ended_by
        )
        return " · ".join(part for part in (words, ended, plan.reason) if part)

    def _add_buttons(self) -> None:
        plan, may = self.plan, self._context.may
        plans = may(Right.PLAN_EDIT)
        if plan.state is not PlanState.ACTIVE:
            if plans:
                words = self.tr("Take up again")
                self.resume = Button(words, "plan_resume", ButtonKind.QUIET, compact=True)
                self.resume.clicked.connect(self._resume)
                nest(self.body, row(self.resume, stretch=True))
            return
        self.start = Button(self._start_words(), "plan_start_session", ButtonKind.PRIMARY, "needle")
        self.change = Button(self.tr("Change"), "plan_change", compact=True)
        self.finish = Button(self.tr("Finish"), "plan_finish", ButtonKind.QUIET, compact=True)
        self.stop = Button(self.tr("Stop …"), "plan_stop", ButtonKind.QUIET, compact=True)
        self.start.clicked.connect(self._start)
        self.change.clicked.connect(self._change)
        self.finish.clicked.connect(self._finish)
        self.stop.clicked.connect(self._ask_why)
        nest(self.body, row(self.start, self.change, self.finish, self.stop, stretch=True))
        if not may(Right.SESSION_EDIT):
            self.start.hide()
        if not plans:
            for button in (self.change, self.finish, self.stop):
                button.hide()
        self._add_reason()

    def _start_words(self) -> str:
        if self.plan.open_session is not None:
            return self.tr("Continue session")
        return self.tr("Start session {number}").format(number=self.plan.glance.number)

    def _add_reason(self) -> None:
        self.reason = TextField("plan_stop_reason", self.tr("Why the course is stopped"))
        self.stop_now = Button(self.tr("Stop the plan"), "plan_stop_now", compact=True)
        self.stop_now.setEnabled(False)
        self._why = QWidget()
        line = row(FormRow(self.tr("Why is it stopped?"), self.reason), spacing=Space.S)
        line.addWidget(self.stop_now)
        line.setContentsMargins(0, 0, 0, 0)
        self._why.setLayout(line)
        self.add(self._why)
        self._why.hide()
        self.reason.edited.connect(self._reason_typed)
        self.stop_now.clicked.connect(self._stop)

    def first_focus(self) -> QWidget | None:
        """Return the button of the next step."""
        if self.plan.state is PlanState.ACTIVE and hasattr(self, "start"):
            return None if self.start.isHidden() else self.start
        return None

    @Slot()
    def _start(self) -> None:
        self.session_asked.emit(self.plan)

    @Slot()
    def _change(self) -> None:
        self.change_asked.emit(self.plan)

    @Slot()
    def _finish(self) -> None:
        self.finish_asked.emit(self.plan)

    @Slot()
    def _resume(self) -> None:
        self.resume_asked.emit(self.plan)

    @Slot()
    def _ask_why(self) -> None:
        self._why.show()
        self.reason.input.setFocus()

    @Slot()
    def _reason_typed(self) -> None:
        self.stop_now.setEnabled(bool(self.reason.value().strip()))

    @Slot()
    def _stop(self) -> None:
        self.stop_asked.emit(self.plan, self.reason.value())
