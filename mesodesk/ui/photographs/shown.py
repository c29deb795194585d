"""A photograph over the whole window, for somebody who looks on: nothing else is in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QPainter

from mesodesk.ui import theme
from mesodesk.ui.frame.overlay import Overlay
from mesodesk.ui.photographs.canvas import PhotoCanvas
from mesodesk.ui.widgets.buttons import Button, ButtonKind

if TYPE_CHECKING:
    from PySide6.QtGui import QImage, QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

_MARGIN: Final = 16


class ShownPhoto(Overlay):
    """Goes with Esc, its button or a press anywhere, and the picture with it."""

    def __init__(self, window: QWidget, image: QImage) -> None:
        super().__init__(window, "shown_photo", self.tr("Photograph"), window.width(), top=0)
        self.canvas = PhotoCanvas("shown_canvas")
        self.canvas.show_image(image, ())
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self.canvas, 1)
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(0, 0, 0, 0)
        self.end = Button(self.tr("Close"), "close_shown_photo", ButtonKind.SECONDARY, parent=self)
        self.end.clicked.connect(self.close_over)
        self.closed.connect(self.deleteLater)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.close_over()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour("ground"))

    def _fit(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
            self.panel.setFixedSize(parent.size())
            self.end.adjustSize()
            self.end.move(parent.width() - self.end.width() - _MARGIN, _MARGIN)
            self.end.raise_()
