"""What the Safety page says of an examination: what was found, what to do, or that it broke off."""

import pytest
from PySide6.QtWidgets import QVBoxLayout

from mesodesk.db.errors import StorageTrouble, StorageUnavailable
from mesodesk.services import checking
from mesodesk.services.checking import Step
from mesodesk.ui.frame.page import Page
from mesodesk.ui.idle_check import IdleCheck
from mesodesk.ui.pages.safety_parts.check_card import CheckCard
from mesodesk.vault.findings import alarm


class Alone(Page):
    """The card on a page of its own."""

    page_id = "alone"

    def __init__(self, context):
        super().__init__()
        self.check = IdleCheck(context, self)
        self.card = CheckCard(context, self.check)
        QVBoxLayout(self).addWidget(self.card)


@pytest.fixture
def examined(workplace, monkeypatch):
    """Let an examination come to this; return the card that tells it."""

    def examine(*steps):
        def taken(_desk):
            for step in steps:
                if isinstance(step, Exception):
                    raise step
                yield Step(1, 1, step)

        monkeypatch.setattr(checking, "examine", taken)
        page = workplace.add(Alone)
        workplace.window.open("alone")
        workplace.settle()
        workplace.click("check_now")
        workplace.qtbot.waitUntil(page.card.start.isEnabled)
        assert page.card.bar.isHidden()
        return page.card.result

    return examine


def test_damage_is_told_with_what_to_do(examined):
    sentence = "The structure of the database is damaged in 21 places."
    told = examined((alarm("structure", sentence),), ())
    assert told.headline.text() == "1 finding"
    assert told.text.text().startswith(f"{sentence}\nLooking changed nothing.")
    assert "restore the newest backup" in told.text.text()


def test_what_is_no_damage_does_not_call_for_a_restore(examined):
    told = examined((alarm("seals", "One."), alarm("seals", "Two.")))
    assert told.headline.text() == "2 findings"
    assert "restore the" not in told.text.text()


def test_what_breaks_off_is_told_and_can_be_tried_again(examined):
    told = examined((), StorageUnavailable(StorageTrouble.DAMAGED))
    assert told.headline.text() == "The examination broke off, and says nothing about the record."
    assert told.text.text()


def test_nothing_found_says_so(examined):
    assert examined(()).headline.text() == "Everything is as it was written."
