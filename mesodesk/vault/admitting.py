"""Who may come in, the record says: a vault that is opened brings its key file in line with it.

The two can differ after an interruption, or when an older key file was put back. Whoever has left
is let in no more, whatever the key file says.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.engine import READ_ONLY
from mesodesk.db.models.clinic import UserRow
from mesodesk.vault.audit import AuditFact
from mesodesk.vault.errors import KeyChangeError, UnknownUserError
from mesodesk.vault.findings import Finding, alarm, warning
from mesodesk.vault.keyfile import KeySlot, SlotKind
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.ways_in import WaysIn


@dataclass(frozen=True, slots=True)
class _Person:
    name: str
    active: bool


def refuse_who_left(vault: OpenVault) -> None:
    """Let nobody in who is not on record or has left, and keep that they were refused.

    Raises:
        UnknownUserError: if it is such a person who opened the vault.
    """
    people = _people(vault)
    if not people or _may_come_in(people, vault.user_id):
        return
    with vault.engine.begin() as connection:
        refused = AuditFact(
            vault.user_id,
            vault.user_name,
            "vault.open",
            "vault",
            vault.vault_id,
            outcome="refused",
            details={},
        )
        vault.audit.append(connection, refused)
    raise UnknownUserError


def bring_in_line(vault: OpenVault, now: datetime) -> list[Finding]:
    """Take the slots of those who may not come in, and codes that are over, out of the key file.

    A key file that was changed outside is left as it is: that is said, and evidence. What the disk
    refuses is done at the next opening.
    """
    people = _people(vault)
    if not people or not vault.key_file.is_sealed_by(vault.keys.key_file):
        return []
    ways = WaysIn(vault)
    wrong = [slot for slot in ways.slots if not _may_stay(people, slot)]
    names = {user_id: person.name for user_id, person in people.items()}
    with contextlib.suppress(OSError):
        ways.take_away(frozenset(slot.user_id for slot in wrong if slot.user_id is not None))
        ways.drop_codes_over(now)
        ways.rename(names)
    return [_told(people, slot) for slot in wrong]


def need_in_line(vault: OpenVault, now: datetime) -> None:
    """Make sure that only who may come in has a slot: each gets the vault's key to be.

    Raises:
        KeyChangeError: if somebody's slot could not be taken out of the key file.
    """
    bring_in_line(vault, now)
    people = _people(vault)
    wrong = [slot for slot in vault.key_file.slots if not _may_stay(people, slot)]
    if people and wrong:
        raise KeyChangeError(
            f"The key was not changed, because the disk refuses to take {wrong[0].name} out of the"
            " list of who can open this vault: they would get the new key too. Check that the disk"
            " has room, then try again."
        )


def _told(people: Mapping[UUID, _Person], slot: KeySlot) -> Finding:
    if slot.user_id in people:
        return alarm(
            "keys",
            f"{slot.name} has left, and still had a key to this vault: an older key file was put "
            "back, or Mesodesk ended while the key was taken out. It was taken out now. Change the "
            "vault's key if somebody may have used it.",
        )
    if slot.kind is SlotKind.CODE:
        return warning(
            "keys",
            "A code for somebody who was never put on record was found: they were being added, and "
            "that was never finished. It was taken out. Add them again.",
        )
    return alarm(
        "keys",
        f"{slot.name} had a key to this vault without being on record. It was taken out. Find out "
        "who that is, and change the vault's key.",
    )


def _may_stay(people: Mapping[UUID, _Person], slot: KeySlot) -> bool:
    return slot.user_id is None or _may_come_in(people, slot.user_id)


def _may_come_in(people: Mapping[UUID, _Person], user_id: UUID) -> bool:
    person = people.get(user_id)
    return person is not None and person.active


def _people(vault: OpenVault) -> dict[UUID, _Person]:
    """Return everybody on record; nobody while a new vault is being filled."""
    columns = select(UserRow.id, UserRow.name, UserRow.active)
    with vault.engine.connect().execution_options(**READ_ONLY) as connection:
        return {row.id: _Person(row.name, row.active) for row in connection.execute(columns)}
