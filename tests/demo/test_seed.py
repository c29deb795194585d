"""A synthetic clinic: reproducible, sealed, found by the search, and never over something else."""

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from mesodesk.cli import main
from mesodesk.db.base import Base
from mesodesk.demo.seed import seed_clinic
from mesodesk.services.checking import check_folder
from mesodesk.services.desk import open_desk
from mesodesk.vault.errors import VaultExistsError
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.vault import open_vault

PASSWORD = "a long enough sample"
DAY = date(2026, 7, 1)

# Everything but ids, keys and the times of writing.
CONTENT = (
    (
        "SELECT record_number, family_name, given_names, birth_date, body_sex, phone, email,"
        " address, language, created_at FROM patient ORDER BY record_number"
    ),
    (
        "SELECT record_number, number, started_at, signed_at, pain, session.body_sex FROM session"
        " JOIN patient ON patient.id = patient_id ORDER BY record_number, number"
    ),
    (
        "SELECT record_number, number, point_count, volume_ul, regions, hex(points)"
        " FROM chart_field"
        " JOIN session ON session.id = session_id JOIN patient ON patient.id = patient_id"
        " ORDER BY record_number, number, hex(points)"
    ),
    (
        "SELECT record_number, number, syringe.digit, wasted_ml, position, product_name,"
        " lot_number, expires_on, volume_ml FROM syringe_component"
        " JOIN syringe ON syringe.id = syringe_id JOIN session ON session.id = session_id"
        " JOIN patient ON patient.id = patient_id ORDER BY record_number, number, digit, position"
    ),
    (
        "SELECT record_number, number, check_id, follow_up.state, due_at FROM follow_up"
        " JOIN session ON session.id = session_id JOIN patient ON patient.id = session.patient_id"
        " ORDER BY record_number, number, due_at, check_id"
    ),
)


def _seed(folder, *, seed=7, patients=40, sessions=30, regular=0, day=DAY):
    said = []
    seed_clinic(
        folder,
        password=PASSWORD,
        patients=patients,
        sessions=sessions,
        seed=seed,
        say=said.append,
        regular=regular,
        day=day,
        cost=KdfCost.for_tests(),
    )
    return said


def _content(folder):
    whole = hashlib.sha256()
    with open_vault(folder, password=PASSWORD) as vault, vault.engine.connect() as connection:
        for query in CONTENT:
            rows = connection.exec_driver_sql(query).all()
            assert rows
            whole.update(repr([tuple(row) for row in rows]).encode())
    return whole.hexdigest()


def test_the_same_seed_gives_the_same_content_and_another_seed_another(tmp_path):
    for name, seed in (("one", 7), ("same", 7), ("other", 8)):
        _seed(tmp_path / name, seed=seed)
    one, same, other = (_content(tmp_path / name) for name in ("one", "same", "other"))
    assert one == same
    assert one != other


@pytest.mark.long
def test_another_day_gives_the_same_clinic_moved_by_so_many_days(tmp_path):
    # Not to come: opening a clinic of days to come says that the clock is behind.
    other = date(2021, 3, 11)
    rows = []
    for day in (DAY, other):
        folder = tmp_path / day.isoformat()
        _seed(folder, day=day)
        with open_vault(folder, password=PASSWORD) as vault, vault.engine.connect() as connection:
            counts = {
                table.name: connection.scalar(select(func.count()).select_from(table))
                for table in Base.metadata.sorted_tables
            }
            expiries = connection.exec_driver_sql("SELECT expires_on FROM lot ORDER BY expires_on")
            rows.append((counts, [date.fromisoformat(text) for text in expiries.scalars()]))
    (counts, expiries), (same_counts, moved) = rows
    assert counts["session"] == 30
    assert counts == same_counts
    assert moved == [expires_on + (other - DAY) for expires_on in expiries]


def test_a_session_of_today_can_draw_from_every_product_in_use(tmp_path):
    _seed(tmp_path / "vault", patients=3, sessions=6, day=None)
    desk = open_desk(open_vault(tmp_path / "vault", password=PASSWORD))
    try:
        lots = desk.catalogue.lots()
        in_use = {lot.product.id for lot in lots}
        assert in_use
        assert {lot.product.id for lot in lots if lot.can_be_drawn} == in_use
        newest = max(lot.fields.received_on for lot in lots)
        today = datetime.now(UTC).date()
        assert timedelta(0) < today - newest < timedelta(days=30)
        patient = desk.patients.search("")[0]
        for session in desk.sessions.for_patient(patient.id):
            assert session.signed_at < desk.store.clock.now()
    finally:
        desk.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seed") / "vault"
    said = _seed(folder, patients=120, sessions=60, regular=20)
    assert any("a second" in sentence for sentence in said)
    return folder


def test_nothing_is_found_in_it(folder):
    assert check_folder(folder, PASSWORD) == ()


def test_patients_and_sessions_are_there_and_one_comes_regularly(folder):
    desk = open_desk(open_vault(folder, password=PASSWORD))
    try:
        assert desk.patients.count() == 120
        everybody = desk.patients.search("", limit=200)
        counts = {hit.record_number: len(desk.sessions.for_patient(hit.id)) for hit in everybody}
        assert sum(counts.values()) == 60
        assert counts["00001"] >= 20
        name = everybody[50].name
        assert name in [hit.name for hit in desk.patients.search(name)]
    finally:
        desk.close()


@pytest.mark.long
def test_every_session_ended_before_the_last_day_and_stays_signed(folder):
    desk = open_desk(open_vault(folder, password=PASSWORD))
    try:
        for hit in desk.patients.search("", limit=200):
            for session in desk.sessions.for_patient(hit.id):
                assert session.started_at.date() < DAY
                assert desk.sessions.get(session.id).seal.holds
    finally:
        desk.close()


@pytest.mark.parametrize("there", ["vault", "file"])
def test_a_folder_that_holds_anything_is_refused_and_left_alone(tmp_path, folder, there):
    place = folder
    if there == "file":
        place = tmp_path
        (place / "letter.txt").write_text("dear")
    before = sorted(path.name for path in place.iterdir())
    with pytest.raises(VaultExistsError):
        _seed(place)
    assert sorted(path.name for path in place.iterdir()) == before


def test_a_seeding_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_arguments):
        raise OSError(28, "no space")

    monkeypatch.setattr("mesodesk.demo.seed._add_sessions", fail)
    with pytest.raises(OSError, match="no space"):
        _seed(tmp_path / "vault")
    assert list(tmp_path.iterdir()) == []


def test_the_command_makes_one_and_says_the_rate(tmp_path, capsys):
    secret = tmp_path / "password.txt"
    secret.write_text(PASSWORD + "\n")
    vault = tmp_path / "vault"
    command = ["seed", "--data", str(vault), "--patients", "25", "--sessions", "0"]
    assert main([*command, "--seed", "3", "--password-file", str(secret)]) == 0
    assert "a second" in capsys.readouterr().err
    assert main([*command, "--password-file", str(secret)]) == 1
    desk = open_desk(open_vault(vault, password=PASSWORD))
    assert desk.patients.count() == 25
    desk.close()
