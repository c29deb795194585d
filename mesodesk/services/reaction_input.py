"""Whether what was typed of a reaction can be taken, and the sentence for what cannot."""

from collections.abc import Collection, Container, Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from mesodesk.domain.answers import Answer
from mesodesk.domain.reaction_terms import (
    DEATH,
    FATAL,
    OTHER,
    ReactionTerms,
    load_reaction_terms,
)
from mesodesk.domain.records.reaction import (
    MOST_PLACES,
    UNKNOWN_WHEN,
    Precision,
    ReactionFields,
    ReportFields,
    TreatedSession,
    When,
)
from mesodesk.domain.texts import day_text
from mesodesk.services.texts import Problems

_DEATH_GRADE: Final = 5
_MINUTES: Final = range(24 * 60)


def checked_reaction(
    typed: ReactionFields, sessions: Iterable[TreatedSession], today: date
) -> ReactionFields:
    """Return the fields as they will be stored.

    Args:
        typed: by whoever records it.
        sessions: of the patient, that it may have followed.
        today: at the clinic.

    Raises:
        InvalidError: naming every field that cannot be taken.
    """
    problems, terms = Problems(), load_reaction_terms()
    session = next((each for each in sessions if each.id == typed.session_id), None)
    if session is None:
        problems.add(
            "session_id",
            "Session: choose the session of this patient that the reaction followed. What followed"
            " a treatment elsewhere belongs into the intake.",
        )
    clean = replace(
        typed,
        what=problems.line("what", typed.what, "What it is", needed=typed.kind == OTHER),
        action_note=problems.note("action_note", typed.action_note, "What was done"),
        note=problems.note("note", typed.note, "Note"),
        criteria=_chosen(problems, "criteria", typed.criteria, terms.criteria),
        actions=_chosen(problems, "actions", typed.actions, terms.actions),
    )
    if typed.kind not in terms.kinds:
        problems.add("kind", "Kind: choose what it is; “Something else” takes your own words.")
    _need_term(problems, "relatedness", typed.relatedness, terms.relatedness)
    _need_term(problems, "outcome", typed.outcome, terms.outcomes)
    _check_grade(problems, typed, terms)
    _check_serious(problems, typed)
    _check_days(problems, typed, session, today)
    if session is not None:
        _check_lots(problems, typed, session)
    if len(typed.places) > MOST_PLACES:
        problems.add("places", f"Places: at most {MOST_PLACES}. Mark the middle of each area.")
    problems.done()
    return clean


def _chosen(
    problems: Problems, place: str, chosen: Collection[str], known: Collection[str]
) -> tuple[str, ...]:
    """Return what was chosen, each once and in the order of the terms."""
    if not set(chosen) <= set(known):
        problems.add(place, "One of these is not known here. Choose from the list.")
    return tuple(each for each in known if each in chosen)


def _need_term(problems: Problems, place: str, chosen: str, known: Container[str]) -> None:
    if chosen and chosen not in known:
        problems.add(place, "This word is not known here. Choose one from the list.")


def _check_grade(problems: Problems, typed: ReactionFields, terms: ReactionTerms) -> None:
    scale = terms.scales.get(typed.scale)
    if typed.scale and scale is None:
        problems.add("scale", "Scale: this one is not known here. Choose one from the list.")
    elif typed.grade is not None and scale is None:
        problems.add("scale", "Scale: a grade means nothing without its scale. Choose one.")
    elif typed.grade is not None and scale is not None and scale.label(typed.grade) is None:
        problems.add("grade", f"Grade: {scale.name.get()} has no grade {typed.grade}.")


def _check_serious(problems: Problems, typed: ReactionFields) -> None:
    if typed.serious is Answer.YES and not typed.criteria:
        problems.add("criteria", "Serious: say what makes it so, at least one of the list.")
    if typed.serious is not Answer.YES and typed.criteria:
        problems.add("serious", "Serious: what makes it so was chosen, so say yes.")
    died = typed.outcome == FATAL or typed.grade == _DEATH_GRADE
    if died and DEATH not in typed.criteria:
        problems.add("criteria", "Serious: a grade or outcome says that the patient died. Mark it.")


def _check_days(
    problems: Problems, typed: ReactionFields, session: TreatedSession | None, today: date
) -> None:
    onset, end = typed.onset, typed.end
    _check_when(problems, "onset", "Onset", onset, today)
    _check_when(problems, "end", "End", end, today)
    if session is not None and onset.latest is not None and onset.latest < session.day:
        problems.add(
            "onset",
            f"Onset: this is before the session of {day_text(session.day)} that it is to have"
            " followed. Check the day, or choose an earlier session.",
        )
    if end != UNKNOWN_WHEN and typed.ended is not Answer.YES:
        problems.add("ended", "Over: a day of its end was typed, so say that it is over.")
    if onset.on is None or end.latest is None:
        return
    if end.latest < onset.on or (
        end.on == onset.on
        and onset.minute is not None
        and end.minute is not None
        and end.minute < onset.minute
    ):
        problems.add("end", "End: this is before the onset. Check both days.")


def _check_when(problems: Problems, place: str, what: str, when: When, today: date) -> None:
    if (when.on is None) != (when.precision is Precision.UNKNOWN):
        problems.add(place, f"{what}: type the day, or say that it is not known.")
    elif (when.minute is None) == (when.precision is Precision.TIME):
        problems.add(place, f"{what}: type the time, or say that only the day is known.")
    elif when.minute is not None and when.minute not in _MINUTES:
        problems.add(place, f"{what}: a time lies between 0:00 and 23:59.")
    elif when.on is not None and when.on > today:
        problems.add(place, f"{what}: this day is still to come. Check the date.")


def _check_lots(problems: Problems, typed: ReactionFields, session: TreatedSession) -> None:
    known = {part.lot_id for part in session.parts}
    if len(set(typed.lots)) != len(typed.lots) or not set(typed.lots) <= known:
        problems.add(
            "lots", "Suspected: only lots that were drawn up in this session. Choose again."
        )


def checked_report(typed: ReportFields, first: date | None, today: date) -> ReportFields:
    """Return a report as it will be stored.

    Args:
        typed: by whoever notes it.
        first: the day before which nobody can have been told: of the onset, if it is known.
        today: at the clinic.

    Raises:
        InvalidError: naming every field that cannot be taken.
    """
    problems = Problems()
    if typed.recipient not in load_reaction_terms().recipients:
        problems.add("recipient", "Reported to: choose whom from the list.")
    clean = replace(
        typed,
        name=problems.line("name", typed.name, "Name"),
        reference=problems.line("reference", typed.reference, "Reference"),
        note=problems.note("note", typed.note, "Note"),
    )
    if typed.reported_on > today:
        problems.add("reported_on", "Reported on: this day is still to come. Check the date.")
    elif first is not None and typed.reported_on < first:
        problems.add("reported_on", "Reported on: this is before the reaction began.")
    problems.done()
    return clean
