"""The user's own choice of light or dark, kept on this computer and not in the vault.

    appearance.begin()             # once, before the theme is started
    appearance.choose(Look.DARK)   # at once, and kept

A workstation is light or dark for whoever sits at it, before anybody has unlocked anything.
"""

import json
from enum import StrEnum
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths

from mesodesk.ui import theme

NAME: Final = "mesodesk-look"


class Look(StrEnum):
    """As the system has it, or one of its own."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_FORCED: Final = {Look.SYSTEM: None, Look.LIGHT: False, Look.DARK: True}


def look_path() -> Path:
    """Return the file in the user's settings folder."""
    settings = QStandardPaths.StandardLocation.GenericConfigLocation
    return Path(QStandardPaths.writableLocation(settings)) / "Mesodesk" / "look.json"


def read() -> Look:
    """Return what was chosen on this computer; the system's look where nothing can be read."""
    try:
        return Look(json.loads(look_path().read_bytes())["look"])
    except (OSError, ValueError, KeyError, TypeError):
        return Look.SYSTEM


def begin() -> None:
    """Let the theme start in the look that was chosen on this computer."""
    theme.watcher().forced = _FORCED[read()]


def shown() -> Look:
    """Return the look in force."""
    forced = theme.watcher().forced
    return next(look for look, dark in _FORCED.items() if dark is forced)


def choose(look: Look) -> bool:
    """Show a look at once and keep it; tell whether it could be kept."""
    from mesodesk.vault.atomic import replace_file

    theme.force(_FORCED[look])
    path = look_path()
    data = json.dumps({"format": NAME, "look": look.value}).encode() + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, data, pause=False)
    except OSError:
        return False
    return True
