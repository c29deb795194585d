"""The chart of a session: every gesture is kept at once, and undo survives a crash."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from mesodesk.db.models.session import ChartFieldRow, EditState, SessionRow, SyringeRow
from mesodesk.domain.bodymap.codec import ChartDataError
from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.packing import PackingError
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.chart import EarlierChart, StoredChart
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.rights import Right
from mesodesk.services.chart_rows import (
    FIELDS,
    HISTORY_COLUMNS,
    Executor,
    History,
    NewEdit,
    StoredEdit,
    StoredField,
    add_edit,
    cursor_of,
    edit_at,
    history_from,
    mark_edits,
    read_edits,
    read_fields,
    write_fields,
)
from mesodesk.services.earlier_charts import earlier_charts
from mesodesk.services.errors import ConflictError, NotFoundError, RefusedError
from mesodesk.services.store import Store, Transaction

NO_REGIONS: Final[Mapping[UUID, Sequence[str]]] = MappingProxyType({})

_NO_SESSION: Final = "This session is not on record. Nothing was changed."
_SIGNED: Final = (
    "This session is signed, so its chart cannot be changed. Nothing was changed. Add an addendum "
    "to the session instead."
)
_CONFLICT: Final = (
    "The chart was changed in another window meanwhile. This gesture was not kept. The chart now "
    "shows what is on record; make the gesture again."
)
_STRANGE_SYRINGE: Final = (
    "The syringe of these points is not part of this session any more. This gesture was not kept. "
    "Choose another syringe."
)
_DAMAGED: Final = (
    "A part of this chart cannot be read. Nothing was changed. Let “Check the vault” run, and keep "
    "the newest backup."
)
_TOO_FINE: Final = (
    "The volume of a field is finer than a microlitre or too large. This gesture was not kept."
)
_NO_DIGIT: Final = (
    "All nine syringes are in use, so the one of these points cannot come back. Nothing was "
    "changed. Put a syringe away first."
)


class ChartService:
    """Keeps gestures on the chart of a draft, takes them back and makes them again."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def has_laid_fields(self, user_id: UUID) -> bool:
        """Tell whether somebody has ever laid a field over an area, in any session."""
        with self._store.read(Right.RECORD_READ) as tx:
            found = tx.db.execute(
                select(ChartFieldRow.id)
                .join(SessionRow, SessionRow.id == ChartFieldRow.session_id)
                # A single point is a field of one.
                .where(SessionRow.therapist_id == user_id, ChartFieldRow.point_count != 1)
                .limit(1)
            )
            return found.first() is not None

    def load(self, session_id: UUID) -> StoredChart:
        """Return the chart with its whole history.

        Raises:
            NotFoundError: if there is no such session.
            RefusedError: if a stored field or edit is damaged.
        """
        with self._store.view(Right.RECORD_READ, "session", session_id) as tx:
            _begun(tx, session_id)
            return stored_chart(tx.db, session_id)

    def earlier(self, session_id: UUID, most: int = 6) -> tuple[EarlierChart, ...]:
        """Return the charts of the patient's signed sessions before this one, the latest first.

        Sessions entered in error are never among them.

        Raises:
            NotFoundError: if there is no such session.
        """
        with self._store.view(Right.RECORD_READ, "session", session_id) as tx:
            return earlier_charts(tx, session_id, most)

    def append(
        self,
        session_id: UUID,
        cursor_before: int,
        edit: Edit,
        regions: Mapping[UUID, Sequence[str]] = NO_REGIONS,
    ) -> int:
        """Keep a gesture and return how many are in force; what could be redone is left behind.

        Args:
            session_id: a session in draft.
            cursor_before: how many gestures the caller believes to be in force.
            edit: what it changed. One that changes nothing is not kept.
            regions: keys of the regions that the points of a changed field lie in; a field that is
                not named keeps those it had.

        Raises:
            ConflictError: if the chart is not as the gesture expects it.
            NotFoundError: if there is no such session.
            RefusedError: if the session is signed, a syringe is not part of it, or what is stored
                of the chart is damaged.
        """
        if all(before == after for _, before, after in edit.changes):
            return cursor_before
        with self._store.write(Right.CHART_EDIT) as tx:
            used = {after.syringe_id for _, _, after in edit.changes if after is not None}
            begun = _begun(tx, session_id, used, edit.field_ids)
            _need_draft(begun.state)
            _need_cursor(tx.db, session_id, begun.history, cursor_before)
            known = _known(tx, session_id, edit) if begun.fields else {}
            for field_id, expected, _ in edit.changes:
                if (known[field_id].field if field_id in known else None) != expected:
                    raise ConflictError(stored_chart(tx.db, session_id), _CONFLICT)
            wanted = {field_id: after for field_id, _, after in edit.changes}
            if begun.syringes != len(used):
                raise RefusedError(_STRANGE_SYRINGE)
            before = {field_id: stored.regions for field_id, stored in known.items()}
            after = {
                field_id: regions.get(field_id, before.get(field_id, ()))
                for field_id, field in wanted.items()
                if field is not None
            }
            _write(tx.connection, session_id, wanted, after, known)
            made = NewEdit(cursor_before, edit, before, after, tx.now, tx.actor.id)
            seq = add_edit(tx.connection, session_id, made, begun.history)
            _audit(tx, "chart.edit", session_id, edit=seq, label=edit.label, fields=len(wanted))
        return cursor_before + 1

    def undo(self, session_id: UUID, cursor_before: int) -> int:
        """Take back the last gesture, with those merged with it; return how many are in force.

        Raises:
            ConflictError: if another number of gestures is in force.
            NotFoundError: if there is no such session.
            RefusedError: if the session is signed, or the gesture is damaged.
        """
        return self._walk(session_id, cursor_before, EditState.APPLIED)

    def redo(self, session_id: UUID, cursor_before: int) -> int:
        """Make the last undone gesture again; return how many are in force.

        Raises:
            ConflictError: if another number of gestures is in force.
            NotFoundError: if there is no such session.
            RefusedError: if the session is signed, or the gesture is damaged.
        """
        return self._walk(session_id, cursor_before, EditState.UNDONE)

    def _walk(self, session_id: UUID, cursor: int, found_in: EditState) -> int:
        back = found_in is EditState.APPLIED
        with self._store.write(Right.CHART_EDIT) as tx:
            begun = _begun(tx, session_id)
            _need_draft(begun.state)
            _need_cursor(tx.db, session_id, begun.history, cursor)
            with _readable():
                steps = list(_merged(tx.db, session_id, cursor, found_in))
            if not steps:
                return cursor
            wanted: dict[UUID, ChartField | None] = {}
            regions: dict[UUID, Sequence[str]] = {}
            for step in steps:
                wanted |= {
                    key: before if back else after for key, before, after in step.edit.changes
                }
                regions |= step.regions_before if back else step.regions_after
            _bring_back_syringes(tx, session_id, wanted)
            _write(tx.db, session_id, wanted, regions)
            reached = cursor - len(steps) if back else cursor + len(steps)
            mark_edits(
                tx.db,
                session_id,
                range(min(cursor, reached), max(cursor, reached)),
                found_in,
                EditState.UNDONE if back else EditState.APPLIED,
            )
            _audit(tx, "chart.undo" if back else "chart.redo", session_id, cursor=reached)
        return reached


def stored_chart(db: Session, session_id: UUID) -> StoredChart:
    """Return fields, history and cursor of a session.

    Raises:
        RefusedError: if a stored field or edit is damaged.
    """
    with _readable():
        fields = tuple(stored.field for stored in read_fields(db, session_id).values())
        edits = tuple(stored.edit for stored in read_edits(db, session_id))
    return StoredChart(fields, edits, cursor_of(db, session_id))


@contextmanager
def _readable() -> Iterator[None]:
    """Tell the user of a chart that is damaged."""
    try:
        yield
    except ChartDataError as error:
        raise RefusedError(_DAMAGED) from error


def _merged(
    db: Session, session_id: UUID, cursor: int, found_in: EditState
) -> Iterator[StoredEdit]:
    """Yield the gesture next to the cursor, and its neighbours that share its merge key."""
    back = found_in is EditState.APPLIED
    position = cursor - 1 if back else cursor
    step = edit_at(db, session_id, position, found_in)
    # What an amendment began with is the original, and no gesture to take back.
    while step is not None and step.edit.label != EditLabel.AMEND:
        yield step
        key = step.edit.merge_key
        if key is None:
            return
        position += -1 if back else 1
        step = edit_at(db, session_id, position, found_in)
        if step is not None and step.edit.merge_key != key:
            return


def _write(
    db: Executor,
    session_id: UUID,
    wanted: Mapping[UUID, ChartField | None],
    regions: Mapping[UUID, Sequence[str]],
    on_record: Collection[UUID] | None = None,
) -> None:
    try:
        write_fields(db, session_id, wanted, regions, on_record)
    except PackingError as error:
        raise RefusedError(_TOO_FINE) from error


def _audit(tx: Transaction, action: str, session_id: UUID, **details: object) -> None:
    tx.audit(action, "session", session_id, None, **details)
    tx.touch(Topic.CHARTS)


class _Begun(NamedTuple):
    """A session as a gesture finds it; counted are, of what it names, what is on record."""

    state: SessionState
    history: History
    syringes: int
    fields: int


_BEGUN: Final = select(
    SessionRow.patient_id,
    SessionRow.state,
    select(func.count())
    .where(
        SyringeRow.session_id == bindparam("chart_of"),
        SyringeRow.removed.is_(False),
        SyringeRow.id.in_(bindparam("used", expanding=True)),
    )
    .scalar_subquery(),
    select(func.count())
    .where(FIELDS.c.id.in_(bindparam("touched", expanding=True)))
    .scalar_subquery(),
    *HISTORY_COLUMNS,
).where(SessionRow.id == bindparam("chart_of"))


def _begun(
    tx: Transaction,
    session_id: UUID,
    used: Collection[UUID] = (),
    touched: Collection[UUID] = (),
) -> _Begun:
    """Read in one statement what a gesture is checked against.

    Raises:
        NotFoundError: if there is no such session.
    """
    asked = {"chart_of": session_id, "used": list(used), "touched": list(touched)}
    row = tx.connection.execute(_BEGUN, asked).one_or_none()
    if row is None:
        raise NotFoundError(_NO_SESSION)
    patient_id, state, syringes, fields, *history = row
    tx.need_patient(patient_id)
    return _Begun(state, history_from(*history), syringes, fields)


def _known(tx: Transaction, session_id: UUID, edit: Edit) -> dict[UUID, StoredField]:
    with _readable():
        return read_fields(tx.db, session_id, edit.field_ids)


def _need_draft(state: SessionState) -> None:
    if state is not SessionState.DRAFT:
        raise RefusedError(_SIGNED)


def _need_cursor(db: Session, session_id: UUID, history: History, cursor: int) -> None:
    if history.cursor != cursor:
        raise ConflictError(stored_chart(db, session_id), _CONFLICT)


def _bring_back_syringes(
    tx: Transaction, session_id: UUID, wanted: Mapping[UUID, ChartField | None]
) -> None:
    """Take out again the syringes that were put away after their points had been removed.

    Raises:
        RefusedError: if nine others are in use by now.
    """
    used = {field.syringe_id for field in wanted.values() if field is not None}
    rows = tx.db.execute(
        select(SyringeRow.id, SyringeRow.digit, SyringeRow.removed)
        .where(SyringeRow.session_id == session_id)
        .order_by(SyringeRow.digit)
    ).all()
    taken = {row.digit for row in rows if not row.removed}
    for row in rows:
        if not row.removed or row.id not in used:
            continue
        free = [row.digit, *range(1, 10)]
        digit = next((each for each in free if each not in taken), None)
        if digit is None:
            raise RefusedError(_NO_DIGIT)
        taken.add(digit)
        tx.db.execute(
            update(SyringeRow).where(SyringeRow.id == row.id).values(removed=False, digit=digit)
        )
        tx.audit("syringe.restore", "syringe", row.id, None, digit=digit)
        tx.touch(Topic.SESSIONS | Topic.STOCK)
