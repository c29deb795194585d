"""The scores of the first days as small series: a bar a day, with its number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from mesodesk.domain.records.followup import DiarySource
from mesodesk.domain.red_flags import diary_place
from mesodesk.domain.schedule import TO_HANDLE, load_schedule
from mesodesk.ui import theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.layouts import FlowLayout
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mesodesk.domain.records.followup import DiaryScore, FollowUpRecord
    from mesodesk.domain.schedule import DiaryLine

_DAY_WIDTH: Final = 26
_BAR_HEIGHT: Final = 28
_HEIGHT: Final = _BAR_HEIGHT + 16
_TEN: Final = 10


def told_of_session(checks: Iterable[FollowUpRecord]) -> dict[str, DiaryScore]:
    """Return the diary of a session out of all of its checks; what was told last counts."""
    told: dict[str, DiaryScore] = {}
    for check in sorted(checks, key=lambda each: (each.due_at, each.id)):
        told.update(check.fields.diary)
    return told


class DiarySeries(QWidget):
    """One line of the diary, read only: five bars from 0 to 10; a day without score has a dash."""

    def __init__(self, line: DiaryLine, language: str) -> None:
        super().__init__()
        self._line = line
        self.title = line.title.get(language)
        self._scores: dict[int, DiaryScore] = {}
        self.setObjectName(f"series_{line.id}")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_diary(self, diary: Mapping[str, DiaryScore]) -> None:
        """Show the scores of this line."""
        self._scores = {
            day: given
            for key, given in diary.items()
            for line, day in (diary_place(key),)
            if line == self._line.id
        }
        self.setAccessibleName(f"{self.title}: {self.words()}")
        self.setToolTip(self.words())
        self.update()

    def is_empty(self) -> bool:
        """Whether no day was told of."""
        return not self._scores

    def words(self) -> str:
        """Return the series in words: `day 1: 6 (written at home), day 2: not told`."""
        return ", ".join(self._day_words(day) for day in range(1, self._line.days + 1))

    def _day_words(self, day: int) -> str:
        given = self._scores.get(day)
        if given is None:
            return self.tr("day {day}: not told").format(day=day)
        words = self.tr("day {day}: {score}").format(day=day, score=given.score)
        home = self.tr("written at home")
        return f"{words} ({home})" if given.source is DiarySource.HOME else words

    def sizeHint(self) -> QSize:
        return QSize(self._line.days * _DAY_WIDTH, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, scheme = QPainter(self), theme.current()
        font = theme.font(Role.SMALL)
        for day in range(1, self._line.days + 1):
            left = (day - 1) * _DAY_WIDTH
            ground = QRectF(left + 3, 0, _DAY_WIDTH - 6, _BAR_HEIGHT)
            paint.box(painter, ground, scheme.neutral_soft, radius=3)
            given = self._scores.get(day)
            if given is not None and given.score:
                height = max(3.0, _BAR_HEIGHT * given.score / _TEN)
                bar = QRectF(ground.left(), _BAR_HEIGHT - height, ground.width(), height)
                paint.box(painter, bar, self._colour(given.score), radius=3)
            text = "\u2013" if given is None else str(given.score)
            if given is not None and given.source is DiarySource.HOME:
                text += "*"
            place = QRectF(left, _BAR_HEIGHT, _DAY_WIDTH, _HEIGHT - _BAR_HEIGHT)
            ink = scheme.muted if given is None else scheme.text
            paint.write(painter, place, text, font, ink, Qt.AlignmentFlag.AlignHCenter)

    def _colour(self, score: int) -> str:
        band, scheme = self._line.band_of(score), theme.current()
        if band is None:
            return scheme.accent
        return scheme.caution if band == TO_HANDLE[-1] else scheme.stop


def series_row(series: Iterable[DiarySeries]) -> QWidget:
    """Return series side by side, each with its name; as many in a line as there is room for."""
    made = QWidget()
    flow = FlowLayout(made, Space.L)
    for each in series:
        both = QWidget()
        line = QHBoxLayout(both)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        line.addWidget(Muted(each.title, wrap=False))
        line.addWidget(each)
        flow.addWidget(both)
    return made


def series_of(language: str) -> list[DiarySeries]:
    """Return a series for each line of the diary."""
    return [DiarySeries(line, language) for line in load_schedule().diary]
