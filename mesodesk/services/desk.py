"""The desk: all services of one open vault."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from mesodesk.db.metadata import full_metadata
from mesodesk.domain.clock import Clock, SystemClock
from mesodesk.services.store import Store
from mesodesk.vault.photo_sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Callable

    from mesodesk.domain.changes import Topic
    from mesodesk.domain.records.clinic import UserRecord
    from mesodesk.services.access import AccessService
    from mesodesk.services.amending import AmendingService
    from mesodesk.services.audit_log import AuditLogService
    from mesodesk.services.backups import BackupService
    from mesodesk.services.calls import CallService
    from mesodesk.services.catalogue import CatalogueService
    from mesodesk.services.charts import ChartService
    from mesodesk.services.checks import DeskChecks
    from mesodesk.services.clinic import ClinicService
    from mesodesk.services.consents import ConsentService
    from mesodesk.services.drafts import DraftService
    from mesodesk.services.exporting import ExportService
    from mesodesk.services.exposure import ExposureService
    from mesodesk.services.favourites import FavouriteService
    from mesodesk.services.followups import FollowUpService
    from mesodesk.services.intakes import IntakeService
    from mesodesk.services.keys import KeyService
    from mesodesk.services.measurements import MeasurementService
    from mesodesk.services.patients import PatientService
    from mesodesk.services.people import PeopleService
    from mesodesk.services.photo_waiting import WaitingPhotoService
    from mesodesk.services.photos import PhotoService
    from mesodesk.services.plans import PlanService
    from mesodesk.services.protocols import ProtocolService
    from mesodesk.services.reaction_records import ReactionService
    from mesodesk.services.recalls import RecallService
    from mesodesk.services.restricted import RestrictedService
    from mesodesk.services.safety import SafetyService
    from mesodesk.services.screening_rules import ScreeningRuleService
    from mesodesk.services.sessions import SessionService
    from mesodesk.services.set_aside import SetAsideService
    from mesodesk.services.stock import StockService
    from mesodesk.services.timeline import TimelineService
    from mesodesk.services.today import TodayService
    from mesodesk.vault.open_vault import OpenVault


# Not every service imports every table, but all must be known before the first is used: a write
# needs those that its foreign keys name, and SQLAlchemy sets all classes up at the first query,
# which fails while another thread has declared only half of them.
full_metadata()


class Desk:
    """What the window works with. Every method of every service belongs on the database thread.

    A service is imported and made when it is first asked for: none of them is needed to unlock,
    and those of the chart bring numpy along.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    @cached_property
    def access(self) -> AccessService:
        from mesodesk.services.access import AccessService

        return AccessService(self.store)

    @cached_property
    def amending(self) -> AmendingService:
        from mesodesk.services.amending import AmendingService

        return AmendingService(self.store)

    @cached_property
    def audit_log(self) -> AuditLogService:
        from mesodesk.services.audit_log import AuditLogService

        return AuditLogService(self.store)

    @cached_property
    def backups(self) -> BackupService:
        from mesodesk.services.backups import BackupService

        return BackupService(self.store)

    @cached_property
    def calls(self) -> CallService:
        from mesodesk.services.calls import CallService

        return CallService(self.store)

    @cached_property
    def clinic(self) -> ClinicService:
        from mesodesk.services.clinic import ClinicService

        return ClinicService(self.store)

    @cached_property
    def consents(self) -> ConsentService:
        from mesodesk.services.consents import ConsentService

        return ConsentService(self.store)

    @cached_property
    def rules(self) -> ScreeningRuleService:
        from mesodesk.services.screening_rules import ScreeningRuleService

        return ScreeningRuleService(self.store)

    @cached_property
    def keys(self) -> KeyService:
        from mesodesk.services.keys import KeyService

        return KeyService(self.store)

    @cached_property
    def people(self) -> PeopleService:
        from mesodesk.services.people import PeopleService

        return PeopleService(self.store)

    @cached_property
    def patients(self) -> PatientService:
        from mesodesk.services.patients import PatientService

        return PatientService(self.store)

    @cached_property
    def intakes(self) -> IntakeService:
        from mesodesk.services.intakes import IntakeService

        return IntakeService(self.store)

    @cached_property
    def catalogue(self) -> CatalogueService:
        from mesodesk.services.catalogue import CatalogueService

        return CatalogueService(self.store)

    @cached_property
    def sessions(self) -> SessionService:
        from mesodesk.services.sessions import SessionService

        return SessionService(self.store)

    @cached_property
    def charts(self) -> ChartService:
        from mesodesk.services.charts import ChartService

        return ChartService(self.store)

    @cached_property
    def exports(self) -> ExportService:
        from mesodesk.services.exporting import ExportService

        return ExportService(self.store)

    @cached_property
    def exposure(self) -> ExposureService:
        from mesodesk.services.exposure import ExposureService

        return ExposureService(self.store)

    @cached_property
    def follow_ups(self) -> FollowUpService:
        from mesodesk.services.followups import FollowUpService

        return FollowUpService(self.store)

    @cached_property
    def measurements(self) -> MeasurementService:
        from mesodesk.services.measurements import MeasurementService

        return MeasurementService(self.store)

    @cached_property
    def photos(self) -> PhotoService:
        from mesodesk.services.photos import PhotoService

        return PhotoService(self.store)

    @cached_property
    def favourites(self) -> FavouriteService:
        from mesodesk.services.favourites import FavouriteService

        return FavouriteService(self.store)

    @cached_property
    def plans(self) -> PlanService:
        from mesodesk.services.plans import PlanService

        return PlanService(self.store)

    @cached_property
    def protocols(self) -> ProtocolService:
        from mesodesk.services.protocols import ProtocolService

        return ProtocolService(self.store)

    @cached_property
    def stock(self) -> StockService:
        from mesodesk.services.stock import StockService

        return StockService(self.store)

    @cached_property
    def reactions(self) -> ReactionService:
        from mesodesk.services.reaction_records import ReactionService

        return ReactionService(self.store)

    @cached_property
    def recalls(self) -> RecallService:
        from mesodesk.services.recalls import RecallService

        return RecallService(self.store)

    @cached_property
    def restricted(self) -> RestrictedService:
        from mesodesk.services.restricted import RestrictedService

        return RestrictedService(self.store)

    @cached_property
    def safety(self) -> SafetyService:
        from mesodesk.services.safety import SafetyService

        return SafetyService(self.store)

    @cached_property
    def drafts(self) -> DraftService:
        from mesodesk.services.drafts import DraftService

        return DraftService(self.store)

    @cached_property
    def photos_waiting(self) -> WaitingPhotoService:
        from mesodesk.services.photo_waiting import WaitingPhotoService

        return WaitingPhotoService(self.store)

    @cached_property
    def set_aside(self) -> SetAsideService:
        from mesodesk.services.set_aside import SetAsideService

        return SetAsideService(self.store)

    @cached_property
    def timeline(self) -> TimelineService:
        from mesodesk.services.timeline import TimelineService

        return TimelineService(self.store)

    @cached_property
    def today(self) -> TodayService:
        from mesodesk.services.today import TodayService

        return TodayService(self.store)

    @cached_property
    def checks(self) -> DeskChecks:
        from mesodesk.services.checks import DeskChecks

        return DeskChecks(self.store)

    @property
    def user(self) -> UserRecord:
        """Whoever is in, as on record now.

        Raises:
            NotFoundError: if the clinic was not set up yet.
        """
        return self.clinic.user(self.store.vault.user_id)

    def subscribe(self, callback: Callable[[Topic], object]) -> None:
        """Call back with what was changed, on the database thread, after each kept change."""
        self.store.subscribe(callback)

    def unsubscribe(self, callback: Callable[[Topic], object]) -> None:
        """Call back no more; on any thread."""
        self.store.unsubscribe(callback)

    def close(self) -> None:
        """Close the vault; nothing of this desk works afterwards."""
        self.store.vault.close()


def import_first_page() -> None:
    """Import what is asked for as soon as the desk is open."""
    import mesodesk.services.clinic
    import mesodesk.services.today  # noqa: F401


def open_desk(open_vault: OpenVault, clock: Clock | None = None) -> Desk:
    """Build the services of an open vault.

    Args:
        open_vault: belongs to the desk from now on, which closes it.
        clock: the computer's by default.
    """
    with suppress(SQLAlchemyError):  # a database that cannot be read says so where it is shown
        sweep(open_vault.paths, open_vault.engine)
    return Desk(Store(open_vault, clock or SystemClock()))
