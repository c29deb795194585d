"""Plans and protocols of the demonstration: what was agreed on, and how the clinic works.

The intervals and numbers are those of an invented clinic; nothing here is advice.
"""

from dataclasses import replace
from typing import Final

from mesodesk.demo.treatments import Treatment
from mesodesk.demo.visits import Course
from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.resizing import Body
from mesodesk.domain.favourites import favourite_of
from mesodesk.domain.protocols import ProtocolContent, as_shipped
from mesodesk.domain.records.followup import Channel
from mesodesk.domain.records.plan import Interval, PlanFields
from mesodesk.domain.records.protocol import ProtocolRecord
from mesodesk.domain.records.session import SessionRecord
from mesodesk.domain.schedule import load_schedule
from mesodesk.services.desk import Desk

_CALLED: Final = {
    "outer_thighs": "Contour of the outer thighs",
    "abdomen": "Contour of the abdomen",
    "submental": "Fullness under the chin",
    "face": "Skin of the face",
    "neck": "Lines of the neck",
    "decollete": "Skin of the decollete",
    "scalp": "Hair of the crown",
    "knees": "Contour of the knees",
    "arms": "Contour of the upper arms",
    "flanks": "Contour of the flanks",
    "hands": "Skin of the hands",
}
_SOURCE: Final = "Our own practice, agreed on in the team"
_MOST: Final = 12
_CALLED_BY_PHONE: Final = ("hours_24", "hours_72")


def add_protocols(desk: Desk) -> dict[str, ProtocolRecord]:
    """Keep the clinic's protocols of two treatments, as long as there is no mixture in them."""
    checks = tuple(
        replace(each, channel=Channel.PHONE if each.check_id in _CALLED_BY_PHONE else Channel.VISIT)
        for each in as_shipped(load_schedule())
    )
    return {
        "outer_thighs": desk.protocols.create(
            "Outer thighs", _content("outer_thighs", 14, ProtocolContent(checks=checks))
        ),
        "face": desk.protocols.create("Face, fine papules", _content("face", 21)),
    }


def _content(treatment_id: str, days: int, held: ProtocolContent | None = None) -> ProtocolContent:
    return replace(
        held or ProtocolContent(),
        indication=_CALLED[treatment_id],
        interval=Interval(days),
        max_sessions=_MOST,
        source=_SOURCE,
        aftercare_id="general",
    )


def keep_what_was_done(
    desk: Desk, protocol: ProtocolRecord, session: SessionRecord
) -> ProtocolRecord:
    """Give a protocol a second version that holds the mixtures and fields of a session."""
    fields = desk.charts.load(session.id).fields
    if protocol.content is None or protocol.number > 1 or not fields:
        return protocol
    body = Body.of_height(load_atlas(session.body_sex.value), session.height_cm)
    injecting = favourite_of(fields, session.syringes, session.atlas_id, body.scale)
    content = replace(protocol.content, injecting=injecting)
    return desk.protocols.change(protocol.id, protocol.version, protocol.name, content)


def begin_plan(desk: Desk, course: Course, protocol: ProtocolRecord | None) -> None:
    """Agree on a course with a patient, and begin its first session."""
    treatment = course.treatment
    plan = desk.plans.begin(
        course.patient.id,
        PlanFields(
            indication=_CALLED[treatment.id],
            regions=_regions(treatment),
            planned_sessions=treatment.sessions[1],
            interval=Interval(treatment.interval_days),
            max_sessions=_MOST if protocol is not None else None,
            protocol_id=None if protocol is None else protocol.id,
        ),
    )
    course.plan_id = plan.id


def end_plan(desk: Desk, course: Course) -> None:
    """Finish the plan of a course for which no next session was agreed on."""
    if course.plan_id is not None:
        plan = desk.plans.get(course.plan_id)
        desk.plans.finish(plan.id, plan.version)


def _regions(treatment: Treatment) -> tuple[str, ...]:
    found: list[str] = []
    for draw in treatment.draws:
        for grid in draw.grids:
            found += grid.regions
            if grid.mirrored:
                found += [each.replace(".left", ".right") for each in grid.regions]
    return tuple(dict.fromkeys(found))
