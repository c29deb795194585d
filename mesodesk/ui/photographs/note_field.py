"""The note on a photograph: kept as a draft while it is typed, on record by one button."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.ui.keeper import Keeper
from mesodesk.ui.tokens import Space
from mesodesk.ui.typed import draft
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.layouts import row
from mesodesk.ui.widgets.multiline import MultilineField

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from mesodesk.domain.records.photo import PhotoRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

NOTE_DRAFT = "photo_note"


class NoteField(QWidget):
    """What is on record until something else is typed; then a button to keep that."""

    #: The note as it is to be kept.
    asked = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._photo: PhotoRecord | None = None
        self.keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self.text = MultilineField(
            "photo_note",
            self.tr("Note on this photograph"),
            placeholder=self.tr("Posture, light, what is to be seen"),
        )
        self.keep = Button(self.tr("Keep the note"), "keep_photo_note", compact=True)
        self.leave = Button(self.tr("As it was"), "leave_photo_note", compact=True)
        self._buttons = QWidget()
        line = row(self.keep, self.leave, stretch=True)
        line.setContentsMargins(0, 0, 0, 0)
        self._buttons.setLayout(line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self.text)
        column.addWidget(self._buttons)
        self._buttons.hide()
        self.text.edited.connect(self._typed)
        self.keep.clicked.connect(self._ask)
        self.leave.clicked.connect(self._leave)

    def show_photo(self, photo: PhotoRecord) -> None:
        """Be about a photograph; what is half typed stays."""
        before, self._photo = self._photo, photo
        if before is None or before.id != photo.id:
            self.keeper.flush()
            self.text.set_value(photo.fields.note)
            self._offer()
            self._context.run(self, partial(_read_draft, photo.id), partial(self._found, photo.id))
        elif self.text.value() == before.fields.note:
            self.text.set_value(photo.fields.note)
            self._offer()

    def flush(self) -> None:
        """Write down what is being typed."""
        self.keeper.flush()

    def show_kept(self, photo: PhotoRecord) -> None:
        """Show the note as it is on record by now."""
        if self._photo is not None and self._photo.id == photo.id:
            self._photo = photo
            self.text.set_value(photo.fields.note)
            self._offer()

    def _found(self, photo_id: UUID, payload: Mapping[str, object] | None) -> None:
        is_ours = self._photo is not None and self._photo.id == photo_id
        if payload is not None and is_ours and self._is_as_kept():
            self.text.set_value(str(payload.get("text", "")))
            self._offer()

    def _is_as_kept(self) -> bool:
        return self._photo is None or self.text.value() == self._photo.fields.note

    def _offer(self) -> None:
        self._buttons.setVisible(not self._is_as_kept())
        self.keep.setEnabled(not self.text.error())

    @Slot(object)
    def _typed(self, text: str | None) -> None:
        self._offer()
        if text is not None and self._photo is not None:
            photo_id = self._photo.id
            write = partial(_write_draft, self._context.desk, photo_id, text)
            told = draft(NOTE_DRAFT, photo_id, {"text": text})
            self.keeper.put("photo_note", write, aside=told)

    @Slot()
    def _ask(self) -> None:
        if not self._is_as_kept():
            self.asked.emit(self.text.value())

    @Slot()
    def _leave(self) -> None:
        if self._photo is not None:
            self.text.set_value(self._photo.fields.note)
            self._offer()
            write = partial(_forget_draft, self._context.desk, self._photo.id)
            self.keeper.put("photo_note", write)


def _read_draft(photo_id: UUID, desk: Desk) -> Mapping[str, object] | None:
    return desk.drafts.get(NOTE_DRAFT, str(photo_id))


def _write_draft(desk: Desk, photo_id: UUID, text: str, _version: int) -> None:
    desk.drafts.put(NOTE_DRAFT, str(photo_id), {"text": text})


def _forget_draft(desk: Desk, photo_id: UUID, _version: int) -> None:
    desk.drafts.discard(NOTE_DRAFT, str(photo_id))
