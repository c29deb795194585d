"""Ghosts: points of earlier sessions under today's, on the key G, never part of the chart."""

from dataclasses import dataclass, field
from datetime import date

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from mesodesk.domain.ids import new_id
from mesodesk.ui.bodymap.ghost_marks import GhostMarks
from mesodesk.ui.bodymap.ghosts import Ghosts
from mesodesk.ui.widgets.text import Label
from tests.ui.bodymap.conftest import BELLY, LEFT_THIGH, RIGHT_THIGH
from tests.ui.bodymap.past import Read, earlier


@dataclass
class Haunted:
    """A chart with earlier sessions behind it."""

    chart: object
    ghosts: Ghosts
    read: Read = field(repr=False)

    def titles(self):
        told = self.ghosts.card.accessibleDescription()
        return [each.partition(",")[0] for each in told.split("; ")]

    def hover(self, share, dx=0):
        # From beside it: a move to where the pointer is already tells nobody.
        for step in (60, dx):
            self.chart.qtbot.mouseMove(self.chart.canvas, self.chart.at(share, step))

    def picture(self):
        """Return what the layers hold, without what lies over them."""
        canvas = self.chart.canvas
        image = QImage(canvas.size(), QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        canvas.stage.paint(painter, canvas.viewport, QRectF(canvas.rect()))
        painter.end()
        return image

    def darkness(self, share):
        """Return how dark the picture is at a place, against the skin without ghosts."""
        at = self.chart.at(share)
        return 255 - self.picture().pixelColor(at).lightness()


@pytest.fixture
def haunt(make_chart):
    def make(*charts, **options):
        chart = make_chart(**options)
        read = Read([each(chart) for each in charts], chart.panel)
        return Haunted(chart, Ghosts(chart.panel.view, read), read)

    return make


def skin(chart, share):
    return chart.canvas.pick(chart.at(share).toPointF())


def session(number, *shares, day=date(2026, 2, 1), **others):
    return lambda chart: earlier(number, day, [skin(chart, each) for each in shares], **others)


def test_g_shows_ghosts_and_takes_them_away(haunt):
    haunted = haunt(session(3, BELLY))
    plain = haunted.picture()
    haunted.chart.type("g")
    assert haunted.ghosts.card.isVisible()
    assert haunted.titles() == ["1 Feb 2026 · session 3"]
    assert haunted.picture() != plain
    haunted.chart.type("g")
    assert not haunted.ghosts.card.isVisible()
    assert haunted.picture() == plain


class Slow(Read):
    """Earlier charts that take a while to read."""

    def ask(self, done, most=6):
        self.later = lambda: super(Slow, self).ask(done, most)


def test_whoever_asks_again_while_they_are_read_does_not_want_them(make_chart):
    chart = make_chart()
    read = Slow([session(3, BELLY)(chart)], chart.panel)
    ghosts = Ghosts(chart.panel.view, read)
    button = chart.panel.view.toolbar.ghosts
    chart.type("g")
    assert button.isChecked()
    assert not ghosts.shown
    chart.type("g")
    assert not button.isChecked()
    read.later()
    assert not ghosts.shown
    assert not ghosts.card.isVisible()
    chart.type("g")
    read.later()
    assert ghosts.shown
    assert button.isChecked()


def test_without_an_earlier_session_it_says_so(haunt):
    haunted = haunt()
    haunted.chart.type("g")
    assert not haunted.ghosts.shown
    assert "no signed session before this one" in haunted.chart.canvas.hint.label.text()
    assert not haunted.chart.panel.view.toolbar.ghosts.isChecked()


def test_what_cannot_be_read_is_said_in_its_place(haunt):
    haunted = haunt()
    haunted.read.failed.emit("The vault cannot be read.")
    assert haunted.chart.canvas.hint.label.text() == "The vault cannot be read."


def test_older_ghosts_are_paler(haunt):
    haunted = haunt(session(3, BELLY), session(2, LEFT_THIGH), session(1, RIGHT_THIGH))
    shares = (BELLY, LEFT_THIGH, RIGHT_THIGH)
    bare = [haunted.darkness(each) for each in shares]
    haunted.chart.type("g")
    added = [haunted.darkness(each) - was for each, was in zip(shares, bare, strict=True)]
    assert added[0] > added[1] > added[2] > 10


def test_one_to_six_sessions_are_chosen(haunt):
    haunted = haunt(*(session(8 - at, BELLY, day=date(2026, 3, 8 - at)) for at in range(6)))
    chart, card = haunted.chart, haunted.ghosts.card
    chart.type("g")
    assert card.count.text() == "Last 3 sessions"
    for _ in range(4):
        chart.qtbot.mouseClick(card.more, Qt.MouseButton.LeftButton)
    assert card.count.text() == "Last 6 sessions"
    assert not card.more.isEnabled()
    assert len(haunted.titles()) == 6
    for _ in range(7):
        chart.qtbot.mouseClick(card.fewer, Qt.MouseButton.LeftButton)
    assert card.count.text() == "Last session"
    assert not card.fewer.isEnabled()
    assert haunted.titles() == ["8 Mar 2026 · session 8"]


def test_hovering_a_ghost_tells_what_it_is(haunt):
    haunted = haunt(session(3, BELLY, volume_ul=75))
    haunted.hover(BELLY)
    assert not haunted.ghosts.tip.isVisible()
    haunted.chart.type("g")
    haunted.hover(BELLY, 1)
    tip = haunted.ghosts.tip
    assert tip.isVisible()
    assert tip.title.text() == "1 Feb 2026 · session 3"
    assert tip.text.text() == "syringe 1, Belly\nCaffeine 50\nSaline\n0.075\u00a0mL · 4\u00a0mm"
    assert haunted.chart.canvas.rect().contains(tip.geometry())
    haunted.hover(LEFT_THIGH)
    assert not tip.isVisible()


def test_the_keyboards_crosshair_tells_of_ghosts_too(haunt):
    haunted = haunt(lambda chart: earlier(3, date(2026, 2, 1), [middle(chart)]))
    haunted.chart.type("g")
    haunted.chart.press(Qt.Key.Key_Return)
    assert haunted.ghosts.tip.isVisible()
    for _ in range(3):
        haunted.chart.press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert not haunted.ghosts.tip.isVisible()


def middle(chart):
    return chart.canvas.pick(chart.canvas.middle())


def test_a_ghost_is_never_selected_counted_or_moved(haunt):
    haunted = haunt(session(3, BELLY, LEFT_THIGH))
    chart = haunted.chart
    chart.type("gv")
    chart.click(BELLY)
    assert chart.model.selection is None
    assert chart.document.point_count == 0
    assert chart.model.totals.whole.points == 0
    chart.press(Qt.Key.Key_Tab)
    assert chart.model.selection is None
    chart.canvas.setFocus()
    chart.type("p")
    chart.click(BELLY)
    assert chart.document.point_count == 1
    assert len(chart.edits) == 1
    chart.drag(chart.at(LEFT_THIGH), chart.at(LEFT_THIGH, 30))
    assert chart.document.point_count == 1


def test_a_point_of_today_lies_over_its_ghost(haunt):
    haunted = haunt(session(3, BELLY))
    haunted.chart.type("g")
    haunted.chart.click(BELLY)
    haunted.hover(LEFT_THIGH)
    haunted.hover(BELLY)
    assert not haunted.ghosts.tip.isVisible()
    assert haunted.ghosts.at(haunted.chart.at(BELLY).toPointF()) is None


def test_ghosts_are_in_the_layers_and_not_projected_anew_while_one_pans(haunt, monkeypatch):
    haunted = haunt(session(3, BELLY))
    haunted.chart.type("g")
    canvas = haunted.chart.canvas
    canvas.zoom_in()
    canvas.settle()
    canvas.grab()
    painted = []
    monkeypatch.setattr(GhostMarks, "paint", lambda *given: painted.append(given))
    haunted.chart.drag(QPoint(40, 40), QPoint(60, 55))
    canvas.repaint()
    assert painted == []


def test_ghosts_follow_into_another_view(haunt):
    haunted = haunt(session(3, BELLY))
    haunted.chart.type("g")
    haunted.chart.press(Qt.Key.Key_PageDown)
    assert haunted.ghosts.shown
    haunted.chart.press(Qt.Key.Key_PageUp)
    haunted.hover(BELLY)
    assert haunted.ghosts.tip.isVisible()


def test_what_cannot_be_drawn_is_named(haunt):
    haunted = haunt(session(3, BELLY, zone=True), session(2, BELLY, drawable=False))
    haunted.chart.type("g")
    told = haunted.ghosts.card.accessibleDescription()
    assert "session 3, 1 point, 1 zone not drawn" in told
    assert "session 2, cannot be shown on this body" in told


def test_nothing_of_one_session_stays_over_another(haunt):
    haunted = haunt(session(3, BELLY))
    chart = haunted.chart
    chart.type("g")
    chart.panel.load(chart.document, chart.model.atlas, chart.syringes, None)
    assert haunted.ghosts.shown
    haunted.read.session_id = new_id()
    chart.panel.load(chart.document, chart.model.atlas, chart.syringes, None)
    assert not haunted.ghosts.shown
    assert not haunted.ghosts.card.isVisible()


def test_escape_in_the_card_gives_the_keyboard_back_to_the_body(haunt):
    haunted = haunt(session(3, BELLY))
    haunted.chart.type("g")
    haunted.ghosts.card.close_button.setFocus()
    haunted.chart.press(Qt.Key.Key_Escape, widget=haunted.ghosts.card.close_button)
    assert not haunted.ghosts.shown
    assert haunted.chart.canvas.hasFocus()


def test_marks_that_come_too_late_are_not_shown(haunt, monkeypatch):
    haunted = haunt(session(3, BELLY))
    waiting = []
    monkeypatch.setattr(haunted.read, "aside", lambda _owner, *work: waiting.append(work))
    plain = haunted.picture()
    haunted.chart.type("g")
    haunted.chart.press(Qt.Key.Key_PageDown)
    haunted.chart.press(Qt.Key.Key_PageUp)
    assert len(waiting) == 3
    back = waiting[1]
    back[1](back[0]())
    assert haunted.picture() == plain
    front = waiting[2]
    front[1](front[0]())
    assert haunted.picture() != plain
    haunted.chart.type("g")
    front[1](front[0]())
    assert haunted.picture() == plain


def test_the_legend_keeps_its_lines_apart_when_it_is_filled_anew(haunt):
    haunted = haunt(session(5, BELLY), session(4, BELLY), session(3, BELLY))
    haunted.chart.type("g")
    card = haunted.ghosts.card
    height = card.height()
    haunted.chart.canvas.show_view("back")
    assert card.height() == height
    QApplication.processEvents()
    labels = [each for each in card.findChildren(Label) if each.isVisible()]
    assert len(labels) == 7
    assert all(each.height() >= each.sizeHint().height() for each in labels)
