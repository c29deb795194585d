"""What the log says, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.audit_actions import ActionGroup, action_words
from mesodesk.domain.records.audit import LogColumn, LogPatient, UnusualKind
from mesodesk.domain.records.clinic import Role
from mesodesk.ui.numbers import format_moment
from mesodesk.ui.pages.people_parts.words import role_name

if TYPE_CHECKING:
    from mesodesk.domain.records.audit import LogEntry, Unusual


def _tr(text: str) -> str:
    return QCoreApplication.translate("Reports", text)


def group_words() -> dict[ActionGroup, str]:
    """Return what each group of actions is called."""
    return {
        ActionGroup.VIEW: _tr("Looks"),
        ActionGroup.CHANGE: _tr("Changes of records"),
        ActionGroup.DISCLOSURE: _tr("Prints and exports"),
        ActionGroup.ACCESS: _tr("Coming in, refusals, emergencies"),
        ActionGroup.SAFETY: _tr("Backups, keys, checks"),
        ActionGroup.CLINIC: _tr("Clinic, people, stock"),
    }


def column_words() -> dict[LogColumn, str]:
    """Return what each order is called."""
    return {
        LogColumn.TIME: _tr("Time"),
        LogColumn.PERSON: _tr("Person"),
        LogColumn.ACTION: _tr("What was done"),
        LogColumn.RECORD: _tr("Record"),
        LogColumn.OUTCOME: _tr("Outcome"),
    }


def title_of(entry: LogEntry) -> str:
    """Return what was done; how it went only where it did not go well."""
    words = action_words(entry.action)
    return words if entry.outcome == "ok" else f"{words} ({outcome_words(entry.outcome)})"


def outcome_words(outcome: str) -> str:
    """Return how something went; as it stands where a later program wrote it."""
    known = {
        "ok": _tr("done"),
        "refused": _tr("refused"),
        "failed": _tr("failed"),
        "alarm": _tr("alarm"),
        "warning": _tr("warning"),
    }
    return known.get(outcome, outcome)


def role_words(role: str) -> str:
    """Return the role of who did it then."""
    known = {one.value: role_name(one) for one in Role}
    return known.get(role, role).lower()


def record_words(kind: str) -> str:
    """Return what kind of record an id is of."""
    known = {
        "app_user": _tr("person"),
        "backup_place": _tr("place for backups"),
        "draft": _tr("unfinished form"),
        "exposure": _tr("exposure map of"),
        "follow_up": _tr("check"),
        "log": _tr("log of"),
        "user": _tr("person"),
    }
    return known.get(kind) or kind.replace("_", " ")


def subtitle_of(entry: LogEntry, zone: str) -> str:
    """Return when, who, where."""
    who = entry.actor_name or _tr("Mesodesk itself")
    return " · ".join(part for part in (format_moment(entry.at, zone), who) if part)


def patient_words(patient: LogPatient | None) -> str:
    """Return whose record it is: number and, if it may be seen, name."""
    if patient is None:
        return ""
    return f"{patient.record_number} {patient.name}".strip()


def unusual_words(one: Unusual) -> str:
    """Return what is worth a question, in a sentence."""
    said = {
        UnusualKind.RESTRICTED: _tr("{who} looked at a restricted record{times}"),
        UnusualKind.ARCHIVED: _tr("{who} looked at an archived record{times}"),
        UnusualKind.MANY: _tr("{who} looked at {count} different patients in one day"),
        UnusualKind.EMERGENCY: _tr("{who} opened a restricted record in an emergency"),
        UnusualKind.REFUSAL: _tr("{who} was refused{times}"),
        UnusualKind.WRONG_PASSWORD: _tr("Wrong passwords while {who} was in: {count}"),
    }
    times = "" if one.count == 1 else _tr(", {count} times").format(count=one.count)
    who = one.actor_name or _tr("Mesodesk itself")
    return said[one.kind].format(who=who, count=one.count, times=times)
