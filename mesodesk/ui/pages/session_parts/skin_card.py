"""How the skin was prepared, and the aseptic steps, each asked for by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from mesodesk.domain.answers import Answer
from mesodesk.domain.vocabulary import load_vocabulary
from mesodesk.ui.pages.session_parts.question_row import QuestionRow
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.choices import ChoiceField, Option
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Strong

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from mesodesk.ui.pages.session_parts.state import SessionState

_PLACE = "aseptic_step_"


class SkinCard(Card):
    """Writes straight into the session's fields."""

    def __init__(self, state: SessionState, language: str, parent: QWidget | None = None) -> None:
        super().__init__(object_name="skin_card", parent=parent)
        self._state = state
        self.set_title(self.tr("Skin and asepsis"))
        words = load_vocabulary()
        self.preparation = ChoiceField(
            "skin_preparation",
            self.tr("Skin prepared with"),
            [Option(term.id, term.name.get(language)) for term in words.skin_preparations],
        )
        self.add(FormRow(self.tr("Skin prepared with"), self.preparation))
        self.all_done = Button(self.tr("All done"), "aseptic_all_done", compact=True)
        head = QHBoxLayout()
        head.addWidget(Strong(self.tr("Aseptic steps, done?")), 1)
        head.addWidget(self.all_done)
        nest(self.body, head)
        self.rows: dict[str, QuestionRow] = {}
        steps = QVBoxLayout()  # close together: each answer is as large as a gloved finger
        steps.setSpacing(Space.XS)
        nest(self.body, steps)
        for term in words.aseptic_steps:
            row = QuestionRow(
                term.name.get(language),
                f"{_PLACE}{term.id}",
                key=term.id,
                warn_on=Answer.NO,
            )
            row.answered.connect(self._answered)
            self.rows[term.id] = row
            steps.addWidget(row)
        self.preparation.edited.connect(self._prepared)
        self.all_done.clicked.connect(self._all_done)
        state.record_changed.connect(self.show_record)
        state.refused.connect(self._refused)
        self.show_record()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the answers one below the other, all beside their steps or all beneath them."""
        super().resizeEvent(event)
        width = self.width() - 2 * Space.L
        beneath = any(row.wants_beneath(width) for row in self.rows.values())
        for row in self.rows.values():
            row.put_beneath(beneath)

    def first_open(self) -> QWidget | None:
        """Return the first thing that is not answered yet."""
        if not self.preparation.value():
            return self.preparation.input
        for row in self.rows.values():
            if row.tri.answer() is Answer.NOT_ASKED:
                return row.tri.segment(Answer.NOT_ASKED.value)
        return None

    @Slot()
    def show_record(self) -> None:
        """Show what is on record."""
        if not self._state.is_open():
            return
        fields = self._state.record.fields
        if self.preparation.value() != (fields.skin_preparation or None):
            self.preparation.set_value(fields.skin_preparation)
        for step, row in self.rows.items():
            row.show_answer(fields.aseptic_steps.get(step, Answer.NOT_ASKED))
        unasked = [row for row in self.rows.values() if row.tri.answer() is Answer.NOT_ASKED]
        self.all_done.setVisible(bool(unasked))
        self.setEnabled(self._state.can_edit())

    @Slot(object)
    def _prepared(self, term: str | None) -> None:
        self._state.change(skin_preparation=term or "")
        self._state.flush()

    @Slot(str, object)
    def _answered(self, step: str, answer: Answer) -> None:
        steps = {**self._state.record.fields.aseptic_steps, step: answer}
        self._state.change(aseptic_steps=steps)

    @Slot()
    def _all_done(self) -> None:
        """Answer yes to every step that has no answer yet; a "no" stays."""
        steps = dict(self._state.record.fields.aseptic_steps)
        for step in self.rows:
            if steps.get(step, Answer.NOT_ASKED) is Answer.NOT_ASKED:
                steps[step] = Answer.YES
        self._state.change(aseptic_steps=steps)
        self._state.flush()

    @Slot(object, str)
    def _refused(self, names: tuple[str, ...], sentence: str) -> None:
        if "skin_preparation" in names:
            self.preparation.set_error(sentence)
