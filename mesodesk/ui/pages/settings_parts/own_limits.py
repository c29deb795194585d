"""Limits that the clinic sets itself: millilitres of a session, milligrams of an active."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.catalogue import load_catalogue
from mesodesk.ui.pages.settings_parts.limit_value import LimitValue
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, IconButton
from mesodesk.ui.widgets.choices import Option, PickList
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Body

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal


class OwnMass(QWidget):
    """The clinic's limit for one active. Emits `edited`, and `removed` with the ingredient."""

    edited = Signal()
    removed = Signal(str)

    def __init__(self, ingredient_id: str, language: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.ingredient_id = ingredient_id
        self.name = Body("", wrap=False)
        self.value = LimitValue(f"own_mass_{ingredient_id}", "", "mg")
        self.remove = IconButton("close", "", f"own_mass_{ingredient_id}_remove", size=36)
        line = QHBoxLayout(self)
        line.setContentsMargins(Space.S, 0, 0, 0)
        line.setSpacing(Space.S)
        line.addWidget(self.name, 1)
        line.addWidget(self.value)
        line.addWidget(self.remove)
        self.show_language(language)
        self.value.edited.connect(self.edited)
        self.remove.clicked.connect(self._remove)

    def show_language(self, language: str) -> None:
        """Name the active in a language."""
        name = ingredient_name(self.ingredient_id, language)
        self.name.setText(self.tr("{active}, a session").format(active=name))
        said = self.tr("{active}: at most so many mg in a session").format(active=name)
        self.value.input.setAccessibleName(said)
        words = self.tr("Remove the limit of {active}").format(active=name)
        self.remove.setAccessibleName(words)
        self.remove.setToolTip(words)

    @Slot()
    def _remove(self) -> None:
        self.removed.emit(self.ingredient_id)


class OwnLimits(QWidget):
    """The total volume, the actives that have a limit, and a line to add one. Emits `edited`."""

    edited = Signal()

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language = language
        self._rows: dict[str, OwnMass] = {}
        self.total = LimitValue(
            "own_total_volume", self.tr("Total volume of a session, at most"), "mL"
        )
        self.total.input.setPlaceholderText(self.tr("none"))
        self.active = PickList(
            "own_mass_active",
            self.tr("Active that gets a limit"),
            placeholder=self.tr("Active"),
            compact=True,
        )
        self.mass = LimitValue("own_mass_new", self.tr("At most so many mg in a session"), "mg")
        self.add_button = Button(self.tr("Add"), "own_mass_add", icon_name="plus", compact=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(Space.XS)
        self._lay_out()
        self.show_language(language)
        self.total.edited.connect(self._tell)
        self.active.edited.connect(self._show_button)
        self.mass.edited.connect(self._show_button)
        self.mass.input.returnPressed.connect(self._add)
        self.add_button.clicked.connect(self._add)
        self._show_button()

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setContentsMargins(Space.S, 0, 0, 0)
        first.addWidget(Body(self.tr("Total volume of a session"), wrap=False), 1)
        first.addWidget(self.total)
        last = QHBoxLayout()
        last.setSpacing(Space.S)
        last.addWidget(self.active, 1)
        last.addWidget(self.mass)
        last.addWidget(self.add_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.S)
        nest(whole, first)
        nest(whole, self._list)
        nest(whole, last)

    def show_language(self, language: str) -> None:
        """Name the actives in a language."""
        self._language = language
        for row in self._rows.values():
            row.show_language(language)
        self._offer()

    def show_limits(
        self, total_volume_ml: Decimal | None, masses_mg: Mapping[str, Decimal]
    ) -> None:
        """Show what is on record."""
        self.total.set_value(total_volume_ml)
        for gone in self._rows.keys() - masses_mg.keys():
            self._drop(gone)
        for ingredient_id, mass_mg in masses_mg.items():
            self._row(ingredient_id).value.set_value(mass_mg)
        self._offer()

    def masses(self) -> dict[str, Decimal]:
        """Return the limits by ingredient; a line that was emptied limits nothing."""
        typed = {name: row.value.settled() for name, row in self._rows.items()}
        return {name: value for name, value in typed.items() if value is not None}

    def _row(self, ingredient_id: str) -> OwnMass:
        if ingredient_id not in self._rows:
            row = self._rows[ingredient_id] = OwnMass(ingredient_id, self._language, self)
            self._list.addWidget(row)
            row.edited.connect(self._tell)
            row.removed.connect(self._remove)
        return self._rows[ingredient_id]

    def _drop(self, ingredient_id: str) -> None:
        row = self._rows.pop(ingredient_id)
        row.hide()
        row.deleteLater()

    def _offer(self) -> None:
        """Offer the actives that have no limit of the clinic's yet."""
        names = {
            each.id: each.name.get(self._language)
            for each in load_catalogue().ingredients.values()
            if each.id not in self._rows
        }
        ordered = sorted(names.items(), key=lambda pair: pair[1].casefold())
        self.active.set_options([Option(key, text) for key, text in ordered])

    @Slot()
    def _show_button(self) -> None:
        self.add_button.setEnabled(self._can_add())

    def _can_add(self) -> bool:
        return bool(self.active.value()) and self.mass.value() is not None

    @Slot()
    def _add(self) -> None:
        if not self._can_add():
            return
        row = self._row(str(self.active.value()))
        row.value.set_value(self.mass.value())
        self.active.set_value(None)
        self.mass.set_value(None)
        self._offer()
        self._show_button()
        self.active.input.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    @Slot(str)
    def _remove(self, ingredient_id: str) -> None:
        self._drop(ingredient_id)
        self._offer()
        self.active.input.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    @Slot()
    def _tell(self) -> None:
        self.edited.emit()


def ingredient_name(ingredient_id: str, language: str) -> str:
    """Return what an active is called; one that the catalogue does not know keeps its id."""
    known = load_catalogue().ingredients.get(ingredient_id)
    return ingredient_id if known is None else known.name.get(language)
