"""What stands in the place of a record that only others may see."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.ui.jobs import Latest, explain
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel, Notice
from mesodesk.ui.widgets.layouts import PageScroll, nest, row
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.text import Body, Muted, Strong, Title

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.people import EmergencyAccess, Restriction
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_WIDTH = 640


class ClosedRecord(QWidget):
    """Says that a record is restricted and whom to ask, and opens it in an emergency."""

    #: the patient's id: the record is open for an hour.
    opened = Signal(object)
    #: back to the patients.
    left = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, "closed_record", self.tr("This record is restricted"))
        self._context = context
        self._patient_id: UUID | None = None
        self._latest = Latest(context.jobs, self)
        self.number = Muted("")
        self.number.setObjectName("closed_number")
        self.whom = Body("")
        self.whom.setObjectName("closed_whom")
        self.back = Button(self.tr("Back to the patients"), "closed_back", icon_name="arrow-left")
        self.reason = MultilineField(
            "emergency_reason",
            self.tr("Why you have to see this record now"),
            placeholder=self.tr("Such as: collapsed in the waiting room, allergies needed"),
            most_lines=5,
        )
        self.open = Button(
            self.tr("Open for one hour"), "open_emergency", ButtonKind.DANGER, "alert-octagon"
        )
        self.trouble = Notice(object_name="emergency_trouble")
        self._lay_out()
        self.back.clicked.connect(self.left)
        self.open.clicked.connect(self._open)
        self.reason.edited.connect(self._typed)

    def _lay_out(self) -> None:
        closed = Card(padding=Space.XL)
        nest(
            closed.body,
            row(
                IconLabel("lock-outline", "muted", 32),
                Title(self.tr("This record is restricted")),
                stretch=True,
            ),
        )
        for words in (self.number, self.whom):
            closed.add(words)
        nest(closed.body, row(self.back, stretch=True))
        emergency = Card(self.tr("Open in an emergency"), padding=Space.XL)
        emergency.add(
            Body(
                self.tr(
                    "It opens at once, for one hour. That you opened it, why, and what you look at"
                    " stays on record, and the owner reviews it."
                )
            )
        )
        emergency.add(Strong(self.tr("Why do you have to see it now?")))
        emergency.add(self.reason)
        emergency.add(self.trouble)
        nest(emergency.body, row(self.open, stretch=True))
        scroll = PageScroll("closed_scroll", max_width=_WIDTH, margin=Space.L)
        scroll.add(closed)
        scroll.add(emergency)
        scroll.column.addStretch(1)
        scroll.column.setAlignment(Qt.AlignmentFlag.AlignTop)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def begin(self, patient_id: UUID) -> None:
        """Stand in the place of a patient's record; what was typed for another is gone."""
        if patient_id != self._patient_id:
            self.reason.set_value("")
        self._patient_id = patient_id
        self.number.setText("")
        self.whom.setText("")
        self.trouble.show_notice(Kind.INFO, "")
        self._typed(None)
        self._latest.run(partial(_who_sees, self._context.desk, patient_id), self._show)

    def _show(self, found: tuple[Restriction | None, tuple[str, ...]]) -> None:
        standing, names = found
        if standing is None or standing.visible:
            if self._patient_id is not None and self.isVisible():
                self.opened.emit(self._patient_id)
            return
        self.number.setText(self.tr("Record {number}").format(number=standing.record_number))
        words = self.tr("Nobody who works here sees it any more. Ask the owner of the clinic.")
        if names:
            words = self.tr("Only some people see it. Ask one of them: {names}.")
        self.whom.setText(words.format(names=", ".join(names)))

    @Slot(object)
    def _typed(self, _text: str | None) -> None:
        self.open.setEnabled(bool(self.reason.value()) and not self.reason.error())

    @Slot()
    def _open(self) -> None:
        if self._patient_id is None or not self.reason.value():
            return
        self.open.setEnabled(False)
        work = partial(_open, patient_id=self._patient_id, reason=self.reason.value())
        self._context.write(self, work, self._opened, self._refused)

    def _opened(self, access: EmergencyAccess) -> None:
        self.reason.set_value("")
        self.opened.emit(access.patient_id)

    def _refused(self, error: Exception) -> None:
        self.open.setEnabled(True)
        self.trouble.show_notice(Kind.STOP, self.tr("Not opened"), explain(error))


def _who_sees(desk: Desk, patient_id: UUID) -> tuple[Restriction | None, tuple[str, ...]]:
    standing = desk.restricted.standing(patient_id)
    members = frozenset(standing.members if standing is not None else ())
    names = tuple(each.name for each in desk.clinic.users() if each.id in members and each.active)
    return standing, names


def _open(desk: Desk, *, patient_id: UUID, reason: str) -> EmergencyAccess:
    return desk.restricted.open_emergency(patient_id, reason)
