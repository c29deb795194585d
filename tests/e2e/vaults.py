"""Vaults for the tests to start the program on, made through the services in a moment."""

import shutil
from pathlib import Path

from harness import PASSWORD

from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.services.desk import Desk
from mesodesk.services.new_desk import create_desk
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey


def new_clinic(folder: Path) -> Desk:
    """Make a clinic with its owner, and return its desk, open."""
    return create_desk(
        folder,
        ClinicFields(name="Clinica Luz", jurisdiction="ES", zone="Europe/Madrid"),
        owner=NewOwner("Claire Moreau", "CM"),
        password=PASSWORD,
        recovery_key=RecoveryKey.new(),
        cost=KdfCost.for_tests(),
    )


def copy_of(template: Path, folder: Path) -> Path:
    """Return a copy of a closed vault."""
    return Path(shutil.copytree(template, folder))


def password_file(folder: Path, password: str = PASSWORD) -> Path:
    """Write the password where the command can read it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "password.txt"
    path.write_text(password + "\n", encoding="utf-8")
    return path
