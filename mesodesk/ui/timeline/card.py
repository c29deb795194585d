"""The timeline as a card: chips for the kinds, the list, and more of it on request."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QRect, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QListView, QStyleOptionViewItem, QWidget

from mesodesk.ui.jobs import Latest
from mesodesk.ui.pages.patient_parts.thumbnails import Thumbnails
from mesodesk.ui.timeline.chips import KindChips
from mesodesk.ui.timeline.photo_strip import PhotoStrip
from mesodesk.ui.timeline.rows import EventDelegate, TimelineModel
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, EmptyState

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtGui import QImage, QKeyEvent, QShowEvent

    from mesodesk.domain.records.timeline import EventKind, Place, TimelinePage
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile

AT_ONCE: Final = 30
_DOWN: Final = (Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_End)


class TimelineList(QListView):
    """As high as its rows: the page around it scrolls, and is told where to."""

    #: (rectangle in this widget): what was moved to by a key.
    moved = Signal(QRect)
    #: A key leads on beyond the last row.
    passed_end = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def fit(self) -> None:
        """Take the height of the rows."""
        model, delegate, plain = self.model(), self.itemDelegate(), QStyleOptionViewItem()
        rows = (model.index(at, 0) for at in range(model.rowCount()))
        self.setFixedHeight(2 + sum(delegate.sizeHint(plain, row).height() for row in rows))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.currentIndex()
        ahead = event.key() in _DOWN and before.row() == self.model().rowCount() - 1 >= 0
        super().keyPressEvent(event)
        if ahead:
            self.passed_end.emit()
        elif self.currentIndex() != before:
            self.moved.emit(self.visualRect(self.currentIndex()))


class TimelineCard(Card):
    """What happened, the latest first; Enter or a click opens it."""

    #: (Opens): what was chosen.
    opened = Signal(object)
    #: (rectangle in the list): should be in sight.
    moved = Signal(QRect)

    def __init__(self, context: Context) -> None:
        super().__init__(object_name="timeline_card", padding=Space.L)
        self.set_title(self.tr("What happened"))
        self._context = context
        self._patient_id: UUID | None = None
        self._page: TimelinePage | None = None
        self._left_by = False
        self._latest = Latest(context.jobs, self)
        self._thumbnails = Thumbnails(context, self)
        self.strip = PhotoStrip(context, self)
        self.chips = KindChips()
        self.list = TimelineList()
        paint.name(self.list, "timeline", self.tr("What happened, the latest first"))
        self._model = TimelineModel(context, self.list)
        self.list.setModel(self._model)
        self.list.setItemDelegate(EventDelegate(self._thumbnails, self.strip, self.list))
        self.earlier = Button("", "timeline_earlier", ButtonKind.QUIET)
        self.empty = EmptyState("timeline-outline", "", "", object_name="timeline_empty")
        for widget in (self.chips, self.list, self.earlier, self.empty):
            self.add(widget)
        self.chips.chosen.connect(self._narrow)
        self.earlier.clicked.connect(self._ask_earlier)
        self.list.passed_end.connect(self._ask_earlier)
        self.list.moved.connect(self.moved)
        self.list.clicked.connect(self._open)
        self.list.activated.connect(self._open)
        self._thumbnails.made.connect(self._paint_anew)
        self.strip.made.connect(self._paint_list)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._thumbnails.resume()
        self.strip.resume()

    def show_file(self, file: PatientFile) -> None:
        """Show a patient's history; of the same patient as much of it as was shown before."""
        self._say_empty(file)
        if file.patient.id != self._patient_id:
            self._patient_id, self._page, self._left_by = file.patient.id, None, False
            self._latest.forget()
            self.strip.forget()
            self.chips.clear()
            self._model.show_events(())
        if file.timeline is None:
            return
        if self.chips.kinds() or len(self._model.events()) > len(file.timeline.events):
            self._read(most=max(len(self._model.events()), len(file.timeline.events)))
        else:
            self._show(file.timeline)

    def focus_back(self) -> QWidget | None:
        """Return the list, if something of this patient was opened from it."""
        return self.list if self._left_by and self._model.rowCount() else None

    def _read(self, most: int) -> None:
        if self._patient_id is not None:
            kinds = self.chips.kinds()
            work = partial(_page, self._context.desk, self._patient_id, kinds, None, most)
            self._latest.run(work, self._show)

    @Slot()
    def _narrow(self) -> None:
        self._model.show_events(())
        self._read(AT_ONCE)

    @Slot()
    def _ask_earlier(self) -> None:
        events = self._model.events()
        if self._page is None or not self._page.left or not events or self._patient_id is None:
            return
        kinds, after = self.chips.kinds(), events[-1].place
        work = partial(_page, self._context.desk, self._patient_id, kinds, after, AT_ONCE)
        self._latest.run(work, self._append)

    def _append(self, page: TimelinePage) -> None:
        first = self._model.rowCount()
        from_button = self.earlier.hasFocus()
        self._show(replace(page, events=(*self._model.events(), *page.events)))
        if from_button or self.list.hasFocus():
            self._go_to(first)
            self.list.setFocus()

    def _show(self, page: TimelinePage) -> None:
        if page.patient_id != self._patient_id:
            return
        self._page = page
        row = self._model.row(self.list.currentIndex().row())
        self._model.show_events(page.events)
        self.list.fit()
        if row is not None and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self._model.index(self._model.find(row.place)))
        self.chips.show_counts(page.counts)
        self.list.setVisible(bool(page.events))
        self.empty.setVisible(not page.counts)
        words = self.tr("Earlier: {count}").format(count=page.left)
        self.earlier.setText(words)
        self.earlier.setAccessibleName(words)
        self.earlier.setVisible(page.left > 0)

    def _go_to(self, at: int) -> None:
        index = self._model.index(at)
        if index.isValid():
            self.list.setCurrentIndex(index)
            self.moved.emit(self.list.visualRect(index))

    def _say_empty(self, file: PatientFile) -> None:
        text = (
            self.tr("The first session starts from the intake: begin there.")
            if file.completed is None
            else self.tr("The intake is closed. The first session checks it once more.")
        )
        self.empty.set_words(self.tr("Nothing has happened yet"), text)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        row = self._model.row(index.row())
        if row is not None:
            self._left_by = True
            self.opened.emit(row.look.opens)

    @Slot(object, object)
    def _paint_anew(self, _session_id: UUID, _picture: QImage) -> None:
        self._paint_list()

    @Slot()
    def _paint_list(self) -> None:
        self.list.viewport().update()


def _page(
    desk: Desk,
    patient_id: UUID,
    kinds: frozenset[EventKind],
    after: Place | None,
    most: int,
) -> TimelinePage:
    return desk.timeline.page(patient_id, kinds, after, most)
