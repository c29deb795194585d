"""Reads a container back in a process of its own: what another computer would find in it.

The process that wrote a file is the wrong one to ask whether it is there: it sees its own memory.
The key goes to the new process over its standard input, never as an argument, which others on the
computer could read.
"""

import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from mesodesk.vault.backup_errors import (
    BackupStoppedError,
    DamagedBackupError,
    NewerBackupError,
)
from mesodesk.vault.container import DATABASE, KEYS, MANIFEST, opened
from mesodesk.vault.errors import DamagedError, TooNewError, VaultError
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.manifest import Manifest
from mesodesk.vault.private_memory import keep_out_of_dumps

_PACKAGE = Path(__file__).resolve().parents[2]
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class Answer:
    """What the new process found; `mac` is that of the manifest of a whole container."""

    ok: bool
    sentence: str = ""
    part: str = ""
    mac: str = ""
    troubles: tuple[str, ...] = ()


def verify(
    path: Path,
    keys: VaultKeys,
    expected: Manifest,
    into: Path,
    stop: threading.Event | None = None,
) -> tuple[str, ...]:
    """Have a new process read all of a container and lay its database out in a folder.

    Args:
        path: the container.
        keys: of the vault it was made of.
        expected: the manifest that must be found: an older container is whole as well.
        into: an existing folder without a database; `clinic.db` stands there afterwards.
        stop: set by another thread to end the new process.

    Returns:
        What is wrong with the records themselves: it was so in the vault, and is faithfully kept.

    Raises:
        DamagedBackupError: if anything in it is not as it was written.
        NewerBackupError: if a newer program made it.
        BackupStoppedError: if it was stopped.
        VaultError: with what the new process said.
    """
    answer = _ask(path, keys, into, stop)
    if answer.ok and answer.mac == expected.mac.hex():
        return tuple(answer.troubles)
    if answer.ok:
        raise DamagedBackupError("another backup was found in its place")
    if answer.part == "newer":
        raise NewerBackupError
    if answer.part:
        raise DamagedBackupError(answer.part)
    raise VaultError(answer.sentence)


def _ask(path: Path, keys: VaultKeys, into: Path, stop: threading.Event | None) -> Answer:
    secret = {
        "vault_id": str(keys.vault_id),
        "data_key": keys.data_key.hex(),
        "salt": keys.salt.hex(),
    }
    found_by = os.pathsep.join([str(_PACKAGE), *filter(None, [os.environ.get("PYTHONPATH")])])
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", __name__, str(path), str(into)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": found_by},
    )
    said = _heard(process, json.dumps(secret).encode("ascii"), stop)
    try:
        return Answer(**json.loads(said))
    except (ValueError, TypeError):
        return Answer(ok=False, sentence="The process that reads the backup back was stopped.")


def _heard(process: subprocess.Popen[bytes], told: bytes, stop: threading.Event | None) -> bytes:
    """Tell a process something and return what it answers; end it when it is not wanted."""
    left: bytes | None = told
    with process:
        while True:
            try:
                answer = process.communicate(left, None if stop is None else _LOOK_S)[0]
            except subprocess.TimeoutExpired:
                answer, left = None, None  # it is being told already
            except BaseException:
                process.kill()
                raise
            # Looked at after the answer, too: it may come sooner than the next look.
            if stop is not None and stop.is_set():
                process.kill()
                raise BackupStoppedError
            if answer is not None:
                return answer


def read_whole(path: Path, keys: VaultKeys, into: Path) -> tuple[Manifest, tuple[str, ...]]:
    """Read all of a container and compare it with its manifest; what `verify` does inside.

    Raises:
        VaultError: a subclass for what is wrong.
    """
    from mesodesk.vault.copying import examine_copy

    forget_cached(path)
    with opened(path) as container:
        manifest = container.manifest
        if manifest.vault_id != keys.vault_id or not manifest.is_sealed_by(keys.manifest):
            raise DamagedBackupError(MANIFEST)
        if (
            not container.key_file.is_sealed_by(keys.key_file)
            or container.key_file.generation != manifest.key_generation
        ):
            raise DamagedBackupError(KEYS)
        database = into / DATABASE
        container.extract_database(database)
    try:
        examined = examine_copy(database, keys)
    except TooNewError as error:
        raise NewerBackupError from error
    except VaultError as error:
        raise DamagedBackupError(f"{DATABASE}: {error.sentence}") from error
    facts = examined.facts
    same = (facts.seq, facts.head, dict(facts.counts), facts.schema, facts.lineage)
    said = (
        manifest.seq,
        manifest.head,
        dict(manifest.counts),
        manifest.schema,
        manifest.lineage,
    )
    if same != said:
        raise DamagedBackupError(f"{DATABASE} is not the one that the manifest tells of")
    return manifest, examined.troubles


def forget_cached(path: Path) -> None:
    """Have the system read a file from the disk again, where it can be asked to."""
    if not hasattr(os, "posix_fadvise"):
        return
    with path.open("rb") as stream:
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def main(arguments: list[str]) -> int:
    """Read the key from standard input, the container from the disk; print one line of JSON."""
    keep_out_of_dumps()
    secret = json.loads(sys.stdin.buffer.read())
    keys = VaultKeys(
        UUID(secret["vault_id"]), bytes.fromhex(secret["data_key"]), bytes.fromhex(secret["salt"])
    )
    answer = _answered(Path(arguments[0]), keys, Path(arguments[1]))
    print(json.dumps(asdict(answer)))
    return 0 if answer.ok else 1


def _answered(path: Path, keys: VaultKeys, into: Path) -> Answer:
    import sqlcipher3.dbapi2 as driver

    try:
        manifest, troubles = read_whole(path, keys, into)
    except NewerBackupError as error:
        return Answer(ok=False, sentence=error.sentence, part="newer")
    except DamagedBackupError as error:
        return Answer(ok=False, sentence=error.sentence, part=error.part)
    except VaultError as error:
        return Answer(ok=False, sentence=error.sentence)
    except (driver.Error, MemoryError):
        sentence = DamagedError.sentence
        return Answer(ok=False, sentence=sentence, part=f"{DATABASE} cannot be read")
    except OSError as error:
        said = error.strerror or type(error).__name__
        return Answer(ok=False, sentence=f"The backup cannot be read back: {said}.")
    return Answer(ok=True, mac=manifest.mac.hex(), troubles=troubles)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
