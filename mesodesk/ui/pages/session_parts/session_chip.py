"""The chips of the header: what is known of the patient, and which session it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.clock import local_date
from mesodesk.domain.records.session import SessionState as RecordState
from mesodesk.domain.screening import chips
from mesodesk.domain.session_rules import MissingCode
from mesodesk.ui.tokens import Kind

if TYPE_CHECKING:
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.state import SessionState


def header_chips(state: SessionState, context: Context) -> list[tuple[Kind, str]]:
    """Return what the header says of an open session: what is known of the patient, then which."""
    allergies = state.intake.fields.allergies if state.intake is not None else ()
    made = chips(state.known, [each.substance for each in allergies], context.language)
    known = [(Kind(chip.severity.value), chip.label) for chip in made]
    if any(each.code == MissingCode.CONSENT for each in state.missing):
        known.insert(0, (Kind.STOP, _tr("No valid consent")))
    return [*known, session_chip(state, context.clinic.fields.zone)]


def session_chip(state: SessionState, zone: str) -> tuple[Kind, str]:
    """Return the number of a session, and what is to be known of it before all else."""
    record, previous = state.record, state.previous
    words = _tr("Session {number}").format(number=record.number)
    if record.seal is not None and not record.seal.holds:
        return Kind.STOP, _tr("{session} · seal broken").format(session=words)
    if record.state is RecordState.ENTERED_IN_ERROR:
        told = _tr("{session} · discarded")
        if record.seal is not None:
            told = _tr("{session} · entered in error")
        return Kind.NEUTRAL, told.format(session=words)
    if record.state is RecordState.AMENDED:
        return Kind.CAUTION, _tr("{session} · earlier version").format(session=words)
    if record.state is not RecordState.DRAFT:
        return Kind.OK, _tr("{session} · signed").format(session=words)
    version = state.history.version_of(record.id) if state.history else None
    if version is not None and version.amends is not None:
        return Kind.CAUTION, _tr("{session} · amendment").format(session=words)
    if previous is None:
        return Kind.NEUTRAL, _tr("{session} · the first").format(session=words)
    day, last = (local_date(each.started_at, zone) for each in (record, previous))
    planned = previous.fields.next_session_on
    if planned is not None and planned > day:
        return Kind.CAUTION, _tr("{session} · {days} days before the planned day").format(
            session=words, days=(planned - day).days
        )
    if state.plan is not None and state.plan.glance.day is not None:
        return Kind.NEUTRAL, words  # the chip of the plan counts the days
    return Kind.NEUTRAL, _tr("{session} · {days} days after the last").format(
        session=words, days=(day - last).days
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("session_chip", text)
