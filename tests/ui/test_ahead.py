"""What a visit needs is imported before it is asked for, away from the window's thread."""

import subprocess
import sys


def test_the_pages_of_a_visit_are_imported_ahead():
    code = (
        "import sys\n"
        "from mesodesk.ui.pages import ahead\n"
        "assert 'mesodesk.ui.pages.session_parts.chart_station' not in sys.modules\n"
        "ahead.import_pages().join()\n"
        "assert 'shapely' not in sys.modules\n"  # a record is looked at without drawing fields
        "print(all(name in sys.modules for name in ahead._MODULES))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"QT_QPA_PLATFORM": "offscreen", "PATH": ""},
    )
    assert done.stdout.strip() == "True"
    assert done.stderr == ""
