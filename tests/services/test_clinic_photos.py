"""Photographs leave with a whole clinic: as agreed to, one at a time, and each is accounted for."""

import csv
import errno
import io
import json
import sys
import tempfile
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest
from consenting import agree_to_photos
from pictures import SECRETS, a_jpeg, a_png

from mesodesk import leaving
from mesodesk.documents import new_file
from mesodesk.documents.new_file import DocumentError, FileExistsAlreadyError
from mesodesk.documents.photo_zip import photo_name
from mesodesk.domain.answers import Answer
from mesodesk.domain.records.audit import LogQuery
from mesodesk.domain.records.consent import PhotoPurpose, WithdrawalScope
from mesodesk.domain.records.export import ExportEnd, ExportFormat, PhotoStays
from mesodesk.domain.records.photo import PhotoFields
from mesodesk.imaging.reading import prepared
from mesodesk.leaving import write_out
from mesodesk.services import photo_rows
from mesodesk.services.export_work import ExportStoppedError
from mesodesk.ui.export_words import photographs_words
from mesodesk.vault.photo_files import PhotoFiles

PASSWORD = "plain tea in the morning"
NAME = "mesodesk-clinic-2026-03-10"
DAY = date(2026, 3, 9)
FRONT = PhotoFields("abdomen", "front", DAY, note="=Standing")
LEFT = PhotoFields("abdomen", "left", date(2026, 3, 8))
YES = {PhotoPurpose.RECORD: Answer.YES, PhotoPurpose.TEACHING: Answer.YES}
NO = {PhotoPurpose.RECORD: Answer.NO}


def nothing(_done, _all):
    return None


@dataclass
class Clinic:
    """Two patients with photographs, and what was brought of them, by id of the photograph."""

    first: object
    second: object
    consents: list = field(default_factory=list)
    photos: list = field(default_factory=list)
    brought: dict = field(default_factory=dict)

    def keep(self, desk, patient, data, fields):
        ready = prepared(data)
        kept = desk.photos.keep(patient.id, ready, fields)
        self.photos.append(kept)
        self.brought[kept.id] = ready.data
        return kept


@pytest.fixture
def clinic(desk, patient, typed_patient):
    """Three pictures, JPEG and PNG, of two patients; a third patient has none."""
    second = desk.patients.create(typed_patient("Weiss", "Anna", date(1970, 1, 2)))
    desk.patients.create(typed_patient("Nemo", "Nina", date(1971, 2, 3)))
    made = Clinic(patient, second)
    made.consents = [agree_to_photos(desk, each.id, YES) for each in (patient, second)]
    made.keep(desk, patient, a_jpeg(), FRONT)
    made.keep(desk, patient, a_png(), LEFT)
    made.keep(desk, second, a_jpeg(seed=3), FRONT)
    return made


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def planned(desk, form=ExportFormat.JSON):
    return desk.exports.plan_clinic(form, PASSWORD)


def leave(desk, folder, form=ExportFormat.JSON, tell=nothing, **others):
    job = planned(desk, form)
    left = write_out(job, folder, Event(), tell, **others)
    desk.exports.end(job, ExportEnd.WRITTEN, left.done)
    return left


def packed(left):
    with zipfile.ZipFile(left.photographs) as found:
        assert found.testzip() is None
        assert len({*found.namelist()}) == len(found.namelist())
        return {name: found.read(name) for name in found.namelist()}


def listed(files):
    rows = csv.DictReader(io.StringIO(files["photographs.csv"].decode("utf-8-sig")))
    return {row["photo_id"]: row for row in rows}


def name_of(photo, patient):
    return f"{patient.record_number}/{photo_name(photo)}"


def ends(desk):
    entries = desk.audit_log.page(LogQuery()).entries
    return [each.details for each in entries if each.action == "clinic.export_end"]


# What leaves


@pytest.mark.parametrize("form", ExportFormat)
def test_each_file_is_the_picture_as_it_was_kept(desk, clinic, out, form):
    left = leave(desk, out, form)
    assert left.photographs.name.startswith(NAME)
    assert left.photographs.name.endswith("-photographs.zip")
    assert {each.name for each in out.iterdir()} == {left.path.name, left.photographs.name}
    files = packed(left)
    front, side, other = clinic.photos
    names = {
        front.id: f"00001/mesodesk-photo-2026-03-09-abdomen-front-{front.id.hex[-6:]}.jpg",
        side.id: f"00001/mesodesk-photo-2026-03-08-abdomen-left-{side.id.hex[-6:]}.png",
        other.id: f"00002/mesodesk-photo-2026-03-09-abdomen-front-{other.id.hex[-6:]}.jpg",
    }
    assert {*files} == {*names.values(), "photographs.csv", "READ-ME.txt"}
    for photo_id, name in names.items():
        assert files[name] == clinic.brought[photo_id]
        assert not any(secret in files[name] for secret in SECRETS)
    assert (left.done.photographs, left.done.photographs_lost) == (3, 0)
    assert photographs_words(left) == f"3 photographs are in {left.photographs.name}."


def test_the_list_ties_each_file_to_its_row(desk, clinic, out):
    left = leave(desk, out)
    told = json.loads(left.path.read_bytes())
    rows = listed(packed(left))
    assert rows.keys() == {row["id"] for row in told["tables"]["photo"]}
    numbers = {row["id"]: row["record_number"] for row in told["tables"]["patient"]}
    for row in told["tables"]["photo"]:
        line = rows[row["id"]]
        assert line["sha256"] == row["stored_sha256"]
        assert line["record_number"] == numbers[row["patient_id"]]
        assert line["file"].startswith(f"{line['record_number']}/")
        assert (line["taken_on"], line["not_here"]) == (row["taken_on"], "")
    front = rows[str(clinic.photos[0].id)]
    assert (front["note"], front["view"]) == ("'=Standing", "Abdomen · Front")
    assert [told[each] for each in ("photographs", "photographs_lost", "photographs_stay")] == [
        3,
        0,
        0,
    ]


def test_the_head_of_the_tables_in_csv_counts_them_too(desk, clinic, out):
    desk.photos.enter_in_error(clinic.photos[0].id, 1, "Not sharp")
    with zipfile.ZipFile(leave(desk, out, ExportFormat.CSV).path) as tables:
        head = json.loads(tables.read("head.json"))
    assert (head["photographs"], head["photographs_stay"]) == (2, 1)
    assert head["photographs_why"] == "Entered in error: 1."


def test_a_clinic_without_photographs_is_one_file(desk, patient, out):
    left = leave(desk, out)
    assert left.photographs is None
    assert photographs_words(left) == ""
    assert [each.name for each in out.iterdir()] == [f"{NAME}.json"]
    assert "photographs" not in ends(desk)[-1]


# What stays


@pytest.mark.parametrize(
    ("scope", "stays"), [(WithdrawalScope.RECORD, True), (WithdrawalScope.TEACHING, False)]
)
def test_a_withdrawal_keeps_them_and_is_told(desk, clinic, out, scope, stays):
    desk.consents.withdraw(clinic.consents[0].id, scope, "Asked so", date(2026, 3, 10))
    left = leave(desk, out)
    files = packed(left)
    assert (name_of(clinic.photos[0], clinic.first) in files) is not stays
    assert name_of(clinic.photos[2], clinic.second) in files
    assert left.done.photographs_stay == ({PhotoStays.WITHDRAWN: 2} if stays else {})
    if stays:
        why = "Consent to photographs for the record taken back: 2."
        assert photographs_words(left).endswith(f"2 photographs are left out. {why}")
        assert why in files["READ-ME.txt"].decode()
        assert json.loads(left.path.read_bytes())["photographs_why"] == why
        line = listed(files)[str(clinic.photos[0].id)]
        assert line["file"] == line["note"] == ""
        assert "took back the consent" in line["not_here"]


def test_what_stays_is_counted_by_reason_on_the_log(desk, clinic, out):
    agree_to_photos(desk, clinic.first.id, NO)
    desk.photos.enter_in_error(clinic.photos[1].id, 1, "Not sharp")
    left = leave(desk, out)
    assert left.done.photographs_stay == {PhotoStays.REFUSED: 1, PhotoStays.IN_ERROR: 1}
    end = ends(desk)[-1]
    assert (end["photographs"], end["ended"]) == (1, "written")
    assert end["photographs_stay"] == {"refused": 1, "in_error": 1}
    assert "photographs_lost" not in end
    lines = listed(packed(left))
    assert lines[str(clinic.photos[1].id)]["not_here"] == "It was entered in error."
    assert lines[str(clinic.photos[0].id)]["not_here"].startswith("The patient said no")


def test_restricted_records_keep_theirs_and_are_only_counted(desk, clinic, colleague, out):
    desk.restricted.restrict(clinic.first.id, "A neighbour", (colleague,))
    left = leave(desk, out)
    files = packed(left)
    assert not any(name.startswith("00001") for name in files)
    assert {*listed(files)} == {str(clinic.photos[2].id)}
    assert left.done.photographs_stay == {PhotoStays.RESTRICTED: 2}
    assert "In records restricted to others: 2." in photographs_words(left)
    assert ends(desk)[-1]["photographs_stay"] == {"restricted": 2}
    rows = json.loads(left.path.read_bytes())["tables"]["photo"]
    assert [row["id"] for row in rows] == [str(clinic.photos[2].id)]


def test_where_all_records_with_photographs_are_restricted_it_is_said(desk, clinic, colleague, out):
    for each in (clinic.first, clinic.second):
        desk.restricted.restrict(each.id, "A neighbour", (colleague,))
    left = leave(desk, out)
    assert left.photographs is None
    assert left.done.photographs_stay == {PhotoStays.RESTRICTED: 3}
    assert photographs_words(left).startswith("3 photographs are left out.")
    assert json.loads(left.path.read_bytes())["photographs_stay"] == 3


def test_a_withdrawal_counts_while_the_export_goes_on(desk, clinic, out):
    taken_back = []

    def withdraws(_done, _all):
        if not taken_back:
            consent = clinic.consents[1].id
            day = date(2026, 3, 10)
            taken_back.append(desk.consents.withdraw(consent, WithdrawalScope.ALL, "So", day))

    left = leave(desk, out, tell=withdraws)
    assert taken_back
    assert left.done.photographs_stay == {PhotoStays.WITHDRAWN: 1}
    assert name_of(clinic.photos[2], clinic.second) not in packed(left)


# Damage


@pytest.mark.parametrize("how", ["altered", "shorter", "missing"])
def test_a_damaged_file_is_named_and_the_others_leave(desk, clinic, out, how):
    hurt = clinic.photos[0]
    path = PhotoFiles(desk.store.vault.paths.photos).path(hurt.id)
    whole = path.read_bytes()
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1] if how == "altered" else []))
    left = leave(desk, out)
    files, name = packed(left), name_of(hurt, clinic.first)
    assert name not in files
    assert files[name_of(clinic.photos[1], clinic.first)] == clinic.brought[clinic.photos[1].id]
    assert name in files["READ-ME.txt"].decode()
    assert listed(files)[str(hurt.id)]["not_here"] == "Its file is missing or damaged."
    assert (left.done.photographs, left.done.photographs_lost) == (2, 1)
    assert "The file of 1 photograph is missing or damaged" in photographs_words(left)
    assert ends(desk)[-1]["photographs_lost"] == 1
    head = json.loads(left.path.read_bytes())
    assert (head["photographs"], head["photographs_lost"]) == (2, 1)


# One at a time, and nothing left behind


def test_one_picture_is_in_memory_at_a_time(desk, clinic, out, monkeypatch):
    steps = []
    unseal, write = photo_rows.unseal, zipfile.ZipFile.writestr

    def unseals(*given):
        steps.append("read")
        return unseal(*given)

    def writes(self, name, data, *others):
        steps.append("written" if str(name).endswith((".jpg", ".png")) else "listed")
        return write(self, name, data, *others)

    monkeypatch.setattr(photo_rows, "unseal", unseals)
    monkeypatch.setattr(zipfile.ZipFile, "writestr", writes)
    leave(desk, out)
    assert steps == [*["read", "written"] * 3, "listed", "listed"]


@pytest.mark.parametrize("form", ExportFormat)
def test_the_way_to_go_counts_pictures_and_records(desk, clinic, out, form):
    told = []
    leave(desk, out, form, tell=lambda done, total: told.append((done, total)))
    shares = [done / total for done, total in told]
    assert shares == sorted(shares)
    assert len([each for each in told if each[0] in (500, 1000, 1500)]) >= 3, "each picture"
    assert shares[-1] == 1


class StopAfter(Event):
    """Set when it was asked so often."""

    def __init__(self, times):
        super().__init__()
        self.left = times

    def is_set(self):
        self.left -= 1
        return self.left < 0


@pytest.mark.parametrize("after", range(7))
@pytest.mark.parametrize("form", ExportFormat)
def test_a_stop_leaves_nothing_behind(desk, clinic, out, form, after):
    with pytest.raises(ExportStoppedError):
        write_out(planned(desk, form), out, StopAfter(after), nothing)
    assert list(out.iterdir()) == []


class FullDisk:
    """A file on a disk that takes so many bytes."""

    def __init__(self, file, room):
        self._file, self._room = file, room

    def write(self, data):
        self._room -= len(data)
        if self._room < 0:
            raise OSError(errno.ENOSPC, "full")
        return self._file.write(data)

    def __getattr__(self, name):
        return getattr(self._file, name)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._file.close()


@pytest.mark.parametrize("room", [0, 600, 2_500, 4_000])
@pytest.mark.parametrize("which", ["photographs", "records"])
def test_a_full_disk_leaves_nothing_behind(desk, clinic, out, monkeypatch, room, which):
    opens, number = new_file._private, Counter()

    def opens_full(part):
        number["opened"] += 1
        is_it = number["opened"] == (1 if which == "photographs" else 2)
        return FullDisk(opens(part), room) if is_it else opens(part)

    monkeypatch.setattr(new_file, "_private", opens_full)
    with pytest.raises(DocumentError, match="no room"):
        write_out(planned(desk), out, Event(), nothing)
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("ending", [".json", "-photographs.zip"])
def test_what_is_there_is_replaced_only_when_asked(desk, clinic, out, ending):
    there = out / f"{NAME}{ending}"
    there.write_bytes(b"mine")
    with pytest.raises(FileExistsAlreadyError):
        write_out(planned(desk), out, Event(), nothing)
    assert [(each.name, each.read_bytes()) for each in out.iterdir()] == [(there.name, b"mine")]
    left = leave(desk, out, overwrite=True)
    assert there.read_bytes() != b"mine"
    assert len(packed(left)) == 5


def test_a_replacing_that_fails_leaves_what_was_there(desk, clinic, out, monkeypatch):
    left = leave(desk, out)
    before = {each.name: each.read_bytes() for each in out.iterdir()}

    def fails(*_any):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(leaving, "write_tables", fails)
    with pytest.raises(DocumentError):
        write_out(planned(desk), out, Event(), nothing, overwrite=True)
    assert {each.name: each.read_bytes() for each in out.iterdir()} == before
    assert left.path.name in before


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """Notes every file that is opened to be written while `on`."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    watch = SimpleNamespace(on=False, written=set(), place=place)

    def hears(event, given):
        if watch.on and event == "open" and isinstance(given[0], str | bytes | Path):
            path, mode, flags = given
            if "w" in str(mode) or "x" in str(mode) or "a" in str(mode) or flags & 3:
                watch.written.add(Path(str(path)))

    sys.addaudithook(hears)
    yield watch
    watch.on = False


@pytest.mark.parametrize("after", [4, 1000])
def test_no_picture_lies_in_clear_but_where_it_was_sent(
    desk, clinic, out, tmp_path, watched, after
):
    watched.on = True
    try:
        write_out(planned(desk), out, StopAfter(after), nothing)
    except ExportStoppedError:
        assert after == 4
    watched.on = False
    parts = [each for each in watched.written if each.name.endswith(".mesodesk-part")]
    assert parts, "the watch hears"
    assert {each.parent for each in parts} == {out}
    assert not [each for each in watched.written if tempfile.tempdir in str(each)]
    pieces = [data[-60:] for data in clinic.brought.values()]
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.parent != out:
            held = path.read_bytes()
            assert not any(piece in held for piece in pieces), path
    assert len(list(out.iterdir())) == (0 if after == 4 else 2)


@pytest.mark.parametrize("form", ExportFormat)
def test_records_do_not_lie_there_alone(desk, clinic, out, form):
    """Somebody else takes the name of the ZIP while the records are being written."""
    taken = []

    def takes(done, _all):
        if done > 500 * len(clinic.photos) and not taken:
            (part,) = out.glob(".*photographs.zip*")
            taken.append(out / f"{part.name[1:].split('.')[0]}.zip")
            taken[0].write_bytes(b"mine")

    with pytest.raises(FileExistsAlreadyError):
        write_out(planned(desk, form), out, Event(), takes)
    assert [each.name for each in out.iterdir()] == [taken[0].name]
    assert taken[0].read_bytes() == b"mine"
