"""Whether a patient's sessions are what was signed: looked at once the page stands, bit by bit."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal, Slot

from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.cards import Notice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from mesodesk.domain.records.session import SessionSummary
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile

_AT_ONCE: Final = 4
"""A seal is read with its whole session: the database must not be kept from others for long."""
_CALM_MS: Final = 300
"""The page comes first."""


class BrokenSeals(Notice):
    """Says in red which sessions are not what was signed; hidden while none is known to be so."""

    #: frozenset of ids: the sessions whose seal is broken, as far as they were looked at.
    found = Signal(object)

    def __init__(self, context: Context, object_name: str) -> None:
        super().__init__(object_name=object_name)
        self._context = context
        self._patient_id: UUID | None = None
        self._sessions: tuple[SessionSummary, ...] = ()
        self._waiting: list[UUID] = []
        self.broken: frozenset[UUID] = frozenset()
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM_MS)
        self._calm.timeout.connect(self._look)

    def watch(self, file: PatientFile) -> None:
        """Look at the seals of a patient's sessions, the latest first, unless that was done."""
        if (file.patient.id, file.sessions) == (self._patient_id, self._sessions):
            return
        if file.patient.id != self._patient_id:
            self.broken = frozenset()
            self.show_notice(Kind.STOP, "")
        self._patient_id, self._sessions = file.patient.id, file.sessions
        self._waiting = [each.id for each in file.sessions if each.signed_at is not None]
        self._calm.start()

    @Slot()
    def _look(self) -> None:
        some, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
        if some and self._patient_id is not None:
            work = partial(_broken, patient_id=self._patient_id, ids=some)
            self._context.run(self, work, partial(self._seen, self._patient_id, some), _ignore)

    def _seen(self, patient_id: UUID, ids: Sequence[UUID], broken: frozenset[UUID]) -> None:
        if patient_id != self._patient_id:
            return
        now = (self.broken - frozenset(ids)) | broken
        if now != self.broken:
            self.broken = now
            self._say()
            self.found.emit(now)
        self._look()

    def _say(self) -> None:
        numbers = sorted(each.number for each in self._sessions if each.id in self.broken)
        if not numbers:
            self.show_notice(Kind.STOP, "")
            return
        named = ", ".join(map(str, dict.fromkeys(numbers)))
        one = self.tr("The seal of session {numbers} is broken")
        many = self.tr("The seals of sessions {numbers} are broken")
        self.show_notice(
            Kind.STOP,
            (one if len(numbers) == 1 else many).format(numbers=named),
            self.tr(
                "Something was changed outside the program after signing. Do not rely on it. Keep"
                " the vault as it is, and compare with your newest backup."
            ),
        )


def _ignore(_error: Exception) -> None:
    """Leave it to the page to say what cannot be read."""


def _broken(desk: Desk, *, patient_id: UUID, ids: Sequence[UUID]) -> frozenset[UUID]:
    return desk.amending.broken(patient_id, ids)
