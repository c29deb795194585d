"""The whole way through the program: from an empty machine to a follow-up, by widgets alone."""

import argparse
from typing import Any

from hands import Hands, KeyboardHands, MouseHands, Steps, Wait
from PySide6.QtCore import Qt

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


def walk(application: Any, log: Any, options: argparse.Namespace) -> Steps:
    """Everything, station by station."""
    hands = hands_of(application, options)
    for station in (first_run, new_patient):
        log.put(note="station", name=station.__name__)
        yield from station(hands)


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
