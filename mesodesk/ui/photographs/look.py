"""One photograph: large, with what is drawn over it, what is known of it, and what can be done."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.records.photo import MOST_TEXT, MarkFields, MarkKind
from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_date
from mesodesk.ui.photographs.before import before_lines
from mesodesk.ui.photographs.canvas import PhotoCanvas
from mesodesk.ui.photographs.change_card import ChangeCard
from mesodesk.ui.photographs.hand_out import HandOutCard
from mesodesk.ui.photographs.loading import PhotoLoader
from mesodesk.ui.photographs.words import photo_words, purpose_words
from mesodesk.ui.tokens import BAR, Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.layouts import PageScroll, nest, row
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Heading, Muted
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.photo import PatientPhotos, PhotoBefore, PhotoRecord, Picture
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_SIDE: Final = 372
_LOOK: Final = "look"


class LookPage(QWidget):
    """Looks at one photograph. Marks are kept as they are drawn, and never touch the picture."""

    left = Signal()
    #: (earlier, later): the same view, to be compared.
    compare_asked = Signal(object, object)
    #: Something of it is another now.
    changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("look_photo")
        self._context = context
        self._photos: PatientPhotos | None = None
        self._photo: PhotoRecord | None = None
        self._picture: Picture | None = None
        self._image = QImage()
        self._lettering: MarkFields | None = None
        self._loader = PhotoLoader(context, self)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.back = Button(
            self.tr("All photographs"), "back_to_album", ButtonKind.QUIET, "arrow-left"
        )
        self.title = Heading("")
        self.compare = Button(
            self.tr("Compare with the one before"),
            "compare_before",
            ButtonKind.PRIMARY,
            "compare",
        )
        self.canvas = PhotoCanvas("photo_canvas")
        self.notice = Notice(object_name="look_notice", closable=True)
        head = row(self.back, self.title)
        head.addStretch(1)
        head.addWidget(self.compare)
        side = PageScroll("look_side", margin=0)
        side.setFixedWidth(_SIDE)
        self.facts = Card(self.tr("What is known of it"), object_name="photo_facts")
        self.facts_words = Muted("")
        self.before_words = Muted("")
        self.before_words.setObjectName("photo_before")
        self.facts.add(self.facts_words)
        self.facts.add(self.before_words)
        self.marks = self._make_marks()
        self.change = ChangeCard(self._context)
        self.hand_out = HandOutCard(self._context)
        for card in (self.facts, self.marks, self.hand_out, self.change):
            side.add(card)
        side.column.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(Space.M)
        middle.addWidget(self.canvas, 1)
        middle.addWidget(side)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, BAR, 0)
        whole.setSpacing(Space.S)
        nest(whole, head)
        whole.addWidget(self.notice)
        nest(whole, middle, 1)

    def _make_marks(self) -> Card:
        card = Card(self.tr("Draw over it"), object_name="photo_marks")
        self.tools = SegmentedControl(
            {
                _LOOK: self.tr("Look"),
                MarkKind.ARROW.value: self.tr("Arrow"),
                MarkKind.CIRCLE.value: self.tr("Circle"),
                MarkKind.TEXT.value: self.tr("Text"),
            },
            "mark_tool",
            self.tr("Draw with"),
            compact=True,
            least_width=48,
        )
        self.words = TextField(
            "mark_text",
            self.tr("Text over the photograph"),
            placeholder=self.tr("Type, then Enter"),
            longest=MOST_TEXT,
        )
        self.undo = Button(
            self.tr("Take the last one away"), "take_mark_away", ButtonKind.QUIET, compact=True
        )
        card.add(self.tools)
        card.add(Muted(self.tr("A layer of its own: the picture is never changed.")))
        card.add(self.words)
        nest(card.body, row(self.undo, stretch=True))
        self.words.hide()
        return card

    def _connect(self) -> None:
        self.back.clicked.connect(self.left)
        self.compare.clicked.connect(self._compare)
        self.tools.chosen.connect(self._tool_chosen)
        self.canvas.drawn.connect(self._drawn)
        self.words.input.returnPressed.connect(self._lettered)
        self.undo.clicked.connect(self._take_away)
        self.change.changed.connect(self.changed)

    # What is shown

    def show_photo(self, photo: PhotoRecord, photos: PatientPhotos) -> None:
        """Show a photograph of a patient's."""
        self._take(photo, photos)
        self._image = QImage()
        self._picture = None
        self.notice.hide()
        self.tools.set_value(_LOOK)
        self._tool_chosen(_LOOK)
        self.canvas.show_image(self._image, ())
        self.before_words.hide()
        self._read()
        self._read_before()

    def follow(self, photos: PatientPhotos) -> None:
        """Take over what was changed elsewhere; the photograph that is shown stays."""
        if self._photo is None:
            return
        found = next((each for each in photos.photos if each.id == self._photo.id), None)
        if found is not None:
            drawn = found.marks != self._photo.marks
            changed = found.version != self._photo.version
            self._take(found, photos)
            if drawn:
                self._read()
            if changed:
                self._read_before()

    def clear(self) -> None:
        """Show nothing: another patient's record is read."""
        self._loader.forget()
        self._photo = self._photos = self._picture = None
        self._image = QImage()
        self.canvas.show_image(self._image, ())

    def _take(self, photo: PhotoRecord, photos: PatientPhotos) -> None:
        self._photo, self._photos = photo, photos
        self.title.setText(photo_words(photo, self._context.language))
        self.facts_words.setText("\n".join(self._facts(photo)))
        edits = self._context.may(Right.PHOTO_EDIT) and not photo.is_struck
        self.marks.setVisible(edits)
        self.change.setVisible(edits)
        self.change.show_photo(photo, photos.decisions)
        self.hand_out.show_photo(photo, photos.decisions)
        self.compare.setVisible(self._before() is not None)
        self.undo.setEnabled(photo.marks > 0)

    def _facts(self, photo: PhotoRecord) -> list[str]:
        size = f"{photo.width_px} \u00d7 {photo.height_px}, {_bytes_words(photo.stored_size)}"
        facts = [
            self.tr("Kept by {who} on {day}").format(
                who=photo.kept_by, day=format_date(photo.kept_at.date())
            ),
            ", ".join(purpose_words(each) for each in sorted(photo.fields.purposes)),
            f"{photo.format.value.upper()}, {size}",
            photo.device,
            photo.fields.note,
            self.tr("Location and camera notes were taken out; the picture is as it came."),
        ]
        if photo.is_struck:
            said = self.tr("Entered in error, says {who}: {why}")
            facts.insert(0, said.format(who=photo.error_by, why=photo.error_reason))
        return [each for each in facts if each]

    def _read_before(self) -> None:
        if self._photo is not None and self._photo.version > 1:
            photo_id = self._photo.id
            self._context.run(self, partial(_before, photo_id), partial(self._said, photo_id))

    def _said(self, photo_id: UUID, before: tuple[PhotoBefore, ...]) -> None:
        if self._photo is not None and self._photo.id == photo_id:
            zone, language = self._context.clinic.fields.zone, self._context.language
            lines = before_lines(before, self._photo.fields, language, zone)
            self.before_words.setText("\n".join(lines))
            self.before_words.setVisible(bool(lines))

    def flush(self) -> None:
        """Write down what is being typed."""
        self.change.flush()

    def _read(self) -> None:
        if self._photo is not None:
            self._loader.load(self._photo.id, self._came, self._failed)

    def _came(self, picture: Picture, image: QImage) -> None:
        self._picture, self._image = picture, image
        self.canvas.show_image(image, [each.fields for each in picture.marks])
        self.undo.setEnabled(bool(picture.marks))

    def _failed(self, error: Exception) -> None:
        self.notice.show_notice(Kind.STOP, self.tr("Not shown"), explain(error))

    # Comparing

    def _before(self) -> PhotoRecord | None:
        """Return the photograph of the same view that was taken last before this one."""
        if self._photo is None or self._photos is None or self._photo.is_struck:
            return None
        standing = self._photos.standing
        at = next((n for n, each in enumerate(standing) if each.id == self._photo.id), None)
        if at is None:
            return None
        earlier = standing[at + 1 :]
        view = self._photo.fields.view
        return next((each for each in earlier if each.fields.view == view), None)

    @Slot()
    def _compare(self) -> None:
        before = self._before()
        if before is not None:
            self.compare_asked.emit(before, self._photo)

    # Drawing

    @Slot(str)
    def _tool_chosen(self, tool: str) -> None:
        self._lettering = None
        self.words.hide()
        self.canvas.set_tool(None if tool == _LOOK else MarkKind(tool))

    @Slot(object)
    def _drawn(self, mark: MarkFields) -> None:
        if mark.kind is MarkKind.TEXT:
            self._lettering = mark
            self.words.set_value("")
            self.words.show()
            self.words.setFocus()
        else:
            self._mark(mark)

    @Slot()
    def _lettered(self) -> None:
        if self._lettering is not None and self.words.value():
            self._mark(replace(self._lettering, text=self.words.value()))

    def _mark(self, mark: MarkFields) -> None:
        if self._photo is not None:
            work = partial(_mark, self._photo.id, mark)
            self._context.write(self, work, self._marked, self._not_marked)

    def _marked(self, _mark: object) -> None:
        self.words.hide()
        self._lettering = None
        self._read()
        self.changed.emit()

    def _not_marked(self, error: Exception) -> None:
        self.notice.show_notice(Kind.STOP, self.tr("Not kept"), explain(error))

    @Slot()
    def _take_away(self) -> None:
        if self._picture is not None and self._picture.marks:
            work = partial(_unmark, self._picture.marks[-1].id)
            self._context.write(self, work, self._marked, self._not_marked)


def _bytes_words(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def _before(photo_id: UUID, desk: Desk) -> tuple[PhotoBefore, ...]:
    return desk.photos.before(photo_id)


def _mark(photo_id: UUID, mark: MarkFields, desk: Desk) -> object:
    return desk.photos.mark(photo_id, mark)


def _unmark(mark_id: UUID, desk: Desk) -> None:
    desk.photos.unmark(mark_id)
