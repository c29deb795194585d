"""Reactions of the demonstration clinic: told at a check, passed on, over some weeks later."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final
from uuid import UUID

from mesodesk.domain.answers import Answer
from mesodesk.domain.clock import Clock, local_date
from mesodesk.domain.records.followup import FollowUpRecord
from mesodesk.domain.records.reaction import (
    FromCheck,
    Precision,
    ReactionFields,
    ReactionPlace,
    ReactionRecord,
    ReportFields,
    When,
)
from mesodesk.services.desk import Desk

_EVERY: Final = 2
"""One of so many red flags is recorded as a reaction of its own; the others stay answers."""

_OVER_AFTER: Final = timedelta(days=24)


@dataclass(frozen=True, slots=True)
class _Told:
    """What is made of one item of a check."""

    kind: str
    scale: str
    grade: int
    relatedness: str
    actions: tuple[str, ...]
    action_note: str
    serious: tuple[str, ...] = ()
    report: str = ""


_BY_ITEM: Final = {
    "hives": _Told(
        "hives", "effect", 3, "probable", ("medicine", "emergency"),
        "Antihistamine, seen in the emergency room", ("important",), "authority",
    ),
    "spreading_redness": _Told(
        "infection", "injection_site", 2, "probable", ("medicine",), "Antibiotic by her doctor",
        report="doctor",
    ),
    "plaques": _Told("rash", "effect", 1, "possible", ("watched", "advice"), "Photographs at home"),
    "nodule": _Told(
        "nodule", "effect", 2, "probable", ("culture", "treatment_paused"),
        "Swab, also for mycobacteria", report="manufacturer",
    ),
    "late_lump": _Told(
        "nodule", "injection_site", 3, "probable", ("culture", "referred", "treatment_stopped"),
        "Swab, also for mycobacteria", ("intervention",), "authority",
    ),
}  # fmt: skip


class Reacting:
    """Records what checks have told, and how it ended."""

    def __init__(self, clock: Clock, zone: str) -> None:
        self._random = Random("reactions")  # noqa: S311  the same ones each time
        self._clock = clock
        self._zone = zone
        self._told = 0
        self._open: list[ReactionRecord] = []

    def react_to(self, desk: Desk, check: FollowUpRecord, items: tuple[str, ...]) -> None:
        """Record one of some checks that told of something, and end those that are over."""
        today = local_date(self._clock.now(), self._zone)
        self._end_old_ones(desk, today)
        item = next((each for each in items if each in _BY_ITEM), "")
        self._told += 1
        if not item or self._told % _EVERY == 0:
            return
        told, given = _BY_ITEM[item], check.fields.items[item]
        place = self._place(desk, check.session_id)
        under = () if place is None else desk.reactions.under(check.patient_id, (place,)).parts
        onset = given.onset_on
        page = desk.reactions.page(check.patient_id)
        session = next(each for each in page.sessions if each.number == check.session_number)
        in_session = {part.lot_id for part in session.parts}
        typed = ReactionFields(
            session_id=session.id,
            kind=told.kind,
            what=given.note,
            scale=told.scale,
            grade=told.grade,
            serious=Answer.YES if told.serious else Answer.NO,
            criteria=told.serious,
            onset=When() if onset is None else When(Precision.ABOUT, min(onset, today)),
            ended=Answer.NO,
            relatedness=told.relatedness,
            actions=told.actions,
            action_note=told.action_note,
            outcome="not_recovered",
            places=() if place is None else (place,),
            lots=tuple(part.lot_id for part in under if part.lot_id in in_session),
        )
        kept = desk.reactions.record(check.patient_id, typed, FromCheck(check.id, (item,)))
        if told.report:
            kept = desk.reactions.report(kept.id, kept.version, ReportFields(told.report, today))
        self._open.append(kept)

    def _place(self, desk: Desk, session_id: UUID) -> ReactionPlace | None:
        """Return a place beside which something was injected."""
        session = desk.sessions.get(session_id)
        fields = [each for each in desk.charts.load(session_id).fields if len(each.points)]
        if not fields:
            return None
        points = list(self._random.choice(fields).points)
        point = self._random.choice(points)
        return ReactionPlace(session.body_sex, point.triangle, point.u, point.v)

    def _end_old_ones(self, desk: Desk, today: date) -> None:
        for each in tuple(self._open):
            if today - each.began_on < _OVER_AFTER:
                continue
            self._open.remove(each)
            ended = replace(
                each.fields,
                ended=Answer.YES,
                end=When(Precision.ABOUT, today - timedelta(days=3)),
                outcome="recovered",
            )
            desk.reactions.change(each.id, each.version, ended, "Called: nothing left of it")
