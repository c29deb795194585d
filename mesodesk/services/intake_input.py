"""What may be typed into an intake, and the sentence for what may not. Gaps are allowed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from mesodesk.domain.questionnaire import Item, ItemKind, Questionnaire
from mesodesk.domain.records.intake import Allergy, IntakeFields, ItemAnswer, Medicine
from mesodesk.domain.units import QuantityError, parse_decimal
from mesodesk.services.intake_rows import kept_answers
from mesodesk.services.texts import Problems

# Ranges that catch slips of the hand (pounds for kilograms, metres for centimetres), no clinical
# limits: the heaviest and tallest people on record lie beyond some of them and are very rare.
HEIGHT_CM: Final = (Decimal(50), Decimal(250))
WEIGHT_KG: Final = (Decimal(2), Decimal(400))

_MOST_LISTED: Final = 100
_SKIN_TYPES: Final = range(1, 7)


def checked_intake(typed: IntakeFields, questionnaire: Questionnaire) -> IntakeFields:
    """Return the fields as they will be stored.

    Raises:
        InvalidError: naming every field that cannot be taken.
    """
    problems = Problems()
    checked = replace(
        typed,
        answers={
            item_id: _checked_answer(problems, questionnaire, item_id, given)
            for item_id, given in kept_answers(typed.answers).items()
        },
        medicines=_checked_medicines(problems, typed.medicines),
        allergies=_checked_allergies(problems, typed.allergies),
        height_cm=problems.number(
            "height_cm",
            typed.height_cm,
            "Height",
            least=HEIGHT_CM[0],
            most=HEIGHT_CM[1],
            places=1,
            unit="cm",
        ),
        weight_kg=problems.number(
            "weight_kg",
            typed.weight_kg,
            "Weight",
            least=WEIGHT_KG[0],
            most=WEIGHT_KG[1],
            places=3,
            unit="kg",
        ),
    )
    if typed.skin_type is not None and typed.skin_type not in _SKIN_TYPES:
        problems.add("skin_type", "Skin type: choose one from I to VI.")
    problems.done()
    return checked


def _checked_answer(
    problems: Problems, questionnaire: Questionnaire, item_id: str, given: ItemAnswer
) -> ItemAnswer:
    place = f"answers[{item_id}]"
    try:
        item = questionnaire.item(item_id)
    except KeyError:
        problems.add(place, "This question is not in the questionnaire. Reload the intake.")
        return given
    value = problems.note(place, given.value, "Answer")
    if value:
        _check_value(problems, place, item, value)
    return replace(given, detail=problems.note(place, given.detail, "Detail"), value=value)


def _check_value(problems: Problems, place: str, item: Item, value: str) -> None:
    if item.kind is ItemKind.NUMBER:
        try:
            parse_decimal(value, places=3)
        except QuantityError as error:
            problems.add(place, error.sentence)
    elif item.kind is ItemKind.DATE and not _is_date(value):
        problems.add(place, "This is not a day of the calendar.")
    elif item.kind is ItemKind.CHOICE and value not in {choice.id for choice in item.choices}:
        problems.add(place, "Choose one of the answers.")


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _checked_medicines(problems: Problems, medicines: Sequence[Medicine]) -> tuple[Medicine, ...]:
    if len(medicines) > _MOST_LISTED:
        problems.add("medicines", f"Medicines: at most {_MOST_LISTED}.")
    return tuple(
        Medicine(
            name=problems.line(f"medicines[{at}].name", each.name, "Medicine", needed=True),
            dose=problems.line(f"medicines[{at}].dose", each.dose, "Dose"),
            note=problems.line(f"medicines[{at}].note", each.note, "Note"),
        )
        for at, each in enumerate(medicines)
        if each.name.strip() or each.dose.strip() or each.note.strip()
    )


def _checked_allergies(problems: Problems, allergies: Sequence[Allergy]) -> tuple[Allergy, ...]:
    if len(allergies) > _MOST_LISTED:
        problems.add("allergies", f"Allergies: at most {_MOST_LISTED}.")
    return tuple(
        Allergy(
            substance=problems.line(
                f"allergies[{at}].substance", each.substance, "Substance", needed=True
            ),
            reaction=problems.line(f"allergies[{at}].reaction", each.reaction, "Reaction"),
        )
        for at, each in enumerate(allergies)
        if each.substance.strip() or each.reaction.strip()
    )
