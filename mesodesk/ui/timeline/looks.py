"""The words of each thing that happens, by the name of its source.

A further source has its line in `LOOKS`, and in `KINDS` if it brings a kind of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.regions import named, named_together
from mesodesk.domain.measures import load_measures
from mesodesk.domain.photo_views import load_photo_views
from mesodesk.domain.reaction_terms import load_reaction_terms
from mesodesk.domain.records.measurement import TakenAt
from mesodesk.domain.records.plan import PlanState
from mesodesk.domain.records.session import SessionState, StatementKind
from mesodesk.domain.records.timeline import EventKind
from mesodesk.domain.schedule import CheckStatus, load_schedule
from mesodesk.ui.numbers import format_decimal
from mesodesk.ui.pages.consent_parts.words import SCOPES
from mesodesk.ui.pages.consent_parts.words import tr as consent_tr
from mesodesk.ui.pages.patient_parts.checks_words import check_words, session_words
from mesodesk.ui.pages.patient_parts.small_session import amount_words, region_words
from mesodesk.ui.progress.words import key_words, value_words
from mesodesk.ui.timeline.look import CHECK, SESSION, Look, Opens, joined
from mesodesk.ui.timeline.photo_strip import MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mesodesk.domain.records.followup import FollowUpRecord
    from mesodesk.domain.records.measurement import MeasurementRecord
    from mesodesk.domain.records.photo import PhotoRecord
    from mesodesk.domain.records.reaction import ReactionRecord
    from mesodesk.domain.records.session import SessionSummary
    from mesodesk.domain.records.timeline import (
        ConsentFact,
        DemandFact,
        IntakeFact,
        PlanFact,
        StatementFact,
        TimelineEvent,
        WithdrawalFact,
    )
    from mesodesk.ui.context import Context

    Teller = Callable[[Context, Any], Look]

_NOOP = QT_TRANSLATE_NOOP

KINDS: Final[Mapping[EventKind, tuple[str, str]]] = {
    EventKind.SESSION: ("needle", str(_NOOP("timeline", "Sessions"))),
    EventKind.FOLLOW_UP: ("phone-outline", str(_NOOP("timeline", "Follow-up"))),
    EventKind.REACTION: ("alert-circle-outline", str(_NOOP("timeline", "Reactions"))),
    EventKind.MEASUREMENT: ("tape-measure", str(_NOOP("timeline", "Measurements"))),
    EventKind.PHOTO: ("camera-outline", str(_NOOP("timeline", "Photos"))),
    EventKind.CONSENT: ("signature", str(_NOOP("timeline", "Consent"))),
    EventKind.PLAN: ("calendar-clock", str(_NOOP("timeline", "Plans"))),
    EventKind.INTAKE: ("clipboard-text-outline", str(_NOOP("timeline", "Intake"))),
}
"""Icon and word of each kind, in the order of their chips."""


def look_of(context: Context, event: TimelineEvent) -> Look:
    """Return an event in words."""
    return LOOKS[event.place.source](context, event.fact)


def kind_words(kind: EventKind) -> str:
    return _tr(KINDS[kind][1])


def _session(context: Context, session: SessionSummary) -> Look:
    kind, state = session_words(context, session)
    places = region_words(session.regions, context.language)
    struck = session.state is SessionState.ENTERED_IN_ERROR
    why = " ".join(session.said.split())
    title = _tr("Session {number}").format(number=session.number)
    if session.plan_number is not None:
        title = joined(title, _plan_number(session))
    return Look(
        title,
        Opens(SESSION, session.id),
        KINDS[EventKind.SESSION][0],
        lines=(joined(amount_words(session), places), why or ", ".join(session.products)),
        state=state,
        tone=kind.value,
        by=session.therapist,
        struck=struck,
        session=session,
    )


def _plan_number(session: SessionSummary) -> str:
    if session.plan_of is None:
        return _tr("{number} of the plan").format(number=session.plan_number)
    return _tr("{number} of {of}").format(number=session.plan_number, of=session.plan_of)


def _statement(_context: Context, said: StatementFact) -> Look:
    titles = {
        StatementKind.AMENDED: _tr("Session {number} amended"),
        StatementKind.ENTERED_IN_ERROR: _tr("Session {number} entered in error"),
        StatementKind.REQUEST_DENIED: _tr("Session {number} left as it is"),
    }
    in_error = said.kind is StatementKind.ENTERED_IN_ERROR
    return Look(
        titles[said.kind].format(number=said.number),
        Opens(SESSION, said.session_id),
        "close-circle-outline" if in_error else "pencil-outline",
        lines=(" ".join(said.text.split()),),
        by=said.by,
    )


def _check(context: Context, check: FollowUpRecord) -> Look:
    said = check_words(context, check)
    session = _tr("session {number}").format(number=check.session_number)
    states = {
        CheckStatus.DONE: _tr("done"),
        CheckStatus.MISSED: _tr("missed"),
    }
    return Look(
        joined(said.title, session),
        Opens(CHECK, check.id),
        said.icon,
        lines=(_complaints(context, check), " ".join((check.fields.note or "").split())),
        state=states.get(said.status, said.state),
        tone=said.tone,
        by=check.done_by or " ".join(check.missed_reason.split()),
    )


def _complaints(context: Context, check: FollowUpRecord) -> str:
    """Return what was answered with a complaint; that nothing was, where everything was asked."""
    try:
        items = load_schedule().check(check.check_id).items
    except KeyError:
        return ""
    given = check.fields.items
    asked = [each for each in items if each.id in given]
    said = [each for each in asked if given[each.id].answer not in (each.calm, Answer.NOT_ASKED)]
    if said:
        return ", ".join(each.short.get(context.language) for each in said)
    whole = asked and all(given[each.id].answer is not Answer.NOT_ASKED for each in asked)
    return _tr("no complaint among what was asked") if whole else ""


def _measured(context: Context, measured: tuple[MeasurementRecord, ...]) -> Look:
    counting = [each for each in measured if each.counts]
    wrong = len(measured) - len(counting)
    shown = counting or list(measured)
    first = measured[0]
    home = first.taken_at is TakenAt.HOME
    in_error = _tr("1 entered in error") if wrong == 1 else _tr("{count} entered in error")
    return Look(
        ", ".join(_figure(context, each) for each in shown),
        Opens("measurements"),
        "home-outline" if home else KINDS[EventKind.MEASUREMENT][0],
        lines=(joined(in_error.format(count=wrong) if wrong else "", first.note),),
        state=_tr("at home") if home else "",
        by=first.observer,
        struck=not counting,
    )


def _figure(context: Context, each: MeasurementRecord) -> str:
    measure = load_measures().get(each.key.measure)
    known = measure is not None
    figure = value_words(measure, each.value, context.clinic.fields) if known and measure else ""
    name = key_words(each.key, context.language)
    return f"{name} {figure or format_decimal(each.value)}"


def _reaction(context: Context, reaction: ReactionRecord) -> Look:
    terms, fields, language = load_reaction_terms(), reaction.fields, context.language
    kind = terms.kinds.get(fields.kind)
    name = fields.what or (fields.kind if kind is None else kind.name.get(language))
    graded = _tr("grade {grade}").format(grade=fields.grade) if fields.grade is not None else ""
    serious = fields.serious is Answer.YES
    outcome = terms.outcomes.get(fields.outcome)
    session = _tr("after session {number}").format(number=reaction.session_number)
    places = ", ".join(named(sorted({each.region for each in fields.places}), language))
    suspects = reaction.latest.suspects
    suspected = ", ".join(f"{each.product_name} {each.lot_number}" for each in suspects)
    came_of_it = _tr("outcome not told") if outcome is None else outcome.name.get(language)
    in_error = _tr("entered in error: {reason}").format(reason=reaction.error_reason)
    return Look(
        joined(name, graded, _tr("serious") if serious else ""),
        Opens("reactions"),
        KINDS[EventKind.REACTION][0],
        lines=(
            joined(session, places, suspected),
            came_of_it if reaction.counts else in_error,
        ),
        tone="stop" if serious and reaction.counts else "caution" if reaction.counts else "muted",
        by=reaction.latest.written_by,
        struck=not reaction.counts,
    )


def _photographs(context: Context, taken: tuple[PhotoRecord, ...]) -> Look:
    views = load_photo_views()
    standing = sorted(
        (each for each in taken if not each.is_struck),
        key=lambda each: views.order(each.fields.area, each.fields.angle),
    )
    shown = standing or list(taken)
    one, many = _tr("1 photograph"), _tr("{count} photographs")
    names = dict.fromkeys(
        views.name(each.fields.area, each.fields.angle, context.language) for each in shown
    )
    wrong = len(taken) - len(standing)
    in_error = _tr("1 entered in error") if wrong == 1 else _tr("{count} entered in error")
    return Look(
        one if len(shown) == 1 else many.format(count=len(shown)),
        Opens("photographs"),
        KINDS[EventKind.PHOTO][0],
        lines=(joined(", ".join(names), in_error.format(count=wrong) if wrong else ""),),
        by=shown[0].kept_by,
        struck=not standing,
        photos=tuple(each.id for each in shown)[:MOST] if standing else (),
    )


def _consent(_context: Context, signed: ConsentFact) -> Look:
    return Look(
        _tr("Consent {number} signed").format(number=signed.number),
        Opens("consent"),
        KINDS[EventKind.CONSENT][0],
        lines=(signed.title, ", ".join(signed.products)),
        by=signed.by,
    )


def _withdrawal(_context: Context, withdrawn: WithdrawalFact) -> Look:
    return Look(
        _tr("Consent {number} withdrawn").format(number=withdrawn.number),
        Opens("consent"),
        "close-circle-outline",
        lines=(consent_tr(SCOPES[withdrawn.scope]), " ".join(withdrawn.reason.split())),
        state=_tr("withdrawn"),
        tone="stop",
        by=withdrawn.by,
    )


def _demand(_context: Context, demand: DemandFact) -> Look:
    grade = "" if demand.grade is None else _tr("grade {grade}").format(grade=demand.grade)
    return Look(
        _tr("New consent asked for"),
        Opens("consent"),
        KINDS[EventKind.CONSENT][0],
        lines=(" ".join(demand.reason.split()),),
        state=grade,
        tone="caution",
        by=demand.by,
    )


def _plan_begun(context: Context, plan: PlanFact) -> Look:
    planned = _tr("1 session planned") if plan.planned == 1 else _tr("{count} sessions planned")
    told = "" if plan.planned is None else planned.format(count=plan.planned)
    return Look(
        _tr("Plan begun: {plan}").format(plan=plan.indication),
        Opens("plan"),
        KINDS[EventKind.PLAN][0],
        lines=(joined(told, ", ".join(named_together(plan.regions, context.language))),),
        by=plan.by,
    )


def _plan_ended(_context: Context, plan: PlanFact) -> Look:
    stopped = plan.state is PlanState.STOPPED
    title = _tr("Plan stopped: {plan}") if stopped else _tr("Plan finished: {plan}")
    return Look(
        title.format(plan=plan.indication),
        Opens("plan"),
        "calendar-remove-outline" if stopped else "calendar-check-outline",
        lines=(" ".join(plan.reason.split()),),
        by=plan.by,
    )


def _intake(_context: Context, intake: IntakeFact) -> Look:
    title = _tr("Intake completed")
    if intake.number > 1:
        title = _tr("Intake {number} completed").format(number=intake.number)
    return Look(title, Opens("intake"), KINDS[EventKind.INTAKE][0], by=intake.by)


LOOKS: Final[Mapping[str, Teller]] = {
    "session": _session,
    "statement": _statement,
    "follow_up": _check,
    "reaction": _reaction,
    "measurement": _measured,
    "photo": _photographs,
    "consent": _consent,
    "withdrawal": _withdrawal,
    "demand": _demand,
    "plan_begun": _plan_begun,
    "plan_ended": _plan_ended,
    "intake": _intake,
}
"""What each source of the timeline (`services/timeline_sources.py`) is told by."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("timeline", text)
