"""Screening rules: those shipped, with their sources, and those of the clinic."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mesodesk.domain.changes import Topic
from mesodesk.domain.records.screening_rules import OWN_RULE
from mesodesk.domain.rights import Right
from mesodesk.domain.texts import match_rank
from mesodesk.ui.finding_card import KINDS
from mesodesk.ui.frame.page import Page
from mesodesk.ui.pages.columns import under_title
from mesodesk.ui.pages.rule_parts.own_form import OwnForm
from mesodesk.ui.pages.rule_parts.shipped_form import ShippedForm
from mesodesk.ui.pages.rule_parts.words import standing, tr
from mesodesk.ui.tokens import KIND_ICONS, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel
from mesodesk.ui.widgets.layouts import EDGE, PageScroll, nest, row
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.text import Muted
from mesodesk.ui.widgets.textfields import SearchField
from mesodesk.ui.widgets.who_may import WhoMay

if TYPE_CHECKING:
    from mesodesk.domain.records.screening_rules import RuleChange
    from mesodesk.domain.rulebook import Rule, RuleBook
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class RulesPage(Page):
    """The list at the left, the clinic's own and what it changed first; one rule at the right."""

    page_id = "rules"
    icon = "clipboard-check-outline"
    section = "settings"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = tr("Screening rules")
        self._context = context
        self._book: RuleBook | None = None
        self._listed: tuple[Rule, ...] = ()
        self._chosen = ""
        self.search = SearchField("rules_search", tr("Find a rule"), placeholder=tr("Find a rule"))
        self.rows = RowList("rule_list", tr("Rules of screening"))
        self.nothing = Muted(tr("No rule has these words. Type fewer of them."))
        self.new = Button(tr("New rule of the clinic"), "rule_new", ButtonKind.DASHED, "plus")
        self.back = Button(tr("Settings"), "rules_back", ButtonKind.QUIET, "arrow-left")
        self.who_may = WhoMay("rules_who_may")
        self.shipped, self.own = ShippedForm(context), OwnForm(context)
        self._build()
        self.search.searched.connect(self._filter)
        self.rows.activated.connect(self._choose)
        self.new.clicked.connect(self._begin_new)
        self.back.clicked.connect(self._go_back)
        for form in (self.shipped, self.own):
            form.kept.connect(self._kept)
        context.changed.connect(self._changed)

    def _build(self) -> None:
        may = self._context.may(Right.RULES_EDIT)
        card = Card(tr("Rules of screening"), object_name="rules_card")
        card.add(
            Muted(
                tr(
                    "Each is held against the patient, the syringes and the chart. What was signed"
                    " keeps the rules of its day."
                )
            )
        )
        nest(card.body, row(self.new, stretch=True))
        card.add(self.search)
        card.add(self.rows)
        card.add(self.nothing)
        self.new.setVisible(may)
        self.who_may.say("" if may else tr("A prescriber or the owner changes rules."))
        # Each side scrolls by itself: a rule far down in the list is read beside it.
        left = PageScroll("rules_left", max_width=900, margin=0)
        left.add(card)
        self.right = PageScroll("rules_right", max_width=1200, margin=0, edge=True)
        self.right.add(self.who_may)
        for form in (self.shipped, self.own):
            self.right.add(form)
            form.hide()
        for side in (left, self.right):
            side.column.addStretch(1)
        columns = QHBoxLayout()
        columns.setContentsMargins(Space.PAGE, 0, EDGE, 0)
        columns.setSpacing(Space.M)
        columns.addWidget(left, 4)
        columns.addWidget(self.right, 7)
        under_title(self, self.title, columns, self.back)

    def first_focus(self) -> QWidget | None:
        return self.search.input

    def shown(self, **_arguments: object) -> None:
        self.reload()

    def leave(self) -> None:
        self.shipped.flush()
        self.own.flush()

    def reload(self) -> None:
        """Read the rules anew."""
        self._context.run(self, _look, self._show)

    def _show(self, book: RuleBook) -> None:
        first_time = self._book is None
        self._book = book
        self._listed = tuple(sorted(book.rules, key=_place))
        self.rows.set_rows(_row(rule, self._context.language) for rule in self._listed)
        self._filter(self.search.value())
        self._mark()
        if first_time and self._listed:
            self._open(self._listed[0])

    @Slot(str)
    def _filter(self, typed: str) -> None:
        language, found = self._context.language, False
        for each, rule in zip(self.rows.rows(), self._listed, strict=True):
            words = rule.message.get(language)
            fits = match_rank(typed, words, _beside(rule, language)) is not None
            each.setVisible(fits)
            found = found or fits
        self.nothing.setVisible(bool(self._listed) and not found)

    def _mark(self) -> None:
        for each, rule in zip(self.rows.rows(), self._listed, strict=True):
            each.setChecked(rule.id == self._chosen)

    @Slot(int)
    def _choose(self, at: int) -> None:
        self._open(self._listed[at])

    def _open(self, rule: Rule) -> None:
        self._chosen = rule.id
        self._mark()
        self._context.run(self, partial(_past, rule_id=rule.id), partial(self._show_rule, rule))

    def _show_rule(self, rule: Rule, history: tuple[RuleChange, ...]) -> None:
        if rule.id != self._chosen:
            return
        own = rule.id.startswith(OWN_RULE)
        self.shipped.setVisible(not own)
        self.own.setVisible(own)
        self.right.verticalScrollBar().setValue(0)
        (self.own if own else self.shipped).show_rule(rule, history)

    @Slot()
    def _begin_new(self) -> None:
        self._chosen = ""
        self._mark()
        self.shipped.hide()
        self.own.show()
        self.own.show_rule(None, ())
        self.own.first_focus().setFocus()

    @Slot(object)
    def _kept(self, change: RuleChange) -> None:
        self._chosen = change.rule_id
        self._context.run(self, _look, partial(self._show_kept, change.rule_id))

    def _show_kept(self, rule_id: str, book: RuleBook) -> None:
        self._show(book)
        if self._chosen == rule_id:
            self._open(book.rule(rule_id))

    @Slot()
    def _go_back(self) -> None:
        self.navigate("settings")

    @Slot(object, object)
    def _changed(self, topic: Topic, origin: object) -> None:
        if topic & Topic.CLINIC and self.isVisible() and origin not in (self.shipped, self.own):
            self.reload()


def _place(rule: Rule) -> tuple[int, int, int]:
    """Return where a rule stands: the clinic's own, what it changed, then the gravest first."""
    own = rule.id.startswith(OWN_RULE)
    changed = rule.is_off or (rule.change is not None and rule.change.severity is not None)
    return (0 if own else 1 if changed else 2, rule.severity.rank, rule.order)


def _beside(rule: Rule, language: str) -> str:
    return f"{standing(rule, language)} {rule.action.get(language)} {rule.source} {rule.id}"


def _row(rule: Rule, language: str) -> Row:
    kind = KINDS[rule.severity]
    made = Row(
        rule.message.get(language),
        standing(rule, language),
        object_name=f"rule_{rule.id}",
        leading=IconLabel("cancel", "muted")
        if rule.is_off
        else IconLabel(KIND_ICONS[kind], kind.value),
    )
    made.setCheckable(True)
    return made


def _look(desk: Desk) -> RuleBook:
    return desk.rules.book()


def _past(desk: Desk, *, rule_id: str) -> tuple[RuleChange, ...]:
    return desk.rules.history(rule_id)
