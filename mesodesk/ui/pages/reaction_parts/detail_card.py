"""All that is known of one reaction: what stands, who was told, and what stood before."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from mesodesk.domain.reaction_terms import load_reaction_terms
from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_date, format_moment
from mesodesk.ui.pages.reaction_parts.report_form import ReportForm
from mesodesk.ui.pages.reaction_parts.words import (
    answer_words,
    grade_words,
    kind_words,
    part_words,
    region_words,
    term_words,
    when_words,
)
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.disclosure import Disclosure
from mesodesk.ui.widgets.layouts import clear, nest, row
from mesodesk.ui.widgets.text import Body, Muted, Strong
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.reaction import (
        ReactionRecord,
        ReactionVersion,
        ReportFields,
        ReportRecord,
    )
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class ReactionDetail(Card):
    """Shows one reaction; what is added or marked here is kept at once."""

    closed = Signal()
    #: ReactionRecord: it is to be changed.
    change_asked = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__(object_name="reaction_detail")
        self._context = context
        self.record: ReactionRecord | None = None
        tr = self.tr
        self.leave = Button(tr("Close"), "close_reaction", ButtonKind.QUIET, compact=True)
        self.add_trailing(self.leave)
        self._facts = QVBoxLayout()
        self._told = QVBoxLayout()
        for each in (self._facts, self._told):
            each.setSpacing(Space.XS)
        self.history = Disclosure("", "reaction_history")
        self._before = QVBoxLayout()
        holder = QWidget()
        holder.setLayout(self._before)
        self.history.add(holder)
        self.change = Button(
            tr("Change"), "change_reaction", ButtonKind.SECONDARY, "pencil-outline"
        )
        self.tell = Button(
            tr("Reported to"), "report_reaction", ButtonKind.SECONDARY, "send-outline"
        )
        self.error = Button(tr("Entered in error"), "reaction_error", ButtonKind.QUIET)
        self.report = ReportForm(context.language, context.today())
        self.why = TextField(
            "reaction_error_reason", tr("Why it is wrong"),
            placeholder=tr("Why it is wrong: another patient, recorded twice ..."),
        )  # fmt: skip
        self.mark = Button(tr("Mark it"), "mark_reaction_error", ButtonKind.SECONDARY)
        self._marking = QWidget()
        marking = QVBoxLayout(self._marking)
        marking.setContentsMargins(0, 0, 0, 0)
        marking.addWidget(Muted(tr("It stays on record, struck out, and counts nowhere.")))
        marking.addWidget(self.why)
        nest(marking, row(self.mark, stretch=True))
        nest(self.body, self._facts)
        nest(self.body, self._told)
        self.add(self.history)
        nest(self.body, row(self.change, self.tell, self.error, stretch=True))
        self.add(self.report)
        self.add(self._marking)
        self.report.hide()
        self._marking.hide()
        self.hide()
        self._connect()

    def _connect(self) -> None:
        self.leave.clicked.connect(self._close)
        self.change.clicked.connect(self._change)
        self.tell.clicked.connect(self._open_report)
        self.error.clicked.connect(self._open_marking)
        self.report.kept.connect(self._report)
        self.mark.clicked.connect(self._mark)

    def show_record(self, record: ReactionRecord) -> None:
        """Show a reaction."""
        if self.record is None or self.record.id != record.id:
            self.report.hide()
            self._marking.hide()
            self.why.set_value("")
        self.record = record
        language = self._context.language
        self.set_title(kind_words(record.fields, language))
        self._show_facts(record, language)
        clear(self._told)
        if record.reports:
            self._told.addWidget(Strong(self.tr("Reported")))
        for each in record.reports:
            self._told.addWidget(Body(self._report_words(each)))
        self._show_history(record)
        may = self._context.may(Right.REACTION_EDIT) and record.counts
        for button in (self.change, self.tell, self.error):
            button.setVisible(may)
        self.show()

    def _show_facts(self, record: ReactionRecord, language: str) -> None:
        clear(self._facts)
        if record.error_at is not None:
            words = self.tr("Entered in error: {reason} ({who})")
            said = Body(words.format(reason=record.error_reason, who=record.error_by))
            said.set_tone("stop")
            self._facts.addWidget(said)
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.L)
        grid.setVerticalSpacing(Space.XS)
        grid.setColumnStretch(1, 1)
        for at, (name, value) in enumerate(self._pairs(record, language)):
            label = Muted(name, wrap=False)
            grid.addWidget(label, at, 0)
            grid.addWidget(Body(value), at, 1)
        self._facts.addWidget(holder)

    def _pairs(self, record: ReactionRecord, language: str) -> list[tuple[str, str]]:
        fields, terms, tr = record.fields, load_reaction_terms(), self.tr
        criteria = ", ".join(terms.criteria[each].name.get(language) for each in fields.criteria)
        serious = answer_words(fields.serious)
        actions = [terms.actions[each].name.get(language) for each in fields.actions]
        actions += [fields.action_note] if fields.action_note else []
        ended = answer_words(fields.ended)
        if fields.end.on is not None:
            ended = f"{ended}, {when_words(fields.end)}"
        after = tr("session {number}, {day}")
        pairs = [
            (tr("After"), after.format(
                number=record.session_number, day=format_date(record.treated_on))),
            (tr("Where"), region_words((e.region for e in fields.places), language)
             or tr("no place marked")),
            (tr("Grade"), grade_words(record)),
            (tr("Serious"), f"{serious}: {criteria}" if criteria else serious),
            (tr("Began"), when_words(fields.onset)),
            (tr("Over"), ended),
            (tr("Related"), term_words(
                fields.relatedness, terms.relatedness, language, tr("not judged"))),
            (tr("Suspected"), "; ".join(map(part_words, record.latest.suspects))
             or tr("no lot named")),
            (tr("Done"), ", ".join(actions) or tr("nothing noted")),
            (tr("Outcome"), term_words(fields.outcome, terms.outcomes, language, tr("not said"))),
        ]  # fmt: skip
        if fields.note:
            pairs.append((tr("Note"), fields.note))
        pairs.append((tr("Written by"), self._author_words(record.latest)))
        return pairs

    def _author_words(self, version: ReactionVersion) -> str:
        moment = format_moment(version.written_at, self._context.clinic.fields.zone)
        return f"{version.written_by}, {moment}"

    def _report_words(self, report: ReportRecord) -> str:
        fields = report.fields
        known = load_reaction_terms().recipients
        whom = term_words(fields.recipient, known, self._context.language, fields.recipient)
        parts = [whom, fields.name, format_date(fields.reported_on), fields.reference, fields.note]
        said = ", ".join(part for part in parts if part)
        return self.tr("{said} (noted by {who})").format(said=said, who=report.noted_by)

    def _show_history(self, record: ReactionRecord) -> None:
        clear(self._before)
        earlier = record.versions[:-1]
        self.history.setVisible(bool(earlier))
        one, many = self.tr("What stood before: 1 version"), self.tr("What stood before: {count}")
        self.history.set_text(one if len(earlier) == 1 else many.format(count=len(earlier)))
        language = self._context.language
        for old, new in zip(record.versions, record.versions[1:], strict=False):
            grade = old.grade_label if old.fields.grade is not None else self.tr("not graded")
            said = f"{kind_words(old.fields, language)}, {grade}"
            onset = self.tr("began {when}").format(when=when_words(old.fields.onset))
            note = f" \u00b7 {old.fields.note}" if old.fields.note else ""
            self._before.addWidget(Body(f"{said} \u00b7 {onset}{note}"))
            words = self.tr("until changed by {who}: {reason}")
            self._before.addWidget(
                Muted(words.format(who=self._author_words(new), reason=new.reason))
            )

    # What is done here

    @Slot()
    def _close(self) -> None:
        self.record = None
        self.hide()
        self.closed.emit()

    @Slot()
    def _change(self) -> None:
        if self.record is not None:
            self.change_asked.emit(self.record)

    @Slot()
    def _open_report(self) -> None:
        self._marking.hide()
        self.report.begin()

    @Slot()
    def _open_marking(self) -> None:
        self.report.hide()
        self._marking.show()
        self.why.input.setFocus()

    @Slot(object)
    def _report(self, typed: ReportFields) -> None:
        if self.record is not None:
            work = partial(_report, self.record.id, self.record.version, typed)
            self._context.write(self, work, self._reported, self._not_reported)

    def _reported(self, record: ReactionRecord) -> None:
        self.report.hide()
        self.show_record(record)

    def _not_reported(self, error: Exception) -> None:
        self.report.say(explain(error))

    @Slot()
    def _mark(self) -> None:
        if self.record is None:
            return
        if not self.why.value():
            self.why.set_error(self.tr("Write why: it stays with the reaction."))
            return
        work = partial(_enter_in_error, self.record.id, self.record.version, self.why.value())
        self._context.write(self, work, self._marked, self._not_marked)

    def _marked(self, record: ReactionRecord) -> None:
        self._marking.hide()
        self.show_record(record)

    def _not_marked(self, error: Exception) -> None:
        self.why.set_error(explain(error))


def _report(reaction_id: UUID, version: int, typed: ReportFields, desk: Desk) -> ReactionRecord:
    return desk.reactions.report(reaction_id, version, typed)


def _enter_in_error(reaction_id: UUID, version: int, reason: str, desk: Desk) -> ReactionRecord:
    return desk.reactions.enter_in_error(reaction_id, version, reason)
