"""Pictures of the pages that belong to the clinic: lists, stock, settings, what lies over all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from shots.hands import click, close_overlays, label, show_elsewhere, write

if TYPE_CHECKING:
    from mesodesk.ui.shell import MainWindow
    from shots.finds import Finds
    from shots.taking import Tour


def lists(window: MainWindow, _found: Finds) -> Tour:
    """Today, the patients, a new one."""
    window.open("today")
    yield "today"
    window.open("patients")
    yield None
    write(window, "patient_search", "ma")
    yield "patients"
    write(window, "patient_search", "")
    click(window, "new_patient")
    yield None
    write(window, "family_name", "Medina Gonzalez")
    write(window, "given_names", "Laura")
    yield "new-patient"
    click(window, "discard_patient")
    yield None


def follow_up(window: MainWindow, found: Finds) -> Tour:
    """A check that is due."""
    window.open("followup", follow_up_id=found.follow_up_id)
    yield "follow-up"


def stock(window: MainWindow, found: Finds) -> Tour:
    """Products, a lot that is open for correction, a new product, who was treated with a lot."""
    window.open("stock", product_id=found.product_id)
    yield None
    yield "stock"
    window.open("stock", product_id=found.opened.product.id)
    yield None
    click(window, f"lot_{found.opened.fields.number}")
    yield None
    click(window, "lot_history")
    yield "stock-lot"
    window.open("recall", lot_id=found.recalled_id)
    yield None
    yield None
    yield "recall"
    window.open("stock", product_id=found.product_id)
    yield None
    click(window, "new_product")
    yield "stock-new-product"


def house(window: MainWindow, _found: Finds) -> Tour:
    """What the owner of a clinic decides and looks after."""
    window.open("settings")
    yield None
    yield "settings"
    for page in ("people", "protocols", "rules"):
        window.open(page)
        yield None
        yield None
        yield page
    window.open("reports")
    yield None
    _choose_entry(window)
    yield "reports"
    window.open("safety")
    yield None
    show_elsewhere(window, Path(label(window, "computer_folder").text()).parent)
    yield "safety"


def _choose_entry(window: MainWindow) -> None:
    """Choose the newest entry of the log that is about a patient."""
    from mesodesk.ui.pages.reports import ReportsPage

    page = window.current_page()
    if isinstance(page, ReportsPage):
        rows = range(page.entries.rowCount())
        entries = (page.entries.entry(at) for at in rows)
        about = (at for at, one in enumerate(entries) if one is not None and one.patient)
        page.list.setCurrentIndex(page.entries.index(next(about, 0)))


def frame(window: MainWindow, _found: Finds) -> Tour:
    """What waits after a fault, what lies over the page, and the lock."""
    window.open("set_aside")
    yield None
    yield "set-aside"
    window.open("today")
    yield None
    window.open_palette()
    write(window, "palette_search", "gar")
    yield "find"
    close_overlays(window)
    window.open_keys()
    yield "keys"
    close_overlays(window)
    window.ask_lock()
    yield "unlock"
