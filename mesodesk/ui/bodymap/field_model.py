"""Gestures on whole fields: how the next one is laid, which is selected, what is done to it."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from mesodesk.domain.bodymap import field_edits
from mesodesk.domain.bodymap.edits import Edit, EditLabel, set_needle, set_syringe, set_technique
from mesodesk.domain.bodymap.field_edits import FieldSettings
from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.outlines import region_outline
from mesodesk.domain.bodymap.sharing import SharingError
from mesodesk.domain.ids import new_id
from mesodesk.ui.bodymap.field_laying import Laying
from mesodesk.ui.bodymap.field_words import Joining, Question
from mesodesk.ui.bodymap.figures import ml, points_text
from mesodesk.ui.bodymap.vocabulary import stepped_dose
from mesodesk.ui.numbers import format_decimal

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.area import Area
    from mesodesk.domain.bodymap.atlas import Atlas
    from mesodesk.ui.bodymap.model import ChartModel
    from mesodesk.ui.bodymap.syringes import ChartSyringe

LEAST_SPACING_MM: Final = Decimal(2)
LARGEST_SPACING_MM: Final = Decimal(40)
# More points than this at once are asked about first.
_MANY: Final = 1500


class FieldModel(QObject):
    """Makes and changes the fields of a chart; every change is an edit of the chart's model."""

    selection_changed = Signal()
    settings_changed = Signal()
    #: Question or None.
    question_changed = Signal(object)

    def __init__(self, model: "ChartModel") -> None:
        super().__init__(model)
        self._model = model
        self.laying = Laying(model)
        self.settings = FieldSettings()
        #: how wide the next band is.
        self.band_mm = Decimal(30)
        self.selection: UUID | None = None
        self.question: Question | None = None
        # The field that was made last, until it is on the chart: a question may come between.
        self._awaited: UUID | None = None
        model.changed.connect(self._document_changed)
        model.loaded.connect(self._loaded)
        model.selection_changed.connect(self._point_selected)

    # What is in hand and what is selected

    @property
    def selected(self) -> ChartField | None:
        """The selected field; a lone point is no field in this sense."""
        field = self._model.fields.get(self.selection) if self.selection is not None else None
        return field if field is not None and is_laid(field) else None

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
            if joining is Joining.ADD and whole is not None and whole.regions:
                self._reshape(selected, region_outline([*whole.regions, key]))
            else:
                self._join(selected, outline, joining)
        else:
            self.fill(outline)

    def fill_area(
        self, area: "Area", kind: OutlineKind, width_mm: Decimal | None, joining: Joining
    ) -> None:
        """Lay a field over a drawn area, or add it to the selected field, or cut it out."""
        if area.is_empty or not area.rings:
            self._model.said.emit(self.tr("There is no skin there: no field was made."))
            return
        outline = self.laying.outline_of(area, kind, width_mm)
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
        if not sure and self._asks_for_many(outline, lambda: self.fill(outline, sure=True)):
            return
        made = self.laying.made(
            lambda laid, punctures: field_edits.filled(
                new_id(), active.id, model.settings, self.settings, outline, laid, punctures
            ),
            outline,
            self.settings,
        )
        if made is None:
            return
        label = EditLabel.LINE if outline.kind is OutlineKind.LINE else EditLabel.FILL
        edit = field_edits.fill(made, label=label)
        self.put(active, made, edit, lambda other: self.fill(outline, other, sure=True))

    def put(
        self, syringe: "ChartSyringe", made: ChartField, edit: Edit, again: Callable[[UUID], None]
    ) -> None:
        """Put a new field on the chart, and select it once it is there."""
        self._awaited = made.id
        self._model.ask_or_make(syringe, made.volume_ml, edit, again=again)

    def _take_new(self, made: ChartField) -> None:
        self._awaited = None
        self._model.select(None)
        self.select(made.id)
        self._tell_overlap(made)

    def _asks_for_many(self, outline: Outline, go_on: Callable[[], None]) -> bool:
        area, settings = self.laying.area(outline), self.settings
        if area is None or settings.pattern is Pattern.ZONE:
            return False
        count = self.laying.estimate(area, settings)
        if count <= _MANY:
            return False
        headline = self.tr("This would be about {number} points.").format(
            number=format_decimal(Decimal(count))
        )
        text = self.tr("Points {spacing} mm apart over {area} cm\u00b2.").format(
            spacing=format_decimal(settings.spacing_mm), area=round(self.laying.cm2(area))
        )
        self.ask(Question(headline, text, self.tr("Place them"), go_on))
        return True

    def _tell_overlap(self, made: ChartField) -> None:
        """No two fields overlap unnoticed."""
        shared = self.laying.shared_cm2(made)
        if shared:
            self._model.said.emit(
                self.tr("This field shares {area} cm\u00b2 with others of today.").format(
                    area=shared
                )
            )

    # Changing the selected field

    def _join(self, field: ChartField, drawn: Outline, joining: Joining) -> None:
        from mesodesk.domain.bodymap.area import joined, without

        atlas, own, other = self._model.atlas, self.laying.area_of(field), self.laying.area(drawn)
        if atlas is None or own is None or other is None:
            self._model.said.emit(self.tr("The selected field has no outline to change."))
            return
        combine = joined if joining is Joining.ADD else without
        area = combine(atlas.skin, own, other)
        if area.is_empty:
            self._model.said.emit(
                self.tr("Nothing of the field would be left. Press Delete to remove it.")
            )
            return
        self._reshape(field, self.laying.outline_of(area, OutlineKind.LASSO))

    def _reshape(self, field: ChartField, outline: Outline) -> None:
        self._lay_anew(field, self._settings_of(field), outline, EditLabel.OUTLINE)

    def set_spacing(self, spacing_mm: Decimal) -> None:
        """Lay the selected field at another spacing; without one, set that of the next."""
        self._relay(EditLabel.SPACING, spacing_mm=spacing_mm)

    def set_pattern(self, pattern: Pattern) -> None:
        """Lay the selected field in another pattern; without one, set that of the next."""
        self._relay(EditLabel.PATTERN, pattern=pattern)

    def _relay(
        self,
        label: EditLabel,
        *,
        spacing_mm: Decimal | None = None,
        pattern: Pattern | None = None,
    ) -> None:
        field = self.selected
        before = self.settings if field is None else self._settings_of(field)
        wanted = replace(
            before,
            spacing_mm=before.spacing_mm if spacing_mm is None else spacing_mm,
            pattern=before.pattern if pattern is None else pattern,
        )
        self.set_settings(replace(wanted, total_ml=self.settings.total_ml))
        if field is not None and field.outline is not None and wanted != before:
            self._lay_anew(field, wanted, field.outline, label)

    def _settings_of(self, field: ChartField) -> FieldSettings:
        shared = field.dose_per_point_ml is None
        return FieldSettings(
            field.pattern,
            field.spacing_mm or self.settings.spacing_mm,
            field.volume_ml if shared else None,
        )

    def _lay_anew(
        self,
        field: ChartField,
        settings: FieldSettings,
        outline: Outline,
        label: EditLabel,
        *,
        sure: bool = False,
    ) -> None:
        if self._model.refused():
            return
        by_hand = field_edits.changed_by_hand(field)
        if by_hand and not sure:
            self._ask_to_discard(
                by_hand, lambda: self._lay_anew(field, settings, outline, label, sure=True)
            )
            return
        anew = self.laying.made(
            lambda laid, punctures: field_edits.laid_anew(
                field, settings, outline, laid, punctures
            ),
            outline,
            settings,
        )
        if anew is not None:
            self._replace(field, anew, label)

    def _ask_to_discard(self, by_hand: int, go_on: Callable[[], None]) -> None:
        headline = self.tr("Lay the points of this field anew?")
        text = self.tr("{points} changed by hand would go back into the pattern.").format(
            points=points_text(by_hand)
        )
        self.ask(Question(headline, text, self.tr("Lay anew"), go_on))

    def set_dose(self, dose_ml: Decimal) -> None:
        """Give the points of the selected field another volume each."""
        field = self.selected
        if field is not None and not self._model.refused():
            self._replace(field, field_edits.with_dose(field, dose_ml), EditLabel.DOSE)

    def step_dose(self, direction: int) -> None:
        """Give each point of the selected field one step more (1) or less (-1)."""
        field = self.selected
        if field is not None:
            self.set_dose(stepped_dose(field_edits.usual_dose_ml(field), direction))

    def set_total(self, total_ml: Decimal) -> None:
        """Share a volume over the points of the selected field."""
        field = self.selected
        if field is None or self._model.refused():
            return
        try:
            self._replace(field, field_edits.with_total(field, total_ml), EditLabel.DOSE)
        except SharingError:
            self._model.said.emit(
                self.tr("{total} mL cannot be shared by these points. Nothing was changed.").format(
                    total=ml(total_ml)
                )
            )

    def set_depth(self, depth_mm: Decimal) -> None:
        """Give the points of the selected field another depth."""
        field = self.selected
        if field is not None and not self._model.refused():
            self._replace(field, field_edits.with_depth(field, depth_mm), EditLabel.DEPTH)

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
            edit = set_syringe(field, syringe_id)
            model.ask_or_make(model.syringe(syringe_id), field.volume_ml, edit)

    def _replace(self, before: ChartField, after: ChartField, label: EditLabel) -> None:
        model = self._model
        edit = field_edits.change(label, before, after)
        syringe = model.syringe(before.syringe_id)
        model.ask_or_make(syringe, after.volume_ml - before.volume_ml, edit)

    def mirror(self) -> None:
        """Put the selected field's image on the other side of the body, linked to it."""
        field, model = self.selected, self._model
        if model.refused() or model.atlas is None:
            return
        if field is None:
            model.said.emit(self.tr("Select a field first: its image goes to the other side."))
            return
        if any(one.mirror_of == field.id for one in model.fields.values()):
            model.said.emit(self.tr("This field is on both sides already."))
            return
        self._mirror(field, model.atlas, field.syringe_id)

    def _mirror(self, field: ChartField, atlas: "Atlas", syringe_id: UUID) -> None:
        image = field_edits.mirrored(field, atlas, new_id())
        image = replace(image, syringe_id=syringe_id)
        if field.outline is not None and image.outline == field.outline:
            self._model.said.emit(self.tr("This field lies on both sides of the midline already."))
            return
        self._model.ask_or_make(
            self._model.syringe(syringe_id),
            image.volume_ml,
            field_edits.fill(image, label=EditLabel.MIRROR),
            again=lambda other: self._mirror(field, atlas, other),
        )

    def delete(self) -> None:
        """Remove the selected field."""
        field = self.selected
        if field is not None and not self._model.refused():
            self.select(None)
            self._model.make(field_edits.remove(field))

    # Questions

    def ask(self, question: Question | None) -> None:
        """Ask something, or take the question back."""
        self.question = question
        self.question_changed.emit(question)

    def answer(self) -> None:
        """Do what was asked about."""
        question = self.question
        self.ask(None)
        if question is not None:
            question.go_on()

    # What the chart tells

    def _document_changed(self, _changed: object) -> None:
        if self.question is not None:
            self.ask(None)
        made = self._model.fields.get(self._awaited) if self._awaited is not None else None
        if made is not None:
            self._take_new(made)
        elif self.selection is not None and self.selection not in self._model.fields:
            self.select(None)
        else:
            self.selection_changed.emit()

    def _loaded(self) -> None:
        self._awaited = None
        self.ask(None)
        self.select(None)

    def _point_selected(self) -> None:
        ref = self._model.selection
        if ref is not None:
            self.select(ref.field_id)


def is_laid(field: ChartField) -> bool:
    """Tell whether a field was laid over an area, and is not just a point."""
    return field.outline is not None or field.pattern is not Pattern.SINGLE


def is_line(field: ChartField) -> bool:
    """Tell whether a field lies along a line, which has no patterns and no area."""
    return field.outline is not None and field.outline.kind is OutlineKind.LINE
