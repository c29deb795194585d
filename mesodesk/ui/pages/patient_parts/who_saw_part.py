"""Who saw this record: by person and day, for those who may ask."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QVBoxLayout

from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_date
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.layouts import clear, nest, row
from mesodesk.ui.widgets.text import Body, Muted

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.changes import Topic
    from mesodesk.domain.records.audit import Saw
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_MOST: Final = 100
_REST_MS: Final = 300
"""Somebody who types changes the record every few moments: it is read when they rest."""


class WhoSawCard(Card):
    """Asked for by a button, since the asking itself is kept on the log."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="who_saw", parent=parent)
        self.set_title(self.tr("Who saw this record"))
        self._context = context
        self._patient_id: UUID | None = None
        self.show_it = Button(self.tr("Show who saw it"), "who_saw_show", icon_name="eye-outline")
        self.result = Notice(object_name="who_saw_result")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(Space.S)
        self.add(
            Muted(
                self.tr(
                    "Looks, changes, prints and exports of this record and all that belongs to "
                    "it, by person and day. That you ask is kept, too."
                )
            )
        )
        self.add(self.result)
        nest(self.body, self._lines)
        nest(self.body, row(self.show_it, stretch=True))
        self._shown_of: UUID | None = None
        self._stale = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_REST_MS)
        self._soon.timeout.connect(self._ask)
        self.show_it.clicked.connect(self._ask)
        context.changed.connect(self._changed)

    def show_patient(self, patient_id: UUID) -> None:
        """Be about a patient; what was shown of another one goes."""
        if patient_id != self._patient_id:
            self._patient_id, self._shown_of, self._stale = patient_id, None, False
            self._soon.stop()
            self.result.dismiss()
            clear(self._lines)

    @Slot(object, object)
    def _changed(self, _topic: Topic, _origin: object) -> None:
        """Read what is shown again: a change is a new line on the log, or one more in a line."""
        if self._shown_of is None:
            return
        self._stale = True
        if self.isVisible():
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._soon.start()

    @Slot()
    def _ask(self) -> None:
        self._stale = False
        if self._patient_id is not None:
            asked = self._patient_id
            work = partial(_who_saw, asked)
            self._context.run(self, work, partial(self._show, asked), self._refused)

    def _show(self, patient_id: UUID, found: tuple[Saw, ...]) -> None:
        if patient_id != self._patient_id:
            return
        self._shown_of = patient_id
        clear(self._lines)
        for at, one in enumerate(found[:_MOST]):
            line = Body(f"{format_date(one.day)} · {one.actor_name or self.tr('Mesodesk itself')}")
            line.setObjectName(f"who_saw_{at}")
            self._lines.addWidget(line)
            self._lines.addWidget(Muted(self._counts(one)))
        if len(found) > _MOST:
            more = self.tr("and {count} more days; the reports show all")
            self._lines.addWidget(Muted(more.format(count=len(found) - _MOST)))

    def _counts(self, one: Saw) -> str:
        named = (
            (self.tr("looks"), one.views),
            (self.tr("changes"), one.changes),
            (self.tr("prints"), one.prints),
            (self.tr("exports"), one.exports),
            (self.tr("emergencies"), one.emergencies),
            (self.tr("refusals"), one.refusals),
        )
        return " · ".join(f"{words} {count}" for words, count in named if count)

    def _refused(self, error: Exception) -> None:
        self.result.show_notice(Kind.CAUTION, explain(error))


def _who_saw(patient_id: UUID, desk: Desk) -> tuple[Saw, ...]:
    return desk.audit_log.who_saw(patient_id)
