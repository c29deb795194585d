"""Photographs leave with a whole record: as files, as agreed to, named as documents name them."""

import csv
import io
import json
import zipfile
from datetime import date
from threading import Event

import pytest
from consenting import agree_to_photos
from pdf_text import read_pdf
from pictures import SECRETS, a_jpeg

from mesodesk.documents.photo_zip import photo_name
from mesodesk.documents.record_pdf import record_pdf
from mesodesk.domain.answers import Answer
from mesodesk.domain.records.audit import LogQuery
from mesodesk.domain.records.consent import PhotoPurpose, WithdrawalScope
from mesodesk.domain.records.export import ExportEnd, ExportFormat
from mesodesk.domain.records.photo import PhotoFields
from mesodesk.imaging.reading import prepared
from mesodesk.leaving import write_out
from mesodesk.services.export_work import ExportStoppedError, records
from mesodesk.ui.export_words import photographs_words
from mesodesk.vault.photo_files import PhotoFiles

PASSWORD = "plain tea in the morning"
FRONT = PhotoFields("abdomen", "front", date(2026, 3, 9), note="=Standing")
LEFT = PhotoFields("abdomen", "left", date(2026, 3, 8))


def nothing(_done, _all):
    return None


@pytest.fixture
def consent(desk, patient):
    return agree_to_photos(desk, patient.id, {PhotoPurpose.RECORD: Answer.YES})


@pytest.fixture
def kept(desk, patient, consent):
    """Two photographs, and a third that was entered in error."""
    made = [
        desk.photos.keep(patient.id, prepared(a_jpeg(seed=seed)), fields)
        for seed, fields in enumerate((FRONT, LEFT, FRONT))
    ]
    desk.photos.enter_in_error(made[2].id, 1, "Not sharp")
    return made[:2]


def leave(desk, patient, folder, form=ExportFormat.JSON, **others):
    job = desk.exports.plan_patient(patient.id, form, PASSWORD, **others)
    left = write_out(job, folder, Event(), nothing)
    desk.exports.end(job, ExportEnd.WRITTEN, left.done)
    return left


def packed(left):
    with zipfile.ZipFile(left.photographs) as found:
        assert found.testzip() is None
        return {name: found.read(name) for name in found.namelist()}


@pytest.mark.parametrize("form", ExportFormat)
def test_the_files_lie_beside_the_record_as_they_were_kept(desk, patient, kept, tmp_path, form):
    left = leave(desk, patient, tmp_path, form)
    assert left.photographs.name == "mesodesk-00001-2026-03-10-photographs.zip"
    files = packed(left)
    names = [photo_name(each) for each in kept]
    assert names[0] == f"mesodesk-photo-2026-03-09-abdomen-front-{kept[0].id.hex[-6:]}.jpg"
    assert {*files} == {*names, "photographs.csv", "READ-ME.txt"}
    for each, name in zip(kept, names, strict=True):
        assert files[name] == desk.photos.picture(each.id).data
        assert not any(secret in files[name] for secret in SECRETS)
    rows = [*csv.DictReader(io.StringIO(files["photographs.csv"].decode("utf-8-sig")))]
    assert [row["file"] for row in rows] == [names[1], names[0]], "the first day first"
    assert rows[1]["note"] == "'=Standing"
    assert rows[1]["view"] == "Abdomen · Front"
    assert photographs_words(left) == f"2 photographs are in {left.photographs.name}."
    assert (left.done.photographs, left.done.photographs_lost) == (2, 0)


def test_each_is_on_the_log_before_it_leaves(desk, patient, kept, tmp_path):
    leave(desk, patient, tmp_path)
    entries = desk.audit_log.page(LogQuery()).entries
    exported = [each.object_id for each in entries if each.action == "photo.export"]
    assert {*exported} == {each.id for each in kept}
    (end,) = [each for each in entries if each.action == "patient.export_end"]
    assert end.details["photographs"] == 2


def test_after_a_withdrawal_none_leaves_and_it_is_said(desk, patient, consent, kept, tmp_path):
    desk.consents.withdraw(consent.id, WithdrawalScope.RECORD, "Asked so", date(2026, 3, 10))
    left = leave(desk, patient, tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [left.path.name]
    said = photographs_words(left)
    assert said.startswith("2 photographs are left out. The patient took back the consent")
    head = json.loads(left.path.read_text("utf-8"))
    assert (head["photographs"], head["photographs_stay"]) == (0, 2)
    assert "took back the consent" in head["photographs_why"]


def test_a_record_without_photographs_is_one_file(desk, patient, tmp_path):
    left = leave(desk, patient, tmp_path)
    assert left.photographs is None
    assert photographs_words(left) == ""


def test_one_whose_file_is_lost_is_named_and_the_others_leave(desk, patient, kept, tmp_path):
    PhotoFiles(desk.store.vault.paths.photos).path(kept[0].id).unlink()
    left = leave(desk, patient, tmp_path)
    files = packed(left)
    assert photo_name(kept[0]) not in files
    assert photo_name(kept[0]) in files["READ-ME.txt"].decode()
    assert "The file of 1 photograph is missing or damaged" in photographs_words(left)


def test_what_is_printed_takes_no_files_along_and_names_them(desk, patient, kept, tmp_path):
    job = desk.exports.plan_patient(patient.id, ExportFormat.PDF, PASSWORD, photographs=False)
    left = write_out(job, tmp_path, Event(), nothing)
    assert left.photographs is None
    (record,) = records(job, Event(), nothing)
    text = "".join("".join(read_pdf(record_pdf(record)).pages).split())
    for each in kept:
        assert photo_name(each) in text


@pytest.mark.parametrize("which", ["record", "photographs"])
def test_what_is_there_is_left_as_it_is_and_nothing_is_added(desk, patient, kept, tmp_path, which):
    name = "mesodesk-00001-2026-03-10"
    there = tmp_path / (f"{name}.json" if which == "record" else f"{name}-photographs.zip")
    there.write_bytes(b"mine")
    job = desk.exports.plan_patient(patient.id, ExportFormat.JSON, PASSWORD)
    with pytest.raises(Exception, match="left as it is"):
        write_out(job, tmp_path, Event(), nothing)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [there.name]
    assert there.read_bytes() == b"mine"
    write_out(job, tmp_path, Event(), nothing, overwrite=True)
    assert there.read_bytes() != b"mine"


@pytest.mark.parametrize("after", [1, 4])
def test_a_stop_leaves_nothing_behind(desk, patient, kept, tmp_path, after):
    class Stop(Event):
        asked = 0

        def is_set(self):
            self.asked += 1
            return self.asked > after

    job = desk.exports.plan_patient(patient.id, ExportFormat.JSON, PASSWORD)
    with pytest.raises(ExportStoppedError):
        write_out(job, tmp_path, Stop(), nothing)
    assert not [path for path in tmp_path.iterdir() if path.is_file()]
