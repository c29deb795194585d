"""Layouts: a flow that wraps, a scrolling page of readable width, helpers for rows and columns."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QMargins, QPoint, QRect, QSize, Qt, Slot
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QLayoutItem,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
    QWidgetItem,
)
from shiboken6 import createdByPython

from mesodesk.ui.tokens import BAR, Space

EDGE: Final = Space.PAGE - BAR
"""The right margin of a row that ends in a column with a scroll bar in the page's margin."""

# From a row of a card through its column, which scrolls, to the page.
_NESTED: Final = 8

# Somebody said whether a widget is to be seen; the layout does not show it by itself.
_SAID = Qt.WidgetAttribute.WA_WState_ExplicitShowHide


class FlowLayout(QLayout):
    """Lays widgets side by side, in reading direction, and goes on in the next line when full.

    Args:
        parent: whose layout it is.
        spacing: between two widgets, and between two lines.
        level: widgets of a line have their middles on one height, as words beside chips should;
            otherwise their upper edges, as fields with a label above each should.
    """

    def __init__(
        self, parent: QWidget | None = None, spacing: int = Space.S, *, level: bool = False
    ) -> None:
        super().__init__(parent)
        self._level = level
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(QMargins(0, 0, 0, 0))
        self.setSpacing(spacing)

    def addWidget(self, widget: QWidget, /) -> None:  # noqa: N802 - Qt's name
        # Qt would make the item, and delete it later without a word. What Python knows it by would
        # stay, stand for another item that comes to lie at the same place in memory, and be
        # declared dead with the layout that the first one was in: the next time, Qt crashes.
        self.addChildWidget(widget)
        self.addItem(QWidgetItem(widget))

    def addItem(self, item: QLayoutItem, /) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int, /) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int, /) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int, /) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect, /) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in shown) + self.spacing() * max(0, len(shown) - 1)
        return QSize(width, max((size.height() for size in shown), default=0))

    def minimumSize(self) -> QSize:  # noqa: N802 - Qt's name
        least = QSize(0, 0)
        for item in self._items:
            if not item.isEmpty():
                least = least.expandedTo(item.minimumSize())
        return least

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        """Place the items, or only measure; return the height needed."""
        parent = self.parentWidget()
        leftwards = (
            parent is not None and parent.layoutDirection() is Qt.LayoutDirection.RightToLeft
        )
        top = height = 0
        for line in self._lines(rect.width()):
            top = height + self.spacing() if height else 0
            tallest = max(size.height() for _item, size in line)
            along = 0
            for item, size in line:
                if move:
                    left = rect.width() - along - size.width() if leftwards else along
                    down = (tallest - size.height()) // 2 if self._level else 0
                    item.setGeometry(QRect(rect.topLeft() + QPoint(left, top + down), size))
                along += size.width() + self.spacing()
            height = top + tallest
        return height

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        """Share the items out to lines of a width, each with its size."""
        lines: list[list[tuple[QLayoutItem, QSize]]] = []
        along = 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint().boundedTo(QSize(max(width, 1), 16_777_215))
            if not lines or (along > 0 and along + size.width() > width):
                lines.append([])
                along = 0
            lines[-1].append((item, size))
            along += size.width() + self.spacing()
        return lines


class _Scrolled(QWidget):
    """What scrolls: as high as its content at the width that it has."""

    def minimumSizeHint(self) -> QSize:
        """Leave the height to the width.

        Text that wraps asks for the height of two or more lines before it knows its width, and a
        scroll area takes the larger of the two: one scrolled on into nothing.
        """
        least = super().minimumSizeHint()
        return QSize(least.width(), 0) if self.hasHeightForWidth() else least


class PageScroll(QScrollArea):
    """A column that scrolls and never grows wider than is pleasant to read.

    Add with `add` or into `column`.

    Args:
        object_name: stable name for tests and tools.
        max_width: how wide the column grows, in pixels.
        margin: around the column.
        page: it fills a page from edge to edge, and the column keeps the page's margins.
        edge: it ends in the page's right margin, `EDGE` from the window's.

    With `page` or `edge` the scroll bar lies in the page's margin: cards end where the heading of
    the page does, whether there is a bar or not.
    """

    def __init__(
        self,
        object_name: str = "page_scroll",
        *,
        max_width: int = 1120,
        margin: int = Space.L,
        page: bool = False,
        edge: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self.content = QWidget()
        self.content.setAutoFillBackground(False)
        self.content.setMaximumWidth(max_width)
        self.column = QVBoxLayout(self.content)
        self.column.setContentsMargins(margin, margin, margin, margin)
        self.column.setSpacing(Space.M)
        outer = _Scrolled()
        outer.setAutoFillBackground(False)
        middle = QHBoxLayout(outer)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(self.content)
        self.setWidget(outer)
        outer.setAutoFillBackground(False)
        self._end = Space.PAGE if page else BAR
        if page:
            self.column.setContentsMargins(Space.PAGE, 0, self._end, Space.M)
        elif edge:
            self.column.setContentsMargins(margin, margin, self._end, margin)
        if page or edge:
            self.verticalScrollBar().rangeChanged.connect(self._make_room)

    @Slot(int, int)
    def _make_room(self, least: int, most: int) -> None:
        """Let the scroll bar take its width from the margin beside it, not from the column."""
        margins = self.column.contentsMargins()
        margins.setRight(self._end - (BAR if most > least else 0))
        self.column.setContentsMargins(margins)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Put a widget below what is there."""
        self.column.addWidget(widget, stretch)


def nest(outer: QBoxLayout | QGridLayout, inner: QLayout, *where: int | Qt.AlignmentFlag) -> None:
    """Put a layout into another, as the outer one's own `addLayout` does.

    PySide would make a Python side for each item of the inner layout and keep it: also when Qt
    deletes the item with its widget. Whatever comes to lie at that place in memory is then taken
    for the item when it is deleted in turn, and the program ends.

    Args:
        outer: a line, a column or a grid.
        inner: what goes into it, empty or filled.
        where: what `addLayout` takes besides: a stretch, or row and column of a grid.
    """
    outer.addLayout(inner, *where)  # type: ignore[arg-type]  # as it takes it
    _forget_items(inner)


def _forget_items(layout: QLayout) -> None:
    """Let Python forget the items of a layout, which stay in it."""
    # They do so when they are taken out, also of a layout that they are not in.
    elsewhere = QHBoxLayout()
    for each in (layout.itemAt(at) for at in range(layout.count())):
        inner = each.layout() if each is not None else None
        if inner is not None:
            _forget_items(inner)
        elif each is not None and not createdByPython(each):
            elsewhere.removeItem(each)


def row(*widgets: QWidget, spacing: int = Space.S, stretch: bool = False) -> QHBoxLayout:
    """Return widgets side by side; `stretch` keeps them at the start of the line."""
    made = QHBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(spacing)
    for widget in widgets:
        made.addWidget(widget)
    if stretch:
        made.addStretch(1)
    return made


def column(*widgets: QWidget, spacing: int = Space.S, stretch: bool = False) -> QVBoxLayout:
    """Return widgets one below the other; `stretch` keeps them at the top."""
    made = QVBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(spacing)
    for widget in widgets:
        made.addWidget(widget)
    if stretch:
        made.addStretch(1)
    return made


def beside_bar(widget: QWidget) -> QHBoxLayout:
    """Return a widget that ends where cards do, in a column that reaches into the page's margin."""
    made = row(widget)
    made.setContentsMargins(0, 0, BAR, 0)
    return made


def fixed(widget: QWidget) -> QWidget:
    """Keep a widget at the size it asks for, and return it."""
    widget.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return widget


def entries(layout: QLayout) -> list[QWidget | QLayout]:
    """Return the widgets and layouts in a layout, in order.

    Not by `itemAt`: PySide keeps the Python side of an item after Qt has deleted the item, and
    hands it out for whatever comes to lie at that address next, which crashes.
    """
    parent = layout.parentWidget()
    around = [] if parent is None else parent.children()
    placed: list[tuple[int, QWidget | QLayout]] = []
    for each in (*around, *layout.children()):
        if isinstance(each, QWidget | QLayout):
            at = layout.indexOf(each)
            if at >= 0:
                placed.append((at, each))
    return [each for _, each in sorted(placed, key=lambda one: one[0])]


def widgets_in(layout: QLayout) -> list[QWidget]:
    """Return the widgets in a layout, in order, without those of inner layouts."""
    return [each for each in entries(layout) if isinstance(each, QWidget)]


def settle(layout: QLayout) -> None:
    """Let what is in a layout have its size at once, from the inside out.

    Qt shows what was put in, and measures what has changed, only in the next turn of its loop:
    until then new widgets count for nothing in the layout's height.
    """
    for each in entries(layout):
        if isinstance(each, QLayout):
            settle(each)
            continue
        inner = each.layout()
        if inner is not None:
            settle(inner)
        if each.isHidden() and not each.testAttribute(_SAID):
            each.show()
        each.updateGeometry()
    layout.invalidate()


def lay_out_what_asks() -> None:
    """Lay out what has changed and waits for the next turn of Qt's loop; nothing if nothing does.

    Each layout asks what is around it once it has been laid out itself, so this goes on from a row
    of a card to the page that it is in.
    """
    for _ in range(_NESTED):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


@contextmanager
def laid_out_once(widget: QWidget) -> Iterator[None]:
    """Let what a widget holds come and go, and lay it out once, in the next turn of Qt's loop.

    Qt lays everything out anew for each child that is shown, before it shows it.
    """
    layout = widget.layout()
    if layout is not None:
        layout.setEnabled(False)
    try:
        yield
    finally:
        if layout is not None:
            layout.setEnabled(True)


def clear(layout: QLayout) -> None:
    """Remove and delete everything in a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        inner = item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)
            inner.deleteLater()
