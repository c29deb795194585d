"""Reactions as they are printed: each with all its versions and whom it was reported to."""

from collections.abc import Iterable

from mesodesk.documents.words import day_words, moment_words
from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.regions import named
from mesodesk.domain.reaction_terms import load_reaction_terms
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.reaction import (
    Precision,
    ReactionRecord,
    ReactionVersion,
    ReportRecord,
    When,
)

_ANSWERS = {Answer.YES: "yes", Answer.NO: "no", Answer.NOT_ASKED: "not asked"}


def reaction_pages(
    reactions: Iterable[ReactionRecord], clinic: ClinicFields
) -> list[dict[str, object]]:
    """Return what is said of each reaction, the first to begin first."""
    ordered = sorted(reactions, key=lambda each: (each.began_on, each.id))
    return [
        {
            "title": _kind(each.latest, clinic.language),
            "day": day_words(each.began_on),
            "struck": not each.counts,
            "error": ""
            if each.counts
            else f"ENTERED IN ERROR: {each.error_reason} ({each.error_by})",
            "facts": _facts(each, clinic),
            "reports": [_report(one, clinic.language) for one in each.reports],
            "before": _before(each, clinic),
        }
        for each in ordered
    ]


def _kind(version: ReactionVersion, language: str) -> str:
    fields = version.fields
    kind = load_reaction_terms().kinds.get(fields.kind)
    name = fields.kind if kind is None else kind.name.get(language)
    return f"{name}: {fields.what}" if fields.what else name


def _facts(record: ReactionRecord, clinic: ClinicFields) -> list[list[str]]:
    fields, terms, language = record.fields, load_reaction_terms(), clinic.language
    criteria = ", ".join(terms.criteria[each].name.get(language) for each in fields.criteria)
    serious = _ANSWERS[fields.serious]
    ended = _ANSWERS[fields.ended]
    done = [terms.actions[each].name.get(language) for each in fields.actions]
    related, outcome = (
        terms.relatedness.get(fields.relatedness),
        terms.outcomes.get(fields.outcome),
    )
    regions = dict.fromkeys(named([each.region for each in fields.places], language))
    lots = (f"{each.product_name}, lot {each.lot_number}" for each in record.latest.suspects)
    pairs = [
        ("After", f"session {record.session_number}, {day_words(record.treated_on)}"),
        ("Where", ", ".join(regions) or "no place marked"),
        ("Grade", _grade(record.latest)),
        ("Serious", f"{serious}: {criteria}" if criteria else serious),
        ("Began", _when(fields.onset)),
        ("Over", ended if fields.end.on is None else f"{ended}, {_when(fields.end)}"),
        ("Related", "not judged" if related is None else related.name.get(language)),
        ("Suspected", "; ".join(lots) or "no lot named"),
        ("Done", ", ".join([*done, fields.action_note] if fields.action_note else done) or "—"),
        ("Outcome", "not said" if outcome is None else outcome.name.get(language)),
        ("Note", fields.note),
        ("Written by", _author(record.latest, clinic)),
    ]
    return [[name, value] for name, value in pairs if value]


def _grade(version: ReactionVersion) -> str:
    if version.fields.grade is None:
        return "not graded"
    return f"{version.fields.grade}: {version.grade_label} ({version.scale_name})"


def _when(when: When) -> str:
    if when.on is None:
        return "not known"
    day = day_words(when.on)
    if when.precision is Precision.TIME and when.minute is not None:
        return f"{day}, {when.minute // 60}:{when.minute % 60:02d}"
    if when.precision is Precision.MONTH:
        return day.split(" ", 1)[1]
    return f"about {day}" if when.precision is Precision.ABOUT else day


def _author(version: ReactionVersion, clinic: ClinicFields) -> str:
    return f"{version.written_by}, {moment_words(version.written_at, clinic.zone)}"


def _report(report: ReportRecord, language: str) -> str:
    fields = report.fields
    whom = load_reaction_terms().recipients.get(fields.recipient)
    name = fields.recipient if whom is None else whom.name.get(language)
    said = [name, fields.name, day_words(fields.reported_on), fields.reference, fields.note]
    return f"{', '.join(part for part in said if part)} (noted by {report.noted_by})"


def _before(record: ReactionRecord, clinic: ClinicFields) -> list[str]:
    """Return what stood before each change, and why it was changed."""
    return [
        f"{_kind(old, clinic.language)}, {_grade(old)}, began {_when(old.fields.onset)}"
        f"{f', {old.fields.note}' if old.fields.note else ''}"
        f" — until changed by {_author(new, clinic)}: {new.reason}"
        for old, new in zip(record.versions, record.versions[1:], strict=False)
    ]
