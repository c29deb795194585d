"""A rule that came with the program: read with its source, switched off, or made stricter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from mesodesk.domain.findings import Severity
from mesodesk.domain.rule_changes import may_switch_off, stricter_than
from mesodesk.domain.rulebook import load_rules
from mesodesk.ui.pages.rule_parts.rule_form import RuleForm
from mesodesk.ui.pages.rule_parts.words import override_words, scope_name, severity_name, tr
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Body, Muted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.screening_rules import RuleChange
    from mesodesk.domain.rulebook import Rule
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class ShippedForm(RuleForm):
    """What the rule says and where it comes from cannot be changed; whether it speaks can."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("shipped_rule", context, parent)
        self._rule: Rule | None = None
        self.action = Body()
        self.about = Muted("")
        self.source = Muted("")
        self.severity = SegmentedControl(
            {each.value: severity_name(each) for each in reversed(Severity)},
            "shipped_rule_severity",
            tr("How grave"),
            compact=True,
        )
        for words in (self.action, self.about, self.source):
            self.add(words)
        self.severity_row = self.form.add_row(
            tr("How grave"), self.severity, tr("A rule as shipped is only made stricter.")
        )
        self.lay_out()
        self.severity.chosen.connect(self.typed)

    def show_rule(self, rule: Rule, history: tuple[RuleChange, ...]) -> None:
        """Show a rule as it stands in the clinic, with all that was said of it."""
        self._rule = rule
        language = self._context.language
        self.set_title(rule.message.get(language))
        self.action.setText(rule.action.get(language))
        self.about.setText(
            tr("Concerns {scope}. {override}").format(
                scope=scope_name(rule, language), override=override_words(self._shipped())
            )
        )
        self.source.setText(
            tr("Rule {rule}, version {version}. Source: {source}.").format(
                rule=rule.id, version=rule.version, source=rule.source.rstrip(".")
            )
        )
        shipped = self._shipped().severity
        offered = (shipped, *stricter_than(shipped))
        self.severity.offer([each.value for each in offered])
        self.severity_row.setVisible(len(offered) > 1)
        self.begin(rule.id, history)

    def _shipped(self) -> Rule:
        rule = self._rule
        if rule is None:
            raise RuntimeError("no rule is shown")
        return load_rules().rule(rule.id)

    def show_kept(self) -> None:
        rule = self._rule
        if rule is not None:
            self._show(active=not rule.is_off, severity=rule.severity)

    def _show(self, *, active: bool, severity: Severity) -> None:
        self.active.setChecked(active)
        self.severity.set_value(severity.value)

    def show_state(self) -> None:
        super().show_state()
        if self._rule is not None:
            fixed = not may_switch_off(self._rule)
            self.active.setEnabled(not fixed)
            self.active.setToolTip(
                tr("It follows the law of a country, and cannot be switched off.") if fixed else ""
            )

    def _stricter(self) -> Severity | None:
        chosen = Severity(self.severity.value() or self._shipped().severity)
        return None if chosen is self._shipped().severity else chosen

    def may_keep(self) -> bool:
        rule = self._rule
        if rule is None:
            return False
        now = (self.active.isChecked(), self.severity.value())
        return now != (not rule.is_off, rule.severity.value)

    def payload(self) -> dict[str, Any]:
        return {"active": self.active.isChecked(), "severity": self.severity.value() or ""}

    def show_payload(self, payload: Mapping[str, Any]) -> None:
        self._show(active=bool(payload["active"]), severity=Severity(payload["severity"]))

    def work(self) -> Callable[[Desk], RuleChange]:
        rule = self._shipped()
        change = None if self._rule is None else self._rule.change
        return partial(
            _change,
            rule.id,
            0 if change is None else change.number,
            self.reason.value(),
            active=self.active.isChecked(),
            severity=self._stricter(),
        )


def _change(
    rule_id: str,
    number: int,
    reason: str,
    desk: Desk,
    *,
    active: bool,
    severity: Severity | None,
) -> RuleChange:
    return desk.rules.change_shipped(rule_id, number, reason, active=active, severity=severity)
