"""Works in a vault while the library that records calls is preloaded.

    python cut_lab.py record WHAT,FOLDER,LOG,FAULT ...
    python cut_lab.py errors TEMPLATE WORK WHAT SEED TRIES FAULT LANE LANES

`record` works below FOLDER, in FOLDER/vault, and has every call noted in LOG; each in a process of
its own, as promises are broken on purpose by a FAULT other than "none". `errors` lets the n-th call
fail, for every n, with two errors, once and from then on; each time in a process of its own and on
a copy of the vault. Of all these it takes TRIES, drawn, or all if that is 0, and of them its lane's
share; of an evening, which writes whole databases, one of the four for each n, drawn. It prints one
JSON object a line.
"""

import ctypes
import errno
import json
import os
import random
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "e2e"))
sys.path.insert(2, str(Path(__file__).resolve().parent.parent / "helpers"))
sys.path.insert(3, str(Path(__file__).resolve().parent.parent.parent))

from cut_day import first_day
from cut_evening import Evening, read_back_here
from cut_oracle import judge, standing
from cut_story import BACKUPS, Teller, story_of
from harness import PASSWORD

from mesodesk.db.errors import StorageBug

_SHORT = frozenset({"hour", "backups", "key"})
_library = ctypes.CDLL(None)


def put(mark: dict[str, Any]) -> None:
    _library.record_mark(json.dumps(mark).encode())


def record(what: str, folder: Path, log: Path, fault: str) -> dict[str, Any]:
    """Do one part of a day, noted call by call."""
    from mesodesk.db import engine

    # So that the log is folded in while saves go on, too, and not only when the vault is closed.
    pages = 20 if what == "hour" else 120
    engine._PRAGMAS = (*engine._PRAGMAS, f"wal_autocheckpoint={pages}")
    (folder / BACKUPS).mkdir(exist_ok=True)
    read_back_here()
    _break(fault)
    password = _password(folder)
    before = [] if what == "first" else [_standing(folder / "vault", password)]
    _library.record_begin(str(folder).encode(), str(log).encode())
    for path in (folder, *sorted(folder.rglob("*"))):
        place = str(path.relative_to(folder))
        put({"stands": place, "inode": path.stat().st_ino, "folder": path.is_dir()})
    for mark in before:
        put(mark)
    teller = Teller(put)
    if what == "first":
        first_day(folder / "vault", teller)
        return {}
    teller.settle(password)
    day = Evening(folder / "vault", teller, writing=4 if what in _SHORT else 12)
    {
        "day": day.whole_day,
        "hour": day.an_hour,
        "visit": day.a_visit,
        "crash": day.after_a_crash,
        "backups": day.backups,
        "key": day.another_key,
        "upgrade": partial(day.an_upgrade, password),
    }[what]()
    return {}


def _password(folder: Path) -> str:
    """Return what opens the vault; beside one that is kept of an earlier schema it is told."""
    told = folder / "opens-with.json"
    return str(json.loads(told.read_bytes())["password"]) if told.is_file() else PASSWORD


def _standing(vault: Path, password: str = PASSWORD) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        return standing(Path(shutil.copytree(vault, Path(place) / "vault")), password)


def _break(fault: str) -> None:
    """Break one of the promises on purpose: a suite that does not notice is worth nothing."""
    from mesodesk.db import engine
    from mesodesk.vault import atomic, backing_up, photo_files, rotating

    if fault in {"OFF", "NORMAL"}:
        told = "synchronous=FULL"
        engine._PRAGMAS = tuple(
            f"synchronous={fault}" if one == told else one for one in engine._PRAGMAS
        )
    elif fault == "unsynced-files":
        atomic.os = _WithoutSync()  # type: ignore[attr-defined]
    elif fault == "half-saves":
        _commit_twice()
    elif fault == "unsynced-backups":
        backing_up.FolderTarget.settle = _do_nothing  # type: ignore[method-assign]
    elif fault == "unsynced-photos":
        photo_files.os = _WithoutSync()  # type: ignore[attr-defined]
    elif fault == "next-key-alone":
        rotating.with_next_key = rotating.with_key
    elif fault == "unsynced-copy":
        rotating.os = _WithoutSync()  # type: ignore[attr-defined]
        _unsynced(rotating, "_copy")


def _do_nothing(*_arguments: Any) -> None:
    return


def _unsynced(module: Any, name: str) -> None:
    """Let no sync of SQLite's reach the disk while that function of the module is at work."""
    from mesodesk.db import engine

    real, pragmas = getattr(module, name), engine._PRAGMAS

    def without(*arguments: Any) -> None:
        engine._PRAGMAS = (*pragmas, "synchronous=OFF")
        real(*arguments)
        engine._PRAGMAS = pragmas

    setattr(module, name, without)


class _WithoutSync:
    """The module `os`, but for syncing."""

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def fsync(self, _handle: int) -> None:
        return


def _commit_twice() -> None:
    """Let the audit entry be kept in a transaction of its own, apart from what it tells of."""
    from mesodesk.services.store import Transaction

    audit = Transaction.audit

    def note_apart(self: Any, action: str, *rest: Any, **details: Any) -> None:
        apart = action in {"draft.keep", "patient.create", "chart.edit"}
        for statement in ("COMMIT", "BEGIN IMMEDIATE") if apart else ():
            self.connection.exec_driver_sql(statement)
        audit(self, action, *rest, **details)
        for statement in ("COMMIT", "BEGIN IMMEDIATE") if apart else ():
            self.connection.exec_driver_sql(statement)

    Transaction.audit = note_apart  # type: ignore[method-assign]


def save_too_early(self: Teller, name: str, work: Callable[[], Any], steps: int = 1) -> Any:
    """Give the receipt whatever becomes of it."""
    try:
        return save(self, name, work, steps)
    except Exception:
        self._put({"kept": self._number})
        raise


save = Teller.save

# Errors


@dataclass(frozen=True)
class Run:
    """What is done on a copy of which vault, where, and how that stood before."""

    what: str
    template: Path
    work: Path
    before: dict[str, Any]


def errors(run: Run, seed: str, tries: int, lane: int, lanes: int) -> None:
    """Let one call after another fail."""
    read_back_here()
    # Once without an error: whatever is imported and prepared then, no child has to do again.
    calls = _one_error(run, 0, 0, True)["calls"]
    dice = random.Random(seed)
    places = [place for at in range(1, calls + 1) for place in _variants(run, at, dice)]
    if tries:
        places = sorted(dice.sample(places, tries))
    for place in places[lane::lanes]:
        told = _in_a_child(partial(_one_error, run, *place))
        print(json.dumps(told), flush=True)


def _in_a_child(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            told = work()
        except BaseException:  # noqa: BLE001 - the parent prints it
            told = {"how": "in the test", "broken": [traceback.format_exc()], "kept": 0}
        os.write(writing, json.dumps(told).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read()
    os.waitpid(child, 0)
    return dict(json.loads(said or b'{"how": "", "broken": ["(f) the process died"], "kept": 0}'))


def _variants(run: Run, at: int, dice: random.Random) -> list[tuple[int, int, bool]]:
    all_four = [(at, code, once) for code in (errno.EIO, errno.ENOSPC) for once in (True, False)]
    return all_four if run.what == "hour" else [dice.choice(all_four)]


def _one_error(run: Run, at: int, code: int, once: bool) -> dict[str, Any]:
    """Let one call fail, or it and all after it; then look what is left."""
    place = run.work / f"error-{at}-{code}-{once}"
    folder = Path(shutil.copytree(run.template, place / "vault"))
    (place / BACKUPS).mkdir()
    marks: list[dict[str, Any]] = [run.before]
    refused: list[str] = []
    teller = Teller(marks.append)
    teller.settle(PASSWORD)
    day = Evening(folder, teller, writing=1)
    day.go_on_after(lambda name, error: refused.extend(_not_plain(name, error)))
    _library.record_begin(str(folder.parent).encode(), None)
    _library.record_fail(at, code, int(once))
    {"hour": day.an_hour, "evening": day.an_evening, "visit": day.a_visit}[run.what]()
    calls = _library.record_calls()
    _library.record_fail(0, 0, 0)
    teller.close()
    story = story_of(marks)
    broken = [*refused, *map(str, judge(folder, story))]
    shutil.rmtree(folder.parent)
    how = f"call {at} {'once' if once else 'and all after'}: {errno.errorcode.get(code)}"
    return {"how": how, "broken": broken, "kept": story.kept, "calls": calls}


def _not_plain(name: str, error: Exception) -> list[str]:
    """Say what people would get that is no plain sentence; a failing disk is never our bug."""
    if getattr(error, "sentence", "") and not isinstance(error, StorageBug):
        return []
    if name == "anchor" and isinstance(error, OSError):
        return []  # said nowhere: the anchor before it stays, and the next one is due
    kind = "bug" if isinstance(error, StorageBug) else "traceback"
    return [f"(f) {name}: {kind}: " + "".join(traceback.format_exception(error)[-6:])]


def main() -> None:
    """Do what the command line says."""
    what, *rest = sys.argv[1:]
    if what == "errors":
        template, work, kind, seed, tries, fault, lane, lanes = rest
        if fault == "too-early":
            Teller.save = save_too_early  # type: ignore[method-assign]
        before = _standing(Path(template))
        run = Run(kind, Path(template), Path(work), before)
        errors(run, seed, int(tries), int(lane), int(lanes))
        return
    for job in rest:
        kind, folder, log, fault = job.split(",")
        told = _in_a_child(partial(record, kind, Path(folder), Path(log), fault))
        if told:
            sys.exit("".join(told["broken"]))


if __name__ == "__main__":
    main()
