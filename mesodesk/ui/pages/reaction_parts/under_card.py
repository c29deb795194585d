"""What lies under the place that was tapped: fields with their lots, earlier reactions, others'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.reaction_terms import told_names
from mesodesk.ui.numbers import format_date
from mesodesk.ui.pages.reaction_parts.words import (
    grade_words,
    kind_words,
    part_words,
    region_words,
    under_detail,
    under_title,
)
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import clear, nest, row
from mesodesk.ui.widgets.text import Body, Muted, Strong

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mesodesk.domain.records.reaction import UnderField, UnderPlace

_MOST = 6


class UnderCard(Card):
    """Says it in words, the latest session first."""

    #: A reaction is to be recorded here.
    record_asked = Signal()
    closed = Signal()

    def __init__(self, language: str) -> None:
        super().__init__(object_name="reaction_under")
        self._language = language
        self.where = Muted("")
        self.record = Button(
            self.tr("Record a reaction here"), "record_here", ButtonKind.PRIMARY, "plus"
        )
        self.leave = Button(self.tr("Close"), "close_under", ButtonKind.QUIET, compact=True)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(Space.M)
        self.body.setSpacing(Space.M)
        self.set_title(self.tr("Under this place"))
        self.add_trailing(self.leave)
        self.add(self.where)
        nest(self.body, self._lines)
        nest(self.body, row(self.record, stretch=True))
        self.record.clicked.connect(self.record_asked)
        self.leave.clicked.connect(self._close)
        self.hide()

    def say_reading(self, regions: Sequence[str]) -> None:
        """Say where, while what lies there is looked up."""
        self._say_where(regions)
        clear(self._lines)
        self._lines.addWidget(Muted(self.tr("Looking up what was injected here \u2026")))
        self.show()

    def show_under(self, under: UnderPlace, regions: Sequence[str], *, offers: bool) -> None:
        """Show what lies there; `offers`: whether a reaction can be recorded from here."""
        self._say_where(regions)
        clear(self._lines)
        for each in under.fields[:_MOST]:
            self._add_field(each, under.reach_mm)
        left = len(under.fields) - _MOST
        if left > 0:
            self._lines.addWidget(Muted(self.tr("and {count} earlier fields").format(count=left)))
        if not under.fields:
            words = self.tr("Nothing was charted within {mm} mm of this place.")
            self._lines.addWidget(Body(words.format(mm=under.reach_mm)))
        self._add_reactions(under)
        if under.left_out:
            numbers = ", ".join(map(str, under.left_out))
            words = self.tr(
                "Not looked at: session {numbers}, charted on another figure or not readable."
            )
            self._lines.addWidget(Muted(words.format(numbers=numbers)))
        self.record.setVisible(offers)
        self.show()

    def _say_where(self, regions: Sequence[str]) -> None:
        self.where.setText(region_words(regions, self._language))

    def _add_field(self, field: UnderField, reach_mm: int) -> None:
        inner = QVBoxLayout()
        inner.setSpacing(1)
        title = Strong(under_title(field))
        title.setWordWrap(True)
        inner.addWidget(title)
        inner.addWidget(Body("; ".join(map(part_words, field.parts))))
        inner.addWidget(Muted(under_detail(field, self._language, reach_mm)))
        place = QWidget()
        place.setLayout(inner)
        inner.setContentsMargins(0, 0, 0, 0)
        self._lines.addWidget(place)

    def _add_reactions(self, under: UnderPlace) -> None:
        for near in under.earlier:
            record = near.reaction
            words = self.tr("Reaction here before: {kind}, {grade}, {day}")
            said = words.format(
                kind=kind_words(record.fields, self._language),
                grade=grade_words(record),
                day=format_date(record.began_on),
            )
            self._lines.addWidget(Body(said))
        names = told_names(self._language)
        for others in under.others:
            one = self.tr("1 other patient reacted after {part}: {what}")
            many = self.tr("{count} other patients reacted after {part}: {what}")
            said = (one if others.patients == 1 else many).format(
                count=others.patients,
                part=part_words(others.part),
                what=", ".join(names.get(each, each) for each in others.what),
            )
            self._lines.addWidget(Strong(said))

    @Slot()
    def _close(self) -> None:
        self.hide()
        self.closed.emit()
