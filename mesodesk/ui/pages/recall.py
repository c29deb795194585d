"""Who was treated with a lot: patients, sessions, and every place on the body; the recall of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.changes import Topic
from mesodesk.domain.rights import Right
from mesodesk.ui.frame.page import Page
from mesodesk.ui.jobs import Latest
from mesodesk.ui.numbers import format_date
from mesodesk.ui.pages.columns import TwoColumns
from mesodesk.ui.pages.recall_parts.body_picture import BodyPicture, paint_places
from mesodesk.ui.pages.recall_parts.leave_card import LeaveCard
from mesodesk.ui.pages.recall_parts.patient_card import PatientCard
from mesodesk.ui.pages.recall_parts.recall_card import RecallCard
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, EmptyState
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.layouts import PageScroll, column, nest, row
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import ElidedLabel, Muted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from mesodesk.domain.records.patient import BodySex
    from mesodesk.domain.records.recall import (
        ContactFields,
        LotTrace,
        TracedPatient,
        TracedSession,
    )
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.recall_parts.body_picture import Places

_MOST = 40


class RecallPage(Page):
    """Opened from a lot, from Today, or from a cluster, with `lot_id`."""

    page_id = "recall"
    section = "stock"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("Who was treated with a lot")
        self._context = context
        self._latest = Latest(context.jobs, self)
        self._lot_id: UUID | None = None
        self._session: TracedSession | None = None
        self._trace: LotTrace | None = None
        self._most = _MOST
        self.cards: list[PatientCard] = []
        self._make_parts()
        self._build()
        self._connect()

    def _make_parts(self) -> None:
        self.name = ElidedLabel("", Role.TITLE)
        self.name.setObjectName("recall_title")
        self.count = Muted("", wrap=False)
        self.count.setObjectName("recall_count")
        self.recalled = Chip(
            Kind.STOP, self.tr("recalled"), "recall_chip", icon_name="alert-octagon"
        )
        self.reached = Chip(Kind.NEUTRAL, "", "recall_reached", icon_name="phone-check-outline")
        self.back = Button(self.tr("To the lots"), "recall_back", ButtonKind.QUIET, "arrow-left")
        self.which = SegmentedControl(
            {
                "all": self.tr("All"),
                "open": self.tr("Not told"),
                "reacted": self.tr("Reacted"),
            },
            "recall_filter",
            self.tr("Which patients"),
            compact=True,
        )
        self.which.set_value("all")
        self.more = Button("", "recall_more", ButtonKind.QUIET)
        self.nobody = EmptyState("account-search-outline", "", "", object_name="recall_nobody")
        self.picture = BodyPicture()
        self.shows = Muted("")
        self.shows.setObjectName("recall_shows")
        self.all_places = Button(
            self.tr("Show all places"), "recall_all_places", ButtonKind.QUIET, compact=True
        )
        self.open_session = Button(
            self.tr("Open this session"), "recall_open_session", icon_name="arrow-right",
            compact=True,
        )  # fmt: skip
        self.recall = RecallCard(self._context)
        self.leave_card = LeaveCard(self._context)

    def _build(self) -> None:
        chips = row(self.recalled, self.reached, stretch=True)
        words = column(self.name, self.count, spacing=2)
        head = QHBoxLayout()
        head.setContentsMargins(Space.PAGE, 0, Space.PAGE, 0)
        head.setSpacing(Space.M)
        head.addWidget(self.back)
        nest(head, words, 1)
        nest(head, chips)
        columns = TwoColumns((11, 9))
        nest(columns.left, row(self.which, stretch=True))
        self._list = QVBoxLayout()
        self._list.setSpacing(Space.S)
        nest(columns.left, self._list)
        columns.left.addWidget(self.more)
        columns.left.addWidget(self.nobody)
        body = Card(self.tr("Where it went"), object_name="recall_body")
        body.add(self.picture)
        body.add(self.shows)
        nest(body.body, row(self.all_places, self.open_session, stretch=True))
        for card in (body, self.recall, self.leave_card):
            columns.right.addWidget(card)
        columns.finish()
        scroll = PageScroll("recall_scroll", max_width=1700, page=True)
        scroll.add(columns, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, Space.L, 0, 0)
        whole.setSpacing(Space.L)
        nest(whole, head)
        whole.addWidget(scroll, 1)
        for widget in (self.more, self.nobody, self.all_places, self.open_session):
            widget.hide()

    def _connect(self) -> None:
        self.back.clicked.connect(self._to_stock)
        self.which.chosen.connect(self._filter)
        self.more.clicked.connect(self._show_more)
        self.all_places.clicked.connect(self._show_all_places)
        self.open_session.clicked.connect(self._open_session)
        self.recall.changed.connect(self.reload)
        self._context.changed.connect(self._changed)
        self.add_key("Esc", self.tr("Back to the lots"), self._to_stock)

    def shown(self, **arguments: object) -> None:
        lot_id = arguments.get("lot_id")
        if lot_id is not None and lot_id != self._lot_id:
            self._lot_id, self._session = lot_id, None  # type: ignore[assignment]
            self._trace, self._most = None, _MOST
            self.which.set_value("all")
        self.reload()

    def place(self) -> Mapping[str, object]:
        return {} if self._lot_id is None else {"lot_id": self._lot_id}

    def first_focus(self) -> QWidget | None:
        return self.back

    # Reading

    @Slot(object, object)
    def _changed(self, topic: Topic, _origin: object) -> None:
        if topic & (Topic.STOCK | Topic.SESSIONS | Topic.REACTIONS) and self.isVisible():
            self.reload()

    @Slot()
    def reload(self) -> None:
        """Read the lot again."""
        if self._lot_id is not None:
            self._latest.run(partial(_trace, self._context.desk, self._lot_id), self._show)

    def _show(self, trace: LotTrace) -> None:
        before, self._trace = self._trace, trace
        if before == trace:
            return
        words = self.tr("Lot {number} of {product}")
        self.name.setText(words.format(number=trace.lot_number, product=trace.product_name))
        self.count.setText(self._count_words(trace))
        self.recalled.setVisible(trace.recall is not None)
        self.reached.setVisible(trace.recall is not None)
        self.reached.set_text(
            self.tr("{reached} of {patients} told").format(
                reached=trace.reached, patients=len(trace.patients)
            )
        )
        done = trace.reached == len(trace.patients)
        self.reached.set_kind(Kind.OK if done else Kind.CAUTION, "phone-check-outline")
        self.recall.show_trace(trace)
        self.leave_card.show_trace(trace)
        self._filter()
        self._ask_places()

    def _count_words(self, trace: LotTrace) -> str:
        locale = self.locale()
        counted = (
            (len(trace.patients), self.tr("1 patient"), self.tr("{n} patients")),
            (trace.sessions, self.tr("1 session"), self.tr("{n} sessions")),
            (trace.points, self.tr("1 point"), self.tr("{n} points")),
        )
        parts = [
            one if number == 1 else many.format(n=locale.toString(number))
            for number, one, many in counted
        ]
        expiry = self.tr("expiry {day}").format(day=format_date(trace.expires_on))
        return " · ".join((*parts, expiry))

    @Slot()
    def _filter(self) -> None:
        trace = self._trace
        if trace is None:
            return
        kind = self.which.value()
        chosen = [
            each
            for each in trace.patients
            if kind == "all"
            or (kind == "open" and each.reached_on is None)
            or (kind == "reacted" and each.reacted)
        ]
        for card in self.cards:
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = [self._card(each, trace) for each in chosen[: self._most]]
        for card in self.cards:
            self._list.addWidget(card)
        left = len(chosen) - len(self.cards)
        self.more.setVisible(left > 0)
        self.more.setText(self.tr("Show {count} more").format(count=left))
        self.nobody.setVisible(not chosen)
        self.nobody.set_words(*self._nobody_words(bool(trace.patients), kind or "all"))

    def _nobody_words(self, somebody: bool, kind: str) -> tuple[str, str]:
        if not somebody:
            return (
                self.tr("Nobody was treated with this lot"),
                self.tr("No session that stands, signed or open, has drawn from it."),
            )
        if kind == "open":
            return self.tr("Everybody was told"), self.tr("All patients of this lot were reached.")
        return (
            self.tr("Nobody of this lot has reacted"),
            self.tr("As far as checks were answered so far."),
        )

    def _card(self, patient: TracedPatient, trace: LotTrace) -> PatientCard:
        made = PatientCard(
            patient,
            self._context.language,
            self._context.today(),
            recalled=trace.recall is not None,
            may_note=self._context.may(Right.FOLLOW_UP_EDIT),
        )
        made.places_asked.connect(self._show_session)
        made.contacted.connect(self._contacted)
        return made

    @Slot()
    def _show_more(self) -> None:
        self._most += 5 * _MOST
        self._filter()

    # Places

    def _ask_places(self) -> None:
        if self._lot_id is None:
            return
        session_id = None if self._session is None else self._session.session_id
        self._context.run(
            self,
            partial(_places, lot_id=self._lot_id, session_id=session_id),
            partial(self._paint, session_id),
        )

    def _paint(self, session_id: UUID | None, packed: dict[BodySex, tuple[bytes, ...]]) -> None:
        work = partial(paint_places, packed, self.devicePixelRatioF())
        self._context.jobs.run_aside(self, work, partial(self._painted, session_id))

    def _painted(self, session_id: UUID | None, places: Places) -> None:
        wanted = None if self._session is None else self._session.session_id
        if session_id != wanted:
            return
        self.picture.show_places(places)
        self.picture.setVisible(places.points > 0)
        number = self.locale().toString(places.points)
        if self._session is None:
            words = self.tr("All places of this lot: {points} points.").format(points=number)
        else:
            words = self.tr("Session {number} of {day}: {points} points.").format(
                number=self._session.number, day=format_date(self._session.day), points=number
            )
        self.shows.setText(words if places.points else self.tr("No point is charted."))
        self.all_places.setVisible(self._session is not None)
        self.open_session.setVisible(self._session is not None)

    @Slot(object)
    def _show_session(self, session: TracedSession) -> None:
        self._session = session
        self._ask_places()

    @Slot()
    def _show_all_places(self) -> None:
        self._session = None
        self._ask_places()

    # Going on

    @Slot()
    def _open_session(self) -> None:
        if self._session is not None:
            self.navigate("session", session_id=self._session.session_id)

    @Slot(object, object)
    def _contacted(self, patient: TracedPatient, fields: ContactFields) -> None:
        if self._trace is not None and self._trace.recall is not None:
            work = partial(_note, self._trace.recall.id, patient.patient_id, fields)
            self._context.write(self, work, self._show)

    @Slot()
    def _to_stock(self) -> None:
        self.navigate("stock")


def _trace(desk: Desk, lot_id: UUID) -> LotTrace:
    return desk.recalls.trace(lot_id)


def _places(
    desk: Desk, *, lot_id: UUID, session_id: UUID | None
) -> dict[BodySex, tuple[bytes, ...]]:
    return desk.recalls.places(lot_id, session_id)


def _note(recall_id: UUID, patient_id: UUID, fields: ContactFields, desk: Desk) -> LotTrace:
    return desk.recalls.note_contact(recall_id, patient_id, fields)
