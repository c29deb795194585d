"""Reports: what the log says, filtered and in any order; whether it is whole; what may leave."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QModelIndex, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.audit_actions import ActionGroup
from mesodesk.domain.records.audit import UnusualKind
from mesodesk.ui.frame.page import Page
from mesodesk.ui.jobs import Latest
from mesodesk.ui.pages.reports_parts.detail_card import DetailCard
from mesodesk.ui.pages.reports_parts.entries import LogEntries
from mesodesk.ui.pages.reports_parts.filters import TROUBLED, ReportFilters
from mesodesk.ui.pages.reports_parts.leave_card import LeaveCard
from mesodesk.ui.pages.reports_parts.unusual_card import UnusualCard
from mesodesk.ui.pages.reports_parts.verify_card import VerifyCard
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import EDGE, PageScroll, nest
from mesodesk.ui.widgets.rows import long_list
from mesodesk.ui.widgets.text import Muted, Title

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.audit import (
        LogCursor,
        LogPage,
        LogPatient,
        LogQuery,
        LogStanding,
        Unusual,
    )
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_Beside = tuple["LogStanding", tuple["Unusual", ...], tuple[tuple["UUID", str], ...]]
_KINDS = {
    UnusualKind.RESTRICTED: ActionGroup.VIEW,
    UnusualKind.ARCHIVED: ActionGroup.VIEW,
    UnusualKind.MANY: ActionGroup.VIEW,
    UnusualKind.EMERGENCY: ActionGroup.ACCESS,
    UnusualKind.REFUSAL: TROUBLED,
    UnusualKind.WRONG_PASSWORD: TROUBLED,
}


class ReportsPage(Page):
    """Filters and entries at the left; the chosen entry, the log itself and its doors beside."""

    page_id = "reports"
    icon = "text-box-search-outline"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("Reports")
        self._context = context
        self._latest = Latest(context.jobs, self)
        zone = context.clinic.fields.zone
        self.filters = ReportFilters(context)
        self.list = long_list("report_list", self.tr("Entries of the log"))
        self.entries = LogEntries(zone, self.list)
        self.nothing = Muted(self.tr("No entry is like that. Choose a longer period."))
        self.nothing.setObjectName("report_nothing")
        self.detail = DetailCard(zone)
        self.verify = VerifyCard(context)
        self.unusual = UnusualCard(zone)
        self.leaving = LeaveCard(context, self.filters.query)
        self._build_list()
        self._build()
        self.filters.changed.connect(self.reload)
        self.unusual.asked.connect(self._show_unusual)
        self.detail.record_asked.connect(self._open_record)
        self.detail.patient_asked.connect(self._only_patient)
        self.detail.person_asked.connect(self._only_person)
        self.entries.more_wanted.connect(self._more)
        self.leaving.made.connect(self.reload)
        self.verify.noted.connect(self.reload)
        self.describe_key("↑ ↓", self.tr("Move in the list"))

    def _build_list(self) -> None:
        self.list.setModel(self.entries)
        self.list.selectionModel().selectionChanged.connect(self._selected)

    def _build(self) -> None:
        card = Card(padding=Space.S)
        card.add(self.nothing)
        card.add(self.list, 1)
        self.nothing.hide()
        left = QVBoxLayout()
        left.setSpacing(Space.M)
        left.addWidget(self.filters)
        left.addWidget(card, 1)
        beside = PageScroll("report_beside", max_width=620, margin=0, edge=True)
        for part in (self.detail, self.verify, self.unusual, self.leaving):
            beside.add(part)
        beside.column.addStretch(1)
        columns = QHBoxLayout()
        columns.setSpacing(Space.L)
        nest(columns, left, 6)
        columns.addWidget(beside, 5)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(Space.PAGE, Space.L, EDGE, Space.S)
        whole.setSpacing(Space.L)
        whole.addWidget(Title(self.title))
        nest(whole, columns, 1)

    def first_focus(self) -> QWidget | None:
        return self.list

    def shown(self, **_arguments: object) -> None:
        self.reload()

    def leave(self) -> None:
        self.verify.stop()

    @Slot()
    def reload(self) -> None:
        """Ask anew for what is filtered, and how the log stands."""
        self.detail.show_entry(None)
        self._latest.run(partial(self._page, self.filters.query(), None), self._show)
        self._context.run(self, _beside, self._show_beside)

    def _page(self, query: LogQuery, after: LogCursor | None) -> LogPage:
        return self._context.work_as(self, partial(_page, query, after))

    def _show(self, page: LogPage) -> None:
        self.entries.show_first(page)
        self.nothing.setVisible(not page.entries)
        self.list.setVisible(bool(page.entries))

    @Slot(object)
    def _more(self, after: LogCursor) -> None:
        work = partial(self._page, self.filters.query(), after)
        self._latest.run(work, self.entries.show_more)

    def _show_beside(self, found: _Beside) -> None:
        standing, unusual, people = found
        self.verify.show_standing(standing)
        self.unusual.show_unusual(unusual)
        self.filters.show_people(people)

    @Slot(QItemSelection, QItemSelection)
    def _selected(self, _now: QItemSelection, _before: QItemSelection) -> None:
        current: QModelIndex = self.list.currentIndex()
        self.detail.show_entry(self.entries.entry(current.row()))

    @Slot(object)
    def _show_unusual(self, one: Unusual) -> None:
        self.filters.period.set_value(7)
        self.filters.show_only(
            person_id=one.actor_id, patient=one.patient, kind=_KINDS.get(one.kind)
        )

    @Slot(object)
    def _open_record(self, patient: LogPatient) -> None:
        self.navigate("patient", patient_id=patient.id)

    @Slot(object)
    def _only_patient(self, patient: LogPatient) -> None:
        self.filters.show_only(patient=patient)

    @Slot(object)
    def _only_person(self, person_id: UUID) -> None:
        self.filters.show_only(person_id=person_id)


def _page(query: LogQuery, after: LogCursor | None, desk: Desk) -> LogPage:
    return desk.audit_log.page(query, after)


def _beside(desk: Desk) -> _Beside:
    log = desk.audit_log
    return log.standing(), log.unusual(), log.people()
