"""The program under test, started on a vault and led by keys as a person would lead it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.bench import PASSWORD, Bench
from benchmarks.processes import Program
from benchmarks.watch import Painted, painted_after

PATIENTS_PAGE = "alt+2"
# The rail, a caret and a letter are smaller than a page.
_PAGE = 20_000


def started(bench: Bench, *command: str) -> tuple[Program, Painted]:
    """Start `python` with a command and return it once its window stands still."""
    bench.rest()
    programs: list[Program] = []
    painted = painted_after(
        bench.screen,
        lambda: programs.append(bench.start(*command)),
        what=f"the start of {' '.join(command)}",
        quiet_s=0.7,
    )
    return programs[0], painted


@contextmanager
def unlocked(bench: Bench, vault: Path) -> Iterator[tuple[Program, Painted]]:
    """Open a vault; yield the program and the time from Enter to the first page, painted."""
    program, _ = started(bench, "-m", "mesodesk", "--data", str(vault))
    with program:
        yield program, unlock(bench)


def unlock(bench: Bench) -> Painted:
    """Type the password and return the time from Enter to the page behind, painted."""
    screen = bench.screen
    screen.type(PASSWORD)
    bench.rest()
    return after_key(bench, "Return", "the first page", big=_PAGE, quiet_s=1.2)


def after_key(
    bench: Bench,
    key: str,
    what: str,
    *,
    big: int = 1500,
    quiet_s: float = 0.4,
    patience_s: float = 20.0,
) -> Painted:
    """Press a key and return when the picture changed."""
    screen = bench.screen
    return painted_after(
        screen,
        lambda: screen.key(key),
        what=what,
        big=big,
        quiet_s=quiet_s,
        patience_s=patience_s,
    )


def show_patients(bench: Bench) -> Painted:
    """Go to the list of patients, its search ready to be typed into."""
    return after_key(bench, PATIENTS_PAGE, "the list of patients", big=_PAGE)


def search_for(bench: Bench, record_number: str) -> None:
    """Go to the list of patients and type a record number in place of what stood there."""
    show_patients(bench)
    bench.screen.key("ctrl+a")
    bench.screen.type(record_number)
    bench.rest()


def open_first_patient(bench: Bench) -> Painted:
    """Find the patient with most sessions by record number, and open the record."""
    search_for(bench, "00001")
    return after_key(bench, "Return", "the patient", big=_PAGE, quiet_s=1.0)


def open_session(bench: Bench) -> Painted:
    """Go on with the session of the patient whose record is open."""
    return after_key(bench, "ctrl+Return", "the session", big=_PAGE, quiet_s=1.5)


def only_answer(lines: list[str]) -> dict[str, list[float]]:
    """Return what a probe reported: readings by name."""
    answer: dict[str, list[float]] = json.loads(lines[-1])
    return answer
