"""The rows of the report, one module each; `ROWS` lists them in order."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from benchmarks.bench import Bench
from benchmarks.figures import Row
from benchmarks.rows import (
    atlas_memory,
    audit_chain,
    autosave,
    backup,
    clinic_pages,
    crash_start,
    drag_spacing,
    encryption,
    fill_gestures,
    fill_grid,
    fill_many,
    find_gestures,
    heat_map,
    idle_cpu,
    kill,
    lock_blank,
    longest_stall,
    map_moves,
    map_moves_many,
    memory_growth,
    memory_patient_open,
    modules_loaded,
    none_lost,
    open_chart,
    open_patient,
    patient_list,
    place_point,
    recall_lot,
    search_painted,
    search_query,
    session_pdf,
    slow_disk_stall,
    spacing,
    stall_keys,
    start_cpu,
    start_to_unlock,
    unlock_password,
    unlock_to_list,
    visit_gestures,
)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A row's number in the list of goals, its name, and what measures it."""

    number: int
    name: str
    measure: Callable[[Bench], list[Row]]


def _benchmark(module: ModuleType) -> Benchmark:
    return Benchmark(module.NUMBER, module.NAME, module.measure)


_MODULES = (
    start_to_unlock,
    unlock_to_list,
    start_cpu,
    modules_loaded,
    memory_patient_open,
    idle_cpu,
    search_query,
    search_painted,
    open_patient,
    open_chart,
    map_moves,
    map_moves_many,
    place_point,
    fill_grid,
    autosave,
    longest_stall,
    slow_disk_stall,
    kill,
    patient_list,
    session_pdf,
    memory_growth,
    fill_gestures,
    visit_gestures,
    find_gestures,
    none_lost,
    fill_many,
    drag_spacing,
    heat_map,
    atlas_memory,
    spacing,
    unlock_password,
    encryption,
    crash_start,
    backup,
    audit_chain,
    lock_blank,
    stall_keys,
    recall_lot,
    clinic_pages,
)
ROWS: tuple[Benchmark, ...] = tuple(_benchmark(module) for module in _MODULES)
