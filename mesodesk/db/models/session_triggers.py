"""Triggers that close a session once it has left the draft state (SQLite).

They hold against every writer, the program's own mistakes included. A row may be added to the
addenda, and the state may move on; nothing else.
"""

from typing import Final

from mesodesk.db.models.triggers import append_only, refusal

SESSION_FROZEN_COLUMNS: Final = (
    "id",
    "created_at",
    "patient_id",
    "number",
    "therapist_id",
    "therapist_name",
    "started_at",
    "zone",
    "atlas_id",
    "body_sex",
    "height_cm",
    "anything_changed",
    "changes",
    "reaction_to_last",
    "reaction_to_last_detail",
    "emergency_kit",
    "weight_kg",
    "skin_preparation",
    "aseptic_steps",
    "pain",
    "reactions",
    "reaction_note",
    "observation_min",
    "aftercare_id",
    "aftercare_version",
    "aftercare_language",
    "aftercare_given",
    "next_session_on",
    "no_next_session",
    "note",
    "signed_at",
    "discard_reason",
)
"""Every column of `session` but its state, version and time of change."""

_STATE_OF_SESSION: Final = "(SELECT state FROM session WHERE id = {row}.session_id)"
_STATE_OF_SYRINGE: Final = (
    "(SELECT session.state FROM session JOIN syringe ON syringe.session_id = session.id"
    " WHERE syringe.id = {row}.syringe_id)"
)


def state_of_session(row: str) -> str:
    """Return the state of the session that NEW or OLD belongs to, as SQL."""
    return _STATE_OF_SESSION.format(row=row)


def closed_with_its_session(table: str, state: str = _STATE_OF_SESSION) -> list[str]:
    """Refuse every write to a part of a session that is no draft.

    Args:
        table: of the part.
        state: the session's, over the part's `{row}`; by its own `session_id` by default.
    """
    closed_new = f"{state.format(row='NEW')} <> 'draft'"
    closed_old = f"{state.format(row='OLD')} <> 'draft'"
    sentence = "a signed session is closed"
    return [
        refusal(f"{table}_closed_insert", f"INSERT ON {table}", closed_new, sentence),
        refusal(
            f"{table}_closed_update",
            f"UPDATE ON {table}",
            f"{closed_old} OR {closed_new}",
            sentence,
        ),
        refusal(f"{table}_closed_delete", f"DELETE ON {table}", closed_old, sentence),
    ]


def _session_head() -> list[str]:
    may_follow = (
        "(OLD.state = 'signed' AND NEW.state IN ('amended', 'entered_in_error'))"
        " OR (OLD.state = 'amended' AND NEW.state = 'entered_in_error')"
        " OR (OLD.state = 'draft' AND NEW.state IN ('signed', 'entered_in_error'))"
    )
    unsealed = (
        "OLD.state = 'draft' AND NEW.state = 'signed'"
        " AND NOT EXISTS (SELECT 1 FROM session_seal WHERE session_id = NEW.id)"
    )
    return [
        refusal(
            "session_closed_update",
            f"UPDATE OF {', '.join(SESSION_FROZEN_COLUMNS)} ON session",
            "OLD.state <> 'draft'",
            "a signed session is closed",
        ),
        refusal(
            "session_state_order",
            "UPDATE OF state ON session",
            f"OLD.state <> NEW.state AND NOT ({may_follow})",
            "a session cannot go back to that state",
        ),
        refusal(
            "session_signed_with_seal",
            "UPDATE OF state ON session",
            unsealed,
            "a session is signed with a seal",
        ),
        refusal("session_no_delete", "DELETE ON session", "", "sessions are never deleted"),
    ]


def _seal_and_addenda() -> list[str]:
    not_draft = f"{state_of_session('NEW')} <> 'draft'"
    draft = f"{state_of_session('NEW')} = 'draft'"
    return [
        *append_only("session_snapshot"),
        *append_only("session_seal"),
        *append_only("session_addendum"),
        refusal(
            "session_snapshot_at_signing",
            "INSERT ON session_snapshot",
            not_draft,
            "the snapshot is taken at signing",
        ),
        refusal(
            "session_seal_at_signing",
            "INSERT ON session_seal",
            not_draft,
            "the seal is set at signing",
        ),
        refusal(
            "session_addendum_after_signing",
            "INSERT ON session_addendum",
            draft,
            "a draft takes no addenda",
        ),
    ]


SESSION_TRIGGERS: Final = (
    *_session_head(),
    *closed_with_its_session("syringe"),
    *closed_with_its_session("syringe_component", _STATE_OF_SYRINGE),
    *closed_with_its_session("session_acknowledgement"),
    *closed_with_its_session("chart_field"),
    *closed_with_its_session("chart_edit"),
    *_seal_and_addenda(),
)
"""One CREATE TRIGGER statement each, for the migration that makes the tables."""
