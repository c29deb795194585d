"""What is imported ahead: in which order, and on which thread."""

import json
import logging
import subprocess
import sys

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


def test_what_cannot_be_imported_is_reported_and_ends_it(log_book):
    from mesodesk.ui.pages.ahead import import_each

    with log_book.expects("mesodesk.ui.jobs", logging.ERROR):
        assert list(import_each(["json", "mesodesk.ui.no_such_page", "csv"])) == [None]
