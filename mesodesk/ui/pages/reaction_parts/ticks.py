"""Several of a list, ticked, with what is ticked in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QWidget

from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.choices import CheckField
from mesodesk.ui.widgets.layouts import FlowLayout, clear

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Ticks(QWidget):
    """A tick for each of some things, side by side."""

    #: Something was ticked or not any more.
    edited = Signal()

    def __init__(self, object_name: str, accessible_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setAccessibleName(accessible_name)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._flow = FlowLayout(self, Space.XS)
        self.ticks: dict[str, CheckField] = {}

    def offer(self, words: Mapping[str, str]) -> None:
        """Offer things by their keys; what is ticked and still offered stays ticked."""
        if list(words) == list(self.ticks):
            return
        before = set(self.value())
        clear(self._flow)
        self.ticks = {}
        for at, (key, said) in enumerate(words.items()):
            # A key may be an id that no name of a widget should hold.
            tick = CheckField(said, f"{self.objectName()}_{at}", compact=True)
            tick.setToolTip(said)
            tick.setChecked(key in before)
            tick.ticked.connect(self._ticked)
            self._flow.addWidget(tick)
            self.ticks[key] = tick
        self.updateGeometry()

    def value(self) -> tuple[str, ...]:
        return tuple(key for key, tick in self.ticks.items() if tick.isChecked())

    def set_value(self, keys: Collection[str]) -> None:
        """Show what is ticked without telling of it."""
        for key, tick in self.ticks.items():
            tick.setChecked(key in keys)

    @Slot(bool)
    def _ticked(self, _on: bool) -> None:
        self.edited.emit()
