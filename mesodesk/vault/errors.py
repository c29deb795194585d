"""Why a vault cannot be made or opened.

Each `sentence` says what happened, what was kept and what to do.
"""

import math

from mesodesk.db import errors as storage


class VaultError(Exception):
    """Anything that stops a vault from being made or opened."""

    sentence = "The vault cannot be opened. Nothing was changed."

    def __init__(self, sentence: str | None = None) -> None:
        if sentence is not None:
            self.sentence = sentence
        super().__init__(self.sentence)


class WrongPasswordError(VaultError):
    """The key slot did not open. `delay_s` seconds must pass before the next try.

    `wait_s` is the same in whole seconds, for a countdown: never less.
    """

    said = "This is not the password. Nothing was changed."

    def __init__(self, delay_s: float) -> None:
        self.delay_s = delay_s
        self.wait_s = math.ceil(delay_s)
        super().__init__(self.sentence_at(self.wait_s))

    def sentence_at(self, left_s: int) -> str:
        """Return the sentence while so many seconds of the pause are left."""
        return f"{self.said} {_wait(left_s)}"


class WrongRecoveryKeyError(WrongPasswordError):
    """The recovery key is well formed, but not of this vault."""

    said = "This recovery key does not belong to this vault. Nothing was changed."


class TooSoonError(WrongPasswordError):
    """The pause after a wrong password is not over; this try was not looked at."""

    said = "The pause after a wrong password is not over yet, so nothing was tried."


class UnknownUserError(VaultError):
    """No active key slot for this user."""

    sentence = "This person has no access to the vault. Nothing was changed. Choose another name."


class PasswordLengthError(VaultError):
    """The new password is too short or too long."""

    sentence = "A password needs 10 to 128 characters. Nothing was made or changed."


class LittleMemoryError(VaultError):
    """The computer cannot spare the memory that deriving a key takes."""

    sentence = (
        "The computer has too little free memory to check the password. Nothing was changed. "
        "Close other programs and try again."
    )


class SigningKeyError(VaultError):
    """The vault was opened with the recovery key, so no signing key is at hand."""

    sentence = (
        "The vault was opened with the recovery key, which cannot sign. Nothing was signed. "
        "Choose a new password first."
    )


class NoVaultError(VaultError):
    """The folder holds no vault."""

    sentence = "There is no vault in this folder. Nothing was made."


class VaultExistsError(VaultError):
    """The folder for a new vault is not empty."""

    sentence = (
        "This folder already holds files, so no vault was made in it and nothing was changed. "
        "Choose an empty folder."
    )


class TooNewError(VaultError):
    """The vault was written by a newer program."""

    sentence = storage.TooNewError.sentence


class DamagedError(VaultError):
    """The database is damaged."""

    sentence = (
        "The clinic's database is damaged. Nothing was overwritten. Copy the whole vault folder "
        "to another disk before anything else, then restore the newest good backup."
    )


class MissingDatabaseError(VaultError):
    """The key file is there and the database is not."""

    sentence = (
        "The key file is here, but the clinic's database (clinic.db) is missing. No new one was "
        "made. Put the file back if it was moved, or restore the newest backup."
    )


class EmptyDatabaseError(VaultError):
    """The database file holds nothing, or no records of ours."""

    sentence = (
        "The clinic's database (clinic.db) is empty: something replaced it. It was left as it is. "
        "Copy the whole vault folder to another disk, then restore the newest backup."
    )


class ForeignDatabaseError(VaultError):
    """The database file is not of this vault."""

    sentence = (
        "The file clinic.db does not belong to this vault: another file stands in its place, or "
        "its beginning is damaged. It was left as it is. Put the right file back, or restore the "
        "newest backup."
    )


class KeyFileMissingError(VaultError):
    """A database without any key file."""

    sentence = (
        "The database is here, but both key files (keys.json and keys-copy.json) are missing, and "
        "without one nobody can read it. Nothing was changed. Put a key file back: one lies in "
        "every backup."
    )


class KeyFileDamagedError(VaultError):
    """No copy of the key file can be read."""

    sentence = (
        "Both copies of the key file are damaged, and without one nobody can read the database. "
        "Nothing was changed. Put a key file from a backup in their place."
    )


class NetworkFolderError(VaultError):
    """The folder lies on another computer."""

    sentence = (
        "The vault folder lies on a network drive, where a database can be damaged. Nothing was "
        "opened or changed. Move the folder to a disk of this computer."
    )


class SyncedFolderError(VaultError):
    """The folder is copied elsewhere by a synchronising program."""

    def __init__(self, service: str) -> None:
        self.service = service
        super().__init__(
            f"The vault folder is synchronised by {service}, which copies files while they are "
            "being written and so damages a database. Nothing was opened or changed. Move the "
            "folder out of the synchronised one; for a second copy, use a backup."
        )


class AlreadyOpenError(VaultError):
    """Another window or computer account has the vault open."""

    def __init__(self, who: str) -> None:
        self.who = who
        super().__init__(
            f"The vault is already open{who}. Nothing was changed. Go to that window, or close it "
            "and try again."
        )


class UnreadableFolderError(VaultError):
    """Whoever is logged in to the computer may not look into the folder."""

    sentence = (
        "This user of the computer may not read the vault folder. Nothing was changed. Log in to "
        "the computer as the user who made the vault, or have the folder's rights changed."
    )


class ReadOnlyFolderError(VaultError):
    """Nothing can be written in the folder."""

    sentence = (
        "Nothing can be written in the vault folder, so what you type could not be kept. Nothing "
        "was changed. Check the folder's rights or the disk's write protection."
    )


class DiskFullError(VaultError):
    """Too little space."""

    def __init__(self, needed_mb: int) -> None:
        self.needed_mb = needed_mb
        super().__init__(
            f"The disk with the vault folder is full: at least {needed_mb} MB are needed. What was "
            "saved before is intact. Free some space and try again."
        )


class DiskTroubleError(VaultError):
    """The disk reports errors."""

    sentence = (
        "The disk with the vault folder reports errors. Nothing was changed. Check that it is "
        "connected, and copy the vault folder to another disk."
    )


def _wait(left_s: int) -> str:
    seconds = max(1, left_s)
    return f"You can try again in {seconds} second{'' if seconds == 1 else 's'}."
