"""Says that a limit is over where the list of limits itself may lie below the fold."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QSizePolicy, QWidget

from mesodesk.domain.limits import Level
from mesodesk.ui.bodymap.limits_list import LimitsList
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.chips import Chip


class OverLimits(Chip):
    """Counts the limits that are over without a reason; a click leads to them.

    It shows only where the list scrolls: elsewhere the list is in sight itself.
    """

    def __init__(self, limits: LimitsList, parent: QWidget | None = None) -> None:
        super().__init__(Kind.STOP, "", "limits_over", clickable=True, parent=parent)
        self._limits = limits
        self._wanted_here = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()
        limits.refreshed.connect(self._count)

    def show_here(self, *, wanted: bool) -> None:
        """Tell whether the list may be out of sight."""
        self._wanted_here = wanted
        self._count()

    @Slot()
    def _count(self) -> None:
        count = sum(each.level is Level.OVER for each in self._limits.waiting())
        if count:
            one, many = self.tr("1 limit is over"), self.tr("{count} limits are over")
            self.set_text((one if count == 1 else many).format(count=count))
        self.setVisible(self._wanted_here and count > 0)
