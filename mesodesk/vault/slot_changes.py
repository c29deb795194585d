"""Changes who can open a vault: the slots of its key file, each proved before the old one goes."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from mesodesk.vault import keyfile
from mesodesk.vault.errors import VaultError
from mesodesk.vault.keyfile import KeyFile, KeySlot, SlotKind
from mesodesk.vault.keys import KdfCost, new_password_secret
from mesodesk.vault.parts import OpenedBy, VaultParts

if TYPE_CHECKING:
    from mesodesk.vault.audit import AuditFact


class SlotChanges:
    """The key file of an open vault as it stands, and every change of it."""

    def __init__(self, parts: VaultParts, write_anchor: Callable[[], None]) -> None:
        """Begin with the key file that the vault was opened with.

        Args:
            parts: of the vault.
            write_anchor: called after each change, whose generation the anchor repeats.
        """
        self._parts = parts
        self._write_anchor = write_anchor
        self.key_file = parts.key_file

    def replace(self, slots: tuple[KeySlot, ...], prove: Callable[[KeyFile], None]) -> None:
        """Put these slots in place of all that stand.

        Args:
            slots: all of the new key file.
            prove: raises if what was read back from the disk does not open.

        Raises:
            OSError: if the disk refuses; the old key file stays.
        """
        changed = self.key_file.changed(slots, self._parts.keys.key_file)
        keyfile.save(self._parts.folder, changed, prove)
        self.key_file = changed
        # The change is made: an anchor that cannot be written now is written at the next commit.
        with contextlib.suppress(OSError):
            self._write_anchor()

    def change_password(self, by: OpenedBy, password: str, cost: KdfCost | None) -> OpenedBy:
        """Give a user another password; see `OpenVault.change_password`. Returns who is in now."""
        from mesodesk.vault.slots import SlotOwner, SlotSecrets, make_slot, new_signing_key, unwrap

        keys = self._parts.keys
        signing_key = by.signing_key or new_signing_key()
        old = self.key_file.slots_of(by.user_id)
        made = make_slot(
            keys.vault_id,
            SlotOwner(SlotKind.USER, by.user_id, by.user_name),
            new_password_secret(password),
            cost or (old[0].cost if old else KdfCost.default()),
            SlotSecrets(keys.data_key, keys.salt, signing_key),
        )

        def prove(read_back: KeyFile) -> None:
            slot = next(slot for slot in read_back.slots if slot.id == made.slot.id)
            if unwrap(keys.vault_id, slot, made.wrapping_key) is None:
                raise VaultError

        self._record_new_key(by, signing_key)
        try:
            self.replace((made.slot, *_without(self.key_file, old)), prove)
        except BaseException:
            self._record_failed_change(by)
            raise
        return replace(by, signing_key=signing_key)

    def _record_new_key(self, by: OpenedBy, signing_key: bytes) -> None:
        """Note key and change before the key file: no signature may come from an unknown key."""
        from mesodesk.vault.identity import add_signing_key
        from mesodesk.vault.slots import public_key_of

        with self._parts.engine.begin() as connection:
            if by.signing_key is None:
                now = self._parts.clock.now()
                add_signing_key(connection, by.user_id, public_key_of(signing_key), now)
            self._parts.audit.append(connection, _password_change(by, "ok"))

    def _record_failed_change(self, by: OpenedBy) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        # On a full disk not even this can be written; the first error is the one to tell.
        with contextlib.suppress(SQLAlchemyError), self._parts.engine.begin() as connection:
            self._parts.audit.append(connection, _password_change(by, "failed"))


def _password_change(by: OpenedBy, outcome: str) -> "AuditFact":
    from mesodesk.vault.audit import AuditFact

    return AuditFact(
        by.user_id,
        by.user_name,
        "user.password_change",
        "user",
        by.user_id,
        outcome=outcome,
        details={"by_recovery_key": by.signing_key is None},
    )


def _without(key_file: KeyFile, removed: tuple[KeySlot, ...]) -> tuple[KeySlot, ...]:
    gone = {slot.id for slot in removed}
    return tuple(slot for slot in key_file.slots if slot.id not in gone)
