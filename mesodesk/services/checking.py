"""Examines a whole clinic: the vault around the records, then the records themselves.

`check_folder` does it for a closed vault, from the command line; `examine` goes through an open one
in short steps, so that what is typed meanwhile is kept in between.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mesodesk.db.errors import StorageUnavailable
from mesodesk.services.checks import UNREADABLE
from mesodesk.services.desk import Desk, open_desk
from mesodesk.vault.check import check_vault, walk_vault
from mesodesk.vault.errors import DamagedError
from mesodesk.vault.findings import Finding, alarm
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.vault import open_vault


@dataclass(frozen=True, slots=True)
class Step:
    """How far an examination has come: sessions done, of how many, and what this step found."""

    done: int
    total: int
    findings: tuple[Finding, ...]


def check_folder(
    folder: Path, password: str, far_anchors: Path | None = None
) -> tuple[Finding, ...]:
    """Examine the vault of a folder; empty if nothing is wrong.

    Args:
        folder: of the vault.
        password: of anybody who can open it.
        far_anchors: where this computer keeps anchors outside the vaults; the vault is compared
            with its own, as whenever it is opened in the window.

    Raises:
        VaultError: if it cannot be opened for another reason than damage.
    """
    try:
        vault = open_vault(folder, password=password)
    except DamagedError as error:
        return (alarm("pages", error.sentence),)
    desk = open_desk(vault)
    try:
        if far_anchors is not None:
            vault.anchor_far(far_anchors)
        return tuple(check_vault(vault, (partial(_check_records, desk),)))
    finally:
        desk.close()


def examine(desk: Desk) -> Iterator[Step]:
    """Examine the open vault step by step: first the vault, a check a step, then each session."""
    for found in walk_vault(desk.store.vault):
        yield Step(0, 0, tuple(found))
    yield from _walk(desk)


def _check_records(desk: Desk, _vault: OpenVault) -> Iterator[Finding]:
    for step in _walk(desk):
        yield from step.findings


def _walk(desk: Desk) -> Iterator[Step]:
    """Go through the sessions; a file too damaged for it is a finding, not a crash."""
    done = total = 0
    try:
        for done, total, found in desk.checks.walk():
            yield Step(done, total, tuple(found))
    except StorageUnavailable as error:
        yield Step(done, total, (_cut_short(done, total, error.sentence),))
    except UNREADABLE:
        why = "The list of sessions or the audit log was changed outside Mesodesk."
        yield Step(done, total, (_cut_short(done, total, why),))


def _cut_short(done: int, total: int, why: str) -> Finding:
    said = f"The records could be examined only in part ({done} of {total} sessions)."
    return alarm("records", f"{said} {why}")
