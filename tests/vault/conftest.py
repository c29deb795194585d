"""A real vault, made once and copied for each test that wants one."""

import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from mesodesk.vault import attempts
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.vault import NewOwner, OpenVault, create_vault, open_vault

PASSWORD = "seven quiet herons at noon"


@dataclass(frozen=True)
class Made:
    """A closed vault on disk."""

    folder: Path
    recovery_key: RecoveryKey
    user_id: UUID
    vault_id: UUID

    @property
    def database(self) -> Path:
        return self.folder / "clinic.db"

    def open(self, password: str = PASSWORD) -> OpenVault:
        return open_vault(self.folder, password=password)

    def snapshot(self) -> dict[str, bytes]:
        """Every file's content, less the lock's."""
        return {
            path.name: path.read_bytes()
            for path in self.folder.iterdir()
            if path.name != "vault.lock"
        }


def make(folder: Path) -> Made:
    recovery_key = RecoveryKey.new()
    with create_vault(
        folder,
        owner=NewOwner("Ana Ruiz", "AR"),
        password=PASSWORD,
        cost=KdfCost.for_tests(),
        recovery_key=recovery_key,
    ) as vault:
        return Made(folder, recovery_key, vault.user_id, vault.vault_id)


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Made:
    return make(tmp_path_factory.mktemp("template") / "vault")


@pytest.fixture
def made(template, tmp_path) -> Made:
    folder = tmp_path / "vault"
    shutil.copytree(template.folder, folder)
    return Made(folder, template.recovery_key, template.user_id, template.vault_id)


@pytest.fixture
def another(tmp_path) -> Made:
    """A second vault, of other keys."""
    return make(tmp_path / "another")


class Ticker:
    """The clock since the computer was started; it moves only when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticker(monkeypatch) -> Ticker:
    """Lets pauses after wrong passwords pass without waiting."""
    clock = Ticker()
    monkeypatch.setattr(attempts, "_since_start", clock)
    return clock


@pytest.fixture
def vault(made):
    """The vault, open."""
    with made.open() as opened:
        yield opened


@pytest.fixture
def faults():
    """The module that makes the disk fail; tests are not a package, so it is loaded by path."""
    spec = importlib.util.spec_from_file_location("faults", Path(__file__).with_name("faults.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
