"""What was measured, the latest first; a row leads to marking it as entered in error."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.measures import load_measures
from mesodesk.domain.records.measurement import TakenAt
from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_date, format_decimal
from mesodesk.ui.progress.words import key_words, rating_words, value_words, where_words
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.text import Muted, Strong
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.measurement import MeasurementRecord
    from mesodesk.domain.records.progress import PatientProgress
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_AT_FIRST: Final = 12


class RecordedCard(Card):
    """One row for each measure of each occasion."""

    #: One was marked as entered in error.
    marked = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(object_name="recorded_measures")
        self.set_title(self.tr("On record"))
        self._context = context
        self._records: list[MeasurementRecord] = []
        self._most = _AT_FIRST
        self._chosen: MeasurementRecord | None = None
        self.list = RowList("measures", self.tr("Measurements"))
        self.earlier = Button("", "earlier_measures", ButtonKind.QUIET, compact=True)
        self.error_form = self._make_error_form()
        self.add(self.list)
        nest(self.body, row(self.earlier, stretch=True))
        self.add(self.error_form)
        self.error_form.hide()
        self.list.activated.connect(self._choose)
        self.earlier.clicked.connect(self._show_earlier)

    def _make_error_form(self) -> QWidget:
        made = QWidget()
        self.error_title = Strong("")
        self.error_title.setWordWrap(True)
        self.reason = TextField(
            "measure_error_reason",
            self.tr("Why it is wrong"),
            placeholder=self.tr("Why it is wrong: another patient, read wrongly ..."),
        )
        self.mark = Button(
            self.tr("Mark as entered in error"), "mark_measure_error", ButtonKind.SECONDARY
        )
        self.leave = Button(self.tr("Leave it"), "leave_measure", ButtonKind.QUIET)
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.error_title)
        column.addWidget(
            Muted(self.tr("It stays on record, struck out, and is drawn nowhere. Measure anew."))
        )
        column.addWidget(self.reason)
        nest(column, row(self.mark, self.leave, stretch=True))
        self.mark.clicked.connect(self._mark)
        self.leave.clicked.connect(self._leave)
        return made

    def show_progress(self, progress: PatientProgress) -> None:
        """Show a patient's measurements."""
        self._records = sorted(
            progress.measurements, key=lambda each: (each.measured_on, each.id), reverse=True
        )
        self.setVisible(bool(self._records))
        if self._chosen is not None and self._chosen not in self._records:
            self._leave()
        self._show_rows()

    def _show_rows(self) -> None:
        shown = self._records[: self._most]
        self.list.set_rows(self._row(at, each) for at, each in enumerate(shown))
        for each, one in zip(shown, self.list.rows(), strict=True):
            one.title.set_struck(not each.counts)
        left = len(self._records) - len(shown)
        self.earlier.setText(self.tr("Earlier: {count}").format(count=left))
        self.earlier.setVisible(left > 0)

    def _row(self, at: int, each: MeasurementRecord) -> Row:
        icon = "home-outline" if each.taken_at is TakenAt.HOME else "tape-measure"
        return Row(
            self.title_words(each),
            self.detail_words(each),
            object_name=f"measure_row_{at}",
            leading=IconLabel(icon if each.counts else "close-circle-outline", "muted"),
        )

    def title_words(self, each: MeasurementRecord) -> str:
        """Return what was measured, and how much."""
        language, clinic = self._context.language, self._context.clinic.fields
        name, where = key_words(each.key, language), where_words(each.key, language, clinic)
        measure = load_measures().get(each.key.measure)
        if measure is None:
            figure = format_decimal(each.value)
        else:
            figure = value_words(measure, each.value, clinic)
            label = rating_words(measure, each.value, language) if measure.items else ""
            label = each.scores[0].label if len(each.scores) == 1 else label
            figure = f"{figure}, {label}" if label else figure
        return f"{name} \u00b7 {where}: {figure}" if where else f"{name}: {figure}"

    def detail_words(self, each: MeasurementRecord) -> str:
        """Return when, by whom, from which readings; and what is wrong with it."""
        parts = [format_date(each.measured_on)]
        if each.taken_at is TakenAt.HOME:
            parts.append(self.tr("at home, told to {who}").format(who=each.observer))
        else:
            parts.append(each.observer)
        if len(each.readings) > 1:
            typed = ", ".join(format_decimal(one.typed) for one in each.readings)
            parts.append(self.tr("readings {typed}").format(typed=typed))
        if each.confirmed:
            parts.append(self.tr("asked about, and confirmed"))
        if each.note:
            parts.append(each.note)
        if each.error_at is not None:
            words = self.tr("entered in error: {reason} ({who})")
            parts.insert(0, words.format(reason=each.error_reason, who=each.error_by))
        return " \u00b7 ".join(parts)

    @Slot()
    def _show_earlier(self) -> None:
        self._most += _AT_FIRST * 2
        self._show_rows()

    @Slot(int)
    def _choose(self, at: int) -> None:
        chosen = self._records[at]
        if not chosen.counts or not self._context.may(Right.MEASUREMENT_EDIT):
            return
        self._chosen = chosen
        self.error_title.setText(f"{self.title_words(chosen)} ({format_date(chosen.measured_on)})")
        self.reason.set_value("")
        self.error_form.show()
        self.reason.input.setFocus()

    @Slot()
    def _mark(self) -> None:
        if self._chosen is None:
            return
        if not self.reason.value():
            self.reason.set_error(self.tr("Write why: it stays with the figure."))
            return
        work = partial(
            _enter_in_error,
            measurement_id=self._chosen.id,
            version=self._chosen.version,
            reason=self.reason.value(),
        )
        self._context.write(self, work, self._marked, self._refused)

    def _marked(self, _record: MeasurementRecord) -> None:
        self._leave()
        self.marked.emit()

    def _refused(self, error: Exception) -> None:
        self.reason.set_error(explain(error))

    @Slot()
    def _leave(self) -> None:
        self._chosen = None
        self.error_form.hide()


def _enter_in_error(
    desk: Desk, measurement_id: UUID, version: int, reason: str
) -> MeasurementRecord:
    return desk.measurements.enter_in_error(measurement_id, version, reason)
