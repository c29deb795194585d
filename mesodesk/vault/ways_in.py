"""Who can open an open vault: codes, access taken away, names, the recovery kit.

Each change is one new key file, proved on the disk before the old one goes. Who may come in, the
record says, and a vault that is opened brings its key file in line with it (`admitting.py`): to let
somebody in, the key file comes first and the record follows; to keep somebody out, the record.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from mesodesk.vault.errors import VaultError
from mesodesk.vault.keyfile import KeyFile, KeySlot, SlotKind
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.reset_code import ResetCode
from mesodesk.vault.slots import MadeSlot, SlotOwner, SlotSecrets, make_slot, unwrap


def is_over(slot: KeySlot, now: datetime) -> bool:
    """Tell whether a slot is that of a code whose time is over."""
    return slot.expires_at is not None and slot.expires_at <= now


@dataclass(frozen=True, slots=True)
class NewCode:
    """For whom a code is made, and until when it opens."""

    user_id: UUID
    name: str
    expires_at: datetime


class WaysIn:
    """The slots of a vault, as they are given and taken."""

    def __init__(self, vault: OpenVault) -> None:
        self._vault = vault

    @property
    def slots(self) -> tuple[KeySlot, ...]:
        """All slots as they stand, for `put_back`."""
        return self._vault.key_file.slots

    def give_code(self, new: NewCode) -> ResetCode:
        """Let somebody come in with a code, once, and with nothing else. Slow on purpose.

        Raises:
            OSError: if the disk refuses; what opened before still does.
        """
        code = ResetCode.new()
        made = self._make(
            SlotOwner(SlotKind.CODE, new.user_id, new.name, new.expires_at), code.secret
        )
        kept = tuple(slot for slot in self.slots if slot.user_id != new.user_id)
        self._replace((*kept, made.slot), made)
        return code

    def take_away(self, user_ids: frozenset[UUID]) -> None:
        """Let some come in no more, neither by password nor by code.

        Raises:
            OSError: if the disk refuses; they still can.
        """
        kept = tuple(slot for slot in self.slots if slot.user_id not in user_ids)
        if kept != self.slots:
            self._replace(kept)

    def drop_codes_over(self, now: datetime) -> None:
        """Take out the codes that nobody came in with in time: no clock set back revives them.

        Raises:
            OSError: if the disk refuses; they still stand there, and are over all the same.
        """
        kept = tuple(slot for slot in self.slots if not is_over(slot, now))
        if kept != self.slots:
            self._replace(kept)

    def rename(self, names: dict[UUID, str]) -> None:
        """Call people by these names where the password is asked for.

        Raises:
            OSError: if the disk refuses; the names before stay.
        """
        renamed = tuple(
            slot
            if slot.user_id is None or slot.user_id not in names
            else replace(slot, name=names[slot.user_id])
            for slot in self.slots
        )
        if renamed != self.slots:
            self._replace(renamed)

    def replace_kit(self, key: RecoveryKey) -> None:
        """Let another recovery key open the vault, and no earlier one. Slow on purpose.

        Raises:
            OSError: if the disk refuses; the earlier one still opens.
        """
        made = self._make(SlotOwner(SlotKind.RECOVERY, None, ""), key.secret)
        kept = tuple(slot for slot in self.slots if slot.kind is not SlotKind.RECOVERY)
        self._replace((*kept, made.slot), made)

    def put_back(self, slots: tuple[KeySlot, ...]) -> None:
        """Let those in again who could come in before, because the record refused a change.

        Raises:
            OSError: if the disk refuses; the next opening brings both in line.
        """
        self._replace(slots)

    def _make(self, owner: SlotOwner, secret: bytes) -> MadeSlot:
        keys = self._vault.keys
        inside = SlotSecrets(keys.data_key, keys.salt)
        return make_slot(keys.vault_id, owner, secret, self._cost(), inside)

    def _cost(self) -> KdfCost:
        """Return what a guess costs at the dearest slot there is."""
        costs = [slot.cost for slot in self.slots]
        return max(costs, key=lambda cost: (cost.memory_kib, cost.iterations))

    def _replace(self, slots: tuple[KeySlot, ...], made: MadeSlot | None = None) -> None:
        vault_id = self._vault.vault_id

        def prove(read_back: KeyFile) -> None:
            if read_back.slots != slots:
                raise VaultError
            if (
                made is not None
                and unwrap(vault_id, read_back.slots[-1], made.wrapping_key) is None
            ):
                raise VaultError

        self._vault.slot_changes.replace(slots, prove)
