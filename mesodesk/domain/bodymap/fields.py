"""A field: points that were placed together, and how."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from mesodesk.domain.bodymap.packing import PackedPoints
from mesodesk.domain.bodymap.view import SurfacePoint

LEAST_SPACING_MM: Final = Decimal(2)
LARGEST_SPACING_MM: Final = Decimal(40)
"""From point to point along the skin."""


class Pattern(StrEnum):
    """How the points of a field lie. A zone has no points, only an estimated number of them."""

    SINGLE = "single"
    SQUARE = "square"
    STAGGERED = "staggered"
    LINES = "lines"
    RADIAL = "radial"
    STAMP = "stamp"
    ZONE = "zone"


class OutlineKind(StrEnum):
    """How the outline of a field was drawn."""

    REGION = "region"
    LASSO = "lasso"
    BAND = "band"
    RECTANGLE = "rectangle"
    CIRCLE = "circle"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Outline:
    """The border of a field on the surface.

    `regions` names the regions it was taken from, if any; `rings` are closed loops of surface
    points, each border followed by its holes (one open line for a LINE); `skin` are the triangles
    that the rings were drawn on, as runs (the first and how many), so that they mean just that skin
    again; `width_mm` is that of a BAND.
    """

    kind: OutlineKind
    rings: tuple[tuple[SurfacePoint, ...], ...] = ()
    regions: tuple[str, ...] = ()
    width_mm: Decimal | None = None
    skin: tuple[tuple[int, int], ...] = ()

    def __hash__(self) -> int:
        # What is drawn is looked up at every turn, and its rings are long: a part tells them apart.
        begins = tuple(ring[:1] for ring in self.rings)
        return hash((self.kind, self.regions, self.width_mm, begins))


@dataclass(frozen=True, slots=True)
class ChartField:
    """Points from one syringe with one technique.

    `depth_mm` and `dose_per_point_ml` are what new points of the field get; each point carries its
    own. `technique` and `needle` are ids of the clinic's vocabulary. `mirror_of` names the field on
    the other side of which this one is the image, as long as neither was edited by itself.
    `punctures` and `zone_ml` are the estimate and the volume of a zone, which has no points.
    `removed` counts the points that were taken out one by one since the pattern was laid. `stamp`
    is the id of the footprint that a STAMP was pressed with; "" for other fields, and where it was
    not kept.
    """

    id: UUID
    syringe_id: UUID
    technique: str
    depth_mm: Decimal
    needle: str
    pattern: Pattern = Pattern.SINGLE
    spacing_mm: Decimal | None = None
    dose_per_point_ml: Decimal | None = None
    outline: Outline | None = None
    mirror_of: UUID | None = None
    note: str = ""
    punctures: int | None = None
    zone_ml: Decimal | None = None
    removed: int = 0
    stamp: str = ""
    points: PackedPoints = field(default_factory=PackedPoints)

    @property
    def is_laid(self) -> bool:
        """Whether it was laid over skin, and is not just a point."""
        return self.outline is not None or self.pattern is not Pattern.SINGLE

    @property
    def is_line(self) -> bool:
        """Whether it lies along a line, which has no patterns and no area."""
        return self.outline is not None and self.outline.kind is OutlineKind.LINE

    @property
    def volume_ml(self) -> Decimal:
        """What the field holds: its points, or its zone."""
        return self.points.volume_ml + (self.zone_ml or 0)


@dataclass(frozen=True, slots=True)
class PointRef:
    """A point of the chart: its field, and its index there. It holds until the field is edited."""

    field_id: UUID
    index: int
