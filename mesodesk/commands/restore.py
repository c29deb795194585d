"""`mesodesk restore`: restore a backup into a new folder."""

import argparse
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from mesodesk.commands.common import (
    add_vault_options,
    ask,
    fail,
    password_from_file,
    say,
    vault_folder,
)

if TYPE_CHECKING:
    from mesodesk.vault.opening import Credential

HELP = "restore a backup into a new folder; no other vault is touched"


def add(parser: argparse.ArgumentParser) -> None:
    add_vault_options(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup")
    parser.add_argument(
        "--to", type=Path, required=True, metavar="FOLDER", help="a folder that does not exist yet"
    )
    add_recovery_option(parser)


def add_recovery_option(parser: argparse.ArgumentParser) -> None:
    """Let the recovery key be given instead of a password."""
    parser.add_argument(
        "--recovery-key-file",
        type=Path,
        metavar="F",
        help="read the recovery key from F instead of a password",
    )


def credential(options: argparse.Namespace) -> "Credential":
    """Return what opens the backup, as it was given or is typed now."""
    from mesodesk.vault.keys import password_secret
    from mesodesk.vault.opening import Credential
    from mesodesk.vault.recovery import parse

    path: Path | None = options.recovery_key_file
    if path is None:
        password = password_from_file(options) or ask("Password of the day of the backup: ")
        return Credential(password_secret(password), is_recovery=False)
    if hasattr(options, "password_file"):
        raise SystemExit(fail("give either a password file or a recovery key file, not both"))
    try:
        typed = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise SystemExit(fail(f"the recovery key file cannot be read: {path}")) from None
    return Credential(parse(typed).secret, is_recovery=True)


def _typed(folder: Path) -> str:
    """Return a folder as it is typed in a terminal, whatever its name holds."""
    if os.name == "nt":
        return f'"{folder}"' if " " in str(folder) else str(folder)
    return shlex.quote(str(folder))


def run(options: argparse.Namespace) -> int:
    from mesodesk.domain.clock import SystemClock
    from mesodesk.vault.restoring import restore

    restored = restore(
        options.file,
        options.to,
        credential(options),
        clock=SystemClock(),
        current=vault_folder(options),
    )
    print(restored.folder)
    for sentence in restored.troubles:
        say(f"in the records themselves, as they were when the backup was made: {sentence}")
    say(restored.loss.sentence)
    say(f"the records were restored; open them with: mesodesk --data {_typed(restored.folder)}")
    return 0
