"""Takes a view again, the same way: the last photograph first, then the new one over it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from mesodesk.domain.photo_again import next_to_take, to_take
from mesodesk.domain.photo_views import load_photo_views
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_date
from mesodesk.ui.photographs.again_list import AgainList
from mesodesk.ui.photographs.compare_canvas import CompareCanvas, CompareMode
from mesodesk.ui.photographs.loading import PhotoLoader, as_image, decoded_of
from mesodesk.ui.photographs.words import view_words
from mesodesk.ui.tokens import BAR, Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.layouts import PageScroll, nest, row
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Heading, Muted, Strong

if TYPE_CHECKING:
    from mesodesk.domain.photo_again import ToTake
    from mesodesk.domain.records.photo import PatientPhotos, Picture
    from mesodesk.imaging.reading import Pixels
    from mesodesk.ui.context import Context
    from mesodesk.ui.photographs.again_list import View
    from mesodesk.ui.photographs.bring_card import BringCard
    from mesodesk.ui.photographs.bring_queue import Brought

_SIDE: Final = 372


class AgainPage(QWidget):
    """What is brought while it is shown is laid over the last one of the view that is chosen."""

    left = Signal()
    check_asked = Signal()

    def __init__(self, context: Context, bring: BringCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("take_again")
        self._context, self._bring = context, bring
        self._views: tuple[ToTake, ...] = ()
        self._view: View | None = None
        self._last, self._new = QImage(), QImage()
        self._shown: Brought | None = None
        self._loader = PhotoLoader(context, self)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.back = Button(
            self.tr("All photographs"), "back_from_again", ButtonKind.QUIET, "arrow-left"
        )
        self.title = Heading("")
        self.to_check = Button(
            self.tr("Back to the check"), "back_to_check", ButtonKind.SECONDARY, "arrow-left"
        )
        head = row(self.back, self.title)
        head.addStretch(1)
        head.addWidget(self.to_check)
        self.views = AgainList(self._context.language)
        self.canvas = CompareCanvas()
        self.canvas.show_mode(CompareMode.GHOST)
        side = PageScroll("again_side", margin=0)
        side.setFixedWidth(_SIDE)
        side.add(self._make_new())
        side.add(self._make_ways())
        side.column.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(Space.M)
        middle.addWidget(self.canvas, 1)
        middle.addWidget(side)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, BAR, 0)
        whole.setSpacing(Space.S)
        nest(whole, head)
        whole.addWidget(self.views)
        nest(whole, middle, 1)
        self.to_check.hide()

    def _make_new(self) -> Card:
        card = self.new = Card(self.tr("The new one"), object_name="again_new")
        self.which = Strong("")
        self.which.setWordWrap(True)
        self.when = Muted("")
        self.notice = Notice(object_name="again_notice", closable=True)
        self.keep = Button(self.tr("Keep"), "keep_again", ButtonKind.PRIMARY, "check")
        self.leave_out = Button(self.tr("Leave this one out"), "leave_again", ButtonKind.QUIET)
        self.choose = Button(
            self.tr("Choose files"), "choose_again", ButtonKind.PRIMARY, "image-plus"
        )
        self.hint = Muted(self.tr("Or drop them anywhere on this page, or paste with Ctrl+V."))
        for widget in (self.notice, self.which, self.when, self.hint):
            card.add(widget)
        nest(card.body, row(self.choose, self.keep, stretch=True))
        nest(card.body, row(self.leave_out, stretch=True))
        return card

    def _make_ways(self) -> Card:
        card = self.ways = Card(self.tr("Taken the same way?"), object_name="again_ways")
        self.mode = SegmentedControl(
            {
                CompareMode.GHOST.value: self.tr("Ghost"),
                CompareMode.SLIDER.value: self.tr("Slider"),
                CompareMode.BESIDE.value: self.tr("Side by side"),
            },
            "again_mode",
            self.tr("Shown as"),
            compact=True,
            least_width=48,
        )
        self.mode.set_value(CompareMode.GHOST.value)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setObjectName("again_opacity")
        self.opacity.setAccessibleName(self.tr("How much of the new one is seen"))
        self.opacity.setRange(0, 100)
        self.opacity.setValue(50)
        self.opacity.setFixedHeight(36)
        card.add(Muted(load_photo_views().same_again.get(self._context.language)))
        card.add(self.mode)
        card.add(self.opacity)
        return card

    def _connect(self) -> None:
        self.back.clicked.connect(self.left)
        self.to_check.clicked.connect(self.check_asked)
        self.views.picked.connect(self._pick)
        self.choose.clicked.connect(self._bring.choose_files)
        self.keep.clicked.connect(self._keep)
        self.leave_out.clicked.connect(self._bring.leave_out_first)
        self.mode.chosen.connect(self._show_mode)
        self.opacity.valueChanged.connect(self._opacity_changed)
        self._bring.queue.changed.connect(self._show_new)
        self._bring.told.connect(self._say)

    # What is shown

    def begin(self, photos: PatientPhotos, view: View | None, *, at_check: bool) -> bool:
        """Take a view again, or the first one not taken today; tell whether there is any."""
        self._views = to_take(photos.photos, self._context.today())
        wanted = next((each for each in self._views if each.view == view), None)
        chosen = wanted or next_to_take(self._views) or (self._views[0] if self._views else None)
        if chosen is None:
            return False
        self.to_check.setVisible(at_check)
        self.notice.hide()
        self._choose_view(chosen)
        return True

    def follow(self, photos: PatientPhotos) -> None:
        """Take over what is on record by now; once the view is taken, the next one follows."""
        if self._view is None:
            return
        self._views = to_take(photos.photos, self._context.today())
        chosen = next((each for each in self._views if each.view == self._view), None)
        if chosen is not None and not chosen.is_taken:
            self._show_views()
            return
        following = next_to_take(self._views)
        if following is not None:
            self._choose_view(following)
        elif self._views:
            self._show_views()
            self.which.setVisible(self._bring.queue.first is not None)
            self.notice.show_notice(Kind.OK, self.tr("All of these views are taken today."))

    def clear(self) -> None:
        """Show nothing: another patient's record is read."""
        self._loader.forget()
        self._views, self._view, self._shown = (), None, None
        self._last, self._new = QImage(), QImage()
        self._show_images()

    @Slot(object)
    def _pick(self, view: View) -> None:
        chosen = next((each for each in self._views if each.view == view), None)
        if chosen is not None:
            self._choose_view(chosen)

    def _choose_view(self, chosen: ToTake) -> None:
        self._view = chosen.view
        self.title.setText(
            self.tr("As on {day}: {view}").format(
                day=format_date(chosen.last.fields.taken_on),
                view=view_words(chosen.last.fields, self._context.language),
            )
        )
        self._last = QImage()
        self._loader.load(chosen.last.id, self._came, self._failed)
        self._show_views()
        self._show_new()

    def _show_views(self) -> None:
        self.views.show_views(self._views, self._view)

    def _came(self, _picture: Picture, image: QImage) -> None:
        self._last = image
        self._show_images()

    def _failed(self, error: Exception) -> None:
        self.notice.show_notice(Kind.STOP, self.tr("Not shown"), explain(error))

    def _show_images(self) -> None:
        self.canvas.show_images(self._last, self._new, (self.tr("Last time"), self.tr("New")))

    @Slot()
    def _show_new(self) -> None:
        had_focus = self.isAncestorOf(self.window().focusWidget() or self.window())
        self._show_first()
        if had_focus and self.isVisible():
            self.first_focus().setFocus()

    def _show_first(self) -> None:
        first, left = self._bring.queue.first, self._bring.queue.left
        for widget in (self.keep, self.leave_out, self.mode, self.opacity, self.when):
            widget.setVisible(first is not None)
        for widget in (self.choose, self.hint):
            widget.setVisible(first is None)
        if first is None:
            self._shown, self._new = None, QImage()
            reads = self.tr("Being read ...") if left else self.tr("Take it now, then bring it.")
            self.which.setText(reads)
            self.which.setVisible(bool(left) or next_to_take(self._views) is not None)
            self._show_images()
            return
        self._name_new(first, left)
        self._show_mode(self.mode.value() or CompareMode.GHOST.value)
        if first is not self._shown:
            self._shown, self._new = first, QImage()
            self._show_images()
            work = partial(decoded_of, first.prepared)
            self._context.jobs.run_aside(self, work, partial(self._decoded, first), self._failed)

    def _name_new(self, first: Brought, left: int) -> None:
        more = self.tr("{name}, not kept yet; {count} to go").format(name=first.name, count=left)
        alone = self.tr("{name}, not kept yet").format(name=first.name)
        self.which.setText(more if left > 1 else alone)
        self.which.show()
        self._name_day()
        if self._view is not None:
            name = load_photo_views().name(*self._view, self._context.language)
            self.keep.setText(self.tr("Keep as {view}").format(view=name))

    def _name_day(self) -> None:
        """Say of which day it is; one of another day than today does not count as taken again."""
        day, today = self._bring.day.value(), self._context.today()
        said = self._bring.day_words.text()
        of_today = day is None or day == today
        words = self.tr("Of today. {said}") if of_today else self.tr("Not of today: {day}. {said}")
        self.when.setText(words.format(day="" if day is None else format_date(day), said=said))
        self.when.set_tone("muted" if of_today else "caution")

    def _decoded(self, brought: Brought, pixels: Pixels) -> None:
        if brought is self._shown:
            self._new = as_image(pixels)
            self._show_images()

    # What is done

    @Slot()
    def _keep(self) -> None:
        if self._view is not None:
            self.notice.hide()
            self._bring.keep(*self._view)

    @Slot(object, str, str)
    def _say(self, kind: Kind, headline: str, text: str) -> None:
        """Say here too what the card says that brings photographs."""
        self.notice.show_notice(kind, headline, text)

    @Slot(str)
    def _show_mode(self, mode: str) -> None:
        self.canvas.show_mode(CompareMode(mode))
        self.opacity.setVisible(mode == CompareMode.GHOST and self._bring.queue.first is not None)

    @Slot(int)
    def _opacity_changed(self, value: int) -> None:
        self.canvas.set_opacity(value / 100)

    def first_focus(self) -> QWidget:
        """Return where the keyboard begins."""
        if self._bring.queue.first is not None:
            return self.keep
        done = next_to_take(self._views) is None and not self.to_check.isHidden()
        return self.to_check if done else self.choose
