"""Giving these records up for those of a backup: a proof first, and nothing where it is refused."""

from pathlib import Path

import pytest

from mesodesk.db.errors import StorageTrouble, StorageUnavailable
from mesodesk.domain.rights import Right
from mesodesk.services.errors import NotAllowedError
from mesodesk.ui.gate.restore import RestoredTo
from mesodesk.ui.pages.restore import RestoreHere
from mesodesk.vault.opening import Credential

PASSWORD = "plain tea in the morning"


@pytest.fixture
def page(workplace):
    """The page with the proof given, and what it has chosen to go on with."""
    page = workplace.add(RestoreHere)
    page.went_on = []
    page.chosen.connect(page.went_on.append)
    workplace.window.open("restore")
    workplace.settle()
    assert page._panel is None
    workplace.type("restore_proof_area_password", PASSWORD)
    workplace.click("restore_proof_area_confirm")
    workplace.settle()
    assert page._panel is not None
    return page


FOUND = RestoredTo(
    Path("beside"), Path("one.mesobackup"), 7, "", Credential(PASSWORD.encode(), is_recovery=False)
)


def test_a_restore_that_is_not_allowed_gives_nothing_up(workplace, page, monkeypatch):
    def refuse(_right):
        raise NotAllowedError(Right.RESTORE, "Only an owner may. Nothing was done.")

    monkeypatch.setattr(workplace.desk.store, "need", refuse)
    page._restored(FOUND)
    workplace.settle()
    assert page.went_on == []
    assert page._panel.notice.headline.text() == "Only an owner may. Nothing was done."


def test_records_past_writing_to_are_given_up_all_the_same(workplace, page, monkeypatch):
    def fail(_right):
        raise StorageUnavailable(StorageTrouble.FULL)

    monkeypatch.setattr(workplace.desk.store, "write", fail)
    page._restored(FOUND)
    workplace.settle()
    assert page.went_on == [FOUND]
