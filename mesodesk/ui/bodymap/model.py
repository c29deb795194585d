"""What the chart's widgets share: the document, the selection, the syringe and settings in hand."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from time import monotonic
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from mesodesk.domain.bodymap.atlas import Atlas, Region
from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.bodymap.edits import (
    Edit,
    PointSettings,
    delete_points,
    move_point,
    place_point,
    set_depth,
    set_dose,
    set_needle,
    set_syringe,
    set_technique,
)
from mesodesk.domain.bodymap.field_edits import with_images
from mesodesk.domain.bodymap.fields import ChartField, PointRef
from mesodesk.domain.bodymap.known_point import KnownPoint
from mesodesk.domain.bodymap.packing import ChartPoint
from mesodesk.domain.bodymap.totals import Supply, Tally, Totals
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.ids import new_id
from mesodesk.ui.bodymap.field_model import FieldModel
from mesodesk.ui.bodymap.field_words import Pending
from mesodesk.ui.bodymap.ready import ReadyChart
from mesodesk.ui.bodymap.shortages import Shortages
from mesodesk.ui.bodymap.stamping import Stamping
from mesodesk.ui.bodymap.syringes import ChartSyringe
from mesodesk.ui.bodymap.vocabulary import DEFAULT_SETTINGS, Step, stepped_dose

# A pause longer than this between two steps of the same kind makes them two undos.
_PAUSE_S = 1.2


class ChartModel(QObject):
    """The one place where the chart is changed; every widget of the chart only asks it to.

    Nothing is changed while `read_only`; `set_read_only` tells every widget.
    """

    #: frozenset of field ids: the document has changed.
    changed = Signal(object)
    #: a chart was loaded; everything is new, the syringe in hand too.
    loaded = Signal()
    #: the chart that is shown can be changed no longer, or again.
    read_only_changed = Signal()
    selection_changed = Signal()
    active_changed = Signal()
    settings_changed = Signal()
    #: Edit, and how many edits were in force before it: a gesture was made and is to be stored.
    edit_made = Signal(object, int)
    #: how many edits were in force before an undo or a redo, and are now.
    undo_made = Signal(int, int)
    redo_made = Signal(int, int)
    #: Pending or None: more is asked of a syringe than it holds.
    pending_changed = Signal(object)
    #: str: a sentence for the place where the user is looking.
    said = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = ChartDocument()
        self.atlas: Atlas | None = None
        self.height_cm: Decimal | None = None
        self.read_only = False
        self.language = "en"
        self.settings = DEFAULT_SETTINGS
        self.syringes: tuple[ChartSyringe, ...] = ()
        self.active: ChartSyringe | None = None
        self._selected: KnownPoint | None = None
        self._tally: Tally | None = None
        self._totals: Totals = Totals((), {})
        self._series = ("", "", 0.0)
        self._stop_observing: Callable[[], None] = _nothing
        #: what was made of the chart ahead, while it is loaded.
        self.ready: ReadyChart | None = None
        #: what is done to whole fields.
        self.field_model = FieldModel(self)
        #: the multi-injector in hand.
        self.stamping = Stamping(self)
        #: the gesture that waits because a syringe does not hold enough.
        self.shortages = Shortages(self)
        self.shortages.changed.connect(self.pending_changed)

    def load(
        self,
        document: ChartDocument,
        atlas: Atlas,
        syringes: Iterable[ChartSyringe],
        height_cm: Decimal | None,
        *,
        read_only: bool = False,
        ready: ReadyChart | None = None,
    ) -> None:
        """Show a chart. `height_cm` None draws scale on the atlas's own body and says so."""
        self._stop_observing()
        self.document, self.atlas, self.height_cm = document, atlas, height_cm
        self.read_only = read_only
        self._selected = None
        self.shortages.start_anew()
        self._stop_observing = document.observe(self._document_changed)
        self.ready = ready
        self._take_syringes(tuple(syringes))
        try:
            self.loaded.emit()
        finally:
            self.ready = None
        self.selection_changed.emit()

    def set_syringes(self, syringes: Iterable[ChartSyringe]) -> None:
        """Take other syringes, as after one was prepared; the active one stays if it is there."""
        others = tuple(syringes)
        if others != self.syringes:
            self._take_syringes(others)
            self.active_changed.emit()

    def _take_syringes(self, syringes: tuple[ChartSyringe, ...]) -> None:
        self.syringes = syringes
        active_id = self.active.id if self.active else None
        self.active = self.syringe(active_id) or next(iter(self.syringes), None)
        if self.atlas is not None:
            mixtures = {syringe.id: syringe.mixture for syringe in self.syringes}
            made = None if self.ready is None else self.ready.tally
            if made is None or made.mixtures != mixtures:
                made = Tally.of(self.atlas, mixtures, self.fields)
            self._tally = made
            self._totals = self._tally.totals()

    def set_read_only(self, *, read_only: bool) -> None:
        """Let the chart only be read from now on, as when its session was signed, or let it go."""
        if read_only != self.read_only:
            self.drop_pending()
            self.read_only = read_only
            self.read_only_changed.emit()

    @property
    def totals(self) -> Totals:
        return self._totals

    @property
    def fields(self) -> Mapping[UUID, ChartField]:
        return self.document.fields

    @property
    def tally(self) -> Tally | None:
        """The sums by field; None before a chart is loaded."""
        return self._tally

    @property
    def selection(self) -> PointRef | None:
        """The selected point; after a change it is the same one, or none."""
        return None if self._selected is None else self._selected.ref

    @property
    def pending(self) -> Pending | None:
        """The gesture that waits for an answer."""
        return self.shortages.pending

    def syringe(self, syringe_id: UUID | None) -> ChartSyringe | None:
        """Return a syringe by its id, or None."""
        return next((one for one in self.syringes if one.id == syringe_id), None)

    def supply(self, syringe: ChartSyringe) -> Supply:
        """Return where the content of a syringe went."""
        injected = self._totals.injected_ml(syringe.id)
        return Supply(syringe.id, syringe.drawn_ml, syringe.wasted_ml, injected)

    def point(self, ref: PointRef) -> ChartPoint:
        return self.fields[ref.field_id].points[ref.index]

    def place_of(self, ref: PointRef) -> SurfacePoint:
        point = self.point(ref)
        return SurfacePoint(point.triangle, point.u, point.v)

    def region_of(self, ref: PointRef) -> Region | None:
        return self.atlas.region_of(self.place_of(ref)) if self.atlas is not None else None

    # What is in hand

    def activate(self, digit: int) -> None:
        """Take the syringe with that digit."""
        for syringe in self.syringes:
            if syringe.digit == digit:
                self.activate_syringe(syringe.id)
                return
        self.said.emit(self.tr("There is no syringe {digit}.").format(digit=digit))

    def activate_syringe(self, syringe_id: UUID) -> None:
        """Take a syringe; points come from it from now on."""
        syringe = self.syringe(syringe_id)
        if syringe is not None and syringe != self.active:
            self.active = syringe
            self.active_changed.emit()

    def set_settings(self, settings: PointSettings) -> None:
        """Change what the next points get."""
        if settings != self.settings:
            self.settings = settings
            self.settings_changed.emit()

    def select(self, ref: PointRef | None) -> None:
        """Select a point, or none."""
        if ref != self.selection:
            self._selected = None if ref is None else KnownPoint(ref, self.fields[ref.field_id])
            self.selection_changed.emit()

    # Gestures

    def place(self, place: SurfacePoint) -> None:
        """Put a point of the active syringe on the body, with the settings in hand."""
        if self.refused():
            return
        if self.active is None:
            self.said.emit(self.tr("Prepare a syringe first: every point needs one."))
            return
        edit = place_point(new_id(), self.active.id, self.settings, place)
        self.ask_or_make(edit, place=place, again=lambda _syringe_id: self.place(place))

    def move(self, ref: PointRef, place: SurfacePoint, *, nudge: bool = False) -> None:
        """Put a point elsewhere; neighbouring nudges of one point are undone together."""
        if self.refused():
            return
        key = self.series_key("move", ref) if nudge else None
        self.make(move_point(self.fields[ref.field_id], ref.index, place, key))

    def set_dose(self, ref: PointRef, dose_ml: Decimal) -> None:
        """Give a point another volume."""
        if self.refused():
            return
        field = self.fields[ref.field_id]
        self.ask_or_make(set_dose(field, ref.index, dose_ml, self.series_key("dose", ref)))

    def set_depth(self, ref: PointRef, depth_mm: Decimal) -> None:
        """Give a point another depth."""
        if not self.refused():
            key = self.series_key("depth", ref)
            self.make(set_depth(self.fields[ref.field_id], ref.index, depth_mm, key))

    def set_technique(self, ref: PointRef, technique: str) -> None:
        """Change the technique of the point's field."""
        if not self.refused():
            self.make(set_technique(self.fields[ref.field_id], technique))

    def set_needle(self, ref: PointRef, needle: str) -> None:
        """Change the needle of the point's field."""
        if not self.refused():
            self.make(set_needle(self.fields[ref.field_id], needle))

    def set_syringe(self, ref: PointRef, syringe_id: UUID) -> None:
        """Say that the point's field came from another syringe."""
        field = self.fields[ref.field_id]
        if self.refused() or field.syringe_id == syringe_id:
            return
        self.ask_or_make(set_syringe(field, syringe_id))

    def delete(self, ref: PointRef) -> None:
        """Remove a point. Nothing is selected then: a second Delete removes nothing more."""
        if not self.refused():
            self.select(None)
            self.field_model.select(None)
            self.make(delete_points(self.fields, [ref]))

    def step_dose(self, direction: int, stepped: Step = stepped_dose) -> None:
        """Change the dose of the selected point, the selected field, or the next, by one step."""
        if self.selection is not None:
            before = self.point(self.selection).volume_ml
            dose = stepped(before, direction)
            if dose != before:
                self.set_dose(self.selection, dose)
        elif self.field_model.selected is not None:
            self.field_model.step_dose(direction, stepped)
        elif not self.read_only:
            dose = stepped(self.settings.dose_ml, direction)
            self.set_settings(replace(self.settings, dose_ml=dose))

    def undo(self) -> None:
        """Take back the last gesture."""
        if not self.refused() and self.document.can_undo:
            self.drop_pending()
            self._series = ("", "", 0.0)
            with self._recorded(lambda before: self.undo_made.emit(before, self.document.cursor)):
                self.document.undo()

    def redo(self) -> None:
        """Make the gesture again that was taken back last."""
        if not self.refused() and self.document.can_redo:
            self.drop_pending()
            self._series = ("", "", 0.0)
            with self._recorded(lambda before: self.redo_made.emit(before, self.document.cursor)):
                self.document.redo()

    # Making them

    def drop_pending(self) -> None:
        """Let the waiting gesture be."""
        self.shortages.drop()

    def ask_or_make(
        self,
        edit: Edit,
        *,
        place: SurfacePoint | None = None,
        again: Callable[[UUID], None] | None = None,
    ) -> None:
        """Make a gesture, or let it wait for an answer where a syringe does not hold enough.

        Args:
            edit: the gesture; images of what it changes follow.
            place: where a point would go.
            again: makes the same gesture from another syringe.
        """
        whole = self._with_images(edit)
        if not self.shortages.ask_about(whole, place, again):
            self.apply(whole)

    def make(self, edit: Edit) -> None:
        """Make a gesture; images of what it changes follow."""
        self.apply(self._with_images(edit))

    def _with_images(self, edit: Edit) -> Edit:
        return edit if self.atlas is None else with_images(self.fields, edit, self.atlas)

    def apply(self, edit: Edit) -> None:
        """Make a gesture just as it is."""
        self.drop_pending()
        with self._recorded(lambda before: self.edit_made.emit(edit, before)):
            self.document.apply(edit)

    @contextmanager
    def _recorded(self, tell: Callable[[int], None]) -> Iterator[None]:
        """Tell of what came to stand in the document, even if a widget failed over showing it."""
        before = self.document.cursor
        try:
            yield
        finally:
            if self.document.cursor != before:
                tell(before)

    def refused(self) -> bool:
        """Tell whether the chart can only be read, and say so."""
        if self.read_only:
            self.said.emit(self.tr("This session is signed: its chart can be read, not changed."))
        return self.read_only

    @contextmanager
    def said_as_one(self) -> Iterator[None]:
        """Say together what is said meanwhile: no sentence takes the place of another."""
        told: list[str] = []

        def listen(sentence: str) -> None:
            told.append(sentence)

        self.said.connect(listen)
        try:
            yield
        finally:
            self.said.disconnect(listen)
        if len(told) > 1:
            self.said.emit(" ".join(told))

    def series_key(self, verb: str, of: PointRef | UUID) -> str:
        """Return one merge key for a quick series of steps of one kind on one point or field."""
        now = monotonic()
        kind = f"{verb}:{of}"
        known_kind, key, at = self._series
        if known_kind != kind or now - at > _PAUSE_S:
            key = f"{kind}:{new_id()}"
        self._series = (kind, key, now)
        return key

    def _document_changed(self, changed: frozenset[UUID]) -> None:
        if self._tally is not None:
            self._tally.update(self.fields, changed)
            self._totals = self._tally.totals()
        chosen = self.selection
        if self._selected is not None:
            self._selected = self._selected.now(self.fields)
        self.changed.emit(changed)
        if chosen != self.selection:
            self.selection_changed.emit()


def _nothing() -> None:
    return None
