"""Measurements: the form at the left, the charts and what is on record at the right."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import Latest
from mesodesk.ui.measuring.entry_card import EntryCard
from mesodesk.ui.measuring.recorded_card import RecordedCard
from mesodesk.ui.progress.charts_panel import ChartsPanel
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.layouts import PageScroll

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.clinic import LengthUnit, WeightUnit
    from mesodesk.domain.records.progress import PatientProgress
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile

_FORM_WIDTH: Final = 620


class MeasurementsTab(QWidget):
    """Measuring, and what came of it so far."""

    #: (session id): back to the check that it was asked for at.
    session_asked = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("patient_measurements")
        self._context = context
        self._file: PatientFile | None = None
        self._latest = Latest(context.jobs, self)
        self._session_id: UUID | None = None
        self._units = self._clinics_units()
        self.entry = self._new_entry()
        self.charts = ChartsPanel(context)
        self.recorded = RecordedCard(context)
        right = PageScroll("measurements_scroll", max_width=1_400, margin=0, edge=True)
        right.add(self.charts)
        right.add(self.recorded)
        right.column.addStretch(1)
        line = self._line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.M)
        line.addWidget(self.entry)
        line.addWidget(right, 1)
        self.recorded.hide()
        self.recorded.marked.connect(self._read_again)

    def _clinics_units(self) -> tuple[WeightUnit, LengthUnit]:
        clinic = self._context.clinic.fields
        return clinic.weight_unit, clinic.length_unit

    def _new_entry(self) -> EntryCard:
        made = EntryCard(self._context)
        made.setFixedWidth(_FORM_WIDTH)
        made.set_session(self._session_id)
        made.back_asked.connect(self._back)
        made.recorded.connect(self._read_again)
        return made

    def _follow_units(self) -> None:
        """Make the form anew once the clinic reads in other units; what was typed is kept."""
        if self._units == self._clinics_units():
            return
        self._units = self._clinics_units()
        before, self.entry = self.entry, self._new_entry()
        before.flush()
        self._line.replaceWidget(before, self.entry)
        before.hide()
        before.setParent(None)
        before.deleteLater()

    def show_file(self, file: PatientFile) -> None:
        """Show a patient's measurements, once they are read."""
        self._file = file
        self._follow_units()
        measures = self._context.may(Right.MEASUREMENT_EDIT) and not file.archived
        self.entry.setVisible(measures)
        self._read_again()

    @Slot()
    def _read_again(self) -> None:
        if self._file is not None:
            work = partial(_progress, self._context.desk, self._file.patient.id)
            self._latest.run(work, self._show)

    def _show(self, progress: PatientProgress) -> None:
        if self._file is None or progress.patient_id != self._file.patient.id:
            return
        self.entry.show_patient(progress.patient_id, progress)
        self.charts.show_progress(self._file.patient, progress)
        self.recorded.show_progress(progress)

    def set_session(self, session_id: UUID | None) -> None:
        """Say at the check of which session is measured now."""
        self._session_id = session_id
        self.entry.set_session(session_id)

    def first_focus(self) -> QWidget | None:
        """Return where typing begins."""
        return self.entry.first_focus() if not self.entry.isHidden() else self.charts.across.input

    def flush(self) -> None:
        """Write down what is being typed."""
        self.entry.flush()

    @Slot(object)
    def _back(self, session_id: UUID) -> None:
        self.session_asked.emit(session_id)


def _progress(desk: Desk, patient_id: UUID) -> PatientProgress:
    return desk.measurements.progress(patient_id)
