"""Hands that work the real window: one pair uses keys alone, the other the mouse.

Every event goes to the window, as from the system, and finds its own way to a widget: a widget that
is covered, scrolled out of sight or not reached by Tab cannot be worked. What takes a moment is a
generator: it yields what to wait for (a `Wait`), or seconds to rest.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
MOST_TABS = 400


class LostError(Exception):
    """Something is not where a user would find it."""


@dataclass(frozen=True)
class Wait:
    """Something to wait for, in words for the report if it never comes."""

    what: str
    check: Callable[[], object]


Steps = Generator[Wait | float, Any, Any]


class Hands(ABC):
    """What both pairs can do."""

    name = ""

    def __init__(self, window: QWidget) -> None:
        self.window = window
        #: called once, right before the next click: to say what it is going to do.
        self.before_click: Callable[[], None] | None = None
        #: where the last click of a mouse went, in the window.
        self.clicked = QPoint()

    # Seeing

    def look_for(self, name: str) -> QWidget | None:
        """Return the widget of that name that is in sight, scrolled away or not."""
        for widget in self.window.findChildren(QWidget, name):
            if widget.isVisible():
                return widget
        return None

    def find(self, name: str) -> QWidget:
        """Return the widget of that name.

        Raises:
            LostError: if none is in sight.
        """
        found = self.look_for(name)
        if found is None:
            raise LostError(f"{name} is not in sight")
        return found

    def sees(self, name: str) -> bool:
        found = self.look_for(name)
        return found is not None and found.isEnabled()

    def wait_for(self, name: str) -> Steps:
        """Wait until a widget is in sight and enabled."""
        yield Wait(f"{name} in sight", lambda: self.sees(name))

    def text_of(self, name: str) -> str:
        widget: Any = self.find(name)
        return widget.toPlainText() if isinstance(widget, QPlainTextEdit) else widget.text()

    # Keys

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """Press and release a key, wherever the focus is."""
        QTest.keyClick(self.window.windowHandle(), key, modifiers)

    def letter(self, letter: str, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """Press the key that writes a letter."""
        code = QTest.asciiToKey(letter.encode("ascii")[0]) if letter.isascii() else 0
        if letter.isupper():
            modifiers |= SHIFT
        QTest.sendKeyEvent(
            QTest.KeyAction.Click, self.window.windowHandle(), Qt.Key(code), letter, modifiers
        )

    def write(self, text: str) -> None:
        """Type a text, wherever the focus is."""
        for letter in text:
            self.letter(letter)

    # To be done by keys or by mouse

    @abstractmethod
    def go_to(self, name: str) -> Steps: ...

    @abstractmethod
    def press(self, name: str) -> Steps: ...

    @abstractmethod
    def choose(self, name: str, value: str) -> Steps: ...

    def type(self, name: str, text: str, *, clear: bool = False) -> Steps:
        """Type into a field."""
        yield from self.go_to(name)
        if clear:
            self.key(Qt.Key.Key_A, CTRL)
            self.key(Qt.Key.Key_Delete)
        self.write(text)

    def has_focus(self, name: str) -> bool:
        focus = QApplication.focusWidget()
        while focus is not None:
            if focus.objectName() == name:
                return True
            focus = focus.parentWidget()
        return False


class KeyboardHands(Hands):
    """Reaches everything by Tab, arrows and shortcuts."""

    name = "keyboard"

    def go_to(self, name: str) -> Steps:
        """Press Tab until the focus is in the widget, and find out if it never comes there."""
        yield from self.wait_for(name)
        seen: list[str] = []
        for _ in range(MOST_TABS):
            if self.has_focus(name):
                return
            self.key(Qt.Key.Key_Tab)
            focus = QApplication.focusWidget()
            seen.append(focus.objectName() if focus else "nothing")
            yield 0.0
        raise LostError(f"Tab never comes to {name}; it comes to {_round(seen)}")

    def press(self, name: str) -> Steps:
        yield from self.go_to(name)
        self.key(Qt.Key.Key_Space)

    def choose(self, name: str, value: str) -> Steps:
        """Move to a segment by arrows and choose it."""
        yield from self.go_to(name)
        wanted = f"{name}_{value}"
        for arrow in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            for _ in range(12):
                if self.has_focus(wanted):
                    self.key(Qt.Key.Key_Space)
                    return
                self.key(arrow)
        raise LostError(f"the arrows never come to {wanted}")

    def pick(self, name: str, text: str) -> Steps:
        """Find something in a long list by typing part of it."""
        yield from self.type(name, text, clear=True)
        yield from self.wait_for(f"{name}_list")
        self.key(Qt.Key.Key_Return)

    def page(self, page_id: str, number: int) -> Steps:
        self.key(Qt.Key(Qt.Key.Key_0 + number), ALT)
        yield from self.wait_for(f"page_{page_id}")

    def new_patient(self) -> Steps:
        self.key(Qt.Key.Key_N, CTRL)
        yield from self.wait_for("family_name")

    def station(self, key: str) -> Steps:
        yield from self.wait_for("step_check")
        number = ("check", "prepare", "chart", "finish").index(key) + 1
        self.key(Qt.Key(Qt.Key.Key_0 + number), CTRL)
        yield from self.wait_for(f"{key}_station")

    def first_patient(self) -> Steps:
        """Enter in the search opens the best match."""
        yield Wait("a match", lambda: self.find("patient_list").model().rowCount() == 1)
        self.key(Qt.Key.Key_Return)

    def first_product(self) -> Steps:
        yield Wait("a match", lambda: self.find("product_list").model().rowCount() == 1)
        self.key(Qt.Key.Key_Return)

    def choose_first(self, name: str) -> Steps:
        """Take the first of a short list."""
        yield from self.go_to(name)
        self.key(Qt.Key.Key_Down)
        yield from self.wait_for(f"{name}_list")
        self.key(Qt.Key.Key_Return)

    def undo(self) -> Steps:
        self.letter("z", CTRL)
        yield 0.0

    def redo(self) -> Steps:
        self.letter("y", CTRL)
        yield 0.0

    def choose_tab(self, strip: str, key: str) -> Steps:
        """Go to a tab of a strip by arrows."""
        wanted = f"{strip}_{key}"
        yield from self.wait_for(wanted)
        parent = self.find(wanted).parentWidget()
        for _ in range(MOST_TABS):
            focus = QApplication.focusWidget()
            if focus is not None and (focus.parentWidget() is parent or focus is parent):
                break
            self.key(Qt.Key.Key_Tab)
            yield 0.0
        for arrow in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            for _ in range(12):
                if self.has_focus(wanted):
                    self.key(Qt.Key.Key_Space)
                    return
                self.key(arrow)
        raise LostError(f"the arrows never come to {wanted}")

    def first_row(self, list_name: str) -> Steps:
        """Open the first row of a list."""
        yield from self.go_to(list_name)
        self.key(Qt.Key.Key_Return)

    def place_point(self, right: int, down: int) -> Steps:
        """Lead the crosshair from where it is, five millimetres a stride, and place a point."""
        yield from self.go_to("chart_canvas")
        self.key(Qt.Key.Key_Return if not self._has_crosshair() else Qt.Key.Key_Right)
        for count, there, back in (
            (right, Qt.Key.Key_Right, Qt.Key.Key_Left),
            (down, Qt.Key.Key_Down, Qt.Key.Key_Up),
        ):
            for _ in range(abs(count)):
                self.key(there if count > 0 else back)
        self.key(Qt.Key.Key_Return)

    def _has_crosshair(self) -> bool:
        canvas: Any = self.find("chart_canvas")
        return canvas.crosshair is not None


class MouseHands(Hands):
    """Uses the mouse for everything, and keys only to write words and numbers."""

    name = "mouse"

    def click(self, find: Callable[[], QWidget], at: QPoint | None = None) -> Steps:
        """Scroll a widget into sight and click it, by default in its middle.

        Lists are filled anew and pages laid out meanwhile: the widget is looked for each time.
        """
        for patience in range(200):
            widget = find()
            place = at if at is not None else widget.rect().center()
            if _lies_open(widget, place):
                spot = widget.mapTo(self.window, place)
                # While the hand goes there the page may be laid out: one looks before one clicks.
                QTest.mouseMove(self.window.windowHandle(), spot)
                there = find() is widget and _lies_open(widget, place)
                if there and widget.mapTo(self.window, place) == spot:
                    self.click_at(spot)
                    return
                continue
            if not self._scrolled(widget, place) and patience > 20:
                break
            yield 0.0 if patience < 10 else 0.02
        raise LostError(f"{find().objectName()} cannot be scrolled into sight")

    def click_at(self, spot: QPoint) -> None:
        """Click a place of the window."""
        handle, self.clicked = self.window.windowHandle(), spot
        QTest.mouseMove(handle, spot)
        before, self.before_click = self.before_click, None
        if before is not None:
            before()
        QTest.mouseClick(handle, LEFT, PLAIN, spot)

    def draw(self, name: str) -> Steps:
        """Draw a wave over a widget, in one stroke."""
        yield from self.wait_for(name)
        widget = self.find(name)
        handle, room = self.window.windowHandle(), widget.rect()
        spots = [
            widget.mapTo(
                self.window,
                QPoint(room.width() * (at + 1) // 12, room.height() * (3 + at % 3) // 8),
            )
            for at in range(10)
        ]
        QTest.mousePress(handle, LEFT, PLAIN, spots[0])
        for spot in spots[1:]:
            QTest.mouseMove(handle, spot)
            yield 0.0
        QTest.mouseRelease(handle, LEFT, PLAIN, spots[-1])

    def _scrolled(self, widget: QWidget, place: QPoint) -> bool:
        """Turn the wheel once over what hides the widget; tell whether there is such a thing."""
        area, direction = self._area_to_scroll(widget, place)
        if area is None:
            return False
        viewport = area.viewport()
        middle = viewport.mapTo(self.window, viewport.rect().center())
        handle = self.window.windowHandle()
        QTest.wheelEvent(handle, QPointF(middle), QPoint(0, direction * 120))
        return True

    def _area_to_scroll(
        self, widget: QWidget, spot: QPoint
    ) -> tuple[QAbstractScrollArea | None, int]:
        above = widget.parentWidget()
        while above is not None and above is not self.window:
            if isinstance(above, QAbstractScrollArea) and above.verticalScrollBar().maximum():
                y = widget.mapTo(above.viewport(), spot).y()
                if not 0 <= y < above.viewport().height():
                    return above, 1 if y < 0 else -1
            above = above.parentWidget()
        return None, 0

    def go_to(self, name: str) -> Steps:
        yield from self.wait_for(name)
        yield from self.click(partial(self.find, name))
        if isinstance(self.find(name), QLineEdit | QPlainTextEdit) and not self.has_focus(name):
            raise LostError(f"a click into {name} does not give it the focus: {self._seen_at()}")

    def _seen_at(self) -> str:
        """Return what lies where the last click went, from the inside out, for the report."""
        there = self.window.childAt(self.clicked)
        names = []
        while there is not None and there is not self.window:
            names.append(f"{type(there).__name__} {there.objectName()}".strip())
            there = there.parentWidget()
        return f"at {self.clicked.toTuple()} lies {' in '.join(names)}"

    def press(self, name: str) -> Steps:
        yield from self.wait_for(name)
        yield from self.click(partial(self.find, name))

    def choose(self, name: str, value: str) -> Steps:
        yield from self.press(f"{name}_{value}")

    def choose_tab(self, strip: str, key: str) -> Steps:
        yield from self.press(f"{strip}_{key}")

    def station(self, key: str) -> Steps:
        yield from self.press(f"step_{key}")
        yield from self.wait_for(f"{key}_station")

    def first_patient(self) -> Steps:
        yield Wait("a match", lambda: self.find("patient_list").model().rowCount() == 1)
        yield from self.first_row("patient_list")

    def first_product(self) -> Steps:
        yield Wait("a match", lambda: self.find("product_list").model().rowCount() == 1)
        yield from self.first_row("product_list")

    def choose_first(self, name: str) -> Steps:
        yield from self.press(name)
        yield from self.first_row(f"{name}_list")

    def undo(self) -> Steps:
        yield from self.press("chart_undo")

    def redo(self) -> Steps:
        yield from self.press("chart_redo")

    def pick(self, name: str, text: str) -> Steps:
        """Find something in a long list by typing part of it, and click it."""
        yield from self.type(name, text, clear=True)
        yield from self.first_row(f"{name}_list")

    def page(self, page_id: str, _number: int) -> Steps:
        yield from self.press(f"rail_{page_id}")
        yield from self.wait_for(f"page_{page_id}")

    def new_patient(self) -> Steps:
        yield from self.press("new_patient")
        yield from self.wait_for("family_name")

    def first_row(self, list_name: str) -> Steps:
        yield from self.wait_for(list_name)
        rows = self.find(list_name)
        if isinstance(rows, QAbstractItemView):
            yield Wait(f"a row in {list_name}", lambda: rows.model().rowCount() > 0)
            box = rows.visualRect(rows.model().index(0, 0))
            yield from self.click(rows.viewport, box.center())
        else:
            yield Wait(f"a row in {list_name}", lambda: self._first_row_of(list_name))
            yield from self.click(partial(self._first_row_of, list_name))

    def _first_row_of(self, list_name: str) -> Any:
        rows = self.find(list_name).findChildren(QWidget)
        return next((row for row in rows if type(row).__name__ == "Row" and row.isVisible()), None)

    def place_point(self, right: int, down: int) -> Steps:
        """Click beside the middle of the body, ten pixels a stride."""
        yield from self.wait_for("chart_canvas")
        canvas: Any = self.find("chart_canvas")
        centre = canvas.middle().toPoint()
        yield from self.click(
            partial(self.find, "chart_canvas"), centre + QPoint(10 * right, 10 * down)
        )


def _round(names: list[str]) -> list[str]:
    """Return the names that Tab came to, in order, each once."""
    return list(dict.fromkeys(names))


def _lies_open(widget: QWidget, place: QPoint) -> bool:
    return QRect(widget.visibleRegion().boundingRect()).contains(place)
