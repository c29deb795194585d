"""A code, shown once and large, with what to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.ui.numbers import format_moment
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Body, Heading, Label

if TYPE_CHECKING:
    from mesodesk.domain.records.staff import GivenCode


class CodeView(QWidget):
    """Empty and hidden but for the moment in which a code is handed over."""

    done = Signal()

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("code_view")
        self._zone = zone
        self.title = Heading("")
        self.title.setWordWrap(True)
        self.code = Label("", Role.DISPLAY, "accent", wrap=True)
        self.code.setObjectName("code_text")
        self.steps = Body("")
        self.steps.setObjectName("code_steps")
        self.once = Notice(
            Kind.CAUTION,
            self.tr("It is shown now, and never again."),
            self.tr("Write it down, or let them type it in now."),
            object_name="code_once",
            parent=self,
        )
        self.close_button = Button(self.tr("It is handed over"), "code_done", ButtonKind.PRIMARY)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.M)
        for widget in (self.title, self.code, self.once, self.steps):
            whole.addWidget(widget)
        nest(whole, row(self.close_button, stretch=True))
        self.hide()
        self.close_button.clicked.connect(self._close)

    def show_code(self, given: GivenCode) -> None:
        """Show a code and what to do with it."""
        name = given.person.user.name
        self.title.setText(self.tr("The code for {name}").format(name=name))
        self.code.setText("  ".join(given.code.split("-")))
        self.code.setAccessibleName(self.tr("Code: {code}").format(code=given.code))
        words = self.tr(
            "1. Give it to {name}, in person or on paper.\n"
            "2. Lock the desk. {name} touches their name, and types the code. Where Mesodesk is "
            "closed, “Use a code or the recovery key” takes it.\n"
            "3. {name} chooses a password. Nobody else ever learns it.\n"
            "The code opens once, until {until}."
        )
        self.steps.setText(words.format(name=name, until=format_moment(given.until, self._zone)))
        self.show()
        self.close_button.setFocus()

    def forget(self) -> None:
        """Leave nothing of the code in the window."""
        self.code.setText("")
        self.code.setAccessibleName("")
        self.hide()

    @Slot()
    def _close(self) -> None:
        self.forget()
        self.done.emit()
