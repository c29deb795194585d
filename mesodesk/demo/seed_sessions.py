"""Signed sessions in large numbers: rows by SQLAlchemy Core, seals over what lies in the tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, insert, update

from mesodesk import __version__
from mesodesk.db.bulk import NewPatient
from mesodesk.db.models.follow_up import FollowUpRow
from mesodesk.db.models.intake import IntakeAnswerRow, IntakeRow
from mesodesk.db.models.session import (
    SessionRow,
    SessionSnapshotRow,
    SyringeComponentRow,
    SyringeRow,
)
from mesodesk.db.models.stock import MovementKind, StockMovementRow
from mesodesk.demo.charting import Laid, field_of, lay, mirrored, placed
from mesodesk.demo.clock import DemoClock
from mesodesk.demo.seed_stock import SeedLot, Shelf
from mesodesk.demo.treatments import TREATMENTS, Draw, Treatment
from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.atlas import load_atlas, shipped_atlas_id
from mesodesk.domain.canonical import canonical_json
from mesodesk.domain.ids import new_id
from mesodesk.domain.questionnaire import load_questionnaire
from mesodesk.domain.records.followup import Channel, FollowUpState
from mesodesk.domain.records.intake import IntakeState
from mesodesk.domain.records.patient import PatientFields
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.rights import Right
from mesodesk.domain.rulebook import load_rules
from mesodesk.domain.schedule import load_schedule, planned_checks
from mesodesk.domain.screening_facts import ScreeningFacts, age_in_years
from mesodesk.domain.screening_snapshot import take_snapshot
from mesodesk.domain.vocabulary import load_vocabulary
from mesodesk.services.chart_rows import NewEdit, add_edit, write_fields
from mesodesk.services.desk import Desk
from mesodesk.services.sealing import Signer, unsigned_seal
from mesodesk.services.session_rows import active_out, find_session
from mesodesk.services.store import Transaction

ZONE = "UTC"
_HEIGHT_CM, _WEIGHT_KG = Decimal("168.0"), Decimal("70.000")
_LASTS = timedelta(minutes=35)


@dataclass(slots=True)
class Treated:
    """A patient who will have sessions; `number` counts them."""

    id: UUID
    fields: PatientFields
    entered_at: datetime
    number: int = 0
    intake_id: UUID = field(default_factory=new_id)

    @classmethod
    def of(cls, patient: NewPatient) -> "Treated":
        return cls(patient.id, patient.fields, patient.entered_at)


@dataclass(slots=True)
class _Rows:
    """Rows waiting to be written, by table."""

    waiting: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, model: type[Any], **values: object) -> None:
        table = cast("Table", model.__table__)
        self.waiting.setdefault(table, []).append(values)

    def write(self, tx: Transaction) -> None:
        for table, rows in self.waiting.items():
            tx.db.execute(insert(table), rows)
        self.waiting.clear()


@dataclass(frozen=True, slots=True)
class _Made:
    """A session that is about to be sealed."""

    id: UUID
    patient_id: UUID
    signed_at: datetime
    laid: tuple[Laid, ...]
    drawn: tuple[tuple[SeedLot, Decimal], ...]


class SessionMaker:
    """Makes signed sessions of the owner of a new vault.

    Checks that were due before `open_from` were done.
    """

    def __init__(
        self,
        desk: Desk,
        clock: DemoClock,
        random: Random,
        shelf: Shelf,
        open_from: datetime,
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._random = random
        self._shelf = shelf
        self._open_from = open_from
        self._user = desk.user

    def add_intakes(self, patients: Sequence[Treated]) -> None:
        """Give each patient one completed intake in which every question is answered with no."""
        rows = _Rows()
        for patient in patients:
            rows.add(IntakeRow, **self._intake(patient))
            age = age_in_years(patient.fields.birth_date, patient.entered_at.date())
            for item in load_questionnaire().items_for(patient.fields.body_sex.value, age):
                rows.add(
                    IntakeAnswerRow, intake_id=patient.intake_id, item_id=item.id, answer=Answer.NO
                )
        with self._desk.store.write(Right.INTAKE_COMPLETE) as tx:
            rows.write(tx)
            done = {"state": IntakeState.COMPLETED, "completed_by": self._user.name}
            completed_at = IntakeRow.started_at
            tx.db.execute(
                update(IntakeRow).values(
                    **done, completed_at=completed_at, completed_by_id=self._user.id
                ),
                execution_options={"synchronize_session": False},
            )
            tx.audit("intake.enter_many", "intake", None, None, count=len(patients))

    def _intake(self, patient: Treated) -> dict[str, Any]:
        questionnaire, at = load_questionnaire(), patient.entered_at
        return {
            "id": patient.intake_id,
            "version": 1,
            "created_at": at,
            "changed_at": at,
            "patient_id": patient.id,
            "number": 1,
            "questionnaire_id": questionnaire.id,
            "questionnaire_version": questionnaire.version,
            "state": IntakeState.DRAFT,
            "medicines_asked": True,
            "allergies_asked": True,
            "height_cm": _HEIGHT_CM,
            "weight_kg": _WEIGHT_KG,
            "skin_type": self._random.randint(1, 6),
            "started_at": at,
        }

    def add(self, visits: Sequence[tuple[datetime, Treated]]) -> None:
        """Add a session for each visit, in one transaction; nobody may come twice in it."""
        with self._desk.store.write(Right.SESSION_SIGN) as tx:
            rows = _Rows()
            made = [self._lay_down(rows, at, patient) for at, patient in visits]
            rows.write(tx)
            for session in made:
                self._chart(tx, session)
                self._seal(tx, rows, session)
            rows.write(tx)
            signed = {"state": SessionState.SIGNED, "version": 2}
            ids = [session.id for session in made]
            tx.db.execute(
                update(SessionRow).where(SessionRow.id.in_(ids)).values(**signed),
                execution_options={"synchronize_session": False},
            )

    def _lay_down(self, rows: _Rows, at: datetime, patient: Treated) -> _Made:
        """Prepare the rows of a draft in which nothing is missing."""
        random, sex = self._random, patient.fields.body_sex
        treatment = random.choice([each for each in TREATMENTS if sex in each.sexes])
        patient.number += 1
        session_id, signed_at = new_id(), at + _LASTS
        rows.add(SessionRow, **self._head(session_id, patient, at, signed_at))
        rows.add(
            SessionSnapshotRow,
            session_id=session_id,
            payload=_snapshot(patient, signed_at),
            taken_at=signed_at,
        )
        laid: list[Laid] = []
        drawn: list[tuple[SeedLot, Decimal]] = []
        digits = iter(range(1, 10))
        for draw in treatment.draws:
            syringes = [new_id() for _ in range(2 if draw.right_too else 1)]
            new = list(_fields(treatment, draw, syringes, sex.value, random))
            for syringe_id in syringes:
                injected = sum(
                    (each.field.volume_ml for each in new if each.field.syringe_id == syringe_id),
                    Decimal(0),
                )
                rows.add(
                    SyringeRow, **_syringe(syringe_id, session_id, next(digits), draw, injected)
                )
                drawn += self._draw(rows, syringe_id, draw, at.date())
            laid += new
        return _Made(session_id, patient.id, signed_at, tuple(laid), tuple(drawn))

    def _head(
        self, session_id: UUID, patient: Treated, at: datetime, signed_at: datetime
    ) -> dict[str, Any]:
        random, vocabulary = self._random, load_vocabulary()
        asked = Answer.NOT_ASKED if patient.number == 1 else Answer.NO
        return {
            "id": session_id,
            "version": 1,
            "created_at": at,
            "changed_at": signed_at,
            "patient_id": patient.id,
            "number": patient.number,
            "state": SessionState.DRAFT,
            "therapist_id": self._user.id,
            "therapist_name": self._user.name,
            "started_at": at,
            "signed_at": signed_at,
            "zone": ZONE,
            "atlas_id": shipped_atlas_id(),
            "body_sex": patient.fields.body_sex,
            "height_cm": _HEIGHT_CM,
            "weight_kg": _WEIGHT_KG,
            "anything_changed": Answer.NO,
            "reaction_to_last": asked,
            "emergency_kit": Answer.YES,
            "skin_preparation": vocabulary.skin_preparations[0].id,
            "aseptic_steps": {step.id: Answer.YES.value for step in vocabulary.aseptic_steps},
            "pain": random.randint(0, 6),
            "reactions": {each.id: Answer.NO.value for each in vocabulary.immediate_reactions},
            "observation_min": 15,
            "aftercare_id": "general",
            "aftercare_version": 1,
            "aftercare_language": "en",
            "aftercare_given": Answer.YES,
            "no_next_session": True,
        }

    def _draw(
        self, rows: _Rows, syringe_id: UUID, draw: Draw, day: date
    ) -> Iterator[tuple[SeedLot, Decimal]]:
        for position, part in enumerate(draw.parts):
            lot = self._shelf.on(part.starter_id, day)
            product = lot.product.fields
            rows.add(
                SyringeComponentRow,
                id=new_id(),
                syringe_id=syringe_id,
                position=position,
                lot_id=lot.id,
                product_id=lot.product.id,
                product_name=product.name,
                product_class=product.product_class,
                lot_number=lot.number,
                expires_on=lot.expires_on,
                diluent=product.diluent,
                volume_ml=part.volume_ml,
                actives=[active_out(active) for active in product.actives],
            )
            yield lot, part.volume_ml

    def _chart(self, tx: Transaction, session: _Made) -> None:
        wanted = {laid.field.id: laid.field for laid in session.laid}
        regions = {laid.field.id: laid.regions for laid in session.laid}
        write_fields(tx.db, session.id, wanted, regions)
        for position, laid in enumerate(session.laid):
            after = {laid.field.id: laid.regions}
            edit = placed(laid.field)
            add_edit(
                tx.db,
                session.id,
                NewEdit(position, edit, {}, after, session.signed_at, self._user.id),
            )

    def _seal(self, tx: Transaction, rows: _Rows, session: _Made) -> None:
        """Seal and sign what lies in the tables, and prepare what signing leaves behind."""
        self._clock.set(session.signed_at)
        vault, user = self._desk.store.vault, self._user
        row = find_session(tx, session.id)
        seal = unsigned_seal(tx.db, row, Signer(user.id, user.name, session.signed_at))
        seal.signature = vault.sign_digest(bytes.fromhex(seal.sha256))
        seal.public_key = vault.public_key
        tx.db.add(seal)
        for lot, volume in session.drawn:
            rows.add(
                StockMovementRow,
                id=new_id(),
                lot_id=lot.id,
                kind=MovementKind.DRAWN,
                volume_ml=-volume,
                session_id=session.id,
                user_id=user.id,
                moved_at=session.signed_at,
            )
        checks = sum(1 for _ in self._follow_up(rows, session))
        tx.audit("session.start", "session", session.id, 1, number=row.number)
        tx.audit(
            "session.sign",
            "session",
            session.id,
            2,
            sha256=seal.sha256,
            checks=checks,
            superseded=0,
        )

    def _follow_up(self, rows: _Rows, session: _Made) -> Iterator[None]:
        """Plan the checks; all but those of the last weeks were done when they were due."""
        schedule = load_schedule()
        for check in planned_checks(schedule, session.signed_at, ZONE):
            done = check.due_at < self._open_from
            rows.add(
                FollowUpRow,
                id=new_id(),
                version=1,
                created_at=session.signed_at,
                changed_at=session.signed_at,
                session_id=session.id,
                patient_id=session.patient_id,
                check_id=check.check_id,
                schedule_version=schedule.version,
                zone=ZONE,
                due_at=check.due_at,
                window_from=check.window_from,
                window_to=check.window_to,
                state=FollowUpState.DONE if done else FollowUpState.OPEN,
                channel=Channel.PHONE if done else None,
                done_at=check.due_at if done else None,
                done_by=self._user.id if done else None,
                done_by_name=self._user.name if done else "",
            )
            yield


def _fields(
    treatment: Treatment, draw: Draw, syringes: Sequence[UUID], sex: str, random: Random
) -> Iterator[Laid]:
    atlas = load_atlas(sex)
    for grid in draw.grids:
        first: Laid | None = None
        for number, places in enumerate(lay(grid, sex, _HEIGHT_CM, random)):
            laid = field_of(treatment, grid, syringes[number % len(syringes)], places, atlas)
            first = first or laid
            yield laid if number == 0 else mirrored(first, laid)


def _syringe(
    syringe_id: UUID, session_id: UUID, digit: int, draw: Draw, injected: Decimal
) -> dict[str, Any]:
    drawn = sum((part.volume_ml for part in draw.parts), Decimal(0))
    return {
        "id": syringe_id,
        "session_id": session_id,
        "digit": digit,
        "label": draw.label,
        "wasted_ml": drawn - injected,
        "removed": False,
    }


def _snapshot(patient: Treated, at: datetime) -> str:
    """Return what is frozen with a session in which screening had nothing to say."""
    fields, questionnaire = patient.fields, load_questionnaire()
    facts = ScreeningFacts(
        on=at.date(),
        age_years=age_in_years(fields.birth_date, at.date()),
        body_sex=fields.body_sex.value,
        height_cm=_HEIGHT_CM,
        weight_kg=_WEIGHT_KG,
        emergency_kit_checked=Answer.YES,
    )
    screening = take_snapshot(
        (),
        (),
        facts,
        at=at,
        language="en",
        questionnaire=(questionnaire.id, questionnaire.version),
        rules_version=load_rules().version,
    )
    content = {
        "screening": screening.to_json(),
        "intake": {"id": patient.intake_id, "version": 1},
        "patient": {
            "family_name": fields.family_name,
            "given_names": fields.given_names,
            "birth_date": fields.birth_date,
        },
        "program": __version__,
    }
    return canonical_json(content).decode()
