"""What Ctrl+K offers besides patients: every page, and what is done from anywhere."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.rights import Right
from mesodesk.ui.frame.palette import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mesodesk.ui.context import Context
    from mesodesk.ui.shell import MainWindow


def _tr(text: str) -> str:
    return QCoreApplication.translate("Commands", text)


def commands(window: MainWindow, context: Context) -> Iterator[Entry]:
    """Yield the entries, each offered to whom it is open alone."""
    for page_id, title, icon, keywords, right in (
        ("today", _tr("Today"), "calendar-today", _tr("start calls due"), None),
        ("patients", _tr("Patients"), "account-group-outline", _tr("search list"), None),
        ("stock", _tr("Stock"), "flask-outline", _tr("products lots expiry"), None),
        ("settings", _tr("Settings"), "cog-outline", _tr("clinic password PIN dark light"), None),
        (
            "rules",
            _tr("Screening rules"),
            "clipboard-check-outline",
            _tr("stop caution allergy contraindication switch off"),
            None,
        ),
        (
            "people",
            _tr("People and keys"),
            "account-key-outline",
            _tr("colleague role code add staff recovery kit password"),
            Right.PEOPLE,
        ),
        ("safety", _tr("Safety"), "shield-check-outline", _tr("backup stick drill kit"), None),
        (
            "restore",
            _tr("Restore a backup"),
            "backup-restore",
            _tr("bring back"),
            Right.RESTORE,
        ),
        (
            "reports",
            _tr("Reports"),
            "text-box-search-outline",
            _tr("log audit who saw day sheet verify"),
            Right.AUDIT_READ,
        ),
        (
            "emergencies",
            _tr("Emergencies to review"),
            "alert-octagon",
            _tr("restricted opened"),
            Right.EMERGENCY_REVIEW,
        ),
    ):
        go = partial(window.open, page_id)
        yield Entry(title, go, "", icon, "", keywords, _if_allowed(context, right))
    yield from _acts(window, context)


def _acts(window: MainWindow, context: Context) -> Iterator[Entry]:
    new = partial(window.open, "patients", new=True)
    allowed = _if_allowed(context, Right.PATIENT_EDIT)
    yield Entry(_tr("New patient"), new, "", "account-plus-outline", "Ctrl+N", _tr("add"), allowed)
    react = partial(_record_reaction, window)
    words, keywords = _tr("Record a reaction"), _tr("adverse event nodule swelling rash")
    may_react = _if_allowed(context, Right.REACTION_EDIT)
    yield Entry(words, react, "", "alert-circle-outline", "", keywords, may_react)
    lock, switch = window.ask_lock, window.ask_switch
    yield Entry(_tr("Lock"), lock, "", "lock-outline", "Ctrl+L", _tr("leave"))
    words = _tr("Let somebody else in")
    yield Entry(words, switch, "", "account-switch", "Ctrl+Shift+L", _tr("switch person user"))


def _record_reaction(window: MainWindow) -> None:
    """Go where a reaction of the patient in sight is recorded; without one, choose who it is."""
    page = window.current_page()
    patient_id = None if page is None else page.place().get("patient_id")
    if patient_id is None:
        window.open("patients", react=True)
    else:
        window.open("patient", patient_id=patient_id, tab="reactions", begin=True)


class _if_allowed:  # noqa: N801 - reads as a condition
    """Tells whether who is in has a right now; without a right, everybody has."""

    def __init__(self, context: Context, right: Right | None) -> None:
        self._context = context
        self._right = right

    def __call__(self) -> bool:
        return self._right is None or self._context.may(self._right)
