"""The end of the audit log is verified at opening, whether or not there is an anchor."""

import pytest


@pytest.mark.parametrize("anchored", [True, False])
def test_a_changed_entry_near_the_end_is_an_alarm(made, anchored):
    with made.open() as vault:
        raw = vault.engine.raw_connection()
        raw.driver_connection.set_authorizer(None)
        raw.driver_connection.execute("DROP TRIGGER audit_entry_no_update")
        raw.driver_connection.execute("UPDATE audit_entry SET actor_name = 'Nobody' WHERE seq = 1")
        raw.close()
    if not anchored:
        (made.folder / "anchor.json").unlink()
    with made.open() as vault:
        alarms = [one.sentence for one in vault.findings if one.area == "audit"]
    assert any("Audit entry 1 was changed" in sentence for sentence in alarms)


def test_without_an_anchor_a_whole_log_is_a_warning_only(made):
    with made.open():
        pass
    (made.folder / "anchor.json").unlink()
    with made.open() as vault:
        assert [(one.area, one.severity) for one in vault.findings] == [("anchor", "warning")]
