"""Gestures on whole fields: how the next one is laid, which is selected, what is done to it."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from uuid import UUID

from PySide6.QtCore import Signal, Slot

from mesodesk.domain.bodymap import field_edits
from mesodesk.domain.bodymap.edits import Edit, EditLabel, set_needle, set_syringe, set_technique
from mesodesk.domain.bodymap.field_edits import FieldSettings
from mesodesk.domain.bodymap.fields import (
    LARGEST_SPACING_MM,
    LEAST_SPACING_MM,
    ChartField,
    Outline,
    OutlineKind,
    Pattern,
)
from mesodesk.domain.bodymap.outlines import region_outline
from mesodesk.domain.bodymap.sharing import SharingError
from mesodesk.domain.ids import new_id
from mesodesk.ui.bodymap import field_questions
from mesodesk.ui.bodymap.asking import Asking
from mesodesk.ui.bodymap.field_laying import Laying
from mesodesk.ui.bodymap.field_notices import FieldNotices
from mesodesk.ui.bodymap.field_words import Joining
from mesodesk.ui.bodymap.foresight import Foresight, Work
from mesodesk.ui.bodymap.laying_anew import AnewAs, LayingAnew
from mesodesk.ui.bodymap.vocabulary import Step, stepped_dose

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.atlas import Atlas
    from mesodesk.ui.bodymap.model import ChartModel


# So little more skin comes from rounding, not from a hand.
_HARDLY_MM2: Final = 1.0


class FieldModel(Asking):
    """Makes and changes the fields of a chart; every change is an edit of the chart's model."""

    selection_changed = Signal()
    settings_changed = Signal()

    def __init__(self, model: "ChartModel") -> None:
        super().__init__(model)
        self._model = model
        self.laying = Laying(model)
        #: what the gesture under way will need at its end.
        self.foresight = Foresight(self)
        self.settings = FieldSettings()
        #: how wide the next band is.
        self.band_mm = Decimal(30)
        self.selection: UUID | None = None
        # The field that was made last, until it is on the chart: a question may come between.
        self._awaited: UUID | None = None
        self._notices = FieldNotices(model, self.laying)
        self._anew = LayingAnew(model, self)
        model.changed.connect(self._document_changed)
        model.loaded.connect(self._loaded)
        model.selection_changed.connect(self._point_selected)
        # A question is about what was in hand when it came up.
        for changed in (model.active_changed, model.settings_changed, model.read_only_changed):
            changed.connect(self.withdraw)
        self.settings_changed.connect(self.withdraw)
        self.selection_changed.connect(self.withdraw)

    # What is in hand and what is selected

    @property
    def selected(self) -> ChartField | None:
        """The selected field; a lone point is no field in this sense."""
        field = self._model.fields.get(self.selection) if self.selection is not None else None
        return field if field is not None and field.is_laid else None

    def select(self, field_id: UUID | None) -> None:
        """Select a field, or none."""
        if field_id != self.selection:
            self.selection = field_id
            self.selection_changed.emit()

    def set_settings(self, settings: FieldSettings) -> None:
        """Change how the next field is laid."""
        if settings != self.settings:
            self.settings = settings
            self.settings_changed.emit()

    def set_band(self, width_mm: Decimal) -> None:
        """Change how wide the next band is."""
        self.band_mm = width_mm
        self.settings_changed.emit()

    # Making fields

    def fill_region(self, key: str, joining: Joining = Joining.NEW) -> None:
        """Lay a field over a region, or add the region to the selected field, or cut it out."""
        selected = self.selected
        outline = region_outline([key])
        if joining is not Joining.NEW and selected is not None:
            whole = selected.outline
            if joining is Joining.ADD and whole is not None and key in whole.regions:
                self._model.said.emit(field_questions.nothing_added())
            elif joining is Joining.ADD and whole is not None and whole.regions:
                self._reshape(selected, region_outline([*whole.regions, key]))
            else:
                self._join(selected, outline, joining)
        else:
            self.fill(outline)

    def fill_drawn(self, outline: Outline | None, joining: Joining) -> None:
        """Lay a field over a drawn area, or add it to the selected field, or cut it out.

        Args:
            outline: of the area; None if no skin was drawn on.
            joining: what to do with it.
        """
        if outline is None:
            self._model.said.emit(self.tr("There is no skin there: no field was made."))
            return
        if joining is not Joining.NEW and self.selected is not None:
            self._join(self.selected, outline, joining)
        else:
            self.fill(outline)

    def fill(self, outline: Outline, syringe_id: UUID | None = None, *, sure: bool = False) -> None:
        """Lay a field over an outline, or along a line."""
        model = self._model
        active = model.active if syringe_id is None else model.syringe(syringe_id)
        if model.refused():
            return
        if active is None:
            model.said.emit(self.tr("Prepare a syringe first: every point needs one."))
            return
        amount = self.laying.amount(outline, self.settings)
        if amount is not None and self.refuses(amount):
            return
        if amount is not None and amount.is_much and not sure:
            self.ask(field_questions.about_much(amount, outline, lambda: self._fill_much(outline)))
            self.foresight.prepare(*self._much(outline))
            return
        made = self.laying.made(
            lambda laid, punctures: field_edits.filled(
                new_id(), active.id, model.settings, self.settings, outline, laid, punctures
            ),
            outline,
            self.settings,
        )
        if made is not None:
            label = EditLabel.LINE if outline.kind is OutlineKind.LINE else EditLabel.FILL
            self.put(made, label, lambda other: self.fill(outline, other, sure=True))

    def _fill_much(self, outline: Outline) -> None:
        self.foresight.result(*self._much(outline))
        self.fill(outline, sure=True)

    def _much(self, outline: Outline) -> tuple[object, Work[None]]:
        """Return what lays many points, to be laid while the hand is on its way to the answer."""
        settings = self.settings
        lay_ahead = self.laying.lay_ahead
        return (outline, settings), lambda _go_on: lay_ahead(outline, settings)

    def put(self, made: ChartField, label: EditLabel, again: Callable[[UUID], None]) -> None:
        """Put a new field on the chart, and select it once it is there."""
        self._add(made, label, again, selected=True)

    def _add(
        self,
        made: ChartField,
        label: EditLabel,
        again: Callable[[UUID], None],
        *,
        selected: bool,
        sure: bool = False,
    ) -> None:
        if not sure and self._has_twin(made):
            self.ask(
                field_questions.about_twin(
                    lambda: self._add(made, label, again, selected=selected, sure=True)
                )
            )
            return
        self._awaited = made.id if selected else None
        self._model.ask_or_make(field_edits.fill(made, label=label), again=again)

    def _has_twin(self, made: ChartField) -> bool:
        """Tell whether the same skin has a field of the same syringe: as after a double click."""
        return any(
            one.syringe_id == made.syringe_id and one.is_laid and field_edits.lies_on(one, made)
            for one in self._model.fields.values()
        )

    def refuses(self, amount: field_questions.Amount) -> bool:
        """Tell whether a field cannot have so many points, and say so."""
        if amount.is_too_much:
            self._model.said.emit(field_questions.too_much(amount))
        return amount.is_too_much

    # Changing the selected field

    def _join(self, field: ChartField, drawn: Outline, joining: Joining) -> None:
        own, other = self.laying.area_of(field), self.laying.area(drawn)
        if own is None or other is None:
            self._model.said.emit(self.tr("The selected field has no outline to change."))
            return
        if joining is Joining.CUT and not self.laying.meet(own, other):
            self._model.said.emit(self.tr("Nothing was cut out: the area lies beside the field."))
            return
        area = self.laying.combined(own, other, joining)
        if area is None:
            self._model.said.emit(field_questions.too_far_apart())
        elif area.is_empty:
            self._model.said.emit(field_questions.nothing_left())
        elif joining is Joining.ADD and area.area_mm2 - own.area_mm2 < _HARDLY_MM2:
            self._model.said.emit(field_questions.nothing_added())
        else:
            self._reshape(field, self.laying.outline_of(area, OutlineKind.LASSO))

    def _reshape(self, field: ChartField, outline: Outline) -> None:
        self._anew.lay(AnewAs(field, self._anew.settings_of(field), outline, EditLabel.OUTLINE))

    def set_spacing(self, spacing_mm: Decimal) -> None:
        """Lay the selected field at another spacing; without one, set that of the next.

        The nearest of 2 to 40 mm is taken. Once laid, the next field is laid so as well.
        """
        within = min(max(spacing_mm, LEAST_SPACING_MM), LARGEST_SPACING_MM)
        self._relay(EditLabel.SPACING, lambda settings: replace(settings, spacing_mm=within))

    def set_count(self, count: int) -> None:
        """Lay the selected field with so many points, or as near as its rows come to that.

        Points taken out come back, if that is wanted; what is as near as any other stays.
        """
        if self.selected is not None and not self._model.refused():
            self._anew.set_count(self.selected, count)

    def set_pattern(self, pattern: Pattern) -> None:
        """Lay the selected field in another pattern; without one, set that of the next.

        Once laid, the next field is laid so as well.
        """
        self._relay(EditLabel.PATTERN, lambda settings: replace(settings, pattern=pattern))

    def _relay(self, label: EditLabel, change: Callable[[FieldSettings], FieldSettings]) -> None:
        field = self.selected
        if field is None:
            self.set_settings(change(self.settings))
        else:
            self._anew.relay(field, label, change)

    def set_dose(self, dose_ml: Decimal) -> None:
        """Give the points of the selected field another volume each."""
        field = self.selected
        if field is None or self._model.refused():
            return
        try:
            dosed = field_edits.with_dose(field, dose_ml)
            key = self._model.series_key("dose", field.id)
            self.replace(field, dosed, EditLabel.DOSE, key)
        except SharingError:
            self._model.said.emit(field_questions.no_punctures())

    def step_dose(self, direction: int, stepped: Step = stepped_dose) -> None:
        """Give each point of the selected field one step more (1) or less (-1)."""
        field = self.selected
        if field is None:
            return
        before = field_edits.usual_dose_ml(field)
        dose_ml = stepped(before, direction)
        # The usual dose of a shared volume may be a little more or less than its mean.
        if dose_ml != before:
            self.set_dose(dose_ml)

    def set_total(self, total_ml: Decimal) -> None:
        """Share a volume over the points of the selected field."""
        field = self.selected
        if field is None or self._model.refused():
            return
        try:
            self.replace(field, field_edits.with_total(field, total_ml), EditLabel.DOSE)
        except SharingError:
            self._model.said.emit(field_questions.not_shared(total_ml))

    def set_depth(self, depth_mm: Decimal) -> None:
        """Give the points of the selected field another depth."""
        field = self.selected
        if field is not None and not self._model.refused():
            self.replace(field, field_edits.with_depth(field, depth_mm), EditLabel.DEPTH)

    def set_technique(self, technique: str) -> None:
        """Change the technique of the selected field."""
        self._make(set_technique, technique)

    def set_needle(self, needle: str) -> None:
        """Change the needle of the selected field."""
        self._make(set_needle, needle)

    def _make(self, edit_of: Callable[[ChartField, str], Edit], value: str) -> None:
        field = self.selected
        if field is not None and not self._model.refused():
            self._model.make(edit_of(field, value))

    def set_syringe(self, syringe_id: UUID) -> None:
        """Say that the selected field came from another syringe."""
        field, model = self.selected, self._model
        if field is not None and not model.refused() and field.syringe_id != syringe_id:
            model.ask_or_make(set_syringe(field, syringe_id))

    def replace(
        self, before: ChartField, after: ChartField, label: EditLabel, key: str | None = None
    ) -> None:
        """Put a changed field in the place of what it was, unless that waits for an answer."""
        self._model.ask_or_make(field_edits.change(label, before, after, key))

    def mirror(self) -> None:
        """Put the selected field's image on the other side of the body, linked to it."""
        field, model = self.selected, self._model
        if model.refused() or model.atlas is None:
            return
        reason = field_questions.not_mirrored(field, model.fields)
        if reason:
            model.said.emit(reason)
        elif field is not None:
            with model.said_as_one():
                self._mirror(field, model.atlas, field.syringe_id)
                self._tell_of_image(field)

    def _tell_of_image(self, field: ChartField) -> None:
        """Say so if the image is from another syringe than the one in hand."""
        own, active = self._model.syringe(field.syringe_id), self._model.active
        made = any(one.mirror_of == field.id for one in self._model.fields.values())
        if made and own is not None and active is not None and own.id != active.id:
            self._model.said.emit(field_questions.mirrored_from(own.digit, active.digit))

    def _mirror(self, field: ChartField, atlas: "Atlas", syringe_id: UUID) -> None:
        image = replace(field_edits.mirrored(field, atlas, new_id()), syringe_id=syringe_id)
        if field.outline is not None and image.outline == field.outline:
            self._model.said.emit(self.tr("This field lies on both sides of the midline already."))
            return
        self._add(
            image,
            EditLabel.MIRROR,
            lambda other: self._mirror(field, atlas, other),
            selected=False,
        )

    def delete(self) -> None:
        """Remove the selected field; while something is asked, only let that be."""
        field, model = self.selected, self._model
        if self.question is not None:
            self.withdraw()
        elif model.pending is not None:
            model.drop_pending()
        elif field is not None and not self._model.refused():
            self.select(None)
            self._model.make(field_edits.remove(field))
            self._model.said.emit(field_questions.removed(field))

    # What the chart tells

    def _document_changed(self, _changed: object) -> None:
        self.withdraw()
        if self._awaited is not None and self._awaited in self._model.fields:
            made, self._awaited = self._awaited, None
            self._model.select(None)
            self.select(made)
        elif self.selection is not None and self.selection not in self._model.fields:
            self.select(None)
        else:
            self.selection_changed.emit()

    @Slot()
    def withdraw(self) -> None:
        """Take the question back if there is one, and let go of what its answer would need."""
        if self.question is not None:
            self.foresight.drop()
        super().withdraw()

    def _loaded(self) -> None:
        self._awaited = None
        self.foresight.drop()
        self.laying.forget()
        self.ask(None)
        self.select(None)

    def _point_selected(self) -> None:
        ref = self._model.selection
        if ref is not None:
            self.select(ref.field_id)
