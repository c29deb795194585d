"""What the next area does with the selected field: the choice in hand, and the keys that override.

Shift or Alt held with a gesture counts for that gesture alone. Every way of input tells which of
them are held now, so that none goes by what was held with another.
"""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent

from mesodesk.domain.bodymap.fields import OutlineKind
from mesodesk.ui.bodymap.field_words import Joining

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from mesodesk.ui.bodymap.canvas import Canvas

_KEYS: Final = {
    int(Qt.Key.Key_Shift): Qt.KeyboardModifier.ShiftModifier,
    int(Qt.Key.Key_Alt): Qt.KeyboardModifier.AltModifier,
}
_NONE: Final = Qt.KeyboardModifier.NoModifier
_ORDER: Final = tuple(Joining)


def joining_of(modifiers: Qt.KeyboardModifier) -> Joining | None:
    """Return what held keys ask for: Shift adds, Alt cuts; None if they ask for nothing."""
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        # Some keyboards write brackets with Ctrl and Alt.
        return None
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return Joining.ADD
    if modifiers & Qt.KeyboardModifier.AltModifier:
        return Joining.CUT
    return None


class JoiningHand(QObject):
    """Knows what an area that is filled now does with the selected field."""

    changed = Signal()

    def __init__(self, canvas: "Canvas") -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._fields = canvas.model.field_model
        self._chosen = Joining.NEW
        self._held: Joining | None = None
        self._of: UUID | None = None
        self._fields.selection_changed.connect(self._selection_changed)
        canvas.tool_changed.connect(self._tool_changed)
        canvas.model.read_only_changed.connect(self.changed)

    @property
    def now(self) -> Joining:
        """What an area does that is filled now."""
        return self._chosen if self._held is None else self._held

    @property
    def offered(self) -> bool:
        """Whether there is a choice: a field with an area is selected, a tool for areas in hand."""
        return self._canvas.tool.fills_areas and self._field_has_area

    @property
    def _field_has_area(self) -> bool:
        field = self._fields.selected
        return (
            field is not None
            and field.outline is not None
            and field.outline.kind is not OutlineKind.LINE
            and not self._canvas.model.read_only
        )

    def choose(self, joining: Joining) -> None:
        """Choose for the areas that follow, until another field is selected, or none."""
        if joining is not self._chosen:
            self._chosen = joining
            self.changed.emit()

    @contextmanager
    def using(self) -> "Iterator[None]":
        """Cut one area only: the next would be cut unawares.

        A try of which neither an edit nor a question came leaves the choice for the next.
        """
        model, fields = self._canvas.model, self._fields
        cursor, asked = model.document.cursor, (model.pending, fields.question)
        yield
        now = (model.pending, fields.question)
        came = any(new is not None and new is not old for new, old in zip(now, asked, strict=True))
        if self._chosen is Joining.CUT and (came or model.document.cursor != cursor):
            self.choose(Joining.NEW)

    @Slot()
    def step(self) -> None:
        """Choose the next of the three; say what is missing where there is nothing to choose."""
        if self.offered:
            self.choose(_ORDER[(_ORDER.index(self._chosen) + 1) % len(_ORDER)])
        elif self._field_has_area:
            self._canvas.say(_tr("Take a tool for areas first: R, L, B, T or O."))
        else:
            self._canvas.say(_tr("Select a field first: an area is added to it or cut out of it."))

    def hold(self, modifiers: Qt.KeyboardModifier) -> None:
        """Take over which keys are held with the gesture that is made now."""
        held = joining_of(modifiers)
        if held is not self._held:
            self._held = held
            self.changed.emit()

    def follow(self, event: QKeyEvent) -> None:
        """Take over which keys are held after a key went down or up."""
        modifiers, own = event.modifiers(), _KEYS.get(event.key(), _NONE)
        # Platforms differ in whether a modifier's own event counts it.
        if event.type() is QEvent.Type.KeyPress:
            self.hold(modifiers | own)
        else:
            self.hold(modifiers & ~own)

    def allowed_at(self, place: QPointF) -> bool:
        """Tell whether an area may be filled now; say beside a place what is missing if not."""
        if self.now is Joining.NEW or self._fields.selected is not None:
            return True
        sentence = _tr("Select a field first: the area is added to it.")
        if self.now is Joining.CUT:
            sentence = _tr("Select a field first: the area is cut out of it.")
        self._canvas.say_at(place, sentence)
        return False

    @Slot()
    def _selection_changed(self) -> None:
        selected = self._fields.selected
        now = None if selected is None else selected.id
        if now != self._of:
            # A choice is meant for one field: another is not cut unawares.
            self._of, self._chosen = now, Joining.NEW
        self.changed.emit()

    @Slot(str)
    def _tool_changed(self, _tool: str) -> None:
        self.changed.emit()


def _tr(text: str) -> str:
    return QCoreApplication.translate("joining", text)
