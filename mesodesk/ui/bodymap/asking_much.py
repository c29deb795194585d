"""Asks before very many points are placed, and lays them while the hand is on its way to answer."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from mesodesk.ui.bodymap.field_questions import Amount, about_much

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.fields import Outline
    from mesodesk.ui.bodymap.field_model import FieldModel
    from mesodesk.ui.bodymap.foresight import Work
    from mesodesk.ui.bodymap.model import ChartModel


class AskingMuch(QObject):
    """Asks for the model of fields, and again once something else is in the hand."""

    def __init__(self, fields: "FieldModel", model: "ChartModel") -> None:
        super().__init__(fields)
        self._fields = fields
        for changed in (fields.settings_changed, model.settings_changed, model.active_changed):
            changed.connect(self._ask_anew)

    def ask(self, amount: Amount, outline: "Outline") -> None:
        """Ask whether so many points are to be placed."""
        self._fields.ask(about_much(amount, outline, partial(self._fill, outline)))
        self._fields.foresight.prepare(*self._laying(outline))

    @Slot()
    def _ask_anew(self) -> None:
        """Ask about the same skin as it would be laid now; what else is asked is let be.

        That is about what was in the hand when it came up.
        """
        fields = self._fields
        outline = None if fields.question is None else fields.question.outline
        amount = None if outline is None else fields.laying.amount(outline, fields.settings)
        if outline is None or amount is None or fields.refuses(amount):
            fields.withdraw()
        else:
            self.ask(amount, outline)

    def _fill(self, outline: "Outline") -> None:
        self._fields.foresight.result(*self._laying(outline))
        self._fields.fill(outline, sure=True)

    def _laying(self, outline: "Outline") -> "tuple[object, Work[None]]":
        settings, lay_ahead = self._fields.settings, self._fields.laying.lay_ahead
        return (outline, settings), lambda _go_on: lay_ahead(outline, settings)
