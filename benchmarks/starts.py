"""Starts of the program and of its anchors in turn; several rows judge the same readings."""

import time
from dataclasses import dataclass

from benchmarks.bench import Bench, Size
from benchmarks.figures import Samples
from benchmarks.program import started

ROUNDS = 7
# From the last change until the CPU time is read: what is imported behind the first paint is in it.
_LET_IT_FINISH_S = 1.0

PROGRAM, BARE, ORM = "mesodesk", "bare window", "bare + SQLAlchemy ORM"


@dataclass(frozen=True, slots=True)
class Starts:
    """Milliseconds to a usable window, CPU milliseconds a second later, MiB then; by program."""

    usable_ms: dict[str, Samples]
    cpu_ms: dict[str, Samples]
    pss_mib: dict[str, Samples]


def starts(bench: Bench) -> Starts:
    """Return the starts of this run, measured when first asked for."""
    return bench.once("starts", lambda: _measure(bench))


def _measure(bench: Bench) -> Starts:
    readings: dict[str, list[tuple[float, float, float]]] = {
        name: [] for name in (PROGRAM, BARE, ORM)
    }
    for turn in range(ROUNDS + 1):
        for name, taken in readings.items():
            reading = one_start(bench, name)
            if turn:
                taken.append(reading)
    columns = [
        {name: Samples.of([row[column] for row in rows]) for name, rows in readings.items()}
        for column in range(3)
    ]
    return Starts(*columns)


def one_start(bench: Bench, name: str) -> tuple[float, float, float]:
    """Start the program or one of its anchors and end it; return what `Starts` holds of each."""
    program, painted = started(bench, "-m", *_command(bench, name))
    with program:
        time.sleep(_LET_IT_FINISH_S)
        return 1000 * painted.last_s, 1000 * program.cpu_s(), program.pss_mib()


def _command(bench: Bench, name: str) -> tuple[str, ...]:
    if name == PROGRAM:
        return ("mesodesk", "--data", str(bench.vault(Size.SMALL)))
    return ({BARE: "benchmarks.anchors.bare", ORM: "benchmarks.anchors.orm"}[name],)
