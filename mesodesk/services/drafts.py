"""Forms that are not a record yet, kept as they are typed: each user has their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select

from mesodesk.db.models.draft import DraftRow
from mesodesk.domain.canonical import canonical_json
from mesodesk.domain.changes import Topic
from mesodesk.domain.rights import Right
from mesodesk.services.errors import RefusedError
from mesodesk.services.store import Store, Transaction

_MOST_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Draft:
    """A form with what was typed into it; `subject` names what it is about, or is empty."""

    form: str
    subject: str
    payload: Mapping[str, object]
    kept_at: datetime


class DraftService:
    """Keeps, gives back and discards forms of whoever opened the vault."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, form: str, subject: str, payload: Mapping[str, object]) -> None:
        """Keep a form as it stands, in place of what was kept of it before.

        Args:
            form: which form: `new_patient`.
            subject: what it is about, as the id of a product; empty for nothing.
            payload: texts, whole numbers, booleans, None, and lists and mappings of these, exactly
                as typed; nothing is checked. A date or a decimal comes back as text.

        Raises:
            RefusedError: if it is larger than any form can be.
        """
        with self._store.write(Right.OWN) as tx:
            if len(canonical_json(payload)) > _MOST_BYTES:
                raise RefusedError(
                    "This text is too long to be kept (256 KB). What was kept before is still"
                    " there. Shorten the text."
                )
            row = _row(tx, form, subject)
            if row is None:
                row = DraftRow(user_id=tx.actor.id, form=form, subject=subject)
                tx.db.add(row)
            row.payload, row.kept_at = dict(payload), tx.now
            tx.audit("draft.keep", "draft", None, form=form)
            tx.touch(Topic.DRAFTS)

    def get(self, form: str, subject: str) -> Mapping[str, object] | None:
        """Return what was kept of a form, None if nothing is."""
        with self._store.read(Right.OWN) as tx:
            row = _row(tx, form, subject)
            return None if row is None else row.payload

    def discard(self, form: str, subject: str) -> None:
        """Forget a form; nothing happens if there is none."""
        with self._store.write(Right.OWN) as tx:
            forget_draft(tx, form, subject)

    def subjects(self, form: str) -> tuple[str, ...]:
        """Return what drafts of a form are about, those of this user, in their order."""
        with self._store.read(Right.OWN) as tx:
            mine = select(DraftRow.subject).where(
                DraftRow.user_id == tx.actor.id, DraftRow.form == form
            )
            return tuple(tx.db.scalars(mine.order_by(DraftRow.subject)))

    def all_mine(self) -> tuple[Draft, ...]:
        """Return every form of this user, the last one worked on first."""
        with self._store.read(Right.OWN) as tx:
            mine = select(DraftRow).where(DraftRow.user_id == tx.actor.id)
            rows = tx.db.scalars(mine.order_by(DraftRow.kept_at.desc(), DraftRow.form))
            return tuple(Draft(row.form, row.subject, row.payload, row.kept_at) for row in rows)


def forget_draft(tx: Transaction, form: str, subject: str) -> bool:
    """Forget a form of whoever acts, in the transaction that makes a record of it.

    Returns:
        Whether there was one.
    """
    gone = delete(DraftRow).where(
        DraftRow.user_id == tx.actor.id, DraftRow.form == form, DraftRow.subject == subject
    )
    if not tx.connection.execute(gone).rowcount:
        return False
    tx.audit("draft.discard", "draft", None, form=form)
    tx.touch(Topic.DRAFTS)
    return True


def _row(tx: Transaction, form: str, subject: str) -> DraftRow | None:
    return tx.db.get(DraftRow, (tx.actor.id, form, subject))
