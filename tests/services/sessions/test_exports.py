"""Everything leaves, and nothing that must not; it is on the log before a byte is written."""

import csv
import io
import json
import zipfile
from datetime import date
from decimal import Decimal
from threading import Event

import numpy as np
import pytest
from sqlalchemy import select, update

from mesodesk.db.metadata import full_metadata
from mesodesk.db.models.audit import AuditEntryRow, AuditKeyRow
from mesodesk.db.models.clinic import UserRow
from mesodesk.db.models.session import ChartFieldRow
from mesodesk.documents.new_file import DocumentError, FileExistsAlreadyError
from mesodesk.documents.tables_csv import cell
from mesodesk.documents.tables_json import JsonSink
from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.canonical import plain
from mesodesk.domain.changes import Topic
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.export import ExportEnd, ExportFormat, ExportScope
from mesodesk.domain.rights import Right
from mesodesk.leaving import write_out
from mesodesk.services.errors import NotAllowedError, NotFoundError, RestrictedError
from mesodesk.services.export_tables import (
    leaving_with_clinic,
    leaving_with_patient,
    reasons,
)
from mesodesk.services.export_work import ExportStoppedError, write_tables
from mesodesk.vault.errors import NoPinError, WrongPasswordError, WrongPinError

PASSWORD = "plain tea in the morning"
PIN = "902817"
WHY = "her husband works here"


def nothing(_done, _all):
    return None


def entries(desk):
    with desk.store.read(Right.OWN) as tx:
        rows = tx.db.scalars(select(AuditEntryRow).order_by(AuditEntryRow.seq)).all()
    return [(row.action, json.loads(row.details)) for row in rows]


def exported(job):
    """Return what an export as JSON says."""
    file = io.BytesIO()
    write_tables(job, JsonSink(file), Event(), nothing)
    return json.loads(file.getvalue())


def of_patient(desk, patient_id):
    return exported(desk.exports.plan_patient(patient_id, ExportFormat.JSON, PASSWORD))


def rows_of(desk, table):
    """Return all rows of a table, as exports spell values."""
    with desk.store.read(Right.OWN) as tx:
        found = tx.connection.execute(select(table)).mappings().all()
    return [{name: plain(value) for name, value in row.items()} for row in found]


def reached_from(desk, patient_id):
    """Return the keys of rows that point at a patient, step by step, found without our tables."""
    reached = {("patient", str(patient_id))}
    rows = {
        table.name: rows_of(desk, table)
        for table in full_metadata().sorted_tables
        if table.name not in ("draft", "draft_kept")
    }
    grew = True
    while grew:
        grew = False
        for table in full_metadata().sorted_tables:
            for row in rows.get(table.name, ()):
                key = table.name, str(row.get("id") or [row[one.name] for one in table.primary_key])
                for reference in table.foreign_keys:
                    owner = reference.column.table.name, str(row[reference.parent.name])
                    if owner in reached and owner[0] != "app_user" and key not in reached:
                        reached.add(key)
                        grew = True
    return reached


@pytest.fixture
def signed(kit):
    return kit.signed()


@pytest.fixture
def other(desk, typed_patient):
    """Another patient with a session of her own."""
    return desk.patients.create(typed_patient("Weiss", "Anna", date(1970, 1, 2)))


def become(desk, role):
    with desk.store.write(Right.OWN) as tx:
        tx.db.execute(update(UserRow).where(UserRow.id == tx.actor.id).values(role=role))
        tx.audit("user.role", "app_user", tx.actor.id)
        tx.touch(Topic.CLINIC)


# What leaves


@pytest.mark.parametrize("scope", [ExportScope.PATIENT, ExportScope.CLINIC])
def test_every_column_leaves_or_has_a_reason_to_stay(scope):
    leaving = (
        leaving_with_clinic(frozenset())
        if scope is ExportScope.CLINIC
        else leaving_with_patient(new_id())
    )
    leaves = {str(column) for each in leaving for column in each.columns}
    stays = reasons(scope)
    for table in full_metadata().sorted_tables:
        for column in table.columns:
            named = table.name in stays or str(column) in stays
            assert named != (str(column) in leaves), f"{column} must leave, or have a reason"
    known = {table.name for table in full_metadata().sorted_tables}
    known |= {str(column) for table in full_metadata().sorted_tables for column in table.columns}
    assert stays.keys() <= known, "a reason for what is no longer there"


def test_all_that_belongs_to_a_patient_is_read_back_as_it_lies_in_the_vault(desk, kit, signed):
    desk.sessions.add_addendum(signed.id, "Bruise at the left flank")
    tables = of_patient(desk, kit.patient.id)["tables"]
    reached = reached_from(desk, kit.patient.id)
    assert len(reached) > 60
    for table in full_metadata().sorted_tables:
        if table.name in reasons(ExportScope.PATIENT) or table.name == "app_user":
            continue
        keys = [one.name for one in table.primary_key]
        mine = {
            name: [
                row
                for row in rows_of(desk, table)
                if (name, str(row.get("id") or [row[one] for one in keys])) in reached
            ]
            for name in [table.name]
        }[table.name]
        told = tables[table.name]
        if table.name in ("lot", "product", "product_active"):
            assert told, "named by what was drawn up"
            mine = [
                row for row in rows_of(desk, table) if _key(row, keys) in map(_keyed(keys), told)
            ]
        hidden = {str(each) for each in reasons(ExportScope.PATIENT)}
        want = [
            {name: value for name, value in row.items() if f"{table.name}.{name}" not in hidden}
            for row in mine
        ]
        assert sorted(told, key=_keyed(keys)) == sorted(want, key=_keyed(keys)), table.name


def _key(row, keys):
    return [str(row[one]) for one in keys]


def _keyed(keys):
    return lambda row: _key(row, keys)


def test_lots_products_actives_and_people_that_are_named_come_along(desk, kit, signed):
    kit.lot("Never drawn")
    tables = of_patient(desk, kit.patient.id)["tables"]
    part = signed.syringes[0].components[0]
    assert [row["id"] for row in tables["lot"]] == [str(part.lot_id)]
    assert [row["id"] for row in tables["product"]] == [str(part.product_id)]
    assert [row["name"] for row in tables["product_active"]] == ["Procaine"]
    assert tables["product_active"][0]["strength_value"] == "2"
    assert tables["app_user"] == [
        {"id": str(desk.user.id), "name": "Olga Owner", "initials": "OO", "role": "owner"}
    ]


def test_nothing_of_another_patient_comes_along(desk, kit, signed, other):
    tables = of_patient(desk, other.id)["tables"]
    assert [row["id"] for row in tables["patient"]] == [str(other.id)]
    assert sum(len(rows) for name, rows in tables.items() if name != "patient") == 0
    assert str(other.id) not in json.dumps(of_patient(desk, kit.patient.id))


def test_points_are_unpacked_and_lie_on_the_body(desk, kit, signed):
    told = of_patient(desk, kit.patient.id)["tables"]
    points = told["chart_point"]
    (field,) = desk.charts.load(signed.id).fields
    assert [each["number"] for each in points] == [1, 2, 3, 4, 5]
    assert {each["field_id"] for each in points} == {str(field.id)}
    assert sum(Decimal(each["volume_ml"]) for each in points) == field.volume_ml
    atlas = load_atlas("female")
    records = field.points.records
    mm = atlas.positions_mm(records["triangle"], records["u"], records["v"], 168.0)
    got = np.array([[each[axis] for axis in ("x_mm", "y_mm", "z_mm")] for each in points])
    assert np.abs(got - mm).max() <= 0.005 + 1e-9
    assert points[0]["region"] in atlas.regions_by_key
    assert "points" not in told["chart_field"][0]


def test_a_field_that_cannot_be_read_keeps_nobody_from_leaving(desk, kit, signed, tamper):
    tamper("UPDATE chart_field SET points = x'00'")
    told = of_patient(desk, kit.patient.id)["tables"]
    assert told["chart_point"] == []
    assert len(told["chart_field"]) == 1


def test_everything_leaves_with_the_clinic_but_secrets_and_forms(desk, kit, signed, other):
    with desk.store.write(Right.OWN) as tx:
        tx.db.add(AuditKeyRow(first_seq=1, mac_key=b"\xab" * 32))
        tx.audit("vault.any", "vault", None)
    desk.drafts.put("any", "", {"text": "half a thought"})
    told = exported(desk.exports.plan_clinic(ExportFormat.JSON, PASSWORD))
    text = json.dumps(told)
    assert "ab" * 32 not in text
    assert "half a thought" not in text
    assert (told["format"], told["version"], told["scope"]) == ("mesodesk-export", 1, "clinic")
    for table in full_metadata().sorted_tables:
        if table.name not in reasons(ExportScope.CLINIC):
            # The log grew by the entry of this very question.
            assert len(told["tables"][table.name]) == len(rows_of(desk, table)), table.name


# Restricted records


def test_a_restricted_record_stays_and_is_counted(desk, kit, signed, other, colleague):
    desk.restricted.restrict(kit.patient.id, WHY, (colleague, desk.user.id))
    assert WHY not in json.dumps(of_patient(desk, kit.patient.id))
    desk.restricted.restrict(kit.patient.id, WHY, (colleague,))
    with pytest.raises(RestrictedError):
        desk.exports.plan_patient(kit.patient.id, ExportFormat.JSON, PASSWORD)
    with pytest.raises(RestrictedError):
        desk.exports.plan_session(signed.id)
    assert desk.exports.left_out() == 1
    told = exported(desk.exports.plan_clinic(ExportFormat.JSON, PASSWORD))
    assert told["left_out"] == 1
    assert [row["id"] for row in told["tables"]["patient"]] == [str(other.id)]
    for name in ("session", "intake", "chart_field", "chart_point", "need_to_know", "follow_up"):
        assert told["tables"][name] == [], name
    # What the clinic has of its own is whole.
    assert len(told["tables"]["lot"]) == 1


# The log


def test_it_is_on_the_log_before_anything_is_read(desk, kit, signed, tmp_path):
    job = desk.exports.plan_patient(kit.patient.id, ExportFormat.CSV, PASSWORD)
    assert entries(desk)[-1] == ("patient.export", {"format": "csv"})
    left = write_out(job, tmp_path, Event(), nothing)
    desk.exports.end(job, ExportEnd.WRITTEN, left.done)
    action, told = entries(desk)[-1]
    assert action == "patient.export_end"
    assert (told["ended"], told["format"], told["rows"]) == ("written", "csv", left.done.rows)
    assert left.done.rows > 50


def test_what_cannot_be_logged_does_not_leave(desk, kit, monkeypatch):
    def refuses(*_any):
        raise OSError("no room")

    monkeypatch.setattr(type(desk.store.vault.audit), "append", refuses)
    with pytest.raises(OSError, match="no room"):
        desk.exports.plan_patient(kit.patient.id, ExportFormat.JSON, PASSWORD)


def test_a_wrong_password_lets_nothing_leave_and_is_kept(desk, kit):
    with pytest.raises(WrongPasswordError):
        desk.exports.plan_clinic(ExportFormat.JSON, "not the password")
    assert entries(desk)[-1] == ("clinic.export_failed", {"why": "password"})
    desk.store.vault.attempts.begin_anew(desk.user.id)
    with pytest.raises(WrongPasswordError):
        desk.exports.plan_patient(kit.patient.id, ExportFormat.JSON, "not the password")
    assert entries(desk)[-1] == ("patient.export_failed", {"why": "password"})


def test_a_pin_will_do_three_times_and_is_then_gone(desk, kit):
    desk.access.set_pin(PASSWORD, PIN)
    desk.exports.plan_patient(kit.patient.id, ExportFormat.JSON, PIN, by_pin=True)
    desk.exports.plan_clinic(ExportFormat.JSON, PIN, by_pin=True)
    for _ in range(2):
        with pytest.raises(WrongPinError):
            desk.exports.plan_patient(kit.patient.id, ExportFormat.JSON, "739150", by_pin=True)
        assert entries(desk)[-1] == ("patient.export_failed", {"why": "pin"})
    with pytest.raises(WrongPinError, match="gone"):
        desk.exports.plan_clinic(ExportFormat.JSON, "739150", by_pin=True)
    assert entries(desk)[-1] == ("clinic.export_failed", {"why": "pin"})
    with pytest.raises(NoPinError):
        desk.exports.plan_patient(kit.patient.id, ExportFormat.JSON, PIN, by_pin=True)
    desk.exports.plan_patient(kit.patient.id, ExportFormat.JSON, PASSWORD)


def test_only_the_owner_takes_everything(desk, kit):
    become(desk, Role.PRESCRIBER)
    with pytest.raises(NotAllowedError):
        desk.exports.plan_clinic(ExportFormat.JSON, PASSWORD)
    desk.exports.plan_patient(kit.patient.id, ExportFormat.JSON, PASSWORD)
    become(desk, Role.ASSISTANT)
    with pytest.raises(NotAllowedError):
        desk.exports.plan_patient(kit.patient.id, ExportFormat.JSON, PASSWORD)


@pytest.mark.parametrize("spelled", ["{number}", "{short}", " {number} ", "{id}"])
def test_a_patient_is_found_by_number_or_id(desk, kit, spelled):
    number = kit.patient.record_number
    named = spelled.format(number=number, short=number.lstrip("0"), id=kit.patient.id)
    assert desk.exports.find(named) == kit.patient.id


@pytest.mark.parametrize("named", ["", "999999", "nobody", "1" * 40, "²"])
def test_whom_nobody_knows_is_not_found(desk, kit, named):
    with pytest.raises(NotFoundError):
        desk.exports.find(named)


# Files


def test_parts_stay_small(desk, kit, signed):
    class Counting:
        most = 0

        def begin(self, _head):
            return None

        def table(self, _table):
            return None

        def rows(self, rows):
            self.most = max(self.most, len(rows))

        def end(self):
            return None

    with desk.store.write(Right.OWN) as tx:
        for _ in range(700):
            tx.audit("user.any", "app_user", tx.actor.id)
    sink = Counting()
    job = desk.exports.plan_clinic(ExportFormat.JSON, PASSWORD)
    write_tables(job, sink, Event(), nothing)
    assert sink.most == 500


def test_a_stopped_export_leaves_nothing(desk, kit, signed, tmp_path):
    stop = Event()
    for form in ExportFormat:
        job = desk.exports.plan_patient(kit.patient.id, form, PASSWORD)
        stop.set()
        with pytest.raises(ExportStoppedError):
            write_out(job, tmp_path, stop, nothing)
        stop.clear()
        assert list(tmp_path.glob(".*")) == []
        assert not [each for each in tmp_path.iterdir() if each.name.startswith("mesodesk")]


def test_a_file_that_is_there_is_not_replaced_unasked(desk, kit, tmp_path):
    job = desk.exports.plan_patient(kit.patient.id, ExportFormat.JSON, PASSWORD)
    left = write_out(job, tmp_path, Event(), nothing)
    left.path.write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsAlreadyError):
        write_out(job, tmp_path, Event(), nothing)
    assert left.path.read_text(encoding="utf-8") == "mine"
    write_out(job, tmp_path, Event(), nothing, overwrite=True)
    assert json.loads(left.path.read_bytes())["record_number"] == kit.patient.record_number


def test_a_folder_that_is_not_there_is_told(desk, kit, tmp_path):
    job = desk.exports.plan_patient(kit.patient.id, ExportFormat.JSON, PASSWORD)
    with pytest.raises(DocumentError, match="no folder"):
        write_out(job, tmp_path / "away", Event(), nothing)


def test_a_name_of_a_file_says_no_name(desk, kit, tmp_path):
    for form in ExportFormat:
        job = desk.exports.plan_patient(kit.patient.id, form, PASSWORD)
        name = write_out(job, tmp_path, Event(), nothing).path.name
        assert kit.patient.record_number in name
        assert "garc" not in name.lower()


# CSV


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-2.5", "-2.5"),
        ("-2.5)+cmd", "'-2.5)+cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("\uff1d1", "'\uff1d1"),
        ("'quoted", "''quoted"),
        ("a=b", "a=b"),
        ("", ""),
        (None, ""),
        (True, "true"),
        (7, 7),
        (["=x"], '["=x"]'),
    ],
)
def test_no_cell_is_a_formula(typed, written):
    assert cell(typed) == written


def test_csv_is_read_back(desk, kit, signed, typed_patient, tmp_path):
    nasty = '=HYPERLINK("http://x","y"), "so"\nsecond line'
    fields = typed_patient(note=nasty)
    patient = desk.patients.update(
        kit.patient.id, desk.patients.get(kit.patient.id).version, fields
    )
    job = desk.exports.plan_patient(patient.id, ExportFormat.CSV, PASSWORD)
    left = write_out(job, tmp_path, Event(), nothing)
    told = of_patient(desk, patient.id)["tables"]
    with zipfile.ZipFile(left.path) as packed:
        assert packed.testzip() is None
        names = set(packed.namelist())
        assert names == {f"{name}.csv" for name in told} | {"READ-ME.txt", "head.json"}
        for name, rows in told.items():
            raw = packed.read(f"{name}.csv")
            assert raw.startswith(b"\xef\xbb\xbf")
            read = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
            want = [{key: str(cell(value)) for key, value in row.items()} for row in rows]
            assert read == want, name
    (row,) = told["patient"]
    assert row["note"] == nasty


def test_a_session_points_at_its_fields_by_id(desk, kit, signed):
    told = of_patient(desk, kit.patient.id)["tables"]
    with desk.store.read(Right.OWN) as tx:
        ids = {str(one) for one in tx.db.scalars(select(ChartFieldRow.id))}
    assert {row["field_id"] for row in told["chart_point"]} == ids
