"""The questions that screening waits for, to be answered where one stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.questionnaire import Item, ItemKind, load_questionnaire
from mesodesk.domain.records.intake import ItemAnswer
from mesodesk.domain.screening import unasked_words
from mesodesk.ui import theme
from mesodesk.ui.finding_card import bar_box, capital, item_name
from mesodesk.ui.pages.session_parts.question_row import QuestionRow
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.disclosure import Disclosure
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Body, Muted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mesodesk.domain.records.intake import IntakeRecord

ALLERGIES = "allergies"
"""The one fact beside the questionnaire's items that a single answer settles: "none at all"."""


class QuestionsCard(QFrame):
    """One row for each question; an answered row stays until the card is shown afresh."""

    #: (item id, ItemAnswer)
    answered = Signal(str, object)
    #: Item ids that were all asked and answered with no.
    rest_answered_no = Signal(object)
    #: There are no allergies; somebody asked.
    no_allergies = Signal()
    #: A fact that is answered elsewhere: its id.
    elsewhere_asked = Signal(str)

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, "findings_not_asked", self.tr("Questions not asked yet"))
        self._language = language
        self._items: Mapping[str, Item] = {item.id: item for item in load_questionnaire().items}
        self._rows: dict[str, QuestionRow] = {}
        self._facts: dict[str, QWidget] = {}
        self._answers: dict[str, ItemAnswer] = {}
        self._afresh = True
        self._open: tuple[str, ...] = ()
        self._others: tuple[str, ...] = ()
        self._typed_there = 0
        self._last_time: Mapping[str, ItemAnswer] = {}
        self.chip = Chip(Kind.STOP, "", "not_asked_count")
        self.text = Muted("")
        self.all_no = Button("", "asked_all_no", compact=True)
        self.more = Disclosure("", "other_questions")
        self.rest = _TypedThere(self)
        self.rest.hide()
        self._lay_out()
        self.all_no.clicked.connect(self._all_no)
        self.more.handle.toggled.connect(self._more_turned)
        self.rest.there_asked.connect(self.elsewhere_asked)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self.chip)
        head.addStretch(1)
        head.addWidget(self.all_no)
        self._column = QVBoxLayout()
        self._column.setSpacing(Space.S)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(Space.L + 2, Space.S, Space.M, Space.S)
        whole.setSpacing(Space.S)
        nest(whole, head)
        whole.addWidget(self.text)
        nest(whole, self._column)
        whole.addWidget(self.more)

    def start_afresh(self) -> None:
        """Forget which questions were answered here; the next `show_open` shows those open then."""
        self._answers.clear()
        self._afresh = True

    def _begin_afresh(self) -> None:
        """Drop all rows, unless just these stand here and nothing was typed into them."""
        self._afresh = False
        used = any(
            row.detail is not None or self.more.isAncestorOf(row) for row in self._rows.values()
        )
        if used or (*self._rows, *self._facts) != self._open:
            for widget in (*self._rows.values(), *self._facts.values()):
                _drop(widget)
            self._rows.clear()
            self._facts.clear()

    def is_needed(self) -> bool:
        """Tell whether there is anything to ask, or was."""
        return bool(self._rows or self._facts or self._others or self._typed_there)

    def show_open(
        self, blocking: Sequence[str], others: Sequence[str], intake: IntakeRecord | None
    ) -> None:
        """Show what is open.

        Args:
            blocking: items and facts whose "yes" would be a stop.
            others: items of which a "yes" would not stop the session, lists and measures.
            intake: what was answered before.
        """
        self._open = tuple(blocking)
        self._others = tuple(each for each in others if self._is_question(each))
        self._typed_there = len(others) - len(self._others)
        self._last_time = {} if intake is None else intake.fields.answers
        if self._afresh:
            self._begin_afresh()
        for item_id in blocking:
            self._need_row(item_id, self._column)
        for gone in [each for each in self._facts if each not in blocking]:
            _drop(self._facts.pop(gone))
        if self.more.is_open():
            self._fill_more()
        self._show_rows()
        self._show_head()

    def row(self, item_id: str) -> QWidget | None:
        """Return the row of an item or a fact."""
        return self._rows.get(item_id) or self._facts.get(item_id)

    def _is_question(self, item_id: str) -> bool:
        item = self._items.get(item_id)
        return item is not None and item.kind is ItemKind.YES_NO

    def _need_row(self, item_id: str, column: QVBoxLayout) -> None:
        if item_id in self._rows or item_id in self._facts:
            return
        if not self._is_question(item_id):
            self._facts[item_id] = self._fact_row(item_id)
            column.addWidget(self._facts[item_id])
            return
        item = self._items[item_id]
        made = QuestionRow(
            item.text.get(self._language),
            f"item_{item_id}",
            key=item_id,
            detail_name=f"detail_{item_id}" if item.detail else "",
            detail_prompt=item.detail.get(self._language) if item.detail else "",
            compact=True,
        )
        made.answered.connect(self._item_answered)
        made.detailed.connect(self._item_detailed)
        self._rows[item_id] = made
        column.addWidget(made)

    def _fact_row(self, fact: str) -> QWidget:
        made = _FactRow(fact, self._language)
        made.none_asked.connect(self.no_allergies)
        made.there_asked.connect(self.elsewhere_asked)
        return made

    def _show_rows(self) -> None:
        for item_id, made in self._rows.items():
            here = self._answers.get(item_id)
            before = self._last_time.get(item_id, ItemAnswer())
            if here is not None:
                made.show_answer(here.answer, here.detail)
            else:
                made.show_answer(
                    before.effective if self._is_settled(item_id) else Answer.NOT_ASKED
                )
            answered_no = here is None and before.answer is Answer.NO
            made.set_hint(self.tr("Last time: no") if answered_no else "")

    def _is_settled(self, item_id: str) -> bool:
        return item_id not in self._open and item_id not in self._others

    def _show_head(self) -> None:
        count = len(self._open)
        self.chip.set_kind(Kind.STOP if count else Kind.OK)
        others = len(self._others) + self._typed_there
        done = self.tr("Could stop: all asked") if others else self.tr("All asked")
        self.chip.set_text(unasked_words(count, self._language) if count else done)
        self.text.setText(
            self.tr("A yes to one of these would stop the session, so each has to be asked.")
        )
        self.text.setVisible(bool(count))
        askable = [each for each in self._open if each in self._rows]
        self.all_no.setText(self.tr("Asked all: the answer is no"))
        self.all_no.setVisible(len(askable) > 1)
        self.more.set_text(self.tr("Other questions not asked: {count}").format(count=others))
        self.more.setVisible(bool(others) or self.more.is_open())

    def _fill_more(self) -> None:
        for item_id in self._others:
            self._need_row(item_id, self.more.body)
        self.rest.show_count(self._typed_there)
        self.more.body.addWidget(self.rest)

    # What the user does

    @Slot(bool)
    def _more_turned(self, opened: bool) -> None:
        if opened:
            self._fill_more()
            self._show_rows()

    @Slot()
    def _all_no(self) -> None:
        items = tuple(each for each in self._open if each in self._rows)
        for item_id in items:
            self._answers[item_id] = ItemAnswer(Answer.NO)
        self._show_rows()
        self.rest_answered_no.emit(items)

    @Slot(str, object)
    def _item_answered(self, item_id: str, answer: Answer) -> None:
        before = self._answers.get(item_id, ItemAnswer())
        detail = before.detail if answer is Answer.YES else ""
        self._tell(item_id, ItemAnswer(answer, detail))

    @Slot(str, str)
    def _item_detailed(self, item_id: str, text: str) -> None:
        self._tell(item_id, ItemAnswer(Answer.YES, text))

    def _tell(self, item_id: str, given: ItemAnswer) -> None:
        self._answers[item_id] = given
        self._rows[item_id].set_hint("")
        self.answered.emit(item_id, given)

    def paintEvent(self, _event: QPaintEvent) -> None:
        kind = Kind.STOP if self._open else Kind.OK
        bar_box(QPainter(self), paint.inside(self), theme.current().foreground(kind))


class _FactRow(QWidget):
    """Something that is typed elsewhere; of allergies it can be said here that there are none."""

    none_asked = Signal()
    #: The fact.
    there_asked = Signal(str)

    def __init__(self, fact: str, language: str) -> None:
        super().__init__()
        self.setObjectName(f"fact_{fact}")
        self._fact = fact
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        line.addWidget(Body(self._words(language)), 1)
        if fact == ALLERGIES:
            none = Button(self.tr("None besides those listed"), "no_allergies", compact=True)
            none.clicked.connect(self.none_asked)
            line.addWidget(none)
        there = Button(
            self.tr("Type it"), f"elsewhere_{fact}", ButtonKind.QUIET, "arrow-right", compact=True
        )
        there.clicked.connect(self._ask_there)
        line.addWidget(there)

    def _words(self, language: str) -> str:
        name = capital(item_name(self._fact, language))
        return self.tr("{name}: not asked").format(name=name)

    @Slot()
    def _ask_there(self) -> None:
        self.there_asked.emit(self._fact)


class _TypedThere(QWidget):
    """How much of the rest takes the intake itself: lists, measures, dates."""

    #: "intake"
    there_asked = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("typed_in_intake")
        self.words = Body("")
        there = Button(
            self.tr("Type it"), "elsewhere_intake", ButtonKind.QUIET, "arrow-right", compact=True
        )
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        line.addWidget(self.words, 1)
        line.addWidget(there)
        there.clicked.connect(self._ask_there)

    def show_count(self, count: int) -> None:
        """Show how much there is; nothing hides it."""
        one, many = (
            self.tr("1 more is typed in the intake itself."),
            self.tr("{count} more are typed in the intake itself: lists, measures, details."),
        )
        self.words.setText((one if count == 1 else many).format(count=count))
        self.setVisible(count > 0)

    @Slot()
    def _ask_there(self) -> None:
        self.there_asked.emit("intake")


def _drop(widget: QWidget) -> None:
    widget.hide()
    widget.deleteLater()
