"""One row of a syringe: from which lot, and how many millilitres."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.dosing import ActiveStrength, Component
from mesodesk.domain.records.session import ComponentFields
from mesodesk.ui.numbers import format_decimal
from mesodesk.ui.pages.session_parts.lot_shelf import Shelf, left_words, lot_name, strengths
from mesodesk.ui.pages.session_parts.typed_syringe import TypedPart, Wanted
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.choices import PickList
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.numberfields import NumberField
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtGui import QResizeEvent

    from mesodesk.domain.records.session import ComponentRecord
    from mesodesk.domain.records.stock import ActiveFields, ProductFields
    from mesodesk.ui.pages.session_parts.mixing_watch import Said

_STEP_ML: Final = Decimal("0.1")
_FIRST_ML: Final = Decimal(1)
_MOST_ML: Final = Decimal(1_000)


class VolumeField(NumberField):
    """Millilitres drawn up; the first step into an empty field gives one millilitre."""

    def __init__(self, object_name: str, accessible_name: str) -> None:
        super().__init__(
            object_name, accessible_name, places=3, unit="mL", maximum=_MOST_ML, step=_STEP_ML
        )
        self.setFixedWidth(176)

    def _move(self, steps: int) -> None:
        if self.value() is None and not self.input.text().strip():
            self.set_value(_FIRST_ML)
            self.edited.emit(_FIRST_ML)
            return
        super()._move(steps)


class ComponentRow(QWidget):
    """A lot, a volume, and a line that says what the lot is."""

    changed = Signal()
    removed = Signal()
    #: Enter in the volume: this row is complete.
    finished = Signal()
    #: a lot was chosen for a volume that a recipe had given already.
    supplied = Signal()

    def __init__(self, digit: int, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"syringe_{digit}_part_{number}")
        self._shelf = Shelf()
        self._stored: ComponentRecord | None = None
        # A lot typed before, for as long as the lots have not been read.
        self._wanted: UUID | None = None
        #: what a recipe asks for in this row.
        self.product: Wanted | None = None
        self.pick = PickList(
            f"syringe_{digit}_lot_{number}",
            self.tr("Syringe {digit}, lot {number}").format(digit=digit, number=number),
            placeholder=self.tr("Product or lot number"),
        )
        self.volume = VolumeField(
            f"syringe_{digit}_ml_{number}",
            self.tr("Syringe {digit}, mL of lot {number}").format(digit=digit, number=number),
        )
        self.remove = IconButton(
            "close", self.tr("Take this out of the syringe"), f"syringe_{digit}_drop_{number}"
        )
        self.diluent = Chip(Kind.NEUTRAL, self.tr("Diluent"), icon_name="water-outline")
        self.detail = Muted("")
        self.detail.setObjectName(f"syringe_{digit}_detail_{number}")
        self._lay_out()
        self.pick.edited.connect(self._picked)
        self.volume.edited.connect(self._typed)
        self.volume.committed.connect(self._judge)
        self.volume.input.returnPressed.connect(self._entered)
        self.remove.clicked.connect(self.removed)

    def _lay_out(self) -> None:
        top = Qt.AlignmentFlag.AlignTop
        line = QHBoxLayout()
        line.setSpacing(Space.S)
        line.addWidget(self.pick, 1, top)
        line.addWidget(self.volume, 0, top)
        line.addWidget(self.remove, 0, top)
        about = QHBoxLayout()
        about.setSpacing(Space.S)
        about.addWidget(self.diluent)
        about.addWidget(self.detail, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.XS)
        nest(whole, line)
        nest(whole, about)
        self.diluent.hide()
        self.detail.hide()

    # What is in the row

    def lot_id(self) -> UUID | None:
        """Return the lot chosen."""
        chosen: UUID | None = self.pick.value()
        return chosen or self._wanted

    def chosen(self) -> ProductFields | None:
        """Return the product chosen, or asked for by a recipe; None as long as it is not known."""
        lot = self._shelf.lot(self.lot_id())
        if lot is not None:
            return lot.product.fields
        return None if self.product is None else self._shelf.product(self.product.product_id)

    def is_blank(self) -> bool:
        """Tell whether nothing was chosen or typed, and no recipe asks for anything."""
        chosen = self.lot_id() is not None or self.product is not None
        return not chosen and not self.volume.input.text().strip()

    def fields(self) -> ComponentFields | None:
        """Return the component, None while it is not complete."""
        lot_id, volume_ml = self.lot_id(), self.volume.value()
        if lot_id is None or volume_ml is None or volume_ml <= 0:
            return None
        return ComponentFields(lot_id, volume_ml)

    def typed(self) -> TypedPart:
        """Return the row as it stands, complete or not."""
        return TypedPart(self.lot_id(), self.volume.input.text(), self.product)

    def component(self) -> Component | None:
        """Return what the row adds to the mixture, None while it is not complete."""
        fields = self.fields()
        if fields is None:
            return None
        actives = tuple(
            ActiveStrength(active.name, active.ingredient_id, active.strength)
            for active in self._actives(fields)
        )
        return Component(fields.lot_id, self.pick.input.text(), fields.volume_ml, actives)

    def _actives(self, fields: ComponentFields) -> tuple[ActiveFields, ...]:
        """Return the strengths: frozen ones for what was drawn so before, else of today's label."""
        stored, lot = self._stored, self._shelf.lot(fields.lot_id)
        if stored is not None and stored.lot_id == fields.lot_id:
            unchanged = stored.volume_ml == fields.volume_ml
            known = all(active.strength is not None for active in stored.actives)
            if lot is None or (unchanged and known):
                return stored.actives
        return () if lot is None else lot.product.fields.actives

    def knows_more_than_record(self) -> bool:
        """Tell whether a strength was typed on the label that the record does not have yet."""
        lot = self._shelf.lot(self.lot_id())
        if self._stored is None or lot is None or self._stored.lot_id != lot.id:
            return False
        missing = any(active.strength is None for active in self._stored.actives)
        return missing and all(active.strength for active in lot.product.fields.actives)

    # Showing

    def show_stored(self, stored: ComponentRecord) -> None:
        """Show a component of the record."""
        self._stored, self._wanted = stored, None
        self._want(None)
        self._offer()
        self.pick.set_value(stored.lot_id)
        self.volume.set_value(stored.volume_ml)
        self._show_detail()

    def take_stored(self, stored: ComponentRecord | None) -> None:
        """Remember what the record says of this row, which shows it already."""
        self._stored = stored
        self._show_detail()

    def show_typed(self, typed: TypedPart) -> None:
        """Show what was typed before, or what a recipe asks for."""
        self._wanted = typed.lot_id
        self._want(typed.wanted)
        self._offer()
        self.volume.input.setText(typed.volume)
        self.volume.set_range(None, _MOST_ML)
        self._judge()
        self._show_detail()

    def _want(self, product: Wanted | None) -> None:
        self.product = product
        words = self.tr("Product or lot number")
        if product is not None:
            words = self.tr("Lot of {product}").format(product=product.name)
        self.pick.input.setPlaceholderText(words)

    def set_shelf(self, shelf: Shelf) -> None:
        """Offer the lots as they stand now."""
        self._shelf = shelf
        self._offer()
        self._show_detail()

    def choose(self, lot_id: UUID) -> None:
        """Choose a lot as the user would."""
        self._offer()
        self.pick.set_value(lot_id)
        self._picked(lot_id)

    def set_error(self, sentence: str) -> None:
        """Say beneath the row what the record does not take."""
        self.volume.set_error("")
        self.pick.set_error(sentence)

    def say_mixing(self, said: Said | None) -> None:
        """Mark the choice that a rule of mixtures speaks against; None takes it back."""
        self.pick.frame.set_doubt(None if said is None else said.kind)
        self.pick.set_hint("" if said is None else said.words, None if said is None else said.kind)

    def _offer(self) -> None:
        besides = [each for each in (self.lot_id(), self._stored_lot()) if each is not None]
        options = self._shelf.options(besides, self.product)
        stored = self._stored
        if stored is not None and all(option.value != stored.lot_id for option in options):
            lot = self.tr("lot {number}").format(number=stored.lot_number)
            options.append(Option(stored.lot_id, stored.product_name, subtitle=lot))
        self.pick.set_options(options)
        if self._wanted is not None:
            self.pick.set_value(self._wanted)

    def _stored_lot(self) -> UUID | None:
        return None if self._stored is None else self._stored.lot_id

    def _show_detail(self) -> None:
        lot = self._shelf.lot(self.lot_id())
        self.detail.setVisible(lot is not None)
        self.diluent.setVisible(lot is not None and lot.product.fields.diluent)
        if lot is None:
            self._show_wanted()
            return
        expires = lot.fields.expires_on
        parts = [
            lot.product.fields.name if self._is_cut(lot.product.fields.name) else "",
            self.tr("lot {number}").format(number=lot.fields.number),
            strengths(lot.product.fields),
            self._shelf.expiry_words(expires),
            left_words(lot),
        ]
        self.detail.setText(" · ".join(part for part in parts if part))
        self.detail.set_tone(Kind.CAUTION.value if self._shelf.is_soon(expires) else "muted")
        self.detail.setAccessibleName(f"{lot_name(lot)}: {self.detail.text()}")

    def _is_cut(self, name: str) -> bool:
        """Tell whether the field is too narrow for the name of what is in it."""
        return paint.text_width(name, self.pick.input.font()) > self.pick.input.width() - Space.S

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.lot_id() is not None:
            self._show_detail()

    def _show_wanted(self) -> None:
        """Say where nothing can be drawn of what the recipe asks for."""
        if self.product is None or not self._shelf.is_read:
            return
        lacking = not self._shelf.options((), self.product)
        words = self.tr(
            "No lot of {product} can be drawn from: enter one with “New lot”, or take this row out."
        )
        self.detail.setVisible(lacking)
        self.detail.setText(words.format(product=self.product.name) if lacking else "")
        self.detail.set_tone(Kind.CAUTION.value)
        self.detail.setAccessibleName(self.detail.text())

    # What the user does

    @Slot(object)
    def _picked(self, lot_id: UUID | None) -> None:
        self._wanted = None
        self.set_error("")
        self._show_detail()
        given = self.product is not None and self.fields() is not None
        if lot_id is not None and not given:
            self.volume.input.setFocus(Qt.FocusReason.OtherFocusReason)
            self.volume.input.selectAll()
        self.changed.emit()
        if given:
            self.supplied.emit()

    @Slot(object)
    def _typed(self, _volume_ml: Decimal | None) -> None:
        self.pick.set_error("")
        self._judge()
        self.changed.emit()

    @Slot()
    def _judge(self) -> None:
        volume_ml = self.volume.value()
        if volume_ml is not None and volume_ml <= 0:
            self.volume.set_error(
                self.tr("A syringe cannot hold {volume} mL of it.").format(
                    volume=format_decimal(volume_ml)
                )
            )

    @Slot()
    def _entered(self) -> None:
        if self.fields() is not None:
            self.finished.emit()
