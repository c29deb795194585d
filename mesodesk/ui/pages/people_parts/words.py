"""What is said of people: their role, what it does, and how they come in."""

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.staff import PersonRecord, WayIn
from mesodesk.ui.numbers import format_moment
from mesodesk.ui.tokens import Kind


def role_name(role: Role) -> str:
    """Return the role in a word."""
    return {
        Role.OWNER: _tr("Owner"),
        Role.PRESCRIBER: _tr("Prescriber"),
        Role.THERAPIST: _tr("Therapist"),
        Role.ASSISTANT: _tr("Assistant"),
        Role.AUDITOR: _tr("Auditor"),
    }[role]


def role_help(role: Role) -> str:
    """Return what somebody of this role does."""
    return {
        Role.OWNER: _tr("Everything, and answers for who works here, backups and keys."),
        Role.PRESCRIBER: _tr("Treats and signs; changes the catalogue and the limits."),
        Role.THERAPIST: _tr("Treats and signs."),
        Role.ASSISTANT: _tr("Prepares patients and sessions; signs nothing."),
        Role.AUDITOR: _tr("Reads the records and the log; changes nothing."),
    }[role]


def way_words(person: PersonRecord, zone: str) -> tuple[Kind, str]:
    """Return how somebody comes in, and how good that is."""
    if not person.user.active:
        return Kind.NEUTRAL, _tr("has left")
    if person.way is WayIn.PASSWORD:
        return Kind.OK, _tr("comes in with a password")
    if person.code_until is not None:
        until = format_moment(person.code_until, zone)
        return Kind.INFO, _tr("has a code, not used yet; it opens until {until}").format(
            until=until
        )
    return Kind.CAUTION, _tr("has no way in: give a code, or note that they left")


def _tr(text: str) -> str:
    return QCoreApplication.translate("People", text)
