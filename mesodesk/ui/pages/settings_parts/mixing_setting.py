"""One rule of mixtures as this clinic has it: switch, number where it has one, source."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.records.limits import LimitChange
from mesodesk.ui.pages.settings_parts.limit_value import LimitValue
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.choices import CheckField
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from mesodesk.domain.mixing import MixingRule


class MixingSetting(QWidget):
    """A rule that is shipped; what the clinic says of it is a `LimitChange`."""

    edited = Signal()

    def __init__(self, rule: MixingRule, language: str) -> None:
        super().__init__()
        self.rule = rule
        name = rule.short.get(language)
        self.on = CheckField(name, f"mixing_on_{rule.id}", compact=True)
        self.value: LimitValue | None = None
        if rule.value is not None:
            words = self.tr("{rule}: at most").format(rule=name)
            self.value = LimitValue(f"mixing_value_{rule.id}", words, "", places=0)
            self.value.edited.connect(self._tell)
        self.source_button = Button(
            self.tr("Source"), f"mixing_source_{rule.id}", ButtonKind.QUIET, compact=True
        )
        self.source_button.setCheckable(True)
        self.source = Muted()
        self.source.setObjectName(f"mixing_source_text_{rule.id}")
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
        whole.addLayout(line)
        whole.addWidget(self.source)
        self.show_language(language)
        self.on.ticked.connect(self._tell)
        self.source_button.toggled.connect(self.source.setVisible)

    def show_language(self, language: str) -> None:
        """Say in a language what must not be mixed, and who says so."""
        name = self.rule.short.get(language)
        self.on.setText(name)
        self.on.setAccessibleName(name)
        self.on.updateGeometry()
        words = []
        if self.rule.value is not None:
            words.append(self.tr("As shipped: {value}.").format(value=self.rule.value))
        if self.rule.jurisdictions:
            where = ", ".join(sorted(self.rule.jurisdictions))
            words.append(self.tr("Only in {countries}.").format(countries=where))
        source = self.rule.source.get(language)
        words.append(self.tr("Source: {source}.").format(source=source))
        self.source.setText(" ".join(words))
        self.source_button.setAccessibleName(self.tr("Source of {limit}").format(limit=name))

    def show_change(self, change: LimitChange) -> None:
        """Show what the clinic says of the rule."""
        self.on.setChecked(self.rule.on if change.on is None else change.on)
        if self.value is not None and self.rule.value is not None:
            shipped = Decimal(self.rule.value)
            self.value.set_value(shipped if change.value is None else change.value)

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
