"""Changing the vault's key, after which the desk is closed."""

from mesodesk.domain.rights import Right
from mesodesk.services.backups import BackupService
from mesodesk.services.errors import RefusedError
from mesodesk.services.proving import prove
from mesodesk.services.store import Store
from mesodesk.vault.examining import explained


class KeyService:
    """Two steps, so that whoever waits can be told of them: a backup, and then the change."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._backed_up = False

    @property
    def is_over(self) -> bool:
        """Whether the desk was closed, with the key changed or not."""
        return self._store.vault.is_closed

    def back_up_first(self, password: str) -> None:
        """Make a backup and read it back: what comes next cannot be taken back.

        Args:
            password: of who changes the key.

        Raises:
            WrongPasswordError: if it is not the password, with the seconds to wait.
            RefusedError: if no backup could be made anywhere.
        """
        prove(self._store, Right.ROTATE, password)
        BackupService(self._store).back_up_now("key")
        self._backed_up = True

    def change(self, password: str) -> None:
        """Give the vault another key and close it; everybody keeps their password.

        Args:
            password: of who changes the key.

        Raises:
            WrongPasswordError: if it is not the password, with the seconds to wait.
            RefusedError: if no backup was made for it.
            VaultError: if it could not be done: the key of before stays. `is_over` tells whether
                the desk was closed all the same.
        """
        prove(self._store, Right.ROTATE, password)
        if not self._backed_up:
            raise RefusedError(
                "The key was not changed, because no backup was made for it. Make one first."
            )
        self._backed_up = False
        vault = self._store.vault
        with explained(vault.paths, vault.keys.salt):
            vault.change_key()
