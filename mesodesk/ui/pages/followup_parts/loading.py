"""What the checklist reads before it shows itself, and what it writes; all on other threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from mesodesk.domain.records.followup import (
        AttemptFields,
        FollowUpFields,
        FollowUpRecord,
        ShownInstruction,
    )
    from mesodesk.domain.records.intake import IntakeRecord
    from mesodesk.domain.records.patient import PatientRecord
    from mesodesk.domain.records.session import SessionRecord
    from mesodesk.domain.screening import Chip
    from mesodesk.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Loaded:
    """A check with its patient and session, and the other checks of that session."""

    record: FollowUpRecord
    patient: PatientRecord
    intake: IntakeRecord | None
    chips: tuple[Chip, ...]
    session: SessionRecord
    others: tuple[FollowUpRecord, ...] = ()


def load(follow_up_id: UUID, language: str, desk: Desk) -> Loaded:
    """Read a check. Database thread only.

    Raises:
        NotFoundError: if there is no such check.
    """
    from mesodesk.ui.pages.patient_parts.file import header_chips, screened

    record = desk.follow_ups.get(follow_up_id)
    facts = desk.intakes.facts(record.patient_id)
    return Loaded(
        record,
        desk.patients.get(record.patient_id),
        desk.intakes.latest(record.patient_id),
        header_chips(screened(desk.rules.book(), facts, language), facts, language),
        desk.sessions.get(record.session_id),
        tuple(each for each in desk.follow_ups.for_session(record.session_id) if each != record),
    )


def save(desk: Desk, follow_up_id: UUID, fields: FollowUpFields, version: int) -> FollowUpRecord:
    """Keep what is typed. Database thread only."""
    return desk.follow_ups.save(follow_up_id, version, fields)


def record_shown(
    desk: Desk, follow_up_id: UUID, shown: tuple[ShownInstruction, ...], version: int
) -> FollowUpRecord:
    """Keep which words were put before the user. Database thread only."""
    return desk.follow_ups.record_shown(follow_up_id, version, shown)


def complete(follow_up_id: UUID, version: int, desk: Desk, *, early: bool) -> FollowUpRecord:
    """Close the check. Database thread only."""
    return desk.follow_ups.complete(follow_up_id, version, early=early)


def record_attempt(follow_up_id: UUID, attempt: AttemptFields, desk: Desk) -> FollowUpRecord:
    """Keep that the patient was tried in vain. Database thread only."""
    return desk.calls.record_attempt(follow_up_id, attempt)


def mark_missed(follow_up_id: UUID, version: int, reason: str, desk: Desk) -> FollowUpRecord:
    """Say that the check did not take place. Database thread only."""
    return desk.follow_ups.mark_missed(follow_up_id, version, reason)


def region_names(keys: Sequence[str], language: str) -> tuple[str, ...]:
    """Return what regions are called; one that the atlas no longer knows keeps its key."""
    from mesodesk.domain.bodymap.regions import named_together

    return named_together(keys, language)
