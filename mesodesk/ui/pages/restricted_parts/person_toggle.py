"""A large button with a person's initials, colour and name, on or off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy

from mesodesk.domain.syringe_looks import syringe_look
from mesodesk.ui import icons, theme
from mesodesk.ui.theme import Role
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import FocusRing

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from mesodesk.domain.records.clinic import UserRecord

_HEIGHT: Final = 52
_DISC: Final = 36
_TICK: Final = 20


class PersonToggle(FocusRing):
    """Somebody who works here; chosen or not."""

    def __init__(self, person: UserRecord) -> None:
        super().__init__()
        self.person = person
        self.setText(person.name)
        paint.name(self, f"person_{person.initials}", person.name)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        words = paint.text_width(self.text(), theme.font(Role.STRONG))
        return QSize(_DISC + words + _TICK + 44, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(_DISC + _TICK + 80, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, scheme, whole = QPainter(self), theme.current(), paint.inside(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        ground = scheme.accent_soft if chosen else None
        ground = paint.ground_of(
            self, rest=ground or scheme.surface, hover=scheme.hover, pressed=scheme.pressed
        )
        paint.box(painter, whole, ground, scheme.accent if chosen else scheme.border)
        self._paint_disc(painter, QRectF(8, (whole.height() - _DISC) / 2, _DISC, _DISC))
        words = QRectF(_DISC + 18, 0, whole.width() - _DISC - _TICK - 34, whole.height())
        ink = scheme.text if self.isEnabled() else scheme.muted
        name = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, int(words.width())
        )
        paint.write(painter, words, name, theme.font(Role.STRONG), ink)
        if chosen:
            tick = QRectF(whole.right() - _TICK - 10, (whole.height() - _TICK) / 2, _TICK, _TICK)
            icons.draw(painter, "check", tick, scheme.accent)
        if self.shows_ring():
            paint.ring(painter, whole)

    def _paint_disc(self, painter: QPainter, disc: QRectF) -> None:
        look = syringe_look((self.person.colour - 1) % 9 + 1)
        paint.box(painter, disc, look.colour, radius=_DISC / 2)
        middle = Qt.AlignmentFlag.AlignHCenter
        font = theme.font(Role.SMALL_STRONG)
        paint.write(painter, disc, self.person.initials[:3], font, look.ink, middle)
