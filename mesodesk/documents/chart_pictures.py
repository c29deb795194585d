"""The chart as pictures: the body in the views that show its points, each point where it lies.

The body is a small JPEG of the view's own picture within an SVG; lines, zones and points are drawn
over it, so that they are sharp on paper at any size.
"""

import base64
import contextlib
import io
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from mesodesk.documents.amended_svg import ShownAmendment, SignsOf, signs_of, struck_fields
from mesodesk.documents.marks import symbol
from mesodesk.domain.bodymap.atlas import Atlas, SurfacePoint
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.packing import POINT_DTYPE
from mesodesk.domain.bodymap.planar import FloatArray, IntArray
from mesodesk.domain.bodymap.view import View
from mesodesk.domain.syringe_looks import SYRINGES, SyringeLook, syringe_look

if TYPE_CHECKING:
    from PIL import Image

MOST_VIEWS: Final = 8
_LAST_DIGIT: Final = len(SYRINGES)
# The picture never comes nearer than this share of the view: the place must stay recognisable.
_NEAREST: Final = 0.42
_NEAREST_CLOSE: Final = 0.8
_MARGIN: Final = 1.35
# Steps of the logarithm of a picture's width, and of its place in shares of the width.
_STEP: Final = 0.08
_SHIFT: Final = 0.06
# Height to width of all pictures, so that they stand in rows.
_ASPECT: Final = 1.16
_RASTER_PX: Final = 620
_MARK_SHARE: Final = 0.0125
"""Radius of a point, of the width of the picture."""
# A close view is taken if it shows at least this share of what the best whole view shows.
_CLOSE: Final = 0.9
_ASKED: Final = 5
_GROUND: Final = (255, 255, 255)
_LINE: Final = "#6E4A3D"


@dataclass(frozen=True, slots=True)
class ChartPicture:
    """One view as SVG; `shown` is how many points it shows."""

    view: View
    svg: bytes
    shown: int


@dataclass(frozen=True, slots=True)
class _Points:
    """Points one after the other, with the digit of the syringe of each."""

    triangle: IntArray
    u: FloatArray
    v: FloatArray
    digit: IntArray

    def __len__(self) -> int:
        return len(self.triangle)

    def only(self, chosen: NDArray[np.bool_]) -> "_Points":
        return _Points(self.triangle[chosen], self.u[chosen], self.v[chosen], self.digit[chosen])


def chart_pictures(
    fields: Sequence[ChartField],
    digits: Mapping[UUID, int],
    atlas: Atlas,
    amendment: ShownAmendment | None = None,
) -> tuple[ChartPicture, ...]:
    """Return pictures that together show every point and zone, as few as that takes.

    Args:
        fields: of the chart.
        digits: of the syringes; a syringe put away has none, and its points the last look.
        atlas: of the body that the chart was drawn on.
        amendment: what else is drawn: what was struck is then seen too.
    """
    points = _points(fields, digits)
    zones = _zones(fields, digits, atlas)
    seen = [*fields]
    if amendment is not None and not amendment.of_original:
        seen += struck_fields(amendment.found)
    wanted = _joined(_points(seen, digits), _zones(seen, digits, atlas))
    return tuple(
        _picture(view, points, zones, _frame(view, places), signs_of(atlas, amendment))
        for view, places in _views(atlas, wanted)
    )


def _points(fields: Sequence[ChartField], digits: Mapping[UUID, int]) -> _Points:
    none = np.zeros(0, dtype=POINT_DTYPE)
    rows = np.concatenate([none, *(field.points.records for field in fields)])
    counts = [len(field.points) for field in fields]
    of_field = [digits.get(field.syringe_id, _LAST_DIGIT) for field in fields]
    return _Points(
        rows["triangle"].astype(np.int64),
        rows["u"].astype(np.float64),
        rows["v"].astype(np.float64),
        np.repeat(np.array(of_field, dtype=np.int64), counts),
    )


def _zones(
    fields: Sequence[ChartField], digits: Mapping[UUID, int], atlas: Atlas
) -> tuple[tuple[int, IntArray], ...]:
    """Return the digit and the skin of each field that has no points."""
    found = []
    for field in fields:
        if len(field.points) or field.outline is None:
            continue
        skin = _skin(field, atlas)
        if len(skin):
            found.append((digits.get(field.syringe_id, _LAST_DIGIT), skin))
    return tuple(found)


def _skin(field: ChartField, atlas: Atlas) -> IntArray:
    outline = field.outline
    if outline is None:
        return np.zeros(0, dtype=np.int64)
    if outline.regions:
        return atlas.triangles_of(key for key in outline.regions if key in atlas.regions_by_key)
    if outline.skin:
        runs = [np.arange(first, first + count) for first, count in outline.skin]
        skin = np.concatenate(runs).astype(np.int64)
    else:
        corners = [place.triangle for ring in outline.rings for place in ring]
        skin = np.unique(np.array(corners, dtype=np.int64))
    return skin[skin < atlas.triangle_count]


def _joined(points: _Points, zones: Sequence[tuple[int, IntArray]]) -> _Points:
    """Return all that has to be seen: the points, and the middles of the zones' triangles."""
    triangles = np.concatenate([points.triangle, *(skin for _, skin in zones)]).astype(np.int64)
    third = np.full(len(triangles) - len(points), 1 / 3)
    return _Points(
        triangles,
        np.concatenate([points.u, third]),
        np.concatenate([points.v, third]),
        np.concatenate([points.digit, *(np.full(len(skin), digit) for digit, skin in zones)]),
    )


def _views(atlas: Atlas, wanted: _Points) -> list[tuple[View, FloatArray]]:
    """Return views that together show what is wanted, and where it shows in each (pixels)."""
    chosen: list[tuple[View, FloatArray]] = []
    left = wanted
    while len(left) and len(chosen) < MOST_VIEWS:
        view, places, seen = _best(atlas, left)
        if not seen.any():
            break  # hidden in every view: the chart in words tells of it
        chosen.append((view, places[seen]))
        left = left.only(~seen)
    return chosen


_Shown = tuple[View, FloatArray, NDArray[np.bool_]]


def _best(atlas: Atlas, wanted: _Points) -> _Shown:
    """Return the view that shows most of it; a close one even if it shows a little less."""
    close = _best_close(atlas, wanted)
    if close is not None and int(close[2].sum()) >= _CLOSE * len(wanted):
        return close  # no view can show much more: the whole ones need not be looked at
    best = _best_of([view for view in atlas.views if not view.closeup], wanted)
    if close is not None and int(close[2].sum()) >= max(1, _CLOSE * int(best[2].sum())):
        return close
    return best


def _best_close(atlas: Atlas, wanted: _Points) -> _Shown | None:
    """Return the close view that most of it would be looked at in, or the closest with all of it.

    The points of two cheeks are looked at from the sides, and seen together from the front.
    """
    voted = _voted(atlas, wanted)
    enough = _CLOSE * len(wanted)
    if voted is not None and int(voted[2].sum()) >= enough:
        return voted
    able = [each for each in atlas.views if each.closeup and _could_show(each, wanted) >= enough]
    for view in sorted(able, key=lambda each: each.camera.mm_per_px):
        shown = _shown(view, wanted)
        if int(shown[2].sum()) >= enough:
            return shown
    return voted


def _voted(atlas: Atlas, wanted: _Points) -> _Shown | None:
    step = max(1, len(wanted) // _ASKED)
    some = (wanted.triangle[::step], wanted.u[::step], wanted.v[::step])
    places = zip(*(each.tolist() for each in some), strict=True)
    votes = Counter(atlas.likely_view(SurfacePoint(*place)).view_id for place in places)
    view = atlas.view(votes.most_common(1)[0][0])
    return _shown(view, wanted) if view.closeup else None


def _best_of(views: Sequence[View], wanted: _Points) -> _Shown:
    """Return the view that shows most, looking closely only where it could still be the best."""
    ranked = sorted(views, key=lambda view: -_could_show(view, wanted))
    best = _shown(ranked[0], wanted)
    for view in ranked[1:]:
        if _could_show(view, wanted) <= best[2].sum():
            break
        other = _shown(view, wanted)
        if other[2].sum() > best[2].sum():
            best = other
    return best


def _could_show(view: View, wanted: _Points) -> int:
    return view.could_show(wanted.triangle, wanted.u, wanted.v)


def _shown(view: View, wanted: _Points) -> _Shown:
    return view, *view.project(wanted.triangle, wanted.u, wanted.v)


@dataclass(frozen=True, slots=True)
class _Frame:
    """The part of a view that is shown, in its pixels."""

    left: float
    top: float
    width: float
    height: float


def _frame(view: View, places: FloatArray) -> _Frame:
    low, high = places.min(axis=0), places.max(axis=0)
    middle, room = (low + high) / 2, (high - low) * _MARGIN
    least = _NEAREST_CLOSE if view.closeup else _NEAREST
    width = max(room[0], room[1] / _ASPECT, least * max(view.width_px, view.height_px / _ASPECT))
    whole = max(view.width_px, view.height_px / _ASPECT)
    # In steps, so that sessions of one area share a picture, which is made once.
    width = min(math.exp(math.ceil(math.log(width) / _STEP) * _STEP), whole)
    height, step = width * _ASPECT, width * _SHIFT
    left = _within(_stepped(float(middle[0]) - width / 2, step), width, view.width_px)
    top = _within(_stepped(float(middle[1]) - height / 2, step), height, view.height_px)
    return _Frame(left, top, width, height)


def _stepped(value: float, step: float) -> float:
    return round(value / step) * step


def _within(start: float, length: float, whole: int) -> float:
    """Move a part so that it lies in the whole, or around it if it is longer."""
    if length >= whole:
        return (whole - length) / 2
    return min(max(start, 0.0), whole - length)


def _picture(
    view: View,
    points: _Points,
    zones: Sequence[tuple[int, IntArray]],
    frame: _Frame,
    draw_signs: SignsOf,
) -> ChartPicture:
    xy, seen = view.project(points.triangle, points.u, points.v)
    told = draw_signs(view, frame.width * _MARK_SHARE)
    parts = [
        _body(view, frame),
        _lines(view, frame),
        _zone_paths(view, zones),
        told.under,
        _marks(frame, xy, seen, points),
        told.over,
    ]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{frame.left:.1f} {frame.top:.1f}'
        f' {frame.width:.1f} {frame.height:.1f}" width="{frame.width:.0f}"'
        f' height="{frame.height:.0f}">{"".join(parts)}</svg>'
    )
    return ChartPicture(view, svg.encode(), int(seen.sum()))


def _marks(frame: _Frame, xy: FloatArray, seen: NDArray[np.bool_], points: _Points) -> str:
    if not seen.any():
        return ""
    radius = frame.width * _MARK_SHARE
    used = sorted(set(points.digit[seen].tolist()))
    looks = "".join(symbol(_look(digit)) for digit in used)
    drawn = "".join(
        f'<use href="#p{digit}" transform="translate({x:.1f} {y:.1f}) scale({radius:.2f})"/>'
        for (x, y), digit in zip(xy[seen].tolist(), points.digit[seen].tolist(), strict=True)
    )
    return f"<defs>{looks}</defs>{drawn}"


def _look(digit: int) -> SyringeLook:
    return syringe_look(digit)


def _zone_paths(view: View, zones: Sequence[tuple[int, IntArray]]) -> str:
    """Return zones as their visible skin: they have no points to show where they lie."""
    made = []
    for digit, skin in zones:
        kept = skin[view.roughly_seen(skin)]
        if not len(kept):
            continue
        corners = view.camera.project(view.corners(kept).reshape(-1, 3))[0].reshape(-1, 3, 2)
        path = "".join(
            f"M{a[0]:.1f} {a[1]:.1f}L{b[0]:.1f} {b[1]:.1f}L{c[0]:.1f} {c[1]:.1f}Z"
            for a, b, c in corners.tolist()
        )
        colour = _look(digit).colour
        made.append(
            f'<path d="{path}" fill="{colour}" stroke="{colour}" stroke-width=".6" opacity=".45"/>'
        )
    return "".join(made)


def _lines(view: View, frame: _Frame) -> str:
    """Return the lines of the body that run through the part shown."""
    low = np.array([frame.left, frame.top])
    high = low + np.array([frame.width, frame.height])
    kept = [
        line
        for line in view.lines
        if (line.max(axis=0) >= low).all() and (line.min(axis=0) <= high).all()
    ]
    paths = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line.tolist()) for line in kept)
    width = frame.width / 460
    return (
        f'<path d="{paths}" fill="none" stroke="{_LINE}" stroke-width="{width:.2f}"'
        ' stroke-linecap="round" stroke-linejoin="round"/>'
        if paths
        else ""
    )


@lru_cache(maxsize=48)
def _body(view: View, frame: _Frame) -> str:
    """Return the part of the view's own picture on white; white alone if it cannot be read."""
    from PIL import Image

    height = round(_RASTER_PX * frame.height / frame.width)
    ground = Image.new("RGB", (_RASTER_PX, height), _GROUND)
    with contextlib.suppress(OSError, ValueError), Image.open(view.image_path) as whole:
        _paste(ground, whole, frame)
    out = io.BytesIO()
    ground.save(out, "JPEG", quality=84, subsampling=0)
    data = base64.b64encode(out.getvalue()).decode("ascii")
    return (
        f'<image x="{frame.left:.1f}" y="{frame.top:.1f}" width="{frame.width:.1f}"'
        f' height="{frame.height:.1f}" href="data:image/jpeg;base64,{data}"/>'
    )


def _paste(ground: "Image.Image", whole: "Image.Image", frame: _Frame) -> None:
    """Lay the part of a picture that the frame shows on the ground, at its size."""
    from PIL import Image

    scale = ground.width / frame.width
    left, top = max(frame.left, 0.0), max(frame.top, 0.0)
    right = min(frame.left + frame.width, float(whole.width))
    bottom = min(frame.top + frame.height, float(whole.height))
    size = max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))
    box = (left, top, right, bottom)
    part = whole.resize(size, Image.Resampling.BILINEAR, box, reducing_gap=2.0)
    corner = round((left - frame.left) * scale), round((top - frame.top) * scale)
    ground.paste(part, corner, part.getchannel("A"))
