"""What lies over the body: sides, scale, selection, crosshair, and sentences in their place."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from mesodesk.domain.bodymap.view import View
from mesodesk.domain.syringe_looks import SyringeLook
from mesodesk.ui import theme
from mesodesk.ui.bodymap.marks import draw_mark
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.text import Label

_LENGTHS_CM: Final = (0.5, 1, 2, 5, 10, 20, 50)
_LEAST_BAR: Final = 36.0
_HINT_MS: Final = 5000


def sides_of(view: View) -> tuple[str, str] | None:
    """Return the patient's side at the left and right edge of a view, None in profile."""
    toward_patients_left = float(view.camera.right[0])
    if abs(toward_patients_left) < 0.5:
        return None
    return ("right", "left") if toward_patients_left > 0 else ("left", "right")


def draw_side_letters(painter: QPainter, canvas: QRectF, letters: tuple[str, str]) -> None:
    """Write the patient's sides into the upper corners, readable over skin too."""
    side = 24.0
    for letter, left in zip(letters, (10.0, canvas.width() - 10.0 - side), strict=True):
        box = QRectF(left, 11, side, side)
        _draw_ground(painter, box)
        ink, middle = theme.current().muted, Qt.AlignmentFlag.AlignHCenter
        paint.write(painter, box, letter, theme.font(Role.STRONG), ink, middle)


def _draw_ground(painter: QPainter, box: QRectF) -> None:
    ground = theme.colour("map_ground")
    ground.setAlpha(215)
    paint.box(painter, box, ground, radius=6)


def scale_length_cm(mm_per_canvas_px: float) -> float:
    """Return the round length that makes a bar of a good size."""
    fitting = [cm for cm in _LENGTHS_CM if cm * 10 / mm_per_canvas_px >= _LEAST_BAR]
    return fitting[0] if fitting else _LENGTHS_CM[-1]


def draw_scale(
    painter: QPainter, canvas: QRectF, mm_per_canvas_px: float, length: str, basis: str
) -> None:
    """Draw the scale bar with its length and what it rests on into the lower left corner."""
    scheme = theme.current()
    font = theme.font(Role.SMALL)
    width = scale_length_cm(mm_per_canvas_px) * 10 / mm_per_canvas_px
    left, y = canvas.left() + 16, canvas.bottom() - 34
    wide = max(width + 8 + paint.text_width(length, font), paint.text_width(basis, font))
    _draw_ground(painter, QRectF(left - 7, y - 13, wide + 14, 42))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(scheme.muted), 1.4))
    painter.drawLine(QPointF(left, y), QPointF(left + width, y))
    for x in (left, left + width):
        painter.drawLine(QPointF(x, y - 4), QPointF(x, y + 4))
    painter.restore()
    paint.write(painter, QRectF(left + width + 8, y - 9, 80, 18), length, font, scheme.muted)
    paint.write(painter, QRectF(left, y + 8, 320, 18), basis, font, scheme.muted)


def draw_selection(painter: QPainter, centre: QPointF, radius: float) -> None:
    """Ring the selected point, readable on skin and on both grounds."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, colour in ((5.0, QColor("#FFFFFF")), (2.2, QColor("#0F6E76"))):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(centre, radius + 5.5, radius + 5.5)
    painter.restore()


def draw_hover(painter: QPainter, centre: QPointF, radius: float) -> None:
    """Show which point a click would take."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(255, 255, 255, 220), 2.0))
    painter.drawEllipse(centre, radius + 3.5, radius + 3.5)
    painter.restore()


def draw_crosshair(painter: QPainter, centre: QPointF) -> None:
    """Show where the keyboard would place a point."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for width, colour in ((4.0, QColor(255, 255, 255, 230)), (1.6, QColor("#12363A"))):
        painter.setPen(QPen(colour, width))
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(centre + QPointF(dx * 5, dy * 5), centre + QPointF(dx * 16, dy * 16))
    painter.restore()


def draw_ghost(painter: QPainter, look: SyringeLook, centre: QPointF, radius: float) -> None:
    """Show a point that is not charted yet."""
    painter.save()
    painter.setOpacity(0.55)
    draw_mark(painter, look, centre, radius)
    painter.restore()


class Hint(QFrame):
    """One sentence beside the place it is about; it goes by itself, or with the next gesture."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        #: what no sentence may lie over.
        self.beside: QWidget | None = None
        self.setObjectName("chart_hint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.label = Label()
        self.label.setObjectName("chart_hint_text")
        line = QHBoxLayout(self)
        line.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        line.setSpacing(Space.S)
        line.addWidget(IconLabel("information-outline", Kind.CAUTION.value, 18))
        line.addWidget(self.label)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_HINT_MS)
        self._timer.timeout.connect(self.dismiss)
        self.hide()

    def say(self, sentence: str, place: QPointF) -> None:
        """Show a sentence near a place of the parent, wholly inside it."""
        self.label.setText(sentence)
        self.setAccessibleName(sentence)
        room = self._room.rect().adjusted(8, 8, -8, -8)
        self._fit(room.width())
        box = self.rect()
        box.moveTopLeft((place + QPointF(16, 18)).toPoint())
        if box.right() > room.right():
            box.moveRight(room.right())
        if box.bottom() > room.bottom():
            box.moveBottom(round(place.y()) - 14)
        beside = self.beside
        if beside is not None and beside.isVisible() and beside.geometry().intersects(box):
            box.moveRight(beside.geometry().left() - 1)
        box.moveLeft(max(box.left(), room.left()))
        self.setGeometry(box)
        self.show()
        self.raise_()
        self._timer.start()

    def _fit(self, room: int) -> None:
        """Take one line, or as many as it needs where the canvas is narrow."""
        self.label.setWordWrap(False)
        self.adjustSize()
        if self.width() > room:
            self.label.setWordWrap(True)
            self.resize(room, self.heightForWidth(room))

    @Slot()
    def dismiss(self) -> None:
        """Take the sentence away."""
        self._timer.stop()
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        scheme = theme.current()
        paint.box(QPainter(self), paint.inside(self), scheme.surface, scheme.border_strong)


class HoverLabel(QWidget):
    """Names what is under the pointer, in the lower right corner of the canvas."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self.setObjectName("chart_hover")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.text = ""
        self.hide()

    def show_text(self, text: str) -> None:
        """Name something; "" hides the label."""
        if text != self.text:
            self.text = text
            self.setAccessibleName(text)
            self.setVisible(bool(text))
            self.place()
            self.update()

    def place(self) -> None:
        """Take the corner of the parent."""
        parent = self._room.rect()
        wanted = paint.text_width(self.text, theme.font(Role.STRONG)) + 20
        width = min(wanted, parent.width() - 24)
        self.setGeometry(parent.right() - width - 12, parent.bottom() - 40, width, 28)

    def paintEvent(self, _event: QPaintEvent) -> None:
        scheme = theme.current()
        painter = QPainter(self)
        ground = QColor(scheme.surface)
        ground.setAlpha(225)
        paint.box(painter, paint.inside(self), ground, scheme.border, radius=6)
        font = theme.font(Role.STRONG)
        middle = Qt.AlignmentFlag.AlignHCenter
        paint.write(painter, paint.inside(self), self.text, font, scheme.text, middle)
