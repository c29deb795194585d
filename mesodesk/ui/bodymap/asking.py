"""One question at a time about a gesture, asked where the user is looking."""

from PySide6.QtCore import QObject, Signal, Slot

from mesodesk.ui.bodymap.field_words import Question


class Asking(QObject):
    """Holds the question that waits for an answer."""

    #: Question or None.
    question_changed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.question: Question | None = None

    def ask(self, question: Question | None) -> None:
        """Ask something, or take the question back."""
        self.question = question
        self.question_changed.emit(question)

    @Slot()
    def withdraw(self) -> None:
        """Take the question back if there is one."""
        if self.question is not None:
            self.ask(None)

    def answer(self) -> None:
        """Do what was asked about."""
        question = self.question
        self.ask(None)
        if question is not None:
            question.go_on()

    def answer_by_enter(self) -> None:
        """Do what was asked about, but leave it where that needs care."""
        if self.question is not None and self.question.careful:
            self.withdraw()
        else:
            self.answer()
