"""What each role may do: one table, and nothing but data."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from mesodesk.domain.records.clinic import Role


class Right(StrEnum):
    """Something that a role may do or not; each use case of the services needs one of them.

    `OWN` is what belongs to whoever acts: drafts, favourites, the password, the lock.
    """

    RECORD_READ = "record_read"
    CLINIC_READ = "clinic_read"
    OWN = "own"
    VAULT_CHECK = "vault_check"
    BACKUP_MAKE = "backup_make"
    EMERGENCY_OPEN = "emergency_open"
    PATIENT_EDIT = "patient_edit"
    INTAKE_EDIT = "intake_edit"
    SESSION_EDIT = "session_edit"
    FOLLOW_UP_EDIT = "follow_up_edit"
    MEASUREMENT_EDIT = "measurement_edit"
    REACTION_EDIT = "reaction_edit"
    PHOTO_EDIT = "photo_edit"
    STOCK_EDIT = "stock_edit"
    CONSENT_EDIT = "consent_edit"
    CONSENT_SIGN = "consent_sign"
    CONSENT_TEXT = "consent_text"
    INTAKE_COMPLETE = "intake_complete"
    CHART_EDIT = "chart_edit"
    ACKNOWLEDGE = "acknowledge"
    SESSION_SIGN = "session_sign"
    SESSION_ADD = "session_add"
    SESSION_AMEND = "session_amend"
    SESSION_ERROR = "session_error"
    SESSION_DISCARD = "session_discard"
    FOLLOW_UP_CLOSE = "follow_up_close"
    FAVOURITE_CLINIC = "favourite_clinic"
    PLAN_EDIT = "plan_edit"
    PATIENT_RESTRICT = "patient_restrict"
    EXPORT = "export"
    EXPORT_CLINIC = "export_clinic"
    PRINT = "print"
    RECALL = "recall"
    CATALOGUE_EDIT = "catalogue_edit"
    PROTOCOL_EDIT = "protocol_edit"
    LIMITS_EDIT = "limits_edit"
    RULES_EDIT = "rules_edit"
    WHO_SAW = "who_saw"
    AUDIT_READ = "audit_read"
    DRILL = "drill"
    CLINIC_EDIT = "clinic_edit"
    PEOPLE = "people"
    RESET_CODE = "reset_code"
    ROTATE = "rotate"
    KIT = "kit"
    BACKUP_PLACES = "backup_places"
    RESTORE = "restore"
    EMERGENCY_REVIEW = "emergency_review"
    SETUP = "setup"


_EVERYBODY: Final = frozenset(Role)
_STAFF: Final = _EVERYBODY - {Role.AUDITOR}
_TREATING: Final = frozenset({Role.OWNER, Role.PRESCRIBER, Role.THERAPIST})
_PRESCRIBING: Final = frozenset({Role.OWNER, Role.PRESCRIBER})
_EXAMINING: Final = frozenset({Role.OWNER, Role.AUDITOR})
_OWNER: Final = frozenset({Role.OWNER})

ROLES: Final[Mapping[Right, frozenset[Role]]] = MappingProxyType(
    {
        Right.RECORD_READ: _EVERYBODY,
        Right.CLINIC_READ: _EVERYBODY,
        Right.OWN: _EVERYBODY,
        Right.VAULT_CHECK: _EVERYBODY,
        Right.BACKUP_MAKE: _EVERYBODY,
        Right.EMERGENCY_OPEN: _EVERYBODY,
        Right.PATIENT_EDIT: _STAFF,
        Right.INTAKE_EDIT: _STAFF,
        Right.SESSION_EDIT: _STAFF,
        Right.FOLLOW_UP_EDIT: _STAFF,
        Right.MEASUREMENT_EDIT: _STAFF,
        Right.REACTION_EDIT: _STAFF,
        Right.PHOTO_EDIT: _STAFF,
        Right.STOCK_EDIT: _STAFF,
        Right.CONSENT_EDIT: _STAFF,
        Right.CONSENT_SIGN: _TREATING,
        Right.CONSENT_TEXT: _PRESCRIBING,
        Right.INTAKE_COMPLETE: _TREATING,
        Right.CHART_EDIT: _TREATING,
        Right.ACKNOWLEDGE: _TREATING,
        Right.SESSION_SIGN: _TREATING,
        Right.SESSION_ADD: _TREATING,
        Right.SESSION_AMEND: _TREATING,
        Right.SESSION_ERROR: _TREATING,
        Right.SESSION_DISCARD: _TREATING,
        Right.FOLLOW_UP_CLOSE: _TREATING,
        Right.FAVOURITE_CLINIC: _TREATING,
        Right.PLAN_EDIT: _TREATING,
        Right.PATIENT_RESTRICT: _TREATING,
        Right.EXPORT: _TREATING,
        Right.EXPORT_CLINIC: _OWNER,
        Right.PRINT: _TREATING,
        Right.RECALL: _TREATING,
        Right.CATALOGUE_EDIT: _PRESCRIBING,
        Right.PROTOCOL_EDIT: _PRESCRIBING,
        Right.LIMITS_EDIT: _PRESCRIBING,
        Right.RULES_EDIT: _PRESCRIBING,
        Right.WHO_SAW: _TREATING | _EXAMINING,
        Right.AUDIT_READ: _EXAMINING,
        Right.DRILL: _EXAMINING,
        Right.CLINIC_EDIT: _OWNER,
        Right.PEOPLE: _OWNER,
        Right.RESET_CODE: _OWNER,
        Right.ROTATE: _OWNER,
        Right.KIT: _OWNER,
        Right.BACKUP_PLACES: _OWNER,
        Right.RESTORE: _OWNER,
        Right.EMERGENCY_REVIEW: _OWNER,
        # Only while nobody is on record, so that there is no role yet.
        Right.SETUP: frozenset(),
    }
)

_DOING: Final[Mapping[Right, str]] = MappingProxyType(
    {
        Right.RECORD_READ: "read records of patients",
        Right.CLINIC_READ: "read the clinic's settings and stock",
        Right.OWN: "work at this desk",
        Right.VAULT_CHECK: "check the vault",
        Right.BACKUP_MAKE: "make backups",
        Right.EMERGENCY_OPEN: "open restricted records",
        Right.PATIENT_EDIT: "enter or change patients",
        Right.INTAKE_EDIT: "fill in intakes",
        Right.SESSION_EDIT: "prepare sessions",
        Right.FOLLOW_UP_EDIT: "answer checks",
        Right.MEASUREMENT_EDIT: "enter measurements",
        Right.REACTION_EDIT: "record reactions",
        Right.PHOTO_EDIT: "keep or mark photographs",
        Right.STOCK_EDIT: "enter or correct stock",
        Right.CONSENT_EDIT: "prepare or withdraw consents",
        Right.CONSENT_SIGN: "take a patient's consent",
        Right.CONSENT_TEXT: "change the texts of consent",
        Right.INTAKE_COMPLETE: "complete intakes",
        Right.CHART_EDIT: "draw on charts",
        Right.ACKNOWLEDGE: "go on in spite of a finding",
        Right.SESSION_SIGN: "sign sessions",
        Right.SESSION_ADD: "add to signed sessions",
        Right.SESSION_AMEND: "amend signed sessions",
        Right.SESSION_ERROR: "mark sessions as entered in error",
        Right.SESSION_DISCARD: "discard sessions",
        Right.FOLLOW_UP_CLOSE: "close checks",
        Right.FAVOURITE_CLINIC: "change the clinic's favourites",
        Right.PLAN_EDIT: "plan courses of sessions",
        Right.PATIENT_RESTRICT: "restrict who sees a record",
        Right.EXPORT: "export records",
        Right.EXPORT_CLINIC: "export the records of the whole clinic",
        Right.PRINT: "print records",
        Right.RECALL: "recall lots, or release them",
        Right.CATALOGUE_EDIT: "change the catalogue",
        Right.PROTOCOL_EDIT: "change the clinic's protocols",
        Right.LIMITS_EDIT: "change the clinic's limits or settings",
        Right.RULES_EDIT: "change the rules of screening",
        Right.WHO_SAW: "see who looked at a record",
        Right.AUDIT_READ: "read the log",
        Right.DRILL: "rehearse a restore",
        Right.CLINIC_EDIT: "change the clinic's settings besides its limits",
        Right.PEOPLE: "change who works here",
        Right.RESET_CODE: "give out reset codes",
        Right.ROTATE: "change the vault's key",
        Right.KIT: "make a recovery kit",
        Right.BACKUP_PLACES: "choose places for backups",
        Right.RESTORE: "restore a backup",
        Right.EMERGENCY_REVIEW: "review what was opened in an emergency",
        Right.SETUP: "set up the clinic",
    }
)


def may(role: Role | None, right: Right) -> bool:
    """Tell whether a role has a right; whoever has no role has none."""
    return role in ROLES[right]


def refusal(right: Right) -> str:
    """Return what to say to somebody whose role does not have a right."""
    return (
        f"Your role does not {_DOING[right]}. Nothing was changed; what was kept before is still"
        f" there. Ask {_whom(ROLES[right])}."
    )


def _whom(roles: frozenset[Role]) -> str:
    if Role.THERAPIST in roles:
        return "a therapist"
    if Role.PRESCRIBER in roles:
        return "a prescriber"
    return "the owner of the clinic"
