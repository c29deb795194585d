"""Writes answers given in a session into the patient's intake."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from mesodesk.domain.answers import Answer
from mesodesk.domain.clock import local_date
from mesodesk.domain.records.intake import IntakeState, ItemAnswer
from mesodesk.domain.reviewing import nothing_changed
from mesodesk.ui.jobs import explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.typed import values

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping
    from uuid import UUID

    from mesodesk.domain.records.intake import IntakeFields, IntakeRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.state import SessionState

    _Change = Callable[[IntakeFields], IntakeFields]


class IntakeAnswers(QObject):
    """Lays each answer over the open intake as it stands then, so that nothing is overwritten.

    Where no intake is open, a review is started; what was answered on this very day stays answered.
    """

    kept = Signal()
    #: A sentence: an answer could not be taken.
    refused = Signal(str)

    def __init__(self, state: SessionState, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._state = state
        self._context = context
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self._keeper.refused.connect(self._refused)

    def flush(self) -> None:
        """Begin to write what waits."""
        self._keeper.flush()

    def answer(self, item_id: str, given: ItemAnswer) -> None:
        """Keep one answer; a detail is being typed, an answer without one is kept at once."""
        answers = {item_id: given}
        self._put(item_id, partial(_with_answers, answers), {"answers": answers})
        if not given.detail:
            self._keeper.flush()

    def answer_no(self, item_ids: Iterable[str]) -> None:
        """Keep that all of these were asked and answered with no."""
        answers = {item_id: ItemAnswer(Answer.NO) for item_id in item_ids}
        self._put("rest", partial(_with_answers, answers), {"answers": answers})
        self._keeper.flush()

    def no_allergies(self) -> None:
        """Keep that allergies were asked for and there are none beyond those listed."""
        self._put("allergies", _with_allergies_asked, {"allergies_asked": True})
        self._keeper.flush()

    def nothing_changed(self, item_ids: tuple[str, ...], lists: tuple[str, ...]) -> None:
        """Keep that a section was gone through again, and all that was said in it still holds."""
        intake = self._state.intake
        if intake is None:
            return
        confirmed = nothing_changed(intake.fields, item_ids, lists)
        told: dict[str, object] = {"answers": {each: confirmed.answers[each] for each in item_ids}}
        told |= {f"{name}_asked": True for name in lists}
        change = partial(nothing_changed, item_ids=item_ids, lists=lists)
        self._put(("reviewed", *item_ids, *lists), change, told)
        self._keeper.flush()

    def _put(self, name: Hashable, change: _Change, typed: Mapping[str, object]) -> None:
        patient_id = self._state.record.patient_id
        zone = self._context.clinic.fields.zone
        work = partial(lay_over_intake, patient_id=patient_id, zone=zone, change=change)
        key: Hashable = (patient_id, name)
        told = values("intake_of", patient_id, typed)
        self._keeper.put(key, partial(self._as_state, work), self._written, aside=told)

    def _as_state(self, work: Callable[[Desk], IntakeRecord], _version: int) -> IntakeRecord:
        return self._context.work_as(self._state, work)

    def _written(self, record: Any) -> None:  # noqa: ANN401  what a keeper gives back
        if self._state.is_open() and record.patient_id == self._state.record.patient_id:
            self._state.intake = record
            self._state.refresh()
            self.kept.emit()

    @Slot(object, object)
    def _refused(self, _key: object, error: Exception) -> None:
        self.refused.emit(explain(error))


def lay_over_intake(desk: Desk, *, patient_id: UUID, zone: str, change: _Change) -> IntakeRecord:
    """Lay answers over the open intake of a patient, or over a review that is begun for them."""
    last = desk.intakes.latest(patient_id)
    draft = desk.intakes.start(patient_id)
    fields = draft.fields
    if last is not None and last.id != draft.id and _is_of_today(desk, last, zone):
        fields = last.fields
    return desk.intakes.save(draft.id, draft.version, change(fields))


def _is_of_today(desk: Desk, last: IntakeRecord, zone: str) -> bool:
    if last.state is not IntakeState.COMPLETED or last.completed_at is None:
        return False
    today = local_date(desk.store.clock.now(), zone)
    return local_date(last.completed_at, zone) == today


def _with_answers(given: Mapping[str, ItemAnswer], fields: IntakeFields) -> IntakeFields:
    before = fields.answers
    laid = {
        item_id: replace(one, value=before[item_id].value if item_id in before else "")
        for item_id, one in given.items()
    }
    return replace(fields, answers={**before, **laid})


def _with_allergies_asked(fields: IntakeFields) -> IntakeFields:
    return replace(fields, allergies_asked=True)
