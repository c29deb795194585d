"""Labels: title, heading, body and muted text; a line that elides; a keycap."""

import math
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from mesodesk.ui import theme
from mesodesk.ui.theme import Role
from mesodesk.ui.widgets import paint


def plain_tip(text: str) -> str:
    """Return text for a tooltip that shows it as it was typed: a tooltip takes tags for markup."""
    if "<" not in text:
        return text
    from html import escape

    return f"<qt>{escape(text, quote=False)}</qt>".replace("\n", "<br>")


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

    def set_struck(self, struck: bool) -> None:
        """Draw a line through the words: they do not count any more."""
        font = self.font()
        font.setStrikeOut(struck)
        self.setFont(font)

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


_APART: Final = " \u00b7 "
# Between the parts of one thing.
_WITHIN: Final = ", "
_MOST_LINES: Final = 2


class ElidedLabel(Label):
    """One line that ends in an ellipsis where it does not fit, with the whole as its tooltip."""

    # Made once for a font: layouts ask for a size again and again.
    _measures: tuple[QFont, QFontMetricsF] | None = None

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
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        line = self._cut(self._line(), self.contentsRect().width() + 0.5)
        painter.drawText(QRectF(self.contentsRect()), self.alignment(), line)

    def _cut(self, line: str, room: float) -> str:
        return self._metrics().elidedText(line, Qt.TextElideMode.ElideRight, room)

    def _metrics(self) -> QFontMetricsF:
        font = self.font()
        if self._measures is None or self._measures[0] != font:
            self._measures = font, QFontMetricsF(font)
        return self._measures[1]

    def _line(self) -> str:
        return " ".join(self.text().split())

    def _explain(self) -> None:
        self.setToolTip(plain_tip(self.text()) if self.elided() else "")


class CountedLabel(ElidedLabel):
    """Several things in one line or two, the last line counting those that do not fit: `3 mg A +1`.

    They stand apart by dots in its text. All are in its tooltip, each in a line.
    """

    _laid: tuple[tuple[str, float, QFontMetricsF], list[str]] | None = None

    def elided(self) -> bool:
        """Tell whether something is out of sight."""
        return _APART.join(self.lines()) != self.text()

    def lines(self) -> list[str]:
        """Return what is painted: nothing is cut but what is alone and too long for a line.

        Of that the last parts go, those that follow a comma, as wholes.
        """
        asked = self.text(), self.contentsRect().width() + 0.5, self._metrics()
        if self._laid is None or self._laid[0] != asked:
            self._laid = asked, self._lines_in(asked[1])
        return self._laid[1]

    def _lines_in(self, room: float) -> list[str]:
        things = self.text().split(_APART) if self.text() else []
        found: list[str] = []
        while things and len(found) < _MOST_LINES:
            count = self._fitting(things, room, last=len(found) == _MOST_LINES - 1)
            left = len(things) - count if len(found) == _MOST_LINES - 1 else 0
            more = f" +{left}" if left else ""
            line = self._shortened(_APART.join(things[:count]), room - self._width(more))
            found.append(line + more)
            things = things[count:]
        return found

    def _shortened(self, line: str, room: float) -> str:
        """Leave out the last parts of a line that is too long: a number cut in two is another."""
        parts = line.split(_WITHIN)
        for count in range(len(parts), 0, -1):
            whole = line if count == len(parts) else f"{_WITHIN.join(parts[:count])}{_WITHIN}\u2026"
            if self._width(whole) <= room:
                return whole
        return self._cut(line, room)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self._height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        rect, lines = QRectF(self.contentsRect()), self.lines()
        height = rect.height() / max(1, len(lines))
        for at, line in enumerate(lines):
            room = QRectF(rect.left(), rect.top() + at * height, rect.width(), height)
            painter.drawText(room, self.alignment(), line)

    def _fitting(self, things: list[str], room: float, *, last: bool) -> int:
        """Return how many things fit in a line, one at least."""
        for count in range(len(things), 1, -1):
            more = f" +{len(things) - count}" if last and count < len(things) else ""
            if self._width(_APART.join(things[:count]) + more) <= room:
                return count
        return 1

    def _width(self, line: str) -> float:
        return self._metrics().horizontalAdvance(line)

    def _height(self) -> int:
        return math.ceil(self._metrics().lineSpacing() * max(1, len(self.lines())))

    def _explain(self) -> None:
        self.setToolTip(plain_tip(self.text().replace(_APART, "\n")) if self.elided() else "")
        self.updateGeometry()


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
