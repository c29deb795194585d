"""A question with yes / no / not asked beside it, and room for the detail beneath."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.segments import TriState
from mesodesk.ui.widgets.text import Body, Muted

_NARROWEST: Final = 150
"""With less room than this a question does not wrap beside its answers, but stands above them."""


class QuestionRow(QWidget):
    """Shows a question and its answer; tells what the user answers and types.

    Args:
        text: the question.
        object_name: of the TriState.
        key: what the signals call the row; the object name unless given.
        detail_name: of the field that opens on `detail_on`; "" for none. It is made when it opens:
            most questions are answered with no, and a text field takes 5 ms to make.
        detail_prompt: what to write there.
        warn_on: which answer deserves attention.
        detail_on: which answer opens the field.
    """

    #: (key, the user's `Answer`)
    answered = Signal(str, object)
    #: (key, the detail as typed), when it can be kept.
    detailed = Signal(str, str)

    def __init__(
        self,
        text: str,
        object_name: str,
        *,
        key: str = "",
        detail_name: str = "",
        detail_prompt: str = "",
        warn_on: Answer | None = Answer.YES,
        detail_on: Answer = Answer.YES,
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"{object_name}_row")
        self.key = key or object_name
        self._detail_on = detail_on
        self.label = Body(text)
        self.hint = Muted("")
        self.hint.hide()
        self._beneath = False
        self.tri = TriState(object_name, text, warn_on=warn_on, compact=compact)
        self.detail: MultilineField | None = None
        self._detail_name = detail_name
        self._detail_prompt = detail_prompt or text
        self._lay_out()
        self.tri.answered.connect(self._answered)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.label)
        words.addWidget(self.hint)
        line = self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        line.setSpacing(Space.M)
        nest(line, words, 1)
        line.addWidget(self.tri, 0, Qt.AlignmentFlag.AlignVCenter)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(Space.S)
        nest(self._whole, line)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:
        # What both arrangements can be laid out in; the one beside must not set the least width.
        return QSize(self.tri.minimumSizeHint().width(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def wants_beneath(self, width: int) -> bool:
        """Tell whether the question would wrap into a narrow column, were the row so wide."""
        room = width - self.tri.sizeHint().width() - Space.M
        needed = paint.text_width(self.label.text(), self.label.font())
        return room < min(needed, _NARROWEST)

    def put_beneath(self, beneath: bool) -> None:
        """Put the answers beneath the question though they have room: the rows around do so."""
        self._beneath = beneath
        self._arrange()

    def _arrange(self) -> None:
        """Put the answers beneath the question where it would wrap into a narrow column."""
        beneath = self.wants_beneath(self.width()) or self._beneath
        way = QBoxLayout.Direction.TopToBottom if beneath else QBoxLayout.Direction.LeftToRight
        if way is not self._line.direction():
            self._line.setDirection(way)
            self._line.setSpacing(Space.S if beneath else Space.M)
            side = Qt.AlignmentFlag.AlignLeft if beneath else Qt.AlignmentFlag.AlignVCenter
            self._line.setAlignment(self.tri, side)
            self.updateGeometry()

    def show_answer(self, answer: Answer, detail: str = "") -> None:
        """Show what is on record; what is being typed keeps its cursor."""
        if self.tri.answer() is not answer:
            self.tri.set_answer(answer)
        field = self._show_detail(answer)
        if field is not None and not field.error() and field.value() != detail.strip():
            field.set_value(detail)

    def _show_detail(self, answer: Answer) -> MultilineField | None:
        """Show the field if an answer opens it; return it once it is made."""
        wanted = bool(self._detail_name) and answer is self._detail_on
        if wanted and self.detail is None:
            self.detail = MultilineField(
                self._detail_name,
                self._detail_prompt,
                placeholder=self._detail_prompt,
                least_lines=1,
                most_lines=6,
                parent=self,
            )
            self.detail.edited.connect(self._typed)
            self._whole.addWidget(self.detail)
        if self.detail is not None:
            self.detail.setVisible(wanted)
        return self.detail

    def set_hint(self, text: str) -> None:
        """Say something beneath the question; "" takes it back."""
        self.hint.setText(text)
        self.hint.setVisible(bool(text))

    @Slot(object)
    def _answered(self, answer: Answer) -> None:
        field = self._show_detail(answer)
        if field is not None and answer is self._detail_on:
            field.input.setFocus(Qt.FocusReason.OtherFocusReason)
        self.answered.emit(self.key, answer)

    @Slot(object)
    def _typed(self, text: str | None) -> None:
        if text is not None:
            self.detailed.emit(self.key, text)


def focus_row(row: QWidget) -> bool:
    """Put the focus on what answers a row, a question's or one with a button."""
    if isinstance(row, QuestionRow):
        target: QWidget | None = row.tri.segment(row.tri.answer().value)
    else:
        target = row.findChild(Button)
    if target is not None:
        target.setFocus(Qt.FocusReason.OtherFocusReason)
    return target is not None
