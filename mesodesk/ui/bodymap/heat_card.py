"""The card of the exposure map, over the canvas: what, which sessions, and the legend."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from mesodesk.ui import theme
from mesodesk.ui.bodymap import heat_colours
from mesodesk.ui.bodymap.heat_zones import hatch
from mesodesk.ui.bodymap.over_body import SHADOW, OverBody
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.choices import ChoiceField, Option
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Heading, Label

_INNER: Final = SHADOW + Space.M
_WIDTH: Final = 226
_BELOW_LETTER: Final = 30
_SWATCH: Final = 28
_LINE: Final = 16
_APART: Final = 4
# Keys that the canvas would take for its own.
_KEPT: Final = frozenset(
    int(key)
    for key in (
        Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Delete,
        Qt.Key.Key_Backspace, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LegendWords:
    """What a legend shows: the classes from the top, what no colour means, and the hatching."""

    title: str
    classes: tuple[tuple[str, str], ...]
    """Words and colour of each."""
    zero: str
    zones: str = ""
    """Empty where nothing is hatched."""


class Legend(QWidget):
    """A column of the classes with their numbers; then lines for no colour and for zones."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("heat_legend")
        self._words = LegendWords("", (), "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_words(self, words: LegendWords) -> None:
        """Show other classes."""
        self._words = words
        said = ", ".join(text for text, _ in words.classes)
        self.setAccessibleName(f"{words.title}: {said}. {words.zero}. {words.zones}".rstrip(" ."))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        lines = len(self._words.classes) + 1 + bool(self._words.zones)
        return QSize(_SWATCH * 3, lines * _LINE + _APART * (1 + bool(self._words.zones)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        classes = self._words.classes
        for at, (text, colour) in enumerate(classes):
            swatch, ink = QRectF(0, at * _LINE, _SWATCH, _LINE), QColor(colour)
            ink.setAlphaF(heat_colours.OPACITY)
            painter.fillRect(swatch, heat_colours.SKIN)
            painter.fillRect(swatch, ink)
            self._write(painter, at * _LINE, text, scheme.text)
        bar = QRectF(0, 0, _SWATCH, len(classes) * _LINE)
        paint.box(painter, bar, None, scheme.border_strong, radius=2)
        last = bar.bottom() + _APART
        empty = QRectF(0, last, _SWATCH, _LINE)
        paint.box(painter, empty, None, scheme.border_strong, radius=2, dashed=True)
        self._write(painter, last, self._words.zero, scheme.muted)
        if self._words.zones:
            self._paint_zones(painter, last + _LINE + _APART)

    def _paint_zones(self, painter: QPainter, top: float) -> None:
        swatch, shape = QRectF(0, top, _SWATCH, _LINE), QPainterPath()
        shape.addRect(swatch)
        painter.fillRect(swatch, heat_colours.SKIN)
        hatch(painter, shape)
        paint.box(painter, swatch, None, theme.current().border_strong, radius=2, dashed=True)
        self._write(painter, top, self._words.zones, theme.current().text)

    def _write(self, painter: QPainter, top: float, text: str, ink: str) -> None:
        left = _SWATCH + Space.S
        room = QRectF(left, top, self.width() - left, _LINE)
        paint.write(painter, room, text, theme.font(Role.SMALL), ink)


class HeatCard(OverBody):
    """Lies over the right upper corner of the canvas while the map is on."""

    #: a value of the list of what can be mapped.
    what_chosen = Signal(object)
    #: a value of the list of ranges.
    range_chosen = Signal(object)
    closed = Signal()

    def __init__(self, room: QWidget) -> None:
        super().__init__(room, "heat_card", self.tr("Exposure map"))
        self.close_button = IconButton(
            "close", self.tr("Close the map"), "heat_close", size=32, keys="H"
        )
        self.what = ChoiceField("heat_what", self.tr("What is shown"), compact=True)
        self.range = ChoiceField("heat_range", self.tr("Which sessions"), compact=True)
        self.legend_title = Label("", Role.SMALL_STRONG)
        self.legend_title.setObjectName("heat_legend_title")
        self.legend = Legend()
        self.top = Label("", Role.SMALL_STRONG, wrap=True)
        self.top.setObjectName("heat_top")
        self.facts = Label("", Role.SMALL, "muted", wrap=True)
        self.facts.setObjectName("heat_facts")
        self.missing = Label("", Role.SMALL, Kind.CAUTION.value, wrap=True)
        self.missing.setObjectName("heat_missing")
        self._missing_line = QWidget()
        self._area = QScrollArea()
        self._is_empty = True
        self.empty = Label("", Role.BODY, "muted", wrap=True)
        self.empty.setObjectName("heat_empty")
        self._lay_out()
        self.what.edited.connect(self.what_chosen)
        self.range.edited.connect(self.range_chosen)
        self.close_button.clicked.connect(self.closed)
        self.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(IconLabel("blur-radial", "accent", 20))
        head.addWidget(Heading(self.tr("Exposure")), 1)
        head.addWidget(self.close_button)
        warning = QHBoxLayout(self._missing_line)
        warning.setContentsMargins(0, 0, 0, 0)
        warning.setSpacing(Space.S)
        warning.addWidget(IconLabel("alert", Kind.CAUTION.value, 16), 0, Qt.AlignmentFlag.AlignTop)
        warning.addWidget(self.missing, 1)
        column = self._column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (
            self.what, self.range, self.empty, self.legend_title, self.legend, self.top,
            self.facts, self._missing_line,
        ):  # fmt: skip
            column.addWidget(widget)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = QWidget()
        content.setLayout(column)
        self._area.setWidget(content)
        for transparent in (self._area.viewport(), content):
            transparent.setAutoFillBackground(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(_INNER, SHADOW + 2, _INNER, _INNER)
        whole.setSpacing(6)
        nest(whole, head)
        whole.addWidget(self._area, 1)
        self.setFixedWidth(_WIDTH)

    def offer(
        self, whats: Sequence[Option], what: object, ranges: Sequence[Option], range_: object
    ) -> None:
        """Offer what can be mapped, and over which sessions."""
        self.what.set_options(list(whats))
        self.what.set_value(what)
        self.range.set_options(list(ranges))
        self.range.set_value(range_)

    def show_empty(self, sentence: str) -> None:
        """Say why there is nothing to see."""
        self.empty.setText(sentence)
        self._show_parts(empty=True)

    def show_map(self, legend: LegendWords, top: str, facts: str, missing: str) -> None:
        """Show the legend, the highest value, what was summed, and what could not be."""
        self.legend_title.setText(legend.title)
        self.legend.show_words(legend)
        self.top.setText(top)
        self.facts.setText(facts)
        self.top.setToolTip(facts)
        self.missing.setText(missing)
        self.setAccessibleDescription(" ".join(filter(None, (top, facts, missing))))
        self._show_parts(empty=False)

    def _show_parts(self, *, empty: bool) -> None:
        self._is_empty = empty
        self.empty.setVisible(empty)
        for part in (self.legend_title, self.legend):
            part.setVisible(not empty)
        self.top.setVisible(not empty and bool(self.top.text()))
        self._missing_line.setVisible(not empty and bool(self.missing.text()))
        self.place()

    def place(self) -> None:
        """Take the right upper corner of the canvas; what does not fit there is scrolled to."""
        room = self._room.rect()
        self.facts.setVisible(not self._is_empty)
        height = self._wanted_height()
        if height > room.height() - _BELOW_LETTER:
            # What was summed is then read in the tooltip.
            self.facts.hide()
            height = self._wanted_height()
        # Below the letter that tells the patient's side, if there is room.
        top = max(0, min(_BELOW_LETTER, room.height() - height))
        left = max(0, room.width() - _WIDTH)
        self.setGeometry(left, top, _WIDTH, min(height, room.height()))

    def _wanted_height(self) -> int:
        self._column.invalidate()
        parts = self._column.totalHeightForWidth(_WIDTH - 2 * _INNER)
        return parts + self.close_button.sizeHint().height() + 6 + SHADOW + 2 + _INNER

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() not in _KEPT:
            super().keyPressEvent(event)
