"""The multi-injector in hand: which one, how it is turned, and the field that a press makes."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

from numpy.linalg import LinAlgError
from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from mesodesk.domain.bodymap import field_edits
from mesodesk.domain.bodymap.edits import EditLabel
from mesodesk.domain.bodymap.field_edits import FieldSettings
from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.stamps import Pressed, Stamp, bearing_deg, load_stamps, pressed
from mesodesk.domain.ids import new_id
from mesodesk.ui.numbers import format_decimal
from mesodesk.ui.widgets.choices import Option

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.view import SurfacePoint
    from mesodesk.ui.bodymap.model import ChartModel

_STEP_DEG: Final = 15


class Stamping(QObject):
    """Belongs to a chart's model. One press is one field, one edit."""

    #: another footprint is in hand, or it was turned.
    changed = Signal()

    def __init__(self, model: "ChartModel") -> None:
        super().__init__(model)
        self._model = model
        self.turn_deg = 0.0
        self._chosen: str | None = None

    @property
    def stamp(self) -> Stamp:
        """The footprint in hand."""
        stamps = load_stamps()
        return next((stamp for stamp in stamps if stamp.id == self._chosen), stamps[0])

    @Slot(object)
    def choose(self, stamp_id: str) -> None:
        """Take another footprint, upright."""
        if stamp_id != self.stamp.id:
            self._chosen = stamp_id
            self.turn_deg = 0.0
            self.changed.emit()

    def turn(self, turn_deg: float) -> None:
        """Turn the footprint to an angle, counter-clockwise from upright."""
        if turn_deg != self.turn_deg:
            self.turn_deg = turn_deg
            self.changed.emit()

    def step_turn(self, direction: int) -> None:
        """Turn it by 15 degrees, clockwise (1) or back (-1)."""
        steps = round(self.turn_deg / _STEP_DEG) - direction
        self.turn((steps * _STEP_DEG) % 360)

    def laid(self, place: "SurfacePoint") -> Pressed | None:
        """Return where the needles go in around a place; None if its skin cannot be laid flat."""
        atlas = self._model.atlas
        if atlas is None:
            return None
        try:
            scale = self._model.field_model.laying.scale
            return pressed(atlas.skin, place, self.stamp, self.turn_deg, scale)
        except LinAlgError:
            return None

    def turn_toward(self, place: "SurfacePoint", toward: "SurfacePoint") -> None:
        """Turn the footprint on a place so that its x points to another."""
        atlas = self._model.atlas
        if atlas is None:
            return
        try:
            scale = self._model.field_model.laying.scale
            turn = bearing_deg(atlas.skin, place, toward, self.stamp, scale)
        except LinAlgError:
            return
        if turn is not None:
            self.turn(turn)

    def press(self, place: "SurfacePoint", syringe_id: UUID | None = None) -> None:
        """Chart a field of one point a needle, each with the dose in hand."""
        model = self._model
        if model.refused():
            return
        active = model.active if syringe_id is None else model.syringe(syringe_id)
        if active is None:
            model.said.emit(self.tr("Prepare a syringe first: every point needs one."))
            return
        done = self.laid(place)
        if done is None or not len(done.laid):
            model.said.emit(self.tr("The stamp does not lie on the skin here: no field was made."))
            return
        laying = FieldSettings(Pattern.STAMP, self.stamp.spacing_mm)
        pressed_field = field_edits.filled(
            new_id(), active.id, model.settings, laying, outline=None, laid=done.laid
        )
        made = replace(pressed_field, stamp=self.stamp.id)
        with model.said_as_one():
            model.field_model.put(made, EditLabel.STAMP, lambda other: self.press(place, other))
            if done.missed:
                model.said.emit(self.missed_text(done))

    def missed_text(self, done: Pressed) -> str:
        """Say how many needles find no skin; "" if all do."""
        if not done.missed:
            return ""
        return self.tr("{missed} of {needles} needles find no skin here and are left out.").format(
            missed=done.missed, needles=done.missed + len(done.laid)
        )


def stamp_options(language: str) -> list[Option]:
    """Return every footprint to choose."""
    return [
        Option(stamp.id, stamp.name.get(language), spacing_text(stamp)) for stamp in load_stamps()
    ]


def spacing_text(stamp: Stamp) -> str:
    """Say how far the needles of a stamp are apart."""
    return QCoreApplication.translate("stamping", "{spacing} mm apart").format(
        spacing=format_decimal(stamp.spacing_mm)
    )
