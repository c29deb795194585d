"""A patient with an intake, lots to draw from, and sessions brought as far as a test needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from consenting import cover
from tampering import behind_our_back
from typed_sessions import finished_fields

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.ids import new_id
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.intake import IntakeFields, ItemAnswer
from mesodesk.domain.records.patient import PatientRecord
from mesodesk.domain.records.session import (
    ComponentFields,
    SessionRecord,
    SyringeFields,
)
from mesodesk.domain.records.stock import ActiveFields, LotFields, LotRecord, ProductFields
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.services.desk import Desk

PASSWORD = "plain tea in the morning"


@dataclass
class Kit:
    """What the tests of sessions do again and again."""

    desk: Desk
    patient: PatientRecord
    products: int = 0

    @staticmethod
    def field(syringe_id: UUID, *volumes_ul: int, triangle: int = 10) -> ChartField:
        """Return a field of points in triangles side by side, not yet on any chart."""
        return ChartField(
            id=new_id(),
            syringe_id=syringe_id,
            technique="papule",
            depth_mm=Decimal("2.0"),
            needle="30g_4mm",
            pattern=Pattern.SINGLE if len(volumes_ul) == 1 else Pattern.STAGGERED,
            dose_per_point_ml=Decimal("0.1"),
            points=PackedPoints(
                ChartPoint(triangle + at, 0.25, 0.5, volume, 2000)
                for at, volume in enumerate(volumes_ul)
            ),
        )

    @staticmethod
    def placing(*fields: ChartField) -> Edit:
        return Edit(EditLabel.PLACE, tuple((each.id, None, each) for each in fields))

    @staticmethod
    def changing(
        before: ChartField, after: ChartField | None, merge_key: str | None = None
    ) -> Edit:
        return Edit(EditLabel.DOSE, ((before.id, before, after),), merge_key)

    def lot(
        self,
        name: str = "Procaine 2 %",
        *,
        expires_on: date = date(2027, 1, 31),
        received_ml: str | None = None,
        percent: str | None = "2",
        product_class: str = "local_anaesthetic",
        ingredient: str = "procaine",
    ) -> LotRecord:
        """Enter a product of its own with one lot."""
        strength = None if percent is None else Strength(Decimal(percent), StrengthUnit.PERCENT)
        self.products += 1
        product = self.desk.catalogue.add_product(
            ProductFields(
                name=f"{name} no. {self.products}",
                product_class=product_class,
                actives=(ActiveFields(ingredient, ingredient.capitalize(), strength),),
            )
        )
        return self.desk.catalogue.add_lot(
            product.id,
            LotFields(
                number=f"L{self.products}",
                expires_on=expires_on,
                received_on=date(2026, 3, 1),
                received_ml=None if received_ml is None else Decimal(received_ml),
            ),
        )

    def complete_intake(self, **answers: Answer) -> None:
        """Answer every question with "no", but those named."""
        draft = self.desk.intakes.start(self.patient.id)
        assert answers.keys() <= {item.id for item in load_questionnaire().items}
        given = {
            item.id: ItemAnswer(
                answers.get(item.id, Answer.NO), "told" if item.id in answers else ""
            )
            for item in load_questionnaire().items
            if item.kind is ItemKind.YES_NO
        }
        typed = IntakeFields(
            answers=given,
            medicines_asked=True,
            allergies_asked=True,
            height_cm=Decimal(168),
            weight_kg=Decimal(62),
            skin_type=2,
        )
        kept = self.desk.intakes.save(draft.id, draft.version, typed)
        self.desk.intakes.complete(kept.id, kept.version)

    def put(
        self,
        session: SessionRecord,
        *parts: tuple[LotRecord, str],
        syringe_id: UUID | None = None,
        digit: int = 1,
        **others: Any,
    ) -> SessionRecord:
        """Draw up or change a syringe, with whatever else is typed about it."""
        components = tuple(ComponentFields(lot.id, Decimal(volume)) for lot, volume in parts)
        typed = SyringeFields(digit, others.pop("label", ""), components, **others)
        return self.desk.sessions.put_syringe(session.id, session.version, typed, syringe_id)

    def chart(self, session: SessionRecord, *volumes_ul: int, regions: Sequence[str] = ()) -> None:
        """Place a field of the session's first syringe."""
        cursor = self.desk.charts.load(session.id).cursor
        drawn = self.field(session.syringes[0].id, *volumes_ul)
        self.desk.charts.append(session.id, cursor, self.placing(drawn), {drawn.id: tuple(regions)})

    def ready(self, lot: LotRecord | None = None, volume: str = "0.5") -> SessionRecord:
        """Return a draft that lacks nothing: one syringe, five points that empty it."""
        latest = self.desk.intakes.latest(self.patient.id)
        today = self.desk.store.clock.now().date()
        if latest is None or latest.completed_at is None or latest.completed_at.date() < today:
            self.complete_intake()
        session = self.desk.sessions.start(self.patient.id)
        session = self.put(session, (lot or self.lot(), volume))
        share = int(Decimal(volume) * 1000) // 5
        self.chart(session, *[share] * 5, regions=("abdomen_upper.midline",))
        cover(self.desk, session)
        session = self.desk.sessions.save(session.id, session.version, finished_fields())
        for finding in self.desk.sessions.screening(session.id):
            if finding.severity == "caution":
                session = self.desk.sessions.acknowledge(
                    session.id,
                    session.version,
                    finding.rule_id,
                    finding.rule_version,
                    "Seen",
                    False,
                )
        return session

    def signed(self, lot: LotRecord | None = None, **fields: object) -> SessionRecord:
        """Return a signed session."""
        draft = self.ready(lot)
        if fields:
            typed = replace(draft.fields, **fields)
            draft = self.desk.sessions.save(draft.id, draft.version, typed)
        return self.desk.sessions.sign(draft.id, draft.version, PASSWORD)


@pytest.fixture
def tamper(desk: Desk) -> Callable[..., None]:
    """Runs statements on the desk's database behind the program's back."""
    return partial(behind_our_back, desk)


@pytest.fixture
def kit(desk: Desk, patient: PatientRecord) -> Kit:
    return Kit(desk, patient)


@pytest.fixture
def begun(desk: Desk, patient: PatientRecord) -> SessionRecord:
    """A session just begun, without anything."""
    return desk.sessions.start(patient.id)


@pytest.fixture
def draft(kit: Kit) -> SessionRecord:
    """A session just begun, with one syringe of 5 mL."""
    return kit.put(kit.desk.sessions.start(kit.patient.id), (kit.lot(), "5"))
