"""The body with its views, in a card: it is read beside the window, and tapped."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal, Slot

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.packing import POINT_DTYPE
from mesodesk.ui.bodymap.figure import read_picture
from mesodesk.ui.bodymap.view_strip import ViewStrip
from mesodesk.ui.pages.reaction_parts.body_map import Mark, ReactionMap, seen_places
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mesodesk.domain.bodymap.atlas import Atlas
    from mesodesk.domain.bodymap.planar import FloatArray
    from mesodesk.domain.bodymap.view import SurfacePoint, View
    from mesodesk.domain.records.exposure import PatientExposure
    from mesodesk.domain.records.patient import BodySex
    from mesodesk.ui.context import Context


class MapCard(Card):
    """Shows where was injected as dots, and reactions as marks with their number."""

    #: SurfacePoint
    tapped = Signal(object)
    #: number of the mark
    mark_tapped = Signal(int)

    def __init__(self, context: Context) -> None:
        super().__init__(object_name="reaction_map_card", padding=Space.M)
        self._context = context
        self._sex: BodySex | None = None
        self._atlas: Atlas | None = None
        self._marks: tuple[Mark, ...] = ()
        self._rows: NDArray[np.void] = np.zeros(0, dtype=POINT_DTYPE)
        self._wanted: SurfacePoint | None = None
        self.hint = Muted(self.tr("Tap the body: what was injected there is listed beside it."))
        self.map = ReactionMap()
        self.strip = ViewStrip()
        self.strip.setObjectName("reaction_views")
        self.strip.set_low(low=True)
        self.zoom_in = IconButton("magnify-plus-outline", self.tr("Nearer"), "reaction_zoom_in")
        self.zoom_out = IconButton("magnify-minus-outline", self.tr("Farther"), "reaction_zoom_out")
        self.body.setSpacing(Space.S)
        self.set_title(self.tr("Where"))
        self.add_trailing(self.zoom_out)
        self.add_trailing(self.zoom_in)
        self.add(self.hint)
        self.add(self.map, 1)
        self.add(self.strip)
        self.map.tapped.connect(self.tapped)
        self.map.mark_tapped.connect(self.mark_tapped)
        self.map.missed.connect(self._missed)
        self.strip.chosen.connect(self._view_chosen)
        self.zoom_in.clicked.connect(self.map.zoom_in)
        self.zoom_out.clicked.connect(self.map.zoom_out)

    @property
    def atlas(self) -> Atlas | None:
        """The atlas in sight, None until it is read."""
        return self._atlas

    def show_figure(self, sex: BodySex, exposure: PatientExposure) -> None:
        """Show a patient's figure with every point that was injected."""
        parts = [
            syringe.points.records for session in exposure.sessions for syringe in session.syringes
        ]
        self._rows = np.concatenate([np.zeros(0, dtype=POINT_DTYPE), *parts])
        if sex is self._sex and self._atlas is not None:
            self._project()
            return
        self._sex, self._atlas = sex, None
        self._context.jobs.run_aside(self, partial(_opened, sex), partial(self._opened, sex))

    def _opened(self, sex: BodySex, atlas: Atlas) -> None:
        if sex is not self._sex:
            return
        self._atlas = atlas
        self.strip.set_atlas(atlas, self._context.language)
        wanted, self._wanted = self._wanted, None
        point = wanted or (self._marks[0].point if self._marks else self._first_injected())
        view = atlas.views[0] if point is None else atlas.best_view(point)
        self._show_view(view)

    def _first_injected(self) -> SurfacePoint | None:
        if not len(self._rows):
            return None
        from mesodesk.domain.bodymap.view import SurfacePoint

        row = self._rows[0]
        return SurfacePoint(int(row["triangle"]), float(row["u"]), float(row["v"]))

    def go_to(self, point: SurfacePoint) -> None:
        """Show a place, in the view that shows it best unless this one does."""
        if self._atlas is None:
            self._wanted = point
        elif self.map.place_of(point) is None:
            self._show_view(self._atlas.best_view(point))

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Show reactions in place of those before."""
        self._marks = tuple(marks)
        self.map.show_marks(self._marks)
        self._say_hidden()

    @Slot(str)
    def _view_chosen(self, view_id: str) -> None:
        if self._atlas is not None:
            self._show_view(self._atlas.view(view_id))
            self.map.setFocus()

    def _show_view(self, view: View) -> None:
        self.strip.show_view(view.view_id)
        self.map.show_view(view)
        self.map.show_marks(self._marks)
        self._say_hidden()
        self._project()

    def _project(self) -> None:
        view = self.map.view
        if view is not None:
            work = partial(seen_places, view, self._rows)
            self._context.jobs.run_aside(self, work, partial(self._projected, view))

    def _projected(self, view: View, places: FloatArray) -> None:
        self.map.show_dots(view, places)

    def _say_hidden(self) -> None:
        hidden = self.map.marks_hidden()
        words = self.tr("Tap the body: what was injected there is listed beside it.")
        if hidden:
            more = self.tr("Not in this view: {count} marked places.").format(count=hidden)
            words = f"{words} {more}"
        self.hint.setText(words)

    @Slot()
    def _missed(self) -> None:
        self.hint.setText(self.tr("There is no skin there. Tap the body itself."))


def _opened(sex: BodySex) -> Atlas:
    """Read a figure and its first picture, and find what a first tap would have to wait for."""
    atlas = load_atlas(sex.value)
    read_picture(atlas.views[0])
    atlas.views[0].pick(0.0, 0.0)
    return atlas
