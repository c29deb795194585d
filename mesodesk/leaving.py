"""Records that leave, from the vault to a file: what services read goes to what documents write.

job = desk.exports.plan_patient(patient_id, ExportFormat.PDF, password)  # database thread
left = write_out(job, folder, stop, tell)                       # any thread
desk.exports.end(job, ExportEnd.WRITTEN, left.done)             # database thread
"""

import secrets
import shutil
from collections.abc import Callable, Sequence
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
from mesodesk.domain.records.calls import CallList
from mesodesk.domain.records.export import (
    Exported,
    ExportFormat,
    ExportHead,
    ExportScope,
    ExportSink,
)
from mesodesk.domain.records.photo import Picture
from mesodesk.domain.records.recall import LotTrace, RecallLetters
from mesodesk.services.export_work import (
    ExportJob,
    ExportStoppedError,
    Tell,
    pictures,
    records,
    write_tables,
)
from mesodesk.unfinished import noted

_PHOTOGRAPHS: Final = "-photographs.zip"
_SUFFIX: Final = {ExportFormat.PDF: ".pdf", ExportFormat.CSV: ".zip", ExportFormat.JSON: ".json"}


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
        write = _with_photographs if job.photos else _written
        return replace(write(job, path, stop, tell, overwrite=overwrite), head=job.head)


def _with_photographs(
    job: ExportJob, path: Path, stop: Event, tell: Tell, *, overwrite: bool
) -> Left:
    """Write the photographs into a ZIP beside the record, which comes last: never without them."""
    from mesodesk.documents.photo_zip import pack_photos

    beside = path.with_name(f"{path.stem}{_PHOTOGRAPHS}")
    if not overwrite and path.exists():
        raise FileExistsAlreadyError(path)
    with noted(job.head.vault_id, beside), new_file(beside, overwrite=overwrite) as file:
        packed = pack_photos(file, pictures(job, stop), job.language)
    try:
        left = _written(job, path, stop, tell, overwrite=overwrite)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    done = replace(left.done, photographs=packed.packed, photographs_lost=packed.lost)
    return replace(left, done=done, photographs=beside)


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
