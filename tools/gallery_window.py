"""The main window with a page in the manner of the patient's, for `gallery.py`."""

from datetime import UTC, datetime

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.ui.frame.page import Page
from mesodesk.ui.frame.palette import Entry
from mesodesk.ui.shell import MainWindow
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.badges import SyringeBadge
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel, Notice
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.layouts import row
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.strips import TabStrip
from mesodesk.ui.widgets.text import Muted, Title


class PatientSample(Page):
    """A page in the manner of the patient's overview, with nothing behind it."""

    page_id = "patients"
    title = "Patients"
    icon = "account-group-outline"

    def __init__(self) -> None:
        super().__init__()
        self.add_key("Ctrl+N", "New patient", self.update)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, 0)
        column.setSpacing(Space.M)
        column.addLayout(self._header())
        names = ("Overview", "Intake", "Consent", "Plan", "Sessions", "Follow-up", "Photos")
        column.addWidget(TabStrip({name.lower(): name for name in names}, "s_tabs", "Patient"))
        body = QHBoxLayout()
        body.setSpacing(Space.M)
        body.addWidget(self._left(), 5)
        body.addLayout(self._right(), 2)
        column.addLayout(body, 1)

    def _header(self) -> QHBoxLayout:
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(Title("Ferrand, Camille"))
        names.addWidget(Muted("38 y · No 01482 · 168 cm · 64.0 kg · skin type III", wrap=False))
        line = QHBoxLayout()
        line.setSpacing(Space.XL)
        line.addLayout(names)
        chips = row(
            Chip(Kind.STOP, "Lidocaine allergy"),
            Chip(Kind.CAUTION, "Takes aspirin"),
            Chip(Kind.OK, "Session 3 of 6 · day 14 of 14", icon_name="calendar-check"),
            Chip(Kind.OK, "Consent valid", icon_name="file-sign"),
            stretch=True,
        )
        line.addLayout(chips, 1)
        return line

    def _left(self) -> QWidget:
        card = Card("Sessions", Button("New session", "s_new", icon_name="plus", compact=True))
        rows = RowList("s_rows", "Sessions")
        rows.set_rows(
            Row(
                f"Session {number}",
                f"{14 - number} Oct · signed C. Moreau · {90 + 10 * number} points",
                object_name=f"s_row{number}",
                leading=SyringeBadge(number),
                trailing=[Chip(Kind.OK, "Signed"), IconLabel("chevron-right")],
            )
            for number in (3, 2, 1)
        )
        card.add(rows)
        card.body.addStretch(1)
        return card

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(Space.M)
        following = Card("Next")
        following.add(
            Row(
                "Session 4 of 6",
                "due since 28 Oct",
                object_name="s_next",
                leading=IconLabel("needle", "accent"),
            )
        )
        following.add(Button("Start session", "s_start", ButtonKind.PRIMARY))
        column.addWidget(following)
        know = Card("Know before you start")
        know.add(Notice(Kind.STOP, "", "Lidocaine allergy: no local anaesthetic in any syringe"))
        know.add(Notice(Kind.CAUTION, "", "Aspirin 100 mg daily: do not advise stopping"))
        column.addWidget(know)
        column.addStretch(1)
        return column


def window() -> MainWindow:
    """Return the main window with one page in it."""
    made = MainWindow()
    made.add_lazy_page("today", "Today", "calendar-today", Page)
    made.add_page(PatientSample(), in_rail=True)
    made.add_lazy_page("stock", "Stock", "flask-outline", Page)
    made.add_lazy_page("settings", "Settings", "cog-outline", Page)
    made.rail.set_count("today", 4)
    made.set_person("CM", "Camille Moreau", 1)
    made.status.set_zone("UTC")
    made.status.kept(made, datetime(2026, 3, 12, 10, 42, 7, tzinfo=UTC))
    made.status.set_note("Backup verified 12 min ago")
    for title, icon, keys in (
        ("New patient", "account-plus-outline", "Ctrl+N"),
        ("Lock", "lock-outline", "Ctrl+L"),
    ):
        made.palette_overlay().add_command(Entry(title, made.update, icon=icon, keys=keys))
    made.palette_overlay().add_command(
        Entry("Ferrand, Camille", made.update, "No 01482 · 3 Jun 1987", "account-outline")
    )
    made.resize(1366, 768)
    made.open("patients")
    return made
