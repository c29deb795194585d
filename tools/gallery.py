"""Renders every widget of the kit, and the main window, into pictures to look at.

python tools/gallery.py FOLDER              light and dark
QT_SCALE_FACTOR=2 python tools/gallery.py FOLDER
"""

import os
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from gallery_window import window
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.ui import theme
from mesodesk.ui.frame.keys import KeyOverview
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.badges import InitialsBadge, SyringeBadge
from mesodesk.ui.widgets.buttons import Button, ButtonKind, IconButton, ToolButton
from mesodesk.ui.widgets.calendar import Calendar
from mesodesk.ui.widgets.cards import Card, EmptyState, Fact, IconLabel, Notice, ProgressBar
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.choices import CheckField, ChoiceField, Option, PickList
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.forms import Form, FormRow
from mesodesk.ui.widgets.layouts import FlowLayout, row
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.numberfields import LengthField, NumberField, WeightField
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.segments import Scale0to10, SegmentedControl, TriState
from mesodesk.ui.widgets.strips import StepState, StepStrip, TabStrip
from mesodesk.ui.widgets.text import Body, ElidedLabel, Heading, KeyHint, Label, Muted, Title
from mesodesk.ui.widgets.textfields import PasswordField, SearchField, TextField

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = date(2026, 3, 12)


def text_card() -> QWidget:
    card = Card("Text", Muted("trailing words", wrap=False))
    card.add(Title("Ferrand, Camille"))
    card.add(Heading("A heading"))
    card.add(
        Body("Running text that goes over more than one line when the card is narrow, as here.")
    )
    card.add(Muted("38 y · No 01482 · 168 cm · 64.0 kg · skin type III"))
    card.add(ElidedLabel("A very long name " * 6, Role.STRONG))
    card.add(ElidedLabel("محمد بن عبد الرحمن القرطبي 👩‍⚕️ José"))
    for kind in Kind:
        card.add(Label(f"Words of kind {kind}", Role.STRONG, kind.value))
    card.body.addLayout(row(KeyHint("Ctrl+K", "find anything"), KeyHint("?", "keys"), stretch=True))
    return card


def buttons_card() -> QWidget:
    card = Card("Buttons")
    card.add(Button("Finish and sign", "g_primary", ButtonKind.PRIMARY))
    card.body.addLayout(
        row(
            Button("Secondary", "g_secondary", icon_name="pencil-outline"),
            Button("Quiet", "g_quiet", ButtonKind.QUIET, "plus"),
            Button("Archive", "g_danger", ButtonKind.DANGER),
            stretch=True,
        )
    )
    card.add(Button("Prepare syringe", "g_dashed", ButtonKind.DASHED, "plus"))
    off = Button("Not now", "g_off", ButtonKind.PRIMARY)
    off.setEnabled(False)
    card.body.addLayout(row(off, Button("Compact", "g_compact", compact=True), stretch=True))
    tools = [
        ToolButton(icon, text, f"g_{text}", checkable=True)
        for icon, text in (
            ("cursor-default-outline", "Select"),
            ("vector-polygon", "Region"),
            ("lasso", "Lasso"),
            ("dots-grid", "Stamp"),
        )
    ]
    tools[1].setChecked(True)
    card.body.addLayout(
        row(
            *tools,
            IconButton("undo", "Undo", "g_undo"),
            IconButton("redo", "Redo", "g_redo"),
            spacing=2,
            stretch=True,
        )
    )
    return card


def chips_card() -> QWidget:
    card = Card("Chips and badges")
    box = QWidget()
    flow = FlowLayout(box)
    flow.addWidget(Chip(Kind.STOP, "Lidocaine allergy"))
    flow.addWidget(Chip(Kind.CAUTION, "Takes aspirin", clickable=True))
    flow.addWidget(Chip(Kind.OK, "Session 3 of 6 · day 14 of 14", icon_name="calendar-check"))
    flow.addWidget(Chip(Kind.OK, "Consent valid", icon_name="file-sign"))
    flow.addWidget(Chip(Kind.INFO, "Prefers mornings"))
    flow.addWidget(Chip(Kind.NEUTRAL, "Not asked: 3"))
    card.add(box)
    card.body.addLayout(row(*(SyringeBadge(digit, 30) for digit in range(1, 10)), stretch=True))
    card.body.addLayout(row(InitialsBadge("CM", 1, 40), InitialsBadge("JR", 2, 40), stretch=True))
    bar = ProgressBar("left")
    bar.set_share(0.12, "#E69F00")
    card.add(bar)
    card.add(Fact("Spacing", "15 mm"))
    card.add(Fact("Needle", "30G, 4 mm"))
    return card


def answers_card() -> QWidget:
    card = Card("Answers")
    for answer in Answer:
        tri = TriState(f"g_tri_{answer}", "Pregnant?")
        tri.set_answer(answer)
        card.body.addLayout(row(Body("Pregnant or breast feeding?"), tri, stretch=False))
    scale = Scale0to10("g_pain", "Pain")
    scale.set_rating(3)
    card.add(scale)
    segments = SegmentedControl({"kg": "kg", "lb": "lb"}, "g_unit", "Unit", compact=True)
    segments.set_value("kg")
    card.body.addLayout(row(segments, stretch=True))
    card.body.addLayout(row(CheckField("Still true", "g_tick"), ticked(), stretch=True))
    return card


def ticked() -> QWidget:
    tick = CheckField("Aftercare given", "g_ticked")
    tick.setChecked(True)
    return tick


def fields_card() -> QWidget:
    card = Card("Form")
    form = Form()
    family = TextField("g_family", "Family name")
    family.set_value("García Márquez")
    given = TextField("g_given", "Given names", placeholder="As in the passport")
    form.add_pair(FormRow("Family name", family), FormRow("Given names", given))
    birth = DateField("g_birth", "Birth date", TODAY, maximum=TODAY)
    birth.set_value(date(1987, 6, 3))
    wrong = DateField("g_wrong", "Date", TODAY, maximum=TODAY)
    wrong.input.setText("31/2/1987")
    wrong.set_error("There is no such day in the calendar.")
    form.add_pair(FormRow("Birth date", birth), FormRow("First seen", wrong, optional=True))
    volume = NumberField("g_volume", "Volume", places=2, unit="mL", step=Decimal("0.1"))
    volume.set_value(Decimal("2.50"))
    weight = WeightField("g_weight", "Weight")
    weight.set_value(Decimal("64.0"))
    height = LengthField("g_height", "Height")
    height.set_value(Decimal(168))
    form.add_pair(FormRow("Volume", volume), FormRow("Weight", weight), FormRow("Height", height))
    choice = ChoiceField(
        "g_choice", "Technique", [Option("p", "Point by point"), Option("n", "Nappage")]
    )
    choice.set_value("p")
    pick = PickList("g_pick", "Product", [Option(1, "Caffeine 25 mg/mL", "lot C2291")])
    form.add_pair(FormRow("Technique", choice), FormRow("Product", pick))
    form.add_row(
        "Note", MultilineField("g_note", "Note", placeholder="Anything else"), "Seen by all"
    )
    form.add_row("Password", PasswordField("g_password", "Password"))
    form.add(SearchField("g_search", "Search", placeholder="Name, number, birth date or phone"))
    card.add(form)
    return card


def notices_card() -> QWidget:
    card = Card("Notices and rows")
    card.add(
        Notice(
            Kind.STOP,
            "The disk is full",
            "What was kept before is intact. Free some space: what is typed stays here.",
            action="Try again",
        )
    )
    card.add(
        Notice(
            Kind.CAUTION,
            "Two answers are missing",
            "Their yes would stop the session.",
            closable=True,
        )
    )
    card.add(Notice(Kind.INFO, "", "The body is scaled to 168 cm."))
    card.add(field_rows())
    card.add(
        EmptyState(
            "account-plus-outline",
            "No patients yet",
            "Add the first one; everything else starts there.",
            "New patient",
        )
    )
    return card


def field_rows() -> QWidget:
    rows = RowList("g_rows", "Fields")
    made = [
        Row(
            "Left outer thigh",
            "35 points · 1.75 mL · 68 cm²",
            object_name="g_row1",
            leading=SyringeBadge(1),
        ),
        Row(
            "Right outer thigh",
            "mirror of left · 35 points · 1.75 mL",
            object_name="g_row2",
            leading=SyringeBadge(1),
        ),
        Row(
            "Abdomen",
            "29 points · 1.45 mL · 104 cm²",
            object_name="g_row3",
            leading=SyringeBadge(2),
            trailing=[IconLabel("chevron-right")],
        ),
    ]
    made[0].setCheckable(True)
    made[0].setChecked(True)
    rows.set_rows(made)
    return rows


def strips_card() -> QWidget:
    card = Card("Strips")
    tabs = TabStrip(
        {
            "overview": "Overview",
            "intake": "Intake",
            "sessions": "Sessions",
            "followup": "Follow-up",
        },
        "g_tabs",
        "Patient",
    )
    tabs.set_count("followup", 2)
    card.add(tabs)
    steps = StepStrip(
        {"check": "Check", "prepare": "Prepare", "chart": "Chart", "finish": "Finish"},
        "g_steps",
        "Session",
    )
    steps.set_state("check", StepState.DONE)
    steps.set_state("prepare", StepState.DONE)
    steps.set_current("chart")
    card.add(steps)
    calendar = Calendar("g_calendar")
    calendar.grid.set_days(date(2026, 3, 4), TODAY, None, date(2026, 3, 20))
    card.body.addLayout(row(calendar, stretch=True))
    return card


def gallery() -> QWidget:
    """Return a page with everything on it."""
    page = QWidget()
    columns = QHBoxLayout(page)
    columns.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
    columns.setSpacing(Space.M)
    makers: list[list[Callable[[], QWidget]]] = [
        [text_card, chips_card, strips_card],
        [buttons_card, answers_card],
        [fields_card],
        [notices_card],
    ]
    for column_makers in makers:
        column = QVBoxLayout()
        column.setSpacing(Space.M)
        for make in column_makers:
            column.addWidget(make())
        column.addStretch(1)
        columns.addLayout(column, 1)
    page.resize(1900, 1080)
    return page


def shoot(made: QWidget, path: Path) -> None:
    """Write a picture of a window."""
    made.show()
    QApplication.sendPostedEvents()
    made.grab().save(str(path))


def shoot_window(folder: Path, name: str) -> None:
    """Write the main window as it is, with the palette, with the keys, and when keeping fails."""
    made = window()
    shoot(made, folder / f"window-{name}.png")
    made.open_palette()
    shoot(made, folder / f"palette-{name}.png")
    made.palette_overlay().close_over()
    made.open_keys()
    shoot(made, folder / f"keys-{name}.png")
    for overview in made.findChildren(KeyOverview):
        overview.close_over()
    made.status.failed(made, "The disk is full. What was kept before is intact: free some space.")
    made.notify(Kind.CAUTION, "The backup is 9 days old", "Connect the backup disk.")
    shoot(made, folder / f"failure-{name}.png")
    made.status.kept(made, datetime(2026, 3, 12, 10, 43, tzinfo=UTC))
    made.close()


def main(folder: Path) -> None:
    """Write the pictures."""
    app = QApplication([])
    theme.watcher().forced = False
    theme.start(app)
    folder.mkdir(parents=True, exist_ok=True)
    scale = os.environ.get("QT_SCALE_FACTOR", "1")
    for dark in (False, True):
        theme.force(dark)
        name = f"{'dark' if dark else 'light'}-{scale}x"
        page = gallery()
        shoot(page, folder / f"widgets-{name}.png")
        page.close()
        shoot_window(folder, name)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/gallery"))
