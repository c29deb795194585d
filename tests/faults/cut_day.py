"""What a program under test does: a day at the clinic, its first day, and the hour after a crash.

All through the real desk on the real encrypted database. Every step is told to the teller before
it is begun and after it came back.
"""

import contextlib
import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

from consenting import agree_to_photos, cover
from cut_story import Teller
from harness import PASSWORD
from typed_sessions import finished_fields
from vaults import new_clinic

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.domain.records.photo import PhotoFields, PhotoFormat, PreparedPhoto
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.services.desk import Desk, open_desk
from mesodesk.vault.errors import VaultError
from mesodesk.vault.vault import open_vault

NEW_PASSWORD = "eleven quiet looms upstairs"
TAKEN = PhotoFields("abdomen", "front", date(2026, 3, 1))
YES = Answer.YES
LETTERS = "the left thigh was tender after a long walk on the stones of the harbour "


class Day:
    """Steps at the desk, each an acknowledged save."""

    def __init__(self, folder: Path, teller: Teller, *, writing: int = 12) -> None:
        """Get ready; `writing` is how much is typed: drafts, patients, gestures on the chart."""
        self._folder = folder
        self._teller = teller
        self._writing = writing
        self._step = _all_or_error
        self.desk: Desk = None  # type: ignore[assignment]

    def go_on_after(self, passes: Callable[[str, Exception], None]) -> None:
        """Hand errors of single steps to `passes`, and go on with the next one."""

        def step(name: str, work: Callable[[], Any]) -> Any:
            try:
                return work()
            except Exception as error:  # noqa: BLE001 - whoever is handed it judges it
                passes(name, error)
                return None

        self._step = step

    def save(self, name: str, work: Callable[[], Any], steps: int = 1) -> Any:
        return self._step(name, lambda: self._teller.save(name, work, steps))

    @contextlib.contextmanager
    def at_the_desk(self, password: str) -> Iterator[bool]:
        """Open, and close at the end; whether it opened."""

        def open_it() -> Desk:
            return open_desk(open_vault(self._folder, password=password))

        self.desk = self.save("open", open_it)
        try:
            yield self.desk is not None
        finally:
            if self.desk is not None:
                self.desk.close()

    def an_hour(self) -> None:
        """A little of everything: for faults that are tried at every single call."""
        with self.at_the_desk(PASSWORD) as is_open:
            if is_open:
                self.write()
                self.save("anchor", self.desk.store.vault.write_anchor)
                self.change_password()
                self.write()

    def whole_day(self) -> None:
        """Write, sign, mistype and change the password, close; open again and go on."""
        with self.at_the_desk(PASSWORD) as is_open:
            if is_open:
                self.write()
                self.sign()
                self.photograph()
                self.save("anchor", self.desk.store.vault.write_anchor)
                self.change_password()
                self.write(few=True)
        opening = NEW_PASSWORD if self._changed else PASSWORD
        with self.at_the_desk(opening) as is_open:
            if is_open:
                self.write()

    def a_visit(self) -> None:
        """Photographs alone."""
        with self.at_the_desk(PASSWORD) as is_open:
            if is_open:
                self.photograph()

    def after_a_crash(self) -> None:
        """Open what another run left behind without closing, and go on."""
        with self.at_the_desk(PASSWORD) as is_open:
            if is_open:
                self.write(few=True)

    def write(self, *, few: bool = False) -> None:
        """Type drafts, make patients of them, answer questions, place points."""
        rounds = max(1, self._writing // (4 if few else 1))
        for turn in range(rounds):
            text = (LETTERS * 6)[: 40 + 31 * turn]
            self.save("draft", lambda text=text: self.desk.drafts.put("p", "", {"note": text}))
            self.save("patient", lambda turn=turn, text=text: self.patient(turn, text))
            # To read a record is noted as well, so reading may be refused by the disk, too.
            self._step("read", lambda turn=turn: self.gesture(turn))
        self.save("anchor", self.desk.store.vault.write_anchor)

    def patient(self, turn: int, text: str) -> None:
        born = date(1985, 4, 1 + turn)
        typed = PatientFields(f"Aguirre {turn}", "Ana", born, BodySex.FEMALE, note=text)
        self.desk.patients.create(typed)

    def gesture(self, turn: int) -> None:
        """Place a field of points on the chart of the session in draft."""
        drafts = self.desk.sessions.drafts()
        if not drafts:
            return
        session = self.desk.sessions.get(drafts[0].id)
        field, edit = placing(session.syringes[0].id, 20 + turn)

        def place() -> None:
            cursor = self.desk.charts.load(session.id).cursor
            self.desk.charts.append(session.id, cursor, edit, {field.id: ("abdomen_upper.left",)})

        self.save("gesture", place)

    def sign(self) -> None:
        """Finish the session in draft and sign it, which seals it and plans the checks after it."""
        drafts = self.desk.sessions.drafts()
        if not drafts:
            return
        session_id = drafts[0].id

        def version() -> int:
            return self.desk.sessions.get(session_id).version

        typed = finished_fields()
        self.save("rest", lambda: self._tell_the_rest(session_id))
        self.save("finish", lambda: self.desk.sessions.save(session_id, version(), typed))
        for finding in self.desk.sessions.screening(session_id):
            rule, severity = (finding.rule_id, finding.rule_version), finding.severity
            if severity == "caution":
                self.save("seen", lambda rule=rule: self._see(session_id, version(), rule))
        # Begun, typed, drawn, signed: a consent is kept at each of them.
        taken = partial(cover, self.desk, self.desk.sessions.get(session_id))
        self.save("consent", taken, steps=4)
        self.save("sign", lambda: self.desk.sessions.sign(session_id, version(), PASSWORD))
        self.save("add", lambda: self.desk.sessions.add_addendum(session_id, "Called."))
        self.save("amend", lambda: self.desk.amending.begin(session_id, "Another needle"))
        for draft in self.desk.sessions.drafts()[:1]:
            signing = (draft.id, self.desk.sessions.get(draft.id).version, PASSWORD)
            self.save("sign again", lambda signing=signing: self.desk.sessions.sign(*signing))

    def _tell_the_rest(self, session_id: Any) -> None:
        """Say that whatever was drawn and not injected was thrown away."""
        session = self.desk.sessions.get(session_id)
        found = self.desk.sessions.missing(session_id)
        rest = sum(Decimal(one.values["off_by_ml"]) for one in found if "off_by_ml" in one.values)
        syringe = session.syringes[0]
        parts = tuple(ComponentFields(one.lot_id, one.volume_ml) for one in syringe.components)
        told = SyringeFields(syringe.digit, syringe.label, parts, wasted_ml=rest)
        self.desk.sessions.put_syringe(session_id, session.version, told, syringe.id)

    def _see(self, session_id: Any, version: int, rule: tuple[str, int]) -> None:
        self.desk.sessions.acknowledge(session_id, version, *rule, "Seen", False)

    def photograph(self) -> None:
        """Bring two photographs, keep one, put it right, mark it as an error; leave one out."""
        patient_id = self._agreed()
        if patient_id is not None:
            with self._teller.within("photographs"):
                self._photograph(patient_id)

    def _photograph(self, patient_id: UUID) -> None:
        photos, waiting = self.desk.photos, self.desk.photos_waiting
        first, second = brought(1), brought(2)
        waits = self.save("set aside", lambda: waiting.put(patient_id, "IMG_1.jpg", first))
        other = self.save("set aside", lambda: waiting.put(patient_id, "IMG_2.jpg", second))
        kept = self.save("photo", lambda: photos.keep(patient_id, first, TAKEN, waits))
        if other is not None:
            self.save("leave out", lambda: waiting.discard(patient_id, other))
        if kept is None:
            return
        said = replace(TAKEN, angle="left", note="Lit from the left")
        self.save("put right", lambda: photos.update(kept.id, kept.version, said))
        again = self.save("photo", lambda: photos.keep(patient_id, second, TAKEN))
        if again is not None:
            error = partial(photos.enter_in_error, again.id, again.version, "Not sharp")
            self.save("in error", error)

    def _agreed(self) -> UUID | None:
        """Have a patient agree to photographs for the record, unless that is so already."""
        for patient in self.desk.patients.search("", limit=1):
            taken = partial(agree_to_photos, self.desk, patient.id, {PhotoPurpose.RECORD: YES})
            self.save("consent", taken, steps=4)
            return patient.id
        return None

    def change_password(self) -> None:
        """Mistype the old password once, wait, and choose a new one."""
        self.save("mistype", self._mistype)
        counter = self.desk.store.vault.attempts
        clock = counter._monotonic
        with patch.object(counter, "_monotonic", lambda: clock() + 100):
            self._teller.offer(NEW_PASSWORD)
            # The change is noted before the key file is replaced, and its failing after it.
            self.save("password", self._choose, steps=2)

    _changed = False

    def _mistype(self) -> None:
        with contextlib.suppress(VaultError):
            self.desk.access.change_password("not the password", NEW_PASSWORD)

    def _choose(self) -> None:
        self.desk.access.change_password(PASSWORD, NEW_PASSWORD)
        self._changed = True
        self._teller.settle(NEW_PASSWORD)


def brought(seed: int) -> PreparedPhoto:
    """Return a photograph of some sectors; that it can be decoded is not looked at here."""
    data = random.Random(seed).randbytes(2_500)
    digest = hashlib.sha256(data).digest()
    return PreparedPhoto(data, PhotoFormat.JPEG, 64, 48, data[:300], len(data), digest)


def placing(syringe_id: UUID, points: int) -> tuple[ChartField, Edit]:
    """Return a field of points of 10 µL each, and the edit that places it."""
    field = ChartField(
        id=new_id(),
        syringe_id=syringe_id,
        technique="papule",
        depth_mm=Decimal("2.0"),
        needle="30g_4mm",
        pattern=Pattern.STAGGERED,
        dose_per_point_ml=Decimal("0.01"),
        points=PackedPoints(ChartPoint(10 + at, 0.25, 0.5, 10, 2000) for at in range(points)),
    )
    return field, Edit(EditLabel.PLACE, ((field.id, None, field),))


def first_day(folder: Path, teller: Teller) -> None:
    """Make a vault with its clinic, and the first records."""
    teller.offer(PASSWORD)
    # Put in place with the clinic in it; that it is opened then is noted by a commit of its own.
    desk = teller.save("make", lambda: new_clinic(folder), steps=2)
    teller.settle(PASSWORD)
    names = PatientFields("Bianchi", "Ada", date(1990, 1, 2), BodySex.FEMALE)
    teller.save("patient", lambda: desk.patients.create(names))
    desk.close()


def _all_or_error(_name: str, work: Callable[[], Any]) -> Any:
    return work()
