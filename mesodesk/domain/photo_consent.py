"""Whether photographs may be used for a purpose: what the patient said of it decides, as of now."""

from collections.abc import Mapping
from typing import Final

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.consent import PhotoDecision, PhotoPurpose
from mesodesk.domain.records.export import PhotoStays
from mesodesk.domain.records.photo import PhotoRecord

_FOR: Final = {
    PhotoPurpose.RECORD: "the record",
    PhotoPurpose.TEACHING: "teaching",
    PhotoPurpose.PUBLICITY: "publicity",
}

_STAYS: Final = {
    PhotoStays.WITHDRAWN: "Consent to photographs for the record taken back",
    PhotoStays.REFUSED: "Patient said no to them",
    PhotoStays.NOT_ASKED: "Patient not asked about them",
    PhotoStays.OTHER_PURPOSE: "Not taken for the record",
    PhotoStays.IN_ERROR: "Entered in error",
    PhotoStays.RESTRICTED: "In records restricted to others",
}

Decisions = Mapping[PhotoPurpose, PhotoDecision]


def allowed(decisions: Decisions, purpose: PhotoPurpose) -> bool:
    """Tell whether the patient said yes and took nothing back; not asked is no yes."""
    decision = decisions.get(purpose)
    return decision is not None and decision.answer is Answer.YES


def why_not(decisions: Decisions, purpose: PhotoPurpose) -> str:
    """Return why photographs may not be used for a purpose; empty if they may."""
    decision = decisions.get(purpose, PhotoDecision(Answer.NOT_ASKED))
    if decision.answer is Answer.YES:
        return ""
    if decision.withdrawn and decision.on is not None:
        day = f"{decision.on.astimezone():%Y-%m-%d}"
        return f"The patient took back the consent to photographs for {_FOR[purpose]} on {day}."
    if decision.answer is Answer.NO:
        return f"The patient said no to photographs for {_FOR[purpose]}."
    return f"The patient was not asked about photographs for {_FOR[purpose]}."


def why_not_these(
    decisions: Decisions, purpose: PhotoPurpose, taken_for: frozenset[PhotoPurpose]
) -> str:
    """Return why a photograph may not be used for a purpose; empty if it may.

    Args:
        decisions: of the patient, as they hold now.
        purpose: what it would be used for.
        taken_for: the purposes of the photograph.
    """
    refused = why_not(decisions, purpose)
    if not refused and purpose not in taken_for:
        return f"This photograph was not taken for {_FOR[purpose]}."
    return refused


def stays(decisions: Decisions, photo: PhotoRecord) -> tuple[PhotoStays, str] | None:
    """Return why the file of a photograph stays where all records leave; None if it may leave.

    Records that move to another program stay records: the yes to photographs for the record, as it
    holds now, decides. It is the rule by which one patient's photographs leave.
    """
    if photo.is_struck:
        return PhotoStays.IN_ERROR, "It was entered in error."
    purpose = PhotoPurpose.RECORD
    why = why_not_these(decisions, purpose, photo.fields.purposes)
    if not why:
        return None
    decision = decisions.get(purpose, PhotoDecision(Answer.NOT_ASKED))
    if decision.answer is Answer.YES:
        return PhotoStays.OTHER_PURPOSE, why
    if decision.withdrawn:
        return PhotoStays.WITHDRAWN, why
    return PhotoStays.REFUSED if decision.answer is Answer.NO else PhotoStays.NOT_ASKED, why


def stays_words(counts: Mapping[PhotoStays, int]) -> str:
    """Return how many stay for which reason; empty where none does."""
    return " ".join(f"{_STAYS[why]}: {counts[why]}." for why in PhotoStays if counts.get(why))
