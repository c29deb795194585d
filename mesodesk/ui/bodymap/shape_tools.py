"""Tools that draw share one button: it shows the one taken last, and offers the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mesodesk.ui import theme
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import ToolButton
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.popover import Popover

_ARROW: Final = 5.0


@dataclass(frozen=True, slots=True)
class DrawnShape:
    """A tool of the button: its name, icon, word and key."""

    tool: str
    icon_name: str
    text: str
    keys: str


class ShapeButton(ToolButton):
    """Takes the shape that it shows, and opens the choice of all; drawing may begin at once."""

    #: the name of the tool that was chosen.
    chosen = Signal(str)

    def __init__(self, shapes: Sequence[DrawnShape], parent: QWidget | None = None) -> None:
        super().__init__("", "", "tool_shape", checkable=True, parent=parent)
        self._shapes = {shape.tool: shape for shape in shapes}
        self._room = max(self._width_of(shape) for shape in shapes)
        self.shape = shapes[0]
        self.show_shape(shapes[0].tool)
        self.clicked.connect(self._clicked)

    @cached_property
    def choice(self) -> "ShapeChoice":
        """The panel with all shapes."""
        made = ShapeChoice(tuple(self._shapes.values()), self)
        made.chosen.connect(self._take)
        return made

    @property
    def tools(self) -> frozenset[str]:
        """The names of the tools in it."""
        return frozenset(self._shapes)

    def show_shape(self, tool: str) -> None:
        """Show one of its tools as the one at hand."""
        self.shape = self._shapes[tool]
        self._icon_name = self.shape.icon_name
        self.setText(self.shape.text)
        others = " ".join(shape.keys for shape in self._shapes.values())
        paint.name(self, self.objectName(), self.shape.text)
        self.setToolTip(f"{self.shape.text}  ({self.shape.keys}; {others})")
        self.update()

    def worded_width(self) -> int:
        # The same for all, so that nothing moves when another is taken.
        return self._room

    def _width_of(self, shape: DrawnShape) -> int:
        return max(58, paint.text_width(shape.text, self.font()) + 22)

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit(self.shape.tool)
        if not self.choice.isVisible():
            self.choice.show_shape(self.shape.tool)
            self.choice.open_at()
        else:
            self.choice.close_panel()

    @Slot(str)
    def _take(self, tool: str) -> None:
        self.chosen.emit(tool)

    def sizeHint(self) -> QSize:
        size = super().sizeHint()
        return QSize(max(size.width(), 50), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scheme = theme.current()
        ink = scheme.accent if self.isChecked() else scheme.muted
        if not self.isEnabled():
            ink = scheme.disabled
        whole = QRectF(self.rect())
        tip = QPointF(whole.right() - 9, 21.0 if self._worded else whole.center().y() + 3)
        path = QPainterPath(tip)
        path.lineTo(tip + QPointF(-_ARROW / 2 - 0.5, -_ARROW + 1))
        path.lineTo(tip + QPointF(_ARROW / 2 + 0.5, -_ARROW + 1))
        path.closeSubpath()
        painter.fillPath(path, QColor(ink))


class ShapeChoice(Popover):
    """All shapes side by side."""

    chosen = Signal(str)

    def __init__(self, shapes: Sequence[DrawnShape], anchor: ShapeButton) -> None:
        super().__init__(anchor, "shape_choice", "")
        self.setAccessibleName(self.tr("Shapes to draw"))
        self.buttons: dict[str, ToolButton] = {}
        line = QHBoxLayout()
        line.setSpacing(Space.XS)
        for shape in shapes:
            button = ToolButton(
                shape.icon_name, shape.text, f"tool_{shape.tool}", keys=shape.keys, checkable=True
            )
            button.setProperty("tool", shape.tool)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(self._clicked)
            self.buttons[shape.tool] = button
            line.addWidget(button)
        nest(self.body, line)

    def show_shape(self, tool: str) -> None:
        """Mark the one at hand."""
        for name, button in self.buttons.items():
            button.setChecked(name == tool)

    @Slot()
    def _clicked(self) -> None:
        self.close_panel()
        self.chosen.emit(str(self.sender().property("tool")))
