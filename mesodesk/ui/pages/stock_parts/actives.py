"""The actives of a product with the strengths that its label states."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.catalogue import Ingredient, load_catalogue
from mesodesk.domain.limit_files import EPINEPHRINE, load_limits
from mesodesk.domain.records.stock import ActiveFields
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.domain.texts import fold
from mesodesk.domain.units import plain
from mesodesk.domain.words import contains_words
from mesodesk.ui.pages.stock_parts.words import strength_words
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind, IconButton
from mesodesk.ui.widgets.choices import ChoiceField, Option, PickList
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.numberfields import NumberField
from mesodesk.ui.widgets.textfields import TextField

_LARGEST: Final = Decimal(1_000_000)


class ActiveRow(QWidget):
    """Name, strength and unit of one active. Nothing is assumed: what is not typed is missing."""

    edited = Signal()
    removed = Signal()

    def __init__(self, number: int, language: str) -> None:
        super().__init__()
        self._language = language
        self.name = TextField(f"active_{number}_name", self.tr("Active {n}").format(n=number))
        self.strength = NumberField(
            f"active_{number}_strength",
            self.tr("Strength of active {n}").format(n=number),
            places=6,
            minimum=Decimal("0.000001"),
            maximum=_LARGEST,
        )
        self.unit = ChoiceField(
            f"active_{number}_unit",
            self.tr("Unit of the strength of active {n}").format(n=number),
            [Option(unit.value, unit.label) for unit in StrengthUnit],
        )
        self.remove = IconButton(
            "close", self.tr("Remove active {n}").format(n=number), f"active_{number}_remove"
        )
        self.name.setMinimumWidth(120)
        self.strength.setFixedWidth(150)
        self.unit.setFixedWidth(116)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        for widget, stretch in ((self.name, 1), (self.strength, 0), (self.unit, 0)):
            line.addWidget(widget, stretch, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)
        self.name.edited.connect(self._changed)
        self.strength.edited.connect(self._changed)
        self.unit.edited.connect(self._changed)
        self.remove.clicked.connect(self.removed)
        self._say_missing()

    def set_value(self, name: str, strength: str, unit: str) -> None:
        """Show an active as typed, finished or not."""
        self.name.set_value(name)
        self.strength.set_value(_number(strength))
        self.unit.set_value(unit or None)
        self._say_missing()

    def typed(self) -> dict[str, str]:
        """Return what was typed, finished or not."""
        value = self.strength.value()
        return {
            "name": self.name.value(),
            "strength": "" if value is None else plain(value),
            "unit": self.unit.value() or "",
        }

    def value(self) -> ActiveFields | None:
        """Return the active, without a strength while number or unit is missing; None unnamed."""
        name = self.name.value()
        if not name:
            return None
        value, unit = self.strength.value(), self.unit.value()
        strength = None
        if value is not None and unit is not None:
            strength = Strength(value, StrengthUnit(unit))
        known = ingredient_named(name)
        return ActiveFields(known.id if known is not None else "", name, strength)

    def has_error(self) -> bool:
        """Tell whether something typed cannot be used."""
        return bool(self.name.error() or self.strength.error())

    @Slot()
    def _changed(self) -> None:
        self._say_missing()
        self.edited.emit()

    def _say_missing(self) -> None:
        """Point out a missing strength, with those that labels of this ingredient state."""
        value, unit = self.strength.value(), self.unit.value()
        if value is not None and unit is not None:
            self.strength.set_hint("")
        elif value is not None:
            self.strength.set_hint(self.tr("Choose the unit."), Kind.CAUTION)
        else:
            self.strength.set_hint(self.tr("Type it from the label."), Kind.CAUTION)
        known = ingredient_named(self.name.value())
        usual = [strength_words(each) for each in known.strengths] if known is not None else []
        words = self.tr("Labels state {strengths}, among others.")
        self.name.set_hint(words.format(strengths=", ".join(usual)) if usual else "")


class ActivesEditor(QWidget):
    """Rows of actives; one more is picked from the catalogue or typed."""

    edited = Signal()

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language = language
        self._rows: list[ActiveRow] = []
        self._made = 0
        self.pick = PickList(
            "add_active",
            self.tr("Add an active"),
            [Option(each.id, each.name.get(language)) for each in _ingredients(language)],
            placeholder=self.tr("Add an active: type its name"),
        )
        self.blank = Button(self.tr("Another one"), "add_other_active", ButtonKind.QUIET, "plus")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.S)
        foot = row(self.pick, self.blank)
        foot.setStretch(0, 1)
        nest(self._column, foot)
        self.pick.edited.connect(self._picked)
        self.blank.clicked.connect(self._add_blank)

    def rows(self) -> tuple[ActiveRow, ...]:
        """Return the rows, from the top."""
        return tuple(self._rows)

    def set_typed(self, actives: Sequence[Mapping[str, str]]) -> None:
        """Show actives as `typed` gave them, without telling of it."""
        for old in list(self._rows):
            self._drop(old)
        for one in actives:
            self._add(one.get("name", ""), one.get("strength", ""), one.get("unit", ""))

    def set_actives(self, actives: Sequence[ActiveFields]) -> None:
        """Show actives without telling of it; rows that show them already stay as they are."""
        if tuple(actives) != self.values():
            self.set_typed([_typed(active) for active in actives])

    def typed(self) -> list[dict[str, str]]:
        """Return every row as typed, finished or not."""
        return [each.typed() for each in self._rows]

    def values(self) -> tuple[ActiveFields, ...]:
        """Return the actives that have a name."""
        found = (each.value() for each in self._rows)
        return tuple(active for active in found if active is not None)

    def has_error(self) -> bool:
        """Tell whether something typed cannot be used."""
        return any(each.has_error() for each in self._rows)

    def show_problem(self, at: int, part: str, sentence: str) -> None:
        """Show a sentence of the service at the active it speaks of."""
        named = [each for each in self._rows if each.name.value()]
        if at < len(named):
            field = named[at].strength if part == "strength" else named[at].name
            field.set_error(sentence)

    def _add(self, name: str = "", strength: str = "", unit: str = "") -> ActiveRow:
        self._made += 1
        made = ActiveRow(self._made, self._language)
        made.set_value(name, strength, unit)
        made.edited.connect(self.edited)
        made.removed.connect(self._remove)
        self._rows.append(made)
        self._column.insertWidget(self._column.count() - 1, made)
        made.show()
        return made

    def _drop(self, old: ActiveRow) -> None:
        self._rows.remove(old)
        self._column.removeWidget(old)
        old.hide()
        old.deleteLater()

    @Slot()
    def _remove(self) -> None:
        sender = self.sender()
        if isinstance(sender, ActiveRow) and sender in self._rows:
            self._drop(sender)
            self.pick.setFocus()
            self.edited.emit()

    @Slot(object)
    def _picked(self, ingredient_id: object) -> None:
        known = load_catalogue().ingredients.get(str(ingredient_id))
        if known is None:
            return
        made = self._add(known.name.get(self._language))
        self.pick.set_value(None)
        made.strength.setFocus()
        self.edited.emit()

    @Slot()
    def _add_blank(self) -> None:
        self._add().name.setFocus()


def ingredient_named(text: str) -> Ingredient | None:
    """Return the ingredient of the catalogue that a name means, in any language.

    The longest name that is in the text wins: "lidocaine hydrochloride" is lidocaine. Epinephrine
    is meant only by a name that says nothing else: one "with" or "without" it is another active.
    """
    known = load_catalogue().ingredients
    if load_limits().epinephrine.is_meant_by(text):
        return known[EPINEPHRINE]
    found = [
        (len(name), each)
        for each in known.values()
        if each.id != EPINEPHRINE
        for _, name in each.name.by_language
        if contains_words(text, name)
    ]
    return max(found, key=_length)[1] if found else None


def _length(found: tuple[int, Ingredient]) -> int:
    return found[0]


def _ingredients(language: str) -> list[Ingredient]:
    known = load_catalogue().ingredients.values()
    return sorted(known, key=lambda each: fold(each.name.get(language)))


def _typed(active: ActiveFields) -> dict[str, str]:
    if active.strength is None:
        return {"name": active.name, "strength": "", "unit": ""}
    return {
        "name": active.name,
        "strength": plain(active.strength.value),
        "unit": active.strength.unit.value,
    }


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None
