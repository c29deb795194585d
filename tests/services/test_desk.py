"""Importing the desk: every table, and no more than unlocking needs."""

import json
import subprocess
import sys

from mesodesk.db.metadata import full_metadata


def told_by_a_fresh_interpreter(code):
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return json.loads(answer.stdout)


def test_every_table_is_known_before_the_first_can_be_used():
    # Else a query on one thread meets classes that another thread has declared in part.
    code = (
        "import json, mesodesk.services.desk\n"
        "from mesodesk.db.base import Base\n"
        "print(json.dumps(sorted(Base.metadata.tables)))"
    )
    assert told_by_a_fresh_interpreter(code) == sorted(full_metadata().tables)


def test_unlocking_waits_for_neither_chart_nor_migrations():
    code = (
        "import json, sys, mesodesk.services.desk, mesodesk.vault.vault\n"
        "mesodesk.services.desk.import_first_page()\n"
        "print(json.dumps([name for name in ('numpy', 'alembic', 'PIL') if name in sys.modules]))"
    )
    assert told_by_a_fresh_interpreter(code) == []
