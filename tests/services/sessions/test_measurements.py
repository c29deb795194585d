"""Measurements on record: taken whole or not at all, questioned, never changed, in every export."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from threading import Event
from typing import Any

import pytest
from sqlalchemy import text

from mesodesk.db.engine import connect
from mesodesk.documents.tables_json import JsonSink
from mesodesk.domain.measures import load_measures
from mesodesk.domain.progress import given_before, series_of, substances_of
from mesodesk.domain.records.export import ExportFormat
from mesodesk.domain.records.measurement import (
    BodySide,
    Doubt,
    MeasuredUnit,
    MeasurementFields,
    MeasuringFields,
    Rater,
    Reading,
    SeriesKey,
    TakenAt,
)
from mesodesk.domain.records.progress import ToldIn
from mesodesk.domain.rights import Right
from mesodesk.services.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from mesodesk.services.export_work import write_tables

DAY = date(2026, 3, 10)
PASSWORD = "plain tea in the morning"
WEIGHT = SeriesKey("weight")
WAIST = SeriesKey("waist", "midpoint")
THIGH = SeriesKey("thigh", "middle", side=BodySide.LEFT)


def item(key: SeriesKey, *figures: str, unit: str = "cm", **others: Any) -> MeasurementFields:
    readings = tuple(Reading(Decimal(each), MeasuredUnit(unit)) for each in figures)
    return MeasurementFields(key, readings, **others)


def taken(*items: MeasurementFields, on: date = DAY, **others: Any) -> MeasuringFields:
    return MeasuringFields(on, items=items, **others)


def test_one_occasion_is_kept_exactly_as_it_was_typed(desk, patient):
    scores = {each.id: 2 for each in load_measures()["hexsel"].items}
    hexsel = SeriesKey("hexsel", region="buttocks", side=BodySide.RIGHT)
    kneecap = SeriesKey("thigh", "above_kneecap", Decimal("15.5"), side=BodySide.RIGHT)
    gais = SeriesKey("gais", rater=Rater.PATIENT)
    kept = desk.measurements.record(
        patient.id,
        taken(
            item(WEIGHT, "150", unit="lb"),
            item(WAIST, "32.25", "32.5", unit="in"),
            item(kneecap, "57.2", "59.0", "57.4"),
            item(SeriesKey("skinfold", "abdomen", side=BodySide.RIGHT), "22.4", unit="mm"),
            MeasurementFields(hexsel, scores=scores),
            MeasurementFields(gais, scores={"change": 4}),
            note="  After lunch ",
        ),
    )
    by_measure = {each.key.measure: each for each in kept}
    assert by_measure["weight"].value == Decimal("68.039")
    assert by_measure["waist"].value == Decimal("82.235")  # 81.92 and 82.55
    assert [(each.typed, each.unit) for each in by_measure["waist"].readings] == [
        (Decimal("32.25"), MeasuredUnit.INCH),
        (Decimal("32.5"), MeasuredUnit.INCH),
    ]
    assert (by_measure["thigh"].value, by_measure["thigh"].key) == (Decimal("57.4"), kneecap)
    assert (by_measure["hexsel"].value, by_measure["hexsel"].key) == (10, hexsel)
    labels = [(each.item, each.score, each.label) for each in by_measure["hexsel"].scores]
    assert labels[2] == ("raised", 2, "cottage cheese")
    assert [each.label for each in by_measure["gais"].scores] == ["no change"]
    assert {(each.note, each.observer, each.occasion_id) for each in kept} == {
        ("After lunch", "Olga Owner", kept[0].occasion_id)
    }
    assert desk.measurements.progress(patient.id).measurements == kept


@pytest.mark.parametrize(
    ("typed", "place", "sentence"),
    [
        (taken(), "items", "Nothing was measured yet"),
        (taken(item(WAIST, "8")), "items[0].readings[0]", "8 cm cannot be right; it lies between"),
        (taken(item(WAIST, "32")), "items[0].readings[0]", "Was it 32 in?"),
        (taken(item(WEIGHT, "1", unit="lb")), "items[0].readings[0]", "between 4 and 882 lb"),
        (taken(item(WAIST, "88", "90.1")), "items[0]", "more than 1 cm apart. Take a third"),
        (taken(item(WAIST, "88", unit="kg")), "items[0].readings[0]", "unit does not fit"),
        (taken(item(WAIST, "88.1234")), "items[0].readings[0]", "at most 3 digits"),
        (taken(item(WAIST, "NaN")), "items[0].readings[0]", "type a number"),
        (taken(item(WAIST)), "items[0]", "one to 3 readings"),
        (taken(item(WAIST, "88"), item(WAIST, "88")), "items[1]", "typed twice"),
        (taken(item(SeriesKey("waist"), "88")), "items[0].protocol", "where it was measured"),
        (taken(item(SeriesKey("thigh", "middle"), "57")), "items[0].side", "left or right"),
        (taken(item(SeriesKey("waist", "midpoint", side=BodySide.LEFT), "88")),
         "items[0].side", "it has no side"),
        (taken(item(SeriesKey("thigh", "above_kneecap", side=BodySide.LEFT), "57")),
         "items[0].landmark_cm", "how many centimetres"),
        (taken(item(SeriesKey("moon"), "57")), "items[0]", "not known here"),
        (taken(item(WAIST, "88"), on=date(2026, 3, 11)), "measured_on", "still to come"),
        (taken(MeasurementFields(SeriesKey("satisfaction"), scores={"satisfied": 9})),
         "items[0].satisfied", "one of its levels"),
        (taken(MeasurementFields(SeriesKey("gais", rater=Rater.PATIENT))),
         "items[0].change", "A sum needs all items"),
        (taken(MeasurementFields(SeriesKey("gais"), scores={"change": 1})),
         "items[0].rater", "who judged"),
        (taken(MeasurementFields(SeriesKey("nurnberger_mueller", side=BodySide.LEFT),
                                 scores={"grade": 1})), "items[0].region", "where it was rated"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_place_and_nothing_is_recorded(
    desk, patient, typed, place, sentence
):
    with pytest.raises(InvalidError) as refused:
        desk.measurements.record(patient.id, typed)
    told = {each.place: each.sentence for each in refused.value.problems}
    assert sentence in told[place]
    assert desk.measurements.progress(patient.id).measurements == ()


def test_a_figure_that_is_far_from_the_one_before_is_taken_only_when_somebody_says_so(
    desk, patient, clock
):
    desk.measurements.record(patient.id, taken(item(THIGH, "57"), item(WEIGHT, "68", unit="kg")))
    clock.move(days=14)
    jump, pounds = item(THIGH, "67"), item(WEIGHT, "150", unit="kg")
    with pytest.raises(InvalidError) as refused:
        desk.measurements.record(patient.id, taken(jump, pounds, on=date(2026, 3, 24)))
    places = [each.place for each in refused.value.problems]
    assert places == ["items[0].confirmed", "items[1].confirmed"]
    said = item(THIGH, "67", confirmed=frozenset({Doubt.JUMP}))
    with pytest.raises(InvalidError):  # the other question is still open
        desk.measurements.record(patient.id, taken(said, pounds, on=date(2026, 3, 24)))
    right = item(WEIGHT, "150", unit="lb")
    kept = desk.measurements.record(patient.id, taken(said, right, on=date(2026, 3, 24)))
    assert [each.confirmed for each in kept] == [frozenset({Doubt.JUMP}), frozenset()]
    # Another landmark is another measure: there is nothing to be far from.
    other = SeriesKey("thigh", "above_kneecap", Decimal(10), side=BodySide.LEFT)
    assert desk.measurements.record(patient.id, taken(item(other, "45"), on=date(2026, 3, 24)))


def test_an_error_is_marked_once_with_a_reason_and_nothing_else_is_ever_changed(desk, patient):
    wrong, right = desk.measurements.record(
        patient.id, taken(item(WAIST, "88"), item(SeriesKey("hip"), "101"))
    )
    with pytest.raises(InvalidError):
        desk.measurements.enter_in_error(wrong.id, wrong.version, "  ")
    marked = desk.measurements.enter_in_error(wrong.id, wrong.version, "Another patient")
    assert (marked.counts, marked.error_by, marked.value) == (False, "Olga Owner", Decimal(88))
    with pytest.raises(ConflictError):
        desk.measurements.enter_in_error(marked.id, marked.version, "Once more")
    (hip,) = series_of(desk.measurements.progress(patient.id))
    assert [each.measurement_id for each in hip.points] == [right.id]
    vault = desk.store.vault
    raw = connect(vault.folder / "clinic.db", vault.keys.data_key, vault.keys.salt)
    for statement, why in (
        ("UPDATE measurement SET value_cm = 1 WHERE measure = 'hip'", "stays on record"),
        ("UPDATE measurement SET error_by_name = 'x' WHERE measure = 'waist'", "marked once"),
        ("DELETE FROM measurement", "stays on record"),
        ("UPDATE measurement_reading SET typed = 1", "append-only"),
        ("DELETE FROM measurement_reading", "append-only"),
    ):
        with pytest.raises(Exception, match=why):
            raw.execute(statement)
    raw.close()


def test_who_is_measured_is_on_record_and_in_use_and_the_session_is_theirs(
    desk, patient, typed_patient
):
    other = desk.patients.create(typed_patient("Other", "One"))
    session = desk.sessions.start(patient.id)
    typed = taken(item(WAIST, "88"), session_id=session.id)
    with pytest.raises(RefusedError, match="not one of this patient"):
        desk.measurements.record(other.id, typed)
    (kept,) = desk.measurements.record(patient.id, typed)
    assert kept.session_id == session.id
    desk.patients.archive(other.id, other.version)
    with pytest.raises(RefusedError, match="archive"):
        desk.measurements.record(other.id, taken(item(WAIST, "88")))
    with pytest.raises(NotFoundError):
        desk.measurements.record(kept.id, taken(item(WAIST, "88")))


def test_progress_joins_what_was_told_elsewhere_with_what_was_given(desk, patient, kit, clock):
    kit.signed(weight_kg=Decimal(61))
    clock.move(days=20)
    home = taken(item(WAIST, "84"), on=date(2026, 3, 30), taken_at=TakenAt.HOME)
    desk.drafts.put("measuring", str(patient.id), {"waist": "84"})
    desk.measurements.record(patient.id, home)
    assert desk.drafts.get("measuring", str(patient.id)) is None
    progress = desk.measurements.progress(patient.id)
    assert progress.height_cm == 168
    assert [(each.weight_kg, each.told_in) for each in progress.weights] == [
        (62, ToldIn.INTAKE),
        (61, ToldIn.SESSION),
    ]
    (done,) = progress.sessions
    assert (done.number, done.volume_ml) == (1, Decimal("0.5"))
    (procaine,) = substances_of(progress.sessions)
    today = date(2026, 3, 30)
    assert given_before(progress.sessions, None, today) == Decimal("0.5")
    assert given_before(progress.sessions, procaine, today) == Decimal(10)  # 2 % is 20 mg/mL


def test_the_last_weight_is_that_of_the_scale_here(desk, patient, clock):
    assert desk.measurements.last_weight(patient.id) is None
    desk.measurements.record(patient.id, taken(item(WEIGHT, "63.2", unit="kg")))
    clock.move(days=7)
    at_home = taken(item(WEIGHT, "62", unit="kg"), on=date(2026, 3, 17), taken_at=TakenAt.HOME)
    desk.measurements.record(patient.id, at_home)
    (weight, at) = desk.measurements.last_weight(patient.id)
    assert (weight, at.date()) == (Decimal("63.2"), DAY)


def test_measurements_leave_with_the_patients_record(desk, patient):
    desk.measurements.record(patient.id, taken(item(WAIST, "88", "88.4")))
    job = desk.exports.plan_patient(patient.id, ExportFormat.JSON, PASSWORD)
    file = BytesIO()
    write_tables(job, JsonSink(file), Event(), lambda _done, _all: None)
    tables = json.loads(file.getvalue())["tables"]
    (row,) = tables["measurement"]
    assert (row["measure"], row["protocol"], row["value_cm"]) == ("waist", "midpoint", "88.2")
    assert [each["typed"] for each in tables["measurement_reading"]] == ["88", "88.4"]


def test_what_is_copied_or_printed_is_on_the_log(desk, patient):
    desk.measurements.note_copied(patient.id)
    desk.measurements.note_printed(patient.id)
    with desk.store.read(Right.RECORD_READ) as tx:
        said = tx.connection.execute(text("SELECT action FROM audit_entry ORDER BY seq DESC"))
        assert said.scalars().all()[:2] == ["measurement.print", "measurement.copy"]


def test_what_was_weighed_today_is_not_asked_again_in_the_session(desk, kit, clock):
    """Of the day itself counts what was measured here, else what the intake told."""
    patient = kit.patient.id
    begun = desk.sessions.start(patient)
    assert begun.fields.weight_kg is None
    kit.complete_intake()
    told = desk.sessions.start(patient)
    assert (told.id, told.fields.weight_kg) == (begun.id, Decimal(62))
    emptied = desk.sessions.save(told.id, told.version, replace(told.fields, weight_kg=None))
    home = item(WEIGHT, "70", unit="kg", confirmed=frozenset(Doubt))
    desk.measurements.record(patient, taken(home, taken_at=TakenAt.HOME))
    (here,) = desk.measurements.record(patient, taken(item(WEIGHT, "61.5", unit="kg")))
    again = desk.sessions.start(patient)
    assert again.fields.weight_kg == Decimal("61.5")
    assert desk.sessions.start(patient).version == again.version == emptied.version + 1
    # Somebody's own figure stays, and that of another day is not today's.
    desk.measurements.enter_in_error(here.id, here.version, "Another patient")
    assert desk.sessions.start(patient).fields.weight_kg == Decimal("61.5")
    desk.sessions.discard_draft(again.id, again.version, "Tomorrow")
    clock.move(days=1)
    assert desk.sessions.start(patient).fields.weight_kg is None
