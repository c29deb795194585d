"""What is to be taken at a check besides answers: photographs and measurements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from mesodesk.ui.pages.followup_parts.wording import check_of
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import column, nest
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.followup import FollowUpRecord
    from mesodesk.ui.context import Context


class TakeCard(Card):
    """A way to each; there is none where the schedule asks for nothing."""

    def __init__(self, context: Context, record: FollowUpRecord, parent: QWidget) -> None:
        super().__init__(object_name="take_card", parent=parent)
        self._context, self._record = context, record
        self.set_title(self.tr("To take at this check"))
        photographs = Button(self.tr("Photographs"), "take_photographs", icon_name="image-plus")
        measures = Button(self.tr("Measurements"), "take_measurements", icon_name="tape-measure")
        photographs.clicked.connect(self._to_photographs)
        measures.clicked.connect(self._to_measurements)
        check = check_of(record)
        wanted = (check is not None and check.photo, check is not None and check.measures)
        for button, is_wanted in zip((photographs, measures), wanted, strict=True):
            self.add(button)
            button.setVisible(is_wanted)
        nest(self.body, column(Muted(self.tr("Alt+Left comes back to this check."))))
        if not any(wanted):
            self.hide()

    @Slot()
    def _to_photographs(self) -> None:
        """Go where each view is taken as it was the last time, and comes back here."""
        self._context.navigate(
            "patient",
            patient_id=self._record.patient_id,
            tab="photographs",
            follow_up_id=self._record.id,
        )

    @Slot()
    def _to_measurements(self) -> None:
        self._context.navigate("patient", patient_id=self._record.patient_id, tab="measurements")
