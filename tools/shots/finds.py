"""Who and what of the demonstration clinic is worth a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesodesk.domain.records.intake import IntakeState
from mesodesk.domain.records.plan import PlanState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from mesodesk.domain.records.session import SessionSummary
    from mesodesk.services.desk import Desk


class Finds:
    """Chosen on the database thread by `look`."""

    def look(self, desk: Desk) -> None:
        """Choose."""
        today = desk.today.overview()
        patients = [hit.id for hit in desk.patients.search("", limit=100)]
        # Few regions with many points: all of them in one view, none behind another.
        draft = max(today.drafts, key=lambda one: one.points / (1 + len(one.regions)))
        self.draft_id = draft.id
        follow_up = (today.overdue or today.due)[0]
        self.follow_up_id = follow_up.id
        self._choose_course(desk, patients)
        self._choose_patients(desk, patients)
        self._choose_stock(desk)
        self._set_aside(desk)

    def _choose_course(self, desk: Desk, patients: Sequence[UUID]) -> None:
        course = max((desk.sessions.for_patient(each) for each in patients), key=_richness)
        self.patient_id = course[0].patient_id
        signed = [one for one in course if one.state.value == "signed"]
        self.signed_id = max(signed, key=lambda one: one.points).id

    def _choose_patients(self, desk: Desk, patients: Sequence[UUID]) -> None:
        """Choose who has most of a kind: photographs, reactions; who lacks what."""
        self.photographed_id = max(
            patients, key=lambda each: len(desk.photos.for_patient(each).photos)
        )
        photos = desk.photos.for_patient(self.photographed_id).photos
        self.photo = f"photo_{photos[0].id.hex}" if photos else ""
        self.reacted_id = max(patients, key=lambda each: len(desk.reactions.page(each).reactions))
        self.planned_id = next((each for each in patients if _has_plan(desk, each)), patients[0])
        self.asked_id = next((each for each in patients if _is_asked(desk, each)), self.patient_id)
        without = (each for each in patients if not desk.consents.overview(each).in_force)
        self.unconsented_id = next(without, self.patient_id)

    def _choose_stock(self, desk: Desk) -> None:
        lots = desk.catalogue.lots()
        products = [lot.product.id for lot in lots]
        self.product_id = max(products, key=products.count)
        self.recalled_id = next(
            (each.recall.lot_id for each in desk.recalls.standing()), lots[0].id
        )
        opened = (lot for lot in lots if lot.opening is not None)
        self.opened = next(opened, lots[0])

    def _set_aside(self, desk: Desk) -> None:
        """Leave in a side file what would have been typed while nothing could be written."""
        from mesodesk.domain.clock import SystemClock
        from mesodesk.domain.records.set_aside import Waiting, joined
        from mesodesk.services.set_aside import to_plain
        from mesodesk.vault.set_aside import SideFile

        vault = desk.store.vault
        note = {"note": "Bruises easily at the inner thigh", "pain": 3}
        waiting = [
            Waiting("patient", str(self.patient_id), {"phone": "+34 600 114 772"}),
            Waiting("session", str(self.draft_id), note),
        ]
        self.side_file = SideFile(vault.folder, vault.keys, vault.user_id, SystemClock())
        self.side_file.put(to_plain(list(joined(waiting))))


def _has_plan(desk: Desk, patient_id: UUID) -> bool:
    """Tell whether a plan is under way, with sessions done and sessions to come."""
    plans = desk.plans.for_patient(patient_id)
    return any(each.state is PlanState.ACTIVE and each.done > 1 for each in plans)


def _is_asked(desk: Desk, patient_id: UUID) -> bool:
    intake = desk.intakes.latest(patient_id)
    return intake is None or intake.state is IntakeState.DRAFT


def _richness(course: Sequence[SessionSummary]) -> int:
    return sum(min(one.points, 120) for one in course)
