"""Types markers into the real window, lets the program make a mistake, and ends it like a cable.

python leak_window.py FOLDER --password-file FILE
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "e2e"))
sys.path.insert(2, str(Path(__file__).resolve().parent.parent.parent))

import driver
from leak_scan import marker, number_marker

FIELDS = ("family_name", "given_names", "email", "address", "patient_note")


def type_and_die(application: Any, log: Any, options: Any) -> Any:
    """Fill in the form for a new patient, find somebody, and raise what nobody expects."""
    from hands import MouseHands, Wait
    from PySide6.QtCore import QTimer

    del options
    window, hands = application.window, MouseHands(application.window)
    yield Wait("the desk", lambda: not window.is_covered())
    yield from hands.page("patients", 2)
    yield from hands.new_patient()
    yield 0.2
    typed = {f"window.{name}": marker(f"window.{name}") for name in FIELDS}
    typed["window.phone"] = number_marker("window.phone")
    for field, word in typed.items():
        yield from hands.type(field.partition(".")[2], word, clear=True)
    log.do("all", "typed")
    yield Wait("the strip", lambda: window.status.text().startswith("kept"))
    typed["window.search"] = marker("window.search")
    yield from hands.type("patient_search", typed["window.search"], clear=True)
    yield 0.5
    _let_storage_fail()
    typed["window.aside"] = marker("window.aside")
    yield from hands.type("email", typed["window.aside"], clear=True)
    yield Wait("the side file", window.status.is_set_aside)

    def stumble() -> None:
        raise ValueError(typed["window.family_name"])

    def end() -> None:
        os.write(1, (json.dumps({"typed": typed}) + "\n").encode())
        os.kill(os.getpid(), 9)

    QTimer.singleShot(0, stumble)
    QTimer.singleShot(0, end)
    yield 5.0


def _let_storage_fail() -> None:
    """Refuse every write from now on, as a disk does that nobody can write to."""
    from mesodesk.db.errors import StorageTrouble, StorageUnavailable
    from mesodesk.services.store import Store

    def refuse(*_arguments: object) -> Any:
        raise StorageUnavailable(StorageTrouble.READ_ONLY)

    Store.write = refuse  # type: ignore[method-assign]


if __name__ == "__main__":
    driver._script = lambda _name: type_and_die
    folder, *rest = sys.argv[1:]
    driver.main([folder, "work", "--hands", "mouse", *rest])
