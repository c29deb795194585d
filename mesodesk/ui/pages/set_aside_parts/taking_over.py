"""What was set aside, compared with what is on record, and taken over into it: on its thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from mesodesk.domain.bodymap.edits import Edit
from mesodesk.domain.canonical import plain
from mesodesk.domain.plain_fields import laid_over
from mesodesk.domain.records.set_aside import GESTURES, AllSetAside, SetAside, Waiting
from mesodesk.services.errors import RefusedError, ServiceError
from mesodesk.ui.pages.session_parts.balance import put_rest
from mesodesk.ui.pages.session_parts.intake_answers import lay_over_intake
from mesodesk.ui.refused_values import REFUSED
from mesodesk.ui.typed import DRAFT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mesodesk.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Line:
    """One value: what was typed, and what is on record now. `part` names one of a list."""

    field: str
    part: str
    typed: object
    on_record: object


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that was set aside. `trouble` says why its record cannot be read.

    One that is `only_read` was taken by no field, and must be typed again.
    """

    thing: SetAside
    about: str = ""
    lines: tuple[Line, ...] = ()
    trouble: str = ""
    only_read: bool = False

    @property
    def is_on_record(self) -> bool:
        """Whether nothing would change: it was kept after all, or typed again since."""
        return bool(self.lines) and all(line.typed == line.on_record for line in self.lines)


@dataclass(frozen=True, slots=True)
class Offered:
    """All that waits for one person."""

    offers: tuple[Offer, ...]
    found: AllSetAside


def offered(desk: Desk, besides: str) -> Offered:
    """Read what waits for whoever is in, and what is on record in its place."""
    found = desk.set_aside.mine(besides)
    return Offered(tuple(_offer(desk, thing) for thing in found.things), found)


def take_over(desk: Desk, thing: SetAside, zone: str) -> None:
    """Lay what was typed over what is on record now, and let go of it.

    Raises:
        ServiceError: saying why it cannot be taken; it is still set aside.
    """
    waits = thing.waiting
    _KINDS[waits.form].write(desk, waits, zone)
    desk.set_aside.settle(thing, kept=True)


def discard(desk: Desk, thing: SetAside) -> None:
    """Let go of it; what is on record stays."""
    desk.set_aside.settle(thing, kept=False)


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a form is read, whom it is about, and how it is written.

    `now` returns what is on record, by field, and whom it is about. `said` returns values as they
    are read, where those of the form do not say it.
    """

    now: Callable[[Desk, Waiting], tuple[Mapping[str, object], str]]
    write: Callable[[Desk, Waiting, str], object]
    said: Callable[[Desk, Mapping[str, object]], Mapping[str, object]] | None = None


def _offer(desk: Desk, thing: SetAside) -> Offer:
    if thing.waiting.form == REFUSED:
        return _refused(desk, thing)
    kind = _KINDS.get(thing.waiting.form)
    if kind is None:
        return Offer(thing, trouble=_UNKNOWN)
    try:
        now, about = kind.now(desk, thing.waiting)
        typed = thing.waiting.values
        if kind.said is not None:
            typed, now = kind.said(desk, typed), kind.said(desk, now)
    except ServiceError as error:
        return Offer(thing, trouble=error.sentence)
    return Offer(thing, about, tuple(_lines(typed, now)))


def _refused(desk: Desk, thing: SetAside) -> Offer:
    """Return text that fields refused; whom it is about is said if who asks may read that."""
    lines = tuple(_lines(thing.waiting.values, {}))
    try:
        return Offer(thing, _about_page(desk, thing.waiting), lines, only_read=True)
    except ServiceError:
        return Offer(thing, "", lines, only_read=True)


def _about_page(desk: Desk, waits: Waiting) -> str:
    page, _, about = waits.subject.partition("/")
    if not about:
        return ""
    if page == "session":
        return _name(desk, desk.sessions.get(UUID(about)).patient_id)
    return (
        desk.follow_ups.get(UUID(about)).patient_name
        if page == "followup"
        else _name(desk, UUID(about))
    )


_UNKNOWN: Final = (
    "A newer version of Mesodesk set this aside. Install it on this computer to take it over."
)


def _lines(typed: Mapping[str, object], now: Mapping[str, object]) -> Iterator[Line]:
    known = list(now)
    for name in sorted(typed, key=lambda one: known.index(one) if one in known else len(known)):
        value, there = typed[name], now.get(name)
        if isinstance(value, Mapping) and isinstance(there, Mapping):
            for part, one in value.items():
                yield Line(name, str(part), one, there.get(part))
        elif value or there:
            yield Line(name, "", value, there)


def _fields_of(record: Any) -> Mapping[str, object]:  # noqa: ANN401  any record with fields
    found = plain(record.fields)
    return found if isinstance(found, Mapping) else {}


def _id(waits: Waiting) -> UUID:
    return UUID(waits.subject)


def _name(desk: Desk, patient_id: UUID) -> str:
    return desk.patients.get(patient_id).fields.display_name


def _with_fields(
    read: Callable[[Desk, Waiting], Any],
    about: Callable[[Desk, Any], str],
    update: Callable[[Desk, Any, Any], object],
) -> _Kind:
    """Return the kind of a record that has fields: typed over those that it has now."""

    def now(desk: Desk, waits: Waiting) -> tuple[Mapping[str, object], str]:
        record = read(desk, waits)
        return _fields_of(record), about(desk, record)

    def write(desk: Desk, waits: Waiting, _zone: str) -> None:
        record = read(desk, waits)
        update(desk, record, laid_over(record.fields, waits.values))

    return _Kind(now, write)


_PATIENT: Final = _with_fields(
    lambda desk, waits: desk.patients.get(_id(waits)),
    lambda _desk, record: record.fields.display_name,
    lambda desk, record, fields: desk.patients.update(record.id, record.version, fields),
)
_INTAKE: Final = _with_fields(
    lambda desk, waits: desk.intakes.get(_id(waits)),
    lambda desk, record: _name(desk, record.patient_id),
    lambda desk, record, fields: desk.intakes.save(record.id, record.version, fields),
)
_SESSION: Final = _with_fields(
    lambda desk, waits: desk.sessions.get(_id(waits)),
    lambda desk, record: _name(desk, record.patient_id),
    lambda desk, record, fields: desk.sessions.save(record.id, record.version, fields),
)
_FOLLOW_UP: Final = _with_fields(
    lambda desk, waits: desk.follow_ups.get(_id(waits)),
    lambda _desk, record: record.patient_name,
    lambda desk, record, fields: desk.follow_ups.save(record.id, record.version, fields),
)
_CLINIC: Final = _with_fields(
    lambda desk, _waits: desk.clinic.record(),
    lambda _desk, _record: "",
    lambda desk, record, fields: desk.clinic.update(record.version, fields),
)
_PRODUCT: Final = _with_fields(
    lambda desk, waits: desk.catalogue.product(_id(waits)),
    lambda _desk, record: record.fields.name,
    lambda desk, record, fields: desk.catalogue.update_product(record.id, record.version, fields),
)
_LOT: Final = _with_fields(
    lambda desk, waits: desk.catalogue.lot(_id(waits)),
    lambda _desk, record: f"{record.product.fields.name}, {record.fields.number}",
    lambda desk, record, fields: desk.catalogue.update_lot(record.id, record.version, fields),
)


# Consent, and a signature under it


_CONSENT: Final = _with_fields(
    lambda desk, waits: desk.consents.get(_id(waits)),
    lambda desk, record: _name(desk, record.patient_id),
    lambda desk, record, fields: desk.consents.save(record.id, record.version, fields),
)


def _named_products(desk: Desk, values: Mapping[str, object]) -> Mapping[str, object]:
    chosen: Any = values.get("products")
    if not chosen:
        return values
    names = {str(each.id): each.fields.name for each in desk.catalogue.products()}
    return {**values, "products": [names.get(one, one) for one in chosen]}


def _signature_now(desk: Desk, waits: Waiting) -> tuple[Mapping[str, object], str]:
    record = desk.consents.get(_id(waits))
    drawn = {} if record.strokes is None else {"strokes": plain(record.strokes)}
    return drawn, _name(desk, record.patient_id)


_OTHER_WORDS: Final = (
    "This signature was drawn under other words than the consent has now, so it does not count."
    " Have the patient sign again, and discard this one."
)


def _only_strokes(_desk: Desk, values: Mapping[str, object]) -> Mapping[str, object]:
    return {name: told for name, told in values.items() if name == "strokes"}


def _signature(desk: Desk, waits: Waiting, _zone: str) -> None:
    record, told = desk.consents.get(_id(waits)), waits.values.get("strokes")
    strokes = None if told is None else bytes.fromhex(str(told))
    shown = str(waits.values["shown_sha256"])
    if strokes is not None and record.shown_sha256 != shown:
        raise RefusedError(_OTHER_WORDS)
    desk.consents.draw(record.id, record.version, strokes, shown)


# Answers given in a session, into whichever intake is open


def _intake_of_now(desk: Desk, waits: Waiting) -> tuple[Mapping[str, object], str]:
    last = desk.intakes.latest(_id(waits))
    return {} if last is None else _fields_of(last), _name(desk, _id(waits))


def _intake_of(desk: Desk, waits: Waiting, zone: str) -> None:
    change = partial(laid_over, values=waits.values)
    lay_over_intake(desk, patient_id=_id(waits), zone=zone, change=change)


# What is left of a syringe


def _rest_of(waits: Waiting) -> tuple[UUID, UUID]:
    session_id, _, syringe_id = waits.subject.partition("/")
    return UUID(session_id), UUID(syringe_id)


def _rest_now(desk: Desk, waits: Waiting) -> tuple[Mapping[str, object], str]:
    session_id, syringe_id = _rest_of(waits)
    record = desk.sessions.get(session_id)
    about = _name(desk, record.patient_id)
    held = next((each for each in record.syringes if each.id == syringe_id), None)
    if held is None:
        return {}, about
    told = {"wasted_ml": plain(held.wasted_ml), "left_ml": plain(held.left_ml)}
    return {name: told[name] for name in waits.values}, about


def _rest(desk: Desk, waits: Waiting, _zone: str) -> None:
    session_id, syringe_id = _rest_of(waits)
    version = desk.sessions.get(session_id).version
    told = {
        name: None if value is None else Decimal(str(value)) for name, value in waits.values.items()
    }
    put_rest(desk, version, session_id=session_id, syringe_id=syringe_id, told=told)


# Chart


def _chart_now(desk: Desk, waits: Waiting) -> tuple[Mapping[str, object], str]:
    record = desk.sessions.get(_id(waits))
    done = len(_gestures(waits)) - len(_not_made(desk, waits))
    return {GESTURES: _gestures(waits)[:done]}, _name(desk, record.patient_id)


def _chart(desk: Desk, waits: Waiting, _zone: str) -> None:
    session_id = _id(waits)
    for made in _not_made(desk, waits):
        cursor = int(made["cursor"])
        if made["kind"] == "append":
            regions = {UUID(key): tuple(names) for key, names in made["regions"].items()}
            desk.charts.append(session_id, cursor, Edit.from_json(made["edit"]), regions)
        elif made["kind"] == "undo":
            desk.charts.undo(session_id, cursor)
        else:
            desk.charts.redo(session_id, cursor)


def _gestures(waits: Waiting) -> list[Any]:
    found: Any = waits.values.get(GESTURES, [])
    return list(found)


def _not_made(desk: Desk, waits: Waiting) -> list[Any]:
    """Return the gestures from the first one that is not on record."""
    chart, gestures = desk.charts.load(_id(waits)), _gestures(waits)
    kept = chart.edits[: chart.cursor]
    done = 0
    for made in gestures:
        at = int(made["cursor"])
        if made["kind"] != "append" or at >= len(kept) or kept[at].to_json() != made["edit"]:
            break
        done += 1
    return gestures[done:]


# Drafts


def _draft_now(desk: Desk, waits: Waiting) -> tuple[Mapping[str, object], str]:
    form, _, subject = waits.subject.partition("/")
    return desk.drafts.get(form, subject) or {}, ""


def _draft(desk: Desk, waits: Waiting, _zone: str) -> None:
    form, _, subject = waits.subject.partition("/")
    desk.drafts.put(form, subject, waits.values)


_KINDS: Final[Mapping[str, _Kind]] = {
    "patient": _PATIENT,
    "intake": _INTAKE,
    "intake_of": _Kind(_intake_of_now, _intake_of),
    "session": _SESSION,
    "rest": _Kind(_rest_now, _rest),
    "chart": _Kind(_chart_now, _chart),
    "follow_up": _FOLLOW_UP,
    "clinic": _CLINIC,
    "product": _PRODUCT,
    "lot": _LOT,
    "consent": replace(_CONSENT, said=_named_products),
    "signature": _Kind(_signature_now, _signature, _only_strokes),
    DRAFT: _Kind(_draft_now, _draft),
}
