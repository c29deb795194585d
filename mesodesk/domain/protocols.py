"""Protocols of the clinic: fields, mixtures without lots, interval, follow-up, aftercare.

Nothing in a protocol says how many sessions a patient needs: that is agreed on with each patient.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from mesodesk.domain.records.followup import Channel
from mesodesk.domain.records.plan import Interval, IntervalUnit
from mesodesk.domain.schedule import Check, CheckKind, Schedule
from mesodesk.domain.texts import LocalText

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mesodesk.domain.favourites import FavouriteContent

FORMAT: Final = 1

_DAY: Final = LocalText.of({"en": "Day {n}", "fr": "Jour {n}", "it": "Giorno {n}", "es": "Día {n}"})
_HOURS: Final = LocalText.of(
    {"en": "{n} hours", "fr": "{n} heures", "it": "{n} ore", "es": "{n} horas"}
)

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProtocolCheck:
    """A check that follows each session: the questions of a shipped one, at the clinic's own time.

    Offsets count from the signing, in `unit` hours or days. `channel` is how the patient is to be
    reached, None where that is left open. `title` replaces that of the shipped check; it is made
    from the time if it is empty and the time is not the shipped one.
    """

    check_id: str
    unit: str
    due: int
    window_from: int
    window_to: int
    channel: Channel | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class ProtocolContent:
    """What a version of a protocol holds; what is empty is left to each plan and session.

    `source` tells where interval and maximum come from. `injecting` are fields with the mixtures
    that they come from, or mixtures alone. `checks` None means the schedule that the program
    ships with.
    """

    indication: str = ""
    regions: tuple[str, ...] = ()
    interval: Interval | None = None
    max_sessions: int | None = None
    source: str = ""
    injecting: FavouriteContent | None = None
    checks: tuple[ProtocolCheck, ...] | None = None
    aftercare_id: str = ""
    note: str = ""

    @property
    def mixtures(self) -> int:
        return 0 if self.injecting is None else len(self.injecting.recipes)

    @property
    def fields(self) -> int:
        return 0 if self.injecting is None else len(self.injecting.fields)


def plannable(schedule: Schedule) -> tuple[Check, ...]:
    """Return the checks of a schedule that a protocol can hold, in order of time."""
    return tuple(check for check in schedule.checks if check.kind is CheckKind.PLANNED)


def as_shipped(schedule: Schedule) -> tuple[ProtocolCheck, ...]:
    """Return the checks of a schedule as a protocol begins with them."""
    return tuple(_as_shipped(check) for check in plannable(schedule))


def schedule_for(schedule: Schedule, checks: Iterable[ProtocolCheck] | None) -> Schedule:
    """Return what is planned after a session: the checks of a protocol, in the clinic's words.

    Args:
        schedule: that the program ships with; its questions and instructions stay.
        checks: of the protocol; None leaves the schedule as it is. One that the schedule does not
            know any more is left out.
    """
    if checks is None:
        return schedule
    known = {check.id: check for check in plannable(schedule)}
    return replace(
        schedule,
        checks=tuple(
            replace(
                known[each.check_id],
                unit=each.unit,
                due=each.due,
                window_from=each.window_from,
                window_to=each.window_to,
            )
            for each in checks
            if each.check_id in known
        ),
    )


def title_of(check: ProtocolCheck, schedule: Schedule, language: str) -> str:
    """Return what a protocol calls a check: empty where the shipped name still tells the truth.

    Args:
        check: of the protocol.
        schedule: that the program ships with.
        language: of the clinic.
    """
    if check.title or check == _as_shipped(schedule.check(check.check_id), check.channel):
        return check.title
    return (_HOURS if check.unit == "hours" else _DAY).get(language).format(n=check.due)


def _as_shipped(check: Check, channel: Channel | None = None) -> ProtocolCheck:
    return ProtocolCheck(
        check.id, check.unit, check.due, check.window_from, check.window_to, channel
    )


def window_holds(check: ProtocolCheck) -> bool:
    """Whether the times of a check follow each other."""
    return 0 <= check.window_from <= check.due <= check.window_to


# As it is stored


def protocol_to_plain(content: ProtocolContent) -> Plain:
    """Return plain values for the column."""
    interval = content.interval
    from mesodesk.domain.favourites import content_to_plain

    return {
        "format": FORMAT,
        "indication": content.indication,
        "regions": list(content.regions),
        "interval": None
        if interval is None
        else {"count": interval.count, "unit": interval.unit.value},
        "max_sessions": content.max_sessions,
        "source": content.source,
        "injecting": None if content.injecting is None else content_to_plain(content.injecting),
        "checks": None if content.checks is None else [_check_to_plain(e) for e in content.checks],
        "aftercare_id": content.aftercare_id,
        "note": content.note,
    }


def protocol_from_plain(stored: Mapping[str, Any]) -> ProtocolContent:
    """Read what `protocol_to_plain` wrote.

    Raises:
        NewerFormatError: if a later version of the program wrote it.
        ChartDataError: if it is damaged.
    """
    # Imported late: charts need numpy, and the first page tells of plans without it.
    from mesodesk.domain.bodymap.codec import ChartDataError
    from mesodesk.domain.favourites import NewerFormatError, content_from_plain

    try:
        if int(stored["format"]) > FORMAT:
            raise NewerFormatError("a later version has kept this protocol")
        interval, checks = stored["interval"], stored["checks"]
        injecting, most = stored["injecting"], stored["max_sessions"]
        return ProtocolContent(
            indication=str(stored["indication"]),
            regions=tuple(map(str, stored["regions"])),
            interval=None
            if interval is None
            else Interval(int(interval["count"]), IntervalUnit(interval["unit"])),
            max_sessions=None if most is None else int(most),
            source=str(stored["source"]),
            injecting=None if injecting is None else content_from_plain(injecting),
            checks=None if checks is None else tuple(map(_check_from_plain, checks)),
            aftercare_id=str(stored["aftercare_id"]),
            note=str(stored["note"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, ChartDataError):
            raise
        raise ChartDataError("a protocol cannot be read") from error


def _check_to_plain(check: ProtocolCheck) -> Plain:
    return {
        "check": check.check_id,
        "unit": check.unit,
        "due": check.due,
        "window": [check.window_from, check.window_to],
        "channel": None if check.channel is None else check.channel.value,
        "title": check.title,
    }


def _check_from_plain(stored: Mapping[str, Any]) -> ProtocolCheck:
    channel = stored["channel"]
    begins, ends = stored["window"]
    return ProtocolCheck(
        check_id=str(stored["check"]),
        unit=str(stored["unit"]),
        due=int(stored["due"]),
        window_from=int(begins),
        window_to=int(ends),
        channel=None if channel is None else Channel(channel),
        title=str(stored["title"]),
    )
