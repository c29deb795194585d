"""What may be typed into a plan or a protocol, and the sentence for what may not."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from mesodesk.domain.bodymap.regions import load_regions
from mesodesk.domain.plans import LONGEST, MOST_SESSIONS
from mesodesk.domain.protocols import (
    ProtocolCheck,
    ProtocolContent,
    plannable,
    window_holds,
)
from mesodesk.domain.records.plan import Interval, PlanFields
from mesodesk.domain.schedule import load_schedule
from mesodesk.domain.vocabulary import load_aftercare
from mesodesk.services.texts import Problems

_LONGEST_OFFSET: Final = {"hours": 7 * 24, "days": 2 * 365}
_LONGEST_TITLE: Final = 40


def checked_plan(typed: PlanFields) -> PlanFields:
    """Return a plan with clean texts.

    Raises:
        InvalidError: naming each field that cannot be kept.
    """
    problems = Problems()
    clean = replace(
        typed,
        indication=problems.line("indication", typed.indication, "Indication", needed=True),
        regions=tuple(dict.fromkeys(typed.regions)),
    )
    _check_regions(problems, typed.regions)
    _check_count(problems, "planned_sessions", typed.planned_sessions, "Planned sessions")
    _check_numbers(problems, typed.interval, typed.max_sessions)
    if (
        typed.planned_sessions is not None
        and typed.max_sessions is not None
        and typed.planned_sessions > typed.max_sessions
    ):
        problems.add(
            "planned_sessions",
            f"Planned sessions: more than the maximum of {typed.max_sessions}. Plan fewer, or"
            " raise the maximum.",
        )
    problems.done()
    return clean


def checked_protocol(typed: ProtocolContent) -> ProtocolContent:
    """Return what a protocol holds with clean texts.

    Raises:
        InvalidError: naming each field that cannot be kept.
    """
    problems = Problems()
    clean = replace(
        typed,
        indication=problems.line("indication", typed.indication, "Indication"),
        regions=tuple(dict.fromkeys(typed.regions)),
        source=problems.line("source", typed.source, "Source"),
        note=problems.note("note", typed.note, "Note"),
        checks=None if typed.checks is None else _checked_checks(problems, typed.checks),
    )
    _check_regions(problems, typed.regions)
    _check_numbers(problems, typed.interval, typed.max_sessions)
    if (typed.interval or typed.max_sessions) and not clean.source:
        problems.add(
            "source",
            "Source: say where the interval or the maximum comes from; “our own practice” is an"
            " answer too.",
        )
    if typed.aftercare_id and typed.aftercare_id not in {each.id for each in load_aftercare()}:
        problems.add("aftercare_id", "Aftercare: choose a text from the list.")
    problems.done()
    return clean


def _check_regions(problems: Problems, regions: Iterable[str]) -> None:
    if not set(regions) <= load_regions().keys():
        problems.add("regions", "Regions: choose them from the list.")


def _check_count(problems: Problems, place: str, count: int | None, what: str) -> None:
    if count is not None and not 1 <= count <= MOST_SESSIONS:
        problems.add(place, f"{what}: a whole number from 1 to {MOST_SESSIONS}, or nothing.")


def _check_numbers(problems: Problems, interval: Interval | None, most: int | None) -> None:
    _check_count(problems, "max_sessions", most, "Maximum")
    if interval is not None and not 1 <= interval.count <= LONGEST[interval.unit]:
        problems.add(
            "interval",
            f"Interval: a whole number from 1 to {LONGEST[interval.unit]} {interval.unit.value},"
            " or nothing.",
        )


def _checked_checks(
    problems: Problems, checks: tuple[ProtocolCheck, ...]
) -> tuple[ProtocolCheck, ...]:
    known = {check.id for check in plannable(load_schedule())}
    if not checks:
        problems.add(
            "checks",
            "Follow-up: a protocol plans one check at least. Choose one, or leave the schedule as"
            " the program has it.",
        )
    clean: list[ProtocolCheck] = []
    for at, check in enumerate(checks):
        place = f"checks[{at}]"
        if check.check_id not in known or check.check_id in {each.check_id for each in clean}:
            problems.add(place, "Check: each of the list at most once.")
        if not window_holds(check):
            problems.add(
                place, "Check: it is due within its window, and the window begins at 0 or later."
            )
        elif check.window_to > _LONGEST_OFFSET.get(check.unit, -1):
            problems.add(place, "Check: at most 168 hours or 730 days after the session.")
        title = problems.line(f"{place}.title", check.title, "Name of the check")
        if len(title) > _LONGEST_TITLE:
            problems.add(f"{place}.title", f"Name of the check: at most {_LONGEST_TITLE} letters.")
        clean.append(replace(check, title=title))
    return tuple(clean)
