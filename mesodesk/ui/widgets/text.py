"""Labels: title, heading, body and muted text; a line that elides; a keycap."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from mesodesk.ui import theme
from mesodesk.ui.theme import Role
from mesodesk.ui.widgets import paint


class Label(QLabel):
    """Plain text in a role of the theme. HTML in the text is shown as it was typed.

    Args:
        text: the words.
        role: size and weight.
        tone: "" for the text colour, or "muted", "accent", or a `Kind`.
        wrap: break into lines where the width ends.
    """

    def __init__(
        self,
        text: str = "",
        role: Role = Role.BODY,
        tone: str = "",
        *,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(role))
        self.setWordWrap(wrap)
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        if tone:
            self.setProperty("tone", str(tone))
            if not theme.has_sheet():
                colours = self.palette()
                colours.setColor(self.foregroundRole(), theme.colour(str(tone)))
                self.setPalette(colours)
        self.setText(text)

    def set_tone(self, tone: str) -> None:
        """Change the colour: "" or "muted", "accent", or a `Kind`."""
        if self.property("tone") != str(tone):
            self.setProperty("tone", str(tone))
            self.style().unpolish(self)
            self.style().polish(self)


class Title(Label):
    """The name of a page."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, Role.TITLE, parent=parent)


class Heading(Label):
    """The name of a card or a part of a page."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, Role.HEADING, parent=parent)


class Strong(Label):
    """Text that carries weight: the name of a row, a field's label."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, Role.STRONG, parent=parent)


class Body(Label):
    """Running text; wraps."""

    def __init__(self, text: str = "", *, wrap: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(text, Role.BODY, wrap=wrap, parent=parent)


class Muted(Label):
    """Help and secondary facts; wraps."""

    def __init__(self, text: str = "", *, wrap: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(text, Role.SMALL, "muted", wrap=wrap, parent=parent)


class ElidedLabel(Label):
    """One line that ends in an ellipsis where it does not fit, with the whole as its tooltip."""

    def __init__(
        self,
        text: str = "",
        role: Role = Role.BODY,
        tone: str = "",
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, role, tone, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def elided(self) -> bool:
        """Tell whether the ellipsis shows."""
        return self._metrics().horizontalAdvance(self._line()) > self.contentsRect().width() + 0.5

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        super().setText(text)
        self._explain()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._explain()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = self._metrics().elidedText(
            self._line(), Qt.TextElideMode.ElideRight, self.contentsRect().width() + 0.5
        )
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(QRectF(self.contentsRect()), self.alignment(), line)

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self.font())

    def _line(self) -> str:
        return " ".join(self.text().split())

    def _explain(self) -> None:
        self.setToolTip(self.text() if self.elided() else "")


class KeyHint(QWidget):
    """A key as a small keycap, such as `Ctrl+K`, with what it does beside it."""

    def __init__(self, keys: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self._text = text
        self.setAccessibleName(f"{keys} {text}".strip())
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        font = theme.font(Role.SMALL)
        width = paint.text_width(self._keys, font) + 12
        if self._text:
            width += paint.text_width(self._text, font) + 6
        return QSize(width, 22)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        font = theme.font(Role.SMALL)
        cap = QRectF(0, 1, paint.text_width(self._keys, font) + 12, 20)
        paint.box(painter, cap, scheme.surface, scheme.border, radius=5)
        paint.write(painter, cap, self._keys, font, scheme.muted, Qt.AlignmentFlag.AlignHCenter)
        rest = QRectF(cap.right() + 6, 0, self.width() - cap.right() - 6, 22)
        paint.write(painter, rest, self._text, font, scheme.muted)
