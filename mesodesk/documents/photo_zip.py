"""Photographs of records in one ZIP, each as it is kept, with a list of what they show."""

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from mesodesk.documents.tables_csv import cell
from mesodesk.domain.photo_consent import stays_words
from mesodesk.domain.photo_views import load_photo_views
from mesodesk.domain.records.export import LeavingPhoto, PhotoStays
from mesodesk.domain.records.photo import PhotoRecord

_BOM: Final = "\ufeff"
_COLUMNS: Final = (
    "file",
    "photo_id",
    "view",
    "taken_on",
    "purposes",
    "note",
    "sha256",
    "record_number",
    "not_here",
)
_READ_ME: Final = """\
These are photographs of records that were kept in Mesodesk.
They are not encrypted: who has this file can see them.

Each is the picture as it was brought; location, camera notes and all else that is not the picture
were taken out. What was drawn over one is in the record, not in the picture. photographs.csv says
what each shows; photo_id is its id in the tables of the records. Where many patients leave, each
has a folder that is called by the record number, and not_here says why a photograph has no file.
"""
_LOST: Final = """
Not here, since their files are missing or damaged (look for them in a backup): {names}
"""
_STAY: Final = """
Left out: {count}. {why}
"""
_MISSING: Final = "Its file is missing or damaged."


@dataclass(frozen=True, slots=True)
class Packed:
    """How many were packed, how many could not be read, and how many stay, by reason."""

    packed: int
    lost: int
    stay: Mapping[PhotoStays, int]


def photo_name(photo: PhotoRecord) -> str:
    """Return what the file of a photograph is called: what it shows, never whose it is."""
    fields = photo.fields
    view = f"{fields.area}-{fields.angle}"
    day = fields.taken_on.isoformat()
    return f"mesodesk-photo-{day}-{view}-{photo.id.hex[-6:]}{photo.format.ending}"


def pack_photos(
    file: BinaryIO, leaving: Iterable[LeavingPhoto], language: str, restricted: int = 0
) -> Packed:
    """Write photographs as they come, one in memory at a time, then a list that names all.

    Args:
        file: what is written to.
        leaving: the photographs, those that stay among them.
        language: of the names of views.
        restricted: how many stay in records that are restricted, of which nothing else is told.
    """
    listed, stay = (
        _List(language),
        Counter({PhotoStays.RESTRICTED: restricted} if restricted else {}),
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
        for each in leaving:
            if each.picture is not None:
                packed.writestr(file_name(each), each.picture.data)
            elif each.stays is not None:
                stay[each.stays] += 1
            listed.add(each)
        packed.writestr("photographs.csv", listed.text())
        packed.writestr("READ-ME.txt", _read_me(listed.lost, stay))
    return Packed(listed.packed, len(listed.lost), dict(stay))


def file_name(leaving: LeavingPhoto) -> str:
    """Return what the file of a photograph is called within the ZIP."""
    name = photo_name(leaving.photo)
    return f"{leaving.record_number}/{name}" if leaving.record_number else name


class _List:
    """Says what each photograph shows and which file it is, or why it has none."""

    def __init__(self, language: str) -> None:
        self.packed, self.lost = 0, list[str]()
        self._language = language
        self._made = io.StringIO(_BOM, newline="")
        self._made.seek(0, io.SEEK_END)
        self._writer = csv.writer(self._made)
        self._writer.writerow(_COLUMNS)

    def add(self, leaving: LeavingPhoto) -> None:
        """Write a line."""
        is_here, name = leaving.picture is not None, file_name(leaving)
        if is_here:
            self.packed += 1
        elif leaving.stays is None:
            self.lost.append(name)
        photo, fields = leaving.photo, leaving.photo.fields
        line = [
            name if is_here else "",
            str(photo.id),
            load_photo_views().name(fields.area, fields.angle, self._language),
            fields.taken_on.isoformat(),
            " ".join(sorted(fields.purposes)),
            fields.note if is_here else "",
            photo.stored_sha256.hex(),
            leaving.record_number,
            "" if is_here else leaving.why or _MISSING,
        ]
        self._writer.writerow([cell(value) for value in line])

    def text(self) -> str:
        """Return all lines, for a spreadsheet."""
        return self._made.getvalue()


def _read_me(lost: Sequence[str], stay: Mapping[PhotoStays, int]) -> str:
    told = _READ_ME
    if lost:
        told += _LOST.format(names=", ".join(lost))
    if stay:
        told += _STAY.format(count=sum(stay.values()), why=stays_words(stay))
    return told
