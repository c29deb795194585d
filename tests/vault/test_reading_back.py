"""Reading a backup back takes a new process, so it must start quickly."""

import json
import subprocess
import sys

import pytest

from mesodesk.domain.clock import SystemClock
from mesodesk.vault.backing_up import FolderTarget, Source, make_backup

HEAVY = {"sqlalchemy", "alembic", "PySide6", "numpy"}
# As the program does it; only that what was imported is told afterwards.
READ = """
import json, sys
from mesodesk.vault import verifying
ended = verifying.main(sys.argv[1:])
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
raise SystemExit(ended)
"""


@pytest.mark.parametrize(("backup", "ok"), [("whole", True), ("cut", False)])
def test_the_new_process_imports_no_more_than_it_asks_the_database_with(
    vault, tmp_path, backup, ok
):
    source = Source(vault.folder, vault.keys, vault.key_file)
    target = FolderTarget(tmp_path / "stick")
    target.folder.mkdir()
    path = make_backup(source, target, reason="asked", clock=SystemClock()).path
    if backup == "cut":
        path.write_bytes(path.read_bytes()[:-20_000])
    keys = {
        "vault_id": str(vault.keys.vault_id),
        "data_key": vault.keys.data_key.hex(),
        "salt": vault.keys.salt.hex(),
    }
    into = tmp_path / "read"
    into.mkdir()
    done = subprocess.run(
        [sys.executable, "-P", "-c", READ, str(path), str(into)],
        input=json.dumps(keys),
        capture_output=True,
        text=True,
        check=False,
    )
    answer, imported = map(json.loads, done.stdout.splitlines())
    assert answer["ok"] is ok
    assert HEAVY & set(imported) == set()
