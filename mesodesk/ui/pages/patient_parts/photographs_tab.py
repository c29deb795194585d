"""Photographs: bringing at the left, all of them at the right; one alone, or two compared."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mesodesk.domain.photo_again import to_take
from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import Latest
from mesodesk.ui.photographs.again_list import AgainList
from mesodesk.ui.photographs.again_page import AgainPage
from mesodesk.ui.photographs.album import Album
from mesodesk.ui.photographs.bring_card import BringCard
from mesodesk.ui.photographs.compare import ComparePage
from mesodesk.ui.photographs.look import LookPage
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import PageScroll

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from PySide6.QtGui import QDragEnterEvent, QDropEvent

    from mesodesk.domain.records.photo import PatientPhotos, PhotoRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile
    from mesodesk.ui.photographs.again_list import View

_BRING_WIDTH: Final = 440


class PhotographsTab(QWidget):
    """Whatever is dropped anywhere on it is brought."""

    tab_asked = Signal(str)
    #: (follow-up id): back to the check at which photographs were to be taken.
    check_asked = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("patient_photographs")
        self.setAcceptDrops(True)
        self._context = context
        self._file: PatientFile | None = None
        self._photos: PatientPhotos | None = None
        self._check_id: UUID | None = None
        self._begins = False
        self._latest = Latest(context.jobs, self)
        self.bring = BringCard(context)
        self.again = AgainPage(context, self.bring)
        self.again_card = Card(self.tr("Take again, the same way"), object_name="again_card")
        self.again_list = AgainList(context.language)
        self.album = Album(context.language)
        self.look = LookPage(context)
        self.compare = ComparePage(context)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._overview())
        self.pages.addWidget(self.again)
        self.pages.addWidget(self.look)
        self.pages.addWidget(self.compare)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.pages)
        self._connect()

    def _overview(self) -> QWidget:
        self._all = QWidget()
        left = self._left = PageScroll("bring_scroll", margin=0)
        left.setFixedWidth(_BRING_WIDTH)
        self.again_card.add(self.again_list)
        left.add(self.bring)
        left.add(self.again_card)
        left.column.addStretch(1)
        right = PageScroll("album_scroll", max_width=1_600, margin=0, edge=True)
        right.add(self.album)
        right.column.addStretch(1)
        line = QHBoxLayout(self._all)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.M)
        line.addWidget(left)
        line.addWidget(right, 1)
        return self._all

    def _connect(self) -> None:
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        paste.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        paste.activated.connect(self.bring.paste_now)
        self.bring.kept.connect(self._read_again)
        self.bring.consent_asked.connect(self._to_consent)
        self.again_list.picked.connect(self._take_again)
        self.again.left.connect(self._to_all)
        self.again.check_asked.connect(self._to_check)
        self.album.opened.connect(self._open)
        self.album.compare_asked.connect(self._compare)
        self.look.left.connect(self._to_all)
        self.look.compare_asked.connect(self._compare)
        self.look.changed.connect(self._read_again)
        self.compare.left.connect(self._to_all)

    def show_file(self, file: PatientFile) -> None:
        """Show a patient's photographs, once they are read."""
        other = self._file is None or self._file.patient.id != file.patient.id
        self._file = file
        if other:
            self._photos = None
            self.again.clear()
            self.look.clear()
            self.compare.clear()
            self._to_all()
        fields = file.patient.fields
        self.look.hand_out.show_whose(f"{fields.display_name}, {file.patient.record_number}")
        allowed = self._context.may(Right.PHOTO_EDIT) and not file.archived
        self.bring.set_allowed(allowed=allowed)
        self._left.setVisible(allowed)
        self._read_again()

    @Slot()
    def _read_again(self) -> None:
        if self._file is not None:
            work = partial(_photos, self._context.desk, self._file.patient.id)
            self._latest.run(work, self._show)

    def _show(self, photos: PatientPhotos) -> None:
        if self._file is None or photos.patient_id != self._file.patient.id:
            return
        if photos != self._photos:
            self._photos = photos
            self._show_photos(photos)
        if self._begins:
            self._begins = False
            self._take_again(None)

    def _show_photos(self, photos: PatientPhotos) -> None:
        self.bring.show_photos(photos, self._sessions())
        views = to_take(photos.photos, self._context.today())
        self.again_list.show_views(views)
        self.again_card.setVisible(bool(views) and self.bring.can_take)
        self.again.follow(photos)
        self.album.show_photos(photos)
        self.look.follow(photos)
        self.compare.follow(photos)
        if self.hasFocus():
            (self.first_focus() or self).setFocus()

    def _sessions(self) -> dict[date, UUID]:
        """Return the session of each day that had one, for what was taken on it."""
        if self._file is None:
            return {}
        zone = ZoneInfo(self._context.clinic.fields.zone)
        found = reversed(self._file.standing_sessions)
        return {each.started_at.astimezone(zone).date(): each.id for each in found}

    # Going about

    def take_for(self, follow_up_id: UUID | None) -> None:
        """Say at which check photographs are taken, if at one: each is begun as the last one."""
        self._check_id = follow_up_id
        self._begins = follow_up_id is not None

    @Slot(object)
    def _take_again(self, view: View | None) -> None:
        if self._photos is None or not self.bring.can_take:
            return
        if self.again.begin(self._photos, view, at_check=self._check_id is not None):
            self.pages.setCurrentWidget(self.again)
            self.again.first_focus().setFocus()

    @Slot()
    def _to_check(self) -> None:
        if self._check_id is not None:
            self.check_asked.emit(self._check_id)

    @Slot(object)
    def _open(self, photo: PhotoRecord) -> None:
        if self._photos is not None:
            self.look.show_photo(photo, self._photos)
            self.pages.setCurrentWidget(self.look)

    @Slot(object, object)
    def _compare(self, before: PhotoRecord, after: PhotoRecord) -> None:
        if self._photos is not None:
            self.compare.show_pair(before, after, self._photos)
            self.pages.setCurrentWidget(self.compare)

    @Slot()
    def _to_all(self) -> None:
        self.pages.setCurrentWidget(self._all)

    @Slot()
    def _to_consent(self) -> None:
        self.tab_asked.emit("consent")

    def flush(self) -> None:
        """Write down what is being typed."""
        self.look.flush()

    def first_focus(self) -> QWidget | None:
        """Return where the keyboard begins; the tab itself until the photographs are read."""
        if self._photos is None:
            return self
        if self.pages.currentWidget() is self.again:
            return self.again.first_focus()
        return self.bring.choose if self.bring.can_take else self.album.view.input

    # Dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if self.bring.can_take and (mime.hasUrls() or mime.hasImage()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self.pages.currentWidget() is not self.again:
            self._to_all()
        if self.bring.bring(event.mimeData()):
            event.acceptProposedAction()


def _photos(desk: Desk, patient_id: UUID) -> PatientPhotos:
    return desk.photos.for_patient(patient_id)
