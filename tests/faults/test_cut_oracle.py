"""The judge accepts a sound vault, and finds each of the six promises broken."""

from contextlib import contextmanager
from datetime import UTC, datetime

import cut_oracle
import pytest
from cut_oracle import judge, standing
from cut_story import Story, digest, story_of
from harness import PASSWORD
from vaults import copy_of

from mesodesk.domain.ids import new_id
from mesodesk.vault.examining import opened
from mesodesk.vault.keyfile import SlotKind
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.slots import SlotOwner, SlotSecrets, make_slot
from mesodesk.vault.vault import open_vault


@pytest.fixture
def story(start, place) -> Story:
    """What is known of the vault as it stands."""
    before = standing(copy_of(start / "vault", place / "before"), PASSWORD)
    return story_of([{"settled": PASSWORD}, before])


def promises(folder, story) -> set[str]:
    return {one.promise for one in judge(folder, story)}


@contextmanager
def intruder(folder):
    """Somebody with the key, in whose way no trigger stands; the vault is closed meanwhile."""
    with (
        open_vault(folder, password=PASSWORD) as vault,
        opened(vault.paths, vault.keys, guarded=False) as raw,
    ):
        raw.execute("PRAGMA foreign_keys=OFF")
        triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        kept = triggers.fetchall()
        for name, _sql in kept:
            raw.execute(f"DROP TRIGGER {name}")
        yield raw
        for _name, sql in kept:
            raw.execute(sql)


def as_it_stands(folder, story) -> Story:
    """Let the story take what an intruder made of the records for what they were."""
    with open_vault(folder, password=PASSWORD) as vault, opened(vault.paths, vault.keys) as raw:
        ((seq,),) = raw.execute("SELECT max(seq) FROM audit_entry").fetchall()
        story.whole.add((int(seq), digest(raw.execute)))
    return story


def test_a_sound_vault_breaks_no_promise(vault_folder, story):
    assert judge(vault_folder, story, thorough=True) == []


def test_a_row_without_its_parent_is_found(vault_folder, story):
    with intruder(vault_folder) as raw:
        raw.execute("DELETE FROM product WHERE id IN (SELECT product_id FROM lot)")
    assert promises(vault_folder, as_it_stands(vault_folder, story)) == {"a"}


def test_a_damaged_page_is_found(vault_folder, story):
    database = vault_folder / "clinic.db"
    data = bytearray(database.read_bytes())
    data[-2000] ^= 1
    database.write_bytes(data)
    assert "b" in promises(vault_folder, story)


def test_an_acknowledged_save_that_is_missing_is_found(vault_folder, story):
    story.kept_seq += 10_000
    assert promises(vault_folder, story) == {"c"}


def test_a_password_that_should_open_and_does_not_is_found(vault_folder, story):
    story.passwords = ["another one altogether"]
    assert promises(vault_folder, story) == {"c"}


def test_a_record_without_its_entry_is_found(vault_folder, story):
    with intruder(vault_folder) as raw:
        raw.execute("UPDATE patient SET note = 'changed'")
    assert promises(vault_folder, as_it_stands(vault_folder, Story(passwords=[PASSWORD]))) == set()
    assert promises(vault_folder, story) == {"d"}


def test_a_state_in_the_midst_of_a_save_is_found(vault_folder, story):
    story.halves, story.whole = story.whole, set()
    assert promises(vault_folder, story) == {"d"}


def test_a_code_of_nobody_is_found_unless_letting_in_was_never_told(vault_folder, place, story):
    with open_vault(vault_folder, password=PASSWORD) as vault:
        owner = SlotOwner(SlotKind.CODE, new_id(), "Ben Okafor", datetime(2030, 1, 1, tzinfo=UTC))
        inside = SlotSecrets(vault.keys.data_key, vault.keys.salt)
        left = make_slot(vault.vault_id, owner, bytes(11), KdfCost.for_tests(), inside).slot
        vault.slot_changes.replace((*vault.key_file.slots, left), lambda _read_back: None)
        with opened(vault.paths, vault.keys) as raw:
            ((seq,),) = raw.execute("SELECT max(seq) FROM audit_entry").fetchall()
            story.whole.add((int(seq), digest(raw.execute)))
    again = copy_of(vault_folder, place / "again" / "vault")
    assert promises(vault_folder, story) == {"c"}
    story.unkept.add("let in")
    assert promises(again, story) == set()


def test_a_broken_chain_is_found(vault_folder, story):
    with intruder(vault_folder) as raw:
        raw.execute("UPDATE audit_entry SET reason = 'none' WHERE seq = 3")
    assert promises(vault_folder, as_it_stands(vault_folder, story)) == {"e"}


def test_a_traceback_is_found(vault_folder, story, monkeypatch):
    def stumble(*_what, **_named):
        raise RuntimeError("a mistake")

    monkeypatch.setattr(cut_oracle, "open_vault", stumble)
    assert promises(vault_folder, story) == {"f"}


def test_what_a_program_said_is_put_together():
    told = [
        {"settled": "old"},
        {"begun": 1, "name": "a", "steps": 1},
        {"commit": 1, "seq": 1, "state": "half"},
        {"commit": 1, "seq": 2, "state": "whole"},
        {"kept": 1},
        {"commit": 0, "seq": 3, "state": "view"},
        {"offered": "new"},
        {"begun": 2, "name": "b", "steps": 1},
        {"commit": 2, "seq": 4, "state": "later"},
    ]
    story = story_of(told)
    assert (story.kept, story.kept_seq) == (1, 2)
    assert story.passwords == ["old", "new"]
    assert story.whole == {(2, "whole"), (3, "view"), (4, "later")}
    assert story.halves == {(1, "half")}
    assert story.unkept == {"b"}
