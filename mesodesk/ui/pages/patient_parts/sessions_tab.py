"""All sessions of a patient as a list; a click opens the session's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.records.session import SessionState
from mesodesk.domain.rights import Right
from mesodesk.ui.numbers import format_date
from mesodesk.ui.pages.patient_parts.broken_seals import BrokenSeals
from mesodesk.ui.pages.patient_parts.checks_words import day_of, session_words
from mesodesk.ui.pages.patient_parts.small_session import Picture, amount_words, region_words
from mesodesk.ui.pages.patient_parts.thumbnails import Thumbnails
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind
from mesodesk.ui.turns import Turns
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, EmptyState
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.layouts import PageScroll, row
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.text import ElidedLabel, Muted

if TYPE_CHECKING:
    from collections.abc import Generator
    from uuid import UUID

    from PySide6.QtGui import QImage, QShowEvent

    from mesodesk.domain.records.session import SessionSummary
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile


_AHEAD: Final = 3
_STATE_WIDTH: Final = 96
_AT_ONCE: Final = 12
"""So many sessions are shown at first; to make the rows of 200 would hold the window up."""
_EARLIER: Final = 36
"""So many more are shown with each asking for earlier ones, `_AT_ONCE` in a turn."""


class SessionsTab(QWidget):
    """Number, day, state, who, points, mL, regions and products, the latest first."""

    session_asked = Signal(object)
    start_asked = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("patient_sessions")
        self._context = context
        self._patient_id: UUID | None = None
        self._all: tuple[SessionSummary, ...] = ()
        self._shown: tuple[SessionSummary, ...] = ()
        self._pictures: dict[UUID, Picture] = {}
        self._wanted: set[UUID] = set()
        self._turns = Turns(self)
        self.broken = BrokenSeals(context, "sessions_broken_seals")
        self._thumbnails = Thumbnails(context, self)
        self.list = RowList("session_list", self.tr("Sessions"))
        self._card = Card(self.tr("Sessions"), object_name="sessions_card")
        self._total = Muted("", wrap=False)
        self._card.add_trailing(self._total)
        self._card.add(self.list)
        self.earlier = Button("", "earlier_sessions", ButtonKind.QUIET)
        self._card.add(self.earlier)
        self.earlier.hide()
        self.struck = Button("", "struck_sessions", ButtonKind.QUIET, "eye-outline")
        self.struck.setCheckable(True)
        self._card.add(self.struck)
        self._empty = EmptyState(
            "needle",
            self.tr("No sessions yet"),
            self.tr("What is drawn up, where it is injected and how it is borne will stand here."),
            self.tr("Start session"),
            object_name="sessions_empty",
        )
        scroll = PageScroll("sessions_scroll", max_width=1_680, margin=0, edge=True)
        scroll.add(self.broken)
        scroll.add(self._card)
        scroll.add(self._empty)
        scroll.column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        self.list.activated.connect(self._open)
        self.earlier.clicked.connect(self._show_earlier)
        self.struck.toggled.connect(self._show_all)
        self.broken.found.connect(self._mark_broken)
        self._empty.acted.connect(self.start_asked)
        self._thumbnails.made.connect(self._show_picture)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._thumbnails.resume()

    def show_file(self, file: PatientFile) -> None:
        """Show a patient's sessions."""
        self.broken.watch(file)
        self._card.setVisible(bool(file.sessions))
        self._empty.setVisible(not file.sessions)
        starts = self._context.may(Right.SESSION_EDIT)
        self._empty.action.setVisible(starts and not file.archived)
        same = self._patient_id == file.patient.id
        if same and file.sessions == self._all:
            return
        before = len(self.list.rows()) if same else 0
        self._patient_id, self._all = file.patient.id, file.sessions
        if not same:
            self.struck.setChecked(False)
        self._say_struck()
        self._fill(before)
        signed = len(file.signed_sessions)
        words = self.tr("1 signed") if signed == 1 else self.tr("{count} signed")
        self._total.setText(words.format(count=signed))

    def _fill(self, before: int) -> None:
        """Show the rows; at least so many as there were before."""
        struck = self.struck.isChecked()
        self._shown = tuple(each for each in self._all if struck or not each.is_struck)
        self.earlier.hide()
        self._pictures = {}
        self._wanted = set()
        self.list.set_rows(())
        adding = self._add(max(before, _AT_ONCE))
        if before:
            # All at once: with an empty list in between the place where one reads would be lost.
            self._turns.run_at_once(adding)
        else:
            self._turns.run(adding)

    def _say_struck(self) -> None:
        error = SessionState.ENTERED_IN_ERROR
        in_error = sum(each.state is error for each in self._all)
        earlier = sum(each.is_struck for each in self._all) - in_error
        one_version = self.tr("1 earlier version")
        versions = self.tr("{count} earlier versions").format(count=earlier)
        told = [
            self.tr("{count} entered in error").format(count=in_error) if in_error else "",
            (one_version if earlier == 1 else versions) if earlier else "",
        ]
        words = self.tr("{what}: hide") if self.struck.isChecked() else self.tr("{what}: show")
        told_words = words.format(what=", ".join(each for each in told if each))
        self.struck.setText(told_words)
        self.struck.setAccessibleName(told_words)
        self.struck.setVisible(bool(in_error + earlier))

    @Slot(bool)
    def _show_all(self, _shown: bool) -> None:
        self._say_struck()
        self._fill(max(len(self.list.rows()), 1))

    def _add(self, wanted: int) -> Generator[None]:
        """Add rows, some in each turn."""
        until = min(len(self.list.rows()) + wanted, len(self._shown))
        while (there := len(self.list.rows())) < until:
            some = self._shown[there : min(there + _AT_ONCE, until)]
            self.list.add_rows([self._row(session) for session in some])
            if self.earlier.hasFocus():
                self.list.rows()[there].setFocus()
            yield
        left = len(self._shown) - until
        self.earlier.setText(self.tr("Earlier sessions: {count}").format(count=left))
        self.earlier.setVisible(left > 0)

    @Slot()
    def _show_earlier(self) -> None:
        self._turns.run(self._add(_EARLIER))

    def first_focus(self) -> QWidget | None:
        """Return the latest session."""
        rows = self.list.rows()
        if rows:
            return rows[0]
        return None if self._empty.action.isHidden() else self._empty.action

    def _row(self, session: SessionSummary) -> Row:
        kind, state = session_words(self._context, session)
        day = format_date(day_of(self._context, session.started_at))
        title = self.tr("Session {number} · {day}").format(number=session.number, day=day)
        places = region_words(session.regions, self._context.language)
        products = ", ".join(session.products)
        subtitle = " · ".join(part for part in (places, products) if part)
        picture = self._pictures[session.id] = Picture(session.id)
        picture.wanted.connect(self._want)
        who = ElidedLabel(session.therapist, Role.SMALL, "muted")
        who.setFixedWidth(150)
        amount = ElidedLabel(amount_words(session), Role.BODY)
        amount.setFixedWidth(150)
        if session.id in self.broken.broken:
            kind, state = Kind.STOP, self.tr("seal broken")
        chip = Chip(kind, state)
        state_place = QWidget()
        state_place.setFixedWidth(max(chip.sizeHint().width(), _STATE_WIDTH))
        state_place.setLayout(row(chip, stretch=True))
        number = session.number
        if session.is_struck:
            subtitle = self._why(session)
        made = Row(
            title,
            subtitle or self.tr("nothing drawn up or charted yet"),
            object_name=f"session_{number}_{session.state.value}",
            leading=picture,
            trailing=(amount, who, state_place),
        )
        if session.is_struck:
            made.title.set_struck(True)
        return made

    @Slot(object)
    def _mark_broken(self, broken: frozenset[UUID]) -> None:
        if broken & self._pictures.keys():
            self._fill(len(self.list.rows()))

    def _why(self, session: SessionSummary) -> str:
        """Return who struck a session, when and why."""
        day = format_date(day_of(self._context, session.said_at)) if session.said_at else ""
        said = " ".join(session.said.split())
        told = " · ".join(part for part in (day, session.said_by, said) if part)
        return self.tr("left out of counts and lists: {told}").format(told=told)

    @Slot(object)
    def _want(self, session_id: UUID) -> None:
        # Told while painting, so what follows waits until that is done.
        if not self._wanted:
            QTimer.singleShot(0, self, self._ask)
        self._wanted.add(session_id)

    def _ask(self) -> None:
        """Ask for the pictures that are in sight, and for a few below: those come next."""
        wanted, self._wanted = self._wanted, set()
        rows = [at for at, session in enumerate(self._shown) if session.id in wanted]
        last = max(rows, default=0) + 1
        for at in (*rows, *range(last, last + _AHEAD)):
            self._ask_for(at)

    def _ask_for(self, at: int) -> None:
        session = self._shown[at] if at < len(self._shown) else None
        picture = self._pictures.get(session.id) if session is not None else None
        if session is not None and picture is not None and not picture.has_image():
            image = self._thumbnails.ask(session, self.devicePixelRatioF())
            if image is not None:
                picture.set_image(image)

    @Slot(object, object)
    def _show_picture(self, session_id: UUID, picture: QImage) -> None:
        if session_id in self._pictures:
            self._pictures[session_id].set_image(picture)

    @Slot(int)
    def _open(self, at: int) -> None:
        self.session_asked.emit(self._shown[at].id)
