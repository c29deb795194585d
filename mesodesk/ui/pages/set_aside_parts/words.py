"""What was set aside, in words: which form, which field, which value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.bodymap.area_groups import group_name
from mesodesk.domain.questionnaire import load_questionnaire
from mesodesk.domain.records.consent import ConsentMethod, PhotoPurpose, SignerKind
from mesodesk.domain.records.set_aside import GESTURES
from mesodesk.domain.schedule import load_schedule
from mesodesk.domain.vocabulary import load_vocabulary
from mesodesk.ui.numbers import format_date
from mesodesk.ui.pages.consent_parts import words as consent_words
from mesodesk.ui.refused_values import REFUSED
from mesodesk.ui.typed import DRAFT

if TYPE_CHECKING:
    from mesodesk.domain.records.set_aside import Waiting
    from mesodesk.ui.pages.set_aside_parts.taking_over import Line


STROKES: Final = "strokes"
"""The field of a signature."""

_UNSAID: Final = frozenset({"confirmed", "ingredient_id"})
_FIRST: Final = ("answer", "name", "substance", "value", "dose", "detail", "reaction")
"""What is said first of an answer or an entry; the rest follows in the order of its names."""


def title(waits: Waiting, about: str) -> str:
    """Return what was typed into, and whom or what it concerns: `Details of Ferrand, Ana`."""
    form = waits.form
    if form == DRAFT:
        form = f"{DRAFT}/{waits.subject.partition('/')[0]}"
    name = _forms().get(form, _tr("A form"))
    return _tr("{form}: {about}").format(form=name, about=about) if about else name


def _forms() -> dict[str, str]:
    return {
        REFUSED: _tr("Refused by its field"),
        "patient": _tr("Details"),
        "intake": _tr("Intake"),
        "intake_of": _tr("Answers given in a session"),
        "session": _tr("Session"),
        "rest": _tr("What is left of a syringe"),
        "chart": _tr("Chart"),
        "follow_up": _tr("Follow-up check"),
        "consent": _tr("Consent, not signed yet"),
        "signature": _tr("Signature under a consent"),
        "clinic": _tr("Settings of the clinic"),
        "product": _tr("Product"),
        "lot": _tr("Lot"),
        "draft/patient": _tr("New patient, not made yet"),
        "draft/product": _tr("New product, not added yet"),
        "draft/lot": _tr("New lot, not added yet"),
        "draft/session_lot": _tr("New lot in a session, not added yet"),
        "draft/session_syringes": _tr("Syringes, not drawn up yet"),
        "draft/session_reasons": _tr("Reasons, not given yet"),
        "draft/screening_rule": _tr("Screening rule, not kept yet"),
        "draft/reaction": _tr("Reaction, not recorded yet"),
        "draft/addendum": _tr("Addendum, not added yet"),
        "draft/photo_note": _tr("Note on a photograph, not kept yet"),
        "draft/handled": _tr("What was done about a check, not kept yet"),
    }


def label(waits: Waiting, line: Line, language: str) -> str:
    """Return the name of a field, and of the question or the entry of a list in it."""
    if waits.form == REFUSED:
        return line.field  # what the field is called, in the words of the window
    name = _fields().get(line.field) or _spelled(line.field)
    if not line.part:
        return name
    return _part(waits.form, line.part, language) or f"{name}: {_spelled(line.part)}"


def _part(form: str, part: str, language: str) -> str:
    if form in ("intake", "intake_of"):
        named = [(item.id, item.text) for item in load_questionnaire().items]
    elif form == "follow_up":
        checks = load_schedule().checks
        named = [(item.id, item.text) for check in checks for item in check.items]
        named += [
            (f"{line.id}.{day}", line.text)
            for line in load_schedule().diary
            for day in range(1, line.days + 1)
        ]
    elif form == "consent":
        return consent_words.tr(consent_words.PHOTOS[PhotoPurpose(part)])
    else:
        words = load_vocabulary()
        named = [(each.id, each.name) for each in words.aseptic_steps + words.immediate_reactions]
    return next((text.get(language) for name, text in named if name == part), "")


def _spelled(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _fields() -> dict[str, str]:
    return {
        "birth_date": _tr("Birth date"),
        "body_sex": _tr("Body figure"),
        "email": _tr("E-mail"),
        "height_cm": _tr("Height (cm)"),
        "weight_kg": _tr("Weight (kg)"),
        "skin_type": _tr("Skin type"),
        "medicines_asked": _tr("Medicines asked for"),
        "allergies_asked": _tr("Allergies asked for"),
        "anything_changed": _tr("Has anything changed?"),
        "changes": _tr("What changed"),
        "reaction_to_last": _tr("Reaction to the last session"),
        "reaction_to_last_detail": _tr("What the reaction was"),
        "reaction_note": _tr("Note on the reaction"),
        "pain": _tr("Pain, of 10"),
        "observation_min": _tr("Observed (min)"),
        "aftercare_id": _tr("Aftercare text"),
        "aftercare_given": _tr("Aftercare text given"),
        "next_session_on": _tr("Next session"),
        "no_next_session": _tr("No next session"),
        "channel": _tr("How the patient was reached"),
        "wasted_ml": _tr("Wasted (mL)"),
        "left_ml": _tr("Left (mL)"),
        "planned_sessions": _tr("Planned sessions"),
        "alternatives": _tr("Other choices that were named"),
        "informed_on": _tr("Informed on"),
        "time_to_reflect": _tr("Time enough to think it over"),
        "questions_asked": _tr("Questions were asked"),
        "questions": _tr("What was asked, and answered"),
        "interpreter": _tr("An interpreter took part"),
        "interpreter_name": _tr("Name of the interpreter"),
        "photos": _tr("Photographs"),
        "signer": _tr("Who signs"),
        "signer_name": _tr("Name of who signs"),
        "method": _tr("How it is signed"),
        "paper_place": _tr("Where the paper is kept"),
        STROKES: _tr("Signature"),
        GESTURES: _tr("Gestures"),
    }


def value(field: str, told: Any, language: str = "en") -> str:  # noqa: ANN401  whatever it holds
    """Return a value as it is read; of gestures how many, of a signature that there is one."""
    if field == GESTURES:
        return str(len(told or ()))
    if field == STROKES:
        return _tr("drawn") if told else ""
    if field == "areas":
        return ", ".join(group_name(each, language) for each in told or ())
    if isinstance(told, Mapping):
        unsaid = _UNSAID | ({"answer"} if told.get("value") else set())  # which says it already
        names = sorted((name for name in told if name not in unsaid), key=_place)
        return ", ".join(words for words in (_single(told[name]) for name in names) if words)
    if isinstance(told, list):
        return "; ".join(words for words in (value("", each) for each in told) if words)
    return _single(told)


def _place(name: str) -> int:
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


def _single(told: Any) -> str:  # noqa: ANN401
    if isinstance(told, Mapping | list):
        return value("", told)
    named = {
        "yes": _tr("yes"),
        "no": _tr("no"),
        "not_asked": _tr("not asked"),
        True: _tr("yes"),
        False: _tr("no"),
        None: "",
        SignerKind.PATIENT.value: _tr("the patient"),
        SignerKind.REPRESENTATIVE.value: _tr("somebody for the patient"),
        ConsentMethod.DRAWN.value: _tr("on the screen"),
        ConsentMethod.PAPER.value: _tr("on paper"),
    }
    if isinstance(told, str | bool | None) and told in named:
        return named[told]
    return _day(told) if isinstance(told, str) else str(told)


def _day(text: str) -> str:
    try:
        return format_date(date.fromisoformat(text)) if len(text) == len("2026-03-01") else text
    except ValueError:
        return text


def _tr(text: str) -> str:
    return QCoreApplication.translate("SetAside", text)
