"""What the popovers of the chart share: a syringe, a name and a way out at the head; their size."""

from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from mesodesk.ui.bodymap.stepper import Stepper
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.badges import SyringeBadge
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.popover import Popover
from mesodesk.ui.widgets.text import ElidedLabel, Label

_WIDTH: Final = 348


class ChartPopover(Popover):
    """A popover over the canvas. Esc drops what is being typed and closes, as nothing else does.

    Enter, the cross, the wheel and another view close it and take the number; Enter stays where a
    number cannot be taken: the sentence beneath it says why.

    Args:
        anchor: the canvas.
        subject: what it shows, as the beginning of the object names: "point".
    """

    def __init__(self, anchor: QWidget, subject: str) -> None:
        super().__init__(anchor, f"{subject}_popover", "")
        self.badge = SyringeBadge(1, 26)
        self.region = ElidedLabel("")
        self.region.setObjectName(f"{subject}_region")
        self.close_button = IconButton("close", self.tr("Close"), f"{subject}_close")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.clicked.connect(self.leave)
        self.setFixedWidth(_WIDTH)
        header = QHBoxLayout()
        header.setSpacing(Space.S)
        header.addWidget(self.badge)
        header.addWidget(self.region, 1)
        header.addWidget(self.close_button)
        nest(self.body, header)

    def add_rows(self, *rows: tuple[str | Label, QWidget] | Label) -> None:
        """Put inputs below what is there, each with its name at the left; a label heads the next.

        Args:
            rows: an input and its name, or a heading.
        """
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.S)
        grid.setColumnStretch(1, 1)
        for at, row in enumerate(rows):
            if isinstance(row, Label):
                grid.addWidget(row, at, 0, 1, 2)
                continue
            text, widget = row
            label = text if isinstance(text, Label) else Label(text, tone="muted")
            grid.addWidget(label, at, 0)
            grid.addWidget(widget, at, 1)
        nest(self.body, grid)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest and self.isVisible():
            self.fit()
        return done

    def fit(self) -> None:
        """Give a sentence beneath a number its room; at the edge of the window, upwards."""
        wrapped = self.body.totalHeightForWidth(_WIDTH)
        # Without any sentence nothing wraps, and there is no such height.
        self.resize(_WIDTH, wrapped if wrapped >= 0 else self.sizeHint().height())
        lowest = self.window().height() - self.height()
        self.move(self.x(), max(0, min(self.y(), lowest)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat() and not self._refuses():
            # Held down, the Enter that opened it would close it.
            self.close_panel()

    def drop_typed(self) -> None:
        for stepper in self.findChildren(Stepper):
            stepper.drop_typed()

    def _refuses(self) -> bool:
        """Tell whether a number in sight cannot be taken."""
        return any(one.field.error() for one in self.findChildren(Stepper) if one.isVisible())
