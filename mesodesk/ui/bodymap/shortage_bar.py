"""Says that a syringe does not hold enough, how much is missing, and what can be done."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.bodymap.totals import Shortage
from mesodesk.ui import theme
from mesodesk.ui.bodymap.figures import ml
from mesodesk.ui.bodymap.model import ChartModel, Pending
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.popover import soft_shadow
from mesodesk.ui.widgets.text import Label, Strong

if TYPE_CHECKING:
    from mesodesk.ui.bodymap.syringes import ChartSyringe

_SHADOW = 10


class ShortageBar(QFrame):
    """Lies over the foot of the canvas while the model has something pending."""

    def __init__(self, model: ChartModel, parent: QWidget) -> None:
        super().__init__(parent)
        paint.name(self, "shortage", self.tr("The syringe does not hold enough"))
        self._model = model
        self._room = parent
        self._other: ChartSyringe | None = None
        self.headline = Strong()
        self.headline.setObjectName("shortage_headline")
        self.text = Label("", tone="muted")
        self.use_other = Button("", "shortage_other", ButtonKind.PRIMARY, compact=True)
        self.go_on = Button(self.tr("Chart it all the same"), "shortage_go_on", compact=True)
        self.leave = Button(self.tr("Leave it"), "shortage_leave", ButtonKind.QUIET, compact=True)
        self._lay_out()
        self.use_other.clicked.connect(self._use_other)
        self.go_on.clicked.connect(model.make_pending)
        self.leave.clicked.connect(model.drop_pending)
        model.pending_changed.connect(self._show)
        self.hide()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        top = QHBoxLayout()
        top.setSpacing(Space.S)
        top.addWidget(IconLabel("alert", Kind.CAUTION.value, 20))
        top.addWidget(self.headline, 1)
        words.addLayout(top)
        words.addWidget(self.text)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        for button in (self.use_other, self.go_on, self.leave):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        inner = _SHADOW + Space.M
        column.setContentsMargins(inner, inner, inner, inner)
        column.setSpacing(Space.S)
        column.addLayout(words)
        column.addLayout(buttons)

    @Slot(object)
    def _show(self, pending: Pending | None) -> None:
        if pending is None:
            if self.isVisible():
                self.hide()
                self._room.setFocus(Qt.FocusReason.OtherFocusReason)
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
        others = self._model.with_enough(short.asked_ml) if pending.again is not None else ()
        self._other = next((one for one in others if one.id != short.syringe_id), None)
        self.use_other.setVisible(self._other is not None)
        if self._other is not None:
            self.use_other.setText(self.tr("Use syringe {digit}").format(digit=self._other.digit))
        self.place()
        self.show()
        self.raise_()

    def _what_is_left(self, short: Shortage) -> str:
        asked = ml(short.asked_ml)
        if short.remaining_ml <= 0:
            return self.tr("Nothing is left in it; this needs {asked} mL.").format(asked=asked)
        return self.tr("It holds {left} mL more; this needs {asked} mL.").format(
            left=ml(short.remaining_ml), asked=asked
        )

    def place(self) -> None:
        """Take the middle of the parent's foot."""
        layout = self.layout()
        if layout is not None:
            # Words and buttons have just changed, and a hidden widget does not notice by itself.
            layout.activate()
        self.adjustSize()
        room = self._room.rect()
        width = min(self.width(), room.width())
        self.setGeometry(
            (room.width() - width) // 2, room.height() - self.height() - 40, width, self.height()
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._model.drop_pending()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        scheme = theme.current()
        painter = QPainter(self)
        panel = paint.inside(self).adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW)
        soft_shadow(painter, panel, _SHADOW)
        paint.box(painter, panel, scheme.surface, scheme.caution, width=1.5)

    @Slot()
    def _use_other(self) -> None:
        if self._other is not None:
            self._model.make_pending_from(self._other.id)
