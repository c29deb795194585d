"""Begins a session of a patient, or goes on with the one that is open, which is read ahead."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mesodesk.domain.rights import Right
from mesodesk.ui.pages.session_parts.loading import Ahead

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.session import SessionRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile

_AHEAD_MS = 400
"""So long a patient is looked at before the open session is read: they may be passed over."""


class Starting(QObject):
    """With one active plan the session is one of it, unless one without a plan is open."""

    begun = Signal(object, object)
    """The ids of the patient and of the session."""

    refused = Signal(object)
    """The error."""

    def __init__(self, context: Context, page: QWidget) -> None:
        super().__init__(page)
        self._context = context
        self._page = page
        self._awaited: Ahead | None = None
        self._asked_of: UUID | None = None
        self._ahead = QTimer(self)
        self._ahead.setSingleShot(True)
        self._ahead.setInterval(_AHEAD_MS)
        self._ahead.timeout.connect(self._tell)
        context.locked.connect(self.leave)

    def foresee(self, file: PatientFile | None) -> None:
        """Have the open session of a patient read while the record is looked at.

        Args:
            file: of the patient whose overview is in sight; None if none is.
        """
        opened = None if file is None or file.archived else file.open_session
        self._forget()
        # An amendment is not gone on with from here.
        if opened is None or opened.amends_id is not None:
            return
        if self._context.may(Right.SESSION_EDIT):
            self._awaited = Ahead(opened.id, self._context.today())
            self._ahead.start()

    @Slot()
    def _tell(self) -> None:
        if self._page.isVisible():
            self._context.session_awaited.emit(self._awaited)

    def wait_for(self, patient_id: UUID | None) -> None:
        """Say that the session of a patient was asked for whose record is still being read."""
        self._asked_of = patient_id

    def was_awaited(self, file: PatientFile) -> bool:
        """Tell, once, whether the session of that patient was asked for."""
        asked_of, self._asked_of = self._asked_of, None
        return asked_of == file.patient.id

    def begin(self, file: PatientFile, plan_id: UUID | None = None) -> None:
        """Begin; `begun` or `refused` follows.

        Args:
            file: of the patient.
            plan_id: whose next session it is to be; None leaves that to the plans there are.
        """
        session_id = self._as_it_is()
        if plan_id is None and file.open_session is not None and file.open_session.id == session_id:
            # Nothing is to be written, and that it is looked at is kept before it is shown.
            self.begun.emit(file.patient.id, session_id)
            return
        wanted = plan_id or file.plan_to_follow
        work = partial(_start, patient_id=file.patient.id, plan_id=wanted)
        self._context.write(self, work, self._begun, self.refused.emit)

    def _as_it_is(self) -> UUID | None:
        """Return the session that was read ahead if going on with it writes nothing."""
        context, ahead = self._context, self._awaited
        self._forget()
        # What is on its way may bring a weight that the session lacks.
        if ahead is None or not ahead.as_it_is or context.jobs.is_busy():
            return None
        current = (ahead.changes, ahead.day) == (context.changes(), context.today())
        return ahead.session_id if current else None

    def _begun(self, session: SessionRecord) -> None:
        self.begun.emit(session.patient_id, session.id)

    @Slot()
    def leave(self) -> None:
        """Await nothing: the patient is not looked at any more."""
        self._asked_of = None
        self._forget()

    def _forget(self) -> None:
        self._ahead.stop()
        self._awaited = None


def _start(desk: Desk, patient_id: UUID, plan_id: UUID | None) -> SessionRecord:
    if plan_id is not None:
        return desk.plans.begin_session(plan_id)
    return desk.sessions.start(patient_id)
