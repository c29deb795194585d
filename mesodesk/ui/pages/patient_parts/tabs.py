"""The parts of a patient's record, each made when it is first looked at."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from mesodesk.ui.pages.patient_parts.details_tab import DetailsTab
from mesodesk.ui.pages.patient_parts.follow_ups_tab import FollowUpsTab
from mesodesk.ui.pages.patient_parts.intake_tab import IntakeTab
from mesodesk.ui.pages.patient_parts.overview import OverviewTab
from mesodesk.ui.pages.patient_parts.sessions_tab import SessionsTab

if TYPE_CHECKING:
    from mesodesk.ui.context import Context

Tab: TypeAlias = OverviewTab | IntakeTab | SessionsTab | FollowUpsTab | DetailsTab
T = TypeVar("T", bound=QWidget)

TABS: Final = ("overview", "intake", "sessions", "follow_ups", "details")


class PatientTabs(QStackedWidget):
    """Holds the tabs. Making all at once would hold the window up when a record is opened."""

    start_asked = Signal()
    tab_asked = Signal(str)
    session_asked = Signal(object)
    check_asked = Signal(object)
    intake_typed = Signal(object, object)
    intake_completed = Signal(object)
    patient_changed = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context

    @cached_property
    def overview(self) -> OverviewTab:
        tab = OverviewTab(self._context)
        tab.start_asked.connect(self.start_asked)
        tab.tab_asked.connect(self.tab_asked)
        tab.session_asked.connect(self.session_asked)
        tab.check_asked.connect(self.check_asked)
        return self._stacked(tab)

    @cached_property
    def intake(self) -> IntakeTab:
        tab = IntakeTab(self._context)
        tab.typed.connect(self.intake_typed)
        tab.completed.connect(self.intake_completed)
        return self._stacked(tab)

    @cached_property
    def sessions(self) -> SessionsTab:
        tab = SessionsTab(self._context)
        tab.start_asked.connect(self.start_asked)
        tab.session_asked.connect(self.session_asked)
        return self._stacked(tab)

    @cached_property
    def follow_ups(self) -> FollowUpsTab:
        tab = FollowUpsTab(self._context)
        tab.check_asked.connect(self.check_asked)
        return self._stacked(tab)

    @cached_property
    def details(self) -> DetailsTab:
        tab = DetailsTab(self._context)
        tab.changed.connect(self.patient_changed)
        return self._stacked(tab)

    def tab(self, name: str) -> Tab:
        """Return a tab by its name, one of `TABS`."""
        found: Tab = getattr(self, name)
        return found

    def is_made(self, name: str) -> bool:
        """Tell whether a tab was looked at before."""
        return name in self.__dict__

    def flush(self) -> None:
        """Write down what is being typed."""
        if self.is_made("intake"):
            self.intake.flush()
        if self.is_made("details"):
            self.details.flush()

    def is_in_details(self, field: QWidget) -> bool:
        """Tell whether a widget belongs to the form with the patient's name."""
        return self.is_made("details") and self.details.isAncestorOf(field)

    def _stacked(self, tab: T) -> T:
        self.addWidget(tab)
        return tab
