"""The merge fields of a consent text: which there are, which are needed, how they are filled.

A text is plain lines: one that begins with `# ` is a heading, one with `- ` an entry of a list, any
other a paragraph.
"""

import re
from collections.abc import Mapping
from typing import Final

INLINE: Final = (
    "patient",
    "birth_date",
    "record_number",
    "informer",
    "clinic",
    "phone",
    "emergency_phone",
    "date",
    "areas",
    "planned_sessions",
)
"""Fields that stand within a line."""

BLOCKS: Final = ("products", "risks", "alternatives", "talk", "photos")
"""Fields that stand alone on a line and become a list."""

NEEDED: Final = ("patient", "informer", "areas", *BLOCKS)
"""Fields that no text may lack: what was explained and decided is what is signed."""

HEADING: Final = "# "
ENTRY: Final = "- "

_FIELD: Final = re.compile(r"\{([^{}]*)\}")


class TextError(ValueError):
    """A text that cannot be filled in. The message is a sentence for who wrote it."""


def check_body(body: str) -> None:
    """Refuse a text that could not be filled in, or that would leave out what has to be signed.

    Raises:
        TextError: naming the first trouble.
    """
    named = _FIELD.findall(body)
    for name in named:
        if name not in (*INLINE, *BLOCKS):
            raise TextError(f"There is no merge field {{{name}}}.")
    if re.search(r"[{}]", _FIELD.sub("", body)):
        raise TextError("A brace stands alone: a merge field has one before and one behind.")
    for line in body.splitlines():
        blocks = [name for name in _FIELD.findall(line) if name in BLOCKS]
        if blocks and line.strip() != f"{{{blocks[0]}}}":
            raise TextError(f"{{{blocks[0]}}} becomes a list: put it on a line of its own.")
    lacking = [name for name in NEEDED if name not in named]
    if lacking:
        names = ", ".join(f"{{{name}}}" for name in lacking)
        raise TextError(f"The text lacks {names}: what was told and decided is what is signed.")


def fill(body: str, inline: Mapping[str, str], blocks: Mapping[str, tuple[str, ...]]) -> str:
    """Return a text with its merge fields filled in.

    What is filled in is never read as a field or a heading itself.

    Args:
        body: a text that `check_body` takes.
        inline: what stands within lines, by `INLINE`.
        blocks: the entries of lists, by `BLOCKS`.
    """
    lines: list[str] = []
    for line in body.strip().splitlines():
        alone = _FIELD.fullmatch(line.strip())
        if alone and alone[1] in BLOCKS:
            lines += [f"{ENTRY}{_one_line(entry)}" for entry in blocks[alone[1]]]
        else:
            lines.append(_filled(line, inline))
    return "\n".join(lines)


def _filled(line: str, inline: Mapping[str, str]) -> str:
    filled = _FIELD.sub(lambda found: _one_line(inline[found[1]]), line).rstrip()
    if line.startswith("{"):  # the line begins with what was filled in
        return filled.lstrip("#- ")
    return filled


def _one_line(text: str) -> str:
    return " ".join(text.split())


def parts(shown: str) -> tuple[tuple[str, str], ...]:
    """Return the lines of a text with what each is: heading, entry or paragraph."""
    found = []
    for line in shown.splitlines():
        if line.startswith(HEADING):
            found.append(("heading", line.removeprefix(HEADING).strip()))
        elif line.startswith(ENTRY):
            found.append(("entry", line.removeprefix(ENTRY).strip()))
        elif line.strip():
            found.append(("paragraph", line.strip()))
    return tuple(found)
