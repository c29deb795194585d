"""Imports what a visit needs before it is asked for, while the first page is looked at.

A page is imported when it is first shown, and that alone would hold the window up for a tenth of a
second. On a thread of its own it shares the interpreter in slices of a few milliseconds.
"""

import importlib
import threading
from typing import Final

from mesodesk.ui.jobs import report

_MODULES: Final = (
    "mesodesk.ui.pages.patients",
    "mesodesk.services.intakes",
    "mesodesk.services.sessions",
    "mesodesk.ui.pages.patient",
    "mesodesk.services.charts",
    "mesodesk.ui.pages.session",
    "mesodesk.ui.pages.session_parts.check",
    "mesodesk.ui.bodymap.chart_panel",
    "mesodesk.ui.pages.session_parts.chart_station",
    "mesodesk.ui.pages.session_parts.prepare",
    "mesodesk.ui.pages.session_parts.finish",
)


def import_pages() -> threading.Thread:
    """Begin to import the pages; return the thread that does it."""
    thread = threading.Thread(target=_import_all, name="pages", daemon=True)
    thread.start()
    return thread


def _import_all() -> None:
    try:
        for name in _MODULES:
            importlib.import_module(name)
        _read_clinical_files()
    except Exception as error:  # noqa: BLE001  the page itself tells of it when it is opened
        report(error)


def _read_clinical_files() -> None:
    """Read what every record is shown with; kept from then on."""
    from mesodesk.domain.bodymap.regions import load_regions
    from mesodesk.domain.questionnaire import load_questionnaire
    from mesodesk.domain.schedule import load_schedule
    from mesodesk.domain.screening import load_rules

    for load in (load_regions, load_questionnaire, load_schedule, load_rules):
        load()
