"""What an export says of its photographs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from mesodesk.leaving import Left


def photographs_words(left: Left) -> str:
    """Return how many photographs were written where, and which were not and why."""
    said, head, done = [], left.head, left.done
    if left.photographs is not None:
        one, many = _tr("1 photograph is in {name}."), _tr("{count} photographs are in {name}.")
        none = _tr("{name} has no photograph; its list says why.")
        words = none if not done.photographs else one if done.photographs == 1 else many
        said.append(words.format(count=done.photographs, name=left.photographs.name))
    if done.photographs_lost:
        one = _tr("The file of 1 photograph is missing or damaged: look for it in a backup.")
        many = _tr("The files of {count} photographs are missing or damaged: look in a backup.")
        words = one if done.photographs_lost == 1 else many
        said.append(words.format(count=done.photographs_lost))
    if head is not None and head.photographs_stay:
        one, many = _tr("1 photograph is left out."), _tr("{count} photographs are left out.")
        words = one if head.photographs_stay == 1 else many
        said.append(f"{words.format(count=head.photographs_stay)} {head.photographs_why}")
    return " ".join(said)


def _tr(text: str) -> str:
    return QCoreApplication.translate("export", text)
