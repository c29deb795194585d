"""`python -m benchmarks.probes.recall FOLDER`: milliseconds from a lot to every point.

The lot that went into most sessions is traced to patients, sessions and fields, and its points are
read, as the page of a recall does. Anchor: the same fields by one bare statement on the same file.
"""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select

from benchmarks.figures import milliseconds, round_robin
from benchmarks.probes.desks import opened
from benchmarks.probes.reporting import report
from mesodesk.db.models.session import ChartFieldRow, SyringeComponentRow, SyringeRow
from mesodesk.domain.rights import Right
from mesodesk.services.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 5
RECALL, ANCHOR = "recall", "bare statement"


def main(folder: Path) -> None:
    """Print the milliseconds of the recall and of the anchor, and how many sessions it found."""
    with opened(folder) as desk:
        lot_id = _most_used(desk)
        desk.recalls.trace(lot_id)  # that somebody looked is on record
        cases: dict[str, Callable[[], float]] = {
            RECALL: partial(milliseconds, partial(_recall, desk, lot_id)),
            ANCHOR: partial(milliseconds, partial(_bare, desk, lot_id)),
        }
        found = {name: each.readings for name, each in round_robin(cases, ROUNDS).items()}
        sessions = sum(len(each.sessions) for each in desk.recalls.trace(lot_id).patients)
        report({**found, "sessions": [float(sessions)]})


def _most_used(desk: Desk) -> UUID:
    part = SyringeComponentRow
    uses = select(part.lot_id).group_by(part.lot_id).order_by(func.count().desc(), part.lot_id)
    with desk.store.read(Right.RECORD_READ) as tx:
        found = tx.db.scalar(uses.limit(1))
    if found is None:
        raise LookupError("nothing was ever drawn up in this vault")
    return found


def _recall(desk: Desk, lot_id: UUID) -> None:
    desk.recalls.trace(lot_id)
    desk.recalls.places(lot_id)


def _bare(desk: Desk, lot_id: UUID) -> None:
    with desk.store.read(Right.RECORD_READ) as tx:
        drawn = select(SyringeComponentRow.syringe_id).where(SyringeComponentRow.lot_id == lot_id)
        tx.db.execute(
            select(ChartFieldRow.session_id, ChartFieldRow.points)
            .join(SyringeRow, SyringeRow.id == ChartFieldRow.syringe_id)
            .where(SyringeRow.id.in_(drawn))
        ).all()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
