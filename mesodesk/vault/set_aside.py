"""Side files: what was typed while the database could not be written, sealed, for who typed it.

A side file lies beside the database or, where that folder does not take it, in the user's settings
folder. AES-256-GCM under a key derived from the vault's; vault, person and moment are bound to it.
Whoever opens the vault next is offered what they had typed themselves, and nothing of others. That
one is damaged everybody is told, since nobody can know whose it was.
"""

import base64
import contextlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from mesodesk.domain.canonical import canonical_json, moment_text
from mesodesk.domain.clock import Clock
from mesodesk.vault import reserve
from mesodesk.vault.atomic import replace_file
from mesodesk.vault.errors import VaultError
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.paths import VaultPaths
from mesodesk.vault.registry import default_registry_path

FORMAT: Final = "mesodesk-set-aside"
VERSION: Final = 1
_NAMES: Final = "set-aside-{}.json"
_NONCE_BYTES: Final = 12
_HEAD: Final = ("format", "version", "vault_id", "user_id", "set_aside_at")


class NotSetAsideError(VaultError):
    """Neither the vault folder nor the settings folder takes a side file."""

    sentence = (
        "What you typed could not be set aside either. It stays on the screen while this window is "
        "open. Free some space, or write it on paper."
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """What was in a side file; `values` is None where it is damaged."""

    path: Path
    set_aside_at: datetime
    values: object | None


def places(folder: Path) -> tuple[Path, ...]:
    """Return the folders where side files of a vault may lie, the best first."""
    return folder, default_registry_path().parent


class SideFile:
    """The side file of one person at an open vault, with a copy of the key; `close` wipes it.

    Any thread may `put`, one at a time.
    """

    def __init__(self, folder: Path, keys: VaultKeys, user_id: UUID, clock: Clock) -> None:
        self._folder = folder
        self._vault_id, self._user_id, self._clock = keys.vault_id, user_id, clock
        self._key = bytearray(keys.draft)
        self.name = _NAMES.format(secrets.token_hex(8))
        self.path: Path | None = None

    def put(self, values: object) -> None:
        """Have these values, and no others, lie in the file, durably.

        Raises:
            NotSetAsideError: if no folder takes it; what was set aside before is still there.
        """
        whole = seal(values, bytes(self._key), self._vault_id, self._user_id, self._clock.now())
        before = self.path
        for place in places(self._folder):
            if _write(place, self.name, whole, is_vault=place == self._folder):
                self.path = place / self.name
                break
        else:
            raise NotSetAsideError
        if before is not None and before != self.path:
            _remove(before)

    def clear(self) -> None:
        """Take the file away: all that was in it is on record, or was given up on purpose."""
        if self.path is not None:
            self.path = None
            for place in places(self._folder):
                _remove(place / self.name)

    def close(self) -> None:
        """Forget the key; what lies in the file stays there."""
        self._key[:] = bytes(len(self._key))


def _write(place: Path, name: str, whole: bytes, *, is_vault: bool) -> bool:
    for _ in range(2):
        try:
            if not is_vault:
                place.mkdir(parents=True, exist_ok=True)
            replace_file(place / name, whole, pause=False)
        except OSError:
            # On a full disk, the room that is held free for this day.
            if not (is_vault and reserve.give(place)):
                return False
        else:
            return True
    return False


def seal(values: object, key: bytes, vault_id: UUID, user_id: UUID, now: datetime) -> bytes:
    """Return the bytes of a side file."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    head = {
        "format": FORMAT,
        "version": VERSION,
        "vault_id": str(vault_id),
        "user_id": str(user_id),
        "set_aside_at": moment_text(now),
    }
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, canonical_json(values), canonical_json(head))
    return canonical_json({**head, "nonce": _text(nonce), "ciphertext": _text(sealed)})


def found(folder: Path, keys: VaultKeys, user_id: UUID) -> tuple[Opened, ...]:
    """Return the side files of one person of this vault, and those that are damaged, oldest first.

    Of one that lies in both places, the newer: what it does not hold was written by then.
    """
    read = (_read(path, folder, keys) for path in _paths(folder))
    theirs = (one.opened for one in read if one and one.user_id in (None, user_id))
    known = sorted(theirs, key=lambda one: one.set_aside_at)
    newest = {one.path.name: one for one in known if one.values is not None}
    return tuple(one for one in known if one.values is None or newest[one.path.name] is one)


def rewrite(opened: Opened, values: object, keys: VaultKeys, user_id: UUID) -> None:
    """Let a side file hold less than it did; the moment stays.

    Raises:
        OSError: if its folder does not take it; the file is as it was.
    """
    whole = seal(values, keys.draft, keys.vault_id, user_id, opened.set_aside_at)
    replace_file(opened.path, whole, pause=False)


def end(folder: Path, opened: Opened) -> None:
    """Take a side file away of which nothing waits any more, and what is older of it.

    Raises:
        OSError: if its folder does not let us.
    """
    opened.path.unlink(missing_ok=True)
    for place in places(folder):
        _remove(place / opened.path.name)


def put_out_of_the_way(path: Path) -> None:
    """Give a damaged side file a name under which it is offered no more; nothing of it is lost.

    Raises:
        OSError: if its folder does not let us.
    """
    path.replace(path.with_name(f"{path.name}.damaged"))


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def seal_anew(folder: Path, before: VaultKeys, after: VaultKeys) -> None:
    """Seal all side files of a vault, whosesoever, with the key that it is about to have.

    Raises:
        OSError: if the disk refuses; what was not done is done when this is called again.
    """
    for path in _paths(folder):
        read = _read(path, folder, before)
        if read is not None and read.user_id is not None:  # else it is damaged, or done
            rewrite(read.opened, read.opened.values, after, read.user_id)


def carry(before: Path, after: Path) -> None:
    """Copy to a vault that takes the place of another what waits beside that one.

    Side files, and photographs that are not on record yet; what cannot be copied is let go.
    """
    for path in (*sorted(before.glob(_NAMES.format("*"))), *_photographs(before, after)):
        target = after / path.relative_to(before)
        with contextlib.suppress(OSError):
            if not target.exists():
                replace_file(target, path.read_bytes(), pause=False)


def _photographs(before: Path, after: Path) -> list[Path]:
    found = sorted(VaultPaths(before).photos_waiting.glob("*.mesophoto"))
    if found:
        with contextlib.suppress(OSError):
            VaultPaths(after).photos_waiting.mkdir(mode=0o700, exist_ok=True)
    return found


def _paths(folder: Path) -> Iterator[Path]:
    for place in places(folder):
        with contextlib.suppress(OSError):
            yield from sorted(place.glob(_NAMES.format("*")))


@dataclass(frozen=True, slots=True)
class _Read:
    """A side file, and whose it is; of a damaged one nobody knows."""

    opened: Opened
    user_id: UUID | None = None


def _read(path: Path, folder: Path, keys: VaultKeys) -> _Read | None:
    """Return a side file of this vault; None of another vault's, or of one that is gone.

    What it says of itself counts only if it opens: a changed byte may name anybody.
    """
    try:
        whole = _head(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError:
        whole = None
    if whole is not None:
        is_ours = whole["vault_id"] == str(keys.vault_id)
        if not is_ours and path.parent != folder:  # several vaults share a settings folder
            return None
        values = _unsealed(whole, keys.draft)
        if is_ours and values is not None:
            at = datetime.fromisoformat(str(whole["set_aside_at"]))
            return _Read(Opened(path, at, values), UUID(str(whole["user_id"])))
    return _Read(Opened(path, _LONG_AGO, None))


_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def _head(data: bytes) -> dict[str, object] | None:
    try:
        whole = json.loads(data)
    except ValueError:
        return None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        return None
    return whole if {*_HEAD, "nonce", "ciphertext"} <= whole.keys() else None


def _unsealed(whole: dict[str, object], key: bytes) -> object | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    head = {name: whole.get(name) for name in _HEAD}
    try:
        nonce, sealed = _bytes(whole["nonce"]), _bytes(whole["ciphertext"])
        values: object = json.loads(AESGCM(key).decrypt(nonce, sealed, canonical_json(head)))
    except (InvalidTag, ValueError, TypeError):
        return None
    return values


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(value: object) -> bytes:
    return base64.b64decode(str(value), validate=True)
