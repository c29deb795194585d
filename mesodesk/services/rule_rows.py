"""What the clinic says of screening rules, between its table and the rules in force."""

from functools import lru_cache

from sqlalchemy import func, select

from mesodesk.db.models.screening_rule import RuleChangeRow
from mesodesk.domain.records.screening_rules import OwnRuleFields, RuleChange
from mesodesk.domain.rule_changes import book_in_force
from mesodesk.domain.rulebook import RuleBook, load_rules
from mesodesk.services.store import Transaction


def changes_of(tx: Transaction) -> tuple[RuleChange, ...]:
    """Return what the clinic said last of each rule that it ever spoke of, by rule id."""
    newest = (
        select(RuleChangeRow.rule_id, func.max(RuleChangeRow.number).label("number"))
        .group_by(RuleChangeRow.rule_id)
        .subquery()
    )
    rows = tx.db.scalars(
        select(RuleChangeRow)
        .join(
            newest,
            (newest.c.rule_id == RuleChangeRow.rule_id) & (newest.c.number == RuleChangeRow.number),
        )
        .order_by(RuleChangeRow.rule_id)
    )
    return tuple(rule_change(row) for row in rows)


def history_of(tx: Transaction, rule_id: str) -> tuple[RuleChange, ...]:
    """Return all that the clinic said of one rule, the newest first."""
    rows = tx.db.scalars(
        select(RuleChangeRow)
        .where(RuleChangeRow.rule_id == rule_id)
        .order_by(RuleChangeRow.number.desc())
    )
    return tuple(rule_change(row) for row in rows)


def rules_of(tx: Transaction) -> RuleBook:
    """Return the rules as they stand in this clinic."""
    return _in_force(changes_of(tx))


# Screening asks at every keystroke of a session, and the rules change a few times a year.
@lru_cache(maxsize=4)
def _in_force(changes: tuple[RuleChange, ...]) -> RuleBook:
    return book_in_force(load_rules(), changes) if changes else load_rules()


def rule_change(row: RuleChangeRow) -> RuleChange:
    return RuleChange(
        rule_id=row.rule_id,
        number=row.number,
        active=row.active,
        severity=row.severity,
        own=OwnRuleFields.from_plain(row.content) if row.content else None,
        reason=row.reason,
        made_by=row.made_by_name,
        made_at=row.made_at,
    )
