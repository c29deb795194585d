"""The way to the clinic's protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class ProtocolsCard(Card):
    """For everybody: who may not change a protocol reads it."""

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(object_name="settings_protocols", parent=parent)
        self.set_title(self.tr("Protocols"))
        self.add(
            Muted(
                self.tr(
                    "How the clinic works: intervals and maximum with their source, mixtures"
                    " without lots, fields, checks after a session, aftercare. Plans follow them."
                )
            )
        )
        self.open_button = Button(
            self.tr("Protocols"), "open_protocols", icon_name="clipboard-list-outline"
        )
        nest(self.body, row(self.open_button, stretch=True))
        self.open_button.clicked.connect(self.asked)
