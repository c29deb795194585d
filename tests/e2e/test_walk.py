"""The main job from an empty machine to a follow-up, through widgets, by keys alone and by mouse.

The first day ends with a signed session, a day and two hours ago by the program's clock; then the
program is started again, finds everything, and the check of the first day is worked.
"""

import pytest
from harness import PASSWORD, command, driven
from vaults import password_file

from mesodesk.domain.records.followup import FollowUpState
from mesodesk.domain.records.session import SessionState
from mesodesk.services.desk import open_desk
from mesodesk.vault.vault import open_vault

FIRST_DAY = [
    "first_run", "new_patient", "intake", "stock", "begin_session", "consent", "check", "prepare",
    "chart", "finish",
]  # fmt: skip
NEXT_DAY = ["unlock", "read_again", "follow_up", "lock"]


def play(folder, script, *options, home):
    """Let the script come to its end, and return the stations it came through."""
    with driven(folder, script, *options, home=home) as program:
        told = program.finish()
        assert told.end["end"] == "done", (told.end, program.errors())
        assert program.errors() == ""
    return [one["name"] for one in told.notes("station")]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("hands", ["keyboard", "mouse"])
def test_from_an_empty_machine_to_the_follow_up(tmp_path, hands):
    folder, home = tmp_path / "vault", tmp_path / "home"
    on_the_first_day = ("--hands", hands, "--hours", "-26")
    assert play(folder, "first_day", *on_the_first_day, home=home) == FIRST_DAY
    assert play(folder, "next_day", "--hands", hands, home=home) == NEXT_DAY
    look_at_the_record(folder)
    secret = str(password_file(tmp_path / "secret"))
    found = command("check", "--data", str(folder), "--password-file", secret, home=home)
    assert (found.returncode, found.stdout) == (0, ""), found.stderr


def look_at_the_record(folder):
    """Find on record what was typed, clicked and charted."""
    desk = open_desk(open_vault(folder, password=PASSWORD))
    try:
        (hit,) = desk.patients.search("garcia munoz lucia")
        patient = desk.patients.get(hit.id)
        assert patient.fields.family_name == "García Muñoz"
        assert patient.fields.phone == "+34 600 111 222"
        intake = desk.intakes.latest(hit.id)
        assert intake.fields.answers["asthma"].detail == "Mild, spray at hand"
        assert str(intake.fields.weight_kg) == "62.500"
        (summary,) = desk.sessions.for_patient(hit.id)
        session = desk.sessions.get(summary.id)
        assert session.state is SessionState.SIGNED
        assert session.seal is not None
        assert session.seal.holds
        assert session.fields.pain == 2
        assert session.fields.note == "Well tolerated."
        assert summary.points == 3
        checks = desk.follow_ups.for_session(summary.id)
        assert [one.state for one in checks].count(FollowUpState.DONE) == 1
        assert len(checks) > 3
    finally:
        desk.close()
