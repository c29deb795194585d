"""Says above every page that photographs wait which were brought and are not on record yet."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Slot

from mesodesk.domain.changes import Topic
from mesodesk.ui.tokens import Kind

if TYPE_CHECKING:
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.shell import MainWindow
    from mesodesk.ui.widgets.cards import Notice


class PhotosWaitingNotice(QObject):
    """Comes up with the desk, for whoever brought them; what is brought later is in their sight."""

    def __init__(self, window: MainWindow, context: Context) -> None:
        super().__init__(context)
        self._window, self._context = window, context
        self._notice: Notice | None = None
        self._patient_id: UUID | None = None
        context.changed.connect(self._changed)
        context.run(self, _subjects, self._show_first, _passed_over)

    @Slot(object, object)
    def _changed(self, topic: Topic, _origin: object) -> None:
        if topic & Topic.DRAFTS and self._notice is not None:
            self._context.run(self, _subjects, self._show, _passed_over)

    def _show_first(self, subjects: tuple[str, ...]) -> None:
        if subjects:
            self._notice = self._window.notify(
                Kind.INFO, self._words(len(subjects)), "", object_name="photos_waiting_notice"
            )
            self._notice.acted.connect(self._open)
            self._show(subjects)

    def _show(self, subjects: tuple[str, ...]) -> None:
        if self._notice is None or self._notice.isHidden():
            return
        if not subjects:
            self._notice.dismiss()
            self._notice = None
            return
        self._patient_id = UUID(subjects[0].partition("/")[0])
        self._notice.show_notice(Kind.INFO, self._words(len(subjects)), "", self.tr("Look at them"))

    def _words(self, count: int) -> str:
        if count == 1:
            return self.tr("1 photograph that you brought is not on record yet")
        words = self.tr("{count} photographs that you brought are not on record yet")
        return words.format(count=count)

    @Slot()
    def _open(self) -> None:
        if self._patient_id is not None:
            self._window.open("patient", patient_id=self._patient_id, tab="photographs")


def _subjects(desk: Desk) -> tuple[str, ...]:
    # Imported on the database thread: the desk is opening.
    from mesodesk.domain.records.photo import WAITING_FORM

    return desk.drafts.subjects(WAITING_FORM)


def _passed_over(_error: Exception) -> None:
    """They are offered where they were brought all the same."""
