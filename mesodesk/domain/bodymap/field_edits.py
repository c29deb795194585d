"""Gestures on whole fields: fill an area, lay it anew, change its dose, mirror it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.edits import Change, Edit, EditLabel, PointSettings
from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.outlines import mirrored_outline
from mesodesk.domain.bodymap.packing import (
    POINT_DTYPE,
    PackedPoints,
    PointFlag,
    microlitres,
    micrometres,
)
from mesodesk.domain.bodymap.sharing import SharingError, shares

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.filling import LaidPoints

_BY_HAND = PointFlag.MOVED | PointFlag.DOSED | PointFlag.DEPTH_SET


@dataclass(frozen=True, slots=True)
class FieldSettings:
    """How the next field is laid. `total_ml` None gives every point the dose in hand."""

    pattern: Pattern = Pattern.STAGGERED
    spacing_mm: Decimal = Decimal(15)
    total_ml: Decimal | None = None


def filled(
    field_id: UUID,
    syringe_id: UUID,
    hand: PointSettings,
    laying: FieldSettings,
    outline: Outline | None,
    laid: "LaidPoints",
    punctures: int | None = None,
) -> ChartField:
    """Return a new field over an outline, or of a STAMP without one.

    Along a line there are no patterns but its one row.

    Args:
        field_id: of the field.
        syringe_id: whose mixture it is.
        hand: technique, depth, needle and dose in hand.
        laying: pattern, spacing, and the total if there is one.
        outline: where.
        laid: its points; none for a ZONE.
        punctures: the estimate for a ZONE.

    Raises:
        PackingError: if the dose or the total is finer than a microlitre.
        SharingError: if the total cannot be shared by so many points.
    """
    line = outline is not None and outline.kind is OutlineKind.LINE
    pattern = Pattern.LINES if line else laying.pattern
    empty = ChartField(
        id=field_id,
        syringe_id=syringe_id,
        technique=hand.technique,
        depth_mm=hand.depth_mm,
        needle=hand.needle,
        pattern=pattern,
        spacing_mm=laying.spacing_mm,
        dose_per_point_ml=hand.dose_ml if laying.total_ml is None else None,
        outline=outline,
    )
    if pattern is Pattern.ZONE:
        zone = replace(empty, punctures=punctures)
        if laying.total_ml is None:
            return with_dose(zone, hand.dose_ml)
        return with_total(zone, laying.total_ml)
    doses = _doses(len(laid), hand.dose_ml, laying.total_ml)
    return replace(empty, points=_packed(laid, doses, micrometres(hand.depth_mm)))


def fill(*fields: ChartField, label: EditLabel = EditLabel.FILL) -> Edit:
    """Put new fields on the chart."""
    return Edit(label, tuple((field.id, None, field) for field in fields))


def laid_anew(
    field: ChartField,
    laying: FieldSettings,
    outline: Outline,
    laid: "LaidPoints",
    punctures: int | None = None,
) -> ChartField:
    """Return a field with its points laid anew; what was changed on them by hand is gone.

    The dose of each point stays, or with a total the total.

    Raises:
        SharingError: if the total cannot be shared by so many points.
    """
    dose_ml = laying.total_ml if laying.total_ml is not None else usual_dose_ml(field)
    hand = PointSettings(field.technique, field.depth_mm, field.needle, dose_ml)
    made = filled(field.id, field.syringe_id, hand, laying, outline, laid, punctures)
    return replace(made, note=field.note, mirror_of=field.mirror_of)


def usual_dose_ml(field: ChartField) -> Decimal:
    """Return what a point of the field gets: what was set, or else what most points have.

    Whole microlitres, one at least; so the punctures of a zone may add up to a little more or less
    than its total.
    """
    if field.dose_per_point_ml is not None:
        return field.dose_per_point_ml
    if len(field.points):
        return _millilitres(max(1, int(np.median(field.points.records["volume"]))))
    zone_ul = (field.zone_ml or Decimal(0)).scaleb(3)
    each_ul = zone_ul / max(field.punctures or 1, 1)
    return _millilitres(max(1, int(each_ul.to_integral_value(ROUND_HALF_EVEN))))


def changed_by_hand(field: ChartField) -> int:
    """Return how many points were moved, dosed or set by themselves: laying anew discards that."""
    return int(np.count_nonzero(field.points.records["flags"] & int(_BY_HAND)))


def with_dose(field: ChartField, dose_ml: Decimal) -> ChartField:
    """Give every point of a field the same dose, but those that were dosed by themselves.

    Raises:
        PackingError: if the dose is finer than a microlitre, or too much for so large a zone.
        SharingError: if it is a zone of which nobody knows how many punctures it has.
    """
    if field.pattern is Pattern.ZONE:
        if not field.punctures:
            raise SharingError("this zone has no number of punctures")
        zone_ml = _millilitres(microlitres(dose_ml) * field.punctures)
        return replace(field, dose_per_point_ml=dose_ml, zone_ml=_packable(zone_ml))
    records = field.points.records.copy()
    free = _not_dosed(field)
    records["volume"][free] = microlitres(dose_ml)
    return replace(field, dose_per_point_ml=dose_ml, points=PackedPoints.from_records(records))


def with_total(field: ChartField, total_ml: Decimal) -> ChartField:
    """Share a volume over the points of a field; those dosed by themselves keep theirs.

    Raises:
        PackingError: if the volume is finer than a microlitre.
        SharingError: if too little is left for the others.
    """
    if field.pattern is Pattern.ZONE:
        return replace(field, dose_per_point_ml=None, zone_ml=_packable(total_ml))
    records = field.points.records.copy()
    free = _not_dosed(field)
    left = microlitres(total_ml) - int(records["volume"][~free].sum())
    if free.any():
        records["volume"][free] = shares(left, int(free.sum()))
    elif left != 0:
        raise SharingError("every point of this field was dosed by itself")
    return replace(field, dose_per_point_ml=None, points=PackedPoints.from_records(records))


def with_depth(field: ChartField, depth_mm: Decimal) -> ChartField:
    """Give every point of a field the same depth, but those that were set by themselves.

    Raises:
        PackingError: if the depth is finer than a micrometre or more than 65 mm.
    """
    records = field.points.records.copy()
    free = (records["flags"] & int(PointFlag.DEPTH_SET)) == 0
    records["depth"][free] = micrometres(depth_mm)
    return replace(field, depth_mm=depth_mm, points=PackedPoints.from_records(records))


def change(label: EditLabel, before: ChartField, after: ChartField, key: str | None = None) -> Edit:
    """Return the edit that puts a changed field in the place of what it was."""
    return Edit(label, ((before.id, before, after),), key)


def remove(field: ChartField) -> Edit:
    """Take a whole field off the chart."""
    return Edit(EditLabel.REMOVE, ((field.id, field, None),))


def mirrored(field: ChartField, atlas: Atlas, field_id: UUID) -> ChartField:
    """Return a field's image on the other side of the body, linked to it."""
    records = field.points.records.copy()
    half = atlas.triangle_count // 2
    records["triangle"] = (records["triangle"].astype(np.int64) + half) % (2 * half)
    records["u"], records["v"] = field.points.records["v"], field.points.records["u"]
    outline = None if field.outline is None else mirrored_outline(atlas, field.outline)
    return replace(
        field,
        id=field_id,
        outline=outline,
        mirror_of=field.id,
        points=PackedPoints.from_records(records),
    )


def lies_on(one: ChartField, other: ChartField) -> bool:
    """Tell whether two fields cover the very same skin: one outline, or the same single places."""
    if one.outline is not None or other.outline is not None:
        return one.outline == other.outline
    places = ["triangle", "u", "v"]
    return np.array_equal(one.points.records[places], other.points.records[places])


def with_images(fields: Mapping[UUID, ChartField], edit: Edit, atlas: Atlas) -> Edit:
    """Let the mirror images of changed fields follow, and free an image that is changed itself.

    An image keeps its own syringe: the other side may come from another one. What a hand does to
    single points is done on that side alone: it ends the link instead of reaching over unseen.
    """
    if edit.label == EditLabel.MIRROR:
        return edit
    touched = edit.field_ids
    changes: list[Change] = [_freed(one) for one in edit.changes]
    for field_id, before, after in edit.changes:
        by_hand = before is not None and after is not None and _only_points(before, after)
        changes.extend(
            (image.id, image, _following(image, None if by_hand else after, atlas))
            for image in fields.values()
            if image.mirror_of == field_id and image.id not in touched
        )
    return replace(edit, changes=tuple(changes))


def _only_points(before: ChartField, after: ChartField) -> bool:
    """Tell whether single points were moved, dosed, set or taken away, and nothing else."""
    as_before = replace(
        after, points=before.points, mirror_of=before.mirror_of, removed=before.removed
    )
    if as_before != before:
        return False
    if len(before.points) != len(after.points):
        return True
    was, now = before.points.records, after.points.records
    changed = np.zeros(len(was), dtype=np.bool_)
    for name in ("triangle", "u", "v", "flags"):
        changed |= was[name] != now[name]
    # A field's dose or depth passes over the points that have one of their own.
    for name, flag in (("volume", PointFlag.DOSED), ("depth", PointFlag.DEPTH_SET)):
        changed |= (was[name] != now[name]) & ((now["flags"] & int(flag)) != 0)
    return bool(changed.any())


def _freed(one: Change) -> Change:
    field_id, before, after = one
    if before is not None and after is not None and after.mirror_of is not None and after != before:
        after = replace(after, mirror_of=None)
    return field_id, before, after


def _following(image: ChartField, original: ChartField | None, atlas: Atlas) -> ChartField:
    if original is None:
        return replace(image, mirror_of=None)
    made = mirrored(original, atlas, image.id)
    return replace(made, syringe_id=image.syringe_id, note=image.note)


def _millilitres(volume_ul: int) -> Decimal:
    return Decimal(volume_ul).scaleb(-3)


def _packable(volume_ml: Decimal) -> Decimal:
    """Return a volume as it is, if it is one that the sums of a chart can take."""
    microlitres(volume_ml)
    return volume_ml


def _not_dosed(field: ChartField) -> NDArray[np.bool_]:
    free: NDArray[np.bool_] = (field.points.records["flags"] & int(PointFlag.DOSED)) == 0
    return free


def _doses(count: int, dose_ml: Decimal, total_ml: Decimal | None) -> NDArray[np.int64]:
    if total_ml is not None and count:
        return shares(microlitres(total_ml), count)
    return np.full(count, microlitres(dose_ml), dtype=np.int64)


def _packed(laid: "LaidPoints", doses: NDArray[np.int64], depth_um: int) -> PackedPoints:
    records = np.zeros(len(laid), dtype=POINT_DTYPE)
    records["triangle"], records["volume"], records["depth"] = laid.triangle, doses, depth_um
    records["u"], records["v"] = laid.u, laid.v
    # Rounding to 32 bits must not push a place over the edge of its triangle.
    over = records["u"].astype(np.float64) + records["v"] > 1
    records["u"][over] = np.nextafter(1 - records["v"][over], np.float32(0))
    records["flags"] = np.where(laid.starts_row, int(PointFlag.ROW_START), 0)
    return PackedPoints.from_records(records)
