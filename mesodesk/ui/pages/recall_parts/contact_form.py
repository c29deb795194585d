"""Noting that a patient was told of a recall, or that it was tried in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.records.recall import ContactChannel, ContactFields
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.layouts import FlowLayout, nest, row
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from datetime import date


def channel_words(channel: ContactChannel) -> str:
    """Return how somebody was told, in one word."""
    return {
        ContactChannel.PHONE: _tr("phone"),
        ContactChannel.LETTER: _tr("letter"),
        ContactChannel.MESSAGE: _tr("message"),
        ContactChannel.VISIT: _tr("visit"),
    }[channel]


class ContactForm(QWidget):
    """How, whether reached, when; a word on it. `kept` gives what was noted."""

    #: ContactFields
    kept = Signal(object)
    closed = Signal()

    def __init__(self, record_number: str, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name = f"contact_{record_number}"
        self.setObjectName(name)
        self.how = SegmentedControl(
            {each.value: channel_words(each).capitalize() for each in ContactChannel},
            f"{name}_how",
            self.tr("How"),
            compact=True,
        )
        self.how.set_value(ContactChannel.PHONE.value)
        self.reached = SegmentedControl(
            {"yes": self.tr("Reached"), "no": self.tr("Not reached")},
            f"{name}_reached",
            self.tr("Whether the patient was reached"),
            compact=True,
        )
        self.day = DateField(
            f"{name}_day",
            self.tr("Day"),
            today,
            maximum=today,
            too_late=self.tr("This day is still to come."),
            compact=True,
        )
        self.day.set_value(today)
        self.day.setFixedWidth(170)
        self.note = TextField(
            f"{name}_note", self.tr("Note"), placeholder=self.tr("What was said"), longest=200
        )
        self.keep = Button(self.tr("Note it"), f"{name}_keep", ButtonKind.PRIMARY, compact=True)
        self.cancel = Button(self.tr("Close"), f"{name}_close", ButtonKind.QUIET, compact=True)
        flow_place = QWidget()
        flow = FlowLayout(flow_place, Space.S)
        for widget in (self.how, self.reached, self.day):
            flow.addWidget(widget)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, Space.S, 0, Space.S)
        whole.setSpacing(Space.S)
        whole.addWidget(flow_place)
        whole.addWidget(self.note)
        nest(whole, row(self.keep, self.cancel, stretch=True))
        self.keep.setEnabled(False)
        self.reached.chosen.connect(self._ready)
        self.day.edited.connect(self._ready)
        self.keep.clicked.connect(self._keep)
        self.cancel.clicked.connect(self.closed)

    @Slot()
    def _ready(self) -> None:
        self.keep.setEnabled(self.reached.value() is not None and self.day.value() is not None)

    @Slot()
    def _keep(self) -> None:
        day = self.day.value()
        if day is not None:
            self.keep.setEnabled(False)
            self.kept.emit(
                ContactFields(
                    ContactChannel(self.how.value() or ContactChannel.PHONE.value),
                    self.reached.value() == "yes",
                    day,
                    self.note.value(),
                )
            )


def _tr(text: str) -> str:
    return QCoreApplication.translate("recall", text)
