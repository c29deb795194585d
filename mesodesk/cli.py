"""The `mesodesk` command: opens the program, or does one thing to a vault and says how it went."""

import argparse
import errno
import gc
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mesodesk import __version__

if TYPE_CHECKING:
    from datetime import date

WRONG_USE = 2
_VAULT_OPTIONS = {"--data", "--password-file"}
_DISK_TROUBLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, 1 for a problem said in one sentence, 2 for wrong use."""
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser(given).parse_args(given)
    run = {None: _open, "demo": _demo, "seed": _seed, "check": _check}[options.command]
    try:
        return run(options)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        return _fail(sentence)


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mesodesk", description="The record-keeping desk for mesotherapy."
    )
    parser.add_argument("--version", action="version", version=f"mesodesk {__version__}")
    parser.set_defaults(command=None)
    _add_vault_options(parser)
    # Describing the commands takes 4 ms, by which the window would come up later.
    if not set(given[::2]) <= _VAULT_OPTIONS:
        _add_commands(parser)
    return parser


def _add_commands(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    demo = commands.add_parser("demo", help="make (once) and open a demonstration clinic")
    _add_vault_options(demo)

    seed = commands.add_parser("seed", help="make a synthetic clinic of any size in a new vault")
    _add_vault_options(seed)
    seed.add_argument("--patients", type=_count, default=3000, metavar="N")
    seed.add_argument("--sessions", type=_count, default=20000, metavar="M")
    seed.add_argument("--seed", type=int, default=1, metavar="S", help="same seed, same clinic")
    seed.add_argument(
        "--day", type=_day, metavar="YYYY-MM-DD", help="dates count from this day (default: today)"
    )

    check = commands.add_parser("check", help="examine a whole vault; one line a finding")
    _add_vault_options(check)


def _add_vault_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        default=argparse.SUPPRESS,
        metavar="DIR",
        help="the vault folder (default: the user's data folder)",
    )
    parser.add_argument(
        "--password-file",
        type=Path,
        default=argparse.SUPPRESS,
        metavar="F",
        help="read the password from the first line of F instead of asking",
    )


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


def _open(options: argparse.Namespace) -> int:
    return _run_window(_folder(options), _password_from_file(options))


def _demo(options: argparse.Namespace) -> int:
    if (code := _preflight()) != 0:
        return code
    from mesodesk.demo import DEMO_PASSWORD, make_demo

    folder = make_demo(getattr(options, "data", None), say=_say)
    return _run_window(folder, DEMO_PASSWORD)


def _seed(options: argparse.Namespace) -> int:
    from mesodesk.demo.seed import seed_clinic

    if not hasattr(options, "data"):
        return _fail("seed needs --data DIR, a folder that holds no vault yet")
    password = _password_from_file(options) or _ask_new_password()
    seed_clinic(
        options.data,
        password=password,
        patients=options.patients,
        sessions=options.sessions,
        seed=options.seed,
        day=options.day,
        say=_say,
    )
    return 0


def _check(options: argparse.Namespace) -> int:
    from mesodesk.services.checking import check_folder

    password = _password_from_file(options) or _ask("Password: ")
    findings = check_folder(_vault_folder(options), password)
    for finding in findings:
        print(finding.line)
    if findings:
        return 1
    _say("no finding: pages, references, seals, audit chain and charts are as they were written")
    return 0


def _run_window(folder: Path, password: str | None) -> int:
    # What is imported now stays for good: looking through it for garbage only delays the window.
    # ui/collector.py takes over as soon as the window is painted.
    gc.disable()
    try:
        from mesodesk.app import run
    except ImportError as error:
        from mesodesk.preflight import missing_library

        if (sentence := missing_library(error)) is None:
            raise
        return _fail(sentence)
    return run(folder, password=password)


def _preflight() -> int:
    from mesodesk.preflight import problem

    sentence = problem()
    return 0 if sentence is None else _fail(sentence)


def _folder(options: argparse.Namespace) -> Path:
    if hasattr(options, "data"):
        return Path(options.data)
    from mesodesk.vault.location import default_folder

    return default_folder()


def _vault_folder(options: argparse.Namespace) -> Path:
    """Return the folder asked for, or the one that was chosen instead of it at the first start."""
    from mesodesk.vault.registry import Registry, default_registry_path

    folder = _folder(options)
    if hasattr(options, "data") or (folder / "keys.json").exists():
        return folder
    return Registry(default_registry_path()).chosen_for(folder) or folder


def _password_from_file(options: argparse.Namespace) -> str | None:
    path: Path | None = getattr(options, "password_file", None)
    if path is None:
        return None
    try:
        # With or without the mark that some editors put before UTF-8.
        return path.read_text(encoding="utf-8-sig").splitlines()[0]
    except (OSError, UnicodeDecodeError, IndexError):
        raise SystemExit(_fail(f"the password file cannot be read: {path}")) from None


def _ask(prompt: str) -> str:
    import getpass

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", getpass.GetPassWarning)  # no terminal: read from a pipe
            return getpass.getpass(prompt)
    except EOFError:
        print(file=sys.stderr)
        raise SystemExit(
            _fail("no password was given: type it, or use --password-file F")
        ) from None


def _ask_new_password() -> str:
    first = _ask("Password for the owner of the new clinic: ")
    if first != _ask("The same again: "):
        raise SystemExit(_fail("the two passwords differ; nothing was made"))
    return first


def _sentence(error: Exception) -> str | None:
    """Return what an error means for people: its own words, or those of a disk that refuses."""
    if isinstance(error, OSError) and error.errno in _DISK_TROUBLE:
        from mesodesk.vault.location import refusal

        return refusal(error).sentence
    sentence = getattr(error, "sentence", None)
    return sentence if isinstance(sentence, str) else None


def _say(sentence: str) -> None:
    print(f"mesodesk: {sentence}", file=sys.stderr)


def _fail(sentence: str) -> int:
    _say(sentence)
    return 1
