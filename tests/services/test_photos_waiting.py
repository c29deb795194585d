"""Photographs that wait: encrypted, through a restart, for whoever brought them alone."""

from datetime import date

import pytest
from colleagues import PASSWORD, let_work
from consenting import agree_to_photos
from pictures import SECRETS, a_jpeg

from mesodesk.db.errors import StorageUnavailable
from mesodesk.domain.answers import Answer
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.records.photo import PhotoFields
from mesodesk.imaging.reading import prepared
from mesodesk.services import photo_waiting
from mesodesk.services.desk import open_desk
from mesodesk.services.errors import RefusedError
from mesodesk.vault import photo_files
from mesodesk.vault.photo_files import PhotoFiles
from mesodesk.vault.set_aside import carry
from mesodesk.vault.vault import open_vault

FRONT = PhotoFields("abdomen", "front", date(2026, 3, 9))
BROUGHT = prepared(a_jpeg(seed=1))


def folder_of(desk):
    return desk.store.vault.paths.photos_waiting


@pytest.fixture
def agreed(desk, patient):
    agree_to_photos(desk, patient.id, {PhotoPurpose.RECORD: Answer.YES})
    return patient


def test_what_waits_is_there_again_after_a_restart(desk, agreed, open_again):
    first = desk.photos_waiting.put(agreed.id, "IMG_1.jpg", BROUGHT)
    second = desk.photos_waiting.put(agreed.id, "IMG_2.jpg", prepared(a_jpeg(seed=2)))
    desk.close()
    found = open_again().photos_waiting.of_patient(agreed.id)
    assert [(each.id, each.name) for each in found.waiting] == [
        (first, "IMG_1.jpg"),
        (second, "IMG_2.jpg"),
    ]
    assert found.waiting[0].prepared == BROUGHT
    assert not found.lost


def test_nothing_of_it_lies_in_clear(desk, agreed):
    desk.photos_waiting.put(agreed.id, "Ferrand before.jpg", BROUGHT)
    data = BROUGHT.data
    pieces = [data[start : start + 24] for start in range(0, len(data) - 24, 97)]
    secret = (*pieces, *SECRETS, b"Ferrand before")
    on_disk = [each.read_bytes() for each in desk.store.vault.folder.rglob("*") if each.is_file()]
    assert not any(piece in each for each in on_disk for piece in secret)


def test_nobody_else_is_offered_it(desk, agreed, vault_folder, clock, open_again):
    waited = desk.photos_waiting.put(agreed.id, "IMG_1.jpg", BROUGHT)
    let_work(desk)
    desk.close()
    other = open_desk(open_vault(vault_folder, password=PASSWORD, clock=clock), clock)
    assert other.photos_waiting.of_patient(agreed.id).waiting == ()
    other.photos_waiting.discard(agreed.id, waited)
    other.close()
    assert len(open_again().photos_waiting.of_patient(agreed.id).waiting) == 1


def test_it_belongs_to_its_patient(desk, agreed, typed_patient):
    desk.photos_waiting.put(agreed.id, "IMG_1.jpg", BROUGHT)
    other = desk.patients.create(typed_patient("Ferrand", "Ana"))
    assert desk.photos_waiting.of_patient(other.id).waiting == ()


def test_what_is_kept_waits_no_more(desk, agreed, open_again):
    waited = desk.photos_waiting.put(agreed.id, "IMG_1.jpg", BROUGHT)
    desk.photos.keep(agreed.id, BROUGHT, FRONT, waited)
    assert desk.photos_waiting.of_patient(agreed.id).waiting == ()
    assert not [*folder_of(desk).iterdir()]
    assert desk.drafts.all_mine() == ()


def test_one_that_cannot_be_kept_goes_on_waiting(desk, patient):
    waited = desk.photos_waiting.put(patient.id, "IMG_1.jpg", BROUGHT)
    with pytest.raises(RefusedError, match="was not asked"):
        desk.photos.keep(patient.id, BROUGHT, FRONT, waited)
    assert [each.id for each in desk.photos_waiting.of_patient(patient.id).waiting] == [waited]


def test_one_that_is_left_out_is_gone_with_its_key(desk, agreed):
    waited = desk.photos_waiting.put(agreed.id, "IMG_1.jpg", BROUGHT)
    desk.photos_waiting.discard(agreed.id, waited)
    desk.photos_waiting.discard(agreed.id, waited)
    assert not [*folder_of(desk).iterdir()]
    assert desk.drafts.all_mine() == ()


def test_no_more_than_is_said_waits_for_one_person(desk, agreed, monkeypatch):
    size = photo_files.seal(agreed.id, BROUGHT.data).size
    monkeypatch.setattr(photo_waiting, "_MEGA", size * 2 / photo_waiting.MOST_WAITING_MB)
    for _ in range(2):
        desk.photos_waiting.put(agreed.id, "IMG.jpg", BROUGHT)
    with pytest.raises(RefusedError, match=r"256 MB.*in memory only"):
        desk.photos_waiting.put(agreed.id, "IMG.jpg", BROUGHT)
    assert len([*folder_of(desk).iterdir()]) == 2


def test_a_full_disk_sets_nothing_aside(desk, agreed, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(photo_files.os, "fsync", full)
    with pytest.raises(StorageUnavailable):
        desk.photos_waiting.put(agreed.id, "IMG_1.jpg", BROUGHT)
    monkeypatch.undo()
    assert not [*folder_of(desk).iterdir()]
    assert desk.photos_waiting.of_patient(agreed.id).waiting == ()


def stopped(*_arguments):
    raise KeyboardInterrupt


def test_cut_before_the_draft_nothing_is_left(desk, agreed, open_again, monkeypatch):
    monkeypatch.setattr(desk.store.vault, "check_in_place", stopped)
    with pytest.raises(KeyboardInterrupt):
        desk.photos_waiting.put(agreed.id, "IMG_1.jpg", BROUGHT)
    assert len([*folder_of(desk).iterdir()]) == 1
    desk.close()
    assert not [*folder_of(open_again()).iterdir()]


def test_cut_after_the_draft_it_waits(desk, agreed, open_again, monkeypatch):
    monkeypatch.setattr(PhotoFiles, "settle", stopped)
    with pytest.raises(KeyboardInterrupt):
        desk.photos_waiting.put(agreed.id, "IMG_1.jpg", BROUGHT)
    monkeypatch.undo()
    desk.close()
    (found,) = open_again().photos_waiting.of_patient(agreed.id).waiting
    assert found.prepared == BROUGHT


def test_cut_after_it_was_kept_its_file_goes(desk, agreed, open_again, monkeypatch):
    waited = desk.photos_waiting.put(agreed.id, "IMG_1.jpg", BROUGHT)
    monkeypatch.setattr(PhotoFiles, "remove", stopped)
    with pytest.raises(KeyboardInterrupt):
        desk.photos.keep(agreed.id, BROUGHT, FRONT, waited)
    monkeypatch.undo()
    desk.close()
    again = open_again()
    assert not [*folder_of(again).iterdir()]
    assert len(again.photos.for_patient(agreed.id).photos) == 1
    assert again.checks.check_all() == []


@pytest.mark.parametrize("harm", ["gone", "altered"])
def test_one_whose_file_is_lost_is_named_once(desk, agreed, harm):
    waited = desk.photos_waiting.put(agreed.id, "IMG_1.jpg", BROUGHT)
    path = PhotoFiles(folder_of(desk)).path(waited)
    path.write_bytes(path.read_bytes()[:-1] + b"?") if harm == "altered" else path.unlink()
    found = desk.photos_waiting.of_patient(agreed.id)
    assert (found.waiting, found.lost) == ((), ("IMG_1.jpg",))
    assert desk.photos_waiting.of_patient(agreed.id).lost == ()


def test_a_vault_that_takes_the_place_of_another_has_what_waits(desk, agreed, tmp_path):
    waited = desk.photos_waiting.put(agreed.id, "IMG_1.jpg", BROUGHT)
    there = tmp_path / "there"
    there.mkdir()
    carry(desk.store.vault.folder, there)
    (found,) = (there / "photos-waiting").iterdir()
    assert found.read_bytes() == PhotoFiles(folder_of(desk)).path(waited).read_bytes()
