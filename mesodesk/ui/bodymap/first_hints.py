"""Three hints for whoever charts for the first time; they go with the first field."""

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.bodymap.over_body import SHADOW, OverBody
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Heading, KeyHint, Label


class FirstHints(OverBody):
    """Lies over the foot of the canvas; it takes no key and stops no gesture beside it."""

    #: it was put away by hand.
    understood = Signal()
    border, border_px = "accent", 1.5
    keeps_wheel = False

    def __init__(self, model: ChartModel, room: QWidget) -> None:
        super().__init__(room, "first_hints", self.tr("How to chart an area"))
        self._model = model
        self.close_button = Button(
            self.tr("Got it"), "first_hints_close", ButtonKind.QUIET, compact=True
        )
        self._lay_out()
        self.hide()
        room.installEventFilter(self)
        self.close_button.clicked.connect(self._understood)
        model.changed.connect(self._document_changed)
        model.loaded.connect(self.hide)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.XS)
        for at, (keys, text) in enumerate(
            (
                ("1 \u2026 9", self.tr("Take a syringe: points come from it.")),
                ("R", self.tr("Click an area of the body: it fills with points.")),
                ("M", self.tr("Put the same on the other side.")),
            )
        ):
            grid.addWidget(KeyHint(keys), at, 0)
            grid.addWidget(Label(text), at, 1)
        grid.setColumnStretch(1, 1)
        foot = QHBoxLayout()
        foot.addWidget(Label(self.tr("Every key is listed under ?"), tone="muted"))
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        inner = SHADOW + Space.M
        column.setContentsMargins(inner, inner, inner, inner)
        column.setSpacing(Space.S)
        column.addWidget(Heading(self.tr("An area in three steps")))
        nest(column, grid)
        nest(column, foot)

    def come_up(self) -> None:
        """Show the hints, unless the chart has a field already or can only be read."""
        if self._model.read_only or self._has_fields():
            return
        self.show()
        # Only what is shown has its final fonts, and so its height.
        self.place()
        self.raise_()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest and self.isVisible():
            self.place()
        return done

    def place(self) -> None:
        """Take the canvas's lower right, above the label that names what is under the pointer."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self.adjustSize()
        room = self._room.rect()
        width = min(self.width(), room.width())
        left, top = room.width() - width, room.height() - self.height() - 38
        self.setGeometry(left, max(0, top), width, self.height())

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self.place()
        return False

    def _has_fields(self) -> bool:
        return any(field.is_laid for field in self._model.fields.values())

    @Slot(object)
    def _document_changed(self, _changed: object) -> None:
        if self.isVisible() and self._has_fields():
            self.hide()

    @Slot()
    def _understood(self) -> None:
        # The keys that were just shown are for the body.
        self._room.setFocus()
        self.hide()
        self.understood.emit()
