"""The page of screening rules: read with source, switched off, made stricter, written anew."""

import pytest
from PySide6.QtCore import Qt

from mesodesk.domain.findings import Override, Severity
from mesodesk.ui.pages.rules import RulesPage


@pytest.fixture
def page(workplace):
    made = workplace.add(RulesPage, "settings")
    workplace.window.open("rules")
    workplace.settle()
    return made


def find(workplace, words):
    workplace.find("rules_search").clear()
    workplace.type("rules_search", words)
    workplace.settle()


def test_a_rule_is_switched_off_with_a_reason_and_says_so(workplace, page):
    find(workplace, "keloid")
    workplace.click("rule_keloid")
    workplace.settle()
    assert "Source:" in page.shipped.source.text()
    assert not page.shipped.keep.isEnabled()
    workplace.click("shipped_rule_active")
    assert not page.shipped.keep.isEnabled()  # not without a reason
    workplace.type("shipped_rule_reason", "Dr B sees them all")
    workplace.click("shipped_rule_keep")
    workplace.settle()
    (change,) = workplace.run(lambda desk: desk.rules.changes())
    assert (change.rule_id, change.active, change.reason) == ("keloid", False, "Dr B sees them all")
    row = workplace.find("rule_keloid")
    assert row.subtitle.text().startswith("Switched off")
    assert page.shipped.past.isVisible()
    assert page.shipped.reason.value() == ""


def test_a_rule_is_made_stricter_but_never_milder(workplace, page):
    find(workplace, "keloid")
    workplace.click("rule_keloid")
    workplace.settle()
    severity = page.shipped.severity
    assert severity.segment("info").isHidden()
    workplace.click("shipped_rule_severity_stop")
    workplace.type("shipped_rule_reason", "House rule")
    workplace.click("shipped_rule_keep")
    workplace.settle()
    rule = workplace.run(lambda desk: desk.rules.book()).rule("keloid")
    assert rule.severity is Severity.STOP


def test_a_rule_of_the_law_cannot_be_switched_off(workplace, page):
    find(workplace, "france_phosphatidylcholine")
    workplace.click("rule_france_phosphatidylcholine")
    workplace.settle()
    assert not page.shipped.active.isEnabled()
    assert page.shipped.severity_row.isHidden()


def test_a_rule_of_the_clinic_is_written_with_the_keys(workplace, page, qtbot):
    workplace.click("rule_new")
    workplace.settle()
    workplace.type("own_rule_message", "Ask the eye clinic first.")
    workplace.click("own_rule_severity_stop")
    workplace.click("own_rule_prescriber")
    workplace.type("own_rule_region", "chin")
    workplace.press(Qt.Key.Key_Return)
    workplace.type("own_rule_medicine_words", "foobarol, barol*")
    workplace.type("own_rule_reason", "After a bruise")
    assert not page.own.keep.isEnabled()  # not without a source
    workplace.type("own_rule_source", "House rule 7")
    workplace.click("own_rule_keep")
    workplace.settle()
    (change,) = workplace.run(lambda desk: desk.rules.changes())
    own = change.own
    assert (own.message, own.severity, own.override) == (
        "Ask the eye clinic first.",
        Severity.STOP,
        Override.PRESCRIBER,
    )
    assert own.medicine_words == ("foobarol", "barol*")
    assert own.regions == ("chin.midline",)
    workplace.type("own_rule_action", "Call them")
    workplace.type("own_rule_reason", "They asked for it")
    workplace.click("own_rule_keep")
    workplace.settle()
    (change,) = workplace.run(lambda desk: desk.rules.changes())
    assert (change.number, change.own.action) == (2, "Call them")


def test_what_is_typed_survives_another_rule(workplace, page):
    workplace.click("rule_new")
    workplace.settle()
    workplace.type("own_rule_message", "Half a thought")
    find(workplace, "keloid")
    workplace.click("rule_keloid")
    workplace.settle()
    workplace.click("rule_new")
    workplace.settle()
    assert page.own.message.value() == "Half a thought"
    workplace.click("own_rule_discard")
    workplace.settle()
    assert page.own.message.value() == ""
    assert workplace.run(lambda desk: desk.rules.changes()) == ()
