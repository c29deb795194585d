"""What commands share: the vault's folder and password, how things are said, the window."""

import argparse
import gc
import sys
import warnings
from pathlib import Path

VAULT_OPTIONS = frozenset({"--data", "--password-file"})


def add_vault_options(parser: argparse.ArgumentParser) -> None:
    """Let the folder of the vault and a file with the password be given."""
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


def given_folder(options: argparse.Namespace) -> Path:
    """Return the folder asked for, or the default one."""
    if hasattr(options, "data"):
        return Path(options.data)
    from mesodesk.vault.location import default_folder

    return default_folder()


def vault_folder(options: argparse.Namespace) -> Path:
    """Return the folder asked for, or the one that was chosen instead of it at the first start."""
    from mesodesk.vault.registry import Registry, default_registry_path

    folder = given_folder(options)
    if hasattr(options, "data") or (folder / "keys.json").exists():
        return folder
    return Registry(default_registry_path()).chosen_for(folder) or folder


def password_from_file(options: argparse.Namespace) -> str | None:
    """Return the password of the file that was given, None if none was."""
    path: Path | None = getattr(options, "password_file", None)
    if path is None:
        return None
    try:
        # With or without the mark that some editors put before UTF-8.
        return path.read_text(encoding="utf-8-sig").splitlines()[0]
    except (OSError, UnicodeDecodeError, IndexError):
        raise SystemExit(fail(f"the password file cannot be read: {path}")) from None


def ask(prompt: str) -> str:
    """Return a password typed without being shown."""
    import getpass

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", getpass.GetPassWarning)  # no terminal: read from a pipe
            return getpass.getpass(prompt)
    except EOFError:
        print(file=sys.stderr)
        raise SystemExit(fail("no password was given: type it, or use --password-file F")) from None


def say(sentence: str) -> None:
    """Tell whoever gave the command; what it found goes to standard output instead."""
    print(f"mesodesk: {sentence}", file=sys.stderr)


def fail(sentence: str) -> int:
    """Tell what the problem is, and return the exit code for it."""
    say(sentence)
    return 1


def run_window(folder: Path, password: str | None) -> int:
    """Open the window on a vault; return the exit code once it is closed."""
    # What is imported now stays for good: looking through it for garbage only delays the window.
    # ui/collector.py takes over as soon as the window is painted.
    gc.disable()
    try:
        from mesodesk.app import run
    except ImportError as error:
        from mesodesk.preflight import missing_library

        if (sentence := missing_library(error)) is None:
            raise
        return fail(sentence)
    return run(folder, password=password)
