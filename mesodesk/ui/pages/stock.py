"""Stock: the clinic's products at the left; lots and label of one of them at the right."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QListView, QStackedLayout, QVBoxLayout, QWidget

from mesodesk.domain.changes import Topic
from mesodesk.domain.rights import Right
from mesodesk.domain.texts import match_rank
from mesodesk.ui.frame.page import Page
from mesodesk.ui.jobs import Latest
from mesodesk.ui.pages.stock_parts.new_product import NewProductPanel
from mesodesk.ui.pages.stock_parts.product_list import ProductListModel
from mesodesk.ui.pages.stock_parts.product_panel import ProductPanel
from mesodesk.ui.pages.stock_parts.shelf import Shelf, look
from mesodesk.ui.pages.stock_parts.stock_take import StockTake
from mesodesk.ui.pages.stock_parts.words import haystack
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, EmptyState
from mesodesk.ui.widgets.choices import CheckField
from mesodesk.ui.widgets.layouts import EDGE, FlowLayout, column, nest
from mesodesk.ui.widgets.rows import long_list
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Muted, Title
from mesodesk.ui.widgets.textfields import SearchField

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtGui import QResizeEvent

    from mesodesk.domain.records.stock import ProductRecord
    from mesodesk.ui.context import Context

_LIST_WIDTH = 392
_NARROW_LIST_WIDTH = 288
_NARROW = 1000
_PAUSE_MS = 120


class StockPage(Page):
    """Search, products, and the one that is open."""

    page_id = "stock"
    icon = "flask-outline"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("Stock")
        self._context = context
        self._latest = Latest(context.jobs, self)
        self._shelf = Shelf()
        self._wanted: UUID | None = None
        self.panel: ProductPanel | None = None
        self.new_panel: NewProductPanel | None = None
        self.counting: StockTake | None = None
        self._reload_soon = self._timer(self.reload)
        self._open_soon = self._timer(self._open_marked)
        self._make_inputs()
        self.list = self._make_list()
        self._build()
        self._connect()

    def _timer(self, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(_PAUSE_MS)
        timer.timeout.connect(slot)
        return timer

    def _make_inputs(self) -> None:
        self.search = SearchField(
            "product_search",
            self.tr("Find a product or a lot"),
            placeholder=self.tr("Product, active or lot"),
        )
        self.which = SegmentedControl(
            {
                "all": self.tr("All"),
                "shelf": self.tr("In stock"),
                "own": self.tr("Own"),
            },
            "product_filter",
            self.tr("Which products"),
            compact=True,
        )
        self.which.set_value("all")
        self.archived = CheckField(self.tr("Archived"), "product_archived", compact=True)
        self.new = Button(self.tr("New product"), "new_product", ButtonKind.PRIMARY, "plus")
        self.take = Button(
            self.tr("Stock-take"), "begin_stock_take", icon_name="clipboard-check-outline"
        )
        self.count = Muted("", wrap=False)
        self.count.setObjectName("product_count")

    def _make_list(self) -> QListView:
        made = long_list("product_list", self.tr("Products"))
        self._model = ProductListModel(made)
        made.setModel(self._model)
        return made

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        nest(head, column(Title(self.title), self.count, spacing=2), 1)
        head.addWidget(self.take)
        head.addWidget(self.new)
        head.setContentsMargins(0, 0, Space.PAGE - EDGE, 0)
        self._side = self._make_side()
        self.choose = EmptyState(
            "flask-outline",
            self.tr("Choose a product"),
            self.tr("Pick yours in the list: its lots and what its label says are shown here."),
            object_name="no_product",
        )
        self._right = QVBoxLayout()
        self._right.addWidget(self.choose)
        columns = QHBoxLayout()
        columns.setSpacing(Space.L)
        columns.addWidget(self._side)
        nest(columns, self._right, 1)
        whole = self._whole = QVBoxLayout(self)
        whole.setContentsMargins(Space.PAGE, Space.L, EDGE, 0)
        whole.setSpacing(Space.L)
        nest(whole, head)
        nest(whole, columns, 1)

    def _make_side(self) -> QWidget:
        """Return what products are chosen from: the search, its filters, the list."""
        filters = QWidget()
        flow = FlowLayout(filters, Space.S)
        flow.addWidget(self.which)
        flow.addWidget(self.archived)
        self.nothing = EmptyState(
            "flask-empty-outline",
            self.tr("Nothing found"),
            self.tr("Try fewer letters, or add the product.")
            if self._context.may(Right.CATALOGUE_EDIT)
            else self.tr("Try fewer letters."),
            object_name="stock_empty",
        )
        self._results = QStackedLayout()
        card = Card(padding=Space.S)
        # Before anything is added: a stacked layout shows its first widget, even without a parent.
        nest(card.body, self._results)
        self._results.addWidget(self.list)
        self._results.addWidget(self.nothing)
        left = QVBoxLayout()
        left.setSpacing(Space.S)
        left.addWidget(self.search)
        left.addWidget(filters)
        left.addWidget(card, 1)
        left.setContentsMargins(0, 0, 0, Space.S)
        side = QWidget()
        side.setLayout(left)
        side.setFixedWidth(_LIST_WIDTH)
        return side

    def _connect(self) -> None:
        self.search.searched.connect(self._filter)
        self.search.moved.connect(self._move)
        self.search.entered.connect(self._enter)
        self.which.chosen.connect(self._filter)
        self.archived.ticked.connect(self._filter)
        self.list.selectionModel().currentChanged.connect(self._marked)
        self.list.clicked.connect(self._clicked)
        self.list.activated.connect(self._clicked)
        self.new.clicked.connect(self.open_new_product)
        self.take.clicked.connect(self.open_stock_take)
        self.take.setVisible(self._context.may(Right.STOCK_EDIT))
        self._context.changed.connect(self._changed)
        self.new.setVisible(self._context.may(Right.CATALOGUE_EDIT))
        if self._context.may(Right.CATALOGUE_EDIT):
            self.add_key("Ctrl+N", self.tr("New product"), self.open_new_product)
        if self._context.may(Right.STOCK_EDIT):
            self.add_key("Alt+N", self.tr("New lot of this product"), self._new_lot)
        self.add_key("Ctrl+F", self.tr("Find a product or a lot"), self._focus_search)
        self.add_key("Esc", self.tr("Close the form"), self._close_new)
        self.describe_key("↑ ↓", self.tr("Move in the list"))

    def shown(self, **arguments: object) -> None:
        product_id = arguments.get("product_id")
        if product_id is not None:
            self._wanted = product_id  # type: ignore[assignment]
            self.search.set_value("")
            self.which.set_value("all")
            self._close_new()
        self.reload()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        self._side.setFixedWidth(_NARROW_LIST_WIDTH if narrow else _LIST_WIDTH)

    def leave(self) -> None:
        for panel in (self.panel, self.new_panel):
            if panel is not None:
                panel.flush()

    def first_focus(self) -> QWidget | None:
        return self.search

    # Reading

    @Slot(object, object)
    def _changed(self, topic: Topic, _origin: object) -> None:
        # What is drawn up in a session is out of its lot at once.
        if topic & (Topic.STOCK | Topic.SESSIONS | Topic.CLINIC) and self.isVisible():
            self._reload_soon.start()

    @Slot()
    def reload(self) -> None:
        """Read products and lots again; what is being typed stays."""
        self._latest.run(partial(look, self._context.desk), self._show)

    def _show(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._filter()
        if self.panel is not None:
            self.panel.lots.show_lots(shelf.lots_of(self.panel.product))
        if self._wanted is not None:
            self._open(self._wanted)

    @Slot()
    def _filter(self) -> None:
        if self._shelf.lots is None:
            return  # not read yet: nothing can be said to be missing
        language = self._context.language
        ranked = [(self._rank(product, language), product) for product in self._shelf.products]
        known = [(rank, product) for rank, product in ranked if rank is not None]
        found = [product for _, product in sorted(known, key=itemgetter(0))]
        kept = self.panel.product.id if self.panel is not None else None
        self.list.selectionModel().blockSignals(True)
        self._model.show_products(found, self._shelf.lots or {}, language)
        self.list.selectionModel().blockSignals(False)
        self._results.setCurrentIndex(0 if found else 1)
        number = self.locale().toString(len(found))
        words = self.tr("1 product") if len(found) == 1 else self.tr("{n} products")
        self.count.setText(words.format(n=number))
        row = self._model.row_of(kept)
        if row >= 0:
            self._mark(row)
            # It is open already: opened again it would put a stock-take or a new product away.
            self._open_soon.stop()

    def _rank(self, product: ProductRecord, language: str) -> int | None:
        """Return how well a product answers the search; None if it is not to be shown."""
        lots = self._shelf.lots_of(product)
        if product.archived != self.archived.isChecked() and product.id != self._wanted:
            return None
        if self.which.value() == "shelf" and not any(lot.can_be_drawn for lot in lots):
            return None
        if self.which.value() == "own" and product.starter_id:
            return None
        others = haystack(product, lots, language)
        return match_rank(self.search.value(), product.fields.name, others)

    # Choosing

    def _mark(self, row: int) -> None:
        index = self._model.index(row)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.list.selectionModel().setCurrentIndex(index, flags)
        self.list.scrollTo(index)

    @Slot(int)
    def _move(self, steps: int) -> None:
        rows = self._model.rowCount()
        if rows:
            self._mark(max(0, min(rows - 1, self.list.currentIndex().row() + steps)))

    @Slot()
    def _enter(self) -> None:
        if self._model.rowCount() and self.list.currentIndex().row() < 0:
            self._mark(0)
        self._open_marked()

    @Slot(QModelIndex, QModelIndex)
    def _marked(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._open_soon.start()

    @Slot(QModelIndex)
    def _clicked(self, _index: QModelIndex) -> None:
        self._open_marked()

    @Slot()
    def _open_marked(self) -> None:
        self._open_soon.stop()
        product = self._model.product(self.list.currentIndex().row())
        if product is not None:
            self._open(product.id)

    def _open(self, product_id: UUID) -> None:
        """Show a product, unless it is shown already."""
        self._wanted = None
        product = next((each for each in self._shelf.products if each.id == product_id), None)
        if product is None or (
            self.panel is not None
            and self.panel.product.id == product_id
            and self.panel.product.archived == product.archived
        ):
            self._close_new()
            return
        if self.panel is not None:
            self.panel.retire(self)
        self.panel = ProductPanel(self._context, product, self._shelf.lots_of(product))
        self.panel.moved.connect(self._moved)
        self._right.addWidget(self.panel)
        self.choose.hide()
        self._close_new()
        self.panel.show()
        row = self._model.row_of(product_id)
        if row >= 0 and row != self.list.currentIndex().row():
            self._mark(row)
            self._open_soon.stop()

    @Slot(object)
    def _moved(self, record: ProductRecord) -> None:
        self._wanted = record.id
        self.reload()

    # New

    @Slot()
    def open_new_product(self) -> None:
        """Show the form for a new product in place of the one that is open."""
        if self.new_panel is None:
            self.new_panel = NewProductPanel(self._context)
            self.new_panel.created.connect(self._created)
            self.new_panel.closed.connect(self._close_new)
            self._right.addWidget(self.new_panel)
        self.choose.hide()
        if self.panel is not None:
            self.panel.hide()
        self.new_panel.show()
        self.new_panel.begin()

    @Slot()
    def open_stock_take(self) -> None:
        """Show every lot that is counted, in place of the product that is open."""
        self._close_new()
        counting = self.counting = StockTake(self._context)
        counting.kept.connect(self._close_counting)
        counting.closed.connect(self._close_counting)
        self._right.addWidget(counting)
        (self.panel or self.choose).hide()
        self.choose.hide()
        counting.show()
        counting.begin(self._shelf.all_lots())

    @Slot()
    def _close_counting(self) -> None:
        counting, self.counting = self.counting, None
        if counting is not None:
            self._right.removeWidget(counting)
            counting.hide()
            counting.deleteLater()
            (self.panel or self.choose).show()

    @Slot()
    def _close_new(self) -> None:
        self._close_counting()
        if self.new_panel is None or not self.new_panel.isVisibleTo(self):
            return
        self.new_panel.flush()
        self.new_panel.hide()
        if self.panel is not None:
            self.panel.show()
        else:
            self.choose.show()

    @Slot(object)
    def _created(self, record: ProductRecord) -> None:
        self._wanted = record.id
        self._latest.run(partial(look, self._context.desk), self._show_created)

    def _show_created(self, shelf: Shelf) -> None:
        self._close_new()
        self.search.set_value("")
        self.which.set_value("all")
        self._show(shelf)
        self._new_lot()

    @Slot()
    def _new_lot(self) -> None:
        if self.panel is not None and self.panel.isVisible():
            self.panel.lots.open_entry()

    @Slot()
    def _focus_search(self) -> None:
        self.search.setFocus()
        self.search.input.selectAll()
