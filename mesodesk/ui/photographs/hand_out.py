"""Shows, prints or writes out a photograph, for a purpose that the patient agreed to."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog

from mesodesk.domain.photo_consent import why_not_these
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.photographs.loading import as_image
from mesodesk.ui.photographs.page import PhotoPage, draw_photo
from mesodesk.ui.photographs.words import photo_words, purpose_words
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter

    from mesodesk.domain.photo_consent import Decisions
    from mesodesk.domain.records.photo import PhotoRecord, Picture
    from mesodesk.imaging.reading import Pixels
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.printing import PagePrinter

_PRINTED_PX: Final = 3_000


class HandOutCard(Card):
    """The purpose first: whether it may leave depends on it, and the reason is said at once."""

    def __init__(self, context: Context) -> None:
        super().__init__(object_name="hand_out_photo")
        self.set_title(self.tr("Show, save or print"))
        self._context = context
        self._photo: PhotoRecord | None = None
        self._decisions: Decisions = {}
        self.purpose = ChoiceField(
            "photo_purpose",
            self.tr("What for"),
            [Option(each, purpose_words(each)) for each in PhotoPurpose],
        )
        self.purpose.set_value(PhotoPurpose.RECORD)
        self.why = Muted("")
        self.show_large = Button(self.tr("Show"), "show_photo", ButtonKind.SECONDARY, "eye-outline")
        self.save = Button(
            self.tr("Save"), "save_photo", ButtonKind.SECONDARY, "content-save-outline"
        )
        self.print = Button(
            self.tr("Print"), "print_photo", ButtonKind.SECONDARY, "printer-outline"
        )
        self._whose = ""
        self._printer: PagePrinter | None = None
        self.result = Notice(object_name="save_photo_result", closable=True)
        for widget in (self.purpose, self.why):
            self.add(widget)
        nest(self.body, row(self.show_large, self.save, self.print, stretch=True))
        self.add(self.result)
        self.purpose.edited.connect(self._judge)
        self.show_large.clicked.connect(self.show_it)
        self.save.clicked.connect(self._choose)
        self.print.clicked.connect(self.print_it)
        self.print.setVisible(context.may(Right.PRINT))

    def show_whose(self, whose: str) -> None:
        """Say whose photographs these are, for a page that stays with the record."""
        self._whose = whose

    def show_photo(self, photo: PhotoRecord, decisions: Decisions) -> None:
        """Be about a photograph."""
        if self._photo is None or self._photo.id != photo.id:
            self.result.hide()
        self._photo, self._decisions = photo, decisions
        self.setVisible(self._context.may(Right.EXPORT) and not photo.is_struck)
        self._judge()

    @Slot()
    def _judge(self) -> None:
        if self._photo is None:
            return
        purpose = self.purpose.value()
        refused = why_not_these(self._decisions, purpose, self._photo.fields.purposes)
        self.why.setText(
            refused
            or self.tr(
                "Shown, it covers the window, without a name. A file is not encrypted. Each is kept"
                " on the log."
            )
        )
        self.show_large.setEnabled(not refused)
        self.save.setEnabled(not refused)
        self.print.setEnabled(not refused)

    @Slot()
    def _choose(self) -> None:
        self._dialog = QFileDialog(self, self.tr("Where it goes"))
        self._dialog.setObjectName("save_photo_folder")
        self._dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._dialog.fileSelected.connect(self.save_to)
        self._dialog.open()

    @Slot(str)
    def save_to(self, folder: str) -> None:
        """Write the photograph that is shown into a folder."""
        if self._photo is not None:
            self.save.setEnabled(False)
            work = partial(_export, self._photo.id, self.purpose.value())
            self._context.run(self, work, partial(self._allowed, Path(folder)), self._failed)

    def _allowed(self, folder: Path, picture: Picture) -> None:
        work = partial(_write, picture, folder)
        self._context.jobs.run_aside(self, work, self._written, self._failed)

    @Slot()
    def show_it(self) -> None:
        """Show it over the whole window; that it was shown is kept before it is."""
        if self._photo is not None:
            self.show_large.setEnabled(False)
            work = partial(_show, self._photo.id, self.purpose.value())
            self._context.run(self, work, self._may_show, self._failed)

    def _may_show(self, picture: Picture) -> None:
        came = partial(self._show_over, picture)
        self._context.jobs.run_aside(self, partial(_decoded, picture), came, self._failed)

    def _show_over(self, picture: Picture, pixels: Pixels) -> None:
        self._judge()
        is_still = self._photo is not None and self._photo.id == picture.photo.id
        if is_still and self.isVisible():  # else somebody has gone on, or locked, meanwhile
            # Imported late: few photographs are shown so.
            from mesodesk.ui.photographs.shown import ShownPhoto

            shown = ShownPhoto(self.window(), as_image(pixels))
            shown.open_over(shown.end)

    @Slot()
    def print_it(self) -> None:
        """Print the photograph that is shown; that it was is kept before it is."""
        if self._photo is not None:
            self.print.setEnabled(False)
            work = partial(_print_out, self._photo.id, self.purpose.value())
            self._context.run(self, work, self._may_print, self._failed)

    def _may_print(self, picture: Picture) -> None:
        came = partial(self._open_printer, picture)
        self._context.jobs.run_aside(self, partial(_decoded, picture), came, self._failed)

    def _open_printer(self, picture: Picture, pixels: Pixels) -> None:
        # Imported late: what prints is not needed to look at a record.
        from mesodesk.ui.printing import PagePrinter

        self._judge()
        marks = tuple(each.fields for each in picture.marks)
        sheet = PhotoPage(self._lines(picture.photo), as_image(pixels), marks)
        draw = partial(_draw, sheet)
        self._printer = PagePrinter(self.window(), draw, "photo_print_dialog")
        self._printer.said.connect(self._said)
        self._printer.open()

    def _lines(self, photo: PhotoRecord) -> tuple[str, ...]:
        """Return what stands above it; a name only on what stays with the record."""
        purpose = self.purpose.value()
        what = f"{photo_words(photo, self._context.language)}. {purpose_words(purpose)}."
        return (self._whose, what) if purpose is PhotoPurpose.RECORD else (what,)

    @Slot(str)
    def _said(self, sentence: str) -> None:
        self.result.show_notice(Kind.INFO, sentence)

    def _written(self, path: Path) -> None:
        self._judge()
        self.result.show_notice(Kind.OK, self.tr("Saved"), str(path))

    def _failed(self, error: Exception) -> None:
        self._judge()
        self.result.show_notice(Kind.STOP, self.tr("Nothing left this window"), explain(error))


def _export(photo_id: UUID, purpose: PhotoPurpose, desk: Desk) -> Picture:
    return desk.photos.export((photo_id,), purpose)[0]


def _show(photo_id: UUID, purpose: PhotoPurpose, desk: Desk) -> Picture:
    return desk.photos.show((photo_id,), purpose)[0]


def _print_out(photo_id: UUID, purpose: PhotoPurpose, desk: Desk) -> Picture:
    return desk.photos.print_out((photo_id,), purpose)[0]


def _draw(sheet: PhotoPage, painter: QPainter, page: QRectF) -> None:
    draw_photo(painter, page, sheet)


def _decoded(picture: Picture) -> Pixels:
    from mesodesk.imaging.reading import decoded

    return decoded(picture.data, picture.photo.format, _PRINTED_PX)


def _write(picture: Picture, folder: Path) -> Path:
    from mesodesk.leaving import write_photo

    return write_photo(picture, folder)
