"""What leaves about a recall: a table that a spreadsheet reads, a letter to each patient."""

import csv
import io
from dataclasses import replace
from datetime import date
from threading import Event

import pytest
from pdf_text import read_pdf

from mesodesk.documents.new_file import FileExistsAlreadyError
from mesodesk.documents.recall_files import recall_csv
from mesodesk.domain.answers import Answer
from mesodesk.domain.records.reaction import Precision, ReactionFields, When
from mesodesk.domain.records.recall import ContactChannel, ContactFields, RecallFields
from mesodesk.domain.stock_rules import LETTER_TEXTS, load_recall_letter
from mesodesk.domain.texts import LANGUAGES
from mesodesk.leaving import write_recall_letters, write_recall_list
from mesodesk.services.errors import RefusedError

REACTION = tuple(f"reaction_{e}" for e in ("kind", "grade", "onset", "serious", "relatedness"))


def test_the_table_says_which_reactions_followed_a_session(desk, kit, clock):
    lot, other = kit.lot(), kit.lot("Other")
    first = kit.signed(lot)
    clock.move(days=14)
    second = kit.signed(lot)
    clock.move(days=14)
    elsewhere = kit.signed(other)
    patient = kit.patient.id
    lump = ReactionFields(
        session_id=first.id,
        kind="nodule",
        what="Two lumps",
        scale="injection_site",
        grade=3,
        serious=Answer.YES,
        criteria=("important",),
        onset=When(Precision.DAY, date(2026, 3, 20)),
        relatedness="probable",
    )
    record = desk.reactions.record
    record(patient, lump)
    record(patient, ReactionFields(session_id=first.id, kind="bruising", what="=Blue"))
    wrong = record(patient, ReactionFields(session_id=second.id, kind="nodule"))
    desk.reactions.enter_in_error(wrong.id, wrong.version, "Another patient")
    record(patient, ReactionFields(session_id=elsewhere.id, kind="infection"))
    text = recall_csv(desk.recalls.list_to_leave(lot.id)).decode("utf-8-sig")
    lines = {line["session"]: line for line in csv.DictReader(io.StringIO(text))}
    assert set(lines) == {"1", "2"}
    assert [lines["1"][name] for name in ("reacted", *REACTION)] == [
        "yes",
        "Bruise: =Blue; Nodule or lump: Two lumps",
        "not graded; 3 (CTCAE, injection site reaction)",
        "not known; 2026-03-20",
        "not asked; yes",
        "not judged; Probable",
    ]
    # The patient reacted, but not after this session.
    assert [lines["2"][name] for name in REACTION] == [""] * 5


def test_the_letter_speaks_all_languages():
    texts = load_recall_letter()
    assert set(texts) == set(LETTER_TEXTS)
    for name, text in texts.items():
        assert text.languages == LANGUAGES, name


def test_a_table_and_a_letter_for_each_patient_are_written_and_kept_on_the_log(desk, kit, tmp_path):
    told: list[tuple[int, int]] = []
    place = tmp_path / "out"
    place.mkdir()
    typed = kit.patient.fields
    desk.patients.update(
        kit.patient.id,
        kit.patient.version,
        replace(typed, address="=1+1 Calle Mayor", language="es"),
    )
    lot = kit.lot("Procaine #strong")
    kit.signed(lot)
    with pytest.raises(RefusedError, match="is not recalled"):
        desk.recalls.letters(lot.id)
    lot = desk.catalogue.lot(lot.id)
    recall = desk.recalls.recall(lot.id, lot.version, RecallFields("Glass", date(2026, 3, 9)))
    contact = ContactFields(ContactChannel.PHONE, True, date(2026, 3, 10))
    desk.recalls.note_contact(recall.id, kit.patient.id, contact)
    trace = desk.recalls.list_to_leave(lot.id)
    path = write_recall_list(trace, place, date(2026, 3, 10))
    assert path.name == "mesodesk-recall-L1-2026-03-10.csv"
    (line,) = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    assert line["address"] == "'=1+1 Calle Mayor"  # no formula
    got = [line[name] for name in ("name", "points", "field_ml_of_lot", "regions", "reached_on")]
    assert got == ["García López, María José", "5", "0.5", "abdomen_upper.midline", "2026-03-10"]
    assert [line[name] for name in ("reacted", *REACTION)] == [""] * 6
    with pytest.raises(FileExistsAlreadyError):
        write_recall_list(trace, place, date(2026, 3, 10))

    letters = desk.recalls.letters(lot.id)
    folder = write_recall_letters(
        letters, place, Event(), lambda done, total: told.append((done, total))
    )
    assert told == [(1, 1)]
    assert [each.name for each in folder.iterdir()] == [f"{kit.patient.record_number}.pdf"]
    text = read_pdf((folder / f"{kit.patient.record_number}.pdf").read_bytes())
    for words in ("Procaine #strong no. 1, lote L1: este lote", "Glass", "0.5 mL", "Olga Owner"):
        assert words in text
    assert {each.name for each in place.iterdir()} == {path.name, folder.name}
