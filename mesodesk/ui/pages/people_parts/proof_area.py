"""What something comes to, said before it is done, and the password of who does it."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.ui.jobs import explain
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.textfields import PasswordField


class ProofArea(QWidget):
    """Hidden until `ask`. A desk that was left open must not hand out keys.

    Args:
        object_name: the field is called `{object_name}_password`, the buttons `_confirm` and
            `_cancel`.
    """

    confirmed = Signal(str)
    """The password, as typed."""

    cancelled = Signal()

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.says = Notice(object_name=f"{object_name}_says", parent=self)
        self.password = PasswordField(f"{object_name}_password", self.tr("Your own password"))
        self.field_row = FormRow(self.tr("Your own password"), self.password)
        self.confirm = Button("", f"{object_name}_confirm", ButtonKind.PRIMARY)
        self.cancel = Button(self.tr("Cancel"), f"{object_name}_cancel")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.M)
        whole.addWidget(self.says)
        whole.addWidget(self.field_row)
        nest(whole, row(self.confirm, self.cancel, stretch=True))
        self.hide()
        self.confirm.clicked.connect(self._submit)
        self.password.entered.connect(self._submit)
        self.cancel.clicked.connect(self._give_up)

    def ask(self, headline: str, text: str, confirm: str, *, loud: bool = False) -> None:
        """Say what it comes to, and ask for the password.

        Args:
            headline: what is about to be done.
            text: what that means.
            confirm: words of the button.
            loud: whether it takes something away.
        """
        self.says.show_notice(Kind.CAUTION if loud else Kind.INFO, headline, text)
        self.confirm.setText(confirm)
        self.confirm.setAccessibleName(confirm)
        self.confirm.set_kind(ButtonKind.DANGER if loud else ButtonKind.PRIMARY)
        self.set_busy(busy=False)
        self.password.clear()
        self.show()
        self.password.setFocus()

    def set_busy(self, *, busy: bool) -> None:
        """Take nothing while it is being done."""
        for part in (self.confirm, self.cancel, self.password):
            part.setEnabled(not busy)

    def refuse(self, error: Exception) -> None:
        """Say at the password why it was not done."""
        self.set_busy(busy=False)
        self.password.clear()
        self.password.set_error(explain(error))
        self.password.setFocus()

    def forget(self) -> None:
        """Empty the field and hide."""
        self.password.clear()
        self.set_busy(busy=False)
        self.hide()

    @Slot()
    def _submit(self) -> None:
        typed = self.password.value()
        if not typed:
            self.password.set_error(self.tr("Type your own password, so that it is you."))
            self.password.setFocus()
            return
        self.set_busy(busy=True)
        self.confirmed.emit(typed)

    @Slot()
    def _give_up(self) -> None:
        self.forget()
        self.cancelled.emit()
