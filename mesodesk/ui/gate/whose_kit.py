"""The recovery key fits, and there are several owners: which of them comes in."""

from uuid import UUID

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from mesodesk.ui.gate.frame import GatePage
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.choices import ChoiceField, Option
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.text import Body, Heading


class WhoseKitPage(GatePage):
    """Asks whose name the recovery key is used in; nobody is chosen beforehand."""

    #: The id of the owner who comes in.
    chosen = Signal(object)
    #: Back to the password.
    left = Signal()

    def __init__(self, people: tuple[tuple[UUID, str], ...], parent: QWidget | None = None) -> None:
        super().__init__("whose_kit_page", parent)
        self.who = ChoiceField(
            "whose_kit_who", self.tr("Who are you?"), [Option(*person) for person in people]
        )
        self.card.add(Heading(self.tr("Who are you?")))
        self.card.add(
            Body(
                self.tr(
                    "The recovery key has opened the records. Choose your own name: you choose a "
                    "new password for it next, and what you do is kept under it."
                )
            )
        )
        self.card.add(FormRow(self.tr("Owner"), self.who))
        self.back = Button(self.tr("Back"), "whose_kit_back", ButtonKind.QUIET)
        self.button = Button(self.tr("Go on"), "whose_kit_go_on", ButtonKind.PRIMARY)
        self.button_row.addWidget(self.back)
        self.button_row.addStretch(1)
        self.button_row.addWidget(self.button)
        self.finish_layout()
        self.back.clicked.connect(self.left)
        self.button.clicked.connect(self._submit)

    @Slot()
    def _submit(self) -> None:
        user_id = self.who.value()
        if user_id is None:
            self.who.set_error(self.tr("Choose your name."))
            self.who.setFocus()
            return
        self.button.setEnabled(False)
        self.chosen.emit(user_id)
