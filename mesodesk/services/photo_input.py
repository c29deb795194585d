"""Whether what is said of a photograph, or drawn over it, can be taken."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.session import SessionRow
from mesodesk.domain.alignment import Alignment, AlignmentError, Place
from mesodesk.domain.photo_consent import Decisions, why_not, why_not_these
from mesodesk.domain.photo_views import load_photo_views
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.records.photo import MOST_TEXT, MarkFields, MarkKind, PhotoFields
from mesodesk.services.errors import RefusedError
from mesodesk.services.store import Transaction
from mesodesk.services.texts import EARLIEST_BIRTH, Problems

_TALLEST: Final = 100.0
"""Heights of a picture in widths of it: no photograph is narrower."""


def checked_photo(
    tx: Transaction, patient_id: UUID, typed: PhotoFields, today: date
) -> PhotoFields:
    """Return the fields as they will be stored.

    Raises:
        InvalidError: naming every field that cannot be taken.
        RefusedError: if the session is another patient's.
    """
    problems = Problems()
    views = load_photo_views()
    if typed.area not in views.areas:
        problems.add("area", "View: choose what the photograph shows.")
    if typed.angle not in views.angles:
        problems.add("angle", "View: choose from where it was taken.")
    if typed.taken_on > today:
        problems.add("taken_on", "Day: this day is still to come. Check the date.")
    elif typed.taken_on < EARLIEST_BIRTH:
        problems.add("taken_on", "Day: this is before 1900. Check the year.")
    checked = replace(
        typed,
        note=problems.note("note", typed.note, "Note"),
        purposes=typed.purposes | {PhotoPurpose.RECORD},
    )
    problems.done()
    _need_session_of(tx, checked.session_id, patient_id)
    return checked


def need_agreed(decisions: Decisions, purposes: Iterable[PhotoPurpose]) -> None:
    """Refuse purposes that the patient has not agreed to.

    Raises:
        RefusedError: saying which, and what to do.
    """
    for purpose in PhotoPurpose:
        refused = why_not(decisions, purpose) if purpose in purposes else ""
        if refused:
            raise RefusedError(
                f"{refused} Nothing was kept. Ask the patient, and take a consent that says so."
            )


def need_usable(decisions: Decisions, purpose: PhotoPurpose, fields: PhotoFields) -> None:
    """Refuse a use of a photograph outside the treatment that the patient has not agreed to.

    Raises:
        RefusedError: saying why, and what to do.
    """
    refused = why_not_these(decisions, purpose, fields.purposes)
    if refused:
        raise RefusedError(
            f"{refused} Nothing was shown or written. It stays in the record for the treatment."
        )


def _need_session_of(tx: Transaction, session_id: UUID | None, patient_id: UUID) -> None:
    if session_id is None:
        return
    whose = tx.db.scalar(select(SessionRow.patient_id).where(SessionRow.id == session_id))
    if whose != patient_id:
        raise RefusedError("This session is not one of this patient. Nothing was kept.")


def checked_mark(typed: MarkFields) -> MarkFields:
    """Return a mark as it will be stored.

    Raises:
        InvalidError: if its text cannot be taken.
        RefusedError: if it lies outside the picture.
    """
    problems = Problems()
    is_text = typed.kind is MarkKind.TEXT
    text = problems.line("text", typed.text, "Text", needed=is_text) if is_text else ""
    if len(text) > MOST_TEXT:
        problems.add("text", f"Text: at most {MOST_TEXT} letters; this has {len(text)}.")
    problems.done()
    _need_inside(typed.start, typed.end)
    return replace(typed, text=text)


def checked_alignment(typed: Alignment) -> None:
    """Refuse an alignment that cannot be computed with.

    Raises:
        RefusedError: if its places are too near, or outside the picture.
    """
    _need_inside(*typed.before, *typed.after)
    try:
        _ = typed.similarity
    except AlignmentError as error:
        raise RefusedError(error.sentence) from error


def _need_inside(*places: Place) -> None:
    for place in places:
        # Written so that what is no number is refused as well.
        if not (0 <= place.x <= 1 and 0 <= place.y <= _TALLEST):
            raise RefusedError("This lies outside the photograph. Nothing was changed.")
