"""The readable record of a patient as PDF, set by Typst from `resources/documents/record.typ`.

What people typed reaches the template as data and is never read as markup. Typst is imported when
the first page is set: it takes 20 ms, and most days nothing is printed.
"""

import json
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from mesodesk.assets import resources
from mesodesk.documents.check_pages import check_pages
from mesodesk.documents.consent_pages import consent_pages, signatures
from mesodesk.documents.intake_pages import intake_pages
from mesodesk.documents.marks import badge_svg
from mesodesk.documents.measure_pages import measure_pages
from mesodesk.documents.new_file import DocumentError
from mesodesk.documents.photo_pages import photo_files, photo_pages
from mesodesk.documents.plan_pages import plan_pages
from mesodesk.documents.reaction_pages import reaction_pages
from mesodesk.documents.session_pages import Pictures, session_page
from mesodesk.documents.words import day_words, language_words, moment_words, pairs
from mesodesk.domain.clock import local_date
from mesodesk.domain.records.printing import PrintedRecord
from mesodesk.domain.screening_facts import age_in_years
from mesodesk.domain.syringe_looks import syringe_look

if TYPE_CHECKING:
    from typst import Fonts

LETTER_PAPER: Final = frozenset({"US", "CA"})
"""Where paper is Letter; everywhere else it is A4."""
# Scripts that the program's own font has; for others the computer's fonts are looked through.
_OTHER_SCRIPTS: Final = re.compile(r"[^\u0000-\u052f\u1e00-\u1fff\u2000-\u22ff\ufe00-\ufe0f]")


def record_pdf(record: PrintedRecord, go: Callable[[], object] = bool) -> bytes:
    """Return the record as PDF.

    Args:
        record: what is printed.
        go: called before each session; raises where it is to be given up.

    Raises:
        DocumentError: if the page cannot be set.
    """
    used = {each.digit for one in record.sessions for each in one.record.syringes}
    pictures = Pictures({f"badge-{digit}.svg": badge_svg(syringe_look(digit)) for digit in used})
    told = _told(record, pictures, go)
    return set_pages(
        told, {**pictures.files, **signatures(record.consents), **photo_files(record.photos)}
    )


def _told(record: PrintedRecord, pictures: Pictures, go: Callable[[], object]) -> dict[str, Any]:
    clinic, head = record.clinic, record.head
    patient = record.patient
    checks = check_pages(record.follow_ups, clinic.zone, clinic.language)
    sessions = []
    for each in record.sessions:
        go()
        sessions.append(session_page(each, clinic, pictures))
    lines = [clinic.address, " · ".join(filter(None, (clinic.phone, clinic.emergency_phone)))]
    return {
        "paper": "us-letter" if clinic.jurisdiction.upper() in LETTER_PAPER else "a4",
        "language": "en",
        "alone": record.alone,
        "title": _title(record),
        "clinic": clinic.name,
        "clinic_lines": [line for line in lines if line],
        "number": patient.record_number,
        "name": patient.fields.display_name,
        "printed": f"{moment_words(head.made_at, clinic.zone)} by {head.made_by}",
        "program": f"Mesodesk {head.program}",
        "restricted": record.restricted,
        "archived": patient.archived_at is not None,
        "facts": _facts(record, local_date(head.made_at, clinic.zone)),
        "note": patient.fields.note,
        "warnings": [
            {"tone": each.severity.value, "label": each.label} for each in record.warnings
        ],
        "intakes": intake_pages(record),
        "consents": consent_pages(record),
        "plans": plan_pages(record),
        "sessions": sessions,
        "checks": checks,
        "reactions": reaction_pages(record.reactions, clinic),
        "measures": measure_pages(record.measurements, clinic),
        "photos": photo_pages(record.photos, clinic.language),
    }


def _title(record: PrintedRecord) -> str:
    if not record.alone:
        return "Record"
    if record.consents:
        return f"Consent {record.consents[0].number}"
    return f"Session {record.sessions[0].record.number}"


def _facts(record: PrintedRecord, today: date) -> list[list[str]]:
    typed = record.patient.fields
    age = age_in_years(typed.birth_date, today)
    return pairs(
        ("Born", f"{day_words(typed.birth_date)} ({age} y)"),
        ("Figure", typed.body_sex.value),
        ("Record number", record.patient.record_number),
        ("Phone", typed.phone),
        ("E-mail", typed.email),
        ("Address", typed.address),
        ("Language", language_words(typed.language)),
    )


def set_pages(
    told: dict[str, Any], pictures: dict[str, bytes], template: str = "record.typ"
) -> bytes:
    """Return pages set by a template of `resources/documents/` as PDF.

    Raises:
        DocumentError: if they cannot be set.
    """
    import typst

    data = json.dumps(told, ensure_ascii=False)
    # Typst takes several files at once as a mapping, which its types do not say.
    files: Any = {
        "main.typ": _template(template),
        "record.json": data.encode("utf-8"),
        **pictures,
    }
    try:
        made = typst.compile(
            files,
            font_paths=_fonts(of_computer=_OTHER_SCRIPTS.search(data) is not None),
        )
    except (RuntimeError, ValueError, OSError) as error:
        raise DocumentError(
            "The page could not be set, so nothing was printed. Your records are as they were."
            " Export as JSON or CSV instead, and report it."
        ) from error
    return bytes(made)


@cache
def _fonts(*, of_computer: bool) -> "Fonts":
    """Return the fonts to set with, read once."""
    import typst

    return typst.Fonts(
        include_system_fonts=of_computer,
        include_embedded_fonts=False,
        font_paths=[str(resources() / "fonts" / "inter")],
    )


@cache
def _template(name: str) -> bytes:
    return (resources() / "documents" / name).read_bytes()
