"""Shown while the last backup of the day is made, after which the window closes by itself."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from mesodesk.ui.gate.frame import GatePage
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.text import Body, Heading, Muted


class ClosingPage(GatePage):
    """Says what is going on, and lets whoever is in a hurry go."""

    skipped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("closing_page", parent)
        self.title = Heading(self.tr("Making the last backup"))
        self.words = Body(
            self.tr("Everything is kept. Mesodesk closes by itself once the backup is read back.")
        )
        self.place = Muted("")
        self.place.setObjectName("closing_place")
        for widget in (self.title, self.words, self.place):
            self.card.add(widget)
        self.skip = Button(self.tr("Close without it"), "closing_skip")
        self.button_row.addStretch(1)
        self.button_row.addWidget(self.skip)
        self.finish_layout()
        self.skip.clicked.connect(self.skipped)

    @Slot(str)
    def say_place(self, place: str) -> None:
        """Say where it is made now."""
        self.place.setText(self.tr("In {place}").format(place=place))
