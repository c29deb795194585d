"""Imports what a visit needs before it is asked for, while the first page is looked at.

A page is imported when it is first shown, and that alone would hold the window up for a tenth of a
second. What has no widgets is imported on a thread. Widgets are imported on the UI thread, a module
a turn: up to Python 3.11 PySide6 keeps its classes in a table that the window reads without holding
the interpreter, and a class made on another thread at that moment ends the program.
"""

from __future__ import annotations

import importlib
import re
import threading
from functools import partial
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Slot

import mesodesk
from mesodesk.ui.jobs import report
from mesodesk.ui.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

_PAGES: Final = (
    "mesodesk.ui.pages.patients",
    "mesodesk.ui.pages.patient",
    "mesodesk.ui.pages.session",
    "mesodesk.ui.pages.session_parts.check",
    "mesodesk.ui.bodymap.chart_panel",
    "mesodesk.ui.pages.session_parts.chart_station",
    "mesodesk.ui.pages.session_parts.prepare",
    "mesodesk.ui.pages.session_parts.finish",
)
_SERVICES: Final = (
    "mesodesk.services.intakes",
    "mesodesk.services.sessions",
    "mesodesk.services.charts",
    "mesodesk.services.measurements",
)
_WINDOW: Final = "mesodesk.ui"
_IMPORT: Final = re.compile(
    r"^(?:from (mesodesk[\w.]*) import (\([^)]*\)|[^\n]*)|import (mesodesk[\w.]*))", re.MULTILINE
)


LOOK_MS: Final = 40
"""How often the window looks whether the thread is done."""


class PagesAhead(QObject):
    """Imports the pages. Not a job: locking and closing wait for those.

    The thread knows nothing of this object, which may be gone before it is done: a signal sent to
    what is being deleted at that moment ends the program.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._turns = Turns(self)
        self._done: list[list[str]] = []
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._import_in_turns)

    def start(self) -> None:
        """Begin with what may be imported on a thread."""
        work = partial(_import_aside, self._done)
        threading.Thread(target=work, name="pages", daemon=True).start()
        self._look.start()

    @Slot()
    def _import_in_turns(self) -> None:
        if self._done:
            self._look.stop()
            self._turns.run(import_each(self._done.pop()))


def _import_aside(done: list[list[str]]) -> None:
    """Put into `done` what is to be imported in the window, once all else is."""
    order: list[str] = []
    try:
        order = import_libraries()
    except Exception as error:  # noqa: BLE001  the page itself tells of it when it is opened
        report(error)
    done.append(order)


def import_libraries() -> list[str]:
    """Import what the pages stand on; return the window's modules, each after those it needs.

    Makes no class of Qt, so it may run on any thread.
    """
    for name in _SERVICES:
        importlib.import_module(name)
    order: list[str] = []
    met: set[str] = set()
    for name in _PAGES:
        _visit(name, met, order)
    _read_clinical_files()
    return order


def import_each(names: Sequence[str]) -> Generator[None]:
    """Import modules of the window one by one, on the UI thread."""
    try:
        for name in names:
            importlib.import_module(name)
            yield
    except Exception as error:  # noqa: BLE001  the page itself tells of it when it is opened
        report(error)


def _visit(name: str, met: set[str], order: list[str]) -> None:
    if name in met:
        return
    met.add(name)
    if name != _WINDOW and not name.startswith(f"{_WINDOW}."):
        importlib.import_module(name)
        return
    for needed in _imported_by(name):
        _visit(needed, met, order)
    order.append(name)


def _imported_by(name: str) -> Iterator[str]:
    """Yield the modules of the program that a module imports as it is imported itself.

    Read from its text, without importing it; where there is none, it is taken to need nothing.
    """
    for module, names, plainly in _IMPORT.findall(_source(name)):
        yield module or plainly
        for each in re.findall(r"\w+", names):
            # A package may be asked for a module of its own.
            if _spec(f"{module}.{each}") is not None:
                yield f"{module}.{each}"


def _source(name: str) -> str:
    spec = _spec(name)
    read = None if spec is None else getattr(spec.loader, "get_source", None)
    return (read(name) or "") if read is not None else ""


def _spec(name: str) -> ModuleSpec | None:
    """Find a module without importing the packages it lies in."""
    folder = Path(mesodesk.__file__).parent.joinpath(*name.split(".")[1:-1])
    return PathFinder.find_spec(name, [str(folder)])


def _read_clinical_files() -> None:
    """Read what every record is shown with; kept from then on."""
    from mesodesk.domain.bodymap.regions import load_regions
    from mesodesk.domain.catalogue import load_catalogue
    from mesodesk.domain.measures import load_measures
    from mesodesk.domain.questionnaire import load_questionnaire
    from mesodesk.domain.schedule import load_schedule
    from mesodesk.domain.screening import load_rules

    for load in (load_regions, load_questionnaire, load_schedule, load_rules, load_measures):
        load()
    load_catalogue()
