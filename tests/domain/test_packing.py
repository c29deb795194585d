"""Points packed in one array: layout, limits, exactness."""

import struct
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.domain.bodymap.packing import (
    ChartPoint,
    PackedPoints,
    PackingError,
    PointFlag,
    microlitres,
    micrometres,
)


@st.composite
def chart_points(draw):
    u = draw(st.floats(0, 1, width=32))
    v = draw(st.floats(0, 1, width=32)) * (1 - u)
    return ChartPoint(
        draw(st.integers(0, 2**32 - 1)),
        float(np.float32(u)),
        float(np.float32(v)),
        draw(st.integers(0, 2**32 - 1)),
        draw(st.integers(0, 2**16 - 1)),
        PointFlag(draw(st.integers(0, 7))),
    )


def a_point(**values):
    return ChartPoint(
        **{"triangle": 7, "u": 0.25, "v": 0.5, "volume_ul": 50, "depth_um": 4000, **values}
    )


def test_the_layout_is_the_documented_one():
    points = PackedPoints([a_point(flags=PointFlag.MOVED | PointFlag.DOSED)])
    assert points.to_bytes() == struct.pack("<IffIHH", 7, 0.25, 0.5, 50, 4000, 3)


@given(st.lists(chart_points(), max_size=20))
def test_packing_is_exact(points):
    packed = PackedPoints(points)
    assert list(packed) == points
    again = PackedPoints.from_bytes(packed.to_bytes())
    assert again == packed
    assert hash(again) == hash(packed)
    assert packed.volume_ul == sum(point.volume_ul for point in points)


@given(st.lists(chart_points(), min_size=1, max_size=20), st.data())
def test_changing_one_leaves_the_others(points, data):
    packed = PackedPoints(points)
    index = data.draw(st.integers(0, len(points) - 1))
    changed = packed.changed(index, volume_ul=123)
    assert changed[index].volume_ul == 123
    assert list(changed.without([index])) == points[:index] + points[index + 1 :]
    assert list(packed) == points


def test_quantities_read_as_people_write_them():
    point = a_point(volume_ul=1250, depth_um=1500)
    assert (point.volume_ml, point.depth_mm) == (Decimal("1.25"), Decimal("1.5"))
    points = PackedPoints([point, point])
    assert points.volume_ml == Decimal("2.5")
    assert repr(points) == "PackedPoints(2 points)"


def test_nothing_is_a_packing_too():
    assert PackedPoints().to_bytes() == b""
    assert len(PackedPoints.from_bytes(b"")) == 0
    assert PackedPoints().volume_ul == 0
    assert PackedPoints().without([]) == PackedPoints()


def test_arrays_cannot_be_changed_in_place():
    points = PackedPoints([a_point()])
    with pytest.raises(ValueError, match="read-only"):
        points.records["volume"][0] = 1
    source = points.records.copy()
    copied = PackedPoints.from_records(source)
    source["volume"] = 99
    assert copied[0].volume_ul == 50


@pytest.mark.parametrize(
    "values",
    [
        {"u": 0.6, "v": 0.6},
        {"u": -0.1},
        {"v": -0.1},
        {"u": float("nan")},
        {"u": float("inf")},
        {"triangle": -1},
        {"triangle": 2**32},
        {"volume_ul": -1},
        {"volume_ul": 2**32},
        {"depth_um": 2**16},
    ],
)
def test_what_is_no_point_is_refused(values):
    with pytest.raises(PackingError):
        PackedPoints([a_point(**values)])


@pytest.mark.parametrize("data", [b"x", b"\x00" * 21, b"\xff" * 20])
def test_damaged_bytes_are_refused(data):
    with pytest.raises(PackingError):
        PackedPoints.from_bytes(data)


def test_a_place_on_the_edge_survives_rounding_to_32_bits():
    packed = PackedPoints([a_point(u=0.1, v=0.9)])
    assert PackedPoints.from_bytes(packed.to_bytes()) == packed


@pytest.mark.parametrize("index", [1, -2])
def test_a_point_that_is_not_there_is_an_error(index):
    with pytest.raises(IndexError):
        PackedPoints([a_point()]).without([index])


def test_only_equal_points_are_equal():
    assert PackedPoints([a_point()]) != PackedPoints([a_point(depth_um=1)])
    assert PackedPoints() != ()


@pytest.mark.parametrize(("text", "whole"), [("0.05", 50), ("0", 0), ("1.234", 1234), ("2", 2000)])
def test_whole_thousandths(text, whole):
    assert microlitres(Decimal(text)) == whole
    assert micrometres(Decimal(text)) == whole


@pytest.mark.parametrize("text", ["0.0005", "-0.05", "4294968", "NaN", "Infinity"])
def test_volumes_that_do_not_fit(text):
    with pytest.raises(PackingError):
        microlitres(Decimal(text))


@pytest.mark.parametrize("text", ["0.0005", "-1", "65.536"])
def test_depths_that_do_not_fit(text):
    with pytest.raises(PackingError):
        micrometres(Decimal(text))
