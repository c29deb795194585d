"""Laying a charted field anew: at another spacing, in another pattern or outline, or as it was."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mesodesk.domain.bodymap import field_edits
from mesodesk.domain.bodymap.edits import EditLabel
from mesodesk.domain.bodymap.field_edits import FieldSettings
from mesodesk.domain.bodymap.fields import ChartField, Outline
from mesodesk.ui.bodymap import field_questions
from mesodesk.ui.bodymap.next_field import NextField

if TYPE_CHECKING:
    from mesodesk.ui.bodymap.field_model import FieldModel
    from mesodesk.ui.bodymap.model import ChartModel

Change = Callable[[FieldSettings], FieldSettings]


@dataclass(frozen=True, slots=True)
class AnewAs:
    """How a field is laid anew.

    `hand` is how the next field is laid then, None if that stays; `told` is said of it. `count` is
    how many of the points are kept, None for all.
    """

    field: ChartField
    settings: FieldSettings
    outline: Outline
    label: EditLabel
    hand: FieldSettings | None = None
    told: str = ""
    count: int | None = None


class LayingAnew:
    """Lays fields anew, and asks before work of a hand is lost by it."""

    def __init__(self, model: "ChartModel", fields: "FieldModel") -> None:
        self._model = model
        self._fields = fields
        self._next = NextField(model)

    def settings_of(self, field: ChartField) -> FieldSettings:
        """Return how a field is laid now."""
        shared = field.dose_per_point_ml is None
        return FieldSettings(
            field.pattern,
            field.spacing_mm or self._fields.settings.spacing_mm,
            field.volume_ml if shared else None,
        )

    def relay(self, field: ChartField, label: EditLabel, change: Change) -> None:
        """Lay a field otherwise, and the next one too; nothing is done if it is laid so."""
        before = self.settings_of(field)
        if field.outline is not None and change(before) != before:
            hand = change(self._fields.settings)
            self.lay(AnewAs(field, change(before), field.outline, label, hand))

    def set_count(self, field: ChartField, count: int) -> None:
        """Lay a field with so many points, or as near as its rows come to that.

        Where rows have a few more, points at the corners are left out.

        Raises:
            ValueError: if the field has no points in a pattern.
        """
        now = len(field.points)
        if field.outline is None or now == count:
            return
        spacing_mm, found = self._fields.laying.spacing_for(field, count)
        fuller = None
        if found != count:
            fuller = self._fields.laying.spacing_to_thin(field, count)
        told = ""
        if fuller is not None:
            spacing_mm, found = fuller
            told = field_questions.left_out(count, found - count) if found > count else ""
        elif abs(now - count) <= abs(found - count):
            self._model.said.emit(field_questions.nearest_count(count, now))
            return
        elif found != count:
            told = field_questions.nearest_count(count, found)
        hand = replace(self._fields.settings, spacing_mm=spacing_mm)
        # Points taken out come back even at the spacing that the field has.
        settings = replace(self.settings_of(field), spacing_mm=spacing_mm)
        kept = None if fuller is None else count
        self.lay(AnewAs(field, settings, field.outline, EditLabel.SPACING, hand, told, kept))

    def lay(self, wanted: AnewAs, *, sure: bool = False) -> None:
        """Lay a field out again."""
        field, laying = wanted.field, self._fields.laying
        if self._model.refused():
            return
        amount = laying.amount(wanted.outline, wanted.settings)
        if amount is not None and self._fields.refuses(amount):
            return
        doubt = field_questions.about_laying_anew(
            field, amount, lambda: self.lay(wanted, sure=True), wanted.told
        )
        if doubt is not None and not sure:
            self._fields.ask(doubt)
            return
        anew = laying.made(
            lambda laid, punctures: field_edits.laid_anew(
                field,
                wanted.settings,
                wanted.outline,
                laying.thinned(laid, wanted.count),
                punctures,
            ),
            wanted.outline,
            wanted.settings,
        )
        if anew is not None:
            with self._model.said_as_one():
                self._put(wanted, anew)

    def _put(self, wanted: AnewAs, anew: ChartField) -> None:
        self._fields.replace(wanted.field, anew, wanted.label)
        # An image is a field of its own now.
        if self._model.fields.get(anew.id) != replace(anew, mirror_of=None):
            return
        if wanted.hand is not None:
            self._next.take(wanted.hand)
        if wanted.told:
            self._model.said.emit(wanted.told)
