"""What a brand-new clinic sees on its Today page: the few things to begin with."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Muted, Strong, Title


class FirstDay(Card):
    """Two steps with a button each; a step that is done has a tick and no button."""

    patient_asked = Signal()
    stock_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(object_name="first_day", padding=Space.XL, parent=parent)
        self.add(Title(self.tr("Welcome. Your desk is ready.")))
        self.add(
            Muted(
                self.tr(
                    "Two things to begin with, in any order. Follow-ups, drafts and planned "
                    "sessions will come up on this page by themselves."
                )
            )
        )
        self.patient = _Step(
            self.tr("Make the first patient's record"),
            self.tr("A name and a birth date are enough to begin; the intake comes next."),
            Button(
                self.tr("New patient"), "first_patient", ButtonKind.PRIMARY, "account-plus-outline"
            ),
        )
        self.lots = _Step(
            self.tr("Enter the lots on your shelf"),
            self.tr(
                "The starter list knows common products. Pick yours, compare the strength with "
                "the label, and add lot number and expiry."
            ),
            Button(self.tr("Add your products' lots"), "first_lots", icon_name="flask-outline"),
        )
        self.body.addSpacing(Space.S)
        self.add(self.patient)
        self.add(self.lots)
        self.patient.button.clicked.connect(self.patient_asked)
        self.lots.button.clicked.connect(self.stock_asked)

    def show_done(self, *, patients: bool, lots: bool) -> None:
        """Tick what is done; the loud button is the first step that is not."""
        self.patient.show_done(patients)
        self.lots.show_done(lots)
        self.lots.button.set_kind(ButtonKind.PRIMARY if patients else ButtonKind.SECONDARY)


class _Step(QWidget):
    def __init__(self, title: str, text: str, button: Button) -> None:
        super().__init__()
        self.button = button
        self.icon = IconLabel("circle-outline", "muted", 24)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(Strong(title))
        words.addWidget(Muted(text))
        words.addStretch(1)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, Space.S, 0, Space.S)
        line.setSpacing(Space.L)
        line.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignVCenter)
        nest(line, words, 1)
        line.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_done(self, done: bool) -> None:
        self.icon.set_icon("check-circle" if done else "circle-outline", "ok" if done else "muted")
        self.button.setVisible(not done)
