"""The recovery kit: how old it is, and whether it works."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_date
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Body, Muted
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from datetime import datetime

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.safety import SafetyStanding
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class KitCard(Card):
    """Typing the key proves it against the vault; nothing else happens."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="kit_card", parent=parent)
        self.set_title(self.tr("Recovery kit"))
        self._context = context
        self.words = Body("")
        self.words.setObjectName("kit_words")
        self.lead = Muted(
            self.tr(
                "Take the sheet out of its place once a year and type its key here. It is only "
                "compared: nothing is opened or changed, and it goes on being valid."
            )
        )
        self.typed = TextField("kit_typed", self.tr("The recovery key on the sheet"), longest=60)
        self.typed.secret = True
        self.try_it = Button(self.tr("Does it work?"), "kit_try", icon_name="key-outline")
        self.result = Notice(object_name="kit_result")
        self.typed_row = FormRow(self.tr("Recovery key"), self.typed)
        for widget in (self.words, self.lead, self.typed_row, self.result):
            self.add(widget)
        nest(self.body, row(self.try_it, stretch=True))
        allowed = context.may(Right.KIT)
        for part in (self.typed_row, self.try_it, self.lead):
            part.setVisible(allowed)
        self.try_it.clicked.connect(self._try)
        self.typed.input.returnPressed.connect(self._try)

    def show_standing(self, standing: SafetyStanding) -> None:
        """Say when the kit was made and last proved."""
        if not standing.kits:
            self.words.setText(self.tr("No recovery key opens these records."))
            return
        said = self.tr("Made {made}, last proved {proved}.")
        self.words.setText(
            said.format(
                made=self._day(standing.kit_made_at), proved=self._day(standing.kit_proved_at)
            )
        )

    def _day(self, moment: datetime | None) -> str:
        if moment is None:
            return self.tr("never")
        from zoneinfo import ZoneInfo

        return format_date(moment.astimezone(ZoneInfo(self._context.clinic.fields.zone)).date())

    @Slot()
    def _try(self) -> None:
        if not self.typed.value():
            self.typed.set_error(self.tr("Type the 7 groups that stand on the sheet."))
            self.typed.setFocus()
            return
        self.try_it.setEnabled(False)
        work = partial(_try_kit, self.typed.value())
        self._context.run(self, work, self._tried, self._refused)

    def _tried(self, works: bool) -> None:
        self.forget()
        if works:
            self.result.show_notice(
                Kind.OK,
                self.tr("It works: this sheet opens the records."),
                self.tr("Put it back in its place, outside this room."),
            )
        else:
            self.result.show_notice(
                Kind.STOP,
                self.tr("This sheet does not open these records."),
                self.tr(
                    "It belongs to others, or was replaced by a newer one. Find the newer one."
                ),
            )

    def _refused(self, error: Exception) -> None:
        self.try_it.setEnabled(True)
        self.typed.set_error(explain(error))
        self.typed.setFocus()

    def forget(self) -> None:
        """Empty the field."""
        self.try_it.setEnabled(True)
        self.typed.set_value("")
        self.typed.set_error("")


def _try_kit(typed: str, desk: Desk) -> bool:
    return desk.safety.try_kit(typed)
