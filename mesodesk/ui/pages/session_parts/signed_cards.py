"""What was recorded in a session, as cards to read."""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.dosing import reconcile
from mesodesk.domain.findings import Severity
from mesodesk.domain.vocabulary import load_aftercare, load_vocabulary
from mesodesk.ui.bodymap.figures import ml
from mesodesk.ui.numbers import NO_BREAK, format_date, format_moment, format_quantity
from mesodesk.ui.pages.patient_parts.measures import weight_words
from mesodesk.ui.pages.session_parts.balance import injected_ml
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import KIND_ICONS, Kind, Space
from mesodesk.ui.widgets.badges import SyringeBadge
from mesodesk.ui.widgets.cards import Card, IconLabel
from mesodesk.ui.widgets.layouts import clear, nest
from mesodesk.ui.widgets.text import Body, Label, Muted, Strong

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mesodesk.domain.records.session import (
        SessionFields,
        SessionRecord,
        SyringeRecord,
    )
    from mesodesk.domain.screening import Acknowledgement, Finding
    from mesodesk.domain.vocabulary import Term
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.state import SessionState


class _ReadCard(Card):
    """A card of facts: words at the left, what was recorded at the right.

    Each has `show_session(state)`.
    """

    def __init__(self, context: Context, object_name: str) -> None:
        super().__init__(object_name=object_name)
        self.context = context
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(Space.L)
        self.grid.setVerticalSpacing(Space.S)
        self.grid.setColumnMinimumWidth(0, 210)
        self.grid.setColumnStretch(1, 1)
        nest(self.body, self.grid)

    def fill(self, facts: Iterable[tuple[str, str]]) -> None:
        """Replace the facts; what was not recorded says so."""
        clear(self.grid)
        for line, (name, figure) in enumerate(facts):
            left = Label(name, tone="muted", wrap=True)
            right = Body(figure or self.tr("not recorded"))
            if not figure:
                right.set_tone("muted")
            top = Qt.AlignmentFlag.AlignTop
            self.grid.addWidget(left, line, 0, top)
            self.grid.addWidget(right, line, 1)


class FactsCard(_ReadCard):
    """A card of nothing but facts, which two versions of a session can be compared by."""

    @abstractmethod
    def facts(self, record: SessionRecord) -> tuple[tuple[str, str], ...]:
        """Return what is told of a record: always the same names, in the same order."""
        raise NotImplementedError

    def show_session(self, state: SessionState) -> None:
        """Show a session's facts."""
        self.fill(self.facts(state.record))


class ScreeningCard(_ReadCard):
    """What screening said when the session was signed, and the reasons given."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "signed_screening")
        self.set_title(self.tr("Screening that day"))

    def show_session(self, state: SessionState) -> None:
        clear(self.grid)
        shown = [one for one in state.findings if one.severity is not Severity.INFO]
        given = state.record.acknowledgements
        for line, finding in enumerate(shown):
            kind = Kind(finding.severity.value)
            top = Qt.AlignmentFlag.AlignTop
            self.grid.addWidget(IconLabel(KIND_ICONS[kind], kind.value), line, 0, top)
            self.grid.addWidget(self._finding(finding, given), line, 1)
        if not shown:
            self.grid.addWidget(Body(self._nothing(state)), 0, 1)
        self.grid.setColumnMinimumWidth(0, 0)

    def _nothing(self, state: SessionState) -> str:
        if state.record.seal is None:
            return self.tr(
                "Not kept: screening is sealed by signing, and this draft was discarded unsigned."
            )
        return self.tr("No stop and no caution.")

    def _finding(self, finding: Finding, given: tuple[Acknowledgement, ...]) -> QWidget:
        made = QWidget()
        inner = QVBoxLayout(made)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(2)
        inner.addWidget(Body(finding.message))
        reason = next((each for each in given if each.covers(finding)), None)
        if reason is not None:
            words = self.tr("{name}, {moment}: {reason}").format(
                name=reason.by,
                moment=format_moment(reason.at, self.context.clinic.fields.zone),
                reason=reason.reason,
            )
            inner.addWidget(Muted(words))
        return made


class CheckedCard(FactsCard):
    """What was asked and prepared before the first point."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "signed_checked")
        self.set_title(self.tr("Before"))

    def facts(self, record: SessionRecord) -> tuple[tuple[str, str], ...]:
        fields, language = record.fields, self.context.language
        vocabulary = load_vocabulary()
        names = {term.id: term.name.get(language) for term in vocabulary.skin_preparations}
        weight = fields.weight_kg
        unit = self.context.clinic.fields.weight_unit
        return (
            (self.tr("Anything changed"), _told(fields.anything_changed, fields.changes)),
            (
                self.tr("Reaction to the last session"),
                _told(fields.reaction_to_last, fields.reaction_to_last_detail)
                if record.number > 1
                else self.tr("This was the first session."),
            ),
            (self.tr("Emergency kit at hand"), _told(fields.emergency_kit)),
            (
                self.tr("Weight that day"),
                "" if weight is None else weight_words(weight, unit),
            ),
            (
                self.tr("Skin preparation"),
                names.get(fields.skin_preparation, fields.skin_preparation),
            ),
            (
                self.tr("Aseptic steps"),
                _answers(vocabulary.aseptic_steps, fields.aseptic_steps, language),
            ),
        )


class SyringesCard(_ReadCard):
    """Each syringe: what was in it, and where it went."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "signed_syringes")
        self.set_title(self.tr("Syringes"))

    def show_session(self, state: SessionState) -> None:
        clear(self.grid)
        self.grid.setColumnMinimumWidth(0, 0)
        injected = injected_ml(state.chart)
        top = Qt.AlignmentFlag.AlignTop
        for line, syringe in enumerate(sorted(state.record.syringes, key=_digit)):
            given = injected.get(syringe.id, Decimal(0))
            self.grid.addWidget(SyringeBadge(syringe.digit), line, 0, top)
            self.grid.addWidget(self._syringe(syringe, given), line, 1)
        if not state.record.syringes:
            self.grid.addWidget(Muted(self.tr("None was prepared.")), 0, 1)

    def _syringe(self, syringe: SyringeRecord, injected: Decimal) -> QWidget:
        made = QWidget()
        inner = QVBoxLayout(made)
        inner.setContentsMargins(0, 0, 0, Space.S)
        inner.setSpacing(2)
        if syringe.label:
            inner.addWidget(Strong(syringe.label))
        for part in syringe.components:
            words = self.tr("{product}, {volume} mL · lot {lot}, expires {day}").format(
                product=part.product_name,
                volume=ml(part.volume_ml),
                lot=part.lot_number,
                day=format_date(part.expires_on),
            )
            inner.addWidget(Body(words))
        figures = QHBoxLayout()
        figures.setSpacing(Space.L)
        balance = reconcile(syringe.drawn_ml, injected, syringe.wasted_ml, syringe.left_ml)
        told = [
            (self.tr("drawn"), syringe.drawn_ml),
            (self.tr("injected"), injected),
            (self.tr("wasted"), balance.wasted_ml),
            (self.tr("left"), balance.left_ml),
        ]
        if balance.difference_ml > 0:
            told.append((self.tr("not accounted for"), balance.difference_ml))
        elif balance.difference_ml < 0:
            told.append((self.tr("more than drawn"), -balance.difference_ml))
        for name, volume in told:
            shown = self.tr("not told") if volume is None else f"{ml(volume)}{NO_BREAK}mL"
            figures.addWidget(Label(f"{name} {shown}", Role.SMALL, "muted"))
        figures.addStretch(1)
        nest(inner, figures)
        return made


class OutcomeCard(FactsCard):
    """How it was borne, what was handed over, what comes next."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "signed_outcome")
        self.set_title(self.tr("During and after"))

    def facts(self, record: SessionRecord) -> tuple[tuple[str, str], ...]:
        fields, language = record.fields, self.context.language
        pain = "" if fields.pain is None else self.tr("{pain} of 10").format(pain=fields.pain)
        minutes = fields.observation_min
        reactions = load_vocabulary().immediate_reactions
        observed = "" if minutes is None else format_quantity(minutes, self.tr("min"))
        return (
            (self.tr("Pain"), pain),
            (
                self.tr("Immediate reactions"),
                _joined(_answers(reactions, fields.reactions, language), fields.reaction_note),
            ),
            (self.tr("Observed"), observed),
            (self.tr("Aftercare text given"), self._aftercare(fields)),
            (self.tr("Next session"), self._next(fields)),
            (self.tr("Note"), fields.note or self.tr("none")),
        )

    def _aftercare(self, fields: SessionFields) -> str:
        titles = {each.id: each.title.get(self.context.language) for each in load_aftercare()}
        which = ""
        if fields.aftercare_id:
            which = self.tr("{title}, version {version}, {language}").format(
                title=titles.get(fields.aftercare_id, fields.aftercare_id),
                version=fields.aftercare_version,
                language=fields.aftercare_language,
            )
        return _joined(_told(fields.aftercare_given), which)

    def _next(self, fields: SessionFields) -> str:
        if fields.no_next_session:
            return self.tr("none planned")
        return "" if fields.next_session_on is None else format_date(fields.next_session_on)


def _told(answer: Answer, detail: str = "") -> str:
    words = {
        Answer.YES: _tr("yes"),
        Answer.NO: _tr("no"),
        Answer.NOT_ASKED: _tr("not asked"),
    }[answer]
    return _joined(words, detail)


def _joined(first: str, second: str) -> str:
    return ": ".join(part for part in (first, second) if part)


def _answers(terms: tuple[Term, ...], given: Mapping[str, Answer], language: str) -> str:
    """Return a few words for many answers; every "no" and "not asked" keeps its own word."""
    names: dict[Answer, list[str]] = {answer: [] for answer in Answer}
    for term in terms:
        names[given.get(term.id, Answer.NOT_ASKED)].append(term.name.get(language))
    for answer in Answer:
        if len(names[answer]) == len(terms):
            return _tr("{answer} to all {count}").format(answer=_told(answer), count=len(terms))
    return "\n".join(
        f"{_told(answer)}: {', '.join(found)}" for answer, found in names.items() if found
    )


def _digit(syringe: SyringeRecord) -> int:
    return syringe.digit


def _tr(text: str) -> str:
    return QCoreApplication.translate("SignedCards", text)
