"""Reactions as the record tells them, for whoever looks for what they have in common.

One function, so that there is one answer to what counts: a check whose answers call for action, as
the schedule has it, and a reaction on record. What was recorded from an answer counts once, as what
was recorded. Each session counts in the version that stands.
"""

from collections.abc import Container, Iterable, Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.follow_up import FollowUpItemRow, FollowUpRow, FollowUpShownRow
from mesodesk.db.models.reaction import ReactionRow, ReactionVersionRow
from mesodesk.db.models.session import SessionRow, SyringeComponentRow, SyringeRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.clock import local_date
from mesodesk.domain.reaction_terms import load_reaction_terms
from mesodesk.domain.records.followup import CheckAnswer
from mesodesk.domain.records.recall import Reaction, recorded_kind
from mesodesk.domain.records.session import COUNTED
from mesodesk.domain.red_flags import raised_flags
from mesodesk.domain.schedule import load_schedule
from mesodesk.services.reaction_rows import standing_versions
from mesodesk.services.session_versions import standing_for
from mesodesk.services.store import Transaction

_Told = tuple[UUID, UUID, tuple[str, ...]]
"""The session, the patient, and what was told."""


def reactions_since(tx: Transaction, first_day: date) -> tuple[Reaction, ...]:
    """Return the reactions to sessions from a day on, of everybody, whoever may see them.

    Only kinds, lots and days leave this with the patients' ids: no answer, no name.
    """
    told = [*_told(tx, _recorded_items(tx)), *_recorded(tx)]
    sessions = _sessions(tx, {session_id for session_id, _, _ in told})
    lots = _lots(tx, {standing for standing, _ in sessions.values()})
    found = []
    for session_id, patient_id, items in told:
        if session_id not in sessions:
            continue
        standing, day = sessions[session_id]
        if day >= first_day:
            found += [
                Reaction(patient_id, standing, day, lots.get(standing, frozenset()), each)
                for each in items
            ]
    return tuple(found)


def _recorded_items(tx: Transaction) -> set[tuple[UUID, str]]:
    """Return the answers of checks that a reaction on record was made of."""
    rows = tx.db.execute(
        select(ReactionRow.follow_up_id, ReactionRow.items).where(
            ReactionRow.follow_up_id.is_not(None), ReactionRow.error_at.is_(None)
        )
    )
    return {(row.follow_up_id, item) for row in rows for item in row.items}


def _recorded(tx: Transaction) -> Iterator[_Told]:
    """Yield session, patient and kind of each reaction on record that counts.

    What injecting itself brings about, of grade 1 and not serious, does not; nor does what was
    judged to have nothing to do with the treatment. What was not graded does.
    """
    terms, version = load_reaction_terms(), ReactionVersionRow
    rows = tx.db.execute(
        select(
            version.session_id,
            ReactionRow.patient_id,
            version.kind,
            version.grade,
            version.serious,
            version.relatedness,
        )
        .join(ReactionRow, ReactionRow.id == version.reaction_id)
        .where(ReactionRow.error_at.is_(None), standing_versions())
    )
    for row in rows:
        kind, judged = terms.kinds.get(row.kind), terms.relatedness.get(row.relatedness)
        slight = row.grade == 1 and row.serious is not Answer.YES
        expected = kind is not None and kind.expected and slight
        if not expected and (judged is None or judged.counts):
            yield row.session_id, row.patient_id, (recorded_kind(row.kind),)


def _told(tx: Transaction, recorded: Container[tuple[UUID, str]]) -> Iterator[_Told]:
    """Yield session, patient and items of each check whose answers call for action now.

    Every such answer has had its instruction shown, which leads there without reading all checks;
    an answer that was put right since counts no more, nor one that a reaction was recorded from.
    """
    flagged = select(FollowUpShownRow.follow_up_id)
    checks = tx.db.execute(
        select(
            FollowUpRow.id, FollowUpRow.session_id, FollowUpRow.patient_id, FollowUpRow.check_id
        ).where(FollowUpRow.id.in_(flagged))
    ).all()
    items: dict[UUID, dict[str, CheckAnswer]] = {}
    given = FollowUpItemRow
    for row in tx.db.execute(
        select(given.follow_up_id, given.item_id, given.answer, given.value).where(
            given.follow_up_id.in_(flagged)
        )
    ):
        answers = items.setdefault(row.follow_up_id, {})
        answers[row.item_id] = CheckAnswer(row.answer, row.value)
    schedule = load_schedule()
    for check in checks:
        flags = raised_flags(schedule, check.check_id, items.get(check.id, {}), {})
        names = tuple(each.item_id for each in flags if (check.id, each.item_id) not in recorded)
        if names:
            yield check.session_id, check.patient_id, names


def _sessions(tx: Transaction, session_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, date]]:
    """Return the version that stands of each session, and its day; of those that count."""
    wanted = select(SessionRow.id).where(SessionRow.id.in_(list(session_ids)))
    standing = standing_for(tx.db, wanted)
    rows = tx.db.execute(
        select(SessionRow.id, SessionRow.started_at, SessionRow.zone).where(
            SessionRow.id.in_([*session_ids, *standing.values()]), SessionRow.state.in_(COUNTED)
        )
    )
    days = {row.id: local_date(row.started_at, row.zone) for row in rows}
    pairs = ((each, standing.get(each, each)) for each in session_ids)
    return {first: (last, days[last]) for first, last in pairs if last in days}


def _lots(tx: Transaction, session_ids: Iterable[UUID]) -> dict[UUID, frozenset[UUID]]:
    rows = tx.db.execute(
        select(SyringeRow.session_id, SyringeComponentRow.lot_id)
        .join(SyringeComponentRow, SyringeComponentRow.syringe_id == SyringeRow.id)
        .where(SyringeRow.session_id.in_(list(session_ids)), SyringeRow.removed.is_(False))
    )
    found: dict[UUID, set[UUID]] = {}
    for row in rows:
        found.setdefault(row.session_id, set()).add(row.lot_id)
    return {session_id: frozenset(lots) for session_id, lots in found.items()}
