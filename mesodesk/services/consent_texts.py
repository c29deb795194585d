"""Which consent texts are in force: those shipped, and the clinic's own, which come after them."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mesodesk.db.models.consent import ConsentTextRow
from mesodesk.domain.consent_files import load_consent
from mesodesk.domain.consent_text import TextError, check_body
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.consent import (
    ConsentText,
    ConsentTextFields,
    TextKey,
    TextOrigin,
)
from mesodesk.domain.texts import LANGUAGES
from mesodesk.services.errors import NotFoundError, RefusedError
from mesodesk.services.store import Transaction
from mesodesk.services.texts import Problems

LONGEST_BODY = 20_000
"""Longest text of a consent, in letters."""


def text_in_force(db: Session, text_id: str, language: str) -> ConsentText:
    """Return the version that a new consent is given with; in English if there is none.

    Raises:
        NotFoundError: if there is no such text.
    """
    own = _newest(db, text_id, language)
    if own is not None:
        return own
    shipped = load_consent().texts.get(text_id)
    if shipped is None:
        raise NotFoundError("There is no consent text of that name. Nothing was changed.")
    return shipped.in_language(language)


def texts_in_force(db: Session) -> tuple[ConsentText, ...]:
    """Return each text in each language as it is given now."""
    return tuple(
        text_in_force(db, text_id, language)
        for text_id in load_consent().texts
        for language in LANGUAGES
    )


def _newest(db: Session, text_id: str, language: str) -> ConsentText | None:
    row = db.scalars(
        select(ConsentTextRow)
        .where(ConsentTextRow.text_id == text_id, ConsentTextRow.language == language)
        .order_by(ConsentTextRow.number.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else text_record(row)


def text_record(row: ConsentTextRow) -> ConsentText:
    key = TextKey(row.text_id, TextOrigin.CLINIC, row.number, row.language)
    return ConsentText(key, row.title, row.body, row.asks_anew, row.made_by_name, row.made_at)


def own_versions(db: Session, text_id: str, language: str) -> tuple[ConsentText, ...]:
    """Return the clinic's versions of a text in a language, the latest first."""
    rows = db.scalars(
        select(ConsentTextRow)
        .where(ConsentTextRow.text_id == text_id, ConsentTextRow.language == language)
        .order_by(ConsentTextRow.number.desc())
    )
    return tuple(text_record(row) for row in rows)


def outdated(db: Session, keys: Iterable[TextKey]) -> frozenset[TextKey]:
    """Return those of some versions of texts that somebody who signed them is asked anew for.

    A shipped one asks anew when the program brings a later one; either does when the clinic wrote
    a later one of its own that is meant to.
    """
    asked = frozenset(keys)
    if not asked:
        return asked
    newest = select(
        ConsentTextRow.text_id, ConsentTextRow.language, func.max(ConsentTextRow.number)
    )
    anew = newest.where(ConsentTextRow.asks_anew).group_by(
        ConsentTextRow.text_id, ConsentTextRow.language
    )
    since = {(text_id, language): number for text_id, language, number in db.execute(anew)}
    return frozenset(
        key for key in asked if _is_outdated(key, since.get((key.id, key.language), 0))
    )


def _is_outdated(key: TextKey, asked_anew_by: int) -> bool:
    if key.origin is TextOrigin.CLINIC:
        return asked_anew_by > key.version
    if asked_anew_by:
        return True
    shipped = load_consent().texts.get(key.id)
    return shipped is not None and shipped.version > key.version


def add_version(
    tx: Transaction, text_id: str, language: str, after: TextKey, typed: ConsentTextFields
) -> ConsentText:
    """Add a version of a text of the clinic's own; what was signed before stays as it was.

    Args:
        tx: in which to write.
        text_id: of the text.
        language: in which it is written.
        after: the version that it was made from, as last read.
        typed: the form.

    Raises:
        NotFoundError: if there is no such text.
        RefusedError: if somebody wrote a later version meanwhile.
        InvalidError: if it cannot be taken, or lacks what has to be signed.
    """
    now = text_in_force(tx.db, text_id, language)
    if after != now.key:
        raise RefusedError(
            "Somebody else kept a later version of this text meanwhile. What you typed is still"
            " here and not yet kept. Copy it, open the text again, and put in what differs."
        )
    checked = _checked(typed, language)
    number = now.key.version + 1 if now.key.origin is TextOrigin.CLINIC else 1
    row = ConsentTextRow(
        id=new_id(),
        text_id=text_id,
        language=language,
        number=number,
        title=checked.title,
        body=checked.body,
        asks_anew=checked.asks_anew,
        made_by=tx.actor.id,
        made_by_name=tx.actor.name,
        made_at=tx.now,
    )
    tx.db.add(row)
    tx.db.flush()
    tx.audit(
        "consent.text",
        "consent_text",
        row.id,
        None,
        text=text_id,
        language=language,
        number=number,
        asks_anew=row.asks_anew,
    )
    return text_record(row)


def _checked(typed: ConsentTextFields, language: str) -> ConsentTextFields:
    problems = Problems()
    if language not in LANGUAGES:
        problems.add("language", "Language: choose one from the list.")
    title = problems.line("title", typed.title, "Title", needed=True)
    body = problems.note("body", typed.body, "Text", needed=True, longest=LONGEST_BODY)
    try:
        check_body(body)
    except TextError as error:
        problems.add("body", str(error))
    problems.done()
    return ConsentTextFields(title, body, typed.asks_anew)


def known_text(text_id: str) -> bool:
    return text_id in load_consent().texts
