"""A patient's course as the exposure map needs it: every point, when it was given, what was in it.

Sums that are shown as numbers are exact; the colours of the map are estimates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.exposure import Exposure
from mesodesk.domain.bodymap.exposure_net import FloatArray, IntArray, Places
from mesodesk.domain.bodymap.exposure_scale import DAYS, VOLUME_ML, day_class, scale_of_active
from mesodesk.domain.bodymap.fields import Outline
from mesodesk.domain.bodymap.packing import POINT_DTYPE
from mesodesk.domain.bodymap.under import holds_any
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.dosing import Amount, Concentration, active_key, combined
from mesodesk.domain.records.exposure import (
    ExposurePart,
    ExposureSession,
    ExposureSyringe,
    ExposureZone,
)

Picks = Sequence[bool]
"""For each session of a course, whether it counts."""


@dataclass(frozen=True, slots=True)
class Substance:
    """What is mapped: an active in one unit (`mg`, `[iU]`, `[USP'U]`)."""

    ingredient_id: str
    unit: str
    name: str

    @property
    def key(self) -> str:
        """What the active is known by (`active_key`)."""
        return active_key(self.ingredient_id, self.name)


VOLUME: Final = None
"""Stands for the volume of everything, in mL, where a `Substance` may be asked for."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What is on the map in numbers. `unknown_points` hold an unknown amount of the substance."""

    sessions: int
    points: int
    volume_ml: Decimal
    unknown_points: int


@dataclass(frozen=True, slots=True)
class ZoneGiven:
    """What was given in a whole zone without points: how much of it at one place nobody knows."""

    volume_ml: Decimal
    amounts: tuple[Amount, ...]


@dataclass(frozen=True, slots=True)
class Treatment:
    """What one session gave near a place. `parts` are the lots of the syringes that were used.

    Volume and amounts are those of its points there; `zones` are those that the place lies in.
    """

    session: ExposureSession
    points: int
    volume_ml: Decimal
    amounts: tuple[Amount, ...]
    parts: tuple[ExposurePart, ...]
    zones: tuple[ZoneGiven, ...] = ()


class Course:
    """The sessions of a patient on one figure; ready to be summed over any of them."""

    def __init__(
        self, atlas: Atlas, sessions: Sequence[ExposureSession], height_cm: float | None
    ) -> None:
        """Take the sessions, the latest first."""
        self.sessions = tuple(sessions)
        pairs = [(at, each) for at, one in enumerate(self.sessions) for each in one.syringes]
        self._syringes = [syringe for _, syringe in pairs]
        self._session_of_syringe = np.array([at for at, _ in pairs], dtype=np.int64)
        lengths = [len(syringe.points) for syringe in self._syringes]
        self._syringe = np.repeat(np.arange(len(pairs)), lengths)
        records = np.concatenate(
            [np.zeros(0, dtype=POINT_DTYPE), *(each.points.records for each in self._syringes)]
        )
        self._volume_ul = records["volume"].astype(np.float64)
        places = Places(
            records["triangle"].astype(np.int64),
            records["u"].astype(np.float64),
            records["v"].astype(np.float64),
        )
        self.exposure = Exposure(atlas, places, height_cm)

    @cached_property
    def substances(self) -> tuple[Substance, ...]:
        """Every active of a syringe that was used; those given last come first."""
        found = {
            Substance(active.ingredient_id, active.unit, active.name): None
            for syringe in self._syringes
            if len(syringe.points) or syringe.zones
            for active in syringe.mixture.concentrations()
        }
        # Two products may call one ingredient differently.
        unique = {(each.key, each.unit): each for each in reversed(found)}
        return tuple(each for each in found if unique[each.key, each.unit] == each)

    def scale(self, substance: Substance | None) -> tuple[Fraction, ...]:
        """Return where each class begins, per cm2; empty if no strength of it is known."""
        if substance is VOLUME:
            return VOLUME_ML
        known = [each.per_ml for each in self._concentrations(substance) if each and each.per_ml]
        return scale_of_active(max(known)) if known else ()

    def sums(self, substance: Substance | None, picks: Picks) -> Sums:
        """Return what a map shows, in numbers."""
        counted = self._counted(picks)
        unknown = 0
        if substance is not VOLUME:
            hidden = [
                each is not None and each.per_ml is None for each in self._concentrations(substance)
            ]
            unknown = int((np.array(hidden, dtype=np.bool_)[self._syringe] & counted).sum())
        of_session = self._session_of_syringe[self._syringe[counted]]
        volume = int(self._volume_ul[counted].sum())
        return Sums(
            len(np.unique(of_session)), int(counted.sum()), Decimal(volume).scaleb(-3), unknown
        )

    def zones(self, substance: Substance | None, picks: Picks) -> tuple[Outline, ...]:
        """Return where zones without points lie that hold a substance, each once."""
        holds = [True] * len(self._syringes)
        if substance is not VOLUME:
            holds = [each is not None for each in self._concentrations(substance)]
        found = {
            zone.outline: None
            for at, syringe in enumerate(self._syringes)
            if holds[at] and picks[int(self._session_of_syringe[at])]
            for zone in syringe.zones
        }
        return tuple(found)

    def density(self, substance: Substance | None, picks: Picks) -> FloatArray:
        """Return mL, or the unit of the substance, per cm2 at the vertices of the net.

        Points in which the amount is unknown are left out: `sums` tells how many.
        """
        per_ml = np.ones(len(self._syringes))
        if substance is not VOLUME:
            found = self._concentrations(substance)
            per_ml = np.array([float(each.per_ml or 0) if each else 0.0 for each in found])
        amounts = self._volume_ul / 1000 * per_ml[self._syringe] * self._counted(picks)
        return self.exposure.density(amounts)

    def distances(self, picks: Picks, today: int) -> list[FloatArray]:
        """Return how far each vertex is from points of each class of days (`DAYS`).

        Args:
            picks: which sessions count.
            today: as an ordinal number.
        """
        of_session = np.array(
            [day_class(today - session.on.toordinal()) for session in self.sessions], dtype=np.int64
        )
        of_point = of_session[self._session_of_syringe][self._syringe]
        counted = self._counted(picks)
        return [
            self.exposure.nearest_mm(counted & (of_point == number)) for number in range(len(DAYS))
        ]

    def around(self, place: SurfacePoint, picks: Picks) -> tuple[Treatment, ...]:
        """Return what each session gave at a place, the latest first.

        Points count within the kernel's radius, zones without points where the place lies in them.
        """
        points = self.exposure.around(place)
        points = points[self._counted(picks)[points]]
        of_session = self._session_of_syringe[self._syringe[points]]
        zones = self._zones_at(place, picks)
        return tuple(
            self._treatment(number, points[of_session == number], zones.get(number, ()))
            for number in sorted({*of_session.tolist(), *zones})
        )

    def _zones_at(
        self, place: SurfacePoint, picks: Picks
    ) -> dict[int, list[tuple[ExposureSyringe, ExposureZone]]]:
        """Return the zones that hold a place, by the number of their session."""
        found: dict[int, list[tuple[ExposureSyringe, ExposureZone]]] = {}
        for at, syringe in enumerate(self._syringes):
            number = int(self._session_of_syringe[at])
            for zone in syringe.zones if picks[number] else ():
                if _holds(self.exposure.atlas, zone.outline, place):
                    found.setdefault(number, []).append((syringe, zone))
        return found

    def _treatment(
        self,
        number: int,
        points: IntArray,
        zones: Sequence[tuple[ExposureSyringe, ExposureZone]],
    ) -> Treatment:
        used: list[tuple[ExposureSyringe, Decimal]] = []
        for at in np.unique(self._syringe[points]).tolist():
            own = points[self._syringe[points] == at]
            volume = Decimal(int(self._volume_ul[own].sum())).scaleb(-3)
            used.append((self._syringes[at], volume))
        amounts = combined(
            amount for syringe, volume in used for amount in syringe.mixture.delivered(volume)
        )
        syringes = [syringe for syringe, _ in (*used, *zones)]
        parts = {part: None for syringe in syringes for part in syringe.parts}
        volume = sum((volume for _, volume in used), Decimal(0))
        given = tuple(_zone_given(syringe, zone) for syringe, zone in zones)
        return Treatment(self.sessions[number], len(points), volume, amounts, tuple(parts), given)

    def _counted(self, picks: Picks) -> NDArray[np.bool_]:
        """Return which points count."""
        counted = np.array(picks, dtype=np.bool_)
        of_syringe: NDArray[np.bool_] = counted[self._session_of_syringe]
        return of_syringe[self._syringe]

    def _concentrations(self, substance: Substance) -> list[Concentration | None]:
        """Return for each syringe how much of a substance it holds, None where it has none.

        One whose strength is not known may hold it in any unit: it counts as unknown in each.
        """
        key = substance.key
        found: list[Concentration | None] = []
        for syringe in self._syringes:
            own = [
                each
                for each in syringe.mixture.concentrations()
                if each.key == key and (each.unit == substance.unit or each.per_ml is None)
            ]
            found.append(own[0] if own else None)
        return found


def _zone_given(syringe: ExposureSyringe, zone: ExposureZone) -> ZoneGiven:
    volume = Decimal(zone.volume_ul).scaleb(-3)
    return ZoneGiven(volume, combined(syringe.mixture.delivered(volume)))


def _holds(atlas: Atlas, outline: Outline, place: SurfacePoint) -> bool:
    """Tell whether a place lies in a zone; one that this body cannot lay out is drawn nowhere."""
    if outline.skin and not any(
        first <= place.triangle < first + count for first, count in outline.skin
    ):
        return False  # and no area is cut
    try:
        return holds_any(atlas, outline, [place])
    except ValueError:
        return False
