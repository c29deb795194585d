"""Medical histories of people who do not exist, and their answers to the questionnaire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from mesodesk.domain.answers import Answer
from mesodesk.domain.questionnaire import Item, ItemKind, is_open, load_questionnaire
from mesodesk.domain.records.intake import Allergy, IntakeFields, ItemAnswer, Medicine
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.domain.screening_facts import age_in_years

_OLDEST_WITH_PERIODS = 50
_CONTRACEPTION = ("Copper coil", "Pill", "Condoms", "Partner has had a vasectomy", "None")


@dataclass(frozen=True, slots=True)
class Condition:
    """What a patient answers "yes" to, with the detail, and what belongs to it."""

    item_id: str
    detail: str
    medicines: tuple[Medicine, ...] = ()
    allergies: tuple[Allergy, ...] = ()


CONDITIONS = (
    Condition(
        "takes_anticoagulant",
        "Since an episode of atrial fibrillation in 2021",
        (Medicine("Apixaban", "5 mg twice a day"),),
    ),
    Condition("keloid", "A small one on the left shoulder, after a vaccination"),
    Condition(
        "diabetes", "Type 2, diet and tablets", (Medicine("Metformin", "850 mg twice a day"),)
    ),
    Condition(
        "thyroid_disease",
        "Underactive thyroid for ten years",
        (Medicine("Levothyroxine", "75 micrograms in the morning"),),
    ),
    Condition("herpes_history", "Lip, about once a year"),
    Condition("vasovagal", "Fainted once at a blood test"),
    Condition("needle_fear", "Prefers to lie down and not to look"),
    Condition("smoking", "Five a day"),
    Condition("smoking", "Stopped in 2020"),
    Condition("allergy_nickel", "Rash from cheap earrings", (), (Allergy("Nickel", "Rash"),)),
    Condition(
        "allergy_medicine",
        "Penicillin as a child",
        (),
        (Allergy("Penicillin", "Hives, as a child"),),
    ),
    Condition("past_mesotherapy", "Knees, elsewhere, two years ago; product not known"),
    Condition("asthma", "As a child, no inhaler now"),
    Condition(
        "pigment_change",
        "Brown marks after insect bites",
        (Medicine("Drops from the herbalist", "in the evening"),),
    ),
    Condition("takes_nsaid_48h", "One ibuprofen yesterday", (Medicine("Ibuprofen", "400 mg"),)),
    Condition("area_laser_peel", "Hair removal by laser in spring"),
)


@dataclass(frozen=True, slots=True)
class History:
    """What one patient is like.

    `weight_kg` is that of the first visit; `written` answers items that are no yes or no.
    """

    conditions: tuple[Condition, ...]
    height_cm: Decimal
    weight_kg: Decimal
    skin_type: int
    contraception: str
    written: Mapping[str, str] = field(default_factory=dict)


def make_history(random: Random, body_sex: BodySex, reason: str, expected: str) -> History:
    """Draw a history; most people have none or one of the conditions."""
    count = random.choices((0, 1, 2), (52, 36, 12))[0]
    chosen = {each.item_id: each for each in random.sample(CONDITIONS, k=count)}
    tall, heavy = (165, 66) if body_sex is BodySex.FEMALE else (178, 81)
    return History(
        conditions=tuple(chosen.values()),
        height_cm=Decimal(round(random.gauss(tall, 6) * 2)) / 2,
        weight_kg=Decimal(round(random.gauss(heavy, 8) * 10)) / 10,
        skin_type=random.choices((1, 2, 3, 4, 5, 6), (4, 24, 44, 20, 6, 2))[0],
        contraception=random.choice(_CONTRACEPTION),
        written={"reason": reason, "expected_outcome": expected, "weight_trend": "stable"},
    )


def intake_of(
    history: History, patient: PatientFields, day: date, weight_kg: Decimal, random: Random
) -> IntakeFields:
    """Return the questionnaire as filled in on a day, every question that is put answered."""
    age = age_in_years(patient.birth_date, day)
    yes = {condition.item_id: condition.detail for condition in history.conditions}
    items = load_questionnaire().items_for(patient.body_sex.value, age)
    told = {
        item.id: Answer.YES if item.id in yes else Answer.NO
        for item in items
        if item.kind is ItemKind.YES_NO
    }
    written = {**history.written, "contraception": history.contraception}
    if age <= _OLDEST_WITH_PERIODS:
        written["last_period"] = (day - timedelta(days=random.randint(2, 27))).isoformat()
    return IntakeFields(
        answers={
            item.id: _answer(item, told, yes.get(item.id, ""), written.get(item.id, ""))
            for item in items
            if is_open(item, told) and (item.kind is ItemKind.YES_NO or item.id in written)
        },
        medicines=tuple(each for one in history.conditions for each in one.medicines),
        medicines_asked=True,
        allergies=tuple(each for one in history.conditions for each in one.allergies),
        allergies_asked=True,
        height_cm=history.height_cm,
        weight_kg=weight_kg,
        skin_type=history.skin_type,
    )


def _answer(item: Item, told: Mapping[str, Answer], detail: str, value: str) -> ItemAnswer:
    if item.kind is ItemKind.YES_NO:
        return ItemAnswer(told[item.id], detail=detail)
    return ItemAnswer(value=value)
