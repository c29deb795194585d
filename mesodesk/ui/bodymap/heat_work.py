"""What the exposure map computes beside the window: no widgets, no document, no database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from uuid import UUID

import numpy as np

from mesodesk.domain.bodymap.atlas import Atlas, Region
from mesodesk.domain.bodymap.exposure_course import Course, Picks, Substance
from mesodesk.domain.bodymap.exposure_picture import ExposurePicture
from mesodesk.domain.bodymap.packing import POINT_DTYPE, PackedPoints, microlitres
from mesodesk.domain.bodymap.view import SurfacePoint, View
from mesodesk.domain.records.exposure import (
    ExposurePart,
    ExposureRange,
    ExposureSession,
    ExposureSyringe,
    ExposureZone,
)
from mesodesk.ui.bodymap.heat_colours import HeatImage, amounts_image, days_image
from mesodesk.ui.bodymap.heat_zones import HeatZones

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QPainter

    from mesodesk.domain.bodymap.fields import ChartField
    from mesodesk.ui.bodymap.syringes import ChartSyringe
    from mesodesk.ui.bodymap.viewport import Viewport

_YEAR: Final = timedelta(days=365)


class Range(StrEnum):
    """Which sessions count."""

    THIS = "this"
    LAST_3 = "last_3"
    LAST_6 = "last_6"
    YEAR = "year"
    ALL = "all"


class Days(StrEnum):
    """Stands for the map of days since the last treatment among what can be mapped."""

    SINCE = "since"


What = Substance | Days | None
"""What is mapped; None is the volume."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is shown: of what, over which sessions."""

    what: What = None
    range: Range = Range.ALL


def picks_of(
    choice: Range, sessions: Sequence[ExposureSession], this: UUID, today: date
) -> tuple[bool, ...]:
    """Return which sessions (the latest first) a range takes in."""
    if choice is Range.THIS:
        return tuple(session.id == this for session in sessions)
    wanted = {
        Range.LAST_3: ExposureRange(last=3),
        Range.LAST_6: ExposureRange(last=6),
        Range.YEAR: ExposureRange(since=today - _YEAR),
    }.get(choice, ExposureRange())
    return tuple(wanted.picks([session.on for session in sessions]))


def with_chart(
    sessions: Sequence[ExposureSession],
    this: UUID,
    fields: "Mapping[UUID, ChartField]",
    syringes: "Sequence[ChartSyringe]",
) -> tuple[ExposureSession, ...]:
    """Return the sessions with the chart in sight as it stands, gestures not kept yet included."""
    return tuple(
        replace(each, syringes=_live(fields, syringes)) if each.id == this else each
        for each in sessions
    )


def _live(
    fields: "Mapping[UUID, ChartField]", syringes: "Sequence[ChartSyringe]"
) -> tuple[ExposureSyringe, ...]:
    records: dict[UUID, list[np.ndarray]] = {}
    zones: dict[UUID, int] = {}
    placed: dict[UUID, list[ExposureZone]] = {}
    for field in fields.values():
        records.setdefault(field.syringe_id, []).append(field.points.records)
        if field.zone_ml is not None:
            zone_ul = microlitres(field.zone_ml)
            zones[field.syringe_id] = zones.get(field.syringe_id, 0) + zone_ul
            if field.outline is not None:
                zone = ExposureZone(field.outline, zone_ul)
                placed.setdefault(field.syringe_id, []).append(zone)
    none = [np.zeros(0, dtype=POINT_DTYPE)]
    return tuple(
        ExposureSyringe(
            syringe.id,
            syringe.digit,
            syringe.mixture,
            tuple(ExposurePart(part.name, part.lot) for part in syringe.parts),
            PackedPoints.from_records(np.concatenate(records.get(syringe.id, none))),
            zones.get(syringe.id, 0),
            tuple(placed.get(syringe.id, ())),
        )
        for syringe in syringes
    )


def make_course(
    atlas: Atlas, sessions: Sequence[ExposureSession], height_cm: float | None
) -> Course:
    """Build a course with everything that every map of it needs."""
    course = Course(atlas, sessions, height_cm)
    course.density(None, [True] * len(course.sessions))
    return course


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map in one view, with the highest value on the whole body and where that is."""

    picture: ExposurePicture
    image: HeatImage
    zones: HeatZones
    top: float
    region: Region | None

    def paint(self, painter: "QPainter", viewport: "Viewport") -> None:
        """Paint the colours, and the zones over them."""
        self.image.paint(painter, viewport)
        self.zones.paint(painter, viewport)


def draw(
    course: Course,
    atlas: Atlas,
    view: View,
    picture: ExposurePicture | None,
    choice: Choice,
    picks: Picks,
    today: date,
) -> Drawn:
    """Draw a map; `picture` is that of an earlier one in the same view, if there was one."""
    picture = picture or ExposurePicture(course.exposure, view)
    substance = None if isinstance(choice.what, Days) else choice.what
    zones = HeatZones(atlas, view, course.zones(substance, picks))
    if isinstance(choice.what, Days):
        cell_mm = view.camera.mm_per_px * picture.step * course.exposure.scale
        distances = course.distances(picks, today.toordinal())
        return Drawn(picture, days_image(picture, distances, cell_mm), zones, 0.0, None)
    values = course.density(choice.what, picks)
    bounds = np.array([float(each) for each in course.scale(choice.what)])
    image = amounts_image(picture, values, bounds)
    top = float(values.max(initial=0.0))
    return Drawn(picture, image, zones, top, _region(course, atlas, values) if top else None)


def _region(course: Course, atlas: Atlas, values: np.ndarray) -> Region:
    """Return the region of the highest value."""
    net = course.exposure.net
    at = int(np.flatnonzero((net.triangles == int(np.argmax(values))).any(axis=1))[0])
    return atlas.region_of(SurfacePoint(int(net.parent[at]), 1 / 3, 1 / 3))
