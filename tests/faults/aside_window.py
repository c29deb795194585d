"""Types into the real window while the disk takes nothing; or looks what is offered afterwards.

    python aside_window.py FOLDER patient|session|look --password-file FILE

`patient` and `session` type into the forms of one page and into that of a new patient, and end like
a pulled cable two seconds after the last key. They need the library that lets calls fail. `look`
prints what the window offers, and takes all of it over.
"""

import ctypes
import errno
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "e2e"))
sys.path.insert(2, str(Path(__file__).resolve().parent.parent.parent))

import driver
from hands import Wait
from work import Worker

PROMISED_S = 2.0
TYPED = {
    "patient": {"phone": "0698765432", "item_reason": "stiff neck since spring"},
    "session": {"changes": "sleeps badly, new pillow", "session_note": "went home by tram"},
}
NEW = {"family_name": "Zwischenfall"}
POINTS = 3


def fail_from_now_on() -> None:
    """Let each call fail that writes into the vault folder."""
    ctypes.CDLL(None).record_fail(1, errno.EIO, 0)


def at_patient(worker: Worker) -> Any:
    """Open a patient whose intake has begun, and type into intake and details."""
    typed = TYPED["patient"]
    yield from worker.new_patient()
    yield Wait("the strip", lambda: worker.window.status.text().startswith("kept"))
    fail_from_now_on()
    yield from worker.hands.type("item_reason", typed["item_reason"], clear=True)
    yield from worker.hands.choose_tab("tab", "details")
    yield from worker.hands.type("phone", typed["phone"], clear=True)


def at_session(worker: Worker) -> Any:
    """Open a session, and type into it at two stations and on its chart."""
    typed = TYPED["session"]
    yield from worker.open_chart()
    fail_from_now_on()
    before = worker.document.cursor
    while worker.document.cursor < before + POINTS:
        worker._click()
        yield 0.05
    yield from worker.hands.station("check")
    yield from worker.hands.choose("anything_changed", "yes")
    yield from worker.hands.type("changes", typed["changes"], clear=True)
    yield from worker.hands.station("finish")
    yield from worker.hands.type("session_note", typed["session_note"], clear=True)


def type_and_die(scene: Any, application: Any, log: Any, options: Any) -> Any:
    """Play a scene in which the disk begins to fail, begin a new patient, and die."""
    worker = Worker(application, log, options)
    hands = worker.hands
    yield Wait("the desk", lambda: not worker.window.is_covered())
    yield Wait("the first page", lambda: worker.window.current_page() is not None)
    yield from scene(worker)
    yield from hands.page("patients", 2)
    yield from hands.new_patient()
    yield 0.2  # a draft would come back, if there were one
    yield from hands.type("family_name", NEW["family_name"], clear=True)
    yield PROMISED_S
    os.kill(os.getpid(), 9)


def look(application: Any, log: Any, _options: Any) -> Any:
    """Go where the notice leads, say what is offered there, and take it over."""
    from hands import MouseHands

    window = application.window
    hands = MouseHands(window)
    yield Wait("the desk", lambda: not window.is_covered())
    yield from hands.press("set_aside_notice_action")
    page = window.page("set_aside")
    yield Wait("what is offered", lambda: bool(page.cards))
    said = [label.text() for card in page.cards for label in card.findChildren(_label())]
    log.put(note="offered", count=len(page.cards), words=said)
    while page.cards:
        left = len(page.cards)
        page.cards[0].keep.click()
        yield Wait("it to be taken over", lambda left=left: len(page.cards) < left)
    yield Wait("the strip", lambda: window.status.text().startswith("kept"))


def _label() -> Any:
    from mesodesk.ui.widgets.text import Label

    return Label


if __name__ == "__main__":
    folder, phase, *rest = sys.argv[1:]
    scenes = {"patient": at_patient, "session": at_session}
    script = partial(type_and_die, scenes[phase]) if phase in scenes else look
    driver._script = lambda _name: script
    sys.exit(driver.main([folder, "work", *rest]))
