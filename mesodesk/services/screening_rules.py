"""Screening rules of the clinic: shipped ones switched off or made stricter, and its own.

Nothing is ever overwritten: each change is a row of its own with who, when and why, and what was
signed before stays as it was sealed.
"""

from typing import Final

from mesodesk.db.models.screening_rule import RuleChangeRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.findings import Severity
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.screening_rules import OWN_RULE, OwnRuleFields, RuleChange
from mesodesk.domain.rights import Right
from mesodesk.domain.rule_changes import may_switch_off
from mesodesk.domain.rulebook import Rule, RuleBook, load_rules
from mesodesk.services.errors import ConflictError, NotFoundError, RefusedError
from mesodesk.services.rule_input import checked_rule
from mesodesk.services.rule_rows import changes_of, history_of, rule_change, rules_of
from mesodesk.services.store import Store, Transaction
from mesodesk.services.texts import Problems

_CONFLICT: Final = (
    "This rule was changed elsewhere meanwhile, so nothing was changed here. What you typed is"
    " still here. Look at the rule as it stands now, and keep yours again if it is to stay."
)


class ScreeningRuleService:
    """Reads the rules in force, and keeps what the clinic says of them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def book(self) -> RuleBook:
        """Return the rules as they stand in this clinic."""
        with self._store.read(Right.CLINIC_READ) as tx:
            return rules_of(tx)

    def changes(self) -> tuple[RuleChange, ...]:
        """Return what the clinic said last of each rule that it ever spoke of."""
        with self._store.read(Right.CLINIC_READ) as tx:
            return changes_of(tx)

    def history(self, rule_id: str) -> tuple[RuleChange, ...]:
        """Return all that the clinic said of one rule, the newest first."""
        with self._store.read(Right.CLINIC_READ) as tx:
            return history_of(tx, rule_id)

    def change_shipped(
        self, rule_id: str, number: int, reason: str, *, active: bool, severity: Severity | None
    ) -> RuleChange:
        """Switch a shipped rule off or on, or make it stricter.

        Args:
            rule_id: of the rule.
            number: of what stands now, 0 for a rule as shipped.
            reason: why; it shows in every session where the rule would have spoken.
            active: whether it speaks.
            severity: a graver one than shipped, None for the one shipped.

        Raises:
            NotFoundError: if no such rule is shipped.
            ConflictError: if it was changed meanwhile.
            RefusedError: if it follows the law, or would become milder.
            InvalidError: if the reason is missing or cannot be taken.
        """
        with self._store.write(Right.RULES_EDIT) as tx:
            rule = _shipped(rule_id)
            before = _newest(tx, rule_id, number)
            if not active and not may_switch_off(rule):
                raise RefusedError(
                    "This rule follows the law of a country, so it cannot be switched off. Nothing"
                    " was changed. If the clinic lies elsewhere, change its country."
                )
            if severity is not None and severity.rank >= rule.severity.rank:
                raise RefusedError(
                    "A shipped rule is only made stricter, never milder. Nothing was changed."
                )
            if before is None and active and severity is None:
                raise RefusedError("The rule is as shipped already. Nothing was changed.")
            problems = Problems()
            why = problems.line("reason", reason, "Reason", needed=True)
            problems.done()
            return _kept(tx, rule_id, number + 1, why, before, active=active, severity=severity)

    def keep_own(
        self, rule_id: str | None, number: int, typed: OwnRuleFields, reason: str, *, active: bool
    ) -> RuleChange:
        """Add a rule of the clinic, change one, or switch it off or on.

        Args:
            rule_id: None for a new one.
            number: of what stands now, 0 for a new one.
            typed: the rule.
            reason: why.
            active: whether it speaks.

        Raises:
            NotFoundError: if the clinic has no such rule.
            ConflictError: if it was changed meanwhile.
            InvalidError: naming every field that cannot be taken.
        """
        with self._store.write(Right.RULES_EDIT) as tx:
            before = None if rule_id is None else _newest(tx, rule_id, number)
            if rule_id is not None and (before is None or before.own is None):
                raise NotFoundError("The clinic has no such rule. Nothing was changed.")
            problems = Problems()
            checked = checked_rule(problems, typed)
            why = problems.line("reason", reason, "Reason", needed=True)
            problems.done()
            made = rule_id or f"{OWN_RULE}{new_id()}"
            return _kept(tx, made, number + 1, why, before, active=active, own=checked)


def _shipped(rule_id: str) -> Rule:
    try:
        return load_rules().rule(rule_id)
    except KeyError:
        raise NotFoundError("There is no such rule. Nothing was changed.") from None


def _newest(tx: Transaction, rule_id: str, number: int) -> RuleChange | None:
    found = history_of(tx, rule_id)
    newest = found[0] if found else None
    if number != (0 if newest is None else newest.number):
        raise ConflictError(newest, _CONFLICT)
    return newest


def _kept(
    tx: Transaction,
    rule_id: str,
    number: int,
    reason: str,
    before: RuleChange | None,
    *,
    active: bool,
    severity: Severity | None = None,
    own: OwnRuleFields | None = None,
) -> RuleChange:
    row = RuleChangeRow(
        rule_id=rule_id,
        number=number,
        active=active,
        severity=severity,
        content={} if own is None else own.to_plain(),
        reason=reason,
        made_by=tx.actor.id,
        made_by_name=tx.actor.name,
        made_at=tx.now,
    )
    tx.db.add(row)
    tx.db.flush()
    tx.audit(
        _action(before, active=active, own=own is not None),
        "rule_change",
        row.id,
        number,
        rule=rule_id,
        severity=str(severity or "") if own is None else str(own.severity),
    )
    tx.touch(Topic.CLINIC)
    return rule_change(row)


def _action(before: RuleChange | None, *, active: bool, own: bool) -> str:
    if not active:
        return "rule.switch_off"
    if before is not None and not before.active:
        return "rule.switch_on"
    return "rule.create" if own and before is None else "rule.change"
