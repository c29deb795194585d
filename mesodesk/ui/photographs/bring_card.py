"""Brings photographs: chosen, dropped or pasted; each is kept by one press on what it shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel, QVBoxLayout, QWidget

from mesodesk.domain.photo_consent import allowed, why_not
from mesodesk.domain.photo_views import load_photo_views
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.records.photo import PhotoFields
from mesodesk.ui.jobs import explain
from mesodesk.ui.photographs.album import by_day_and_view
from mesodesk.ui.photographs.bring_queue import BringQueue
from mesodesk.ui.photographs.view_picker import ViewPicker
from mesodesk.ui.photographs.words import purpose_words
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.choices import CheckField
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Muted, Strong

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from PySide6.QtCore import QMimeData

    from mesodesk.domain.records.photo import PatientPhotos, PhotoRecord, PhotosWaiting
    from mesodesk.ui.context import Context
    from mesodesk.ui.photographs.bring_queue import Brought

_PREVIEW: Final = QSize(168, 150)
_EXTRA: Final = (PhotoPurpose.TEACHING, PhotoPurpose.PUBLICITY)


class BringCard(Card):
    """Those brought wait here, set aside, until it is said what they show."""

    #: One more is on record.
    kept = Signal(object)
    #: (Kind, headline, text): what is said here, for whoever looks elsewhere.
    told = Signal(object, str, str)
    consent_asked = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="bring_photos", parent=parent)
        self.set_title(self.tr("Bring photographs"))
        self._context = context
        self._patient_id: UUID | None = None
        self._shown: Brought | None = None
        self._allowed = False
        self.queue = BringQueue(context, self)
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
        self.choose.clicked.connect(self.choose_files)
        self.paste.clicked.connect(self.paste_now)
        self.consent.acted.connect(self.consent_asked)
        self.queue.changed.connect(self._show_first)
        self.queue.refused.connect(self._refused)
        self.queue.unsafe.connect(self._unsafe)
        self.queue.offered.connect(self._offered)

    def _make_form(self) -> QWidget:
        made = QWidget()
        self.preview = QLabel()
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setFixedSize(_PREVIEW)
        self.which = Strong("")
        self.day_words = Muted("")
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
        beside.addWidget(self.day_words)
        for tick in self.purposes.values():
            beside.addWidget(tick)
        beside.addStretch(1)
        line = row(self.preview)
        nest(line, beside, 1)
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.which)
        nest(column, line)
        column.addWidget(Strong(self.tr("A press on what it shows keeps it")))
        column.addWidget(self.picker)
        nest(column, row(self.leave_out, stretch=True))
        self.picker.picked.connect(self.keep)
        self.leave_out.clicked.connect(self.leave_out_first)
        return made

    # What it is about

    def show_photos(self, photos: PatientPhotos, sessions: dict[date, UUID]) -> None:
        """Be about a patient; what waits of another one is never kept for this one."""
        self._patient_id = photos.patient_id
        if self.queue.be_about(photos.patient_id):
            self.notice.hide()
            self.form.setEnabled(True)
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
        self.hint.setVisible(not refused and not self.queue.waiting)
        self.picker.setEnabled(not refused)
        for purpose, tick in self.purposes.items():
            may = allowed(photos.decisions, purpose)
            tick.setVisible(may)
            tick.setChecked(tick.isChecked() and may)
        before = by_day_and_view(photos.standing)
        self.picker.show_before([(each.fields.area, each.fields.angle) for each in before])

    def set_allowed(self, *, allowed: bool) -> None:
        """Say whether who is here may bring photographs of this patient at all."""
        self._allowed = allowed

    @property
    def can_take(self) -> bool:
        """Whether photographs can be brought now."""
        return self._allowed and self._patient_id is not None and self.choose.isEnabled()

    # Bringing

    @Slot()
    def choose_files(self) -> None:
        """Ask which files are brought."""
        self._dialog = QFileDialog(self.window(), self.tr("Photographs"))
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
            self._say(Kind.INFO, self.tr("Nothing that was copied is a picture. Nothing was kept."))

    def bring(self, mime: QMimeData) -> bool:
        """Bring what was dropped or copied; tell whether there was anything."""
        paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        if paths:
            self.bring_files(paths)
            return True
        image = mime.imageData() if mime.hasImage() else None
        if not isinstance(image, QImage) or image.isNull():
            return False
        self.queue.bring_image(self.tr("Pasted picture"), image)
        return True

    def bring_files(self, paths: Sequence[Path]) -> None:
        """Have files looked through, stripped and decoded, beside the window."""
        if self.can_take:
            self.notice.hide()
            self.queue.bring_files(paths)

    @Slot(str, object)
    def _refused(self, name: str, error: Exception) -> None:
        self._say(Kind.STOP, name, explain(error))

    @Slot(str, object)
    def _unsafe(self, name: str, error: Exception) -> None:
        headline = self.tr("{name} is not set aside").format(name=name)
        self._say(Kind.CAUTION, headline, explain(error))

    @Slot(object)
    def _offered(self, found: PhotosWaiting) -> None:
        if found.lost:
            headline = self.tr("Not there any more: {names}").format(names=", ".join(found.lost))
            text = self.tr("Its file is gone or damaged. Bring it once more.")
            self._say(Kind.CAUTION, headline, text)
        else:
            headline = self.tr("You brought this before, and it is not on record yet.")
            self._say(Kind.INFO, headline)

    # One after the other

    @Slot()
    def _show_first(self) -> None:
        first = self.queue.first
        self.form.setVisible(first is not None)
        for each in (self.hint, self.again):
            each.setVisible(first is None)
        self.choose.set_kind(ButtonKind.PRIMARY if first is None else ButtonKind.SECONDARY)
        self._tell_which()
        if first is self._shown:
            return
        self._shown = first
        if first is None:
            self.preview.clear()
            return
        small = QPixmap.fromImage(QImage.fromData(first.prepared.thumbnail))
        self.preview.setPixmap(
            small.scaled(
                _PREVIEW,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )
        one, today = first.prepared, self._context.today()
        told = one.taken_on if one.taken_on is not None and one.taken_on <= today else None
        self.day.set_value(told or today)
        self.day_words.setText(
            self.tr("As the camera says.")
            if told
            else self.tr("The picture does not say when it was taken: check the day.")
        )

    def _tell_which(self) -> None:
        left, first = self.queue.left, self.queue.first
        name = first.name if first is not None else ""
        more = self.tr("{name}, not kept yet; {count} to go").format(name=name, count=left)
        alone = self.tr("{name}, not kept yet").format(name=name)
        self.which.setText(more if left > 1 else alone)
        waits = self.queue.reading and first is None
        self.choose.setText(self.tr("Being read ...") if waits else self.tr("Choose files"))

    @Slot()
    def leave_out_first(self) -> None:
        """Let go of the one that is shown."""
        self.queue.leave_out()

    @Slot(str, str)
    def keep(self, area: str, angle: str) -> None:
        """Keep the one that is shown, as this view."""
        day = self.day.value()
        if self.queue.first is None or day is None:
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
        self.queue.keep(fields, self._kept, self._failed)

    def _kept(self, record: PhotoRecord) -> None:
        self.form.setEnabled(True)
        self.notice.hide()
        self.kept.emit(record)

    def _failed(self, error: Exception) -> None:
        self.form.setEnabled(True)
        self._say(Kind.STOP, self.tr("Not kept"), explain(error))

    def _say(self, kind: Kind, headline: str, text: str = "") -> None:
        self.notice.show_notice(kind, headline, text)
        self.told.emit(kind, headline, text)
