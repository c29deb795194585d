"""The desk: all services of one open vault."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mesodesk.domain.changes import Topic
from mesodesk.domain.clock import Clock, SystemClock
from mesodesk.domain.records.clinic import UserRecord
from mesodesk.services.access import AccessService
from mesodesk.services.catalogue import CatalogueService
from mesodesk.services.charts import ChartService
from mesodesk.services.checks import DeskChecks
from mesodesk.services.clinic import ClinicService
from mesodesk.services.drafts import DraftService
from mesodesk.services.followups import FollowUpService
from mesodesk.services.intakes import IntakeService
from mesodesk.services.patients import PatientService
from mesodesk.services.sessions import SessionService
from mesodesk.services.store import Store
from mesodesk.services.today import TodayService

if TYPE_CHECKING:
    from mesodesk.vault.open_vault import OpenVault


@dataclass(frozen=True, slots=True)
class Desk:
    """What the window works with. Every method of every service belongs on the database thread."""

    store: Store
    access: AccessService
    clinic: ClinicService
    patients: PatientService
    intakes: IntakeService
    catalogue: CatalogueService
    sessions: SessionService
    charts: ChartService
    follow_ups: FollowUpService
    drafts: DraftService
    today: TodayService
    checks: DeskChecks

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


def open_desk(open_vault: "OpenVault", clock: Clock | None = None) -> Desk:
    """Build the services of an open vault.

    Args:
        open_vault: belongs to the desk from now on, which closes it.
        clock: the computer's by default.
    """
    store = Store(open_vault, clock or SystemClock())
    return Desk(
        store=store,
        access=AccessService(store),
        clinic=ClinicService(store),
        patients=PatientService(store),
        intakes=IntakeService(store),
        catalogue=CatalogueService(store),
        sessions=SessionService(store),
        charts=ChartService(store),
        follow_ups=FollowUpService(store),
        drafts=DraftService(store),
        today=TodayService(store),
        checks=DeskChecks(store),
    )
