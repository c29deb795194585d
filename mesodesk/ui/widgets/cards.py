"""Cards, notices, empty states, thin progress bars: the surfaces of a page."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from mesodesk.ui import icons, theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import KIND_ICONS, Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button, ButtonKind, IconButton
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Body, Heading, Label, Muted, Strong


class Card(QFrame):
    """A white box with a heading and room at the right of it.

    Put content with `add`, or into `body`. `header` is hidden while it has neither title nor
    trailing widget.
    """

    def __init__(
        self,
        title: str = "",
        trailing: QWidget | None = None,
        *,
        object_name: str = "",
        padding: int = Space.L,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._selected = False
        self.heading = Heading(title)
        self.body = QVBoxLayout()
        self.body.setSpacing(Space.M)
        self._header = QHBoxLayout()
        self._header.setSpacing(Space.S)
        self._header.addWidget(self.heading)
        self._header.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(padding, padding, padding, padding)
        whole.setSpacing(Space.M)
        nest(whole, self._header)
        nest(whole, self.body)
        self.set_title(title)
        if trailing is not None:
            self.add_trailing(trailing)

    def set_title(self, title: str) -> None:
        """Change the heading; "" hides it."""
        self.heading.setText(title)
        self.heading.setVisible(bool(title))
        self.setAccessibleName(title)

    def add_trailing(self, widget: QWidget) -> None:
        """Put a widget at the right end of the heading's line."""
        self._header.addWidget(widget)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Put a widget below what is there."""
        self.body.addWidget(widget, stretch)

    def set_selected(self, selected: bool) -> None:
        """Show an accent border."""
        self._selected = selected
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        scheme = theme.current()
        border = scheme.accent if self._selected else scheme.border
        width = 2 if self._selected else 1
        paint.box(QPainter(self), paint.inside(self), scheme.surface, border, width=width)


class IconLabel(QWidget):
    """An icon alone, in a colour of the scheme."""

    def __init__(
        self, icon_name: str, colour: str = "muted", size: int = 20, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._colour = colour
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_icon(self, icon_name: str, colour: str) -> None:
        """Change icon and colour."""
        self._icon_name = icon_name
        self._colour = colour
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        ink = theme.colour(self._colour if self.isEnabled() else "disabled")
        icons.draw(QPainter(self), self._icon_name, paint.inside(self), ink)


class Notice(QFrame):
    """A banner in its place: what happened, what was kept, what to do; perhaps one action.

    It is hidden until `show_notice`, and again after `dismiss`.
    """

    acted = Signal()
    """The action button was pressed."""

    dismissed = Signal()

    def __init__(
        self,
        kind: Kind = Kind.INFO,
        headline: str = "",
        text: str = "",
        *,
        object_name: str = "notice",
        action: str = "",
        closable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._kind = kind
        self._icon = IconLabel(KIND_ICONS[kind], kind.value)
        self.headline = Label("", Role.STRONG, wrap=True)
        self.text = Body()
        self.action = Button(action, f"{object_name}_action", compact=True)
        self.close_button = IconButton("close", self.tr("Close"), f"{object_name}_close", size=36)
        self._lay_out()
        self.close_button.setVisible(closable)
        self.action.clicked.connect(self.acted)
        self.close_button.clicked.connect(self.dismiss)
        self.show_notice(kind, headline, text, action)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.headline)
        words.addWidget(self.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.S + 2, Space.M, Space.S + 2)
        row.setSpacing(Space.M)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        nest(row, words, 1)
        row.addWidget(self.action, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)

    def show_notice(self, kind: Kind, headline: str, text: str = "", action: str = "") -> None:
        """Say something; without headline and text the notice hides."""
        self._kind = kind
        self._icon.set_icon(KIND_ICONS[kind], kind.value)
        self.headline.setText(headline)
        self.headline.setVisible(bool(headline))
        self.headline.set_tone(kind.value)
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.action.setText(action)
        self.action.setAccessibleName(action)
        self.action.setVisible(bool(action))
        self.setAccessibleName(f"{headline} {text}".strip())
        self._appear(shown=bool(headline or text))
        self.update()

    def _appear(self, *, shown: bool) -> None:
        if not shown:
            self.hide()
        elif self.parentWidget() is not None:
            self.show()
        else:
            # Without a parent it would come up as a window; it appears with what it is put into.
            self.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, False)

    def dismiss(self) -> None:
        """Hide and tell of it."""
        self.hide()
        self.dismissed.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        scheme = theme.current()
        painter = QPainter(self)
        whole = paint.inside(self)
        paint.box(painter, whole, scheme.tint(self._kind))


class EmptyState(QWidget):
    """What a page or card says when there is nothing yet: why, and what to do next."""

    acted = Signal()

    def __init__(
        self,
        icon_name: str,
        headline: str,
        text: str,
        action: str = "",
        *,
        object_name: str = "empty",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.headline = Heading(headline)
        self.text = Muted(text)
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.text.setMaximumWidth(400)
        self.action = Button(action, f"{object_name}_action", ButtonKind.PRIMARY)
        self.action.clicked.connect(self.acted)
        middle = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.XL, Space.L, Space.XL)
        column.setSpacing(Space.S)
        column.addStretch(1)
        column.addWidget(_RoundIcon(icon_name), 0, middle)
        column.addSpacing(Space.XS)
        column.addWidget(self.headline, 0, middle)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.text, 8)
        line.addStretch(1)
        nest(column, line)
        column.addSpacing(Space.S)
        column.addWidget(self.action, 0, middle)
        column.addStretch(1)
        self.action.setVisible(bool(action))

    def set_words(self, headline: str, text: str) -> None:
        """Change what is said."""
        self.headline.setText(headline)
        self.text.setText(text)


class _RoundIcon(QWidget):
    """An icon on a soft disc."""

    def __init__(self, icon_name: str) -> None:
        super().__init__()
        self._icon_name = icon_name
        self.setFixedSize(56, 56)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        paint.box(painter, paint.inside(self), scheme.accent_soft, radius=28)
        icons.draw(painter, self._icon_name, QRectF(15, 15, 26, 26), scheme.accent)


class ProgressBar(QWidget):
    """A thin bar: how much of something is used, left or done.

    Args:
        accessible_name: what the bar measures.
        colour: a name of `Scheme` or `#RRGGBB`.
    """

    def __init__(
        self, accessible_name: str, colour: str = "accent", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(accessible_name)
        self._colour = colour
        self._share = 0.0
        self.setFixedHeight(6)
        self.setMinimumWidth(40)

    def share(self) -> float:
        """Return what is shown, 0 to 1."""
        return self._share

    def set_share(self, share: float, colour: str = "") -> None:
        """Show a share of the whole; outside 0 to 1 the bar is empty or full."""
        self._share = min(1.0, max(0.0, share))
        self._colour = colour or self._colour
        self.setAccessibleDescription(f"{self._share:.0%}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        whole = paint.inside(self)
        paint.box(painter, whole, theme.current().border, radius=3)
        if self._share > 0:
            named = self._colour.startswith("#")
            ink = self._colour if named else theme.current().named()[self._colour]
            filled = QRectF(0, 0, max(6.0, whole.width() * self._share), 6)
            paint.box(painter, filled, ink, radius=3)


class Fact(QWidget):
    """A name at the left and a figure at the right, as in a field's or a limit's summary."""

    def __init__(self, text: str, figure: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = Label(text, tone="muted")
        self.figure = Strong(figure)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.text, 1)
        row.addWidget(self.figure)
