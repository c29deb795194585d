"""What the first station says in words: what stands in the way, and the last weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.clock import local_date

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal
    from uuid import UUID

    from mesodesk.services.desk import Desk


def standing_words(stops: int, questions: int, cautions: int) -> list[str]:
    """Return what stands in the way, in words."""
    parts = []
    if stops:
        text = _tr("1 stop") if stops == 1 else _tr("{count} stops")
        parts.append(text.format(count=stops))
    if questions:
        one, many = _tr("1 question not asked"), _tr("{count} questions not asked")
        parts.append((one if questions == 1 else many).format(count=questions))
    if cautions:
        one, many = (
            _tr("1 caution to acknowledge"),
            _tr("{count} cautions to acknowledge"),
        )
        parts.append((one if cautions == 1 else many).format(count=cautions))
    return parts


def last_weight(
    desk: Desk, *, session_id: UUID, patient_id: UUID, zone: str
) -> tuple[date, Decimal] | None:
    """Return the day and the kg of the latest weight before a session, None if there is none."""
    found = [
        (local_date(intake.completed_at or intake.started_at, zone), intake.fields.weight_kg)
        for intake in desk.intakes.history(patient_id)
        if intake.fields.weight_kg is not None
    ]
    previous = desk.sessions.previous(session_id)
    if previous is not None and previous.fields.weight_kg is not None:
        found.append((local_date(previous.started_at, zone), previous.fields.weight_kg))
    measured = desk.measurements.last_weight(patient_id)
    if measured is not None:
        found.append((local_date(measured[1], zone), measured[0]))
    return max(found, default=None)


def _tr(text: str) -> str:
    return QCoreApplication.translate("check_station", text)
