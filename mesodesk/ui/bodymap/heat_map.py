"""The exposure map over the chart: reads the sessions, draws beside the window, lists a place."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QPointF, Qt, QTimer, Slot
from PySide6.QtWidgets import QWidget

from mesodesk.domain.bodymap.exposure_scale import DAYS
from mesodesk.ui.bodymap import heat_colours, heat_words, heat_work
from mesodesk.ui.bodymap.heat_card import HeatCard, LegendWords
from mesodesk.ui.bodymap.heat_list import HeatList, PlaceWords
from mesodesk.ui.bodymap.heat_work import Choice, Days, Drawn, Range
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_decimal
from mesodesk.ui.widgets.options import Option

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.bodymap.exposure_course import Course, Picks, Treatment
    from mesodesk.domain.bodymap.exposure_picture import ExposurePicture
    from mesodesk.domain.bodymap.view import SurfacePoint
    from mesodesk.domain.records.exposure import ExposureSession, PatientExposure
    from mesodesk.services.desk import Desk
    from mesodesk.ui.bodymap.chart_view import ChartView
    from mesodesk.ui.context import Context

_AGAIN_MS: Final = 200
"""The map follows the chart when the hand rests so long."""


class HeatMap(QObject):
    """Belongs to a chart's view. Nothing of it is kept while it is closed but what was chosen."""

    def __init__(self, view: ChartView, context: Context) -> None:
        super().__init__(view)
        self._view = view
        self._canvas = view.canvas
        self._context = context
        self.shown = False
        self.choice = Choice()
        self._tool_before = ""
        self._of: tuple[UUID, UUID] | None = None
        self._read: PatientExposure | None = None
        self._course: Course | None = None
        self._pictures: dict[str, ExposurePicture] = {}
        self._drawn: dict[tuple[str, Choice], Drawn] = {}
        self._round = 0
        self._card: HeatCard | None = None
        self._list: HeatList | None = None
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self._build)
        view.toolbar.heat.show()
        view.toolbar.heat.clicked.connect(self.toggle)
        self._canvas.heat = self
        self._canvas.installEventFilter(self)
        self._canvas.heat_asked.connect(self.toggle)
        # Ghosts and this map are each hard enough to read alone.
        self._canvas.ghosts_asked.connect(self.close)
        self._canvas.view_changed.connect(self._view_changed)
        self._canvas.tool_changed.connect(self._tool_taken)
        self._canvas.model.changed.connect(self._chart_changed)
        self._canvas.model.loaded.connect(self.close)
        self._canvas.model.field_model.selection_changed.connect(self._field_selected)

    def set_session(self, patient_id: UUID, session_id: UUID) -> None:
        """Say whose sessions the map is of, and which one the chart shows."""
        if self._of != (patient_id, session_id):
            self.close()
            self._of = patient_id, session_id

    @property
    def card(self) -> HeatCard:
        """The card, made when it is first asked for."""
        if self._card is None:
            card = self._card = HeatCard(self._canvas)
            card.what_chosen.connect(self._what_chosen)
            card.range_chosen.connect(self._range_chosen)
            card.closed.connect(self.close)
            before: QWidget = self._canvas
            for after in (card.what.input, card.range.input, card.close_button):
                QWidget.setTabOrder(before, after)
                before = after
        return self._card

    @property
    def place_list(self) -> HeatList:
        """The list of a place, made when it is first asked for."""
        if self._list is None:
            self._list = HeatList(self._canvas)
            self._canvas.viewport_changed.connect(self._list.close_panel)
        return self._list

    # Opening and closing

    @Slot()
    def toggle(self) -> None:
        """Show the map, or put it away."""
        if self.shown:
            self.close()
        else:
            self.open()
        self._view.toolbar.heat.setChecked(self.shown)

    def open(self) -> None:
        """Read the sessions and show the map."""
        model = self._canvas.model
        if self._of is None or not self._canvas.has_stage:
            return
        if self._view.toolbar.ghosts.isChecked():
            self._canvas.ghosts_asked.emit()
        self.shown = True
        self._canvas.cancel_gesture()
        # A click asks the map now; a tool that is taken up puts it away.
        self._tool_before = self._canvas.tool.value
        self._canvas.take_tool("select")
        model.drop_pending()
        model.select(None)
        model.field_model.select(None)
        self.card.offer((), None, (), None)
        self.card.show_empty(_tr("Reading the sessions\u2026"))
        self.card.show()
        self.card.raise_()
        work = partial(_exposure, patient_id=self._of[0])
        self._context.run(self, work, partial(self._have_read, self._next()), self._not_read)

    @Slot()
    def close(self) -> None:
        """Put the map away; the keyboard goes back to the body if it was in the card."""
        self._view.toolbar.heat.setChecked(False)
        if not self.shown:
            return
        self.shown = False
        self._next()
        self._again.stop()
        self._read = self._course = None
        self._pictures.clear()
        self._drawn.clear()
        if self._list is not None:
            self._list.close_panel()
        inside = self.card.isAncestorOf(self.card.focusWidget() or self._canvas)
        self.card.hide()
        if inside:
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self._put(None)
        if not self._canvas.model.read_only and self._canvas.tool.value == "select":
            self._canvas.take_tool(self._tool_before)

    @Slot(str)
    def _tool_taken(self, tool: str) -> None:
        if self.shown and tool != "select":
            self.close()

    @Slot()
    def _field_selected(self) -> None:
        """What is selected is changed by keys: nobody edits the chart through the map."""
        if self.shown and self._canvas.model.field_model.selected is not None:
            self.close()

    def _next(self) -> int:
        """Begin a round: what comes back of an earlier one is not shown any more."""
        self._round += 1
        return self._round

    # Reading and computing

    def _have_read(self, number: int, found: PatientExposure) -> None:
        if number == self._round and self.shown:
            self._read = found
            self._build()

    def _not_read(self, error: Exception) -> None:
        if self.shown:
            self.card.show_empty(explain(error))

    @Slot()
    def _build(self) -> None:
        model = self._canvas.model
        if self._read is None or model.atlas is None or self._of is None:
            return
        sessions = self._read.sessions
        if not model.read_only:
            sessions = heat_work.with_chart(sessions, self._of[1], model.fields, model.syringes)
        height = None if model.height_cm is None else float(model.height_cm)
        work = partial(heat_work.make_course, model.atlas, sessions, height)
        done = partial(self._built, self._next())
        self._context.jobs.run_aside(self, work, done, self._not_read)

    def _built(self, number: int, course: Course) -> None:
        if number != self._round or not self.shown:
            return
        self._course = course
        self._pictures.clear()
        self._drawn.clear()
        whats: list[heat_work.What] = [None, *course.substances, Days.SINCE]
        if self.choice.what not in whats:
            self.choice = Choice(None, self.choice.range)
        options = [Option(what, _what_text(what)) for what in whats]
        self.card.offer(options, self.choice.what, _ranges(), self.choice.range)
        self._show()

    @Slot(object)
    def _what_chosen(self, what: heat_work.What) -> None:
        self.choice = Choice(what, self.choice.range)
        self._show()

    @Slot(object)
    def _range_chosen(self, range_: Range) -> None:
        self.choice = Choice(self.choice.what, range_)
        self._show()

    @Slot(str)
    def _view_changed(self, _view_id: str) -> None:
        if self.shown:
            self._show()

    @Slot(object)
    def _chart_changed(self, _changed: object) -> None:
        if self.shown:
            self._again.start()

    def _picks(self, course: Course) -> Picks:
        if self._of is None:
            return ()
        today = self._context.today()
        return heat_work.picks_of(self.choice.range, course.sessions, self._of[1], today)

    def _show(self) -> None:
        """Show the map that was chosen, in the view in sight: at once if it was drawn before."""
        course, atlas = self._course, self._canvas.model.atlas
        if course is None or atlas is None:
            return
        picks = self._picks(course)
        sentence = _why_empty(course, picks)
        if sentence or _no_scale(course, self.choice):
            self._put(None)
            self.card.show_empty(
                sentence or _tr("Its strength is not known in any of these syringes.")
            )
            return
        view = self._canvas.view
        key = view.view_id, self.choice
        if key in self._drawn:
            self._have_drawn(self._round, key, self._drawn[key])
            return
        self._put(None)
        work = partial(
            heat_work.draw, course, atlas, view, self._pictures.get(view.view_id), self.choice,
            picks, self._context.today(),
        )  # fmt: skip
        done = partial(self._have_drawn, self._next(), key)
        self._context.jobs.run_aside(self, work, done, self._not_read)

    def _have_drawn(self, number: int, key: tuple[str, Choice], drawn: Drawn) -> None:
        course = self._course
        if number != self._round or not self.shown or course is None:
            return
        self._pictures[key[0]] = drawn.picture
        self._drawn[key] = drawn
        self._put(drawn)
        self._describe(course, drawn)

    def _put(self, drawn: Drawn | None) -> None:
        """Lay a map beneath the points, or none."""
        if self._canvas.has_stage:
            self._canvas.stage.put_beneath(None if drawn is None else drawn.paint)
            self._canvas.update()

    # Words

    def _describe(self, course: Course, drawn: Drawn) -> None:
        picks, what = self._picks(course), self.choice.what
        substance = None if isinstance(what, Days) else what
        sums = course.sums(substance, picks)
        counted: list[ExposureSession] = [
            each for each, taken in zip(course.sessions, picks, strict=True) if taken
        ]
        left_out = self._read.left_out if self._read is not None else ()
        missing = heat_words.missing_texts(sums, counted, left_out)
        basis = heat_words.basis_text(self._canvas.view, self._canvas.model.height_cm)
        facts = f"{heat_words.sums_text(sums)}\n{basis}"
        legend, top = self._legend(course, drawn)
        self.card.show_map(legend, top, facts, "\n".join(missing))

    def _legend(self, course: Course, drawn: Drawn) -> tuple[LegendWords, str]:
        what = self.choice.what
        zones = "" if drawn.zones.is_empty else heat_words.zone_text()
        if isinstance(what, Days):
            days = heat_words.class_texts(
                [format_decimal(begin) for begin in DAYS],
                [format_decimal(end - 1) for end in DAYS[1:]],
            )
            classes = tuple(zip(days, heat_colours.DAYS, strict=True))
            title, never = _tr("Days since last treated"), heat_words.never_text()
            return LegendWords(title, classes, never, zones), ""
        scale = course.scale(what)
        unit = heat_words.unit_of(what, scale)
        steps = [unit.figure(step) for step in scale]
        texts = heat_words.class_texts(steps, steps[1:])
        # Much at the top.
        classes = tuple(zip(texts[::-1], heat_colours.AMOUNTS[::-1], strict=True))
        title = _tr("{unit} of skin (estimate)").format(unit=unit.text)
        top = _tr("Highest: about {value}").format(value=unit.about(drawn.top))
        if drawn.region is not None:
            top = f"{top}, {drawn.region.name(self._canvas.model.language)}"
        return LegendWords(title, classes, heat_words.zero_text(steps[0]), zones), top

    # A place

    def click(self, place: QPointF, *, keyboard: bool = False) -> bool:
        """List what was given at a place of the canvas; tell whether the map is on at all."""
        course, atlas = self._course, self._canvas.model.atlas
        if not self.shown:
            return False
        skin = self._canvas.pick(place)
        if skin is None or course is None or atlas is None:
            if skin is None:
                self._canvas.say_at(place, _tr("There is no skin here."))
            return True
        work = partial(course.around, skin, self._picks(course))
        done = partial(self._found, self._round, place, skin, keyboard)
        self._context.jobs.run_aside(self, work, done, self._not_read)
        return True

    def _found(
        self,
        number: int,
        place: QPointF,
        skin: SurfacePoint,
        keyboard: bool,
        found: tuple[Treatment, ...],
    ) -> None:
        atlas = self._canvas.model.atlas
        if number != self._round or not self.shown or atlas is None:
            return
        if not found:
            self._canvas.say_at(place, heat_words.nothing_text())
            return
        region = atlas.region_of(skin).name(self._canvas.model.language)
        words = PlaceWords(region, self._context.today())
        corner = self._canvas.mapTo(self._canvas.window(), place.toPoint()) + QPoint(14, 6)
        self.place_list.show_place(found, words, corner, keyboard=keyboard)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self._card is not None:
            self._card.place()
        return super().eventFilter(watched, event)


def _exposure(desk: Desk, *, patient_id: UUID) -> PatientExposure:
    return desk.exposure.for_patient(patient_id)


def _why_empty(course: Course, picks: Picks) -> str:
    given = [bool(each.points or each.placed_ml) for each in course.sessions]
    if not any(given):
        return _tr("No session with points yet.")
    if not any(any_ and taken for any_, taken in zip(given, picks, strict=True)):
        return _tr("No points in these sessions. Choose more of them.")
    return ""


def _no_scale(course: Course, choice: Choice) -> bool:
    return not isinstance(choice.what, Days) and not course.scale(choice.what)


def _what_text(what: heat_work.What) -> str:
    if isinstance(what, Days):
        return _tr("Days since treated")
    return heat_words.what_text(what)


def _ranges() -> list[Option]:
    return [
        Option(Range.THIS, _tr("This session")),
        Option(Range.LAST_3, _tr("Last 3 sessions")),
        Option(Range.LAST_6, _tr("Last 6 sessions")),
        Option(Range.YEAR, _tr("Last 365 days")),
        Option(Range.ALL, _tr("All sessions")),
    ]


def _tr(text: str) -> str:
    return QCoreApplication.translate("heat_map", text)
