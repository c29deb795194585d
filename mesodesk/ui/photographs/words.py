"""Photographs in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from mesodesk.domain.photo_views import load_photo_views
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.ui.numbers import format_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mesodesk.domain.records.photo import PhotoFields, PhotoRecord

_NOOP = QT_TRANSLATE_NOOP

PURPOSES: Final[Mapping[PhotoPurpose, str]] = {
    PhotoPurpose.RECORD: str(_NOOP("Photographs", "For the record")),
    PhotoPurpose.TEACHING: str(_NOOP("Photographs", "For teaching")),
    PhotoPurpose.PUBLICITY: str(_NOOP("Photographs", "For publicity")),
}


def purpose_words(purpose: PhotoPurpose) -> str:
    """Return what a purpose is called."""
    return QCoreApplication.translate("Photographs", PURPOSES[purpose])


def view_words(fields: PhotoFields, language: str) -> str:
    """Return what a photograph shows, and from where."""
    return load_photo_views().name(fields.area, fields.angle, language)


def photo_words(photo: PhotoRecord, language: str) -> str:
    """Return view and day."""
    return f"{view_words(photo.fields, language)}, {format_date(photo.fields.taken_on)}"
