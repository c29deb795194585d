"""The reactions on record, the latest onset first; a row leads to all that is known of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from mesodesk.domain.answers import Answer
from mesodesk.domain.reaction_terms import load_reaction_terms
from mesodesk.ui.numbers import format_date
from mesodesk.ui.pages.reaction_parts.words import kind_words, region_words, term_words
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel, Notice
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.text import Body

if TYPE_CHECKING:
    from mesodesk.domain.records.reaction import PatientReactions, ReactionRecord


class ReactionList(Card):
    """One row for each reaction, numbered as on the body."""

    #: ReactionRecord
    chosen = Signal(object)
    new_asked = Signal()

    def __init__(self, language: str) -> None:
        super().__init__(object_name="reactions_card")
        self._language = language
        self.records: tuple[ReactionRecord, ...] = ()
        self.set_title(self.tr("Reactions"))
        self.new = Button(
            self.tr("Record a reaction"), "new_reaction", ButtonKind.SECONDARY, "plus", compact=True
        )
        self.add_trailing(self.new)
        self.notice = Notice(object_name="reactions_notice", closable=True)
        self.empty = Body("")
        self.list = RowList("reactions", self.tr("Reactions"))
        self.add(self.notice)
        self.add(self.empty)
        self.add(self.list)
        self.new.clicked.connect(self.new_asked)
        self.list.activated.connect(self._activated)

    def show_page(self, page: PatientReactions, *, records: bool) -> None:
        """Show a patient's reactions; `records`: whether one may be recorded."""
        self.records = page.reactions
        can = records and bool(page.sessions)
        self.new.setVisible(can)
        self.list.set_rows(self._row(at, each) for at, each in enumerate(self.records))
        for each, one in zip(self.records, self.list.rows(), strict=True):
            one.title.set_struck(not each.counts)
        self.list.setVisible(bool(self.records))
        self.empty.setVisible(not self.records)
        if can:
            words = self.tr(
                "No reaction is on record. Tap the body where one is: what was injected there is"
                " listed, and the reaction is recorded with it."
            )
        elif not page.sessions:
            words = self.tr("No reaction is on record, and no session that one could follow.")
        else:
            words = self.tr("No reaction is on record.")
        self.empty.setText(words)

    def say_recorded(self, *, demanded: bool) -> None:
        """Say that it is on record, and that a new consent is asked for, if it is."""
        text = self.tr("A new consent is asked for before the next session.") if demanded else ""
        self.notice.show_notice(Kind.OK, self.tr("On record"), text)

    def _row(self, at: int, each: ReactionRecord) -> Row:
        fields = each.fields
        facts = [format_date(each.began_on)]
        if fields.grade is not None:
            facts.append(self.tr("grade {grade}").format(grade=fields.grade))
        regions = region_words((place.region for place in fields.places), self._language)
        facts += [regions] if regions else []
        facts.append(self.tr("after session {number}").format(number=each.session_number))
        outcome = term_words(fields.outcome, load_reaction_terms().outcomes, self._language, "")
        facts += [outcome] if outcome else []
        if not each.counts:
            facts.insert(0, self.tr("entered in error"))
        trailing = [IconLabel("chevron-right")]
        return Row(
            f"{at + 1}  {kind_words(fields, self._language)}",
            " \u00b7 ".join(facts),
            object_name=f"reaction_row_{at}",
            leading=_icon(each),
            trailing=trailing,
        )

    @Slot(int)
    def _activated(self, at: int) -> None:
        self.chosen.emit(self.records[at])


def _icon(record: ReactionRecord) -> IconLabel:
    if not record.counts:
        return IconLabel("close-circle-outline", "muted")
    if record.fields.serious is Answer.YES:
        return IconLabel("alert-octagon", "stop")
    return IconLabel("alert-circle-outline", "caution")
