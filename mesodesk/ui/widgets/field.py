"""What all input fields share: a painted frame, a line beneath for errors and hints, one protocol.

Every field offers `value()`, `set_value()` (which tells nobody), `edited` (by the user only),
`committed` (Enter, or focus out after a change), `error()` and `set_error()`. The widget that
takes the keys is `field.input` and carries the object name; the field around it is called
`{object_name}_field`.
"""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from mesodesk.ui import theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import COMPACT, TARGET, Kind
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.text import Label


class InputFrame(QFrame):
    """The painted box around an input: border by state, focus ring, room for icons and units."""

    def __init__(self, *, compact: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wrong = False
        self._doubt: Kind | None = None
        self._watched: QWidget | None = None
        self.least_height = COMPACT if compact else TARGET
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(12, 0, 4, 0)
        self.line.setSpacing(6)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def watch(self, widget: QWidget) -> None:
        """Show the focus of this widget on the frame."""
        self._watched = widget
        widget.installEventFilter(self)

    def set_wrong(self, wrong: bool) -> None:
        """Show that what is typed cannot be used."""
        self._wrong = wrong
        self.update()

    def set_doubt(self, kind: Kind | None) -> None:
        """Show that something speaks against what is chosen, which can be used all the same."""
        self._doubt = kind
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(
            super().sizeHint().width(), max(self.least_height, super().sizeHint().height())
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut, QEvent.Type.EnabledChange):
            self.update()
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._watched is not None:
            self._watched.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        scheme = theme.current()
        painter = QPainter(self)
        whole = paint.inside(self)
        focused = self._watched is not None and self._watched.hasFocus()
        ground = scheme.surface if self.isEnabled() else scheme.hover
        if self._wrong:
            paint.box(painter, whole, ground, scheme.stop, width=2)
        elif focused:
            paint.box(painter, whole, ground, scheme.accent, width=2)
        elif self._doubt is not None:
            paint.box(painter, whole, ground, scheme.foreground(self._doubt), width=2)
        else:
            lifted = self.isEnabled() and self.underMouse()
            border = scheme.border_strong if self.isEnabled() else scheme.border
            paint.box(painter, whole, ground, scheme.muted if lifted else border)


class Field(QWidget):
    """Base of the fields: frame above, one line of error or hint beneath."""

    edited = Signal(object)
    """The user changed the value; None if it is empty or cannot be used (see `error`)."""

    committed = Signal()
    """Enter was pressed, or the focus left after a change."""

    error_changed = Signal(str)

    secret = False
    """Whether it may hold a password, PIN, key or code, which nothing may keep."""

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        *,
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"{object_name}_field")
        self._object_name = object_name
        self._accessible_name = accessible_name
        self._error = ""
        self._hint = ""
        self.frame = InputFrame(compact=compact)
        self.message = Label("", Role.SMALL, "muted", wrap=True)
        self.message.setObjectName(f"{object_name}_message")
        self.message.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.frame)
        column.addWidget(self.message)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def adopt(self, widget: QWidget) -> None:
        """Take the widget that the user types into."""
        paint.name(widget, self._object_name, self._accessible_name)
        self.frame.watch(widget)
        self.setFocusProxy(widget)
        # With a policy of its own a whole field can be given its place in the round of Tab.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self._accessible_name)

    def set_accessible_name(self, text: str) -> None:
        """Change what is read out for the input."""
        self._accessible_name = text
        self.setAccessibleName(text)
        proxy = self.focusProxy()
        if proxy is not None:
            proxy.setAccessibleName(text)

    def accessible_name(self) -> str:
        """Return what is read out for the input."""
        return self._accessible_name

    def error(self) -> str:
        """Return the sentence that says what is wrong, or ""."""
        return self._error

    def set_error(self, sentence: str) -> None:
        """Say beneath the field what is wrong; "" takes it back."""
        changed = sentence != self._error
        self._error = sentence
        self.frame.set_wrong(bool(sentence))
        self._show_message()
        if changed:
            self.error_changed.emit(sentence)

    def set_hint(self, text: str, kind: Kind | None = None) -> None:
        """Say something beneath the field that is no error; an error covers it."""
        self._hint = text
        self._hint_tone = kind.value if kind is not None else "muted"
        self._show_message()

    _hint_tone = "muted"

    def _show_message(self) -> None:
        text = self._error or self._hint
        self.message.set_tone(Kind.STOP.value if self._error else self._hint_tone)
        self.message.setText(text)
        self.message.setVisible(bool(text))
        proxy = self.focusProxy()
        if proxy is not None:
            proxy.setAccessibleDescription(text)
