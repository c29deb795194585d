"""The dark rail at the left: the pages, the person, the lock."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from mesodesk.ui import icons, theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space, syringe_look
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import FocusRing

WIDTH = 84


class RailItem(FocusRing):
    """One page: icon above its name."""

    def __init__(self, page_id: str, icon_name: str, text: str) -> None:
        super().__init__()
        self.page_id = page_id
        self._icon_name = icon_name
        self._count = 0
        self.setText(text)
        paint.name(self, f"rail_{page_id}", text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_count(self, count: int) -> None:
        """Show how many things wait there; 0 shows nothing."""
        self._count = count
        self.setAccessibleDescription(str(count) if count else "")
        self.update()

    def nextCheckState(self) -> None:
        """Leave it to the window which page is lit."""

    def sizeHint(self) -> QSize:
        return QSize(WIDTH - 16, 58)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        whole = paint.inside(self)
        lit = self.isChecked()
        ground = scheme.rail_active if lit else None
        if not lit and self.underMouse():
            ground = scheme.rail_hover
        if ground is not None:
            paint.box(painter, whole, ground)
        if self.shows_ring():
            paint.ring(painter, whole, scheme.rail_text_active)
        ink = scheme.rail_text_active if lit else scheme.rail_text
        icons.draw(painter, self._icon_name, QRectF(0, 8, whole.width(), 24), ink)
        font = theme.font(Role.SMALL_STRONG if lit else Role.SMALL)
        line = QRectF(2, 35, whole.width() - 4, 16)
        paint.write(painter, line, self.text(), font, ink, Qt.AlignmentFlag.AlignHCenter)
        if self._count:
            self._paint_count(painter, QRectF(whole.center().x() + 6, 4, 22, 16))

    def _paint_count(self, painter: QPainter, box: QRectF) -> None:
        look = syringe_look(1)
        paint.box(painter, box, look.colour, radius=8)
        words = "99+" if self._count > 99 else str(self._count)
        font = theme.font(Role.SMALL_STRONG)
        paint.write(painter, box, words, font, look.ink, Qt.AlignmentFlag.AlignHCenter)


class _Lock(FocusRing):
    """The person at work; a click locks the window."""

    def __init__(self) -> None:
        super().__init__()
        paint.name(self, "lock", self.tr("Lock"))
        self._initials = ""
        self._number = 1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_person(self, initials: str, name: str, number: int) -> None:
        """Show who works."""
        self._initials, self._number = initials[:3], number
        self.setToolTip(self.tr("{name}: lock the window (Ctrl+L)").format(name=name))
        self.setAccessibleDescription(name)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH - 16, 68)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        whole = paint.inside(self)
        if self.underMouse():
            paint.box(painter, whole, scheme.rail_hover)
        if self.shows_ring():
            paint.ring(painter, whole, scheme.rail_text_active)
        disc = QRectF(whole.center().x() - 20, 5, 40, 40)
        if self._initials:
            look = syringe_look((self._number - 1) % 9 + 1)
            paint.box(painter, disc, look.colour, radius=20)
            font = theme.font(Role.STRONG)
            paint.write(
                painter, disc, self._initials, font, look.ink, Qt.AlignmentFlag.AlignHCenter
            )
        else:
            icons.draw(painter, "lock-outline", disc.adjusted(8, 8, -8, -8), scheme.rail_text)
        line = QRectF(0, 48, whole.width(), 16)
        font = theme.font(Role.SMALL)
        paint.write(
            painter, line, self.tr("Lock"), font, scheme.rail_text, Qt.AlignmentFlag.AlignHCenter
        )


class Rail(QWidget):
    """The column of pages. Up and Down are left to Tab; every item has a shortcut Alt+number."""

    selected = Signal(str)
    """A page id."""

    locked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, "rail", self.tr("Pages"))
        self._items: dict[str, RailItem] = {}
        self.lock = _Lock()
        self.lock.clicked.connect(self.locked)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(Space.S, 20, Space.S, Space.M)
        self._column.setSpacing(4)
        self._column.addStretch(1)
        self._column.addWidget(self.lock)
        self.setFixedWidth(WIDTH)

    def add_item(self, page_id: str, icon_name: str, text: str) -> RailItem:
        """Add a page below those there are."""
        item = RailItem(page_id, icon_name, text)
        item.clicked.connect(self._clicked)
        self._column.insertWidget(len(self._items), item)
        self._items[page_id] = item
        return item

    def page_ids(self) -> tuple[str, ...]:
        """Return the pages, from the top."""
        return tuple(self._items)

    def set_current(self, page_id: str) -> None:
        """Light one page."""
        for each, item in self._items.items():
            item.setChecked(each == page_id)

    def set_count(self, page_id: str, count: int) -> None:
        """Show how many things wait on a page."""
        self._items[page_id].set_count(count)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour("rail"))

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, RailItem):
            self.selected.emit(sender.page_id)
