"""`mesodesk export` as a process: what it writes, what it says, and its exit codes."""

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from consenting import agree_to_photos
from harness import PASSWORD, command
from pdf_text import read_pdf
from pictures import a_jpeg, a_png
from vaults import copy_of, new_clinic, password_file

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.domain.records.photo import PhotoFields
from mesodesk.imaging.reading import prepared
from mesodesk.services.desk import open_desk
from mesodesk.vault.photo_files import PhotoFiles
from mesodesk.vault.vault import open_vault

FIELDS = PatientFields("Żółć", "Ewa", date(1985, 4, 12), BodySex.FEMALE, note="Prefers mornings")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A closed vault with one patient; not to be opened."""
    folder = tmp_path_factory.mktemp("export") / "vault"
    new_clinic(folder).close()
    desk = open_desk(open_vault(folder, password=PASSWORD))
    patient = desk.patients.create(FIELDS)
    desk.close()
    return folder, patient


@pytest.fixture
def export(template, tmp_path):
    """Runs the command on a copy of the vault, with the password in a file."""
    vault = copy_of(template[0], tmp_path / "vault")
    secret = str(password_file(tmp_path / "secret"))
    (tmp_path / "out").mkdir()

    def run(*arguments, to=tmp_path / "out"):
        given = ["--data", str(vault), "--password-file", secret, "--to", str(to)]
        return command("export", *given, *arguments, home=tmp_path)

    return run


@pytest.fixture
def out(export, tmp_path):
    return tmp_path / "out"


def test_one_patient_by_number_as_pdf(export, template, out):
    answer = export("--patient", template[1].record_number, "--format", "pdf")
    assert answer.returncode == 0, answer.stderr
    (made,) = out.iterdir()
    assert answer.stdout.strip() == str(made)
    assert "not encrypted" in answer.stderr
    assert "Żółć" in read_pdf(made.read_bytes())
    assert "Ż" not in answer.stdout + answer.stderr


def test_one_patient_by_id_as_json(export, template, out):
    answer = export("--patient", str(template[1].id), "--format", "json")
    assert answer.returncode == 0, answer.stderr
    (made,) = out.iterdir()
    assert json.loads(made.read_bytes())["tables"]["patient"][0]["note"] == "Prefers mornings"


def test_everything_as_csv(export, out):
    answer = export("--everything", "--format", "csv")
    assert answer.returncode == 0, answer.stderr
    (made,) = out.iterdir()
    with zipfile.ZipFile(made) as packed:
        assert "Prefers mornings" in packed.read("patient.csv").decode("utf-8-sig")


@pytest.fixture
def photographed(template, tmp_path, export):
    """One photograph that leaves, which is returned, and one whose file is damaged."""
    pictures = {"front": prepared(a_jpeg()), "left": prepared(a_png())}
    desk = open_desk(open_vault(tmp_path / "vault", password=PASSWORD))
    patient_id = template[1].id
    agree_to_photos(desk, patient_id, {PhotoPurpose.RECORD: Answer.YES})
    desk.photos.keep(patient_id, pictures["front"], _seen_from("front"))
    hurt = desk.photos.keep(patient_id, pictures["left"], _seen_from("left"))
    PhotoFiles(tmp_path / "vault" / "photos").path(hurt.id).write_bytes(b"MESOPHO1 no more")
    desk.close()
    return pictures["front"].data


def _seen_from(angle):
    return PhotoFields("abdomen", angle, date(2026, 3, 9))


def test_photographs_lie_beside_everything(export, photographed, template, out):
    answer = export("--everything", "--format", "json")
    assert answer.returncode == 0, answer.stderr
    made, photographs = map(Path, answer.stdout.split("\n")[:2])
    assert {*out.iterdir()} == {made, photographs}
    with zipfile.ZipFile(photographs) as packed:
        (name,) = [each for each in packed.namelist() if "/" in each]
        assert packed.read(name) == photographed
    assert name.startswith(f"{template[1].record_number}/")
    assert "photographs whose file is missing or damaged: 1" in answer.stderr
    assert json.loads(made.read_bytes())["photographs"] == 1


def test_a_file_that_is_there_stays_unless_told(export, template, out):
    number = template[1].record_number
    assert export("--patient", number, "--format", "json").returncode == 0
    (made,) = out.iterdir()
    made.write_text("mine", encoding="utf-8")
    answer = export("--patient", number, "--format", "json")
    assert answer.returncode == 1
    assert "already" in answer.stderr
    assert made.read_text(encoding="utf-8") == "mine"
    assert export("--patient", number, "--format", "json", "--overwrite").returncode == 0
    assert json.loads(made.read_bytes())


def test_whom_nobody_knows(export, out):
    answer = export("--patient", "99999", "--format", "json")
    assert answer.returncode == 1
    assert answer.stderr.startswith("mesodesk: There is no patient of this number")
    assert list(out.iterdir()) == []


def test_a_folder_that_is_not_there(export, out):
    answer = export("--everything", "--format", "json", to=out / "away")
    assert answer.returncode == 1
    assert "there is no folder" in answer.stderr


def test_it_must_be_said_whose(export):
    answer = export("--format", "json")
    assert answer.returncode == 2
    assert "--patient" in answer.stderr
