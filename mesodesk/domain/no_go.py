"""Skin to keep out of with an active: the zones of `no_go.toml`, and the points that lie in one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.fields import ChartField, Outline, PointRef
from mesodesk.domain.bodymap.regions import load_regions
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.clinical_files import (
    Entry,
    Source,
    by_id,
    folder,
    load_sources,
    need_known,
    read,
)
from mesodesk.domain.dosing import Mixture
from mesodesk.domain.findings import Severity
from mesodesk.domain.limit_facts import actives_of
from mesodesk.domain.texts import LocalText


@dataclass(frozen=True, slots=True)
class Zone:
    """Skin that a source says to keep out of.

    `regions` and `near` are keys with a side. With `near`, only skin within `within_mm` of the
    border of those regions counts. `actives` and `classes` are both empty where the zone stands
    for every mixture.
    """

    id: str
    version: int
    severity: Severity
    actives: frozenset[str]
    classes: frozenset[str]
    regions: frozenset[str]
    near: frozenset[str]
    within_mm: Decimal | None
    name: LocalText
    why: LocalText
    sources: tuple[Source, ...]

    def concerned(self, mixture: Mixture) -> tuple[str, ...] | None:
        """Return the ingredients of a mixture for which the zone stands, None if it does not."""
        held = tuple(actives_of(mixture))
        if not self.actives and not self.classes:
            return held
        known = load_catalogue().ingredients
        meant = tuple(
            each
            for each in held
            if each in self.actives or (each in known and known[each].class_id in self.classes)
        )
        return meant or None


class Places(Protocol):
    """Whatever can say which places of the skin lie in a zone: see `bodymap/no_go_skin.py`."""

    def holds(
        self, zone: Zone, triangle: NDArray[np.int64], u: NDArray[np.float64],
        v: NDArray[np.float64], /,
    ) -> NDArray[np.bool_]: ...  # fmt: skip

    def touches(self, zone: Zone, outline: Outline, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Trespass:
    """What of one syringe lies in a zone: points, and areas that were charted without points."""

    zone: Zone
    syringe_id: UUID
    actives: tuple[str, ...]
    refs: tuple[PointRef, ...]
    areas: tuple[UUID, ...]


def trespasses(
    zones: Iterable[Zone],
    fields: Mapping[UUID, ChartField],
    mixtures: Mapping[UUID, Mixture],
    places: Places,
) -> tuple[Trespass, ...]:
    """Return what lies in zones, the gravest first.

    Args:
        zones: to look at.
        fields: of the chart, by id.
        mixtures: what each syringe holds; fields of other syringes are left out.
        places: of the body.
    """
    found = []
    for zone in sorted(zones, key=lambda each: each.severity.rank):
        for syringe_id, mixture in mixtures.items():
            actives = zone.concerned(mixture)
            if actives is None:
                continue
            own = [field for field in fields.values() if field.syringe_id == syringe_id]
            refs = tuple(ref for field in own for ref in _points_in(zone, field, places))
            areas = tuple(field.id for field in own if _area_in(zone, field, places))
            if refs or areas:
                found.append(Trespass(zone, syringe_id, actives, refs, areas))
    return tuple(found)


def _points_in(zone: Zone, field: ChartField, places: Places) -> list[PointRef]:
    records = field.points.records
    if not len(records):
        return []
    inside = places.holds(
        zone,
        records["triangle"].astype(np.int64),
        records["u"].astype(np.float64),
        records["v"].astype(np.float64),
    )
    return [PointRef(field.id, index) for index in np.flatnonzero(inside).tolist()]


def _area_in(zone: Zone, field: ChartField, places: Places) -> bool:
    """A zone that was charted without points lies where its outline does."""
    return (
        not len(field.points) and field.outline is not None and places.touches(zone, field.outline)
    )


@cache
def load_no_go(path: Path | None = None) -> tuple[Zone, ...]:
    """Return the zones of a file, by default those shipped.

    Raises:
        ClinicalDataError: if the file is wrong: a zone without a source, an unknown region.
    """
    file = read(path or folder() / "no_go.toml")
    sources = load_sources()
    zones = by_id(file, (_zone(entry, sources) for entry in file.tables("zone")))
    file.done()
    return tuple(zones.values())


def _zone(entry: Entry, sources: dict[str, Source]) -> Zone:
    zone = Zone(
        id=entry.text("id"),
        version=entry.whole("version"),
        severity=entry.choice("severity", Severity),
        actives=frozenset(entry.strings("actives")),
        classes=frozenset(entry.strings("classes")),
        regions=_regions(entry),
        near=_keys(entry, "near"),
        within_mm=entry.optional_decimal("within_mm"),
        name=entry.local("name"),
        why=entry.local("why"),
        sources=entry.sources(sources),
    )
    everywhere = entry.flag("all_mixtures")
    entry.done()
    _check(entry, zone, everywhere=everywhere)
    return zone


def _check(entry: Entry, zone: Zone, *, everywhere: bool) -> None:
    catalogue = load_catalogue()
    need_known(entry, "actives", zone.actives, catalogue.ingredients)
    need_known(entry, "classes", zone.classes, catalogue.classes)
    if everywhere == bool(zone.actives or zone.classes):
        raise entry.wrong("needs either `actives` or `classes`, or `all_mixtures = true`")
    if bool(zone.near) != (zone.within_mm is not None):
        raise entry.wrong("`near` and `within_mm` belong together")
    if zone.within_mm is not None and zone.within_mm <= 0:
        raise entry.wrong("`within_mm` must be above 0")
    if zone.near & zone.regions:
        raise entry.wrong("`near` and `regions` name the same region")


def _regions(entry: Entry) -> frozenset[str]:
    if entry.has("regions") == entry.has("all_but"):
        raise entry.wrong("needs either `regions` or `all_but`")
    if entry.has("regions"):
        regions = _keys(entry, "regions")
    else:
        regions = frozenset(load_regions()) - _keys(entry, "all_but")
    if not regions:
        raise entry.wrong("covers no region")
    return regions


def _keys(entry: Entry, key: str) -> frozenset[str]:
    """Return the keys of regions named by code, or by code and side."""
    names = entry.strings(key)
    known = load_regions()
    need_known(entry, key, names, {*known, *(region.code for region in known.values())})
    return frozenset(
        region.key for region in known.values() if region.key in names or region.code in names
    )
