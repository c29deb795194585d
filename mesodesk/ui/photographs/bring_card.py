"""Brings photographs: chosen, dropped or pasted; each is kept by one press on what it shows."""

from __future__ import annotations

from collections import deque
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QBuffer, QIODevice, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel, QVBoxLayout, QWidget

from mesodesk.domain.photo_consent import allowed, why_not
from mesodesk.domain.photo_views import load_photo_views
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.records.photo import PhotoFields
from mesodesk.ui.jobs import explain
from mesodesk.ui.photographs.album import by_day_and_view
from mesodesk.ui.photographs.view_picker import ViewPicker
from mesodesk.ui.photographs.words import purpose_words
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.choices import CheckField
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import row
from mesodesk.ui.widgets.text import Muted, Strong

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from uuid import UUID

    from PySide6.QtCore import QMimeData

    from mesodesk.domain.records.photo import PatientPhotos, PhotoRecord, PreparedPhoto
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_PREVIEW: Final = QSize(168, 150)
_EXTRA: Final = (PhotoPurpose.TEACHING, PhotoPurpose.PUBLICITY)


class _Waiting(NamedTuple):
    name: str
    prepared: PreparedPhoto


class BringCard(Card):
    """Those brought wait here, in memory alone, until it is said what they show."""

    #: One more is on record.
    kept = Signal(object)
    consent_asked = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="bring_photos", parent=parent)
        self.set_title(self.tr("Bring photographs"))
        self._context = context
        self._patient_id: UUID | None = None
        self._waiting: deque[_Waiting] = deque()
        self._reading = self._number = 0
        self._sessions: dict[date, UUID] = {}
        self.consent = Notice(object_name="photo_consent")
        self.notice = Notice(object_name="photo_notice", closable=True)
        self.choose = Button(
            self.tr("Choose files"), "choose_photos", ButtonKind.PRIMARY, "image-plus"
        )
        self.paste = Button(self.tr("Paste"), "paste_photo", ButtonKind.SECONDARY, "content-paste")
        self.hint = Muted(self.tr("Or drop JPEG, PNG or HEIC files anywhere on this page."))
        self.again = Muted(load_photo_views().same_again.get(context.language))
        self.form = self._make_form()
        self.buttons = QWidget()
        line = row(self.choose, self.paste, stretch=True)
        line.setContentsMargins(0, 0, 0, 0)
        self.buttons.setLayout(line)
        for widget in (self.consent, self.notice, self.buttons, self.hint, self.again, self.form):
            self.add(widget)
        self.form.hide()
        self.choose.clicked.connect(self._choose)
        self.paste.clicked.connect(self.paste_now)
        self.consent.acted.connect(self.consent_asked)

    def _make_form(self) -> QWidget:
        made = QWidget()
        self.preview = QLabel()
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setFixedSize(_PREVIEW)
        self.which = Strong("")
        self.told = Muted("")
        self.day = DateField(
            "photo_day",
            self.tr("Taken on"),
            self._context.today(),
            maximum=self._context.today(),
            too_late=self.tr("This day is still to come."),
        )
        self.purposes = {
            purpose: CheckField(purpose_words(purpose), f"photo_for_{purpose.value}")
            for purpose in _EXTRA
        }
        self.picker = ViewPicker(self._context.language)
        self.leave_out = Button(self.tr("Leave this one out"), "leave_photo", ButtonKind.QUIET)
        beside = QVBoxLayout()
        beside.setSpacing(Space.XS)
        beside.addWidget(FormRow(self.tr("Taken on"), self.day))
        beside.addWidget(self.told)
        for tick in self.purposes.values():
            beside.addWidget(tick)
        beside.addStretch(1)
        line = row(self.preview)
        line.addLayout(beside, 1)
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.which)
        column.addLayout(line)
        column.addWidget(Strong(self.tr("A press on what it shows keeps it")))
        column.addWidget(self.picker)
        column.addLayout(row(self.leave_out, stretch=True))
        self.picker.picked.connect(self.keep)
        self.leave_out.clicked.connect(self._leave_out)
        return made

    # What it is about

    def show_photos(self, photos: PatientPhotos, sessions: dict[date, UUID]) -> None:
        """Be about a patient; what waits of another one is dropped, never kept for this one."""
        if photos.patient_id != self._patient_id:
            self._patient_id = photos.patient_id
            self._number += 1
            self._reading = 0
            self._waiting.clear()
            self.notice.hide()
            self._show_first()
        self._sessions = sessions
        refused = why_not(photos.decisions, PhotoPurpose.RECORD)
        self.consent.show_notice(
            Kind.CAUTION,
            refused,
            self.tr("No photographs can be kept. Ask in a consent.") if refused else "",
            self.tr("To the consent") if refused else "",
        )
        for each in (self.choose, self.paste):
            each.setEnabled(not refused)
        self.hint.setVisible(not refused and not self._waiting)
        self.picker.setEnabled(not refused)
        for purpose, tick in self.purposes.items():
            may = allowed(photos.decisions, purpose)
            tick.setVisible(may)
            tick.setChecked(tick.isChecked() and may)
        before = by_day_and_view(photos.standing)
        self.picker.show_before([(each.fields.area, each.fields.angle) for each in before])

    @property
    def can_take(self) -> bool:
        """Whether photographs can be brought now."""
        return self.choose.isEnabled() and self._patient_id is not None and not self.isHidden()

    # Bringing

    @Slot()
    def _choose(self) -> None:
        self._dialog = QFileDialog(self, self.tr("Photographs"))
        self._dialog.setObjectName("photo_files")
        self._dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        self._dialog.setNameFilter(
            self.tr("Pictures ({endings})").format(endings="*.jpg *.jpeg *.png *.heic *.heif")
        )
        self._dialog.filesSelected.connect(self._chosen)
        self._dialog.open()

    @Slot(list)
    def _chosen(self, names: list[str]) -> None:
        self.bring_files([Path(name) for name in names])

    @Slot()
    def paste_now(self) -> None:
        """Bring what was copied: files, or a picture."""
        mime = QGuiApplication.clipboard().mimeData()
        if self.can_take and not (mime is not None and self.bring(mime)):
            self.notice.show_notice(
                Kind.INFO, self.tr("Nothing that was copied is a picture. Nothing was kept.")
            )

    def bring(self, mime: QMimeData) -> bool:
        """Bring what was dropped or copied; tell whether there was anything."""
        paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        if paths:
            self.bring_files(paths)
            return True
        image = mime.imageData() if mime.hasImage() else None
        if not isinstance(image, QImage) or image.isNull():
            return False
        self._read(self.tr("Pasted picture"), partial(_prepared, _as_png(image)))
        return True

    def bring_files(self, paths: Sequence[Path]) -> None:
        """Have files looked through, stripped and decoded, beside the window."""
        if self.can_take:
            self.notice.hide()
            for path in paths:
                self._read(path.name, partial(_read_file, path))

    def _read(self, name: str, work: Callable[[], PreparedPhoto]) -> None:
        self._reading += 1
        self._tell_which()
        came = partial(self._came, self._number, name)
        self._context.jobs.run_aside(self, work, came, partial(self._refused, self._number, name))

    def _came(self, number: int, name: str, prepared: PreparedPhoto) -> None:
        if number != self._number:
            return  # it was brought for the patient before
        self._reading -= 1
        self._waiting.append(_Waiting(name, prepared))
        if len(self._waiting) == 1:
            self._show_first()
        self._tell_which()

    def _refused(self, number: int, name: str, error: Exception) -> None:
        if number == self._number:
            self._reading -= 1
            self._tell_which()
            self.notice.show_notice(Kind.STOP, name, explain(error))

    # One after the other

    def _show_first(self) -> None:
        self.form.setVisible(bool(self._waiting))
        for each in (self.hint, self.again):
            each.setVisible(not self._waiting)
        self.choose.set_kind(ButtonKind.SECONDARY if self._waiting else ButtonKind.PRIMARY)
        if not self._waiting:
            self.preview.clear()
            return
        one, today = self._waiting[0].prepared, self._context.today()
        small = QPixmap.fromImage(QImage.fromData(one.thumbnail))
        self.preview.setPixmap(
            small.scaled(
                _PREVIEW,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )
        told = one.taken_on if one.taken_on is not None and one.taken_on <= today else None
        self.day.set_value(told or today)
        self.told.setText(
            self.tr("As the camera says.")
            if told
            else self.tr("The picture does not say when it was taken: check the day.")
        )
        self._tell_which()

    def _tell_which(self) -> None:
        left = len(self._waiting) + self._reading
        name = self._waiting[0].name if self._waiting else ""
        more = self.tr("{name}, not kept yet; {count} to go").format(name=name, count=left)
        alone = self.tr("{name}, not kept yet").format(name=name)
        self.which.setText(more if left > 1 else alone)
        self.choose.setText(
            self.tr("Being read ...")
            if self._reading and not self._waiting
            else self.tr("Choose files")
        )

    @Slot()
    def _leave_out(self) -> None:
        if self._waiting:
            self._waiting.popleft()
        self._show_first()

    @Slot(str, str)
    def keep(self, area: str, angle: str) -> None:
        """Keep the one that is shown, as this view."""
        day = self.day.value()
        if not self._waiting or self._patient_id is None or day is None:
            return
        ticked = {purpose for purpose, tick in self.purposes.items() if tick.isChecked()}
        fields = PhotoFields(
            area,
            angle,
            day,
            frozenset({PhotoPurpose.RECORD, *ticked}),
            self._sessions.get(day),
        )
        self.form.setEnabled(False)
        work = partial(_keep, self._patient_id, self._waiting[0].prepared, fields)
        self._context.write(self, work, partial(self._kept, self._number), self._failed)

    def _kept(self, number: int, record: PhotoRecord) -> None:
        self.form.setEnabled(True)
        if number == self._number:
            self._waiting.popleft()
            self.notice.hide()
            self._show_first()
            self.kept.emit(record)

    def _failed(self, error: Exception) -> None:
        self.form.setEnabled(True)
        self.notice.show_notice(Kind.STOP, self.tr("Not kept"), explain(error))


def _as_png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # PySide6 types the form as bytes
    return bytes(buffer.data().data())


def _read_file(path: Path) -> PreparedPhoto:
    # Imported on the thread beside: decoding brings a library that no first page needs.
    from mesodesk.imaging.reading import read_file

    return read_file(path)


def _prepared(data: bytes) -> PreparedPhoto:
    from mesodesk.imaging.reading import prepared

    return prepared(data)


def _keep(
    patient_id: UUID, prepared: PreparedPhoto, fields: PhotoFields, desk: Desk
) -> PhotoRecord:
    return desk.photos.keep(patient_id, prepared, fields)
