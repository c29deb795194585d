"""The one kind of dialog: to confirm what cannot be undone."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Body, Heading


class ConfirmDialog(QDialog):
    """Asks before something that cannot be undone. Call `open()`; Esc and Enter keep things.

    The buttons are called `{object_name}_confirm` and `{object_name}_cancel`.
    """

    confirmed = Signal()

    def __init__(
        self,
        parent: QWidget,
        object_name: str,
        headline: str,
        text: str,
        confirm: str,
        cancel: str = "",
        *,
        kind: ButtonKind = ButtonKind.DANGER,
    ) -> None:
        super().__init__(parent)
        paint.name(self, object_name, headline)
        self.setWindowTitle(headline)
        self.setModal(True)
        self.confirm = Button(confirm, f"{object_name}_confirm", kind)
        self.cancel = Button(cancel or self.tr("Cancel"), f"{object_name}_cancel")
        words = QVBoxLayout()
        words.setSpacing(Space.S)
        words.addWidget(Heading(headline))
        self.body = Body(text)
        self.body.setMinimumWidth(340)
        words.addWidget(self.body)
        line = QHBoxLayout()
        line.setSpacing(Space.L)
        icon = IconLabel("alert", "caution", 28)
        line.addWidget(icon)
        line.setAlignment(icon, Qt.AlignmentFlag.AlignTop)
        nest(line, words, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.confirm)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        whole.setSpacing(Space.XL)
        nest(whole, line)
        nest(whole, buttons)
        self.cancel.setDefault(True)
        self.cancel.setFocus()
        self.confirm.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        self.accepted.connect(self.confirmed)
        self.finished.connect(self.deleteLater)
