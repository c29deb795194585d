"""The chart in words: one line a field, then each syringe and each active.

Volumes and amounts are those of `totals` and `dosing`; the volumes of the lines add up to the
chart's. The text holds no name and no date, so it can be pasted wherever the session is described.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.chart_words import ChartWords, capitalised, uncapitalised
from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.packing import POINT_DTYPE
from mesodesk.domain.bodymap.regions import Side, named
from mesodesk.domain.bodymap.stamps import stamp_name
from mesodesk.domain.bodymap.totals import ActiveSum, Totals, totals
from mesodesk.domain.bodymap.zones import zone_parts
from mesodesk.domain.dosing import Amount, Mixture, reconcile

_BOTH: Final = "both_sides"
_SIDES: Final = (Side.LEFT, Side.RIGHT)

Place = tuple[str, str]
"""The key of a region, and where in it: "" if its name says the side, else a word's key."""


@dataclass(frozen=True, slots=True)
class TextSyringe:
    """A syringe as the text tells of it; `wasted_ml` and `left_ml` are None while not told."""

    id: UUID
    digit: int
    label: str
    mixture: Mixture
    wasted_ml: Decimal | None = None
    left_ml: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ChartLine:
    """What one line tells, and the numbers in it."""

    text: str
    points: int
    punctures: int
    volume_ml: Decimal


@dataclass(frozen=True, slots=True)
class ChartText:
    """The whole text. `lines` are in the order in which their fields were made."""

    lines: tuple[ChartLine, ...]
    syringes: tuple[str, ...]
    actives: tuple[str, ...]
    total: str

    @property
    def text(self) -> str:
        """The text to copy: lines, an empty line, totals."""
        lines = "\n".join(line.text for line in self.lines)
        sums = "\n".join((*self.syringes, *self.actives, self.total))
        return f"{lines}\n\n{sums}" if lines else sums


def chart_text(
    fields: Iterable[ChartField],
    syringes: Sequence[TextSyringe],
    atlas: Atlas,
    language: str,
) -> ChartText:
    """Write a chart in words.

    Args:
        fields: those of the chart, in any order.
        syringes: those of the session; a field may name one that was put away since.
        atlas: says where points lie.
        language: `en`, `fr`, `it` or `es`, with or without a country.
    """
    return _Writer(syringes, atlas, ChartWords(language)).write(fields)


@dataclass(frozen=True, slots=True)
class _Part:
    """What goes into one line: points, or a zone, of one syringe at some places."""

    head: ChartField
    records: NDArray[np.void]
    places: tuple[Place, ...]


class _Writer:
    """Writes one text."""

    def __init__(self, syringes: Sequence[TextSyringe], atlas: Atlas, words: ChartWords) -> None:
        self._syringes = sorted(syringes, key=_digit)
        self._of = {syringe.id: syringe for syringe in syringes}
        self._atlas = atlas
        self._words = words

    def write(self, fields: Iterable[ChartField]) -> ChartText:
        by_id = {field.id: field for field in sorted(fields, key=_made)}
        mixtures = {syringe.id: syringe.mixture for syringe in self._syringes}
        sums = totals(by_id, self._atlas, mixtures)
        return ChartText(
            lines=tuple(self._line(part) for part in self._parts(by_id.values())),
            syringes=tuple(self._balance(syringe, sums) for syringe in self._syringes),
            actives=tuple(self._active(active) for active in sums.by_active),
            total=self._total(sums),
        )

    # What goes into a line

    def _parts(self, fields: Iterable[ChartField]) -> Iterator[_Part]:
        for group in _grouped(fields):
            head = group[0]
            records = np.concatenate([each.points.records for each in group], dtype=POINT_DTYPE)
            if len(records) and head.pattern is Pattern.SINGLE:
                yield from self._by_place(head, records)
            elif len(records):
                yield _Part(head, records, self._merged(self._places(records)))
            else:
                yield _Part(head, records, self._places_of_zone(head))

    def _by_place(self, head: ChartField, records: NDArray[np.void]) -> Iterator[_Part]:
        places = self._places(records)
        for place in dict.fromkeys(places):
            chosen = np.array([each == place for each in places])
            yield _Part(head, records[chosen], (place,))

    def _places(self, records: NDArray[np.void]) -> list[Place]:
        """Return the place of each point."""
        triangles = records["triangle"].astype(np.int64)
        regions = self._atlas.region_indices(triangles).tolist()
        sides = self._atlas.side_indices(triangles, records["u"], records["v"]).tolist()
        made = {pair: self._place(*pair) for pair in set(zip(regions, sides, strict=True))}
        return [made[pair] for pair in zip(regions, sides, strict=True)]

    def _place(self, region: int, side: int) -> Place:
        found = self._atlas.regions[region]
        own, of_place = str(found.side), str(self._atlas.sides[side])
        # The name of a region of one side says the side.
        return found.key, of_place if own == "midline" else ""

    def _merged(self, places: Iterable[Place]) -> tuple[Place, ...]:
        """Return each region once, where it was treated on both sides as such."""
        sides: dict[str, set[str]] = {}
        for region, side in places:
            sides.setdefault(region, set()).add(side)
        return tuple(
            (region, next(iter(found)) if len(found) == 1 else _BOTH)
            for region, found in sides.items()
        )

    def _places_of_zone(self, field: ChartField) -> tuple[Place, ...]:
        """Return the regions an outline names, else all that it holds skin of."""
        outline = field.outline
        if outline is None:
            return ()
        if outline.regions:
            return tuple((key, "") for key in outline.regions)
        places = [self._place(part.region, part.side) for part in zone_parts(self._atlas, outline)]
        # Skin of one side reaches to the midline itself, which makes it none of both.
        aside = {region for region, side in places if side in _SIDES}
        return self._merged(
            place for place in places if place[1] != Side.MIDLINE or place[0] not in aside
        )

    # What a line says

    def _line(self, part: _Part) -> ChartLine:
        head, words = part.head, self._words
        points = len(part.records)
        volume_ul = int(part.records["volume"].sum(dtype=np.uint64))
        volume_ml = Decimal(volume_ul).scaleb(-3) + (head.zone_ml or Decimal(0))
        details = [
            *self._how_many(part),
            words.technique(head.technique),
            self._depth(part),
            self._volume(head, volume_ml, told=bool(points) or head.zone_ml is not None),
        ]
        text = words.say(
            "line",
            place=self._where(part.places),
            details=", ".join(details),
            syringe=self._syringe(head.syringe_id),
        )
        return ChartLine(text, points, head.punctures or 0, volume_ml)

    def _where(self, places: Sequence[Place]) -> str:
        words = self._words
        names = named([key for key, _ in places], words.language)
        shown = [
            words.say("on_side", region=name, side=words.say(side)) if side else name
            for name, (_, side) in zip(names, places, strict=True)
        ]
        return " + ".join(shown) or words.say("place_unknown")

    def _how_many(self, part: _Part) -> Iterator[str]:
        head, words, points = part.head, self._words, len(part.records)
        if not points:
            yield words.say("zone")
            yield self._punctures(head.punctures)
            return
        counted = words.counted("points", points)
        if points > 1:
            dose = words.span(*_between(part.records["volume"]))
            counted = words.say("dosed", points=counted, dose=dose)
        if head.punctures is not None:
            counted = words.say("and", first=counted, second=self._punctures(head.punctures))
        yield counted
        if head.pattern is Pattern.ZONE:
            yield words.say("zone")
        elif head.pattern is not Pattern.SINGLE:
            yield self._pattern(head)

    def _pattern(self, head: ChartField) -> str:
        words, spacing = self._words, head.spacing_mm
        if spacing is None:
            return words.say(head.pattern.value)
        shown = words.number(spacing)
        if head.stamp:
            name = uncapitalised(stamp_name(head.stamp, words.language))
            return words.say("stamp_named", name=name, spacing=shown)
        return words.say(f"{head.pattern.value}_spaced", spacing=shown)

    def _punctures(self, punctures: int | None) -> str:
        if punctures is None:
            return self._words.say("punctures_unknown")
        return self._words.counted("punctures", punctures)

    def _depth(self, part: _Part) -> str:
        low = high = part.head.depth_mm
        if len(part.records):
            low, high = _between(part.records["depth"])
        key = "depth" if low == high else "depths"
        return self._words.say(key, depth=self._words.span(low, high))

    def _volume(self, head: ChartField, volume_ml: Decimal, *, told: bool) -> str:
        words = self._words
        if not told:
            return words.say("volume_unknown")
        shown = words.volume(volume_ml)
        syringe = self._of.get(head.syringe_id)
        amounts = syringe.mixture.delivered(volume_ml) if syringe is not None else ()
        if not amounts:
            return words.say("also", first=shown, second=words.say("no_active"))
        known = " + ".join(self._amount(each) for each in amounts if each.value is not None)
        text = f"{shown} = {known}" if known else shown
        for amount in amounts:
            if amount.value is None:
                text = words.say("also", first=text, second=self._amount(amount))
        return text

    def _amount(self, amount: Amount) -> str:
        name = self._words.active_inline(amount.ingredient_id, amount.name)
        if amount.value is None:
            return self._words.say("strength_unknown", name=name)
        return self._words.measured(amount.value, amount.unit, name)

    def _syringe(self, syringe_id: UUID) -> str:
        syringe = self._of.get(syringe_id)
        if syringe is None:
            return self._words.say("syringe_gone")
        return self._words.say("syringe", digit=syringe.digit)

    # What stands at the end

    def _balance(self, syringe: TextSyringe, sums: Totals) -> str:
        words = self._words
        drawn, injected = syringe.mixture.volume_ml, sums.injected_ml(syringe.id)
        account = reconcile(drawn, injected, syringe.wasted_ml, syringe.left_ml)
        wasted, left = account.wasted_ml, account.left_ml
        name = capitalised(words.say("syringe", digit=syringe.digit))
        told = {
            "syringe": f"{name} ({syringe.label})" if syringe.label else name,
            "drawn": words.volume(drawn),
            "injected": words.volume(injected),
            "wasted": words.say("not_told") if wasted is None else words.volume(wasted),
            "left": words.say("not_told") if left is None else words.volume(left),
        }
        if wasted is None or left is None:
            return words.say("balance_open", **told)
        difference = account.difference_ml
        if difference < 0:
            return words.say("balance_over", **told, over=words.volume(-difference))
        balance = words.say("balance", **told)
        if difference == 0:
            return balance
        return words.say("balance_missing", balance=balance, missing=words.volume(difference))

    def _active(self, active: ActiveSum) -> str:
        words, amount = self._words, active.amount
        name = words.active(amount.ingredient_id, amount.name)[0]
        volume = words.volume(active.volume_ml)
        if amount.value is None:
            return words.say("active_unknown", name=name, volume=volume)
        measured = words.measured(amount.value, amount.unit)
        return words.say("active", name=name, amount=measured, volume=volume)

    def _total(self, sums: Totals) -> str:
        words, whole = self._words, sums.whole
        if not sums.cells:
            return words.say("nothing")
        counts = []
        if whole.points:
            counts.append(words.counted("points", whole.points))
        if whole.punctures:
            counts.append(words.counted("punctures", whole.punctures))
        if len(counts) == 2:
            counts = [words.say("and", first=counts[0], second=counts[1])]
        return words.say("in_all", details=", ".join((*counts, words.volume(whole.volume_ml))))


def _grouped(fields: Iterable[ChartField]) -> Iterator[list[ChartField]]:
    """Yield each field by itself, but single points of one syringe, technique and depth as one."""
    groups: dict[object, list[ChartField]] = {}
    for field in fields:
        key: object = field.id
        if field.pattern is Pattern.SINGLE and len(field.points) == 1 and field.zone_ml is None:
            depth = int(field.points.records["depth"][0])
            key = field.syringe_id, field.technique, depth
        groups.setdefault(key, []).append(field)
    return iter(groups.values())


def _between(thousandths: NDArray[np.void]) -> tuple[Decimal, Decimal]:
    """Return the least and the largest of some microlitres or micrometres, in mL or mm."""
    low, high = int(thousandths.min()), int(thousandths.max())
    return Decimal(low).scaleb(-3), Decimal(high).scaleb(-3)


def _digit(syringe: TextSyringe) -> int:
    return syringe.digit


def _made(field: ChartField) -> UUID:
    """Ids carry their time, so their order is that of making."""
    return field.id
