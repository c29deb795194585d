"""Lets Tab go through a part of a page as it is read, whatever was put into it last.

Qt's own chain follows the order in which widgets were made, and cannot be set anew where fields
stand for the inputs inside them. A part whose content comes and goes overrides

    def focusNextPrevChild(self, forwards: bool, /) -> bool:
        return step(self, forwards=forwards) or super().focusNextPrevChild(forwards)
"""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLayout, QScrollArea, QWidget

from mesodesk.ui.widgets.layouts import entries


def step(root: QWidget, *, forwards: bool) -> bool:
    """Move the focus to the next stop inside a widget, or out of it past the last one.

    Returns False if the focus is not inside.
    """
    current = QApplication.focusWidget()
    order = list(stops(root))
    if current is None or current not in order:
        return False
    at = order.index(current)
    rest = order[at + 1 :] if forwards else order[:at][::-1]
    target = next((each for each in rest if _takes_tab(each, root)), None)
    target = target or _beyond(root, current, forwards=forwards)
    if target is None:
        return False
    by_tab, by_backtab = Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason
    target.setFocus(by_tab if forwards else by_backtab)
    _show(target)
    return True


def stops(root: QWidget) -> Iterator[QWidget]:
    """Yield what can have the focus inside a widget, in the order of the layouts."""
    inner = root.widget() if isinstance(root, QScrollArea) else None
    if inner is not None:
        yield from stops(inner)
        return
    layout = root.layout()
    if layout is not None:
        yield from _in_layout(layout)


def _in_layout(layout: QLayout) -> Iterator[QWidget]:
    for each in entries(layout):
        if isinstance(each, QLayout):
            yield from _in_layout(each)
            continue
        if each.focusPolicy() is not Qt.FocusPolicy.NoFocus and each.focusProxy() is None:
            yield each
        yield from stops(each)


def _takes_tab(widget: QWidget, root: QWidget) -> bool:
    by_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return by_tab and widget.isEnabled() and widget.isVisibleTo(root)


def _beyond(root: QWidget, current: QWidget, *, forwards: bool) -> QWidget | None:
    """Return the next stop of Qt's chain that lies outside."""
    window = root.window()
    widget = _neighbour(current, forwards=forwards)
    while widget is not None and widget is not current:
        outside = not root.isAncestorOf(widget) and widget is not root
        if outside and widget.focusProxy() is None and _takes_tab(widget, window):
            return widget
        widget = _neighbour(widget, forwards=forwards)
    return None


def _neighbour(widget: QWidget, *, forwards: bool) -> QWidget | None:
    return widget.nextInFocusChain() if forwards else widget.previousInFocusChain()


def _show(widget: QWidget) -> None:
    """Scroll whatever lies around a widget so that it is in sight."""
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget, 0, 40)
        above = above.parentWidget()
