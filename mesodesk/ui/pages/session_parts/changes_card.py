"""What an amendment changed, in words: on its own page, and on that of the version it replaced."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.differing import difference
from mesodesk.domain.records.session import StatementKind
from mesodesk.ui.bodymap.difference_words import explanation
from mesodesk.ui.bodymap.figures import ml
from mesodesk.ui.bodymap.syringes import chart_syringes
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import clear, column, nest
from mesodesk.ui.widgets.text import Body, Muted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from mesodesk.domain.records.chart import StoredChart
    from mesodesk.domain.records.session import SessionRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.signed_cards import FactsCard
    from mesodesk.ui.pages.session_parts.state import SessionState

_HEIGHT_CM = 170
"""Of a patient whose height is not known: only how near two points are depends on it."""


class _Version(NamedTuple):
    record: SessionRecord
    chart: StoredChart


class ChangesCard(Card):
    """Reads the other version when it is shown; hidden for a session with one version."""

    def __init__(self, context: Context, cards: Iterable[FactsCard]) -> None:
        super().__init__(object_name="version_changes")
        self.set_title(self.tr("What the amendment changed"))
        self._context = context
        self._cards = tuple(cards)
        self._pair: tuple[UUID, UUID] | None = None
        self._lines = column(spacing=Space.S)
        nest(self.body, self._lines)
        self.hide()

    def show_session(self, state: SessionState) -> None:
        """Compare the session with what it amends, or with what replaced it."""
        pair = self._versions(state)
        if pair == self._pair:
            return
        self._pair = pair
        clear(self._lines)
        self.hide()
        if pair is not None:
            self._context.run(self, partial(_read, ids=pair), partial(self._compare, pair))

    def _versions(self, state: SessionState) -> tuple[UUID, UUID] | None:
        """Return the later and the earlier of the two versions."""
        history, own = state.history, state.record.id
        if history is None or state.is_draft():
            return None
        for said in history.said_of(own):
            if said.kind is StatementKind.AMENDED and said.replaced_by is not None:
                return said.replaced_by, own
        version = history.version_of(own)
        return (
            None if version is None or version.amends is None else (own, version.amends.amends_id)
        )

    def _compare(self, pair: tuple[UUID, UUID], both: tuple[_Version, _Version]) -> None:
        if pair != self._pair:
            return
        now, was = both
        told = [*self._facts(now.record, was.record), *self._syringes(now.record, was.record)]
        for line in told:
            self._lines.addWidget(Body(line))
        self.setVisible(True)
        work = partial(_chart_words, now, was, self._context.language)
        self._context.jobs.run_aside(self, work, partial(self._say_chart, pair, bool(told)))

    def _facts(self, now: SessionRecord, was: SessionRecord) -> Iterator[str]:
        words = self.tr("{name}: {now}, was {was}")
        nothing = self.tr("not recorded")
        for card in self._cards:
            for (name, after), (_, before) in zip(card.facts(now), card.facts(was), strict=True):
                if after != before:
                    yield words.format(name=name, now=after or nothing, was=before or nothing)

    def _syringes(self, now: SessionRecord, was: SessionRecord) -> Iterator[str]:
        after, before = _drawn(now), _drawn(was)
        for digit in sorted({*after, *before}):
            if after.get(digit) != before.get(digit):
                yield self.tr("Syringe {digit}: {now}, was {was}").format(
                    digit=digit,
                    now=after.get(digit, self.tr("none")),
                    was=before.get(digit, self.tr("none")),
                )

    def _say_chart(self, pair: tuple[UUID, UUID], told: bool, lines: tuple[str, ...]) -> None:
        if pair != self._pair:
            return
        for line in lines:
            self._lines.addWidget(Body(self.tr("Chart: {line}").format(line=line)))
        if not lines:
            self._lines.addWidget(
                Muted(
                    self.tr("The chart is as it was.") if told else self.tr("Nothing was changed.")
                )
            )


def _drawn(record: SessionRecord) -> dict[int, str]:
    return {
        each.digit: ", ".join(
            f"{part.product_name} {ml(part.volume_ml)} mL ({part.lot_number})"
            for part in each.components
        )
        for each in record.syringes
    }


def _chart_words(now: _Version, was: _Version, language: str) -> tuple[str, ...]:
    contents = {
        each.id: each.mixture
        for version in (now, was)
        for each in chart_syringes(version.record.syringes)
    }
    found = difference(
        now.chart.fields,
        was.chart.fields,
        contents,
        load_atlas(now.record.body_sex.value),
        float(now.record.height_cm or _HEIGHT_CM),
    )
    return () if not found.told else explanation(found, language)


def _read(desk: Desk, *, ids: tuple[UUID, UUID]) -> tuple[_Version, _Version]:
    now, was = (_Version(desk.sessions.get(each), desk.charts.load(each)) for each in ids)
    return now, was
