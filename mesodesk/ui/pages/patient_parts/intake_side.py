"""Beside the intake: how far it is, what screening says live, and the button that closes it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.questionnaire import load_questionnaire
from mesodesk.domain.rights import Right
from mesodesk.ui.findings_panel import FindingsPanel
from mesodesk.ui.pages.patient_parts.intake_progress import BODY
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, ProgressBar
from mesodesk.ui.widgets.layouts import PageScroll
from mesodesk.ui.widgets.text import Heading, Muted
from mesodesk.ui.widgets.who_may import WhoMay

if TYPE_CHECKING:
    from mesodesk.domain.screening import Finding
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.intake_progress import Progress


_MOST_NAMED: Final = 4


class IntakeSide(QWidget):
    """Stays in sight while the questions scroll."""

    complete_asked = Signal()
    next_asked = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(336)
        self._language = context.language
        self.count = Heading("")
        self.count.setObjectName("intake_progress")
        self.bar = ProgressBar(self.tr("Asked so far"))
        self.note = Muted("")
        self.note.setObjectName("intake_unasked_note")
        self.next = Button(
            self.tr("Next not asked"), "next_unasked", icon_name="skip-next", compact=True
        )
        self.complete = Button(
            self.tr("Complete the intake"),
            "complete_intake",
            ButtonKind.PRIMARY,
            "clipboard-check-outline",
        )
        self._completes = context.may(Right.INTAKE_COMPLETE)
        words = "" if self._completes else self.tr("A therapist completes intakes.")
        self.who_may = WhoMay("complete_who_may", words)
        self.findings = FindingsPanel(context.language, zone=context.clinic.fields.zone)
        self._build()
        self.next.clicked.connect(self.next_asked)
        self.complete.clicked.connect(self.complete_asked)

    def _build(self) -> None:
        card = Card(object_name="intake_progress_card")
        card.body.setSpacing(Space.S)
        self.next.setToolTip(self.tr("Next not asked  (F8)"))
        # The note changes its height at every answer: below the buttons, so that a second press
        # on "Next not asked" can never meet "Complete" there, which seals the intake.
        for widget in (self.count, self.bar, self.next, self.complete, self.who_may, self.note):
            card.add(widget)
        self.complete.setVisible(self._completes)
        scroll = PageScroll("findings_scroll", margin=0)
        scroll.add(Heading(self.tr("Screening, as answered so far")))
        scroll.add(self.findings)
        scroll.column.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(card)
        column.addWidget(scroll, 1)

    def show_progress(self, progress: Progress) -> None:
        """Show how far it is, and what becomes of the rest."""
        words = self.tr("{asked} of {total} asked")
        self.count.setText(words.format(asked=progress.asked, total=progress.total))
        self.bar.set_share(progress.share, "ok" if progress.share >= 1 else "accent")
        left = progress.total - progress.asked
        self.next.setVisible(left > 0)
        self.note.setText(
            self._left_words(progress) if left else self.tr("Nothing is left to ask.")
        )
        text = self.tr("Complete the intake")
        if left:
            text = self.tr("Complete, {count} not asked").format(count=left)
        self.complete.setText(text)
        self.complete.setAccessibleName(text)

    def _left_words(self, progress: Progress) -> str:
        if progress.carried:
            words = self.tr("{count} from last time wait for “still true”.")
            return words.format(count=progress.carried)
        places = self._places(progress)
        named = ", ".join(f"{name} {count}" for name, count in places[:_MOST_NAMED])
        if len(places) > _MOST_NAMED:
            named = self.tr("{places} and more").format(places=named)
        words = self.tr("Not asked: {places}. Screening treats them as unknown, never as no.")
        return words.format(places=named)

    def _places(self, progress: Progress) -> list[tuple[str, int]]:
        """Return the sections with questions left, and how many."""
        counts = Counter(item.section for item in progress.unasked)
        counts.update(name for name in progress.others if name not in BODY)
        body = sum(name in BODY for name in progress.others)
        titles = [
            (section.title.get(self._language), counts[section.id])
            for section in load_questionnaire().sections
            if counts[section.id]
        ]
        return [*titles, (self.tr("Body and skin"), body)] if body else titles

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Show what screening makes of the answers."""
        self.findings.set_findings(findings)
