"""Rules of mixtures: what is shipped, what they find, and what a clinic makes of them."""

import re
from decimal import Decimal

import pytest

from mesodesk.domain.clinical_files import ClinicalDataError, folder
from mesodesk.domain.findings import Severity
from mesodesk.domain.mixing import Mixed, MixedPart, evaluate, load_mixing, rules_in_force
from mesodesk.domain.records.limits import LimitChange, LimitSettings
from mesodesk.domain.records.stock import ActiveFields
from mesodesk.domain.texts import LANGUAGES

BOOK = load_mixing()
SHIPPED = rules_in_force(BOOK, LimitSettings())


def part(
    name: str, ingredient: str = "", group: str = "", *, diluent: bool = False, alone: bool = False
) -> MixedPart:
    actives = (ActiveFields(ingredient, ingredient or name, None),)
    return MixedPart(name, group, diluent, () if diluent else actives, alone)


SALINE = part("Saline", diluent=True)
CAFFEINE, SILICIUM, DMAE = (
    part("Caffeine", "caffeine"), part("Silicium", "organic_silicium"), part("Dmae", "dmae"),
)  # fmt: skip


def found(*parts: MixedPart, rules=SHIPPED, country: str = "ES") -> set[str]:
    return {each.rule.id for each in evaluate(rules, (Mixed(1, parts),), country)}


def test_every_rule_has_a_source_and_speaks_all_languages():
    for rule in BOOK.rules:
        assert re.search(r"\([ABCUD]\)", rule.source.get()), rule.id
        assert rule.short.languages == rule.message.languages == LANGUAGES, rule.id
        places = {tuple(sorted(re.findall(r"{\w+}", text))) for _, text in rule.message.by_language}
        assert len(places) == 1, rule.id


def test_three_products_and_a_diluent_are_no_more_than_three():
    assert found(CAFFEINE, SILICIUM, DMAE, SALINE) == set()
    assert found(CAFFEINE, SILICIUM, DMAE, part("Lidocaine", "lidocaine")) == {"three_products"}
    # One product out of two lots is one product.
    assert found(CAFFEINE, CAFFEINE, SILICIUM, DMAE) == set()


def test_what_must_not_meet_is_found_whichever_way_round_and_never_in_one_product():
    hyaluronidase = part("Hyaluronidase", "hyaluronidase")
    epinephrine = part("Lidocaine with epinephrine", "epinephrine")
    assert "hyaluronidase_epinephrine" in found(hyaluronidase, epinephrine)
    assert "hyaluronidase_epinephrine" in found(epinephrine, hyaluronidase)
    both = MixedPart(
        "Both", "", False,
        (*hyaluronidase.actives, *epinephrine.actives),
    )  # fmt: skip
    assert "hyaluronidase_epinephrine" not in found(both)
    assert "two_anaesthetics" in found(part("L", "lidocaine"), part("P", "procaine"))
    # The clinic's own name for it has the ingredient in it.
    assert "two_anaesthetics" in found(part("Lidocaine of ours"), part("Procaine of ours"))


def test_what_its_label_forbids_is_neither_mixed_nor_diluted():
    deoxycholic = part("Deoxycholic", "deoxycholic_acid", "deoxycholic_acid")
    assert found(deoxycholic) == set()
    assert found(deoxycholic, SALINE) == {"label_forbids"}
    assert found(part("Ours", alone=True), SALINE) == {"label_forbids"}
    (finding,) = evaluate(SHIPPED, (Mixed(3, (deoxycholic, SALINE)),), "ES")
    assert finding.rule.severity is Severity.STOP
    assert finding.words("en") == "Deoxycholic is not to be mixed or diluted, by its label."


def test_a_country_s_rule_stands_there_and_where_the_country_is_not_known():
    for country, stands in (("FR", True), ("ES", False), ("", True)):
        assert ("france_mixing" in found(CAFFEINE, SALINE, country=country)) is stands


def test_the_clinic_switches_rules_and_changes_numbers_and_the_source_says_so():
    changes = {
        "mixture.three_products": LimitChange(value=Decimal(2)),
        "mixture.one_active": LimitChange(on=True),
        "mixture.two_anaesthetics": LimitChange(on=False),
    }
    rules = rules_in_force(BOOK, LimitSettings(changes=changes))
    assert found(CAFFEINE, SILICIUM, DMAE, rules=rules) == {"three_products", "one_active"}
    assert found(part("L", "lidocaine"), part("P", "procaine"), rules=rules) == {"one_active"}
    changed = next(rule for rule in rules if rule.id == "three_products")
    assert changed.source.get("en").startswith("Set to 2 by this clinic instead of 3; ")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('sources = ["sfm_mixtures"]\n', "", "'three_products': has no source"),
        ("value = 3", "value = 0", "`value` must be above 0"),
        ('one.ingredients = ["lidocaine"]', "one.ingredients = []", "`one` names nothing"),
        ('["lidocaine"]', '["moonshine"]', "names 'moonshine'"),
        ('kind = "unmixed"', 'kind = "unmixt"', "must be one of"),
    ],
)
def test_a_wrong_file_is_refused_by_rule(tmp_path, old, new, sentence):
    text = (folder() / "mixtures.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mixtures.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ClinicalDataError, match=re.escape(sentence)):
        load_mixing(path)
