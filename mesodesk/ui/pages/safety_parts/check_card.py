"""The examination of the whole record: when it was done last, and what it found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot

from mesodesk.ui.pages.safety_parts.words import ago, findings_words
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card, Notice, ProgressBar
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Body, Muted

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.safety import SafetyStanding
    from mesodesk.ui.context import Context
    from mesodesk.ui.idle_check import IdleCheck
    from mesodesk.vault.findings import Finding

_MOST_TOLD: Final = 10
_DAMAGE: Final = frozenset({"pages", "structure", "database"})
"""Areas of findings after which nobody should write on."""


class CheckCard(Card):
    """Runs by itself each week in a quiet moment; here it can be asked for."""

    def __init__(self, context: Context, check: IdleCheck, parent: QWidget | None = None) -> None:
        super().__init__(object_name="check_card", parent=parent)
        self.set_title(self.tr("The record itself"))
        self._context = context
        self._check = check
        self.words = Body("")
        self.words.setObjectName("check_words")
        self.lead = Muted(
            self.tr(
                "Every page of the database, every reference, the log, and each session with seal, "
                "chart and stock. It is done by itself once a week, while nobody types."
            )
        )
        self.bar = ProgressBar(self.tr("How far the examination has come"))
        self.result = Notice(object_name="check_result")
        self.start = Button(self.tr("Examine now"), "check_now", icon_name="shield-search")
        for widget in (self.words, self.lead, self.bar, self.result):
            self.add(widget)
        nest(self.body, row(self.start, stretch=True))
        self.bar.hide()
        self.start.clicked.connect(self._begin)
        check.progressed.connect(self._progressed)
        check.finished.connect(self._finished)
        check.broke_off.connect(self._broke_off)

    def show_standing(self, standing: SafetyStanding) -> None:
        """Say when it was done last."""
        if standing.checked_at is None:
            self.words.setText(self.tr("Not examined yet."))
            return
        when = ago(standing.checked_at, self._context.clock.now())
        said = self.tr("Examined {ago}: everything is as it was written.")
        if standing.check_findings:
            said = self.tr("Examined {ago}: {findings}.")
        found = findings_words(standing.check_findings)
        self.words.setText(said.format(ago=when, findings=found))

    @Slot()
    def _begin(self) -> None:
        self.start.setEnabled(False)
        self.result.show_notice(Kind.INFO, "")
        self.bar.set_share(0)
        self.bar.show()
        self._check.begin()

    @Slot(int, int)
    def _progressed(self, done: int, total: int) -> None:
        self.bar.set_share(done / total if total else 0)

    @Slot(object, int)
    def _finished(self, findings: tuple[Finding, ...], sessions: int) -> None:
        self.start.setEnabled(True)
        self.bar.hide()
        if findings:
            told = [finding.sentence for finding in findings[:_MOST_TOLD]]
            told.append(self._what_to_do(findings))
            headline = findings_words(len(findings))
            self.result.show_notice(Kind.STOP, headline, "\n".join(told))
        else:
            self.result.show_notice(
                Kind.OK,
                self.tr("Everything is as it was written."),
                self.tr("Sessions looked at: {count}.").format(count=sessions),
            )

    def _what_to_do(self, findings: tuple[Finding, ...]) -> str:
        if any(finding.area in _DAMAGE for finding in findings):
            return self.tr(
                "Looking changed nothing. Write nothing more into these records: restore the"
                " newest backup, on this page, and have the disk of this computer looked at."
            )
        return self.tr("Looking changed nothing. Compare with the newest backup before going on.")

    @Slot(str)
    def _broke_off(self, sentence: str) -> None:
        self.start.setEnabled(True)
        self.bar.hide()
        headline = self.tr("The examination broke off, and says nothing about the record.")
        self.result.show_notice(Kind.CAUTION, headline, sentence)
