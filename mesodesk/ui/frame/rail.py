"""The dark rail at the left: the pages, who is in, the lock."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from mesodesk.domain.syringe_looks import syringe_look
from mesodesk.ui import icons, theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
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


class _Foot(FocusRing):
    """A button at the foot of the rail."""

    def __init__(self, object_name: str, accessible_name: str, tall: int) -> None:
        super().__init__()
        self._tall = tall
        paint.name(self, object_name, accessible_name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH - 16, self._tall)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        whole = paint.inside(self)
        if self.underMouse():
            paint.box(painter, whole, theme.current().rail_hover)
        if self.shows_ring():
            paint.ring(painter, whole, theme.current().rail_text_active)
        self.paint_content(painter, whole)

    def paint_content(self, painter: QPainter, whole: QRectF) -> None:
        """Paint what the button shows."""


class _Person(_Foot):
    """Who is in, by colour, initials and name; a click lets somebody else come in."""

    def __init__(self) -> None:
        super().__init__("person", self.tr("Switch person"), 80)
        self._initials = self._name = ""
        self._number = 1

    def set_person(self, initials: str, name: str, number: int) -> None:
        """Show who works."""
        self._initials, self._name, self._number = initials[:3], name, number
        words = self.tr("{name} is in. Switch person (Ctrl+Shift+L)").format(name=name)
        self.setToolTip(words)
        self.setAccessibleDescription(name)
        self.update()

    def paint_content(self, painter: QPainter, whole: QRectF) -> None:
        disc = QRectF(whole.center().x() - 20, 4, 40, 40)
        if not self._initials:
            return
        paint_person(painter, disc, self._initials, self._number)
        font, ink = theme.font(Role.SMALL), theme.current().rail_text_active
        for at, line in enumerate(paint.broken(self._name, font, whole.width() - 4)):
            room = QRectF(2, 47 + 15 * at, whole.width() - 4, 15)
            paint.write(painter, room, line, font, ink, Qt.AlignmentFlag.AlignHCenter)


class _Lock(_Foot):
    """Locks the window."""

    def __init__(self) -> None:
        super().__init__("lock", self.tr("Lock"), 48)
        self.setToolTip(self.tr("Lock the window (Ctrl+L)"))

    def paint_content(self, painter: QPainter, whole: QRectF) -> None:
        ink = theme.current().rail_text
        icons.draw(painter, "lock-outline", QRectF(0, 4, whole.width(), 22), ink)
        line, font = QRectF(0, 28, whole.width(), 16), theme.font(Role.SMALL)
        paint.write(painter, line, self.tr("Lock"), font, ink, Qt.AlignmentFlag.AlignHCenter)


def paint_person(painter: QPainter, disc: QRectF, initials: str, number: int) -> None:
    """Paint somebody's initials on a disc of their colour."""
    look = syringe_look((number - 1) % 9 + 1)
    edge = paint.seen_edge(look.colour)
    paint.box(painter, disc, look.colour, edge, radius=disc.width() / 2)
    font = theme.font(Role.STRONG)
    paint.write(painter, disc, initials[:3], font, look.ink, Qt.AlignmentFlag.AlignHCenter)


class Rail(QWidget):
    """The column of pages. Up and Down are left to Tab; every item has a shortcut Alt+number."""

    selected = Signal(str)
    """A page id."""

    locked = Signal()

    person_asked = Signal()
    """Somebody else wants to come in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, "rail", self.tr("Pages"))
        self._items: dict[str, RailItem] = {}
        self.person, self.lock = _Person(), _Lock()
        self.person.clicked.connect(self.person_asked)
        self.lock.clicked.connect(self.locked)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(Space.S, 20, Space.S, Space.M)
        self._column.setSpacing(4)
        self._column.addStretch(1)
        self._column.addWidget(self.person)
        self._column.addWidget(self.lock)
        self.setFixedWidth(WIDTH)

    def add_item(self, page_id: str, icon_name: str, text: str) -> RailItem:
        """Add a page below those there are."""
        item = RailItem(page_id, icon_name, text)
        item.clicked.connect(self._clicked)
        self._column.insertWidget(len(self._items), item)
        self._items[page_id] = item
        return item

    def offer(self, page_id: str, *, offered: bool) -> None:
        """Show a page or not; one that is not shown cannot be opened by its key either."""
        self._items[page_id].setEnabled(offered)
        self._items[page_id].setVisible(offered)

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
