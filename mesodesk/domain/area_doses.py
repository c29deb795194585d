"""How much of what was given went into which part of the body, session by session. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from mesodesk.domain.bodymap.area_groups import group_of
from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.fields import ChartField, Outline, Pattern
from mesodesk.domain.bodymap.packing import PackedPoints
from mesodesk.domain.bodymap.totals import Totals, totals
from mesodesk.domain.dosing import Amount, Mixture
from mesodesk.domain.ids import new_id
from mesodesk.domain.progress import given_of
from mesodesk.domain.records.exposure import ExposureSession, PatientExposure
from mesodesk.domain.records.measurement import BodySide
from mesodesk.domain.records.progress import Given, ProgressSession


@dataclass(frozen=True, slots=True)
class AreaDoses:
    """What sessions gave where. One that is not in it is not known by area."""

    by_session: Mapping[UUID, Totals]

    def in_area(
        self, sessions: Sequence[ProgressSession], groups: Sequence[str], side: BodySide
    ) -> tuple[ProgressSession, ...]:
        """Return sessions with what they gave in an area alone.

        Args:
            sessions: in the order of time.
            groups: groups of regions.
            side: of the patient; NONE for both together.
        """
        return tuple(self._in_area(each, frozenset(groups), side) for each in sessions)

    def _in_area(
        self, session: ProgressSession, groups: frozenset[str], side: BodySide
    ) -> ProgressSession:
        known = self.by_session.get(session.id)
        if known is None:
            unknown = {key: replace(each, amount=None) for key, each in session.given.items()}
            return replace(session, volume_ml=None, given=unknown)
        found = known.of(
            lambda cell: (
                group_of(cell.region_key) in groups
                and (side is BodySide.NONE or cell.side == side.value)
            )
        )
        return replace(session, volume_ml=found.volume_ml, given=_given(session, found.amounts))


def doses_by_area(exposure: PatientExposure, atlas: Atlas) -> AreaDoses:
    """Return what the signed sessions of a patient gave where.

    Points count where they lie; what was recorded in a zone without points is shared out over the
    skin of its outline. A session with a zone of which nobody knows where it lies is not in it.

    Args:
        exposure: every session.
        atlas: of the patient's body.
    """
    return AreaDoses(
        {
            each.id: totals({field.id: field for field in _fields(each)}, atlas, _mixtures(each))
            for each in exposure.sessions
            if not each.is_draft and _is_placed(each)
        }
    )


def _is_placed(session: ExposureSession) -> bool:
    """Whether it is known of everything where it was given."""
    placed = (sum(zone.volume_ul for zone in each.zones) for each in session.syringes)
    return all(each.zone_ul == ul for each, ul in zip(session.syringes, placed, strict=True))


def _mixtures(session: ExposureSession) -> dict[UUID, Mixture]:
    return {each.id: each.mixture for each in session.syringes}


def _fields(session: ExposureSession) -> Iterator[ChartField]:
    for each in session.syringes:
        yield _field(each.id, each.points)
        for zone in each.zones:
            yield _field(each.id, PackedPoints([]), zone.outline, zone.volume_ul)


def _field(
    syringe_id: UUID, points: PackedPoints, outline: Outline | None = None, volume_ul: int = 0
) -> ChartField:
    """Return points as a field, of which nothing counts here but where it lies."""
    return ChartField(
        id=new_id(),
        syringe_id=syringe_id,
        technique="",
        depth_mm=Decimal(0),
        needle="",
        pattern=Pattern.SINGLE if outline is None else Pattern.ZONE,
        outline=outline,
        zone_ml=None if outline is None else Decimal(volume_ul).scaleb(-3),
        points=points,
    )


def _given(session: ProgressSession, amounts: Sequence[Amount]) -> dict[tuple[str, str], Given]:
    """Return what was given there; of an active that went elsewhere alone, none."""
    none = {key: replace(each, amount=Decimal(0)) for key, each in session.given.items()}
    return {**none, **given_of(amounts)}
