"""Nothing that is typed lies readable on the disk, whatever file the program writes.

Each field gets a marker of its own; passwords and the recovery key count as fields. What is left is
looked through (vault, home with the settings, temporary files, what was logged), and where calls
can be noted, every byte that was written anywhere, also to files that are gone again.
"""

import json
import re
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from cut_oracle import no_pause_left
from cut_replay import Op, read_log
from cut_runs import HERE, compile_shim
from figures import MARKERS_LEFT
from harness import environment
from leak_scan import PIECE, forms, found_in, marker, scan
from vaults import copy_of, password_file

from mesodesk.db.metadata import full_metadata
from mesodesk.vault.vault import open_vault

# Columns of text that nobody types: ids of lists, states, hashes, what the program writes itself,
# and what only repeats a field that is marked in another table.
NOT_TYPED = {
    "app_user": "initials role",
    "backup_place": "kind path marker",
    "backup_run": "kind name outcome trouble reason",
    "audit_entry": "boot_id actor_name actor_role workstation action object_type outcome reason"
    " program details",
    "audit_span": "kind",
    "clinic": "jurisdiction language zone weight_unit length_unit limits",
    "patient": "record_number body_sex language family_folded given_folded name_key phone_tail",
    "cluster_note": "user_name",
    "follow_up_attempt": "channel outcome tried_by_name",
    "follow_up_diary": "line_id source",
    "follow_up_escalation": "band items handled_by_name",
    "follow_up_protocol": "channel title",
    "measurement": "confirmed error_by_name measure observer_name protocol rater region side"
    " taken_at",
    "measurement_reading": "unit",
    "measurement_score": "item_id label",
    "photo": "angle area error_by_name format kept_by_name purposes",
    "photo_before": "angle area changed_by_name purposes",
    "photo_mark": "kind made_by_name",
    "photo_pair": "made_by_name places_ppm transform",
    "plan": "begun_by_name ended_by_name interval_unit regions state",
    "product": "name_folded product_class form route status status_jurisdiction starter_id",
    "product_status": "area jurisdiction status",
    "protocol": "name_folded",
    "protocol_version": "kept_by_name",
    "reaction": "error_by_name items",
    "reaction_place": "atlas_id body_sex region",
    "reaction_report": "author_name recipient",
    "reaction_suspect": "lot_number product_name",
    "reaction_version": "actions author_name criteria end_precision ended grade_label kind"
    " onset_precision outcome relatedness scale scale_name serious",
    "recall_contact": "channel user_name",
    "rule_change": "made_by_name rule_id severity",
    "draft": "form subject",
    "favourite": "name_folded content",
    "intake": "questionnaire_id state completed_by",
    "lot": "number_key",
    "consent": "state started_by text_id text_origin language areas time_to_reflect"
    " questions_asked interpreter photos signer method strokes_for title shown informer_name",
    "consent_demand": "kind author_name",
    "consent_product": "name product_class status status_source by_area",
    "consent_seal": "sha256 signer_name",
    "consent_text": "text_id language made_by_name",
    "consent_withdrawal": "scope author_name sha256",
    "product_active": "ingredient_id strength_unit",
    "session": "state therapist_name zone atlas_id body_sex anything_changed reaction_to_last"
    " emergency_kit skin_preparation aseptic_steps reactions aftercare_id aftercare_language"
    " aftercare_given",
    "chart_edit": "state merge_key payload",
    "follow_up": "check_id zone state channel done_by_name",
    "intake_answer": "item_id answer",
    "session_acknowledgement": "rule_id kind fingerprint user_name",
    "session_addendum": "author_name sha256",
    "session_seal": "content sha256 signer_name",
    "session_statement": "kind author_name sha256",
    "session_snapshot": "payload",
    "stock_movement": "kind",
    "chart_field": "definition regions",
    "follow_up_item": "item_id answer value still_present",
    "follow_up_shown": "item_id band instruction shown_to",
    "syringe_component": "product_name product_class lot_number actives",
}
# Tables that no part of the program writes yet.
NOT_YET = {
    "draft_kept",
    "emergency_access",
    "need_to_know",
}


# The window asks who is there before anybody has a key, so the key file names who can open.
IN_CLEAR = {f"app_user.name in {name}" for name in ("keys.json", "keys-copy.json")}
# So does the key file in each backup.
IN_CLEAR.add("app_user.name in backup.mesobackup")


@dataclass
class Left:
    """What a program left behind, and what it had been given."""

    markers: dict[str, str]
    vault: Path
    folders: list[Path]
    said: str
    log: list[Op]


def leave(place: Path, script: str, *options: str) -> Left:
    """Run a program to its violent end, away from everything else, its calls noted if possible."""
    vault = place / "vault"
    beside = ("home", "temporary", "here", "vault-backups", "vault-restored")
    folders = [vault, *(place / one for one in beside)]
    for folder in folders[1:]:
        folder.mkdir(exist_ok=True)
    noted = {}
    library = compile_shim(place)
    if isinstance(library, Path):
        noted = {"LD_PRELOAD": str(library), "RECORD_FOLDER": "/"}
        noted["RECORD_LOG"] = str(place / "log")
    own = {"HOME": str(folders[1]), "TMPDIR": str(folders[2]), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, str(HERE / script), str(vault), *options],
        env=environment(folders[1], **{**own, **noted}),
        cwd=folders[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -9, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()][-1]
    markers = told.get("typed", told)
    log = read_log(place / "log") if noted else []
    return Left(markers, vault, folders, done.stderr, log)


@pytest.fixture(scope="module")
def filled(quick_place):
    """A clinic with a marker in every field, left by a kill with the write-ahead log in place."""
    place = quick_place / "filled"
    place.mkdir()
    return leave(place, "leak_work.py")


@pytest.fixture(scope="module")
def typed(start, quick_place):
    """What the window leaves after a mistake of the program and a kill."""
    place = quick_place / "typed"
    place.mkdir()
    copy_of(start / "vault", place / "vault")
    return leave(place, "leak_window.py", "--password-file", str(password_file(place / "secret")))


@pytest.fixture(params=["filled", "typed"])
def left(request) -> Left:
    return request.getfixturevalue(request.param)


@pytest.mark.figures
def test_no_file_that_is_left_holds_a_marker(left, figure):
    assert len(left.markers) > 5
    own = re.compile(re.escape(str(left.vault)) + "(-backups/second|-restored)?/")
    leaks = {own.sub("", leak) for leak in scan(left.folders, left.markers)}
    files = sum(path.is_file() for one in left.folders for path in one.rglob("*"))
    figure(MARKERS_LEFT, len(leaks - IN_CLEAR), of=files)
    assert leaks <= IN_CLEAR
    assert found_in(left.said.encode(), left.markers) == []


def test_the_log_left_behind_and_what_was_restored_were_looked_through_too(filled):
    assert (filled.vault.with_name("vault-restored") / "clinic.db").stat().st_size > 0
    assert (filled.vault / "clinic.db-wal").stat().st_size > 0


def test_a_side_file_was_looked_through_too(typed):
    (path,) = typed.vault.glob("set-aside-*")
    assert path.stat().st_size > 0
    assert "window.aside" in typed.markers


def test_nothing_that_was_written_anywhere_held_a_marker(library, left):
    written = b"\0".join(op.data for op in left.log if op.kind == "W")
    assert len(written) > 10_000
    assert found_in(written, left.markers) in ([], ["app_user.name"])


def test_nothing_is_written_beside_the_folders_that_were_looked_through(library, left):
    # A vault is made under another name, and that folder is then given its own.
    making = re.compile(rf"\.{left.vault.name}(-restored)?\.making-")
    noted = (op.path for op in left.log if op.kind in "COAD")
    places = {path for path in noted if not making.search(str(path))}
    beside = [path for path in places if not any(path.is_relative_to(one) for one in left.folders)]
    # What drivers of the screen and fonts keep for themselves would be named here.
    assert beside == []
    assert left.vault / "clinic.db" in places


def test_every_field_was_filled_and_is_on_record(filled, place):
    typed_columns = {
        f"{table.name}.{column.name}"
        for table in full_metadata().sorted_tables
        if table.name not in NOT_YET
        for column in table.columns
        if is_text(column) and column.name not in NOT_TYPED.get(table.name, "").split()
    }
    secrets = {field for field in filled.markers if field.startswith("secret.")}
    assert typed_columns == filled.markers.keys() - secrets
    copy = copy_of(filled.vault, place / "vault")
    with (
        no_pause_left(),
        closing(open_vault(copy, password=filled.markers["secret.password"])) as vault,
    ):
        for field in typed_columns:
            table, _, column = field.partition(".")
            question = f'SELECT count(*) FROM "{table}" WHERE instr("{column}", ?)'  # noqa: S608
            with vault.engine.connect() as connection:
                found = connection.exec_driver_sql(question, (filled.markers[field],)).scalar()
            assert found, field


def is_text(column: sa.Column) -> bool:
    kind = type(column.type).__name__.lower()
    return isinstance(column.type, sa.String | sa.Text) or "json" in kind


# Controls


@pytest.mark.parametrize("number", range(len([*forms("any")])))
def test_a_marker_is_found_in_every_form(tmp_path, number):
    form = [*forms(marker("a field"))][number]
    (tmp_path / "left.tmp").write_bytes(b"\x00\xff" + form + b"\x00")
    assert scan([tmp_path], {"a field": marker("a field")})


@pytest.mark.parametrize("after", [0, PIECE - 20, PIECE - 1, PIECE, 2 * PIECE])
def test_a_marker_is_found_wherever_it_lies_in_a_large_file(after):
    data = bytes(after) + marker("a field").upper().encode()
    assert found_in(data, {"another": marker("another"), "a field": marker("a field")}) == [
        "a field"
    ]


def test_a_database_that_is_not_encrypted_would_be_found(filled, tmp_path):
    import sqlite3

    with closing(sqlite3.connect(tmp_path / "plain.db")) as plain:
        plain.execute("CREATE TABLE patient (note TEXT)")
        plain.execute("INSERT INTO patient VALUES (?)", (filled.markers["patient.note"],))
        plain.commit()
    assert len(scan([tmp_path], filled.markers)) == 1


def test_a_file_that_is_gone_again_would_be_found(library, tmp_path):
    word = marker("gone")
    code = f"import pathlib; p = pathlib.Path('x'); p.write_text({word!r}); p.unlink()"
    noted = {"LD_PRELOAD": str(library), "RECORD_FOLDER": "/", "RECORD_LOG": str(tmp_path / "log")}
    there = environment(tmp_path, **noted)
    subprocess.run([sys.executable, "-c", code], env=there, cwd=tmp_path, check=True)
    assert not (tmp_path / "x").exists()
    (written,) = [op for op in read_log(tmp_path / "log") if op.kind == "W"]
    assert found_in(written.data, {"gone": word}) == ["gone"]
