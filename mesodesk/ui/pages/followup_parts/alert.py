"""The instruction that a red flag puts before the user, above everything else."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.followup import RaisedFlag
from mesodesk.ui import theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Label

EMERGENCY: Final = "emergency"
"""The band in which the emergency number is called."""


class AlertCard(QFrame):
    """The most urgent band: its name, the clinic's instruction, whom to call, and why."""

    #: What was told is to be recorded as a reaction.
    record_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("red_flag")
        self.headline = Label("", Role.TITLE, Kind.STOP, wrap=True)
        self.headline.setObjectName("red_flag_title")
        self.instruction = Label("", Role.HEADING, wrap=True)
        self.instruction.setObjectName("red_flag_instruction")
        self.because = Label("", Role.BODY, wrap=True)
        self.because.setObjectName("red_flag_because")
        self.phone = Label("", Role.DISPLAY, Kind.STOP)
        self.phone.setObjectName("red_flag_phone")
        self.phone.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.phone_words = Label("", Role.SMALL)
        self.record = Button(
            self.tr("Record it as a reaction"), "record_flag", ButtonKind.SECONDARY, compact=True
        )
        self.record.clicked.connect(self.record_asked)
        words = QVBoxLayout()
        words.setSpacing(Space.XS)
        for widget in (self.headline, self.instruction, self.because):
            words.addWidget(widget)
        nest(words, row(self.record, stretch=True))
        call = QVBoxLayout()
        call.setSpacing(0)
        call.addStretch(1)
        call.addWidget(self.phone_words, 0, Qt.AlignmentFlag.AlignRight)
        call.addWidget(self.phone, 0, Qt.AlignmentFlag.AlignRight)
        call.addStretch(1)
        line = QHBoxLayout(self)
        line.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        line.setSpacing(Space.L)
        line.addWidget(IconLabel("alert-octagon", "stop", 32), 0, Qt.AlignmentFlag.AlignTop)
        nest(line, words, 1)
        nest(line, call)
        self.hide()

    def show_flags(self, flags: Sequence[RaisedFlag], clinic: ClinicFields) -> None:
        """Show the most urgent of the flags, which come first; none hides the card."""
        self.setVisible(bool(flags))
        if not flags:
            return
        first = flags[0]
        self.headline.setText(first.title)
        self.instruction.setText(first.instruction)
        self.because.setText(" · ".join(flag.item for flag in flags))
        number = number_to_call(first, clinic)
        self.phone.setText(number)
        self.phone.setAccessibleName(self.tr("Call {number}").format(number=number))
        self.phone.setVisible(bool(number))
        if number:
            self.phone_words.setText(self.tr("Call"))
        elif first.band == EMERGENCY:
            self.phone_words.setText(self.tr("No emergency phone is set: see Settings."))
        else:
            self.phone_words.clear()
        self.setAccessibleName(f"{first.title}. {first.instruction} {number}".strip())

    def paintEvent(self, _event: QPaintEvent) -> None:
        scheme = theme.current()
        painter = QPainter(self)
        paint.box(painter, paint.inside(self), scheme.stop_soft, scheme.stop, width=2)


def number_to_call(flag: RaisedFlag, clinic: ClinicFields) -> str:
    """Return whom to call as the clinic set it; "" if none is set, or it is no emergency.

    A lump that asks for a culture must not be answered by an ambulance.
    """
    return clinic.emergency_phone if flag.band == EMERGENCY else ""


def shown_words(flag: RaisedFlag, clinic: ClinicFields) -> str:
    """Return what is put before the user for a flag, word for word, for the record."""
    number = number_to_call(flag, clinic)
    return f"{flag.title}: {flag.instruction}" + (f" {number}" if number else "")
