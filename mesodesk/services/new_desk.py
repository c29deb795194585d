"""The first day: a new vault with its clinic, its owner and the starter catalogue."""

import contextlib
from pathlib import Path

from mesodesk.domain.clock import Clock, SystemClock
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.services.backups import first_place
from mesodesk.services.clinic import ClinicService
from mesodesk.services.desk import Desk, open_desk
from mesodesk.services.errors import ServiceError
from mesodesk.services.store import Store
from mesodesk.vault.errors import VaultError
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.places import default_place
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.vault import create_vault


def create_desk(
    folder: Path,
    fields: ClinicFields,
    *,
    owner: NewOwner,
    password: str,
    recovery_key: RecoveryKey,
    cost: KdfCost | None = None,
    clock: Clock | None = None,
) -> Desk:
    """Make a vault and return its desk, open. If anything fails, nothing is left behind.

    Args:
        folder: absent or empty.
        fields: of the clinic.
        owner: the first user.
        password: of the owner, 10 to 128 characters.
        recovery_key: shown to and typed back by the owner.
        cost: of one guess of a password; fitted to this computer by default.
        clock: the computer's by default.

    Raises:
        VaultError: a subclass with a `sentence`.
        InvalidError: if a value of the clinic cannot be taken.
    """
    used = cost or KdfCost.fitted()

    def populate(vault: OpenVault) -> None:
        service = ClinicService(Store(vault, clock or SystemClock()))
        service.create(fields, owner.name, owner.initials, vault.user_id)

    vault = create_vault(
        folder,
        owner=owner,
        password=password,
        cost=used,
        recovery_key=recovery_key,
        populate=populate,
        clock=clock,
    )
    desk = open_desk(vault, clock)
    # The vault stands; without a place the window asks for one.
    with contextlib.suppress(OSError, VaultError, ServiceError):
        first_place(desk.store, default_place(vault.folder))
    return desk
