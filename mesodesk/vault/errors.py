"""Why a vault cannot be made or opened.

Each `sentence` says what happened, what was kept and what to do.
"""

import math
from typing import TYPE_CHECKING

from mesodesk.db import errors as storage

if TYPE_CHECKING:
    from uuid import UUID


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
        return " ".join(part for part in self.parts_at(left_s) if part)

    def parts_at(self, left_s: int) -> tuple[str, str]:
        """Return the same in two parts: what counts, and, where it is long, what else opens."""
        wait, beside = _wait(left_s)
        return f"{self.said} {wait}", beside


class WrongRecoveryKeyError(WrongPasswordError):
    """The recovery key is well formed, but not of this vault."""

    said = "This recovery key does not belong to this vault. Nothing was changed."


class WrongCodeError(WrongPasswordError):
    """The code is well formed, but lets nobody in here."""

    said = (
        "This code lets nobody in: it was used already, replaced by a newer one, or belongs to "
        "another vault. Nothing was changed."
    )


class CodeOverError(WrongPasswordError):
    """The code was right, and nobody came in with it in time; this is not counted.

    `user_id` is whose it was, where that is known.
    """

    said = "This code is over: it was valid for seven days. Nothing was changed. Ask for another."

    def __init__(self, user_id: "UUID | None" = None) -> None:
        self.user_id = user_id
        super().__init__(0)

    def parts_at(self, _left_s: int) -> tuple[str, str]:
        """Return the sentence; there is nothing to wait for."""
        return self.said, ""


class CodeNotHereError(VaultError):
    """The code is right, but nothing is done with a code but choosing a password."""

    sentence = (
        "This is a code for coming in the first time, not a password. Nothing was done. Open "
        "Mesodesk, type the code there and choose a password; then use that."
    )


class TooSoonError(WrongPasswordError):
    """The pause after a wrong password is not over; this try was not looked at."""

    said = "The pause after a wrong password is not over yet, so nothing was tried."


class WrongPinError(VaultError):
    """Not the PIN; `left` tries are left, and after the last the PIN is gone."""

    def __init__(self, left: int) -> None:
        self.left = left
        super().__init__(f"This is not the PIN. Nothing was changed. {_tries(left)}")


class NoPinError(VaultError):
    """No PIN was set since the vault was opened, or it is gone."""

    sentence = "There is no PIN any more. Nothing was changed. Type the password."


class PinRefusedError(VaultError):
    """What was chosen is no PIN, or an obvious one."""


class UnknownUserError(VaultError):
    """No active key slot for this user."""

    sentence = "This person has no access to the vault. Nothing was changed. Choose another name."


class WhoseKitError(VaultError):
    """The recovery key fits, and several owners may be the one who holds it: `people`, by id."""

    sentence = (
        "The recovery key fits, and this vault has several owners. Nothing was changed. Say which "
        "of them comes in."
    )

    def __init__(self, people: "tuple[tuple[UUID, str], ...]") -> None:
        self.people = people
        super().__init__()


class PasswordLengthError(VaultError):
    """The new password is too short or too long."""

    sentence = "A password needs 10 to 128 characters. Nothing was made or changed."


class LittleMemoryError(VaultError):
    """The computer cannot spare the memory that deriving a key takes."""

    sentence = (
        "The computer has too little free memory to check the password. Nothing was changed. "
        "Close other programs and try again."
    )


class KeyChangeError(VaultError):
    """The vault's key was not changed; the one in use stays."""


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


class FolderNameError(VaultError):
    """The system takes no name of this length."""

    sentence = (
        "The name of this folder or file is too long for this disk. Nothing was made or changed. "
        "Choose a shorter one."
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


class HeldError(VaultError):
    """Another program holds the database file; it was tried for some seconds."""

    def __init__(self, who: tuple[str, ...]) -> None:
        self.who = who
        said = f"{', '.join(who)} is" if who else "Another program is"
        super().__init__(
            f"{said} holding the clinic's database, often for a virus scan or a copy. Nothing was "
            "changed. It was tried for 5 seconds: wait until the other is done, then try again."
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


_SHORT_S = 90


def _tries(left: int) -> str:
    if left == 0:
        return "It is gone now. Type the password."
    return f"Type it again: {left} tries are left." if left > 1 else "One try is left."


def _wait(left_s: int) -> tuple[str, str]:
    seconds = max(1, left_s)
    if seconds > _SHORT_S:
        wait = f"The next one can be tried in {math.ceil(seconds / 60)} minutes."
        return wait, _MANY_WRONG
    return f"You can try again in {seconds} second{'' if seconds == 1 else 's'}.", ""


_MANY_WRONG = (
    "There were so many wrong passwords that only one an hour is tried. What opens without "
    "waiting: a PIN, a code from an owner, the recovery key. Everybody else comes in as ever."
)
