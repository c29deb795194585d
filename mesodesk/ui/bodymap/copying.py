"""Copies the last session's fields into today's chart, on the key C."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Slot

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.resizing import Body, SpacingError, on_body
from mesodesk.ui.bodymap.copy_card import CardWords
from mesodesk.ui.bodymap.placing import (
    Placing,
    PlacingWords,
    Source,
    spacing_words,
    unfitting_words,
)
from mesodesk.ui.bodymap.syringes import chart_syringe
from mesodesk.ui.numbers import format_date

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.fields import ChartField
    from mesodesk.domain.records.chart import EarlierChart
    from mesodesk.ui.bodymap.chart_view import ChartView
    from mesodesk.ui.bodymap.earlier import Earlier


class Copying(Placing):
    """Belongs to a chart's view."""

    def __init__(self, view: ChartView, earlier: Earlier) -> None:
        super().__init__(view, _words())
        self._earlier = earlier
        self._canvas.copy_asked.connect(self.start)

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
        elif last.original:
            self._canvas.say(
                _tr("This amends a session, and began as a copy of it: nothing more is copied.")
            )
        elif last.broken:
            words = _tr(
                "{session} is not what was signed: its seal is broken, so it is not copied. Open it"
                " to say that you know."
            )
            self._canvas.say(words.format(session=session_name(last)))
        elif not last.drawable:
            words = _tr("{session} cannot be laid on this body, so it is not copied.")
            self._canvas.say(words.format(session=session_name(last)))
        elif not last.fields:
            words = _tr("{session} has no points to copy.")
            self._canvas.say(words.format(session=session_name(last)))
        else:
            self._open(last)

    def _open(self, last: EarlierChart) -> None:
        """Ask, with the fields as they lie on today's body; or say that it cannot hold them."""
        try:
            fields = self._on_todays_body(last)
        except SpacingError as error:
            words = _tr("{session} is not copied.").format(session=session_name(last))
            self._canvas.say(f"{words} {unfitting_words(error)}")
            return
        used = {field.syringe_id for field in last.fields}
        self.open(
            Source(
                _tr("Copy {session}").format(session=session_name(last, inside=True)),
                fields,
                {each.id: chart_syringe(each) for each in last.syringes if each.id in used},
                () if fields == last.fields else (spacing_words(fields),),
            )
        )

    def _on_todays_body(self, last: EarlierChart) -> tuple[ChartField, ...]:
        """Return the fields with their lengths as they are now, should the body be another one.

        Raises:
            SpacingError: if the points of one would be nearer or farther than one can be laid.
        """
        atlas = self._model.atlas
        if atlas is None:
            return last.fields
        former = atlas if last.body_sex in (None, atlas.sex) else load_atlas(last.body_sex)
        return on_body(
            last.fields,
            Body.of_height(former, last.height_cm),
            Body.of_height(atlas, self._model.height_cm),
        )


def session_name(chart: EarlierChart, *, inside: bool = False) -> str:
    """Return `Session 2 of 17 Feb 2026`, or so within a sentence."""
    words = _tr("session {number} of {day}") if inside else _tr("Session {number} of {day}")
    if chart.original:
        words = _tr("the original of {day}") if inside else _tr("The original of {day}")
    return words.format(number=chart.number, day=format_date(chart.day))


def _words() -> PlacingWords:
    return PlacingWords(
        CardWords(
            prefix="copy",
            name=_tr("Copy the last session"),
            explanation=_tr(
                "Places, volumes, depths and techniques are copied; what is injected comes from "
                "today's syringes and their lots."
            ),
            go=_tr("Copy"),
            go_anyway=_tr("Copy all the same"),
            key="c",
        ),
        there=_tr("{things} charted already: they stay, and the copies are added."),
        nothing=_tr("All is left out: nothing would be copied."),
        other_actives=_tr("Other actives than last time."),
        other_strengths=_tr("Other or unknown strengths: the mL are copied, not the mg."),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("copying", text)
