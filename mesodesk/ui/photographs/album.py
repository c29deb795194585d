"""All photographs of a patient: by day, each a small picture with what it shows."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.photo_views import load_photo_views
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.ui import icons, theme
from mesodesk.ui.numbers import format_date
from mesodesk.ui.photographs.words import photo_words, purpose_words, view_words
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import RADIUS, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button, ButtonKind, FocusRing
from mesodesk.ui.widgets.cards import Card, EmptyState
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.layouts import FlowLayout, clear
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.text import Strong

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from mesodesk.domain.records.photo import PatientPhotos, PhotoRecord

_WIDE: Final = 164
_HIGH: Final = 136
_WORDS: Final = 42
_ALL: Final = "all"


class PhotoTile(FocusRing):
    """One photograph, small. A press opens it."""

    opened = Signal(object)

    def __init__(self, photo: PhotoRecord, jpeg: bytes, language: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.photo = photo
        self._title = view_words(photo.fields, language)
        self._picture = QPixmap.fromImage(QImage.fromData(jpeg))
        name = photo_words(photo, language)
        struck = self.tr("{photo}, entered in error").format(photo=name)
        paint.name(self, f"photo_{photo.id.hex}", struck if photo.is_struck else name)
        self.setFixedSize(_WIDE, _HIGH + _WORDS)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clicked.connect(self._tell)

    @Slot()
    def _tell(self) -> None:
        self.opened.emit(self.photo)

    def sizeHint(self) -> QSize:
        return QSize(_WIDE, _HIGH + _WORDS)

    def paintEvent(self, _event: QPaintEvent) -> None:
        scheme, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        border = scheme.accent if self.underMouse() else scheme.border
        paint.box(painter, paint.inside(self), scheme.surface, border)
        room = QRectF(0, 0, _WIDE, _HIGH).adjusted(4, 4, -4, -4)
        painter.save()
        painter.setOpacity(0.35 if self.photo.is_struck else 1.0)
        painter.drawPixmap(
            fitted(self._picture.size(), room), self._picture, QRectF(self._picture.rect())
        )
        painter.restore()
        words = QRectF(8, _HIGH, _WIDE - 16, _WORDS - 4)
        painter.setFont(theme.font(Role.SMALL))
        painter.setPen(theme.colour("stop" if self.photo.is_struck else "text"))
        title = self.tr("Entered in error") if self.photo.is_struck else self._title
        flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        painter.drawText(words, flags, title)
        self._paint_signs(painter)
        if self.shows_ring():
            paint.ring(painter, paint.inside(self))

    def _paint_signs(self, painter: QPainter) -> None:
        """Show at the corner that something is drawn over it."""
        if self.photo.marks:
            box = QRectF(_WIDE - 32, 8, 24, 24)
            paint.box(painter, box, theme.current().surface, None, radius=RADIUS)
            icons.draw(painter, "draw", box.adjusted(3, 3, -3, -3), theme.colour("text"))


def fitted(size: QSize, room: QRectF) -> QRectF:
    """Return where a picture of a size lies in the middle of a room, whole and as large as fits."""
    if size.isEmpty():
        return room
    scale = min(room.width() / size.width(), room.height() / size.height())
    width, height = size.width() * scale, size.height() * scale
    return QRectF(room.center().x() - width / 2, room.center().y() - height / 2, width, height)


class Album(Card):
    """The tiles, by day; a choice of view leaves those of one view."""

    opened = Signal(object)
    #: Two of one view are to be compared: (earlier, later).
    compare_asked = Signal(object, object)

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(object_name="album", parent=parent)
        self._language = language
        self._photos: PatientPhotos | None = None
        self.set_title(self.tr("On record"))
        self.view = ChoiceField("album_view", self.tr("View"), compact=True)
        self.view.setFixedWidth(240)
        self.compare = Button(
            self.tr("Compare first and last"),
            "compare_first_last",
            ButtonKind.SECONDARY,
            "compare",
            compact=True,
        )
        self._choices = QWidget()
        choices = FlowLayout(self._choices)
        choices.addWidget(self.view)
        choices.addWidget(self.compare)
        self.empty = EmptyState(
            "image-multiple-outline",
            self.tr("No photographs yet"),
            self.tr(
                "Bring those of today: front, both obliques and both sides make a first set that"
                " later ones can be compared with."
            ),
            object_name="no_photos",
        )
        self._box = QWidget()
        self._days = QVBoxLayout(self._box)
        self._days.setContentsMargins(0, 0, 0, 0)
        self._days.setSpacing(Space.S)
        self.add(self._choices)
        self.add(self.empty)
        self.add(self._box)
        self.view.edited.connect(self._fill)
        self.compare.clicked.connect(self._compare)

    def show_photos(self, photos: PatientPhotos) -> None:
        """Show a patient's photographs."""
        if self._photos is None or self._photos.patient_id != photos.patient_id:
            self.view.set_value(None)
        self._photos = photos
        views = {(each.fields.area, each.fields.angle) for each in photos.photos}
        order = load_photo_views().order
        options = [Option(_ALL, self.tr("All views"))]
        options += [
            Option(f"{area}.{angle}", load_photo_views().name(area, angle, self._language))
            for area, angle in sorted(views, key=lambda view: order(*view))
        ]
        self.view.set_options(options)
        if self.view.value() is None:
            self.view.set_value(_ALL)
        self._fill()

    @property
    def shown(self) -> tuple[PhotoRecord, ...]:
        """The photographs of the view that is chosen, the latest day first, a day by views."""
        chosen = self.view.value()
        found = () if self._photos is None else by_day_and_view(self._photos.photos)
        return tuple(each for each in found if chosen in (_ALL, None, each.fields.view))

    def _fill(self) -> None:
        clear(self._days)
        if self._photos is None:
            return
        for day, some in groupby(self.shown, key=lambda each: each.fields.taken_on):
            tiles = QWidget(self._box)
            flow = FlowLayout(tiles, Space.M)
            for photo in some:
                flow.addWidget(self._tile(photo, tiles))
            self._days.addWidget(Strong(format_date(day)))
            self._days.addWidget(tiles)
        nothing = not self._photos.photos
        self.empty.setVisible(nothing)
        self._box.setVisible(not nothing)
        self._choices.setVisible(not nothing)
        self.compare.setVisible(self._pair() is not None)

    def _tile(self, photo: PhotoRecord, parent: QWidget) -> PhotoTile:
        jpeg = b"" if self._photos is None else self._photos.thumbnails.get(photo.id, b"")
        tile = PhotoTile(photo, jpeg, self._language, parent)
        extra = [each for each in PhotoPurpose if each in photo.fields.purposes]
        tile.setToolTip(", ".join(map(purpose_words, extra)))
        tile.opened.connect(self.opened)
        return tile

    def _pair(self) -> tuple[PhotoRecord, PhotoRecord] | None:
        return first_and_last([each for each in self.shown if not each.is_struck])

    @Slot()
    def _compare(self) -> None:
        pair = self._pair()
        if pair is not None:
            self.compare_asked.emit(*pair)


def by_day_and_view(photos: Sequence[PhotoRecord]) -> list[PhotoRecord]:
    """Return photographs with the latest day first, those of a day in the order of views."""
    order = load_photo_views().order
    by_view = sorted(photos, key=lambda each: order(each.fields.area, each.fields.angle))
    return sorted(by_view, key=lambda each: each.fields.taken_on, reverse=True)


def first_and_last(photos: Sequence[PhotoRecord]) -> tuple[PhotoRecord, PhotoRecord] | None:
    """Return the earliest and the latest of the view of the latest that has two; None if none has.

    Args:
        photos: the latest day first.
    """
    for later in photos:
        same = [each for each in photos if each.fields.view == later.fields.view]
        if len(same) > 1:
            return same[-1], later
    return None
