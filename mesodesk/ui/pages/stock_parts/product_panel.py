"""One product: its lots, and what its label says, changed in place."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.pages.patient_parts.conflict import KeptNotice
from mesodesk.ui.pages.stock_parts.lots_card import LotsCard
from mesodesk.ui.pages.stock_parts.product_form import ProductForm
from mesodesk.ui.pages.stock_parts.words import class_name, lacks_strength
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.typed import changes
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.layouts import FlowLayout, PageScroll, nest
from mesodesk.ui.widgets.text import ElidedLabel
from mesodesk.ui.widgets.who_may import WhoMay, let_edit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from mesodesk.domain.records.stock import LotRecord, ProductFields, ProductRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class ProductPanel(QWidget):
    """Made anew for each product that is opened."""

    #: The product was archived or restored; the record.
    moved = Signal(object)

    def __init__(
        self,
        context: Context,
        product: ProductRecord,
        lots: Sequence[LotRecord],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("product_panel")
        self._context = context
        self.product = product
        self._wrong = False
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self._keeper.open(product.version)
        self.kept = KeptNotice("product")
        self.kept.follow(self._keeper)
        self.lots = LotsCard(context, product)
        self.form = ProductForm("product_", context.language, context.today())
        self.form.show_fields(product.fields)
        self._may_edit = context.may(Right.CATALOGUE_EDIT)
        let_edit(self.form, may=self._may_edit, is_open=not product.archived)
        self._build()
        self._connect()
        self.lots.show_lots(lots)
        self._say_facts(product.fields)

    def _build(self) -> None:
        self.name = ElidedLabel("", Role.TITLE)
        self.name.setObjectName("product_title")
        words = self.tr("Restore") if self.product.archived else self.tr("Archive")
        icon = "archive-arrow-up-outline" if self.product.archived else "archive-arrow-down-outline"
        name = "restore_product" if self.product.archived else "archive_product"
        self.archive = Button(words, name, ButtonKind.QUIET, icon, compact=True)
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(self.name, 1)
        head.addWidget(self.archive)
        chips = QWidget()
        self._chips = FlowLayout(chips, Space.S)
        self.strength = Chip(
            Kind.CAUTION, self.tr("Type the strength from the label"), "no_strength"
        )
        self.status = Chip(Kind.NEUTRAL, "", "product_status_chip", icon_name="help-circle-outline")
        starter = bool(self.product.starter_id)
        origin = self.tr("From the starter list") if starter else self.tr("Your own")
        self.origin = Chip(
            Kind.NEUTRAL,
            origin,
            "product_origin",
            icon_name="book-open-outline" if starter else "flask-outline",
        )
        self.group = Chip(Kind.NEUTRAL, "", "product_class_chip", icon_name="tag-outline")
        for chip in (self.strength, self.group, self.origin, self.status):
            self._chips.addWidget(chip)
        details = Card(self.tr("What the label says"), object_name="product_card")
        details.add(self.kept)
        who_may = "" if self._may_edit else self.tr("A prescriber or the owner changes these.")
        details.add(WhoMay("product_who_may", who_may))
        details.add(self.form)
        scroll = PageScroll("product_scroll", max_width=1500, margin=0, edge=True)
        nest(scroll.column, head)
        for widget in (chips, self.lots, details):
            scroll.add(widget)
        scroll.column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        self.archive.setVisible(self._may_edit)

    def _connect(self) -> None:
        self.form.edited.connect(self._typed)
        self.archive.clicked.connect(self._move)
        self.kept.theirs_wanted.connect(self._show_theirs)
        self._keeper.refused.connect(self._refused)
        self._keeper.kept.connect(self._all_kept)

    def _say_facts(self, fields: ProductFields) -> None:
        self.name.setText(fields.name)
        self.strength.setVisible(lacks_strength(fields))
        self.group.setVisible(bool(fields.product_class))
        self.group.set_text(class_name(fields.product_class, self._context.language))
        unknown = fields.status.value == "unknown"
        self.status.setVisible(unknown)
        self.status.set_text(self.tr("Status unknown"))

    @Slot()
    def _typed(self) -> None:
        # A number that cannot be read counts as missing, never as what stood there half typed.
        fields = self.form.fields()
        self._say_facts(fields)
        write = partial(_update, self._context.desk, self.product.id, fields)
        told = changes("product", self.product.id, self.product.fields, fields)
        self._wrong = False
        self._keeper.put("product", write, self._saved, aside=told)

    def _saved(self, record: object) -> None:
        self.product = record  # type: ignore[assignment]

    @Slot()
    def _all_kept(self) -> None:
        self._wrong = False

    @Slot(object, object)
    def _refused(self, _key: object, error: Exception) -> None:
        self._wrong = True
        for problem in getattr(error, "problems", ()):
            self.form.show_problem(problem.place, problem.sentence)

    @Slot(object)
    def _show_theirs(self, record: ProductRecord) -> None:
        self.form.show_fields(record.fields)
        self._say_facts(record.fields)

    @Slot()
    def _move(self) -> None:
        work = partial(_move, self.product.id, archived=self.product.archived)
        self._context.write(self, work, self.moved.emit, self._not_moved, after=self._keeper)

    def _not_moved(self, error: Exception) -> None:
        self.kept.say(Kind.STOP, explain(error))

    def flush(self) -> None:
        """Write down what is being typed."""
        self._keeper.flush()
        self.lots.flush()

    def retire(self, heir: QWidget) -> None:
        """Let what is typed be kept by itself; the panel goes.

        A value that was refused is given up: what is on record shows when the product is opened
        again.
        """
        self.lots.retire(heir)
        if self._wrong:
            self._keeper.discard(self._keeper.version)
        self._keeper.setParent(heir)
        self._keeper.retire()
        self.hide()
        self.deleteLater()


def _update(desk: Desk, product_id: UUID, fields: ProductFields, version: int) -> ProductRecord:
    return desk.catalogue.update_product(product_id, version, fields)


def _move(product_id: UUID, desk: Desk, *, archived: bool) -> ProductRecord:
    version = desk.catalogue.product(product_id).version
    if archived:
        return desk.catalogue.restore_product(product_id, version)
    return desk.catalogue.archive_product(product_id, version)
