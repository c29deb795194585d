"""One line about what syringes and chart brought in, where it is seen but not dealt with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal, Slot

from mesodesk.domain.screening import open_findings
from mesodesk.domain.session_rules import DRAWN_RULES, Station, settled_at
from mesodesk.ui.finding_card import KINDS, cause_words, severity_word
from mesodesk.ui.widgets.cards import Notice

if TYPE_CHECKING:
    from mesodesk.domain.screening import Finding
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.state import SessionState


class FoundElsewhere(Notice):
    """There only while something stands open; its button leads to where the reason is typed.

    Args:
        state: of the session.
        context: of the desk.
        station: where it is shown; what is dealt with there is left out.
    """

    #: (station, place)
    place_asked = Signal(str, str)

    def __init__(self, state: SessionState, context: Context, station: str) -> None:
        super().__init__(object_name=f"{station}_found_elsewhere")
        self._state = state
        self._language = context.language
        self._station = station
        self._first: Finding | None = None
        self.acted.connect(self._lead)
        state.findings_changed.connect(self.show_state)
        state.record_changed.connect(self.show_state)

    @Slot()
    def show_state(self) -> None:
        """Say what stands open now, the gravest first."""
        found = self._standing()
        self._first = found[0] if found else None
        if self._first is None:
            self.hide()
            return
        first = self._first
        why = "; ".join(cause_words(first, self._language))
        more = len(found) - 1
        if more:
            others = tr("and one more finding") if more == 1 else tr("and {count} more findings")
            why = f"{why}; {others.format(count=more)}" if why else others.format(count=more)
        words = tr("{severity}: {message}")
        self.show_notice(
            KINDS[first.severity],
            words.format(severity=severity_word(first), message=first.message),
            why,
            station_words(settled_at(first)),
        )

    def _standing(self) -> list[Finding]:
        state = self._state
        if not state.is_open() or not state.can_edit():
            return []
        found = open_findings(state.findings, state.record.acknowledgements)
        concerned = [
            each
            for each in found
            if (each.causes or each.rule_id.startswith(DRAWN_RULES))
            and settled_at(each) != self._station
        ]
        return sorted(concerned, key=lambda each: each.severity.rank)

    @Slot()
    def _lead(self) -> None:
        if self._first is not None:
            place = f"finding_{self._first.rule_id}"
            self.place_asked.emit(str(settled_at(self._first)), place)


def station_words(station: Station) -> str:
    """Return what the button says that leads to a station."""
    return {
        Station.CHECK: tr("Go to Check"),
        Station.PREPARE: tr("Go to Prepare"),
        Station.CHART: tr("Go to the chart"),
        Station.FINISH: tr("Go to Finish"),
    }[station]


def tr(text: str) -> str:
    """Translate what the line says."""
    return QCoreApplication.translate("found_elsewhere", text)
