"""The record as PDF: whole, readable, in the font of the program, with the points on the body."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from threading import Event

import pikepdf
import pytest
from pdf_text import read_pdf
from sqlalchemy import insert

import mesodesk.documents.record_pdf as printing
from mesodesk.db.models.session import SessionRow
from mesodesk.db.models.versions import SessionStatementRow
from mesodesk.documents.chart_pictures import chart_pictures
from mesodesk.documents.new_file import DocumentError
from mesodesk.documents.record_pdf import record_pdf
from mesodesk.documents.words import language_words
from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.ids import new_id
from mesodesk.domain.questionnaire import load_questionnaire
from mesodesk.domain.records.export import ExportFormat
from mesodesk.domain.records.followup import CheckAnswer, FollowUpFields
from mesodesk.domain.records.measurement import (
    MeasuredUnit,
    MeasurementFields,
    MeasuringFields,
    Reading,
    SeriesKey,
    TakenAt,
)
from mesodesk.domain.records.plan import Interval, PlanFields
from mesodesk.domain.records.reaction import ReactionFields, ReportFields
from mesodesk.domain.records.session import SessionState, StatementKind
from mesodesk.domain.rights import Right
from mesodesk.domain.schedule import CheckItemKind, load_schedule
from mesodesk.domain.syringe_looks import syringe_look
from mesodesk.leaving import write_out
from mesodesk.services.export_work import records


def nothing(_done, _all):
    return None


def whole(desk, patient_id):
    (found,) = records(
        desk.exports.plan_patient(patient_id, ExportFormat.PDF, "plain tea in the morning"),
        Event(),
        nothing,
    )
    return found


def alone(desk, session_id):
    (found,) = records(desk.exports.plan_session(session_id), Event(), nothing)
    return found


@pytest.fixture
def signed(kit):
    kit.complete_intake(diabetes=Answer.YES)
    return kit.signed(note="Came straight from work")


def test_the_whole_record_can_be_read(desk, kit, signed):
    desk.sessions.add_addendum(signed.id, "Bruise at the left flank")
    read = read_pdf(record_pdf(whole(desk, kit.patient.id)))
    for words in (
        "García López, María José",
        kit.patient.record_number,
        "Clinic of the tests",
        "12 Apr 1985",
        "Do you have diabetes?",
        "Came straight from work",
        "Bruise at the left flank",
        "Procaine 2 % no. 1",
        "L1",
        "31 Jan 2027",
        "0.5 mL",
        "20 mg/mL",
        "2 of 10",
        "The seal holds",
        desk.sessions.get(signed.id).seal.sha256[:8],
        "24 hours",
        f"page 1 of {len(read.pages)}",
        f"page {len(read.pages)} of {len(read.pages)}",
        "by Olga Owner",
    ):
        assert words in read, words
    assert read.missing == 0
    assert read.fonts
    assert all(read.fonts.values())
    assert all("Inter" in font for font in read.fonts)
    assert all(f"page{at}of" in page for at, page in enumerate(read.pages, start=1))


def test_every_question_has_its_answer_or_was_not_asked(desk, kit):
    kit.desk.intakes.start(kit.patient.id)
    read = read_pdf(record_pdf(whole(desk, kit.patient.id)))
    put = load_questionnaire().items_for("female", 40)
    assert all(item.text.get("en") in read for item in put if not item.asked_if)
    assert read.text.count("NOTASKED") >= sum(not item.asked_if for item in put)
    assert "This intake is a draft" in read


def test_a_yes_is_told_apart_from_a_no(desk, kit):
    kit.complete_intake(diabetes=Answer.YES)
    read = read_pdf(record_pdf(whole(desk, kit.patient.id)))
    assert re.search(r"Doyouhavediabetes\?Yestold", read.text)
    assert re.search(r"Doyouhaveathyroiddisease\?No", read.text)


def test_a_check_tells_its_answers_and_what_is_still_there(desk, kit, signed):
    check = next(one for one in desk.follow_ups.for_session(signed.id) if one.check_id == "day_5_7")
    asked = load_schedule().check(check.check_id).items
    yes_no = [item for item in asked if item.kind is CheckItemKind.YES_NO]
    calm = next(item for item in yes_no if item.calm is Answer.YES)
    grave = next(item for item in yes_no if item.calm is Answer.NO)
    given = {item.id: CheckAnswer(Answer.YES) for item in (calm, grave)}
    desk.follow_ups.save(check.id, check.version, FollowUpFields(items=given))
    text = read_pdf(record_pdf(alone(desk, signed.id))).text
    words = {item.id: "".join(item.text.get("en").split()) for item in (calm, grave)}
    assert f"{words[grave.id]}Yesstillpresent:notasked" in text
    assert f"{words[calm.id]}Yesstill" not in text
    assert f"{words[calm.id]}Yes" in text


def test_measurements_tell_their_readings_and_what_is_in_error(desk, kit):
    inches = tuple(Reading(Decimal(each), MeasuredUnit.INCH) for each in ("32.25", "32.5"))
    items = (
        MeasurementFields(SeriesKey("waist", "umbilicus"), inches),
        MeasurementFields(SeriesKey("satisfaction"), scores={"satisfied": 4}),
    )
    typed = MeasuringFields(date(2026, 3, 10), TakenAt.HOME, items)
    (waist, _) = desk.measurements.record(kit.patient.id, typed)
    desk.measurements.enter_in_error(waist.id, waist.version, "Twisted tape")
    read = read_pdf(record_pdf(whole(desk, kit.patient.id)))
    for words in (
        "Waist, navel",
        "82.2 cm",
        "ENTERED IN ERROR: Twisted tape (Olga Owner)",
        "read 32.25 in, 32.5 in",
        "4 of 5",
        "4 satisfied",
        "at home, told to Olga Owner",
    ):
        assert words in read, words


def test_a_reaction_tells_what_stands_who_was_told_and_what_stood_before(desk, kit, signed):
    typed = ReactionFields(session_id=signed.id, kind="nodule", note="One lump")
    kept = desk.reactions.record(kit.patient.id, typed)
    typed = replace(typed, scale="effect", grade=2, note="Two lumps")
    kept = desk.reactions.change(kept.id, kept.version, typed, "The patient came")
    told = ReportFields("authority", date(2026, 3, 10), "Agency", "A-17")
    kept = desk.reactions.report(kept.id, kept.version, told)
    desk.reactions.enter_in_error(kept.id, kept.version, "Another patient")
    read = read_pdf(record_pdf(whole(desk, kit.patient.id)))
    for words in (
        "Nodule or lump",
        "2: hinders more than a little (Effect on the patient, any reaction)",
        "not asked",
        "Two lumps",
        "Reported to Authority, Agency, 10 Mar 2026, A-17 (noted by Olga Owner)",
        "One lump",
        "The patient came",
        "ENTERED IN ERROR: Another patient (Olga Owner)",
    ):
        assert words in read, words


def test_plans_tell_their_sessions_and_why_one_came_too_soon(desk, kit, clock):
    kit.complete_intake()
    fields = PlanFields("Contour", ("abdomen_upper.midline",), 6, Interval(14), 8)
    plan = desk.plans.begin(kit.patient.id, fields)
    desk.plans.begin_session(plan.id)
    kit.signed()
    clock.move(days=9)
    desk.plans.begin_session(plan.id)
    ready = kit.ready()
    why = "She leaves for three months tomorrow"
    given = desk.sessions.acknowledge(ready.id, ready.version, "plan_too_soon", 1, why, True)
    desk.sessions.sign(given.id, given.version, "plain tea in the morning")
    stands = desk.plans.get(plan.id)
    desk.plans.stop(plan.id, stands.version, "Moves abroad")
    desk.plans.begin(kit.patient.id, PlanFields("Hair"))
    read = read_pdf(record_pdf(whole(desk, kit.patient.id)))
    for words in (
        "Contour 2 done of 6 planned",
        "Stopped",
        "Moves abroad",
        "14 days",
        "At most 8 sessions",
        "Upper abdomen",
        "10 Mar 2026 1 of 6 session 1",
        "19 Mar 2026 2 of 6 session 2",
        "Too soon: day 9 of 14.",
        f"Went on: {why} (Olga Owner, 19 Mar 2026",
        "Hair 0 done",
        "not set",
    ):
        assert words in read, words


def test_one_session_alone_says_nothing_of_others(desk, kit, signed, clock):
    clock.move(days=30)
    later = kit.signed(note="The second time")
    read = read_pdf(record_pdf(alone(desk, later.id)))
    assert "The second time" in read
    assert "Session 2" in read
    assert "Came straight from work" not in read
    assert "Do you have diabetes?" not in read


def test_a_draft_says_that_it_is_one(desk, kit):
    draft = kit.ready()
    read = read_pdf(record_pdf(alone(desk, draft.id)))
    assert "Draft: not signed" in read
    assert "Not signed, so not sealed" in read


def test_a_broken_seal_is_told(desk, kit, signed, tamper):
    tamper("UPDATE session SET note = 'Never said'")
    read = read_pdf(record_pdf(alone(desk, signed.id)))
    assert "The seal is broken" in read
    assert "The seal holds" not in read


def test_what_was_said_of_a_session_later_is_told(desk, kit, signed, clock):
    with desk.store.write(Right.OWN) as tx:
        vault = desk.store.vault
        tx.connection.execute(
            insert(SessionStatementRow).values(
                id=new_id(),
                session_id=signed.id,
                kind=StatementKind.ENTERED_IN_ERROR,
                text="It was the patient before her",
                author_id=tx.actor.id,
                author_name="Olga Owner",
                made_at=tx.now + timedelta(minutes=5),
                sha256="0" * 64,
                signature=bytes(64),
                public_key=vault.public_key,
            )
        )
        tx.db.get(SessionRow, signed.id).state = SessionState.ENTERED_IN_ERROR
        tx.audit("session.any", "session", signed.id)
    made = record_pdf(alone(desk, signed.id))
    read = read_pdf(made)
    assert "Entered in error, 10 Mar 2026, 10:05 · Olga Owner" in read
    assert "It was the patient before her" in read
    assert "Came straight from work" in read
    assert strokes(made) > strokes(record_pdf(_as_signed(desk, signed.id))) + 30


def _as_signed(desk, session_id):
    found = alone(desk, session_id)
    (session,) = found.sessions
    return replace(
        found,
        sessions=(replace(session, record=replace(session.record, state=SessionState.SIGNED)),),
    )


def strokes(data):
    """Count the lines drawn on all pages: what is struck through has one for each word or line."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return sum(
            str(operator) == "S"
            for page in pdf.pages
            for _, operator in pikepdf.parse_content_stream(page)
        )


@pytest.mark.parametrize(
    ("jurisdiction", "size"), [("ES", (595, 842)), ("", (595, 842)), ("US", (612, 792))]
)
def test_paper_is_that_of_the_country(desk, kit, signed, jurisdiction, size):
    found = alone(desk, signed.id)
    clinic = replace(found.clinic, jurisdiction=jurisdiction)
    with pikepdf.open(io.BytesIO(record_pdf(replace(found, clinic=clinic)))) as pdf:
        box = [float(each) for each in pdf.pages[0].mediabox]
    assert (round(box[2]), round(box[3])) == size


@pytest.mark.parametrize(
    "name", ["Šťastný Ğüneş Łódź", "Παπαδόπουλος Αθηνά", "Достоевская Анна", "Nguyễn Thị Hạnh"]
)
def test_names_of_other_alphabets_have_all_their_letters(desk, kit, signed, name):
    found = alone(desk, signed.id)
    patient = replace(found.patient, fields=replace(found.patient.fields, family_name=name))
    read = read_pdf(record_pdf(replace(found, patient=patient)))
    assert name in read
    assert read.missing == 0


@pytest.mark.long
@pytest.mark.parametrize(
    "name", ["محمد العربي", "כהן שרה", "李小龍", "Ana 😀", "a\u202eb\u0301\u0000"]
)
def test_names_that_the_font_does_not_have_fail_nothing(desk, kit, signed, name):
    found = alone(desk, signed.id)
    patient = replace(found.patient, fields=replace(found.patient.fields, family_name=name))
    assert record_pdf(replace(found, patient=patient)).startswith(b"%PDF")


def test_what_is_typed_is_never_read_as_markup(desk, kit, signed):
    nasty = '#panic("x") *bold* $x$ <label> @ref = head \\ `raw` // gone'
    found = alone(desk, signed.id)
    fields = replace(found.sessions[0].record.fields, note=nasty)
    record = replace(found.sessions[0].record, fields=fields)
    read = read_pdf(
        record_pdf(replace(found, sessions=(replace(found.sessions[0], record=record),)))
    )
    assert nasty in read


def test_a_template_that_fails_is_told_in_a_sentence(desk, kit, signed, monkeypatch):
    monkeypatch.setattr(printing, "_template", lambda _name: b"#broken(")
    with pytest.raises(DocumentError, match="nothing was printed"):
        record_pdf(alone(desk, signed.id))


def test_a_file_for_each_patient_where_everything_is_printed(
    desk, kit, signed, typed_patient, tmp_path
):
    other = desk.patients.create(typed_patient("Weiss", "Anna", date(1970, 1, 2)))
    job = desk.exports.plan_clinic(ExportFormat.PDF, "plain tea in the morning")
    left = write_out(job, tmp_path, Event(), nothing)
    names = sorted(path.name for path in left.path.iterdir())
    assert names == sorted(f"{each.record_number}.pdf" for each in (kit.patient, other))
    assert "Weiss, Anna" in read_pdf((left.path / f"{other.record_number}.pdf").read_bytes())
    assert left.done.rows == 2


def test_a_language_is_called_by_its_name():
    assert [language_words(code) for code in ("es", "en", "pt", "")] == [
        "Spanish",
        "English",
        "pt",
        "",
    ]


# Pictures of the chart


def field_on(triangles, syringe_id, volume_ul=50):
    points = PackedPoints(ChartPoint(one, 0.3, 0.3, volume_ul, 2000) for one in triangles)
    return ChartField(
        new_id(), syringe_id, "papule", Decimal(2), "30g_4mm", Pattern.STAGGERED, points=points
    )


def marks(picture, digit):
    return picture.svg.decode().count(f'<use href="#p{digit}"')


def test_every_point_is_in_a_picture_in_the_look_of_its_syringe():
    atlas, first, second = load_atlas("female"), new_id(), new_id()
    belly = atlas.triangles_of(["abdomen_upper.midline"])[:40].tolist()
    back = atlas.triangles_of(["mid_back.left"])[:30].tolist()
    fields = [field_on(belly, first), field_on(back, second)]
    made = chart_pictures(fields, {first: 1, second: 2}, atlas)
    assert len(made) >= 2, "nobody has a belly on the back"
    assert len({each.view.view_id for each in made}) == len(made)
    assert sum(marks(each, 1) for each in made) >= 40
    assert sum(marks(each, 2) for each in made) >= 30
    shown = "".join(each.svg.decode() for each in made)
    assert syringe_look(1).colour in shown
    assert syringe_look(2).colour in shown
    assert sum(each.shown for each in made) >= 70


def test_both_sides_of_a_face_are_shown_on_the_face():
    """Not from the side, which shows one, and not on the whole body, where both are dots."""
    atlas, syringe = load_atlas("female"), new_id()
    keys = ["cheek.left", "cheek.right", "forehead.midline"]
    fields = [field_on(atlas.triangles_of([key])[::9].tolist(), syringe) for key in keys]
    made = chart_pictures(fields, {syringe: 1}, atlas)
    assert made[0].view.view_id == "face_front"
    assert made[0].shown >= 0.9 * sum(len(field.points) for field in fields)


def test_a_zone_is_shown_by_its_skin():
    atlas, syringe = load_atlas("female"), new_id()
    zone = replace(
        field_on([], syringe),
        pattern=Pattern.ZONE,
        outline=Outline(OutlineKind.REGION, regions=("abdomen_upper.midline",)),
        points=PackedPoints(),
        zone_ml=Decimal(1),
        punctures=40,
    )
    (picture,) = chart_pictures([zone], {syringe: 3}, atlas)
    assert f'fill="{syringe_look(3).colour}"' in picture.svg.decode()
    assert picture.shown == 0


def test_no_chart_has_no_picture():
    assert chart_pictures([], {}, load_atlas("male")) == ()


def test_a_chart_that_cannot_be_read_is_told(desk, kit, signed, tamper):
    tamper("UPDATE chart_field SET points = x'00'")
    read = read_pdf(record_pdf(alone(desk, signed.id)))
    assert "The chart cannot be read" in read
    assert "The seal is broken" in read


def test_the_chart_is_in_words_and_in_pictures(desk, kit, signed):
    found = alone(desk, signed.id)
    made = record_pdf(found)
    assert "5 points" in read_pdf(made)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert b"/Image" in b"".join(
            repr(each).encode() for each in pdf.objects if isinstance(each, pikepdf.Stream)
        )
