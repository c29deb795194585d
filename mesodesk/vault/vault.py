"""The vault as the rest of the program uses it: look, make, open.

Importing this costs little: nothing of the database or of cryptography is loaded before a vault is
made or opened, so the window that asks for the password can be painted first.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from mesodesk.domain.clock import Clock, SystemClock
from mesodesk.vault.inspection import VaultInspection, VaultState, VaultUser, inspect
from mesodesk.vault.keys import KdfCost, password_secret
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey, parse

if TYPE_CHECKING:
    from mesodesk.vault.opening import Credential
    from mesodesk.vault.reset_code import ResetCode

__all__ = [
    "NewOwner",
    "OpenVault",
    "VaultInspection",
    "VaultState",
    "VaultUser",
    "create_vault",
    "inspect",
    "open_vault",
]


def create_vault(
    folder: Path,
    *,
    owner: NewOwner,
    password: str,
    cost: KdfCost,
    recovery_key: RecoveryKey | str,
    populate: Callable[[OpenVault], None] | None = None,
    clock: Clock | None = None,
) -> OpenVault:
    """Make a new vault and return it open. A crash half-way leaves nothing that looks like one.

    Args:
        folder: absent or empty; the folder above it must be writable.
        owner: the first user.
        password: of the owner, 10 to 128 characters.
        cost: of one guess of a password.
        recovery_key: already shown to and typed back by the owner.
        populate: writes the first records (clinic, user) before the vault is put in place; if it
            raises, nothing is left.
        clock: the computer's by default.

    Raises:
        VaultError: a subclass with a `sentence` for people; nothing was made.
        RecoveryKeyError: if the recovery key, given as text, is mistyped.
    """
    from mesodesk.vault.making import NewVault, make_vault

    key = parse(recovery_key) if isinstance(recovery_key, str) else recovery_key
    new = NewVault(owner, password, cost, key)
    return make_vault(folder, new, clock or SystemClock(), populate)


def open_vault(
    folder: Path,
    *,
    password: str | None = None,
    recovery_key: RecoveryKey | str | None = None,
    code: "ResetCode | str | None" = None,
    user_id: UUID | None = None,
    clock: Clock | None = None,
    or_code: bool = False,
) -> OpenVault:
    """Open a vault with a password, the recovery key or a code; never create anything.

    What is odd but does not stop the work (a copy of the key file made anew, saves missing) stands
    in the `findings` of the open vault and must be shown.

    Args:
        folder: where the vault stands.
        password: of the user; of any user where `user_id` is not given.
        recovery_key: instead of a password; opens for `user_id`, or for the only owner.
        code: instead of a password, once: a password is then to be chosen.
        user_id: who is opening.
        clock: the computer's by default.
        or_code: whether a code may be typed in place of the password: only where a password is
            chosen next.

    Raises:
        CodeNotHereError: if a code was typed as the password where none may be.
        WhoseKitError: if the recovery key fits and there are several owners: name one.
        VaultError: a subclass for each cause, with a `sentence` for people.
        KeyTextError: if the recovery key or the code, given as text, is mistyped; this is not
            counted.
    """
    from mesodesk.vault.opening import open_with

    offered = _credential(password, recovery_key, code, user_id)
    if password is not None:
        offered = replace(offered, code_lets_in=or_code)
    return open_with(folder, offered, clock or SystemClock())


def _credential(
    password: str | None,
    recovery_key: RecoveryKey | str | None,
    code: "ResetCode | str | None",
    user_id: UUID | None,
) -> "Credential":
    from mesodesk.vault.opening import Credential
    from mesodesk.vault.reset_code import code_in, parse_code

    if sum(offered is not None for offered in (password, recovery_key, code)) != 1:
        raise ValueError("a password, a recovery key or a code is needed")
    if recovery_key is not None:
        key = parse(recovery_key) if isinstance(recovery_key, str) else recovery_key
        return Credential(key.secret, is_recovery=True, user_id=user_id)
    if code is not None:
        once = parse_code(code) if isinstance(code, str) else code
        return Credential(b"", is_recovery=False, user_id=user_id, code=once.secret)
    typed = password or ""
    maybe = code_in(typed)
    secret = None if maybe is None else maybe.secret
    return Credential(password_secret(typed), is_recovery=False, user_id=user_id, code=secret)
