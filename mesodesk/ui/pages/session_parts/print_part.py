"""Printing one session by itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.ui.print_button import PrintButton
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.layouts import nest, row

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.session import SessionRecord
    from mesodesk.services.desk import Desk
    from mesodesk.services.export_work import ExportJob
    from mesodesk.ui.context import Context


class PrintPart(QWidget):
    """One button; what became of it stands above it."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session_id: UUID | None = None
        self.notice = Notice(object_name="session_print_notice")
        self.button = PrintButton(
            context, self.tr("Print this session"), "print_session", self.notice
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.S)
        whole.addWidget(self.notice)
        nest(whole, row(self.button, stretch=True))
        self.button.asked.connect(self._print)

    def show_record(self, record: SessionRecord) -> None:
        """Be about a session; what was said of another one goes."""
        if record.id != self._session_id:
            self._session_id = record.id
            self.notice.dismiss()

    @Slot()
    def _print(self) -> None:
        if self._session_id is not None:
            self.button.begin(partial(_plan, self._session_id))


def _plan(session_id: UUID, desk: Desk) -> ExportJob:
    return desk.exports.plan_session(session_id)
