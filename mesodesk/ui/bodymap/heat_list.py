"""What was given at one place: its sessions, the latest first, with their products and lots."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mesodesk.domain.bodymap.exposure import KERNEL_MM
from mesodesk.domain.bodymap.exposure_course import Treatment
from mesodesk.domain.dosing import combined
from mesodesk.ui import theme
from mesodesk.ui.bodymap.figures import points_text
from mesodesk.ui.bodymap.heat_words import ago_text, given_text, session_text, zone_given_text
from mesodesk.ui.numbers import format_decimal
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.layouts import clear, nest, settle
from mesodesk.ui.widgets.popover import Popover
from mesodesk.ui.widgets.text import Heading, Label, Muted, Strong

_WIDTH: Final = 372
_HIGHEST: Final = 300
# What a line of a session takes, with or without the scroll bar at its right.
_LINE: Final = _WIDTH - 24


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """Where a list is of, and the day that "ago" is counted from."""

    region: str
    today: date


class HeatList(Popover):
    """Opens beside the place; Esc or a click beside it closes it."""

    def __init__(self, anchor: QWidget) -> None:
        super().__init__(anchor, "heat_list", "")
        self.setAccessibleName(self.tr("Sessions at this place"))
        self.heading = Heading()
        self.heading.setObjectName("heat_list_place")
        self.total = Label("", Role.STRONG, wrap=True)
        self.total.setObjectName("heat_list_total")
        self.basis = Muted()
        self.area = _Scroll()
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(Space.S)
        nest(self.area.column, self._rows)
        for widget in (self.heading, self.total, self.basis, self.area):
            self.add(widget)
        margins = self.body.contentsMargins()
        self.setFixedWidth(_WIDTH + margins.left() + margins.right())

    def rows(self) -> "list[TreatmentRow]":
        """Return what is listed, from the top."""
        return [row for row in self.findChildren(TreatmentRow) if not row.isHidden()]

    def show_place(
        self, treatments: Sequence[Treatment], words: PlaceWords, corner: QPoint, *, keyboard: bool
    ) -> None:
        """List what was given at a place.

        Args:
            treatments: one for each session, the latest first.
            words: of the place.
            corner: beside it, in the coordinates of the window.
            keyboard: put the keyboard into the list, to scroll it.
        """
        self.heading.setText(words.region)
        volume = sum((each.volume_ml for each in treatments), Decimal(0))
        amounts = combined(amount for each in treatments for amount in each.amounts)
        self.total.setText(given_text(volume, amounts))
        self.total.setVisible(any(each.points for each in treatments))
        self.basis.setText(self._basis(treatments))
        clear(self._rows)
        for at, each in enumerate(treatments):
            self._rows.addWidget(TreatmentRow(each, words.today, first=at == 0))
        self.area.fit(_WIDTH, _HIGHEST)
        self.open_at(corner, focus=self.area if keyboard else None)

    def _basis(self, treatments: Sequence[Treatment]) -> str:
        """Return what the sum is of: of points, since how much of a zone went here is not known."""
        basis = self.tr("Given within {radius} mm of here, along the skin")
        if not any(each.points for each in treatments):
            basis = self.tr("No point within {radius} mm of here")
        elif any(each.zones for each in treatments):
            basis = self.tr("Given at points within {radius} mm of here; zones are not in this sum")
        return basis.format(radius=format_decimal(Decimal(str(KERNEL_MM))))


class TreatmentRow(QFrame):
    """One session at the place."""

    def __init__(self, treatment: Treatment, today: date, *, first: bool) -> None:
        super().__init__()
        self.setObjectName(f"heat_session_{treatment.session.number}")
        self._first = first
        self.session = Strong(session_text(treatment.session))
        self.ago = Label(ago_text(treatment.session.on, today), Role.SMALL, "muted")
        lines = [zone_given_text(zone) for zone in treatment.zones]
        if treatment.points:
            given = given_text(treatment.volume_ml, treatment.amounts)
            lines.insert(0, f"{points_text(treatment.points)} \u00b7 {given}")
        self.given = Label("\n".join(lines), Role.SMALL, wrap=True)
        lots = [
            self.tr("{product} (lot {lot})").format(product=part.product_name, lot=part.lot_number)
            for part in treatment.parts
        ]
        self.lots = Label(", ".join(lots), Role.SMALL, "muted", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self.session, 1)
        head.addWidget(self.ago)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.S, Space.S, Space.XS)
        column.setSpacing(2)
        nest(column, head)
        column.addWidget(self.given)
        column.addWidget(self.lots)
        for label in (self.given, self.lots):
            # Left to itself, a label that wraps asks for the height that a narrow one needs.
            label.setFixedSize(_LINE, label.heightForWidth(_LINE))
        words = (self.session, self.ago, self.given, self.lots)
        self.setAccessibleName(". ".join(label.text() for label in words))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme.colour("border"))
        painter.drawLine(0, 0, self.width(), 0)


class _Scroll(QScrollArea):
    """As high as its content, up to a limit; the arrows scroll it."""

    def __init__(self) -> None:
        super().__init__()
        content = QWidget()
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(0, 0, 0, 0)
        self._content = content
        self._size = QSize(0, 0)
        self.setObjectName("heat_list_scroll")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self.setWidget(content)
        content.setAutoFillBackground(False)

    def fit(self, width: int, highest: int) -> None:
        """Take the height that the content needs at a width, up to a limit."""
        settle(self.column)
        self.column.activate()
        needed = self.column.totalHeightForWidth(width)
        self.setFixedHeight(min(needed if needed > 0 else self.column.sizeHint().height(), highest))
        self.verticalScrollBar().setValue(0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            paint.ring(QPainter(self.viewport()), paint.inside(self.viewport()))
