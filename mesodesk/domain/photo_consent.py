"""Whether photographs may be used for a purpose: what the patient said of it decides, as of now."""

from collections.abc import Mapping
from typing import Final

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.consent import PhotoDecision, PhotoPurpose

_FOR: Final = {
    PhotoPurpose.RECORD: "the record",
    PhotoPurpose.TEACHING: "teaching",
    PhotoPurpose.PUBLICITY: "publicity",
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
