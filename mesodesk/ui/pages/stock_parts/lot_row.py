"""The row of a lot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtWidgets import QWidget

from mesodesk.ui.numbers import format_date, relative_day
from mesodesk.ui.pages.stock_parts.words import left_words, lot_look
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.cards import IconLabel, ProgressBar
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.layouts import column
from mesodesk.ui.widgets.rows import Row
from mesodesk.ui.widgets.text import Label

if TYPE_CHECKING:
    from datetime import date

    from mesodesk.domain.records.stock import LotRecord


class _Left(QWidget):
    """What is left of a lot: in words, and as a bar where it is counted."""

    def __init__(self, lot: LotRecord) -> None:
        super().__init__()
        words = Label(left_words(lot), Role.SMALL, "" if lot.can_be_drawn else "muted")
        lines = column(words, spacing=Space.XS)
        lines.setAlignment(words, Qt.AlignmentFlag.AlignRight)
        lines.insertStretch(0, 1)
        received = lot.received_ml
        if lot.left_ml is not None and received:
            bar = ProgressBar(left_words(lot), "accent" if lot.can_be_drawn else "disabled")
            bar.set_share(float(lot.left_ml / received))
            lines.addWidget(bar)
        lines.addStretch(1)
        self.setLayout(lines)

    def sizeHint(self) -> QSize:
        return QSize(124, super().sizeHint().height())


def lot_row(lot: LotRecord, today: date) -> Row:
    """Return the row of a lot: number, expiry, what is left, and whether it can be drawn."""
    kind, icon, words = lot_look(lot, today)
    chip = Chip(kind, words, icon_name=icon)
    fields = lot.fields
    day, near = format_date(fields.expires_on), relative_day(fields.expires_on, today)
    facts = [
        _tr("expiry {day}").format(day=day if near == day else f"{day} ({near})"),
        _tr("received {when}").format(when=relative_day(fields.received_on, today)),
        fields.supplier,
    ]
    return Row(
        fields.number,
        " · ".join(fact for fact in facts if fact),
        object_name=f"lot_{fields.number}",
        leading=IconLabel(icon, kind.value),
        trailing=(_Left(lot), chip),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("stock", text)
