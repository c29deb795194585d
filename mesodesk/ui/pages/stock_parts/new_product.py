"""The form for a new product: begun from the starter list or blank; it survives a crash."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.records.stock import ActiveFields, ProductFields
from mesodesk.domain.texts import fold
from mesodesk.ui.jobs import explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.pages.stock_parts.product_form import ProductForm
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.typed import draft
from mesodesk.ui.widgets.buttons import Button, ButtonKind, IconButton
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.choices import Option, PickList
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import PageScroll, nest
from mesodesk.ui.widgets.text import Muted, Title

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mesodesk.domain.catalogue import ProductTemplate
    from mesodesk.domain.records.stock import ProductRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_FORM = "product"
_SUBJECT = "new"


class NewProductPanel(QWidget):
    """Start, form, and the button that adds the product."""

    created = Signal(object)
    closed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("new_product_panel")
        self._context = context
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        templates = load_catalogue().products.values()
        options = [Option(each.id, each.name.get(context.language)) for each in templates]
        self.start = PickList(
            "start_from",
            self.tr("Begin from the starter list"),
            sorted(options, key=lambda option: fold(option.text)),
            placeholder=self.tr("Procaine, organic silicon ..."),
        )
        self.form = ProductForm("new_product_", context.language, context.today())
        self.notice = Notice(object_name="new_product_notice")
        self.missing = Muted("", wrap=False)
        self.create_button = Button(
            self.tr("Add the product"), "create_product", ButtonKind.PRIMARY, "plus"
        )
        self.discard = Button(self.tr("Discard"), "discard_product", ButtonKind.QUIET)
        self.close_button = IconButton(
            "close", self.tr("Close the form"), "new_product_close", keys="Esc"
        )
        self._build()
        self.form.edited.connect(self._typed)
        self.start.edited.connect(self._begin_from)
        self.create_button.clicked.connect(self._create)
        self.discard.clicked.connect(self._discard)
        self.close_button.clicked.connect(self.closed)
        self._show_state()

    def _build(self) -> None:
        card = Card(object_name="new_product_card")
        head = QHBoxLayout()
        head.addWidget(Title(self.tr("New product")), 1)
        head.addWidget(self.close_button)
        nest(card.body, head)
        card.add(
            FormRow(
                self.tr("Begin from the starter list"),
                self.start,
                self.tr("Class and actives are taken over; the strength is what your label says."),
                optional=True,
            )
        )
        for widget in (self.form, self.notice):
            card.add(widget)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addWidget(self.create_button)
        buttons.addWidget(self.discard)
        buttons.addWidget(self.missing, 1)
        nest(card.body, buttons)
        scroll = PageScroll("new_product_scroll", max_width=1500, margin=0, edge=True)
        scroll.add(card)
        scroll.column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def begin(self) -> None:
        """Put the cursor in the form; a draft left over comes back first."""
        self._context.run(self, _draft, self._show_draft)
        self.form.name.setFocus()

    def flush(self) -> None:
        """Write down what is being typed."""
        self._keeper.flush()

    def _show_draft(self, draft: Mapping[str, object] | None) -> None:
        if draft and self.form.fields() == ProductFields(""):
            self.form.show_draft(draft)
            words = self.tr("This is what was typed before; the product is not added yet.")
            self.notice.show_notice(Kind.INFO, words)
            self._show_state()

    @Slot(object)
    def _begin_from(self, template_id: object) -> None:
        template = load_catalogue().products.get(str(template_id))
        if template is not None:
            self.form.show_fields(from_template(template, self._context.language))
            self.form.name.setFocus()
            self.form.name.input.selectAll()
            self._typed()

    @Slot()
    def _typed(self) -> None:
        payload = self.form.draft()
        write = partial(_put_draft, self._context.desk, payload)
        self._keeper.put("draft", write, aside=draft(_FORM, _SUBJECT, payload))
        self._show_state()

    def _show_state(self) -> None:
        named = bool(self.form.name.value())
        self.missing.setText("" if named else self.tr("Still needed: the name."))
        self.create_button.setEnabled(named and not self.form.has_error())

    @Slot()
    def _create(self) -> None:
        self.create_button.setEnabled(False)
        work = partial(_create, self.form.fields())
        self._context.write(self, work, self._created, self._not_created, after=self._keeper)

    def _created(self, record: ProductRecord) -> None:
        self._clear()
        self.created.emit(record)

    def _not_created(self, error: Exception) -> None:
        self.create_button.setEnabled(True)
        for problem in getattr(error, "problems", ()):
            self.form.show_problem(problem.place, problem.sentence)
        self.notice.show_notice(Kind.CAUTION, self.tr("No product was added."), explain(error))

    @Slot()
    def _discard(self) -> None:
        self._clear()
        self._keeper.put("draft", partial(_discard_draft, self._context.desk))
        self._keeper.flush()
        self.closed.emit()

    def _clear(self) -> None:
        self.form.show_fields(ProductFields(""))
        self.start.set_value(None)
        self.notice.show_notice(Kind.INFO, "")
        self._show_state()


def from_template(template: ProductTemplate, language: str) -> ProductFields:
    """Return what the starter list knows of a product: class and actives, never a status."""
    ingredients = load_catalogue().ingredients
    return ProductFields(
        name=template.name.get(language),
        product_class=template.class_id,
        container_ml=template.container_ml,
        single_dose=template.single_dose,
        diluent=template.diluent,
        actives=tuple(
            ActiveFields(
                part.ingredient_id,
                ingredients[part.ingredient_id].name.get(language),
                part.strength,
            )
            for part in template.components
        ),
    )


def _draft(desk: Desk) -> Mapping[str, object] | None:
    return desk.drafts.get(_FORM, _SUBJECT)


def _put_draft(desk: Desk, payload: Mapping[str, object], _version: int) -> None:
    desk.drafts.put(_FORM, _SUBJECT, payload)


def _discard_draft(desk: Desk, _version: int) -> None:
    desk.drafts.discard(_FORM, _SUBJECT)


def _create(fields: ProductFields, desk: Desk) -> ProductRecord:
    record = desk.catalogue.add_product(fields)
    desk.drafts.discard(_FORM, _SUBJECT)
    return record
