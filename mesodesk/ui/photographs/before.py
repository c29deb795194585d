"""What was said of a photograph before it was put right, in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.ui.numbers import format_date, format_moment
from mesodesk.ui.photographs.words import purpose_words, view_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mesodesk.domain.records.photo import PhotoBefore, PhotoFields


def before_lines(
    before: Sequence[PhotoBefore], now: PhotoFields, language: str, zone: str
) -> list[str]:
    """Return a line for each change: until when, by whom, and what was said until then.

    Args:
        before: the last first.
        now: what is said now.
        language: of the views.
        zone: of the clinic.
    """
    lines, after = [], now
    for each in before:
        when = format_moment(each.changed_at, zone)
        said = "; ".join(_differs(each.fields, after, language))
        words = _tr("Until {when}, changed by {who}: {said}")
        lines.append(words.format(when=when, who=each.changed_by, said=said))
        after = each.fields
    return lines


def _differs(was: PhotoFields, became: PhotoFields, language: str) -> list[str]:
    found = []
    if was.view != became.view:
        found.append(view_words(was, language))
    if was.taken_on != became.taken_on:
        found.append(_tr("taken on {day}").format(day=format_date(was.taken_on)))
    if was.note != became.note:
        note = _tr("note “{note}”").format(note=was.note) if was.note else _tr("no note")
        found.append(note)
    if was.session_id != became.session_id:
        found.append(_tr("another session") if was.session_id else _tr("of no session"))
    for purpose in PhotoPurpose:
        if (purpose in was.purposes) != (purpose in became.purposes):
            name = purpose_words(purpose)
            given = purpose in was.purposes
            found.append(name if given else _tr("not {purpose}").format(purpose=_lower(name)))
    return found


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Photographs", text)
