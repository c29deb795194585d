"""Puts right what is said of a photograph, or marks it as entered in error."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from mesodesk.domain.photo_views import load_photo_views
from mesodesk.ui.jobs import explain
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import row
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.photo import PhotoFields, PhotoRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class ChangeCard(Card):
    """View, day and note; each is kept as it is chosen."""

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(object_name="change_photo")
        self.set_title(self.tr("Put right"))
        self._context = context
        self._photo: PhotoRecord | None = None
        views, language = load_photo_views(), context.language
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
        self.reason = TextField(
            "photo_error_reason",
            self.tr("Why it is wrong"),
            placeholder=self.tr("Another patient's, not sharp ..."),
        )
        self.strike = Button(
            self.tr("Mark as entered in error"), "mark_photo_error", ButtonKind.SECONDARY
        )
        self.notice = Notice(object_name="change_photo_notice", closable=True)
        for label, field in (
            (self.tr("What it shows"), self.area),
            (self.tr("From where"), self.angle),
            (self.tr("Taken on"), self.day),
            (self.tr("Entered in error?"), self.reason),
        ):
            self.add(FormRow(label, field))
        self.body.addLayout(row(self.strike, stretch=True))
        self.add(self.notice)
        for field in (self.area, self.angle, self.day):
            field.edited.connect(self._keep)
        self.strike.clicked.connect(self._strike)

    def show_photo(self, photo: PhotoRecord) -> None:
        """Be about a photograph."""
        if self._photo is None or self._photo.id != photo.id:
            self.reason.set_value("")
            self.notice.hide()
        self._photo = photo
        self.area.set_value(photo.fields.area)
        self.angle.set_value(photo.fields.angle)
        self.day.set_value(photo.fields.taken_on)

    @Slot()
    def _keep(self) -> None:
        day = self.day.value()
        if self._photo is None or day is None:
            return
        fields = replace(
            self._photo.fields, area=self.area.value(), angle=self.angle.value(), taken_on=day
        )
        if fields != self._photo.fields:
            work = partial(_update, self._photo.id, self._photo.version, fields)
            self._context.write(self, work, self._kept, self._failed)

    @Slot()
    def _strike(self) -> None:
        if self._photo is not None:
            work = partial(_strike, self._photo.id, self._photo.version, self.reason.value())
            self._context.write(self, work, self._kept, self._failed)

    def _kept(self, photo: PhotoRecord) -> None:
        self._photo = photo
        self.notice.hide()
        self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self.notice.show_notice(Kind.STOP, self.tr("Not kept"), explain(error))


def _update(photo_id: UUID, version: int, fields: PhotoFields, desk: Desk) -> PhotoRecord:
    return desk.photos.update(photo_id, version, fields)


def _strike(photo_id: UUID, version: int, reason: str, desk: Desk) -> PhotoRecord:
    return desk.photos.enter_in_error(photo_id, version, reason)
