"""Gives the reasons typed beside findings, and takes them back: the same at every station."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from mesodesk.domain.findings import Severity
from mesodesk.ui.jobs import explain

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.session import SessionRecord
    from mesodesk.domain.screening import Finding
    from mesodesk.services.desk import Desk
    from mesodesk.ui.pages.session_parts.session_findings import SessionFindings
    from mesodesk.ui.pages.session_parts.state import SessionState


class Reasons(QObject):
    """Stands between the findings of a station and the session's record.

    Args:
        state: of the session.
        findings: where reasons are typed, given and taken back.
        after: gets the focus after the last reason was given.
        parent: the station or card.
    """

    #: a sentence: a reason was not taken.
    said = Signal(str)

    def __init__(
        self, state: SessionState, findings: SessionFindings, after: QWidget, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._findings = findings
        self._after = after
        findings.reason_given.connect(self._give)
        findings.reason_typed.connect(self._typed)
        findings.taken_back.connect(self._take_back)
        state.reasons.loaded.connect(findings.set_reasons)

    def show_typed(self) -> None:
        """Show what was typed before and never given."""
        # In this order: the texts of another session speak of the same rules.
        self._state.reasons.open(self._state.record.id)
        self._findings.set_reasons(self._state.reasons.texts())

    def flush(self) -> None:
        """Begin to write what waits."""
        self._state.reasons.flush()

    @Slot(object, str)
    def _give(self, finding: Finding, reason: str) -> None:
        # Now and not once it is kept: by then somebody may be typing elsewhere.
        target = self._findings.next_reason(finding.rule_id) or self._after
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        session_id = self._state.record.id
        self._state.run_write(
            partial(_acknowledge, session_id=session_id, finding=finding, reason=reason),
            done=partial(self._kept, finding.rule_id),
            failed=partial(self._refused, finding.rule_id),
        )

    def _kept(self, rule_id: str, _record: SessionRecord) -> None:
        self._state.reasons.drop(rule_id)

    def _refused(self, rule_id: str, error: Exception) -> None:
        form = self._findings.form(rule_id)
        invalid = bool(getattr(error, "problems", None))
        if form is not None and invalid:
            form.set_error(explain(error))
        else:
            # Its card may go with the next look at the findings; the sentence must not.
            self.said.emit(explain(error))
        self._state.refresh()

    @Slot(str)
    def _take_back(self, rule_id: str) -> None:
        work = partial(_withdraw, session_id=self._state.record.id, rule_id=rule_id)
        self._state.run_write(work)

    @Slot(object, str)
    def _typed(self, finding: Finding, text: str) -> None:
        self._state.reasons.put(finding.rule_id, text)


def _acknowledge(
    desk: Desk, version: int, *, session_id: UUID, finding: Finding, reason: str
) -> SessionRecord:
    override = finding.severity is Severity.STOP
    return desk.sessions.acknowledge(
        session_id, version, finding.rule_id, finding.rule_version, reason, override
    )


def _withdraw(desk: Desk, version: int, *, session_id: UUID, rule_id: str) -> SessionRecord:
    return desk.sessions.withdraw_acknowledgement(session_id, version, rule_id)
