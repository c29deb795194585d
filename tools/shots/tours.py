"""The ways through the program that the pictures are taken on.

A tour yields the name of a picture, which is taken once everything is quiet, or None to wait for
that. Each part of the desk's tour says how the names of its pictures begin.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from mesodesk.vault.recovery import SECRET_BYTES, RecoveryKey
from shots import clinic_tours, patient_tours, session_tours
from shots.finds import Finds
from shots.hands import (
    NotInSightError,
    button,
    click,
    close_overlays,
    find,
    in_sight,
    show_elsewhere,
    write,
)

if TYPE_CHECKING:
    from mesodesk.app import Application
    from shots.taking import Album, Tour


def gate(application: Application, _album: Album) -> Tour:
    """The first start, up to the last step; nothing is made."""
    from PySide6.QtTest import QTest

    window = application.window
    RecoveryKey.new = classmethod(_the_same_key)  # type: ignore[method-assign,assignment]
    yield None
    write(window, "clinic_name", "Clinica Luz")
    write(window, "jurisdiction", "Spain")
    QTest.keyClick(find(window, "jurisdiction"), Qt.Key.Key_Return)
    yield "first-run-clinic"
    click(window, "first_run_next")
    write(window, "owner_name", "Dr Claire Moreau")
    yield "first-run-owner"
    click(window, "first_run_next")
    write(window, "password", "seven lamps over the sink")
    write(window, "password_again", "seven lamps over the sink")
    yield "first-run-password"
    click(window, "first_run_next")
    yield "first-run-recovery"


def _the_same_key(cls: type[RecoveryKey]) -> RecoveryKey:
    return cls(bytes(range(7, 7 + 11 * SECRET_BYTES, 11)))


def restoring(application: Application, _album: Album) -> Tour:
    """From the first page to the records of a backup that lies beside."""
    from mesodesk.demo import DEMO_PASSWORD

    window = application.window
    while not in_sight(window, "first_run_restore"):
        yield None
    click(window, "first_run_restore")
    while not in_sight(window, "restore_row_0"):
        yield None
    show_elsewhere(window, application.folder.parent)
    yield "restore-list"
    click(window, "restore_row_0")
    write(window, "restore_password", DEMO_PASSWORD)
    show_elsewhere(window, application.folder.parent)
    yield "restore-password"
    click(window, "restore_go_on")
    while "Restore" not in button(window, "restore_go_on").text():
        yield None
    show_elsewhere(window, application.folder.parent)
    yield "restore-loss"


def _not_found(album: Album, error: Exception) -> None:
    album.tell(f"the demonstration clinic cannot be read; make it anew if it is older: {error!r}")


PARTS = (
    (("today", "patients", "new-patient"), clinic_tours.lists),
    (("patient",), patient_tours.record),
    (("consent",), patient_tours.consent),
    (("plan",), patient_tours.plan),
    (("reaction",), patient_tours.reaction),
    (("photograph",), patient_tours.photographs),
    (("session", "chart"), session_tours.stations),
    (("follow-up",), clinic_tours.follow_up),
    (("stock", "recall"), clinic_tours.stock),
    (("settings", "people", "protocols", "rules", "reports", "safety"), clinic_tours.house),
    (("set-aside", "find", "keys", "lock", "unlock"), clinic_tours.frame),
)
"""(how the names of its pictures begin, the part)"""


def desk(application: Application, album: Album) -> Tour:
    """Every page of the demonstration clinic."""
    window = application.window
    while window.current_page() is None:
        yield None
    found = Finds()
    failed = partial(_not_found, album)
    work = partial(found.look, application.desk_window.context.desk)
    application.jobs.run(window, work, None, failed)
    yield None
    if album.is_broken:
        return
    for names, part in PARTS:
        if not album.wants_any(names):
            continue
        try:
            yield from part(window, found)
        except NotInSightError as error:
            album.tell(f"the pictures of {names[0]} broke off: {error}")
            close_overlays(window)
