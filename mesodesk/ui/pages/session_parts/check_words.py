"""What the first station says in words: what stands in the way, and the last weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.clock import local_date
from mesodesk.ui.numbers import format_date

if TYPE_CHECKING:
    from decimal import Decimal

    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.state import SessionState


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


def last_weight(state: SessionState, context: Context) -> tuple[Decimal, str] | None:
    """Return the latest weight before this session, in kg, and its day; None if there is none."""
    zone = context.clinic.fields.zone
    found = []
    previous, intake = state.previous, state.intake
    if previous is not None and previous.fields.weight_kg is not None:
        found.append((local_date(previous.started_at, zone), previous.fields.weight_kg))
    if intake is not None and intake.fields.weight_kg is not None:
        moment = intake.completed_at or intake.started_at
        found.append((local_date(moment, zone), intake.fields.weight_kg))
    if not found:
        return None
    day, weight_kg = max(found)
    return weight_kg, format_date(day)


def _tr(text: str) -> str:
    return QCoreApplication.translate("check_station", text)
