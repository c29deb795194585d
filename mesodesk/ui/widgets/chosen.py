"""Any number of things out of a long list: a line to search in, a chip for each that was taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.choices import Option, PickList
from mesodesk.ui.widgets.layouts import FlowLayout, clear

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QResizeEvent

_CLOSE: Final = "close"


class ChosenField(QWidget):
    """`edited` tells of a change by the user.

    Args:
        object_name: of the line; each chip is called `{object_name}_{key}`.
        label: accessible name of the line.
        options: each holds a tuple of keys, all of which are taken at once.
        name_of: what a key is called.
        placeholder: in the empty line.
    """

    edited = Signal()

    def __init__(
        self,
        object_name: str,
        label: str,
        options: Sequence[Option],
        name_of: Callable[[str], str],
        placeholder: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = object_name
        self._name_of = name_of
        self._keys: tuple[str, ...] = ()
        self.search = PickList(object_name, label, options, placeholder=placeholder)
        self._chips = QWidget()
        self._flow = FlowLayout(self._chips, Space.XS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.search)
        column.addWidget(self._chips)
        self.setFocusProxy(self.search)
        self.search.edited.connect(self._taken)
        self._show()

    def value(self) -> tuple[str, ...]:
        """Return the keys in the order in which they were taken."""
        return self._keys

    def set_value(self, keys: tuple[str, ...]) -> None:
        """Show what was taken without telling of it."""
        self._keys = keys
        self._show()

    def set_error(self, sentence: str) -> None:
        """Say beneath the line what is wrong; nothing for an empty sentence."""
        self.search.set_error(sentence)

    @Slot(object)
    def _taken(self, keys: tuple[str, ...] | None) -> None:
        if keys is None:
            return
        self.search.set_value(None)
        self.search.input.clear()
        self._keys = tuple(dict.fromkeys((*self._keys, *keys)))
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        clear(self._flow)
        for key in self._keys:
            name = self._name_of(key)
            chip = Chip(Kind.NEUTRAL, name, f"{self._name}_{key}", icon_name=_CLOSE, clickable=True)
            chip.setAccessibleName(self.tr("Take out {name}").format(name=name))
            chip.setToolTip(self.tr("Take it out"))
            chip.setProperty("key", key)
            chip.clicked.connect(self._out)
            self._flow.addWidget(chip)
        self._chips.setVisible(bool(self._keys))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give the chips as many lines as they take: a form asks nobody how high that is."""
        self._chips.setFixedHeight(max(1, self._flow.heightForWidth(self.width())))
        self.updateGeometry()

    @Slot()
    def _out(self) -> None:
        key = self.sender().property("key")
        self._keys = tuple(each for each in self._keys if each != key)
        self._show()
        self.search.input.setFocus()
        self.edited.emit()
