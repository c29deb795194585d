"""The vault's key: when to change it, and what that takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from mesodesk.ui.pages.people_parts.proof_area import ProofArea
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Body

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class KeyCard(Card):
    """Asks for the password; who carries it out, the page knows."""

    confirmed = Signal(str)
    """The key is to be changed: the password, as typed."""

    unfolded = Signal(object)
    """This part of it is shown now, and wants room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(object_name="key_card", parent=parent)
        self.set_title(self.tr("The vault's key"))
        self.add(
            Body(
                self.tr(
                    "All records are encrypted with one key, which each password and the recovery "
                    "kit open. Change it when somebody has left who may have a copy of the vault, "
                    "or when a computer or stick was lost."
                )
            )
        )
        self.begin = Button(self.tr("Change the key…"), "key_change", icon_name="key-outline")
        self.proof = ProofArea("key_proof")
        nest(self.body, row(self.begin, stretch=True))
        self.add(self.proof)
        self.begin.clicked.connect(self.ask)
        self.proof.confirmed.connect(self.confirmed)
        self.proof.cancelled.connect(self._folded)

    @Slot()
    def ask(self) -> None:
        """Say what it takes, and ask for the password."""
        self.begin.hide()
        self.proof.ask(
            self.tr("The desk is closed for it, for a minute or so"),
            self.tr(
                "A backup is made first. Then all records are written anew under the new key, and "
                "everybody unlocks with the password that they have. If it is interrupted, the key "
                "of before or the new one opens, and nothing is missing. Backups made until now go "
                "on opening with what opened them then."
            ),
            self.tr("Change the key now"),
        )
        self.unfolded.emit(self.proof)

    def refuse(self, error: Exception) -> None:
        """Say at the password why nothing was begun."""
        if self.proof.isHidden():
            self.ask()
        self.proof.refuse(error)

    def forget(self) -> None:
        """Empty the field and fold the card."""
        self.proof.forget()
        self.begin.show()

    @Slot()
    def _folded(self) -> None:
        self.begin.show()
        self.begin.setFocus()
