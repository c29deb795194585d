"""Says what a photograph shows, in one press: the views of this patient first, then all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.photo_views import load_photo_views
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.layouts import FlowLayout, clear, nest, row
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_BEFORE: Final = 8

View = tuple[str, str]
"""Ids of an area and an angle."""


class _ViewButton(Button):
    """One view."""

    picked = Signal(str, str)

    def __init__(self, words: str, name: str, view: View, parent: QWidget) -> None:
        super().__init__(words, name, ButtonKind.SECONDARY, parent=parent)
        self._view = view
        self.clicked.connect(self._tell)

    @Slot()
    def _tell(self) -> None:
        self.picked.emit(*self._view)


class ViewPicker(QWidget):
    """A press on a view is the whole choice. The area is asked for only where it is another one."""

    #: (area, angle)
    picked = Signal(str, str)

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language = language
        self._views = load_photo_views()
        self._before: list[View] = []
        self.before_words = Muted(self.tr("As before"))
        self._before_box, self._before_flow = self._flow()
        self.area = ChoiceField("photo_area", self.tr("What it shows"))
        self.area.set_options(
            [Option(key, each.name.get(language)) for key, each in self._views.areas.items()]
        )
        self._angle_box, self._angle_flow = self._flow()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.before_words)
        column.addWidget(self._before_box)
        self.other_words = Muted(self.tr("Another view of"), wrap=False)
        line = row(self.other_words)
        line.addWidget(self.area, 1)
        nest(column, line)
        column.addWidget(self._angle_box)
        self.area.edited.connect(self._area_chosen)
        self.show_before(())

    def _flow(self) -> tuple[QWidget, FlowLayout]:
        box = QWidget(self)
        return box, FlowLayout(box)

    def show_before(self, views: Sequence[View]) -> None:
        """Offer the views that were taken before, the latest visit first."""
        known = [each for each in views if each[0] in self._views.areas]
        self._before = list(dict.fromkeys(known))[:_MOST_BEFORE]
        clear(self._before_flow)
        for area, angle in self._before:
            words = self._views.name(area, angle, self._language)
            self._offer(self._before_flow, f"before_view_{area}_{angle}", words, (area, angle))
        self.before_words.setVisible(bool(self._before))
        self._before_box.setVisible(bool(self._before))
        another, a_view = self.tr("Another view of"), self.tr("A view of")
        self.other_words.setText(another if self._before else a_view)
        if self._before:
            self.set_area(self._before[0][0])
        elif self.area.value() is None:
            self.set_area(next(iter(self._views.areas)))

    def set_area(self, area: str) -> None:
        """Offer the angles of an area."""
        self.area.set_value(area)
        clear(self._angle_flow)
        for angle in self._views.areas[area].angles:
            view = (area, angle.id)
            if view not in self._before:
                words = angle.name.get(self._language)
                self._offer(self._angle_flow, f"view_{area}_{angle.id}", words, view)

    def _offer(self, flow: FlowLayout, name: str, words: str, view: View) -> None:
        button = _ViewButton(words, name, view, self)
        button.setAccessibleName(self._views.name(*view, self._language))
        button.picked.connect(self.picked)
        flow.addWidget(button)

    @Slot(object)
    def _area_chosen(self, area: object) -> None:
        self.set_area(str(area))
