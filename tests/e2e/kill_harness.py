"""Kills the real program at random moments while a script works in it, and looks what is left.

    python tests/e2e/kill_harness.py FOLDER [--kills N] [--seed S] [--fault NAME]

prints one JSON object: `kills`, `receipts` (how often the strip said "kept"), `typed` (what was
done), `lost` (sentences: what the strip had called kept and is missing, or was typed more than two
seconds before), `findings` (what `mesodesk check` says), `undo` (how often undo was tried in the
window after a restart). Exit code 0 if nothing is lost or found.

The rounds of one lane go on in the same vault, each from what the one before left. A fault
(faults.py) breaks the program's promise on purpose; then something must be lost.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(1, str(Path(__file__).resolve().parent.parent.parent))

from digest import IN_HAND, chart_digest
from harness import PASSWORD, Driven, Told
from vaults import clinic_at_work, copy_of, password_file

from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.services.checking import check_folder
from mesodesk.services.desk import Desk, open_desk
from mesodesk.vault.vault import open_vault

TYPING_LOST_S = 2.0
# A machine on which the program takes longer to come up takes longer to write, too.
READY_S = 3.0
MOST_LATE_S = 3.0
# A life is counted in what was typed: a slow machine would kill most before anything was.
MOST_TYPED = 24
LONGEST_WAIT_S = 0.5


@dataclass
class Outcome:
    """What came of a series of kills."""

    kills: int = 0
    receipts: int = 0
    typed: int = 0
    undo: int = 0
    lost: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def lives_lost(self, why: str = "") -> int:
        """Count the kills that lost something, whatever it was or for one reason."""
        return len({one.partition(": ")[0] for one in self.lost if why in one})

    def add(self, other: "Outcome") -> None:
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)


def kill_series(
    folder: Path, *, kills: int, seed: int, fault: str = "none", lanes: int = 2
) -> Outcome:
    """Kill the program that many times; `folder` is empty and takes the vaults."""
    template = folder / "template"
    clinic_at_work(template)
    shares = [len(range(lane, kills, lanes)) for lane in range(lanes)]
    whole = Outcome()
    with ThreadPoolExecutor(lanes) as pool:
        made = [
            Lane(copy_of(template, folder / f"vault-{lane}"), seed + 1000 * lane, fault)
            for lane in range(lanes)
        ]
        for outcome in pool.map(Lane.run, made, shares):
            whole.add(outcome)
    return whole


class Lane:
    """One vault, and one program after another on it."""

    def __init__(self, vault: Path, seed: int, fault: str) -> None:
        self.vault = vault
        self.seed = seed
        self.fault = fault
        self.home = vault.with_name(f"{vault.name}-home")
        self.secret = password_file(self.home)
        self.outcome = Outcome()
        #: what the vault held after the last kill, under each key that was ever done.
        self.base: dict[str, Any] = {}

    def run(self, kills: int) -> Outcome:
        for turn in range(kills):
            self.one_round(turn)
        return self.outcome

    def one_round(self, turn: int) -> None:
        dice = random.Random(f"{self.seed}/{turn}/life")
        typed, wait_s = dice.randint(0, MOST_TYPED), dice.uniform(0, LONGEST_WAIT_S)
        options = ("--password-file", str(self.secret), "--seed", str(self.seed))
        faults = ("--round", str(turn), "--fault", self.fault)
        began = time.monotonic()
        program = Driven(self.vault, "work", *options, *faults, home=self.home)
        try:
            came = program.read("ready")
            late = time.monotonic() - began - READY_S
            if came and all(program.read("do") for _ in range(typed)):
                time.sleep(wait_s)
            ended = program.process.poll()
            moment = program.kill()
            if ended is not None:
                raise AssertionError(f"the program ended by itself: {program.told.end}")
            complaint = program.errors()
            if complaint:
                raise AssertionError(f"the program complained: {complaint}")
        finally:
            program.close()
        self.judge(turn, program.told, moment - min(max(late, 0.0), MOST_LATE_S))

    def judge(self, turn: int, told: Told, moment: float) -> None:
        """Compare what lies in the vault with what was claimed."""
        where = f"seed {self.seed}, round {turn}"
        self.outcome.kills += 1
        self.outcome.typed += len(told.done)
        self.outcome.receipts += sum("kept" in line for line in told.lines)
        self.outcome.undo += bool(told.notes("undo"))
        desk = open_desk(open_vault(self.vault, password=PASSWORD))
        try:
            keys = {**self.base, **{line["key"]: None for line in told.done}}
            stored = {key: stored_value(desk, key) for key in keys}
            self.outcome.lost += [f"{where}: {one}" for one in broken_undo(desk)]
        finally:
            desk.close()
        for sentence in losses(self.base, told, moment, stored):
            self.outcome.lost.append(f"{where}: {sentence}")
        self.base = stored
        found = (one.line for one in check_folder(self.vault, PASSWORD))
        self.outcome.findings += [f"{where}: {one}" for one in found if not cut_short(one)]


def cut_short(line: str) -> bool:
    """Tell whether it is said of a side file that the kill came amid its writing.

    One is only written where the disk keeps the program waiting; the next opening removes it.
    """
    return ".set-aside-" in line and "was cut short" in line


def losses(
    base: Mapping[str, Any], told: Told, moment: float, stored: Mapping[str, Any]
) -> Iterator[str]:
    """Say what is missing: less than the strip called kept, or than was typed 2 s before the end.

    A value is accepted if it was the newest one claimed, or was typed later still.
    """
    old = [line["do"] for line in told.done if line["at"] < moment - TYPING_LOST_S]
    for why, claimed in (
        ("the strip had called kept", told.kept),
        ("was typed more than 2 s before the end", max(old, default=-1)),
    ):
        for key, value in stored.items():
            allowed = allowed_values(key, base, told, claimed)
            if not any(fits(value, one) for one in allowed):
                yield f"{key} is {value!r}, but {why} {allowed[0]!r} (up to {claimed})"


def allowed_values(key: str, base: Mapping[str, Any], told: Told, claimed: int) -> list[Any]:
    """Return the newest claimed value of a key, and all that came later."""
    history = [(-1, base.get(key, nothing(key)))]
    history += [(line["do"], line["value"]) for line in told.done if line["key"] == key]
    at = max(index for index, (number, _) in enumerate(history) if number <= claimed or index == 0)
    if history[at][1] == IN_HAND:
        # The claim came in the midst of a gesture: what it led to follows, or what was before.
        at -= 1
    values = [value for _, value in history[at:]]
    if values[-1] == IN_HAND:
        # The end came in the midst of a gesture: it may have been kept before it could be told.
        values.append(Unfinished(next(one for one in reversed(values) if one != IN_HAND)))
    return [value for value in values if value != IN_HAND]


@dataclass(frozen=True)
class Unfinished:
    """A gesture after this state of the chart, of which nothing was told any more."""

    before: Mapping[str, Any]


def fits(value: Any, allowed: Any) -> bool:
    if isinstance(allowed, Unfinished):
        return abs(value["cursor"] - allowed.before["cursor"]) <= 1
    return bool(value == allowed)


def nothing(key: str) -> Any:
    """Return what lies in the vault under a key before anything was done."""
    if key == "chart":
        return chart_digest(ChartDocument())
    if key.startswith("patient/"):
        return False
    if key.startswith("intake/") and key.endswith(".answer"):
        return "not_asked"
    return {"session/anything_changed": "not_asked", "session/pain": None}.get(key, "")


def stored_value(desk: Desk, key: str) -> Any:
    """Read what the vault holds under a key, through the services."""
    kind, _, name = key.partition("/")
    if kind == "draft":
        draft = desk.drafts.get("patient", "new") or {}
        return str(draft.get(name, ""))
    if kind == "patient":
        return any(name in hit.name for hit in desk.patients.search(name))
    if kind == "intake":
        return intake_value(desk, *name.rsplit("/", 1))
    session_id = desk.sessions.drafts()[0].id
    if kind == "chart":
        return chart_digest(stored_document(desk, session_id))
    value = getattr(desk.sessions.get(session_id).fields, name)
    return str(value) if isinstance(value, str | Decimal) else value


def intake_value(desk: Desk, patient: str, place: str) -> str:
    """Read one answer, such as `asthma.detail`, of a patient's intake."""
    item, part = place.split(".")
    found = [hit for hit in desk.patients.search(patient) if patient in hit.name]
    intake = desk.intakes.latest(found[0].id) if found else None
    if intake is None or item not in intake.fields.answers:
        return nothing(f"intake/{place}")
    return str(getattr(intake.fields.answers[item], part))


def stored_document(desk: Desk, session_id: Any) -> ChartDocument:
    stored = desk.charts.load(session_id)
    return ChartDocument(stored.fields, stored.edits, stored.cursor)


def broken_undo(desk: Desk) -> Iterator[str]:
    """Take back every gesture of the chart and make it again; say what does not come out."""
    document = stored_document(desk, desk.sessions.drafts()[0].id)
    before = chart_digest(document)
    while document.can_undo:
        document.undo()
    if document.fields:
        yield "taking back every gesture leaves points"
    while document.cursor < before["cursor"]:
        document.redo()
    if chart_digest(document) != before:
        yield "making every gesture again gives another chart"


def main() -> int:
    """Kill, and print what came of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", choices=("none", "rolled-back", "too-early"), default="none")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    outcome = kill_series(
        options.folder, kills=options.kills, seed=options.seed, fault=options.fault
    )
    print(json.dumps(asdict(outcome)))
    return 1 if outcome.lost or outcome.findings else 0


if __name__ == "__main__":
    sys.exit(main())
