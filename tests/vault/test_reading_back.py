"""Reading a backup back takes a new process, so it must start quickly."""

import subprocess
import sys

ASKED = """
import sys
import mesodesk.vault.copying, mesodesk.vault.verifying
print(sorted({name.split(".")[0] for name in sys.modules} & {"sqlalchemy", "alembic", "PySide6"}))
"""


def test_the_new_process_imports_no_more_than_it_asks_the_database_with():
    done = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
