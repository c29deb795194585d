"""An intake that is out of date, gone through in the session: one gesture for each section."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.questionnaire import load_questionnaire
from mesodesk.domain.records.intake import IntakeState
from mesodesk.domain.reviewing import SectionReview, sections_to_review
from mesodesk.domain.rights import Right
from mesodesk.domain.screening_facts import age_in_years
from mesodesk.ui.finding_card import capital
from mesodesk.ui.jobs import explain
from mesodesk.ui.pages.patient_parts.intake_progress import items_put
from mesodesk.ui.pages.patient_parts.values import value_words
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel, Notice
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Muted, Strong
from mesodesk.ui.widgets.who_may import WhoMay

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.intake import IntakeRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.intake_answers import IntakeAnswers
    from mesodesk.ui.pages.session_parts.state import SessionState

EXPIRED: Final = "intake_expired"
"""The id of the finding that brings the card up."""


class SectionLine(QWidget):
    """One section: what was told last time, and that nothing has changed."""

    #: (questions, lists) that are confirmed
    confirmed = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: SectionReview | None = None
        self.title = Strong("")
        self.told = Muted("")
        self.done = IconLabel("check-circle", "ok", 20)
        self.same = Button(self.tr("Nothing changed"), "", compact=True)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.told)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        nest(line, words, 1)
        line.addWidget(self.done, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.same, 0, Qt.AlignmentFlag.AlignTop)
        self.same.clicked.connect(self._confirm)

    def show_section(self, review: SectionReview, language: str) -> None:
        """Show a section, with its button as long as something in it waits."""
        self._shown = review
        title = review.section.title.get(language)
        self.title.setText(title)
        self.told.setText(self._told(review, language))
        self.same.setObjectName(f"nothing_changed_{review.section.id}")
        self.same.setAccessibleName(self.tr("Nothing changed: {section}").format(section=title))
        self.same.setVisible(not review.is_done)
        self.done.setVisible(review.is_done)

    def _told(self, review: SectionReview, language: str) -> str:
        said = [capital(each) for each in review.entries]
        for item, given in review.told:
            name = capital(item.short.get(language))
            more = given.detail or (given.value and value_words(item, given.value, language))
            said.append(f"{name} ({more})" if more else name)
        if not said:
            said = [self.tr("What was asked: no") if review.unasked else self.tr("All no")]
        if review.unasked:
            said.append(self.tr("not asked: {count}").format(count=review.unasked))
        return "; ".join(said)

    @Slot()
    def _confirm(self) -> None:
        if self._shown is not None:
            lists = (self._shown.section.id,) if self._shown.list_waits else ()
            self.same.hide()
            self.done.show()
            self.confirmed.emit(self._shown.waiting, lists)


class ReviewCard(Card):
    """There only while the session's intake is out of date and can be gone through here."""

    #: to the intake itself, where an answer is changed
    open_asked = Signal()

    def __init__(self, state: SessionState, context: Context, answers: IntakeAnswers) -> None:
        super().__init__(object_name="review_card")
        self._state = state
        self._context = context
        self._answers = answers
        self._lines: list[SectionLine] = []
        self.set_title(self.tr("Go through the intake again"))
        self.hint = Muted(
            self.tr(
                "Read out what was told. Nothing changed confirms a section; what was never asked"
                " stays not asked."
            )
        )
        self.notice = Notice(object_name="review_notice", closable=True)
        self.open_button = Button(
            self.tr("Something changed: open the intake"), "review_open", ButtonKind.QUIET
        )
        self.complete = Button(
            self.tr("Complete the review"), "review_complete", ButtonKind.PRIMARY
        )
        self.who_may = WhoMay("review_who_may")
        self._column = QVBoxLayout()
        self._column.setSpacing(Space.S)
        last = QHBoxLayout()
        last.setSpacing(Space.S)
        last.addWidget(self.open_button)
        last.addStretch(1)
        last.addWidget(self.complete)
        self.add(self.hint)
        self.add(self.notice)
        nest(self.body, self._column)
        nest(self.body, last)
        self.add(self.who_may)
        self.open_button.clicked.connect(self.open_asked)
        self.complete.clicked.connect(self._complete)
        self.hide()

    def show_state(self) -> None:
        """Show the sections as they stand now."""
        state = self._state
        expired = any(each.rule_id == EXPIRED for each in state.findings)
        intake = state.intake
        if not expired or intake is None or not state.may(Right.INTAKE_EDIT):
            self.hide()
            return
        found = self._sections(intake)
        while len(self._lines) < len(found):
            self._add_line()
        for line, review in zip(self._lines, found, strict=False):
            line.show_section(review, self._context.language)
            line.show()
        for line in self._lines[len(found) :]:
            line.hide()
        done = intake.state is IntakeState.DRAFT and all(each.is_done for each in found)
        may = self._context.may(Right.INTAKE_COMPLETE)
        self.complete.setVisible(done and may)
        self.who_may.say("" if may or not done else self.tr("A therapist completes the review."))
        self.show()

    def _sections(self, intake: IntakeRecord) -> tuple[SectionReview, ...]:
        patient = self._state.patient.fields
        age = age_in_years(patient.birth_date, self._context.today())
        asked = load_questionnaire()
        items = items_put(asked, patient.body_sex.value, age)
        anew = intake.state is not IntakeState.DRAFT
        return sections_to_review(asked, items, intake.fields, anew=anew)

    def _add_line(self) -> None:
        line = SectionLine(self)
        line.confirmed.connect(self._confirmed)
        self._lines.append(line)
        self._column.addWidget(line)

    @Slot(object, object)
    def _confirmed(self, items: tuple[str, ...], lists: tuple[str, ...]) -> None:
        self._focus_next()
        self._answers.nothing_changed(items, lists)

    def _focus_next(self) -> None:
        waiting = (line.same for line in self._lines if not line.same.isHidden())
        target = next(waiting, self.complete)
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _complete(self) -> None:
        intake = self._state.intake
        if intake is None:
            return
        self._answers.flush()
        self.complete.setEnabled(False)
        work = partial(_complete, patient_id=intake.patient_id)
        self._context.write(self, work, self._completed, self._not_completed)

    def _completed(self, _intake: IntakeRecord) -> None:
        self.complete.setEnabled(True)
        self.notice.hide()

    def _not_completed(self, error: Exception) -> None:
        self.complete.setEnabled(True)
        self.notice.show_notice(Kind.STOP, self.tr("The review was not completed"), explain(error))


def _complete(desk: Desk, *, patient_id: UUID) -> IntakeRecord:
    draft = desk.intakes.start(patient_id)
    return desk.intakes.complete(draft.id, draft.version)
