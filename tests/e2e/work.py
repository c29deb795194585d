"""Works without end: types patients and sessions, charts, and says beforehand what it does.

Which scene comes first, and every word and place, follows from the seed and the round. What is
typed is told letter by letter; a claim that it is kept is the strip's alone.
"""

import argparse
import random
from collections.abc import Callable
from typing import Any

from digest import IN_HAND, chart_digest
from hands import CTRL, MouseHands, Steps, Wait
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

PAUSE_S = 0.012
WORDS = ("left", "thigh", "tender", "after", "walk", "no", "warmth", "felt", "on", "the", "skin")
NAMES = ("Aguirre", "Bianchi", "Côté", "Dvořák", "Şahin", "Kowalska", "Müller", "Nguyễn", "Öberg")


class Worker:
    """A busy therapist."""

    def __init__(self, application: Any, log: Any, options: argparse.Namespace) -> None:
        self.window = application.window
        self.hands = MouseHands(application.window)
        self.log = log
        self.round = options.round
        #: not while drafts are thrown away: a draft that became a record is rightly gone.
        self.makes_records = options.fault != "rolled-back"
        self.dice = random.Random(f"{options.seed}/{options.round}")

    # Saying and doing

    def write(self, name: str, key: str, text: str) -> Steps:
        """Replace what stands in a field, letter by letter."""
        yield from self.hands.go_to(name)
        self.log.do(key, "")
        self.hands.key(Qt.Key.Key_A, CTRL)
        self.hands.key(Qt.Key.Key_Delete)
        for length in range(1, len(text) + 1):
            yield self.dice.uniform(0, 2 * PAUSE_S)
            self.log.do(key, text[:length].strip())
            self.hands.letter(text[length - 1])

    def choose(self, name: str, value: str, key: str, kept: object) -> Steps:
        """Click a segment."""
        self.hands.before_click = self.saying(key, kept)
        yield from self.hands.choose(name, value)

    def saying(self, key: str, value: object) -> Callable[[], None]:
        def say() -> None:
            self.log.do(key, value)

        return say

    def sentence(self, least: int = 3, most: int = 9) -> str:
        return " ".join(self.dice.choices(WORDS, k=self.dice.randint(least, most)))

    # Scenes

    def new_patient(self) -> Steps:
        """Type a new patient, and make the record."""
        yield from self.hands.page("patients", 2)
        yield from self.hands.new_patient()
        from mesodesk.ui.pages.new_patient import NewPatientPanel

        (form,) = self.hands.window.findChildren(NewPatientPanel)
        yield Wait("what was typed before comes back", lambda: not form._reading)
        name = f"{self.dice.choice(NAMES)} {self.round}x{self.dice.randint(100, 999)}"
        yield from self.write("family_name", "draft/family_name", name)
        yield from self.write("given_names", "draft/given_names", "Ana María")
        yield from self.write("phone", "draft/phone", f"06{self.dice.randint(10**6, 10**7)}")
        yield from self.write("patient_note", "draft/note", self.sentence())
        yield from self.hands.type("birth_date", "04.03.1988", clear=True)
        yield from self.choose("body_sex", "female", "draft/body_sex", "female")
        yield from self.hands.wait_for("create_patient")

        def say() -> None:
            for field in ("family_name", "given_names", "phone", "note", "body_sex"):
                self.log.do(f"draft/{field}", "")
            self.log.do(f"patient/{name}", True)

        if not self.makes_records:
            return
        self.hands.before_click = say
        yield from self.hands.press("create_patient")
        yield from self.hands.wait_for("item_reason")
        yield from self.intake(f"intake/{name}")

    def intake(self, key: str) -> Steps:
        """Answer some questions of an intake that has just begun."""
        yield from self.write("item_reason", f"{key}/reason.value", self.sentence())
        for item in ("herpes_active", "pregnant"):
            answer = self.dice.choice(("yes", "no"))
            yield from self.choose(f"item_{item}", answer, f"{key}/{item}.answer", answer)
        yield from self.choose("item_site_infection", "yes", f"{key}/site_infection.answer", "yes")
        yield from self.hands.wait_for("detail_site_infection")
        detail = f"{key}/site_infection.detail"
        yield from self.write("detail_site_infection", detail, self.sentence())

    def open_session(self, station: str) -> Steps:
        """Go on with the session in draft, from the Today page."""
        yield from self.hands.page("today", 1)
        yield from self.hands.first_row("list_drafts")
        yield from self.hands.wait_for("step_check")
        yield from self.hands.station(station)

    def check(self) -> Steps:
        yield from self.open_session("check")
        yield from self.choose("anything_changed", "yes", "session/anything_changed", "yes")
        yield from self.write("changes", "session/changes", self.sentence(6, 20))

    def finish(self) -> Steps:
        yield from self.open_session("finish")
        rating = self.dice.randint(0, 10)
        yield from self.choose("pain", str(rating), "session/pain", rating)
        yield from self.write("session_note", "session/note", self.sentence(6, 20))
        rating = self.dice.randint(0, 10)
        yield from self.choose("pain", str(rating), "session/pain", rating)

    def open_chart(self) -> Steps:
        yield from self.open_session("chart")
        yield from self.hands.wait_for("chart_canvas")
        yield Wait("the body", lambda: self.canvas.has_stage)

    def chart(self) -> Steps:
        """Place, move, delete, undo and redo points."""
        yield from self.open_chart()
        for _ in range(self.dice.randint(15, 40)):
            gesture = self.dice.choices(
                (self._click, self._drag, self._undo, self._redo), (70, 12, 12, 6)
            )[0]
            self.log.do("chart", IN_HAND)
            gesture()
            self.log.do("chart", chart_digest(self.document))
            yield self.dice.uniform(0.0, 0.06)

    def undo(self) -> Steps:
        """Take the last gesture back and make it again, as if there had been no end between."""
        yield from self.open_chart()
        before = chart_digest(self.document)
        if not self.document.can_undo:
            return
        for gesture in (self._undo, self._redo):
            self.log.do("chart", IN_HAND)
            gesture()
            after = chart_digest(self.document)
            self.log.do("chart", after)
            self.log.put(note="undo", before=before, after=after)
            yield 0.05
        assert after == before, "undo and redo do not lead back"

    @property
    def canvas(self) -> Any:
        return self.hands.find("chart_canvas")

    @property
    def document(self) -> Any:
        return self.canvas.model.document

    def _spot(self) -> QPoint:
        """Return a place around the middle of the body, in the window."""
        middle = self.canvas.middle().toPoint()
        aside = QPoint(self.dice.randint(-30, 30), self.dice.randint(-120, 60))
        return self.canvas.mapTo(self.window, middle + aside)

    def _click(self) -> None:
        self.hands.click_at(self._spot())

    def _drag(self) -> None:
        handle, left = self.window.windowHandle(), Qt.MouseButton.LeftButton
        start, end = self._spot(), self._spot()
        QTest.mousePress(handle, left, Qt.KeyboardModifier.NoModifier, start)
        QTest.mouseMove(handle, (start + end) / 2)
        QTest.mouseMove(handle, end)
        QTest.mouseRelease(handle, left, Qt.KeyboardModifier.NoModifier, end)

    def _undo(self) -> None:
        self.canvas.setFocus()
        self.hands.letter("z", CTRL)

    def _redo(self) -> None:
        self.canvas.setFocus()
        self.hands.letter("y", CTRL)


def work(application: Any, log: Any, options: argparse.Namespace) -> Steps:
    """Work scene after scene until the end of the process."""
    worker = Worker(application, log, options)
    scenes = [worker.new_patient, worker.check, worker.chart, worker.finish]
    if not worker.makes_records:
        scenes = [worker.new_patient]
    yield Wait("the desk", lambda: not application.window.is_covered())
    yield Wait("the first page", lambda: application.window.current_page() is not None)
    turn = options.round % len(scenes)
    if options.round % 3 == 2:
        yield from worker.undo()
    log.put(ready=True)
    while True:
        yield from scenes[turn % len(scenes)]()
        turn += worker.dice.randint(1, 3)
