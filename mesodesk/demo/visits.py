"""One visit to the demonstration clinic: review, syringes, chart, tolerance, signature."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from random import Random
from uuid import UUID

from mesodesk.demo.charting import Laid, field_of, lay, mirrored, placed
from mesodesk.demo.consents import give_consent
from mesodesk.demo.histories import History, intake_of
from mesodesk.demo.measuring import measure_at
from mesodesk.demo.photographing import photograph_at
from mesodesk.demo.stock import Cupboard
from mesodesk.demo.treatments import Draw, Grid, Treatment
from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.atlas import SurfacePoint, load_atlas
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.clock import Clock, local_date
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.records.patient import PatientRecord
from mesodesk.domain.records.session import SessionRecord, SessionState, SyringeFields
from mesodesk.domain.screening import Severity, open_findings
from mesodesk.domain.vocabulary import aftercare_for, load_aftercare, load_vocabulary
from mesodesk.services.desk import Desk
from mesodesk.services.signing import MissingError

_CHANGES = (
    "A cold last week, over now",
    "New tablets for hay fever",
    "Two weeks by the sea, no sunburn",
    "Dentist on Monday, local anaesthesia without trouble",
)
_REACTIONS_TO_LAST = (
    "Bruises for a week",
    "Burned until the evening, then nothing more",
    "Some points itched on the third day",
    "Swollen for two days",
)
_REASONS = {
    "anticoagulant": "Last dose this morning; goes on taking it. Told that bruises are likely",
    "keloid": "Spoken about; no raised scar after the first points",
    "diabetes": "Well controlled, last HbA1c seen",
    "allergy_nickel": "No nickel in what is used today",
    "area_surgery_or_filler": "Not in the area of today",
}
_OVERRIDDEN = {
    "plan_too_soon": "Comes from far away and is here this week only",
}
_PHOTOS = (
    (Answer.YES, Answer.NO, Answer.NO),
    (Answer.YES, Answer.YES, Answer.NO),
    (Answer.YES, Answer.NOT_ASKED, Answer.NOT_ASKED),
)
_ANY_REASON = "Spoken about today, nothing stands against it"
_POSTPONED = "Postponed: screening stops today's session"


@dataclass(slots=True)
class Course:
    """A patient in the course of one treatment."""

    patient: PatientRecord
    history: History
    treatment: Treatment
    done: int = 0
    plan_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """When the patient comes, and what follows.

    `next_on` is the day agreed for the next session, None if there is none. `stop_at` leaves the
    session as a draft: before the chart is complete, or with only the signature missing.
    """

    next_on: date | None
    stop_at: str = ""


@dataclass(slots=True)
class _Planned:
    """A syringe and what will come from it: grid, places, and whether it is a mirror image."""

    draw: Draw
    label: str
    grids: list[tuple[Grid, tuple[SurfacePoint, ...], bool]] = field(default_factory=list)

    @property
    def points(self) -> int:
        return sum(len(places) for _, places, _ in self.grids)


class Practice:
    """Works through visits at a desk."""

    def __init__(self, random: Random, cupboard: Cupboard, clock: Clock, zone: str) -> None:
        self._random = random
        self._cupboard = cupboard
        self._clock = clock
        self._zone = zone

    def today(self) -> date:
        """Return the day at the clinic."""
        return local_date(self._clock.now(), self._zone)

    def see(self, desk: Desk, course: Course, visit: Visit, password: str) -> SessionRecord:
        """Record a visit and return its session, signed unless the visit stops before."""
        weight = self._weight(course)
        self.review(desk, course, weight)
        if course.plan_id is None:
            session = desk.sessions.start(course.patient.id)
        else:
            session = desk.plans.begin_session(course.plan_id)
        session = self._check(desk, session, course, weight)
        measure_at(desk, session, course.patient.record_number, self.today())
        syringes = self._plan(session, course)
        session = self._prepare(desk, session, syringes, course.treatment.dose_ml)
        half = visit.stop_at == "chart"
        self._chart(desk, session, course.treatment, syringes[:1] if half else syringes)
        self._take_consent(desk, session)
        photograph_at(desk, session, course.patient.record_number, self.today())
        if half:
            return session
        session = self._finish(desk, session, course.treatment, visit.next_on)
        if visit.stop_at:
            return self._acknowledge(desk, session)
        session = self._sign(desk, session, password)
        course.done += session.state is SessionState.SIGNED
        return session

    def _sign(self, desk: Desk, session: SessionRecord, password: str) -> SessionRecord:
        """Sign; where findings stand in the way, say why it goes on, and sign then."""
        try:
            return desk.sessions.sign(session.id, session.version, password)
        except MissingError:
            session = self._acknowledge(desk, session)
        try:
            return desk.sessions.sign(session.id, session.version, password)
        except MissingError:
            # A stop that nobody here overrides: the patient goes home untreated.
            return desk.sessions.discard_draft(session.id, session.version, _POSTPONED)

    def review(
        self, desk: Desk, course: Course, weight_kg: Decimal, *, complete: bool = True
    ) -> None:
        """Ask the questionnaire, for the first time or anew."""
        intake = desk.intakes.start(course.patient.id)
        typed = intake_of(
            course.history, course.patient.fields, self.today(), weight_kg, self._random
        )
        if not complete:
            answers = dict(list(typed.answers.items())[:9])
            typed = replace(typed, answers=answers, medicines_asked=False, allergies_asked=False)
        intake = desk.intakes.save(intake.id, intake.version, typed)
        if complete:
            desk.intakes.complete(intake.id, intake.version)

    def _weight(self, course: Course) -> Decimal:
        """Return the weight of the day: it wanders a little, up as well as down."""
        wander = Decimal(round(self._random.gauss(0, 6))) / 10
        return course.history.weight_kg + wander

    def _check(
        self, desk: Desk, session: SessionRecord, course: Course, weight: Decimal
    ) -> SessionRecord:
        random = self._random
        changed, reacted = random.random() < 0.12, random.random() < 0.25
        typed = replace(
            session.fields,
            anything_changed=Answer.YES if changed else Answer.NO,
            changes=random.choice(_CHANGES) if changed else "",
            emergency_kit=Answer.YES,
            weight_kg=weight,
        )
        if course.done:
            typed = replace(
                typed,
                reaction_to_last=Answer.YES if reacted else Answer.NO,
                reaction_to_last_detail=random.choice(_REACTIONS_TO_LAST) if reacted else "",
            )
        return desk.sessions.save(session.id, session.version, typed)

    def _plan(self, session: SessionRecord, course: Course) -> list[_Planned]:
        """Lay the points before anything is drawn up, so that the rest of each syringe is known."""
        planned: list[_Planned] = []
        for draw in course.treatment.draws:
            sides = 2 if draw.right_too else 1
            new = [_Planned(draw, label) for label in _labels(draw)]
            for grid in draw.grids:
                laid = lay(grid, session.body_sex.value, course.history.height_cm, self._random)
                for number, places in enumerate(laid):
                    new[number % sides].grids.append((grid, places, number > 0))
            planned += new
        return planned

    def _prepare(
        self, desk: Desk, session: SessionRecord, syringes: list[_Planned], dose_ml: Decimal
    ) -> SessionRecord:
        day = self.today()
        for digit, syringe in enumerate(syringes, start=1):
            parts = tuple(
                self._cupboard.draw(desk, part.starter_id, part.volume_ml, day)
                for part in syringe.draw.parts
            )
            rest = sum(part.volume_ml for part in parts) - syringe.points * dose_ml
            typed = SyringeFields(digit, syringe.label, parts, wasted_ml=rest)
            session = desk.sessions.put_syringe(session.id, session.version, typed)
        return session

    def _chart(
        self,
        desk: Desk,
        session: SessionRecord,
        treatment: Treatment,
        syringes: list[_Planned],
    ) -> None:
        """Put the fields on the chart in the order in which they are injected."""
        atlas = load_atlas(session.body_sex.value)
        left: dict[Grid, Laid] = {}
        cursor = 0
        for record, syringe in zip(session.syringes, syringes, strict=False):
            for grid, places, is_image in syringe.grids:
                laid = field_of(treatment, grid, record.id, places, atlas)
                laid = mirrored(left[grid], laid) if is_image else laid
                left.setdefault(grid, laid)
                regions = {laid.field.id: laid.regions}
                cursor = desk.charts.append(session.id, cursor, placed(laid.field), regions)

    def _take_consent(self, desk: Desk, session: SessionRecord) -> None:
        """Take a consent where none covers what is planned: at the first visit, most often."""
        found = desk.consents.standing(session.id)
        if found is None or found.holds:
            return
        photos = dict(
            zip(PhotoPurpose, self._random.choices(_PHOTOS, weights=(5, 3, 2))[0], strict=True)
        )
        give_consent(desk, session.patient_id, photos=photos)

    def _acknowledge(self, desk: Desk, session: SessionRecord) -> SessionRecord:
        found = desk.sessions.screening(session.id)
        for finding in open_findings(found, session.acknowledgements):
            stops = finding.severity is Severity.STOP
            if stops and finding.rule_id not in _OVERRIDDEN:
                continue  # nobody here overrides another stop
            reason = (_OVERRIDDEN if stops else _REASONS).get(finding.rule_id, _ANY_REASON)
            rule = (finding.rule_id, finding.rule_version)
            session = desk.sessions.acknowledge(session.id, session.version, *rule, reason, stops)
        return session

    def _finish(
        self, desk: Desk, session: SessionRecord, treatment: Treatment, next_on: date | None
    ) -> SessionRecord:
        random, vocabulary = self._random, load_vocabulary()
        reactions = {term.id: Answer.NO for term in vocabulary.immediate_reactions}
        for item_id, share in (("bleeding", 0.35), ("wheal", 0.2), ("faint", 0.015)):
            if item_id in reactions and random.random() < share:
                reactions[item_id] = Answer.YES
        aftercare = aftercare_for(load_aftercare(), _traits(treatment))
        typed = replace(
            session.fields,
            skin_preparation=random.choice(vocabulary.skin_preparations[:2]).id,
            aseptic_steps={step.id: Answer.YES for step in vocabulary.aseptic_steps},
            pain=random.choices(range(8), (6, 14, 22, 24, 16, 10, 6, 2))[0],
            reactions=reactions,
            observation_min=random.choice((15, 15, 20, 30)),
            aftercare_id=aftercare.id,
            aftercare_version=aftercare.version,
            aftercare_language=session.fields.aftercare_language or "en",
            aftercare_given=Answer.YES,
            next_session_on=next_on,
            no_next_session=next_on is None,
        )
        return desk.sessions.save(session.id, session.version, typed)


def _labels(draw: Draw) -> tuple[str, ...]:
    """Return the label of each syringe to be drawn up."""
    return (f"{draw.label}, left", f"{draw.label}, right") if draw.right_too else (draw.label,)


def _traits(treatment: Treatment) -> frozenset[str]:
    parts = [part.starter_id for draw in treatment.draws for part in draw.parts]
    return load_catalogue().exposure((), (), parts).traits
