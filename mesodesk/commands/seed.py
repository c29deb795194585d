"""`mesodesk seed`: make a synthetic clinic of any size in a new vault."""

import argparse
from typing import TYPE_CHECKING

from mesodesk.commands.common import add_vault_options, ask, fail, password_from_file, say

if TYPE_CHECKING:
    from datetime import date

HELP = "make a synthetic clinic of any size in a new vault"


def add(parser: argparse.ArgumentParser) -> None:
    add_vault_options(parser)
    parser.add_argument("--patients", type=_count, default=3000, metavar="N")
    parser.add_argument("--sessions", type=_count, default=20000, metavar="M")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="same seed, same clinic")
    parser.add_argument(
        "--day", type=_day, metavar="YYYY-MM-DD", help="dates count from this day (default: today)"
    )


def run(options: argparse.Namespace) -> int:
    from mesodesk.demo.seed import seed_clinic

    if not hasattr(options, "data"):
        return fail("seed needs --data DIR, a folder that holds no vault yet")
    password = password_from_file(options) or _ask_new_password()
    seed_clinic(
        options.data,
        password=password,
        patients=options.patients,
        sessions=options.sessions,
        seed=options.seed,
        day=options.day,
        say=say,
    )
    return 0


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 5_000_000:
        raise argparse.ArgumentTypeError("a number from 0 to 5000000 is needed")
    return number


def _day(text: str) -> "date":
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day like 2026-06-30 is needed") from None


def _ask_new_password() -> str:
    first = ask("Password for the owner of the new clinic: ")
    if first != ask("The same again: "):
        raise SystemExit(fail("the two passwords differ; nothing was made"))
    return first
