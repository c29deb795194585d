"""The desk: all services of one open vault."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from mesodesk.db.metadata import full_metadata
from mesodesk.domain.clock import Clock, SystemClock
from mesodesk.services.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from mesodesk.domain.changes import Topic
    from mesodesk.domain.records.clinic import UserRecord
    from mesodesk.services.access import AccessService
    from mesodesk.services.catalogue import CatalogueService
    from mesodesk.services.charts import ChartService
    from mesodesk.services.checks import DeskChecks
    from mesodesk.services.clinic import ClinicService
    from mesodesk.services.drafts import DraftService
    from mesodesk.services.exposure import ExposureService
    from mesodesk.services.favourites import FavouriteService
    from mesodesk.services.followups import FollowUpService
    from mesodesk.services.intakes import IntakeService
    from mesodesk.services.patients import PatientService
    from mesodesk.services.restricted import RestrictedService
    from mesodesk.services.sessions import SessionService
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
    def clinic(self) -> ClinicService:
        from mesodesk.services.clinic import ClinicService

        return ClinicService(self.store)

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
    def exposure(self) -> ExposureService:
        from mesodesk.services.exposure import ExposureService

        return ExposureService(self.store)

    @cached_property
    def follow_ups(self) -> FollowUpService:
        from mesodesk.services.followups import FollowUpService

        return FollowUpService(self.store)

    @cached_property
    def favourites(self) -> FavouriteService:
        from mesodesk.services.favourites import FavouriteService

        return FavouriteService(self.store)

    @cached_property
    def restricted(self) -> RestrictedService:
        from mesodesk.services.restricted import RestrictedService

        return RestrictedService(self.store)

    @cached_property
    def drafts(self) -> DraftService:
        from mesodesk.services.drafts import DraftService

        return DraftService(self.store)

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
        """Whoever opened the vault, as on record now.

        Raises:
            NotFoundError: if the clinic was not set up yet.
        """
        return self.clinic.user(self.store.vault.user_id)

    def subscribe(self, callback: Callable[[Topic], object]) -> None:
        """Call back with what was changed, on the database thread, after each kept change."""
        self.store.subscribe(callback)

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
    return Desk(Store(open_vault, clock or SystemClock()))
