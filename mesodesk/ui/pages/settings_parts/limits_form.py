"""The limits of a session as this clinic has them: value, switch, source; limits of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.limit_files import TOTAL_VOLUME, decimal_point, load_limits, value_text
from mesodesk.domain.limits import When
from mesodesk.domain.measures import load_measures
from mesodesk.domain.mixing import MIXTURE_RULE, load_mixing
from mesodesk.domain.readings import JUMP_RULE
from mesodesk.domain.records.limits import LimitChange, LimitKind, LimitSettings
from mesodesk.ui.pages.settings_parts.limit_value import LimitValue
from mesodesk.ui.pages.settings_parts.own_limits import OwnLimits
from mesodesk.ui.pages.settings_parts.rule_setting import RuleSetting, jump_rule, mixing_rule
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.choices import CheckField
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Label, Muted, Strong

if TYPE_CHECKING:
    from mesodesk.domain.limits import Limit


class LimitSetting(QWidget):
    """One shipped limit: whether it is on, its value, and where it comes from."""

    edited = Signal()

    def __init__(self, limit: Limit, language: str) -> None:
        super().__init__()
        self.limit = limit
        name = setting_name(limit, language, self)
        self.on = CheckField(name, f"limit_on_{limit.id}", compact=True)
        unit = limit.kind.unit or self.tr("points")
        self.value = LimitValue(
            f"limit_value_{limit.id}",
            self.tr("{limit}: value in {unit}").format(limit=name, unit=unit),
            unit,
            places=0 if limit.kind is LimitKind.POINTS_PER_SESSION else 3,
        )
        self.source_button = Button(
            self.tr("Source"), f"limit_source_{limit.id}", ButtonKind.QUIET, compact=True
        )
        self.source_button.setCheckable(True)
        self.source = Muted()
        self.source.setObjectName(f"limit_source_text_{limit.id}")
        self.source.hide()
        self._lay_out()
        self.show_language(language)
        self.on.ticked.connect(self._tell)
        self.value.edited.connect(self._tell)
        self.source_button.toggled.connect(self.source.setVisible)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(Space.S)
        line.addWidget(self.on, 1)
        line.addWidget(self.value)
        line.addWidget(self.source_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        nest(whole, line)
        whole.addWidget(self.source)

    def show_language(self, language: str) -> None:
        """Say in a language what is limited and by whom."""
        name = setting_name(self.limit, language, self)
        self.on.setText(name)
        self.on.setAccessibleName(name)
        self.on.updateGeometry()
        self.source.setText(self._source_words(language))
        self.setToolTip(self.source.text())
        self.source_button.setAccessibleName(self.tr("Source of {limit}").format(limit=name))

    def _source_words(self, language: str) -> str:
        shipped = value_text(self.limit, language, decimal_point(language))
        words = [self.tr("As shipped: {value}.").format(value=shipped)]
        if self.limit.jurisdictions:
            where = ", ".join(sorted(self.limit.jurisdictions))
            words.append(self.tr("Only in {countries}.").format(countries=where))
        words.append(self.tr("Source: {source}.").format(source=self.limit.source.get(language)))
        return " ".join(words)

    def show_change(self, change: LimitChange) -> None:
        """Show what the clinic says of the limit."""
        self.on.setChecked(self.limit.on if change.on is None else change.on)
        self.value.set_value(self.limit.value if change.value is None else change.value)

    def change(self) -> LimitChange:
        """Return what the clinic says; what is as shipped, or empty, says nothing."""
        on, value = self.on.isChecked(), self.value.settled()
        return LimitChange(
            None if on is self.limit.on else on, None if value == self.limit.value else value
        )

    @Slot()
    def _tell(self) -> None:
        self.edited.emit()


class LimitsForm(Card):
    """All limits; keeping them is the caller's job. Emits `edited`."""

    edited = Signal()

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(object_name="limits_card", parent=parent)
        self.set_title(self.tr("Limits of a session"))
        self.body.setSpacing(Space.S)
        self.add(
            Muted(
                self.tr(
                    "The chart warns before each limit and is red above it; signing then takes a "
                    "reason. Compare a limit with its source before you rely on it. An empty value "
                    "is the one shipped."
                )
            )
        )
        self._rows = {each.id: LimitSetting(each, language) for each in load_limits().limits}
        for row in self._rows.values():
            self.add(row)
            row.edited.connect(self._tell)
        self.add(Strong(self.tr("Limits of this clinic")))
        self.own = OwnLimits(language)
        self.add(self.own)
        self.own.edited.connect(self._tell)
        self.add(Strong(self.tr("Mixtures in one syringe")))
        self._rules = {
            f"{MIXTURE_RULE}{each.id}": RuleSetting(mixing_rule(each), language)
            for each in load_mixing().rules
        }
        for rule in self._rules.values():
            self.add(rule)
        self._add_jumps(language)
        for rule in self._rules.values():
            rule.edited.connect(self._tell)
        self.problem = Label("", Role.SMALL, "stop", wrap=True)
        self.problem.hide()
        self.add(self.problem)

    def _add_jumps(self, language: str) -> None:
        self.add(Strong(self.tr("Unlikely readings")))
        self.add(
            Muted(
                self.tr(
                    "A reading further than this from the one before of the same measure is asked "
                    "about, never refused. A figure that fits in the other unit alone is always "
                    "asked about."
                )
            )
        )
        for measure in load_measures().values():
            if measure.jump is not None:
                row = RuleSetting(jump_rule(measure), language)
                self._rules[f"{JUMP_RULE}{measure.id}"] = row
                self.add(row)

    def show_language(self, language: str) -> None:
        """Name limits and actives in a language."""
        for row in self._rows.values():
            row.show_language(language)
        for rule in self._rules.values():
            rule.show_language(language)
        self.own.show_language(language)

    def show_settings(self, settings: LimitSettings) -> None:
        """Show what is on record."""
        for limit_id, row in self._rows.items():
            row.show_change(settings.changes.get(limit_id, LimitChange()))
        for rule_id, rule in self._rules.items():
            rule.show_change(settings.changes.get(rule_id, LimitChange()))
        self.own.show_limits(settings.total_volume_ml, settings.masses_mg)
        self.problem.hide()

    def set_editable(self, *, editable: bool) -> None:
        """Let the limits be changed, or be read with their sources."""
        self.setProperty("reads", not editable)
        for row in self._rows.values():
            row.on.setEnabled(editable)
            row.value.setEnabled(editable)
        for rule in self._rules.values():
            rule.set_editable(editable=editable)
        self.own.setEnabled(editable)

    def settings(self) -> LimitSettings:
        """Return what is set."""
        told = {limit_id: row.change() for limit_id, row in self._rows.items()}
        told |= {rule_id: rule.change() for rule_id, rule in self._rules.items()}
        return LimitSettings(
            {limit_id: change for limit_id, change in told.items() if change != LimitChange()},
            self.own.total.settled(),
            self.own.masses(),
        )

    def show_problem(self, limit_id: str, sentence: str) -> None:
        """Show a sentence of the service at the limit it speaks of."""
        rule = self._rules.get(limit_id)
        if limit_id in self._rows:
            self._rows[limit_id].value.set_error(sentence)
        elif rule is not None and rule.value is not None:
            rule.value.set_error(sentence)
        elif limit_id == TOTAL_VOLUME:
            self.own.total.set_error(sentence)
        else:
            self.problem.setText(sentence)
            self.problem.show()

    @Slot()
    def _tell(self) -> None:
        self.edited.emit()


def setting_name(limit: Limit, language: str, widget: QWidget) -> str:
    """Return what a limit is called in a list of all of them."""
    name = limit.short.get(language)
    if limit.when is When.WITH_EPINEPHRINE:
        return widget.tr("{limit}, with epinephrine").format(limit=name)
    if limit.when is When.WITHOUT_EPINEPHRINE:
        return widget.tr("{limit}, no epinephrine").format(limit=name)
    if limit.kind is LimitKind.MASS_PER_SESSION:
        return widget.tr("{limit}, a session").format(limit=name)
    return name
