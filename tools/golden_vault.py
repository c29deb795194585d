"""Keep a small vault of the schema as it is now, for later versions to be tried on.

Usage: python tools/golden_vault.py tests/data/schemas
Writes NNNN.zip, named by the newest revision: the vault's folder, and `opens-with.json`. Run it
before a migration is added; what was written once is never made again. Nobody in it is real.
"""

import json
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from golden_course import call_twice, change_rule, keep_stock, react_to, recall_one

from mesodesk.db.models.draft import DraftKeptRow
from mesodesk.db.upgrade import head_revision
from mesodesk.demo.clock import DemoClock
from mesodesk.demo.consents import give_consent
from mesodesk.demo.photographing import drawn_torso
from mesodesk.demo.seed import seed_clinic
from mesodesk.demo.team import add_colleagues
from mesodesk.domain.alignment import Alignment, Place
from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.changes import Topic
from mesodesk.domain.favourites import FavouriteContent
from mesodesk.domain.ids import new_id
from mesodesk.domain.protocols import ProtocolContent, as_shipped
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.consent import ConsentTextFields, DemandKind, WithdrawalScope
from mesodesk.domain.records.followup import (
    Channel,
)
from mesodesk.domain.records.intake import Allergy, IntakeFields, ItemAnswer, Medicine
from mesodesk.domain.records.measurement import (
    MeasuredUnit,
    MeasurementFields,
    MeasuringFields,
    Reading,
    SeriesKey,
)
from mesodesk.domain.records.photo import MarkFields, MarkKind, PhotoFields
from mesodesk.domain.records.plan import Interval, IntervalUnit, PlanFields
from mesodesk.domain.records.reaction import (
    ReactionFields,
    ReactionPlace,
    ReportFields,
)
from mesodesk.domain.records.session import (
    ComponentFields,
    SessionFields,
    SessionRecord,
    SyringeFields,
)
from mesodesk.domain.rights import Right
from mesodesk.domain.schedule import load_schedule
from mesodesk.domain.screening import open_findings
from mesodesk.imaging.reading import prepared
from mesodesk.services.desk import Desk, open_desk
from mesodesk.services.signing import MissingError
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.vault import open_vault

PASSWORD = "seven quiet herons at noon"  # noqa: S105  guards nothing
DAY = date(2026, 3, 1)


def main(folder: str) -> int:
    target = Path(folder) / f"{head_revision()}.zip"
    if target.exists():
        print(f"{target} is there already")
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        vault = Path(scratch) / "vault"
        seed_clinic(
            vault,
            password=PASSWORD,
            patients=6,
            sessions=3,
            seed=1,
            say=print,
            day=DAY,
            cost=KdfCost.for_tests(),
        )
        keys = _add_the_rest(vault)
        target.parent.mkdir(parents=True, exist_ok=True)
        _pack(vault, {"password": PASSWORD, **keys}, target)
    print(f"{target}: {target.stat().st_size:,} bytes")
    return 0


def _add_the_rest(folder: Path) -> dict[str, str]:
    """Add what a synthetic clinic has none of; return the keys of the database."""
    clock = DemoClock(datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=UTC))
    with closing(_open(folder, clock)) as desk:
        colleagues = add_colleagues(desk, PASSWORD, KdfCost.for_tests(), clock.now())
    with closing(_open(folder, clock)) as desk:
        patients = [hit.id for hit in desk.patients.search("")]
        treated = next(each for each in patients if desk.sessions.for_patient(each))
        _say_more(desk, treated)
        _keep_from_most(desk, next(each for each in patients if each != treated), colleagues[0])
        _ask_again(desk, treated)
        typed = desk.sessions.get(desk.sessions.for_patient(treated)[0].id).fields
        closed = replace(typed, next_session_on=None, no_next_session=True)
        plan_id = _plan(desk, treated)
        desk.plans.begin_session(plan_id)
        _sign_one(desk, treated, closed)
        desk.plans.begin_session(plan_id)
        _consent_more(desk, treated)
        _begin_one(desk, treated)
        _measure_one(desk, treated)
        _photograph_one(desk, treated)
        _react_once(desk, treated)
        _treat_another(desk, treated, _untreated(desk, patients[::-1]), closed)
        clock.set(clock.now() + timedelta(days=2))
        call_twice(desk, treated)
        desk.favourites.save("Empty", FavouriteContent("none", (), ()), of_clinic=True)
        _keep_forms(desk)
        _change_key(desk, folder.with_name("backups"))
    with closing(_open(folder, clock)) as desk:
        keys = desk.store.vault.keys
        return {"data_key": keys.data_key.hex(), "salt": keys.salt.hex()}


def _measure_one(desk: Desk, patient_id: UUID) -> None:
    """Keep readings in inches and a rating; one of them is entered in error."""
    waist = SeriesKey("waist", "umbilicus")
    inches = Reading(Decimal("32.25"), MeasuredUnit.INCH)
    satisfied = MeasurementFields(SeriesKey("satisfaction"), scores={"satisfied": 4})
    items = (MeasurementFields(waist, (inches, inches)), satisfied)
    kept = desk.measurements.record(patient_id, MeasuringFields(DAY, items=items))
    desk.measurements.enter_in_error(kept[0].id, kept[0].version, "The tape was twisted.")


def _react_once(desk: Desk, patient_id: UUID) -> None:
    """Keep a reaction with everything that one has, a change of it, and that somebody was told."""
    session = desk.reactions.page(patient_id).sessions[0]
    place = ReactionPlace(session.sex, 1200, 0.25, 0.5)
    typed = ReactionFields(
        session_id=session.id,
        kind="swelling",
        scale="effect",
        grade=1,
        places=(place,),
        lots=tuple(each.lot_id for each in session.parts[:1]),
    )
    kept = desk.reactions.record(patient_id, typed)
    kept = desk.reactions.change(kept.id, kept.version, replace(typed, grade=2), "It grew.")
    desk.reactions.report(kept.id, kept.version, ReportFields("doctor", session.day))


def _untreated(desk: Desk, patients: Sequence[UUID]) -> UUID:
    """Return the first who has no session, not even a draft."""
    drafts = {each.patient_id for each in desk.sessions.drafts()}
    return next(
        each for each in patients if each not in drafts and not desk.sessions.for_patient(each)
    )


def _treat_another(desk: Desk, treated: UUID, other: UUID, typed: SessionFields) -> None:
    """Treat somebody else with the same lot, who reacts as well; and all that may follow."""
    _ask_again(desk, other)
    _sign_one(desk, other, typed)
    _react_once(desk, other)
    (session, *_) = desk.sessions.for_patient(other)
    used = desk.sessions.get(session.id).syringes[0].components[0].lot_id
    react_to(desk, treated, used)
    recall_one(desk, used, other, DAY)
    keep_stock(desk, DAY)
    change_rule(desk)


def _photograph_one(desk: Desk, patient_id: UUID) -> None:
    """Keep two drawn pictures, how one lies over the other, a mark and a change of its note."""
    product = desk.catalogue.products()[0]
    give_consent(desk, patient_id, products=[product.id])
    first, second = (
        desk.photos.keep(
            patient_id,
            prepared(drawn_torso("00001", visit, "front")),
            PhotoFields("abdomen", "front", DAY),
        )
        for visit in (1, 2)
    )
    across = (Place(0.2, 0.5), Place(0.8, 0.5))
    desk.photos.align(first.id, second.id, Alignment(across, across))
    circle = MarkFields(MarkKind.CIRCLE, Place(0.5, 0.5), Place(0.6, 0.5))
    desk.photos.unmark(desk.photos.mark(first.id, circle).id)
    desk.photos.update(first.id, first.version, replace(first.fields, note="Lit from the left"))


def _open(folder: Path, clock: DemoClock) -> Desk:
    return open_desk(open_vault(folder, password=PASSWORD, clock=clock), clock)


def _change_key(desk: Desk, backups: Path) -> None:
    """Make a backup, change the vault's key and so close the desk."""
    backups.mkdir()
    desk.backups.add_folder(backups)
    desk.keys.back_up_first(PASSWORD)
    desk.keys.change(PASSWORD)


def _say_more(desk: Desk, patient_id: UUID) -> None:
    """Add to one session, amend another and enter a third in error."""
    first, second, third = desk.sessions.for_patient(patient_id)
    desk.sessions.add_addendum(first.id, "Called: all well.")
    desk.sessions.add_addendum(first.id, "Called again.")
    desk.amending.deny_request(first.id, "It was on a Tuesday.", "It was on a Wednesday.")
    amended = desk.amending.begin(second.id, "The note was another patient's.")
    try:
        desk.sessions.sign(amended.id, amended.version, PASSWORD)
    except MissingError:
        amended = _acknowledge_all(desk, amended)
        desk.sessions.sign(amended.id, amended.version, PASSWORD)
    desk.amending.enter_in_error(third.id, "Entered for the wrong patient.", PASSWORD)


def _keep_from_most(desk: Desk, patient_id: UUID, colleague: UUID) -> None:
    """Restrict a record to a colleague, and open it in an emergency."""
    desk.restricted.restrict(patient_id, "Asked for by the patient", [colleague])
    desk.restricted.open_emergency(patient_id, "A reaction, the colleague is away")


def _ask_again(desk: Desk, patient_id: UUID) -> None:
    """Keep an intake that speaks of a medicine and of an allergy, which a finding comes of."""
    begun = desk.intakes.start(patient_id)
    answers = {
        item.id: ItemAnswer(Answer.NO)
        for item in load_questionnaire().items
        if item.kind is ItemKind.YES_NO
    }
    answers["takes_anticoagulant"] = ItemAnswer(Answer.YES, "Since 2021")
    typed = IntakeFields(
        answers=answers,
        medicines=(Medicine("Apixaban", "5 mg twice a day"),),
        medicines_asked=True,
        allergies=(Allergy("Penicillin", "Hives, as a child"),),
        allergies_asked=True,
        height_cm=Decimal(168),
        weight_kg=Decimal(62),
        skin_type=2,
    )
    kept = desk.intakes.save(begun.id, begun.version, typed)
    desk.intakes.complete(kept.id, kept.version)


def _plan(desk: Desk, patient_id: UUID) -> UUID:
    """Keep a protocol in two versions, and a plan that follows it."""
    checks = as_shipped(load_schedule())
    content = ProtocolContent(
        indication="Contour",
        regions=("abdomen_upper.midline",),
        interval=Interval(2, IntervalUnit.WEEKS),
        max_sessions=8,
        source="Our own practice",
        checks=(replace(checks[0], channel=Channel.PHONE), replace(checks[3], due=12)),
        aftercare_id="general",
        note="Weigh before each session",
    )
    first = desk.protocols.create("Abdomen", replace(content, note=""))
    protocol = desk.protocols.change(first.id, first.version, "Abdomen", content)
    stopped = desk.plans.begin(patient_id, PlanFields("Hair"))
    desk.plans.stop(stopped.id, stopped.version, "She changed her mind")
    typed = PlanFields("Contour", content.regions, 6, content.interval, 8, protocol.id)
    return desk.plans.begin(patient_id, typed).id


def _begin_one(desk: Desk, patient_id: UUID) -> SessionRecord:
    """Leave a session in draft: a syringe is drawn, and what the intake told is acknowledged."""
    begun = desk.sessions.start(patient_id)
    lot = next(each for each in desk.catalogue.lots() if each.can_be_drawn)
    drawn = SyringeFields(1, "", (ComponentFields(lot.id, Decimal("0.5")),))
    return _acknowledge_all(desk, desk.sessions.put_syringe(begun.id, begun.version, drawn))


def _sign_one(desk: Desk, patient_id: UUID, typed: SessionFields) -> None:
    """Sign a session, so that its checks are still open."""
    begun = _begin_one(desk, patient_id)
    field = ChartField(
        id=new_id(),
        syringe_id=begun.syringes[0].id,
        technique="papule",
        depth_mm=Decimal("2.0"),
        needle="30g_4mm",
        dose_per_point_ml=Decimal("0.1"),
        points=PackedPoints(ChartPoint(10 + at, 0.25, 0.5, 100, 2000) for at in range(5)),
    )
    placed = Edit(EditLabel.PLACE, ((field.id, None, field),))
    desk.charts.append(begun.id, 0, placed, {field.id: ("abdomen_upper.left",)})
    kept = desk.sessions.save(begun.id, begun.version, typed)
    kept = _acknowledge_all(desk, kept)
    give_consent(desk, patient_id)
    desk.sessions.sign(kept.id, kept.version, PASSWORD)


def _consent_more(desk: Desk, patient_id: UUID) -> None:
    """Withdraw part of a consent, ask for a new one, and begin it with a text of the clinic's."""
    given = desk.consents.overview(patient_id).signed[0]
    day = desk.store.clock.now().date()
    desk.consents.withdraw(given.id, WithdrawalScope.RECORD, "Does not want pictures", day)
    desk.consents.demand(patient_id, DemandKind.REACTION, "A wheal of 6 cm", 2)
    text = next(each for each in desk.consents.texts() if each.key.language == "en")
    desk.consents.keep_text(
        text.key.id, "en", text.key, ConsentTextFields("Our consent", text.body, asks_anew=False)
    )
    desk.consents.start(patient_id)


def _acknowledge_all(desk: Desk, session: SessionRecord) -> SessionRecord:
    found = desk.sessions.screening(session.id)
    for each in open_findings(found, session.acknowledgements):
        rule = (each.rule_id, each.rule_version)
        session = desk.sessions.acknowledge(
            session.id, session.version, *rule, reason="Spoken about", override=True
        )
    return session


def _keep_forms(desk: Desk) -> None:
    """Keep a form as it stands, and as it once stood."""
    desk.drafts.put("new_patient", "", {"family_name": "Half a na"})
    with desk.store.write(Right.OWN) as tx:
        tx.db.add(
            DraftKeptRow(
                user_id=tx.actor.id,
                form="new_patient",
                subject="",
                seq=1,
                payload={"family_name": "Half"},
                kept_at=tx.now,
            )
        )
        tx.audit("draft.keep", "draft", None, form="new_patient")
        tx.touch(Topic.DRAFTS)


def _pack(vault: Path, opens_with: dict[str, str], target: Path) -> None:
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("opens-with.json", json.dumps(opens_with, indent=1))
        for path in sorted(vault.rglob("*")):  # the photographs lie in a folder of their own
            packed.write(path, f"vault/{path.relative_to(vault).as_posix()}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
