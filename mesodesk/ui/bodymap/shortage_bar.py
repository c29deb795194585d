"""Says that a syringe does not hold enough, how much is missing, and what can be done."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from mesodesk.domain.bodymap.totals import Shortage
from mesodesk.ui.bodymap.field_words import Pending
from mesodesk.ui.bodymap.figures import ml
from mesodesk.ui.bodymap.foot_bar import FootBar
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.widgets.buttons import Button, ButtonKind


class ShortageBar(FootBar):
    """Lies over the foot of the canvas while the model has something pending."""

    def __init__(self, model: ChartModel, parent: QWidget) -> None:
        super().__init__("shortage", "", parent)
        self.setAccessibleName(self.tr("The syringe does not hold enough"))
        self._model = model
        self.use_other = Button("", "shortage_other", ButtonKind.PRIMARY, compact=True)
        self.go_on = Button(self.tr("Chart it all the same"), "shortage_go_on", compact=True)
        self.stay = Button(self.tr("Leave it"), "shortage_leave", ButtonKind.QUIET, compact=True)
        self.lay_out((self.use_other, self.go_on, self.stay))
        self.use_other.clicked.connect(model.shortages.use_other)
        self.go_on.clicked.connect(model.shortages.go_on)
        self.stay.clicked.connect(model.shortages.drop)
        model.pending_changed.connect(self._show)

    def leave(self) -> None:
        self._model.drop_pending()

    @Slot(object)
    def _show(self, pending: Pending | None) -> None:
        if pending is None:
            self.go()
            return
        short = pending.shortage
        syringe = self._model.syringe(short.syringe_id)
        digit = syringe.digit if syringe is not None else 0
        self.headline.setText(
            self.tr("{volume} mL is missing in syringe {digit}.").format(
                volume=ml(short.missing_ml), digit=digit
            )
        )
        self.text.setText(self._what_is_left(short))
        other = self._model.shortages.other
        self.use_other.setVisible(other is not None)
        if other is not None:
            self.use_other.setText(self.tr("Use syringe {digit}").format(digit=other.digit))
        # Enter gives the loud answer.
        self.stay.set_kind(ButtonKind.PRIMARY if other is None else ButtonKind.QUIET)
        self.come_up()

    def _what_is_left(self, short: Shortage) -> str:
        asked = ml(short.asked_ml)
        if short.remaining_ml <= 0:
            return self.tr("Nothing is left in it; this needs {asked} mL.").format(asked=asked)
        return self.tr("It holds {left} mL more; this needs {asked} mL.").format(
            left=ml(short.remaining_ml), asked=asked
        )
