"""What happened to a lot, line by line, read when somebody wants to see it."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from mesodesk.domain.records.stock import MovementWhat
from mesodesk.ui.jobs import Latest
from mesodesk.ui.numbers import format_date, format_moment, format_quantity
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.disclosure import Disclosure
from mesodesk.ui.widgets.layouts import clear
from mesodesk.ui.widgets.text import Label

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.stock import LotEvent
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_MOST = 60


class LotHistory(QWidget):
    """A line for each event, the latest first."""

    def __init__(self, context: Context, lot_id: UUID, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._lot_id = lot_id
        self._latest = Latest(context.jobs, self)
        self.box = Disclosure(self.tr("History"), "lot_history")
        lines = QWidget()
        self._grid = QGridLayout(lines)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setColumnStretch(3, 1)
        self.box.add(lines)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.box)

    def reload(self) -> None:
        """Read the history again."""
        self._latest.run(partial(_read, self._context.desk, self._lot_id), self.show_events)

    def show_events(self, events: tuple[LotEvent, ...]) -> None:
        """Show the latest of them."""
        clear(self._grid)
        self.box.set_text(self.tr("History ({count})").format(count=len(events)))
        zone = self._context.clinic.fields.zone
        for at, event in enumerate(events[:_MOST]):
            volume = "" if event.volume_ml is None else format_quantity(event.volume_ml, "mL")
            tone = "" if event.counts else "muted"
            cells = (format_moment(event.at, zone), what_words(event), volume, self._detail(event))
            for column, text in enumerate(cells):
                label = Label(text, Role.SMALL, tone, wrap=column == 3)
                label.set_struck(column == 2 and not event.counts)
                self._grid.addWidget(label, at, column)

    def _detail(self, event: LotEvent) -> str:
        opened = event.what is MovementWhat.OPENED
        parts = [format_date(date.fromisoformat(event.detail)) if opened else event.detail]
        if event.session_number is not None:
            words = self.tr("session {number} of {patient}")
            parts.append(words.format(number=event.session_number, patient=event.patient))
        if not event.counts:
            parts.append(self.tr("does not count: the session was amended or is in error"))
        parts.append(event.by)
        return " · ".join(part for part in parts if part)


def what_words(event: LotEvent) -> str:
    """Return what happened, in a word or two."""
    return {
        MovementWhat.RECEIVED: _tr("received"),
        MovementWhat.DRAWN: _tr("drawn"),
        MovementWhat.WASTED: _tr("thrown away"),
        MovementWhat.CORRECTED: _tr("corrected"),
        MovementWhat.OPENED: _tr("opened, good until"),
        MovementWhat.ENDED: _tr("container finished"),
        MovementWhat.HELD: _tr("quarantine"),
        MovementWhat.RELEASED: _tr("quarantine ended"),
        MovementWhat.RECALLED: _tr("recalled"),
        MovementWhat.WITHDRAWN: _tr("recall withdrawn"),
        MovementWhat.COUNTED: _tr("counted"),
    }[event.what]


def _read(desk: Desk, lot_id: UUID) -> tuple[LotEvent, ...]:
    return desk.stock.history(lot_id)


def _tr(text: str) -> str:
    return QCoreApplication.translate("stock", text)
