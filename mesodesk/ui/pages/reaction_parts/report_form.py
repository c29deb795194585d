"""Noting whom a reaction was reported to, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.reaction_terms import load_reaction_terms
from mesodesk.domain.records.reaction import ReportFields
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from datetime import date


class ReportForm(QWidget):
    """Whom, who there, the day, a reference. `kept` gives what was noted."""

    #: ReportFields
    kept = Signal(object)

    def __init__(self, language: str, today: date) -> None:
        super().__init__()
        self.setObjectName("report_form")
        self._today = today
        known = load_reaction_terms().recipients.values()
        self.recipient = ChoiceField(
            "report_recipient",
            self.tr("Whom"),
            [Option(each.id, each.name.get(language)) for each in known],
            placeholder=self.tr("Reported to"),
            compact=True,
        )
        self.day = DateField(
            "report_day",
            self.tr("Day"),
            today,
            maximum=today,
            too_late=self.tr("This day is still to come."),
            compact=True,
        )
        self.day.setFixedWidth(170)
        self.name = TextField(
            "report_name", self.tr("Name"), placeholder=self.tr("Who there"), compact=True
        )
        self.reference = TextField(
            "report_reference", self.tr("Reference"), placeholder=self.tr("Reference"), compact=True
        )
        self.note = TextField(
            "report_note", self.tr("Note"), placeholder=self.tr("Note, if any"), compact=True
        )
        self.keep = Button(self.tr("Note it"), "keep_report", ButtonKind.PRIMARY, compact=True)
        self.cancel = Button(self.tr("Close"), "close_report", ButtonKind.QUIET, compact=True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, Space.S, 0, 0)
        whole.setSpacing(Space.S)
        nest(whole, row(self.recipient, self.day))
        nest(whole, row(self.name, self.reference))
        whole.addWidget(self.note)
        nest(whole, row(self.keep, self.cancel, stretch=True))
        self.recipient.edited.connect(self._ready)
        self.day.edited.connect(self._ready)
        self.keep.clicked.connect(self._keep)
        self.cancel.clicked.connect(self.hide)

    def begin(self) -> None:
        """Open, empty, with today's day."""
        self.recipient.set_value(None)
        self.day.set_value(self._today)
        for each in (self.name, self.reference, self.note):
            each.set_value("")
        self.keep.setEnabled(False)
        self.show()
        self.recipient.input.setFocus()

    def say(self, sentence: str) -> None:
        """Say why it was not noted."""
        self.recipient.set_error(sentence)
        self._ready(None)

    @Slot(object)
    def _ready(self, _value: object) -> None:
        self.keep.setEnabled(self.recipient.value() is not None and self.day.value() is not None)

    @Slot()
    def _keep(self) -> None:
        day = self.day.value()
        if day is not None:
            self.keep.setEnabled(False)
            typed = ReportFields(
                self.recipient.value(),
                day,
                self.name.value(),
                self.reference.value(),
                self.note.value(),
            )
            self.kept.emit(typed)
