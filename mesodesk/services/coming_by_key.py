"""Coming in at the open desk without a password: with a code from an owner, or the recovery key.

Either lets nobody do or see anything before a password is chosen; so it is one step with that.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.records.clinic import Role
from mesodesk.services.store import Store
from mesodesk.vault.errors import (
    CodeOverError,
    TooSoonError,
    UnknownUserError,
    WhoseKitError,
    WrongPasswordError,
)
from mesodesk.vault.parts import OpenedBy
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.reset_code import parse_either


@dataclass(frozen=True, slots=True)
class KeyAdmission:
    """Somebody whose code or recovery key fits, and who is not in yet."""

    user_id: UUID
    name: str
    by_code: bool
    enter_with: Callable[[str], None] = field(repr=False)
    """Lets them in with a new password: all of it, or nothing where the disk refuses."""


def proved_by_key(store: Store, chosen: UUID, typed: str) -> OpenedBy:
    """Return who comes in with a code or the recovery key. Slow on purpose.

    Args:
        store: of the desk.
        chosen: who was chosen at the lock; of several owners, the recovery key is for this one.
        typed: the code or the key.

    Raises:
        KeyTextError: if it is mistyped; this is not counted.
        WrongPasswordError: if it opens nothing, with the seconds to wait before the next try.
        WhoseKitError: if the recovery key fits, and no owner was chosen of several.
        UnknownUserError: if this person has no access any more.
    """
    key = parse_either(typed)
    entrance = store.vault.entrance
    if isinstance(key, RecoveryKey):
        entrance.prove_kit(key)
        return _owner(store, chosen)
    return entrance.prove_code(key)


def note_refused(store: Store, chosen: UUID, error: Exception) -> None:
    """Keep that a code or the recovery key was tried, and did not open."""
    if isinstance(error, TooSoonError):
        return  # nothing was tried
    whose, over = chosen, isinstance(error, CodeOverError)
    if isinstance(error, CodeOverError) and error.user_id is not None:
        whose = error.user_id
    action = "desk.unlock_failed" if whose == store.vault.user_id else "desk.switch_failed"
    told: dict[str, object] = {"why": "code over"} if over else {}
    with store.at_door() as tx:
        tx.audit(action, "user", whose, None, by_pin=False, by_key=True, **told)


REFUSED = (WrongPasswordError, UnknownUserError)
"""What `note_refused` keeps."""


def _owner(store: Store, chosen: UUID) -> OpenedBy:
    """Return the owner who comes in with the recovery key."""
    owners = (
        select(UserRow.id, UserRow.name)
        .where(UserRow.role == Role.OWNER, UserRow.active.is_(True))
        .order_by(UserRow.created_at, UserRow.id)
    )
    with store.at_door() as tx:
        found = [(row.id, row.name) for row in tx.connection.execute(owners)]
    named = [each for each in found if each[0] == chosen] or found
    if not named:
        raise UnknownUserError
    if len(named) > 1:
        raise WhoseKitError(tuple(found))
    user_id, name = named[0]
    return OpenedBy(user_id, name, None)
