"""One question of a check: its answer, and beneath it what a "yes" asks further."""

from datetime import date

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.followup import CheckAnswer, RaisedFlag
from mesodesk.domain.red_flags import scale_value
from mesodesk.domain.schedule import CheckItem, CheckItemKind
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.layouts import FlowLayout, column, nest
from mesodesk.ui.widgets.segments import Scale0to10, TriState
from mesodesk.ui.widgets.text import Body, Muted
from mesodesk.ui.widgets.textfields import TextField


class Details(QWidget):
    """Since when, whether it is still there, and a note; shown where something is not well."""

    edited = Signal()

    def __init__(self, item_id: str, question: str, session_day: date, today: date) -> None:
        super().__init__()
        self.onset = DateField(
            f"onset_{item_id}",
            self.tr("Since when: {question}").format(question=question),
            today,
            minimum=session_day,
            maximum=today,
            too_early=self.tr("This is before the session, {day}."),
            too_late=self.tr("This day is still to come."),
            compact=True,
        )
        self.onset.setFixedWidth(178)
        self.still = TriState(
            f"still_{item_id}",
            self.tr("Still present: {question}").format(question=question),
            compact=True,
        )
        self.note = TextField(
            f"note_{item_id}",
            self.tr("Note: {question}").format(question=question),
            placeholder=self.tr("Where, how large, what was done"),
            compact=True,
        )
        facts = QWidget()
        flow = FlowLayout(facts, Space.M)
        flow.addWidget(_labelled(self.tr("Since"), self.onset))
        flow.addWidget(_labelled(self.tr("Still present"), self.still))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, Space.XS)
        whole.setSpacing(Space.S)
        whole.addWidget(facts)
        whole.addWidget(self.note)
        self.onset.edited.connect(self._tell)
        self.still.answered.connect(self._tell)
        self.note.edited.connect(self._tell)

    @Slot()
    def _tell(self) -> None:
        self.edited.emit()


def _labelled(text: str, field: QWidget) -> QWidget:
    """Return a field with its word before it, to be kept together on one line."""
    made = QWidget()
    line = QHBoxLayout(made)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(Space.S)
    line.addWidget(Muted(text, wrap=False))
    line.addWidget(field)
    return made


class ItemRow(QWidget):
    """A question with its answer. `edited` tells of every change by the user.

    The widget that answers is called `item_<id>`.
    """

    edited = Signal()

    def __init__(
        self, item: CheckItem, language: str, session_day: date, today: date, *, editable: bool
    ) -> None:
        super().__init__()
        self.item = item
        self._editable = editable
        question = item.text.get(language)
        self.question = Body(question)
        self.spoken = Muted("")
        self.spoken.setObjectName(f"spoken_{item.id}")
        self.spoken.hide()
        self.input = self._make_input(question)
        self.details: Details | None = None
        self.flag = Notice(object_name=f"flag_{item.id}")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, Space.XS, 0, Space.XS)
        self._column.setSpacing(Space.XS)
        self._lay_out()
        if item.kind is CheckItemKind.YES_NO:
            self.details = Details(item.id, question, session_day, today)
            self.details.setEnabled(editable)
            self.details.hide()
            self.details.edited.connect(self.edited)
            self._column.addWidget(self.details)
        self._column.addWidget(self.flag)
        self.input.setEnabled(editable)

    def _make_input(self, question: str) -> TriState | Scale0to10 | TextField:
        name = f"item_{self.item.id}"
        if self.item.kind is CheckItemKind.SCALE_0_10:
            scale = Scale0to10(name, question)
            scale.rated.connect(self._changed)
            return scale
        if self.item.kind is CheckItemKind.TEXT:
            text = TextField(name, question, compact=True)
            text.edited.connect(self._changed)
            return text
        grave = Answer.YES if self.item.calm is Answer.NO else Answer.NO
        answer = TriState(name, question, warn_on=grave, compact=True)
        answer.answered.connect(self._changed)
        return answer

    def _lay_out(self) -> None:
        if self.item.kind is CheckItemKind.YES_NO:
            line = QHBoxLayout()
            line.setSpacing(Space.L)
            nest(line, column(self.question, self.spoken, spacing=1), 1)
            line.addWidget(self.input, 0, Qt.AlignmentFlag.AlignTop)
            nest(self._column, line)
        else:
            nest(self._column, column(self.question, self.spoken, spacing=1))
            self._column.addWidget(self.input, 0, self._side())

    def _side(self) -> Qt.AlignmentFlag:
        scale = self.item.kind is CheckItemKind.SCALE_0_10
        return Qt.AlignmentFlag.AlignLeft if scale else Qt.AlignmentFlag(0)

    def asked(self) -> bool:
        """Tell whether the question has an answer."""
        return self.answer() != CheckAnswer()

    def answer(self) -> CheckAnswer:
        """Return what is on the screen."""
        if isinstance(self.input, Scale0to10):
            rating = self.input.rating()
            return CheckAnswer(value="" if rating is None else str(rating))
        if isinstance(self.input, TextField):
            return CheckAnswer(value=self.input.value())
        given = self.input.answer()
        details = self.details
        if details is None or not self._opens(given):
            return CheckAnswer(given)
        return CheckAnswer(
            given,
            onset_on=details.onset.value(),
            still_present=details.still.answer(),
            note=details.note.value(),
        )

    def set_answer(self, given: CheckAnswer) -> None:
        """Show an answer without telling of it."""
        if isinstance(self.input, Scale0to10):
            self.input.set_rating(scale_value(given.value))
        elif isinstance(self.input, TextField):
            self.input.set_value(given.value)
        else:
            self.input.set_answer(given.answer)
        if self.details is not None:
            self.details.onset.set_value(given.onset_on)
            self.details.still.set_answer(given.still_present)
            self.details.note.set_value(given.note)
        self._show_details()

    def set_calm(self) -> bool:
        """Give the answer of a patient who is well, if it is a question of yes or no not asked yet.

        Returns whether it was given.
        """
        if isinstance(self.input, TriState) and self.input.answer() is Answer.NOT_ASKED:
            self.input.set_answer(self.item.calm)
            self._show_details()
            return True
        return False

    def speak(self, language: str) -> None:
        """Show the question in a language to be spoken; "" shows it as it is read only."""
        self.spoken.setText(self.item.text.get(language) if language else "")
        self.spoken.setVisible(bool(language))

    def show_flag(self, flag: RaisedFlag | None) -> None:
        """Show the instruction beneath the answer that raised it, or take it away."""
        if flag is None:
            self.flag.show_notice(Kind.STOP, "")
            return
        mild = {"call_again": Kind.CAUTION, "observe": Kind.INFO}
        self.flag.show_notice(mild.get(flag.band, Kind.STOP), flag.title, flag.instruction)

    def take_focus(self) -> None:
        """Put the focus where the question is answered."""
        if isinstance(self.input, TextField):
            self.input.setFocus()
        else:
            chosen = self.input.value()
            self.input.segment(chosen if chosen is not None else "0").setFocus()

    def _opens(self, given: Answer) -> bool:
        """Whether an answer deserves details: what is there has an onset and may still be there."""
        return given is not Answer.NOT_ASKED and given is not self.item.calm

    @Slot()
    def _changed(self) -> None:
        self._show_details()
        self.edited.emit()

    def _show_details(self) -> None:
        if self.details is not None and isinstance(self.input, TriState):
            self.details.setVisible(self._opens(self.input.answer()))
