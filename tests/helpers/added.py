"""Adds what tests of pages begin with."""

from datetime import date

from mesodesk.domain.records.patient import BodySex, PatientFields, PatientRecord
from mesodesk.services.desk import Desk


def add_patient(
    desk: Desk,
    family_name: str = "García López",
    given_names: str = "María José",
    **others: str,
) -> PatientRecord:
    """Put somebody born on 12 April 1985 on record."""
    fields = PatientFields(family_name, given_names, date(1985, 4, 12), BodySex.FEMALE, **others)
    return desk.patients.create(fields)
