"""Records that leave, from the vault to a file: what services read goes to what documents write.

job = desk.exports.plan_patient(patient_id, ExportFormat.PDF, password)  # database thread
left = write_out(job, folder, stop, tell)                       # any thread
desk.exports.end(job, ExportEnd.WRITTEN, left.done)             # database thread
"""

import os
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from threading import Event
from typing import BinaryIO, Final

from mesodesk.documents.new_file import (
    PART,
    DocumentError,
    FileExistsAlreadyError,
    new_file,
    part_prefix,
)
from mesodesk.domain.photo_consent import stays_words
from mesodesk.domain.records.calls import CallList
from mesodesk.domain.records.export import (
    Exported,
    ExportFormat,
    ExportHead,
    ExportScope,
    ExportSink,
    PhotoStays,
)
from mesodesk.domain.records.photo import Picture
from mesodesk.domain.records.recall import LotTrace, RecallLetters
from mesodesk.services.export_work import (
    ExportJob,
    ExportStoppedError,
    Tell,
    count_photographs,
    count_records,
    pictures,
    records,
    write_tables,
)
from mesodesk.unfinished import noted

_PHOTOGRAPHS: Final = "-photographs.zip"
_SUFFIX: Final = {ExportFormat.PDF: ".pdf", ExportFormat.CSV: ".zip", ExportFormat.JSON: ".json"}


_ROWS_OF_PHOTO: Final = 500
"""A photograph takes about as long as so many rows, by which the way to go is measured."""
_ROWS_OF_PDF: Final = 20_000


@dataclass(frozen=True, slots=True)
class Left:
    """What was written, and where: a file, or a folder of files; photographs in a file beside."""

    path: Path
    done: Exported
    photographs: Path | None = None
    head: ExportHead | None = None


def file_name(head: ExportHead, form: ExportFormat) -> str:
    """Return what an export is called: never by a patient's name."""
    day = head.made_at.date().isoformat()
    whose = "clinic" if head.scope is ExportScope.CLINIC else head.record_number
    alone = head.scope in (ExportScope.SESSION, ExportScope.CONSENT)
    kind = f"-{head.scope.value}" if alone else ""
    folder = head.scope is ExportScope.CLINIC and form is ExportFormat.PDF
    return f"mesodesk-{whose}{kind}-{day}{'-records' if folder else _SUFFIX[form]}"


def write_out(
    job: ExportJob, folder: Path, stop: Event, tell: Tell, *, overwrite: bool = False
) -> Left:
    """Write what a job allows into a folder. On any thread; nothing is left if it fails.

    Args:
        job: from `ExportService`.
        folder: where the file goes.
        stop: set by another thread to have it given up.
        tell: called with how much is done, and how much there is.
        overwrite: whether a file of that name may be replaced.

    Raises:
        ExportStoppedError: if it was stopped.
        DocumentError: if the disk refuses, or there is such a file.
        StorageError: if the vault cannot be read.
    """
    path = folder / file_name(job.head, job.form)
    with noted(job.head.vault_id, path):
        if count_photographs(job)[0]:
            return _with_photographs(job, path, stop, tell, overwrite=overwrite)
        return _without_photographs(job, path, stop, tell, overwrite=overwrite)


class _Way:
    """How far an export has come: the photographs first, then the records, as one way."""

    def __init__(self, job: ExportJob, photographs: int, tell: Tell) -> None:
        self._each = _ROWS_OF_PDF if job.form is ExportFormat.PDF else 1
        self._photographs = photographs * _ROWS_OF_PHOTO
        self._all = self._photographs + count_records(job) * self._each
        self._tell = tell

    def photographs(self, done: int) -> None:
        self._tell(min(done * _ROWS_OF_PHOTO, self._photographs), self._all)

    def records(self, done: int, total: int) -> None:
        self._tell(self._photographs + done * self._each, self._photographs + total * self._each)


def _with_photographs(
    job: ExportJob, path: Path, stop: Event, tell: Tell, *, overwrite: bool
) -> Left:
    """Write the photographs into a ZIP beside the records; neither gets its name alone.

    The ZIP is whole and on the disk before the records are written, so that they can say what is
    in it; it is named after them.
    """
    from mesodesk.documents.photo_zip import pack_photos

    beside = path.with_name(f"{path.stem}{_PHOTOGRAPHS}")
    if path.exists() and (not overwrite or path.is_dir()):
        raise FileExistsAlreadyError(path)
    count, restricted = count_photographs(job)
    way, left = _Way(job, count, tell), None
    try:
        with noted(job.head.vault_id, beside), new_file(beside, overwrite=overwrite) as file:
            found = pictures(job, stop, way.photographs)
            packed = pack_photos(file, found, job.language, restricted)
            file.flush()
            os.fsync(file.fileno())
            told = _telling(job, packed.stay, packed.packed, packed.lost)
            left = _written(told, path, stop, way.records, overwrite=overwrite)
    except BaseException:
        if left is not None:
            _remove(left.path)
        raise
    done = replace(
        left.done,
        photographs=packed.packed,
        photographs_lost=packed.lost,
        photographs_stay=packed.stay,
    )
    return replace(left, done=done, photographs=beside, head=told.head)


def _without_photographs(
    job: ExportJob, path: Path, stop: Event, tell: Tell, *, overwrite: bool
) -> Left:
    """Write records of which no photograph is to be seen; what is restricted is counted."""
    restricted = count_photographs(job)[1]
    stay = {PhotoStays.RESTRICTED: restricted} if restricted else {}
    told = _telling(job, stay) if stay else job
    left = _written(told, path, stop, tell, overwrite=overwrite)
    return replace(left, head=told.head, done=replace(left.done, photographs_stay=stay))


def _telling(
    job: ExportJob, stay: Mapping[PhotoStays, int], photographs: int = 0, lost: int = 0
) -> ExportJob:
    """Let the head of a job say what became of the photographs."""
    head = replace(job.head, photographs=photographs, photographs_lost=lost)
    if job.head.scope is ExportScope.CLINIC:
        head = replace(head, photographs_stay=sum(stay.values()), photographs_why=stays_words(stay))
    return replace(job, head=head)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _written(job: ExportJob, path: Path, stop: Event, tell: Tell, *, overwrite: bool) -> Left:
    if job.form is not ExportFormat.PDF:
        return Left(path, _tables(job, path, stop, tell, overwrite=overwrite))
    if job.head.scope is ExportScope.CLINIC:
        return Left(path, _every_record(job, path, stop, tell))
    return Left(path, _one_record(job, path, stop, tell, overwrite=overwrite))


def write_recall_list(trace: LotTrace, folder: Path, day: date, *, overwrite: bool = False) -> Path:
    """Write who was treated with a lot, as a CSV table. On any thread; returns where.

    Raises:
        DocumentError: if the disk refuses, or there is such a file.
    """
    from mesodesk.documents.recall_files import recall_csv

    path = folder / f"{_recall_name(trace, day)}.csv"
    with new_file(path, overwrite=overwrite) as file:
        file.write(recall_csv(trace))
    return path


def write_recall_letters(letters: RecallLetters, folder: Path, stop: Event, tell: Tell) -> Path:
    """Write a letter for each patient into a folder that gets its name when it is whole.

    Returns:
        The folder; each file is named by a record number.

    Raises:
        ExportStoppedError: if it was stopped.
        DocumentError: if the disk refuses, or there is such a folder.
    """
    from mesodesk.documents.recall_files import letter_pdf

    path = folder / f"{_recall_name(letters.trace, letters.made_on)}-letters"
    if path.exists():
        raise FileExistsAlreadyError(path)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        part.mkdir(mode=0o700)
        for done, patient in enumerate(letters.patients, start=1):
            _go(stop)
            with new_file(part / f"{patient.record_number}.pdf") as file:
                file.write(letter_pdf(letters, patient))
            tell(done, len(letters.patients))
        part.rename(path)
    except OSError as error:
        raise DocumentError(
            f"Nothing was written to {path.parent}: the place refused. Choose another. Your records"
            " are as they were."
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return path


def write_photo(picture: Picture, folder: Path) -> Path:
    """Write a photograph as it is kept, without what is drawn over it. On any thread.

    Returns:
        Where; the name tells what it shows, never whose it is.

    Raises:
        DocumentError: if the disk refuses, or there is such a file.
    """
    from mesodesk.documents.photo_zip import photo_name

    path = folder / photo_name(picture.photo)
    with new_file(path) as file:
        file.write(picture.data)
    return path


def write_labels(labels: Sequence[Sequence[str]], folder: Path) -> Path:
    """Write labels of syringes as one PDF. On any thread; returns where.

    Raises:
        DocumentError: if the disk refuses, or the page cannot be set.
    """
    from mesodesk.documents.record_pdf import set_pages

    path = folder / "labels.pdf"
    with new_file(path) as file:
        file.write(set_pages({"labels": [list(each) for each in labels]}, {}, "labels.typ"))
    return path


def write_calls(calls: CallList, folder: Path) -> Path:
    """Write the calls of a day as one PDF. On any thread; returns where.

    Raises:
        DocumentError: if the disk refuses, or the page cannot be set.
    """
    from mesodesk.documents.call_pages import call_list_pdf

    path = folder / "calls.pdf"
    with new_file(path) as file:
        file.write(call_list_pdf(calls))
    return path


def _recall_name(trace: LotTrace, day: date) -> str:
    """Return what a file about a lot is called: its number as far as a disk takes it."""
    number = "".join(each for each in trace.lot_number if each.isalnum() or each in "-_") or "lot"
    return f"mesodesk-recall-{number}-{day.isoformat()}"


def _tables(job: ExportJob, path: Path, stop: Event, tell: Tell, *, overwrite: bool) -> Exported:
    with new_file(path, overwrite=overwrite) as file:
        sink = _sink(job.form)(file)
        try:
            return write_tables(job, sink, stop, tell)
        except BaseException:
            sink.drop()
            raise


def _sink(form: ExportFormat) -> Callable[[BinaryIO], ExportSink]:
    if form is ExportFormat.CSV:
        from mesodesk.documents.tables_csv import CsvSink

        return CsvSink
    from mesodesk.documents.tables_json import JsonSink

    return JsonSink


def _one_record(
    job: ExportJob, path: Path, stop: Event, tell: Tell, *, overwrite: bool
) -> Exported:
    from mesodesk.documents.record_pdf import record_pdf

    with new_file(path, overwrite=overwrite) as file:
        (record,) = records(job, stop, tell)
        file.write(record_pdf(record, partial(_go, stop)))
    return Exported(0, 1, job.head.left_out)


def _every_record(job: ExportJob, path: Path, stop: Event, tell: Tell) -> Exported:
    """Write a PDF for each patient into a folder that gets its name when it is whole."""
    from mesodesk.documents.record_pdf import record_pdf

    if path.exists():
        raise FileExistsAlreadyError(path)
    part = path.with_name(f"{part_prefix(path)}{secrets.token_hex(4)}{PART}")
    count = 0
    try:
        part.mkdir(mode=0o700)
        for record in records(job, stop, tell):
            with new_file(part / f"{record.patient.record_number}.pdf") as file:
                file.write(record_pdf(record, partial(_go, stop)))
            count += 1
        part.rename(path)
    except OSError as error:
        raise DocumentError(
            f"Nothing was written to {path.parent}: the place refused. Choose another. Your records"
            " are as they were."
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Exported(0, count, job.head.left_out)


def _go(stop: Event) -> None:
    if stop.is_set():
        raise ExportStoppedError
