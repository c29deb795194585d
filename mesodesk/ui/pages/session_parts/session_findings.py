"""The findings of a session, each with what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot

from mesodesk.domain.findings import Severity
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.rights import Right, may
from mesodesk.domain.screening import open_findings
from mesodesk.domain.unasked import unasked, waited_for
from mesodesk.ui.findings_panel import FindingsPanel
from mesodesk.ui.pages.session_parts.acknowledge_form import AcknowledgeForm
from mesodesk.ui.pages.session_parts.questions_card import QuestionsCard
from mesodesk.ui.widgets.buttons import Button, ButtonKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.intake import IntakeRecord
    from mesodesk.domain.screening import Acknowledgement, Finding

LOCAL: Final = {
    "emergency_kit": "emergency_kit",
    "weight": "weight_today",
    "anything_changed": "changes",
    "reaction_to_last": "reaction_to_last_detail",
}
"""Facts that are answered on this station, and where."""


class SessionFindings(FindingsPanel):
    """Findings with reasons to go on, questions to answer, and reasons to take back."""

    #: (finding, reason)
    reason_given = Signal(object, str)
    #: (finding, text)
    reason_typed = Signal(object, str)
    #: rule id
    taken_back = Signal(str)
    #: A question of this station.
    place_asked = Signal(str)

    def __init__(self, language: str, role: str, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(language, zone=zone, parent=parent)
        self._role = role
        self._intake: IntakeRecord | None = None
        self._reasons: dict[str, str] = {}
        self._editable = True
        self._left: tuple[str, ...] = ()
        self.asking = QuestionsCard(language, self)
        self.asking.hide()

    def show_session(
        self,
        findings: Sequence[Finding],
        acknowledgements: Iterable[Acknowledgement],
        intake: IntakeRecord | None,
        *,
        editable: bool,
        left: tuple[str, ...] = (),
    ) -> None:
        """Show the findings of a session.

        Args:
            findings: what screening says.
            acknowledgements: reasons given so far.
            intake: tells what was answered last time.
            editable: whether anything can still be done about them.
            left: what the intake lacks, for screening or not.
        """
        if (editable, left) != (self._editable, self._left):
            self.forget()
        self._intake, self._editable, self._left = intake, editable, left
        self.set_findings(findings, acknowledgements)

    def start_afresh(self) -> None:
        super().start_afresh()
        self._reasons.clear()

    def set_reasons(self, reasons: dict[str, str]) -> None:
        """Show reasons that were typed before and never given, by rule id."""
        self._reasons = dict(reasons)
        for rule_id, text in reasons.items():
            form = self.form(rule_id)
            if form is not None:
                form.set_reason(text)

    def form(self, rule_id: str) -> AcknowledgeForm | None:
        """Return the form of a finding that stands open."""
        card = self.card(rule_id)
        return None if card is None else card.findChild(AcknowledgeForm)

    def next_reason(self, rule_id: str) -> QWidget | None:
        """Return where the reason after that of a rule is typed, None if there is no other."""
        cards = self.cards()
        at = next((at for at, card in enumerate(cards) if card.finding.rule_id == rule_id), -1)
        for card in (*cards[at + 1 :], *cards[: max(at, 0)]):
            form = card.findChild(AcknowledgeForm)
            if form is not None and form.reason is not None:
                return form.reason.input
        return None

    def controls_for(self, finding: Finding) -> QWidget | None:
        if not self._editable:
            return None
        waits_for = [each for each in waited_for([finding]) if each in LOCAL]
        place = LOCAL[waits_for[0]] if waits_for else ""
        form = AcknowledgeForm(finding, self._role, local_place=place)
        form.set_reason(self._reasons.get(finding.rule_id, ""))
        form.given.connect(self._given)
        form.typed.connect(self._typed)
        form.place_asked.connect(self.place_asked)
        return form

    @Slot(object, str)
    def _given(self, finding: Finding, reason: str) -> None:
        self._reasons.pop(finding.rule_id, None)
        self.reason_given.emit(finding, reason)

    @Slot(object, str)
    def _typed(self, finding: Finding, text: str) -> None:
        # Kept for a card that is made anew because another lot was drawn up meanwhile.
        self._reasons[finding.rule_id] = text
        self.reason_typed.emit(finding, text)

    def questions_for(self, unanswered: Sequence[Finding]) -> QWidget | None:
        if not self._editable:
            return super().questions_for(unanswered)
        open_here = unasked(unanswered, self._left)
        self.asking.show_open(open_here.stopping, open_here.others, self._intake)
        self.asking.setVisible(self.asking.is_needed())
        return self.asking

    def release_questions(self, widget: QWidget) -> None:
        if widget is not self.asking:
            super().release_questions(widget)

    def quiet_control_for(self, finding: Finding) -> QWidget | None:
        if not self._editable or not may(Role(self._role), Right.ACKNOWLEDGE):
            return None
        made = Button(
            self.tr("Take back"), f"take_back_{finding.rule_id}", ButtonKind.QUIET, compact=True
        )
        made.setProperty("rule", finding.rule_id)
        made.clicked.connect(self._take_back)
        return made

    @Slot()
    def _take_back(self) -> None:
        sender = self.sender()
        if isinstance(sender, Button):
            self.taken_back.emit(str(sender.property("rule")))


def counts(
    findings: Iterable[Finding], acknowledgements: Iterable[Acknowledgement]
) -> tuple[int, int, int]:
    """Return how many stops, questions not asked, and cautions stand in the way of signing."""
    standing = open_findings(findings, acknowledgements)
    questions = unasked(standing).stopping
    told = [each for each in standing if each.kind != "unanswered"]
    stops = sum(each.severity is Severity.STOP for each in told)
    return stops, len(questions), len(told) - stops
