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
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.audit import LogQuery
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.records.photo import MarkKind, PhotoFields
from mesodesk.imaging.reading import prepared
from mesodesk.services.errors import RefusedError
from mesodesk.ui import theme
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.photographs.compare_canvas import CompareMode
from mesodesk.ui.photographs.shown import ShownPhoto
from mesodesk.ui.photos_waiting_notice import PhotosWaitingNotice

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


def until(workplace, holds):
    workplace.qtbot.waitUntil(holds)


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
    until(workplace, lambda: len(tab.bring.queue.waiting) == 3)
    picture(workplace, "bring")
    tab.bring.picker.set_area("abdomen")
    for angle in ("front", "left", "right"):
        left = len(tab.bring.queue.waiting)
        workplace.click(f"view_abdomen_{angle}")
        until(workplace, lambda left=left: len(tab.bring.queue.waiting) == left - 1)
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
    until(workplace, tab.bring.choose.hasFocus)


def test_a_pasted_picture_is_brought(workplace, show, patient):
    tab = show(patient)
    copied = drawn(200, 150)
    image = QImage(copied.tobytes(), 200, 150, 600, QImage.Format.Format_RGB888).copy()
    QGuiApplication.clipboard().setImage(image)
    workplace.qtbot.keySequence(tab.bring.choose, QKeySequence(QKeySequence.StandardKey.Paste))
    until(workplace, lambda: len(tab.bring.queue.waiting) == 1)
    assert "does not say when it was taken" in tab.bring.day_words.text()
    tab.bring.keep("face", "front")
    until(workplace, lambda: not tab.bring.queue.waiting)
    (found,) = on_record(workplace, patient)
    assert (found.width_px, found.height_px) == (200, 150)


def test_what_is_no_picture_is_refused_where_it_was_brought(workplace, show, patient, tmp_path):
    tab = show(patient)
    path = tmp_path / "letter.jpg"
    path.write_bytes(b"%PDF-1.7")
    tab.bring.bring_files([path])
    until(workplace, lambda: not tab.bring.notice.isHidden())
    assert tab.bring.notice.headline.text() == "letter.jpg"
    assert "no JPEG, PNG or HEIC picture. Nothing was kept of it" in tab.bring.notice.text.text()


def test_a_picture_too_large_and_a_damaged_one_are_refused_and_others_are_brought(
    workplace, show, patient, tmp_path
):
    tab = show(patient)
    huge, broken, good = (tmp_path / name for name in ("huge.jpg", "broken.heic", "good.jpg"))
    huge.write_bytes(a_jpeg())
    os.truncate(huge, 200_000_000)
    whole = HEIC.read_bytes()
    broken.write_bytes(whole[: len(whole) // 2])
    good.write_bytes(a_jpeg(seed=7, width=640, height=480))
    for path, said in ((huge, "200 MB"), (broken, "Nothing was kept of it")):
        tab.bring.notice.hide()
        drop(tab, [path])
        until(workplace, lambda: not tab.bring.notice.isHidden())
        assert path.name in tab.bring.notice.headline.text()
        assert said in tab.bring.notice.text.text().replace("\xa0", " ")
    drop(tab, [good])
    until(workplace, lambda: len(tab.bring.queue.waiting) == 1)
    assert on_record(workplace, patient) == ()


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
    assert not tab.bring.queue.reading
    picture(workplace, "unasked")
    tab.bring.consent.action.click()
    assert page.strip.current() == "consent"


def test_what_waits_is_never_kept_for_another_patient(workplace, show, patient, tmp_path):
    tab = show(patient)
    path = tmp_path / "one.jpg"
    path.write_bytes(a_jpeg())
    tab.bring.bring_files([path])
    until(workplace, lambda: len(tab.bring.queue.waiting) == 1)
    other = workplace.patient("Ferrand")
    workplace.run(lambda desk: agree_to_photos(desk, other.id, DECIDED))
    tab = show(other)
    assert not tab.bring.queue.waiting
    assert tab.bring.form.isHidden()
    tab = show(patient)
    until(workplace, lambda: len(tab.bring.queue.waiting) == 1)
    assert tab.bring.which.text() == "one.jpg, not kept yet"


def test_a_mark_is_drawn_kept_and_taken_away(workplace, show, patient):
    keep(workplace, patient, 1, date(2026, 3, 1))
    (photo,) = on_record(workplace, patient)
    tab = show(patient)
    workplace.click(f"photo_{photo.id.hex}")
    look = tab.look
    until(workplace, lambda: not look._image.isNull())
    look.tools.choose(MarkKind.ARROW.value)
    drag(workplace, look.canvas, (0.3, 0.3), (0.6, 0.4))
    until(workplace, lambda: len(on_record_marks(workplace, photo)) == 1)
    look.tools.choose(MarkKind.TEXT.value)
    workplace.qtbot.mouseClick(
        look.canvas, Qt.MouseButton.LeftButton, pos=spot(look.canvas, (0.5, 0.5))
    )
    workplace.qtbot.keyClicks(look.words.input, "Nodule, 5 mm")
    workplace.qtbot.keyClick(look.words.input, Qt.Key.Key_Return)
    until(workplace, lambda: len(on_record_marks(workplace, photo)) == 2)
    until(workplace, lambda: len(look.canvas._marks) == 2)
    assert look.canvas._marks[1].text == "Nodule, 5 mm"
    assert look.canvas._marks[0].start.x == pytest.approx(0.3, abs=0.01)
    workplace.settle()
    picture(workplace, "look")
    workplace.click("take_mark_away")
    until(workplace, lambda: len(on_record_marks(workplace, photo)) == 1)


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
    until(workplace, lambda: len(compare._images) == 2)
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
    until(workplace, lambda: kept() is not None)
    until(workplace, lambda: canvas._lies == kept().alignment.similarity)
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
    until(workplace, lambda: len(tab.compare._images) == 2)
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
    until(workplace, lambda: not card.result.isHidden())
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
    until(workplace, lambda: not card.result.isHidden())
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
    until(workplace, lambda: on_record(workplace, patient)[0].is_struck)
    until(workplace, lambda: tab.look.change.isHidden())
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
    until(workplace, lambda: on_record(workplace, patient)[0].fields.purposes == {RECORD, TEACHING})
    workplace.settle()
    card.note.text.setFocus()
    workplace.qtbot.keyClicks(card.note.text.input, "Standing")
    card.note.keep.click()
    until(workplace, lambda: on_record(workplace, patient)[0].fields.note == "Standing")
    until(workplace, lambda: "no note" in tab.look.before_words.text())
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
    until(workplace, lambda: note.text.value() == "Half a word")
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
    until(workplace, lambda: not tab.look.change.notice.isHidden())
    assert not tab.look.change.purposes[TEACHING].isChecked()
    workplace.settle()
    assert on_record(workplace, patient)[0].fields == other


def bring_two(workplace, tab, tmp_path):
    paths = [tmp_path / f"IMG_{seed}.jpg" for seed in (1, 2)]
    for seed, path in enumerate(paths, start=1):
        path.write_bytes(a_jpeg(seed=seed, width=640, height=480))
        tab.bring.bring_files([path])
        until(workplace, lambda seed=seed: len(tab.bring.queue.waiting) == seed)


def test_what_is_not_kept_is_there_again_after_a_crash_and_is_kept_from_there(
    workplace, show, patient, tmp_path
):
    tab = show(patient)
    bring_two(workplace, tab, tmp_path)
    workplace.close(gently=False)
    workplace.open()
    page = workplace.add(PatientPage, "session", "followup", "patients")
    said = PhotosWaitingNotice(workplace.window, workplace.context)
    until(workplace, lambda: said._notice is not None)
    assert said._notice.headline.text() == "2 photographs that you brought are not on record yet"
    said._notice.action.click()
    workplace.settle()
    bring = page.tabs.photographs.bring
    until(workplace, lambda: len(bring.queue.waiting) == 2)
    assert bring.which.text() == "IMG_1.jpg, not kept yet; 2 to go"
    assert bring.day.value() == date(2026, 2, 3), "as the camera says"
    picture(workplace, "waiting")
    bring.keep("abdomen", "front")
    until(workplace, lambda: len(bring.queue.waiting) == 1)
    workplace.click("leave_photo")
    workplace.settle()
    assert len(on_record(workplace, patient)) == 1
    waiting = workplace.desk.store.vault.paths.photos_waiting
    until(workplace, lambda: not [*waiting.iterdir()])
    until(workplace, lambda: said._notice is None)
    assert workplace.run(lambda desk: desk.drafts.all_mine()) == ()


def test_what_cannot_be_set_aside_is_said_and_can_be_kept(workplace, show, patient, tmp_path):
    tab = show(patient)
    workplace.run(lambda desk: setattr(desk.photos_waiting, "put", refused))
    path = tmp_path / "one.jpg"
    path.write_bytes(a_jpeg())
    tab.bring.bring_files([path])
    until(workplace, lambda: not tab.bring.notice.isHidden())
    assert tab.bring.notice.headline.text() == "one.jpg is not set aside"
    assert tab.bring.notice.text.text() == "Too much waits."
    tab.bring.keep("abdomen", "front")
    until(workplace, lambda: len(on_record(workplace, patient)) == 1)


def refused(*_arguments):
    raise RefusedError("Too much waits.")


def test_each_view_is_taken_again_over_the_last_one(workplace, show, patient, tmp_path):
    first = keep(workplace, patient, 40, date(2026, 2, 1))
    keep(workplace, patient, 60, date(2026, 2, 1), view=("abdomen", "left"))
    tab = show(patient)
    picture(workplace, "album_again")
    workplace.click("again_abdomen_front")
    again = tab.again
    assert tab.pages.currentWidget() is again
    until(workplace, lambda: not again._last.isNull())
    assert again.title.text() == "As on 1 Feb 2026: Abdomen · Front"
    picture(workplace, "again_alone")
    bring_two(workplace, tab, tmp_path)
    until(workplace, lambda: not again._new.isNull())
    frame = again.canvas.frames()[0]
    at = spot(None, (0.05, 0.7), frame)
    half = again.canvas.grab().toImage().pixelColor(at * again.canvas.devicePixelRatio())
    again.opacity.setValue(100)
    new = again.canvas.grab().toImage().pixelColor(at * again.canvas.devicePixelRatio())
    assert half != new
    again.opacity.setValue(50)
    picture(workplace, "again_ghost")
    bring_day(tab, date(2026, 3, 10))
    workplace.click("keep_again")
    until(workplace, lambda: again._view == ("abdomen", "left"))
    assert tab.bring.queue.first.name == "IMG_2.jpg"
    bring_day(tab, date(2026, 3, 10))
    workplace.click("keep_again")
    until(workplace, lambda: not again.notice.isHidden())
    assert again.notice.headline.text() == "All of these views are taken today."
    assert again.to_check.isHidden()
    views = [each.fields.view for each in on_record(workplace, patient)]
    assert sorted(views) == ["abdomen.front"] * 2 + ["abdomen.left"] * 2
    workplace.settle()
    picture(workplace, "again_done")
    workplace.click("back_from_again")
    assert tab.pages.currentWidget() is not again
    assert first.fields.view == "abdomen.front"


def bring_day(tab, day):
    tab.bring.day.set_value(day)


def test_a_check_leads_to_the_view_and_back(workplace, show, patient, page):
    keep(workplace, patient, 40, date(2026, 2, 1))
    check = new_id()
    workplace.window.open("patient", patient_id=patient.id, tab="photographs", follow_up_id=check)
    workplace.settle()
    tab = page.tabs.photographs
    until(workplace, lambda: tab.pages.currentWidget() is tab.again)
    until(workplace, tab.again.choose.hasFocus)
    until(workplace, lambda: not tab.again._last.isNull())
    picture(workplace, "again_check")
    workplace.click("back_to_check")
    workplace.settle()
    assert workplace.window.current_page().asked == [{"follow_up_id": check}]
    tab = show(patient)
    workplace.click("again_abdomen_front")
    assert tab.again.to_check.isHidden(), "somebody came another way"


def test_a_check_of_a_patient_without_photographs_leads_to_the_album(workplace, page, patient):
    workplace.window.open(
        "patient", patient_id=patient.id, tab="photographs", follow_up_id=new_id()
    )
    workplace.settle()
    tab = page.tabs.photographs
    assert tab.pages.currentWidget() is tab._all
    assert tab.again_card.isHidden()


def test_one_is_shown_over_the_whole_window_where_that_is_agreed_to(workplace, show, patient):
    photo = keep(workplace, patient, 1, date(2026, 3, 1))
    tab = show(patient)
    workplace.click(f"photo_{photo.id.hex}")
    card = tab.look.hand_out
    card.purpose.set_value(TEACHING)
    card._judge()
    assert not card.show_large.isEnabled()
    assert "was not taken for teaching" in card.why.text()
    card.purpose.set_value(RECORD)
    card._judge()
    card.show_large.click()
    window = workplace.window
    until(workplace, lambda: window.findChild(ShownPhoto) is not None)
    shown = window.findChild(ShownPhoto)
    assert shown.geometry() == window.rect()
    assert shown.end.hasFocus()
    picture(workplace, "shown")
    middle = shown.grab().toImage().pixelColor(shown.rect().center() * shown.devicePixelRatio())
    skin = shown.canvas._image.pixelColor(320, 240)
    assert middle.getRgb() == pytest.approx(skin.getRgb(), abs=8), "the picture, not the page"
    workplace.press(Qt.Key.Key_Escape)
    until(workplace, lambda: window.findChild(ShownPhoto) is None)
    actions = workplace.run(
        lambda desk: [each.action for each in desk.audit_log.page(LogQuery()).entries]
    )
    assert actions.count("photo.show") == 1
