"""What is asked over the foot of the canvas: whole at every width, and one thing at a time."""

from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from mesodesk.ui.bodymap.field_words import Question
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.bodymap.question_bar import QuestionBar
from mesodesk.ui.widgets import paint

from .conftest import BELLY, LEFT_THIGH, syringe
from .hands import wheel

LEFT = Qt.MouseButton.LeftButton
LONG = Question(
    "The same points would be laid a second time, on the same skin.",
    "Every one of 1,248 points in the field over the left front thigh lies within a millimetre of "
    "another that is there already, from the same syringe and at the same depth.",
    "Lay them all the same",
    lambda: None,
)
SHORT = Question("Sure?", "No.", "Yes", lambda: None)


@pytest.fixture
def chart(make_chart):
    """A syringe with room for a field, another with plenty."""
    return make_chart(given=(syringe(1, "6", "Caffeine", "50"), syringe(2, "30", "Silicium", "10")))


def grow(font, factor):
    larger = QFont(font)
    larger.setPixelSize(round(font.pixelSize() * factor))
    return larger


def enlarge(bar, factor):
    for widget in (*bar.findChildren(QLabel), *bar.findChildren(QPushButton)):
        widget.setFont(grow(widget.font(), factor))


def assert_whole(bar, room):
    """Nothing reaches beyond the bar, nor the bar beyond the room; no word is cut."""
    assert room.rect().contains(bar.geometry())
    shown = [child for child in bar.findChildren(QWidget) if child.isVisible()]
    boxes = [child.geometry() for child in shown]
    for child, box in zip(shown, boxes, strict=True):
        assert bar.rect().contains(box), child.objectName()
        assert sum(box.intersects(other) for other in boxes) == 1, child.objectName()
        if isinstance(child, QLabel):
            assert child.heightForWidth(box.width()) <= box.height(), child.text()
            longest = max(child.text().split(), key=len)
            assert paint.text_width(longest, child.font()) <= box.width() + 1
        elif isinstance(child, QPushButton):
            assert child.sizeHint().width() <= box.width(), child.text()
            assert child.sizeHint().height() <= box.height(), child.text()


@pytest.fixture
def room(qtbot):
    """Return what makes a bare room of a width."""

    def make(width, height=460):
        made = QWidget()
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        qtbot.addWidget(made)
        made.resize(width, height)
        made.show()
        return made

    return make


@pytest.mark.parametrize("width", [320, 480, 640, 1000])
@pytest.mark.parametrize("factor", [1, 1.5])
@pytest.mark.parametrize("question", [LONG, SHORT])
def test_a_question_is_whole_at_every_width(room, width, factor, question):
    model = ChartModel()
    around = room(width)
    bar = QuestionBar(model, around)
    enlarge(bar, factor)
    model.field_model.ask(question)
    assert bar.isVisible()
    assert_whole(bar, around)
    assert bar.width() <= 640
    assert abs(bar.geometry().center().x() - around.rect().center().x()) <= 1


@pytest.mark.parametrize("width", [640, 820, 1000])
@pytest.mark.parametrize("factor", [1, 1.5])
def test_a_shortage_is_whole_on_a_narrow_chart(chart, width, factor):
    chart.panel.resize(width, 560)
    chart.qtbot.waitUntil(lambda: chart.canvas.width() > 340)
    bar = chart.panel.view.shortage
    enlarge(bar, factor)
    chart.type("r")
    chart.click(LEFT_THIGH)
    chart.model.field_model.set_dose(Decimal("0.2"))
    assert bar.isVisible()
    assert_whole(bar, chart.canvas)
    chart.model.drop_pending()
    chart.model.field_model.select(None)
    chart.click((LEFT_THIGH[0], LEFT_THIGH[1] + 0.075))
    assert bar.use_other.isVisible()
    assert_whole(bar, chart.canvas)


def test_a_bar_follows_when_the_room_changes(room, qtbot):
    model = ChartModel()
    around = room(1000)
    bar = QuestionBar(model, around)
    model.field_model.ask(LONG)
    wide = bar.geometry()
    around.resize(360, 500)
    qtbot.waitUntil(lambda: bar.width() <= 360)
    assert bar.height() > wide.height()
    assert_whole(bar, around)
    around.resize(1000, 460)
    qtbot.waitUntil(lambda: bar.geometry() == wide)


def test_other_words_have_their_own_room(room):
    model = ChartModel()
    around = room(480)
    bar = QuestionBar(model, around)
    model.field_model.ask(SHORT)
    small = bar.size()
    model.field_model.ask(LONG)
    assert_whole(bar, around)
    model.field_model.ask(SHORT)
    assert bar.size() == small


# One at a time


def move_one(chart):
    chart.type("v")
    start = chart.on_canvas(3)
    chart.drag(start, start + QPoint(9, 0))


def bars(chart):
    return chart.panel.view.question.isVisible(), chart.panel.view.shortage.isVisible()


def test_a_shortage_takes_the_place_of_a_question(chart):
    chart.type("r")
    chart.click(LEFT_THIGH)
    move_one(chart)
    chart.type(".")
    assert bars(chart) == (True, False)
    card = chart.panel.settings
    card.dose_ml.field.input.setFocus()
    card.dose_ml.field.input.selectAll()
    chart.type("0.2", widget=card.dose_ml.field.input)
    chart.press(Qt.Key.Key_Return, widget=card.dose_ml.field.input)
    assert bars(chart) == (False, True)
    assert chart.model.field_model.question is None
    chart.qtbot.mouseClick(chart.panel.view.shortage.stay, LEFT)
    assert bars(chart) == (False, False)
    (field,) = chart.document.fields.values()
    assert (field.spacing_mm, field.dose_per_point_ml) == (Decimal(15), Decimal("0.05"))


def test_a_question_takes_the_place_of_a_shortage(chart):
    chart.type("r")
    chart.click(LEFT_THIGH)
    move_one(chart)
    chart.model.field_model.set_dose(Decimal("0.2"))
    assert bars(chart) == (False, True)
    chart.type(".")
    assert bars(chart) == (True, False)
    assert chart.model.pending is None
    # Enter answers what is asked now.
    chart.press(Qt.Key.Key_Return)
    assert bars(chart) == (False, False)
    (field,) = chart.document.fields.values()
    assert (field.spacing_mm, field.dose_per_point_ml) == (Decimal(16), Decimal("0.05"))


def test_a_click_beside_the_answers_is_not_made_on_the_body_beneath(chart):
    wheel(chart, BELLY, 8)
    chart.type("p")
    chart.model.field_model.ask(SHORT)
    bar = chart.panel.view.question
    between = bar.headline.geometry().center()
    assert chart.canvas.pick(QPointF(bar.mapTo(chart.canvas, between))) is not None
    chart.qtbot.mouseClick(bar, LEFT, pos=between)
    assert chart.points() == []
    assert bar.isVisible()
