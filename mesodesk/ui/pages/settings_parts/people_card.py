"""The way to the people who work here, their codes and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class PeopleCard(Card):
    """For whoever answers for who comes in."""

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(object_name="settings_people", parent=parent)
        self.set_title(self.tr("People and keys"))
        self.add(
            Muted(
                self.tr(
                    "Who works here and in which role; a code for somebody new or for a forgotten "
                    "password; letting somebody go; the vault's key and a new recovery kit."
                )
            )
        )
        self.open_button = Button(
            self.tr("People and keys"), "open_people", icon_name="account-group-outline"
        )
        nest(self.body, row(self.open_button, stretch=True))
        self.open_button.clicked.connect(self.asked)
