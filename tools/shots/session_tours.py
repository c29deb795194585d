"""Pictures of a session: its stations, and one that is signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shots.hands import click

if TYPE_CHECKING:
    from mesodesk.ui.shell import MainWindow
    from shots.finds import Finds
    from shots.taking import Tour


def stations(window: MainWindow, found: Finds) -> Tour:
    """The stations of a session in draft, then a signed one."""
    window.open("session", session_id=found.draft_id)
    yield None
    for station in ("check", "prepare", "chart", "finish"):
        window.open("session", session_id=found.draft_id, station=station)
        yield None
        yield f"session-{station}"
        if station == "chart":
            click(window, "chart_heat")
            yield "session-exposure"
            click(window, "chart_heat")
    window.open("session", session_id=found.signed_id)
    yield None
    yield "session-signed"
    window.open("session", session_id=found.signed_id, station="chart")
    yield None
    yield "session-signed-chart"
