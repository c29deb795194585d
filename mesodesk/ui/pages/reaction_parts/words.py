"""What reactions, their days and what lies under a place are called in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.regions import load_regions
from mesodesk.domain.reaction_terms import load_reaction_terms
from mesodesk.domain.records.reaction import Precision
from mesodesk.domain.vocabulary import load_vocabulary
from mesodesk.ui.numbers import format_date, format_decimal, format_quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mesodesk.domain.reaction_terms import ReactionTerm
    from mesodesk.domain.records.reaction import (
        ReactionFields,
        ReactionRecord,
        SuspectLot,
        TreatedSession,
        UnderField,
        When,
    )


def kind_words(fields: ReactionFields, language: str) -> str:
    """Return what it is: the kind, with the own words behind it."""
    kind = load_reaction_terms().kinds.get(fields.kind)
    name = fields.kind if kind is None else kind.name.get(language)
    return f"{name}: {fields.what}" if fields.what else name


def grade_words(record: ReactionRecord) -> str:
    """Return the grade with its words and its scale, or that there is none."""
    fields, latest = record.fields, record.latest
    if fields.grade is None:
        return _tr("not graded")
    words = _tr("grade {grade}: {label} ({scale})")
    return words.format(grade=fields.grade, label=latest.grade_label, scale=latest.scale_name)


def when_words(when: When) -> str:
    """Return a day as exactly as it is known."""
    if when.on is None:
        return _tr("not known")
    day = format_date(when.on)
    if when.precision is Precision.TIME and when.minute is not None:
        return f"{day}, {time_text(when.minute)}"
    if when.precision is Precision.ABOUT:
        return _tr("about {day}").format(day=day)
    if when.precision is Precision.MONTH:
        return day.split(" ", 1)[1] if " " in day else day
    return day


def time_text(minute: int) -> str:
    """Return minutes after midnight as hours and minutes."""
    return f"{minute // 60}:{minute % 60:02d}"


def answer_words(answer: Answer) -> str:
    """Return yes, no or that nobody asked."""
    return {
        Answer.YES: _tr("yes"),
        Answer.NO: _tr("no"),
        Answer.NOT_ASKED: _tr("not asked"),
    }[answer]


def term_words(term: str, known: Mapping[str, ReactionTerm], language: str, none: str) -> str:
    """Return a term, or what stands for none."""
    found = known.get(term)
    return none if found is None else found.name.get(language)


def region_words(regions: Iterable[str], language: str) -> str:
    """Return the names of regions, each once."""
    known = load_regions()
    names = (known[each].name(language) if each in known else each for each in regions)
    return ", ".join(dict.fromkeys(names))


def session_words(session: TreatedSession) -> str:
    """Return which session is meant."""
    words = _tr("Session {number}, {day}")
    said = words.format(number=session.number, day=format_date(session.day))
    return f"{said} ({_tr('not signed yet')})" if session.draft else said


def part_words(part: SuspectLot) -> str:
    """Return a product with its lot."""
    return _tr("{product}, lot {lot}").format(product=part.product_name, lot=part.lot_number)


def under_title(field: UnderField) -> str:
    """Return which field lies under a place, and how long ago it was."""
    words = _tr("Session {number}, {day}, {ago} \u00b7 syringe {digit}")
    return words.format(
        number=field.session_number,
        day=format_date(field.treated_on),
        ago=days_words(field.days),
        digit=field.syringe_digit,
    )


def days_words(days: int) -> str:
    """Return how many days ago, from zero on."""
    if days == 0:
        return _tr("today")
    return _tr("1 day ago") if days == 1 else _tr("{days} days ago").format(days=days)


def under_detail(field: UnderField, language: str, reach_mm: int) -> str:
    """Return what was given there: technique, depth, points and volume."""
    technique = next(
        (each.name.get(language) for each in load_vocabulary().techniques
         if each.id == field.technique),
        field.technique,
    )  # fmt: skip
    depth = ", ".join(f"{each} mm" for each in field.depths_mm)
    facts = [technique, _tr("{depth} deep").format(depth=depth)]
    volume = format_quantity(field.volume_ml, "mL")
    nearest = format_decimal(round(field.nearest_mm))
    if field.zone:
        inside = _tr("in a zone without points, {ml} in all")
        beside = _tr("{mm} mm from the edge of a zone without points, {ml} in all")
        facts.append((beside if field.nearest_mm else inside).format(mm=nearest, ml=volume))
        return " \u00b7 ".join(facts)
    one = _tr("1 point within {reach} mm, {ml}")
    many = _tr("{count} points within {reach} mm, {ml}")
    words = one if field.points == 1 else many
    facts.append(words.format(count=field.points, reach=reach_mm, ml=volume))
    facts.append(_tr("nearest {mm} mm").format(mm=nearest))
    return " \u00b7 ".join(facts)


def _tr(text: str) -> str:
    return QCoreApplication.translate("reactions", text)
