"""What the next points get: technique, depth, dose, needle."""

from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.bodymap.stepper import Stepper
from mesodesk.ui.bodymap.vocabulary import (
    LARGEST_DEPTH_MM,
    LARGEST_DOSE_ML,
    LEAST_DEPTH_MM,
    LEAST_DOSE_ML,
    needle_options,
    stepped_depth,
    stepped_dose,
    technique_options,
)
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.text import Label


class SettingsPanel(Card):
    """Edits the model's settings; points that are there already keep theirs."""

    def __init__(self, model: ChartModel, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Next point"), object_name="point_settings", padding=Space.M, parent=parent
        )
        self._model = model
        self.dose_ml = Stepper(
            "next_dose",
            self.tr("Volume of the next point"),
            stepped_dose,
            unit="mL",
            places=3,
            limits=(LEAST_DOSE_ML, LARGEST_DOSE_ML),
            compact=True,
        )
        self.depth_mm = Stepper(
            "next_depth",
            self.tr("Depth of the next point"),
            stepped_depth,
            unit="mm",
            places=2,
            limits=(LEAST_DEPTH_MM, LARGEST_DEPTH_MM),
            compact=True,
        )
        self.technique = ChoiceField(
            "next_technique", self.tr("Technique of the next point"), compact=True
        )
        self.needle = ChoiceField("next_needle", self.tr("Needle"), compact=True)
        self._lay_out()
        self.dose_ml.edited.connect(self._dose_edited)
        self.depth_mm.edited.connect(self._depth_edited)
        self.technique.edited.connect(self._technique_edited)
        self.needle.edited.connect(self._needle_edited)
        model.settings_changed.connect(self._refresh)
        model.loaded.connect(self._refresh)
        model.read_only_changed.connect(self._refresh)
        self._refresh()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        rows = (
            (self.tr("Volume"), self.dose_ml),
            (self.tr("Depth"), self.depth_mm),
            (self.tr("Technique"), self.technique),
            (self.tr("Needle"), self.needle),
        )
        for at, (text, widget) in enumerate(rows):
            grid.addWidget(Label(text, tone="muted"), at, 0)
            grid.addWidget(widget, at, 1)
        self.body.addLayout(grid)

    @Slot()
    def _refresh(self) -> None:
        settings = self._model.settings
        self.dose_ml.set_value(settings.dose_ml)
        self.depth_mm.set_value(settings.depth_mm)
        self.technique.set_options(technique_options(self._model.language, settings.technique))
        self.technique.set_value(settings.technique)
        # The name may not fit, and what sources say of its depth is worth a look.
        self.technique.setToolTip(
            next(
                f"{option.text}\n{option.detail}".strip()
                for option in technique_options(self._model.language, settings.technique)
                if option.value == settings.technique
            )
        )
        self.needle.set_options(needle_options(settings.needle))
        self.needle.set_value(settings.needle)
        # Until it is laid out it has no parent, and would come up as a window of its own.
        if self.parentWidget() is not None:
            self.setVisible(not self._model.read_only)

    @Slot(object)
    def _dose_edited(self, dose_ml: Decimal) -> None:
        self._model.set_settings(replace(self._model.settings, dose_ml=dose_ml))

    @Slot(object)
    def _depth_edited(self, depth_mm: Decimal) -> None:
        self._model.set_settings(replace(self._model.settings, depth_mm=depth_mm))

    @Slot(object)
    def _technique_edited(self, technique: str) -> None:
        self._model.set_settings(replace(self._model.settings, technique=technique))

    @Slot(object)
    def _needle_edited(self, needle: str) -> None:
        self._model.set_settings(replace(self._model.settings, needle=needle))
