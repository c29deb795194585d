"""What keeps a session from being signed, and where to put it right. Pure: facts in, a list out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from mesodesk.domain.answers import Answer
from mesodesk.domain.consent_rules import ConsentGap
from mesodesk.domain.dosing import reconcile
from mesodesk.domain.records.session import Missing, SessionRecord, SyringeRecord
from mesodesk.domain.screening import Finding, FindingKind
from mesodesk.domain.units import plain


class Station(StrEnum):
    """The four stations of the workspace, in their order."""

    CHECK = "check"
    PREPARE = "prepare"
    CHART = "chart"
    FINISH = "finish"


LIMIT_RULE: Final = "limit."
"""How the ids of findings begin that say what a limit of the session says."""

DRAWN_RULES: Final = ("mixture.", "lot_")
"""How the ids of findings begin that speak of what was drawn up."""


def settled_at(finding: Finding) -> Station:
    """Return where a finding is dealt with.

    What is drawn up is judged where that is done, what is charted where the session is finished;
    whoever has to be asked or weighed first is at the check. A rule of patient and product stands
    with the product: that can be changed, the patient cannot.
    """
    if finding.rule_id.startswith(DRAWN_RULES):
        return Station.PREPARE
    if any(piece.answer is Answer.NOT_ASKED for piece in finding.evidence):
        return Station.CHECK
    if finding.rule_id.startswith(LIMIT_RULE) or any(each.region for each in finding.causes):
        return Station.FINISH
    return Station.PREPARE if finding.causes else Station.CHECK


class MissingCode(StrEnum):
    """What is missing; the window has the sentence, `Missing.values` its numbers and names."""

    INTAKE = "intake_not_completed"
    CONSENT = "consent_lacking"
    CHANGES = "changes_not_asked"
    CHANGES_DETAIL = "changes_not_told"
    REACTION_TO_LAST = "reaction_to_last_not_asked"
    REACTION_TO_LAST_DETAIL = "reaction_to_last_not_told"
    EMERGENCY_KIT = "emergency_kit_not_checked"
    FINDING = "finding_open"
    SKIN_PREPARATION = "skin_preparation_missing"
    ASEPTIC_STEP = "aseptic_step_not_answered"
    NO_SYRINGE = "no_syringe"
    LOT_USED_UP = "lot_used_up"
    NO_POINTS = "no_points"
    MORE_THAN_DRAWN = "more_than_drawn"
    REST_UNTOLD = "rest_untold"
    NOT_BALANCED = "not_balanced"
    PAIN = "pain_not_recorded"
    REACTION = "reaction_not_asked"
    OBSERVATION = "observation_not_recorded"
    AFTERCARE = "aftercare_not_asked"
    AFTERCARE_TEXT = "aftercare_text_missing"
    AFTERCARE_REASON = "aftercare_reason_missing"
    NEXT_SESSION = "next_session_open"


@dataclass(frozen=True, slots=True)
class Charted:
    """What the chart holds from one syringe; `marks` counts points and zones."""

    marks: int = 0
    volume_ml: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class LotFacts:
    """A lot as it stands now; `left_ml` counts this session as drawn, None if it is not counted."""

    number: str
    left_ml: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningFacts:
    """Everything that the decision rests on.

    `findings` are the findings of today's screening that still stand open, `lots` those that were
    drawn from. `aseptic_steps` and `reactions` are the ids that have to be answered. `consent` is
    what a consent lacks to cover the session; nothing if one does, or none is asked for.
    """

    session: SessionRecord
    charted: Mapping[UUID, Charted] = field(default_factory=dict)
    lots: Mapping[UUID, LotFacts] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    intake_completed: bool
    has_earlier_session: bool
    consent: tuple[ConsentGap, ...] = ()
    aseptic_steps: tuple[str, ...] = ()
    reactions: tuple[str, ...] = ()


def missing(facts: SigningFacts) -> tuple[Missing, ...]:
    """Return what keeps the session from being signed, in the order in which it is asked."""
    return (*_check(facts), *_prepare(facts), *_chart(facts), *_finish(facts))


def _check(facts: SigningFacts) -> Iterator[Missing]:
    typed = facts.session.fields
    if not facts.intake_completed:
        yield _missing(MissingCode.INTAKE, Station.CHECK, "open_intake")
    for gap in facts.consent:
        yield _missing(
            MissingCode.CONSENT, Station.CHECK, "consent_check_action", lack=gap.lack, **gap.values
        )
    yield from _asked_and_told(
        typed.anything_changed,
        typed.changes,
        (MissingCode.CHANGES, "anything_changed"),
        (MissingCode.CHANGES_DETAIL, "changes"),
    )
    if facts.has_earlier_session:
        yield from _asked_and_told(
            typed.reaction_to_last,
            typed.reaction_to_last_detail,
            (MissingCode.REACTION_TO_LAST, "reaction_to_last"),
            (MissingCode.REACTION_TO_LAST_DETAIL, "reaction_to_last_detail"),
        )
    if typed.emergency_kit is Answer.NOT_ASKED:
        yield _missing(MissingCode.EMERGENCY_KIT, Station.CHECK, "emergency_kit")
    yield from _findings(facts, Station.CHECK)


def _findings(facts: SigningFacts, station: Station) -> Iterator[Missing]:
    for finding in facts.findings:
        if settled_at(finding) is station and not _told_otherwise(finding, facts):
            yield _missing(
                MissingCode.FINDING,
                station,
                f"finding_{finding.rule_id}",
                rule_id=finding.rule_id,
                severity=finding.severity,
                message=finding.message,
            )


def _told_otherwise(finding: Finding, facts: SigningFacts) -> bool:
    """Whether another line of the list already leads to what the finding rests on."""
    if finding.kind is FindingKind.UNANSWERED and not facts.intake_completed:
        return True
    rests_on = {piece.item_id for piece in finding.evidence}
    return rests_on == {"emergency_kit"} and (
        facts.session.fields.emergency_kit is Answer.NOT_ASKED
    )


def _asked_and_told(
    answer: Answer, detail: str, question: tuple[MissingCode, str], told: tuple[MissingCode, str]
) -> Iterator[Missing]:
    if answer is Answer.NOT_ASKED:
        yield _missing(question[0], Station.CHECK, question[1])
    elif answer is Answer.YES and not detail.strip():
        yield _missing(told[0], Station.CHECK, told[1])


def _prepare(facts: SigningFacts) -> Iterator[Missing]:
    session = facts.session
    if not session.fields.skin_preparation.strip():
        yield _missing(MissingCode.SKIN_PREPARATION, Station.PREPARE, "skin_preparation")
    yield from _unanswered(
        facts.aseptic_steps,
        session.fields.aseptic_steps,
        MissingCode.ASEPTIC_STEP,
        Station.PREPARE,
        "aseptic_step",
    )
    yield from _findings(facts, Station.PREPARE)
    if not session.syringes:
        yield _missing(MissingCode.NO_SYRINGE, Station.PREPARE, "add_syringe")
    for syringe in session.syringes:
        yield from _lots(facts, syringe)


def _lots(facts: SigningFacts, syringe: SyringeRecord) -> Iterator[Missing]:
    for lot_id in dict.fromkeys(part.lot_id for part in syringe.components):
        lot = facts.lots[lot_id]
        if lot.left_ml is not None and lot.left_ml < 0:
            yield _missing(
                MissingCode.LOT_USED_UP,
                Station.PREPARE,
                f"syringe_{syringe.digit}",
                digit=str(syringe.digit),
                lot=lot.number,
                by_ml=plain(-lot.left_ml),
            )


def _chart(facts: SigningFacts) -> Iterator[Missing]:
    if not any(charted.marks for charted in facts.charted.values()):
        yield _missing(MissingCode.NO_POINTS, Station.CHART, "body_map")
    for syringe in facts.session.syringes:
        injected = facts.charted.get(syringe.id, Charted()).volume_ml
        if injected > syringe.drawn_ml:
            yield _missing(
                MissingCode.MORE_THAN_DRAWN,
                Station.CHART,
                f"syringe_{syringe.digit}",
                digit=str(syringe.digit),
                drawn_ml=plain(syringe.drawn_ml),
                injected_ml=plain(injected),
                by_ml=plain(injected - syringe.drawn_ml),
            )


def _finish(facts: SigningFacts) -> Iterator[Missing]:
    typed = facts.session.fields
    yield from _findings(facts, Station.FINISH)
    if typed.pain is None:
        yield _missing(MissingCode.PAIN, Station.FINISH, "pain")
    if typed.observation_min is None:
        yield _missing(MissingCode.OBSERVATION, Station.FINISH, "observation_min")
    yield from _unanswered(
        facts.reactions, typed.reactions, MissingCode.REACTION, Station.FINISH, "reaction"
    )
    for syringe in facts.session.syringes:
        yield from _balance(facts, syringe)
    yield from _aftercare(facts)
    if typed.next_session_on is None and not typed.no_next_session:
        yield _missing(MissingCode.NEXT_SESSION, Station.FINISH, "next_session_on")


def _aftercare(facts: SigningFacts) -> Iterator[Missing]:
    typed = facts.session.fields
    if typed.aftercare_given is Answer.NOT_ASKED:
        yield _missing(MissingCode.AFTERCARE, Station.FINISH, "aftercare_given")
    elif typed.aftercare_given is Answer.YES and not typed.aftercare_id:
        yield _missing(MissingCode.AFTERCARE_TEXT, Station.FINISH, "aftercare_id")
    elif typed.aftercare_given is Answer.NO and not typed.note.strip():
        yield _missing(MissingCode.AFTERCARE_REASON, Station.FINISH, "session_note")


def _balance(facts: SigningFacts, syringe: SyringeRecord) -> Iterator[Missing]:
    """Compare drawn with injected + wasted + left.

    Nothing has to be typed for a syringe that was emptied: what is not told counts as nothing, but
    a rest that nobody accounts for is asked about.
    """
    injected = facts.charted.get(syringe.id, Charted()).volume_ml
    if injected > syringe.drawn_ml:
        return
    balance = reconcile(syringe.drawn_ml, injected, syringe.wasted_ml, syringe.left_ml)
    if balance.closes:
        return
    yield _missing(
        MissingCode.REST_UNTOLD if balance.is_untold else MissingCode.NOT_BALANCED,
        Station.FINISH,
        f"wasted_{syringe.digit}",
        digit=str(syringe.digit),
        drawn_ml=plain(syringe.drawn_ml),
        injected_ml=plain(injected),
        told_ml=plain(balance.told_ml),
        off_by_ml=plain(balance.difference_ml),
    )


def _unanswered(
    asked: tuple[str, ...],
    answers: Mapping[str, Answer],
    code: MissingCode,
    station: Station,
    place: str,
) -> Iterator[Missing]:
    for item in asked:
        if answers.get(item, Answer.NOT_ASKED) is Answer.NOT_ASKED:
            yield _missing(code, station, f"{place}_{item}", item=item)


def _missing(code: MissingCode, station: Station, place: str, **values: str) -> Missing:
    return Missing(str(code), str(station), place, values)
