"""The views of the body as a row of small pictures."""

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.view import View
from mesodesk.ui import theme
from mesodesk.ui.bodymap.figure import thumbnail
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import FocusRing

_SIZE = QSize(102, 84)
_PICTURE = QSize(56, 42)
_PICTURE_TOP = 5
_LINE = 15
_SIDE = 3
_LOW = 34
"""Height without the pictures, where the window is low."""
_READ_EVERY_MS = 20
"""A picture takes some 15 ms: one after the other without a break would hold the window up."""
_BAR = 14
"""Room for the scroll bar beneath."""


class ViewButton(FocusRing):
    """A view in small, with its name."""

    def __init__(self, view: View, language: str) -> None:
        super().__init__()
        name = view.name(language)
        paint.name(self, f"view_{view.view_id}", name)
        self.setText(name)
        self.setToolTip(name)
        self.view = view
        self._picture: QImage | None = None
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._low = False
        self.set_low(low=False)

    def set_low(self, *, low: bool) -> None:
        """Show the name alone, or the picture too."""
        self._low = low
        words = paint.text_width(self.text(), theme.font(Role.SMALL_STRONG)) + 24
        self.setFixedSize(QSize(words, _LOW) if low else _SIZE)

    def has_picture(self) -> bool:
        """Tell whether the picture is made for the screen that the button is on."""
        made = self._picture
        return made is not None and made.devicePixelRatio() == self.devicePixelRatioF()

    def make_picture(self) -> None:
        """Read the picture; takes some milliseconds."""
        self._picture = thumbnail(self.view, _PICTURE, self.devicePixelRatioF())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        whole = paint.inside(self)
        chosen = self.isChecked()
        ground = scheme.hover if self.underMouse() and not chosen else scheme.surface
        border = scheme.accent if chosen else scheme.border
        paint.box(painter, whole, ground, border, width=2 if chosen else 1)
        if self._picture is not None and not self._low:
            painter.setOpacity(0.86 if scheme.dark else 1.0)
            painter.drawImage(
                QRectF((whole.width() - _PICTURE.width()) / 2, _PICTURE_TOP, *_PICTURE.toTuple()),
                self._picture,
            )
            painter.setOpacity(1.0)
        role, ink = (Role.SMALL_STRONG, scheme.accent) if chosen else (Role.SMALL, scheme.text)
        self._write_name(painter, whole, theme.font(role), ink)
        if self.shows_ring():
            paint.ring(painter, whole.adjusted(3, 3, -3, -3), radius=5)

    def _write_name(self, painter: QPainter, whole: QRectF, font: QFont, ink: QColor | str) -> None:
        """Write the name beneath the picture, in two lines if need be; alone, in one."""
        inner = whole.adjusted(_SIDE, 0, -_SIDE, 0)
        lines = [self.text()] if self._low else paint.broken(self.text(), font, inner.width())
        room = whole.height() if self._low else whole.height() - _PICTURE_TOP - _PICTURE.height()
        top = whole.bottom() - (room + _LINE * len(lines)) / 2
        for at, line in enumerate(lines):
            box = QRectF(inner.left(), top + _LINE * at, inner.width(), _LINE)
            paint.write(painter, box, line, font, ink, Qt.AlignmentFlag.AlignHCenter)


class ViewStrip(QScrollArea):
    """All views of an atlas; the pictures are read one after another while nothing else is done."""

    chosen = Signal(str)
    """The id of the view that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, "chart_views", self.tr("Views"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.viewport().setAutoFillBackground(False)
        self._content = QWidget()
        self._content.setAutoFillBackground(False)
        self._line = QHBoxLayout(self._content)
        self._line.setContentsMargins(0, 0, 0, 2)
        self._line.setSpacing(Space.S)
        self._line.addStretch(1)
        self.setWidget(self._content)
        self._content.setAutoFillBackground(False)
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._clicked)
        self._buttons: list[ViewButton] = []
        self._offered: tuple[Atlas, str] | None = None
        self._low = False
        self._reading = QTimer(self)
        self._reading.setInterval(_READ_EVERY_MS)
        self._reading.timeout.connect(self._read_next)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(400, (_LOW if self._low else _SIZE.height()) + _BAR)

    def minimumSizeHint(self) -> QSize:
        return QSize(_SIZE.width(), self.sizeHint().height())

    def set_low(self, *, low: bool) -> None:
        """Leave the pictures out, to give the body their room."""
        if low != self._low:
            self._low = low
            for button in self._buttons:
                button.set_low(low=low)
            self.updateGeometry()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll sideways with an ordinary wheel."""
        turned = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (turned.x() or turned.y()))
        event.accept()

    def set_atlas(self, atlas: Atlas, language: str) -> None:
        """Offer the views of an atlas."""
        if self._offered == (atlas, language):
            # Moved to another screen, it may need other pictures.
            self._reading.start()
            return
        self._offered = atlas, language
        for old in self._buttons:
            self._group.removeButton(old)
            old.hide()
            old.deleteLater()
        self._buttons = [ViewButton(view, language) for view in atlas.views]
        for at, button in enumerate(self._buttons):
            button.set_low(low=self._low)
            self._group.addButton(button)
            self._line.insertWidget(at, button)
        self._reading.start()

    def show_view(self, view_id: str) -> None:
        """Mark the view that is in sight."""
        for button in self._buttons:
            if button.view.view_id == view_id:
                button.setChecked(True)
                self.ensureWidgetVisible(button)

    def finish_reading(self) -> None:
        """Read all pictures now."""
        while self._reading.isActive():
            self._read_next()

    @Slot()
    def _read_next(self) -> None:
        for button in self._buttons:
            if not button.has_picture():
                button.make_picture()
                return
        self._reading.stop()

    @Slot(object)
    def _clicked(self, button: ViewButton) -> None:
        self.chosen.emit(button.view.view_id)
