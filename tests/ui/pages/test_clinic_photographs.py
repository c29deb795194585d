"""Photographs leave with everything, in the window: with real clicks, on the real vault."""

import json
import threading
import zipfile
from datetime import date

import pytest
from consenting import agree_to_photos
from pictures import a_jpeg, a_png

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.audit import LogQuery
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.records.photo import PhotoFields
from mesodesk.imaging.reading import prepared
from mesodesk.services import photo_rows
from mesodesk.ui.export_run import ExportRun
from mesodesk.ui.pages.reports_parts.detail_words import detail_facts
from mesodesk.ui.pages.settings import SettingsPage

PASSWORD = "plain tea in the morning"
PICTURES = {"front": a_jpeg(), "left": a_png(), "right": a_jpeg(seed=5)}


@pytest.fixture
def patient(workplace):
    """A patient with three photographs, one of them entered in error."""
    made = workplace.patient()

    def brings(desk):
        agree_to_photos(desk, made.id, {PhotoPurpose.RECORD: Answer.YES})
        kept = [
            desk.photos.keep(
                made.id, prepared(data), PhotoFields("abdomen", angle, date(2026, 3, 9))
            )
            for angle, data in PICTURES.items()
        ]
        desk.photos.enter_in_error(kept[2].id, 1, "Not sharp")

    workplace.run(brings)
    return made


@pytest.fixture
def leaving(workplace, patient, tmp_path):
    """The settings, ready to leave with everything into a folder, which is returned."""
    workplace.add(SettingsPage, "today")
    workplace.window.open("settings")
    workplace.settle()
    out = tmp_path / "out"
    out.mkdir()
    workplace.find("leave_folder").selectAll()
    workplace.type("leave_folder", str(out))
    workplace.click("leave_form_json")
    workplace.type("leave_password", PASSWORD)
    return out


def ended(workplace):
    workplace.qtbot.waitUntil(lambda: not workplace.context.findChildren(ExportRun))
    workplace.settle()


def said(workplace):
    notice = workplace.find("leave_result")
    assert notice.isVisible()
    return f"{notice.headline.text()} {notice.text.text()}"


def last_end(workplace):
    def read(desk):
        found = desk.audit_log.page(LogQuery()).entries
        return next(each.details for each in found if each.action == "clinic.export_end")

    return workplace.run(read)


def test_they_lie_beside_the_records_and_what_stays_is_said(workplace, patient, leaving):
    workplace.click("leave_go")
    ended(workplace)
    records, photographs = sorted(leaving.iterdir(), key=lambda each: each.suffix)
    with zipfile.ZipFile(photographs) as packed:
        pictures = {each for each in packed.namelist() if "/" in each}
        held = {packed.read(name) for name in pictures}
    assert {name.split("/")[0] for name in pictures} == {patient.record_number}
    assert held == {prepared(PICTURES[angle]).data for angle in ("front", "left")}
    assert json.loads(records.read_bytes())["photographs_stay"] == 1
    words = said(workplace)
    assert f"2 photographs are in {photographs.name}." in words
    assert "1 photograph is left out. Entered in error: 1." in words
    facts = dict(detail_facts(last_end(workplace)))
    assert (facts["Photographs"], facts["Photographs left out"]) == ("2", "in error: 1")


def test_it_is_stopped_between_two_pictures_and_leaves_nothing(
    workplace, patient, leaving, monkeypatch
):
    came, may_go, unseal = threading.Event(), threading.Event(), photo_rows.unseal

    def waits(*given):
        came.set()
        assert may_go.wait(30)
        return unseal(*given)

    monkeypatch.setattr(photo_rows, "unseal", waits)
    workplace.click("leave_go")
    workplace.qtbot.waitUntil(came.is_set)
    # While a picture is being read the window answers, and the database does too.
    assert workplace.find("leave_stop").isVisible()
    found = []
    workplace.context.run(
        workplace.window, lambda desk: desk.patients.get(patient.id).id, found.append
    )
    workplace.qtbot.waitUntil(lambda: found == [patient.id])
    assert [each.name for each in leaving.iterdir()] != []
    workplace.click("leave_stop")
    may_go.set()
    ended(workplace)
    assert list(leaving.iterdir()) == []
    assert "Stopped" in said(workplace)
    assert last_end(workplace)["ended"] == "stopped"


def test_the_bar_moves_with_each_picture(workplace, leaving, monkeypatch):
    shares, bar = [], workplace.find("leave_card").bar
    at, go_on, unseal = threading.Semaphore(0), threading.Semaphore(0), photo_rows.unseal

    def waits(*given):
        at.release()
        assert go_on.acquire(timeout=30)
        return unseal(*given)

    monkeypatch.setattr(photo_rows, "unseal", waits)
    workplace.click("leave_go")
    workplace.qtbot.waitUntil(lambda: at.acquire(blocking=False))
    (run,) = workplace.context.findChildren(ExportRun)
    run.progressed.connect(shares.append)
    go_on.release()
    workplace.qtbot.waitUntil(lambda: at.acquire(blocking=False))
    workplace.qtbot.waitUntil(lambda: bool(shares))
    assert 0 < shares[-1] < 1
    assert bar.isVisible()
    go_on.release()
    ended(workplace)
