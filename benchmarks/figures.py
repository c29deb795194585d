"""Samples, and the rows in which they are judged."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Samples:
    """Readings of one quantity, in the unit of the row they go into."""

    readings: tuple[float, ...]

    @classmethod
    def of(cls, readings: Sequence[float]) -> "Samples":
        return cls(tuple(readings))

    @property
    def median(self) -> float:
        return statistics.median(self.readings)

    def percentile(self, share: float) -> float:
        """Return the reading that `share` of all readings (0 to 1) do not exceed."""
        ordered = sorted(self.readings)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def scaled(self, factor: float) -> "Samples":
        return Samples(tuple(reading * factor for reading in self.readings))

    def __str__(self) -> str:
        """Return the median, and the range where there is more than one reading."""
        if len(self.readings) == 1:
            return _number(self.readings[0])
        low, high = min(self.readings), max(self.readings)
        return f"{_number(self.median)} ({_number(low)}-{_number(high)})"


class Verdict(StrEnum):
    """How a row came out."""

    GOAL = "goal met"
    AT_PACE = "goal met at its pace"
    FLOOR = "above the goal"
    FAIL = "FAIL"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure held to a goal, which is aimed at, and to a floor, which fails the run."""

    what: str
    measured: float
    goal: float
    floor: float

    @property
    def verdict(self) -> Verdict:
        if self.measured <= self.goal:
            return Verdict.GOAL
        return Verdict.FLOOR if self.measured <= self.floor else Verdict.FAIL

    def at_pace(self, pace: float) -> "Limit":
        """Return the limit as the machine that the goals in ms come from would have measured it."""
        return replace(self, measured=self.measured / pace) if self.what == "ms" else self


# For a row that could not be measured although nothing was missing: it met no floor.
NEVER = Limit("measured", 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report; without limits the row was skipped and `note` says why."""

    name: str
    value: str = "-"
    unit: str = ""
    anchor: str = "-"
    ratio: float | None = None
    limits: tuple[Limit, ...] = ()
    note: str = ""

    @property
    def verdict(self) -> Verdict:
        if not self.limits:
            return Verdict.SKIPPED
        order = (Verdict.FAIL, Verdict.FLOOR, Verdict.GOAL)
        return min((limit.verdict for limit in self.limits), key=order.index)

    def judged(self, pace: Callable[[], float]) -> Verdict:
        """Return the verdict; where only goals in ms are missed, the pace of the machine is asked.

        A floor is a floor on any machine.
        """
        if self.verdict is not Verdict.FLOOR or all(limit.what != "ms" for limit in self.limits):
            return self.verdict
        slowed = pace()
        met = all(limit.at_pace(slowed).verdict is Verdict.GOAL for limit in self.limits)
        return Verdict.AT_PACE if met else Verdict.FLOOR

    def cells(self, verdict: Verdict) -> tuple[str, ...]:
        """Return name, value, unit, anchor, ratio, goal, floor, verdict."""
        goal = ", ".join(f"{limit.what} <= {_number(limit.goal)}" for limit in self.limits)
        floor = ", ".join(_number(limit.floor) for limit in self.limits)
        ratio = "-" if self.ratio is None else f"{self.ratio:.2f}"
        cells = (self.name, self.value, self.unit, self.anchor, ratio, goal or "-", floor or "-")
        return (*cells, verdict.value)


def skipped(name: str, reason: str) -> Row:
    """Return the row of a benchmark that cannot run here, with the reason."""
    return Row(name, note=reason)


def round_robin(
    cases: Mapping[str, Callable[[], float]], rounds: int, warm: int = 1
) -> dict[str, Samples]:
    """Run the cases in turn, so that a slow moment of the machine hits all of them alike.

    The first `warm` rounds are thrown away.
    """
    readings: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(rounds + warm):
        for name, case in cases.items():
            reading = case()
            if turn >= warm:
                readings[name].append(reading)
    return {name: Samples.of(values) for name, values in readings.items()}


def milliseconds(action: Callable[[], object]) -> float:
    """Return how long an action took."""
    start = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - start)


def _number(value: float) -> str:
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
