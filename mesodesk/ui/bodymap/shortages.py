"""The gesture that waits because a syringe does not hold enough for it, and its answers."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from uuid import UUID

from PySide6.QtCore import QObject, Signal, Slot

from mesodesk.domain.bodymap.totals import Shortage, shortage
from mesodesk.ui.bodymap.field_words import Pending

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.edits import Edit
    from mesodesk.domain.bodymap.view import SurfacePoint
    from mesodesk.ui.bodymap.model import ChartModel
    from mesodesk.ui.bodymap.syringes import ChartSyringe


# So many mL above what was agreed to are not asked about again.
_A_LITTLE: Final = Decimal("0.5")


class Shortages(QObject):
    """Belongs to a chart's model. One gesture waits at a time.

    It is let be as soon as something changes that it was made from, so that what is charted in the
    end is what was asked about.
    """

    #: Pending or None.
    changed = Signal(object)

    def __init__(self, model: "ChartModel") -> None:
        super().__init__(model)
        self._model = model
        self.pending: Pending | None = None
        # How much was charted above its content from each syringe when that was last agreed to.
        self._agreed_ml: dict[UUID, Decimal] = {}
        # From which syringes the waiting gesture may be made all the same.
        self._accepted: set[UUID] = set()
        model.active_changed.connect(self.drop)
        model.settings_changed.connect(self.drop)
        model.field_model.settings_changed.connect(self.drop)
        model.stamping.changed.connect(self.drop)

    @property
    def other(self) -> "ChartSyringe | None":
        """The first syringe from which the waiting gesture could be made instead."""
        if self.pending is None or self.pending.again is None:
            return None
        short = self.pending.shortage
        others = (one for one in self._model.syringes if one.id != short.syringe_id)
        enough = (one for one in others if not shortage(self._model.supply(one), short.asked_ml))
        return next(enough, None)

    def start_anew(self) -> None:
        """Forget what was answered, as for another chart."""
        self._agreed_ml.clear()
        self.drop()

    def ask_about(
        self,
        edit: "Edit",
        place: "SurfacePoint | None" = None,
        again: Callable[[UUID], None] | None = None,
    ) -> bool:
        """Let a gesture wait if a syringe does not hold enough for it.

        Args:
            edit: the gesture.
            place: where a point would go.
            again: makes the same gesture from another syringe.

        Returns:
            Whether it waits; what waited before is let be in any case.
        """
        self.drop()
        self._accepted.clear()
        return self._waits(edit, place, again)

    def _waits(
        self,
        edit: "Edit",
        place: "SurfacePoint | None",
        again: Callable[[UUID], None] | None,
    ) -> bool:
        short = self._shortage_of(edit)
        if short is not None:
            self.pending = Pending(short, edit, place, again)
            self.changed.emit(self.pending)
        return short is not None

    def _shortage_of(self, edit: "Edit") -> Shortage | None:
        """Return what a syringe lacks for a gesture, of those that are to be asked about."""
        taken = edit.taken_ml
        for syringe in self._model.syringes:
            if syringe.id in taken and syringe.id not in self._accepted:
                short = shortage(self._model.supply(syringe), taken[syringe.id])
                if short is not None and not self._is_agreed(syringe, taken[syringe.id]):
                    return short
        return None

    def _is_agreed(self, syringe: "ChartSyringe", taken_ml: Decimal) -> bool:
        """Tell whether a gesture goes hardly further than what was agreed to and is still charted.

        Asked at each single point, nobody would read the question any more.
        """
        remaining = self._model.supply(syringe).remaining_ml
        # Of what was taken back since, nothing holds any more.
        agreed = min(self._agreed_ml.get(syringe.id, Decimal(0)), -remaining)
        self._agreed_ml[syringe.id] = agreed
        return agreed > 0 and taken_ml - remaining <= max(2 * agreed, agreed + _A_LITTLE)

    @Slot()
    def drop(self) -> None:
        """Let the waiting gesture be."""
        if self.pending is not None:
            self.pending = None
            self.changed.emit(None)

    @Slot()
    def go_on(self) -> None:
        """Chart the waiting gesture all the same."""
        pending = self.pending
        if pending is None:
            return
        self.drop()
        self._accepted.add(pending.shortage.syringe_id)
        # Another that it takes from may be short as well.
        if self._waits(pending.edit, pending.place, pending.again):
            return
        self._model.apply(pending.edit)
        for syringe in self._model.syringes:
            if syringe.id in self._accepted:
                self._agreed_ml[syringe.id] = -self._model.supply(syringe).remaining_ml

    @Slot()
    def use_other(self) -> None:
        """Make the waiting gesture from the other syringe, which becomes the active one."""
        pending, other = self.pending, self.other
        if pending is not None and pending.again is not None and other is not None:
            self.drop()
            self._model.activate_syringe(other.id)
            pending.again(other.id)

    def answer_by_enter(self) -> None:
        """Give the loud answer: the other syringe, or else to leave it.

        A second Enter must not overdraw a syringe.
        """
        if self.other is not None:
            self.use_other()
        else:
            self.drop()
