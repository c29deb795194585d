"""The rule table of the clinical specification, row by row: who, and what is found."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from mesodesk.domain.answers import Answer
from mesodesk.domain.screening import FindingKind, Severity, load_rules

TODAY = date(2026, 5, 4)
BOOK = load_rules()
STOP, CAUTION, INFO = Severity.STOP, Severity.CAUTION, Severity.INFO


def who(yes=(), **changes):
    """A patient in words; `a_patient` makes one of it."""
    return {"yes": yes, **changes}


TABLE = [
    (who(red_flags=("Emergency now",)), "red_flag_in_checks", CAUTION),
    (who(told_today={"anything_changed": "a new blood thinner"}), "change_told", CAUTION),
    (who(told_today={"reaction_to_last": "bruise"}), "reaction_told", CAUTION),
    (who("pregnant"), "pregnant_or_breastfeeding", STOP),
    (who("breastfeeding"), "pregnant_or_breastfeeding", STOP),
    (who(age_years=17), "under_minimum_age", STOP),
    (who(age_years=20, minimum_age=21), "under_minimum_age", STOP),
    (
        who(age_years=21, products="hyaluronic_acid_gel_lidocaine"),
        "under_label_age_microdroplets",
        STOP,
    ),
    (who("site_infection"), "site_not_healthy", STOP),
    (who("herpes_active"), "site_not_healthy", STOP),
    (who("site_sunburn"), "site_not_healthy", STOP),
    (who("allergy_planned_products"), "allergy_to_component", STOP),
    (
        who(allergies=("caféine",), component_names=frozenset({"Caffeine", "Caféine"})),
        "allergy_to_component",
        STOP,
    ),
    (who("allergy_amide_anaesthetic", products="lidocaine_1"), "amide_allergy", STOP),
    (who(allergies=("Lidocaína",), products="lidocaine_1"), "amide_allergy", STOP),
    (
        who("allergy_amide_anaesthetic", products="hyaluronic_acid_gel_lidocaine"),
        "amide_allergy",
        STOP,
    ),
    (who("allergy_ester_anaesthetic", products="procaine_1"), "ester_allergy", STOP),
    (who("takes_sulfonamide", products="procaine_2"), "sulfonamide_with_procaine", STOP),
    (who(medicines=("Bactrim",), products="procaine_2"), "sulfonamide_with_procaine", STOP),
    (
        who("allergy_soy", products="phosphatidylcholine_5_deoxycholate_2_5"),
        "soy_allergy",
        STOP,
    ),
    (
        who("allergy_egg", products="phosphatidylcholine_5_deoxycholate_2_5"),
        "egg_allergy",
        STOP,
    ),
    (
        who("allergy_benzyl_alcohol", products="deoxycholic_acid_10"),
        "benzyl_alcohol_allergy",
        STOP,
    ),
    (who("allergy_bee_wasp", products="hyaluronidase_150"), "bee_wasp_allergy", STOP),
    (who("allergy_fish", products="polynucleotides"), "fish_allergy", STOP),
    (
        who("allergy_vitamin_b", products="hyaluronic_acid_vitamins"),
        "vitamin_b_allergy",
        STOP,
    ),
    (who("allergy_sulfite", products="lidocaine_1_epinephrine"), "sulfite_allergy", STOP),
    (
        who("dysphagia", products="deoxycholic_acid_10", regions=frozenset({"submental"})),
        "dysphagia",
        STOP,
    ),
    (who("late_nodule"), "late_nodule", STOP),
    (
        who(jurisdiction="FR", products="phosphatidylcholine_5_deoxycholate_2_5"),
        "france_phosphatidylcholine",
        STOP,
    ),
    (
        who(jurisdiction="fr", products="deoxycholic_acid_10"),
        "france_deoxycholic_acid",
        STOP,
    ),
    (who(jurisdiction="FR", products="caffeine"), "france_mixtures_for_fat", STOP),
    (
        who(jurisdiction="FR", product_classes=frozenset({"skin_lightening"})),
        "france_skin_lightening",
        STOP,
    ),
    (
        who(products="deoxycholic_acid_10", last_sessions={"deoxycholic_acid": date(2026, 4, 5)}),
        "too_soon_deoxycholic_acid",
        STOP,
    ),
    (
        who(products="deoxycholic_acid_10", session_counts={"deoxycholic_acid": 6}),
        "sessions_used_deoxycholic_acid",
        STOP,
    ),
    (
        who(
            products="phosphatidylcholine_5_deoxycholate_2_5",
            last_sessions={"phosphatidylcholine_deoxycholate": TODAY - timedelta(days=27)},
        ),
        "too_soon_phosphatidylcholine",
        CAUTION,
    ),
    (
        who(("bleeding_disorder", "bleeding_disorder_severe")),
        "bleeding_disorder_severe",
        STOP,
    ),
    (who("bleeding_disorder"), "bleeding_disorder", CAUTION),
    (who("takes_anticoagulant"), "anticoagulant", CAUTION),
    (who(medicines=("Aspirine 100 mg",)), "anticoagulant", CAUTION),
    (who("takes_nsaid_48h"), "nsaid", INFO),
    (who("diabetes"), "diabetes", CAUTION),
    (who(medicines=("insulina",)), "diabetes", CAUTION),
    (who("takes_immunosuppressant"), "immunosuppression", CAUTION),
    (who("immune_deficiency"), "immunosuppression", CAUTION),
    (who("autoimmune"), "autoimmune", CAUTION),
    (who("cancer_active"), "active_cancer", STOP),
    (who("liver_disease"), "organ_disease", CAUTION),
    (who("kidney_disease"), "organ_disease", CAUTION),
    (who("heart_disease"), "organ_disease", CAUTION),
    (who("heart_block", products="procaine_1"), "heart_block", CAUTION),
    (who("epilepsy", products="carnitine_200"), "epilepsy", CAUTION),
    (who("epilepsy", products="lidocaine_1"), "epilepsy", CAUTION),
    (who("epilepsy", products="aminophylline"), "epilepsy", CAUTION),
    (who(("asthma", "asthma_sulfite"), products="procaine_1"), "asthma_sulfite", CAUTION),
    (who("keloid"), "keloid", CAUTION),
    (who(skin_type=4), "pigment_risk", INFO),
    (who("vitiligo"), "koebner_disease", CAUTION),
    (who("takes_isotretinoin"), "isotretinoin", CAUTION),
    (who("area_filler"), "area_surgery_or_filler", CAUTION),
    (who("neck_laxity", regions=frozenset({"submental"})), "submental_examination", CAUTION),
    (
        who(weight_kg=Decimal("84.7"), products="deoxycholic_acid_10"),
        "weight_not_contour",
        CAUTION,
    ),
    (
        who(height_cm=Decimal(200), weight_kg=Decimal(120), products="deoxycholic_acid_10"),
        "weight_not_contour",
        CAUTION,
    ),
    (who("wish_to_lose_weight", products="caffeine"), "weight_not_contour", CAUTION),
    (who("bdd_screen_positive"), "mind", CAUTION),
    (who("unrealistic_goal"), "mind", CAUTION),
    (who("pressure_by_others"), "mind", CAUTION),
    (who("hypertension_uncontrolled"), "hypertension", CAUTION),
    (who(weight_kg=None, products="lidocaine_0_5"), "weight_unknown", CAUTION),
    (who(emergency_kit_checked=Answer.NOT_ASKED), "emergency_kit", CAUTION),
    (who(emergency_kit_checked=Answer.NO), "emergency_kit", CAUTION),
    (who("may_become_pregnant", products="dutasteride"), "dutasteride_pregnancy", STOP),
    (who(traits=frozenset({"oil_or_alcohol_base"})), "oil_or_alcohol_base", STOP),
    (who(product_classes=frozenset({"corticosteroids"})), "corticosteroid", CAUTION),
    (who(products="carnitine_200"), "carnitine_route", INFO),
    (who("thyroid_disease", products="caffeine"), "methylxanthine_heart_thyroid", CAUTION),
    (who("past_reaction"), "past_reaction", CAUTION),
    (who("allergy_latex"), "allergy_latex", CAUTION),
    (who(allergies=("nichel",)), "allergy_nickel", CAUTION),
    (who("allergy_antiseptic"), "allergy_antiseptic", CAUTION),
    (who("needle_fear"), "vasovagal", INFO),
    (who(allergies=("Foobarol",)), "allergy_not_recognised", CAUTION),
    (who(medicines=("Eliquis, Foobarol",)), "medicine_not_recognised", INFO),
]


@pytest.mark.parametrize(
    ("whom", "rule_id", "severity"), TABLE, ids=[f"{n}-{row[1]}" for n, row in enumerate(TABLE)]
)
def test_finds_what_the_table_says(whom, rule_id, severity, a_patient, found):
    assert found(a_patient(**whom))[rule_id] == (severity, FindingKind.TRIGGERED)


def test_the_table_covers_every_rule():
    assert {row[1] for row in TABLE} == {rule.id for rule in BOOK.rules}


@pytest.mark.parametrize(
    ("whom", "rule_id"),
    [
        (who(age_years=18), "under_minimum_age"),
        (
            who(age_years=22, products="hyaluronic_acid_gel_lidocaine"),
            "under_label_age_microdroplets",
        ),
        (who(skin_type=3), "pigment_risk"),
        (
            who(
                products="deoxycholic_acid_10", last_sessions={"deoxycholic_acid": date(2026, 4, 4)}
            ),
            "too_soon_deoxycholic_acid",
        ),
        (
            who(products="deoxycholic_acid_10", session_counts={"deoxycholic_acid": 5}),
            "sessions_used_deoxycholic_acid",
        ),
        (
            who(weight_kg=Decimal("84.6"), products="deoxycholic_acid_10"),
            "weight_not_contour",
        ),
        (
            who(jurisdiction="IT", products="phosphatidylcholine_5_deoxycholate_2_5"),
            "france_phosphatidylcholine",
        ),
        (who(weight_kg=None, products="caffeine"), "weight_unknown"),
        (who(emergency_kit_checked=Answer.NOT_ASKED, in_session=False), "emergency_kit"),
    ],
)
def test_keeps_silent_one_step_before_the_border(whom, rule_id, a_patient, found):
    assert rule_id not in found(a_patient(**whom))
