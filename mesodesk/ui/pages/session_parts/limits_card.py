"""Findings that are settled where they arise: limits of the chart, lots and mixtures drawn up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QSizePolicy

from mesodesk.domain.session_rules import settled_at
from mesodesk.ui.findings_panel import bring_into_sight
from mesodesk.ui.pages.session_parts.reasons import Reasons
from mesodesk.ui.pages.session_parts.session_findings import SessionFindings
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.cards import Card, Notice

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.screening import Finding
    from mesodesk.ui.context import Context
    from mesodesk.ui.finding_card import FindingCard
    from mesodesk.ui.pages.session_parts.state import SessionState


class ReasonsCard(Card):
    """There only while something is found, or where a reason was given for it.

    Args:
        state: of the session.
        context: of the desk.
        after: gets the focus after the last reason was given.
        names: objectNames of the card and of its notice.
        title: of the card.
        station: whose findings it shows.
    """

    #: other fields are in it: the order of Tab has to be told anew.
    rebuilt = Signal()

    def __init__(
        self,
        state: SessionState,
        context: Context,
        after: QWidget,
        names: tuple[str, str],
        title: str,
        station: str,
    ) -> None:
        super().__init__(object_name=names[0])
        self.set_title(title)
        self._state = state
        self._station = station
        self._shown: tuple[Finding, ...] = ()
        self._cards: tuple[FindingCard, ...] = ()
        self.findings = SessionFindings(
            context.language, context.user.role.value, context.clinic.fields.zone
        )
        self.notice = Notice(object_name=names[1], closable=True)
        self.add(self.notice)
        self.add(self.findings)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._reasons = Reasons(state, self.findings, after, self)
        self._reasons.said.connect(self._say)
        self.hide()

    def show_state(self) -> None:
        """Show what is found now."""
        state = self._state
        found = tuple(each for each in state.findings if settled_at(each) == self._station)
        if found and not self._shown:
            self._reasons.show_typed()
        self._shown = found
        self.findings.show_session(
            found, state.record.acknowledgements, state.intake, editable=state.can_edit()
        )
        # The card says what is found; that nothing is, it says by not being there.
        self.findings.nothing.hide()
        self.setVisible(bool(found))
        cards = self.findings.cards()
        if cards != self._cards:
            self._cards = cards
            self.rebuilt.emit()

    def forget(self) -> None:
        """Show everything anew the next time: it is another session."""
        self._shown = ()
        self.findings.start_afresh()
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


class LimitsCard(ReasonsCard):
    """There only while the chart stands over a limit, or a region on it brings a rule in."""

    def __init__(self, state: SessionState, context: Context, after: QWidget) -> None:
        title = QCoreApplication.translate("LimitsCard", "About what was charted")
        names = ("finish_limits", "limits_notice")
        super().__init__(state, context, after, names, title, "finish")


class DrawnCard(ReasonsCard):
    """There only while what was drawn up brings a rule in: of patient, mixture or lot."""

    def __init__(self, state: SessionState, context: Context, after: QWidget) -> None:
        title = QCoreApplication.translate("DrawnCard", "About what was drawn up")
        names = ("prepare_findings", "prepare_findings_notice")
        super().__init__(state, context, after, names, title, "prepare")
        self._session: UUID | None = None
        state.findings_changed.connect(self.follow)
        state.record_changed.connect(self.follow)

    @Slot()
    def follow(self) -> None:
        """Show the findings of the session that is open."""
        state = self._state
        if state.is_open() and state.record.id != self._session:
            self._session = state.record.id
            self.forget()
        if state.is_open():
            self.show_state()
