"""`mesodesk backup`: make a backup of a vault that was read back whole."""

import argparse
from pathlib import Path

from mesodesk.commands.common import add_vault_options, ask, password_from_file, say, vault_folder

HELP = "make a backup, read it back, and say where it is"


def add(parser: argparse.ArgumentParser) -> None:
    add_vault_options(parser)
    parser.add_argument(
        "--to", type=Path, required=True, metavar="FOLDER", help="a folder on another disk or stick"
    )


def run(options: argparse.Namespace) -> int:
    from mesodesk.domain.clock import SystemClock
    from mesodesk.vault.backing_up import FolderTarget, back_up
    from mesodesk.vault.location import on_same_disk
    from mesodesk.vault.vault import open_vault

    password = password_from_file(options) or ask("Password: ")
    folder = vault_folder(options)
    with open_vault(folder, password=password) as vault:
        made = back_up(vault, FolderTarget(options.to), reason="command", clock=SystemClock())
    print(made.path)
    for sentence in made.troubles:
        say(f"in the records themselves, which the backup keeps as they are: {sentence}")
    say("the backup was made, and a new process has read it back whole")
    if on_same_disk(folder, options.to):
        say(
            "it lies on the same disk as the records, and would be lost with them: make one on a "
            "stick or on another disk as well"
        )
    return 0
