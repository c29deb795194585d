"""Areas and products of a consent: what is chosen stands as buttons, a click takes it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from mesodesk.domain.bodymap.area_groups import group_name, load_groups
from mesodesk.domain.bodymap.regions import name_of_code
from mesodesk.domain.product_status import statuses_in
from mesodesk.ui.pages.stock_parts.words import class_name, status_words
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.choices import CheckField, PickList
from mesodesk.ui.widgets.layouts import FlowLayout, clear, nest, row
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from mesodesk.domain.records.stock import ProductRecord


class AreaPicks(QWidget):
    """A tick for each part of the body, from scalp to foot."""

    #: The areas chosen, from head to foot.
    edited = Signal(object)

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("consent_areas")
        self.setAccessibleName(self.tr("Areas"))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        flow = FlowLayout(self, Space.XS)
        self._ticks: dict[str, CheckField] = {}
        for group, name in load_groups().items():
            tick = CheckField(name.get(language), f"consent_area_{group}", compact=True)
            tick.ticked.connect(self._ticked)
            flow.addWidget(tick)
            self._ticks[group] = tick

    def value(self) -> tuple[str, ...]:
        return tuple(group for group, tick in self._ticks.items() if tick.isChecked())

    def set_value(self, areas: Collection[str]) -> None:
        """Show what is chosen without telling of it."""
        for group, tick in self._ticks.items():
            tick.setChecked(group in areas)

    def first(self) -> QWidget:
        return next(iter(self._ticks.values()))

    @Slot(bool)
    def _ticked(self, _on: bool) -> None:
        self.edited.emit(self.value())


class ProductPicks(QWidget):
    """Products, added by typing part of a name."""

    #: Ids of the products chosen, in the order of choosing.
    edited = Signal(object)

    def __init__(self, language: str, country: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language, self._country = language, country
        self._areas: tuple[str, ...] = ()
        self._known: dict[UUID, ProductRecord] = {}
        self._chosen: tuple[UUID, ...] = ()
        self.pick = PickList(
            "consent_products", self.tr("Add a product"), placeholder=self.tr("Add a product")
        )
        self._rows = QVBoxLayout()
        self._rows.setSpacing(Space.XS)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.S)
        nest(whole, self._rows)
        whole.addWidget(self.pick)
        self.pick.edited.connect(self._picked)

    def offer(self, products: Sequence[ProductRecord]) -> None:
        """Say which products there are; what is chosen stays."""
        self._known = {each.id: each for each in products}
        self._show()

    def set_areas(self, areas: Sequence[str]) -> None:
        """Say the statuses for other areas of the body."""
        if tuple(areas) != self._areas:
            self._areas = tuple(areas)
            self._show()

    def set_value(self, chosen: Sequence[UUID]) -> None:
        """Show what is chosen without telling of it."""
        if tuple(chosen) != self._chosen:
            self._chosen = tuple(chosen)
            self._show()

    def value(self) -> tuple[UUID, ...]:
        return self._chosen

    def _show(self) -> None:
        clear(self._rows)
        for at, product_id in enumerate(self._chosen):
            self._rows.addWidget(self._row(at, product_id))
        left = [each for key, each in self._known.items() if key not in self._chosen]
        self.pick.set_options(
            [
                Option(
                    each.id,
                    each.fields.name,
                    subtitle=class_name(each.fields.product_class, self._language),
                )
                for each in left
            ]
        )
        self.pick.set_value(None)

    def _row(self, at: int, product_id: UUID) -> QWidget:
        known = self._known.get(product_id)
        name = self.tr("(not in the catalogue)") if known is None else known.fields.name
        made = QWidget()
        line = QVBoxLayout(made)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        button = _Removable(name, f"consent_product_{at}", product_id)
        button.setAccessibleDescription(self.tr("Take it out"))
        button.setToolTip(self.tr("Take it out"))
        button.taken.connect(self._taken_out)
        nest(line, row(button, stretch=True))
        if known is not None:
            for words in self._status_lines(known):
                line.addWidget(Muted(words))
        return made

    def _status_lines(self, known: ProductRecord) -> list[str]:
        """Return what the consent will say of a product, in short."""
        told_in, language = known.status_jurisdiction, self._language
        told = statuses_in(known.fields, told_in, self._country, self._areas)
        apart = {each.area for each in told.by_area if each.region}
        lines = []
        for each in told.by_area:
            area, words = group_name(each.area, language), self.tr("{place}: {status}")
            if each.region:
                area = name_of_code(each.region, language)
            elif each.area in apart:
                area = self.tr("Elsewhere in this area ({area})").format(area=area)
            lines.append(words.format(place=area, status=status_words(each.status)))
        return lines or [status_words(told.status)]

    @Slot(object)
    def _picked(self, product_id: UUID | None) -> None:
        if product_id is not None and product_id not in self._chosen:
            self._choose((*self._chosen, product_id))

    @Slot(object)
    def _taken_out(self, product_id: UUID) -> None:
        self._choose(tuple(one for one in self._chosen if one != product_id))

    def _choose(self, chosen: tuple[UUID, ...]) -> None:
        self._chosen = chosen
        self._show()
        self.pick.input.setFocus()
        self.edited.emit(chosen)


class _Removable(Button):
    """One product; pressed, it goes."""

    taken = Signal(object)

    def __init__(self, text: str, object_name: str, product_id: UUID) -> None:
        super().__init__(text, object_name, icon_name="close", compact=True)
        self._product_id = product_id
        self.clicked.connect(self._pressed)

    @Slot()
    def _pressed(self) -> None:
        self.taken.emit(self._product_id)
