"""Figures that tests measure, printed beside their aims at the end of a run, none invented.

    def test_cuts(figure, ...):
        figure(CUTS_LOST, len(broken), of=cuts)

Figures of one name, measured by several tests, are added up.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

PROPERTY = "figure"
TITLE = "figures: what was measured, beside its aim"


@dataclass(frozen=True, slots=True)
class Aim:
    """What is counted, and what is aimed at."""

    name: str
    aim: str


CUTS_LOST = Aim("cuts of the power after which a promise was broken", "0 of 10,000 (short: 300)")
KILLS_LOST = Aim("kills of the program that lost what was called kept", "0 of 1,000 (short: 30)")
TYPING_LOST = Aim("kills that lost typing of more than 2 s before", "0 of 200 (short: 30)")
CALLS_BROKEN = Aim("failing calls to the disk after which a promise was broken", "0 of all")
UPGRADE_KILLS = Aim("kills in an upgrade that left neither the old vault nor the new", "0 of all")
FLIPS_UNFOUND = Aim("flipped bits of a database that nobody found", "0 of one on each page")
BACKUP_FLIPS = Aim("changed bytes of a backup that nobody found", "0 of all tried")
TAMPERING_UNFOUND = Aim("changes to the audit log that nobody found", "0 of 1,000")
ROLLBACKS_UNFOUND = Aim("older files put back that nobody noticed", "0 of 1,000 (short: 60)")
MARKERS_LEFT = Aim("files written that hold something typed in clear", "0 of all")
BACKUPS_LISTED = Aim("killed backups that were listed as backups", "0 of 40")
EMPTY_MADE = Aim("wrong files in place of a database that became an empty one", "0 of all")
BLANK_MS = Aim("ms from the key to a blank window, at the lock", "100")
PIN_MS = Aim("ms to come back with a PIN", "300")
SWITCH_MS = Aim("ms until somebody else's page stands there, key derivation not counted", "3,000")
SYSTEM_ENDS = Aim("seconds from the system's signal to the end of the program", "5")
TRIES_A_DAY = Aim("passwords that can be tried on the screen in a day", "50")


@pytest.fixture
def figure(record_property) -> Callable[..., None]:
    """Tell what came out, and of how many; where nothing is counted, the figure alone."""

    def tell(aim: Aim, measured: float, *, of: int | None = None) -> None:
        record_property(PROPERTY, [aim.name, aim.aim, measured, of])

    return tell


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures of all tests that ran, whatever came of them."""
    reports = [one for each in terminalreporter.stats.values() for one in each]
    told = [
        value
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == PROPERTY
    ]
    if told:
        terminalreporter.section(TITLE)
        for line in lines(told):
            terminalreporter.write_line(line)


def lines(told: Iterable[Iterable[object]]) -> list[str]:
    """Return a line for each name: figure, aim, measured."""
    groups: dict[tuple[str, str], list[tuple[float, int | None]]] = {}
    for name, aim, measured, of in told:
        groups.setdefault((str(name), str(aim)), []).append((measured, of))
    return [f"{name} | {aim} | {_together(group)}" for (name, aim), group in groups.items()]


def _together(group: list[tuple[float, int | None]]) -> str:
    if all(of is not None for _, of in group):
        return f"{sum(one for one, _ in group):,} of {sum(of or 0 for _, of in group):,}"
    return ", ".join(f"{one:,}" for one, _ in group)
