"""Asks, over the canvas, which of today's syringes stands for each that fields came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.ui.bodymap.canvas_card import CanvasCard, caution_line
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.layouts import clear, nest
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.text import Label

_CHOICE: Final = 190
LEAVE_OUT: Final = "leave out"
"""What is chosen for a syringe whose points are not copied."""


@dataclass(frozen=True, slots=True)
class CardWords:
    """What a card says. `prefix` begins its object names; `key` is a letter that closes it."""

    prefix: str
    name: str
    explanation: str
    go: str
    go_anyway: str
    key: str


@dataclass(frozen=True, slots=True)
class CopyLine:
    """A syringe of the fields; `chosen` is today's, `LEAVE_OUT`, or None: not said yet.

    `prepare` is what the button is called that prepares one like it; "" for no such button.
    """

    syringe_id: UUID
    title: str
    detail: str
    chosen: UUID | str | None
    prepare: str = ""


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """What follows from what is chosen: cautions by syringe of the fields, and sentences."""

    cautions: Mapping[UUID, str]
    takes: tuple[str, ...]
    missing: tuple[str, ...]
    ready: bool


class CopyCard(CanvasCard):
    """Lies over the canvas until it is answered; Esc cancels."""

    #: something else is chosen.
    changed = Signal()
    copied = Signal()
    #: the id (UUID) of a syringe of the fields: one like it is to be prepared.
    prepare_asked = Signal(object)

    def __init__(self, room: QWidget, words: CardWords) -> None:
        super().__init__(room, f"{words.prefix}_card", words.name)
        self.closing_key = words.key
        self._words = words
        self._rows: dict[UUID, _SyringeRow] = {}
        self._offered: tuple[UUID, ...] = ()
        self._refocus = False
        self.there = Label("", Role.BODY, "muted", wrap=True)
        self.there.setObjectName(f"{words.prefix}_there")
        self.go = Button(words.go, f"{words.prefix}_go", ButtonKind.PRIMARY, compact=True)
        self.cancel = Button(
            self.tr("Cancel"), f"{words.prefix}_cancel", ButtonKind.QUIET, compact=True
        )
        self._facts = QVBoxLayout()
        self._lay_out()
        self.go.clicked.connect(self.copied)
        self.cancel.clicked.connect(self.closed)

    def _lay_out(self) -> None:
        self._facts.setSpacing(Space.XS)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addWidget(self.go)
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        self.column.addWidget(self.heading)
        explanation = Label(self._words.explanation, Role.BODY, "muted", wrap=True)
        self.spare = (explanation,)
        self.column.addWidget(explanation)
        self.add_list()
        nest(self.column, self._facts)
        self.column.addWidget(self.there)
        nest(self.column, buttons)

    def show_lines(
        self, title: str, there: str, lines: Sequence[CopyLine], options: Sequence[Option]
    ) -> None:
        """Show the syringes of the fields, with what may stand for each.

        Args:
            title: what is copied.
            there: what is charted already; "" for nothing.
            lines: the syringes, by digit.
            options: today's syringes, and leaving out.
        """
        # What has the keyboard may be in a row that is no more; `show_facts` gives it back.
        inside = self.isAncestorOf(self.window().focusWidget() or self._room)
        self._refocus = inside and self.isVisible()
        self.heading.setText(title)
        self.there.setText(there)
        self.there.setVisible(bool(there))
        clear(self.lines)
        self._rows = {}
        self._offered = tuple(each.value for each in options if isinstance(each.value, UUID))
        for line in lines:
            row = self._rows[line.syringe_id] = _SyringeRow(self._words.prefix, line, options)
            row.choice.edited.connect(self._chosen)
            row.prepare_asked.connect(self.prepare_asked)
            self.lines.addWidget(row)

    def stands_for(self) -> dict[UUID, UUID | None]:
        """Return today's syringe for each of the fields', None for one left out.

        One that nothing was said of is missing.
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
        """Return the choice for a syringe of the fields."""
        return self._rows[syringe_id].choice

    def prepare(self, syringe_id: UUID) -> Button:
        """Return the button that prepares a syringe like one of the fields'."""
        return self._rows[syringe_id].prepare

    def show_facts(self, facts: CopyFacts) -> None:
        """Show what follows from what is chosen."""
        for key, row in self._rows.items():
            row.show_caution(facts.cautions.get(key, ""))
        clear(self._facts)
        for sentence in facts.takes:
            self._facts.addWidget(Label(sentence, Role.STRONG, wrap=True))
        for sentence in facts.missing:
            nest(self._facts, caution_line(sentence))
        words = self._words.go_anyway if facts.missing else self._words.go
        self.go.setText(words)
        self.go.setAccessibleName(words)
        self.go.setEnabled(facts.ready)
        self.setAccessibleDescription(" ".join((*facts.takes, *facts.missing)))
        self.place()
        if self._refocus:
            self._refocus = False
            self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def first_focus(self) -> QWidget:
        unsaid = [row for row in self._rows.values() if row.choice.value() is None]
        if unsaid:
            return unsaid[0].choice.input if unsaid[0].prepare.isHidden() else unsaid[0].prepare
        if self.go.isEnabled():
            return self.go
        return next((row.choice.input for row in self._rows.values()), self.cancel)

    @Slot(object)
    def _chosen(self, _value: object) -> None:
        self.changed.emit()


class _SyringeRow(QWidget):
    """A syringe of the fields, and which one of today stands for it."""

    prepare_asked = Signal(object)

    def __init__(self, prefix: str, line: CopyLine, options: Sequence[Option]) -> None:
        super().__init__()
        name = f"{prefix}_syringe_{line.syringe_id}"
        self._syringe_id = line.syringe_id
        self._preparable = bool(line.prepare)
        self.choice = ChoiceField(name, line.title, options, compact=True)
        self.choice.setFixedWidth(_CHOICE)
        self.choice.set_value(line.chosen)
        self.prepare = Button(
            line.prepare,
            f"{prefix}_prepare_{line.syringe_id}",
            ButtonKind.SECONDARY,
            "needle",
            compact=True,
        )
        self.prepare.setAccessibleName(f"{line.prepare}: {line.title}")
        self._caution = Label("", Role.SMALL, Kind.CAUTION.value, wrap=True)
        self._caution.hide()
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(Label(line.title, Role.STRONG, wrap=True))
        words.addWidget(Label(line.detail, Role.SMALL, "muted", wrap=True))
        words.addWidget(self._caution)
        words.addStretch(1)
        answers = QVBoxLayout()
        answers.setSpacing(Space.XS)
        answers.addWidget(self.choice)
        answers.addWidget(self.prepare)
        answers.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.M)
        nest(row, words, 1)
        nest(row, answers)
        self.choice.edited.connect(self._offer_to_prepare)
        self.prepare.clicked.connect(self._prepare)
        self._offer_to_prepare()

    @Slot()
    @Slot(object)
    def _offer_to_prepare(self, _value: object = None) -> None:
        """Offer another syringe only as long as none stands for this one."""
        self.prepare.setVisible(self._preparable and self.choice.value() is None)

    @Slot()
    def _prepare(self) -> None:
        self.prepare_asked.emit(self._syringe_id)

    def show_caution(self, sentence: str) -> None:
        self._caution.setText(sentence)
        self._caution.setVisible(bool(sentence))
