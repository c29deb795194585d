"""Which kinds of events are shown: a chip for each that happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mesodesk.ui import icons, theme
from mesodesk.ui.theme import Role
from mesodesk.ui.timeline.looks import KINDS, kind_words
from mesodesk.ui.tokens import COMPACT, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import FocusRing
from mesodesk.ui.widgets.layouts import FlowLayout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mesodesk.domain.records.timeline import EventKind

_ICON = 16


class KindChip(FocusRing):
    """A kind and how often it happened; on or off."""

    def __init__(self, kind: EventKind | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.kind = kind
        self.setCheckable(True)
        self.setFont(theme.font(Role.SMALL_STRONG))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setObjectName(f"timeline_{'all' if kind is None else kind.value}")

    def set_count(self, count: int) -> None:
        """Say how often it happened."""
        word = self.tr("All") if self.kind is None else kind_words(self.kind)
        self.setText(f"{word} {count}")
        self.setAccessibleName(self.text())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        icon = 0 if self.kind is None else _ICON + 6
        return QSize(paint.text_width(self.text(), self.font()) + 24 + icon, COMPACT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: False, Qt.Key.Key_Right: True}
        forward = steps.get(Qt.Key(event.key()))
        if forward is None:
            super().keyPressEvent(event)
        else:
            self.focusNextPrevChild(forward)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        whole = paint.inside(self).adjusted(0.5, 2.5, -0.5, -2.5)
        on = self.isChecked()
        rest = scheme.accent if on else scheme.surface
        hover = scheme.accent_hover if on else scheme.hover
        pressed = scheme.accent_pressed if on else scheme.pressed
        ground = paint.ground_of(self, rest=rest, hover=hover, pressed=pressed)
        ink = scheme.on_accent if on else scheme.text
        round_ = whole.height() / 2
        paint.box(painter, whole, ground, None if on else scheme.border_strong, radius=round_)
        if self.shows_ring():
            inner = whole.adjusted(2, 2, -2, -2)
            paint.ring(painter, inner, scheme.on_accent if on else None, radius=round_ - 2)
        room = whole.adjusted(12, 0, -8, 0)
        if self.kind is not None:
            box = QRectF(room.left(), room.top(), _ICON, room.height())
            icons.draw(painter, KINDS[self.kind][0], box, ink)
            room.setLeft(room.left() + _ICON + 6)
        paint.write(painter, room, self.text(), self.font(), ink)


class KindChips(QWidget):
    """Chips of the kinds that happened; none on means that everything is shown."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, "timeline_kinds", self.tr("Show only"))
        self.everything = KindChip(None, self)
        self.chips = {kind: KindChip(kind, self) for kind in KINDS}
        flow = FlowLayout(self, spacing=Space.S)
        for chip in (self.everything, *self.chips.values()):
            flow.addWidget(chip)
            chip.clicked.connect(self._clicked)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.clear()

    def kinds(self) -> frozenset[EventKind]:
        """Return which kinds are wanted; none means all."""
        return frozenset(kind for kind, chip in self.chips.items() if chip.isChecked())

    def clear(self) -> None:
        """Want everything again."""
        for chip in self.chips.values():
            chip.setChecked(False)
        self.everything.setChecked(True)

    def show_counts(self, counts: Mapping[EventKind, int]) -> None:
        """Show how often each kind happened, and no chip for what never did."""
        self.everything.set_count(sum(counts.values()))
        for kind, chip in self.chips.items():
            chip.set_count(counts.get(kind, 0))
            chip.setVisible(kind in counts or chip.isChecked())
        self.setVisible(len(counts) > 1 or bool(self.kinds()))

    @Slot()
    def _clicked(self) -> None:
        if self.sender() is self.everything:
            self.clear()
        self.everything.setChecked(not self.kinds())
        self.chosen.emit()
