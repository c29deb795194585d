"""`mesodesk drill`: restore a backup for a trial, and print a record of it."""

import argparse
from pathlib import Path

from mesodesk.commands.common import add_vault_options, fail, vault_folder
from mesodesk.commands.restore import add_recovery_option, credential

HELP = "restore a backup for a trial, remove it again, and print a record"


def add(parser: argparse.ArgumentParser) -> None:
    add_vault_options(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup")
    parser.add_argument(
        "--to",
        type=Path,
        metavar="FOLDER",
        help="where the trial lies meanwhile (default: beside the vault folder)",
    )
    add_recovery_option(parser)


def run(options: argparse.Namespace) -> int:
    from mesodesk.domain.clock import SystemClock
    from mesodesk.vault.drilling import drill, record_lines

    vault = vault_folder(options)
    place = vault.absolute().parent if options.to is None else Path(options.to)
    if not place.is_dir():
        return fail(f"there is no folder {place} for the trial; name one with --to FOLDER")
    found = drill(options.file, place, credential(options), clock=SystemClock(), current=vault)
    for line in record_lines(found):
        print(line)
    if not found.passed:
        return fail("the drill was not passed: what was restored is not what was backed up")
    return 0
