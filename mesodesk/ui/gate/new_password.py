"""After the recovery key or a code was used: a password before anything else."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from mesodesk.ui.gate.frame import GatePage
from mesodesk.ui.gate.password_step import PasswordStep
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.text import Body, Heading, Strong


class NewPasswordPage(GatePage):
    """Asks for a new password twice.

    Args:
        name: of the person whose password it will be.
        by_code: whether it was a code that opened, and not the recovery key.
        may_leave: whether one can go back; what opened then opens once more.
    """

    #: The new password, accepted by the strength check and typed twice.
    chosen = Signal(str)
    #: Back, with nothing done.
    left = Signal()

    def __init__(
        self,
        name: str,
        *,
        by_code: bool = False,
        may_leave: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("new_password_page", parent)
        self._by_code = by_code
        self._name = name
        self.step = PasswordStep(self._own_words)
        self.notice = Notice(object_name="new_password_notice")
        self.card.add(Heading(self._title()))
        who = self.tr("This will be the password of {name}.").format(name=name)
        self.who = Strong(who)
        self.card.add(self.who)
        self.card.add(Body(self._lead()))
        self.card.add(self.step)
        self.card.add(self.notice)
        self.button = Button(self.tr("Set the password"), "new_password_set", ButtonKind.PRIMARY)
        if may_leave:
            back = Button(self.tr("Back"), "new_password_back", ButtonKind.QUIET)
            back.clicked.connect(self.left)
            self.button_row.addWidget(back)
        self.button_row.addStretch(1)
        self.button_row.addWidget(self.button)
        self.finish_layout()
        self.button.clicked.connect(self._submit)
        self.step.again.entered.connect(self._submit)

    def _title(self) -> str:
        if self._by_code:
            return self.tr("Choose a password of your own")
        return self.tr("Choose a new password")

    def _lead(self) -> str:
        if self._by_code:
            return self.tr(
                "The code has let you in. From now on your own password does, and the code no "
                "longer. Whoever gave you the code never learns the password."
            )
        return self.tr(
            "The recovery key has opened the records. Keep its sheet: it still opens them. "
            "The old password no longer will."
        )

    def say_failed(self, sentence: str) -> None:
        """Show why the password could not be set."""
        self.button.setEnabled(True)
        self.notice.show_notice(Kind.STOP, sentence)

    def _own_words(self) -> tuple[str, ...]:
        return ("mesodesk", *self._name.split())

    @Slot()
    def _submit(self) -> None:
        if self.step.problem():
            return
        self.button.setEnabled(False)
        password = self.step.password.value()
        self.step.password.clear()
        self.step.again.clear()
        self.chosen.emit(password)
