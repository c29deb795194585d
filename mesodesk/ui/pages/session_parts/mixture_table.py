"""What a syringe holds, and what one millilitre of it delivers, with the arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.dosing import Amount, to_decimal
from mesodesk.domain.strength import per_ml
from mesodesk.ui import theme
from mesodesk.ui.bodymap.figures import amount_figure, unit_text
from mesodesk.ui.numbers import NO_BREAK, format_decimal, format_quantity
from mesodesk.ui.pages.stock_parts.words import strength_words
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.disclosure import Disclosure
from mesodesk.ui.widgets.layouts import clear, nest
from mesodesk.ui.widgets.text import ElidedLabel, Label, Muted, Strong

if TYPE_CHECKING:
    from mesodesk.domain.dosing import Component, Concentration, Mixture

_EXACT_PLACES = 9
_TOP_RIGHT = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight
_TIMES = "\u00d7"


class MixtureTable(QFrame):
    """Each active with its amount in the syringe and in one millilitre; then the volume drawn."""

    #: A strength is unknown and shall be typed where the products are.
    stock_asked = Signal()

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, object_name, self.tr("Mixture"))
        self._name = object_name
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setColumnStretch(0, 1)
        self.how = Disclosure(self.tr("How this is worked out"), f"{object_name}_how")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        whole.setSpacing(Space.XS)
        nest(whole, self._grid)
        self.type_it = Button(
            self.tr("Type the strength in Stock"),
            f"{object_name}_stock",
            ButtonKind.QUIET,
            "arrow-right",
            compact=True,
        )
        self.type_it.clicked.connect(self.stock_asked)
        foot = QHBoxLayout()
        foot.addWidget(self.how, 1)
        foot.addWidget(self.type_it, 0, _TOP_RIGHT)
        nest(whole, foot)
        self.hide()

    def show_mixture(self, mixture: Mixture | None) -> None:
        """Show a mixture; nothing while no component is complete."""
        for label in self.findChildren(Label):
            # Gone in a moment: the new ones are to be found by these names.
            label.setObjectName("")
        clear(self._grid)
        clear(self.how.body)
        if mixture is None or not mixture.components:
            self.hide()
            return
        self._write_head()
        concentrations = mixture.concentrations()
        for row, (active, amount) in enumerate(
            zip(concentrations, mixture.delivered(mixture.volume_ml), strict=True), start=1
        ):
            self._write_active(row, mixture, active, amount)
        self._write_total(len(concentrations) + 1, mixture)
        known = [each for each in concentrations if each.per_ml is not None]
        self.type_it.setVisible(len(known) < len(concentrations))
        for active in known:
            self.how.add(Muted(arithmetic(mixture, active)))
        self.how.setVisible(bool(known))
        self.show()

    def _write_head(self) -> None:
        for column, text in enumerate(
            (self.tr("Active"), self.tr("In syringe"), self.tr("Per mL"))
        ):
            self._put(0, column, Label(text, Role.SMALL, "muted"))

    def _write_active(
        self, row: int, mixture: Mixture, active: Concentration, amount: Amount
    ) -> None:
        name = ElidedLabel(active.name, Role.BODY)
        self._put(row, 0, name)
        if active.per_ml is None:
            words = self.tr("strength not typed: {unit} unknown")
            unknown = Label(
                words.format(unit=unit_text(active.unit)), Role.SMALL_STRONG, Kind.CAUTION.value
            )
            unknown.setObjectName(f"{self._name}_{active.key}_unknown")
            self._grid.addWidget(unknown, row, 1, 1, 2, Qt.AlignmentFlag.AlignRight)
            return
        unit = unit_text(active.unit)
        self._put(row, 1, Label(f"{_short(amount_figure(amount))}{NO_BREAK}{unit}"))
        figure = Strong(concentration_text(active))
        figure.setObjectName(f"{self._name}_{active.key}_{unit.replace(' ', '_')}")
        figure.setToolTip(arithmetic(mixture, active))
        self._put(row, 2, figure)

    def _write_total(self, row: int, mixture: Mixture) -> None:
        self._put(row, 0, Strong(self.tr("Drawn up")))
        total = Strong(format_quantity(mixture.volume_ml, "mL"))
        total.setObjectName(f"{self._name}_drawn")
        self._grid.addWidget(total, row, 1, 1, 2, Qt.AlignmentFlag.AlignRight)

    def _put(self, row: int, column: int, label: Label) -> None:
        side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag(0)
        self._grid.addWidget(label, row, column, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        scheme = theme.current()
        paint.box(QPainter(self), paint.inside(self), scheme.ground, scheme.border)


def concentration_text(active: Concentration) -> str:
    """Return how much of an active is in one millilitre: `25 mg/mL`."""
    if active.per_ml is None:
        return _tr("unknown")
    amount = Amount(active.ingredient_id, active.name, active.unit, active.per_ml)
    return f"{_short(amount_figure(amount))}{NO_BREAK}{unit_text(active.unit)}/mL"


def arithmetic(mixture: Mixture, active: Concentration) -> str:
    """Return how a concentration comes about: `Caffeine: 2 mL x 50 mg/mL / 4 mL = 25 mg/mL`."""
    terms = [
        _term(part, active.key)
        for part in mixture.components
        if any(each.key == active.key for each in part.actives)
    ]
    above = " + ".join(terms)
    if len(terms) > 1:
        above = f"({above})"
    volume = format_quantity(mixture.volume_ml, "mL")
    sign = "=" if _is_shown_exactly(active) else "≈"
    return f"{active.name}: {above} / {volume} {sign} {concentration_text(active)}"


def _term(part: Component, key: str) -> str:
    """Return the volume of a component times its strength, converted where the label has %."""
    told = []
    for active in part.actives:
        if active.key != key or active.strength is None:
            continue
        amount, unit = per_ml(active.strength)
        words = f"{format_decimal(amount)}{NO_BREAK}{unit_text(unit)}/mL"
        label = strength_words(active.strength)
        told.append(words if label == words else f"{words} [{label}]")
    strength = told[0] if len(told) == 1 else f"({' + '.join(told)})"
    return f"{format_quantity(part.volume_ml, 'mL')} {_TIMES} {strength}"


def _is_shown_exactly(active: Concentration) -> bool:
    if active.per_ml is None:
        return False
    shown = amount_figure(Amount("", "", active.unit, active.per_ml))
    exact = to_decimal(active.per_ml, _EXACT_PLACES)
    return exact == active.per_ml and _short(shown) == format_decimal(exact)


def _short(figure: str) -> str:
    """Drop zeros after the decimal sign that say nothing: `25.0` becomes `25`."""
    digits = figure.replace(",", ".")
    return figure if "." not in digits else figure[: len(_without_zeros(digits))]


def _without_zeros(digits: str) -> str:
    return digits.rstrip("0").rstrip(".")


def _tr(text: str) -> str:
    return QCoreApplication.translate("mixture", text)
