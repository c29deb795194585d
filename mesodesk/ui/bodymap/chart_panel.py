"""The whole chart: syringes and settings, the body, areas and totals. Pages embed this."""

from collections.abc import Iterable
from decimal import Decimal

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.bodymap.edits import PointSettings
from mesodesk.domain.bodymap.field_edits import FieldSettings
from mesodesk.ui.bodymap.chart_view import ChartView
from mesodesk.ui.bodymap.fields_panel import FieldsPanel
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.bodymap.over_limits import OverLimits
from mesodesk.ui.bodymap.ready import ReadyChart
from mesodesk.ui.bodymap.settings_panel import SettingsPanel
from mesodesk.ui.bodymap.syringe_panel import SyringePanel
from mesodesk.ui.bodymap.syringes import ChartSyringe
from mesodesk.ui.bodymap.totals_panel import TotalsPanel
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.layouts import lay_out_what_asks, nest, settle
from mesodesk.ui.widgets.popover import Popover

_LEFT = 276
_RIGHT = 296
_NARROW = 960
"""Below this width everything beside the body shares one column."""
_TALL = 820
"""Below this height such a column scrolls as a whole: the figures too."""
_LOW = 500
"""Below this height the views are named, not pictured."""


class ChartPanel(QWidget):
    """Shows a chart and lets it be edited. Storing is the page's job: it listens to the signals."""

    #: Edit, and how many edits were in force before it.
    edit_made = Signal(object, int)
    #: how many edits were in force before, and are now; merged ones go together.
    undo_made = Signal(int, int)
    redo_made = Signal(int, int)
    #: the id (UUID) of the syringe in hand, None if there is none.
    active_syringe_changed = Signal(object)
    #: PointSettings: what the next points get has changed.
    settings_changed = Signal(object)
    prepare_syringe_asked = Signal()

    def __init__(
        self,
        language: str = "en",
        parent: QWidget | None = None,
        settings: SettingsPanel | None = None,
    ) -> None:
        """Make the panel of no chart.

        Args:
            language: of names and of the text written from the chart.
            parent: of the panel.
            settings: made before, as it takes as long as all the rest; made here if None.
        """
        super().__init__(parent)
        self.setObjectName("chart_panel")
        self.settings = settings or SettingsPanel(ChartModel(self))
        self.model = self.settings.model
        self.model.setParent(self)
        self.model.language = language
        self.view = ChartView(self.model)
        self.syringes = SyringePanel(self.model)
        self.fields = FieldsPanel(self.model)
        self.totals = TotalsPanel(self.model)
        #: the foot of the figures' column, for the page's own next step.
        self.footer = QVBoxLayout()
        self.over = OverLimits(self.totals.limits, self)
        self.footer.addWidget(self.over)
        self._narrow = False
        self._crowded = False
        self._left = SideColumn(_LEFT)
        self._right = SideColumn(_RIGHT)
        line = self._line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.M)
        # The narrow arrangement needs less than this one, so this one must not set the least size.
        line.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        line.addWidget(self._left)
        line.addWidget(self.view, 1)
        line.addWidget(self._right)
        self._left.scroll_in(self.syringes, self.settings)
        self._right.scroll_in(self.fields)
        self._right.keep_in_sight(self.totals)
        nest(self._right.foot, self.footer)
        self._connect()

    def _connect(self) -> None:
        self.model.edit_made.connect(self.edit_made)
        self.model.undo_made.connect(self.undo_made)
        self.model.redo_made.connect(self.redo_made)
        for signal in (self.model.loaded, self.model.active_changed):
            signal.connect(self._active_changed)
        self.model.settings_changed.connect(self._settings_changed)
        self.syringes.prepare_asked.connect(self.prepare_syringe_asked)
        self.fields.group_chosen.connect(self.view.show_group)
        self.fields.field_chosen.connect(self.view.show_field)
        self.over.clicked.connect(self._lead_to_limits)
        self.fields.row_marked.connect(self._bring_in_sight)
        self.fields.emptied.connect(self.view.canvas.setFocus)
        for asked in (self.model.pending_changed, self.model.field_model.question_changed):
            asked.connect(self._asked)
        self.settings.typed.connect(self.view.canvas.setFocus)
        self.view.canvas.tool_changed.connect(self.settings.show_tool)
        for keys, slot in (
            ("Ctrl+Z", self.view.undo),
            ("Ctrl+Y", self.view.redo),
            ("Ctrl+Shift+Z", self.view.redo),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def load(
        self,
        document: ChartDocument,
        atlas: Atlas,
        syringes: Iterable[ChartSyringe],
        height_cm: Decimal | None,
        *,
        read_only: bool = False,
        settings: PointSettings | None = None,
        laying: FieldSettings | None = None,
        ready: ReadyChart | None = None,
    ) -> None:
        """Show a chart.

        Args:
            document: the chart, with its history.
            atlas: the body it was drawn on.
            syringes: those of the session, by digit.
            height_cm: the patient's height; None shows lengths on the figure's own body, and says
                that this is assumed.
            read_only: show only, as for a signed session.
            settings: what the next points get; None keeps what is set.
            laying: how the next field is laid; None keeps what is set.
            ready: what was made ahead of this chart on this atlas, for this one use.
        """
        with self.settings.shown_once():
            if settings is not None:
                self.model.set_settings(settings)
            if laying is not None:
                self.model.field_model.set_settings(laying)
            self.model.load(document, atlas, syringes, height_cm, read_only=read_only, ready=ready)

    def finish_typing(self) -> None:
        """Take a number that is still being typed as it stands, as Tab would."""
        for popover in self.window().findChildren(Popover):
            if popover.isVisible() and self.isAncestorOf(popover.anchor):
                popover.close_panel(keeping=True)
        typing = self.settings.focusWidget()
        if typing is not None and typing.hasFocus():
            self.view.canvas.setFocus(Qt.FocusReason.TabFocusReason)

    def settle(self) -> None:
        """Lay out the lists at once, so that they are painted with the body, not after it."""
        self._line.activate()
        for column in (self._left, self._right):
            column.settle()

    def set_syringes(self, syringes: Iterable[ChartSyringe]) -> None:
        """Take over syringes that were prepared or changed meanwhile."""
        self.model.set_syringes(syringes)

    def minimumSizeHint(self) -> QSize:
        # What the narrow arrangement needs; the wide one gives way to it.
        return QSize(_LEFT + 360, 320)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.view.strip.set_low(low=event.size().height() < _LOW)
        narrow = event.size().width() < _NARROW
        crowded = narrow and event.size().height() < _TALL
        if narrow != self._narrow:
            self._narrow = narrow
            home = self._home()
            home.scroll_in(self.fields)
            self._right.setVisible(not narrow)
            (self._right if narrow else self._left).foot.removeItem(self.footer)
            self.footer.setParent(None)
            nest(home.foot, self.footer)
            self._place_totals(crowded=crowded)
        elif crowded != self._crowded:
            self._place_totals(crowded=crowded)

    def _home(self) -> "SideColumn":
        """Return the column that fields and figures are in."""
        return self._left if self._narrow else self._right

    def _place_totals(self, *, crowded: bool) -> None:
        """Keep the figures in sight, unless they would leave syringes and settings no room."""
        self._crowded = crowded
        self.over.show_here(wanted=crowded)
        if crowded:
            self._home().scroll_in(self.totals)
        else:
            self._home().keep_in_sight(self.totals)

    @Slot(object)
    def _asked(self, question: object) -> None:
        """Let the keys of the body answer what a button or a key beside it has brought up."""
        beside = self.focusWidget()
        if question is not None and isinstance(beside, QAbstractButton) and beside.hasFocus():
            self.view.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _lead_to_limits(self) -> None:
        limits = self.totals.limits
        home, worst = self._home(), limits.lead_to_worst()
        home.settle()
        home.bring_in_sight(limits)
        home.bring_in_sight(worst)

    @Slot(QWidget)
    def _bring_in_sight(self, row: QWidget) -> None:
        # In one column, the settings of the field would go out of sight for its row.
        if not self._narrow:
            self._home().bring_in_sight(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let syringe digits, dose and zoom keys work wherever in the chart the focus is."""
        if event.text() == "?":
            self.view.show_keys()
        elif not self.view.canvas.keys.press_character(event):
            super().keyPressEvent(event)

    @Slot()
    def _active_changed(self) -> None:
        active = self.model.active
        self.active_syringe_changed.emit(active.id if active is not None else None)

    @Slot()
    def _settings_changed(self) -> None:
        self.settings_changed.emit(self.model.settings)


class SideColumn(QWidget):
    """Cards beside the body: some scroll where the window is low, those at the foot stay."""

    def __init__(self, width: int) -> None:
        super().__init__()
        area = self._area = QScrollArea(self)
        content = QWidget(area)
        self._scrolling = QVBoxLayout(content)
        self._scrolling.setContentsMargins(0, 0, 0, 0)
        self._scrolling.setSpacing(Space.M)
        self._scrolling.addStretch(1)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.viewport().setAutoFillBackground(False)
        area.setWidget(content)
        content.setAutoFillBackground(False)
        self.foot = QVBoxLayout()
        self.foot.setSpacing(Space.M)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(area, 1)
        nest(column, self.foot)
        self.setFixedWidth(width)

    def scroll_in(self, *widgets: QWidget) -> None:
        """Put cards below those that scroll."""
        for widget in widgets:
            self._scrolling.insertWidget(self._scrolling.count() - 1, widget)

    def bring_in_sight(self, widget: QWidget) -> None:
        """Scroll to something in a card, at the place that it has once what waits is laid out."""
        lay_out_what_asks()
        self._area.ensureWidgetVisible(widget, 0, Space.M)

    def settle(self) -> None:
        """Lay out what the cards hold now."""
        for layout in (self._scrolling, self._column):
            settle(layout)
            layout.activate()
        # The area measures its content when this is told, and only then.
        QCoreApplication.sendEvent(self._area, QEvent(QEvent.Type.LayoutRequest))

    def keep_in_sight(self, widget: QWidget) -> None:
        """Put a card at the foot."""
        self.foot.insertWidget(0, widget)
