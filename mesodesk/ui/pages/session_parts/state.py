"""What the stations of one session share: the record, what screening says, what is missing."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from mesodesk.domain.records.chart import StoredChart
from mesodesk.domain.records.session import SessionState as RecordState
from mesodesk.ui.jobs import explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.pages.session_parts.loading import (
    Refusal,
    answering,
    answering_chart,
    nothing,
    save_fields,
    still_typing,
    with_version,
)
from mesodesk.ui.pages.session_parts.reading import ReadSession
from mesodesk.ui.pages.session_parts.station import Station
from mesodesk.ui.pages.session_parts.typed_reasons import TypedReasons
from mesodesk.ui.typed import values

__all__ = ["SessionState", "Station"]

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from uuid import UUID

    from mesodesk.domain.bodymap.chart import ChartDocument
    from mesodesk.domain.favourites import Recipe
    from mesodesk.domain.records.session import (
        SessionFields,
        SessionRecord,
    )
    from mesodesk.domain.records.versions import OpenedSession
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.keeper import Aside

RECIPE = "recipe"
"""What Prepare calls the place where a syringe is drawn up from `SessionState.recipe`."""


class SessionState(ReadSession):
    """One session as the window holds it. Lives on the UI thread.

    Text that is being typed is in `record.fields` at once, before it is kept.
    """

    #: `chart` is another one: gestures were kept.
    chart_changed = Signal()
    #: (tuple of the SessionFields' names, sentence): a typed value is not accepted.
    refused = Signal(object, str)
    #: a sentence for the place where the user is looking: an action was refused.
    said = Signal(str)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(context, parent)
        self.keeper = self._new_keeper()
        #: one for all stations, or one of them would overwrite what was typed at another.
        self.reasons = TypedReasons(context, self)
        #: what Prepare is to draw up next: of a favourite that waits on the chart.
        self.recipe: Recipe | None = None
        self._typed: dict[str, object] = {}
        self._failed: dict[Hashable, Callable[[Exception], object]] = {}
        #: sentences of typed values that are not accepted, by the key of their write.
        self.refusals: dict[Hashable, str] = {}

    def open(self, session_id: UUID) -> None:
        """Read a session as `ReadSession` does; what waits of the one before is still written."""
        if session_id != self.session_id:
            self._leave_keeper()
            self.recipe = None
        self._typed.clear()
        super().open(session_id)

    def _leave_keeper(self) -> None:
        """Let the keeper of the session before write what waits, and begin with a new one."""
        self.refusals.clear()
        self._failed.clear()
        self.keeper.retire()
        self.keeper = self._new_keeper()

    def _new_keeper(self) -> Keeper:
        context = self.context
        made = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        made.refused.connect(self._refused)
        made.conflicted.connect(self._conflicted)
        return made

    def flush(self) -> None:
        self.keeper.flush()

    def take_all(self, opened: OpenedSession) -> None:
        self.keeper.open(opened.record.version)
        if opened.record.state is not RecordState.DRAFT:
            self._typed.clear()
        super().take_all(opened)

    # Writing

    def change(self, **fields: object) -> None:
        """Show and keep values of `SessionFields`; those of one call are kept together.

        The latest value of the same names replaces what waits. `refused` tells what is not taken.
        """
        if not self.can_edit():
            return
        names = tuple(sorted(fields))
        self._typed |= fields
        self.refusals.pop(names, None)
        self._take_fields(self.record.fields)
        session_id = self.record.id
        self.keeper.put(
            names,
            partial(self._as_owner, partial(save_fields, session_id=session_id, values=fields)),
            partial(self._fields_kept, fields),
            aside=values("session", session_id, fields),
        )
        self.record_changed.emit()

    def change_pressed(self, **fields: object) -> None:
        """As `change`, without the pause that waits for more to be typed."""
        self.change(**fields)
        self.keeper.hurry()

    def run_write(
        self,
        work: Callable[[Desk, int], SessionRecord],
        *,
        key: Hashable | None = None,
        at_once: bool = True,
        done: Callable[[SessionRecord], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        aside: Aside | None = None,
    ) -> None:
        """Write something else of the session, in its order among all other writes.

        Args:
            work: called as `work(desk, version)` on the database thread; returns the new record.
            key: names a typed value: a newer write of the same key replaces one that waits, and
                the strip says "not kept" while it is refused. None: an action, done once.
            at_once: False waits for a pause in typing (only with a key).
            done: called on the UI thread with the record, after `record_changed`.
            failed: called with the error where it is refused; without it `said` tells.
            aside: tells as plain values what was typed.
        """
        write = partial(self._as_owner, work)
        finished = partial(self._written, done, failed)
        if key is None:
            self.keeper.append(partial(answering, write), finished, aside=aside)
            return
        if failed is not None:
            self._failed[key] = failed
        self.refusals.pop(key, None)
        self.keeper.put(key, write, finished, aside=aside)
        if at_once:
            self.keeper.flush()

    def withdraw(self, key: Hashable) -> None:
        """Give up a typed value of `run_write` that was refused or still waits."""
        self._failed.pop(key, None)
        self.refusals.pop(key, None)
        self.keeper.put(key, nothing)

    def run_once(
        self,
        work: Callable[[Desk, int], SessionRecord],
        done: Callable[[SessionRecord], object],
        failed: Callable[[Exception], object],
    ) -> None:
        """Write after everything that waits; tried once only, whatever stands against it.

        For what the user presses again if it fails: signing, an addendum, discarding.
        """
        self.keeper.once(partial(self._as_owner, work), partial(self._written, done, None), failed)

    def run_chart_write(
        self,
        work: Callable[[Desk], int],
        done: Callable[[int], object],
        failed: Callable[[Exception], object],
        aside: Aside,
    ) -> None:
        """Keep a gesture of the chart at once, in its order among all other writes."""

        def write(_version: int) -> object:
            return self.context.work_as(self, work)

        def finished(result: object) -> None:
            if isinstance(result, Refusal):
                failed(result.error)
            elif isinstance(result, int):
                done(result)
                self._soon.start()

        self.keeper.append(partial(answering_chart, write), finished, aside=aside)

    def chart_kept(self, document: ChartDocument) -> None:
        """Take over a chart of which every gesture is on record."""
        self.chart = StoredChart(
            tuple(document.fields.values()), tuple(document.edits), document.cursor
        )
        self.chart_changed.emit()

    def _as_owner(self, work: Callable[[Desk, int], SessionRecord], version: int) -> SessionRecord:
        return self.context.work_as(self, partial(with_version, work, version))

    def _fields_kept(self, written: Mapping[str, object], result: object) -> None:
        record: Any = result
        for name, value in written.items() if record.id == self.session_id else ():
            if self._typed.get(name) == value and not still_typing(
                value, getattr(record.fields, name)
            ):
                self._typed.pop(name, None)
        self.take(record)
        self.record_changed.emit()
        self._soon.start()

    def _written(
        self,
        done: Callable[[SessionRecord], object] | None,
        failed: Callable[[Exception], object] | None,
        result: object,
    ) -> None:
        if isinstance(result, Refusal):
            if failed is not None:
                failed(result.error)
            else:
                self.said.emit(explain(result.error))
        elif result is not None:
            record: Any = result
            self.take(record)
            self.record_changed.emit()
            self.refresh()
            if done is not None:
                done(record)

    def take(self, record: SessionRecord) -> None:
        super().take(record)
        if record.id == self.session_id:
            self._take_fields(record.fields)

    def _take_fields(self, fields: SessionFields) -> None:
        typed: dict[str, Any] = self._typed
        self.record = replace(self.record, fields=replace(fields, **typed))

    # What stands against a write

    @Slot(object, object)
    def _refused(self, key: object, error: Exception) -> None:
        self.refusals[key] = explain(error)
        failed = self._failed.get(key)
        if failed is not None:
            failed(error)
        elif isinstance(key, tuple):
            self.refused.emit(key, explain(error))

    @Slot(object)
    def _conflicted(self, error: Any) -> None:  # noqa: ANN401  a ConflictError, imported lazily
        keeper = self.sender()
        if isinstance(keeper, Keeper):
            # Every write names only what was typed, so it is done over the newer record.
            keeper.resume(error.record.version)
        if keeper is self.keeper:
            self.reload()
