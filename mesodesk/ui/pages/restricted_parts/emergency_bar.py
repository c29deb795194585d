"""The red bar across a record that is open for an emergency alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDeadlineTimer, QTimer, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from mesodesk.domain.changes import Topic
from mesodesk.ui import theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Label

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtGui import QPaintEvent

    from mesodesk.domain.records.people import Restriction
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

BEFORE_MS: Final = 5_000
"""So long before the hour is over the record is closed, so that what is typed is still kept."""
_TICK_MS: Final = 1_000
_ASK_AGAIN_MS: Final = 60_000
"""The window's clock stands still while the computer sleeps; that of the record does not."""
_MINUTE_MS: Final = 60_000


class EmergencyBar(QFrame):
    """Hidden, unless a record is open to who is in for an emergency alone.

    Says how long it stays open, and closes it when the time is over or at once when asked.
    """

    #: Restriction, or None where everybody sees the record.
    stands = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        paint.name(self, "emergency_bar", self.tr("Open in an emergency"))
        self._context = context
        self._patient_id: UUID | None = None
        self._left = QDeadlineTimer(QDeadlineTimer.ForeverConstant.Forever)
        self.headline = Label(self.tr("Emergency: this record is restricted"), Role.STRONG)
        self.time_left = Label("")
        self.time_left.setObjectName("emergency_time_left")
        self.end = Button(self.tr("End emergency now"), "end_emergency", compact=True)
        self._lay_out()
        self._tick = self._timer(_TICK_MS, self._show_left)
        self._again = self._timer(_ASK_AGAIN_MS, self._ask)
        self.end.clicked.connect(self.close_record)
        context.changed.connect(self._changed)
        self.hide()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.headline)
        words.addWidget(self.time_left)
        line = QHBoxLayout(self)
        line.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        line.setSpacing(Space.M)
        line.addWidget(IconLabel("alert-octagon", "on_stop_fill", 24))
        nest(line, words, 1)
        line.addWidget(self.end)
        for label in (self.headline, self.time_left):
            label.set_tone("on_stop_fill")

    def _timer(self, every_ms: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(every_ms)
        timer.timeout.connect(slot)
        return timer

    def follow(self, patient_id: UUID) -> None:
        """Speak of the record of a patient from now on."""
        if patient_id != self._patient_id:
            self._patient_id = patient_id
            self._stop()
            self._ask()

    @Slot()
    def _ask(self) -> None:
        if self._patient_id is not None:
            work = partial(_standing, patient_id=self._patient_id)
            self._context.run(self, work, self._show, self._unknown)

    def _show(self, standing: Restriction | None) -> None:
        if standing is not None and standing.patient_id != self._patient_id:
            return
        if standing is None or not standing.open_for_ms:
            self._stop()
        else:
            self._left = QDeadlineTimer(max(0, standing.open_for_ms - BEFORE_MS))
            self._tick.start()
            self._again.start()
            self.show()
            self._show_left()
        self.stands.emit(standing)

    def _unknown(self, _error: Exception) -> None:
        # The page says why the record cannot be shown.
        self._stop()

    def _stop(self) -> None:
        self._tick.stop()
        self._again.stop()
        self.hide()

    @Slot()
    def _show_left(self) -> None:
        if self._left.hasExpired():
            self.close_record()
            return
        minutes = -(-self._left.remainingTime() // _MINUTE_MS)
        words = self.tr("Open to you for 1 minute more. The owner is told, and reviews it.")
        if minutes > 1:
            words = self.tr("Open to you for {minutes} minutes more. The owner is told, and"
                            " reviews it.")  # fmt: skip
        self.time_left.setText(words.format(minutes=minutes))

    @Slot()
    def close_record(self) -> None:
        """Keep what was typed, then close the record; its page says so in its place."""
        if self._patient_id is None:
            return
        self._stop()
        leave = getattr(self.window(), "leave_page", None)
        if leave is not None:
            leave()
        # What was typed is kept before the door closes.
        self._context.jobs.drain()
        self._context.write(self, partial(_end, patient_id=self._patient_id), self._ended)

    def _ended(self, patient_id: UUID) -> None:
        page = self.parentWidget()
        if page is not None and page.isVisible():
            self._context.navigate("patient", patient_id=patient_id)

    @Slot(object, object)
    def _changed(self, topic: Topic, _origin: object) -> None:
        if topic & Topic.CLINIC:
            self._ask()

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint.box(QPainter(self), paint.inside(self), theme.current().stop_fill)


def _standing(desk: Desk, *, patient_id: UUID) -> Restriction | None:
    return desk.restricted.standing(patient_id)


def _end(desk: Desk, *, patient_id: UUID) -> UUID:
    desk.restricted.end_emergency(patient_id)
    return patient_id
