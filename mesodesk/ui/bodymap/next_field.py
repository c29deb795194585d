"""How the next field is laid goes back with the undo of the change that it was taken from."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from mesodesk.domain.bodymap.edits import Edit
from mesodesk.domain.bodymap.field_edits import FieldSettings

if TYPE_CHECKING:
    from mesodesk.ui.bodymap.model import ChartModel


class NextField(QObject):
    """Remembers what changes of charted fields did to the settings of the next one."""

    def __init__(self, model: "ChartModel") -> None:
        super().__init__(model)
        self._model = model
        # By place in the history: the edit, the settings before it and those taken from it.
        self._taken: dict[int, tuple[Edit, FieldSettings, FieldSettings]] = {}
        model.loaded.connect(self._taken.clear)
        model.undo_made.connect(self._undone)
        model.redo_made.connect(self._redone)

    def take(self, hand: FieldSettings) -> None:
        """Lay the next field as the edit just made laid a charted one."""
        at, fields = self._model.document.cursor - 1, self._model.field_model
        self._taken[at] = (self._model.document.edits[at], fields.settings, hand)
        fields.set_settings(hand)

    @Slot(int, int)
    def _undone(self, before: int, now: int) -> None:
        for at in range(before - 1, now - 1, -1):
            if at in self._taken:
                edit, older, newer = self._taken[at]
                self._swap(at, edit, newer, older)

    @Slot(int, int)
    def _redone(self, before: int, now: int) -> None:
        for at in range(before, now):
            if at in self._taken:
                self._swap(at, *self._taken[at])

    def _swap(self, at: int, edit: Edit, given: FieldSettings, wanted: FieldSettings) -> None:
        """Put settings in the place of others; what was chosen since then stays."""
        if self._model.document.edits[at] is not edit:
            return
        fields = self._model.field_model
        now = fields.settings
        if now.spacing_mm == given.spacing_mm:
            now = replace(now, spacing_mm=wanted.spacing_mm)
        if now.pattern is given.pattern:
            now = replace(now, pattern=wanted.pattern)
        fields.set_settings(now)
