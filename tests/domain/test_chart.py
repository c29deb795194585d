"""The chart document: gestures, undo and redo, and what is kept of them."""

import json
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mesodesk.domain.bodymap.chart import ChartDocument, EditConflictError
from mesodesk.domain.bodymap.codec import (
    ChartDataError,
    field_from_plain,
    field_to_plain,
    head_to_plain,
)
from mesodesk.domain.bodymap.edits import (
    Edit,
    EditLabel,
    PointSettings,
    delete_points,
    move_point,
    place_point,
    set_depth,
    set_dose,
    set_needle,
    set_syringe,
    set_technique,
)
from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern, PointRef
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints, PointFlag
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.ids import new_id

SYRINGES = (UUID(int=1), UUID(int=2))
SETTINGS = PointSettings("point_by_point", Decimal(4), "30G 4 mm", Decimal("0.05"))


HERE = SurfacePoint(3, 0.25, 0.5)
THERE = SurfacePoint(8, 0.125, 0.25)


def placed(document, place=HERE, settings=SETTINGS, syringe_id=SYRINGES[0]):
    field_id = new_id()
    assert document.apply(place_point(field_id, syringe_id, settings, place))
    return field_id


def grid(count, **values):
    points = PackedPoints(ChartPoint(i, 0.25, 0.25, 50, 4000) for i in range(count))
    return ChartField(
        **{
            "id": new_id(),
            "syringe_id": SYRINGES[0],
            "technique": "nappage",
            "depth_mm": Decimal(2),
            "needle": "30G",
            "pattern": Pattern.SQUARE,
            "points": points,
            **values,
        }
    )


def through_json(edit):
    return Edit.from_json(json.loads(json.dumps(edit.to_json())))


def test_a_point_is_placed_with_the_settings_in_force():
    document = ChartDocument()
    field = document.fields[placed(document)]
    assert (field.pattern, field.technique, field.needle) == (
        "single",
        "point_by_point",
        "30G 4 mm",
    )
    assert list(field.points) == [ChartPoint(3, 0.25, 0.5, 50, 4000)]
    assert field.volume_ml == Decimal("0.05")
    assert document.point_count == 1
    assert list(document.refs()) == [PointRef(field.id, 0)]


def test_every_builder_changes_what_it_says():
    document = ChartDocument()
    field_id = placed(document)
    for build, values in [
        (move_point, (0, THERE)),
        (set_dose, (0, Decimal("0.1"))),
        (set_depth, (0, Decimal("2.5"))),
        (set_technique, ("papule",)),
        (set_needle, ("32G",)),
        (set_syringe, (SYRINGES[1],)),
    ]:
        assert document.apply(build(document.fields[field_id], *values))
    field = document.fields[field_id]
    assert list(field.points) == [ChartPoint(8, 0.125, 0.25, 100, 2500)]
    assert (field.dose_per_point_ml, field.depth_mm) == (Decimal("0.1"), Decimal("2.5"))
    assert (field.technique, field.needle, field.syringe_id) == ("papule", "32G", SYRINGES[1])
    assert [edit.label for edit in document.edits] == [
        "place", "move", "dose", "depth", "technique", "needle", "syringe",
    ]  # fmt: skip


def test_a_point_changed_by_hand_in_a_pattern_says_so_and_ends_the_mirror_link():
    field = grid(3, mirror_of=UUID(int=9))
    document = ChartDocument([field])
    for build, value in [(move_point, THERE), (set_dose, Decimal(1)), (set_depth, Decimal(1))]:
        document.apply(build(document.fields[field.id], 1, value))
    flags = [point.flags for point in document.fields[field.id].points]
    assert flags == [0, PointFlag.MOVED | PointFlag.DOSED | PointFlag.DEPTH_SET, 0]
    assert document.fields[field.id].mirror_of is None
    assert document.fields[field.id].depth_mm == field.depth_mm


def test_deleting_points_and_the_last_of_a_field():
    field, single = grid(4), grid(1)
    document = ChartDocument([field, single])
    refs = [PointRef(field.id, 2), PointRef(single.id, 0), PointRef(field.id, 0)]
    document.apply(delete_points(document.fields, refs))
    assert list(document.fields) == [field.id]
    assert [point.triangle for point in document.fields[field.id].points] == [1, 3]
    document.undo()
    assert list(document.fields.values()) == [field, single]


def test_a_row_that_loses_its_first_point_begins_at_the_next_one():
    begins = [PointFlag.ROW_START if at in {0, 3, 5} else PointFlag.NONE for at in range(7)]
    points = [replace(point, flags=begins[at]) for at, point in enumerate(grid(7).points)]
    field = grid(7, points=PackedPoints(points))
    document = ChartDocument([field])
    # The whole first row, the beginning of the second, the end of the third.
    refs = [PointRef(field.id, index) for index in (0, 1, 2, 3, 6)]
    document.apply(delete_points(document.fields, refs))
    left = document.fields[field.id].points
    assert [point.triangle for point in left] == [4, 5]
    assert [point.flags for point in left] == [PointFlag.ROW_START, PointFlag.ROW_START]
    document.undo()
    assert document.fields[field.id] == field
    plain = delete_points({field.id: grid(3, id=field.id)}, [PointRef(field.id, 0)])
    assert {point.flags for point in plain.changes[0][2].points} == {PointFlag.NONE}


def test_an_edit_that_changes_nothing_is_no_edit():
    document = ChartDocument()
    field_id = placed(document)
    document.undo()
    document.redo()
    assert not document.apply(set_technique(document.fields[field_id], "point_by_point"))
    assert not document.apply(delete_points(document.fields, []))
    assert document.cursor == 1


def test_a_deleted_field_comes_back_in_its_old_place():
    document = ChartDocument()
    ids = [placed(document) for _ in range(3)]
    document.apply(delete_points(document.fields, [PointRef(ids[1], 0)]))
    document.undo()
    assert list(document.fields) == ids


def test_a_new_edit_ends_what_could_be_redone():
    document = ChartDocument()
    placed(document)
    placed(document)
    document.undo()
    assert (document.undo_label, document.redo_label) == (EditLabel.PLACE, EditLabel.PLACE)
    field_id = placed(document, THERE)
    assert not document.can_redo
    assert document.redo_label is None
    assert list(document.fields)[-1] == field_id


def test_undo_and_redo_at_the_ends_do_nothing():
    document = ChartDocument()
    told = []
    document.observe(told.append)
    assert document.undo() == document.redo() == frozenset()
    assert document.undo_label is None
    assert told == []


def test_nudges_are_undone_together():
    document = ChartDocument()
    field_id = placed(document)
    for place in (SurfacePoint(4, 0, 0), SurfacePoint(5, 0, 0), SurfacePoint(6, 0, 0)):
        document.apply(move_point(document.fields[field_id], 0, place, merge_key="a"))
    document.apply(move_point(document.fields[field_id], 0, SurfacePoint(7, 0, 0), merge_key="b"))
    trail = [document.fields[field_id].points[0].triangle]
    cursors = [document.cursor]
    while document.undo() and field_id in document.fields:
        trail.append(document.fields[field_id].points[0].triangle)
        cursors.append(document.cursor)
    assert trail == [7, 6, 3]
    assert cursors == [5, 4, 1]
    document.redo()
    assert document.redo() == {field_id}
    assert document.fields[field_id].points[0].triangle == 6


def test_an_edit_for_another_state_is_refused_and_changes_nothing():
    document = ChartDocument()
    field_id = placed(document)
    other = grid(1)
    stale = set_technique(document.fields[field_id], "papule")
    document.apply(set_technique(document.fields[field_id], "nappage"))
    before = dict(document.fields)
    both = Edit("both", ((other.id, None, other), *stale.changes))
    with pytest.raises(EditConflictError):
        document.apply(both)
    assert dict(document.fields) == before
    assert document.cursor == 2


def test_observers_hear_the_ids_after_the_change_until_they_stop():
    document = ChartDocument()
    seen = []
    stop = document.observe(lambda changed: seen.append((changed, document.point_count)))
    field_id = placed(document)
    document.undo()
    stop()
    stop()
    document.redo()
    assert seen == [({field_id}, 1), ({field_id}, 0)]


def test_fields_cannot_be_changed_behind_the_documents_back():
    document = ChartDocument()
    with pytest.raises(TypeError):
        document.fields[UUID(int=1)] = grid(1)


@pytest.mark.parametrize("cursor", [-1, 2])
def test_a_cursor_outside_the_history_is_refused(cursor):
    with pytest.raises(ValueError, match="history"):
        ChartDocument((), [place_point(new_id(), SYRINGES[0], SETTINGS, HERE)], cursor)


def test_a_history_that_does_not_follow_is_refused():
    edit = set_technique(grid(1), "papule")
    with pytest.raises(EditConflictError):
        ChartDocument.replayed([edit])


def test_a_whole_field_reads_back_equal():
    field = grid(
        60,
        spacing_mm=Decimal("15.0"),
        dose_per_point_ml=Decimal("0.050"),
        mirror_of=UUID(int=5),
        note="ça va",
        punctures=40,
        zone_ml=Decimal("1.2"),
    )
    plain = json.loads(json.dumps(field_to_plain(field)))
    assert field_from_plain(plain) == field
    assert list(plain["points"]) == ["zlib"]
    assert field_from_plain(head_to_plain(field), field.points) == field
    assert field.volume_ml == Decimal("4.2")


def test_an_outline_reads_back_equal():
    ring = tuple(SurfacePoint(i, 0.25, 0.5) for i in range(4))
    field = grid(1, outline=Outline(OutlineKind.BAND, (ring,), ("thigh",), Decimal(20)))
    assert field_from_plain(json.loads(json.dumps(field_to_plain(field)))) == field


def test_one_point_of_many_is_stored_as_one_point():
    field = grid(2200)
    edit = move_point(field, 1000, THERE)
    assert through_json(edit) == edit
    assert len(json.dumps(edit.to_json()["changes"][0]["after"])) < 600


@pytest.mark.parametrize(
    "damage",
    [
        lambda plain: plain.pop("label"),
        lambda plain: plain.pop("merge_key"),
        lambda plain: plain.update(changes=None),
        lambda plain: plain["changes"][0].pop("before"),
        lambda plain: plain["changes"][0]["before"].update(depth_mm="deep"),
        lambda plain: plain["changes"][0].update(field="not-a-uuid"),
        lambda plain: plain["changes"][0].update(field=7),
        lambda plain: plain.update(changes=5),
        lambda plain: plain.update(changes=[5]),
        lambda plain: plain["changes"][0]["after"]["points"].update(start=float("inf")),
        lambda plain: plain["changes"][0]["before"].update(pattern="spiral"),
        lambda plain: plain["changes"][0]["before"].update(technique=3),
        lambda plain: plain["changes"][0]["before"].update(id="nobody"),
        lambda plain: plain["changes"][0]["before"]["points"].update(raw="?"),
        lambda plain: plain["changes"][0]["before"].update(points={"zlib": "AAAA"}),
        lambda plain: plain["changes"][0]["before"].update(points={"lzma": "AAAA"}),
        lambda plain: plain["changes"][0]["before"].update(points={}),
        lambda plain: plain["changes"][0]["before"].update(points=None),
        lambda plain: plain["changes"][0]["after"]["points"].update(start=2),
        lambda plain: plain["changes"][0]["after"]["points"].update(cut=-1),
        lambda plain: plain["changes"][0]["after"]["points"].pop("put"),
        lambda plain: plain["changes"][0]["after"].update(points=7),
    ],
)
def test_a_damaged_edit_is_told_as_such(damage):
    plain = move_point(grid(1), 0, THERE).to_json()
    damage(plain)
    with pytest.raises(ChartDataError):
        Edit.from_json(plain)


def test_a_compressed_array_cut_short_is_told_as_such():
    plain = field_to_plain(grid(100))
    text = plain["points"]["zlib"]
    plain["points"] = {"zlib": text[: len(text) // 8 * 4]}
    with pytest.raises(ChartDataError):
        field_from_plain(plain)


class ChartMachine(RuleBasedStateMachine):
    """Random gestures, undos and redos; the chart is always what its history says."""

    def __init__(self):
        super().__init__()
        self.document = ChartDocument()
        self.states = [{}]

    def did(self, edit):
        if self.document.apply(through_json(edit)):
            del self.states[self.document.cursor :]
            self.states.append(dict(self.document.fields))

    def some_ref(self, data):
        return data.draw(st.sampled_from(list(self.document.refs())))

    @rule(
        triangle=st.integers(0, 50),
        dose=st.integers(0, 400),
        syringe_id=st.sampled_from(SYRINGES),
    )
    def place(self, triangle, dose, syringe_id):
        settings_now = replace(SETTINGS, dose_ml=Decimal(dose) / 1000)
        self.did(
            place_point(new_id(), syringe_id, settings_now, SurfacePoint(triangle, 0.25, 0.25))
        )

    @rule(count=st.integers(1, 60))
    def add_grid(self, count):
        field = grid(count)
        self.did(Edit("grid", ((field.id, None, field),)))

    @precondition(lambda self: self.document.fields)
    @rule(data=st.data(), triangle=st.integers(0, 50), key=st.sampled_from([None, "a", "b"]))
    def move(self, data, triangle, key):
        ref = self.some_ref(data)
        field = self.document.fields[ref.field_id]
        self.did(move_point(field, ref.index, SurfacePoint(triangle, 0.5, 0.25), key))

    @precondition(lambda self: self.document.fields)
    @rule(data=st.data(), dose=st.integers(0, 400))
    def dose(self, data, dose):
        ref = self.some_ref(data)
        self.did(set_dose(self.document.fields[ref.field_id], ref.index, Decimal(dose) / 1000))

    @precondition(lambda self: self.document.fields)
    @rule(data=st.data())
    def delete(self, data):
        refs = data.draw(st.lists(st.sampled_from(list(self.document.refs())), max_size=4))
        self.did(delete_points(self.document.fields, refs))

    @rule()
    def undo(self):
        self.document.undo()

    @rule()
    def redo(self):
        self.document.redo()

    @rule()
    def crash(self):
        """Everything is forgotten but what is stored: fields, edits, cursor."""
        old = self.document
        edits = [through_json(edit) for edit in old.edits]
        fields = [field_from_plain(field_to_plain(field)) for field in old.fields.values()]
        self.document = ChartDocument(reversed(fields), edits, old.cursor)
        assert list(self.document.fields.items()) == list(old.fields.items())

    @invariant()
    def is_what_its_history_says(self):
        expected = self.states[self.document.cursor]
        assert list(self.document.fields.items()) == sorted(expected.items())

    def teardown(self):
        document = self.document
        replayed = ChartDocument.replayed(document.edits, document.cursor)
        assert list(replayed.fields.items()) == list(document.fields.items())
        while document.can_undo:
            document.undo()
        assert not document.fields
        while document.can_redo:
            document.redo()
        assert dict(document.fields) == self.states[-1]


ChartMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestChartMachine = ChartMachine.TestCase
