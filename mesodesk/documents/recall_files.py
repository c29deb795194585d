"""What leaves about a recall: a table of who was treated, and a letter to each patient."""

import csv
import io
from collections.abc import Mapping
from typing import Any, Final

from mesodesk.documents.record_pdf import LETTER_PAPER, set_pages
from mesodesk.documents.tables_csv import cell
from mesodesk.documents.words import day_words
from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.regions import named
from mesodesk.domain.reaction_terms import ReactionTerms, load_reaction_terms, told_names
from mesodesk.domain.records.reaction import Precision, ReactionRecord
from mesodesk.domain.records.recall import LotTrace, RecallLetters, TracedPatient, TracedSession
from mesodesk.domain.stock_rules import load_recall_letter
from mesodesk.domain.texts import LocalText
from mesodesk.domain.units import plain

_HEAD: Final = (
    "product",
    "lot",
    "record_number",
    "name",
    "birth_date",
    "phone",
    "address",
    "session",
    "session_state",
    "day",
    "therapist",
    "drawn_ml_of_lot",
    "syringe",
    "regions",
    "points",
    "field_ml",
    "field_ml_of_lot",
    "depth_mm",
    "technique",
    "reacted",
    "reaction_kind",
    "reaction_grade",
    "reaction_onset",
    "reaction_serious",
    "reaction_relatedness",
    "reached_on",
    "reached_by",
)


_ANSWERS: Final = {Answer.YES: "yes", Answer.NO: "no", Answer.NOT_ASKED: "not asked"}


def recall_csv(trace: LotTrace) -> bytes:
    """Return a line for each field that got some of a lot, or for a session without a chart.

    With a mark at the beginning, or Excel takes it for Latin.
    """
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(_HEAD)
    for patient in trace.patients:
        for session in patient.sessions:
            lines.writerows(
                [cell(value) for value in line] for line in _lines(trace, patient, session)
            )
        if not patient.sessions:
            known = [trace.product_name, trace.lot_number, patient.record_number, "restricted"]
            lines.writerow([cell(value) for value in known] + [""] * (len(_HEAD) - len(known)))
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def _lines(
    trace: LotTrace, patient: TracedPatient, session: TracedSession
) -> list[tuple[object, ...]]:
    told = next((each for each in patient.contacts if each.fields.reached), None)
    before = (
        trace.product_name,
        trace.lot_number,
        patient.record_number,
        patient.name,
        None if patient.birth_date is None else patient.birth_date.isoformat(),
        patient.phone,
        patient.address,
        session.number,
        session.state.value,
        session.day.isoformat(),
        session.therapist,
        plain(session.drawn_ml),
    )
    after = (
        "yes" if patient.reacted or session.reactions else "",
        *_reactions(session),
        "" if told is None else told.fields.contacted_on.isoformat(),
        "" if told is None else told.fields.channel.value,
    )
    fields: list[tuple[object, ...]] = [
        (
            each.syringe_digit,
            "; ".join(each.regions),
            each.points,
            plain(each.volume_ml),
            plain(each.lot_ml),
            each.depth_mm,
            each.technique,
        )
        for each in session.fields
    ]
    return [(*before, *one, *after) for one in fields or [("",) * 7]]


def _reactions(session: TracedSession) -> tuple[str, ...]:
    """Return kind, grade, onset, whether serious and relatedness of what followed a session.

    Of several the first to begin first, in the same order in each column. What a check told and
    nobody recorded has a name alone.
    """
    names, terms = told_names("en"), load_reaction_terms()
    rows = [_told(each, terms) for each in session.reactions]
    rows += [(f"told at a check: {names.get(each, each)}", "", "", "", "") for each in session.told]
    return tuple("; ".join(column) for column in zip(*rows, strict=True)) if rows else ("",) * 5


def _told(record: ReactionRecord, terms: ReactionTerms) -> tuple[str, str, str, str, str]:
    fields = record.fields
    kind, judged = terms.kinds.get(fields.kind), terms.relatedness.get(fields.relatedness)
    name = fields.kind if kind is None else kind.name.get()
    grade = "not graded"
    if fields.grade is not None:
        grade = f"{fields.grade} ({record.latest.scale_name})"
    onset = "not known" if fields.onset.on is None else fields.onset.on.isoformat()
    if fields.onset.precision in (Precision.ABOUT, Precision.MONTH):
        onset = f"{fields.onset.precision.value} {onset}"
    return (
        f"{name}: {fields.what}" if fields.what else name,
        grade,
        onset,
        _ANSWERS[fields.serious],
        "not judged" if judged is None else judged.name.get(),
    )


def letter_pdf(letters: RecallLetters, patient: TracedPatient) -> bytes:
    """Return the letter to one patient as PDF, in the patient's language or else the clinic's.

    Raises:
        DocumentError: if the page cannot be set.
    """
    clinic = letters.clinic
    language = patient.language or clinic.language or "en"
    texts = load_recall_letter()
    recall = letters.trace.recall
    values = {
        "product": letters.trace.product_name,
        "lot": letters.trace.lot_number,
        "reason": "" if recall is None else recall.fields.reason,
        "clinic": clinic.name,
        "phone": clinic.phone,
        "emergency": clinic.emergency_phone,
    }
    told: dict[str, Any] = {
        "paper": "us-letter" if clinic.jurisdiction.upper() in LETTER_PAPER else "a4",
        "language": language,
        "clinic": clinic.name,
        "clinic_lines": [line for line in (clinic.address, clinic.phone) if line],
        "to": [patient.name, *filter(None, patient.address.split("\n"))],
        "day": day_words(letters.made_on),
        "subject": texts["subject"].get(language).format(**values),
        "number": f"{texts['record'].get(language)} {patient.record_number}",
        "before": _paragraphs(texts, ("opening", "why"), language, values),
        "heads": [texts[key].get(language) for key in ("day_head", "area_head", "volume_head")],
        "rows": [
            [
                day_words(session.day),
                ", ".join(named(session.regions, language)) or texts["not_charted"].get(language),
                f"{plain(session.lot_ml or session.drawn_ml)} mL",
            ]
            for session in patient.sessions
        ],
        "after": _paragraphs(texts, ("what_to_do", "closing"), language, values),
        "signed": letters.made_by,
    }
    return set_pages(told, {}, "letter.typ")


def _paragraphs(
    texts: Mapping[str, LocalText], keys: tuple[str, ...], language: str, values: dict[str, str]
) -> list[str]:
    return [texts[key].get(language).format(**values) for key in keys]
