"""What the next points and fields get, or what the selected field has: one card for both."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from mesodesk.domain.bodymap.edits import PointSettings
from mesodesk.domain.bodymap.field_edits import usual_dose_ml
from mesodesk.domain.bodymap.fields import LARGEST_SPACING_MM, LEAST_SPACING_MM, ChartField, Pattern
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.bodymap.names import field_name
from mesodesk.ui.bodymap.stamping import spacing_text, stamp_options
from mesodesk.ui.bodymap.stepper import Stepper, compact_stepper
from mesodesk.ui.bodymap.tools import Tool
from mesodesk.ui.bodymap.vocabulary import (
    LARGEST_COUNT,
    LARGEST_DEPTH_MM,
    LARGEST_DOSE_ML,
    LARGEST_TOTAL_ML,
    LEAST_COUNT,
    LEAST_DEPTH_MM,
    LEAST_DOSE_ML,
    needle_options,
    pattern_options,
    stepped_depth,
    stepped_dose,
    stepped_spacing,
    technique_options,
)
from mesodesk.ui.tokens import COMPACT, Space
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.layouts import laid_out_once, nest
from mesodesk.ui.widgets.numberfields import NumberField
from mesodesk.ui.widgets.text import Label

if TYPE_CHECKING:
    from uuid import UUID

_LARGEST_BAND_MM = Decimal(200)
# The focus goes only for a moment: to a menu, or to another window.
_COMES_BACK = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
_LEAVING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class SettingsPanel(Card):
    """Edits the model's settings, or the field that is selected.

    In a number, Enter takes it over and Esc puts back what is on the chart.
    """

    #: a number is typed no longer: the keyboard is for the body again.
    typed = Signal()

    def __init__(self, model: ChartModel, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Next point"), object_name="point_settings", padding=Space.M, parent=parent
        )
        self.model = model
        self._fields = model.field_model
        self._tool = Tool.POINT
        # Whose values the inputs show; None for what comes next.
        self._shown: UUID | None = None
        self._told_total: Decimal | None = None
        # While the model decides on an edit of this card, what is wanted goes on being shown.
        self._asking = False
        self.summary = Label("", tone="muted")
        self.summary.setWordWrap(True)
        self.summary.setObjectName("field_summary")
        self._make_inputs()
        self._make_buttons()
        self._lay_out()
        self._connect()
        self._refresh()

    def _make_inputs(self) -> None:
        self.stamp = ChoiceField("stamp_choice", self.tr("Footprint of the stamp"), compact=True)
        self.pattern = ChoiceField("field_pattern", self.tr("Pattern"), compact=True)
        self.spacing_mm = compact_stepper(
            "field_spacing", self.tr("Spacing along the skin"), stepped_spacing, "mm",
            (LEAST_SPACING_MM, LARGEST_SPACING_MM), places=1,
        )  # fmt: skip
        self.points = compact_stepper(
            "field_points", self.tr("Number of points"), self._stepped_count, "",
            (LEAST_COUNT, LARGEST_COUNT), places=0,
        )  # fmt: skip
        self.band_mm = compact_stepper(
            "band_width", self.tr("Width of the band"), stepped_spacing, "mm",
            (LEAST_SPACING_MM, _LARGEST_BAND_MM), places=1,
        )  # fmt: skip
        self.dose_ml = compact_stepper(
            "next_dose", self.tr("Volume of the next point"), stepped_dose, "mL",
            (LEAST_DOSE_ML, LARGEST_DOSE_ML), places=3,
        )  # fmt: skip
        self.total_ml = NumberField(
            "field_total", self.tr("Volume shared over the field"), places=3, unit="mL",
            minimum=LEAST_DOSE_ML, maximum=LARGEST_TOTAL_ML, compact=True,
        )  # fmt: skip
        self.depth_mm = compact_stepper(
            "next_depth", self.tr("Depth of the next point"), stepped_depth, "mm",
            (LEAST_DEPTH_MM, LARGEST_DEPTH_MM), places=2,
        )  # fmt: skip
        self.technique = ChoiceField("next_technique", self.tr("Technique of the next point"),
                                     compact=True)  # fmt: skip
        self.needle = ChoiceField("next_needle", self.tr("Needle"), compact=True)

    def _make_buttons(self) -> None:
        self.mirror = IconButton(
            "flip-horizontal", self.tr("Put its image on the other side of the body"),
            "field_mirror", keys="M", size=COMPACT,
        )  # fmt: skip
        self.delete = IconButton(
            "trash-can-outline", self.tr("Remove the field with all its points"),
            "field_delete", keys="Del", size=COMPACT,
        )  # fmt: skip
        self.add_trailing(self.mirror)
        self.add_trailing(self.delete)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        self._volume = Label("", tone="muted")
        rows: tuple[tuple[str | Label, QWidget], ...] = (
            (self.tr("Footprint"), self.stamp),
            (self.tr("Pattern"), self.pattern),
            (self.tr("Spacing"), self.spacing_mm),
            (self.tr("Points"), self.points),
            (self.tr("Width"), self.band_mm),
            (self._volume, self.dose_ml),
            (self.tr("Total"), self.total_ml),
            (self.tr("Depth"), self.depth_mm),
            (self.tr("Technique"), self.technique),
            (self.tr("Needle"), self.needle),
        )
        self._words: dict[QWidget, Label] = {}
        self._numbers: dict[QWidget, NumberField] = {}
        for at, (text, widget) in enumerate(rows):
            label = text if isinstance(text, Label) else Label(text, tone="muted")
            self._words[widget] = label
            grid.addWidget(label, 2 * at, 0)
            grid.addWidget(widget, 2 * at, 1)
            number = widget.field if isinstance(widget, Stepper) else widget
            if isinstance(number, NumberField):
                # Beneath the narrow box its sentence would be a column of single words.
                self._numbers[widget] = number
                number.input.installEventFilter(self)
                grid.addWidget(number.message, 2 * at + 1, 0, 1, 2)
        self.body.addWidget(self.summary)
        nest(self.body, grid)

    def _connect(self) -> None:
        model, fields = self.model, self._fields
        self.stamp.edited.connect(model.stamping.choose)
        self.pattern.edited.connect(self._pattern_edited)
        self.spacing_mm.edited.connect(self._spacing_edited)
        self.points.edited.connect(self._points_edited)
        self.band_mm.edited.connect(fields.set_band)
        self.dose_ml.edited.connect(self._dose_edited)
        self.total_ml.committed.connect(self._total_edited)
        self.depth_mm.edited.connect(self._depth_edited)
        self.technique.edited.connect(self._technique_edited)
        self.needle.edited.connect(self._needle_edited)
        self.mirror.clicked.connect(fields.mirror)
        self.delete.clicked.connect(fields.delete)
        for signal in (
            model.settings_changed,
            model.loaded,
            model.read_only_changed,
            fields.selection_changed,
            fields.settings_changed,
            model.stamping.changed,
            # What is said may be that the wanted value was refused.
            model.said,
        ):
            signal.connect(self._refresh)
        for signal in (model.pending_changed, fields.question_changed):
            signal.connect(self._asked)

    @Slot(str)
    def show_tool(self, tool: str) -> None:
        """Show what the tool in hand needs: pattern and spacing only where fields are laid."""
        self._tool = Tool(tool)
        self._refresh()

    def _hand(self, field: ChartField | None) -> PointSettings:
        if field is None:
            return self.model.settings
        return PointSettings(field.technique, field.depth_mm, field.needle, usual_dose_ml(field))

    @Slot(object)
    def _asked(self, asked: object) -> None:
        """Show what is on the chart again once nothing is asked about a change any more."""
        if asked is None:
            self._refresh()

    def _change(self, make: Callable[[], None]) -> None:
        with self.shown_once():
            make()

    @contextmanager
    def shown_once(self) -> Iterator[None]:
        """Show what came of changes of the model, unless it asks about them first."""
        self._asking = True
        try:
            yield
        finally:
            self._asking = False
            if self.model.pending is None and self._fields.question is None:
                self._refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give the keyboard away with the Enter that a number took over, and with Esc."""
        number = next((each for each in self._numbers.values() if each.input.hasFocus()), None)
        if number is None or event.key() not in _LEAVING:
            super().keyPressEvent(event)
            return
        if event.key() == Qt.Key.Key_Escape:
            self._refresh(anew=True)
        # What cannot be read stays where it was typed, to be mended.
        if not number.error():
            self.typed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Put the number in force back where one that cannot be is left: it is what is laid."""
        if isinstance(event, QFocusEvent) and event.type() is QEvent.Type.FocusOut:
            left = [each for each in self._numbers.values() if each.input is watched]
            away = event.reason() not in _COMES_BACK
            if away and left and left[0].error():
                self._put_back(left[0])
        return super().eventFilter(watched, event)

    def _put_back(self, number: NumberField) -> None:
        problem = number.error()
        self._refresh(anew=True)
        stays = number.input.text()
        kept = self.tr("{number} stays.").format(number=stays) if stays else ""
        self.model.said.emit(" ".join(filter(None, (problem, kept))))

    @Slot()
    @Slot(str)
    def _refresh(self, _said: str = "", *, anew: bool = False) -> None:
        """Show what is on the chart; `anew` puts it in place of what is being typed as well."""
        if self._asking:
            return
        field = self._fields.selected
        hand = self._hand(field)
        shown, self._shown = self._shown, None if field is None else field.id
        anew = anew or shown != self._shown
        with laid_out_once(self):
            self._refresh_words(field)
            self._refresh_field(field, anew=anew)
        self._refresh_dose(hand.dose_ml, shared=field is None and self._shares, anew=anew)
        self.depth_mm.set_value(hand.depth_mm, anew=anew)
        options = technique_options(self.model.language, hand.technique)
        self.technique.set_options(options)
        self.technique.set_value(hand.technique)
        # The name may not fit, and what sources say of its depth is worth a look.
        chosen = next(option for option in options if option.value == hand.technique)
        self.technique.setToolTip(f"{chosen.text}\n{chosen.detail}".strip())
        self.needle.set_options(needle_options(hand.needle))
        self.needle.set_value(hand.needle)
        # Until it is laid out it has no parent, and would come up as a window of its own.
        if self.parentWidget() is not None:
            self.setVisible(not self.model.read_only)

    @property
    def _shares(self) -> bool:
        """Whether the next field gets a total, which says what each of its points gets."""
        lays = self._tool.lays_fields and self._tool is not Tool.STAMP
        return lays and self._fields.settings.total_ml is not None

    def _refresh_dose(self, dose_ml: Decimal, *, shared: bool, anew: bool) -> None:
        if shared:
            # As wide as its box can show: the total below says it.
            self.dose_ml.set_blank(dose_ml, "\u2013")
        else:
            self.dose_ml.set_value(dose_ml, anew=anew)

    def _refresh_words(self, field: ChartField | None) -> None:
        lays = self._tool.lays_fields
        if field is not None:
            self.set_title(self.tr("Selected field"))
        else:
            self.set_title(self.tr("Next field") if lays else self.tr("Next point"))
        self.summary.setVisible(field is not None)
        if field is not None:
            self.summary.setText(field_name(self.model, field))
        self._volume.setText(self.tr("Each") if lays or field is not None else self.tr("Volume"))
        self.mirror.setVisible(field is not None)
        self.delete.setVisible(field is not None)

    def _refresh_field(self, field: ChartField | None, *, anew: bool) -> None:
        settings = self._fields.settings
        laid = field is not None and field.outline is not None
        lays = self._tool.lays_fields and self._tool is not Tool.STAMP and field is None
        line = self._tool is Tool.LINE if field is None else field.is_line
        pattern = settings.pattern if field is None else field.pattern
        spacing = settings.spacing_mm if field is None else field.spacing_mm
        shared = settings.total_ml
        if field is not None:
            shared = field.volume_ml if field.dose_per_point_ml is None else None
        stamp = self.model.stamping.stamp
        self.stamp.set_options(stamp_options(self.model.language))
        self.stamp.set_value(stamp.id)
        self.stamp.setToolTip("\n".join((spacing_text(stamp), *map(str, stamp.sources))))
        self.pattern.set_options(pattern_options())
        self.pattern.set_value(pattern)
        self.spacing_mm.set_value(spacing or settings.spacing_mm, anew=anew)
        if field is not None:
            self.points.set_value(Decimal(len(field.points)), anew=anew)
        self.band_mm.set_value(self._fields.band_mm, anew=anew)
        if anew or shared != self._told_total or not self.total_ml.input.hasFocus():
            self.total_ml.set_value(shared)
        self._told_total = shared
        self.total_ml.input.setPlaceholderText(self.tr("shared out"))
        for widget, wanted in (
            (self.stamp, self._tool is Tool.STAMP),
            (self.pattern, not line and (laid or lays)),
            (self.spacing_mm, laid or lays),
            (self.points, laid and pattern is not Pattern.ZONE),
            (self.band_mm, lays and self._tool is Tool.BAND),
            (self.total_ml, laid or lays or field is not None),
        ):
            widget.setVisible(wanted)
            self._words[widget].setVisible(wanted)
            if widget in self._numbers:
                number = self._numbers[widget]
                number.message.setVisible(wanted and bool(number.error()))

    @Slot(object)
    def _pattern_edited(self, _pattern: object) -> None:
        self._change(partial(self._fields.set_pattern, Pattern(self.pattern.value())))

    @Slot(object)
    def _spacing_edited(self, spacing_mm: Decimal) -> None:
        self._change(partial(self._fields.set_spacing, spacing_mm))

    def _stepped_count(self, count: Decimal, direction: int) -> Decimal:
        return self._fields.laying.stepped_count(self._fields.selected, count, direction)

    @Slot(object)
    def _points_edited(self, count: Decimal) -> None:
        self._change(partial(self._fields.set_count, int(count)))

    @Slot(object)
    def _dose_edited(self, dose_ml: Decimal) -> None:
        if self._fields.selected is not None:
            self._change(partial(self._fields.set_dose, dose_ml))
            return
        self._fields.set_settings(replace(self._fields.settings, total_ml=None))
        self.model.set_settings(replace(self.model.settings, dose_ml=dose_ml))

    @Slot()
    def _total_edited(self) -> None:
        total, field = self.total_ml.value(), self._fields.selected
        # What cannot be read stays where it was typed, with a sentence, and changes nothing.
        if self.total_ml.error() or total == self._told_total:
            return
        self._told_total = total
        if field is None:
            self._fields.set_settings(replace(self._fields.settings, total_ml=total))
        elif total is not None:
            self._change(partial(self._fields.set_total, total))
        else:
            # An emptied total gives every point the usual dose again.
            self._change(partial(self._fields.set_dose, usual_dose_ml(field)))

    @Slot(object)
    def _depth_edited(self, depth_mm: Decimal) -> None:
        if self._fields.selected is not None:
            self._change(partial(self._fields.set_depth, depth_mm))
        else:
            self.model.set_settings(replace(self.model.settings, depth_mm=depth_mm))

    @Slot(object)
    def _technique_edited(self, technique: str) -> None:
        if self._fields.selected is not None:
            self._change(partial(self._fields.set_technique, technique))
        else:
            self.model.set_settings(replace(self.model.settings, technique=technique))

    @Slot(object)
    def _needle_edited(self, needle: str) -> None:
        if self._fields.selected is not None:
            self._change(partial(self._fields.set_needle, needle))
        else:
            self.model.set_settings(replace(self.model.settings, needle=needle))
