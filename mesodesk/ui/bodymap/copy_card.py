"""Asks, over the canvas, which of today's syringes stands for each of the last session's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mesodesk.ui import theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import KIND_ICONS, Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.layouts import clear
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.popover import soft_shadow
from mesodesk.ui.widgets.text import Heading, Label, Strong

_SHADOW: Final = 10
_WIDTH: Final = 520
_CHOICE: Final = 190
_EDGE: Final = 6
LEAVE_OUT: Final = "leave out"
"""What is chosen for a syringe whose points are not copied."""


@dataclass(frozen=True, slots=True)
class CopyLine:
    """A syringe of the last session; `chosen` is today's, `LEAVE_OUT`, or None: not said yet."""

    syringe_id: UUID
    title: str
    detail: str
    chosen: UUID | str | None


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """What follows from what is chosen: cautions by syringe of the last session, and sentences."""

    cautions: Mapping[UUID, str]
    takes: tuple[str, ...]
    missing: tuple[str, ...]
    ready: bool


class CopyCard(QFrame):
    """Lies over the canvas until it is answered; Esc cancels."""

    #: something else is chosen.
    changed = Signal()
    copied = Signal()
    closed = Signal()

    def __init__(self, room: QWidget) -> None:
        super().__init__(room)
        paint.name(self, "copy_card", self.tr("Copy the last session"))
        self._room = room
        self._rows: dict[UUID, _SyringeRow] = {}
        self._offered: tuple[UUID, ...] = ()
        self.heading = Heading()
        self.there = Label("", Role.BODY, "muted", wrap=True)
        self.there.setObjectName("copy_there")
        self.copy = Button(self.tr("Copy"), "copy_go", ButtonKind.PRIMARY, compact=True)
        self.cancel = Button(self.tr("Cancel"), "copy_cancel", ButtonKind.QUIET, compact=True)
        self._area = QScrollArea()
        self._list = QWidget()
        self._lines = QVBoxLayout(self._list)
        self._facts = QVBoxLayout()
        self._lay_out()
        self.copy.clicked.connect(self.copied)
        self.cancel.clicked.connect(self.closed)
        self.hide()

    def _lay_out(self) -> None:
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(Space.S)
        self._facts.setSpacing(Space.XS)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.viewport().setAutoFillBackground(False)
        self._area.setWidget(self._list)
        self._list.setAutoFillBackground(False)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        inner = _SHADOW + Space.L
        column.setContentsMargins(inner, inner, inner, inner)
        column.setSpacing(Space.M)
        column.addWidget(self.heading)
        column.addWidget(
            Label(
                self.tr(
                    "Places, volumes, depths and techniques are copied; what is injected comes "
                    "from today's syringes and their lots."
                ),
                Role.BODY,
                "muted",
                wrap=True,
            )
        )
        column.addWidget(self._area, 1)
        column.addLayout(self._facts)
        column.addWidget(self.there)
        column.addLayout(buttons)

    def show_lines(
        self, title: str, there: str, lines: Sequence[CopyLine], options: Sequence[Option]
    ) -> None:
        """Show the syringes of the last session, with what may stand for each.

        Args:
            title: which session is copied.
            there: what is charted already; "" for nothing.
            lines: the syringes, by digit.
            options: today's syringes, and leaving out.
        """
        self.heading.setText(title)
        self.there.setText(there)
        self.there.setVisible(bool(there))
        clear(self._lines)
        self._rows = {}
        self._offered = tuple(each.value for each in options if isinstance(each.value, UUID))
        before: QWidget = self._room
        for line in lines:
            row = self._rows[line.syringe_id] = _SyringeRow(line, options)
            row.choice.edited.connect(self._chosen)
            self._lines.addWidget(row)
            QWidget.setTabOrder(before, row.choice.input)
            before = row.choice.input
        for button in (self.copy, self.cancel):
            QWidget.setTabOrder(before, button)
            before = button

    def stands_for(self) -> dict[UUID, UUID | None]:
        """Return today's syringe for each of the last session's, None for one left out.

        One for which nothing is chosen yet is not in it.
        """
        chosen = {key: row.choice.value() for key, row in self._rows.items()}
        return {
            key: None if value == LEAVE_OUT else value
            for key, value in chosen.items()
            if value is not None
        }

    def offered(self) -> tuple[UUID, ...]:
        """Return the syringes of today that are offered."""
        return self._offered

    def choice(self, syringe_id: UUID) -> ChoiceField:
        """Return the choice for a syringe of the last session."""
        return self._rows[syringe_id].choice

    def show_facts(self, facts: CopyFacts) -> None:
        """Show what follows from what is chosen."""
        for key, row in self._rows.items():
            row.show_caution(facts.cautions.get(key, ""))
        clear(self._facts)
        for sentence in facts.takes:
            self._facts.addWidget(Strong(sentence))
        for sentence in facts.missing:
            self._facts.addLayout(_caution(sentence))
        words = self.tr("Copy all the same") if facts.missing else self.tr("Copy")
        self.copy.setText(words)
        self.copy.setAccessibleName(words)
        self.copy.setEnabled(facts.ready)
        self.setAccessibleDescription(" ".join((*facts.takes, *facts.missing)))
        self.place()

    def come_up(self) -> None:
        """Show it, the keyboard at the first thing that is open."""
        self.place()
        self.show()
        self.raise_()
        unsaid = [row.choice.input for row in self._rows.values() if row.choice.value() is None]
        first: QWidget = unsaid[0] if unsaid else self.copy
        if not first.isEnabled():
            first = next((row.choice.input for row in self._rows.values()), self.cancel)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self) -> None:
        """Take the middle of the canvas; the syringes scroll where there is no room for all."""
        room = self._room.rect()
        width = min(_WIDTH, room.width() - 2 * _EDGE)
        self._list.setMinimumWidth(0)
        for layout in (self._lines, self.layout()):
            if layout is not None:
                layout.invalidate()
                layout.activate()
        inner = width - 2 * (_SHADOW + Space.L)
        wanted = self._lines.heightForWidth(inner) if self._lines.hasHeightForWidth() else 0
        wanted = max(wanted, self._lines.sizeHint().height())
        self._area.setFixedHeight(wanted)
        height = self._height(width)
        most = room.height() - 2 * _EDGE
        if height > most:
            self._area.setFixedHeight(max(60, wanted - (height - most)))
            height = min(self._height(width), most)
        self.setGeometry(
            (room.width() - width) // 2, max(0, (room.height() - height) // 2), width, height
        )

    def _height(self, width: int) -> int:
        layout = self.layout()
        if layout is None:
            return 0
        layout.invalidate()
        return (
            layout.heightForWidth(width)
            if layout.hasHeightForWidth()
            else layout.sizeHint().height()
        )

    @Slot(object)
    def _chosen(self, _value: object) -> None:
        self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # The body beneath gets no key as long as it is asked.
        if event.key() == Qt.Key.Key_Escape or event.text().lower() == "c":
            self.closed.emit()
        event.accept()

    # What is done on the card is not done to the body beneath it.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        scheme = theme.current()
        painter = QPainter(self)
        panel = paint.inside(self).adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW)
        soft_shadow(painter, panel, _SHADOW)
        paint.box(painter, panel, scheme.surface, scheme.border_strong)


class _SyringeRow(QWidget):
    """A syringe of the last session, and which one of today stands for it."""

    def __init__(self, line: CopyLine, options: Sequence[Option]) -> None:
        super().__init__()
        name = f"copy_syringe_{line.syringe_id}"
        self.choice = ChoiceField(name, line.title, options, compact=True)
        self.choice.setFixedWidth(_CHOICE)
        self.choice.set_value(line.chosen)
        self._caution = Label("", Role.SMALL, Kind.CAUTION.value, wrap=True)
        self._caution.hide()
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(Strong(line.title))
        words.addWidget(Label(line.detail, Role.SMALL, "muted", wrap=True))
        words.addWidget(self._caution)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.M)
        row.addLayout(words, 1)
        row.addWidget(self.choice, 0, Qt.AlignmentFlag.AlignTop)

    def show_caution(self, sentence: str) -> None:
        self._caution.setText(sentence)
        self._caution.setVisible(bool(sentence))


def _caution(sentence: str) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(Space.S)
    line.addWidget(
        IconLabel(KIND_ICONS[Kind.CAUTION], Kind.CAUTION.value, 18), 0, Qt.AlignmentFlag.AlignTop
    )
    line.addWidget(Label(sentence, Role.BODY, Kind.CAUTION.value, wrap=True), 1)
    return line
