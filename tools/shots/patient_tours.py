"""Pictures of a patient's record, and of what is taken down in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shots.hands import click, find, in_sight, scroll_down, scroll_to, sign, tap

if TYPE_CHECKING:
    from mesodesk.ui.shell import MainWindow
    from shots.finds import Finds
    from shots.taking import Tour

_TABS = (
    "overview", "consent", "plan", "sessions", "follow_ups", "reactions", "measurements",
    "photographs", "details",
)  # fmt: skip
_ANSWERS = ("time_to_reflect_yes", "questions_asked_no", "interpreter_no", "photo_record_yes")
_QUESTIONS = 650
"""How far down the first questions of the intake are."""


def record(window: MainWindow, found: Finds) -> Tour:
    """Each tab of somebody with a long history, and an intake that is being asked."""
    whose = {
        "plan": found.planned_id,
        "reactions": found.reacted_id,
        "photographs": found.photographed_id,
    }
    for tab in _TABS:
        patient = whose.get(tab, found.patient_id)
        window.open("patient", patient_id=patient, tab=tab)
        yield None  # pictures of the body are drawn meanwhile
        yield f"patient-{tab.replace('_', '-')}"
    find(window, "patient_export_go").setFocus()
    scroll_to(window, "details_scroll", "patient_export_card")
    yield "patient-export"
    window.open("patient", patient_id=found.patient_id, tab="intake")
    yield None
    yield "patient-intake-kept"
    window.open("patient", patient_id=found.asked_id, tab="intake")
    yield None
    scroll_down(window, "intake_scroll", _QUESTIONS)
    yield "patient-intake"


def plan(window: MainWindow, found: Finds) -> Tour:
    """A new plan beside one that is finished."""
    window.open("patient", patient_id=found.patient_id, tab="plan")
    yield None
    if in_sight(window, "plan_new"):
        click(window, "plan_new")
    yield "plan-new"


def consent(window: MainWindow, found: Finds) -> Tour:
    """A consent that is read, one being prepared, and one that is signed; it is put away again."""
    window.open("patient", patient_id=found.patient_id, tab="consent")
    yield None
    if in_sight(window, "read_consent"):
        click(window, "read_consent")
        yield "consent-read"
        click(window, "consent_list")
    window.open("patient", patient_id=found.patient_id, tab="consent")
    yield None
    click(window, "begin_consent")
    yield None
    for answer in _ANSWERS:
        click(window, answer)
    yield "consent-form"
    click(window, "consent_hand_over")
    yield None
    sign(window, "signature_pad")
    yield "consent-sign"
    click(window, "consent_back")
    yield None
    click(window, "consent_discard")
    yield None


def reaction(window: MainWindow, found: Finds) -> Tour:
    """A reaction on record, what lies under a place, and the form."""
    window.open("patient", patient_id=found.reacted_id, tab="reactions")
    yield None
    yield None
    click(window, "reaction_row_0")
    yield "reaction-read"
    for x, y in ((0.5, 0.8), (0.45, 0.4), (0.55, 0.6), (0.5, 0.3)):
        tap(window, "reaction_map", x, y)
        yield None
        if in_sight(window, "record_here"):
            break
    yield "reaction-under"
    click(window, "record_here" if in_sight(window, "record_here") else "new_reaction")
    yield "reaction-new"
    click(window, "discard_reaction")
    yield None


def photographs(window: MainWindow, found: Finds) -> Tour:
    """Before and after, one taken again like the last, and one photograph large."""
    window.open("patient", patient_id=found.photographed_id, tab="photographs")
    yield None
    yield None
    click(window, "compare_first_last")
    yield None
    yield "photographs-compare"
    click(window, "back_from_compare")
    yield None
    if in_sight(window, "again_abdomen_front"):
        click(window, "again_abdomen_front")
        yield None
        yield "photographs-again"
        click(window, "back_from_again")
        yield None
    click(window, found.photo)
    yield None
    yield "photograph"
