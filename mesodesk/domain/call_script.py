"""What is said on the telephone before and after the questions: `call_script.toml`, filled in.

lines = said(load_call_script(), ScriptPlace.OPENING, "fr", {"person": "Ana", ...})
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from mesodesk.domain.clinical_files import Entry, Source, by_id, folder, load_sources, read
from mesodesk.domain.texts import LANGUAGES, LocalText

FIELDS: Final = ("person", "clinic", "patient", "day", "phone")
"""Who calls, from where, whom, about the session of which day, and where to call back."""

TOLD_TO_ANYBODY: Final = frozenset({"person", "phone"})
"""All that a mailbox may hold: whoever hears it must not learn that somebody is a patient."""

_FIELD: Final = re.compile(r"\{([^{}]*)\}")


class ScriptPlace(StrEnum):
    """When a part is said."""

    OPENING = "opening"
    ANSWERING = "answering"  # in its place, where the patient has rung
    CLOSING = "closing"
    MAILBOX = "mailbox"


@dataclass(frozen=True, slots=True)
class ScriptPart:
    """A few sentences of the script."""

    id: str
    place: ScriptPlace
    text: LocalText
    sources: tuple[Source, ...]


def said(
    parts: Iterable[ScriptPart], place: ScriptPlace, language: str, fields: Mapping[str, str]
) -> tuple[str, ...]:
    """Return what is said at a place, in order.

    Args:
        parts: of the script.
        place: when.
        language: of the patient, such as `fr` or `fr_CA`; English where it is not known.
        fields: by the names of `FIELDS`. A part that names an empty one is said without it being
            known, so it is left out.
    """
    lines = (part.text.get(language) for part in parts if part.place is place)
    return tuple(
        _FIELD.sub(lambda found: fields[found[1]], line)
        for line in lines
        if all(fields.get(name, "") for name in _FIELD.findall(line))
    )


def spoken(kept: str, usual: str) -> str:
    """Return the language to speak with a patient: the one kept, if there are texts in it."""
    short = kept.strip().replace("_", "-").partition("-")[0].lower()
    return short if short in LANGUAGES else usual


@cache
def load_call_script(path: Path | None = None) -> tuple[ScriptPart, ...]:
    """Return the script of a file, by default the one shipped.

    Raises:
        ClinicalDataError: if the file is wrong.
    """
    file = read(path or folder() / "call_script.toml")
    sources = load_sources()
    file.text("id")
    file.whole("version")
    parts = by_id(file, (_part(entry, sources) for entry in file.tables("part")))
    file.done()
    return tuple(parts.values())


def _part(entry: Entry, sources: Mapping[str, Source]) -> ScriptPart:
    part = ScriptPart(
        entry.text("id"),
        entry.choice("place", ScriptPlace),
        entry.local("text"),
        entry.sources(sources),
    )
    entry.done()
    known = TOLD_TO_ANYBODY if part.place is ScriptPlace.MAILBOX else frozenset(FIELDS)
    for language, text in part.text.by_language:
        for name in _FIELD.findall(text):
            if name not in known:
                raise entry.wrong(f"`text.{language}` names {{{name}}}, which is not told there")
        if re.search(r"[{}]", _FIELD.sub("", text)):
            raise entry.wrong(f"`text.{language}` has a brace that stands alone")
    return part
