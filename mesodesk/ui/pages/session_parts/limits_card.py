"""Limits that the chart has passed, each with the reason to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QSizePolicy

from mesodesk.domain.session_rules import LIMIT_RULE, settled_at
from mesodesk.ui.findings_panel import bring_into_sight
from mesodesk.ui.pages.session_parts.reasons import Reasons
from mesodesk.ui.pages.session_parts.session_findings import SessionFindings
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.cards import Card, Notice

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.screening import Finding
    from mesodesk.ui.context import Context
    from mesodesk.ui.finding_card import FindingCard
    from mesodesk.ui.pages.session_parts.state import SessionState


class LimitsCard(Card):
    """There only while the chart stands over a limit, or where a reason was given for it.

    `after` gets the focus after the last reason was given.
    """

    #: other fields are in it: the order of Tab has to be told anew.
    rebuilt = Signal()

    def __init__(self, state: SessionState, context: Context, after: QWidget) -> None:
        super().__init__(object_name="finish_limits")
        self.set_title(self.tr("Limits"))
        self._state = state
        self._shown: tuple[Finding, ...] = ()
        self._cards: tuple[FindingCard, ...] = ()
        self.findings = SessionFindings(
            context.language, context.user.role.value, context.clinic.fields.zone
        )
        self.notice = Notice(object_name="limits_notice", closable=True)
        self.add(self.notice)
        self.add(self.findings)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._reasons = Reasons(state, self.findings, after, self)
        self._reasons.said.connect(self._say)
        self.hide()

    def show_state(self) -> None:
        """Show what stands over a limit now."""
        state = self._state
        found = tuple(
            each
            for each in state.findings
            if each.rule_id.startswith(LIMIT_RULE) and settled_at(each) == "finish"
        )
        if found and not self._shown:
            self._reasons.show_typed()
        self._shown = found
        self.findings.show_session(
            found, state.record.acknowledgements, state.intake, editable=state.can_edit()
        )
        # The card says what is over; that nothing is, it says by not being there.
        self.findings.nothing.hide()
        self.setVisible(bool(found))
        cards = self.findings.cards()
        if cards != self._cards:
            self._cards = cards
            self.rebuilt.emit()

    def forget(self) -> None:
        """Show everything anew the next time: it is another session."""
        self._shown = ()
        self.findings.forget()
        self.notice.hide()

    def flush(self) -> None:
        """Begin to write what waits."""
        self._reasons.flush()

    def reveal(self, rule_id: str) -> bool:
        """Lead to where the reason is typed; tell whether there is such a place."""
        card, form = self.findings.card(rule_id), self.findings.form(rule_id)
        if card is None or form is None:
            return False
        bring_into_sight(card)
        target = form.reason.input if form.reason is not None else card.source_button
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def stops(self) -> tuple[QWidget, ...]:
        """Return what Tab stops at, in reading order."""
        found: list[QWidget] = []
        for card in self.findings.cards():
            form = self.findings.form(card.finding.rule_id)
            found.append(card.source_button)
            if form is not None and form.reason is not None:
                found += [form.reason, form.button]
        return tuple(found)

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self.notice.show_notice(Kind.CAUTION, sentence)
