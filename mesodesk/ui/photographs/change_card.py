"""Puts right what is said of a photograph, or marks it as entered in error.

What was said before stays on record; the picture itself never changes.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot

from mesodesk.domain.photo_consent import allowed, why_not
from mesodesk.domain.photo_views import load_photo_views
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.ui.jobs import explain
from mesodesk.ui.photographs.note_field import NOTE_DRAFT, NoteField
from mesodesk.ui.photographs.words import purpose_words
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.choices import CheckField, ChoiceField
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.text import Muted
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.photo_consent import Decisions
    from mesodesk.domain.records.photo import PhotoFields, PhotoRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_EXTRA: Final = (PhotoPurpose.TEACHING, PhotoPurpose.PUBLICITY)


class ChangeCard(Card):
    """View, day and purposes, each kept as it is chosen; the note by its button."""

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(object_name="change_photo")
        self.set_title(self.tr("Put right"))
        self._context = context
        self._photo: PhotoRecord | None = None
        self._decisions: Decisions = {}
        self._make_fields()
        self.notice = Notice(object_name="change_photo_notice", closable=True)
        self._lay_out()
        self._connect()

    def _make_fields(self) -> None:
        context, views = self._context, load_photo_views()
        language = context.language
        self.area = ChoiceField(
            "change_area",
            self.tr("What it shows"),
            [Option(key, each.name.get(language)) for key, each in views.areas.items()],
        )
        self.angle = ChoiceField(
            "change_angle",
            self.tr("From where"),
            [Option(key, each.name.get(language)) for key, each in views.angles.items()],
        )
        self.day = DateField(
            "change_day",
            self.tr("Taken on"),
            context.today(),
            maximum=context.today(),
            too_late=self.tr("This day is still to come."),
        )
        self.purposes = {
            purpose: CheckField(purpose_words(purpose), f"change_for_{purpose.value}")
            for purpose in _EXTRA
        }
        self.why = Muted("")
        self.note = NoteField(context)
        self.reason = TextField(
            "photo_error_reason",
            self.tr("Why it is wrong"),
            placeholder=self.tr("Another patient's, not sharp ..."),
        )
        self.strike = Button(
            self.tr("Mark as entered in error"), "mark_photo_error", ButtonKind.SECONDARY
        )

    def _lay_out(self) -> None:
        for label, field in (
            (self.tr("What it shows"), self.area),
            (self.tr("From where"), self.angle),
            (self.tr("Taken on"), self.day),
        ):
            self.add(FormRow(label, field))
        for tick in self.purposes.values():
            self.add(tick)
        self.add(self.why)
        self.add(FormRow(self.tr("Note"), self.note))
        self.add(FormRow(self.tr("Entered in error?"), self.reason))
        nest(self.body, row(self.strike, stretch=True))
        self.add(self.notice)

    def _connect(self) -> None:
        for field in (self.area, self.angle, self.day):
            field.edited.connect(self._keep)
        for tick in self.purposes.values():
            tick.ticked.connect(self._keep)
        self.note.asked.connect(self._keep_note)
        self.strike.clicked.connect(self._strike)

    def show_photo(self, photo: PhotoRecord, decisions: Decisions) -> None:
        """Be about a photograph; a purpose can be added where that is agreed to."""
        if self._photo is None or self._photo.id != photo.id:
            self.reason.set_value("")
            self.notice.hide()
        self._photo, self._decisions = photo, decisions
        self._show_said(photo)
        self.note.show_photo(photo)

    def _show_said(self, photo: PhotoRecord) -> None:
        """Show what is on record; what is typed of a note stays."""
        self.area.set_value(photo.fields.area)
        self.angle.set_value(photo.fields.angle)
        self.day.set_value(photo.fields.taken_on)
        refused = []
        for purpose, tick in self.purposes.items():
            given, may = purpose in photo.fields.purposes, allowed(self._decisions, purpose)
            tick.setChecked(given)
            tick.setEnabled(given or may)
            if not may:
                refused.append(why_not(self._decisions, purpose))
        self.why.setText(" ".join(refused))
        self.why.setVisible(bool(refused))

    def flush(self) -> None:
        """Write down what is being typed."""
        self.note.flush()

    @Slot()
    def _keep(self) -> None:
        day = self.day.value()
        if self._photo is None or day is None:
            return
        ticked = {purpose for purpose, tick in self.purposes.items() if tick.isChecked()}
        fields = replace(
            self._photo.fields,
            area=self.area.value(),
            angle=self.angle.value(),
            taken_on=day,
            purposes=frozenset({PhotoPurpose.RECORD, *ticked}),
        )
        if fields != self._photo.fields:
            work = partial(_update, self._photo.id, self._photo.version, fields)
            self._context.write(self, work, self._kept, self._failed)

    @Slot(str)
    def _keep_note(self, note: str) -> None:
        if self._photo is not None:
            fields = replace(self._photo.fields, note=note)
            work = partial(_update_note, self._photo.id, self._photo.version, fields)
            keeper = self.note.keeper
            self._context.write(self, work, self._note_kept, self._failed, after=keeper)

    @Slot()
    def _strike(self) -> None:
        if self._photo is not None:
            work = partial(_strike, self._photo.id, self._photo.version, self.reason.value())
            self._context.write(self, work, self._kept, self._failed)

    def _note_kept(self, photo: PhotoRecord) -> None:
        self.note.show_kept(photo)
        self._kept(photo)

    def _kept(self, photo: PhotoRecord) -> None:
        if self._photo is not None and self._photo.id == photo.id:
            self._photo = photo
            self.notice.hide()
        self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self.notice.show_notice(Kind.STOP, self.tr("Not kept"), explain(error))
        if self._photo is not None:
            self._show_said(self._photo)
        self.changed.emit()  # somebody else may have changed it


def _update(photo_id: UUID, version: int, fields: PhotoFields, desk: Desk) -> PhotoRecord:
    return desk.photos.update(photo_id, version, fields)


def _update_note(photo_id: UUID, version: int, fields: PhotoFields, desk: Desk) -> PhotoRecord:
    record = desk.photos.update(photo_id, version, fields)
    desk.drafts.discard(NOTE_DRAFT, str(photo_id))
    return record


def _strike(photo_id: UUID, version: int, reason: str, desk: Desk) -> PhotoRecord:
    return desk.photos.enter_in_error(photo_id, version, reason)
