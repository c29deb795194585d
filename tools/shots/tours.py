"""The ways through the program that the pictures are taken on."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPlainTextEdit, QScrollArea, QWidget

from mesodesk.domain.records.intake import IntakeState
from mesodesk.vault.recovery import SECRET_BYTES, RecoveryKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mesodesk.app import Application
    from mesodesk.domain.records.session import SessionSummary
    from mesodesk.services.desk import Desk
    from mesodesk.ui.shell import MainWindow
    from shots.taking import Tour


def gate(application: Application) -> Tour:
    """The first start, up to the last step; nothing is made."""
    from PySide6.QtTest import QTest

    window = application.window
    RecoveryKey.new = classmethod(_the_same_key)  # type: ignore[method-assign,assignment]
    yield None
    _type(window, "clinic_name", "Clinica Luz")
    _type(window, "jurisdiction", "Spain")
    QTest.keyClick(_find(window, "jurisdiction"), Qt.Key.Key_Return)
    yield "first-run-clinic"
    _click(window, "first_run_next")
    _type(window, "owner_name", "Dr Claire Moreau")
    yield None
    _click(window, "first_run_next")
    _type(window, "password", "seven lamps over the sink")
    _type(window, "password_again", "seven lamps over the sink")
    yield "first-run-password"
    _click(window, "first_run_next")
    yield "first-run-recovery"


def restoring(application: Application) -> Tour:
    """From the first page to the records of a backup that lies beside."""
    from mesodesk.demo import DEMO_PASSWORD

    window = application.window
    while not window.findChildren(QWidget, "first_run_restore"):
        yield None
    _click(window, "first_run_restore")
    while not window.findChildren(QWidget, "restore_row_0"):
        yield None
    yield "restore-list"
    _click(window, "restore_row_0")
    _type(window, "restore_password", DEMO_PASSWORD)
    yield "restore-password"
    _click(window, "restore_go_on")
    while "Restore" not in _button(window, "restore_go_on").text():
        yield None
    yield "restore-loss"


def _button(window: MainWindow, name: str) -> QAbstractButton:
    return cast("QAbstractButton", _find(window, name))


def _the_same_key(cls: type[RecoveryKey]) -> RecoveryKey:
    return cls(bytes(range(7, 7 + 11 * SECRET_BYTES, 11)))


def desk(application: Application) -> Tour:
    """Every page of the demonstration clinic."""
    window = application.window
    while window.current_page() is None:
        yield None
    found = _Finds()
    application.jobs.run(window, lambda: found.look(application.desk_window.context.desk))
    yield None
    for part in (_lists, _patient, _session, _rest):
        yield from part(window, found)


class _Finds:
    """Who and what is worth a picture."""

    def look(self, desk: Desk) -> None:
        """Choose; on the database thread."""
        sessions = desk.sessions
        today = desk.today.overview()
        hits = desk.patients.search("", limit=100)
        # Few regions with many points: all of them in one view, none behind another.
        draft = max(today.drafts, key=lambda one: one.points / (1 + len(one.regions)))
        self.draft_id, self.draft_patient = draft.id, draft.patient_id
        course = max((sessions.for_patient(hit.id) for hit in hits), key=_richness)
        self.patient_id = course[0].patient_id
        signed = [one for one in course if one.state.value == "signed"]
        self.signed_id = max(signed, key=lambda one: one.points).id
        follow_up = (today.overdue or today.due)[0]
        self.follow_up_id = follow_up.id
        intakes = ((hit.id, desk.intakes.latest(hit.id)) for hit in hits)
        self.asked_id = next(
            (
                patient
                for patient, intake in intakes
                if intake is None or intake.state is IntakeState.DRAFT
            ),
            self.patient_id,
        )
        lots = desk.catalogue.lots()
        products = [lot.product.id for lot in lots]
        self.product_id = max(products, key=products.count)
        self.recalled_id = next(
            (each.recall.lot_id for each in desk.recalls.standing()), lots[0].id
        )
        opened = (lot for lot in lots if lot.opening is not None)
        self.opened = next(opened, lots[0])


def _richness(course: Sequence[SessionSummary]) -> int:
    return sum(min(one.points, 120) for one in course)


def _lists(window: MainWindow, _found: _Finds) -> Tour:
    window.open("today")
    yield "today"
    window.open("patients")
    yield None
    _type(window, "patient_search", "ma")
    yield "patients"
    _type(window, "patient_search", "")
    _click(window, "new_patient")
    yield None
    _type(window, "family_name", "Medina Gonzalez")
    _type(window, "given_names", "Laura")
    yield "new-patient"
    _click(window, "discard_patient")
    yield None


def _patient(window: MainWindow, found: _Finds) -> Tour:
    for tab in (
        "overview",
        "consent",
        "plan",
        "sessions",
        "follow_ups",
        "reactions",
        "measurements",
        "photographs",
        "details",
    ):
        window.open("patient", patient_id=found.patient_id, tab=tab)
        yield None  # pictures of the body are drawn meanwhile
        yield f"patient-{tab.replace('_', '-')}"
    window.open("patient", patient_id=found.asked_id, tab="intake")
    yield None
    _scroll_down(window, "intake_scroll", 650)  # down to the first questions
    yield "patient-intake"


def _session(window: MainWindow, found: _Finds) -> Tour:
    window.open("session", session_id=found.draft_id)
    yield None
    for station in ("check", "prepare", "chart", "finish"):
        window.open("session", session_id=found.draft_id, station=station)
        yield None
        yield f"session-{station}"
        if station == "chart":
            _click(window, "chart_heat")
            yield "session-exposure"
            _click(window, "chart_heat")
    window.open("session", session_id=found.signed_id)
    yield None
    yield "session-signed"
    window.open("session", session_id=found.signed_id, station="chart")
    yield None
    yield "session-signed-chart"


def _rest(window: MainWindow, found: _Finds) -> Tour:
    window.open("followup", follow_up_id=found.follow_up_id)
    yield "follow-up"
    window.open("stock", product_id=found.product_id)
    yield None
    yield "stock"
    yield from _lots(window, found)
    window.open("stock", product_id=found.product_id)
    yield None
    _click(window, "new_product")
    yield "stock-new-product"
    window.open("settings")
    yield "settings"
    window.open("people")
    yield None
    yield "people"
    window.open("protocols")
    yield None
    yield "protocols"
    window.open("rules")
    yield None
    yield None
    yield "rules"
    window.open("reports")
    yield None
    _choose_entry(window)
    yield "reports"
    window.open("safety")
    yield None
    yield "safety"
    window.open("today")
    yield None
    window.open_palette()
    _type(window, "palette_search", "gar")
    yield "find"
    _close_overlays(window)
    window.open_keys()
    yield "keys"
    _close_overlays(window)
    window.ask_lock()
    yield "unlock"


def _choose_entry(window: MainWindow) -> None:
    """Choose the newest entry of the log that is about a patient."""
    from mesodesk.ui.pages.reports import ReportsPage

    page = window.current_page()
    if isinstance(page, ReportsPage):
        rows = range(page.entries.rowCount())
        entries = (page.entries.entry(at) for at in rows)
        about = (at for at, one in enumerate(entries) if one is not None and one.patient)
        page.list.setCurrentIndex(page.entries.index(next(about, 0)))


def _lots(window: MainWindow, found: _Finds) -> Tour:
    """A lot that is open for correction, and who was treated with a recalled one."""
    window.open("stock", product_id=found.opened.product.id)
    yield None
    _click(window, f"lot_{found.opened.fields.number}")
    yield None
    _click(window, "lot_history")
    yield "stock-lot"
    window.open("recall", lot_id=found.recalled_id)
    yield None
    yield None
    yield "recall"


def _close_overlays(window: MainWindow) -> None:
    from mesodesk.ui.frame.overlay import Overlay

    for overlay in window.findChildren(Overlay):
        overlay.hide()


def _find(window: MainWindow, name: str) -> QWidget:
    for widget in window.findChildren(QWidget, name):
        if widget.isVisible():
            found: QWidget = widget
            return found
    raise LookupError(f"{name} is not in sight")


def _click(window: MainWindow, name: str) -> None:
    button = _find(window, name)
    if isinstance(button, QAbstractButton):
        button.click()


def _type(window: MainWindow, name: str, text: str) -> None:
    """Type as a person would, so that the page hears of it."""
    from PySide6.QtTest import QTest

    field = _find(window, name)
    field.setFocus(Qt.FocusReason.OtherFocusReason)
    if isinstance(field, QLineEdit | QPlainTextEdit):
        field.selectAll()
    if text:
        QTest.keyClicks(field, text)
    else:
        QTest.keyClick(field, Qt.Key.Key_Delete)


def _scroll_down(window: MainWindow, name: str, pixels: int) -> None:
    area = _find(window, name)
    if isinstance(area, QScrollArea):
        area.verticalScrollBar().setValue(pixels)
