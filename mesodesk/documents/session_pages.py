"""A session as it is printed: what was found, drawn up, injected, seen, and said of it later."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from mesodesk.documents.amended_pages import amendment_of, amendment_words, legend_files
from mesodesk.documents.amended_svg import ShownAmendment
from mesodesk.documents.chart_pictures import chart_pictures
from mesodesk.documents.words import (
    answer_words,
    answers_words,
    day_words,
    length_words,
    moment_words,
    pairs,
    quantity,
    weight_words,
)
from mesodesk.domain.bodymap.amended import Amended
from mesodesk.domain.bodymap.atlas import Atlas, AtlasError, load_atlas
from mesodesk.domain.bodymap.chart_text import ChartText, TextSyringe, chart_text
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.regions import named
from mesodesk.domain.dosing import Concentration, reconcile, to_decimal
from mesodesk.domain.findings import Finding, Severity
from mesodesk.domain.limit_facts import drawn_up
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.printing import PrintedSession
from mesodesk.domain.records.session import SessionState, StatementKind, SyringeRecord
from mesodesk.domain.screening_snapshot import SnapshotEntry
from mesodesk.domain.units import plain
from mesodesk.domain.vocabulary import load_aftercare, load_vocabulary

_STATES: Final = {
    SessionState.DRAFT: ("Draft: not signed", "caution"),
    SessionState.SIGNED: ("Signed", "ok"),
    SessionState.AMENDED: ("Amended: replaced by a later version", "caution"),
    SessionState.ENTERED_IN_ERROR: ("Entered in error", "stop"),
}
_UNITS: Final = {"mg": "mg/mL", "[iU]": "IU/mL", "[USP'U]": "USP U/mL"}
_SHORT_HASH: Final = 16
_BROKEN: Final = (
    "The seal is broken: this is not what was signed. Something in it was changed outside the"
    " program."
)


class Pictures(NamedTuple):
    """What is drawn beside the text: bytes by the name that the text knows them by."""

    files: dict[str, bytes]

    def add(self, name: str, content: bytes) -> str:
        """Keep a picture and return its name."""
        self.files[name] = content
        return name


def session_page(
    session: PrintedSession, clinic: ClinicFields, pictures: Pictures
) -> dict[str, Any]:
    """Return a session with its chart, and add the pictures of the chart."""
    record, zone, language = session.record, session.zone, clinic.language
    state, tone = _STATES[record.state]
    return {
        "title": f"Session {record.number}",
        "meta": f"{moment_words(record.started_at, zone)} · {record.therapist}",
        "state": state,
        "tone": tone,
        "struck": record.state in (SessionState.AMENDED, SessionState.ENTERED_IN_ERROR),
        "said": _said(session, zone),
        "findings": [
            _finding(each, zone, clinic.language) for each in session.entries if _is_told(each)
        ],
        "unsigned": record.seal is None,
        "before": _before(session, clinic),
        "syringes": [_syringe(each, session) for each in _ordered(record.syringes)],
        **_chart(session, language, pictures),
        "limits": [_limit(each) for each in session.limits],
        "after": _after(session, language),
        "addenda": [
            {
                "meta": f"{moment_words(each.written_at, zone)} · {each.author}",
                "text": each.text,
            }
            for each in record.addenda
        ],
        "seal": _seal(session, zone),
    }


def _said(session: PrintedSession, zone: str) -> list[dict[str, str]]:
    """Return what was said of it later, and why it was thrown away or replaces another."""
    said = []
    if session.amends:
        said.append({"head": "Replaces an earlier version", "text": session.amends, "tone": "info"})
    for each in session.statements:
        who = f"{moment_words(each.made_at, zone)} · {each.author}"
        head = {
            StatementKind.AMENDED: "Amended",
            StatementKind.ENTERED_IN_ERROR: "Entered in error",
            StatementKind.REQUEST_DENIED: "A change that the patient asked for was not made",
        }[each.kind]
        if each.replaced_by is not None:
            head = f"{head}, replaced by another version of session {each.replaced_by}"
        said.append({"head": f"{head}, {who}", "text": each.text, "tone": "stop"})
    if session.record.discard_reason:
        text = session.record.discard_reason
        said.append({"head": "Discarded before it was signed", "text": text, "tone": "stop"})
    return said


def _is_told(entry: SnapshotEntry) -> bool:
    """Tell what needed a reason, and a rule that the clinic had switched off."""
    found = entry.finding
    return bool(
        found.severity is not Severity.INFO
        or found.clinic_says
        or entry.acknowledgement is not None
    )


def _finding(entry: SnapshotEntry, zone: str, language: str) -> dict[str, str]:
    given, reason = entry.acknowledgement, ""
    if given is not None:
        reason = f"{given.by}, {moment_words(given.at, zone)}: {given.reason}"
    return {
        "tone": entry.finding.severity.value,
        "text": _finding_words(entry.finding, language),
        "action": entry.finding.action,
        "reason": reason,
        "source": entry.finding.source,
    }


def _finding_words(found: Finding, language: str) -> str:
    """Return a finding, what in the session brought it in, and what the clinic says of its rule."""
    drawn = [f"syringe {c.digit}: {c.product}, lot {c.lot}" for c in found.causes if not c.region]
    charted = named([c.region for c in found.causes if c.region], language)
    said = "; ".join([*drawn, *charted])
    words = f"{found.message} ({said})" if said else found.message
    return f"{words} {found.clinic_says}".strip()


def _before(session: PrintedSession, clinic: ClinicFields) -> list[list[str]]:
    fields, language = session.record.fields, clinic.language
    vocabulary = load_vocabulary()
    names = {term.id: term.name.get(language) for term in vocabulary.skin_preparations}
    last = answer_words(fields.reaction_to_last, fields.reaction_to_last_detail)
    return pairs(
        *_plan(session.plan),
        ("Anything changed", answer_words(fields.anything_changed, fields.changes)),
        (
            "Reaction to the last session",
            last if session.record.number > 1 else "This was the first session.",
        ),
        ("Emergency kit at hand", answer_words(fields.emergency_kit)),
        ("Weight that day", weight_words(fields.weight_kg, clinic.weight_unit)),
        ("Height", length_words(session.record.height_cm, clinic.length_unit)),
        ("Skin preparation", names.get(fields.skin_preparation, fields.skin_preparation)),
        ("Aseptic steps", answers_words(vocabulary.aseptic_steps, fields.aseptic_steps, language)),
    )


def _plan(kept: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return which session of which plan it is, and how the interval stood that day."""
    if not kept:
        return []
    planned = kept.get("planned")
    words = [f"session {kept['number']}" + ("" if planned is None else f" of {planned}")]
    for key, said in (("last_on", "last on {day}"), ("earliest_on", "next from {day}")):
        if kept.get(key):
            words.append(said.format(day=day_words(date.fromisoformat(str(kept[key])))))
    if kept.get("protocol"):
        words.append(f"protocol {kept['protocol']}, version {kept['protocol_version']}")
    return [("Plan", f"{kept['indication']}: {'; '.join(words)}")]


def _ordered(syringes: Sequence[SyringeRecord]) -> list[SyringeRecord]:
    return sorted(syringes, key=lambda each: each.digit)


def _syringe(syringe: SyringeRecord, session: PrintedSession) -> dict[str, Any]:
    fields = session.chart or ()
    injected = sum((each.volume_ml for each in fields if each.syringe_id == syringe.id), Decimal(0))
    balance = reconcile(syringe.drawn_ml, injected, syringe.wasted_ml, syringe.left_ml)
    told = [
        ("drawn", syringe.drawn_ml),
        ("injected", injected if session.chart is not None else None),
        ("wasted", balance.wasted_ml),
        ("left", balance.left_ml),
    ]
    if balance.difference_ml > 0:
        told.append(("not accounted for", balance.difference_ml))
    elif balance.difference_ml < 0:
        told.append(("more than drawn", -balance.difference_ml))
    (drawn,) = drawn_up([syringe])
    return {
        "digit": syringe.digit,
        "label": syringe.label,
        "parts": [
            [
                part.product_name + (" (diluent)" if part.diluent else ""),
                part.lot_number,
                day_words(part.expires_on),
                quantity(part.volume_ml, "mL"),
            ]
            for part in syringe.components
        ],
        "actives": [_concentration(each) for each in drawn.mixture.concentrations()],
        "balance": [
            f"{name} {'not told' if volume is None else quantity(volume, 'mL')}"
            for name, volume in told
        ],
    }


def _concentration(active: Concentration) -> str:
    unit = _UNITS.get(active.unit, f"{active.unit}/mL")
    if active.per_ml is None:
        return f"{active.name}: strength not known"
    return f"{active.name} {plain(to_decimal(active.per_ml, 4))}\u00a0{unit}"


def _chart(session: PrintedSession, language: str, pictures: Pictures) -> dict[str, Any]:
    record = session.record
    empty: dict[str, Any] = {
        "lines": [], "totals": [], "pictures": [], "chart_note": "", "amendment": {}
    }  # fmt: skip
    if session.chart is None:
        return {**empty, "chart_note": "The chart cannot be read. Check the vault."}
    try:
        atlas = load_atlas(record.body_sex.value)
    except AtlasError as error:
        return {**empty, "chart_note": str(error)}
    if atlas.atlas_id != record.atlas_id:
        note = "The chart was drawn on a body that this version of Mesodesk does not have."
        return {**empty, "chart_note": note}
    words = _words(session.chart, record.syringes, atlas, language)
    found, told = amendment_of(session, atlas), {}
    if found is not None:
        told = amendment_words(session, found, atlas, language)
        pictures.files.update(legend_files())
    return {
        "lines": [line.text for line in words.lines],
        "totals": [*words.syringes, *words.actives, words.total],
        "pictures": _pictures(session, session.chart, atlas, found, pictures),
        "chart_note": "" if words.lines else "Nothing is charted.",
        "amendment": told,
    }


def _words(
    fields: Sequence[ChartField], syringes: Sequence[SyringeRecord], atlas: Atlas, language: str
) -> ChartText:
    mixtures = {each.id: each.mixture for each in drawn_up(syringes)}
    told = [
        TextSyringe(
            each.id, each.digit, each.label, mixtures[each.id], each.wasted_ml, each.left_ml
        )
        for each in syringes
    ]
    return chart_text(fields, told, atlas, language)


def _pictures(
    session: PrintedSession,
    fields: Sequence[ChartField],
    atlas: Atlas,
    found: Amended | None,
    pictures: Pictures,
) -> list[dict[str, str]]:
    digits = {each.id: each.digit for each in session.record.syringes}
    later = session.other is not None and session.other.later
    shown = None if found is None else ShownAmendment(found, of_original=later)
    made = []
    for at, one in enumerate(chart_pictures(fields, digits, atlas, shown)):
        name = f"{session.record.id.hex}-{at}"
        points = "1 point" if one.shown == 1 else f"{one.shown} points"
        made.append(
            {
                "title": f"{one.view.name()} · {points}",
                "file": pictures.add(f"{name}.svg", one.svg),
            }
        )
    return made


def _limit(kept: Any) -> dict[str, str]:  # noqa: ANN401  a part of a snapshot
    level = str(kept.get("level", ""))
    return {
        "tone": {"over": "stop", "near": "caution", "unknown": "caution"}.get(level, "ok"),
        "level": {
            "over": "over",
            "near": "near",
            "unknown": "could not be checked",
            "ok": "within",
        }.get(level, level),
        "text": str(kept.get("arithmetic", "")),
        "source": str(kept.get("source", "")),
    }


def _after(session: PrintedSession, language: str) -> list[list[str]]:
    fields = session.record.fields
    reactions = load_vocabulary().immediate_reactions
    seen = answers_words(reactions, fields.reactions, language)
    titles = {each.id: each.title.get(language) for each in load_aftercare()}
    given = answer_words(fields.aftercare_given)
    if fields.aftercare_id:
        title = titles.get(fields.aftercare_id, fields.aftercare_id)
        given += f": {title}, version {fields.aftercare_version}, {fields.aftercare_language}"
    next_one = "none planned" if fields.no_next_session else day_words(fields.next_session_on)
    observed = fields.observation_min
    return pairs(
        ("Pain", "" if fields.pain is None else f"{fields.pain} of 10"),
        ("Immediate reactions", "\n".join(filter(None, (seen, fields.reaction_note)))),
        ("Observed", "" if observed is None else quantity(Decimal(observed), "min")),
        ("Aftercare text given", given),
        ("Next session", next_one),
        ("Note", fields.note or "none"),
    )


def _seal(session: PrintedSession, zone: str) -> dict[str, str]:
    seal = session.record.seal
    if seal is None:
        return {"words": "Not signed, so not sealed.", "tone": "caution", "hash": ""}
    by = f"Signed by {seal.signed_by}, {moment_words(seal.signed_at, zone)}."
    words = f"{by} The seal holds." if seal.holds else f"{by} {_BROKEN}"
    return {
        "words": words,
        "tone": "ok" if seal.holds else "stop",
        "hash": seal.sha256[:_SHORT_HASH],
    }
