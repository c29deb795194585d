"""The stations of the workspace, one in sight, each made when it is first brought there."""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget
from shiboken6 import isValid

from mesodesk.ui.turns import HeldKeys, Turns, discard

if TYPE_CHECKING:
    from collections.abc import Generator
    from uuid import UUID

    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.state import SessionState
    from mesodesk.ui.pages.session_parts.station import Station

STATIONS = ("check", "prepare", "chart", "finish")
RECORD = "record"
_BEHIND_MS = 300
"""What is out of sight follows once what is in sight has been painted."""


class StationStack(QStackedWidget):
    """Brings stations into sight: at once, but for the first time in some turns of the event loop.

    Meanwhile the station before stays in sight, and what is typed waits for the one that comes.
    That goes on behind a lock or another page: the station then stands when one comes back.
    """

    #: The key of the station to mark: one is on its way, or did not come and this one stays.
    marked = Signal(str)
    #: The key of the station that is in sight now.
    arrived = Signal(str)
    next_asked = Signal()
    #: (station, place)
    place_asked = Signal(str, str)

    def __init__(self, state: SessionState, context: Context) -> None:
        super().__init__()
        self._state = state
        self._context = context
        self._stations: dict[str, Station] = {}
        self._scrolled: dict[str, list[QScrollArea]] = {}
        self._shown_of: UUID | None = None
        self._place = ""
        self._coming = ""
        self._read_meanwhile = False
        self.current = ""
        """The key of the station in sight."""
        self._turns = Turns(self)
        self._behind = QTimer(self)
        self._behind.setSingleShot(True)
        self._behind.setInterval(_BEHIND_MS)
        self._behind.timeout.connect(self._show_behind)
        self._held_keys = HeldKeys(self, self.first_focus)

    @property
    def heading_for(self) -> str:
        """The key of the station that is on its way, else of the one in sight."""
        return self._coming or self.current

    def station(self, key: str) -> Station:
        """Return a station that was brought before.

        Raises:
            KeyError: if it was not.
        """
        return self._stations[key]

    def is_bringing(self) -> bool:
        """Tell whether a station is on its way."""
        return self._turns.is_running()

    def show_state(self) -> None:
        """Have the station in sight show the state anew; any other does as it is brought there.

        Those out of sight do so before, when nothing else is to be done, to be there at once.
        """
        if self._shown_of != self._state.record.id:
            self._shown_of = self._state.record.id
            for area in chain.from_iterable(self._scrolled.values()):
                area.verticalScrollBar().setValue(0)
        if self.current:
            self._stations[self.current].show_state()
        self._read_meanwhile = True  # whichever is being filled has to begin again
        self._behind.start()

    @Slot()
    def _show_behind(self) -> None:
        for key, station in self._stations.items():
            if key not in (self.current, self._coming) and self._state.is_open():
                station.show_state()

    def leave(self) -> None:
        """Have the station in sight write down what waits."""
        if self.current:
            self._stations[self.current].leave()
        self._state.flush()

    def first_focus(self) -> QWidget | None:
        """Return where the work at the station in sight begins."""
        return self._stations[self.current].first_focus() if self.current else None

    def has_focus_in(self, place: str) -> bool:
        """Tell whether a place of the station in sight has the keyboard."""
        return bool(self.current) and self._stations[self.current].has_focus_in(place)

    def stop(self) -> None:
        """Bring no station: another session is opened."""
        self._turns.stop()
        self._behind.stop()

    def bring(self, key: str, place: str = "") -> None:
        """Bring a station into sight, with the focus where its work begins, or at a place in it."""
        self._place = place
        if self._coming != key:
            if self.current != key:
                self.leave()
            self._turns.run(self._steps_to(key))

    def _steps_to(self, key: str) -> Generator[None]:
        self.marked.emit(key)
        if key not in self._stations:
            self._coming = key
            try:
                yield from self._build(key)
            finally:
                self._coming = ""
                # With its window deleted nothing is left to be told.
                if key not in self._stations and isValid(self):
                    self._held_keys.drop()
                    self.marked.emit(self.current)
        elif key != self.current:
            self._stations[key].show_state()
        self._arrive(key)

    def _build(self, key: str) -> Generator[None]:
        self._held_keys.hold()
        yield
        made = yield from self._make(key)
        try:
            made.next_asked.connect(self.next_asked)
            made.place_asked.connect(self.place_asked)
            yield
            self._read_meanwhile = False
            yield from made.fill()
            if self._read_meanwhile:
                made.show_state()
        except BaseException:
            discard(made)
            raise
        # Not before: the first one would be in sight with nothing answered.
        self._stations[key], self._scrolled[key] = made, made.findChildren(QScrollArea)
        self.addWidget(made)

    def _make(self, key: str) -> Generator[None, None, Station]:
        if key == "check":
            from mesodesk.ui.pages.session_parts.check import CheckStation

            return CheckStation(self._state, self._context, self)
        if key == "prepare":
            from mesodesk.ui.pages.session_parts.prepare import PrepareStation

            return PrepareStation(self._state, self._context, self)
        if key == "chart":
            return (yield from self._make_chart())
        if key == RECORD:
            from mesodesk.ui.pages.session_parts.signed_view import SignedView

            return SignedView(self._state, self._context, self)
        from mesodesk.ui.pages.session_parts.finish import FinishStation

        return FinishStation(self._state, self._context, self)

    def _make_chart(self) -> Generator[None, None, Station]:
        from mesodesk.ui.bodymap.chart_panel import ChartPanel
        from mesodesk.ui.bodymap.model import ChartModel
        from mesodesk.ui.bodymap.settings_panel import SettingsPanel
        from mesodesk.ui.pages.session_parts.chart_station import ChartStation

        # Each takes about as long as the next: a turn each.
        part: QWidget = (settings := SettingsPanel(ChartModel(self), self))
        try:
            yield
            part = panel = ChartPanel(self._context.language, self, settings)
            yield
            return ChartStation(self._state, self._context, panel, self)
        except BaseException:
            discard(part)
            raise

    def _arrive(self, key: str) -> None:
        self.current = key
        self.setCurrentWidget(self._stations[key])
        self.arrived.emit(key)
        if self._place:
            # Once the station has its size, so that it can scroll to the place.
            QTimer.singleShot(0, self, partial(self._reveal, key, self._place))
        else:
            self._focus_first()
            self._held_keys.release()

    def _reveal(self, key: str, place: str) -> None:
        if self.current == key:
            if not self._stations[key].reveal(place):
                self._focus_first()
            self._held_keys.release()

    def _focus_first(self) -> None:
        focus = self.first_focus()
        if focus is not None and self.isVisible() and not self._held_keys.is_holding():
            focus.setFocus(Qt.FocusReason.OtherFocusReason)
