"""Rule files that are wrong are refused by file and id."""

import re
from dataclasses import replace

import pytest

from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.clinical_files import ClinicalDataError
from mesodesk.domain.conditions import AllOf, AnyYes, Truth
from mesodesk.domain.rulebook import check_critical, check_products
from mesodesk.domain.screening import Severity, evaluate, load_rules

BOOK = load_rules()
CATALOGUE = load_catalogue()
STOP = Severity.STOP

PREGNANT = 'condition.any_yes = ["pregnant", "breastfeeding"]'


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'sources = ["aqualyx_supplier", "cellulite_page"]\n',
            "",
            "has no source; name at least one",
        ),
        ('"aqualyx_supplier"', '"my_uncle"', "names the source 'my_uncle', which sources.toml"),
        (PREGNANT, 'condition.any_yes = ["moon"]', "`any_yes` names 'moon', which is not known"),
        (PREGNANT, "condition.any_yes = []", "`any_yes` is empty"),
        (PREGNANT, "condition.none_yes = []", "has the unknown key `none_yes`"),
        (PREGNANT, "condition = {}", "is empty"),
        (PREGNANT, "condition.skin_type_in = [7]", "must list Fitzpatrick types from 1 to 6"),
        (PREGNANT, "condition.planned = false", "`planned` can only be true"),
        (PREGNANT, 'condition.medicine_in = ["moon"]', "`medicine_in` names 'moon'"),
        (PREGNANT, 'condition.too_soon = { class = "x" }', "`too_soon` needs months or days"),
        (PREGNANT, "condition.age_below = 1.5", "`age_below` is of the wrong kind"),
        (PREGNANT, "condition.bmi_at_least = true", "`bmi_at_least` must be a number"),
        (PREGNANT, 'condition.skin_type_in = ["I"]', "must be a list of whole numbers"),
        (PREGNANT, "condition.any_of = 3", "`any_of` must be a list of tables"),
        (PREGNANT, "condition.any_yes = 3", "`any_yes` must be a list of texts"),
        (PREGNANT, 'condition.any_yes = ["keloid", "keloid"]', "names something twice"),
        ('id = "under_minimum_age"', 'id = "keloid"', "the id 'keloid' is used twice"),
        ('severity = "stop"', 'severity = "halt"', "`severity` is 'halt', but must be one of"),
        ('severity = "stop"', 'severity = "info"', "only a rule that stops can limit"),
        ('scope = "all"', 'scope = { name = { en = "x" } }', "`scope` names nothing"),
        ('message.en = "Pregnant or breastfeeding."\n', "", "`message` has no 'en' text"),
        ("valid_from = 2020-01-01", 'valid_from = "soon"', "`valid_from` is of the wrong kind"),
    ],
)
def test_refuses_a_wrong_rule_by_file_and_id(altered, old, new, sentence):
    with pytest.raises(ClinicalDataError, match=re.escape(sentence)) as caught:
        load_rules(altered("rules.toml", old, new))
    assert str(caught.value).startswith("rules.toml: ")
    assert "rule" in str(caught.value) or "used twice" in str(caught.value)


def test_several_conditions_in_one_table_must_all_hold(altered, a_patient):
    path = altered("rules.toml", PREGNANT, PREGNANT + "\ncondition.skin_type_in = [1]")
    book = load_rules(path)
    dark, light = a_patient("pregnant", skin_type=6), a_patient("pregnant", skin_type=1)
    assert "pregnant_or_breastfeeding" not in {f.rule_id for f in evaluate(book, dark)}
    assert "pregnant_or_breastfeeding" in {f.rule_id for f in evaluate(book, light)}
    neither = a_patient("pregnant", skin_type=None)
    (finding,) = [f for f in evaluate(book, neither) if f.rule_id == "pregnant_or_breastfeeding"]
    assert finding.message == "Not asked: skin type."


def test_all_yes_needs_every_yes(altered, a_patient):
    path = altered("rules.toml", PREGNANT, 'condition.all_yes = ["pregnant", "breastfeeding"]')
    rule = load_rules(path).rule("pregnant_or_breastfeeding")
    both = AllOf((AnyYes(("pregnant",)), AnyYes(("breastfeeding",))))
    assert rule.condition == both
    assert rule.items == {"pregnant", "breastfeeding"}
    assert both(a_patient("pregnant"), BOOK.context).truth is Truth.FALSE
    assert both(a_patient(("pregnant", "breastfeeding")), BOOK.context).truth is Truth.TRUE


def test_refuses_a_rule_for_an_unknown_product():
    with pytest.raises(ClinicalDataError, match="names 'lidocaine', which the catalogue does not"):
        check_products(BOOK, CATALOGUE.classes, (), CATALOGUE.traits)


def test_refuses_a_critical_mark_that_does_not_fit():
    fewer = replace(BOOK, rules=tuple(r for r in BOOK.rules if r.id != "active_cancer"))
    with pytest.raises(ClinicalDataError, match="item 'cancer_active': `critical` must be false"):
        check_critical(fewer)
    keloid = replace(BOOK.rule("keloid"), severity=STOP)
    with pytest.raises(ClinicalDataError, match="item 'keloid': `critical` must be true"):
        check_critical(replace(BOOK, rules=(*BOOK.rules, keloid)))
