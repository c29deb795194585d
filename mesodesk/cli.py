"""The `mesodesk` command: opens the program, or does one thing to a vault and says how it went."""

import argparse
import errno
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mesodesk import __version__
from mesodesk.commands.common import (
    VAULT_OPTIONS,
    add_vault_options,
    fail,
    given_folder,
    password_from_file,
    run_window,
)

if TYPE_CHECKING:
    from mesodesk.commands.command import Command

_DISK_TROUBLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, 1 for a problem said in one sentence, 2 for wrong use."""
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser(given).parse_args(given)
    if options.run is not _open:  # the window does so once it is painted
        from mesodesk.vault.private_memory import keep_out_of_dumps

        keep_out_of_dumps()
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        return fail(sentence)


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mesodesk", description="The record-keeping desk for mesotherapy."
    )
    parser.add_argument("--version", action="version", version=f"mesodesk {__version__}")
    parser.set_defaults(run=_open)
    add_vault_options(parser)
    # Describing the commands takes 4 ms, by which the window would come up later.
    if not set(given[::2]) <= VAULT_OPTIONS:
        _add_commands(parser)
    return parser


def _add_commands(parser: argparse.ArgumentParser) -> None:
    from mesodesk.commands import backup, check, demo, drill, export, restore, salvage, seed

    modules: dict[str, Command] = {
        "demo": demo,
        "seed": seed,
        "check": check,
        "backup": backup,
        "restore": restore,
        "drill": drill,
        "salvage": salvage,
        "export": export,
    }
    commands = parser.add_subparsers(metavar="COMMAND")
    for name, module in modules.items():
        described = commands.add_parser(name, help=module.HELP)
        module.add(described)
        described.set_defaults(run=module.run)


def _open(options: argparse.Namespace) -> int:
    return run_window(given_folder(options), password_from_file(options))


def _sentence(error: Exception) -> str | None:
    """Return what an error means for people: its own words, or those of a disk that refuses."""
    if isinstance(error, OSError) and error.errno in _DISK_TROUBLE:
        from mesodesk.vault.location import refusal

        return refusal(error).sentence
    sentence = getattr(error, "sentence", None)
    return sentence if isinstance(sentence, str) else None
