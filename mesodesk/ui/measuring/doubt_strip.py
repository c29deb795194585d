"""Asks about a figure that is far from the one before: it is so, or it was in the other unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.records.measurement import Doubt
from mesodesk.ui import theme
from mesodesk.ui.numbers import format_day, format_decimal, format_quantity
from mesodesk.ui.progress.words import PLACES, converter, reading_words
from mesodesk.ui.tokens import KIND_ICONS, Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Label

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from mesodesk.domain.readings import Question
    from mesodesk.domain.records.measurement import MeasuredUnit


class DoubtStrip(QWidget):
    """Hidden until it has something to say: an error, what is still wanted, or a question."""

    #: It is as it was typed.
    confirmed = Signal()
    #: It was in the other unit.
    replaced = Signal()

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._kind = Kind.CAUTION
        self._icon = IconLabel("alert", Kind.CAUTION.value, 18)
        self.words = Label("", theme.Role.SMALL, "", wrap=True)
        self.words.setObjectName(f"{object_name}_words")
        self.other = Button("", f"{object_name}_other", compact=True)
        self.so = Button("", f"{object_name}_so", compact=True)
        line = QHBoxLayout()
        line.setSpacing(Space.S)
        line.addWidget(self._icon)
        line.addWidget(self.words, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(Space.S, Space.XS, Space.S, Space.XS)
        whole.setSpacing(Space.XS)
        nest(whole, line)
        nest(whole, row(self.other, self.so, stretch=True))
        self.other.clicked.connect(self.replaced)
        self.so.clicked.connect(self.confirmed)
        self.say("")

    def say(self, sentence: str, kind: Kind = Kind.STOP) -> None:
        """Say what is wrong or still wanted, without a question; "" hides it."""
        self._show(sentence, kind, "", "")

    def ask(self, question: Question, today: date) -> None:
        """Ask about a figure."""
        so = self.tr("It is {reading}").format(reading=reading_words(question.reading))
        other = ""
        if question.instead is not None:
            other = self.tr("It was {reading}").format(reading=reading_words(question.instead))
        self._show(self._question_words(question, today), Kind.CAUTION, other, so)

    def is_asking(self) -> bool:
        """Whether an answer is waited for."""
        return not self.so.isHidden()

    def first_focus(self) -> QWidget:
        """Return the button that is likely."""
        return self.so if self.other.isHidden() else self.other

    def _show(self, sentence: str, kind: Kind, other: str, so: str) -> None:
        self._kind = kind
        self._icon.set_icon(KIND_ICONS[kind], kind.value)
        self.words.set_tone(kind.value)
        self.words.setText(sentence)
        for button, words in ((self.other, other), (self.so, so)):
            button.setText(words)
            button.setAccessibleName(words)
            button.setVisible(bool(words))
        self.setAccessibleName(sentence)
        self.setVisible(bool(sentence))
        self.update()

    def _question_words(self, question: Question, today: date) -> str:
        reading, unit = question.reading, question.reading.unit
        if question.earlier is None:
            words = self.tr("{typed}? For this height {other} ({converted}) is more common.")
        elif question.doubt is Doubt.UNIT:
            words = self.tr("{typed} is far from {before} on {day}. {other} would be {converted}.")
        else:
            words = self.tr("{typed} is {by} {way} than on {day} ({before}). Is that so?")
        earlier, instead = question.earlier, question.instead
        before = reading.value if earlier is None else earlier.value
        more = reading.value > before
        return words.format(
            typed=reading_words(reading),
            other="" if instead is None else reading_words(instead),
            converted="" if instead is None else _shown(instead.value, unit),
            before=_shown(before, unit),
            by=_shown(abs(reading.value - before), unit),
            way=self.tr("more") if more else self.tr("less"),
            day="" if earlier is None else format_day(earlier.on, today),
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint.box(QPainter(self), paint.inside(self), theme.current().tint(self._kind))


def _shown(value: Decimal, unit: MeasuredUnit) -> str:
    shown = converter(unit)(value)
    return format_quantity(shown, unit.value, PLACES) if shown else format_decimal(0)
