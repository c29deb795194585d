"""The first station: what changed, how the last session was borne, what screening says."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.questionnaire import load_questionnaire
from mesodesk.domain.readings import Earlier
from mesodesk.domain.records.intake import IntakeFields, IntakeState
from mesodesk.domain.rights import Right
from mesodesk.domain.screening_facts import age_in_years
from mesodesk.domain.session_rules import MissingCode, settled_at
from mesodesk.domain.unasked import waited_for
from mesodesk.ui.findings_panel import bring_into_sight, unrecognised_words
from mesodesk.ui.measuring.weight_doubt import WeightDoubt
from mesodesk.ui.numbers import format_date
from mesodesk.ui.pages.patient_parts.intake_progress import items_put, progress_of
from mesodesk.ui.pages.patient_parts.measures import weight_words
from mesodesk.ui.pages.session_parts.check_consent import CheckConsent
from mesodesk.ui.pages.session_parts.check_words import last_weight, standing_words
from mesodesk.ui.pages.session_parts.found_elsewhere import FoundElsewhere
from mesodesk.ui.pages.session_parts.intake_answers import IntakeAnswers
from mesodesk.ui.pages.session_parts.last_session import LastSessionCard
from mesodesk.ui.pages.session_parts.question_row import QuestionRow, focus_row
from mesodesk.ui.pages.session_parts.reasons import Reasons
from mesodesk.ui.pages.session_parts.review_card import ReviewCard
from mesodesk.ui.pages.session_parts.session_findings import LOCAL, SessionFindings, counts
from mesodesk.ui.pages.session_parts.state import SessionState, Station
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import PageScroll, beside_bar, nest
from mesodesk.ui.widgets.numberfields import WeightField
from mesodesk.ui.widgets.tab_order import step
from mesodesk.ui.widgets.text import Heading

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import date
    from decimal import Decimal
    from uuid import UUID

    from mesodesk.domain.records.intake import ItemAnswer
    from mesodesk.domain.screening import Finding
    from mesodesk.ui.context import Context

_FINDING: Final = "finding_"
_DETAILS: Final = {"anything_changed": "changes", "reaction_to_last": "reaction_to_last_detail"}


class CheckStation(Station):
    """Left: what is asked at each session. Right: what screening says, to be dealt with."""

    station_id = "check"

    def __init__(self, state: SessionState, context: Context, parent: QWidget) -> None:
        super().__init__(state, context, parent)
        self.setObjectName("check_station")
        self._shown_of: UUID | None = None
        self._answers = IntakeAnswers(state, context, self)
        self.last = LastSessionCard(context)
        self._make_questions()
        self.consent = CheckConsent(state, context)
        self.banner = Notice(object_name="findings_banner")
        self.unanswerable = Notice(object_name="check_notice", closable=True)
        self.elsewhere = FoundElsewhere(state, context, self.station_id)
        self.review = ReviewCard(state, context, self._answers)
        self.open_intake = Button(
            self.tr("Open the intake"), "open_intake", ButtonKind.QUIET, "arrow-right", compact=True
        )
        self.findings = SessionFindings(
            context.language, context.user.role.value, context.clinic.fields.zone
        )
        self.next = Button(self.tr("Go on to Prepare"), "check_next", ButtonKind.PRIMARY)
        self._reasons = Reasons(state, self.findings, self.next, self)
        self._lay_out()
        self._connect()

    def _make_questions(self) -> None:
        self.changed_row = QuestionRow(
            self.tr("Has anything changed: health, medicines, allergies, pregnancy?"),
            "anything_changed",
            detail_name="changes",
            detail_prompt=self.tr("What changed, and since when?"),
        )
        self.reaction_row = QuestionRow(
            self.tr("Any reaction to the last session?"),
            "reaction_to_last",
            detail_name="reaction_to_last_detail",
            detail_prompt=self.tr("What, where, since when, still there?"),
        )
        self.kit_row = QuestionRow(
            self.tr("Emergency kit at hand and in date?"), "emergency_kit", warn_on=Answer.NO
        )
        unit = self.context.clinic.fields.weight_unit
        self.weight = WeightField("weight_today", self.tr("Weight today"), unit)
        self.weight.setMaximumWidth(220)
        self.weight_row = FormRow(self.tr("Weight today"), self.weight, optional=True)
        self.doubt = WeightDoubt(self.context, self.weight, "weight_today_doubt")
        self._earlier: Earlier | None = None
        self.measure = Button(
            self.tr("Measure weight and girths"), "check_measure", ButtonKind.QUIET, "tape-measure"
        )

    def _lay_out(self) -> None:
        today = Card(self.tr("Today"), object_name="check_today")
        asked = (self.changed_row, self.reaction_row, self.kit_row, self.weight_row, self.doubt)
        for widget in asked:
            today.add(widget)
        today.body.addWidget(self.measure, 0, Qt.AlignmentFlag.AlignLeft)
        left = PageScroll("check_left", max_width=760, margin=0)
        left.add(self.consent)
        left.add(today)
        left.add(self.last)
        left.column.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(Heading(self.tr("Screening")))
        head.addStretch(1)
        head.addWidget(self.open_intake)
        right = PageScroll("check_right", max_width=860, margin=0, edge=True)
        right.column.setSpacing(Space.S)
        nest(right.column, head)
        for part in (self.banner, self.unanswerable, self.elsewhere, self.review, self.findings):
            right.add(part)
        right.column.addStretch(1)
        side = QVBoxLayout()
        side.setSpacing(Space.S)
        side.addWidget(right, 1)
        nest(side, beside_bar(self.next))
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(Space.M)
        columns.addWidget(left, 5)
        nest(columns, side, 6)

    def _connect(self) -> None:
        for question in (self.changed_row, self.reaction_row, self.kit_row):
            question.answered.connect(self._answered)
            question.detailed.connect(self._detailed)
        self.weight.edited.connect(self._weighed)
        self.weight.committed.connect(self._weight_left)
        self.doubt.corrected.connect(self._corrected)
        self.measure.clicked.connect(self._measure)
        self.open_intake.clicked.connect(self._open_intake)
        self.review.open_asked.connect(self._open_intake)
        self.elsewhere.place_asked.connect(self.place_asked)
        self.last.check_asked.connect(self._open_check)
        self.next.clicked.connect(self.next_asked)
        found = self.findings
        found.place_asked.connect(self.reveal)
        found.asking.answered.connect(self._item_answered)
        found.asking.rest_answered_no.connect(self._rest_answered)
        found.asking.no_allergies.connect(self._answers.no_allergies)
        found.asking.elsewhere_asked.connect(self._elsewhere)
        self._answers.refused.connect(self._say)
        self._reasons.said.connect(self._say)
        self.state.record_changed.connect(self._show_record)
        self.state.findings_changed.connect(self._show_findings)
        self.state.missing_changed.connect(self._show_banner)
        self.state.refused.connect(self._refused)

    # Showing

    def show_state(self) -> None:
        for _ in self.fill():
            pass

    def fill(self) -> Generator[None]:
        if not self.state.is_open():
            return
        self.findings.asking.start_afresh()
        self.findings.forget()
        if self._shown_of != self.state.record.id:
            self._shown_of = self.state.record.id
            self.findings.start_afresh()
            self.unanswerable.hide()
        self._show_answers()
        yield
        self._show_findings()
        yield
        # Asked for last: what is read beside the window slows it down.
        self.last.show_previous(self.state.previous)
        self._ask_last_weight()
        self._reasons.show_typed()

    def leave(self) -> None:
        self._answers.flush()
        self._reasons.flush()

    def focusNextPrevChild(self, forwards: bool, /) -> bool:
        return step(self, forwards=forwards) or super().focusNextPrevChild(forwards)

    def first_focus(self) -> QWidget | None:
        if not self.state.is_open():
            return None
        fields = self.state.record.fields
        for row, answer in (
            (self.changed_row, fields.anything_changed),
            (self.reaction_row, fields.reaction_to_last),
            (self.kit_row, fields.emergency_kit),
        ):
            if answer is Answer.NOT_ASKED and not row.isHidden():
                return row.tri.segment(Answer.NOT_ASKED.value)
        return self.next

    def reveal(self, place: str) -> bool:
        if place.startswith(_FINDING):
            return self._reveal_finding(place.removeprefix(_FINDING))
        return super().reveal(place)

    def _reveal_finding(self, rule_id: str) -> bool:
        """Lead to where the reason is typed, or the question that the finding waits for."""
        card, form = self.findings.card(rule_id), self.findings.form(rule_id)
        if card is not None and form is not None:
            bring_into_sight(card)
            target = form.reason.input if form.reason is not None else card.source_button
            target.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        waiting = [each for each in self.state.findings if each.rule_id == rule_id]
        for item_id in waited_for(waiting):
            if item_id in LOCAL:
                return super().reveal(LOCAL[item_id])
            row = self.findings.asking.row(item_id)
            if row is not None:
                bring_into_sight(row)
                return focus_row(row)
        return False

    @Slot()
    def _show_record(self) -> None:
        if self.state.is_open():
            self._show_answers()
            self._show_findings()

    def _show_answers(self) -> None:
        fields, editable = self.state.record.fields, self.state.can_edit()
        self.changed_row.show_answer(fields.anything_changed, fields.changes)
        self.reaction_row.show_answer(fields.reaction_to_last, fields.reaction_to_last_detail)
        self.reaction_row.setVisible(self.state.previous is not None)
        self.kit_row.show_answer(fields.emergency_kit)
        if not self.weight.error() and self.weight.value() != fields.weight_kg:
            self.weight.set_value(fields.weight_kg)
        for widget in (self.changed_row, self.reaction_row, self.kit_row, self.weight_row):
            widget.setEnabled(editable)
        self.next.setVisible(editable)
        self.measure.setVisible(editable and self.context.may(Right.MEASUREMENT_EDIT))

    @Slot()
    def _show_findings(self) -> None:
        state = self.state
        if state.is_open():
            self.findings.show_session(
                self._found_here(),
                state.record.acknowledgements,
                state.intake,
                editable=state.can_edit(),
                left=self._left_to_ask(),
            )
            self.review.show_state()
            self.elsewhere.show_state()
            self._show_banner()

    def _left_to_ask(self) -> tuple[str, ...]:
        """Return what the intake lacks, as its own page counts it."""
        intake, patient = self.state.intake, self.state.patient.fields
        fields = IntakeFields() if intake is None else intake.fields
        age = age_in_years(patient.birth_date, self.context.today())
        items = items_put(load_questionnaire(), patient.body_sex.value, age)
        return progress_of(fields, items).left

    def _found_here(self) -> tuple[Finding, ...]:
        """Return what is dealt with at the check; what the chart does is a matter of its end."""
        return tuple(each for each in self.state.findings if settled_at(each) == self.station_id)

    def _show_way_to_intake(self) -> None:
        intake = self.state.intake
        review = intake is not None and intake.state is IntakeState.DRAFT and intake.based_on
        words = self.tr("Finish the intake review") if review else self.tr("Open the intake")
        self.open_intake.setText(words)
        self.open_intake.setAccessibleName(words)

    @Slot()
    def _show_banner(self) -> None:
        self._show_way_to_intake()
        self.consent.show_state()
        state = self.state
        if not state.is_open() or not state.can_edit():
            self.banner.hide()
            return
        stops, questions, cautions = counts(self._found_here(), state.record.acknowledgements)
        parts = standing_words(stops, questions, cautions)
        if any(each.code == MissingCode.INTAKE for each in state.missing):
            parts.append(self.tr("the intake to complete"))
        if parts:
            words = self.tr("The session cannot go on to signing: {what}.")
            kind = Kind.STOP if stops or questions else Kind.CAUTION
            self.banner.show_notice(kind, words.format(what=", ".join(parts)))
        else:
            words = self.tr("Screening does not stand against signing.")
            lost = unrecognised_words(state.findings, self.context.language)
            self.banner.show_notice(Kind.CAUTION if lost else Kind.OK, words, lost)

    def _ask_last_weight(self) -> None:
        record, zone = self.state.record, self.context.clinic.fields.zone
        work = partial(last_weight, session_id=record.id, patient_id=record.patient_id, zone=zone)
        self.context.run(self, work, partial(self._say_last_weight, record.id))

    def _say_last_weight(self, session_id: UUID, found: tuple[date, Decimal] | None) -> None:
        if self.state.session_id != session_id:
            return
        self._earlier = None if found is None else Earlier(found[1], found[0])
        if found is None:
            self.weight.set_hint(self.tr("No earlier weight on record."))
            return
        day, weight_kg = found
        shown = weight_words(weight_kg, self.context.clinic.fields.weight_unit)
        words = self.tr("Last: {weight}, {day}")
        self.weight.set_hint(words.format(weight=shown, day=format_date(day)))

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self.unanswerable.show_notice(Kind.CAUTION, sentence)

    @Slot(object, str)
    def _refused(self, names: tuple[str, ...], sentence: str) -> None:
        fields = {
            "changes": self.changed_row.detail,
            "reaction_to_last_detail": self.reaction_row.detail,
            "weight_kg": self.weight,
        }
        for name in names:
            field = fields.get(name)
            if field is not None:
                field.set_error(sentence)

    # What the user does

    @Slot(str, object)
    def _answered(self, name: str, answer: Answer) -> None:
        self.state.change(**{name: answer})
        self.state.flush()

    @Slot(str, str)
    def _detailed(self, name: str, text: str) -> None:
        self.state.change(**{_DETAILS[name]: text})

    @Slot(object)
    def _weighed(self, weight_kg: Decimal | None) -> None:
        # A number that has become wrong takes the one before with it: 500 is not 50.
        self.state.change(weight_kg=weight_kg)

    @Slot()
    def _weight_left(self) -> None:
        self.state.flush()
        self.doubt.look(self.state.record.height_cm, self._earlier)

    @Slot(object)
    def _corrected(self, weight_kg: Decimal) -> None:
        self.state.change(weight_kg=weight_kg)
        self.state.flush()

    @Slot(str, object)
    def _item_answered(self, item_id: str, given: ItemAnswer) -> None:
        self._answers.answer(item_id, given)

    @Slot(object)
    def _rest_answered(self, item_ids: tuple[str, ...]) -> None:
        self._answers.answer_no(item_ids)

    @Slot(str)
    def _elsewhere(self, fact: str) -> None:
        if fact in LOCAL:
            self.reveal(LOCAL[fact])
        elif fact == "jurisdiction":
            self.context.navigate("settings")
        else:
            self._open_intake()

    @Slot()
    def _open_intake(self) -> None:
        patient_id = self.state.record.patient_id
        self.context.navigate("patient", patient_id=patient_id, tab="intake")

    @Slot()
    def _measure(self) -> None:
        record = self.state.record
        where = {"tab": "measurements", "session_id": record.id}
        self.context.navigate("patient", patient_id=record.patient_id, **where)

    @Slot(object)
    def _open_check(self, follow_up_id: UUID) -> None:
        self.context.navigate("followup", follow_up_id=follow_up_id)
