"""What the Safety page says has to be done: never that all is well while one loss takes all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mesodesk.domain.ids import new_id
from mesodesk.domain.records.backup import (
    BackupStanding,
    PlaceKind,
    PlaceRecord,
    PlaceStanding,
    RunKind,
    RunOutcome,
    RunRecord,
)
from mesodesk.domain.records.safety import SafetyStanding
from mesodesk.ui.pages.safety_parts.words import concerns
from mesodesk.ui.tokens import Kind

NOW = datetime(2026, 3, 12, 9, 40, tzinfo=UTC)


def place(kind, days_waiting=None, seq=100):
    record = PlaceRecord(new_id(), 1, kind, Path("/there"), "m", "There", active=True)
    made = NOW - timedelta(days=60)
    run = RunRecord(
        new_id(), RunKind.BACKUP, record.id, "a.mesobackup", seq, 1000,
        RunOutcome.VERIFIED, "", "changes", made, made,
    )  # fmt: skip
    since = None if days_waiting is None else NOW - timedelta(days=days_waiting)
    return PlaceStanding(record, run, 0 if since is None else 3, changed_since=since)


HERE = place(PlaceKind.FOLDER, seq=120)
WELL = SafetyStanding(
    BackupStanding((HERE, place(PlaceKind.STICK)), 0, NOW - timedelta(days=80)),
    1, NOW, NOW, NOW, 0, 80_000,
)  # fmt: skip


def said(standing, now=NOW):
    return [(each.kind, each.sentence) for each in concerns(standing, now)]


def with_places(*places, began=80):
    backups = replace(WELL.backups, places=places, began=NOW - timedelta(days=began))
    return replace(WELL, backups=backups)


def test_all_is_well_only_where_nothing_is_to_be_done():
    assert said(WELL) == []


@pytest.mark.parametrize(
    ("days", "kind"), [(6, None), (7, Kind.CAUTION), (27, Kind.CAUTION), (28, Kind.STOP)]
)
def test_a_stick_in_the_drawer_is_said_though_this_computer_has_everything(days, kind):
    found = said(with_places(HERE, place(PlaceKind.STICK, days_waiting=days)))
    sentence = f"Changes of the last {days} days are on no stick: plug one in."
    assert found == ([] if kind is None else [(kind, sentence)])


def test_two_sticks_count_by_the_newer():
    newer = place(PlaceKind.STICK, days_waiting=2, seq=110)
    older = place(PlaceKind.STICK, days_waiting=40)
    assert said(with_places(HERE, older, newer)) == []


@pytest.mark.parametrize(("began", "kind"), [(1, Kind.INFO), (6, Kind.INFO), (7, Kind.CAUTION)])
def test_backups_beside_the_records_alone_are_never_called_well(began, kind):
    (only,) = said(with_places(HERE, began=began))
    assert only[0] is kind
    assert "fire or theft would take all of them" in only[1]


@pytest.mark.parametrize(
    ("changed", "kind", "words"),
    [
        ({"kits": 0}, Kind.STOP, "no recovery kit"),
        ({"kit_proved_at": NOW - timedelta(days=365)}, Kind.CAUTION, "not tried for a year"),
        ({"check_findings": 2}, Kind.STOP, "brought 2 findings"),
        ({"checked_at": NOW - timedelta(days=7)}, Kind.INFO, "not examined for a week"),
        ({"free_mb": 999}, Kind.CAUTION, "Only 999 MB"),
    ],
)
def test_whatever_is_due_is_said(changed, kind, words):
    (only,) = said(replace(WELL, **changed))
    assert only[0] is kind
    assert words in only[1]
