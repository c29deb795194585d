"""Changes who can open a vault: the slots of its key file, each proved before the old one goes."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from mesodesk.vault import keyfile
from mesodesk.vault.atomic import replace_file
from mesodesk.vault.errors import VaultError
from mesodesk.vault.keyfile import KeyFile, KeySlot, SlotKind
from mesodesk.vault.keys import KdfCost, new_password_secret
from mesodesk.vault.parts import OpenedBy, VaultParts

if TYPE_CHECKING:
    from mesodesk.vault.audit import AuditFact
    from mesodesk.vault.slots import MadeSlot

KEYS_CHANGED = "keys.change"
"""What the audit log calls each new key file."""


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

    def replace(
        self, slots: tuple[KeySlot, ...], prove: Callable[[KeyFile], None] | None = None
    ) -> None:
        """Put these slots in place of all that stand, and note it. Not inside a transaction.

        Args:
            slots: all of the new key file.
            prove: raises if what was read back from the disk does not open.

        Raises:
            OSError: if the disk refuses; the old key file stays.
        """
        changed = self.key_file.changed(slots, self._parts.keys.key_file)
        details: dict[str, object] = {"key_generation": changed.generation}
        if not self.key_file.is_sealed_by(self._parts.keys.key_file):
            # Somebody else wrote what stands there: it is evidence, and goes with this change.
            details["tampered_before"] = self._keep_aside()

        def proved(read_back: KeyFile) -> None:
            if read_back != changed:
                raise VaultError
            if prove is not None:
                prove(read_back)

        keyfile.save(self._parts.folder, changed, proved)
        self.key_file = changed
        # The change is made. What cannot be noted now is noted at the next opening.
        self._note(KEYS_CHANGED, details)
        with contextlib.suppress(OSError):
            self._write_anchor()

    def _keep_aside(self) -> str:
        """Keep a key file that was changed outside, under another name, and return that name."""
        kept = self._parts.folder / f"keys-alarm-{self.key_file.generation}.json"
        replace_file(kept, keyfile.encode(self.key_file))
        return kept.name

    def renew(self, made: "MadeSlot", old: KeySlot) -> None:
        """Put a slot of the newest format in the place of an old one, if the disk lets us."""
        with contextlib.suppress(OSError):  # tried again at the next opening
            self.replace(_with(self.key_file, made.slot, (old,)), self._opens(made))

    def _opens(self, made: "MadeSlot") -> Callable[[KeyFile], None]:
        def prove(read_back: KeyFile) -> None:
            slot = next(slot for slot in read_back.slots if slot.id == made.slot.id)
            from mesodesk.vault.slots import unwrap

            if unwrap(self._parts.keys.vault_id, slot, made.wrapping_key) is None:
                raise VaultError

        return prove

    def change_password(self, by: OpenedBy, password: str, cost: KdfCost | None) -> OpenedBy:
        """Give a user another password; see `OpenVault.change_password`. Returns who is in now."""
        from mesodesk.vault.slots import SlotOwner, SlotSecrets, make_slot, new_signing_key

        keys = self._parts.keys
        signing_key = by.signing_key or new_signing_key()
        old = (*self.key_file.slots_of(by.user_id), *self.key_file.codes_of(by.user_id))
        made = make_slot(
            keys.vault_id,
            SlotOwner(SlotKind.USER, by.user_id, by.user_name),
            new_password_secret(password),
            cost or (old[0].cost if old else KdfCost.default()),
            SlotSecrets(keys.data_key, keys.salt, signing_key),
        )
        if by.signing_key is None:
            self._record_new_key(by, signing_key)
        try:
            self.replace(_with(self.key_file, made.slot, old), self._opens(made))
        except BaseException:
            self._note_password(by, "failed")
            raise
        self._note_password(by, "ok")
        return replace(by, signing_key=signing_key)

    def _record_new_key(self, by: OpenedBy, signing_key: bytes) -> None:
        """Note the key before the key file has it: no signature may come from an unknown one."""
        from mesodesk.vault.audit import AuditFact
        from mesodesk.vault.slots import public_key_of
        from mesodesk.vault.stamps import add_signing_key

        public_key = public_key_of(signing_key)
        made = AuditFact(
            by.user_id,
            by.user_name,
            "user.signing_key",
            "user",
            by.user_id,
            details={"public_key": public_key.hex()},
        )
        with self._parts.engine.begin() as connection:
            now = self._parts.clock.now()
            add_signing_key(connection, by.user_id, public_key, now)
            self._parts.audit.append(connection, made)

    def _note_password(self, by: OpenedBy, outcome: str) -> None:
        from mesodesk.vault.audit import AuditFact

        self._append(
            AuditFact(
                by.user_id,
                by.user_name,
                "user.password_change",
                "user",
                by.user_id,
                outcome=outcome,
                details={"by_recovery_key": by.by_recovery_key, "by_code": by.by_code},
            )
        )

    def _note(self, action: str, details: dict[str, object]) -> None:
        from mesodesk.vault.audit import AuditFact

        vault_id = self._parts.keys.vault_id
        self._append(AuditFact(None, "", action, "vault", vault_id, details=details))

    def _append(self, fact: "AuditFact") -> None:
        from sqlalchemy.exc import SQLAlchemyError

        # On a full disk not even this can be written; what was done counts, or its own error.
        with contextlib.suppress(SQLAlchemyError), self._parts.engine.begin() as connection:
            self._parts.audit.append(connection, fact)


def _with(key_file: KeyFile, new: KeySlot, old: tuple[KeySlot, ...]) -> tuple[KeySlot, ...]:
    """Return all slots with one new in the place of the first of some, or at the end."""
    gone = {slot.id for slot in old}
    places = [number for number, slot in enumerate(key_file.slots) if slot.id in gone]
    kept = [slot for slot in key_file.slots if slot.id not in gone]
    kept.insert(places[0] if places else len(kept), new)
    return tuple(kept)
