"""An intake as it is printed: every question that was put, with its answer or that it was not."""

from datetime import date
from decimal import Decimal
from typing import Any

from mesodesk.documents.words import (
    ANSWERS,
    ROMAN,
    TONES,
    Pair,
    length_words,
    moment_words,
    pairs,
    quantity,
    weight_words,
)
from mesodesk.domain.answers import Answer
from mesodesk.domain.clock import local_date
from mesodesk.domain.questionnaire import Item, ItemKind, is_open, load_questionnaire
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.intake import IntakeRecord, IntakeState, ItemAnswer
from mesodesk.domain.records.printing import PrintedRecord
from mesodesk.domain.screening_facts import age_in_years
from mesodesk.domain.texts import day_text
from mesodesk.domain.units import body_mass_index

_UNCONFIRMED = "taken over from the intake before, not confirmed"


def intake_pages(record: PrintedRecord) -> list[dict[str, Any]]:
    """Return the intakes of a patient, the first one first."""
    return [_page(record, intake, at) for at, intake in enumerate(record.intakes, start=1)]


def _page(record: PrintedRecord, intake: IntakeRecord, number: int) -> dict[str, Any]:
    clinic = record.clinic
    when = intake.completed_at or intake.started_at
    draft = intake.state is IntakeState.DRAFT
    by = "draft, not completed" if draft else f"completed by {intake.completed_by}"
    return {
        "title": f"Intake {number}",
        "meta": f"{moment_words(when, clinic.zone)} · {by}",
        "draft": draft,
        "asked": f"{intake.questionnaire_id}, version {intake.questionnaire_version}",
        "facts": _body(intake, clinic),
        "sections": _sections(record, intake, local_date(when, clinic.zone)),
        "medicines": [
            " · ".join(filter(None, (each.name, each.dose, each.note)))
            for each in intake.fields.medicines
        ],
        "medicines_asked": _list_asked(intake.fields.medicines_asked),
        "allergies": [
            " · ".join(filter(None, (each.substance, each.reaction)))
            for each in intake.fields.allergies
        ],
        "allergies_asked": _list_asked(intake.fields.allergies_asked),
    }


def _list_asked(asked: bool) -> str:
    return "none" if asked else "NOT ASKED"


def _body(intake: IntakeRecord, clinic: ClinicFields) -> list[Pair]:
    typed = intake.fields
    bmi = ""
    if typed.height_cm is not None and typed.weight_kg is not None:
        bmi = quantity(body_mass_index(typed.weight_kg, typed.height_cm), "kg/m²", 1)
    return pairs(
        ("Height", length_words(typed.height_cm, clinic.length_unit)),
        ("Weight", weight_words(typed.weight_kg, clinic.weight_unit)),
        ("Body mass index", bmi),
        ("Skin type", "" if typed.skin_type is None else ROMAN[typed.skin_type - 1]),
    )


def _sections(record: PrintedRecord, intake: IntakeRecord, on: date) -> list[dict[str, Any]]:
    asked, language = load_questionnaire(), record.clinic.language
    patient = record.patient.fields
    put = asked.items_for(patient.body_sex.value, age_in_years(patient.birth_date, on))
    answers = {item_id: one.effective for item_id, one in intake.fields.answers.items()}
    known = {item.id for item in put}
    shown = [item for item in put if is_open(item, answers)]
    sections = [
        {
            "title": section.title.get(language),
            "rows": [
                _row(item, intake.fields.answers.get(item.id, ItemAnswer()), language)
                for item in shown
                if item.section == section.id
            ],
        }
        for section in asked.sections
    ]
    # An older questionnaire asked what this one no longer has: its answers are told all the same.
    older = [
        {"question": item_id, **_told(None, given, language)}
        for item_id, given in intake.fields.answers.items()
        if item_id not in known
    ]
    if older:
        sections.append({"title": "No longer asked", "rows": older})
    return [section for section in sections if section["rows"]]


def _row(item: Item, given: ItemAnswer, language: str) -> dict[str, str]:
    return {"question": item.text.get(language), **_told(item, given, language)}


def _told(item: Item | None, given: ItemAnswer, language: str) -> dict[str, str]:
    """Return the answer, its tone and what was said besides."""
    if given.value:
        words = given.value if item is None else _value(item, given.value, language)
        return {"answer": words, "tone": "told", "detail": given.detail}
    detail = given.detail
    if not given.confirmed and given.answer is not Answer.NOT_ASKED:
        detail = " · ".join(filter(None, (f"{ANSWERS[given.answer]}, {_UNCONFIRMED}", detail)))
    return {"answer": ANSWERS[given.effective], "tone": TONES[given.effective], "detail": detail}


def _value(item: Item, value: str, language: str) -> str:
    try:
        if item.kind is ItemKind.DATE:
            return day_text(date.fromisoformat(value))
        if item.kind is ItemKind.NUMBER and item.unit:
            return quantity(Decimal(value), item.unit)
    except (ValueError, ArithmeticError):
        return value
    names = {choice.id: choice.text.get(language) for choice in item.choices}
    return names.get(value, value)
