"""Photographs by hand: brought, kept by one press, drawn over, aligned, compared, handed out."""

import os
from dataclasses import replace
from datetime import date

import pytest
from consenting import agree_to_photos
from pictures import HEIC, a_jpeg, drawn
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage, QKeySequence, QPainter
from PySide6.QtPrintSupport import QPrinterInfo

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.audit import LogQuery
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.records.photo import MarkKind, PhotoFields
from mesodesk.imaging.reading import prepared
from mesodesk.ui import theme
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.photographs.compare_canvas import CompareMode

RECORD, TEACHING, PUBLICITY = PhotoPurpose
DECIDED = {RECORD: Answer.YES, TEACHING: Answer.YES, PUBLICITY: Answer.NO}


def picture(workplace, name):
    folder = os.environ.get("PHOTO_PICTURES")
    if folder:
        workplace.window.grab().save(f"{folder}/{name}.png")
        theme.force(True)
        workplace.window.grab().save(f"{folder}/{name}-dark.png")
        theme.force(None)


@pytest.fixture
def page(workplace):
    return workplace.add(PatientPage, "session", "followup", "patients")


@pytest.fixture
def patient(workplace):
    made = workplace.patient()
    workplace.run(lambda desk: agree_to_photos(desk, made.id, DECIDED))
    return made


@pytest.fixture
def show(workplace, page):
    def show_it(patient):
        workplace.window.open("patient", patient_id=patient.id, tab="photographs")
        workplace.settle()
        return page.tabs.photographs

    return show_it


def keep(workplace, patient, seed, day, view=("abdomen", "front"), purposes=(RECORD,)):
    fields = PhotoFields(*view, day, frozenset(purposes))
    brought = prepared(a_jpeg(seed=seed, width=640, height=480))
    return workplace.run(lambda desk: desk.photos.keep(patient.id, brought, fields))


def on_record(workplace, patient):
    return workplace.run(lambda desk: desk.photos.for_patient(patient.id)).photos


def drop(tab, paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy = Qt.DropAction.CopyAction
    left = Qt.MouseButton.LeftButton
    event = QDropEvent(QPointF(20, 20), copy, mime, left, Qt.KeyboardModifier.NoModifier)
    tab.dropEvent(event)


def test_three_dropped_files_are_on_record_after_three_presses(workplace, show, patient, tmp_path):
    tab = show(patient)
    paths = [tmp_path / f"IMG_{seed}.jpg" for seed in (1, 2)]
    for seed, path in enumerate(paths, start=1):
        path.write_bytes(a_jpeg(seed=seed, width=640, height=480))
    drop(tab, [*paths, HEIC])
    workplace.qtbot.waitUntil(lambda: len(tab.bring._waiting) == 3)
    picture(workplace, "bring")
    tab.bring.picker.set_area("abdomen")
    for angle in ("front", "left", "right"):
        left = len(tab.bring._waiting)
        workplace.click(f"view_abdomen_{angle}")
        workplace.qtbot.waitUntil(lambda left=left: len(tab.bring._waiting) == left - 1)
    workplace.settle()
    found = on_record(workplace, patient)
    assert {each.fields.view for each in found} == {
        "abdomen.front",
        "abdomen.left",
        "abdomen.right",
    }
    assert {each.fields.taken_on for each in found} == {date(2026, 2, 3)}, "as the camera says"
    assert tab.bring.form.isHidden()


def test_the_keyboard_begins_where_photographs_are_brought(workplace, show, patient):
    tab = show(patient)
    workplace.qtbot.waitUntil(tab.bring.choose.hasFocus)


def test_a_pasted_picture_is_brought(workplace, show, patient):
    tab = show(patient)
    copied = drawn(200, 150)
    image = QImage(copied.tobytes(), 200, 150, 600, QImage.Format.Format_RGB888).copy()
    QGuiApplication.clipboard().setImage(image)
    workplace.qtbot.keySequence(tab.bring.choose, QKeySequence(QKeySequence.StandardKey.Paste))
    workplace.qtbot.waitUntil(lambda: len(tab.bring._waiting) == 1)
    assert "does not say when it was taken" in tab.bring.told.text()
    tab.bring.keep("face", "front")
    workplace.qtbot.waitUntil(lambda: not tab.bring._waiting)
    (found,) = on_record(workplace, patient)
    assert (found.width_px, found.height_px) == (200, 150)


def test_what_is_no_picture_is_refused_where_it_was_brought(workplace, show, patient, tmp_path):
    tab = show(patient)
    path = tmp_path / "letter.jpg"
    path.write_bytes(b"%PDF-1.7")
    tab.bring.bring_files([path])
    workplace.qtbot.waitUntil(lambda: not tab.bring.notice.isHidden())
    assert tab.bring.notice.headline.text() == "letter.jpg"
    assert "no JPEG, PNG or HEIC picture. Nothing was kept of it" in tab.bring.notice.text.text()


def test_without_a_yes_nothing_can_be_brought_and_the_consent_is_a_press_away(
    workplace, page, show, tmp_path
):
    patient = workplace.patient()
    tab = show(patient)
    assert not tab.bring.can_take
    assert "was not asked about photographs" in tab.bring.consent.headline.text()
    path = tmp_path / "one.jpg"
    path.write_bytes(a_jpeg())
    drop(tab, [path])
    assert not tab.bring._reading
    picture(workplace, "unasked")
    tab.bring.consent.action.click()
    assert page.strip.current() == "consent"


def test_what_waits_is_never_kept_for_another_patient(workplace, show, patient, tmp_path):
    tab = show(patient)
    path = tmp_path / "one.jpg"
    path.write_bytes(a_jpeg())
    tab.bring.bring_files([path])
    workplace.qtbot.waitUntil(lambda: len(tab.bring._waiting) == 1)
    other = workplace.patient("Ferrand")
    workplace.run(lambda desk: agree_to_photos(desk, other.id, DECIDED))
    tab = show(other)
    assert not tab.bring._waiting
    assert tab.bring.form.isHidden()


def test_a_mark_is_drawn_kept_and_taken_away(workplace, show, patient):
    keep(workplace, patient, 1, date(2026, 3, 1))
    (photo,) = on_record(workplace, patient)
    tab = show(patient)
    workplace.click(f"photo_{photo.id.hex}")
    look = tab.look
    workplace.qtbot.waitUntil(lambda: not look._image.isNull())
    look.tools.choose(MarkKind.ARROW.value)
    drag(workplace, look.canvas, (0.3, 0.3), (0.6, 0.4))
    workplace.qtbot.waitUntil(lambda: len(on_record_marks(workplace, photo)) == 1)
    look.tools.choose(MarkKind.TEXT.value)
    workplace.qtbot.mouseClick(
        look.canvas, Qt.MouseButton.LeftButton, pos=spot(look.canvas, (0.5, 0.5))
    )
    workplace.qtbot.keyClicks(look.words.input, "Nodule, 5 mm")
    workplace.qtbot.keyClick(look.words.input, Qt.Key.Key_Return)
    workplace.qtbot.waitUntil(lambda: len(on_record_marks(workplace, photo)) == 2)
    workplace.qtbot.waitUntil(lambda: len(look.canvas._marks) == 2)
    assert look.canvas._marks[1].text == "Nodule, 5 mm"
    assert look.canvas._marks[0].start.x == pytest.approx(0.3, abs=0.01)
    workplace.settle()
    picture(workplace, "look")
    workplace.click("take_mark_away")
    workplace.qtbot.waitUntil(lambda: len(on_record_marks(workplace, photo)) == 1)


def on_record_marks(workplace, photo):
    return workplace.run(lambda desk: desk.photos.picture(photo.id)).marks


def spot(canvas, place, frame=None):
    frame = canvas.frame if frame is None else frame
    at = QPointF(frame.left() + place[0] * frame.width(), frame.top() + place[1] * frame.width())
    return at.toPoint()


def drag(workplace, canvas, start, end):
    bot, left = workplace.qtbot, Qt.MouseButton.LeftButton
    bot.mousePress(canvas, left, pos=spot(canvas, start))
    bot.mouseMove(canvas, spot(canvas, end) - QPoint(3, 3))
    bot.mouseMove(canvas, spot(canvas, end))
    bot.mouseRelease(canvas, left, pos=spot(canvas, end))


def test_two_are_aligned_by_two_points_each_and_stay_so(workplace, show, patient):
    first = keep(workplace, patient, 1, date(2026, 2, 1))
    last = keep(workplace, patient, 60, date(2026, 3, 1))
    keep(workplace, patient, 30, date(2026, 2, 10), view=("abdomen", "left"))
    tab = show(patient)
    picture(workplace, "album")
    workplace.click("compare_first_last")
    compare, canvas = tab.compare, tab.compare.canvas
    assert compare._chosen == (first.id, last.id)
    workplace.qtbot.waitUntil(lambda: len(compare._images) == 2)
    workplace.click("align_photos")
    assert canvas.mode is CompareMode.BESIDE
    told = (((0.2, 0.3), (0.8, 0.3)), ((0.25, 0.3), (0.75, 0.35)))
    for number in (0, 1):
        for later in (0, 1):
            at = spot(None, told[later][number], canvas.frames()[later])
            workplace.qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)
        if number == 0:
            picture(workplace, "aligning")
    kept = lambda: workplace.run(lambda desk: desk.photos.pair(first.id, last.id))  # noqa: E731
    workplace.qtbot.waitUntil(lambda: kept() is not None)
    workplace.qtbot.waitUntil(lambda: canvas._lies == kept().alignment.similarity)
    assert canvas.mode is CompareMode.SLIDER
    laid = kept().alignment.similarity
    assert laid.at(kept().alignment.after[1]) == pytest.approx((0.8, 0.3), abs=0.01)
    picture(workplace, "slider")
    compare.mode.choose(CompareMode.GHOST.value)
    compare.opacity.setValue(30)
    assert canvas.opacity == 0.3
    picture(workplace, "ghost")


def test_the_slider_uncovers_the_later_one(workplace, show, patient):
    keep(workplace, patient, 0, date(2026, 2, 1))
    keep(workplace, patient, 89, date(2026, 3, 1))
    tab = show(patient)
    workplace.click("compare_first_last")
    canvas = tab.compare.canvas
    workplace.qtbot.waitUntil(lambda: len(tab.compare._images) == 2)
    at = spot(None, (0.7, 0.6), canvas.frames()[0])

    def colour():
        return canvas.grab().toImage().pixelColor(at * canvas.devicePixelRatio())

    later = colour()
    canvas.setFocus()
    for _ in range(20):
        workplace.qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.split == pytest.approx(0.9)
    assert colour() != later


def test_a_file_leaves_for_what_was_agreed_to_only(workplace, show, patient, tmp_path):
    photo = keep(workplace, patient, 1, date(2026, 3, 1))
    tab = show(patient)
    workplace.click(f"photo_{photo.id.hex}")
    card = tab.look.hand_out
    card.purpose.set_value(PUBLICITY)
    card._judge()
    assert not card.save.isEnabled()
    assert "said no to photographs for publicity" in card.why.text()
    card.purpose.set_value(RECORD)
    card._judge()
    card.save_to(str(tmp_path))
    workplace.qtbot.waitUntil(lambda: not card.result.isHidden())
    (path,) = tmp_path.glob("mesodesk-photo-2026-03-01-abdomen-front-*.jpg")
    kept = workplace.run(lambda desk: desk.photos.picture(photo.id)).data
    assert path.read_bytes() == kept


def test_a_print_names_the_patient_on_the_record_alone_and_is_kept_on_the_log(
    workplace, show, patient, monkeypatch
):
    photo = keep(workplace, patient, 1, date(2026, 3, 1), purposes=(RECORD, TEACHING))
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", staticmethod(list))
    tab = show(patient)
    workplace.click(f"photo_{photo.id.hex}")
    card = tab.look.hand_out
    card.print_it()
    workplace.qtbot.waitUntil(lambda: not card.result.isHidden())
    assert card.result.headline.text().startswith("No printer is set up")
    assert "García López" in card._lines(photo)[0]
    card.purpose.set_value(TEACHING)
    assert not any("García" in line for line in card._lines(photo))
    page = QImage(800, 1000, QImage.Format.Format_RGB32)
    page.fill(Qt.GlobalColor.white)
    painter = QPainter(page)
    card._printer._draw(painter, QRectF(page.rect()))
    painter.end()
    assert page.pixelColor(400, 300) != page.pixelColor(795, 995)
    actions = workplace.run(
        lambda desk: [each.action for each in desk.audit_log.page(LogQuery()).entries]
    )
    assert "photo.print" in actions


def test_one_entered_in_error_stays_in_sight_and_out_of_use(workplace, show, patient):
    photo = keep(workplace, patient, 1, date(2026, 3, 1))
    tab = show(patient)
    workplace.click(f"photo_{photo.id.hex}")
    workplace.qtbot.keyClicks(tab.look.change.reason.input, "Another patient's")
    tab.look.change.strike.click()
    workplace.qtbot.waitUntil(lambda: on_record(workplace, patient)[0].is_struck)
    workplace.qtbot.waitUntil(lambda: tab.look.change.isHidden())
    assert tab.look.hand_out.isHidden()
    assert "Another patient's" in tab.look.facts_words.text()


def test_purposes_and_note_are_put_right_and_what_was_said_before_stays_in_sight(
    workplace, show, patient
):
    photo = keep(workplace, patient, 1, date(2026, 3, 1))
    tab = show(patient)
    workplace.click(f"photo_{photo.id.hex}")
    card = tab.look.change
    assert not card.purposes[PUBLICITY].isEnabled()
    assert "said no to photographs for publicity" in card.why.text()
    card.purposes[TEACHING].click()
    workplace.qtbot.waitUntil(
        lambda: on_record(workplace, patient)[0].fields.purposes == {RECORD, TEACHING}
    )
    workplace.settle()
    card.note.text.setFocus()
    workplace.qtbot.keyClicks(card.note.text.input, "Standing")
    card.note.keep.click()
    workplace.qtbot.waitUntil(lambda: on_record(workplace, patient)[0].fields.note == "Standing")
    workplace.qtbot.waitUntil(lambda: "no note" in tab.look.before_words.text())
    first, second = tab.look.before_words.text().splitlines()
    assert first.endswith("changed by Olga Owner: no note")
    assert second.endswith("changed by Olga Owner: not for teaching")
    assert card.note.keep.isHidden() or not card.note._buttons.isVisible()
    workplace.settle()
    picture(workplace, "changed")


def test_a_note_that_is_typed_and_not_kept_is_there_again(workplace, show, patient):
    photo = keep(workplace, patient, 1, date(2026, 3, 1))
    tab = show(patient)
    workplace.click(f"photo_{photo.id.hex}")
    workplace.qtbot.keyClicks(tab.look.change.note.text.input, "Half a word")
    workplace.settle()
    assert on_record(workplace, patient)[0].fields.note == ""
    workplace.close()
    workplace.open()
    page = workplace.add(PatientPage, "session", "followup", "patients")
    workplace.window.open("patient", patient_id=patient.id, tab="photographs")
    workplace.settle()
    note = page.tabs.photographs.look.change.note
    workplace.click(f"photo_{photo.id.hex}")
    workplace.qtbot.waitUntil(lambda: note.text.value() == "Half a word")
    assert not note._buttons.isHidden()
    note.leave.click()
    workplace.settle()
    assert note.text.value() == ""
    assert workplace.run(lambda desk: desk.drafts.all_mine()) == ()


def test_a_change_that_is_refused_shows_what_is_on_record(workplace, show, patient):
    photo = keep(workplace, patient, 1, date(2026, 3, 1))
    tab = show(patient)
    workplace.click(f"photo_{photo.id.hex}")
    other = replace(photo.fields, note="Elsewhere")
    tab.look.change._photo = replace(photo, version=7)
    workplace.run(lambda desk: desk.photos.update(photo.id, 1, other))
    tab.look.change.purposes[TEACHING].click()
    workplace.qtbot.waitUntil(lambda: not tab.look.change.notice.isHidden())
    assert not tab.look.change.purposes[TEACHING].isChecked()
    workplace.settle()
    assert on_record(workplace, patient)[0].fields == other
