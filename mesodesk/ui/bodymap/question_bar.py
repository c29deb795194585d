"""Asks before many points are placed, work by hand is lost, or a dose doubles."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from mesodesk.ui.bodymap.field_words import Question
from mesodesk.ui.bodymap.foot_bar import FootBar
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.widgets.buttons import Button, ButtonKind


class QuestionBar(FootBar):
    """Lies over the foot of the canvas while the model of fields has a question."""

    def __init__(self, model: ChartModel, parent: QWidget) -> None:
        super().__init__("field_question", "", parent)
        self.setAccessibleName(self.tr("A question about the field"))
        self._fields = model.field_model
        self.go_on = Button("", "field_question_go_on", ButtonKind.PRIMARY, compact=True)
        self.stay = Button(
            self.tr("Leave it"), "field_question_leave", ButtonKind.QUIET, compact=True
        )
        self.lay_out((self.go_on, self.stay))
        self.go_on.clicked.connect(self._fields.answer)
        self.stay.clicked.connect(self.leave)
        self._fields.question_changed.connect(self._show)

    @Slot()
    def leave(self) -> None:
        self._fields.withdraw()

    @Slot(object)
    def _show(self, question: Question | None) -> None:
        if question is None:
            self.go()
            return
        self.headline.setText(question.headline)
        self.text.setText(question.text)
        self.go_on.setText(question.answer)
        self.go_on.set_kind(ButtonKind.SECONDARY if question.careful else ButtonKind.PRIMARY)
        self.stay.set_kind(ButtonKind.PRIMARY if question.careful else ButtonKind.QUIET)
        self.come_up()
