"""Photographs: kept encrypted beside the database, used only where the patient agreed to that."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from consenting import agree_to_photos
from pictures import SECRETS, a_jpeg
from tampering import behind_our_back

from mesodesk.db.errors import StorageTrouble, StorageUnavailable
from mesodesk.domain.alignment import Alignment, Place
from mesodesk.domain.answers import Answer
from mesodesk.domain.records.audit import LogQuery
from mesodesk.domain.records.consent import PhotoPurpose, WithdrawalScope
from mesodesk.domain.records.photo import MarkFields, MarkKind, PhotoFields
from mesodesk.domain.rights import Right
from mesodesk.imaging.reading import prepared
from mesodesk.services.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from mesodesk.vault import photo_files
from mesodesk.vault.photo_files import (
    PhotoFileAlteredError,
    PhotoFileMissingError,
    PhotoFiles,
)

RECORD, TEACHING, PUBLICITY = PhotoPurpose
FRONT = PhotoFields("abdomen", "front", date(2026, 3, 9))
ALL_YES = dict.fromkeys(PhotoPurpose, Answer.YES)
PIXELS = a_jpeg()


@pytest.fixture
def agreed(desk, patient):
    """The patient, who agreed to photographs for the record and for teaching."""
    decided = {RECORD: Answer.YES, TEACHING: Answer.YES, PUBLICITY: Answer.NO}
    agree_to_photos(desk, patient.id, decided)
    return patient


def kept(desk, patient, fields=FRONT, seed=0):
    return desk.photos.keep(patient.id, prepared(a_jpeg(seed=seed)), fields)


def files_of(desk):
    return PhotoFiles(desk.store.vault.paths.photos)


def test_keeps_a_photograph_through_a_restart(desk, agreed, open_again):
    brought = prepared(PIXELS)
    record = desk.photos.keep(agreed.id, brought, replace(FRONT, note="Standing"))
    desk.close()
    again = open_again()
    found = again.photos.for_patient(agreed.id)
    assert found.photos == (record,)
    assert record.fields == replace(FRONT, note="Standing")
    assert record.received_sha256 == hashlib.sha256(PIXELS).digest()
    assert record.stored_sha256 == hashlib.sha256(brought.data).digest()
    assert found.thumbnails == {record.id: brought.thumbnail}
    assert again.photos.picture(record.id).data == brought.data


def test_nothing_of_it_lies_in_clear(desk, agreed):
    record = kept(desk, agreed)
    picture = desk.photos.picture(record.id).data
    on_disk = [each.read_bytes() for each in desk.store.vault.folder.rglob("*") if each.is_file()]
    pieces = [picture[start : start + 24] for start in range(0, len(picture) - 24, 97)]
    assert not any(piece in each for each in on_disk for piece in (*pieces, *SECRETS))
    assert [each.name for each in files_of(desk).folder.iterdir()] == [f"{record.id.hex}.mesophoto"]


def test_each_file_has_a_key_of_its_own_and_opens_for_its_photograph_only(desk, agreed):
    first, second = kept(desk, agreed, seed=1), kept(desk, agreed, seed=2)
    files = files_of(desk)
    one, other = files.path(first.id).read_bytes(), files.path(second.id).read_bytes()
    files.path(first.id).write_bytes(other)
    files.path(second.id).write_bytes(one)
    for record in (first, second):
        with pytest.raises(PhotoFileAlteredError):
            desk.photos.picture(record.id)


@pytest.mark.parametrize(
    ("photos", "sentence"),
    [
        ({}, "was not asked about photographs for the record"),
        ({RECORD: Answer.NO}, "said no to photographs for the record"),
    ],
)
def test_keeps_none_without_a_yes(desk, patient, photos, sentence):
    agree_to_photos(desk, patient.id, photos)
    with pytest.raises(RefusedError, match=f"{sentence}.*Nothing was kept"):
        kept(desk, patient)
    assert not [*files_of(desk).folder.glob("*")]


def test_a_purpose_that_was_not_agreed_to_cannot_be_given(desk, agreed):
    with pytest.raises(RefusedError, match="said no to photographs for publicity"):
        kept(desk, agreed, replace(FRONT, purposes=frozenset({RECORD, PUBLICITY})))
    record = kept(desk, agreed)
    with pytest.raises(RefusedError, match="publicity"):
        desk.photos.update(record.id, 1, replace(FRONT, purposes=frozenset({RECORD, PUBLICITY})))


USES = ("export", "show", "print_out")


@pytest.mark.parametrize("use", USES)
def test_leaves_for_what_it_was_taken_and_agreed_for(desk, agreed, use):
    record = kept(desk, agreed, replace(FRONT, purposes=frozenset({RECORD, TEACHING})))
    (found,) = getattr(desk.photos, use)((record.id,), TEACHING)
    assert found.data == prepared(PIXELS).data


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize(
    ("purpose", "sentence"),
    [(TEACHING, "was not taken for teaching"), (PUBLICITY, "said no to photographs for publicity")],
)
def test_leaves_for_nothing_else(desk, agreed, use, purpose, sentence):
    record = kept(desk, agreed)
    with pytest.raises(RefusedError, match=f"{sentence}.*Nothing was shown or written"):
        getattr(desk.photos, use)((record.id,), purpose)


@pytest.mark.parametrize("use", USES)
def test_a_withdrawal_takes_effect_at_once(desk, patient, use):
    consent = agree_to_photos(desk, patient.id, ALL_YES)
    record = kept(desk, patient, replace(FRONT, purposes=frozenset(PhotoPurpose)))
    desk.consents.withdraw(consent.id, WithdrawalScope.TEACHING, "Asked so", date(2026, 3, 10))
    with pytest.raises(RefusedError, match="took back the consent to photographs for teaching"):
        getattr(desk.photos, use)((record.id,), TEACHING)
    assert getattr(desk.photos, use)((record.id,), PUBLICITY)
    assert desk.photos.picture(record.id).data, "the treatment itself still sees it"


def test_every_look_and_every_use_is_kept(desk, agreed):
    record = kept(desk, agreed)
    desk.photos.picture(record.id)
    desk.photos.export((record.id,), RECORD)
    desk.photos.print_out((record.id,), RECORD)
    with desk.store.read(Right.RECORD_READ) as tx:
        told = tx.connection.exec_driver_sql(
            "SELECT action FROM audit_entry WHERE object_type = 'photo' ORDER BY seq"
        ).scalars()
        assert [*told] == ["photo.keep", "photo.view", "photo.export", "photo.print"]


def test_the_same_picture_is_not_kept_twice(desk, agreed):
    kept(desk, agreed)
    with pytest.raises(RefusedError, match="on record already: Abdomen · Front, 2026-03-09"):
        kept(desk, agreed, replace(FRONT, angle="left"))
    assert len([*files_of(desk).folder.iterdir()]) == 1


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        (replace(FRONT, area="moon"), "area"),
        (replace(FRONT, angle="moon"), "angle"),
        (replace(FRONT, taken_on=date(2026, 3, 11)), "taken_on"),
        (replace(FRONT, taken_on=date(1826, 3, 11)), "taken_on"),
    ],
)
def test_refuses_what_cannot_be(desk, agreed, fields, place):
    with pytest.raises(InvalidError) as caught:
        kept(desk, agreed, fields)
    assert [each.place for each in caught.value.problems] == [place]
    assert not [*files_of(desk).folder.glob("*")]


def test_what_is_said_of_it_can_be_put_right_and_the_picture_cannot(desk, agreed):
    record = kept(desk, agreed)
    better = desk.photos.update(record.id, record.version, replace(FRONT, angle="left", note="Lit"))
    assert (better.version, better.fields.view) == (2, "abdomen.left")
    with pytest.raises(ConflictError):
        desk.photos.update(record.id, record.version, FRONT)
    with pytest.raises(Exception, match="stays on record as it was kept"):
        with desk.store.vault.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE photo SET stored_size = 1")


def test_what_was_said_before_stays_with_who_put_it_right_and_when(desk, agreed, open_again):
    record = kept(desk, agreed, replace(FRONT, note="Standing"))
    file = files_of(desk).path(record.id).read_bytes()
    taught = replace(FRONT, purposes=frozenset({RECORD, TEACHING}), note="Sitting")
    second = desk.photos.update(record.id, 1, taught)
    other_day = replace(taught, area="thighs", taken_on=date(2026, 3, 8))
    desk.photos.update(record.id, second.version, other_day)
    desk.close()
    again = open_again()
    said = again.photos.before(record.id)
    assert [(each.version, each.fields) for each in said] == [
        (2, taught),
        (1, replace(FRONT, note="Standing")),
    ]
    assert {each.changed_by for each in said} == {again.user.name}
    assert files_of(again).path(record.id).read_bytes() == file
    with pytest.raises(Exception, match="photo_before is append-only"):
        with again.store.vault.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM photo_before")
    entries = again.audit_log.page(LogQuery()).entries
    changed = [each for each in entries if each.action == "photo.update"]
    assert [set(each.details["fields"]) for each in changed] == [
        {"area", "taken_on"},
        {"purposes", "note"},
    ]


def test_a_change_of_nothing_is_none(desk, agreed):
    record = kept(desk, agreed)
    assert desk.photos.update(record.id, 1, FRONT).version == 1
    assert desk.photos.before(record.id) == ()


def test_one_entered_in_error_stays_and_is_used_no_more(desk, agreed):
    record = kept(desk, agreed)
    struck = desk.photos.enter_in_error(record.id, 1, "Another patient's")
    assert struck.is_struck
    assert desk.photos.for_patient(agreed.id).standing == ()
    with pytest.raises(RefusedError, match="entered in error"):
        desk.photos.export((record.id,), RECORD)
    with pytest.raises(ConflictError):
        desk.photos.enter_in_error(record.id, struck.version, "Again")
    kept(desk, agreed)  # the same picture may come back to its own place


def test_marks_are_a_layer_of_their_own(desk, agreed):
    record = kept(desk, agreed)
    before = desk.photos.picture(record.id).data
    arrow = MarkFields(MarkKind.ARROW, Place(0.1, 0.2), Place(0.5, 0.25))
    word = MarkFields(MarkKind.TEXT, Place(0.4, 0.4), Place(0.4, 0.4), "Nodule")
    drawn = [desk.photos.mark(record.id, each) for each in (arrow, word)]
    found = desk.photos.picture(record.id)
    assert [each.fields for each in found.marks] == [arrow, word]
    assert found.data == before
    desk.photos.unmark(drawn[0].id)
    assert [each.fields for each in desk.photos.picture(record.id).marks] == [word]
    assert desk.photos.for_patient(agreed.id).photos[0].marks == 1
    with pytest.raises(NotFoundError):
        desk.photos.unmark(drawn[0].id)


@pytest.mark.parametrize("place", [Place(-0.1, 0), Place(1.1, 0), Place(float("nan"), 0)])
def test_a_mark_outside_is_refused(desk, agreed, place):
    record = kept(desk, agreed)
    with pytest.raises(RefusedError, match="outside the photograph"):
        desk.photos.mark(record.id, MarkFields(MarkKind.CIRCLE, place, Place(0.5, 0.5)))


def test_how_two_lie_over_each_other_is_kept(desk, agreed):
    first, second = kept(desk, agreed, seed=1), kept(desk, agreed, seed=2)
    assert desk.photos.pair(first.id, second.id) is None
    told = Alignment((Place(0.2, 0.3), Place(0.8, 0.3)), (Place(0.25, 0.35), Place(0.75, 0.4)))
    desk.photos.align(first.id, second.id, told)
    found = desk.photos.pair(first.id, second.id)
    lies = found.alignment.similarity
    for later, earlier in zip(told.after, told.before, strict=True):
        assert lies.at(later) == pytest.approx(earlier, abs=1e-5)
    near = Alignment(told.before, (Place(0.5, 0.5), Place(0.501, 0.5)))
    with pytest.raises(RefusedError, match="too near"):
        desk.photos.align(first.id, second.id, near)


def test_a_full_disk_keeps_nothing(desk, agreed, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(photo_files.os, "fsync", full)
    with pytest.raises(StorageUnavailable) as caught:
        kept(desk, agreed)
    assert caught.value.trouble is StorageTrouble.FULL
    monkeypatch.undo()
    assert desk.photos.for_patient(agreed.id).photos == ()
    assert not [*files_of(desk).folder.iterdir()]


def test_cut_before_the_row_was_kept_nothing_is_left_after_the_next_opening(
    desk, agreed, open_again, monkeypatch
):
    monkeypatch.setattr(desk.store.vault, "check_in_place", stopped)
    with pytest.raises(KeyboardInterrupt):
        kept(desk, agreed)
    assert len(files_of(desk).waiting()) == 1
    desk.close()
    again = open_again()
    assert not [*files_of(again).folder.iterdir()]


def test_cut_after_the_row_was_kept_the_file_gets_its_name(desk, agreed, open_again, monkeypatch):
    monkeypatch.setattr(PhotoFiles, "settle", stopped)
    with pytest.raises(KeyboardInterrupt):
        kept(desk, agreed)
    monkeypatch.undo()
    (record,) = desk.photos.for_patient(agreed.id).photos
    assert desk.photos.picture(record.id).data, "it is whole under its name for the time being"
    desk.close()
    again = open_again()
    assert files_of(again).path(record.id).is_file()
    assert again.checks.check_all() == []


def stopped(*_arguments):
    raise KeyboardInterrupt


def test_the_examination_finds_what_is_missing_altered_or_strange(desk, agreed):
    whole, altered, missing = (kept(desk, agreed, seed=seed) for seed in (1, 2, 3))
    assert desk.checks.check_all() == []
    files = files_of(desk)
    damaged = bytearray(files.path(altered.id).read_bytes())
    damaged[-1] ^= 1
    files.path(altered.id).write_bytes(damaged)
    files.path(missing.id).unlink()
    (files.folder / "holiday.jpg").write_bytes(PIXELS)
    found = {each.object_id: each.sentence for each in desk.checks.check_all()}
    assert whole.id not in found
    assert "damaged or altered file" in found[altered.id]
    assert "lost its file" in found[missing.id]
    assert "holiday.jpg" in found[None]
    with pytest.raises(PhotoFileMissingError, match="Restore a backup"):
        desk.photos.picture(missing.id)


def test_the_examination_finds_one_that_was_exchanged_in_file_and_row(desk, agreed):
    record = kept(desk, agreed)
    forged = photo_files.seal(record.id, prepared(a_jpeg(seed=9)).data)
    files_of(desk).path(record.id).write_bytes(forged.content)
    behind_our_back(
        desk,
        f"UPDATE photo SET file_key = x'{forged.key.hex()}', file_size = {forged.size},"  # noqa: S608
        f" file_sha256 = x'{forged.sha256.hex()}'",
    )
    (found,) = desk.checks.check_all()
    assert "not the one that the audit log knows" in found.sentence


def test_a_patient_in_the_archive_gets_no_photographs(desk, agreed):
    desk.patients.archive(agreed.id, desk.patients.get(agreed.id).version)
    with pytest.raises(RefusedError, match="in the archive"):
        kept(desk, agreed)
