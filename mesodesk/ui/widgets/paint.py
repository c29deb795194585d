"""What painted widgets share: crisp rounded boxes, focus rings, elided text, names for tools."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from mesodesk.ui import theme
from mesodesk.ui.tokens import RADIUS

_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
    Qt.FocusReason.OtherFocusReason,
)


def name(widget: QWidget, object_name: str, accessible_name: str) -> None:
    """Give a widget the name that tools find it by and the one that is read out."""
    widget.setObjectName(object_name)
    widget.setAccessibleName(accessible_name)


def box(
    painter: QPainter,
    rect: QRectF,
    fill: QColor | str | None,
    border: QColor | str | None = None,
    *,
    width: float = 1,
    radius: float = RADIUS,
    dashed: bool = False,
) -> None:
    """Paint a rounded box whose border lies wholly inside the rectangle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(fill) if fill is not None else Qt.BrushStyle.NoBrush)
    if border is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect, radius, radius)
    else:
        pen = QPen(QColor(border), width)
        if dashed:
            pen.setDashPattern([4, 3])
        painter.setPen(pen)
        inset = width / 2
        inner = rect.adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(inner, radius - inset, radius - inset)
    painter.restore()


def seen_edge(colour: str) -> str | None:
    """Return the edge without which a colour would vanish: that of black on the dark ground."""
    return theme.current().muted if theme.current().dark and colour == "#000000" else None


def ring(
    painter: QPainter, rect: QRectF, colour: str | None = None, radius: float = RADIUS
) -> None:
    """Paint the focus ring just inside a rectangle."""
    box(painter, rect, None, colour or theme.current().accent, width=2, radius=radius)


def inside(widget: QWidget) -> QRectF:
    """Return a widget's rectangle for painting."""
    return QRectF(widget.rect())


def write(
    painter: QPainter,
    rect: QRectF,
    text: str,
    font: QFont,
    colour: QColor | str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """Write one line, vertically centred, with an ellipsis where it does not fit."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width() + 0.5)
    painter.drawText(rect, align | Qt.AlignmentFlag.AlignVCenter, shown)


def broken(text: str, font: QFont, width: float, most: int = 2) -> list[str]:
    """Break a text between words into lines that fit, where they can; the last takes the rest."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (len(lines) == most or text_width(longer, font) <= width):
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def text_width(text: str, font: QFont) -> int:
    """Return the pixels that a line needs, rounded up."""
    return int(QFontMetricsF(font).horizontalAdvance(text)) + 1


def by_keyboard(reason: Qt.FocusReason) -> bool:
    """Tell whether the focus came in a way that calls for a visible ring."""
    return reason in _KEYBOARD


def ground_of(button: QAbstractButton, *, rest: str | None, hover: str, pressed: str) -> str | None:
    """Return which of three colours a button's ground has now."""
    if not button.isEnabled():
        return rest
    if button.isDown():
        return pressed
    return hover if button.underMouse() else rest
