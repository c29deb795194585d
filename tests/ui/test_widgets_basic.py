"""Buttons, answers, chips, cards, strips, rows, popovers: by key and by click."""

import gc
import weakref
from datetime import date

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFontInfo, QFontMetrics, QImage, QPainter, QTextDocument
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.syringe_looks import SYRINGES
from mesodesk.ui import theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import BAR, Kind, Space, contrast
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.badges import SyringeBadge, draw_badge, shape_path
from mesodesk.ui.widgets.buttons import Button, ButtonKind, IconButton, ToolButton
from mesodesk.ui.widgets.cards import Card, EmptyState, Notice, ProgressBar
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.dialogs import ConfirmDialog
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import FlowLayout, PageScroll, clear
from mesodesk.ui.widgets.numberfields import NumberField
from mesodesk.ui.widgets.popover import Popover
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.segments import Scale0to10, SegmentedControl, TriState
from mesodesk.ui.widgets.strips import StepState, StepStrip, TabStrip
from mesodesk.ui.widgets.text import CountedLabel, ElidedLabel, Label, plain_tip
from mesodesk.ui.widgets.textfields import SearchField

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def show(qtbot):
    def put(widget, focus=None):
        qtbot.addWidget(widget)
        with qtbot.waitActive(widget):
            widget.show()
            widget.activateWindow()
        if focus is not None:
            focus.setFocus(Qt.FocusReason.TabFocusReason)
        return widget

    return put


def signals_of(signal):
    heard = []
    signal.connect(lambda *args: heard.append(args[0] if args else None))
    return heard


def ink_in(widget, colour, rect=None):
    """Tell whether a colour is painted on a widget."""
    image = widget.grab(rect or widget.rect()).toImage()
    wanted = theme.colour(colour).rgb()
    return any(
        image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height())
    )


# Buttons


@pytest.mark.parametrize("kind", ButtonKind)
def test_buttons_are_high_enough_and_work_by_key_and_click(qtbot, show, kind):
    button = show(Button("Finish and sign", "finish", kind))
    heard = signals_of(button.clicked)
    assert button.sizeHint().height() >= 44
    assert button.accessibleName() == "Finish and sign"
    assert button.objectName() == "finish"
    qtbot.mouseClick(button, LEFT)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert len(heard) == 2


def test_focus_by_key_shows_a_ring_and_by_click_none(qtbot, show):
    stage = QWidget()
    column = QVBoxLayout(stage)
    button, other = Button("Quiet", "quiet", ButtonKind.QUIET), QLineEdit()
    column.addWidget(button)
    column.addWidget(other)
    show(stage, other)
    corner = QRect(0, button.height() // 2, 3, 1)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert ink_in(button, "accent", corner)
    other.setFocus()
    button.setFocus(Qt.FocusReason.MouseFocusReason)
    assert button.hasFocus()
    assert not ink_in(button, "accent", corner)


def test_an_icon_button_says_its_name_and_its_key(show):
    button = show(IconButton("undo", "Undo", "chart_undo", keys="Ctrl+Z"))
    assert button.accessibleName() == "Undo"
    assert "Ctrl+Z" in button.toolTip()
    assert button.sizeHint().width() >= 44


def test_the_tool_in_hand_is_marked(qtbot, show):
    tool = show(ToolButton("lasso", "Lasso", "tool_lasso", keys="L", checkable=True))
    assert not ink_in(tool, "accent_soft")
    qtbot.mouseClick(tool, LEFT)
    QApplication.sendEvent(tool, QEvent(QEvent.Type.Leave))
    assert tool.isChecked()


# Segments


def test_a_question_starts_as_not_asked(show):
    tri = show(TriState("q_pregnant", "Pregnant?"))
    assert tri.answer() is Answer.NOT_ASKED


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        (Qt.Key.Key_Y, Answer.YES),
        (Qt.Key.Key_N, Answer.NO),
        (Qt.Key.Key_Minus, Answer.NOT_ASKED),
        (Qt.Key.Key_Backspace, Answer.NOT_ASKED),
    ],
)
def test_a_question_is_answered_by_letters(qtbot, show, key, answer):
    tri = show(TriState("q", "Pregnant?"))
    start = Answer.NO if answer is not Answer.NO else Answer.YES
    tri.set_answer(start)
    heard = signals_of(tri.answered)
    focused = tri.segment(start)
    focused.setFocus()
    qtbot.keyClick(focused, key)
    assert tri.answer() is answer
    assert heard == [answer]
    assert tri.segment(answer).hasFocus()


def test_a_question_is_answered_by_click_and_by_arrows(qtbot, show):
    tri = show(TriState("q", "Pregnant?"))
    heard = signals_of(tri.answered)
    yes = tri.findChild(QWidget, "q_yes")
    qtbot.mouseClick(yes, LEFT)
    qtbot.keyClick(yes, Qt.Key.Key_Right)
    assert heard[0] is Answer.YES
    assert tri.answer() is Answer.NO


def test_the_same_answer_again_tells_nothing(qtbot, show):
    tri = show(TriState("q", "Pregnant?"))
    heard = signals_of(tri.answered)
    for _ in range(2):
        qtbot.keyClick(tri.segment("not_asked"), Qt.Key.Key_Y)
    assert heard == [Answer.YES]


def test_setting_an_answer_tells_nobody(show):
    tri = show(TriState("q", "Pregnant?"))
    heard = signals_of(tri.answered)
    tri.set_answer(Answer.YES)
    assert heard == []
    assert tri.answer() is Answer.YES


def test_tab_enters_a_question_once(qtbot, show):
    stage = QWidget()
    column = QVBoxLayout(stage)
    before, tri, after = QLineEdit(), TriState("q", "Pregnant?"), QLineEdit()
    for widget in (before, tri, after):
        column.addWidget(widget)
    show(stage, before)
    qtbot.keyClick(before, Qt.Key.Key_Tab)
    assert tri.segment("not_asked").hasFocus()
    qtbot.keyClick(tri.segment("not_asked"), Qt.Key.Key_Tab)
    assert after.hasFocus()


def test_answers_look_different_and_not_by_colour_alone(show):
    tri = show(TriState("q", "Pregnant?"))
    pictures = set()
    for answer in Answer:
        tri.set_answer(answer)
        image = tri.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        pictures.add(bytes(image.constBits()))
    assert len(pictures) == 3


def test_segments_are_high_enough(show):
    assert show(TriState("q", "Pregnant?")).segment("yes").sizeHint().height() >= 44


def test_a_choice_can_be_none(show):
    control = show(SegmentedControl({"kg": "kg", "lb": "lb"}, "unit", "Unit"))
    assert control.value() is None
    control.set_value("lb")
    control.set_value(None)
    assert control.value() is None


def test_pain_by_digits_and_ten_by_two_of_them(qtbot, show):
    scale = show(Scale0to10("pain", "Pain"))
    heard = signals_of(scale.rated)
    start = scale.segment("0")
    start.setFocus()
    qtbot.keyClicks(QApplication.focusWidget(), "3")
    assert scale.rating() == 3
    for digit in "10":
        qtbot.keyClicks(QApplication.focusWidget(), digit)
    assert scale.rating() == 10
    assert heard == [3, 1, 10]
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backspace)
    assert scale.rating() is None
    assert heard[-1] is None


def test_pain_is_not_asked_until_it_is(qtbot, show):
    scale = show(Scale0to10("pain", "Pain"))
    assert scale.rating() is None
    qtbot.mouseClick(scale.segment("7"), LEFT)
    assert scale.rating() == 7


# Chips, cards, notices


def test_a_chip_can_only_be_clicked_if_it_says_so(qtbot, show):
    plain = show(Chip(Kind.STOP, "Lidocaine allergy", "chip_a"))
    link = show(Chip(Kind.CAUTION, "Takes aspirin", "chip_b", clickable=True))
    plain_heard, link_heard = signals_of(plain.clicked), signals_of(link.clicked)
    qtbot.mouseClick(plain, LEFT)
    qtbot.mouseClick(link, LEFT)
    qtbot.keyClick(link, Qt.Key.Key_Space)
    assert plain_heard == []
    assert len(link_heard) == 2
    assert plain.focusPolicy() is Qt.FocusPolicy.NoFocus


@pytest.mark.parametrize("kind", Kind)
def test_a_chip_shows_its_kind(show, kind):
    chip = show(Chip(kind, "Something"))
    assert ink_in(chip, f"{kind.value}_soft")
    assert chip.accessibleName() == "Something"


def test_a_long_chip_elides_and_tells_all_in_its_tooltip(show):
    chip = show(Chip(Kind.STOP, "Allergy to " + "lidocaine " * 20))
    assert chip.sizeHint().width() <= 320
    assert chip.toolTip() == chip.text()


def test_a_notice_acts_and_goes(qtbot, show):
    stage = QWidget()
    notice = Notice(
        Kind.STOP, "The disk is full", "Free some space.", action="Try again", closable=True
    )
    QVBoxLayout(stage).addWidget(notice)
    show(stage)
    acted, gone = signals_of(notice.acted), signals_of(notice.dismissed)
    qtbot.mouseClick(notice.action, LEFT)
    qtbot.mouseClick(notice.close_button, LEFT)
    assert (len(acted), len(gone)) == (1, 1)
    assert not notice.isVisible()
    notice.show_notice(Kind.OK, "All is kept")
    assert notice.isVisible()
    assert not notice.action.isVisible()
    assert ink_in(notice, "ok_soft")


def test_a_notice_without_words_is_hidden(qtbot):
    notice = Notice()
    qtbot.addWidget(notice)
    assert notice.isHidden()


def test_an_empty_place_says_what_to_do(qtbot, show):
    empty = EmptyState("account-plus-outline", "No patients yet", "Add the first.", "New patient")
    show(empty)
    heard = signals_of(empty.acted)
    qtbot.mouseClick(empty.action, LEFT)
    assert len(heard) == 1


def test_a_card_without_title_has_no_header(show):
    card = Card()
    card.add(QLabel("x"))
    show(card)
    assert not card.heading.isVisible()
    card.set_title("Totals")
    assert card.heading.isVisible()
    assert card.accessibleName() == "Totals"


@pytest.mark.parametrize(("given", "kept"), [(-1, 0), (0.5, 0.5), (7, 1)])
def test_a_bar_shows_shares_only(show, given, kept):
    bar = show(ProgressBar("left"))
    bar.set_share(given, "ok")
    assert bar.share() == kept
    assert ink_in(bar, "ok") is (kept > 0)


# Text


def test_text_is_never_read_as_html(show):
    label = show(Label("<b>bold</b>"))
    assert label.textFormat() is Qt.TextFormat.PlainText


@pytest.mark.parametrize("typed", ["<b>bold</b>", "a < b & <img src='x'>\nnext"])
def test_a_tooltip_shows_what_was_typed(qapp, typed):
    shown = QTextDocument()
    shown.setHtml(plain_tip(typed))
    assert shown.toPlainText() == typed
    # The control: handed over as it is, its tags would be read as markup.
    shown.setHtml(typed)
    assert shown.toPlainText() != typed
    assert plain_tip("3 < 4") != "3 < 4"
    assert plain_tip("plain") == "plain"


def test_a_long_name_elides_with_a_tooltip(qtbot, show):
    label = ElidedLabel("Ferrand-Montgolfier de la Tour " * 4)
    show(label)
    label.resize(100, 20)
    assert label.elided()
    assert label.toolTip() == label.text()
    label.resize(2000, 20)
    assert not label.elided()
    assert label.toolTip() == ""


def test_what_does_not_fit_in_two_lines_is_counted_and_in_the_tooltip(show):
    label = show(CountedLabel())
    label.setText("54 mg Caffeine \u00b7 20 mg Silicium \u00b7 5 mg DMAE")
    label.resize(2000, 40)
    assert label.lines() == [label.text()]
    assert label.toolTip() == ""
    one_line = label.sizeHint().height()
    shown = set()
    for width in range(400, 20, -4):
        label.resize(width, 40)
        lines = label.lines()
        shown.add(tuple(lines))
        assert label.sizeHint().height() >= one_line * len(lines) - 1
        if label.elided() and "\u2026" not in "".join(lines):
            assert label.toolTip() == "54 mg Caffeine\n20 mg Silicium\n5 mg DMAE"
            assert lines[-1].endswith("+1")
    assert ("54 mg Caffeine \u00b7 20 mg Silicium", "5 mg DMAE") in shown
    assert ("54 mg Caffeine", "20 mg Silicium +1") in shown
    label.setText("")
    assert label.lines() == []


def test_no_number_is_cut_where_a_part_can_go_as_a_whole(show):
    label = show(CountedLabel())
    things = [f"3.54 mg Artichoke extract, 0.01{number}/cm\u00b2" for number in (5, 6, 7)]
    label.setText(" \u00b7 ".join(things))
    short = "3.54 mg Artichoke extract, \u2026 +1"
    least = QFontMetrics(label.font()).horizontalAdvance(short) + 2
    shown = set()
    for width in range(2 * least, least, -2):
        label.resize(width, 40)
        shown.update(label.lines())
    assert "3.54 mg Artichoke extract, \u2026 +1" in shown
    allowed = {
        f"{each}{more}"
        for each in (*things, "3.54 mg Artichoke extract, \u2026")
        for more in ("", " +1")
    }
    assert shown <= allowed
    assert label.toolTip() == "\n".join(things)


def test_lines_are_measured_anew_in_another_font(show):
    label = show(CountedLabel())
    label.setText("54 mg Caffeine \u00b7 20 mg Silicium \u00b7 5 mg DMAE")
    label.resize(QFontMetrics(label.font()).horizontalAdvance(label.text()) + 8, 40)
    assert label.lines() == [label.text()]
    height = label.sizeHint().height()
    large = label.font()
    large.setPointSizeF(2 * QFontInfo(large).pointSizeF())
    label.setFont(large)
    assert len(label.lines()) == 2
    assert label.sizeHint().height() >= 3 * height
    label.setText("54 mg Caffeine")
    assert label.lines() == ["54 mg Caffeine"]


# Layouts


def test_a_flow_wraps_and_needs_more_height_when_narrow(show):
    box = QWidget()
    flow = FlowLayout(box)
    for _ in range(6):
        chip = QLabel("x")
        chip.setFixedSize(80, 26)
        flow.addWidget(chip)
    assert flow.heightForWidth(600) == 26
    assert flow.heightForWidth(180) == 3 * 26 + 2 * 8
    box.resize(180, 120)
    show(box)
    box.resize(180, 120)
    places = [flow.itemAt(at).geometry().topLeft() for at in range(6)]
    assert places[:3] == [QPoint(0, 0), QPoint(88, 0), QPoint(0, 34)]


def test_a_flow_runs_from_the_right_where_people_read_so(show):
    box = QWidget()
    box.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    flow = FlowLayout(box)
    chip = QLabel("x")
    chip.setFixedSize(80, 26)
    flow.addWidget(chip)
    show(box)
    box.resize(200, 100)
    assert chip.geometry().right() == 199


@pytest.mark.parametrize(("level", "tops"), [(True, [8, 0, 34]), (False, [0, 0, 34])])
def test_words_beside_chips_can_be_level_with_them(show, level, tops):
    box = QWidget()
    flow = FlowLayout(box, level=level)
    for width, height in ((60, 10), (60, 26), (150, 10)):
        label = QLabel("x")
        label.setFixedSize(width, height)
        flow.addWidget(label)
    show(box)
    box.resize(160, 100)
    assert [flow.itemAt(at).geometry().top() for at in range(3)] == tops


@pytest.mark.parametrize("kind", ["page", "edge"])
def test_a_scroll_bar_lies_in_the_margin_of_the_page(qtbot, show, kind):
    page = PageScroll(margin=0, page=kind == "page", edge=kind == "edge")
    inside = QLabel("x")
    page.add(inside)
    show(page)
    page.resize(400, 300)
    qtbot.waitUntil(lambda: inside.width() > 300)
    before = inside.width()
    inside.setMinimumHeight(900)
    qtbot.waitUntil(page.verticalScrollBar().isVisible)
    qtbot.waitUntil(lambda: inside.width() == before)
    ends = inside.mapTo(page, inside.rect().topRight()).x() + 1
    assert ends == 400 - (Space.PAGE if kind == "page" else BAR)


def test_a_page_stays_readable_on_a_wide_screen(show):
    page = PageScroll(max_width=700)
    page.add(QLabel("x"))
    show(page)
    page.resize(1600, 400)
    assert page.content.width() <= 700


def test_clearing_a_layout_deletes_what_is_in_it(show):
    box = QWidget()
    column = QVBoxLayout(box)
    column.addWidget(QLabel("x"))
    inner = QVBoxLayout()
    inner.addWidget(QLabel("y"))
    column.addLayout(inner)
    show(box)
    clear(column)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert column.count() == 0
    assert box.findChildren(QLabel) == []


# Strips


TABS = {"overview": "Overview", "intake": "Intake", "sessions": "Sessions"}


def test_tabs_move_together_before_their_words_are_cut(qtbot, show):
    box = show(QWidget())
    strip = TabStrip(TABS, "tabs", "Patient", parent=box)
    strip.show()
    tabs = [strip.findChild(QWidget, f"tabs_{key}") for key in TABS]
    strip.resize(800, 44)
    wide = sum(tab.sizeHint().width() for tab in tabs)
    strip.resize(strip.minimumSizeHint().width(), 44)
    qtbot.waitUntil(lambda: sum(tab.width() for tab in tabs) == strip.width())
    assert strip.width() < wide
    for tab, words in zip(tabs, TABS.values(), strict=True):
        assert tab.width() >= paint.text_width(words, theme.font(Role.BUTTON))
    strip.resize(800, 44)
    qtbot.waitUntil(lambda: sum(tab.width() for tab in tabs) == wide)


def test_tabs_by_click_and_by_arrows(qtbot, show):
    strip = show(TabStrip(TABS, "tabs", "Patient"))
    heard = signals_of(strip.selected)
    assert strip.current() == "overview"
    qtbot.mouseClick(strip.findChild(QWidget, "tabs_intake"), LEFT)
    qtbot.keyClick(strip.findChild(QWidget, "tabs_intake"), Qt.Key.Key_Right)
    qtbot.keyClick(strip.findChild(QWidget, "tabs_sessions"), Qt.Key.Key_Right)
    assert heard == ["intake", "sessions", "overview"]


def test_showing_a_tab_tells_nobody(show):
    strip = show(TabStrip(TABS, "tabs", "Patient"))
    heard = signals_of(strip.selected)
    strip.set_current("sessions")
    assert strip.current() == "sessions"
    assert heard == []


def test_a_step_shows_how_far_it_is(show):
    strip = show(StepStrip({"check": "Check", "chart": "Chart"}, "steps", "Session"))
    strip.set_current("chart")
    step = strip.findChild(QWidget, "steps_check")
    assert not ink_in(step, "accent")
    strip.set_state("check", StepState.DONE)
    assert ink_in(step, "accent")
    strip.set_state("check", StepState.BLOCKED)
    assert ink_in(step, "stop")
    assert step.accessibleDescription() == "blocked"


def test_tabs_are_high_enough(show):
    assert show(TabStrip(TABS, "tabs", "Patient")).height() >= 44


# Rows


def rows_of(*titles):
    return [Row(title, "more", object_name=f"row_{title}") for title in titles]


def test_rows_by_keys_and_click(qtbot, show):
    rows = RowList("rows", "Fields")
    rows.set_rows(rows_of("a", "b", "c"))
    show(rows, rows.rows()[0])
    heard = signals_of(rows.activated)
    qtbot.keyClick(rows.rows()[0], Qt.Key.Key_Down)
    assert rows.rows()[1].hasFocus()
    qtbot.keyClick(rows.rows()[1], Qt.Key.Key_Return)
    qtbot.keyClick(rows.rows()[1], Qt.Key.Key_End)
    qtbot.keyClick(rows.rows()[2], Qt.Key.Key_Down)
    assert rows.rows()[2].hasFocus()
    qtbot.mouseClick(rows.rows()[2], LEFT)
    assert heard == [1, 2]


def test_rows_can_be_replaced(show):
    rows = RowList("rows", "Fields")
    rows.set_rows(rows_of("a", "b"))
    show(rows)
    rows.set_rows(rows_of("c"))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert [row.title.text() for row in rows.findChildren(Row)] == ["c"]
    assert rows.rows()[0].accessibleName() == "c. more"


# Badges


@pytest.mark.parametrize("look", SYRINGES, ids=lambda look: look.shape.value)
def test_a_badge_stays_in_its_box_and_shows_its_colour(qapp, look):
    image = QImage(40, 40, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    draw_badge(painter, look, QRectF(6, 6, 28, 28))
    painter.end()
    painted = [(x, y) for x in range(40) for y in range(40) if image.pixelColor(x, y).alpha()]
    assert min(min(place) for place in painted) >= 5
    assert max(max(place) for place in painted) <= 34
    assert any(image.pixelColor(x, y).name().upper() == look.colour for x, y in painted)


@pytest.mark.parametrize("look", SYRINGES, ids=lambda look: look.shape.value)
def test_a_badge_is_filled_where_its_digit_stands(qapp, look):
    image = QImage(60, 60, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    draw_badge(painter, look, QRectF(0, 0, 60, 60), with_digit=False)
    painter.end()
    for x in range(25, 36):
        for y in range(25, 40):
            assert image.pixelColor(x, y).name().upper() == look.colour


def test_badges_differ_without_their_colour(qapp):
    outlines = [shape_path(look.shape) for look in SYRINGES]
    assert all(a != b for at, a in enumerate(outlines) for b in outlines[at + 1 :])


def test_a_badge_is_read_out(show):
    badge = show(SyringeBadge(3))
    assert badge.accessibleName() == "Syringe 3"


def test_black_shows_on_the_dark_ground(qapp):
    assert contrast("#000000", "#14191B") < 3
    theme.force(dark=True)
    try:
        image = SyringeBadge(8).grab().toImage()
        edge = theme.colour("muted").rgb()
        assert any(image.pixel(x, y) == edge for x in range(26) for y in range(26))
    finally:
        theme.force(dark=False)


# Windows


class Shows(QObject):
    """Notes every window that comes up."""

    def __init__(self):
        super().__init__()
        self.windows = []

    def eventFilter(self, watched, event):
        shown = event.type() is QEvent.Type.Show
        if shown and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(type(watched).__name__)
        return False


def test_making_widgets_brings_up_no_window(qapp):
    shows = Shows()
    qapp.installEventFilter(shows)
    made = [
        Notice(Kind.STOP, "Headline", "Text", action="Act", closable=True),
        EmptyState("plus", "Nothing yet", "Add one.", "New"),
        FormRow("Volume", NumberField("v", "Volume", places=2, unit="mL"), "Help", optional=True),
        Card("Title", QLabel("x")),
        Row("Title", "subtitle", object_name="row"),
        DateField("d", "Date", date(2026, 3, 12)),
        SearchField("s", "Search"),
    ]
    qapp.removeEventFilter(shows)
    assert shows.windows == []
    assert not any(widget.isVisible() for widget in made)


def test_a_notice_shows_with_what_it_is_put_into(show):
    stage = QWidget()
    column = QVBoxLayout(stage)
    said, silent, later = Notice(Kind.INFO, "Words"), Notice(), Notice()
    later.show_notice(Kind.INFO, "Words")
    for notice in (said, silent, later):
        column.addWidget(notice)
    show(stage)
    assert [notice.isVisible() for notice in (said, silent, later)] == [True, False, True]


# Popovers and dialogs


class Anchored(QWidget):
    """A window with a button that a popover hangs on."""

    def __init__(self):
        super().__init__()
        self.resize(500, 400)
        self.anchor = QPushButton("Edit", self)
        self.anchor.setGeometry(40, 40, 80, 30)
        self.other = QPushButton("Other", self)
        self.other.setGeometry(380, 350, 80, 30)
        self.popover = Popover(self.anchor, "edit_point", "Edit the point")
        self.line = QLineEdit()
        self.popover.add(self.line)


def test_a_popover_hangs_below_its_anchor_and_is_no_window(show):
    stage = Anchored()
    show(stage, stage.anchor)
    stage.popover.open_at(focus=stage.line)
    assert not stage.popover.isWindow()
    assert stage.popover.y() >= stage.anchor.y()
    assert stage.line.hasFocus()


def test_escape_closes_a_popover_and_gives_the_focus_back(qtbot, show):
    stage = Anchored()
    show(stage, stage.anchor)
    closed = signals_of(stage.popover.closed)
    stage.popover.open_at(focus=stage.line)
    qtbot.keyClick(stage.line, Qt.Key.Key_Escape)
    assert not stage.popover.isVisible()
    assert stage.anchor.hasFocus()
    assert len(closed) == 1


def test_a_click_beside_a_popover_closes_it_and_still_counts(qtbot, show):
    stage = Anchored()
    show(stage, stage.anchor)
    heard = signals_of(stage.other.clicked)
    stage.popover.open_at()
    qtbot.mouseClick(stage.line, LEFT)
    assert stage.popover.isVisible()
    qtbot.mouseClick(stage.other, LEFT)
    assert not stage.popover.isVisible()
    assert len(heard) == 1


def test_a_popover_without_focus_leaves_it_where_it_was(show):
    stage = Anchored()
    show(stage, stage.other)
    stage.popover.open_at(QPoint(200, 100))
    assert stage.other.hasFocus()
    stage.popover.close_panel()
    assert stage.other.hasFocus()


def test_a_popover_stays_inside_the_window(show):
    stage = Anchored()
    show(stage, stage.anchor)
    stage.popover.open_at(QPoint(490, 390))
    assert stage.rect().contains(stage.popover.geometry())


def test_a_confirmation_keeps_things_unless_told_otherwise(qtbot, show):
    stage = show(QWidget())
    for key, expected in ((Qt.Key.Key_Escape, 0), (Qt.Key.Key_Return, 0)):
        dialog = ConfirmDialog(stage, "wipe", "Discard the draft?", "It is gone then.", "Discard")
        heard = signals_of(dialog.confirmed)
        with qtbot.waitActive(dialog):
            dialog.open()
        qtbot.keyClick(dialog, key)
        assert len(heard) == expected
    dialog = ConfirmDialog(stage, "wipe", "Discard the draft?", "It is gone then.", "Discard")
    heard = signals_of(dialog.confirmed)
    dialog.open()
    qtbot.mouseClick(dialog.confirm, LEFT)
    assert len(heard) == 1


def test_a_closed_confirmation_is_freed(qtbot, show):
    stage = show(QWidget())
    dialog = ConfirmDialog(stage, "wipe", "Discard?", "It is gone then.", "Discard")
    dialog.open()
    dialog.reject()
    watch = weakref.ref(dialog)
    del dialog
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    assert watch() is None


def test_enter_presses_the_button_with_the_focus(qtbot):
    from mesodesk.ui.widgets.buttons import Button, IconButton

    for made in (Button("Go on", "go_on"), IconButton("close", "Close", "close_it")):
        qtbot.addWidget(made)
        with qtbot.waitSignal(made.clicked):
            qtbot.keyClick(made, Qt.Key.Key_Return)
