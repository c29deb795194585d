"""The canvas with its tools above, the views below, and what speaks up over it."""

from collections.abc import Callable
from functools import cached_property
from uuid import UUID

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.bodymap.changed_places import changed_places
from mesodesk.domain.bodymap.fields import PointRef
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.ui.bodymap.canvas import Canvas
from mesodesk.ui.bodymap.field_opening import FieldOpening
from mesodesk.ui.bodymap.fields_panel import Group
from mesodesk.ui.bodymap.figures import points_text, zones_text
from mesodesk.ui.bodymap.first_hints import FirstHints
from mesodesk.ui.bodymap.foresight import Aside
from mesodesk.ui.bodymap.joining_bar import JoiningBar
from mesodesk.ui.bodymap.keys_card import KeysCard
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.bodymap.no_go import NoGo
from mesodesk.ui.bodymap.point_popover import PointPopover
from mesodesk.ui.bodymap.question_bar import QuestionBar
from mesodesk.ui.bodymap.region_finder import RegionFinder
from mesodesk.ui.bodymap.shortage_bar import ShortageBar
from mesodesk.ui.bodymap.toolbar import ChartToolbar
from mesodesk.ui.bodymap.tools import Tool
from mesodesk.ui.bodymap.view_strip import ViewStrip
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.popover import close_popovers_of


class ChartView(QWidget):
    """Everything in the middle of the chart's page."""

    view_changed = Signal(str)

    def __init__(self, model: ChartModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chart_view")
        self._model = model
        self.toolbar = ChartToolbar(model)
        self.canvas = Canvas(model)
        self.strip = ViewStrip()
        self.hidden_chip = Chip(
            Kind.NEUTRAL, "", "chart_hidden_points", icon_name="eye-off-outline", clickable=True,
            parent=self.canvas,
        )  # fmt: skip
        self.hidden_chip.hide()
        self.shortage = ShortageBar(model, self.canvas)
        self.question = QuestionBar(model, self.canvas)
        self.joining_bar = self.canvas.hint.beside = JoiningBar(self.canvas)
        self.no_go = NoGo(self)
        self.field_opening = FieldOpening(self.canvas)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.toolbar)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.strip)
        self._connect()

    def _connect(self) -> None:
        canvas, toolbar, model = self.canvas, self.toolbar, self._model
        toolbar.tool_chosen.connect(canvas.take_tool)
        toolbar.left.connect(canvas.setFocus)
        toolbar.undo.clicked.connect(self.undo)
        toolbar.redo.clicked.connect(self.redo)
        toolbar.zoom_in.clicked.connect(canvas.zoom_in)
        toolbar.zoom_out.clicked.connect(canvas.zoom_out)
        toolbar.fit.clicked.connect(canvas.fit)
        toolbar.keys.clicked.connect(self.show_keys)
        canvas.tool_changed.connect(toolbar.show_tool)
        canvas.view_changed.connect(self._view_changed)
        canvas.point_asked.connect(self._point_asked)
        canvas.region_asked.connect(self.find_region)
        canvas.hidden_changed.connect(self._hidden_changed)
        self.strip.chosen.connect(self._view_chosen)
        self.hidden_chip.clicked.connect(canvas.reveal_hidden)
        model.loaded.connect(self._loaded)
        model.read_only_changed.connect(self._read_only_changed)

    def compute_aside(self, aside: Aside) -> None:
        """Let somebody else compute what takes a while, beside the window."""
        self.no_go.compute_aside(aside)
        self._model.field_model.foresight.compute_aside(aside)

    # What only opens when it is asked for is made then: the chart comes up the sooner.

    @cached_property
    def popover(self) -> PointPopover:
        """Edits one point."""
        made = PointPopover(self._model, self.canvas)
        self.canvas.viewport_changed.connect(made.leave)
        return made

    @cached_property
    def region_finder(self) -> RegionFinder:
        """Finds regions by their names."""
        made = RegionFinder(self._model, self.canvas)
        made.chosen.connect(self._region_found)
        return made

    @cached_property
    def first_hints(self) -> FirstHints:
        """Shows how to chart, once."""
        return FirstHints(self._model, self.canvas)

    @Slot()
    def find_region(self) -> None:
        """Ask for the name of a region."""
        if self._model.atlas is not None:
            corner = self.canvas.mapTo(self.window(), QPoint(24, 12))
            self.region_finder.open_over(corner, self.canvas.areas.reaching)

    @Slot(str, object)
    def _region_found(self, key: str, held: Qt.KeyboardModifier) -> None:
        # Whatever had the keyboard before: what comes next is done on the body.
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self.canvas.areas.reach(key, held)

    @cached_property
    def keys_card(self) -> KeysCard:
        """Lists the keys."""
        return KeysCard(self.toolbar.keys)

    @Slot()
    def undo(self) -> None:
        """Take back the last gesture, unless one is in the hand; of what is asked, only that."""
        if not self.canvas.busy and not self._left_asked():
            self._walk(self._model.undo, self.tr("Taken back: {region}"))

    @Slot()
    def redo(self) -> None:
        """Make the gesture again that was taken back last, as `undo`."""
        if not self.canvas.busy and not self._left_asked():
            self._walk(self._model.redo, self.tr("Made again: {region}"))

    def _walk(self, step: Callable[[], None], words: str) -> None:
        """Change the chart by a step, and lead to where that is if nobody could see it."""
        model, before = self._model, dict(self._model.fields)
        step()
        if model.atlas is None:
            return
        places = changed_places(model.atlas, before, model.fields)
        at = self.canvas.bring_in_sight(places)
        if at is not None:
            # By its name: the sentence beside it may lie over another field.
            middle = len(places[0]) // 2
            place = SurfacePoint(*(column[middle].item() for column in places))
            region = model.atlas.region_of(place).name(model.language)
            self.canvas.say_at(at, words.format(region=region))

    def _left_asked(self) -> bool:
        """Leave what is being asked, and say so; tell whether something was."""
        model = self._model
        asked = model.pending is not None or model.field_model.question is not None
        model.drop_pending()
        model.field_model.withdraw()
        if asked:
            model.said.emit(self.tr("The question was left. Nothing else was changed."))
        return asked

    @Slot()
    def show_keys(self) -> None:
        """Show the keys of the chart."""
        self.keys_card.open_at()

    @Slot(object)
    def show_group(self, group: Group) -> None:
        """Go to the points of a region and syringe."""
        regions = self._model.atlas.regions_by_key if self._model.atlas is not None else {}
        wanted = regions.get(group.region_key)
        refs = [
            ref
            for ref in self._model.document.refs()
            if self._model.fields[ref.field_id].syringe_id == group.syringe_id
            and self._model.region_of(ref) == wanted
        ]
        self.canvas.show_points(refs)

    @Slot(object)
    def show_field(self, field_id: UUID) -> None:
        """Select a field and go to it."""
        field = self._model.fields.get(field_id)
        if field is not None:
            self._model.select(None)
            self._model.field_model.select(field_id)
            if len(field.points):
                self.canvas.show_points([PointRef(field_id, at) for at in range(len(field.points))])
            elif field.outline is not None:
                self.canvas.show_outline(field.outline)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_chip()

    @Slot()
    def _loaded(self) -> None:
        if self._model.atlas is not None:
            self.strip.set_atlas(self._model.atlas, self._model.language)
        if self.canvas.has_stage:
            self.strip.show_view(self.canvas.view.view_id)
        self._take_first_tool()

    @Slot()
    def _read_only_changed(self) -> None:
        # What is in the hand, or open for typing, is of a chart that could still be changed.
        self.canvas.cancel_gesture()
        close_popovers_of(self)
        self._take_first_tool()

    def _take_first_tool(self) -> None:
        tool = Tool.SELECT if self._model.read_only else Tool.POINT
        self.canvas.set_tool(tool)
        self.toolbar.show_tool(tool.value)

    @Slot(str)
    def _view_changed(self, view_id: str) -> None:
        self.strip.show_view(view_id)
        self.view_changed.emit(view_id)

    @Slot(str)
    def _view_chosen(self, view_id: str) -> None:
        self.canvas.show_view(view_id)
        self.canvas.setFocus()

    @Slot(object, bool)
    def _point_asked(self, ref: PointRef, keyboard: bool) -> None:
        place, _ = self.canvas.stage.on_canvas(ref)
        corner = self.canvas.mapTo(self.window(), place.toPoint())
        right = self.canvas.mapTo(self.window(), self.canvas.rect().topRight()).x()
        width = self.popover.width()
        # Beside the point, over the body rather than over the figures at its right.
        beside = QPoint(18, 6) if corner.x() + 18 + width <= right else QPoint(-10 - width, 6)
        if corner.x() + beside.x() < 0:
            beside = QPoint(18, 6)
        self.popover.open_on(ref, corner + beside, keyboard=keyboard)

    @Slot(int)
    def _hidden_changed(self, points: int) -> None:
        zones = len(self.canvas.stage.hidden_zones())
        told = ((points, points_text), (zones, zones_text))
        parts = [words(number) for number, words in told if number]
        self.hidden_chip.set_text(self.tr("{what} on other views").format(what=", ".join(parts)))
        self.hidden_chip.setVisible(bool(parts))
        self._place_chip()

    def _place_chip(self) -> None:
        self.hidden_chip.adjustSize()
        self.hidden_chip.move(40, 11)
