"""What a script does on the body map of the real window, and how long that took to be painted."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest

from benchmarks.probes.paints import Paints
from benchmarks.probes.player import Hand, Steps, Wait
from benchmarks.probes.scenes import find_patient

if TYPE_CHECKING:
    from mesodesk.ui.bodymap.canvas import Canvas
    from mesodesk.ui.pages.session import SessionPage

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
_PLAIN = Qt.KeyboardModifier.NoModifier
_NOTCH: Final = 120
# Long enough for the sharp picture, for what is kept and for what is missing to be looked up.
AT_REST_S: Final = 0.7


class Chart:
    """The chart that is open, and a hand on it. Places are shares of the view's picture."""

    def __init__(self, hand: Hand) -> None:
        self.hand = hand
        self.canvas = cast("Canvas", hand.find("chart_canvas"))
        self.paints = Paints(self.canvas)

    @property
    def handle(self) -> QWindow:
        return self.hand.window.windowHandle()

    @property
    def points(self) -> int:
        return self.canvas.model.document.point_count

    def at(self, x: float, y: float) -> QPoint:
        """Return the place of the window where a place of the picture shows."""
        view = self.canvas.view
        spot = self.canvas.viewport.to_canvas(x * view.width_px, y * view.height_px)
        return self.in_window(spot)

    def in_window(self, spot: QPointF) -> QPoint:
        return self.canvas.mapTo(self.hand.window, spot.toPoint())

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = _PLAIN) -> None:
        self.canvas.setFocus()
        self.hand.key(key, modifiers)

    def press(self, spot: QPoint, button: Qt.MouseButton = LEFT) -> None:
        QTest.mousePress(self.handle, button, _PLAIN, spot)

    def move(self, spot: QPoint) -> None:
        QTest.mouseMove(self.handle, spot)

    def release(self, spot: QPoint, button: Qt.MouseButton = LEFT) -> None:
        QTest.mouseRelease(self.handle, button, _PLAIN, spot)

    def turn_wheel(self, spot: QPoint, notches: int) -> None:
        QTest.wheelEvent(self.handle, QPointF(spot), QPoint(0, notches * _NOTCH))

    def fit(self) -> Steps:
        """Show the whole view."""
        self.key(Qt.Key.Key_0)
        yield AT_REST_S

    def zoom(self, spot: QPoint, notches: int) -> Steps:
        """Magnify around a place and wait until the picture is sharp."""
        for _ in range(notches):
            self.turn_wheel(spot, 1)
            yield 0.02
        yield AT_REST_S

    def undo(self, times: int = 1) -> Steps:
        for _ in range(times):
            self.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            yield 0.1
        yield AT_REST_S

    def set_spacing(self, spacing_mm: int) -> Steps:
        """Set the spacing of the next field by its keys, a millimetre each."""
        fields = self.canvas.model.field_model
        fields.select(None)
        for _ in range(40):
            now = fields.settings.spacing_mm
            if now == spacing_mm:
                break
            self.key(Qt.Key.Key_Comma if now > spacing_mm else Qt.Key.Key_Period)
            yield 0.0
        yield 0.2


def open_chart(hand: Hand, record_number: str, points: int) -> Generator[Wait | float, None, Chart]:
    """Find a patient, open the session in draft and its chart, and wait until all is there."""
    yield from find_patient(hand, record_number)
    hand.doing = "open the chart"
    hand.control(Qt.Key.Key_Return)
    yield hand.until("page_session")
    page = cast("SessionPage", hand.find("page_session"))
    yield Wait("the session", lambda: _is_open(page, record_number) and hand.sees("step_check"))
    yield 0.4
    hand.control(Qt.Key.Key_3)
    yield Wait(f"a chart of {points} points", lambda: _shows(hand, points))
    yield 1.5
    return Chart(hand)


def _is_open(page: "SessionPage", record_number: str) -> bool:
    return page.state.is_open() and page.state.patient.record_number == record_number


def _shows(hand: Hand, points: int) -> bool:
    if not hand.sees("chart_canvas"):
        return False
    canvas = cast("Canvas", hand.find("chart_canvas"))
    return canvas.has_stage and canvas.model.document.point_count == points
