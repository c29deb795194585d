"""Keeping what is typed into a session in draft: by far the most frequent write.

It goes through Core statements that are made once. Loading the session as objects, only to change
one column and describe it again, took two thirds of the time of a save.
"""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, select, update

from mesodesk.db.models.session import (
    SessionAcknowledgementRow,
    SessionRow,
    SyringeComponentRow,
    SyringeRow,
)
from mesodesk.domain.changes import Topic
from mesodesk.domain.clock import local_date
from mesodesk.domain.records.session import SessionFields, SessionRecord
from mesodesk.services.errors import ConflictError
from mesodesk.services.session_input import checked_fields
from mesodesk.services.session_rows import (
    ANSWER_MAPS,
    SessionParts,
    TableRow,
    acknowledgement,
    changed_fields,
    joined_record,
    need_draft,
    need_found,
    session_fields,
    syringe_record,
)
from mesodesk.services.store import Transaction

_OF_SESSION: Final[BindParameter[UUID]] = bindparam("session_id")

_HEAD: Final = select(SessionRow.__table__).where(SessionRow.id == _OF_SESSION)
_KEPT: Final = (SyringeRow.session_id == _OF_SESSION, SyringeRow.removed.is_(False))
_SYRINGES: Final = select(SyringeRow.__table__).where(*_KEPT).order_by(SyringeRow.digit)
_COMPONENTS: Final = (
    select(SyringeComponentRow.__table__)
    .join(SyringeRow, SyringeRow.id == SyringeComponentRow.syringe_id)
    .where(*_KEPT)
    .order_by(SyringeComponentRow.position)
)
_REASONS: Final = (
    select(SessionAcknowledgementRow.__table__)
    .where(
        SessionAcknowledgementRow.session_id == _OF_SESSION,
        SessionAcknowledgementRow.withdrawn_at.is_(None),
    )
    .order_by(SessionAcknowledgementRow.id)
)
# The version needs no condition: it was compared after the write lock had been taken.
_UPDATE: Final = update(SessionRow).where(SessionRow.id == _OF_SESSION)


def save_fields(
    tx: Transaction, session_id: UUID, version: int, typed: SessionFields
) -> SessionRecord:
    """Keep what was typed into a draft, audited; what is as it was is not written again.

    Raises:
        NotFoundError: if there is no such session.
        RefusedError: if it is signed or discarded.
        ConflictError: if it was changed since `version`.
        InvalidError: naming every field that cannot be taken.
    """
    head = need_found(tx.connection.execute(_HEAD, {"session_id": session_id}).one_or_none())
    tx.need_patient(head.patient_id)
    need_draft(head.state)
    before = draft_record(tx, head)
    if before.version != version:
        raise ConflictError(before)
    day = local_date(head.started_at, head.zone)
    checked = checked_fields(typed, session_day=day)
    changed = changed_fields(before.fields, checked)
    if not changed:
        return before
    after = replace(
        before,
        version=version + 1,
        fields=replace(before.fields, **{name: _copied(checked, name) for name in changed}),
    )
    _write(tx, after, changed)
    tx.audit("session.update", "session", session_id, after.version, changed=changed)
    tx.touch(Topic.SESSIONS)
    return after


def draft_record(tx: Transaction, head: TableRow) -> SessionRecord:
    """Return the record of a draft from its row; a draft has neither seal nor addenda."""
    of_session = {"session_id": head.id}
    syringes = tx.connection.execute(_SYRINGES, of_session).all()
    components: dict[UUID, list[TableRow]] = {}
    if syringes:
        for part in tx.connection.execute(_COMPONENTS, of_session):
            components.setdefault(part.syringe_id, []).append(part)
    reasons = tx.connection.execute(_REASONS, of_session)
    parts = SessionParts(
        syringes=tuple(syringe_record(each, components.get(each.id, ())) for each in syringes),
        acknowledgements=tuple(acknowledgement(each) for each in reasons),
    )
    return joined_record(head, session_fields(head), parts)


def _write(tx: Transaction, after: SessionRecord, changed: tuple[str, ...]) -> None:
    values = {name: getattr(after.fields, name) for name in changed}
    values |= {"session_id": after.id, "version": after.version, "changed_at": tx.now}
    tx.connection.execute(_UPDATE, values)


def _copied(typed: SessionFields, name: str) -> Any:  # noqa: ANN401  a field of any type
    """Return a field, a mapping as one of our own: the form goes on changing its own."""
    value = getattr(typed, name)
    return dict(value) if name in ANSWER_MAPS else value
