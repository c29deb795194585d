"""What a person does at the window on a tour: find, press, type, scroll, sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SIGNATURE = ((10, 60), (16, 30), (22, 20), (26, 34), (24, 60), (30, 62), (36, 44), (42, 58),
              (48, 46), (54, 60), (62, 40), (70, 56), (78, 48), (88, 52))  # fmt: skip
"""The corners of a stroke, in hundredths of the area that is signed on."""


SHOWN_FOLDER = "/home/claire/.local/share/Mesodesk"
"""Shown in place of where the pictures are taken."""


class NotInSightError(LookupError):
    """Something that the tour needs does not show."""

    def __init__(self, window: QWidget, name: str) -> None:
        there = sorted({each.objectName() for each in _seen(window) if each.objectName()})
        super().__init__(f"{name} is not in sight; in sight are: {', '.join(there)}")


def _seen(window: QWidget, name: str = "") -> Iterator[QWidget]:
    found = window.findChildren(QWidget, name) if name else window.findChildren(QWidget)
    return (each for each in found if each.isVisible())


def in_sight(window: QWidget, name: str) -> bool:
    """Tell whether something shows."""
    return any(_seen(window, name))


def find(window: QWidget, name: str) -> QWidget:
    """Return the widget of a name that shows.

    Raises:
        NotInSightError: if there is none; it says what is there.
    """
    for widget in _seen(window, name):
        return widget
    raise NotInSightError(window, name)


def button(window: QWidget, name: str) -> QAbstractButton:
    """Return the button of a name that shows."""
    return cast("QAbstractButton", find(window, name))


def label(window: QWidget, name: str) -> QLabel:
    """Return the words of a name that show."""
    return cast("QLabel", find(window, name))


def click(window: QWidget, name: str) -> None:
    """Press what can be pressed."""
    pressed = find(window, name)
    if isinstance(pressed, QAbstractButton):
        pressed.click()


def write(window: QWidget, name: str, text: str) -> None:
    """Type as a person would, so that the page hears of it."""
    from PySide6.QtTest import QTest

    field = find(window, name)
    field.setFocus(Qt.FocusReason.OtherFocusReason)
    if isinstance(field, QLineEdit | QPlainTextEdit):
        field.selectAll()
    if text:
        QTest.keyClicks(field, text)
    else:
        QTest.keyClick(field, Qt.Key.Key_Delete)


def tap(window: QWidget, name: str, x: float, y: float) -> None:
    """Tap a place of something, in fractions of its width and height."""
    from PySide6.QtTest import QTest

    tapped = find(window, name)
    place = QPoint(round(x * tapped.width()), round(y * tapped.height()))
    QTest.mouseClick(tapped, Qt.MouseButton.LeftButton, pos=place)


def sign(window: QWidget, name: str) -> None:
    """Draw a stroke as of a name."""
    from PySide6.QtTest import QTest

    pad = find(window, name)
    way = [QPoint(x * pad.width() // 100, y * pad.height() // 100) for x, y in _SIGNATURE]
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=way[0])
    for place in way[1:]:
        QTest.mouseMove(pad, place)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=way[-1])


def show_elsewhere(window: QWidget, folder: Path) -> None:
    """Let words name somebody's folder in place of the one in which the pictures are taken."""
    for each in window.findChildren(QLabel):
        if each.isVisible() and str(folder) in each.text():
            each.setText(each.text().replace(str(folder), SHOWN_FOLDER))


def scroll_down(window: QWidget, name: str, pixels: int) -> None:
    """Scroll an area that is higher than its room."""
    area = find(window, name)
    if isinstance(area, QScrollArea):
        area.verticalScrollBar().setValue(pixels)


def scroll_to(window: QWidget, name: str, wanted: str) -> None:
    """Scroll an area until the foot of something in it shows."""
    area, widget = find(window, name), find(window, wanted)
    if isinstance(area, QScrollArea):
        area.ensureWidgetVisible(widget)


def close_overlays(window: QWidget) -> None:
    """Put away what lies over the page."""
    from mesodesk.ui.frame.overlay import Overlay

    for overlay in window.findChildren(Overlay):
        overlay.hide()
