"""What the exposure map is made of: the points of a patient's sessions, with what was in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from mesodesk.domain.bodymap.fields import Outline
from mesodesk.domain.bodymap.packing import PackedPoints
from mesodesk.domain.dosing import Mixture
from mesodesk.domain.records.session import SessionState


@dataclass(frozen=True, slots=True)
class ExposureRange:
    """Which sessions count: all, or the last so many, or those since a day, or both."""

    last: int | None = None
    since: date | None = None

    def picks(self, days: Sequence[date]) -> list[bool]:
        """Tell for each session, the latest first, whether it counts."""
        return [
            (self.last is None or at < self.last) and (self.since is None or day >= self.since)
            for at, day in enumerate(days)
        ]


ALL_SESSIONS = ExposureRange()


@dataclass(frozen=True, slots=True)
class ExposurePart:
    """What went into a syringe from one lot, in the words of its label then."""

    product_name: str
    lot_number: str


@dataclass(frozen=True, slots=True)
class ExposureZone:
    """A zone that was recorded without points: where it lies, and what was given in it."""

    outline: Outline
    volume_ul: int


@dataclass(frozen=True, slots=True)
class ExposureSyringe:
    """Where the content of one syringe went.

    `zone_ul` are microlitres of zones, which are recorded without points: no place is known for
    them within their outline, so that no map can count them. `zones` are those with an outline.
    """

    id: UUID
    digit: int
    mixture: Mixture
    parts: tuple[ExposurePart, ...]
    points: PackedPoints
    zone_ul: int = 0
    zones: tuple[ExposureZone, ...] = ()


@dataclass(frozen=True, slots=True)
class ExposureSession:
    """One session on the map: signed, or the draft that is being worked on.

    `on` is the calendar day where it took place.
    """

    id: UUID
    number: int
    state: SessionState
    on: date
    syringes: tuple[ExposureSyringe, ...]

    @property
    def is_draft(self) -> bool:
        return self.state is SessionState.DRAFT

    @property
    def points(self) -> int:
        return sum(len(syringe.points) for syringe in self.syringes)

    @property
    def zone_ml(self) -> Decimal:
        return Decimal(sum(syringe.zone_ul for syringe in self.syringes)).scaleb(-3)

    @property
    def placed_ml(self) -> Decimal:
        """What was given in zones whose outline is known."""
        zones = (zone for syringe in self.syringes for zone in syringe.zones)
        return Decimal(sum(zone.volume_ul for zone in zones)).scaleb(-3)


class LeftOutWhy(StrEnum):
    """Why a session is not on the map."""

    UNKNOWN_ATLAS = "unknown_atlas"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A session that counts but cannot be shown: never left out in silence."""

    number: int
    on: date
    why: LeftOutWhy


@dataclass(frozen=True, slots=True)
class PatientExposure:
    """A patient's sessions for the map, the latest first, and those that it has to leave out."""

    sessions: tuple[ExposureSession, ...]
    left_out: tuple[LeftOut, ...] = ()
