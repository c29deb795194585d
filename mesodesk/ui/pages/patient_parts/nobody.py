"""What the page of a patient shows while no record is open on it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from mesodesk.ui.jobs import explain
from mesodesk.ui.widgets.cards import EmptyState

if TYPE_CHECKING:
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.restricted_parts.closed_record import ClosedRecord


class NobodyHere(QStackedWidget):
    """Nobody was chosen, somebody cannot be shown, or only others may see the record."""

    #: the patient's id: the record can be read now.
    opened = Signal(object)
    #: on to the patients.
    left = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.empty = EmptyState(
            "account-outline",
            self.tr("No patient is open"),
            self.tr("Find one by name, record number, birth date or phone."),
            self.tr("Find a patient"),
            object_name="patient_none",
        )
        self.empty.acted.connect(self.left)
        self.addWidget(self.empty)

    @cached_property
    def closed(self) -> ClosedRecord:
        """Stands in the place of a restricted record."""
        from mesodesk.ui.pages.restricted_parts.closed_record import ClosedRecord

        made = ClosedRecord(self._context, self)
        made.opened.connect(self.opened)
        made.left.connect(self.left)
        self.addWidget(made)
        return made

    def say(self, error: Exception) -> None:
        """Say why a record cannot be shown."""
        # Imported late: pages exist only after the services are loaded.
        from mesodesk.services.errors import RestrictedError

        if isinstance(error, RestrictedError):
            self.closed.begin(error.patient_id)
            self.setCurrentWidget(self.closed)
        else:
            self.empty.set_words(self.tr("This patient cannot be shown"), explain(error))
            self.setCurrentWidget(self.empty)

    def first_focus(self) -> QWidget:
        """Return where one goes on from here."""
        if self.currentWidget() is self.empty:
            return self.empty.action
        return self.closed.back
