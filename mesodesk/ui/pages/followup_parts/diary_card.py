"""The diary of the first days: a score from 0 to 10 a day, asked now or written at home."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from mesodesk.domain.records.followup import DiaryScore, DiarySource
from mesodesk.domain.red_flags import scale_value
from mesodesk.domain.schedule import load_schedule
from mesodesk.ui.numbers import format_day
from mesodesk.ui.pages.followup_parts.diary_series import series_of, series_row
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Body, Label, Muted
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mesodesk.domain.records.followup import RaisedFlag
    from mesodesk.domain.schedule import DiaryLine

_CELL_WIDTH: Final = 58


class DiaryCard(Card):
    """A row for each line, a cell for each day; `edited` tells of every change by the user.

    What other checks of the session hold of a day shows in its cell until this one has a score.
    """

    edited = Signal()

    def __init__(self, session_day: date, today: date, language: str, *, editable: bool) -> None:
        """Make the cells; days still to come cannot be filled in."""
        super().__init__(object_name="diary")
        self.set_title(self.tr("Diary, days 1 to 5"))
        self._language = language
        self._editable = editable
        self._cells: dict[str, _Cell] = {}
        self._others: Mapping[str, DiaryScore] = {}
        self.source = SegmentedControl(
            {
                DiarySource.ASKED.value: self.tr("Asked now"),
                DiarySource.HOME.value: self.tr("Written at home"),
            },
            "diary_source",
            self.tr("Where what you type comes from"),
            compact=True,
            parent=self,
        )
        self.source.setVisible(editable)
        self.source.set_value(DiarySource.ASKED.value)
        self.hint = Muted(self.tr("0 none, 10 the worst imaginable. * written at home."))
        self.message = Label("", Role.SMALL, Kind.STOP, wrap=True)
        self.message.setObjectName("diary_message")
        self.series = series_of(language)
        if editable:
            self.add_trailing(self.source)
        self.add(self._grid(session_day, today))
        self.add(series_row(self.series))
        self.add(self.message)
        self.add(self.hint)
        self.body.setSpacing(Space.S)
        self.message.hide()

    def _grid(self, session_day: date, today: date) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(Space.XS)
        lines = load_schedule().diary
        for day in range(1, max((line.days for line in lines), default=0) + 1):
            words = format_day(session_day + timedelta(days=day), today)
            head = Label(self.tr("Day {day}").format(day=day), Role.SMALL, "muted")
            head.setToolTip(words)
            grid.addWidget(head, 0, day, Qt.AlignmentFlag.AlignHCenter)
        for at, line in enumerate(lines, start=1):
            grid.addWidget(Body(line.title.get(self._language), wrap=False), at, 0)
            for day in range(1, line.days + 1):
                when = session_day + timedelta(days=day)
                cell = _Cell(line, day, when, self._language)
                cell.setEnabled(self._editable and when <= today)
                cell.edited.connect(self._typed)
                self._cells[f"{line.id}.{day}"] = cell
                grid.addWidget(cell, at, day)
        grid.setColumnStretch(grid.columnCount(), 1)
        return made

    def scores(self) -> dict[str, DiaryScore]:
        """Return what was told, by line and day; what cannot be a score is left out."""
        found = ((key, cell.score()) for key, cell in self._cells.items())
        return {key: score for key, score in found if score is not None}

    def show_scores(
        self, scores: Mapping[str, DiaryScore], others: Mapping[str, DiaryScore]
    ) -> None:
        """Show the scores of this check, and those that other checks of the session hold."""
        self._others = others
        for key, cell in self._cells.items():
            cell.show_score(scores.get(key), others.get(key))
        self._show_series()

    def show_flags(self, flags: Iterable[RaisedFlag]) -> None:
        """Show what the last score of a line calls for, under the cells."""
        raised = [flag for flag in flags if flag.item_id.startswith("diary.")]
        words = [f"{flag.item}. {flag.title}: {flag.instruction}" for flag in raised]
        wrong = next((cell.error() for cell in self._cells.values() if cell.error()), "")
        self.message.setText(wrong or "\n".join(words))
        self.message.setVisible(bool(self.message.text()))

    @Slot(object)
    def _typed(self, _value: object) -> None:
        source = DiarySource(self.source.value() or DiarySource.ASKED.value)
        cell = self.sender()
        if isinstance(cell, _Cell):
            cell.source = source
        self._show_series()
        self.edited.emit()

    def _show_series(self) -> None:
        told = {**self._others, **self.scores()}
        for each in self.series:
            each.show_diary(told)


class _Cell(TextField):
    """A score of one day."""

    def __init__(self, line: DiaryLine, day: int, when: date, language: str) -> None:
        words = self.tr("{line}, day {day}").format(line=line.title.get(language), day=day)
        super().__init__(f"diary_{line.id}_{day}", words, longest=2, compact=True)
        self.source = DiarySource.ASKED
        self.setFixedWidth(_CELL_WIDTH)
        self.input.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setToolTip(f"{line.text.get(language)} ({format_day(when, when)})")

    def score(self) -> DiaryScore | None:
        """Return the score, None while the cell is empty or wrong."""
        value = scale_value(self.value())
        return None if value is None else DiaryScore(value, self.source)

    def show_score(self, given: DiaryScore | None, other: DiaryScore | None) -> None:
        """Show a score without telling of it; that of another check as a hint of grey."""
        self.set_value("" if given is None else str(given.score))
        if given is not None:
            self.source = given.source
        self.input.setPlaceholderText("" if other is None else str(other.score))

    def _show_message(self) -> None:
        # The cell is too narrow for a sentence; the card says it.
        self.input.setAccessibleDescription(self.error())

    @Slot(str)
    def _edited(self, text: str) -> None:
        clean = text.strip()
        wrong = bool(clean) and scale_value(clean) is None
        self.set_error(
            self.tr("A score is a whole number from 0 to 10. It is not kept.") if wrong else ""
        )
        self.edited.emit(None if wrong else clean)
