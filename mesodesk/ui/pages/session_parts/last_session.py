"""What a therapist wants to know of the last session before the next one begins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.regions import named_together
from mesodesk.domain.clock import local_date
from mesodesk.domain.records.followup import CheckAnswer, FollowUpState
from mesodesk.domain.red_flags import scale_value
from mesodesk.domain.schedule import CheckItemKind, load_schedule
from mesodesk.ui.numbers import format_date, format_quantity, relative_day
from mesodesk.ui.pages.patient_parts.checks_words import CheckWords, check_words
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel
from mesodesk.ui.widgets.layouts import clear, nest
from mesodesk.ui.widgets.text import Body, Label, Muted, Strong

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from mesodesk.domain.records.followup import FollowUpRecord
    from mesodesk.domain.records.session import SessionRecord, SessionSummary
    from mesodesk.domain.schedule import CheckItem
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_MOST_NAMES = 6
_WEEKS_FROM = 14


@dataclass(frozen=True, slots=True)
class _Past:
    """The last session in short, and its checks."""

    summary: SessionSummary
    checks: tuple[FollowUpRecord, ...]


class LastSessionCard(Card):
    """When it was, what was used where, how it was borne, what its follow-ups found."""

    #: The id of a check that is to be worked.
    check_asked = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="last_session", parent=parent)
        self.set_title(self.tr("Since the last session"))
        self._context = context
        self._shown_of: UUID | None = None
        self.when = Label("", Role.FIGURE, wrap=True)
        self.when.setObjectName("last_session_when")
        self.facts = QVBoxLayout()
        self.facts.setSpacing(Space.XS)
        self.checks = QVBoxLayout()
        self.checks.setSpacing(Space.S)
        self.add(self.when)
        nest(self.body, self.facts)
        nest(self.body, self.checks)

    def show_previous(self, previous: SessionRecord | None) -> None:
        """Show the last signed session; None says that this is the first."""
        if previous is None:
            self._shown_of = None
            self._clear()
            self.when.setText(self.tr("This is the first session on record."))
            return
        if self._shown_of != previous.id:
            self._clear()
        self._shown_of = previous.id
        self._say_when(previous)
        work = partial(_read, session_id=previous.id)
        self._context.run(self, work, partial(self._show, previous))

    def _say_when(self, previous: SessionRecord) -> None:
        context = self._context
        day = local_date(previous.started_at, context.clinic.fields.zone)
        self._day = format_date(day)
        words = self.tr("Session {number}, {ago}")
        self.when.setText(words.format(number=previous.number, ago=ago(day, context.today())))

    def _show(self, previous: SessionRecord, past: _Past) -> None:
        if self._shown_of != previous.id:
            return
        self._clear()
        by = self.tr("{day} · {name}").format(day=self._day, name=previous.therapist)
        self.facts.addWidget(Muted(by))
        self._add_facts(previous, past.summary)
        for check in past.checks:
            self._add_check(check)

    def _add_facts(self, previous: SessionRecord, summary: SessionSummary) -> None:
        regions = named_together(summary.regions, self._context.language)
        injected = self.tr("{points} points, {volume}").format(
            points=summary.points, volume=format_quantity(summary.injected_ml, "mL")
        )
        lines = [
            (self.tr("Products"), some(summary.products)),
            (self.tr("Regions"), some(regions)),
            (self.tr("Injected"), injected),
            (self.tr("Tolerance"), self._tolerance(previous)),
        ]
        for name, text in lines:
            if text:
                self.facts.addWidget(_FactLine(name, text))

    def _tolerance(self, previous: SessionRecord) -> str:
        fields = previous.fields
        parts = []
        if fields.pain is not None:
            parts.append(self.tr("pain {number} of 10").format(number=fields.pain))
        told = [item for item, answer in fields.reactions.items() if answer is Answer.YES]
        parts += [_reaction_name(item, self._context.language) for item in told]
        if fields.reaction_note.strip():
            parts.append(fields.reaction_note.strip())
        return "; ".join(parts)

    def _add_check(self, check: FollowUpRecord) -> None:
        words = check_words(self._context, check)
        if check.state is FollowUpState.SUPERSEDED or words.icon == "circle-outline":
            return
        found = found_by(check, self._context.language)
        row = _CheckRow(check.id, words, found)
        row.open_asked.connect(self.check_asked)
        self.checks.addWidget(row)

    def _clear(self) -> None:
        clear(self.facts)
        clear(self.checks)


class _FactLine(QWidget):
    """A name and what stands for it, the second wrapping under itself."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.M)
        label = Label(name, Role.BODY, "muted")
        label.setFixedWidth(84)
        line.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(Body(text), 1)


class _CheckRow(QWidget):
    """One check: where it stands, and what it found."""

    open_asked = Signal(object)

    def __init__(self, check_id: UUID, words: CheckWords, found: str) -> None:
        super().__init__()
        self._check_id = check_id
        text = QVBoxLayout()
        text.setSpacing(1)
        text.addWidget(Strong(words.title))
        text.addWidget(Muted(words.state))
        if found:
            text.addWidget(Body(found))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.M)
        line.addWidget(IconLabel(words.icon, words.tone), 0, Qt.AlignmentFlag.AlignTop)
        nest(line, text, 1)
        if words.waits:
            work = Button(
                self.tr("Work it now"), f"open_check_{check_id}", ButtonKind.QUIET, compact=True
            )
            work.clicked.connect(self._ask)
            line.addWidget(work, 0, Qt.AlignmentFlag.AlignTop)

    @Slot()
    def _ask(self) -> None:
        self.open_asked.emit(self._check_id)


def ago(day: date, today: date) -> str:
    """Return how long ago a day was: in days, from two weeks on in weeks."""
    days = (today - day).days
    if days < _WEEKS_FROM:
        return relative_day(day, today)
    return _tr("{number} weeks ago").format(number=days // 7)


def found_by(check: FollowUpRecord, language: str) -> str:
    """Return what a check found: `swelling; pain 4 of 10`; "" for one that was not worked."""
    if check.state is not FollowUpState.DONE:
        return ""
    found, unasked = _findings_of(check, language)
    if check.fields.note.strip():
        found.append(check.fields.note.strip())
    words = "; ".join(found)
    if not unasked:
        return words or _tr("nothing found")
    left_out = _tr("{count} questions not asked").format(count=unasked)
    return f"{words}; {left_out}" if words else left_out


def _findings_of(check: FollowUpRecord, language: str) -> tuple[list[str], int]:
    try:
        items = load_schedule().check(check.check_id).items_for(frozenset(check.regions))
    except KeyError:
        return [], 0
    found, unasked = [], 0
    for item in items:
        given = check.fields.items.get(item.id, CheckAnswer())
        if not given.value and given.answer is Answer.NOT_ASKED:
            unasked += item.kind is CheckItemKind.YES_NO
        else:
            found += _found(item, given, language)
    return found, unasked


def _found(item: CheckItem, given: CheckAnswer, language: str) -> list[str]:
    name = item.short.get(language)
    if item.kind is CheckItemKind.SCALE_0_10:
        number = scale_value(given.value)
        words = _tr("{name} {number} of 10")
        return [words.format(name=name, number=number)] if number else []
    if item.kind is CheckItemKind.TEXT:
        return [given.value.strip()] if given.value.strip() else []
    if given.answer is item.calm:
        return []
    said = name if given.answer is Answer.YES else _tr("{name}: no").format(name=name)
    return [f"{said} ({given.note.strip()})" if given.note.strip() else said]


def some(names: Sequence[str]) -> str:
    """Return names in a row, the first few of many."""
    shown = ", ".join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return _tr("{names} and {count} more").format(names=shown, count=more) if more > 0 else shown


def _reaction_name(item_id: str, language: str) -> str:
    for check in load_schedule().checks:
        for item in check.items:
            if item.id == item_id:
                return item.short.get(language)
    return item_id


def _read(desk: Desk, *, session_id: UUID) -> _Past:
    return _Past(desk.sessions.summary(session_id), desk.follow_ups.for_session(session_id))


def _tr(text: str) -> str:
    return QCoreApplication.translate("last_session", text)
