"""What is imported ahead: in which order, and on which thread."""

import json
import logging
import subprocess
import sys
import threading

from PySide6.QtCore import QObject

from mesodesk.ui.pages import ahead

SCRIPT = """
import json, sys, threading
from mesodesk.ui.pages.ahead import import_each, import_libraries

def of_qt():
    return {name for name in sys.modules if name.startswith(("PySide6", "mesodesk.ui"))}

before, found = of_qt(), []
thread = threading.Thread(target=lambda: found.append(import_libraries()))
thread.start()
thread.join()
(order,) = found
off_the_ui_thread = sorted(of_qt() - before)
most, known = 0, of_qt()
for _ in import_each(order):
    now = {name for name in of_qt() if name.startswith("mesodesk.ui")}
    most, known = max(most, len(now - known)), known | now
print(json.dumps({
    "off": off_the_ui_thread, "order": order, "most": most,
    "there": sorted(known), "needs": "numpy" in sys.modules,
}))
"""


def _told():
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=120
    )
    return json.loads(ended.stdout)


def test_widgets_are_imported_on_the_ui_thread_a_module_at_a_time():
    told = _told()
    # A class of Qt made on another thread now and then ended the program.
    assert told["off"] == []
    assert told["order"][-1] == "mesodesk.ui.pages.session_parts.finish"
    assert len(told["order"]) == len(set(told["order"])) > 100
    assert set(told["order"]) <= set(told["there"])
    # A module and the packages it lies in, never all that it needs.
    assert told["most"] <= 4
    assert told["needs"]


def test_the_window_imports_the_rest_once_the_thread_is_through(qtbot, monkeypatch):
    threads, imported = [], []

    def libraries():
        threads.append(threading.current_thread())
        return ["first", "second"]

    monkeypatch.setattr(ahead, "import_libraries", libraries)
    monkeypatch.setattr(
        ahead.importlib,
        "import_module",
        lambda name: imported.append((name, threading.current_thread())),
    )
    parent = QObject()
    ahead.PagesAhead(parent).start()
    qtbot.waitUntil(lambda: len(imported) == 2)
    here = threading.main_thread()
    assert imported == [("first", here), ("second", here)]
    assert threads[0] is not here


def test_what_cannot_be_imported_is_reported_and_ends_it(log_book):
    with log_book.expects("mesodesk.ui.jobs", logging.ERROR):
        assert list(ahead.import_each(["json", "mesodesk.ui.no_such_page", "csv"])) == [None]
