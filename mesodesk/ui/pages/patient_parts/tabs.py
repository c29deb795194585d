"""The parts of a patient's record, each made when it is first looked at."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from mesodesk.domain.changes import Topic
from mesodesk.ui.pages.consent_parts.tab import ConsentTab
from mesodesk.ui.pages.patient_parts.details_tab import DetailsTab
from mesodesk.ui.pages.patient_parts.follow_ups_tab import FollowUpsTab
from mesodesk.ui.pages.patient_parts.intake_tab import IntakeTab
from mesodesk.ui.pages.patient_parts.measurements_tab import MeasurementsTab
from mesodesk.ui.pages.patient_parts.overview import OverviewTab
from mesodesk.ui.pages.patient_parts.sessions_tab import SessionsTab
from mesodesk.ui.pages.plan_parts.plan_tab import PlanTab
from mesodesk.ui.widgets.buttons import ButtonKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.photographs_tab import PhotographsTab
    from mesodesk.ui.pages.reaction_parts.tab import ReactionsTab

Tab: TypeAlias = (
    "OverviewTab | IntakeTab | ConsentTab | PlanTab | SessionsTab | FollowUpsTab"
    " | ReactionsTab | MeasurementsTab | PhotographsTab | DetailsTab"
)
T = TypeVar("T", bound=QWidget)

TABS: Final = (
    "overview",
    "intake",
    "consent",
    "plan",
    "sessions",
    "follow_ups",
    "reactions",
    "measurements",
    "photographs",
    "details",
)
CONCERNED: Final = (
    Topic.PATIENTS
    | Topic.INTAKES
    | Topic.SESSIONS
    | Topic.FOLLOW_UPS
    | Topic.MEASUREMENTS
    | Topic.REACTIONS
    | Topic.PLANS
    | Topic.CLINIC
    | Topic.CONSENTS
    | Topic.PHOTOS
)
"""What the record shows is read again when one of these was changed."""

_SYNONYMS: Final = {"followup": "follow_ups", "follow_up": "follow_ups", "session": "sessions"}


def tab_words(widget: QWidget) -> dict[str, str]:
    """Return what each tab is called, in their order."""
    return {
        "overview": widget.tr("Overview"),
        "intake": widget.tr("Intake"),
        "consent": widget.tr("Consent"),
        "plan": widget.tr("Plan"),
        "sessions": widget.tr("Sessions"),
        "follow_ups": widget.tr("Follow-up"),
        "reactions": widget.tr("Reactions"),
        "measurements": widget.tr("Measurements"),
        "photographs": widget.tr("Photographs"),
        "details": widget.tr("Details"),
    }


def start_kind(tab: str) -> ButtonKind:
    """Return how loud *Start session* is beside a tab: most have a loud button of their own."""
    lists = ("sessions", "follow_ups")
    return ButtonKind.PRIMARY if tab in lists else ButtonKind.SECONDARY


def known_tab(tab: str) -> str:
    """Return the tab that is meant; the overview where there is none of that name."""
    key = _SYNONYMS.get(tab, tab)
    return key if key in TABS else "overview"


class PatientTabs(QStackedWidget):
    """Holds the tabs. Making all at once would hold the window up when a record is opened."""

    start_asked = Signal()
    tab_asked = Signal(str)
    session_asked = Signal(object)
    plan_session_asked = Signal(object)
    check_asked = Signal(object)
    intake_typed = Signal(object, object)
    intake_completed = Signal(object)
    patient_changed = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._measured_for: UUID | None = None

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
    def consent(self) -> ConsentTab:
        return self._stacked(ConsentTab(self._context))

    @cached_property
    def plan(self) -> PlanTab:
        tab = PlanTab(self._context)
        tab.session_asked.connect(self.plan_session_asked)
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
    def reactions(self) -> ReactionsTab:
        # Brings the body map along, which no other tab of the record needs.
        from mesodesk.ui.pages.reaction_parts.tab import ReactionsTab

        return self._stacked(ReactionsTab(self._context))

    @cached_property
    def measurements(self) -> MeasurementsTab:
        tab = MeasurementsTab(self._context)
        tab.set_session(self._measured_for)
        tab.session_asked.connect(self.session_asked)
        return self._stacked(tab)

    @cached_property
    def photographs(self) -> PhotographsTab:
        from mesodesk.ui.pages.patient_parts.photographs_tab import PhotographsTab

        tab = PhotographsTab(self._context)
        tab.tab_asked.connect(self.tab_asked)
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

    def arrive(self, tab: str, arguments: Mapping[str, object]) -> None:
        """Take over what somebody comes with to a tab: from which session or check."""
        self.measure_for(arguments.get("session_id"))
        follow_up_id, begin = arguments.get("follow_up_id"), bool(arguments.get("begin"))
        if tab == "reactions":
            self.react_to(follow_up_id, begin=begin)
        asked = follow_up_id if tab == "photographs" and isinstance(follow_up_id, UUID) else None
        if asked is not None or self.is_made("photographs"):
            self.photographs.take_for(asked)

    def measure_for(self, session_id: object) -> None:
        """Say at the check of which session is measured next, if at one."""
        self._measured_for = session_id if isinstance(session_id, UUID) else None
        if self.is_made("measurements"):
            self.measurements.set_session(self._measured_for)

    def react_to(self, follow_up_id: object, *, begin: bool) -> None:
        """Say that a reaction is to be recorded once its tab is shown, and from which check."""
        if begin or isinstance(follow_up_id, UUID):
            asked = follow_up_id if isinstance(follow_up_id, UUID) else None
            self.reactions.record_from(asked, begin=begin)

    def flush(self) -> None:
        """Write down what is being typed."""
        if self.is_made("photographs"):
            self.photographs.flush()
        if self.is_made("intake"):
            self.intake.flush()
        if self.is_made("measurements"):
            self.measurements.flush()
        if self.is_made("reactions"):
            self.reactions.flush()
        if self.is_made("consent"):
            self.consent.flush()
        if self.is_made("details"):
            self.details.flush()
        if self.is_made("plan"):
            self.plan.flush()

    def is_in_details(self, field: QWidget) -> bool:
        """Tell whether a widget belongs to the form with the patient's name."""
        return self.is_made("details") and self.details.isAncestorOf(field)

    def _stacked(self, tab: T) -> T:
        self.addWidget(tab)
        return tab
