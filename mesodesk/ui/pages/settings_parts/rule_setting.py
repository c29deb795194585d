"""One shipped rule as this clinic has it: switch, number where it has one, source."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.readings import UNITS
from mesodesk.domain.records.limits import LimitChange
from mesodesk.domain.texts import LocalText
from mesodesk.ui.numbers import format_quantity
from mesodesk.ui.pages.settings_parts.limit_value import LimitValue
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.choices import CheckField
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from mesodesk.domain.measures import Measure
    from mesodesk.domain.mixing import MixingRule


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedRule:
    """A rule as it is shipped. `value` is None where there is only a switch.

    `prefix` and `id` make the names of its widgets, `asked` what its number is called.
    """

    prefix: str
    id: str
    name: LocalText
    asked: str
    value: Decimal | None
    unit: str
    places: int
    on: bool
    jurisdictions: frozenset[str]
    source: LocalText


def mixing_rule(rule: MixingRule) -> ShippedRule:
    """Return a rule of mixtures as the settings show it."""
    return ShippedRule(
        prefix="mixing",
        id=rule.id,
        name=rule.short,
        asked=_tr("{rule}: at most"),
        value=None if rule.value is None else Decimal(rule.value),
        unit="",
        places=0,
        on=rule.on,
        jurisdictions=rule.jurisdictions,
        source=rule.source,
    )


def jump_rule(measure: Measure) -> ShippedRule:
    """Return which difference of a measure is asked about, as the settings show it."""
    if measure.jump is None:
        raise ValueError("nothing is asked about this measure")
    return ShippedRule(
        prefix="jump",
        id=measure.id,
        name=measure.name,
        asked=_tr("{rule}: asked about from a difference of"),
        value=measure.jump.value,
        unit=UNITS[measure.kind][0].value,
        places=1,
        on=True,
        jurisdictions=frozenset(),
        source=LocalText.of({"en": measure.jump.source}),
    )


class RuleSetting(QWidget):
    """A rule that is shipped; what the clinic says of it is a `LimitChange`."""

    edited = Signal()

    def __init__(self, rule: ShippedRule, language: str) -> None:
        super().__init__()
        self.rule = rule
        name, end = rule.name.get(language), rule.id
        self.on = CheckField(name, f"{rule.prefix}_on_{end}", compact=True)
        self.value: LimitValue | None = None
        if rule.value is not None:
            words = rule.asked.format(rule=name)
            field = f"{rule.prefix}_value_{end}"
            self.value = LimitValue(field, words, rule.unit, places=rule.places)
            self.value.edited.connect(self._tell)
        self.source_button = Button(
            self.tr("Source"), f"{rule.prefix}_source_{end}", ButtonKind.QUIET, compact=True
        )
        self.source_button.setCheckable(True)
        self.source = Muted()
        self.source.setObjectName(f"{rule.prefix}_source_text_{end}")
        self.source.hide()
        line = QHBoxLayout()
        line.setSpacing(Space.S)
        line.addWidget(self.on, 1)
        if self.value is not None:
            line.addWidget(self.value)
        line.addWidget(self.source_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        nest(whole, line)
        whole.addWidget(self.source)
        self.show_language(language)
        self.on.ticked.connect(self._tell)
        self.source_button.toggled.connect(self.source.setVisible)

    def show_language(self, language: str) -> None:
        """Say in a language what the rule is called, and who says so."""
        rule = self.rule
        name = rule.name.get(language)
        self.on.setText(name)
        self.on.setAccessibleName(name)
        self.on.updateGeometry()
        words = []
        if rule.value is not None:
            value = format_quantity(rule.value, rule.unit) if rule.unit else rule.value
            words.append(self.tr("As shipped: {value}.").format(value=value))
        if rule.jurisdictions:
            where = ", ".join(sorted(rule.jurisdictions))
            words.append(self.tr("Only in {countries}.").format(countries=where))
        words.append(self.tr("Source: {source}.").format(source=rule.source.get(language)))
        self.source.setText(" ".join(words))
        self.source_button.setAccessibleName(self.tr("Source of {limit}").format(limit=name))

    def show_change(self, change: LimitChange) -> None:
        """Show what the clinic says of the rule."""
        self.on.setChecked(self.rule.on if change.on is None else change.on)
        if self.value is not None:
            self.value.set_value(self.rule.value if change.value is None else change.value)

    def change(self) -> LimitChange:
        """Return what the clinic says; what is as shipped, or empty, says nothing."""
        on, value = self.on.isChecked(), None
        if self.value is not None:
            value = self.value.settled()
            value = None if value == self.rule.value else value
        return LimitChange(None if on is self.rule.on else on, value)

    def set_editable(self, *, editable: bool) -> None:
        """Let the rule be changed, or be read with its source."""
        self.on.setEnabled(editable)
        if self.value is not None:
            self.value.setEnabled(editable)

    @Slot()
    def _tell(self) -> None:
        self.edited.emit()


def _tr(text: str) -> str:
    return QCoreApplication.translate("RuleSetting", text)
