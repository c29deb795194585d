"""Consent in the user's words: what asks for a new one, what was decided, the header's chip."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.area_groups import group_name
from mesodesk.domain.clock import local_date
from mesodesk.domain.consent_rules import ConsentLack as Lack
from mesodesk.domain.records.consent import PhotoPurpose, WithdrawalScope
from mesodesk.ui.numbers import format_date
from mesodesk.ui.tokens import KIND_ICONS, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mesodesk.domain.consent_rules import ConsentGap, ConsentOverview
    from mesodesk.domain.records.consent import ConsentRecord, PhotoDecision

_NOOP = QT_TRANSLATE_NOOP

LANGUAGES: Final = {"en": "English", "fr": "Français", "it": "Italiano", "es": "Español"}

_LACKS: Final[Mapping[Lack, str]] = {
    Lack.NONE: str(_NOOP("Consent", "No consent is signed.")),
    Lack.WITHDRAWN: str(_NOOP("Consent", "Consent was withdrawn on {day}.")),
    Lack.BROKEN: str(_NOOP("Consent", "The consent is not as it was signed: its seal is broken.")),
    Lack.TEXT: str(_NOOP("Consent", "The consent text has changed since it was signed.")),
    Lack.PERIOD: str(_NOOP("Consent", "The consent stood until {day}.")),
    Lack.REACTION: str(
        _NOOP("Consent", "A reaction of grade {grade}, {day}, asks for a new consent: {reason}")
    ),
    Lack.DEMANDED: str(_NOOP("Consent", "A new consent was asked for on {day}: {reason}")),
    Lack.PRODUCT: str(_NOOP("Consent", "No consent names {product} or its class.")),
    Lack.AREA: str(_NOOP("Consent", "No consent names this area: {area}.")),
    Lack.TOGETHER: str(_NOOP("Consent", "No consent names {product} together with: {area}.")),
}
PHOTOS: Final[Mapping[PhotoPurpose, str]] = {
    PhotoPurpose.RECORD: str(_NOOP("Consent", "For the record")),
    PhotoPurpose.TEACHING: str(_NOOP("Consent", "For teaching")),
    PhotoPurpose.PUBLICITY: str(_NOOP("Consent", "For publicity")),
}
SCOPES: Final[Mapping[WithdrawalScope, str]] = {
    WithdrawalScope.ALL: str(_NOOP("Consent", "All of it")),
    WithdrawalScope.RECORD: str(_NOOP("Consent", "Photographs for the record")),
    WithdrawalScope.TEACHING: str(_NOOP("Consent", "Photographs for teaching")),
    WithdrawalScope.PUBLICITY: str(_NOOP("Consent", "Photographs for publicity")),
}
_MISSING: Final[Mapping[str, str]] = {
    "products": str(_NOOP("Consent", "Name the products.")),
    "areas": str(_NOOP("Consent", "Name the areas.")),
    "informed_on": str(_NOOP("Consent", "Write when the patient was told.")),
    "time_to_reflect": str(_NOOP("Consent", "Ask whether there was time enough to think.")),
    "questions_asked": str(_NOOP("Consent", "Ask for questions.")),
    "interpreter": str(_NOOP("Consent", "Say whether an interpreter took part.")),
    "interpreter_name": str(_NOOP("Consent", "Write the interpreter's name.")),
    "signer_name": str(_NOOP("Consent", "Write who signs for the patient.")),
    "paper_place": str(_NOOP("Consent", "Write where the signed paper is kept.")),
    "strokes": str(_NOOP("Consent", "The signature is missing.")),
}


def tr(text: str) -> str:
    return QCoreApplication.translate("Consent", text)


def lack_words(lack: str, values: Mapping[str, str], language: str) -> str:
    """Return what asks for a new consent in one sentence."""
    said = dict(values)
    if "day" in said:
        said["day"] = format_date(date.fromisoformat(said["day"]))
    if "area" in said:
        said["area"] = group_name(said["area"], language)
    blank = dict.fromkeys(("day", "grade", "reason", "product", "area"), "")
    return tr(_LACKS[Lack(lack)]).format_map({**blank, **said})


def gap_words(gap: ConsentGap, language: str) -> str:
    return lack_words(gap.lack.value, gap.values, language)


def missing_words(name: str) -> str:
    """Return what a draft lacks; `name` as in `ConsentRecord.missing`."""
    return tr(_MISSING[name])


def day_of(moment: datetime, zone: str) -> str:
    return format_date(local_date(moment, zone))


def photo_look(decision: PhotoDecision) -> tuple[Kind, str, str]:
    """Return how a decision on photographs shows: kind, icon and words."""
    if decision.withdrawn:
        return Kind.STOP, KIND_ICONS[Kind.STOP], tr("withdrawn")
    return {
        Answer.YES: (Kind.OK, KIND_ICONS[Kind.OK], tr("yes")),
        Answer.NO: (Kind.NEUTRAL, "cancel", tr("no")),  # a choice, and nothing to be put right
        Answer.NOT_ASKED: (Kind.NEUTRAL, KIND_ICONS[Kind.NEUTRAL], tr("not asked")),
    }[decision.answer]


def chip_look(overview: ConsentOverview, zone: str) -> tuple[Kind, str]:
    """Return the chip of the header: kind and words."""
    found = overview.in_force
    if found is not None and found.signed_at is not None:
        words = tr("Consent in force since {day}")
        return Kind.OK, words.format(day=day_of(found.signed_at, zone))
    kind = Kind.CAUTION if overview.required else Kind.NEUTRAL
    return kind, tr("New consent needed") if overview.signed else tr("No consent")


def standing_words(overview: ConsentOverview, record: ConsentRecord, language: str) -> str:
    """Return what became of a signed consent: in force, or why not."""
    gaps = overview.against.get(record.id, ())
    return " ".join(gap_words(gap, language) for gap in gaps) or tr("In force")
