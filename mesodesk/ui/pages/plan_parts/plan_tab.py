"""The plans of a patient: a card for each, and the form that begins or changes one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.pages.columns import TwoColumns
from mesodesk.ui.pages.plan_parts.plan_card import PlanCard
from mesodesk.ui.pages.plan_parts.plan_form import PlanForm
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, EmptyState, Notice
from mesodesk.ui.widgets.layouts import PageScroll, clear, nest
from mesodesk.ui.widgets.who_may import WhoMay

if TYPE_CHECKING:
    from mesodesk.domain.records.plan import PlanRecord
    from mesodesk.domain.records.protocol import ProtocolRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile


class PlanTab(QWidget):
    """Plans at the left, active ones first; the form at the right when it is wanted."""

    session_asked = Signal(object)
    """The id of the plan whose next session is to begin."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("patient_plan")
        self._context = context
        self._file: PatientFile | None = None
        self._protocols: tuple[ProtocolRecord, ...] | None = None
        self._cards: list[PlanCard] = []
        self.notice = Notice(object_name="plan_notice", closable=True)
        self.who_may = WhoMay("plan_who_may")
        self.new = Button(self.tr("New plan"), "plan_new", ButtonKind.DASHED, "plus")
        self.form = PlanForm(context)
        self._build()
        self.new.clicked.connect(self._begin_new)
        self.form.kept.connect(self._form_done)
        self.form.closed.connect(self._form_done)

    def _build(self) -> None:
        self._column = QVBoxLayout()
        self._column.setSpacing(Space.M)
        self._empty = Card(object_name="plan_empty_card")
        self._empty.add(
            EmptyState(
                "calendar-clock",
                self.tr("No plan yet"),
                self.tr(
                    "A plan says what for, where, how many sessions and how far apart. Its next"
                    " session begins from here, and the chart says when it is too soon."
                ),
                object_name="plan_empty",
            )
        )
        columns = TwoColumns((1, 1))
        nest(columns.left, self._column)
        columns.left.addWidget(self._empty)
        columns.left.addWidget(self.new)
        columns.right.addWidget(self.form)
        columns.finish()
        scroll = PageScroll("plan_scroll", max_width=1_680, margin=0, edge=True)
        scroll.add(self.notice)
        scroll.add(self.who_may)
        scroll.add(columns)
        scroll.column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        self.form.hide()
        self._empty.hide()

    # Showing

    def show_file(self, file: PatientFile) -> None:
        """Show a patient's plans."""
        another = self._file is None or self._file.patient.id != file.patient.id
        if another:
            self.form.forget()
            self.form.hide()
            self.notice.hide()
        unchanged = not another and self._file is not None and self._file.plans == file.plans
        self._file = file
        if not unchanged:
            self._fill(file)
        self._show_tools(file)
        self._go_on()
        self._context.run(self, _protocols, self._protocols_read)

    def _fill(self, file: PatientFile) -> None:
        clear(self._column)
        self._cards = []
        for plan in file.plans:
            card = PlanCard(self._context, plan, archived=file.archived)
            card.session_asked.connect(self._start)
            card.change_asked.connect(self._change)
            card.finish_asked.connect(self._finish)
            card.stop_asked.connect(self._stop)
            card.resume_asked.connect(self._resume)
            self._column.addWidget(card)
            self._cards.append(card)

    def _show_tools(self, file: PatientFile) -> None:
        plans = self._context.may(Right.PLAN_EDIT) and not file.archived
        self.new.setVisible(plans and bool(file.plans) and self.form.isHidden())
        self._empty.setVisible(not file.plans)
        words = "" if self._context.may(Right.PLAN_EDIT) else self.tr("A therapist makes plans.")
        self.who_may.say(words)

    def _protocols_read(self, protocols: tuple[ProtocolRecord, ...]) -> None:
        self._protocols = protocols
        file = self._file
        if file is None:
            return
        plans = self._context.may(Right.PLAN_EDIT) and not file.archived
        if plans and not file.active_plans and self.form.isHidden():
            self._open_form(None)
            if self.window().focusWidget() is self:
                self.form.first_focus().setFocus()

    def first_focus(self) -> QWidget | None:
        """Return the next step of the first active plan, else the form, else the tab itself."""
        for card in self._cards:
            first = card.first_focus()
            if first is not None:
                return first
        if not self.form.isHidden():
            return self.form.first_focus()
        return self

    def flush(self) -> None:
        """Write down what is being typed."""
        self.form.flush()

    # The form

    def _open_form(self, plan: PlanRecord | None) -> None:
        if self._file is not None:
            self.form.begin(self._file.patient.id, self._protocols or (), plan)
            self.form.show()
            self.new.hide()

    @Slot()
    def _begin_new(self) -> None:
        self._open_form(None)
        self.form.first_focus().setFocus()

    @Slot(object)
    def _change(self, plan: PlanRecord) -> None:
        self._open_form(plan)
        self.form.first_focus().setFocus()

    @Slot()
    def _form_done(self) -> None:
        # Hidden, the form would hand the focus to whatever comes next, at last to the rail.
        if self.form.isAncestorOf(self.window().focusWidget() or self):
            self.setFocus()
        self.form.hide()
        self.notice.hide()
        if self._file is not None:
            self._show_tools(self._file)
        self._go_on()

    def _go_on(self) -> None:
        """Lead on to the next step, if nobody has gone elsewhere meanwhile."""
        first = self.first_focus()
        if first is not None and self.window().focusWidget() is self:
            first.setFocus()

    # What can be done with a plan

    @Slot(object)
    def _start(self, plan: PlanRecord) -> None:
        self.session_asked.emit(plan.id)

    @Slot(object)
    def _finish(self, plan: PlanRecord) -> None:
        self._do(partial(_finish, plan))

    @Slot(object, str)
    def _stop(self, plan: PlanRecord, reason: str) -> None:
        self._do(partial(_stop, plan, reason))

    @Slot(object)
    def _resume(self, plan: PlanRecord) -> None:
        self._do(partial(_resume, plan))

    def _do(self, work: partial[PlanRecord]) -> None:
        self._context.write(self, work, self._done, self._not_done)

    def _done(self, _plan: PlanRecord) -> None:
        self.notice.hide()

    def _not_done(self, error: Exception) -> None:
        self.notice.show_notice(Kind.CAUTION, self.tr("That was not done"), explain(error))


def _protocols(desk: Desk) -> tuple[ProtocolRecord, ...]:
    return desk.protocols.all()


def _finish(plan: PlanRecord, desk: Desk) -> PlanRecord:
    return desk.plans.finish(plan.id, plan.version)


def _stop(plan: PlanRecord, reason: str, desk: Desk) -> PlanRecord:
    return desk.plans.stop(plan.id, plan.version, reason)


def _resume(plan: PlanRecord, desk: Desk) -> PlanRecord:
    return desk.plans.resume(plan.id, plan.version)
