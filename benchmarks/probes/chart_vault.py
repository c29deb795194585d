"""`python -m benchmarks.probes.chart_vault FOLDER`: a small vault with charts of known sizes.

Some patients have a session in draft with a syringe of 900 mL and so many points, laid region by
region over the legs, then the rest of the body. The front of the trunk is left free for what is
charted while it is measured. Another patient is ready for a visit, and one has been treated often.
The same points and answers each time; only ids and keys differ.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

from benchmarks.bench import PASSWORD
from benchmarks.probes.chart_sizes import OFTEN_TREATED, RECORD_OF, VISITED
from mesodesk.demo import seed_sessions
from mesodesk.demo.seed import seed_clinic
from mesodesk.demo.treatments import Draw, Grid, Part, Treatment
from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.atlas import Atlas, load_atlas
from mesodesk.domain.bodymap.edits import PointSettings
from mesodesk.domain.bodymap.field_edits import FieldSettings, fill, filled
from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.filling import lay_points
from mesodesk.domain.bodymap.outlines import area_of, region_outline
from mesodesk.domain.bodymap.packing import PackedPoints
from mesodesk.domain.clock import local_date
from mesodesk.domain.ids import new_id
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.intake import IntakeFields, ItemAnswer
from mesodesk.domain.records.session import ComponentFields, SessionRecord, SyringeFields
from mesodesk.domain.records.stock import LotFields
from mesodesk.services.desk import Desk, open_desk
from mesodesk.vault.vault import open_vault

PATIENTS, SESSIONS, REGULAR, SEED = 60, 120, 58, 20
_SPACING_MM = MappingProxyType({2_200: 10, 5_000: 10, 50_000: 5})
_DRAWN_ML = Decimal(900)
_HAND = PointSettings("point_by_point", Decimal(4), "30g_4", Decimal("0.01"))
_FIRST = ("thigh", "buttock", "saddlebag", "knee", "calf", "shin", "upper_arm", "forearm")
_FREE = ("abdomen", "periumbilical", "breast", "chest", "decollete", "flank", "pubic", "hip")


def _treatment(name: str, draw: Draw) -> Treatment:
    dose = Decimal("0.05")
    return Treatment(
        name, "", "", "point_by_point", "30g_4", Decimal(4), dose, 14, (60, 60), (draw,)
    )


def _grid(regions: str, spacing_mm: int, count: int, *, mirrored: bool = False) -> Grid:
    keys = tuple(f"{code}.{'left' if mirrored else 'midline'}" for code in regions.split())
    return Grid(keys, Decimal(spacing_mm), count, mirrored=mirrored)


# The sessions that are signed have some 200 points each: what maps of exposure are made of.
_MIXTURE = (Part("carnitine_200", Decimal(12)),)
_THIGHS = _grid("saddlebag thigh_outer_upper thigh_outer_lower", 12, 100, mirrored=True)
_BELLY = _grid("abdomen_lower periumbilical abdomen_upper", 15, 100)
_BUTTOCKS = _grid("buttock", 15, 50, mirrored=True)
TREATMENTS = (
    _treatment("thighs", Draw("Thighs", _MIXTURE, (_THIGHS,))),
    _treatment("trunk", Draw("Trunk", _MIXTURE, (_BELLY, _BUTTOCKS))),
)


def main(folder: Path) -> None:
    """Make the vault, then the sessions in it."""
    seed_sessions.TREATMENTS = TREATMENTS  # type: ignore[attr-defined]  # in place of its own
    seed_clinic(
        folder,
        password=PASSWORD,
        patients=PATIENTS,
        sessions=SESSIONS,
        seed=SEED,
        say=_say,
        regular=REGULAR,
    )
    desk = open_desk(open_vault(folder, password=PASSWORD))
    try:
        lot_id = _lot(desk)
        for points, record_number in RECORD_OF.items():
            session = _session(desk, record_number, lot_id)
            _chart(desk, session, points)
        _session(desk, OFTEN_TREATED, lot_id)
        _ask_everything(desk, VISITED)
    finally:
        desk.close()


def _lot(desk: Desk) -> UUID:
    product = next(each for each in desk.catalogue.products() if each.starter_id == "carnitine_200")
    today = local_date(desk.store.clock.now(), "UTC")
    fields = LotFields("BENCH-1", today.replace(year=today.year + 1, day=1), today)
    return desk.catalogue.add_lot(product.id, fields).id


def _patient(desk: Desk, record_number: str) -> UUID:
    hits = desk.patients.search(record_number)
    return next(hit.id for hit in hits if hit.record_number == record_number)


def _ask_everything(desk: Desk, record_number: str) -> None:
    """Complete an intake in which everything was asked, and the answer was no."""
    draft = desk.intakes.start(_patient(desk, record_number))
    answers = {
        item.id: ItemAnswer(Answer.NO)
        for item in load_questionnaire().items
        if item.kind is ItemKind.YES_NO
    }
    typed = IntakeFields(
        answers=answers,
        medicines_asked=True,
        allergies_asked=True,
        height_cm=Decimal(168),
        weight_kg=Decimal(62),
        skin_type=2,
    )
    kept = desk.intakes.save(draft.id, draft.version, typed)
    desk.intakes.complete(kept.id, kept.version)


def _session(desk: Desk, record_number: str, lot_id: UUID) -> SessionRecord:
    session = desk.sessions.start(_patient(desk, record_number))
    typed = SyringeFields(1, "Sample", (ComponentFields(lot_id, _DRAWN_ML),))
    return desk.sessions.put_syringe(session.id, session.version, typed)


def _chart(desk: Desk, session: SessionRecord, points: int) -> None:
    if not points:
        return
    atlas = load_atlas(session.body_sex.value)
    syringe = session.syringes[0].id
    scale = 1.0
    if session.height_cm is not None:
        scale = float(session.height_cm) * 10 / atlas.height_mm
    for cursor, field in enumerate(_fields(atlas, syringe, points, scale)):
        keys = field.outline.regions if field.outline is not None else ()
        desk.charts.append(session.id, cursor, fill(field), {field.id: keys})


def _fields(atlas: Atlas, syringe: UUID, points: int, scale: float) -> Iterator[ChartField]:
    """Yield whole regions until there are so many points; the last is cut off there."""
    settings = FieldSettings(Pattern.STAGGERED, Decimal(_SPACING_MM[points]))
    left = points
    for key in region_order(atlas):
        outline = region_outline([key])
        laid = lay_points(
            area_of(atlas, outline), settings.pattern, float(settings.spacing_mm), scale
        )
        if not len(laid):
            continue
        made = filled(new_id(), syringe, _HAND, settings, outline, laid)
        kept = PackedPoints.from_records(made.points.records[:left])
        yield replace(made, points=kept)
        left -= len(kept)
        if not left:
            return
    raise ValueError(f"the body holds only {points - left} points")


def region_order(atlas: Atlas) -> list[str]:
    """Return the regions that are filled, in their order."""
    keys = sorted(region.key for region in atlas.regions if not region.key.startswith(_FREE))
    return sorted(keys, key=lambda key: not key.startswith(_FIRST))


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
