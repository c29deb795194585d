"""Chips: a short fact with icon and word, in the colour of its kind; some can be clicked."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mesodesk.ui import icons, theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import KIND_ICONS, Kind
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import FocusRing
from mesodesk.ui.widgets.text import plain_tip

_HEIGHT = 26
_LONGEST = 320


class Chip(FocusRing):
    """A fact that must not be missed. `clicked` is emitted if `clickable`."""

    def __init__(
        self,
        kind: Kind,
        text: str,
        object_name: str = "",
        *,
        icon_name: str = "",
        clickable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._icon_name = icon_name or KIND_ICONS[kind]
        self.setFont(theme.font(Role.SMALL_STRONG))
        self.setObjectName(object_name)
        self.set_text(text)
        self.set_clickable(clickable)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    @property
    def kind(self) -> Kind:
        return self._kind

    def set_text(self, text: str) -> None:
        """Change the words; a long text elides and shows whole in the tooltip."""
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(plain_tip(text) if self._wanted() > _LONGEST else "")
        self.updateGeometry()
        self.update()

    def set_kind(self, kind: Kind, icon_name: str = "") -> None:
        """Change what the chip says by colour and icon."""
        self._kind = kind
        self._icon_name = icon_name or KIND_ICONS[kind]
        self.update()

    def set_clickable(self, clickable: bool) -> None:
        """Let it be clicked and reached by Tab, or not."""
        self._clickable = clickable
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if clickable else Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)
        cursor = Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor
        self.setCursor(cursor)

    def hitButton(self, _pos: object) -> bool:  # noqa: N802 - Qt's name
        return self._clickable

    def sizeHint(self) -> QSize:
        return QSize(min(self._wanted(), _LONGEST), _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self._wanted(), 72), _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        ink, ground = scheme.foreground(self._kind), scheme.tint(self._kind)
        whole = paint.inside(self)
        round_ = whole.height() / 2
        lifted = self._clickable and self.underMouse()
        paint.box(painter, whole, ground, ink if lifted else None, radius=round_)
        if self.shows_ring():
            paint.ring(painter, whole, radius=round_)
        icons.draw(painter, self._icon_name, QRectF(10, 0, 14, whole.height()), ink)
        room = whole.adjusted(30, 0, -10, 0)
        paint.write(painter, room, self.text(), self.font(), ink)

    def _wanted(self) -> int:
        return paint.text_width(self.text(), self.font()) + 42
