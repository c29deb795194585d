"""The measures and ratings of `measurements.toml`: where, how often, and what a figure is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path

from mesodesk.domain.bodymap.area_groups import load_groups
from mesodesk.domain.clinical_files import (
    Entry,
    Source,
    by_id,
    folder,
    load_sources,
    need_known,
    read,
)
from mesodesk.domain.texts import LocalText


class MeasureKind(StrEnum):
    """What is measured, and so the unit of the record: kg, cm, mm, points of a scale."""

    WEIGHT = "weight"
    GIRTH = "girth"
    SKINFOLD = "skinfold"
    RATING = "rating"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure in the unit of the record, and where it comes from."""

    value: Decimal
    sources: tuple[Source, ...]

    @property
    def source(self) -> str:
        return "; ".join(str(source) for source in self.sources)


@dataclass(frozen=True, slots=True)
class Protocol:
    """Where or how a measure is taken; `needs_cm` if a distance belongs to it."""

    id: str
    name: LocalText
    how: LocalText
    needs_cm: bool
    areas: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """One level of an item, with the words that count."""

    score: int
    label: LocalText


@dataclass(frozen=True, slots=True)
class RatingItem:
    """What is rated, with its levels from the lowest score up."""

    id: str
    name: LocalText
    levels: tuple[Level, ...]
    sources: tuple[Source, ...]

    def level(self, score: int) -> Level | None:
        return next((each for each in self.levels if each.score == score), None)


@dataclass(frozen=True, slots=True)
class TotalBand:
    """What a sum of scores is called."""

    least: int
    most: int
    name: LocalText
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """Where a rating is made."""

    id: str
    name: LocalText
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Something that is measured or rated.

    `areas` are the groups of regions it is of, those of its protocol or region before it; empty for
    what is of the whole body.

    `agree` is how near two readings must be, `band` how far they may differ by error alone, `jump`
    what is asked about; each is None where nobody says.
    """

    id: str
    kind: MeasureKind
    name: LocalText
    how: LocalText
    sources: tuple[Source, ...]
    usual: bool
    sides: bool
    rated_by: bool
    least: Decimal
    most: Decimal
    readings: int
    agree: Threshold | None
    band: Threshold | None
    jump: Threshold | None
    areas: tuple[str, ...]
    protocols: tuple[Protocol, ...]
    items: tuple[RatingItem, ...]
    regions: tuple[Region, ...]
    totals: tuple[TotalBand, ...]

    def protocol(self, protocol_id: str) -> Protocol | None:
        return next((each for each in self.protocols if each.id == protocol_id), None)

    def areas_at(self, protocol_id: str, region_id: str) -> tuple[str, ...]:
        """Return the groups of regions that are measured or rated there."""
        places = [self.protocol(protocol_id), *(r for r in self.regions if r.id == region_id)]
        named = (each.areas for each in places if each is not None and each.areas)
        return next(named, self.areas)

    def total(self, score: int) -> TotalBand | None:
        """Return what a sum is called; None where nobody named it."""
        return next((each for each in self.totals if each.least <= score <= each.most), None)

    @property
    def scale(self) -> tuple[int, int]:
        """The lowest and the highest sum of a rating."""
        lowest = sum(item.levels[0].score for item in self.items)
        return lowest, sum(item.levels[-1].score for item in self.items)


@cache
def load_measures(path: Path | None = None) -> Mapping[str, Measure]:
    """Return the measures of a file by id, in its order; by default those shipped.

    Raises:
        ClinicalDataError: if the file is wrong; a figure without a source is.
    """
    file = read(path or folder() / "measurements.toml")
    sources = load_sources()
    items = by_id(file, (_item(entry, sources) for entry in file.tables("item")))
    regions = by_id(file, (_region(entry) for entry in file.tables("region")))
    known = _Known(sources, items, regions)
    measures = by_id(file, (_measure(entry, known) for entry in file.tables("measure")))
    file.whole("version")
    file.done()
    return measures


@dataclass(frozen=True, slots=True)
class _Known:
    sources: Mapping[str, Source]
    items: Mapping[str, RatingItem]
    regions: Mapping[str, Region]


def _measure(entry: Entry, known: _Known) -> Measure:
    kind = entry.choice("kind", MeasureKind)
    rating = kind is MeasureKind.RATING
    named = {"items": entry.strings("items"), "regions": entry.strings("regions")}
    need_known(entry, "items", named["items"], known.items)
    need_known(entry, "regions", named["regions"], known.regions)
    measure = Measure(
        id=entry.text("id"),
        kind=kind,
        name=entry.local("name"),
        how=entry.local("how"),
        sources=entry.sources(known.sources),
        usual=entry.flag("usual"),
        sides=entry.flag("sides"),
        rated_by=entry.flag("rated_by"),
        least=Decimal(0) if rating else entry.decimal("least"),
        most=Decimal(0) if rating else entry.decimal("most"),
        readings=0 if rating else entry.whole("readings"),
        agree=_threshold(entry, "agree", known.sources),
        band=_threshold(entry, "band", known.sources),
        jump=_threshold(entry, "jump", known.sources),
        areas=_areas(entry),
        protocols=tuple(_protocol(each, known.sources) for each in entry.tables("protocol")),
        items=tuple(known.items[name] for name in named["items"]),
        regions=tuple(known.regions[name] for name in named["regions"]),
        totals=tuple(_total(each, known.sources) for each in entry.tables("total")),
    )
    entry.done()
    _check(entry, measure)
    return measure


def _check(entry: Entry, measure: Measure) -> None:
    if (measure.kind is MeasureKind.RATING) != bool(measure.items):
        raise entry.wrong("a rating has items, and nothing else has")
    if measure.kind is MeasureKind.RATING:
        return
    if not 0 < measure.least < measure.most:
        raise entry.wrong("`least` must be above 0 and below `most`")
    if not 1 <= measure.readings <= 3:
        raise entry.wrong("`readings` must be 1, 2 or 3")
    if measure.agree is not None and measure.readings != 2:
        raise entry.wrong("`agree` belongs to two readings")


def _threshold(entry: Entry, key: str, sources: Mapping[str, Source]) -> Threshold | None:
    if not entry.has(key):
        return None
    table = entry.table(key)
    found = Threshold(table.decimal("value"), table.sources(sources))
    table.done()
    if found.value <= 0:
        raise entry.wrong(f"`{key}.value` must be above 0")
    return found


def _protocol(entry: Entry, sources: Mapping[str, Source]) -> Protocol:
    protocol = Protocol(
        entry.text("id"),
        entry.local("name"),
        entry.local("how"),
        entry.flag("needs_cm"),
        _areas(entry),
        entry.sources(sources),
    )
    entry.done()
    return protocol


def _total(entry: Entry, sources: Mapping[str, Source]) -> TotalBand:
    total = TotalBand(
        entry.whole("from"), entry.whole("to"), entry.local("name"), entry.sources(sources)
    )
    entry.done()
    return total


def _areas(entry: Entry) -> tuple[str, ...]:
    areas = entry.strings("areas")
    need_known(entry, "areas", areas, load_groups())
    return areas


def _region(entry: Entry) -> Region:
    region = Region(entry.text("id"), entry.local("name"), _areas(entry))
    entry.done()
    return region


def _item(entry: Entry, sources: Mapping[str, Source]) -> RatingItem:
    levels = []
    for each in entry.tables("level"):
        levels.append(Level(each.whole("score"), each.local("label")))
        each.done()
    item = RatingItem(entry.text("id"), entry.local("name"), tuple(levels), entry.sources(sources))
    entry.done()
    scores = [each.score for each in levels]
    if len(scores) < 2 or scores != sorted(set(scores)):
        raise entry.wrong("the levels must rise, each with a score of its own")
    return item
