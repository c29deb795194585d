"""A field: points that were placed together, and how."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from mesodesk.domain.bodymap.packing import PackedPoints
from mesodesk.domain.bodymap.view import SurfacePoint


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


@dataclass(frozen=True, slots=True)
class ChartField:
    """Points from one syringe with one technique.

    `depth_mm` and `dose_per_point_ml` are what new points of the field get; each point carries its
    own. `technique` and `needle` are ids of the clinic's vocabulary. `mirror_of` names the field on
    the other side of which this one is the image, as long as neither was edited by itself.
    `punctures` and `zone_ml` are the estimate and the volume of a zone, which has no points.
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
    points: PackedPoints = field(default_factory=PackedPoints)

    @property
    def volume_ml(self) -> Decimal:
        """What the field holds: its points, or its zone."""
        return self.points.volume_ml + (self.zone_ml or 0)


@dataclass(frozen=True, slots=True)
class PointRef:
    """A point of the chart: its field, and its index there. It holds until the field is edited."""

    field_id: UUID
    index: int
