"""One entry of the log, with all that it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout

from mesodesk.ui.numbers import format_moment
from mesodesk.ui.pages.reports_parts.detail_words import detail_facts
from mesodesk.ui.pages.reports_parts.words import (
    outcome_words,
    patient_words,
    record_words,
    role_words,
    title_of,
)
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import FlowLayout, clear, nest
from mesodesk.ui.widgets.text import Body, Label, Muted, Strong

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.audit import LogEntry

_NAMES_PX: Final = 132
_WIDEST_BESIDE: Final = 180


class DetailCard(Card):
    """What stands on the chain; ids too, for who compares with an export."""

    record_asked = Signal(object)
    """A `LogPatient`, whose record is to be opened."""

    patient_asked = Signal(object)
    """A `LogPatient`, of whom alone the report is to be."""

    person_asked = Signal(object)
    """The id of whom alone the report is to be."""

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(object_name="report_detail", parent=parent)
        self._zone = zone
        self._entry: LogEntry | None = None
        self.lead = Muted(self.tr("Choose an entry to see all that it says."))
        self.what = Strong("")
        self.what.setWordWrap(True)
        self.what.setObjectName("report_detail_what")
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(Space.M)
        self._facts.setVerticalSpacing(Space.XS)
        self._facts.setColumnMinimumWidth(0, _NAMES_PX)
        self._facts.setColumnStretch(1, 1)
        self.open = Button(
            self.tr("Open the record"), "report_open_record", icon_name="arrow-right", compact=True
        )
        self.only_patient = Button(
            self.tr("Only this patient"), "report_only_patient", compact=True
        )
        self.only_person = Button(self.tr("Only this person"), "report_only_person", compact=True)
        self.add(self.lead)
        self.add(self.what)
        nest(self.body, self._facts)
        ways = FlowLayout()
        for button in (self.open, self.only_patient, self.only_person):
            ways.addWidget(button)
        nest(self.body, ways)
        self.show_entry(None)
        self.open.clicked.connect(self._open)
        self.only_patient.clicked.connect(self._only_patient)
        self.only_person.clicked.connect(self._only_person)

    def show_entry(self, entry: LogEntry | None) -> None:
        """Show one entry; none leaves the lead."""
        self._entry = entry
        clear(self._facts)
        self.set_title(self.tr("Entry"))
        self.lead.setVisible(entry is None)
        self.what.setVisible(entry is not None)
        patient = None if entry is None else entry.patient
        # A name that is kept from who reads is a record that they may not open either.
        self.open.setVisible(patient is not None and bool(patient.name))
        self.only_patient.setVisible(patient is not None)
        self.only_person.setVisible(entry is not None and entry.actor_id is not None)
        if entry is not None:
            self.set_title(self.tr("Entry {number}").format(number=f"{entry.seq:,}"))
            self.what.setText(title_of(entry))
            for line, (name, said) in enumerate(self._told(entry)):
                self._add_fact(line, name, said)

    def facts(self) -> dict[str, str]:
        """Return what is shown of the chosen entry."""
        return {} if self._entry is None else dict(self._told(self._entry))

    def _add_fact(self, line: int, name: str, said: str) -> None:
        value = Body(said)
        value.setObjectName(f"report_fact_{line}")
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words = Label(name, tone="muted", wrap=True)
        self._facts.addWidget(words, 2 * line, 0, Qt.AlignmentFlag.AlignTop)
        # An id has no place to break at: beside its name it may be wider than the window allows.
        if value.minimumSizeHint().width() > _WIDEST_BESIDE:
            self._facts.addWidget(value, 2 * line + 1, 0, 1, 2)
        else:
            self._facts.addWidget(value, 2 * line, 1)

    def _told(self, entry: LogEntry) -> list[tuple[str, str]]:
        role = role_words(entry.actor_role)
        who = entry.actor_name or self.tr("Mesodesk itself")
        told = [
            (self.tr("When"), format_moment(entry.at, self._zone)),
            (self.tr("Who"), f"{who} ({role})" if role else who),
            (self.tr("Computer"), entry.workstation),
            (self.tr("Patient"), patient_words(entry.patient)),
            (self.tr("Person"), entry.person),
            (self.tr("Reason"), entry.reason),
            (self.tr("How it went"), outcome_words(entry.outcome) if entry.outcome != "ok" else ""),
            *detail_facts(entry.details),
        ]
        if entry.object_id is not None:
            told.append((self.tr("Id"), f"{record_words(entry.object_type)} {entry.object_id}"))
        return [(name, said) for name, said in told if said]

    @Slot()
    def _open(self) -> None:
        if self._entry is not None:
            self.record_asked.emit(self._entry.patient)

    @Slot()
    def _only_patient(self) -> None:
        if self._entry is not None:
            self.patient_asked.emit(self._entry.patient)

    @Slot()
    def _only_person(self) -> None:
        if self._entry is not None:
            self.person_asked.emit(self._entry.actor_id)
