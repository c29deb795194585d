"""What of the last week is worth a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot

from mesodesk.ui.numbers import format_moment
from mesodesk.ui.pages.reports_parts.words import patient_words, unusual_words
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.audit import Unusual

_MOST: Final = 8


class UnusualCard(Card):
    """A line for each, which leads to its entries; none is an accusation."""

    asked = Signal(object)
    """The `Unusual` whose entries are to be shown."""

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(object_name="unusual_card", parent=parent)
        self.set_title(self.tr("Worth a question, last 7 days"))
        self._zone = zone
        self._found: tuple[Unusual, ...] = ()
        self.rows = RowList("unusual_rows", self.tr("Worth a question, last 7 days"))
        self.words = Muted("")
        self.words.setObjectName("unusual_words")
        self.add(self.words)
        self.add(self.rows)
        self.rows.activated.connect(self._chosen)

    def show_unusual(self, found: tuple[Unusual, ...]) -> None:
        """Replace the lines."""
        self._found = found[:_MOST]
        self.rows.set_rows(self._row(at, one) for at, one in enumerate(self._found))
        self.rows.setVisible(bool(found))
        if not found:
            self.words.setText(self.tr("Nothing that stands out."))
        elif len(found) > _MOST:
            more = self.tr("The newest {count} of {all}. Choose one to see its entries.")
            self.words.setText(more.format(count=_MOST, all=len(found)))
        else:
            self.words.setText(self.tr("Choose one to see its entries."))

    def _row(self, at: int, one: Unusual) -> Row:
        parts = (patient_words(one.patient), format_moment(one.last_at, self._zone))
        told = " · ".join(part for part in parts if part)
        return Row(unusual_words(one), told, object_name=f"unusual_{at}")

    @Slot(int)
    def _chosen(self, at: int) -> None:
        self.asked.emit(self._found[at])
