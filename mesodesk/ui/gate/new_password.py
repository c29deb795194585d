"""After the recovery key was used: a new password before anything else."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from mesodesk.ui.gate.frame import GatePage
from mesodesk.ui.gate.password_step import PasswordStep
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.text import Body, Heading


class NewPasswordPage(GatePage):
    """Asks for a new password twice."""

    #: The new password, accepted by the strength check and typed twice.
    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("new_password_page", parent)
        self.step = PasswordStep(self._own_words)
        self.notice = Notice(object_name="new_password_notice")
        self.card.add(Heading(self.tr("Choose a new password")))
        self.card.add(
            Body(
                self.tr(
                    "The recovery key has opened the records. Keep its sheet: it still opens them. "
                    "The old password no longer will."
                )
            )
        )
        self.card.add(self.step)
        self.card.add(self.notice)
        self.button = Button(self.tr("Set the password"), "new_password_set", ButtonKind.PRIMARY)
        self.button_row.addStretch(1)
        self.button_row.addWidget(self.button)
        self.finish_layout()
        self.button.clicked.connect(self._submit)
        self.step.again.entered.connect(self._submit)

    def say_failed(self, sentence: str) -> None:
        """Show why the password could not be set."""
        self.button.setEnabled(True)
        self.notice.show_notice(Kind.STOP, sentence)

    def _own_words(self) -> tuple[str, ...]:
        return ("mesodesk",)

    @Slot()
    def _submit(self) -> None:
        if self.step.problem():
            return
        self.button.setEnabled(False)
        password = self.step.password.value()
        self.step.password.clear()
        self.step.again.clear()
        self.chosen.emit(password)
