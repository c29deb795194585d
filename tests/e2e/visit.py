"""The whole way through the program: from an empty machine to a follow-up, by widgets alone."""

import argparse
from functools import partial
from typing import Any

from hands import Hands, KeyboardHands, MouseHands, Steps, Wait
from PySide6.QtCore import Qt

from mesodesk.domain.questionnaire import load_questionnaire

PASSWORD = "seven lamps over the sink"


def hands_of(application: Any, options: argparse.Namespace) -> Hands:
    made = {"keyboard": KeyboardHands, "mouse": MouseHands}[options.hands]
    return made(application.window)


def first_run(hands: Any) -> Steps:
    """Make a new clinic."""
    yield from first_run_steps(hands)
    yield Wait("the desk", lambda: not hands.window.is_covered())


def first_run_steps(hands: Any) -> Steps:
    """Fill in the four steps of the first start."""
    yield from hands.wait_for("first_run_page")
    yield from hands.type("clinic_name", "Clinica Luz")
    yield from hands.pick("jurisdiction", "Spain")
    yield from hands.press("first_run_next")
    yield from hands.type("owner_name", "Dr Claire Moreau")
    yield from hands.press("first_run_next")
    yield from hands.type("password", PASSWORD)
    yield from hands.type("password_again", PASSWORD)
    yield from hands.press("first_run_next")
    yield from hands.wait_for("recovery_key_text")
    key = hands.text_of("recovery_key_text").replace("\n", " ")
    yield from hands.type("recovery_typed", key)
    yield from hands.press("first_run_next")


def new_patient(hands: Any) -> Steps:
    yield from hands.page("patients", 2)
    yield from hands.new_patient()
    yield from hands.type("family_name", "García Muñoz")
    yield from hands.type("given_names", "Lucía")
    yield from hands.type("birth_date", "4.3.1988")
    yield from hands.choose("body_sex", "female")
    yield from hands.type("phone", "+34 600 111 222")
    yield from hands.press("create_patient")
    yield from hands.wait_for("page_patient")


def intake(hands: Any) -> Steps:
    """Ask everything; the patient has asthma, and is to be 168 cm and 62.5 kg."""
    yield from hands.wait_for("item_reason")
    yield from hands.type("item_reason", "Cellulite of the thighs")
    yield from hands.type("intake_height", "168")
    yield from hands.type("intake_weight", "62.5")
    yield from hands.press("skin_type_2")
    yield from hands.choose("item_asthma", "yes")
    yield from hands.type("detail_asthma", "Mild, spray at hand")
    for section in load_questionnaire().sections:
        if hands.look_for(f"rest_no_{section.id}") is not None:
            yield from hands.press(f"rest_no_{section.id}")
    yield from hands.press("allergy_asked")
    yield from hands.press("medicine_asked")
    yield from hands.press("complete_intake")
    yield Wait("the intake completed", lambda: not hands.sees("complete_intake"))


def stock(hands: Any) -> Steps:
    """Enter a lot of a product of the starter list."""
    yield from hands.page("stock", 3)
    yield from hands.wait_for("product_list")
    yield from hands.type("product_search", "Procaine 2")
    yield from hands.first_product()
    yield from hands.press("new_lot")
    yield from hands.type("lot_number", "PR-2207")
    yield from hands.type("lot_expiry", "12/2031")
    yield from hands.type("lot_received_ml", "50")
    yield from hands.press("create_lot")
    yield from hands.wait_for("lot_PR-2207")


def begin_session(hands: Any) -> Steps:
    """Find the patient and begin a session."""
    yield from hands.page("patients", 2)
    yield from hands.type("patient_search", "garcia", clear=True)
    yield from hands.first_patient()
    yield from hands.wait_for("page_patient")
    yield from hands.press("start_session")
    yield from hands.wait_for("page_session")


def check(hands: Any) -> Steps:
    yield from hands.station("check")
    yield from hands.choose("anything_changed", "no")
    yield from hands.choose("emergency_kit", "yes")
    yield from hands.type("weight_today", "62", clear=True)
    yield from acknowledge(hands)


def consent(hands: Any) -> Steps:
    """Take the consent that the check asks for, and come back to the session."""
    yield from hands.station("check")
    yield from hands.press("consent_check_action")
    yield from hands.wait_for("consent_form")
    for area in ("chest", "abdomen", "hips", "thigh"):
        yield from hands.press(f"consent_area_{area}")
    yield from hands.pick("consent_products", "Procaine 2")
    for question in ("time_to_reflect", "questions_asked", "interpreter", "photo_record"):
        yield from hands.choose(question, "no")
    if hands.name != "mouse":  # a key draws nothing: it is signed on paper
        yield from hands.press("consent_more")
        yield from hands.choose("consent_method", "paper")
        yield from hands.type("consent_paper_place", "Binder 3")
    yield Wait("everything told", lambda: hands.find("consent_hand_over").isEnabled())
    yield from hands.press("consent_hand_over")
    if hands.name == "mouse":
        yield from hands.draw("signature_pad")
    yield Wait("a signature", lambda: hands.find("consent_sign").isEnabled())
    yield from hands.press("consent_sign")
    yield from hands.wait_for("read_consent")
    yield from hands.press("start_session")
    yield from hands.wait_for("page_session")


def acknowledge(hands: Any) -> Steps:
    """Give a reason for each caution."""
    for _ in range(12):
        yield Wait("the findings", partial(findings_are_told, hands.window))
        waiting = [
            name
            for name in names_in_sight(hands.window)
            if name.startswith("acknowledge_") and hands.sees(name)
        ]
        if not waiting:
            return
        rule = waiting[0].removeprefix("acknowledge_")
        yield from hands.type(f"reason_{rule}", "Talked through with the patient")
        yield from hands.press(waiting[0])


def findings_are_told(window: Any) -> bool:
    """Tell whether what was answered is kept, and screening has looked at it."""
    state, jobs = window.current_page().state, window._jobs
    return not (window.status.unkept() or state._soon.isActive() or jobs.is_busy())


def prepare(hands: Any) -> Steps:
    yield from hands.station("prepare")
    if hands.look_for("syringe_1_lot_1") is None:
        yield from hands.press("add_syringe")
    yield from hands.pick("syringe_1_lot_1", "PR-2207")
    yield from hands.type("syringe_1_ml_1", "1")
    yield from hands.choose_first("skin_preparation")
    yield from hands.press("aseptic_all_done")


def chart(hands: Any) -> Steps:
    """Place three points, take one back and place it again."""
    yield from hands.station("chart")
    yield from hands.wait_for("chart_canvas")
    canvas = hands.find("chart_canvas")
    yield Wait("the body", lambda: canvas.has_stage)
    for right, down in ((-1, -4), (1, -6), (2, -9)):
        yield from hands.place_point(right, down)
    document = canvas.model.document
    yield Wait("three points", lambda: document.point_count == 3)
    yield from hands.undo()
    yield Wait("two points", lambda: document.point_count == 2)
    yield from hands.redo()
    yield Wait("three points again", lambda: document.point_count == 3)


def finish(hands: Any) -> Steps:
    yield from hands.station("finish")
    yield from hands.choose("pain", "2")
    yield from hands.press("reactions_none")
    yield from hands.type("observation_min", "15")
    yield from hands.press("discard_rest_1")
    yield from hands.choose("aftercare_given", "yes")
    yield from hands.press("next_plus_14")
    yield from hands.type("session_note", "Well tolerated.")
    yield from hands.type("sign_password", PASSWORD)
    yield Wait("nothing missing", lambda: hands.sees("sign_button"))
    yield from hands.press("sign_button")
    yield from hands.wait_for("seal_card")


def follow_up(hands: Any) -> Steps:
    """Work the first check from the Today page."""
    yield from hands.page("today", 1)
    yield Wait("a check that is due", lambda: hands.sees("list_due") or hands.sees("list_overdue"))
    yield from hands.first_row("list_due" if hands.sees("list_due") else "list_overdue")
    yield from hands.wait_for("page_followup")
    yield from hands.choose("channel", "phone")
    yield from hands.press("asked_all")
    yield from hands.type("follow_up_note", "All well.")
    yield from hands.press("complete_check")
    yield from hands.wait_for("page_today")


FIRST_DAY = (
    first_run, new_patient, intake, stock, begin_session, consent, check, prepare, chart, finish,
)  # fmt: skip


def first_day(application: Any, log: Any, options: argparse.Namespace) -> Steps:
    """From the empty machine to the signed session."""
    hands = hands_of(application, options)
    for station in FIRST_DAY:
        log.put(note="station", name=station.__name__)
        yield from station(hands)


def next_day(application: Any, log: Any, options: argparse.Namespace) -> Steps:
    """Unlock, find everything as it was left, and work the follow-up."""
    hands = hands_of(application, options)
    for station in (unlock, read_again, follow_up, lock):
        log.put(note="station", name=station.__name__)
        yield from station(hands)


def unlock(hands: Any) -> Steps:
    yield from hands.wait_for("unlock_password")
    yield from hands.type("unlock_password", PASSWORD)
    yield from hands.press("unlock_button")
    yield Wait("the desk", lambda: not hands.window.is_covered())


def read_again(hands: Any) -> Steps:
    """Find the patient, and read the signed session."""
    yield from hands.page("patients", 2)
    yield from hands.type("patient_search", "munoz", clear=True)
    yield from hands.first_patient()
    yield from hands.wait_for("page_patient")
    yield from hands.choose_tab("tab", "sessions")
    yield from hands.first_row("session_list")
    yield from hands.wait_for("seal_card")


def lock(hands: Hands) -> Steps:
    hands.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    yield from hands.wait_for("unlock_page")


def trouble(application: Any, log: Any, _options: argparse.Namespace) -> Steps:
    """Read what is said of a vault that cannot be opened."""
    hands = KeyboardHands(application.window)
    yield from hands.wait_for("trouble_page")
    log.put(note="trouble", text=hands.find("trouble_page").findings.headline.text())


second = trouble


def refused(application: Any, log: Any, options: argparse.Namespace) -> Steps:
    """Come to the end of the first start in a folder that takes nothing."""
    hands = KeyboardHands(application.window)
    yield from hands.wait_for("first_run_page")
    if hands.look_for("first_run_notice") is None:
        yield from first_run_steps(hands)
        yield from hands.wait_for("first_run_notice")
        yield Wait("an answer", lambda: hands.sees("first_run_next"))
    log.put(note="refused", text=hands.find("first_run_notice").headline.text())


def idle(application: Any, log: Any, options: argparse.Namespace) -> Steps:
    """Open the vault and do nothing until the end."""
    yield Wait("the desk", lambda: not application.window.is_covered())
    log.put(ready=True)
    while True:
        yield 1.0


def names_in_sight(window: Any) -> list[str]:
    """Return what can be worked now, for whoever writes a script."""
    from PySide6.QtWidgets import QWidget

    return [
        widget.objectName()
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.objectName()
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    ]
