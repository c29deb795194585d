"""Begins a session of a patient, or goes on with the one that is open."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.session import SessionRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile


class Starting(QObject):
    """With one active plan the session is one of it, unless one without a plan is open."""

    begun = Signal(object)
    """The session."""

    refused = Signal(object)
    """The error."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context

    def begin(self, file: PatientFile, plan_id: UUID | None = None) -> None:
        """Begin; `begun` or `refused` follows.

        Args:
            file: of the patient.
            plan_id: whose next session it is to be; None leaves that to the plans there are.
        """
        wanted = plan_id or file.plan_to_follow
        work = partial(_start, patient_id=file.patient.id, plan_id=wanted)
        self._context.write(self, work, self.begun.emit, self.refused.emit)


def _start(desk: Desk, patient_id: UUID, plan_id: UUID | None) -> SessionRecord:
    if plan_id is not None:
        return desk.plans.begin_session(plan_id)
    return desk.sessions.start(patient_id)
