"""How a check ends: completed, or missed for a reason."""

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Muted
from mesodesk.ui.widgets.textfields import TextField
from mesodesk.ui.widgets.who_may import WhoMay

_MOST_NAMED: Final = 4


class FinishCard(Card):
    """Says what was not asked; completes the check, or marks it as missed with the reason."""

    completed = Signal()
    missed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(object_name="finish_card", parent=parent)
        self.unasked = Muted("")
        self.unasked.setObjectName("unasked")
        self.complete = Button(
            self.tr("Complete the check"), "complete_check", ButtonKind.PRIMARY, "check"
        )
        self.complete.setToolTip(self.tr("Complete the check  (Ctrl+Enter)"))
        self.not_reached = Button(
            self.tr("Not reached ..."), "not_reached", ButtonKind.QUIET, "phone-missed-outline"
        )
        self.reason = TextField(
            "missed_reason",
            self.tr("Why the check did not take place"),
            placeholder=self.tr("No answer, called twice"),
        )
        self.mark = Button(
            self.tr("Mark as missed"), "mark_missed", icon_name="close-circle-outline"
        )
        self.keep_open = Button(self.tr("Keep it open"), "keep_open", ButtonKind.QUIET)
        self._missing = QWidget()
        column = QVBoxLayout(self._missing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(
            Muted(self.tr("A missed check stays visible and can still be made up for. Why?"))
        )
        column.addWidget(self.reason)
        nest(column, row(self.mark, self.keep_open, stretch=True))
        self.who_may = WhoMay("check_who_may")
        self.body.setSpacing(Space.S)
        for widget in (self.unasked, self.who_may, self.complete, self.not_reached, self._missing):
            self.add(widget)
        self._missing.hide()
        self._connect()

    def _connect(self) -> None:
        self.complete.clicked.connect(self.completed)
        self.not_reached.clicked.connect(self._ask_reason)
        self.keep_open.clicked.connect(self._close_reason)
        self.mark.clicked.connect(self._mark)
        self.reason.input.returnPressed.connect(self._mark)
        self.reason.edited.connect(self._reason_edited)

    def show_unasked(self, names: list[str], asked: int) -> None:
        """Say which questions have no answer yet."""
        if not names:
            self.unasked.setText(self.tr("Everything was asked."))
        elif not asked:
            self.unasked.setText(self.tr("Nothing was asked yet."))
        else:
            self.unasked.setText(self._unasked_words(names))
        self.unasked.setToolTip(", ".join(names))

    def _unasked_words(self, names: list[str]) -> str:
        first = ", ".join(names[:_MOST_NAMED])
        if len(names) <= _MOST_NAMED:
            return self.tr("Stays as not asked: {names}.").format(names=first)
        words = self.tr("Stays as not asked: {names} and {n} more.")
        return words.format(names=first, n=len(names) - _MOST_NAMED)

    def show_missed(self, missed: bool) -> None:
        """A missed check cannot be missed once more, but can be made up for."""
        self.not_reached.setVisible(not missed)

    def show_rights(self, *, answers: bool, closes: bool) -> None:
        """Offer to close the check, or say who works it and who closes it."""
        self.complete.setVisible(closes)
        self.not_reached.setVisible(closes and self.not_reached.isVisibleTo(self))
        words = self.tr("What you note is kept. A therapist completes the check.")
        if not answers:
            words = self.tr("You read this check. Who treats or assists works it.")
        self.who_may.say("" if closes else words)

    @Slot()
    def _ask_reason(self) -> None:
        self.not_reached.hide()
        self._missing.show()
        self.reason.setFocus()

    @Slot()
    def _close_reason(self) -> None:
        self._missing.hide()
        self.not_reached.show()
        self.not_reached.setFocus()

    @Slot()
    def _reason_edited(self) -> None:
        self.reason.set_error("")

    @Slot()
    def _mark(self) -> None:
        if self.reason.value() and not self.reason.error():
            self.missed.emit(self.reason.value())
        else:
            self.reason.set_error(self.tr("Say in a few words why, such as: no answer."))
            self.reason.setFocus()
