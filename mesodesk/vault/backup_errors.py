"""Why a backup cannot be made, read or restored; each `sentence` is for people."""

from mesodesk.vault.errors import VaultError


class NotABackupError(VaultError):
    """The file is no container of ours."""

    sentence = "This file is not a backup of Mesodesk. Nothing was changed. Choose another file."


class MissingBackupError(VaultError):
    """There is no such file."""

    sentence = "There is no such backup file. Nothing was changed. Check its name and the disk."


class UnreadableBackupError(VaultError):
    """The disk or stick that the file is on does not give it."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"This backup cannot be read ({why}). Nothing was changed. Check the disk or stick and "
            "the rights of the file, or take another backup."
        )


class DamagedBackupError(VaultError):
    """A container that is not as it was written; `part` says where."""

    def __init__(self, part: str) -> None:
        self.part = part
        super().__init__(
            f"This backup is damaged ({part}). Nothing was changed. Take another one: the one "
            "before it, or one from another stick."
        )


class NewerBackupError(VaultError):
    """A newer program made it."""

    sentence = (
        "This backup was made by a newer version of Mesodesk. Nothing was changed. Install that "
        "version or a later one, then restore."
    )


class WrongBackupPasswordError(VaultError):
    """No key slot of the container opens."""

    sentence = (
        "This is not a password of the day on which the backup was made. Nothing was changed. Try "
        "the password of that day, or the recovery key."
    )


class WrongBackupRecoveryKeyError(VaultError):
    """The recovery key is well formed, but not of this container."""

    sentence = (
        "This recovery key does not open this backup. Nothing was changed. Try the sheet that was "
        "valid on the day on which the backup was made, or a password of that day."
    )


class NotVerifiedError(VaultError):
    """What was written could not be read back whole; it is not kept."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(
            f"The backup was written but could not be read back whole ({why}), so it was not kept. "
            "Earlier backups are as they were. Try another disk or stick."
        )


class BackupTargetError(VaultError):
    """The disk or stick refused."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The backup could not be written: {why}. Earlier backups and the records are as they "
            "were. Try again, or choose another folder, disk or stick."
        )


class BackupStoppedError(VaultError):
    """Somebody stopped it."""

    sentence = "The backup was stopped. Nothing is left of it; earlier backups are as they were."


class InsideVaultError(VaultError):
    """The new folder would lie in the folder of a vault."""

    sentence = (
        "This folder lies inside the folder of other records, which stay as they are. Nothing was "
        "changed. Choose a folder outside of it."
    )


class UpgradeFailedError(VaultError):
    """A vault of an earlier schema could not be brought up to date; the old file stands."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The records could not be brought up to date for this version ({why}). They are "
            "exactly as they were, and the version used before still opens them."
        )
