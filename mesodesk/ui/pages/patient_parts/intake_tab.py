"""The intake of a patient: begun, kept as it is typed, screened live, completed, asked again."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mesodesk.domain.clock import local_date
from mesodesk.domain.records.intake import IntakeState
from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.numbers import format_date
from mesodesk.ui.pages.patient_parts.conflict import KeptNotice
from mesodesk.ui.pages.patient_parts.file import facts_with, screened
from mesodesk.ui.pages.patient_parts.intake_form import IntakeForm
from mesodesk.ui.pages.patient_parts.intake_side import IntakeSide
from mesodesk.ui.pages.patient_parts.intake_summary import IntakeSummary
from mesodesk.ui.tokens import BAR, Kind, Space
from mesodesk.ui.typed import changes
from mesodesk.ui.widgets.cards import EmptyState
from mesodesk.ui.widgets.layouts import beside_bar, nest

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.intake import IntakeFields, IntakeRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile
    from mesodesk.ui.widgets.field import Field


class IntakeTab(QWidget):
    """The form while an intake is open, the summary once it is completed."""

    #: (IntakeRecord as on the screen, ScreeningFacts with it): for the header.
    typed = Signal(object, object)
    #: The intake was completed, here or in another window: its record.
    completed = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("patient_intake")
        self._context = context
        self._file: PatientFile | None = None
        self._record: IntakeRecord | None = None
        self._fields: IntakeFields | None = None
        self._keeper: Keeper | None = None
        self._starting = False
        self._completing = False
        self._may_ask = context.may(Right.INTAKE_EDIT)
        self.notice = KeptNotice("intake")
        self.form = IntakeForm(context)
        self.side = IntakeSide(context)
        self.summary = IntakeSummary(context)
        self._screening = QTimer(self)
        self._screening.setSingleShot(True)
        self._screening.setInterval(0)
        self._screening.timeout.connect(self._screen)
        self._build()
        self.form.edited.connect(self._edited)
        self.side.complete_asked.connect(self.complete)
        self.side.next_asked.connect(self.next_unasked)
        self.summary.review_asked.connect(self._start)
        self.empty.acted.connect(self._start)
        self.notice.theirs_wanted.connect(self._show_theirs)

    def _build(self) -> None:
        asked = QWidget()
        line = QHBoxLayout(asked)
        line.setContentsMargins(0, 0, BAR, 0)
        line.setSpacing(Space.M)
        line.addWidget(self.form, 1)
        line.addWidget(self.side)
        self._asked = asked
        self.empty = EmptyState(
            "clipboard-text-outline",
            self.tr("No intake"),
            self.tr("Screening starts from what is asked here.")
            if self._may_ask
            else self.tr("Nothing has been asked yet. Who treats or assists begins it."),
            self.tr("Begin the intake"),
            object_name="intake_empty",
        )
        self.form.follow_tab_of(self.empty.action)
        self._stack = QStackedWidget()
        for widget in (self.empty, asked, self.summary):
            self._stack.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        nest(column, beside_bar(self.notice))
        column.addWidget(self._stack, 1)

    # Showing

    def show_file(self, file: PatientFile, *, shown: bool) -> None:
        """Show a patient's intake; the form is filled only when the tab is in sight.

        What is being typed into the same intake stays. A patient without any intake gets one as
        soon as the tab is looked at.
        """
        another = self._file is None or self._file.patient.id != file.patient.id
        self._file = file
        if another:
            self._forget()
        intake = file.intake
        self.empty.action.setVisible(self._may_ask and not file.archived)
        if intake is None:
            if self._record is None:
                self._stack.setCurrentWidget(self.empty)
                if shown and self._may_ask and not file.archived:
                    self._start()
        elif intake.state is IntakeState.COMPLETED or file.archived or not self._may_ask:
            self._show_completed(file, intake, shown=shown)
        else:
            self._show_draft(intake, shown=shown)

    def _show_completed(self, file: PatientFile, intake: IntakeRecord, *, shown: bool) -> None:
        # Whoever does not ask reads an open intake as far as it was asked.
        done = file.completed if self._may_ask else intake
        if self._record is not None and self._newer_draft(intake):
            return
        self._forget()
        if done is None:
            self._stack.setCurrentWidget(self.empty)
        elif shown:
            self.summary.show_intake(file, done)
            self._stack.setCurrentWidget(self.summary)

    def _newer_draft(self, intake: IntakeRecord) -> bool:
        """Tell whether a re-review was begun after this was read."""
        return self._record is not None and self._record.based_on == intake.id

    def _show_draft(self, intake: IntakeRecord, *, shown: bool) -> None:
        keeper = self._keeper
        known = self._record is not None and self._record.id == intake.id
        if not known or keeper is None:
            if shown:
                self._open(intake)
        elif intake.version > keeper.version and not keeper.is_pending():
            keeper.open(intake.version)
            self._fill(intake)
        else:
            if self._file is not None:
                self._show_last_weight(intake, self._file)
            self._screening.start()

    def _open(self, intake: IntakeRecord) -> None:
        if self._keeper is not None:
            self._keeper.retire()
        context = self._context
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self._keeper.open(intake.version)
        self.notice.follow(self._keeper)
        self._keeper.kept.connect(self._all_kept)
        for trouble in (self._keeper.refused, self._keeper.conflicted, self._keeper.failed):
            trouble.connect(self._not_kept)
        self._completing = False
        self.side.complete.setEnabled(True)
        self._fill(intake)
        self._stack.setCurrentWidget(self._asked)

    def _fill(self, intake: IntakeRecord) -> None:
        if self._file is None:
            return
        self._record, self._fields = intake, intake.fields
        patient = self._file.patient.fields
        self._show_last_weight(intake, self._file)
        self.form.show_fields(
            intake.fields, patient.body_sex.value, self._file.facts.age_years, self._last_day()
        )
        self._screen()

    def _show_last_weight(self, intake: IntakeRecord, file: PatientFile) -> None:
        weight_kg, at = file.last_weight(besides=intake.id)
        zone = self._context.clinic.fields.zone
        self.form.body.show_last_weight(weight_kg, None if at is None else local_date(at, zone))

    def _last_day(self) -> str:
        """Return the day of the intake that this one started from, or ""."""
        done = self._file.completed if self._file is not None else None
        if done is None or done.completed_at is None:
            return ""
        return format_date(local_date(done.completed_at, self._context.clinic.fields.zone))

    def _forget(self) -> None:
        """Let go of an intake; what it still holds is written."""
        if self._keeper is not None:
            self._keeper.retire()
        self._keeper = self._record = self._fields = None
        self._screening.stop()
        self.notice.hide()

    def flush(self) -> None:
        """Write down what is being typed."""
        if self._keeper is not None:
            self._keeper.flush()

    def first_focus(self) -> QWidget | None:
        """Return the first question, or the button of the next step."""
        shown = self._stack.currentWidget()
        if shown is self._asked:
            return self.form.first_focus()
        action = self.summary.review if shown is self.summary else self.empty.action
        return None if action.isHidden() else action

    # Typing

    @Slot(object)
    def _edited(self, fields: IntakeFields) -> None:
        if self._keeper is None or self._record is None:
            return
        self._fields = fields
        write = partial(_save, self._context.desk, self._record.id, fields)
        told = changes("intake", self._record.id, self._record.fields, fields)
        self._keeper.put("intake", write, self._kept, aside=told)
        self._screening.start()

    def _kept(self, record: object) -> None:
        if self._record is not None and getattr(record, "id", None) == self._record.id:
            self._record = record  # type: ignore[assignment]  # what `_save` returns

    @Slot()
    def _screen(self) -> None:
        """Screen what stands on the screen: pure, and fast enough for each key."""
        if self._file is None or self._fields is None or self._record is None:
            return
        facts = facts_with(self._file.facts, self._fields)
        self.side.show_progress(self.form.progress())
        found = screened(self._file.rules, facts, self._context.language)
        self.side.show_findings(found)
        self.typed.emit(replace(self._record, fields=self._fields), facts)

    @Slot()
    def next_unasked(self) -> None:
        """Go to the next question that was not asked, then to the button that completes."""
        asking = self._stack.currentWidget() is self._asked
        if asking and not self.form.next_unasked() and not self.side.complete.isHidden():
            self.side.complete.setFocus()

    @Slot(object)
    def _show_theirs(self, record: IntakeRecord) -> None:
        if record.state is IntakeState.DRAFT:
            self._fill(record)
        else:
            self._closed(record)

    # Beginning and closing

    @Slot()
    def _start(self) -> None:
        if self._starting or not self._may_ask or self._file is None or self._file.archived:
            return
        self._starting = True
        patient_id = self._file.patient.id
        self._context.write(
            self, partial(_start, patient_id=patient_id), self._started, self._not_started
        )

    def _started(self, intake: IntakeRecord) -> None:
        self._starting = False
        if self._file is None or intake.patient_id != self._file.patient.id:
            return
        self._open(intake)
        first = self.form.first_focus()
        if first is not None and self.isVisible():
            first.setFocus()

    def _not_started(self, error: Exception) -> None:
        self._starting = False
        self.notice.say(Kind.STOP, self.tr("The intake was not begun"), explain(error))

    @Slot()
    def complete(self) -> None:
        """Close the intake for good, once everything typed is written."""
        if self._keeper is None or self._record is None or self._completing:
            return
        if not self._context.may(Right.INTAKE_COMPLETE):
            return
        wrong = self.form.first_wrong()
        if wrong is not None:
            self._lead_to(wrong)
            return
        self._completing = True
        self.side.complete.setEnabled(False)
        self._keeper.flush()
        if not self._keeper.is_pending():
            self._close()

    def _lead_to(self, wrong: Field) -> None:
        """Name a field of which something typed cannot be used, and put the cursor there."""
        words = self.tr(
            "What is typed at \u201c{field}\u201d cannot be used as it is. Put it right."
        )
        headline = self.tr("The intake is not completed yet")
        self.notice.say(Kind.CAUTION, headline, words.format(field=wrong.accessible_name()))
        # The notice takes its room first, or the field would be pushed out of sight again.
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self.form.go_to(wrong.focusProxy() or wrong)

    @Slot(object)
    def _all_kept(self, _moment: object) -> None:
        if self.sender() is self._keeper and self._completing:
            self._close()

    @Slot()
    def _not_kept(self) -> None:
        """What was typed could not be written: the notice says why, the intake stays open."""
        self._completing = False
        self.side.complete.setEnabled(True)

    def _close(self) -> None:
        self._completing = False
        if self._keeper is not None and self._record is not None:
            write = partial(_complete, self._context.desk, self._record.id)
            self._keeper.append(write, self._closed)

    def _closed(self, record: object) -> None:
        if self._record is None or getattr(record, "id", None) != self._record.id:
            return
        self._forget()
        self.completed.emit(record)


def _save(desk: Desk, intake_id: UUID, fields: IntakeFields, version: int) -> IntakeRecord:
    return desk.intakes.save(intake_id, version, fields)


def _complete(desk: Desk, intake_id: UUID, version: int) -> IntakeRecord:
    return desk.intakes.complete(intake_id, version)


def _start(desk: Desk, patient_id: UUID) -> IntakeRecord:
    return desk.intakes.start(patient_id)
