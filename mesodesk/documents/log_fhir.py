"""An entry of the audit log as a FHIR R4 AuditEvent, as ATNA repositories take it.

https://hl7.org/fhir/R4/auditevent.html says which elements there must be; a test compares.
"""

from typing import Final
from uuid import UUID, uuid5

from mesodesk.domain.audit_actions import ACTIONS, ActionGroup, action_words
from mesodesk.domain.records.audit import LogEntry

_DICOM: Final = "http://dicom.nema.org/resources/ontology/DCM"
_OWN: Final = "urn:mesodesk:audit-action"
_KIND: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_ROLE: Final = "http://terminology.hl7.org/CodeSystem/object-role"
_URI: Final = "urn:ietf:rfc:3986"

_TYPES: Final = {
    ActionGroup.VIEW: ("110110", "Patient Record"),
    ActionGroup.CHANGE: ("110110", "Patient Record"),
    ActionGroup.DISCLOSURE: ("110106", "Export"),
    ActionGroup.ACCESS: ("110114", "User Authentication"),
    ActionGroup.SAFETY: ("110100", "Application Activity"),
    ActionGroup.CLINIC: ("110100", "Application Activity"),
}
_CREATES: Final = frozenset({"create", "start", "enter_many", "place_add", "amend_begin"})
_REMOVES: Final = frozenset({"archive", "discard", "remove", "error", "leave", "place_leave"})
# Success, and the two failures that FHIR tells apart: refused, and not done for another reason.
_OUTCOMES: Final = {"ok": "0", "refused": "4", "warning": "4"}
_FAILED: Final = "8"


def audit_event(entry: LogEntry, vault_id: UUID) -> dict[str, object]:
    """Return the resource. Its id is always the same for the same entry of the same vault."""
    code, display = _TYPES[_group(entry.action)]
    event: dict[str, object] = {
        "resourceType": "AuditEvent",
        "id": str(uuid5(vault_id, f"audit-entry/{entry.seq}")),
        "type": {"system": _DICOM, "code": code, "display": display},
        "subtype": [{"system": _OWN, "code": entry.action, "display": action_words(entry.action)}],
        "action": _action(entry.action),
        "recorded": f"{entry.at:%Y-%m-%dT%H:%M:%S.%fZ}",
        "outcome": _OUTCOMES.get(entry.outcome, _FAILED),
        "agent": [_agent(entry)],
        "source": {
            "site": entry.workstation or "unknown",
            "observer": {"identifier": _identifier(vault_id), "display": entry.program},
        },
    }
    if entry.reason:
        event["outcomeDesc"] = entry.reason
    entities = [*_entities(entry)]
    if entities:
        event["entity"] = entities
    return event


def _group(action: str) -> ActionGroup:
    known = ACTIONS.get(action)
    return ActionGroup.CHANGE if known is None else known.group


def _action(action: str) -> str:
    """Return C, R, U, D or E: create, read, update, delete, execute."""
    group, verb = _group(action), action.partition(".")[2]
    if group is ActionGroup.VIEW:
        return "R"
    if group is ActionGroup.DISCLOSURE:
        return "E"
    if verb in _CREATES:
        return "C"
    if verb in _REMOVES:
        return "D"
    return "E" if group in (ActionGroup.ACCESS, ActionGroup.SAFETY) else "U"


def _agent(entry: LogEntry) -> dict[str, object]:
    agent: dict[str, object] = {"requestor": entry.actor_id is not None}
    who: dict[str, object] = {"display": entry.actor_name or "Mesodesk"}
    if entry.actor_id is not None:
        who["identifier"] = _identifier(entry.actor_id)
    agent["who"] = who
    if entry.actor_role:
        agent["role"] = [{"text": entry.actor_role}]
    return agent


def _entities(entry: LogEntry) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    if entry.patient is not None:
        found.append(
            {
                "what": {"identifier": {"value": entry.patient.record_number}},
                "type": {"system": _KIND, "code": "1", "display": "Person"},
                "role": {"system": _ROLE, "code": "1", "display": "Patient"},
            }
        )
    if entry.object_id is not None:
        found.append(
            {
                "what": {"identifier": _identifier(entry.object_id)},
                "type": {"system": _KIND, "code": "2", "display": "System Object"},
                "role": {"system": _ROLE, "code": "4", "display": "Domain Resource"},
                "description": entry.object_type,
            }
        )
    return found


def _identifier(one: UUID) -> dict[str, str]:
    return {"system": _URI, "value": f"urn:uuid:{one}"}
