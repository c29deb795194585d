"""`mesodesk salvage`: save what can be read of a damaged vault into a new folder."""

import argparse
from pathlib import Path

from mesodesk.commands.common import add_vault_options, say, vault_folder
from mesodesk.commands.restore import add_recovery_option, credential

HELP = "save what can be read of damaged records into a new folder"


def add(parser: argparse.ArgumentParser) -> None:
    add_vault_options(parser)
    parser.add_argument(
        "--to", type=Path, required=True, metavar="FOLDER", help="a folder that does not exist yet"
    )
    add_recovery_option(parser)


def run(options: argparse.Namespace) -> int:
    from mesodesk.domain.clock import SystemClock
    from mesodesk.vault.salvage import salvage

    found = salvage(vault_folder(options), options.to, credential(options), clock=SystemClock())
    print(found.folder)
    for table in found.tables:
        print(table.sentence)
    if found.incomplete:
        say(
            f"{found.saved} rows were saved; {len(found.incomplete)} tables are not complete. The "
            "damaged records are as they were. A good backup is worth more: look for one first"
        )
    else:
        say("everything was read and saved; the damaged records are as they were")
    return 0
