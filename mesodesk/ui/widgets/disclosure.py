"""A line that opens and closes what lies beneath it."""

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from mesodesk.ui import icons, theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import COMPACT, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import FocusRing


class _Handle(FocusRing):
    """An arrow and words; Enter, Space or a click turns it."""

    def __init__(self, text: str, object_name: str) -> None:
        super().__init__()
        paint.name(self, object_name, text)
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFont(theme.font(Role.STRONG))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(paint.text_width(self.text(), self.font()) + 40, COMPACT)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, COMPACT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        whole = paint.inside(self)
        ground = paint.ground_of(self, rest=None, hover=scheme.hover, pressed=scheme.pressed)
        if ground is not None:
            paint.box(painter, whole, ground)
        if self.shows_ring():
            paint.ring(painter, whole)
        arrow = "chevron-down" if self.isChecked() else "chevron-right"
        icons.draw(painter, arrow, QRectF(4, 0, 20, whole.height()), scheme.muted)
        paint.write(painter, whole.adjusted(30, 0, -6, 0), self.text(), self.font(), scheme.muted)


class Disclosure(QWidget):
    """Keeps what is seldom needed out of sight until it is asked for.

    Put content with `add`, or into `body`.
    """

    def __init__(
        self, text: str, object_name: str, *, opened: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"{object_name}_part")
        self.handle = _Handle(text, object_name)
        self.content = QWidget(self)
        self.body = QVBoxLayout(self.content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(Space.S)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.XS)
        whole.addWidget(self.handle)
        whole.addWidget(self.content)
        self.handle.toggled.connect(self._turned)
        self.handle.setChecked(opened)
        self._turned(opened)

    def add(self, widget: QWidget) -> None:
        """Put a widget below what is there."""
        self.body.addWidget(widget)

    def set_text(self, text: str) -> None:
        """Change the words of the line."""
        self.handle.setText(text)
        self.handle.setAccessibleName(text)
        self.handle.updateGeometry()
        self.handle.update()

    def is_open(self) -> bool:
        """Tell whether the content shows."""
        return self.handle.isChecked()

    def set_open(self, opened: bool) -> None:
        """Show or hide the content."""
        self.handle.setChecked(opened)

    @Slot(bool)
    def _turned(self, opened: bool) -> None:
        self.content.setVisible(opened)
        self.handle.update()
