"""Light, dark, or as the system has it: on this computer, taken at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from mesodesk.ui import appearance, theme
from mesodesk.ui.appearance import Look
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class LookCard(Card):
    """One choice of three; arrows move, Space chooses, `s`, `l` and `d` choose as well."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(object_name="look_card", parent=parent)
        self.set_title(self.tr("Light or dark"))
        self.choice = SegmentedControl(
            {
                Look.SYSTEM.value: self.tr("As the system"),
                Look.LIGHT.value: self.tr("Light"),
                Look.DARK.value: self.tr("Dark"),
            },
            "look",
            self.tr("Light or dark"),
            keys={"s": Look.SYSTEM.value, "l": Look.LIGHT.value, "d": Look.DARK.value},
            least_width=120,
        )
        self.notice = Notice(object_name="look_notice")
        self.add(Muted(self.tr("On this computer, for whoever uses it; kept outside the records.")))
        self.add(self.choice)
        self.add(self.notice)
        self.notice.hide()
        self._show()
        self.choice.chosen.connect(self._chosen)
        theme.watcher().forced_changed.connect(self._show)

    @Slot()
    def _show(self) -> None:
        self.choice.set_value(appearance.shown().value)

    @Slot(str)
    def _chosen(self, value: str) -> None:
        if appearance.choose(Look(value)):
            self.notice.hide()
            return
        words = self.tr("Shown, but it could not be kept on this computer for the next start.")
        self.notice.show_notice(Kind.CAUTION, words)
