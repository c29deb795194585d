"""A consent as it is printed: the text as it was signed, the signature, what was withdrawn."""

from typing import Any, Final

from mesodesk.documents.words import moment_words
from mesodesk.domain.consent_text import parts
from mesodesk.domain.records.consent import ConsentRecord, WithdrawalScope
from mesodesk.domain.records.printing import PrintedRecord
from mesodesk.domain.strokes import Stroke, unpack
from mesodesk.domain.texts import day_text

_SCOPES: Final = {
    WithdrawalScope.ALL: "all of it",
    WithdrawalScope.RECORD: "photographs for the record",
    WithdrawalScope.TEACHING: "photographs for teaching",
    WithdrawalScope.PUBLICITY: "photographs for publicity",
}
_BROKEN: Final = "The seal is broken: this is not what was signed."


def consent_pages(record: PrintedRecord) -> list[dict[str, Any]]:
    """Return the signed consents of a patient, the first one first."""
    return [_page(each, record.clinic.zone) for each in record.consents]


def _page(consent: ConsentRecord, zone: str) -> dict[str, Any]:
    key, seal = consent.text, consent.seal
    signed = "" if consent.signed_at is None else moment_words(consent.signed_at, zone)
    holds = seal is not None and seal.holds
    return {
        "title": f"Consent {consent.number}",
        "meta": f"Text {key.id}, {key.origin.value} version {key.version}, {key.language}",
        "said": [*([] if holds else [_said("stop", _BROKEN)]), *_withdrawals(consent)],
        "lines": [{"kind": kind, "text": words} for kind, words in parts(consent.shown)],
        "signature": _name(consent) if consent.strokes is not None else "",
        "signed": f"Signed {signed}. Informed by {consent.informer}.",
        "seal": f"Seal {seal.sha256}" if seal is not None else "",
    }


def _withdrawals(consent: ConsentRecord) -> list[dict[str, str]]:
    return [
        _said(
            "caution",
            f"Withdrawn on {day_text(one.withdrawn_on)}: {_SCOPES[one.scope]}",
            f"{one.reason} (recorded by {one.recorded_by})",
        )
        for one in consent.withdrawals
    ]


def _said(tone: str, head: str, text: str = "") -> dict[str, str]:
    return {"tone": tone, "head": head, "text": text}


def signatures(consents: tuple[ConsentRecord, ...]) -> dict[str, bytes]:
    """Return the signatures as vector pictures, by the names that the pages know them by."""
    return {
        _name(each): signature_svg(each.strokes) for each in consents if each.strokes is not None
    }


def _name(consent: ConsentRecord) -> str:
    return f"signature-{consent.id}.svg"


def signature_svg(strokes: bytes) -> bytes:
    """Return a signature cut to what was drawn, as SVG."""
    drawn = unpack(strokes)
    left, top, right, bottom = drawn.bounds
    edge = 40
    size = f"{left - edge} {top - edge} {right - left + 2 * edge} {bottom - top + 2 * edge}"
    lines = "".join(f'<path d="{_path(stroke)}"/>' for stroke in drawn.strokes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}"><g fill="none" stroke="#111"'
        f' stroke-width="24" stroke-linecap="round" stroke-linejoin="round">{lines}</g></svg>'
    ).encode()


def _path(stroke: Stroke) -> str:
    first, *others = stroke
    return f"M{first.x} {first.y}" + "".join(f"L{each.x} {each.y}" for each in others or [first])
