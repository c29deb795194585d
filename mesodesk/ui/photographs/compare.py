"""Compares two photographs: slider, side by side, ghost; aligned by two points on each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QSlider, QVBoxLayout, QWidget

from mesodesk.domain.alignment import IDENTITY, Alignment, AlignmentError, Place
from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_date
from mesodesk.ui.photographs.compare_canvas import CompareCanvas, CompareMode
from mesodesk.ui.photographs.loading import PhotoLoader
from mesodesk.ui.photographs.words import photo_words
from mesodesk.ui.tokens import BAR, Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Body, Muted, Strong

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.photo import PairRecord, PatientPhotos, PhotoRecord, Picture
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_NEEDED: Final = 2


class ComparePage(QWidget):
    """The earlier photograph at the left of the slider, the later one at its right."""

    left = Signal()
    changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compare_photos")
        self._context = context
        self._photos: PatientPhotos | None = None
        self._chosen: tuple[UUID, UUID] | None = None
        self._images: dict[UUID, QImage] = {}
        self._aligning = False
        self._tapped: tuple[list[Place], list[Place]] = ([], [])
        self._loaders = (PhotoLoader(context, self), PhotoLoader(context, self))
        self._build()
        self._connect()

    def _build(self) -> None:
        self.back = Button(
            self.tr("All photographs"), "back_from_compare", ButtonKind.QUIET, "arrow-left"
        )
        self.before = ChoiceField("compare_earlier", self.tr("Earlier photograph"), compact=True)
        self.after = ChoiceField("compare_later", self.tr("Later photograph"), compact=True)
        self.mode = SegmentedControl(
            {
                CompareMode.SLIDER.value: self.tr("Slider"),
                CompareMode.BESIDE.value: self.tr("Side by side"),
                CompareMode.GHOST.value: self.tr("Ghost"),
            },
            "compare_mode",
            self.tr("Shown as"),
            compact=True,
        )
        self.mode.set_value(CompareMode.SLIDER.value)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setObjectName("ghost_opacity")
        self.opacity.setAccessibleName(self.tr("How much of the later one is seen"))
        self.opacity.setRange(0, 100)
        self.opacity.setValue(50)
        self.opacity.setFixedSize(200, 36)
        self.align = Button(
            self.tr("Align"), "align_photos", ButtonKind.SECONDARY, "vector-line", compact=True
        )
        self.canvas = CompareCanvas()
        self.notice = Notice(object_name="compare_notice", closable=True)
        self.steps = Strong("")
        self.steps.setWordWrap(True)
        self.aligned = Muted("", wrap=False)
        choices = row(self.back, Body(self.tr("Earlier"), wrap=False))
        choices.addWidget(self.before, 1)
        choices.addWidget(Body(self.tr("Later"), wrap=False))
        choices.addWidget(self.after, 1)
        ways = row(self.mode, self.opacity, self.align, self.aligned, stretch=True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, BAR, 0)
        whole.setSpacing(Space.S)
        nest(whole, choices)
        nest(whole, ways)
        whole.addWidget(self.steps)
        whole.addWidget(self.notice)
        whole.addWidget(self.canvas, 1)
        self.opacity.hide()
        self.steps.hide()

    def _connect(self) -> None:
        self.back.clicked.connect(self._leave)
        self.before.edited.connect(self._other)
        self.after.edited.connect(self._other)
        self.mode.chosen.connect(self._show_mode)
        self.opacity.valueChanged.connect(self._opacity_changed)
        self.align.clicked.connect(self._begin_or_stop)
        self.canvas.tapped.connect(self._tap)

    # Which two

    def show_pair(self, before: PhotoRecord, after: PhotoRecord, photos: PatientPhotos) -> None:
        """Compare two photographs of a patient's."""
        self._photos = photos
        self._images.clear()
        self._offer()
        self.before.set_value(before.id)
        self.after.set_value(after.id)
        self.notice.hide()
        self._other()

    def follow(self, photos: PatientPhotos) -> None:
        """Take over what was changed elsewhere; the two that are shown stay."""
        if self._photos is not None:
            self._photos = photos
            self._offer()

    def clear(self) -> None:
        """Show nothing: another patient's record is read."""
        for loader in self._loaders:
            loader.forget()
        self._photos = self._chosen = None
        self._images.clear()
        self.canvas.show_images(QImage(), QImage(), ("", ""))

    def _offer(self) -> None:
        photos = () if self._photos is None else self._photos.standing
        language = self._context.language
        options = [Option(each.id, photo_words(each, language)) for each in photos]
        for field in (self.before, self.after):
            field.set_options(options)

    @Slot()
    def _other(self) -> None:
        before, after = self.before.value(), self.after.value()
        if before is None or after is None:
            return
        self._chosen = (before, after)
        self._stop_aligning()
        self.canvas.lay(IDENTITY)
        self.aligned.setText("")
        self.align.setVisible(before != after and self._context.may(Right.PHOTO_EDIT))
        for loader, photo_id in zip(self._loaders, self._chosen, strict=True):
            if photo_id not in self._images:
                loader.load(photo_id, self._came, self._failed)
        self._show_images()
        if before != after:
            self._context.run(self, partial(_pair, before, after), self._paired, self._failed)

    def _came(self, picture: Picture, image: QImage) -> None:
        self._images[picture.photo.id] = image
        self._show_images()

    def _show_images(self) -> None:
        if self._chosen is None or self._photos is None:
            return
        before, after = (self._images.get(each, QImage()) for each in self._chosen)
        days = {each.id: self._caption(each) for each in self._photos.photos}
        captions = (days.get(self._chosen[0], ""), days.get(self._chosen[1], ""))
        self.canvas.show_images(before, after, captions)

    def _caption(self, photo: PhotoRecord) -> str:
        return f"{format_date(photo.fields.taken_on)}"

    def _paired(self, pair: PairRecord | None) -> None:
        if pair is not None and (pair.before_id, pair.after_id) == self._chosen:
            self.canvas.lay(pair.alignment.similarity)
            self.aligned.setText(self.tr("Aligned by {who}").format(who=pair.made_by))

    def _failed(self, error: Exception) -> None:
        self.notice.show_notice(Kind.STOP, self.tr("Not shown"), explain(error))

    # How

    @Slot(str)
    def _show_mode(self, mode: str) -> None:
        if mode != CompareMode.BESIDE:
            self._stop_aligning()
        self.canvas.show_mode(CompareMode(mode))
        self.opacity.setVisible(mode == CompareMode.GHOST)

    @Slot(int)
    def _opacity_changed(self, value: int) -> None:
        self.canvas.set_opacity(value / 100)

    # Aligning

    @Slot()
    def _begin_or_stop(self) -> None:
        if self._aligning:
            self._stop_aligning()
            return
        self.mode.set_value(CompareMode.BESIDE.value)
        self._show_mode(CompareMode.BESIDE.value)
        self._aligning = True
        self._tapped = ([], [])
        self.align.setText(self.tr("Stop aligning"))
        self._tell_step()

    def _stop_aligning(self) -> None:
        self._aligning = False
        self._tapped = ([], [])
        self.align.setText(self.tr("Align"))
        self.steps.hide()
        self.canvas.show_spots((), ())

    def _tell_step(self) -> None:
        before, after = map(len, self._tapped)
        where = (
            self.tr("Tap point {number} on the earlier photograph: a mole, the navel, a scar.")
            if before == after
            else self.tr("Tap the same point {number} on the later photograph.")
        )
        self.steps.setText(where.format(number=after + 1))
        self.steps.show()
        self.canvas.show_spots(*self._tapped)

    @Slot(bool, object)
    def _tap(self, later: bool, place: Place) -> None:
        before, after = self._tapped
        if not self._aligning or later != (len(before) > len(after)):
            return  # the other one is asked for
        (after if later else before).append(place)
        if len(after) < _NEEDED:
            self._tell_step()
        else:
            self._keep()

    def _keep(self) -> None:
        before, after = self._tapped
        told = Alignment((before[0], before[1]), (after[0], after[1]))
        self._stop_aligning()
        try:
            _ = told.similarity
        except AlignmentError as error:
            self.notice.show_notice(Kind.CAUTION, self.tr("Not aligned"), error.sentence)
            return
        if self._chosen is not None:
            self.mode.set_value(CompareMode.SLIDER.value)
            self._show_mode(CompareMode.SLIDER.value)
            work = partial(_align, *self._chosen, told)
            self._context.write(self, work, self._paired, self._not_aligned)

    def _not_aligned(self, error: Exception) -> None:
        self.notice.show_notice(Kind.STOP, self.tr("Not aligned"), explain(error))

    @Slot()
    def _leave(self) -> None:
        self._stop_aligning()
        self.left.emit()


def _pair(before_id: UUID, after_id: UUID, desk: Desk) -> PairRecord | None:
    return desk.photos.pair(before_id, after_id)


def _align(before_id: UUID, after_id: UUID, told: Alignment, desk: Desk) -> PairRecord:
    return desk.photos.align(before_id, after_id, told)
