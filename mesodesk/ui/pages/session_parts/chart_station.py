"""The chart of a session: the body map, with every gesture kept at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.bodymap.edits import PointSettings
from mesodesk.domain.bodymap.field_edits import FieldSettings
from mesodesk.domain.bodymap.outlines import make_ready
from mesodesk.domain.limits import Lack
from mesodesk.domain.rights import Right
from mesodesk.domain.screening import open_findings
from mesodesk.domain.session_rules import LIMIT_RULE
from mesodesk.ui.bodymap.canvas_card import open_card
from mesodesk.ui.bodymap.copying import Copying
from mesodesk.ui.bodymap.earlier import Earlier
from mesodesk.ui.bodymap.favourites import Favourites
from mesodesk.ui.bodymap.ghosts import Ghosts
from mesodesk.ui.bodymap.heat_map import HeatMap
from mesodesk.ui.bodymap.keys_card import chart_keys
from mesodesk.ui.bodymap.limits_list import LimitBasis
from mesodesk.ui.bodymap.ready import ReadyChart, ready_chart
from mesodesk.ui.bodymap.since_last import SinceLast
from mesodesk.ui.bodymap.vocabulary import DEFAULT_SETTINGS
from mesodesk.ui.favourite_store import FavouriteStore
from mesodesk.ui.frame.page import KeyHelp, Page
from mesodesk.ui.jobs import explain
from mesodesk.ui.pages.session_parts.amended_chart import AmendedChart
from mesodesk.ui.pages.session_parts.chart_keeping import ChartKeeping, regions_of
from mesodesk.ui.pages.session_parts.found_elsewhere import FoundElsewhere
from mesodesk.ui.pages.session_parts.protocol_fill import ProtocolFields
from mesodesk.ui.pages.session_parts.state import RECIPE, SessionState, Station
from mesodesk.ui.tokens import BAR, Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from PySide6.QtGui import QHideEvent, QShowEvent

    from mesodesk.domain.bodymap.edits import Edit
    from mesodesk.domain.favourites import Recipe
    from mesodesk.domain.limits import LimitFinding
    from mesodesk.domain.records.chart import StoredChart
    from mesodesk.domain.records.session import SessionRecord
    from mesodesk.domain.screening import Acknowledgement, Finding
    from mesodesk.services.desk import Desk
    from mesodesk.ui.bodymap.chart_panel import ChartPanel
    from mesodesk.ui.context import Context

_HINTED = "chart_hints_shown"
_CANVAS = "body_map"
"""What `Missing.place` calls the body."""


class ChartStation(Station):
    """Embeds the chart. What is drawn stays in sight while it waits to be kept."""

    station_id = "chart"

    def __init__(
        self, state: SessionState, context: Context, panel: ChartPanel, parent: QWidget
    ) -> None:
        super().__init__(state, context, parent)
        self.setObjectName("chart_station")
        self._shown_of: UUID | None = None
        self._framed_of: UUID | None = None
        self._coming: StoredChart | None = None
        self._diverged = False
        self._keeping = ChartKeeping(state, self)
        self._keys = [KeyHelp(keys, text[:1].upper() + text[1:]) for keys, text in chart_keys()]
        self.panel = panel
        self.earlier = Earlier(context, self)
        self.panel.view.compute_aside(self.earlier.aside)
        self.ghosts = Ghosts(self.panel.view, self.earlier)
        self.copying = Copying(self.panel.view, self.earlier)
        self.since_last = SinceLast(self.panel.view, self.earlier)
        self.amended = AmendedChart(state, context, self.panel.view, self.earlier.aside)
        self.favourites = Favourites(self.panel.view, FavouriteStore(context, self))
        self.panel.fields.keeps_favourites = True
        self.heat = HeatMap(self.panel.view, context)
        self.notice = Notice(object_name="chart_notice", closable=True)
        self.elsewhere = FoundElsewhere(state, context, self.station_id)
        self.by_protocol = ProtocolFields(state)
        signs = context.may(Right.SESSION_SIGN)
        words = self.tr("Finish and sign") if signs else self.tr("Go on to Finish")
        self.finish = Button(words, "finish_and_sign", ButtonKind.PRIMARY, parent=self)
        self.panel.footer.addWidget(self.finish)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, BAR, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.elsewhere)
        column.addWidget(self.notice)
        column.addWidget(self.by_protocol)
        column.addWidget(self.amended.line)
        column.addWidget(self.panel, 1)
        self._connect()

    def _connect(self) -> None:
        self.panel.edit_made.connect(self._edit_made)
        self.panel.undo_made.connect(self._undo_made)
        self.panel.redo_made.connect(self._redo_made)
        self._keeping.settled.connect(self._settled)
        self._keeping.refused.connect(self._refused)
        self._keeping.refused_elsewhere.connect(self._refused_elsewhere)
        self._keeping.came_late.connect(self.state.reload)
        self.panel.prepare_syringe_asked.connect(self._prepare_asked)
        self.panel.totals.limits.reason_asked.connect(self._reason_asked)
        self.panel.fields.favourite.clicked.connect(self.favourites.start_saving)
        self.favourites.prepare_asked.connect(self._recipe_asked)
        self.by_protocol.wanted.connect(self.favourites.use)
        self.panel.model.changed.connect(self._offer_fields)
        self.finish.clicked.connect(self.next_asked)
        self.elsewhere.place_asked.connect(self.place_asked)
        self.state.record_changed.connect(self._record_changed)
        self.state.findings_changed.connect(self._show_limits)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._list_keys(listed=True)
        self.favourites.come_back()

    def hideEvent(self, event: QHideEvent) -> None:
        self._list_keys(listed=False)
        super().hideEvent(event)

    def _list_keys(self, *, listed: bool) -> None:
        """List the keys of the chart behind `?` of the page while the chart is in sight."""
        above = self.parentWidget()
        while above is not None and not isinstance(above, Page):
            above = above.parentWidget()
        if above is not None:
            others = [each for each in above.key_help if each not in self._keys]
            above.key_help = [*others, *self._keys] if listed else others

    def first_focus(self) -> QWidget | None:
        """Return the body, or what asks over it; the station itself until the chart is there."""
        canvas = self.panel.view.canvas
        card = open_card(canvas)
        if card is not None:
            return card.first_focus()
        return self if self.panel.isHidden() else canvas

    def reveal(self, place: str) -> bool:
        if place == _CANVAS:
            self.panel.view.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return super().reveal(place)

    def leave(self) -> None:
        self.panel.finish_typing()

    def show_state(self) -> None:
        """Show the stored chart, unless it is the one in sight: the view then stays as it is."""
        chart = self.state.chart
        same_session = self._shown_of == self.state.record.id
        self.elsewhere.show_state()
        if chart is None or chart is self._coming or (same_session and self._keeping.is_waiting):
            self._record_changed()
            return
        document = self.panel.model.document
        if (
            same_session
            and not self._diverged
            and (document.cursor, len(document.edits)) == (chart.cursor, len(chart.edits))
        ):
            self._record_changed()
            return
        if not same_session:
            # Never another patient's points, not even for a moment.
            self.panel.hide()
            for line in (self.notice, self.by_protocol, self.amended.line):
                line.hide()
        self._diverged = False
        self._keeping.begin(self.state.record.id)
        self._coming = chart
        self._shown_of = self.state.record.id
        # Read beside the atlas: what differs from the last session is then told with the chart.
        self.earlier.set_session(self.state.record.id, self.state.earlier)
        work = partial(_made_ready, self.state.take_ready(), self.state.record, chart)
        self.context.jobs.run_aside(self, work, partial(self._show_chart, chart))

    def _show_chart(self, chart: StoredChart, ready: ReadyChart) -> None:
        if self._coming is not chart or self._shown_of != self.state.record.id:
            return
        self._coming, atlas = None, ready.atlas
        if self.state.record.atlas_id != atlas.atlas_id:
            self._say_other_body()
            return
        self.heat.set_session(self.state.record.patient_id, self.state.record.id)
        self.panel.load(
            ChartDocument(chart.fields, chart.edits, chart.cursor),
            atlas,
            self.state.syringes,
            self.state.record.height_cm,
            read_only=not self.state.may(Right.CHART_EDIT),
            settings=_last_settings(chart),
            laying=_last_laying(chart),
            ready=ready,
        )
        self.panel.show()
        outlines = [field.outline for field in chart.fields if field.outline is not None]
        self.context.jobs.run_aside(
            self, partial(make_ready, atlas, outlines), lambda _: self.panel.fields.show_measured()
        )
        if self.window().focusWidget() is self:
            self.panel.view.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self._record_changed()
        self._hint_at_first()
        if self._framed_of != self._shown_of:
            self._frame(self.panel.model.document)
        self._framed_of = self._shown_of
        self.panel.settle()

    def _frame(self, document: ChartDocument) -> None:
        """Show where the work was left, rather than the whole body."""
        canvas = self.panel.view.canvas
        newest = document.newest_ref()
        if newest is not None and self.state.can_edit():
            canvas.reveal(newest)
        canvas.show_all()

    def _hint_at_first(self) -> None:
        """Show a therapist who has never laid a field how it is done, once while this runs."""
        if self.context.property(_HINTED) or not self.state.may(Right.CHART_EDIT):
            return
        self.context.setProperty(_HINTED, True)
        work = partial(_has_laid_fields, user_id=self.context.user.id)
        self.context.run(self, work, self._hint_unless)

    def _hint_unless(self, knows: bool) -> None:
        if not knows:
            self.panel.view.first_hints.come_up()

    def _say_other_body(self) -> None:
        """Points drawn on this body would lie where nobody was treated."""
        self.notice.show_notice(
            Kind.STOP,
            self.tr("This chart was drawn on another version of the body"),
            self.tr(
                "Its points, doses and totals are kept as they are, but this version of Mesodesk "
                "cannot show where they lie. Update Mesodesk to see and change the chart."
            ),
        )

    @Slot()
    def _record_changed(self) -> None:
        model = self.panel.model
        # What is on its way takes over the record as it is then.
        if self._shown_of != self.state.record.id or self._coming is not None:
            return
        self.finish.setVisible(self.state.can_edit())
        # At once when it is signed, not only when it is opened again.
        model.set_read_only(read_only=not self.state.may(Right.CHART_EDIT))
        self._show_limits()
        self.amended.refresh()
        self.elsewhere.show_state()
        self.favourites.set_session(self.state.record.id, self.state.record.syringes)
        self._offer_fields()
        if model.syringes != self.state.syringes:
            self.panel.set_syringes(self.state.syringes)

    @Slot()
    def _offer_fields(self) -> None:
        if self._shown_of == self.state.record.id and self._coming is None:
            self.by_protocol.show_for(empty=not self.panel.model.document.fields)

    @Slot()
    def _show_limits(self) -> None:
        """Tell the limits what they rest on; without a weight of today, that of the intake."""
        state, clinic = self.state, self.context.clinic.fields
        coming = self._coming is not None
        if coming or not state.is_open() or self._shown_of != state.record.id:
            return
        known = state.intake.fields.weight_kg if state.intake is not None else None
        self.panel.totals.limits.set_basis(
            LimitBasis(
                clinic.limits,
                clinic.jurisdiction or None,
                state.record.fields.weight_kg or known,
                limits_with_reason(state.findings, state.record.acknowledgements),
            )
        )

    @Slot(object)
    def _reason_asked(self, found: LimitFinding) -> None:
        station = "check" if Lack.WEIGHT in found.lacks else "finish"
        self.place_asked.emit(station, f"finding_{LIMIT_RULE}{found.limit.id}")

    # Keeping

    @Slot(object, int)
    def _edit_made(self, edit: Edit, cursor_before: int) -> None:
        self._keeping.append(edit, cursor_before, regions_of(self.panel.model.atlas, edit))

    @Slot(int, int)
    def _undo_made(self, before: int, _now: int) -> None:
        self._keeping.undo(before)

    @Slot(int, int)
    def _redo_made(self, before: int, _now: int) -> None:
        self._keeping.redo(before)

    @Slot(object)
    def _refused(self, error: Exception) -> None:
        self._diverged = True
        self.notice.show_notice(Kind.STOP, self.tr("This gesture is not on record"), explain(error))

    @Slot(object)
    def _refused_elsewhere(self, error: Exception) -> None:
        self.notice.show_notice(
            Kind.STOP,
            self.tr("A gesture on the chart that was open before is not on record"),
            explain(error),
        )

    @Slot()
    def _settled(self) -> None:
        document = self.panel.model.document
        known = {syringe.id for syringe in self.state.syringes}
        # Undo takes a syringe out again that was put away meanwhile.
        returned = any(field.syringe_id not in known for field in document.fields.values())
        self.state.chart_kept(document)
        if self._diverged or returned:
            self.state.reload()

    @Slot()
    def _prepare_asked(self) -> None:
        self.place_asked.emit("prepare", "add_syringe")

    @Slot(object)
    def _recipe_asked(self, recipe: Recipe) -> None:
        self.state.recipe = recipe
        self.place_asked.emit("prepare", RECIPE)


def limits_with_reason(
    findings: Iterable[Finding], acknowledgements: Iterable[Acknowledgement]
) -> frozenset[str]:
    """Return the ids of the limits for which a reason to go on is on record."""
    found = [each for each in findings if each.rule_id.startswith(LIMIT_RULE)]
    still_open = open_findings(found, acknowledgements)
    return frozenset(
        each.rule_id.removeprefix(LIMIT_RULE) for each in found if each not in still_open
    )


def _made_ready(ahead: ReadyChart | None, record: SessionRecord, chart: StoredChart) -> ReadyChart:
    """Return what was made ahead if it is of this chart, else make it, beside the window."""
    return ahead if ahead is not None and ahead.chart is chart else ready_chart(record, chart)


def _last_settings(chart: StoredChart) -> PointSettings:
    """Return what the points made last got, so that charting goes on as it was."""
    newest = max(chart.fields, key=lambda field: field.id, default=None)
    if newest is None or newest.dose_per_point_ml is None:
        return DEFAULT_SETTINGS
    return PointSettings(newest.technique, newest.depth_mm, newest.needle, newest.dose_per_point_ml)


def _has_laid_fields(desk: Desk, *, user_id: UUID) -> bool:
    return desk.charts.has_laid_fields(user_id)


def _last_laying(chart: StoredChart) -> FieldSettings:
    """Return how the field made last was laid."""
    laid = [field for field in chart.fields if field.outline is not None and field.spacing_mm]
    newest = max(laid, key=lambda field: field.id, default=None)
    if newest is None or newest.spacing_mm is None:
        return FieldSettings()
    return FieldSettings(newest.pattern, newest.spacing_mm)
