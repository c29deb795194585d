"""Makes the demonstration clinic where there is none of today, and touches nothing else.

The vault's key slots cost the floor (64 MiB): its password is printed for everybody to read, and a
demonstration should open at once on any computer.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mesodesk.demo.workshop import workshop

if TYPE_CHECKING:
    from mesodesk.demo.clinic import Extent

DEMO_PASSWORD = "three lemons on a blue chair"  # noqa: S105 (meant to be known)

MARKER = "demonstration.json"
"""Lies in the folder of a demonstration clinic and says which vault it is and of which day."""


class NotADemoError(Exception):
    """The folder holds something else; the sentence says so. Nothing was changed."""

    def __init__(self, folder: Path) -> None:
        self.sentence = (
            f"{folder} holds something that is not a demonstration clinic. Nothing was changed. "
            "Choose an empty folder, or one that does not exist yet, with --data."
        )
        super().__init__(self.sentence)


def make_demo(
    folder: Path | None,
    say: Callable[[str], None],
    now: datetime | None = None,
    extent: "Extent | None" = None,
) -> Path:
    """Return the folder of a demonstration clinic of today, made if need be.

    A demonstration clinic of an earlier day is replaced: its lists would be out of date, and what
    was tried in it is not kept. Anything that is not one is left alone.

    Args:
        folder: where it stands or shall stand; beside the user's own vault if None.
        say: is told what is going on.
        now: the moment of the demonstration; the present if None.
        extent: how large it is; 60 patients and 250 sessions if None.

    Raises:
        NotADemoError: if the folder holds anything else.
        VaultError: if a vault cannot be made or opened there.
    """
    folder = (folder or _default_folder()).expanduser().absolute()
    now = now or datetime.now(UTC)
    today = now.astimezone().date().isoformat()
    say(f"the password of the demonstration clinic is: {DEMO_PASSWORD}")
    replaced = ""
    if folder.exists() and any(folder.iterdir()):
        marked = _read_marker(folder)
        if marked["made_on"] == today:
            return folder
        _need_demo(folder)
        replaced = marked["vault_id"]
        say(f"the demonstration clinic of {marked['made_on']} is made anew for {today}")
    from mesodesk.demo.clinic import build_clinic

    build = partial(build_clinic, password=DEMO_PASSWORD, now=now, say=say, extent=extent)
    with workshop(folder) as made:
        say("making the demonstration clinic; this takes a few minutes")
        build(made)
        _mark(made, today)
    _back_up(folder, now, replaced)
    say(f"the demonstration clinic stands in {folder}")
    return folder


def _remove_backups_of(vault_id: str, place: Path) -> None:
    from mesodesk.vault.container import listed, opened
    from mesodesk.vault.errors import VaultError

    for each in listed(place):
        try:
            with opened(each.path) as packed:
                mine = str(packed.manifest.vault_id) == vault_id
        except VaultError:
            continue
        if mine:
            each.path.unlink()


def _back_up(folder: Path, now: datetime, replaced: str) -> None:
    """Let its backups be in order, too: one beside it, and one on what stands for a stick there.

    Those of the demonstration before are of no use to anybody, and go; no others do.
    """
    from mesodesk.demo.clock import DemoClock
    from mesodesk.services.desk import open_desk
    from mesodesk.vault.places import default_place
    from mesodesk.vault.vault import open_vault

    place = default_place(folder)
    (place / "stick").mkdir(parents=True, exist_ok=True)
    for each in (place, place / "stick"):
        _remove_backups_of(replaced, each)
    clock = DemoClock(now)
    desk = open_desk(open_vault(folder, password=DEMO_PASSWORD, clock=clock), clock)
    try:
        for built in desk.backups.places():  # where it was built, which is gone
            desk.backups.leave_place(built.id, built.version)
        desk.backups.add_folder(place, "This computer")
        desk.backups.add_stick(place / "stick", "Demonstration stick")
        desk.backups.back_up_now("asked")
    finally:
        desk.close()


def _default_folder() -> Path:
    from mesodesk.vault.location import default_folder

    return default_folder().parent / "demonstration"


def _mark(folder: Path, made_on: str) -> None:
    from mesodesk.vault.vault import inspect

    marker = {"made_on": made_on, "vault_id": str(inspect(folder).vault_id)}
    (folder / MARKER).write_text(json.dumps(marker) + "\n", encoding="utf-8")


def _read_marker(folder: Path) -> dict[str, str]:
    """Return what the marker says.

    Raises:
        NotADemoError: if there is none, or it is not of the vault beside it.
    """
    from mesodesk.vault.vault import inspect

    try:
        marked = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        made_on, vault_id = str(marked["made_on"]), str(marked["vault_id"])
    except (OSError, ValueError, KeyError, TypeError):
        raise NotADemoError(folder) from None
    if str(inspect(folder).vault_id) != vault_id:
        raise NotADemoError(folder)
    return {"made_on": made_on, "vault_id": vault_id}


def _need_demo(folder: Path) -> None:
    """Make sure, from within, that this is a demonstration clinic and that nobody is using it.

    Raises:
        NotADemoError: if its clinic bears another name, or the known password does not open it.
        VaultError: if it is open elsewhere, or cannot be opened.
    """
    from mesodesk.demo.clinic import CLINIC_NAME
    from mesodesk.services.desk import open_desk
    from mesodesk.vault.errors import WrongPasswordError
    from mesodesk.vault.vault import open_vault

    try:
        desk = open_desk(open_vault(folder, password=DEMO_PASSWORD))
    except WrongPasswordError:
        raise NotADemoError(folder) from None
    try:
        if desk.clinic.record().fields.name != CLINIC_NAME:
            raise NotADemoError(folder)
    finally:
        desk.close()
