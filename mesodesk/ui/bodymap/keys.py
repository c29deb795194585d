"""The keyboard on the canvas: everything that the mouse can do, and faster.

With a point selected the arrows move it; with none they lead a crosshair, and Enter does there what
a click would do, or begins the shape that a drag would draw.
"""

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent

from mesodesk.domain.bodymap.fields import PointRef
from mesodesk.domain.bodymap.known_point import KnownPoint
from mesodesk.ui.bodymap.canvas_card import open_card
from mesodesk.ui.bodymap.keyed_drawing import KeyedDrawing
from mesodesk.ui.bodymap.vocabulary import LARGEST_TOTAL_ML, by_a_fifth

if TYPE_CHECKING:
    from collections.abc import Callable

    from mesodesk.ui.bodymap.canvas import Canvas

_ARROWS: Final = {
    int(Qt.Key.Key_Left): (-1, 0),
    int(Qt.Key.Key_Right): (1, 0),
    int(Qt.Key.Key_Up): (0, -1),
    int(Qt.Key.Key_Down): (0, 1),
}
_ENTER: Final = frozenset((int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter)))
_TAKE_BACK: Final = frozenset((int(Qt.Key.Key_Backspace), int(Qt.Key.Key_Delete)))
_HELD: Final = frozenset((int(Qt.Key.Key_Shift), int(Qt.Key.Key_Alt)))
# Held down, these go on; any other letter is one wish.
_GOING_ON: Final = frozenset("[]+=-,.")
_LOOKING: Final = frozenset("+=-0")
_AREA_KEYS: Final = {
    "r": "region",
    "l": "lasso",
    "b": "band",
    "t": "rectangle",
    "o": "circle",
    "n": "line",
    "s": "stamp",
}
_NUDGE_MM: Final = 1.0
_STRIDE_MM: Final = 5.0
_FAST: Final = 5.0
_PAN_PX: Final = 60.0


class ChartKeys:
    """Turns key presses into gestures."""

    def __init__(self, canvas: "Canvas") -> None:
        self._canvas = canvas
        self._walked: KnownPoint | None = None
        # After Esc, Tab leaves the canvas instead of walking through its points.
        self._leaving = False
        self._keys: dict[int, Callable[[], object]] = {
            int(Qt.Key.Key_Escape): self._escape,
            **dict.fromkeys(_ENTER, self._enter),
            **dict.fromkeys(_TAKE_BACK, self._delete),
            int(Qt.Key.Key_PageUp): self._view_before,
            int(Qt.Key.Key_PageDown): self._view_after,
        }
        # By what they write, not where they lie: brackets and digits move about between keyboards.
        self._characters: dict[str, Callable[[], object]] = {
            "[": self._less,
            "]": self._more,
            "{": partial(self._by_a_fifth, -1),
            "}": partial(self._by_a_fifth, 1),
            "+": canvas.zoom_in,
            "=": canvas.zoom_in,
            "-": canvas.zoom_out,
            "0": canvas.fit,
            "g": canvas.ghosts_asked.emit,
            "c": canvas.copy_asked.emit,
            "w": canvas.favourites_asked.emit,
            "h": canvas.heat_asked.emit,
            "x": canvas.no_go_asked.emit,
            "v": self._select_tool,
            "p": self._point_tool,
            ",": self._closer,
            ".": self._wider,
            "f": canvas.region_asked.emit,
            "m": canvas.model.field_model.mirror,
            "j": canvas.joining.step,
            **{key: partial(canvas.take_tool, tool) for key, tool in _AREA_KEYS.items()},
        }

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key stands for; tell whether it stands for anything here."""
        if not self._canvas.has_stage:
            return False
        if self._canvas.busy:
            self._press_while_busy(event)
            return True
        key = event.key()
        if key in _ARROWS:
            return self._arrow(*_ARROWS[key], event.modifiers())
        self._canvas.joining.follow(event)
        if key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._canvas.hold_space(held=True)
            return True
        act = self._keys.get(key)
        if act is None:
            return self.press_character(event)
        # Held down, Enter would answer what it has just asked, and Delete go on deleting.
        if not event.isAutoRepeat():
            act()
        return True

    def let_go(self, event: QKeyEvent) -> None:
        """Take over that a key is held no longer."""
        # While a shape is drawn by keys, Shift makes the arrows fast; only its own end counts.
        if self._drawing is None or event.key() in _HELD:
            self._canvas.joining.follow(event)

    @property
    def _drawing(self) -> KeyedDrawing | None:
        """The shape that the keyboard draws now."""
        gesture = self._canvas.gesture
        return gesture if isinstance(gesture, KeyedDrawing) else None

    def _press_while_busy(self, event: QKeyEvent) -> None:
        """Change nothing under a hand that does something: only its own gesture takes keys."""
        canvas, drawing, key = self._canvas, self._drawing, event.key()
        if key == Qt.Key.Key_Escape:
            self._escape()
        elif drawing is None:
            canvas.joining.follow(event)
        elif key in _ARROWS:
            self._arrow(*_ARROWS[key], event.modifiers())
        elif key in _ENTER:
            self._enter_drawing(drawing, event.modifiers())
        elif key in _TAKE_BACK:
            if not drawing.take_back():
                canvas.cancel_gesture()
        elif event.text() in _LOOKING and event.text():
            self._characters[event.text()]()

    def press_character(self, event: QKeyEvent) -> bool:
        """Do what a character stands for; these work wherever in the chart the focus is."""
        text = event.text().lower()
        covered = open_card(self._canvas) is not None
        if not self._canvas.has_stage or self._canvas.busy or covered:
            return self._canvas.busy or covered
        if len(text) == 1 and text in "123456789":
            self._canvas.model.activate(int(text))
            return True
        act = self._characters.get(text)
        if act is not None and (text in _GOING_ON or not event.isAutoRepeat()):
            act()
        return act is not None

    def walk(self, direction: int) -> bool:
        """Select the next point (1) or the one before (-1); False at the ends, where Tab leaves."""
        canvas, model = self._canvas, self._canvas.model
        if canvas.busy:
            return True
        leaving, self._leaving = self._leaving, False
        refs = list(model.document.refs())
        walked = self._walked.next_now(model.fields) if self._walked is not None else None
        if not canvas.has_stage or leaving or not refs:
            return False
        if canvas.heat is not None and canvas.heat.shown:
            return False
        if model.selection is not None:
            at = refs.index(model.selection) + direction
        elif walked is not None:
            at = refs.index(walked.ref)
        else:
            at = 0 if direction > 0 else len(refs) - 1
        if not 0 <= at < len(refs):
            self._walked = None
            model.select(None)
            return False
        self._walked = KnownPoint(refs[at], model.fields[refs[at].field_id])
        model.select(refs[at])
        canvas.reveal(refs[at])
        return True

    def _escape(self) -> None:
        """Let go of the nearest: gesture, question, selection, crosshair; then Tab may leave."""
        canvas, model = self._canvas, self._canvas.model
        if canvas.cancel_gesture():
            return
        if model.pending is not None:
            model.drop_pending()
        elif model.field_model.question is not None:
            model.field_model.withdraw()
        elif model.selection is not None:
            model.select(None)
        elif model.field_model.selected is not None:
            model.field_model.select(None)
        elif canvas.heat is not None and canvas.heat.shown:
            canvas.heat.close()
        else:
            canvas.hide_crosshair()
            canvas.hint.dismiss()
        self._leaving = True

    def _enter(self) -> None:
        canvas, model = self._canvas, self._canvas.model
        if model.pending is not None:
            model.shortages.answer_by_enter()
        elif model.field_model.question is not None:
            model.field_model.answer_by_enter()
        elif model.selection is not None:
            canvas.point_asked.emit(model.selection, True)
        elif canvas.crosshair is not None:
            self._enter_at(canvas.crosshair)
        else:
            canvas.show_crosshair(canvas.middle())

    def _enter_at(self, crosshair: QPointF) -> None:
        """Do what a click would do at the crosshair, or begin a shape there."""
        canvas = self._canvas
        if not self._bring_in_sight(crosshair):
            return
        at = canvas.viewport.to_canvas(crosshair.x(), crosshair.y())
        if canvas.heat is not None and canvas.heat.click(at, keyboard=True):
            return
        shape = canvas.areas.drawn_from(at)
        if shape is None:
            canvas.click(at, None)
        else:
            canvas.take_up(KeyedDrawing(canvas, shape, crosshair))
            canvas.update()

    def _enter_drawing(self, drawing: KeyedDrawing, held: Qt.KeyboardModifier) -> None:
        canvas = self._canvas
        if not self._bring_in_sight(drawing.end):
            return
        canvas.hint.dismiss()
        if drawing.enter():
            canvas.joining.hold(held)
            canvas.release(canvas.viewport.to_canvas(drawing.end.x(), drawing.end.y()))

    def _delete(self) -> None:
        model = self._canvas.model
        asked = model.pending is not None or model.field_model.question is not None
        if model.selection is not None and not asked:
            model.delete(model.selection)
        else:
            model.field_model.delete()

    def _closer(self) -> None:
        self._canvas.areas.step_spacing(-1)

    def _wider(self) -> None:
        self._canvas.areas.step_spacing(1)

    def _less(self) -> None:
        self._canvas.model.step_dose(-1)

    def _more(self) -> None:
        self._canvas.model.step_dose(1)

    def _by_a_fifth(self, direction: int) -> None:
        """Give a fifth less or that much more: a field's shared volume as a whole, doses each."""
        model, field = self._canvas.model, self._canvas.model.field_model.selected
        if field is None or field.dose_per_point_ml is not None or model.selection is not None:
            model.step_dose(direction, by_a_fifth)
        else:
            model.field_model.set_total(by_a_fifth(field.volume_ml, direction, LARGEST_TOTAL_ML))

    def _view_before(self) -> None:
        self._canvas.show_next_view(-1)

    def _view_after(self) -> None:
        self._canvas.show_next_view(1)

    def _select_tool(self) -> None:
        self._canvas.take_tool("select")

    def _point_tool(self) -> None:
        self._canvas.take_tool("point")

    def _arrow(self, dx: int, dy: int, modifiers: Qt.KeyboardModifier) -> bool:
        canvas = self._canvas
        self._leaving = False
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            canvas.set_viewport(canvas.viewport.panned(-dx * _PAN_PX, -dy * _PAN_PX))
            return True
        fast = _FAST if modifiers & Qt.KeyboardModifier.ShiftModifier else 1.0
        if canvas.model.selection is not None:
            self._nudge(canvas.model.selection, QPointF(dx, dy) * _NUDGE_MM * fast)
        else:
            self._lead(QPointF(dx, dy) * _STRIDE_MM * fast)
        return True

    def _nudge(self, ref: PointRef, step_mm: QPointF) -> None:
        canvas = self._canvas
        canvas.reveal(ref)
        at = canvas.stage.on_canvas(ref)[0] + step_mm / canvas.mm_per_px()
        skin = canvas.pick(at)
        if skin is None:
            canvas.say_off_body(at, kept=True)
        else:
            canvas.model.move(ref, skin, nudge=True)

    def _lead(self, step_mm: QPointF) -> None:
        canvas = self._canvas
        if canvas.crosshair is None:
            canvas.show_crosshair(self._start())
            return
        # Or it would leap to the edge of what is in sight.
        self._bring_in_sight(canvas.crosshair)
        at = canvas.viewport.to_canvas(canvas.crosshair.x(), canvas.crosshair.y())
        canvas.show_crosshair(at + step_mm / canvas.mm_per_px())
        if self._drawing is not None:
            self._drawing.lead(canvas.crosshair)

    def _bring_in_sight(self, place: QPointF) -> bool:
        """Show a place of the picture; tell whether it was in sight before.

        Nothing is done at a place that nobody sees.
        """
        canvas = self._canvas
        seen = self._sees(place)
        if not seen:
            at = canvas.viewport.to_canvas(place.x(), place.y())
            canvas.set_viewport(canvas.viewport.showing(at))
            if not self._sees(place):
                canvas.fit()
        return seen

    def _sees(self, place: QPointF) -> bool:
        at = self._canvas.viewport.to_canvas(place.x(), place.y())
        return QRectF(self._canvas.rect()).contains(at)

    def _start(self) -> QPointF:
        """Begin at the point that was walked to last, else in the middle."""
        canvas = self._canvas
        walked = self._walked.next_now(canvas.model.fields) if self._walked is not None else None
        if walked is not None and canvas.stage.knows(walked.ref):
            at, seen = canvas.stage.on_canvas(walked.ref)
            if seen:
                return at
        return canvas.middle()
