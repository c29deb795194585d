"""Rows of a list: as widgets for a few, as a painted delegate for long lists."""

from collections.abc import Collection, Iterable
from enum import IntEnum
from itertools import pairwise

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from mesodesk.ui import icons, theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import FocusRing
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import ElidedLabel

_Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT = 52
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)


class Row(FocusRing):
    """A line that can be clicked: something before, title over subtitle, something after.

    Enter, Space or a click emits `clicked`; Up and Down move between the rows of a `RowList`.
    """

    def __init__(
        self,
        title: str,
        subtitle: str = "",
        *,
        object_name: str,
        leading: QWidget | None = None,
        trailing: Iterable[QWidget] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = ElidedLabel("", Role.STRONG)
        self.subtitle = ElidedLabel("", Role.SMALL, "muted")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        words = self._words = QVBoxLayout()
        words.setSpacing(1)
        words.addStretch(1)
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        words.addStretch(1)
        line = self._line = QHBoxLayout(self)
        line.setContentsMargins(Space.S, Space.XS, Space.S, Space.XS)
        line.setSpacing(Space.M)
        if leading is not None:
            line.addWidget(leading)
        nest(line, words, 1)
        for widget in trailing:
            line.addWidget(widget)
        self.setObjectName(object_name)
        self.set_words(title, subtitle)

    def set_words(self, title: str, subtitle: str = "") -> None:
        """Change title and subtitle."""
        self.title.setText(title)
        self.subtitle.setText(subtitle)
        self.subtitle.setVisible(bool(subtitle))
        self.setAccessibleName(f"{title}. {subtitle}" if subtitle else title)

    def sizeHint(self) -> QSize:
        inner = self._line.sizeHint()
        return QSize(inner.width(), max(ROW_HEIGHT, inner.height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._line.minimumSize().width(), self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in _MOVES:
            event.ignore()  # the list moves
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        rest = scheme.accent_soft if self.isChecked() else None
        ground = paint.ground_of(self, rest=rest, hover=scheme.hover, pressed=scheme.pressed)
        if self.isChecked():
            ground = scheme.accent_soft
        if ground is not None:
            paint.box(painter, paint.inside(self), ground)
        if self.shows_ring():
            paint.ring(painter, paint.inside(self))


class RowList(QWidget):
    """A few rows, one below the other; Up, Down, Home and End move the focus."""

    activated = Signal(int)
    """The number of the row that was clicked."""

    def __init__(
        self, object_name: str, accessible_name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        paint.name(self, object_name, accessible_name)
        self._rows: list[Row] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def rows(self) -> tuple[Row, ...]:
        """Return the rows, from the top."""
        return tuple(self._rows)

    def set_rows(self, rows: Iterable[Row]) -> None:
        """Replace the rows; one that is among them already stays what it is."""
        wanted, known = list(rows), set(self._rows)
        for gone in self.put_away(set(wanted)):
            gone.deleteLater()
        self._rows = wanted
        for at, row in enumerate(wanted):
            if row not in known:
                row.clicked.connect(self._clicked)
            if self._column.indexOf(row) != at:
                self._column.removeWidget(row)
                self._column.insertWidget(at, row)
        for before, after in pairwise(wanted):
            QWidget.setTabOrder(before, after)

    def put_away(self, but: Collection[Row] = ()) -> list[Row]:
        """Take all rows off but some; return them hidden, for `set_rows` or to be deleted."""
        gone = [row for row in self._rows if row not in but]
        for row in gone:
            row.hide()
            self._column.removeWidget(row)
            row.clicked.disconnect(self._clicked)
        self._rows = [row for row in self._rows if row in but]
        return gone

    def add_rows(self, rows: Iterable[Row]) -> None:
        """Put rows below those that are there."""
        for row in rows:
            self._rows.append(row)
            self._column.addWidget(row)
            row.clicked.connect(self._clicked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows = [row for row in self._rows if not row.isHidden()]
        focused = [at for at, row in enumerate(rows) if row.hasFocus()]
        last = len(rows) - 1
        targets = {
            Qt.Key.Key_Up.value: max(0, focused[0] - 1) if focused else 0,
            Qt.Key.Key_Down.value: min(last, focused[0] + 1) if focused else 0,
            Qt.Key.Key_Home.value: 0,
            Qt.Key.Key_End.value: last,
        }
        if rows and event.key() in targets:
            rows[targets[event.key()]].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, Row) and sender in self._rows:
            self.activated.emit(self._rows.index(sender))


class RowRole(IntEnum):
    """What a model gives `RowDelegate`, all ready-made strings."""

    TITLE = Qt.ItemDataRole.DisplayRole.value
    SUBTITLE = Qt.ItemDataRole.UserRole.value + 1
    TRAILING = Qt.ItemDataRole.UserRole.value + 2
    ICON = Qt.ItemDataRole.UserRole.value + 3


class RowDelegate(QStyledItemDelegate):
    """Paints the rows of a long list as `Row` looks: title over subtitle, trailing text."""

    def __init__(self, height: int = ROW_HEIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._height = height

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index, /) -> QSize:
        return QSize(120, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index, /) -> None:
        scheme = theme.current()
        box = QRectF(option.rect).adjusted(2, 1, -2, -1)
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected:
            paint.box(painter, box, scheme.accent_soft)
        elif state & QStyle.StateFlag.State_MouseOver:
            paint.box(painter, box, scheme.hover)
        if selected and state & QStyle.StateFlag.State_HasFocus:
            paint.ring(painter, box)
        room = box.adjusted(10, 0, -10, 0)
        icon = index.data(RowRole.ICON)
        if icon:
            icons.draw(
                painter, icon, QRectF(room.left(), room.top(), 20, room.height()), scheme.muted
            )
            room.setLeft(room.left() + 32)
        self._paint_words(painter, room, index)

    def _paint_words(self, painter: QPainter, room: QRectF, index: _Index) -> None:
        scheme = theme.current()
        trailing = index.data(RowRole.TRAILING) or ""
        if trailing:
            small = theme.font(Role.SMALL)
            paint.write(painter, room, trailing, small, scheme.muted, Qt.AlignmentFlag.AlignRight)
            room.setRight(room.right() - paint.text_width(trailing, small) - 12)
        title, subtitle = index.data(RowRole.TITLE) or "", index.data(RowRole.SUBTITLE) or ""
        strong = theme.font(Role.STRONG)
        if not subtitle:
            paint.write(painter, room, title, strong, scheme.text)
            return
        upper = QRectF(room.left(), room.center().y() - 19, room.width(), 20)
        lower = QRectF(room.left(), room.center().y() + 1, room.width(), 18)
        paint.write(painter, upper, title, strong, scheme.text)
        paint.write(painter, lower, subtitle, theme.font(Role.SMALL), scheme.muted)


def long_list(name: str, label: str) -> QListView:
    """Return a list for many rows of `RowRole`, which gets its model yet; `label` is read out."""
    made = QListView()
    paint.name(made, name, label)
    made.setUniformItemSizes(True)
    made.setMouseTracking(True)
    made.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setItemDelegate(RowDelegate(parent=made))
    return made
