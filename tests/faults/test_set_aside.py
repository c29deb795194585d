"""What is typed on a failing disk before the program is killed: it is offered at the next start."""

import json
import subprocess
import sys
from contextlib import closing

import pytest
from aside_window import NEW, POINTS, TYPED
from cut_runs import HERE
from harness import PASSWORD, environment
from vaults import copy_of, password_file

from mesodesk.services.desk import open_desk
from mesodesk.vault.vault import open_vault


def play(place, phase, **env):
    """Run the program on the vault in a place, and return what it printed."""
    options = ["--password-file", str(password_file(place / "secret")), "--hands", "mouse"]
    done = subprocess.run(
        [sys.executable, str(HERE / "aside_window.py"), str(place / "vault"), phase, *options],
        env=environment(place / "home", **env),
        capture_output=True,
        text=True,
        check=False,
    )
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def on_record(folder):
    """Return what a vault holds of what was typed, by field, and what is offered besides."""
    with closing(open_desk(open_vault(folder, password=PASSWORD))) as desk:
        newest = desk.patients.get(max(hit.id for hit in desk.patients.search("")))
        (draft,) = desk.today.overview().drafts
        answer = desk.intakes.latest(newest.id).fields.answers.get("reason")
        found = {
            "phone": newest.fields.phone,
            "item_reason": "" if answer is None else answer.value,
            "changes": desk.sessions.get(draft.id).fields.changes,
            "session_note": desk.sessions.get(draft.id).fields.note,
            "family_name": (desk.drafts.get("patient", "new") or {}).get("family_name", ""),
        }
        return found, desk.charts.load(draft.id).cursor, desk.set_aside.mine().things


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("scene", TYPED)
def test_what_was_typed_on_a_failing_disk_is_offered_after_a_kill(
    start, library, place, monkeypatch, scene
):
    typed = TYPED[scene] | NEW
    points = POINTS if scene == "session" else 0
    copy_of(start / "vault", place / "vault")
    noted = {"RECORD_FOLDER": str(place / "vault"), "RECORD_LOG": str(place / "log")}
    done, told = play(place, scene, LD_PRELOAD=str(library), **noted)
    assert done.returncode == -9, (told[-1:], done.stderr)

    # The control: without the side file all of it is gone.
    monkeypatch.setenv("XDG_CONFIG_HOME", str(place / "elsewhere"))
    control = copy_of(place / "vault", place / "control")
    for path in control.glob("set-aside-*"):
        path.unlink()
    found, charted, offered = on_record(control)
    assert [name for name, text in typed.items() if found[name] == text] == []
    assert (charted, offered) == (0, ())

    done, told = play(place, "look")
    assert done.returncode == 0, (told[-1:], done.stderr)
    (shown,) = [line for line in told if line.get("note") == "offered"]
    words = "\n".join(shown["words"])
    assert [text for text in typed.values() if text not in words] == []
    found, charted, offered = on_record(place / "vault")
    assert {name: found[name] for name in typed} == typed
    assert (charted, offered) == (points, ())
