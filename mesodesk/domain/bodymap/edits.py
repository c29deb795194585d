"""One gesture on the chart: which fields it changed, and their state before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from mesodesk.domain.bodymap.codec import (
    ChartDataError,
    Plain,
    field_from_plain,
    field_to_plain,
    head_to_plain,
    splice_from_plain,
    splice_to_plain,
)
from mesodesk.domain.bodymap.fields import ChartField, Pattern, PointRef
from mesodesk.domain.bodymap.packing import (
    ChartPoint,
    PackedPoints,
    PointFlag,
    microlitres,
    micrometres,
)
from mesodesk.domain.bodymap.view import SurfacePoint


class EditLabel(StrEnum):
    """What a gesture did; the window has the words for it."""

    PLACE = "place"
    MOVE = "move"
    DOSE = "dose"
    DEPTH = "depth"
    TECHNIQUE = "technique"
    NEEDLE = "needle"
    SYRINGE = "syringe"
    DELETE = "delete"
    REMOVE = "remove"
    FILL = "fill"
    LINE = "line"
    STAMP = "stamp"
    SPACING = "spacing"
    PATTERN = "pattern"
    OUTLINE = "outline"
    MIRROR = "mirror"
    COPY = "copy"
    FAVOURITE = "favourite"
    HEIGHT = "height"
    AMEND = "amend"


Change = tuple[UUID, ChartField | None, ChartField | None]
"""A field's id, its state before (None: it was not there) and after (None: it is no more)."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One undoable change of the chart.

    Neighbouring edits that share a `merge_key` (the arrow keys held down) are undone together.
    """

    label: str
    changes: tuple[Change, ...]
    merge_key: str | None = None

    @property
    def field_ids(self) -> frozenset[UUID]:
        return frozenset(field_id for field_id, _, _ in self.changes)

    @property
    def taken_ml(self) -> dict[UUID, Decimal]:
        """How much more the edit takes from each syringe, by its id; below 0 is given back."""
        taken: dict[UUID, Decimal] = {}
        for _, before, after in self.changes:
            for field, sign in ((before, -1), (after, 1)):
                if field is not None:
                    more = sign * field.volume_ml
                    taken[field.syringe_id] = taken.get(field.syringe_id, Decimal(0)) + more
        return taken

    def to_json(self) -> Plain:
        """Return a plain dict that `json` can write and `from_json` reads back equal."""
        return {
            "label": str(self.label),
            "merge_key": self.merge_key,
            "changes": [_change_to_plain(change) for change in self.changes],
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Edit":
        """Read what `to_json` wrote.

        Raises:
            ChartDataError: if a value is missing or damaged.
        """
        try:
            merge_key = plain["merge_key"]
            return cls(
                label=str(plain["label"]),
                changes=tuple(_change_from_plain(change) for change in plain["changes"]),
                merge_key=None if merge_key is None else str(merge_key),
            )
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            raise ChartDataError("an edit of the chart cannot be read") from error


def _change_to_plain(change: Change) -> Plain:
    field_id, before, after = change
    plain: Plain = {"field": str(field_id), "before": None, "after": None}
    if before is not None:
        plain["before"] = field_to_plain(before)
    if after is not None and before is not None:
        plain["after"] = head_to_plain(after)
        plain["after"]["points"] = splice_to_plain(before.points, after.points)
    elif after is not None:
        plain["after"] = field_to_plain(after)
    return plain


def _change_from_plain(plain: Mapping[str, Any]) -> Change:
    field_id, before, after = UUID(plain["field"]), None, None
    if plain["before"] is not None:
        before = field_from_plain(plain["before"])
    if plain["after"] is not None:
        points = None
        if before is not None:
            points = splice_from_plain(before.points, plain["after"]["points"])
        after = field_from_plain(plain["after"], points)
    return field_id, before, after


@dataclass(frozen=True, slots=True)
class PointSettings:
    """What the next points get: typed once, used until changed."""

    technique: str
    depth_mm: Decimal
    needle: str
    dose_ml: Decimal


def place_point(
    field_id: UUID, syringe_id: UUID, settings: PointSettings, place: SurfacePoint
) -> Edit:
    """Put one point on the body: a field of its own."""
    point = ChartPoint(
        place.triangle,
        place.u,
        place.v,
        microlitres(settings.dose_ml),
        micrometres(settings.depth_mm),
    )
    field = ChartField(
        id=field_id,
        syringe_id=syringe_id,
        technique=settings.technique,
        depth_mm=settings.depth_mm,
        needle=settings.needle,
        pattern=Pattern.SINGLE,
        dose_per_point_ml=settings.dose_ml,
        points=PackedPoints([point]),
    )
    return Edit(EditLabel.PLACE, ((field_id, None, field),))


def move_point(
    field: ChartField, index: int, place: SurfacePoint, merge_key: str | None = None
) -> Edit:
    """Put a point elsewhere."""
    point = replace(field.points[index], triangle=place.triangle, u=place.u, v=place.v)
    after = _with_point(field, index, point, PointFlag.MOVED)
    return Edit(EditLabel.MOVE, ((field.id, field, after),), merge_key)


def set_dose(field: ChartField, index: int, dose_ml: Decimal, merge_key: str | None = None) -> Edit:
    """Give one point another volume.

    Raises:
        PackingError: if the volume is finer than a microlitre.
    """
    point = replace(field.points[index], volume_ul=microlitres(dose_ml))
    after = _with_point(field, index, point, PointFlag.DOSED)
    if field.pattern is Pattern.SINGLE:
        after = replace(after, dose_per_point_ml=dose_ml)
    return Edit(EditLabel.DOSE, ((field.id, field, after),), merge_key)


def set_depth(
    field: ChartField, index: int, depth_mm: Decimal, merge_key: str | None = None
) -> Edit:
    """Give one point another depth.

    Raises:
        PackingError: if the depth is finer than a micrometre or more than 65 mm.
    """
    point = replace(field.points[index], depth_um=micrometres(depth_mm))
    after = _with_point(field, index, point, PointFlag.DEPTH_SET)
    if field.pattern is Pattern.SINGLE:
        after = replace(after, depth_mm=depth_mm)
    return Edit(EditLabel.DEPTH, ((field.id, field, after),), merge_key)


def set_technique(field: ChartField, technique: str) -> Edit:
    """Change the technique of a whole field."""
    return Edit(EditLabel.TECHNIQUE, ((field.id, field, replace(field, technique=technique)),))


def set_needle(field: ChartField, needle: str) -> Edit:
    """Change the needle of a whole field."""
    return Edit(EditLabel.NEEDLE, ((field.id, field, replace(field, needle=needle)),))


def set_syringe(field: ChartField, syringe_id: UUID) -> Edit:
    """Say that a whole field came from another syringe."""
    return Edit(EditLabel.SYRINGE, ((field.id, field, replace(field, syringe_id=syringe_id)),))


def delete_points(fields: Mapping[UUID, ChartField], refs: Iterable[PointRef]) -> Edit:
    """Remove points; a field that loses its last one goes with it.

    Raises:
        KeyError: if a field is not in `fields`.
    """
    indices: dict[UUID, set[int]] = {}
    for ref in refs:
        indices.setdefault(ref.field_id, set()).add(ref.index)
    return Edit(
        EditLabel.DELETE,
        tuple((key, fields[key], _without(fields[key], gone)) for key, gone in indices.items()),
    )


def _without(field: ChartField, indices: set[int]) -> ChartField | None:
    left = field.points.without(sorted(indices))
    if not len(left):
        return None
    return replace(field, points=left, mirror_of=None, removed=field.removed + len(indices))


def _with_point(field: ChartField, index: int, point: ChartPoint, flag: PointFlag) -> ChartField:
    # A single point is its field: there is no pattern that it could differ from.
    if field.pattern is not Pattern.SINGLE:
        point = replace(point, flags=point.flags | flag)
    # A mirrored field that is edited by itself is a field of its own from then on.
    return replace(field, points=field.points.replaced({index: point}), mirror_of=None)
