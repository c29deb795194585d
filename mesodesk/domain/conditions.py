"""The conditions of screening rules: small trees over facts, with three outcomes.

There is no "not": an added "yes", medicine or allergy can only make a condition truer, so it can
never take a finding away.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum
from typing import NamedTuple

from mesodesk.domain.answers import Answer
from mesodesk.domain.findings import Cause, Evidence
from mesodesk.domain.questionnaire import Questionnaire
from mesodesk.domain.screening_facts import ScreeningFacts
from mesodesk.domain.substances import Substances, recognised
from mesodesk.domain.words import WordList, same_substance

ROMAN = ("I", "II", "III", "IV", "V", "VI")


class Truth(IntEnum):
    """Ordered, so that "any of" is the greatest and "all of" the least."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2


class Verdict(NamedTuple):
    """Outcome of a condition and what it rests on; nothing speaks for a FALSE.

    `causes` are products that the condition itself points to; the rule's scope adds its own.
    """

    truth: Truth
    evidence: tuple[Evidence, ...] = ()
    causes: tuple[Cause, ...] = ()


FALSE = Verdict(Truth.FALSE)


@dataclass(frozen=True, slots=True)
class Context:
    """What conditions need besides the facts."""

    questionnaire: Questionnaire
    words: Mapping[str, WordList]
    substances: Substances


Condition = Callable[[ScreeningFacts, Context], Verdict]


def effective(item_id: str, facts: ScreeningFacts, context: Context) -> Answer:
    """Return the answer to an item.

    An item that does not concern this patient, or that depends on a "no", counts as "no" as long
    as it has no answer of its own.
    """
    own = facts.answer(item_id)
    if own is not Answer.NOT_ASKED:
        return own
    item = context.questionnaire.item(item_id)
    if not item.concerns(facts.body_sex, facts.age_years):
        return Answer.NO
    if item.asked_if and effective(item.asked_if, facts, context) is Answer.NO:
        return Answer.NO
    return own


@dataclass(frozen=True, slots=True)
class AnyYes:
    """True if one of the items is a "yes"; unknown if none is and one was not asked."""

    items: tuple[str, ...]

    def __call__(self, facts: ScreeningFacts, context: Context) -> Verdict:
        answers = {item: effective(item, facts, context) for item in self.items}
        told = [item for item, answer in answers.items() if answer is Answer.YES]
        if told:
            found = (Evidence(item, Answer.YES, facts.detail(item)) for item in told)
            return Verdict(Truth.TRUE, tuple(found))
        unasked = [item for item, answer in answers.items() if answer is Answer.NOT_ASKED]
        first = dict.fromkeys(_asked_first(item, facts, context) for item in unasked)
        if first:
            return Verdict(Truth.UNKNOWN, tuple(Evidence(i, Answer.NOT_ASKED) for i in first))
        return FALSE


def _asked_first(item_id: str, facts: ScreeningFacts, context: Context) -> str:
    """Return what to ask for an item.

    "Diabetes" comes before "insulin": the second means nothing while the first has no answer.
    """
    parent = context.questionnaire.item(item_id).asked_if
    open_before = parent and effective(parent, facts, context) is Answer.NOT_ASKED
    return parent if parent and open_before else item_id


@dataclass(frozen=True, slots=True)
class WordsIn:
    """True if a list of the patient, or a detail given in its section, holds one of the words.

    `fact` is `medicines` or `allergies`: the list, and the section of the same name.
    """

    fact: str
    lists: tuple[str, ...]

    def __call__(self, facts: ScreeningFacts, context: Context) -> Verdict:
        found = tuple(
            Evidence(item, Answer.YES, text)
            for item, text in written(self.fact, facts, context.questionnaire)
            if any(context.words[name].found_in(text) for name in self.lists)
        )
        return Verdict(Truth.TRUE, found) if found else FALSE


def written(
    fact: str, facts: ScreeningFacts, questionnaire: Questionnaire
) -> Iterable[tuple[str, str]]:
    """Yield (where, text) of everything written down as a medicine or an allergy."""
    for text in facts.medicines if fact == "medicines" else facts.allergies:
        yield fact, text
    for item in questionnaire.items_of(fact):
        if facts.answer(item.id) is Answer.YES and facts.details.get(item.id):
            yield item.id, facts.details[item.id]


@dataclass(frozen=True, slots=True)
class OwnWords:
    """True if a list of the patient, or a detail of its section, holds one of some words.

    `fact` is `medicines` or `allergies`.
    """

    fact: str
    words: WordList

    def __call__(self, facts: ScreeningFacts, context: Context) -> Verdict:
        found = tuple(
            Evidence(item, Answer.YES, text)
            for item, text in written(self.fact, facts, context.questionnaire)
            if self.words.found_in(text)
        )
        return Verdict(Truth.TRUE, found) if found else FALSE


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """True if a list of the patient holds something that no word list and no substance knows.

    `fact` is `medicines` or `allergies`. What a rule cannot read, somebody has to.
    """

    fact: str

    def __call__(self, facts: ScreeningFacts, context: Context) -> Verdict:
        texts = facts.medicines if self.fact == "medicines" else facts.allergies
        unknown = (
            part
            for text in texts
            for part in recognised(text, context.substances, context.words).unknown
        )
        found = tuple(Evidence(self.fact, Answer.YES, part) for part in dict.fromkeys(unknown))
        return Verdict(Truth.TRUE, found) if found else FALSE


@dataclass(frozen=True, slots=True)
class AllergyToComponent:
    """True if an allergy written down names something in a syringe; unknown if not asked.

    A name of the trade counts as the active that it stands for.

    A list that was taken over from an earlier intake and not asked for again may lack the newest.
    """

    def __call__(self, facts: ScreeningFacts, context: Context) -> Verdict:
        told = tuple(written("allergies", facts, context.questionnaire))
        found = tuple(
            Evidence(item, Answer.YES, text)
            for item, text in told
            if _means_one_of(text, facts.component_names, facts.ingredients, context)
        )
        if not found:
            return FALSE if facts.allergies_asked else _unknown("allergies")
        causes = (
            Cause(part.digit, part.product, part.lot)
            for part in facts.drawn
            if any(_means_one_of(e.detail, part.names, part.ingredients, context) for e in found)
        )
        return Verdict(Truth.TRUE, found, tuple(dict.fromkeys(causes)))


def _means_one_of(
    text: str, names: Iterable[str], ingredients: Iterable[str], context: Context
) -> bool:
    if any(same_substance(text, name) for name in names):
        return True
    wanted = frozenset(ingredients)
    if not wanted:
        return False
    return not context.substances.ingredients_in(text).isdisjoint(wanted)


@dataclass(frozen=True, slots=True)
class AgeBelow:
    """True below an age in years; None means the clinic's minimum age."""

    years: int | None

    def __call__(self, facts: ScreeningFacts, _context: Context) -> Verdict:
        limit = facts.minimum_age if self.years is None else self.years
        if facts.age_years is None:
            return _unknown("birth_date")
        return _known("birth_date", facts.age_years < limit, str(facts.age_years))


@dataclass(frozen=True, slots=True)
class SkinTypeIn:
    """True for some Fitzpatrick types, 1 to 6."""

    types: tuple[int, ...]

    def __call__(self, facts: ScreeningFacts, _context: Context) -> Verdict:
        if facts.skin_type is None:
            return _unknown("skin_type")
        return _known("skin_type", facts.skin_type in self.types, ROMAN[facts.skin_type - 1])


@dataclass(frozen=True, slots=True)
class BmiAtLeast:
    """True from a body mass index on, in kg/m2."""

    kg_per_m2: Decimal

    def __call__(self, facts: ScreeningFacts, _context: Context) -> Verdict:
        if facts.bmi is None:
            return _unknown("bmi")
        return _known("bmi", facts.bmi >= self.kg_per_m2, f"{facts.bmi:.1f}")


@dataclass(frozen=True, slots=True)
class WeightUnknown:
    """True while no weight is known."""

    def __call__(self, facts: ScreeningFacts, _context: Context) -> Verdict:
        if facts.weight_kg is not None:
            return FALSE
        return Verdict(Truth.TRUE, (Evidence("weight", Answer.NOT_ASKED),))


@dataclass(frozen=True, slots=True)
class JurisdictionIn:
    """True where the clinic lies in one of some countries."""

    countries: tuple[str, ...]

    def __call__(self, facts: ScreeningFacts, _context: Context) -> Verdict:
        if not facts.jurisdiction:
            return _unknown("jurisdiction")
        here = facts.jurisdiction.upper()
        return _known("jurisdiction", here in self.countries, here)


@dataclass(frozen=True, slots=True)
class Planned:
    """Always true: the rule's scope says it all."""

    def __call__(self, _facts: ScreeningFacts, _context: Context) -> Verdict:
        return Verdict(Truth.TRUE)


@dataclass(frozen=True, slots=True)
class KitNotChecked:
    """True in a session unless the emergency kit has been ticked today."""

    def __call__(self, facts: ScreeningFacts, _context: Context) -> Verdict:
        if facts.emergency_kit_checked is Answer.YES or not facts.in_session:
            return FALSE
        return Verdict(Truth.TRUE, (Evidence("emergency_kit", facts.emergency_kit_checked),))


@dataclass(frozen=True, slots=True)
class ToldToday:
    """True if a question of the session's check was answered "yes"; rests on what was told."""

    fact: str

    def __call__(self, facts: ScreeningFacts, _context: Context) -> Verdict:
        if self.fact not in facts.told_today:
            return FALSE
        return Verdict(Truth.TRUE, (Evidence(self.fact, Answer.YES, facts.told_today[self.fact]),))


@dataclass(frozen=True, slots=True)
class RedFlagInChecks:
    """True if the newest answered follow-up check raised red flags; rests on what was found."""

    def __call__(self, facts: ScreeningFacts, _context: Context) -> Verdict:
        if not facts.red_flags:
            return FALSE
        found = tuple(Evidence("red_flag", Answer.YES, flag) for flag in facts.red_flags)
        return Verdict(Truth.TRUE, found)


@dataclass(frozen=True, slots=True)
class TooSoon:
    """True if a session with the class lies less than some months and days back."""

    product_class: str
    months: int
    days: int

    def __call__(self, facts: ScreeningFacts, _context: Context) -> Verdict:
        last = facts.last_sessions.get(self.product_class)
        if last is None:
            return FALSE
        earliest = add_months(last, self.months) + timedelta(days=self.days)
        return _known("last_session", facts.on < earliest, last.isoformat())


@dataclass(frozen=True, slots=True)
class SessionsAtLeast:
    """True if so many sessions with the class are already on record."""

    product_class: str
    count: int

    def __call__(self, facts: ScreeningFacts, _context: Context) -> Verdict:
        done = facts.session_counts.get(self.product_class, 0)
        return _known("session_count", done >= self.count, str(done))


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The truest of several conditions."""

    parts: tuple[Condition, ...]

    def __call__(self, facts: ScreeningFacts, context: Context) -> Verdict:
        return _joined([part(facts, context) for part in self.parts], max)


@dataclass(frozen=True, slots=True)
class AllOf:
    """The least true of several conditions."""

    parts: tuple[Condition, ...]

    def __call__(self, facts: ScreeningFacts, context: Context) -> Verdict:
        return _joined([part(facts, context) for part in self.parts], min)


def _joined(verdicts: list[Verdict], choose: Callable[[Iterable[Truth]], Truth]) -> Verdict:
    truth = choose(verdict.truth for verdict in verdicts)
    if truth is Truth.FALSE:
        return FALSE
    found = [e for verdict in verdicts if verdict.truth is truth for e in verdict.evidence]
    causes = [c for verdict in verdicts if verdict.truth is truth for c in verdict.causes]
    return Verdict(truth, tuple(dict.fromkeys(found)), tuple(dict.fromkeys(causes)))


def _unknown(fact: str) -> Verdict:
    return Verdict(Truth.UNKNOWN, (Evidence(fact, Answer.NOT_ASKED),))


def _known(fact: str, holds: bool, detail: str) -> Verdict:
    return Verdict(Truth.TRUE, (Evidence(fact, Answer.YES, detail),)) if holds else FALSE


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return first + timedelta(days=min(day.day, (following - first).days) - 1)
