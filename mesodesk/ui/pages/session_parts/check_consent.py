"""Whether a consent covers the session: said at the check, with the way to take one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from mesodesk.domain.rights import Right
from mesodesk.domain.session_rules import MissingCode
from mesodesk.ui.jobs import explain
from mesodesk.ui.pages.session_parts.missing_words import sentence
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.cards import Notice

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.consent import ConsentRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.state import SessionState


class CheckConsent(Notice):
    """One line while a consent covers what is planned; else why not, and one button."""

    def __init__(
        self, state: SessionState, context: Context, parent: QWidget | None = None
    ) -> None:
        super().__init__(object_name="consent_check", parent=parent)
        self._state = state
        self._context = context
        self.acted.connect(self._begin)

    @Slot()
    def show_state(self) -> None:
        """Say how it stands; of a signed session, or without the clinic's rule, nothing."""
        state, context = self._state, self._context
        if not state.is_open() or not state.can_edit():
            self.hide()
            return
        lacking = [each for each in state.missing if each.code == MissingCode.CONSENT]
        if lacking:
            words = " ".join(sentence(each, context.language) for each in lacking)
            may = context.may(Right.CONSENT_EDIT)
            self.show_notice(
                Kind.STOP,
                self.tr("No valid consent: the session cannot be signed"),
                words,
                self.tr("Take the consent") if may else "",
            )
        elif context.clinic.fields.consent_required:
            self.show_notice(Kind.OK, self.tr("A consent covers what is planned."))
        else:
            self.hide()

    @Slot()
    def _begin(self) -> None:
        self.action.setEnabled(False)
        work = partial(_start, self._state.record.patient_id)
        self._context.write(self, work, self._begun, self._not_begun)

    def _begun(self, record: ConsentRecord) -> None:
        self.action.setEnabled(True)
        self._context.navigate("patient", patient_id=record.patient_id, tab="consent")

    def _not_begun(self, error: Exception) -> None:
        self.action.setEnabled(True)
        self.show_notice(Kind.STOP, self.tr("The consent was not begun"), explain(error))


def _start(patient_id: UUID, desk: Desk) -> ConsentRecord:
    return desk.consents.start(patient_id)
