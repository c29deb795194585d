"""Fields, with the keys that people press."""

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from mesodesk.domain.records.clinic import LengthUnit, WeightUnit
from mesodesk.ui.widgets.choices import CheckField, ChoiceField, Option, PickList
from mesodesk.ui.widgets.cleaning import clean_text
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.forms import Form, FormRow
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.numberfields import LengthField, NumberField, WeightField
from mesodesk.ui.widgets.textfields import (
    PasswordField,
    SearchField,
    TextField,
)

TODAY = date(2026, 3, 12)
PRODUCTS = [
    Option("caf", "Caféine 25 mg/mL", "lot C2291"),
    Option("car", "L-carnitine 50 mg/mL", "lot LC77"),
    Option("sil", "Silicium 1 %", "lot S118"),
]


class Stage(QWidget):
    """A shown window with one field, and another place for the focus to go to."""

    def __init__(self, field):
        super().__init__()
        self.field = field
        self.heard = []
        self.elsewhere = QLineEdit()
        column = QVBoxLayout(self)
        column.addWidget(field)
        column.addWidget(self.elsewhere)
        field.edited.connect(self.heard.append)
        self.resize(480, 300)


@pytest.fixture
def stage(qtbot):
    def put(field):
        made = Stage(field)
        qtbot.addWidget(made)
        with qtbot.waitActive(made):
            made.show()
            made.activateWindow()
        field.input.setFocus()
        assert field.input.hasFocus()
        return made

    return put


@pytest.fixture
def french(qapp):
    before = QLocale()
    QLocale.setDefault(QLocale("fr_FR"))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def american(qapp):
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


def volume(**more):
    return NumberField("volume", "Volume", places=2, unit="mL", **more)


def turn_wheel(widget, by):
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place,
        widget.mapToGlobal(place),
        QPoint(0, 0),
        QPoint(0, by),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def paste(qtbot, widget, text):
    QGuiApplication.clipboard().setText(text)
    qtbot.keyClick(widget, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


# Text


def test_text_is_told_as_it_is_typed(qtbot, stage):
    on = stage(TextField("family", "Family name"))
    qtbot.keyClicks(on.field.input, "Gar ")
    assert on.heard == ["G", "Ga", "Gar", "Gar"]
    assert on.field.value() == "Gar"


def test_pasted_control_characters_are_left_out_and_it_says_so(qtbot, stage):
    on = stage(TextField("family", "Family name"))
    paste(qtbot, on.field.input, "Gar\x00c\x1b[31mía\u202eX")
    assert on.field.value() == "Garc[31míaX"
    assert on.field.message.isVisible()
    assert "left out" in on.field.message.text()
    assert on.field.error() == ""
    qtbot.keyClicks(on.field.input, "s")
    assert not on.field.message.isVisible()


def test_a_pasted_line_break_becomes_a_space(qtbot, stage):
    on = stage(TextField("family", "Family name"))
    paste(qtbot, on.field.input, "García\nMárquez")
    assert on.field.value() == "García Márquez"
    assert not on.field.message.isVisible()


def test_the_cursor_stays_where_text_was_cleaned(qtbot, stage):
    on = stage(TextField("family", "Family name"))
    on.field.set_value("AB")
    on.field.input.setCursorPosition(1)
    paste(qtbot, on.field.input, "x\x07y")
    assert on.field.value() == "AxyB"
    assert on.field.input.cursorPosition() == 3


@pytest.mark.parametrize("text", ["محمد بن عبد الرحمن", "José 👩\u200d⚕️", "Ünal", "李小龙"])
def test_names_of_any_script_are_kept_whole(qtbot, stage, text):
    on = stage(TextField("family", "Family name"))
    paste(qtbot, on.field.input, text)
    assert on.field.value() == text
    assert on.field.error() == ""


def test_too_long_a_text_stays_and_is_not_told(qtbot, stage):
    on = stage(TextField("family", "Family name"))
    paste(qtbot, on.field.input, "a" * 400)
    assert len(on.field.input.text()) == 400
    assert on.heard == [None]
    assert "400" in on.field.error()
    assert "200" in on.field.error()


def test_setting_a_value_tells_nobody(qtbot, stage):
    on = stage(TextField("family", "Family name"))
    on.field.set_value("García")
    assert on.heard == []
    assert on.field.input.text() == "García"


def test_the_input_carries_the_names(stage):
    on = stage(TextField("family", "Family name"))
    assert on.findChild(QLineEdit, "family") is on.field.input
    assert on.field.input.accessibleName() == "Family name"
    assert on.field.objectName() == "family_field"


def test_an_error_is_read_out_and_announced(qtbot, stage):
    on = stage(TextField("family", "Family name"))
    with qtbot.waitSignal(on.field.error_changed) as told:
        on.field.set_error("A name is needed.")
    assert told.args == ["A name is needed."]
    assert on.field.input.accessibleDescription() == "A name is needed."
    assert on.field.message.text() == "A name is needed."


def test_leaving_the_field_commits(qtbot, stage):
    on = stage(TextField("family", "Family name"))
    qtbot.keyClicks(on.field.input, "Garc")
    with qtbot.waitSignal(on.field.committed):
        on.elsewhere.setFocus()


@pytest.mark.parametrize(
    ("text", "lines", "cleaned", "foreign"),
    [
        ("a\tb", False, "a b", False),
        ("a\r\nb", True, "a\nb", False),
        ("a\x00b", False, "ab", True),
        ("a\ufeffb", False, "ab", True),
        ("a\u200db", False, "a\u200db", False),
        ("a\u2067b\u2069", False, "ab", True),
        ("a\u200fb", False, "a\u200fb", False),
        ("a\ud800b", False, "ab", True),
    ],
)
def test_what_is_left_out(text, lines, cleaned, foreign):
    assert clean_text(text, lines=lines) == (cleaned, foreign)


def test_several_lines_grow_and_tab_moves_on(qtbot, stage):
    on = stage(MultilineField("note", "Note"))
    low = on.field.height()
    for _ in range(5):
        qtbot.keyClicks(on.field.input, "line")
        qtbot.keyClick(on.field.input, Qt.Key.Key_Return)
    assert on.field.sizeHint().height() > low
    assert on.heard[-1] == "\n".join(["line"] * 5)
    qtbot.keyClick(on.field.input, Qt.Key.Key_Tab)
    assert on.elsewhere.hasFocus()


def test_several_lines_are_cleaned_too(qtbot, stage):
    on = stage(MultilineField("note", "Note"))
    paste(qtbot, on.field.input, "one\x07\ntwo")
    assert on.field.value() == "one\ntwo"
    assert "left out" in on.field.message.text()


# Search and password


def test_search_tells_every_change_and_moves_the_list_below(qtbot, stage):
    on = stage(SearchField("search", "Search"))
    asked, moved, entered = [], [], []
    on.field.searched.connect(asked.append)
    on.field.moved.connect(moved.append)
    on.field.entered.connect(lambda: entered.append(True))
    qtbot.keyClicks(on.field.input, "ga")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return):
        qtbot.keyClick(on.field.input, key)
    assert asked == ["g", "ga"]
    assert moved == [1, -1]
    assert entered == [True]
    qtbot.keyClick(on.field.input, Qt.Key.Key_Escape)
    assert asked[-1] == ""
    assert on.field.value() == ""


def test_the_cross_clears_the_search(qtbot, stage):
    on = stage(SearchField("search", "Search"))
    assert not on.field.clear_button.isVisible()
    qtbot.keyClicks(on.field.input, "ga")
    qtbot.mouseClick(on.field.clear_button, Qt.MouseButton.LeftButton)
    assert on.field.value() == ""
    assert on.field.input.hasFocus()


def test_a_password_is_hidden_until_the_eye_is_pressed(qtbot, stage):
    on = stage(PasswordField("password", "Password"))
    qtbot.keyClicks(on.field.input, " s3cret ")
    assert on.field.value() == " s3cret "
    assert on.field.input.echoMode() is QLineEdit.EchoMode.Password
    qtbot.mouseClick(on.field.reveal, Qt.MouseButton.LeftButton)
    assert on.field.input.echoMode() is QLineEdit.EchoMode.Normal
    on.field.clear()
    assert on.field.input.echoMode() is QLineEdit.EchoMode.Password
    assert on.field.value() == ""


# Numbers


@pytest.mark.parametrize("text", ["2,5", "2.5"])
def test_comma_and_point_are_the_same(qtbot, stage, text):
    on = stage(volume())
    qtbot.keyClicks(on.field.input, text)
    assert on.field.value() == Decimal("2.5")
    assert on.heard[-1] == Decimal("2.5")


@pytest.mark.parametrize("text", ["-1", "1e9", "NaN", "1.2.3", "2.555", "abc"])
def test_what_is_no_volume_stays_with_a_sentence(qtbot, stage, text):
    on = stage(volume())
    qtbot.keyClicks(on.field.input, text)
    assert on.field.input.text() == text
    assert on.field.value() is None
    assert on.field.message.isVisible()
    assert on.field.message.text() == on.field.error() != ""
    qtbot.keyClick(on.field.input, Qt.Key.Key_Return)
    assert on.field.input.text() == text


def test_a_wrong_number_after_a_right_one_takes_it_back(qtbot, stage):
    on = stage(volume(maximum=Decimal(20)))
    qtbot.keyClicks(on.field.input, "200")
    assert on.heard == [Decimal(2), Decimal(20), None]
    assert "20" in on.field.error()


def test_too_small_is_said_only_when_the_field_is_left(qtbot, stage):
    on = stage(volume(minimum=Decimal(10)))
    qtbot.keyClicks(on.field.input, "2")
    assert on.field.error() == ""
    assert on.field.value() is None
    on.elsewhere.setFocus()
    assert "at least 10" in on.field.error()


def test_leaving_the_field_shows_how_the_number_was_read(qtbot, stage, french):
    on = stage(volume())
    qtbot.keyClicks(on.field.input, "2.50")
    on.elsewhere.setFocus()
    assert on.field.input.text() == "2,50"


def test_an_emptied_number_is_told_as_none(qtbot, stage):
    on = stage(volume())
    on.field.set_value(Decimal("2.5"))
    on.field.input.selectAll()
    qtbot.keyClick(on.field.input, Qt.Key.Key_Delete)
    assert on.heard == [None]
    assert on.field.error() == ""


def test_steps_by_keys_and_buttons_within_the_range(qtbot, stage):
    on = stage(volume(step=Decimal("0.1"), minimum=Decimal(0), maximum=Decimal("0.3")))
    qtbot.keyClick(on.field.input, Qt.Key.Key_Up)
    assert on.field.value() == Decimal(0)
    qtbot.keyClick(on.field.input, Qt.Key.Key_Up)
    qtbot.mouseClick(on.field.more, Qt.MouseButton.LeftButton)
    assert on.field.value() == Decimal("0.2")
    for _ in range(5):
        qtbot.keyClick(on.field.input, Qt.Key.Key_Up)
    assert on.field.value() == Decimal("0.3")
    qtbot.keyClick(on.field.input, Qt.Key.Key_PageDown)
    assert on.field.value() == Decimal(0)
    assert on.heard[-1] == Decimal(0)


def test_the_unit_is_shown_inside(stage):
    on = stage(volume())
    assert on.field.unit.text() == "mL"
    assert on.field.frame.isAncestorOf(on.field.unit)


def test_a_weight_in_pounds_is_stored_in_kilograms(qtbot, stage):
    on = stage(WeightField("weight", "Weight", WeightUnit.LB))
    qtbot.keyClicks(on.field.input, "150")
    assert on.field.value() == Decimal("68.039")
    on.elsewhere.setFocus()
    assert on.field.input.text() == "150"
    qtbot.mouseClick(on.field.unit_button, Qt.MouseButton.LeftButton)
    assert on.field.unit_button.text() == "kg"
    assert on.field.input.text() == "68.039"
    assert on.field.value() == Decimal("68.039")


def test_tab_leads_past_the_unit_to_the_next_field(qtbot, stage):
    on = stage(WeightField("weight", "Weight"))
    on.field.input.setFocus()
    qtbot.keyClicks(on.field.input, "62")
    qtbot.keyClick(on.field.input, Qt.Key.Key_Tab)
    assert on.elsewhere.hasFocus()
    qtbot.mouseClick(on.field.unit_button, Qt.MouseButton.LeftButton)
    assert on.field.unit_button.text() == "lb"
    assert on.field.input.hasFocus()


def test_a_unit_typed_after_the_number_changes_the_unit(qtbot, stage):
    on = stage(WeightField("weight", "Weight"))
    qtbot.keyClicks(on.field.input, "150 lb")
    assert on.field.value() == Decimal("68.039")
    assert on.field.unit_button.text() == "lb"


@pytest.mark.parametrize(("unit", "most"), [(WeightUnit.KG, "400 kg"), (WeightUnit.LB, "882 lb")])
def test_a_weight_that_nobody_has_gets_a_sentence_in_the_unit_shown(qtbot, stage, unit, most):
    on = stage(WeightField("weight", "Weight", unit))
    qtbot.keyClicks(on.field.input, "5000")
    assert on.field.value() is None
    assert most in on.field.error()
    assert on.field.input.text() == "5000"


def test_a_length_in_inches(qtbot, stage):
    on = stage(LengthField("height", "Height", LengthUnit.INCH))
    qtbot.keyClicks(on.field.input, "66,5")
    assert on.field.value() == Decimal("168.9")
    on.field.set_value(Decimal("168.9"))
    assert on.field.input.text() == "66,5"
    on.field.set_value(Decimal(170))
    assert on.field.input.text() == "66.9"


# Dates


def birth(**more):
    return DateField("birth", "Birth date", TODAY, maximum=TODAY, **more)


@pytest.mark.parametrize(
    "text", ["3/6/1987", "3.6.1987", "03061987", "1987-06-03", "3 jun 1987", "june 3, 1987"]
)
def test_a_date_is_read_in_many_ways(qtbot, stage, text):
    on = stage(birth())
    qtbot.keyClicks(on.field.input, text)
    assert on.field.value() == date(1987, 6, 3)
    assert on.heard == [date(1987, 6, 3)]
    on.elsewhere.setFocus()
    assert on.field.input.text() == "3 Jun 1987"


def test_a_short_year_is_read_when_the_field_is_left(qtbot, stage):
    on = stage(birth())
    qtbot.keyClicks(on.field.input, "3/6/87")
    assert on.heard == []
    with qtbot.waitSignal(on.field.committed):
        on.elsewhere.setFocus()
    assert on.field.value() == date(1987, 6, 3)
    assert on.heard == [date(1987, 6, 3)]


def test_month_and_day_follow_the_locale(qtbot, stage, american):
    on = stage(birth())
    qtbot.keyClicks(on.field.input, "6/3/1987")
    assert on.field.value() == date(1987, 6, 3)


def test_months_of_the_locale_are_known(qtbot, stage, french):
    on = stage(birth())
    qtbot.keyClicks(on.field.input, "3 fevrier 1987")
    assert on.field.value() == date(1987, 2, 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [("31/2/1987", "no such day"), ("yesterday", "not a date"), ("3 foo 1987", "month")],
)
def test_what_is_no_date_stays_with_a_sentence(qtbot, stage, text, words):
    on = stage(birth())
    qtbot.keyClicks(on.field.input, text)
    assert on.field.error() == ""
    on.elsewhere.setFocus()
    assert words in on.field.error()
    assert on.field.input.text() == text
    assert on.field.value() is None


def test_a_date_outside_gets_its_own_sentence(qtbot, stage):
    on = stage(
        birth(
            minimum=date(1900, 1, 1),
            too_early="Nobody is that old.",
            too_late="This day is yet to come.",
        )
    )
    for text, sentence in (("1/1/1850", "Nobody is that old."), ("1/1/2031", "yet to come")):
        on.field.input.selectAll()
        qtbot.keyClicks(on.field.input, text)
        qtbot.keyClick(on.field.input, Qt.Key.Key_Return)
        assert sentence in on.field.error()
        assert on.field.value() is None


def test_a_day_is_picked_from_the_calendar_by_keys(qtbot, stage):
    on = stage(birth())
    on.field.set_value(date(2026, 3, 4))
    qtbot.keyClick(on.field.input, Qt.Key.Key_Down)
    grid = on.field.calendar.grid
    assert grid.hasFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_Return):
        qtbot.keyClick(grid, key)
    assert on.field.value() == date(2026, 2, 12)
    assert on.heard == [date(2026, 2, 12)]
    assert on.field.input.text() == "12 Feb 2026"
    assert on.field.input.hasFocus()


def test_a_day_is_picked_by_click_but_not_one_that_is_not_allowed(qtbot, stage):
    on = stage(birth())
    qtbot.mouseClick(on.field.open_button, Qt.MouseButton.LeftButton)
    grid = on.field.calendar.grid
    tomorrow = grid.cell(date(2026, 3, 13)).center().toPoint()
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=tomorrow)
    assert on.heard == []
    second = grid.cell(date(2026, 3, 2)).center().toPoint()
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=second)
    assert on.heard == [date(2026, 3, 2)]


def test_the_button_of_the_calendar_closes_it_again(qtbot, stage):
    on = stage(birth())
    qtbot.mouseClick(on.field.open_button, Qt.MouseButton.LeftButton)
    assert on.field.calendar.isVisible()
    qtbot.mouseClick(on.field.open_button, Qt.MouseButton.LeftButton)
    assert not on.field.calendar.isVisible()


def test_escape_closes_the_calendar_and_gives_the_focus_back(qtbot, stage):
    on = stage(birth())
    on.field.open_calendar()
    qtbot.keyClick(on.field.calendar.grid, Qt.Key.Key_Escape)
    assert not on.field.calendar.isVisible()
    assert on.field.input.hasFocus()
    assert on.field.value() is None


# Choices


def test_a_choice_is_told_when_the_user_makes_it(qtbot, stage):
    on = stage(ChoiceField("product", "Product", PRODUCTS))
    on.field.set_value("car")
    assert on.heard == []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(on.field.input, key)
    assert on.heard == ["sil"]
    assert on.field.value() == "sil"


def test_no_key_and_no_wheel_changes_a_choice_whose_list_is_closed(qtbot, stage):
    on = stage(ChoiceField("product", "Product", PRODUCTS))
    on.field.set_value("car")
    for key in (
        *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
        *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_S, Qt.Key.Key_C),
    ):
        qtbot.keyClick(on.field.input, key)
        if on.field.list.is_open():
            qtbot.keyClick(on.field.input, Qt.Key.Key_Escape)
        assert on.field.value() == "car"
    turn_wheel(on.field.input, -240)
    assert on.field.value() == "car"
    assert on.heard == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Up, Qt.Key.Key_Down])
def test_an_arrow_opens_a_closed_choice_where_it_stands(qtbot, stage, key):
    on = stage(ChoiceField("product", "Product", PRODUCTS))
    on.field.set_value("car")
    qtbot.keyClick(on.field.input, key)
    assert on.field.list.is_open()
    qtbot.keyClick(on.field.input, Qt.Key.Key_Return)
    assert on.field.value() == "car"


def test_options_can_change_under_a_choice(stage):
    on = stage(ChoiceField("product", "Product", PRODUCTS))
    on.field.set_value("car")
    on.field.set_options(PRODUCTS[1:])
    assert on.field.value() == "car"
    on.field.set_options(PRODUCTS[2:])
    assert on.field.value() is None


def test_the_first_pick_is_the_one_whose_name_begins_as_typed(qtbot, stage):
    options = [
        Option("pc", "Phosphatidylcholine 5 %", "with sodium deoxycholate"),
        Option("nacl", "Sodium chloride 0.9 %"),
    ]
    on = stage(PickList("product", "Product", options))
    qtbot.keyClicks(on.field.input, "sodium ch")
    qtbot.keyClick(on.field.input, Qt.Key.Key_Return)
    assert on.heard == ["nacl"]


def test_a_pick_is_found_without_accents_and_by_detail(qtbot, stage):
    on = stage(PickList("product", "Product", PRODUCTS))
    qtbot.keyClicks(on.field.input, "cafe 25")
    qtbot.keyClick(on.field.input, Qt.Key.Key_Return)
    assert on.heard == ["caf"]
    assert on.field.input.text() == "Caféine 25 mg/mL"
    on.field.input.selectAll()
    qtbot.keyClicks(on.field.input, "s118")
    qtbot.keyClick(on.field.input, Qt.Key.Key_Return)
    assert on.field.value() == "sil"


def test_what_was_typed_before_the_options_came_is_answered_when_they_do(qtbot, stage):
    on = stage(PickList("product", "Product", ()))
    qtbot.keyClicks(on.field.input, "s118")
    assert not on.field.list.is_open()
    on.field.set_options(PRODUCTS)
    qtbot.keyClick(on.field.input, Qt.Key.Key_Return)
    assert on.field.value() == "sil"
    on.field.set_options(PRODUCTS)
    assert not on.field.list.is_open()


def test_a_long_choice_is_read_from_its_beginning(qtbot, stage):
    name = "Hyaluronic acid with vitamins, amino acids and trace elements"
    on = stage(PickList("product", "Product", [Option(1, name)]))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(on.field.input, key)
    assert on.field.input.text() == name
    on.field.input.clearFocus()
    assert on.field.input.cursorPosition() == 0
    assert on.field.input.toolTip() == name


def test_arrows_move_in_the_list_of_picks(qtbot, stage):
    on = stage(PickList("product", "Product", PRODUCTS))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(on.field.input, key)
    assert on.heard == ["car"]
    assert not on.field.list.is_open()


def click_row(qtbot, field, row):
    view = field.list.view
    place = view.visualRect(view.model().index(row, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_pick_by_click(qtbot, stage):
    on = stage(PickList("product", "Product", PRODUCTS))
    qtbot.mouseClick(on.field.open_button, Qt.MouseButton.LeftButton)
    click_row(qtbot, on.field, 2)
    assert on.heard == ["sil"]
    for shown in (True, False):
        qtbot.mouseClick(on.field.open_button, Qt.MouseButton.LeftButton)
        assert on.field.list.is_open() is shown


def test_a_choice_from_its_list_by_click_and_by_keys(qtbot, stage):
    on = stage(ChoiceField("product", "Product", PRODUCTS))
    qtbot.mouseClick(on.field.input, Qt.MouseButton.LeftButton)
    click_row(qtbot, on.field, 1)
    assert on.heard == ["car"]
    assert on.field.input.currentText() == "L-carnitine 50 mg/mL"
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(on.field.input, key)
    assert on.heard == ["car", "sil"]
    qtbot.keyClick(on.field.input, Qt.Key.Key_Space)
    qtbot.keyClick(on.field.input, Qt.Key.Key_Escape)
    assert not on.field.list.is_open()
    assert on.field.value() == "sil"


def test_the_rows_of_a_list_are_high_enough(qtbot, stage):
    on = stage(ChoiceField("product", "Product", PRODUCTS))
    qtbot.mouseClick(on.field.input, Qt.MouseButton.LeftButton)
    assert on.field.list.view.sizeHintForRow(0) >= 44


def test_leaving_a_pick_unfinished_shows_the_former_choice(qtbot, stage):
    on = stage(PickList("product", "Product", PRODUCTS))
    on.field.set_value("car")
    on.field.input.selectAll()
    qtbot.keyClicks(on.field.input, "zzz")
    qtbot.keyClick(on.field.input, Qt.Key.Key_Escape)
    on.elsewhere.setFocus()
    assert on.field.input.text() == "L-carnitine 50 mg/mL"
    assert on.heard == []


def test_tab_closes_the_lists_and_leaves(qtbot, stage):
    for field in (PickList("p", "Product", PRODUCTS), ChoiceField("c", "Product", PRODUCTS)):
        on = stage(field)
        on.field.set_value("car")
        if isinstance(field, PickList):
            qtbot.keyClick(field.input, Qt.Key.Key_Down)
        else:
            qtbot.keyClick(field.input, Qt.Key.Key_Space)
        assert field.list.is_open()
        qtbot.keyClick(field.input, Qt.Key.Key_Tab)
        assert on.elsewhere.hasFocus()
        assert not field.list.is_open()
        assert on.heard == []


def test_an_emptied_pick_is_told_as_none(qtbot, stage):
    on = stage(PickList("product", "Product", PRODUCTS))
    on.field.set_value("car")
    on.field.input.selectAll()
    qtbot.keyClick(on.field.input, Qt.Key.Key_Delete)
    assert on.heard == [None]
    assert on.field.value() is None


def test_a_tick_by_space_and_by_click_anywhere_on_it(qtbot):
    tick = CheckField("Aftercare given", "aftercare")
    qtbot.addWidget(tick)
    heard = []
    tick.ticked.connect(heard.append)
    tick.show()
    qtbot.keyClick(tick, Qt.Key.Key_Space)
    qtbot.mouseClick(tick, Qt.MouseButton.LeftButton, pos=tick.rect().center())
    tick.setChecked(True)
    assert heard == [True, False]
    assert tick.sizeHint().height() >= 44


# Forms


def test_a_form_finds_its_first_error_in_reading_order(qtbot):
    form = Form()
    qtbot.addWidget(form)
    first, second = TextField("first", "First"), volume()
    form.add_pair(FormRow("First", first), FormRow("Volume", second))
    third = TextField("third", "Third")
    form.add_row("Third", third, "As in the passport", optional=True)
    form.resize(600, 400)
    form.show()
    assert form.first_wrong() is None
    third.set_error("Missing.")
    second.set_error("Missing.")
    assert form.first_wrong() is second


def test_main_path_inputs_are_high_enough_for_a_finger(qtbot):
    for field in (TextField("a", "A"), volume(), birth(), ChoiceField("c", "C", PRODUCTS)):
        qtbot.addWidget(field)
        assert field.frame.sizeHint().height() >= 44


def test_a_long_label_takes_one_line_where_there_is_room(qtbot):
    box = QWidget()
    row = FormRow("Other choices that were named", TextField("other", "Other choices"))
    column = QVBoxLayout(box)
    column.addWidget(row)
    column.addStretch(1)
    qtbot.addWidget(box)
    box.resize(600, 300)
    box.show()
    one_line = row.label.fontMetrics().height()
    qtbot.waitUntil(lambda: row.label.height() < 2 * one_line)
    box.resize(150, 300)
    qtbot.waitUntil(lambda: row.label.height() >= 2 * one_line)
    assert row.label.width() <= 150
