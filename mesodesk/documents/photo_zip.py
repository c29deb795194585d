"""Photographs of a record in one ZIP, each as it is kept, with a list of what they show."""

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, Final

from mesodesk.documents.tables_csv import cell
from mesodesk.domain.photo_views import load_photo_views
from mesodesk.domain.records.photo import PhotoRecord, Picture

_BOM: Final = "\ufeff"
_COLUMNS: Final = ("file", "photo_id", "view", "taken_on", "purposes", "note", "sha256")
_READ_ME: Final = """\
These are photographs of a patient's record that was kept in Mesodesk.
They are not encrypted: who has this file can see them.

Each is the picture as it was brought; location, camera notes and all else that is not the picture
were taken out. What was drawn over one is in the record, not in the picture. photographs.csv says
what each shows; photo_id is its id in the tables of the record.
"""
_LOST: Final = """
Not here, since their files are missing or damaged (look for them in a backup): {names}
"""


@dataclass(frozen=True, slots=True)
class Packed:
    """How many were packed, and how many could not be read."""

    packed: int
    lost: int


def photo_name(photo: PhotoRecord) -> str:
    """Return what the file of a photograph is called: what it shows, never whose it is."""
    fields = photo.fields
    view = f"{fields.area}-{fields.angle}"
    day = fields.taken_on.isoformat()
    return f"mesodesk-photo-{day}-{view}-{photo.id.hex[-6:]}{photo.format.ending}"


def pack_photos(
    file: BinaryIO, pictures: Iterable[tuple[PhotoRecord, Picture | None]], language: str
) -> Packed:
    """Write photographs as they come, one in memory at a time."""
    rows, lost = [], []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
        for photo, picture in pictures:
            if picture is None:
                lost.append(photo_name(photo))
                continue
            packed.writestr(photo_name(photo), picture.data)
            rows.append(_row(photo, language))
        packed.writestr("photographs.csv", _listed(rows))
        packed.writestr(
            "READ-ME.txt", _READ_ME + (_LOST.format(names=", ".join(lost)) * bool(lost))
        )
    return Packed(len(rows), len(lost))


def _row(photo: PhotoRecord, language: str) -> list[object]:
    fields = photo.fields
    return [
        photo_name(photo),
        str(photo.id),
        load_photo_views().name(fields.area, fields.angle, language),
        fields.taken_on.isoformat(),
        " ".join(sorted(fields.purposes)),
        fields.note,
        photo.stored_sha256.hex(),
    ]


def _listed(rows: list[list[object]]) -> str:
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow(_COLUMNS)
    writer.writerows([[cell(value) for value in row] for row in rows])
    return _BOM + made.getvalue()
