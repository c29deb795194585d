"""Small multiples of what was measured, over time or over what was given; copied, printed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from mesodesk.domain.bodymap.area_groups import group_name
from mesodesk.domain.progress import VOLUME, Series, Substance, series_of, substances_of
from mesodesk.domain.progress_plot import (
    Plot,
    PlotRange,
    plot_by_date,
    plot_by_dose,
    shared_range,
)
from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_date
from mesodesk.ui.progress.chart import ChartCard, foot_words
from mesodesk.ui.progress.picture import Sheet, SheetChart, draw_page, sheet_image
from mesodesk.ui.progress.words import (
    converter,
    preferred_unit,
    series_words,
    side_words,
    standing_words,
)
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.turns import Turns
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import EmptyState, Notice
from mesodesk.ui.widgets.choices import CheckField, ChoiceField
from mesodesk.ui.widgets.layouts import FlowLayout, clear, nest
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from uuid import UUID

    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter, QResizeEvent

    from mesodesk.domain.area_doses import AreaDoses
    from mesodesk.domain.records.exposure import PatientExposure
    from mesodesk.domain.records.patient import PatientRecord
    from mesodesk.domain.records.progress import PatientProgress, ProgressSession
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.printing import PagePrinter

    _Note = Callable[..., object]

_CARD_LEAST: Final = 300
_BY_DATE: Final = "date"
_BY_VOLUME: Final = "volume"
_ALL_AREAS: Final = "all"
_OWN_AREA: Final = "own"


class ChartsPanel(QWidget):
    """A card for each series, all with the same days beneath them."""

    #: The charts were made anew.
    shown = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("progress_charts")
        self._context = context
        self._turns = Turns(self)
        self._patient: PatientRecord | None = None
        self._progress: PatientProgress | None = None
        self._plots: list[Plot] = []
        self._columns = 0
        self.cards: list[ChartCard] = []
        self.across = ChoiceField("progress_axis", self.tr("Draw over"), compact=True)
        self.across.setFixedWidth(230)
        self.doses_of = ChoiceField(
            "progress_doses",
            self.tr("Doses of"),
            [
                Option(_ALL_AREAS, self.tr("Doses of all areas")),
                Option(_OWN_AREA, self.tr("Doses of the area measured")),
            ],
            compact=True,
        )
        self.doses_of.setFixedWidth(250)
        self.doses_of.set_value(_ALL_AREAS)
        self.doses_of.hide()
        self._doses: AreaDoses | None = None
        self.from_zero = CheckField(self.tr("Axes from zero"), "progress_from_zero", compact=True)
        self.copy = Button(
            self.tr("Copy"), "progress_copy", ButtonKind.QUIET, "content-copy", compact=True
        )
        self.print = Button(
            self.tr("Print"), "progress_print", ButtonKind.QUIET, "printer-outline", compact=True
        )
        self.notice = Notice(object_name="progress_notice", closable=True)
        self.legend = Muted("")
        self.empty = EmptyState(
            "chart-line",
            self.tr("Nothing measured yet"),
            self.tr("What is measured is drawn here, with the sessions marked."),
            object_name="progress_empty",
        )
        self._printer: PagePrinter | None = None
        self._build()

    def _build(self) -> None:
        tools = QWidget()
        flow = FlowLayout(tools)
        for widget in (self.across, self.doses_of, self.from_zero, self.copy, self.print):
            flow.addWidget(widget)
        self._tools = tools
        self._grid = QGridLayout()
        self._grid.setSpacing(Space.M)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.S)
        whole.addWidget(tools)
        whole.addWidget(self.notice)
        nest(whole, self._grid)
        whole.addWidget(self.legend)
        whole.addWidget(self.empty)
        self.across.edited.connect(self._redraw)
        self.doses_of.edited.connect(self._redraw)
        self.from_zero.ticked.connect(self._redraw)
        self.copy.clicked.connect(self._copy)
        self.print.clicked.connect(self._print)
        self.print.setVisible(self._context.may(Right.PRINT))

    # Showing

    def show_progress(self, patient: PatientRecord, progress: PatientProgress) -> None:
        """Show a patient's charts."""
        if self._patient is None or self._patient.id != patient.id:
            self.across.set_value(None)
            self.doses_of.set_value(_ALL_AREAS)
            self.notice.hide()
        self._patient, self._progress, self._doses = patient, progress, None
        substances = substances_of(progress.sessions)
        chosen = self.across.value()
        self.across.set_options(
            [
                Option(_BY_DATE, self.tr("Over time")),
                Option(_BY_VOLUME, self.tr("Over mL given")),
                *(Option(each, self._over_words(each)) for each in substances),
            ]
        )
        offered = (_BY_DATE, _BY_VOLUME, *substances)
        self.across.set_value(chosen if chosen in offered else _BY_DATE)
        self._redraw()

    def _over_words(self, each: Substance) -> str:
        return self.tr("Over {unit} {name}").format(unit=each.unit, name=each.name)

    @Slot()
    def _redraw(self, _value: object = None) -> None:
        progress = self._progress
        if progress is None:
            return
        by_date = self.across.value() == _BY_DATE
        self.doses_of.setVisible(not by_date)
        if not by_date and self.doses_of.value() == _OWN_AREA and self._doses is None:
            self._read_doses()
        every = series_of(progress)
        days = shared_range(every, progress.sessions)
        self._plots = [] if days is None else [self._plot(each, days) for each in every]
        self._tools.setVisible(bool(self._plots))
        self.legend.setVisible(bool(self._plots))
        self.empty.setVisible(not self._plots)
        self.legend.setText(self.legend_words())
        self._turns.run(self._show_plots())

    def _read_doses(self) -> None:
        """Have what was given where worked out, which takes the places of all points."""
        if self._patient is not None:
            patient = self._patient
            work = partial(_exposure, patient.id)
            then = partial(self._add_up, patient.id, patient.fields.body_sex.value)
            self._context.run(self, work, then)

    def _add_up(self, patient_id: UUID, sex: str, exposure: PatientExposure) -> None:
        work = partial(_doses_by_area, exposure, sex)
        self._context.jobs.run_apart(self, work, partial(self._show_doses, patient_id))

    def _show_doses(self, patient_id: UUID, doses: AreaDoses) -> None:
        if self._patient is not None and self._patient.id == patient_id and self._doses is None:
            self._doses = doses
            self._redraw()

    def _area_of(self, series: Series) -> tuple[str, ...]:
        """Return the groups of regions whose doses alone are drawn; nothing for all."""
        if self._doses is None or self.doses_of.value() != _OWN_AREA:
            return ()
        return series.measure.areas_at(series.key.protocol, series.key.region)

    def _sessions_of(self, series: Series) -> tuple[ProgressSession, ...]:
        sessions = () if self._progress is None else self._progress.sessions
        groups = self._area_of(series)
        if not groups or self._doses is None:
            return sessions
        return self._doses.in_area(sessions, groups, series.key.side)

    def _plot(self, series: Series, days: PlotRange) -> Plot:
        across, sessions = self.across.value(), self._sessions_of(series)
        unit = preferred_unit(series.measure.kind, self._context.clinic.fields)
        shown, zero = converter(unit), self.from_zero.isChecked()
        if across == _BY_DATE:
            return plot_by_date(series, sessions, days, shown, from_zero=zero)
        substance = across if isinstance(across, Substance) else VOLUME
        return plot_by_dose(series, sessions, substance, shown, from_zero=zero)

    def _show_plots(self) -> Generator[None]:
        """Fill a card in each turn; cards that are there are filled again."""
        while len(self.cards) > len(self._plots):
            card = self.cards.pop()
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        for at, plot in enumerate(self._plots):
            if at == len(self.cards):
                self.cards.append(ChartCard(self._context, f"chart_{at}"))
                self._place(at)
            self.cards[at].show_plot(plot, self.unit_words(plot))
            yield
        self.shown.emit()

    def unit_words(self, plot: Plot) -> str:
        """Return what both axes count."""
        unit = preferred_unit(plot.series.measure.kind, self._context.clinic.fields)
        counted = self.tr("points of the scale") if unit is None else unit.value
        across = self.across.value()
        if across == _BY_DATE:
            return counted
        given = "mL" if not isinstance(across, Substance) else f"{across.unit} {across.name}"
        words = self.tr("{counted} over {given} given before: {area}")
        return words.format(counted=counted, given=given, area=self._area_words(plot.series))

    def _area_words(self, series: Series) -> str:
        language, side = self._context.language, side_words(series.key.side)
        names = [group_name(each, language) for each in self._area_of(series)]
        return ", ".join([*names, side] if side and names else names) or self.tr("all areas")

    def legend_words(self) -> str:
        """Return what the marks mean."""
        return self.tr(
            "\u25cf measured here   \u25cb at home, not joined   \u25c6 weight told at an intake or"
            " a session   \u250a a session, with its number. Differences are from the first"
            " reading; tinted around it: as far as two readings may differ by error alone. Doses"
            " are those before the day of the reading; what was given in a zone without points"
            " counts in each area by how much of its skin lies there."
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = max(1, min(3, self.width() // _CARD_LEAST))
        if columns != self._columns:
            self._columns = columns
            for at in range(len(self.cards)):
                self._place(at)
            for column in range(3):
                self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def _place(self, at: int) -> None:
        columns = max(1, self._columns)
        self._grid.addWidget(self.cards[at], at // columns, at % columns)

    def forget(self) -> None:
        """Let go of what was shown: the record belongs to others by now."""
        self._turns.stop()
        self._patient = self._progress = self._doses = None
        self._plots, self.cards = [], []
        clear(self._grid)

    # Leaving

    def sheet(self) -> Sheet | None:
        """Return all charts as they stand, for a picture or a page."""
        if self._patient is None or not self._plots:
            return None
        language, clinic = self._context.language, self._context.clinic.fields
        charts = [
            SheetChart(
                plot,
                series_words(plot.series, language, clinic),
                standing_words(plot.series, clinic),
                foot_words(self, plot, self.unit_words(plot)),
            )
            for plot in self._plots
        ]
        fields = self._patient.fields
        born = self.tr("born {day}").format(day=format_date(fields.birth_date))
        head = (
            f"{fields.display_name} \u00b7 {self._patient.record_number} \u00b7 {born}",
            f"{clinic.name} \u00b7 {format_date(self._context.today())}",
        )
        return Sheet(head, charts, self.legend_words(), self.cards[0].view.day_words)

    @Slot()
    def _copy(self) -> None:
        self._noted(_note_copied, self._copied)

    @Slot()
    def _print(self) -> None:
        self._noted(_note_printed, self._open_printer)

    def _noted(self, note: _Note, then: Callable[[object], object]) -> None:
        """Keep on the log what leaves, before it does."""
        if self._patient is not None:
            work = partial(note, patient_id=self._patient.id)
            self._context.write(self, work, then, self._refused)

    def _copied(self, _result: object) -> None:
        sheet = self.sheet()
        if sheet is None:
            return
        QGuiApplication.clipboard().setImage(sheet_image(sheet))
        self.notice.show_notice(
            Kind.OK,
            self.tr("The charts are copied as a picture"),
            self.tr("The name stands on it. That it was copied is kept on the log."),
        )

    def _open_printer(self, _result: object) -> None:
        # Imported late: what prints is not needed to look at a record.
        from mesodesk.ui.printing import PagePrinter

        sheet = self.sheet()
        if sheet is None:
            return
        self._printer = PagePrinter(self.window(), partial(_draw, sheet), "progress_print_dialog")
        self._printer.said.connect(self._said)
        self._printer.open()

    @Slot(str)
    def _said(self, sentence: str) -> None:
        self.notice.show_notice(Kind.INFO, sentence)

    def _refused(self, error: Exception) -> None:
        self.notice.show_notice(Kind.STOP, self.tr("Nothing left this window"), explain(error))


def _draw(sheet: Sheet, painter: QPainter, page: QRectF) -> None:
    draw_page(painter, page, sheet)


def _exposure(patient_id: UUID, desk: Desk) -> PatientExposure:
    return desk.exposure.for_patient(patient_id)


def _doses_by_area(exposure: PatientExposure, sex: str) -> AreaDoses:
    # Imported late: the atlas is not needed to look at a record.
    from mesodesk.domain.area_doses import doses_by_area
    from mesodesk.domain.bodymap.atlas import load_atlas

    return doses_by_area(exposure, load_atlas(sex))


def _note_copied(desk: Desk, patient_id: UUID) -> None:
    desk.measurements.note_copied(patient_id)


def _note_printed(desk: Desk, patient_id: UUID) -> None:
    desk.measurements.note_printed(patient_id)
