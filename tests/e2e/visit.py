"""The whole way through the program: from an empty machine to a follow-up, by widgets alone."""

from __future__ import annotations

import argparse
from typing import Any

from hands import Hands, KeyboardHands, MouseHands, Steps, Wait
from PySide6.QtCore import Qt

PASSWORD = "seven lamps over the sink"  # noqa: S105 (opens nothing but the vaults of the tests)


def hands_of(application: Any, options: argparse.Namespace) -> Hands:
    made = {"keyboard": KeyboardHands, "mouse": MouseHands}[options.hands]
    return made(application.window)


def first_run(hands: Any) -> Steps:
    """Make a new clinic."""
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
    yield Wait("the desk", lambda: not hands.window.is_covered())


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
