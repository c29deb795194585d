"""Points, millilitres and milligrams by side and active, and the limits."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from mesodesk.domain.bodymap.totals import Sum
from mesodesk.domain.dosing import Amount
from mesodesk.ui import theme
from mesodesk.ui.bodymap.figures import amount_figure, ml, unit_text
from mesodesk.ui.bodymap.limits_list import LimitsList
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.cards import Card

_ROW = 24
_GAP = 9
_NAMES = 90
"""With less room beside the figures than this, a name that would be cut stands above them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its name, its unit, a figure for each column."""

    name: str
    unit: str
    figures: tuple[str, ...]


class TotalsTable(QWidget):
    """A small table: figures right-aligned in columns, the last one bold.

    Where wide figures leave the names no room, each name has a line of its own above its figures.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("totals_table")
        self.columns: tuple[str, ...] = ()
        self.lines: tuple[Line, ...] = ()
        self._widths: tuple[int, ...] = ()
        self._stacked = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_lines(self, columns: tuple[str, ...], lines: tuple[Line, ...]) -> None:
        """Show other figures."""
        if (columns, lines) != (self.columns, self.lines):
            self.columns, self.lines = columns, lines
            self._widths = self._measure()
            self._stack()
            self.setAccessibleName("; ".join(map(self._spoken, lines)))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, _ROW * (len(self.lines) * self._height + 1))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    @property
    def _height(self) -> int:
        """How many rows a line takes."""
        return 2 if self._stacked else 1

    def _stack(self) -> None:
        """Put the names above their figures, or beside them again."""
        room = self.width() - sum(self._widths)
        needed = max((self._name_width(line) for line in self.lines), default=0)
        stacked = room < min(needed, _NAMES)
        if stacked != self._stacked:
            self._stacked = stacked
            self.updateGeometry()

    def _name_width(self, line: Line) -> int:
        name = paint.text_width(line.name, theme.font(Role.BODY))
        return name + paint.text_width(line.unit, theme.font(Role.SMALL)) + 8

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._stack()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        for column, text in enumerate(self.columns):
            self._write(painter, 0, column, text, Role.SMALL, scheme.muted)
        for number, line in enumerate(self.lines):
            at = 1 + number * self._height
            self._write_name(painter, at, line)
            at += self._height - 1
            last = len(line.figures) - 1
            for column in range(last + 1):
                role = Role.STRONG if column == last else Role.BODY
                self._write(painter, at, column, line.figures[column], role, scheme.text)

    def _write_name(self, painter: QPainter, row: int, line: Line) -> None:
        """Write name and unit; a long name gives way, the unit never."""
        font, small = theme.font(Role.BODY), theme.font(Role.SMALL)
        beside = self.width() if self._stacked else self._room(0, row).left() - 2
        room = QRectF(0, row * _ROW, beside, _ROW)
        unit = paint.text_width(line.unit, small) + 4 if line.unit else 0
        shown = min(paint.text_width(line.name, font) + 1, room.width() - unit)
        scheme = theme.current()
        paint.write(painter, QRectF(0, room.top(), shown, _ROW), line.name, font, scheme.text)
        rest = QRectF(shown + 4, room.top() + 1, unit, _ROW)
        paint.write(painter, rest, line.unit, small, scheme.muted)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            row = (event.pos().y() // _ROW - 1) // self._height
            text = self._spoken(self.lines[row]) if 0 <= row < len(self.lines) else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def _spoken(self, line: Line) -> str:
        figures = zip(self.columns, line.figures, strict=True)
        return f"{line.name}: " + ", ".join(
            f"{column} {figure} {line.unit}".strip() for column, figure in figures
        )

    def _measure(self) -> tuple[int, ...]:
        """Return the width of each column, as its widest text needs."""
        last = len(self.columns) - 1
        widths = [paint.text_width(text, theme.font(Role.SMALL)) for text in self.columns]
        for line in self.lines:
            for column in range(last + 1):
                role = Role.STRONG if column == last else Role.BODY
                widths[column] = max(
                    widths[column], paint.text_width(line.figures[column], theme.font(role))
                )
        return tuple(width + _GAP for width in widths)

    def _room(self, column: int, row: int) -> QRectF:
        left = self.width() - sum(self._widths[column:])
        return QRectF(left, row * _ROW, self._widths[column], _ROW)

    def _write(
        self, painter: QPainter, row: int, column: int, text: str, role: Role, ink: str
    ) -> None:
        room = self._room(column, row)
        paint.write(painter, room, text, theme.font(role), ink, Qt.AlignmentFlag.AlignRight)


class TotalsPanel(Card):
    """The sums of the chart by the patient's side, and over all; the limits beneath."""

    def __init__(self, model: ChartModel, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Totals"), object_name="totals_panel", padding=Space.M, parent=parent
        )
        self._model = model
        self.table = TotalsTable()
        self.limits = LimitsList(model, self)
        self.body.setSpacing(Space.XS)
        self.add(self.table)
        self.add(self.limits)
        model.loaded.connect(self._refresh)
        model.changed.connect(self._refresh)
        model.active_changed.connect(self._refresh)

    @Slot()
    @Slot(object)
    def _refresh(self, _changed: Iterable[UUID] = ()) -> None:
        totals = self._model.totals
        words = {
            "left": self.tr("Left"),
            "right": self.tr("Right"),
            "midline": self.tr("Mid"),
            "": self.tr("Other"),
        }
        # Both sides always: an empty one is a fact too.
        sides = [side for side in words if side in totals.by_side or side in ("left", "right")]
        nothing = Sum(0, 0, 0, ())
        sums = [*(totals.by_side.get(side, nothing) for side in sides), totals.whole]
        columns = (*(words[side] for side in sides), self.tr("All"))
        lines = [
            Line(self.tr("Points"), "", tuple(str(part.points) for part in sums)),
            Line(self.tr("Volume"), "mL", tuple(ml(part.volume_ml) for part in sums)),
            *(self._line(amount, sums) for amount in totals.whole.amounts),
        ]
        self.table.show_lines(columns, tuple(lines))

    def _line(self, amount: Amount, sums: list[Sum]) -> Line:
        figures = tuple(_figure(amount, part) for part in sums)
        return Line(amount.name, unit_text(amount.unit), figures)


def _figure(wanted: Amount, part: Sum) -> str:
    for amount in part.amounts:
        if (amount.key, amount.unit) == (wanted.key, wanted.unit):
            return amount_figure(amount)
    return "\u2013"
