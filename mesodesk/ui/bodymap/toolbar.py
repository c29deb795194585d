"""The tools over the canvas."""

from typing import Final

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLayout, QWidget

from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.bodymap.shape_tools import DrawnShape, ShapeButton
from mesodesk.ui.bodymap.vocabulary import edit_name
from mesodesk.ui.tokens import TARGET, Space
from mesodesk.ui.widgets.buttons import FocusRing, IconButton, ToolButton
from mesodesk.ui.widgets.layouts import nest

_TOOLS_BY_USE: Final = ("select", "point", "region", "shape", "stamp")


class ChartToolbar(QWidget):
    """Tools at the left, undo and zoom at the right. Further tools are added with `add_tool`."""

    tool_chosen = Signal(str)
    #: a button was clicked by hand: the keyboard goes on being the body's.
    left = Signal()

    def __init__(self, model: ChartModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chart_toolbar")
        self._model = model
        self._group = QButtonGroup(self)
        self._tools: dict[str, ToolButton] = {}
        self._writable = True
        self._left = QHBoxLayout()
        self._left.setSpacing(Space.XS)
        self._make_icons()
        self._lay_out()
        self._add_tools()
        self._group.buttonClicked.connect(self._clicked)
        for signal in (
            model.changed,
            model.loaded,
            model.selection_changed,
            model.read_only_changed,
        ):
            signal.connect(self._refresh)

    def _make_icons(self) -> None:
        """Make the buttons at the right; pages show those for which they have something."""
        self.undo = IconButton("undo-variant", self.tr("Undo"), "chart_undo", keys="Ctrl+Z")
        self.redo = IconButton("redo-variant", self.tr("Redo"), "chart_redo", keys="Ctrl+Y")
        self.zoom_out = IconButton(
            "magnify-minus-outline", self.tr("Zoom out"), "chart_zoom_out", keys="\u2212"
        )
        self.zoom_in = IconButton(
            "magnify-plus-outline", self.tr("Zoom in"), "chart_zoom_in", keys="+"
        )
        self.fit = IconButton("fit-to-screen-outline", self.tr("Whole view"), "chart_fit", keys="0")
        self.heat = IconButton("blur-radial", self.tr("Exposure map"), "chart_heat", keys="H")
        self.heat.setCheckable(True)
        self.heat.hide()
        self.ghosts = IconButton(
            "ghost-outline", self.tr("Points of the last sessions"), "chart_ghosts", keys="G"
        )
        self.ghosts.setCheckable(True)
        self.ghosts.hide()
        self.favourites = IconButton(
            "star-outline", self.tr("Favourites"), "chart_favourites", keys="W"
        )
        self.favourites.hide()
        self.no_go = IconButton(
            "map-marker-off-outline", self.tr("Zones to keep out of"), "chart_no_go", keys="X"
        )
        self.no_go.setCheckable(True)
        self.keys = IconButton("keyboard-outline", self.tr("Keys"), "chart_keys_open", keys="?")

    def _lay_out(self) -> None:
        line = QHBoxLayout(self)
        # It makes do with less room than its buttons ask for: see `resizeEvent`.
        line.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        nest(line, self._left)
        line.addStretch(1)
        self._icons = (
            *(self.undo, self.redo, self.favourites, self.ghosts, self.heat),
            self.no_go,
            *(self.zoom_out, self.zoom_in, self.fit, self.keys),
        )
        for button in self._icons:
            button.clicked.connect(self._leave)
            line.addWidget(button)

    def _add_tools(self) -> None:
        self.add_tool("select", "cursor-default-outline", self.tr("Select"), keys="V")
        self.add_tool("point", "circle-medium", self.tr("Point"), keys="P")
        self.add_tool("region", "shape-polygon-plus", self.tr("Region"), keys="R")
        self.shapes = ShapeButton(
            (
                DrawnShape("lasso", "lasso", self.tr("Lasso"), "L"),
                DrawnShape("band", "brush", self.tr("Band"), "B"),
                DrawnShape("rectangle", "rectangle-outline", self.tr("Box"), "T"),
                DrawnShape("circle", "circle-outline", self.tr("Circle"), "O"),
                DrawnShape("line", "vector-polyline", self.tr("Line"), "N"),
            )
        )
        self._put("shape", self.shapes)
        self.shapes.chosen.connect(self.tool_chosen)
        self.add_tool("stamp", "dots-hexagon", self.tr("Stamp"), keys="S")

    def add_tool(self, tool: str, icon_name: str, text: str, *, keys: str) -> ToolButton:
        """Put another tool at the end of the tools."""
        button = ToolButton(icon_name, text, f"tool_{tool}", keys=keys, checkable=True)
        self._put(tool, button)
        return button

    def _put(self, tool: str, button: ToolButton) -> None:
        self._tools[tool] = button
        button.clicked.connect(self._leave)
        self._group.addButton(button)
        self._left.addWidget(button)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 50)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_in(event.size().width())

    def fit_in(self, width: int) -> None:
        """Leave out the zoom buttons where the room is scarce, then the words, then rarer tools.

        Wheel, fingers and keys zoom as well, and every tool has its key.
        """
        zoom = (self.zoom_out, self.zoom_in)
        for step in (self.undo, self.redo):
            step.setVisible(self._writable)
        icons = TARGET * sum(not one.isHidden() for one in self._icons if one not in zoom)
        worded = sum(Space.XS + tool.worded_width() for tool in self._tools.values())
        for button in zoom:
            button.setVisible(worded + icons + TARGET * len(zoom) <= width)
        room = width - icons
        for tool in self._tools.values():
            tool.set_worded(worded=worded <= room)
        fitting = len(self._tools) if worded <= room else room // (TARGET + Space.XS)
        kept = _TOOLS_BY_USE[: max(2, fitting)]
        for name, tool in self._tools.items():
            # What only reads a chart has nothing to draw with.
            fits = name in kept or name not in _TOOLS_BY_USE
            tool.setVisible(fits and (self._writable or name == "select"))

    def tool(self, tool: str) -> ToolButton:
        """Return the button of a tool; shapes are in the choice of theirs."""
        return self.shapes.choice.buttons[tool] if tool in self.shapes.tools else self._tools[tool]

    @Slot(str)
    def show_tool(self, tool: str) -> None:
        """Mark the tool that is in hand."""
        if tool in self.shapes.tools:
            self.shapes.show_shape(tool)
            tool = "shape"
        self._tools[tool].setChecked(True)

    @Slot()
    @Slot(object)
    def _refresh(self, _changed: object = None) -> None:
        document, writable = self._model.document, not self._model.read_only
        for button, can, label, words, keys in (
            (self.undo, document.can_undo, document.undo_label, self.tr("Undo"), "Ctrl+Z"),
            (self.redo, document.can_redo, document.redo_label, self.tr("Redo"), "Ctrl+Y"),
        ):
            button.setEnabled(can and writable)
            what = f"{words}: {edit_name(label)}" if label else words
            button.setToolTip(f"{what}  ({keys})")
        for tool, one in self._tools.items():
            one.setEnabled(writable or tool == "select")
        if writable != self._writable:
            self._writable = writable
            self.fit_in(self.width())

    @Slot(object)
    def _clicked(self, button: ToolButton) -> None:
        if button is not self.shapes:
            self.tool_chosen.emit(next(tool for tool, one in self._tools.items() if one is button))

    @Slot()
    def _leave(self) -> None:
        """Keep the keyboard only where it came to a button by itself.

        Space and Enter would click the button again, and arrows take the tool beside it.
        """
        button = self.sender()
        if isinstance(button, FocusRing) and not button.shows_ring():
            self.left.emit()
