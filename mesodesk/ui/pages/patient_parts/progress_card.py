"""The progress charts in small: what was measured last, each a line without words."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.progress import Series, series_of
from mesodesk.domain.progress_plot import plot_by_date, shared_range
from mesodesk.ui.jobs import Latest
from mesodesk.ui.progress.chart import PlotView
from mesodesk.ui.progress.words import (
    converter,
    key_words,
    preferred_unit,
    standing_words,
    value_words,
)
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import clear, nest
from mesodesk.ui.widgets.text import ElidedLabel, Muted, Strong, plain_tip

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.progress import PatientProgress
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile

_MOST: Final = 3


class ProgressCard(Card):
    """Up to three small charts; the tab behind shows all of them, with axes."""

    #: All charts are wanted.
    asked = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(object_name="overview_progress")
        self.set_title(self.tr("Progress"))
        self._context = context
        self._file: PatientFile | None = None
        self._latest = Latest(context.jobs, self)
        self.all = Button(self.tr("Measure"), "overview_measure", ButtonKind.QUIET, compact=True)
        self.add_trailing(self.all)
        self.note = Muted("")
        self._line = QHBoxLayout()
        self._line.setSpacing(Space.L)
        nest(self.body, self._line)
        self.add(self.note)
        self.all.clicked.connect(self.asked)

    def show_file(self, file: PatientFile) -> None:
        """Show a patient's progress, once it is read."""
        if self._file is None or self._file.patient.id != file.patient.id:
            clear(self._line)
            self.note.setText("")
        self._file = file
        self._latest.run(
            partial(_progress, self._context.desk, file.patient.id), self.show_progress
        )

    def show_progress(self, progress: PatientProgress) -> None:
        """Show what was measured last of all, first."""
        if self._file is None or progress.patient_id != self._file.patient.id:
            return
        clear(self._line)
        every = series_of(progress)
        days = shared_range(every, progress.sessions)
        chosen = sorted(every, key=_lately)[:_MOST]
        for at, series in enumerate(chosen):
            unit = preferred_unit(series.measure.kind, self._context.clinic.fields)
            if days is not None:
                view = PlotView(self._context, f"overview_chart_{at}", small=True)
                view.show_plot(plot_by_date(series, progress.sessions, days, converter(unit)))
                view.setCursor(Qt.CursorShape.PointingHandCursor)
                view.clicked.connect(self.asked)
                self._line.addWidget(self._small(series, view), 1)
        self.note.setText(self._note(progress, shown=bool(chosen), more=len(every) > len(chosen)))

    def _small(self, series: Series, view: PlotView) -> QWidget:
        language, clinic = self._context.language, self._context.clinic.fields
        made = QWidget()
        name = ElidedLabel(key_words(series.key, language), Role.SMALL, "muted")
        figure = Strong(value_words(series.measure, series.points[-1].value, clinic))
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(name, 1)
        head.addWidget(figure)
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        nest(column, head)
        column.addWidget(view)
        made.setToolTip(plain_tip(standing_words(series, clinic)))
        return made

    def _note(self, progress: PatientProgress, *, shown: bool, more: bool) -> str:
        if not shown:
            return self.tr("Nothing measured yet.")
        parts = [self.tr("Axes not from zero. Tinted: may be error alone.")]
        if progress.sessions:
            parts.append(self.tr("Broken lines: sessions."))
        if more:
            parts.append(self.tr("More under Measurements."))
        return " ".join(parts)


def _lately(series: Series) -> int:
    """Order by the day of the last reading, the latest first; of one day as the measures are."""
    return -series.points[-1].on.toordinal()


def _progress(desk: Desk, patient_id: UUID) -> PatientProgress:
    return desk.measurements.progress(patient_id)
