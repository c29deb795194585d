"""`mesodesk export`: write one patient's record, or everything, in a form that others read."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mesodesk.commands.common import (
    add_vault_options,
    ask,
    fail,
    password_from_file,
    say,
    vault_folder,
)

if TYPE_CHECKING:
    from mesodesk.domain.records.export import Exported, ExportHead
    from mesodesk.services.desk import Desk
    from mesodesk.services.export_work import ExportJob

HELP = "write records as PDF, CSV or JSON, which need no program of ours"


def add(parser: argparse.ArgumentParser) -> None:
    add_vault_options(parser)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--patient", metavar="ID", help="one patient, by record number or id")
    what.add_argument("--everything", action="store_true", help="all records of the clinic")
    parser.add_argument("--format", choices=("pdf", "csv", "json"), required=True)
    parser.add_argument(
        "--to", type=Path, required=True, metavar="DIR", help="the folder that the file goes to"
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace a file of that name if there is one"
    )


def run(options: argparse.Namespace) -> int:
    from mesodesk.services.desk import open_desk
    from mesodesk.unfinished import remove_unfinished
    from mesodesk.vault.vault import open_vault

    if not options.to.is_dir():
        return fail(f"there is no folder {options.to}; make it, or name another with --to DIR")
    password = password_from_file(options) or ask("Password: ")
    desk = open_desk(open_vault(vault_folder(options), password=password))
    try:
        remove_unfinished(desk.store.vault.vault_id)
        return _export(desk, options, password)
    finally:
        desk.close()


def _export(desk: "Desk", options: argparse.Namespace, password: str) -> int:
    from threading import Event

    from mesodesk.domain.records.export import ExportEnd
    from mesodesk.leaving import write_out

    job = _planned(desk, options, password)
    try:
        left = write_out(job, options.to, Event(), _nothing, overwrite=options.overwrite)
    except BaseException:
        desk.exports.end(job, ExportEnd.FAILED)
        raise
    desk.exports.end(job, ExportEnd.WRITTEN, left.done)
    print(left.path)
    if left.photographs is not None:
        print(left.photographs)
    for sentence in _of_photographs(left.head or job.head, left.done):
        say(sentence)
    if left.done.left_out:
        say(_left_out(left.done.left_out))
    say("this is not encrypted: who has it can read it. That it was exported is on the log")
    return 0


def _planned(desk: "Desk", options: argparse.Namespace, password: str) -> "ExportJob":
    from mesodesk.domain.records.export import ExportFormat

    form = ExportFormat(options.format)
    if options.everything:
        return desk.exports.plan_clinic(form, password)
    return desk.exports.plan_patient(desk.exports.find(options.patient), form, password)


def _nothing(_done: int, _all: int) -> None:
    return None


def _of_photographs(head: "ExportHead", done: "Exported") -> list[str]:
    said = []
    if done.photographs_lost:
        said.append(f"photographs whose file is missing or damaged: {done.photographs_lost}")
    if head.photographs_stay:
        said.append(f"photographs left out: {head.photographs_stay}. {head.photographs_why}")
    return said


def _left_out(count: int) -> str:
    whose = "1 patient whose record is" if count == 1 else f"{count} patients whose records are"
    return f"left out: {whose} restricted to others"
