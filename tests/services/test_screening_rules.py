"""Rules of the clinic through the services: kept with who, when and why, and told in sessions."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.domain.findings import Override, Severity
from mesodesk.domain.records.screening_rules import OwnRuleFields
from mesodesk.domain.rights import Right
from mesodesk.services.errors import ConflictError, InvalidError, NotFoundError, RefusedError

OWN = OwnRuleFields(message="Ask the eye clinic first.", source="House rule 7", regions=("chin",))


def newest_entry(desk):
    with desk.store.read(Right.RECORD_READ) as tx:
        return tx.db.scalars(select(AuditEntryRow).order_by(AuditEntryRow.seq.desc())).first()


def test_a_rule_is_switched_off_and_on_again_with_who_when_and_why(desk):
    off = desk.rules.change_shipped("keloid", 0, "Dr B decides", active=False, severity=None)
    assert (off.number, off.active, off.reason, off.made_by) == (
        1,
        False,
        "Dr B decides",
        "Olga Owner",
    )
    entry = newest_entry(desk)
    assert entry.action == "rule.switch_off"
    assert json.loads(entry.details)["rule"] == "keloid"
    on = desk.rules.change_shipped("keloid", 1, "Back again", active=True, severity=None)
    assert newest_entry(desk).action == "rule.switch_on"
    assert desk.rules.history("keloid") == (on, off)
    assert desk.rules.changes() == (on,)
    assert desk.rules.book().rule("keloid").change == on


def test_a_shipped_rule_becomes_stricter_and_never_milder(desk):
    desk.rules.change_shipped("keloid", 0, "House rule", active=True, severity=Severity.STOP)
    assert desk.rules.book().rule("keloid").severity is Severity.STOP
    with pytest.raises(RefusedError, match="never milder"):
        desk.rules.change_shipped("pregnant_or_breastfeeding", 0, "x", active=True,
                                  severity=Severity.CAUTION)  # fmt: skip
    with pytest.raises(RefusedError, match="law of a country"):
        desk.rules.change_shipped(
            "france_phosphatidylcholine", 0, "We are careful", active=False, severity=None
        )
    with pytest.raises(RefusedError, match="as shipped already"):
        desk.rules.change_shipped("diabetes", 0, "x", active=True, severity=None)
    with pytest.raises(NotFoundError):
        desk.rules.change_shipped("no_such_rule", 0, "x", active=False, severity=None)


def test_a_reason_is_needed_and_nobody_overwrites_another(desk):
    with pytest.raises(InvalidError, match="Reason is missing"):
        desk.rules.change_shipped("keloid", 0, "  ", active=False, severity=None)
    desk.rules.change_shipped("keloid", 0, "First", active=False, severity=None)
    with pytest.raises(ConflictError, match="changed elsewhere"):
        desk.rules.change_shipped("keloid", 0, "Second", active=True, severity=None)
    assert [each.reason for each in desk.rules.history("keloid")] == ["First"]


def test_a_rule_of_the_clinic_is_written_changed_and_switched_off(desk):
    made = desk.rules.keep_own(None, 0, OWN, "After a bruise", active=True)
    assert newest_entry(desk).action == "rule.create"
    stricter = replace(OWN, severity=Severity.STOP, override=Override.PRESCRIBER)
    changed = desk.rules.keep_own(made.rule_id, 1, stricter, "Twice now", active=True)
    assert newest_entry(desk).action == "rule.change"
    assert changed.own == stricter
    desk.rules.keep_own(made.rule_id, 2, stricter, "Solved", active=False)
    rule = desk.rules.book().rule(made.rule_id)
    assert (rule.is_off, rule.version, rule.source) == (True, 3, "House rule 7")
    with pytest.raises(NotFoundError):
        desk.rules.keep_own("own.none", 0, OWN, "x", active=True)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"message": " "}, "message"),
        ({"source": ""}, "source"),
        ({"regions": ()}, "items"),
        ({"regions": ("moon",)}, "regions"),
        ({"items": ("moon",)}, "items"),
        ({"classes": ("moon",)}, "classes"),
        ({"ingredients": ("moon",)}, "ingredients"),
        ({"medicine_groups": ("moon",)}, "medicine_groups"),
        ({"severity": Severity.STOP, "override": Override.NEVER}, "override"),
    ],
)
def test_refuses_what_is_no_rule_by_its_field(desk, changes, place):
    with pytest.raises(InvalidError) as caught:
        desk.rules.keep_own(None, 0, replace(OWN, **changes), "Why", active=True)
    assert {each.place for each in caught.value.problems} == {place}
    assert desk.rules.changes() == ()


def test_what_was_said_is_never_overwritten(desk):
    desk.rules.change_shipped("keloid", 0, "First", active=False, severity=None)
    for statement in ("UPDATE rule_change SET reason = 'x'", "DELETE FROM rule_change"):
        with desk.store.write(Right.OWN) as tx, pytest.raises(DBAPIError, match="append-only"):
            tx.db.execute(text(statement))
