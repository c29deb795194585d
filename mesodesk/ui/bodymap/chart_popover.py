"""What the popovers of the chart share: a syringe, a name and a way out at the head; their size."""

from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.badges import SyringeBadge
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.popover import Popover
from mesodesk.ui.widgets.text import ElidedLabel, Label

_WIDTH: Final = 348


class ChartPopover(Popover):
    """A popover over the canvas. Esc and Enter close it.

    Args:
        anchor: the canvas.
        subject: what it shows, as the beginning of the object names: "point".
    """

    def __init__(self, anchor: QWidget, subject: str) -> None:
        super().__init__(anchor, f"{subject}_popover", "")
        self.badge = SyringeBadge(1, 26)
        self.region = ElidedLabel("")
        self.region.setObjectName(f"{subject}_region")
        self.close_button = IconButton("close", self.tr("Close"), f"{subject}_close", keys="Esc")
        self.close_button.clicked.connect(self.close_panel)
        self.setFixedWidth(_WIDTH)
        header = QHBoxLayout()
        header.setSpacing(Space.S)
        header.addWidget(self.badge)
        header.addWidget(self.region, 1)
        header.addWidget(self.close_button)
        self.body.addLayout(header)

    def add_rows(self, *rows: tuple[str | Label, QWidget]) -> None:
        """Put inputs below what is there, each with its name at the left."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.S)
        grid.setColumnStretch(1, 1)
        for at, (text, widget) in enumerate(rows):
            label = text if isinstance(text, Label) else Label(text, tone="muted")
            grid.addWidget(label, at, 0)
            grid.addWidget(widget, at, 1)
        self.body.addLayout(grid)

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
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close_panel()
        else:
            super().keyPressEvent(event)
