"""What was typed, as plain values and back: nothing is lost, and what others changed stays."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from mesodesk.domain.answers import Answer
from mesodesk.domain.canonical import canonical_json
from mesodesk.domain.plain_fields import laid_over, plain_changes
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.followup import Channel, CheckAnswer, FollowUpFields
from mesodesk.domain.records.intake import Allergy, IntakeFields, ItemAnswer, Medicine
from mesodesk.domain.records.limits import LimitSettings
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.domain.records.session import SessionFields
from mesodesk.domain.records.set_aside import GESTURES, Waiting, joined
from mesodesk.domain.records.stock import ActiveFields, LotFields, ProductFields
from mesodesk.domain.strength import Strength, StrengthUnit

PATIENT = PatientFields("Ferrand", "Ana", date(1980, 1, 2), BodySex.FEMALE)
EMPTY_INTAKE = IntakeFields({"asthma": ItemAnswer(Answer.NO), "smoking": ItemAnswer(Answer.NO)})
STRENGTH = Strength(Decimal("0.5"), StrengthUnit.PERCENT)
PRODUCT = ProductFields("Procaine")

TYPED = [
    (PATIENT, replace(PATIENT, birth_date=date(1981, 2, 3), body_sex=BodySex.MALE, note="a\nb")),
    (
        EMPTY_INTAKE,
        IntakeFields(
            {"asthma": ItemAnswer(Answer.YES, "since May", confirmed=False)},
            (Medicine("Aspirin", "100 mg"),),
            True,
            (Allergy("Nickel", "rash"),),
            True,
            Decimal("168.5"),
            Decimal("62.125"),
            3,
        ),
    ),
    (
        SessionFields(pain=3, next_session_on=date(2026, 5, 1)),
        SessionFields(
            Answer.YES, "tired", weight_kg=Decimal(61), reactions={"redness": Answer.NO},
            no_next_session=True,
        ),
    ),
    (
        FollowUpFields(),
        FollowUpFields(
            Channel.PHONE,
            {"swelling": CheckAnswer(Answer.YES, "", date(2026, 3, 1), Answer.NO, "left")},
            "well",
        ),
    ),
    (
        PRODUCT,
        replace(
            PRODUCT, container_ml=Decimal(2), single_dose=False,
            actives=(ActiveFields("procaine", "Procaine", STRENGTH),
                     ActiveFields("water", "Water", None)),
        ),
    ),
    (
        LotFields("A1", date(2030, 1, 31), date(2026, 1, 1), Decimal(50)),
        LotFields("A2", date(2030, 2, 28), date(2026, 1, 1), None, "Depot"),
    ),
    (ClinicFields("A"), ClinicFields("B", escalation={"urgent": "Call"}, limits=LimitSettings())),
]  # fmt: skip


def through_a_file(values):
    return json.loads(canonical_json(values))


@pytest.mark.parametrize(("before", "after"), TYPED, ids=[type(one).__name__ for one, _ in TYPED])
def test_what_was_typed_comes_back_as_it_was(before, after):
    told = through_a_file(plain_changes(before, after))
    assert laid_over(before, told) == after
    assert plain_changes(after, after) == {}
    assert through_a_file(plain_changes(after, before)) != told


def test_what_others_changed_meanwhile_stays():
    typed = replace(
        EMPTY_INTAKE, answers={**EMPTY_INTAKE.answers, "asthma": ItemAnswer(Answer.YES)}
    )
    told = through_a_file(plain_changes(EMPTY_INTAKE, typed))
    others = IntakeFields({"smoking": ItemAnswer(Answer.YES, "ten a day")}, skin_type=2)
    assert laid_over(others, told) == IntakeFields(
        {"smoking": ItemAnswer(Answer.YES, "ten a day"), "asthma": ItemAnswer(Answer.YES)},
        skin_type=2,
    )


@pytest.mark.parametrize(
    "values",
    [{"skin_type": "three"}, {"weight_kg": "much"}, {"answers": {"asthma": {"answer": 1}}}],
)
def test_what_is_no_value_of_the_field_is_refused(values):
    with pytest.raises((ValueError, TypeError, ArithmeticError)):
        laid_over(EMPTY_INTAKE, values)


def test_a_field_that_is_not_known_is_left_out():
    assert laid_over(PATIENT, {"shoe_size": 38, "phone": "06"}) == replace(PATIENT, phone="06")


def test_of_one_record_all_waits_together():
    waits = [
        Waiting("session", "s", {"note": "a"}, 3),
        Waiting("chart", "s", {GESTURES: [1]}, 3),
        Waiting("session", "s", {"note": "ab", "pain": 2}, 3),
        Waiting("chart", "s", {GESTURES: [2]}, 3),
        Waiting("session", "t", {"note": "z"}, 1),
        Waiting("intake_of", "p", {"answers": {"asthma": 1}}),
        Waiting("intake_of", "p", {"answers": {"smoking": 2}}),
    ]
    assert joined(waits) == (
        Waiting("session", "s", {"note": "ab", "pain": 2}, 3),
        Waiting("chart", "s", {GESTURES: [1, 2]}, 3),
        Waiting("session", "t", {"note": "z"}, 1),
        Waiting("intake_of", "p", {"answers": {"asthma": 1, "smoking": 2}}),
    )
