"""What a report is about: period, person, kind, patient, order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.audit_actions import ActionGroup
from mesodesk.domain.records.audit import LogColumn, LogQuery
from mesodesk.ui.jobs import Latest
from mesodesk.ui.pages.reports_parts.words import column_words, group_words
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.choices import ChoiceField, PickList
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.options import Option

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.audit import LogPatient
    from mesodesk.domain.records.patient import PatientHit
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_DAYS: Final = (1, 7, 30, 365, 0)
_MOST_PATIENTS: Final = 8
_WEEK: Final = 7
TROUBLED: Final = "troubled"


class ReportFilters(QWidget):
    """Says anew what is asked for after each choice."""

    changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._latest = Latest(context.jobs, self)
        self._anyone = Option(None, self.tr("Everybody"))
        anything = Option(None, self.tr("Everything"))
        self.period = ChoiceField("report_period", self.tr("Period"), self._periods())
        self.person = ChoiceField("report_person", self.tr("Person"), (self._anyone,))
        groups = [Option(group, words) for group, words in group_words().items()]
        troubled = Option(TROUBLED, self.tr("What did not go well"))
        self.kind = ChoiceField(
            "report_kind", self.tr("What was done"), (anything, *groups, troubled)
        )
        orders = [
            Option(column, self.tr("By {column}").format(column=words.lower()))
            for column, words in column_words().items()
        ]
        self.order = ChoiceField("report_order", self.tr("Order"), orders)
        self.patient = PickList(
            "report_patient", self.tr("Patient"), placeholder=self.tr("Any patient")
        )
        self.everything = Button(
            self.tr("Show all again"), "report_clear", ButtonKind.QUIET, "filter-off-outline"
        )
        self._build()
        self._connect()

    def _periods(self) -> list[Option]:
        words = (
            self.tr("Today"),
            self.tr("7 days"),
            self.tr("30 days"),
            self.tr("A year"),
            self.tr("All time"),
        )
        return [Option(days, said) for days, said in zip(_DAYS, words, strict=True)]

    def _build(self) -> None:
        self._leave_nothing_out()
        self.order.set_value(LogColumn.TIME)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(Space.S)
        nest(lines, row(self.period, self.person, self.kind))
        nest(lines, row(self.patient, self.order, self.everything))
        self.everything.hide()

    def _leave_nothing_out(self) -> None:
        self.period.set_value(_WEEK)
        for field in (self.person, self.kind, self.patient):
            field.set_value(None)

    def _connect(self) -> None:
        self.everything.clicked.connect(self._clear)
        for field in (self.period, self.person, self.kind, self.order, self.patient):
            field.edited.connect(self._edited)
        self.patient.asked.connect(self._ask)

    def show_people(self, people: tuple[tuple[UUID, str], ...]) -> None:
        """Offer everybody who is or was on record."""
        self.person.set_options((self._anyone, *(Option(one, name) for one, name in people)))

    def show_only(
        self,
        *,
        person_id: UUID | None = None,
        patient: LogPatient | None = None,
        kind: object = None,
    ) -> None:
        """Ask for what one person did, with one patient's record, of one kind, as it is given."""
        if patient is not None:
            self.patient.set_options([_option(patient)])
        for field, value in (
            (self.person, person_id),
            (self.patient, None if patient is None else patient.id),
            (self.kind, kind),
        ):
            field.set_value(value)
        self._edited(None)

    def query(self) -> LogQuery:
        """Return what is asked for."""
        kind = self.kind.value()
        column = self.order.value() or LogColumn.TIME
        return LogQuery(
            since=self._since(),
            user_id=self.person.value(),
            patient_id=self.patient.value(),
            groups=frozenset({kind}) if isinstance(kind, ActionGroup) else frozenset(),
            troubled=kind == TROUBLED,
            column=column,
            descending=column in (LogColumn.TIME, LogColumn.RECORD),
        )

    def _since(self) -> datetime | None:
        from zoneinfo import ZoneInfo

        days = self.period.value()
        if not days:
            return None
        zone = ZoneInfo(self._context.clinic.fields.zone)
        first = self._context.today() - timedelta(days=days - 1)
        return datetime(first.year, first.month, first.day, tzinfo=zone).astimezone(UTC)

    @Slot(object)
    def _edited(self, _value: object) -> None:
        asked = self.query()
        self.everything.setVisible(
            asked.troubled or any((asked.user_id, asked.patient_id, asked.groups))
        )
        self.changed.emit()

    @Slot()
    def _clear(self) -> None:
        had_focus = self.everything.hasFocus()
        self._leave_nothing_out()
        self._edited(None)
        if had_focus:
            self.period.setFocus()

    @Slot(str)
    def _ask(self, text: str) -> None:
        self._latest.run(partial(self._found, text), self._offer)

    def _found(self, text: str) -> tuple[PatientHit, ...]:
        return self._context.work_as(self, partial(_search, text))

    def _offer(self, hits: tuple[PatientHit, ...]) -> None:
        self.patient.set_options([Option(hit.id, hit.name, hit.record_number) for hit in hits])


def _option(patient: LogPatient) -> Option:
    """Offer a patient; by the number alone where who reads must not see the name."""
    if not patient.name:
        return Option(patient.id, patient.record_number)
    return Option(patient.id, patient.name, patient.record_number)


def _search(text: str, desk: Desk) -> tuple[PatientHit, ...]:
    return desk.patients.search(text, limit=_MOST_PATIENTS, archived=True)
