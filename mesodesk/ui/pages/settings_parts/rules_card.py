"""The way to the rules of screening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class RulesCard(Card):
    """For everybody: who may not change a rule reads it, with its source."""

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(object_name="settings_rules", parent=parent)
        self.set_title(self.tr("Screening rules"))
        self.add(
            Muted(
                self.tr(
                    "What is held against patient, syringes and chart. A shipped rule can be"
                    " switched off or made stricter; rules of your own are added."
                )
            )
        )
        self.open_button = Button(
            self.tr("Screening rules"), "open_rules", icon_name="clipboard-check-outline"
        )
        nest(self.body, row(self.open_button, stretch=True))
        self.open_button.clicked.connect(self.asked)
