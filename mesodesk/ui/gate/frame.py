"""The calm card in the middle of an empty window that every page of the gate is made of."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Label

WIDTH = 600


class GatePage(QWidget):
    """A centred card with the product's name above it; scrolls where the window is small.

    Put content into `card.body`; buttons into `button_row`, the main one last.
    """

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.card = Card(padding=Space.XL + Space.S)
        self.card.setFixedWidth(WIDTH)
        self.button_row = QHBoxLayout()
        self.button_row.setSpacing(Space.S)
        self._lay_out()

    def _lay_out(self) -> None:
        name = Label("Mesodesk", Role.TITLE, "accent")
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        column.setSpacing(Space.L)
        column.addStretch(2)
        column.addWidget(name, 0, Qt.AlignmentFlag.AlignHCenter)
        # Centred by stretches, not by alignment: aligned items do not grow with wrapped text.
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.card)
        middle.addStretch(1)
        nest(column, middle)
        column.addStretch(3)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A viewport of our own: asking for Qt's would have PySide6 set up every widget class there
        # is, to find out which one it is, and the first paint would come 10 ms later.
        scroll.setViewport(QWidget())
        scroll.setWidget(inner)
        inner.setAutoFillBackground(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def finish_layout(self) -> None:
        """Put the row of buttons at the bottom of the card."""
        self.card.body.addSpacing(Space.S)
        nest(self.card.body, self.button_row)
