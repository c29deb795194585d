"""The rows of the report, one module each; `ROWS` lists them in order."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from benchmarks.bench import Bench
from benchmarks.figures import Row
from benchmarks.rows import none_lost, start_cpu, start_to_unlock


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A row's number in the list of goals, its name, and what measures it."""

    number: int
    name: str
    measure: Callable[[Bench], list[Row]]


def _benchmark(module: ModuleType) -> Benchmark:
    return Benchmark(module.NUMBER, module.NAME, module.measure)


ROWS: tuple[Benchmark, ...] = tuple(
    sorted(
        (_benchmark(module) for module in (start_to_unlock, start_cpu, none_lost)),
        key=lambda row: row.number,
    )
)
