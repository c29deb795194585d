"""The printed record shows photographs where the patient agreed to it, else says why not."""

from datetime import date
from io import BytesIO
from threading import Event

import pikepdf
from consenting import agree_to_photos
from pdf_text import read_pdf
from pictures import a_jpeg

from mesodesk.documents.record_pdf import record_pdf
from mesodesk.domain.answers import Answer
from mesodesk.domain.records.consent import PhotoPurpose, WithdrawalScope
from mesodesk.domain.records.export import ExportFormat
from mesodesk.domain.records.photo import PhotoFields
from mesodesk.imaging.reading import prepared
from mesodesk.services.export_work import records

PASSWORD = "plain tea in the morning"
FRONT = PhotoFields("abdomen", "front", date(2026, 3, 9))


def printed(desk, patient):
    job = desk.exports.plan_patient(patient.id, ExportFormat.PDF, PASSWORD)
    (found,) = records(job, Event(), lambda _done, _all: None)
    return record_pdf(found)


def pictures_in(pdf):
    with pikepdf.open(BytesIO(pdf)) as document:
        return sum(len(page.get_images()) for page in document.pages)


def test_photographs_are_printed_until_the_consent_is_taken_back(desk, patient):
    consent = agree_to_photos(desk, patient.id, {PhotoPurpose.RECORD: Answer.YES})
    before = pictures_in(printed(desk, patient))
    kept = [desk.photos.keep(patient.id, prepared(a_jpeg(seed=seed)), FRONT) for seed in (1, 2, 3)]
    desk.photos.enter_in_error(kept[2].id, 1, "Not sharp")
    pdf = printed(desk, patient)
    assert pictures_in(pdf) == before + 2, "the one entered in error is not printed"
    assert "Abdomen·Front" in "".join(read_pdf(pdf).pages)
    desk.consents.withdraw(consent.id, WithdrawalScope.RECORD, "Asked so", date(2026, 3, 10))
    pdf = printed(desk, patient)
    assert pictures_in(pdf) == before
    said = "2 photographs are on record and not printed. The patient took back the consent"
    assert said.replace(" ", "") in "".join(read_pdf(pdf).pages)
