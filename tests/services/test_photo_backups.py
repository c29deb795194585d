"""Photographs travel: in backups, restores, drills, salvage, and through a change of the key."""

import shutil
from datetime import date

import pytest
from consenting import agree_to_photos
from pictures import a_jpeg

from mesodesk.domain.answers import Answer
from mesodesk.domain.clock import SystemClock
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.records.photo import PhotoFields
from mesodesk.imaging.reading import prepared
from mesodesk.services.desk import open_desk
from mesodesk.vault import photo_copies
from mesodesk.vault.backing_up import FolderTarget, make_backup, source_of
from mesodesk.vault.backup_errors import BackupTargetError, NotVerifiedError
from mesodesk.vault.drilling import drill
from mesodesk.vault.keys import password_secret
from mesodesk.vault.opening import Credential
from mesodesk.vault.restoring import restore
from mesodesk.vault.salvage import salvage
from mesodesk.vault.vault import open_vault

PASSWORD = "plain tea in the morning"
BY_PASSWORD = Credential(password_secret(PASSWORD), is_recovery=False)
FRONT = PhotoFields("abdomen", "front", date(2026, 3, 9))


@pytest.fixture
def photographed(desk, patient):
    """A patient with two photographs."""
    agree_to_photos(desk, patient.id, {PhotoPurpose.RECORD: Answer.YES})
    for seed in (1, 2):
        desk.photos.keep(patient.id, prepared(a_jpeg(seed=seed)), FRONT)
    return patient


@pytest.fixture
def place(tmp_path):
    made = tmp_path / "stick"
    made.mkdir()
    return made


class Counting(FolderTarget):
    """A place that notes what is written there."""

    def __init__(self, folder):
        super().__init__(folder)
        self.written = []

    def create(self, path):
        self.written.append(path.name)
        return super().create(path)


def back_up(desk, target, reason="asked"):
    return make_backup(source_of(desk.store.vault), target, reason=reason, clock=SystemClock())


def seen(folder, patient_id):
    """Return the pictures of a vault, all of them read and decrypted; it must be whole."""
    desk = open_desk(open_vault(folder, password=PASSWORD))
    try:
        assert desk.checks.check_all() == []
        found = desk.photos.for_patient(patient_id).photos
        return {each.id: desk.photos.picture(each.id).data for each in found}
    finally:
        desk.close()


def test_a_restored_vault_has_them_and_a_drill_says_so(desk, photographed, place, tmp_path):
    made = back_up(desk, FolderTarget(place))
    assert made.troubles == ()
    desk.close()
    before = seen(desk.store.vault.folder, photographed.id)
    shutil.rmtree(desk.store.vault.folder)
    tried = drill(made.path, tmp_path, BY_PASSWORD, clock=SystemClock(), current=None)
    assert tried.passed, tried.troubles
    restored = restore(made.path, tmp_path / "new", BY_PASSWORD, clock=SystemClock())
    assert restored.troubles == ()
    assert seen(restored.folder, photographed.id) == before


def test_a_second_backup_copies_what_is_new_only(desk, photographed, place):
    back_up(desk, FolderTarget(place))
    again = Counting(place)
    back_up(desk, again, "again")
    assert [name for name in again.written if "mesophoto" in name] == []
    third = desk.photos.keep(photographed.id, prepared(a_jpeg(seed=3)), FRONT)
    more = Counting(place)
    back_up(desk, more, "more")
    assert [name for name in more.written if "mesophoto" in name] == [
        f"{third.id.hex}.mesophoto.part"
    ]


def test_a_copy_that_went_bad_on_the_stick_is_made_anew(desk, photographed, place, tmp_path):
    back_up(desk, FolderTarget(place))
    (bad, _) = sorted(place.glob("mesodesk-photos-*/*.mesophoto"))
    bad.write_bytes(bytes(bad.stat().st_size))
    made = back_up(desk, FolderTarget(place), "again")
    restored = restore(made.path, tmp_path / "new", BY_PASSWORD, clock=SystemClock())
    assert restored.troubles == ()


def test_one_that_is_missing_from_the_backup_is_told(desk, photographed, place, tmp_path):
    made = back_up(desk, FolderTarget(place))
    first, _ = sorted(place.glob("mesodesk-photos-*/*.mesophoto"))
    first.unlink()
    restored = restore(made.path, tmp_path / "new", BY_PASSWORD, clock=SystemClock())
    (said,) = restored.troubles
    assert said.startswith("The file of 1 photograph is missing from the backup")
    tried = drill(made.path, tmp_path, BY_PASSWORD, clock=SystemClock(), current=None)
    assert not tried.passed
    current = desk.store.vault.folder
    whole = restore(
        made.path, tmp_path / "newer", BY_PASSWORD, clock=SystemClock(), current=current
    )
    assert whole.troubles == (), "the vault that is replaced still has it"


def test_one_that_is_damaged_in_the_vault_is_told_and_the_rest_is_backed_up(
    desk, photographed, place
):
    first, _ = sorted(desk.store.vault.paths.photos.iterdir())
    first.write_bytes(b"damaged")
    made = back_up(desk, FolderTarget(place))
    (said,) = made.troubles
    assert said.startswith("The file of 1 photograph is missing from the vault or damaged")
    assert len([*place.glob("mesodesk-photos-*/*.mesophoto")]) == 1


def test_a_stick_that_is_full_or_lies_makes_no_backup(desk, photographed, place):
    class Full(FolderTarget):
        def create(self, path):
            raise OSError(28, "No space left on device")

    class Lying(FolderTarget):
        def settle(self, path):
            path.write_bytes(bytes(path.stat().st_size))

    with pytest.raises(BackupTargetError):
        back_up(desk, Full(place))
    with pytest.raises(NotVerifiedError):
        back_up(desk, Lying(place))
    assert [each for each in place.rglob("*") if each.is_file()] == []


def test_salvage_takes_them_along(desk, photographed, tmp_path):
    desk.close()
    folder = desk.store.vault.folder
    before = seen(folder, photographed.id)
    saved = salvage(folder, tmp_path / "saved", BY_PASSWORD, clock=SystemClock())
    assert saved.incomplete == ()
    assert seen(saved.folder, photographed.id) == before


def test_a_change_of_the_key_leaves_the_files_as_they_are(desk, photographed, place):
    folder = desk.store.vault.folder
    before = {each.name: each.read_bytes() for each in desk.store.vault.paths.photos.iterdir()}
    desk.backups.add_folder(place)
    desk.keys.back_up_first(PASSWORD)
    desk.keys.change(PASSWORD)
    assert {each.name: each.read_bytes() for each in (folder / "photos").iterdir()} == before
    assert len(seen(folder, photographed.id)) == 2


def test_no_folder_is_made_where_there_are_no_photographs(desk, place):
    back_up(desk, FolderTarget(place))
    assert [*place.glob(f"{photo_copies._NAME}*")] == []
    assert not desk.store.vault.paths.photos.exists()
