"""What is typed into fields that did not take it, and that no keeper has: to be set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from mesodesk.domain.records.set_aside import Waiting
from mesodesk.ui.frame.page import Page
from mesodesk.ui.widgets.field import Field

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSED: Final = "refused"
"""The form of such text; its subject is the page, and whom or what that is about."""
_ABOUT: Final = ("patient_id", "session_id", "follow_up_id")


def refused_values(window: QWidget) -> tuple[Waiting, ...]:
    """Return what fields of a window refuse, one for each page; never a secret."""
    found: dict[str, dict[str, object]] = {}
    for field in window.findChildren(Field):
        text = _text(field)
        # What cannot be read is told only when the field is left, and is none until then.
        if not field.error() and getattr(field, "value", _taken)() is not None:
            continue
        page = _page_of(field) if text else None
        if page is not None:
            found.setdefault(_subject(page), {})[field.accessible_name()] = text
    return tuple(Waiting(REFUSED, subject, values) for subject, values in found.items())


def _taken() -> str:
    return ""


def _text(field: Field) -> str:
    """Return what stands in a field, as it was typed; "" for one that may hold a secret."""
    given = field.focusProxy()
    if isinstance(given, QPlainTextEdit):
        return given.toPlainText()
    if isinstance(given, QLineEdit) and not field.secret:
        return given.text()
    return ""


def _page_of(field: QWidget) -> Page | None:
    return next((each for each in _above(field) if isinstance(each, Page)), None)


def _above(widget: QWidget) -> Iterator[QWidget]:
    above = widget.parentWidget()
    while above is not None:
        yield above
        above = above.parentWidget()


def _subject(page: Page) -> str:
    place = page.place()
    about = next((str(place[name]) for name in _ABOUT if place.get(name)), "")
    return f"{page.page_id}/{about}"
