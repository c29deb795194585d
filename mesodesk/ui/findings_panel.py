"""What screening says, gravest first: to be read anywhere, to be dealt with in a session.

    panel = FindingsPanel(language, zone=zone)
    panel.set_findings(findings, acknowledgements)

As it stands it only shows; the session's own panel adds reasons and answers by overriding
`controls_for`, `questions_for`, `release_questions` and `quiet_control_for`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from mesodesk.domain.findings import Severity
from mesodesk.domain.screening import UNRECOGNISED, FindingKind, load_rules, unasked_words
from mesodesk.domain.unasked import unasked
from mesodesk.ui import theme
from mesodesk.ui.finding_card import FindingCard, QuietFinding, bar_box, capital, item_name
from mesodesk.ui.numbers import format_moment
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.disclosure import Disclosure
from mesodesk.ui.widgets.layouts import clear, nest, widgets_in
from mesodesk.ui.widgets.text import Body, Muted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mesodesk.domain.screening import Acknowledgement, Finding

_Key = tuple[str, object]


class FindingsPanel(QWidget):
    """STOP, then what was not asked, CAUTION, what was dealt with, and INFO folded away.

    Cards of findings that have not changed stay the very widgets they were, so that nothing typed
    into them and no focus is lost when screening speaks anew.
    """

    def __init__(
        self, language: str = "en", *, zone: str = "UTC", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("findings_panel")
        self.language = language
        self.zone = zone
        self._cards: dict[_Key, FindingCard] = {}
        self._shown: tuple[object, ...] | None = None
        self.nothing = self._line("check-circle", "ok", "findings_nothing")
        self._open = QVBoxLayout()
        self.questions = QVBoxLayout()
        self.dealt_with = Disclosure("", "findings_dealt_with", opened=True)
        self.information = Disclosure("", "findings_info")
        self.information.handle.toggled.connect(self._fill_information)
        self._informing: list[Finding] = []
        self._lay_out()

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.S)
        self._stops, self._cautions = QVBoxLayout(), QVBoxLayout()
        for part in (self._stops, self.questions, self._cautions):
            part.setSpacing(Space.S)
            nest(whole, part)
        whole.addWidget(self.nothing)
        whole.addWidget(self.dealt_with)
        whole.addWidget(self.information)
        self.nothing.title.setText(self.tr("Nothing stands against what was answered so far."))
        self.nothing.subtitle.hide()
        for part_widget in (self.nothing, self.dealt_with, self.information):
            part_widget.hide()

    @staticmethod
    def _line(icon_name: str, colour: str, object_name: str) -> QuietFinding:
        return QuietFinding("", "", object_name, IconLabel(icon_name, colour, 20))

    def set_findings(
        self, findings: Iterable[Finding], acknowledgements: Iterable[Acknowledgement] = ()
    ) -> None:
        """Show what screening says now; a finding that a reason covers folds into a quiet list."""
        found, given = tuple(findings), tuple(acknowledgements)
        if self._shown == (found, given):
            return
        self._shown = (found, given)
        covered = {
            finding: next((each for each in given if each.covers(finding)), None)
            for finding in found
            if finding.severity is not Severity.INFO
        }
        standing = [finding for finding, reason in covered.items() if reason is None]
        self._show_cards(standing)
        self._show_questions([each for each in found if each.kind is FindingKind.UNANSWERED])
        self._show_dealt_with([(each, why) for each, why in covered.items() if why is not None])
        self._show_information(found)
        lost = unrecognised_words(found, self.language)
        self.nothing.subtitle.setText(lost)
        self.nothing.subtitle.setVisible(bool(lost))
        self.nothing.setVisible(not standing)

    def forget(self) -> None:
        """Show everything anew at the next `set_findings`, whether it has changed or not."""
        self._shown = None

    def start_afresh(self) -> None:
        """Let go of every card: those that come are of another record, though they may be equal."""
        self.forget()
        self._show_cards(())

    def card(self, rule_id: str) -> FindingCard | None:
        """Return the card of a finding that stands open, if it has one."""
        return next((card for key, card in self._cards.items() if key[0] == rule_id), None)

    def cards(self) -> tuple[FindingCard, ...]:
        """Return the cards of what stands open, from the top."""
        return tuple(self._cards.values())

    # What a session adds

    def controls_for(self, _finding: Finding) -> QWidget | None:
        """Return what can be done about a finding, to stand in its card."""
        return None

    def questions_for(self, unanswered: Sequence[Finding]) -> QWidget | None:
        """Return what to show of findings that hang on questions not asked; None for nothing."""
        stops = [each for each in unanswered if each.severity is Severity.STOP]
        return NotAskedCard(stops, self.language) if stops else None

    def release_questions(self, widget: QWidget) -> None:
        """Let go of what `questions_for` returned before."""
        widget.deleteLater()

    def quiet_control_for(self, _finding: Finding) -> QWidget | None:
        """Return what can be done about a finding that was dealt with."""
        return None

    # Showing

    def _show_cards(self, standing: Sequence[Finding]) -> None:
        wanted = [each for each in standing if each.kind is not FindingKind.UNANSWERED]
        before, self._cards = self._cards, {}
        for finding in wanted:
            key = (finding.rule_id, finding)
            self._cards[key] = before.pop(key) if key in before else self._made(finding)
        for gone in before.values():
            gone.hide()
            gone.deleteLater()
        for severity, column in ((Severity.STOP, self._stops), (Severity.CAUTION, self._cautions)):
            _arrange(
                column, [card for card in self._cards.values() if card.finding.severity is severity]
            )

    def _made(self, finding: Finding) -> FindingCard:
        card = FindingCard(finding, self.language)
        controls = self.controls_for(finding)
        if controls is not None:
            card.add_control(controls)
        return card

    def _show_questions(self, unanswered: Sequence[Finding]) -> None:
        wanted = self.questions_for(unanswered)
        held = next(iter(widgets_in(self.questions)), None)
        if held is wanted:
            return
        if held is not None:
            self.questions.removeWidget(held)
            held.hide()
            self.release_questions(held)
        if wanted is not None:
            self.questions.addWidget(wanted)

    def _show_dealt_with(self, dealt_with: Sequence[tuple[Finding, Acknowledgement]]) -> None:
        clear(self.dealt_with.body)
        for finding, reason in dealt_with:
            line = self._line("check-circle", "ok", f"dealt_with_{finding.rule_id}")
            line.title.setText(finding.message)
            line.subtitle.setText(self._who(reason))
            control = self.quiet_control_for(finding)
            if control is not None:
                line.add_control(control)
            self.dealt_with.add(line)
        text = self.tr("Dealt with: {count}").format(count=len(dealt_with))
        self.dealt_with.set_text(text)
        self.dealt_with.setVisible(bool(dealt_with))

    def _who(self, reason: Acknowledgement) -> str:
        words = (
            self.tr("Overridden by {name}, {moment}: {reason}")
            if reason.overridden
            else self.tr("Acknowledged by {name}, {moment}: {reason}")
        )
        moment = format_moment(reason.at, self.zone)
        return words.format(name=reason.by, moment=moment, reason=reason.reason)

    def _show_information(self, found: Sequence[Finding]) -> None:
        self._informing = [
            each
            for each in found
            if each.severity is Severity.INFO and each.kind is not FindingKind.UNANSWERED
        ]
        clear(self.information.body)
        self._fill_information()
        text = self.tr("For information: {count}").format(count=len(self._informing))
        self.information.set_text(text)
        self.information.setVisible(bool(self._informing))

    @Slot()
    def _fill_information(self) -> None:
        """Make the cards once somebody looks at them."""
        if self.information.is_open() and not self.information.body.count():
            for finding in self._informing:
                self.information.add(FindingCard(finding, self.language))


def unrecognised_words(findings: Iterable[Finding], language: str) -> str:
    """Return which medicines and allergies nothing knows, to be read; empty if there are none.

    Wherever a page says that nothing is found, this belongs beside it.
    """
    parts = [
        piece.detail
        for finding in findings
        if finding.rule_id in UNRECOGNISED
        for piece in finding.evidence
    ]
    if not parts:
        return ""
    words = load_rules().phrases["not_recognised"].get(language)
    return f"{words} ({', '.join(dict.fromkeys(parts))})"


class NotAskedCard(QFrame):
    """The questions that were not asked and whose "yes" would be a stop."""

    def __init__(self, stops: Sequence[Finding], language: str) -> None:
        super().__init__()
        items = unasked(stops).stopping
        paint.name(self, "findings_not_asked", self.tr("Not asked"))
        names = [item_name(item_id, language) for item_id in items]
        whole = QVBoxLayout(self)
        whole.setContentsMargins(Space.L + 2, Space.S, Space.M, Space.M)
        whole.setSpacing(Space.XS)
        whole.addWidget(Chip(Kind.STOP, unasked_words(len(items), language)))
        whole.addWidget(Body(capital("; ".join(names))))
        whole.addWidget(
            Muted(
                self.tr("A session cannot be signed before these are asked: a yes would stop it.")
            )
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        bar_box(QPainter(self), paint.inside(self), theme.current().foreground(Kind.STOP))


def bring_into_sight(widget: QWidget) -> None:
    """Scroll so that a widget can be seen, whatever scrolls around it."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            content = parent.widget()
            if content is not None:
                top = widget.mapTo(content, QPoint(0, 0))
                parent.ensureVisible(top.x(), top.y() + widget.height(), 0, Space.XL)
                parent.ensureVisible(top.x(), top.y(), 0, Space.XL)
        parent = parent.parentWidget()


def _arrange(column: QVBoxLayout, cards: Sequence[QWidget]) -> None:
    """Put cards into a column in this order, touching nothing where they stand so already."""
    held = widgets_in(column)
    if held == list(cards):
        return
    for card in held:
        column.removeWidget(card)
    for card in cards:
        column.addWidget(card)
