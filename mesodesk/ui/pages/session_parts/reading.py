"""A session as it is read: the record with everything around it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mesodesk.domain.records.session import SessionState as RecordState
from mesodesk.domain.rights import Right
from mesodesk.ui.bodymap.syringes import ChartSyringe, chart_syringes
from mesodesk.ui.jobs import Latest, explain
from mesodesk.ui.pages.session_parts.ahead import ReadAhead
from mesodesk.ui.pages.session_parts.loading import CONCERNED, derive, load, load_known

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from mesodesk.domain.changes import Topic
    from mesodesk.domain.dosing import Mixture
    from mesodesk.domain.records.chart import EarlierChart, StoredChart
    from mesodesk.domain.records.intake import IntakeRecord
    from mesodesk.domain.records.patient import PatientRecord
    from mesodesk.domain.records.protocol import SessionPlan
    from mesodesk.domain.records.session import Missing, SessionRecord
    from mesodesk.domain.records.versions import OpenedSession, SessionHistory
    from mesodesk.domain.screening import Finding
    from mesodesk.ui.bodymap.ready import ReadyChart
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.loading import Ahead, Derived, Loaded

_REFRESH_MS = 150
"""Screening and the list of what is missing follow the last of a series of changes."""


class ReadSession(QObject):
    """One session as the window has read it. Lives on the UI thread.

    `record`, `patient` are set once `opened` was emitted.
    """

    #: a session was read, or read again after somebody else changed it: show everything anew.
    opened = Signal()
    #: `record` is another one: something was typed here, or a write came back.
    record_changed = Signal()
    findings_changed = Signal()
    missing_changed = Signal()
    #: the id of a patient: only others may see the record.
    closed = Signal(object)
    #: a sentence: the session cannot be shown.
    broken = Signal(str)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.session_id: UUID | None = None
        self.record: SessionRecord = None  # type: ignore[assignment]  # set before `opened`
        self.patient: PatientRecord = None  # type: ignore[assignment]
        self.intake: IntakeRecord | None = None
        #: the patient's last signed session before this one.
        self.previous: SessionRecord | None = None
        #: all versions of the session, and what was said of them.
        self.history: SessionHistory | None = None
        #: the plan that it belongs to, as it stands on the day of the session.
        self.plan: SessionPlan | None = None
        self.chart: StoredChart | None = None
        #: the chart before it, or none; None if that is yet to be read.
        self.earlier: tuple[EarlierChart, ...] | None = None
        self._ready: ReadyChart | None = None
        #: whether the chart was worked on after everything else when the session was read.
        self.charted_last = False
        self.findings: tuple[Finding, ...] = ()
        #: what is known of the patient now, where `findings` are those sealed with the session.
        self.known: tuple[Finding, ...] = ()
        self.missing: tuple[Missing, ...] = ()
        self.syringes: tuple[ChartSyringe, ...] = ()
        self.stale = False
        self._ahead = ReadAhead(context, self)
        self._latest = Latest(context.jobs, self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_REFRESH_MS)
        self._soon.timeout.connect(self.refresh)
        context.changed.connect(self._changed)
        context.session_awaited.connect(self._awaited)

    @property
    def mixtures(self) -> Mapping[UUID, Mixture]:
        """Return what each syringe holds, by its id."""
        return {syringe.id: syringe.mixture for syringe in self.syringes}

    def is_open(self) -> bool:
        """Tell whether the session has been read: not while the one before is still held."""
        return self.record is not None and self.record.id == self.session_id

    def is_draft(self) -> bool:
        """Tell whether this is a draft."""
        return self.is_open() and self.record.state is RecordState.DRAFT

    def can_edit(self) -> bool:
        """Tell whether this is a draft that who is in may fill in."""
        return self.may(Right.SESSION_EDIT)

    def may(self, right: Right) -> bool:
        """Tell whether this is a draft, and who is in has a right."""
        return self.is_draft() and self.context.may(right)

    # Reading

    def open(self, session_id: UUID) -> None:
        """Read a session, if it was not read ahead; `opened` follows once the look is kept."""
        ahead = self._ahead.take(session_id)
        self.session_id = session_id
        self._ready = None if ahead is None else ahead.ready
        if ahead is None:
            self.reload()
            return
        self.stale = False
        work = partial(load_known, ahead=ahead, changes=self.context.changes)
        self.context.run(self, work, self._loaded, self._not_loaded)

    def take_ready(self) -> ReadyChart | None:
        """Give out, once, what was made ahead of a chart; the chart may be another one by now."""
        ready, self._ready = self._ready, None
        return ready

    @Slot()
    def reload(self) -> None:
        """Read the session again, after what is typed here has been written; `opened` follows."""
        if self.session_id is not None:
            self.flush()
            self.stale = False
            work = partial(load, session_id=self.session_id)
            self.context.run(self, work, self._loaded, self._not_loaded)

    @Slot(object)
    def _awaited(self, ahead: Ahead) -> None:
        if ahead.session_id != self.session_id:
            self._ahead.begin(ahead)

    @Slot()
    def refresh(self) -> None:
        """Ask again what screening says and what is missing."""
        if self.session_id is not None:
            work = partial(derive, self.context.desk, self.session_id)
            self._latest.run(work, partial(self._derived, self.session_id))

    def flush(self) -> None:
        """Begin to write everything that waits."""

    def take(self, record: SessionRecord) -> None:
        """Hold a record as it was read or written; one of the session before is passed over."""
        if record.id == self.session_id:
            self.record = record
            self.syringes = chart_syringes(record.syringes)

    # Answers from the database

    def _loaded(self, loaded: Loaded) -> None:
        if loaded.opened.record.id != self.session_id:
            return
        self.take_all(loaded.opened)
        self.known, self.earlier = loaded.known, loaded.earlier
        self.opened.emit()

    def take_all(self, opened: OpenedSession) -> None:
        """Hold what was read together."""
        self.patient, self.intake, self.previous = opened.patient, opened.intake, opened.previous
        self.chart, self.charted_last = opened.chart, opened.charted_last
        self.history, self.plan = opened.history, opened.plan
        self.findings, self.missing = opened.findings, opened.missing
        self.take(opened.record)

    def _not_loaded(self, error: Exception) -> None:
        # Imported late: pages exist only after the services are loaded.
        from mesodesk.services.errors import RestrictedError

        if isinstance(error, RestrictedError):
            self.closed.emit(error.patient_id)
        self.broken.emit(explain(error))

    def _derived(self, session_id: UUID, derived: Derived) -> None:
        if session_id != self.session_id:
            return
        if derived.findings != self.findings:
            self.findings = derived.findings
            self.known = derived.findings if self.is_draft() else self.known
            self.findings_changed.emit()
        if derived.missing != self.missing:
            self.missing = derived.missing
            self.missing_changed.emit()

    @Slot(object, object)
    def _changed(self, topic: Topic, origin: object) -> None:
        if origin is not self and topic & CONCERNED and self.session_id is not None:
            self.stale = True
