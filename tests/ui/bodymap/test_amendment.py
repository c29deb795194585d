"""An amendment on the body: struck, added and changed, one by one; zones and lines; many points."""

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from mesodesk.domain.bodymap.amended import Fate
from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.outlines import region_outline
from mesodesk.domain.bodymap.packing import POINT_DTYPE, ChartPoint, PackedPoints
from mesodesk.domain.ids import new_id
from mesodesk.ui.bodymap.amendment import Amendment
from mesodesk.ui.bodymap.amendment_line import AmendmentLine
from mesodesk.ui.bodymap.amendment_words import OtherVersion

from .conftest import BELLY, LEFT_THIGH, RIGHT_THIGH

REASON = "The points of the left thigh were those of another patient; put right from the paper."


@dataclass
class Compared:
    """A chart under test with its other version over it."""

    chart: object
    amendment: Amendment
    line: AmendmentLine

    def put(self, *fields, later=False, signed=True):
        self.other = OtherVersion(
            fields, self.chart.syringes, "Olga Owner", "10 Mar 2026, 10:00", REASON, signed, later
        )
        self.amendment.put(self.other)
        self.line.show_found(self.amendment.found, self.other)

    def told(self):
        labels = (self.line.struck, self.line.added, self.line.changed)
        return [each.text() for each in labels if not each.isHidden()]

    def at(self, share):
        return self.amendment.at(self.chart.at(share).toPointF())

    def picture(self):
        canvas = self.chart.canvas
        image = QImage(canvas.size(), QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        canvas.stage.paint(painter, canvas.viewport, QRectF(canvas.rect()))
        painter.end()
        return image

    def touched_pixels(self, other):
        """Return where two pictures differ, as a mask."""
        both = []
        for image in (self.picture(), other):
            pixels = np.frombuffer(image.constBits(), dtype=np.uint32)
            # A copy: the picture goes with the turn of the loop.
            both.append(pixels.reshape(image.height(), image.width()).copy())
        return both[0] != both[1]


@pytest.fixture
def compare(make_chart, qtbot):
    def make(*fields, **options):
        chart = make_chart(ChartDocument(fields), **options)
        amendment = Amendment(chart.panel.view, lambda _owner, work, done: done(work()))
        line = AmendmentLine()
        qtbot.addWidget(line)
        amendment.compared.connect(lambda found: line.show_found(found, amendment._other))
        return Compared(chart, amendment, line)

    return make


def skin(atlas, share):
    view = atlas.views[0]
    return view.pick(share[0] * view.width_px, share[1] * view.height_px)


@pytest.fixture
def field(atlas, syringes):
    def make(*shares, volume_ul=50, **others):
        places = [skin(atlas, share) for share in shares]
        points = PackedPoints(ChartPoint(at.triangle, at.u, at.v, volume_ul, 4000) for at in places)
        made = ChartField(new_id(), syringes[0].id, "papule", Decimal(4), "30g_4", points=points)
        return replace(made, **others)

    return make


@pytest.fixture
def zone(atlas, syringes):
    def make(share, zone_ml="1"):
        outline = region_outline([atlas.region_of(skin(atlas, share)).key])
        return ChartField(
            new_id(), syringes[0].id, "papule", Decimal(4), "30g_4", Pattern.ZONE,
            outline=outline, zone_ml=Decimal(zone_ml), punctures=40,
        )  # fmt: skip

    return make


def beside(atlas, share, mm):
    """Return a place so many millimetres to the right in the picture."""
    view = atlas.views[0]
    return share[0] + mm / view.camera.mm_per_px / view.width_px, share[1]


def test_alike_charts_have_no_marks(compare, field):
    compared = compare(field(BELLY))
    plain = compared.picture()
    compared.put(field(BELLY))
    assert not compared.touched_pixels(plain).any()
    assert compared.line.isHidden()


def test_each_point_is_struck_or_signed_at_its_place(compare, field):
    compared = compare(field(BELLY), field(LEFT_THIGH, volume_ul=80))
    plain = compared.picture()
    compared.put(field(RIGHT_THIGH), field(LEFT_THIGH))
    assert compared.told() == ["1 point struck", "1 point added", "1 point changed or moved"]
    changed = compared.touched_pixels(plain)
    spots = [compared.chart.at(share) for share in (BELLY, LEFT_THIGH, RIGHT_THIGH)]
    for spot in spots:
        around = changed[spot.y() - 14 : spot.y() + 15, spot.x() - 14 : spot.x() + 15]
        assert around.any()
        changed[spot.y() - 14 : spot.y() + 15, spot.x() - 14 : spot.x() + 15] = False
    # Nothing else on the body is touched.
    assert not changed.any()
    fates = [compared.at(share) for share in (RIGHT_THIGH, BELLY, LEFT_THIGH)]
    assert [each.fate for each in fates] == [Fate.ALONE, Fate.ALONE, Fate.CHANGED]
    assert [each.now is None for each in fates] == [True, False, False]


def test_the_tip_says_what_who_when_and_why(compare, field):
    compared = compare()
    compared.put(field(BELLY))
    canvas, tip = compared.chart.canvas, compared.amendment.tip
    compared.chart.qtbot.mouseMove(canvas, compared.chart.at(BELLY, 60))
    assert not tip.isVisible()
    compared.chart.qtbot.mouseMove(canvas, compared.chart.at(BELLY))
    assert tip.isVisible()
    assert tip.title.text() == "Struck by the amendment"
    lines = tip.text.text().splitlines()
    assert lines[0].startswith("syringe 1, Caffeine mix · 0.05")
    assert lines[1] == "Olga Owner, 10 Mar 2026, 10:00"
    assert " ".join(lines[2:]) == REASON


def test_it_follows_what_is_charted_and_the_view(compare, field, qtbot):
    compared = compare()
    compared.put(field(BELLY))
    compared.chart.click(RIGHT_THIGH)
    qtbot.waitUntil(lambda: compared.told() == ["1 point struck", "1 point added"])
    assert compared.amendment.marks.seen == (1, 1)
    compared.chart.canvas.show_next_view(-1)
    assert compared.told() == ["1 point struck", "1 point added"]
    assert compared.amendment.marks.seen != (1, 1)


def test_a_moved_point_is_struck_where_it_was(compare, field, atlas):
    moved = beside(atlas, BELLY, 12)
    compared = compare(field(moved))
    compared.put(field(BELLY))
    assert compared.told() == ["1 point changed or moved"]
    was, now = compared.at(BELLY), compared.at(moved)
    assert was.fate is now.fate is Fate.MOVED
    assert compared.amendment.words(now)[0] == "Moved by the amendment"


def test_on_the_original_its_own_points_are_struck_and_nothing_added(compare, field):
    compared = compare(field(BELLY, LEFT_THIGH), read_only=True)
    compared.put(field(BELLY, RIGHT_THIGH), later=True)
    assert compared.told() == ["1 point struck"]
    assert compared.at(RIGHT_THIGH) is None
    assert compared.at(LEFT_THIGH).now is None
    assert compared.at(BELLY) is None


def test_a_zone_is_struck_and_another_added(compare, zone):
    compared = compare(zone(RIGHT_THIGH))
    plain = compared.picture()
    compared.put(zone(LEFT_THIGH))
    assert compared.told() == ["1 zone struck", "1 zone added"]
    assert compared.touched_pixels(plain).any()


def test_a_zone_of_another_volume_is_changed(compare, zone):
    compared = compare(zone(LEFT_THIGH, "1.5"))
    compared.put(zone(LEFT_THIGH))
    assert compared.told() == ["1 zone changed or moved"]


def test_a_line_that_is_gone_is_dashed(compare, field, atlas):
    ends = tuple(skin(atlas, beside(atlas, BELLY, mm)) for mm in (-60, -20, 20, 60))
    compared = compare()
    plain = compared.picture()
    line = Outline(OutlineKind.LINE, (ends,))
    compared.put(field(BELLY, pattern=Pattern.LINES, outline=line))
    # Between its points too, where there is only the line.
    spot = compared.chart.at(beside(atlas, BELLY, 40))
    changed = compared.touched_pixels(plain)
    assert changed[spot.y() - 4 : spot.y() + 5, spot.x() - 12 : spot.x() + 13].any()


def test_five_thousand_points_are_compared_and_drawn_at_once(compare, atlas, syringes):
    """Not a word of time: they go through arrays, so it is a matter of milliseconds."""
    view = atlas.views[0]
    triangles = np.flatnonzero(view.roughly_seen(np.arange(atlas.triangle_count)))[:5000]
    records = np.zeros(len(triangles), dtype=POINT_DTYPE)
    records["triangle"], records["u"], records["v"] = triangles, 0.3, 0.3
    records["volume"], records["depth"] = 50, 4000
    whole = PackedPoints.from_records(records)
    made = ChartField(new_id(), syringes[0].id, "papule", Decimal(4), "30g_4", points=whole)
    compared = compare()
    compared.put(made)
    assert compared.told() == [f"{len(triangles)} points struck"]
    assert compared.amendment.marks.seen[0] > 1000
    assert not compared.picture().isNull()


def test_the_line_tells_a_screen_reader_all(compare, field):
    compared = compare()
    compared.put(field(BELLY), signed=False)
    assert compared.line.accessibleDescription() == (
        f"1 point struck; by Olga Owner, since 10 Mar 2026, 10:00, not signed yet: {REASON}"
    )
