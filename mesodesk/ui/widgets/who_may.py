"""One quiet sentence in place of what somebody's role does not do."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.text import Muted

_ICON = 18


class WhoMay(QWidget):
    """Says who may do what is not offered here, such as "A therapist completes intakes".

    Hidden until it has something to say.
    """

    def __init__(self, object_name: str, sentence: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = Muted("")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        line.addWidget(IconLabel("eye-outline", "muted", _ICON), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.words, 1)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        paint.name(self, object_name, sentence)
        self.words.setText(sentence)
        if not sentence:  # what has no place yet would come up as a window, and take the focus
            self.hide()

    def say(self, sentence: str) -> None:
        """Show a sentence; with "" nothing is there."""
        self.words.setText(sentence)
        self.setAccessibleName(sentence)
        self.setVisible(bool(sentence))


def let_edit(form: QWidget, *, may: bool, is_open: bool = True) -> None:
    """Let a form be filled in, or be read by somebody who may not change it.

    What is only read for that reason stays as dark as what is written.
    """
    if form.property("reads") is not (not may):
        form.setProperty("reads", not may)
        for each in form.findChildren(QWidget):
            each.style().unpolish(each)
            each.style().polish(each)
    form.setEnabled(may and is_open)
