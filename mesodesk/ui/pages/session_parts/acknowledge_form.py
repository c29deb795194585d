"""What can be done about a finding: go on with a reason, or see plainly that nobody can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.findings import Override, Severity
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.rights import Right, may
from mesodesk.domain.screening import may_override
from mesodesk.ui.finding_card import ChipFlow
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Body
from mesodesk.ui.widgets.textfields import TextField
from mesodesk.ui.widgets.who_may import WhoMay

if TYPE_CHECKING:
    from mesodesk.domain.screening import Finding

LONGEST_REASON = 1_000


class AcknowledgeForm(QWidget):
    """A field for the reason and the button that gives it; for a caution also ready-made reasons.

    `local_place` names a question of this station that would settle the finding; a button leads
    there.
    """

    #: (finding, reason): go on in spite of it.
    given = Signal(object, str)
    #: (finding, text): the reason as far as it is typed.
    typed = Signal(object, str)
    #: The name of a question of this station.
    place_asked = Signal(str)

    def __init__(
        self, finding: Finding, role: str, *, local_place: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.finding = finding
        self._place = local_place
        self._stops = finding.severity is Severity.STOP
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.S)
        self.reason: TextField | None = None
        if local_place:
            self._add_way_there()
        if not may(Role(role), Right.ACKNOWLEDGE):
            self._column.addWidget(
                WhoMay(
                    f"who_may_{finding.rule_id}",
                    self.tr("A therapist goes on in spite of it, with a reason."),
                )
            )
        elif may_override(finding, role):
            self._add_form()
        else:
            self._say_why_not()

    def _add_way_there(self) -> None:
        there = Button(
            self.tr("Answer it here"),
            f"answer_{self.finding.rule_id}",
            ButtonKind.SECONDARY,
            "arrow-left",
            compact=True,
        )
        there.clicked.connect(self._go_there)
        nest(self._column, row(there, stretch=True))

    def _add_form(self) -> None:
        rule_id = self.finding.rule_id
        self.reason = TextField(
            f"reason_{rule_id}",
            self.tr("Reason to go on: {finding}").format(finding=self.finding.message),
            placeholder=(
                self.tr("Why go on in spite of this stop?")
                if self._stops
                else self.tr("Or type the reason")
                if not self._place
                else self.tr("Type the reason")
            ),
            longest=LONGEST_REASON,
            compact=True,
        )
        self.button = Button(
            self.tr("Override the stop") if self._stops else self.tr("Acknowledge"),
            f"override_{rule_id}" if self._stops else f"acknowledge_{rule_id}",
            ButtonKind.DANGER if self._stops else ButtonKind.SECONDARY,
            compact=True,
        )
        if not self._stops and not self._place:
            self._add_quick_reasons()
        line = QHBoxLayout()
        line.setSpacing(Space.S)
        line.addWidget(self.reason, 1)
        line.addWidget(self.button)
        nest(self._column, line)
        self.reason.edited.connect(self._typed)
        self.reason.input.returnPressed.connect(self._give)
        self.button.clicked.connect(self._give)
        self._show_state()

    def _add_quick_reasons(self) -> None:
        self.quick: list[QWidget] = []
        for at, words in enumerate(self._quick_reasons()):
            made = Button(words, f"quick_{self.finding.rule_id}_{at}", compact=True)
            made.clicked.connect(self._give_quick)
            self.quick.append(made)
        self._column.addWidget(ChipFlow(self.quick))

    def _quick_reasons(self) -> tuple[str, ...]:
        return (
            self.tr("Discussed with patient"),
            self.tr("Physician agrees"),
            self.tr("Known, unchanged"),
        )

    def _say_why_not(self) -> None:
        if self.finding.override is Override.NEVER:
            text = self.tr("Nobody can override this stop: this session cannot be signed.")
        else:
            text = self.tr(
                "You cannot override this stop: only a prescriber or the owner can, with a reason."
            )
        words = Body(text)
        words.setObjectName(f"no_override_{self.finding.rule_id}")
        line = QHBoxLayout()
        line.setSpacing(Space.S)
        line.addWidget(IconLabel("lock-outline", "stop", 18))
        line.addWidget(words, 1)
        nest(self._column, line)

    def set_reason(self, text: str) -> None:
        """Show a reason that was typed before and never given."""
        if self.reason is not None and not self.reason.value():
            self.reason.set_value(text)
            self._show_state()

    def set_error(self, sentence: str) -> None:
        """Say beneath the field why the reason was not taken."""
        if self.reason is not None:
            self.reason.set_error(sentence)
            self._show_state()

    @Slot(object)
    def _typed(self, text: str | None) -> None:
        self._show_state()
        if text is not None:
            self.typed.emit(self.finding, text)

    def _show_state(self) -> None:
        if self.reason is not None:
            self.button.setEnabled(bool(self.reason.value()) and not self.reason.error())

    @Slot()
    def _give(self) -> None:
        if self.reason is None or self.reason.error():
            return
        if self.reason.value():
            self.button.setEnabled(False)
            self.given.emit(self.finding, self.reason.value())
        else:
            self.reason.set_hint(self.tr("Type why first."))

    @Slot()
    def _give_quick(self) -> None:
        sender = self.sender()
        if isinstance(sender, Button) and self.reason is not None:
            self.reason.set_value(sender.text())
            self._show_state()
            self._give()

    @Slot()
    def _go_there(self) -> None:
        self.place_asked.emit(self._place)
