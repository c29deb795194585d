"""Copies the last session's fields into today's chart, on the key C."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Slot

from mesodesk.domain.bodymap.copying import (
    copy_fields,
    needs,
    prechosen,
    same_actives,
    same_strengths,
)
from mesodesk.domain.bodymap.fields import PointRef
from mesodesk.domain.bodymap.totals import shortage
from mesodesk.ui.bodymap.copy_card import LEAVE_OUT, CopyCard, CopyFacts, CopyLine
from mesodesk.ui.bodymap.figures import ml, points_text
from mesodesk.ui.bodymap.syringes import ChartSyringe, chart_syringe
from mesodesk.ui.numbers import format_date
from mesodesk.ui.widgets.options import Option

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.bodymap.copying import Need
    from mesodesk.domain.records.chart import EarlierChart
    from mesodesk.ui.bodymap.chart_view import ChartView
    from mesodesk.ui.bodymap.earlier import Earlier


class Copying(QObject):
    """Belongs to a chart's view: asks in a card over the canvas, then makes one edit."""

    def __init__(self, view: ChartView, earlier: Earlier) -> None:
        super().__init__(view)
        self._canvas = view.canvas
        self._model = view.canvas.model
        self._earlier = earlier
        self._last: EarlierChart | None = None
        self._syringes: dict[UUID, ChartSyringe] = {}
        self.card = CopyCard(self._canvas)
        self.card.changed.connect(self._refresh)
        self.card.copied.connect(self._copy)
        self.card.closed.connect(self.close)
        self._canvas.copy_asked.connect(self.start)
        self._canvas.installEventFilter(self)
        self._model.loaded.connect(self.close)
        self._model.changed.connect(self._refresh)
        self._model.active_changed.connect(self._syringes_changed)
        self._model.read_only_changed.connect(self.close)

    @Slot()
    def start(self) -> None:
        """Read the last session, and ask; or say in a sentence why there is nothing to copy."""
        if not self._canvas.has_stage or self._model.refused():
            return
        if not self._model.syringes:
            self._canvas.say(_tr("Prepare a syringe first: every point needs one."))
            return
        self._earlier.ask(self._ask, most=1)

    def _ask(self, charts: tuple[EarlierChart, ...]) -> None:
        last = charts[0] if charts else None
        if last is None:
            self._canvas.say(_tr("There is no signed session before this one to copy."))
        elif not last.drawable:
            words = _tr("{session} cannot be laid on this body, so it is not copied.")
            self._canvas.say(words.format(session=session_name(last)))
        elif not last.fields:
            words = _tr("{session} has no points to copy.")
            self._canvas.say(words.format(session=session_name(last)))
        else:
            self._open(last)

    def _open(self, last: EarlierChart) -> None:
        self._canvas.cancel_gesture()
        self._model.drop_pending()
        self._model.select(None)
        self._last = last
        used = {field.syringe_id for field in last.fields}
        self._syringes = {each.id: chart_syringe(each) for each in last.syringes if each.id in used}
        self._show_lines()
        self.card.come_up()

    def _show_lines(self) -> None:
        last = self._last
        if last is None:
            return
        chosen = prechosen(
            {key: each.mixture for key, each in self._syringes.items()},
            {each.id: each.mixture for each in self._model.syringes},
        )
        options = [Option(each.id, syringe_name(each)) for each in self._model.syringes]
        there = self._model.document.point_count
        words = ""
        if there:
            words = _tr("{points} charted already: they stay, and the copies are added.")
            words = words.format(points=points_text(there))
        self.card.show_lines(
            _tr("Copy {session}").format(session=session_name(last, inside=True)),
            words,
            [
                CopyLine(key, syringe_name(each), self._detail(key, each), chosen.get(key))
                for key, each in self._syringes.items()
            ],
            [*options, Option(LEAVE_OUT, _tr("Leave out"))],
        )
        self._refresh()

    def _detail(self, syringe_id: UUID, syringe: ChartSyringe) -> str:
        """Return `44 points, 4.40 mL · caffeine, lidocaine`."""
        last = self._last
        fields = last.fields if last is not None else ()
        (need,) = needs(fields, {syringe_id: syringe_id})
        actives = ", ".join(each.name for each in syringe.mixture.concentrations())
        return " · ".join(part for part in (_taken(need), actives) if part)

    @Slot()
    @Slot(object)
    def _refresh(self, _changed: object = None) -> None:
        """Say what follows from what is chosen."""
        last = self._last
        if last is None:
            return
        stands_for = self.card.stands_for()
        wanted = needs(last.fields, stands_for)
        takes = [self._takes(need) for need in wanted]
        said = len(stands_for) == len(self._syringes)
        if not said:
            takes.append(_tr("Say for each syringe which one of today it is, or leave it out."))
        elif not wanted:
            takes.append(_tr("All is left out: nothing would be copied."))
        self.card.show_facts(
            CopyFacts(
                cautions={key: self._caution(key, stands_for.get(key)) for key in self._syringes},
                takes=tuple(takes),
                missing=tuple(filter(None, (self._missing(need) for need in wanted))),
                ready=said and bool(wanted),
            )
        )

    def _takes(self, need: Need) -> str:
        syringe = self._model.syringe(need.syringe_id)
        digit = syringe.digit if syringe is not None else 0
        return _tr("{taken} from syringe {digit}").format(taken=_taken(need), digit=digit)

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

    def _caution(self, last_id: UUID, today_id: UUID | None) -> str:
        """Say where the same millilitres are not the same dose."""
        today = self._model.syringe(today_id)
        if today is None:
            return ""
        was = self._syringes[last_id].mixture
        if not same_actives(was, today.mixture):
            return _tr("Other actives than last time.")
        if not same_strengths(was, today.mixture):
            return _tr("Other or unknown strengths: the mL are copied, not the mg.")
        return ""

    @Slot()
    def _copy(self) -> None:
        last = self._last
        if last is None or not self.card.copy.isEnabled():
            return
        edit = copy_fields(last.fields, self.card.stands_for())
        self.close()
        if edit is None or self._model.refused():
            return
        self._model.make(edit)
        refs = [
            PointRef(field.id, index)
            for _, _, field in edit.changes
            if field is not None
            for index in range(len(field.points))
        ]
        if not any(self._canvas.stage.on_canvas(ref)[1] for ref in refs):
            self._canvas.show_points(refs)

    @Slot()
    def _syringes_changed(self) -> None:
        """Ask anew when today's syringes are other ones; another one in hand changes nothing."""
        offered = set(self.card.offered())
        if self._last is not None and offered != {each.id for each in self._model.syringes}:
            self._show_lines()

    @Slot()
    def close(self) -> None:
        """Leave everything as it is; the keyboard goes back to the body."""
        if self._last is not None:
            self._last = None
            self._syringes = {}
            self.card.hide()
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._canvas and event.type() is QEvent.Type.Resize and self._last:
            self.card.place()
        return super().eventFilter(watched, event)


def session_name(chart: EarlierChart, *, inside: bool = False) -> str:
    """Return `Session 2 of 17 Feb 2026`, or so within a sentence."""
    words = _tr("session {number} of {day}") if inside else _tr("Session {number} of {day}")
    return words.format(number=chart.number, day=format_date(chart.day))


def syringe_name(syringe: ChartSyringe) -> str:
    """Return `Syringe 1, Belly`."""
    name = _tr("Syringe {digit}").format(digit=syringe.digit)
    return f"{name}, {syringe.label}" if syringe.label else name


def _taken(need: Need) -> str:
    """Return `44 points, 4.40 mL`."""
    parts = [points_text(need.points)] if need.points or not need.zones else []
    if need.zones:
        one = need.zones == 1
        parts.append(_tr("1 zone") if one else _tr("{number} zones").format(number=need.zones))
    return ", ".join((*parts, _tr("{volume} mL").format(volume=ml(need.volume_ml))))


def _tr(text: str) -> str:
    return QCoreApplication.translate("copying", text)
