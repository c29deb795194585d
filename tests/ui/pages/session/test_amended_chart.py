"""The chart of an amended session: what was struck, added and changed, who, when and why."""

from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt

from mesodesk.domain.bodymap.amended import Fate
from mesodesk.domain.records.session import SessionState
from mesodesk.ui.bodymap.amended_marks import Sign

from .test_session_amending import begin


class AmendedSession:
    """A session of two points, signed; its amendment; and what its chart tells."""

    def __init__(self, signed):
        self.signed, self.place, self.qtbot = signed, signed.place, signed.qtbot
        self.draft_id = begin(signed, "Wrong side of the belly")
        self.chart()

    @property
    def amended(self):
        return self.signed.page.stack.station("chart").amended

    @property
    def line(self):
        return self.place.find("amendment_line")

    @property
    def amendment(self):
        return self.amended.amendment

    def chart(self):
        """Go to the chart, and wait until its versions are compared."""
        self.signed.station("chart")
        self.settled()

    def settled(self):
        self.place.settle()
        self.qtbot.waitUntil(
            lambda: self.amendment.marks is not None and not self.amendment._soon.isActive()
        )
        self.place.settle()

    def told(self):
        labels = (self.line.struck, self.line.added, self.line.changed)
        return [each.text() for each in labels if each.isVisible()]

    def wait_for(self, *told):
        """Wait until the line says so: it is compared beside the window."""
        self.qtbot.waitUntil(lambda: self.told() == list(told))
        self.place.settle()

    def signs(self):
        return {sign for sign, swatch in self.line.swatches.items() if swatch.isVisible()}

    def spot(self, number):
        """Return where a point of the chart shows on the canvas."""
        ref = list(self.signed.panel.model.document.refs())[number]
        return self.signed.canvas.stage.on_canvas(ref)[0].toPoint()

    def click(self, spot):
        self.qtbot.mouseClick(self.signed.canvas, Qt.MouseButton.LeftButton, pos=spot)

    def delete(self, spot):
        self.signed.canvas.setFocus()
        self.qtbot.keyClicks(self.signed.canvas, "v")
        self.click(spot)
        self.place.press(Qt.Key.Key_Escape)
        self.place.press(Qt.Key.Key_Delete)
        self.place.settle()

    def sign(self):
        self.signed.station("finish")
        self.signed.kept()
        self.signed.sign()
        assert self.signed.state.record.state is SessionState.SIGNED
        self.qtbot.waitUntil(lambda: not self.signed.page._again.isActive())


@pytest.fixture
def session(signed):
    return AmendedSession(signed)


def test_nothing_is_struck_right_after_the_copy(session):
    assert session.amendment.found.nothing
    assert not session.line.isVisible()
    assert session.amendment.marks.seen == (0, 0)


def test_what_was_taken_out_is_struck_with_who_when_and_why(session):
    spot = session.spot(0)
    session.delete(spot)
    session.wait_for("1 point struck")
    assert session.signs() == {Sign.STRUCK}
    assert session.line.who.text() == (
        "by Olga Owner, since 10 Mar 2026, 10:00, not signed yet: Wrong side of the belly"
    )
    session.qtbot.mouseMove(session.signed.canvas, spot + QPoint(90, 90))
    session.qtbot.mouseMove(session.signed.canvas, spot)
    tip = session.amendment.tip
    assert tip.isVisible()
    assert tip.title.text() == "Struck by the amendment"
    assert tip.text.text().splitlines() == [
        "syringe 1, Silicium · 0.05\u00a0mL · 4\u00a0mm".replace("\u00a0mL", " mL"),
        "Olga Owner, since 10 Mar 2026, 10:00: not signed",
        "Wrong side of the belly",
    ]
    session.sign()
    session.chart()
    session.wait_for("1 point struck")
    assert session.line.who.text() == "by Olga Owner, 10 Mar 2026, 10:00: Wrong side of the belly"
    assert session.amendment.at(session.spot(0).toPointF()) is None


def test_another_dose_is_told_at_its_point(session):
    ref = next(iter(session.signed.panel.model.document.refs()))
    session.signed.panel.model.set_dose(ref, Decimal("0.03"))
    session.wait_for("1 point changed or moved")
    assert session.signs() == {Sign.CHANGED}
    touched = session.amendment.at(session.spot(0).toPointF())
    assert touched.fate is Fate.CHANGED
    title, words = session.amendment.words(touched)
    assert title == "Changed by the amendment"
    assert words.splitlines()[0] == "0.03 mL, was 0.05"


def test_the_original_shows_its_own_points_struck(session):
    session.delete(session.spot(0))
    session.wait_for("1 point struck")
    session.sign()
    session.signed.open(session.signed.session.id)
    session.chart()
    session.wait_for("1 point struck")
    assert session.signs() == {Sign.THROUGH}
    assert session.line.who.text() == "by Olga Owner, 10 Mar 2026, 10:00: Wrong side of the belly"
    # The points are still those of the original; a press tells, as fingers do not hover.
    assert len(list(session.signed.panel.model.document.refs())) == 2
    touched = [session.amendment.at(session.spot(number).toPointF()) for number in (0, 1)]
    (struck,) = [each for each in touched if each is not None]
    assert (struck.fate, struck.now) == (Fate.ALONE, None)
    session.click(session.spot(touched.index(struck)))
    assert session.amendment.tip.title.text() == "Struck by the amendment"


def test_another_session_has_nothing_struck(session, signed):
    session.delete(session.spot(0))
    session.wait_for("1 point struck")
    signed.open(signed.session.id)
    session.signed.station("chart")
    session.place.settle()
    # Still the one that counts: nothing is amended before it is signed.
    assert not session.line.isVisible()
    assert session.amendment.marks is None
