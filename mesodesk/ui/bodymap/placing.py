"""Puts fields from elsewhere into today's chart: asks which syringes, then makes one edit."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, Slot

from mesodesk.domain.bodymap.copying import (
    copy_fields,
    needs,
    prechosen,
    same_actives,
    same_strengths,
)
from mesodesk.domain.bodymap.edits import EditLabel
from mesodesk.domain.bodymap.fields import LARGEST_SPACING_MM, LEAST_SPACING_MM, PointRef
from mesodesk.domain.bodymap.totals import shortage
from mesodesk.ui.bodymap.canvas_card import takes_card
from mesodesk.ui.bodymap.copy_card import LEAVE_OUT, CardWords, CopyCard, CopyFacts, CopyLine
from mesodesk.ui.bodymap.figures import ml, points_text, zones_text
from mesodesk.ui.numbers import format_quantity
from mesodesk.ui.widgets.options import Option

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from uuid import UUID

    from mesodesk.domain.bodymap.copying import Need
    from mesodesk.domain.bodymap.edits import Edit
    from mesodesk.domain.bodymap.fields import ChartField
    from mesodesk.domain.bodymap.resizing import SpacingError
    from mesodesk.ui.bodymap.chart_view import ChartView
    from mesodesk.ui.bodymap.syringes import ChartSyringe


@dataclass(frozen=True, slots=True)
class Source:
    """Fields to place, and the syringes that they came from, by id."""

    title: str
    fields: tuple[ChartField, ...]
    syringes: Mapping[UUID, ChartSyringe]
    #: what is said of the fields themselves.
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacingWords:
    """What is said on the way; `card` is what the card itself says."""

    card: CardWords
    there: str
    nothing: str
    other_actives: str
    other_strengths: str


@dataclass(slots=True)
class _Asked:
    """What the card is open for."""

    source: Source
    offered: tuple[ChartSyringe, ...] = field(default=())


class Placing(QObject):
    """Belongs to a chart's view: asks in a card over the canvas, then makes one edit."""

    label = EditLabel.COPY

    def __init__(self, view: ChartView, words: PlacingWords) -> None:
        super().__init__(view)
        self._canvas = view.canvas
        self._model = view.canvas.model
        self._words = words
        self._asked: _Asked | None = None
        self.card = CopyCard(self._canvas, words.card)
        self.card.changed.connect(self._refresh)
        self.card.copied.connect(self._place)
        self.card.closed.connect(self.close)
        self._model.loaded.connect(self.close)
        self._model.changed.connect(self._refresh)
        self._model.active_changed.connect(self._syringes_changed)
        self._model.read_only_changed.connect(self.close)

    def open(self, source: Source) -> None:
        """Ask which of today's syringes stand for those of the fields.

        What is in the hand goes on, and a chart that was signed meanwhile is let be.
        """
        if not takes_card(self._canvas):
            return
        self._canvas.hint.dismiss()
        self._model.drop_pending()
        self._model.select(None)
        self._asked = _Asked(source)
        self._show_lines()
        self.card.come_up()

    # Words that another kind of source may want otherwise

    def name_of(self, syringe: ChartSyringe) -> str:
        """Return what a syringe of the fields is called."""
        return syringe_name(syringe)

    def contents_of(self, syringe: ChartSyringe) -> str:
        """Return what a syringe of the fields holds."""
        return ", ".join(each.name for each in syringe.mixture.concentrations())

    def prepare_words(self) -> str:
        """Return what the button says that prepares a missing syringe; "" for no button."""
        return ""

    def unsaid_words(self) -> str:
        """Return what is said while not all syringes of the fields are accounted for."""
        return _tr("Say for each syringe which one of today it is, or leave it out.")

    # Showing

    def _show_lines(self) -> None:
        asked = self._asked
        if asked is None:
            return
        syringes = asked.source.syringes
        asked.offered = self._model.syringes
        chosen = prechosen(
            {key: each.mixture for key, each in syringes.items()},
            {each.id: each.mixture for each in self._model.syringes},
        )
        options = [Option(each.id, syringe_name(each)) for each in self._model.syringes]
        there = self._model.fields.values()
        words = [self._words.there.format(things=_there_words(there))] if there else []
        prepare = self.prepare_words()
        self.card.show_lines(
            asked.source.title,
            " ".join((*asked.source.remarks, *words)),
            [
                CopyLine(
                    key,
                    self.name_of(each),
                    self._detail(asked.source, key, each),
                    chosen.get(key),
                    prepare,
                )
                for key, each in syringes.items()
            ],
            [*options, Option(LEAVE_OUT, _tr("Leave out"))],
        )
        self._refresh()

    def _detail(self, source: Source, syringe_id: UUID, syringe: ChartSyringe) -> str:
        """Return `44 points, 4.40 mL · caffeine, lidocaine`."""
        (need,) = needs(source.fields, {syringe_id: syringe_id})
        contents = self.contents_of(syringe)
        return " · ".join(part for part in (taken_words(need), contents) if part)

    @Slot()
    @Slot(object)
    def _refresh(self, _changed: object = None) -> None:
        """Say what follows from what is chosen."""
        asked = self._asked
        if asked is None:
            return
        stands_for = self.card.stands_for()
        wanted = needs(asked.source.fields, stands_for)
        takes = [self._takes(need) for need in wanted]
        said = len(stands_for) == len(asked.source.syringes)
        if not said:
            takes.append(self.unsaid_words())
        elif not wanted:
            takes.append(self._words.nothing)
        self.card.show_facts(
            CopyFacts(
                cautions={
                    key: self._caution(each, stands_for.get(key))
                    for key, each in asked.source.syringes.items()
                },
                takes=tuple(takes),
                missing=tuple(filter(None, (self._missing(need) for need in wanted))),
                ready=said and bool(wanted),
            )
        )

    def _takes(self, need: Need) -> str:
        syringe = self._model.syringe(need.syringe_id)
        digit = syringe.digit if syringe is not None else 0
        return _tr("{taken} from syringe {digit}").format(taken=taken_words(need), digit=digit)

    def _missing(self, need: Need) -> str:
        syringe = self._model.syringe(need.syringe_id)
        if syringe is None:
            return ""
        short = shortage(self._model.supply(syringe), need.volume_ml)
        if short is None:
            return ""
        return _tr("Syringe {digit} holds {left} mL more: {missing} mL is missing.").format(
            digit=syringe.digit,
            left=ml(max(short.remaining_ml, Decimal(0))),
            missing=ml(short.missing_ml),
        )

    def _caution(self, was: ChartSyringe, today_id: UUID | None) -> str:
        """Say where the same millilitres are not the same dose."""
        today = self._model.syringe(today_id)
        if today is None:
            return ""
        if not same_actives(was.mixture, today.mixture):
            return self._words.other_actives
        if not same_strengths(was.mixture, today.mixture):
            return self._words.other_strengths
        return ""

    # Placing

    @Slot()
    def _place(self) -> None:
        asked = self._asked
        if asked is None or not self.card.go.isEnabled():
            return
        edit = copy_fields(asked.source.fields, self.card.stands_for(), label=self.label)
        self.close()
        if edit is None or self._model.refused():
            return
        told: list[str] = []
        listening = self._model.said.connect(told.append)
        self._model.make(edit)
        self._model.said.disconnect(listening)
        if self._bring_in_sight(edit) and told:
            # It was put away with the part of the body that it was said over.
            self._canvas.say(" ".join(told))

    def _bring_in_sight(self, edit: Edit) -> bool:
        """Go to what was placed if little of it shows; tell whether another part shows now."""
        refs = [
            PointRef(field.id, index)
            for _, _, field in edit.changes
            if field is not None
            for index in range(len(field.points))
        ]
        hardly = 2 * len(self._canvas.stage.placed.seen_among(refs)) < len(refs)
        if hardly:
            self._canvas.show_points(refs)
        return hardly

    @Slot()
    def _syringes_changed(self) -> None:
        """Ask anew when today's syringes are other ones; another one in hand changes nothing."""
        if self._asked is not None and self._asked.offered != self._model.syringes:
            self._show_lines()

    @Slot()
    def close(self) -> None:
        """Leave everything as it is; the keyboard goes back to the body."""
        if self._asked is not None:
            self._asked = None
            self.card.hide()
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)


def syringe_name(syringe: ChartSyringe) -> str:
    """Return `Syringe 1, Belly`."""
    name = _tr("Syringe {digit}").format(digit=syringe.digit)
    return f"{name}, {syringe.label}" if syringe.label else name


def taken_words(need: Need) -> str:
    """Return `44 points, 4.40 mL`."""
    return content_words(need.points, need.zones, need.volume_ml)


def content_words(points: int, zones: int, volume_ml: Decimal) -> str:
    """Return `44 points, 1 zone, 4.40 mL`."""
    volume = _tr("{volume} mL").format(volume=ml(volume_ml))
    return f"{_things_words(points, zones)}, {volume}"


def spacing_words(fields: Iterable[ChartField]) -> str:
    """Say how far apart the points come to lie: fields grow with the body."""
    spacings = sorted({each.spacing_mm for each in fields if each.spacing_mm is not None})
    if not spacings:
        return ""
    told = ", ".join(format_quantity(each, "mm") for each in spacings)
    return _tr("Laid in proportion to this body: points {spacings} apart.").format(spacings=told)


def unfitting_words(error: SpacingError) -> str:
    """Say why fields cannot be laid on this body."""
    words = _tr(
        "On this body the points of a field would lie {spacing} apart, and they can lie {least} to "
        "{largest} apart. Lay the field anew instead."
    )
    return words.format(
        spacing=format_quantity(error.spacing_mm, "mm"),
        least=format_quantity(LEAST_SPACING_MM, "mm"),
        largest=format_quantity(LARGEST_SPACING_MM, "mm"),
    )


def _there_words(fields: Collection[ChartField]) -> str:
    """Return what is charted already: `44 points, 1 zone`."""
    points = sum(len(field.points) for field in fields)
    return _things_words(points, sum(not len(field.points) for field in fields))


def _things_words(points: int, zones: int) -> str:
    parts = [points_text(points)] if points or not zones else []
    return ", ".join([*parts, zones_text(zones)] if zones else parts)


def _tr(text: str) -> str:
    return QCoreApplication.translate("copying", text)
