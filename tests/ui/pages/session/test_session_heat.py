"""The exposure map over the chart: what it reads, shows, lists, and how a hand gets there."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from added import add_patient
from consenting import cover
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from typed_sessions import finished_fields

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.field_edits import FieldSettings
from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.domain.records.stock import ActiveFields, LotFields, ProductFields
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.ui.bodymap import heat_colours
from mesodesk.ui.bodymap.heat_work import Days, Range
from mesodesk.ui.pages.session import SessionPage

from .conftest import PASSWORD, Desk, begun_session, complete_intake

BELLY = (0.50, 0.40)
THIGH = (0.61, 0.58)
SHIN = (0.66, 0.83)
NO_BREAK = "\u00a0"


def skin(share):
    view = load_atlas("female").view("front")
    return view.pick(share[0] * view.width_px, share[1] * view.height_px)


def caffeine_lot(desk, number):
    strength = Strength(Decimal(50), StrengthUnit.MG_PER_ML)
    product = desk.catalogue.add_product(
        ProductFields(
            name=f"Caffeine {number}",
            product_class="lipolytic",
            actives=(ActiveFields("caffeine", "Caffeine", strength),),
        )
    )
    typed = LotFields(f"C{number}", date(2027, 1, 31), date(2026, 3, 1))
    return desk.catalogue.add_lot(product.id, typed)


def past_session(desk, patient, number, shares):
    """Sign a session with a point of 0.1 mL at each place."""
    complete_intake(desk, patient)
    lot = caffeine_lot(desk, number)
    session = desk.sessions.start(patient.id)
    drawn = Decimal("0.1") * len(shares)
    syringe = SyringeFields(1, "", (ComponentFields(lot.id, drawn),))
    session = desk.sessions.put_syringe(session.id, session.version, syringe)
    field = ChartField(
        new_id(), session.syringes[0].id, "papule", Decimal(2), "30g_4mm",
        dose_per_point_ml=Decimal("0.1"),
        points=PackedPoints(
            ChartPoint(p.triangle, p.u, p.v, 100, 2000) for p in map(skin, shares)
        ),
    )  # fmt: skip
    placing = Edit(EditLabel.PLACE, ((field.id, None, field),))
    desk.charts.append(session.id, 0, placing, {field.id: ("abdomen_upper.midline",)})
    typed = replace(finished_fields(), weight_kg=Decimal(61))
    session = desk.sessions.save(session.id, session.version, typed)
    for finding in desk.sessions.screening(session.id):
        if finding.severity in ("caution", "stop"):
            rule = finding.rule_id, finding.rule_version
            given = "Seen", finding.severity == "stop"
            session = desk.sessions.acknowledge(session.id, session.version, *rule, *given)
    cover(desk, session)
    return desk.sessions.sign(session.id, session.version, PASSWORD)


def two_signed(desk, clock):
    patient = add_patient(desk)
    first = past_session(desk, patient, 1, [BELLY])
    clock.move(days=20)
    second = past_session(desk, patient, 2, [BELLY, THIGH])
    clock.move(days=9)
    return first, second, begun_session(desk, patient)


class Course(Desk):
    """A draft after two signed sessions: the belly twice, a thigh once."""

    def __init__(self, place, sessions):
        self.first, self.second, begun = sessions
        super().__init__(place, begun)
        self.station("chart")
        self.canvas.setFocus()

    @property
    def heat(self):
        return self.canvas.heat

    @property
    def card(self):
        return self.heat.card

    def key(self, key):
        self.qtbot.keyClick(QApplication.focusWidget(), key)
        self.place.settle()

    def at(self, share):
        view = self.canvas.view
        return self.canvas.viewport.to_canvas(
            share[0] * view.width_px, share[1] * view.height_px
        ).toPoint()

    def click_skin(self, share):
        self.qtbot.mouseClick(self.canvas, Qt.MouseButton.LeftButton, pos=self.at(share))
        self.place.settle()

    def choose(self, field, value):
        """Choose from a list by the keys."""
        values = [option.value for option in field._options]
        before = field.input.currentIndex()
        field.input.setFocus()
        self.key(Qt.Key.Key_Down)
        for _ in range(abs(values.index(value) - before)):
            self.key(Qt.Key.Key_Down if values.index(value) > before else Qt.Key.Key_Up)
        self.key(Qt.Key.Key_Return)
        assert field.value() == value

    def colour(self, share):
        """Return the colour a little beside a place, so near that its kernel is large."""
        before = self.canvas.viewport
        self.canvas.zoom_at(8.0, self.at(share).toPointF())
        self.canvas.settle()
        picture = self.canvas.grab().toImage()
        ratio = self.canvas.devicePixelRatioF()
        at = self.at(share) + QPoint(5, 0)  # beside the dot of a point
        self.canvas.set_viewport(before)
        return picture.pixelColor(round(at.x() * ratio), round(at.y() * ratio))


@pytest.fixture
def course(prepared):
    return Course(*prepared(two_signed))


def is_blue(colour: QColor) -> bool:
    return colour.blue() > colour.red() + 10


def test_h_shows_the_map_of_all_sessions_and_puts_it_away(course):
    assert not is_blue(course.colour(BELLY))
    course.key(Qt.Key.Key_H)
    assert course.heat.shown
    assert course.card.isVisible()
    assert course.panel.view.toolbar.heat.isChecked()
    assert is_blue(course.colour(BELLY))
    assert not is_blue(course.colour(SHIN))
    assert course.card.facts.text().startswith(f"2 sessions · 3 points · 0.30{NO_BREAK}mL")
    assert course.card.legend_title.text() == "mL/cm² of skin (estimate)"
    assert f"0.19{NO_BREAK}mL/cm²" in course.card.top.text()
    said = course.card.legend.accessibleName()
    assert "0.1 to 0.2" in said
    assert "below 0.005, or nothing" in said
    course.key(Qt.Key.Key_H)
    assert not course.card.isVisible()
    assert not course.panel.view.toolbar.heat.isChecked()
    assert not is_blue(course.colour(BELLY))


def test_the_button_shows_it_and_escape_closes_it(course):
    course.place.click("chart_heat")
    course.place.settle()
    assert course.card.isVisible()
    course.canvas.setFocus()
    course.key(Qt.Key.Key_Escape)
    assert not course.heat.shown
    course.place.click("chart_heat")
    course.place.settle()
    course.card.what.input.setFocus()
    course.key(Qt.Key.Key_Escape)
    assert not course.heat.shown
    assert course.canvas.hasFocus()


def test_a_click_lists_sessions_and_lots_and_places_no_point(course):
    course.key(Qt.Key.Key_H)
    course.click_skin(BELLY)
    listed = course.heat.place_list
    assert listed.isVisible()
    assert listed.total.text() == f"0.20{NO_BREAK}mL · 10{NO_BREAK}mg Caffeine"
    second, first = listed.rows()
    assert second.session.text() == "30 Mar 2026 · session 2"
    assert second.ago.text() == "9 days ago"
    assert second.given.text() == f"1 point · 0.10{NO_BREAK}mL · 5{NO_BREAK}mg Caffeine"
    assert second.lots.text() == "Caffeine 2 (lot C2)"
    assert first.session.text() == "10 Mar 2026 · session 1"
    assert first.ago.text() == "29 days ago"
    course.key(Qt.Key.Key_Escape)
    assert not listed.isVisible()
    assert course.heat.shown
    assert course.stored_chart().fields == ()


def test_enter_at_the_crosshair_lists_with_the_keyboard_in_it(course):
    course.key(Qt.Key.Key_H)
    course.canvas.setFocus()
    course.canvas.show_crosshair(course.at(THIGH).toPointF())
    course.key(Qt.Key.Key_Return)
    listed = course.heat.place_list
    assert [row.session.text() for row in listed.rows()] == ["30 Mar 2026 · session 2"]
    assert listed.area.hasFocus()
    course.key(Qt.Key.Key_Escape)
    assert course.canvas.hasFocus()


def test_where_nothing_was_given_that_is_said(course):
    course.key(Qt.Key.Key_H)
    course.click_skin(SHIN)
    assert course.canvas.hint.label.text() == (
        "No point within 10 mm of here in these sessions, and no zone around it."
    )
    course.click_skin((0.06, 0.92))
    assert course.canvas.hint.label.text() == "There is no skin here."


def test_ranges_and_actives_are_chosen_by_keys(course):
    course.key(Qt.Key.Key_H)
    caffeine = next(
        option.value for option in course.card.what._options if option.text == "Caffeine, mg"
    )
    course.choose(course.card.what, caffeine)
    assert course.card.legend_title.text() == "mg/cm² of skin (estimate)"
    assert f"9.3{NO_BREAK}mg/cm²" in course.card.top.text()
    course.choose(course.card.range, Range.THIS)
    assert course.card.empty.text() == "No points in these sessions. Choose more of them."
    assert not is_blue(course.colour(BELLY))
    course.choose(course.card.range, Range.LAST_3)
    assert course.card.facts.text().startswith("2 sessions · 3 points")
    course.card.what.input.setFocus()
    for expected in (course.card.range.input, course.card.close_button):
        course.key(Qt.Key.Key_Tab)
        assert expected.hasFocus()


def test_days_since_last_treated(course):
    course.key(Qt.Key.Key_H)
    course.choose(course.card.what, Days.SINCE)
    assert course.card.legend_title.text() == "Days since last treated"
    belly = course.colour(BELLY)
    # The class from 7 days, as it looks on skin.
    wanted = QColor(heat_colours.DAYS[1])
    for part in ("red", "green", "blue"):
        assert abs(getattr(belly, part)() - getattr(wanted, part)()) < 45
    assert "365 and more" in course.card.legend.accessibleName()


def test_what_is_charted_now_is_on_the_map_once_the_hand_rests(course):
    course.key(Qt.Key.Key_H)
    assert not is_blue(course.colour(SHIN))
    course.panel.model.place(skin(SHIN))
    course.qtbot.waitUntil(lambda: not course.heat._again.isActive())
    course.place.settle()
    assert is_blue(course.colour(SHIN))
    assert course.card.facts.text().startswith("3 sessions · 4 points")
    course.click_skin(SHIN)
    (row,) = course.heat.place_list.rows()
    assert row.session.text().endswith("session 3 · draft")
    assert row.ago.text() == "today"


def test_a_zone_without_points_is_hatched_and_the_legend_says_so(course):
    course.key(Qt.Key.Key_H)
    assert not course.card.legend.accessibleName().endswith("zone without points")
    course.key(Qt.Key.Key_Escape)
    model = course.panel.model
    zone = FieldSettings(Pattern.ZONE, Decimal(15), Decimal("0.5"))
    model.field_model.set_settings(zone)
    model.field_model.fill_region(model.atlas.region_of(skin(SHIN)).key)
    course.place.settle()
    model.field_model.select(None)
    course.canvas.setFocus()
    without = dark_pixels(course, SHIN)
    course.key(Qt.Key.Key_H)
    assert dark_pixels(course, SHIN) > without + 20
    assert course.card.legend.accessibleName().endswith("zone without points")
    assert "0.50 mL given in zones without points is hatched" in course.card.missing.text()
    course.choose(course.card.range, Range.LAST_3)
    assert course.card.legend.accessibleName().endswith("zone without points")
    course.choose(course.card.what, Days.SINCE)
    assert course.card.legend.accessibleName().endswith("zone without points")


def test_a_click_in_a_zone_without_points_lists_the_zone(course):
    model = course.panel.model
    for volume, share in (("0.5", SHIN), ("0.4", BELLY)):
        zone = FieldSettings(Pattern.ZONE, Decimal(15), Decimal(volume))
        model.field_model.set_settings(zone)
        model.field_model.fill_region(model.atlas.region_of(skin(share)).key)
    course.place.settle()
    model.field_model.select(None)
    course.canvas.setFocus()
    course.key(Qt.Key.Key_H)
    course.click_skin(SHIN)
    (row,) = course.heat.place_list.rows()
    assert row.session.text().endswith("session 3 · draft")
    assert row.given.text().startswith(f"In a zone without points: 0.50{NO_BREAK}mL")
    assert "mg" in row.given.text()
    assert "lot" in row.lots.text()
    assert not course.heat.place_list.total.isVisible()
    assert course.heat.place_list.basis.text() == "No point within 10 mm of here"
    # Where points lie too, both are told, and the sum is of the points alone.
    course.key(Qt.Key.Key_Escape)
    course.click_skin(BELLY)
    rows = course.heat.place_list.rows()
    assert [row.session.text().rpartition("session ")[2] for row in rows] == ["3 · draft", "2", "1"]
    assert "0.40" in rows[0].given.text()
    assert rows[1].given.text().startswith("1 point")
    assert "zone" not in rows[1].given.text()
    assert course.heat.place_list.total.isVisible()
    assert "0.40" not in course.heat.place_list.total.text()
    assert "zones are not in this sum" in course.heat.place_list.basis.text()


def dark_pixels(course, share):
    """Count the pixels near a place that are as dark as the hatching."""
    picture, ratio = course.canvas.grab().toImage(), course.canvas.devicePixelRatioF()
    at = course.at(share)
    return sum(
        picture.pixelColor(round((at.x() + dx) * ratio), round((at.y() + dy) * ratio)).lightness()
        < 90
        for dx in range(-12, 13)
        for dy in range(-12, 13)
    )


def test_zones_alone_make_a_map_too(desk):
    model = desk.panel.model
    model.field_model.set_settings(FieldSettings(Pattern.ZONE, Decimal(15), Decimal("0.5")))
    model.field_model.fill_region("thigh_front_upper.left")
    desk.place.settle()
    desk.canvas.setFocus()
    desk.qtbot.keyClick(desk.canvas, Qt.Key.Key_H)
    desk.place.settle()
    card = desk.canvas.heat.card
    assert card.legend.isVisible()
    assert card.legend.accessibleName().endswith("zone without points")
    assert card.facts.text().startswith("0 sessions · 0 points")


def test_a_tool_that_is_taken_up_puts_the_map_away(course):
    course.key(Qt.Key.Key_H)
    assert course.canvas.tool.value == "select"
    course.key(Qt.Key.Key_P)
    assert not course.heat.shown
    assert course.canvas.tool.value == "point"


def test_no_field_is_changed_through_the_map(course):
    fields = course.panel.model.field_model
    # So far apart that the little in the syringe is enough.
    fields.set_spacing(Decimal(40))
    course.key(Qt.Key.Key_R)
    view = course.canvas.view
    spot = course.canvas.viewport.to_canvas(0.61 * view.width_px, 0.58 * view.height_px)
    course.qtbot.mouseClick(course.canvas, Qt.MouseButton.LeftButton, pos=spot.toPoint())
    course.place.settle()
    charted = next(field for field in course.panel.model.fields.values() if field.is_laid)
    fields.select(charted.id)
    course.key(Qt.Key.Key_H)
    assert course.heat.shown
    assert fields.selected is None
    cursor = course.panel.model.document.cursor
    for key in (Qt.Key.Key_BracketRight, Qt.Key.Key_Delete, Qt.Key.Key_Comma):
        course.key(key)
    assert course.panel.model.document.cursor == cursor
    fields.select(charted.id)
    assert not course.heat.shown


def test_ghosts_and_the_map_asked_for_in_one_breath_are_never_both_shown(course):
    for key in (Qt.Key.Key_G, Qt.Key.Key_H):
        course.place.press(key)
    course.place.settle()
    ghosts = course.page.stack.station("chart").ghosts
    assert course.heat.shown
    assert not ghosts.shown
    assert not course.panel.view.toolbar.ghosts.isChecked()


def test_the_tool_in_hand_comes_back_with_the_map_put_away(course):
    assert course.canvas.tool.value == "point"
    course.key(Qt.Key.Key_H)
    course.key(Qt.Key.Key_H)
    assert course.canvas.tool.value == "point"


def test_other_views_show_the_map_where_they_show_the_place(course):
    course.key(Qt.Key.Key_H)
    course.canvas.show_view("abdomen")
    course.place.settle()
    place = skin(BELLY)
    spot = course.canvas.view.project([place.triangle], [place.u], [place.v])[0][0]
    share = spot[0] / course.canvas.view.width_px, spot[1] / course.canvas.view.height_px
    assert is_blue(course.colour(share))
    course.canvas.show_view("back")
    course.place.settle()
    assert not is_blue(course.colour((0.5, 0.4)))


def test_a_click_on_the_card_does_not_reach_the_body(course):
    course.key(Qt.Key.Key_H)
    before = course.canvas.viewport
    course.qtbot.mouseClick(course.card, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    course.place.settle()
    assert course.canvas.hint.isHidden()
    assert course.canvas.viewport == before


def test_a_low_window_scrolls_to_what_does_not_fit_and_a_high_one_shows_it(course):
    course.key(Qt.Key.Key_H)
    window, card = course.place.window, course.card
    for size in ((1000, 600), (1366, 1000)):
        window.resize(*size)
        course.qtbot.waitUntil(lambda size=size: window.size().toTuple() == size)
        course.place.settle()
        assert course.canvas.rect().contains(card.geometry())
        assert card.range.input.isVisible()
        assert card.legend.isVisible()
    assert card.facts.isVisible()
    # Nothing is cut off: the last line ends inside the card.
    corner = card.facts.mapTo(card, card.facts.rect().bottomRight())
    assert card.rect().contains(corner)


def test_a_signed_session_shows_its_map_too(course):
    course.open(course.second.id, station="chart")
    course.qtbot.waitUntil(lambda: course.canvas.has_stage and course.panel.isVisible())
    assert not course.heat.shown
    course.canvas.setFocus()
    course.key(Qt.Key.Key_H)
    course.choose(course.card.range, Range.THIS)
    assert course.card.facts.text().startswith("1 session · 2 points")
    assert is_blue(course.colour(THIGH))
    assert course.canvas.tool.value == "select"


def test_the_first_session_says_that_there_is_nothing_yet(desk):
    desk.station("chart")
    desk.canvas.setFocus()
    desk.place.press(Qt.Key.Key_H)
    desk.place.settle()
    assert desk.canvas.heat.card.empty.text() == "No session with points yet."
    assert desk.canvas.heat.card.legend.isHidden()


def test_a_session_of_another_body_map_is_named(course):
    folder = course.place.folder
    course.place.close()
    _other_atlas(folder, course.first.id)
    course.place.open()
    course.page = course.place.add(SessionPage, "patient", "patients", "followup")
    course.open(course.session.id)
    course.station("chart")
    course.canvas.setFocus()
    course.key(Qt.Key.Key_H)
    assert course.card.missing.text() == (
        "Session 1 of 10 Mar 2026 was drawn on another body map: not shown."
    )
    assert course.card.facts.text().startswith("1 session · 2 points")


def _other_atlas(folder, session_id):
    """Change the database with its triggers out of the way, as somebody with the key could."""
    from mesodesk.vault.examining import opened
    from mesodesk.vault.vault import open_vault

    vault = open_vault(folder, password=PASSWORD)
    with opened(vault.paths, vault.keys, guarded=False) as raw:
        triggers = raw.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in triggers:
            raw.execute(f'DROP TRIGGER "{name}"')
        raw.execute("UPDATE session SET atlas_id = 'of-old' WHERE id = ?", (session_id.bytes,))
        for _, sql in triggers:
            raw.execute(sql)
    vault.close()
