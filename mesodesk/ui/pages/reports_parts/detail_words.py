"""What an entry of the log holds besides who and when, in names and figures that can be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PLAIN: Final = re.compile(r"[a-z]+(_[a-z]+)*")
"""Names as the program writes them: `family_name`."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Reports", text)


def detail_facts(details: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return what an entry holds as pairs of a name and what stands there."""
    known = _names()
    return tuple(
        (known.get(name) or name.replace("_", " ").capitalize(), _said(value))
        for name, value in details.items()
    )


def _names() -> dict[str, str]:
    return {
        "amends": _tr("Amends the session"),
        "away": _tr("Places not there"),
        "by_code": _tr("With a code"),
        "by_pin": _tr("With a PIN"),
        "by_recovery_key": _tr("With the recovery key"),
        "by_themself": _tr("Reviewed by who opened it"),
        "checks": _tr("Checks ended"),
        "container": _tr("Backup"),
        "digit": _tr("Syringe"),
        "edit": _tr("Gesture"),
        "entries": _tr("Entries looked at"),
        "fields": _tr("Fields"),
        "from_seq": _tr("As far as entry"),
        "left_out": _tr("Left out, restricted"),
        "members": _tr("People who see it"),
        "photographs_lost": _tr("Photographs missing or damaged"),
        "photographs_stay": _tr("Photographs left out"),
        "present_sha256": _tr("Digest of today"),
        "right": _tr("What was asked for"),
        "sha256": _tr("Digest"),
        "works": _tr("It works"),
    }


def _said(value: object) -> str:
    """Return a value of JSON as people write it."""
    if isinstance(value, bool):
        return _tr("yes") if value else _tr("no")
    if value is None:
        return _tr("nothing")
    if isinstance(value, dict):
        pairs: Iterable[str] = (f"{_said(name)}: {_said(each)}" for name, each in value.items())
        return "; ".join(pairs) or _tr("nothing")
    if isinstance(value, list | tuple):
        return ", ".join(map(_said, value)) or _tr("nothing")
    words = str(value)
    return words.replace("_", " ") if _PLAIN.fullmatch(words) else words
