"""The list of favourites over the canvas: found by name, used, renamed, archived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mesodesk.domain.favourites import LONGEST_NAME
from mesodesk.domain.texts import match_rank
from mesodesk.ui.bodymap.canvas_card import CanvasCard
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind, IconButton
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.layouts import row as side_by_side
from mesodesk.ui.widgets.rows import Row
from mesodesk.ui.widgets.text import Label, plain_tip
from mesodesk.ui.widgets.textfields import SearchField, TextField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mesodesk.domain.records.favourite import FavouriteRecord

_SHOWN: Final = 20
"""So many are in the list at once; the others are found by typing."""
_MOST_OF_LIST: Final = 300
_ICON: Final = 36


@dataclass(frozen=True, slots=True)
class FavouriteLine:
    """A favourite in the list: whose it is, and what it holds, in words."""

    record: FavouriteRecord
    whose: str
    detail: str


class FavouriteItem(Row):
    """One favourite; the mark moves by the keys of the search, a click uses it."""

    used = Signal(object)
    rename_asked = Signal(object)
    archive_asked = Signal(object)

    def __init__(self, number: int) -> None:
        name = f"favourite_{number}"
        whose = Label("", Role.SMALL, "muted")
        rename = IconButton("pencil-outline", "", f"{name}_rename", size=_ICON)
        archive = IconButton("archive-arrow-down-outline", "", f"{name}_archive", size=_ICON)
        super().__init__("", object_name=name, trailing=(whose, rename, archive))
        self.whose, self.rename, self.archive = whose, rename, archive
        self._of: FavouriteLine | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCheckable(True)
        self.clicked.connect(self._use)
        self.rename.clicked.connect(self._rename)
        self.archive.clicked.connect(self._archive)

    def nextCheckState(self) -> None:
        """A click uses it; what is marked follows the keys."""

    def show_line(self, line: FavouriteLine) -> None:
        """Show a favourite."""
        self._of = line
        name = line.record.name
        self.set_words(name, line.detail)
        self.setAccessibleName(f"{name}. {line.whose}. {line.detail}")
        self.setToolTip(plain_tip(f"{name}\n{line.detail}"))
        self.whose.setText(line.whose)
        for button, words in (
            (self.rename, self.tr("Rename {name}")),
            (self.archive, self.tr("Archive {name}")),
        ):
            button.setAccessibleName(words.format(name=name))
            button.setToolTip(plain_tip(words.format(name=name)))

    @property
    def record(self) -> FavouriteRecord | None:
        """What it shows."""
        return None if self._of is None else self._of.record

    @Slot()
    def _use(self) -> None:
        self.used.emit(self.record)

    @Slot()
    def _rename(self) -> None:
        self.rename_asked.emit(self.record)

    @Slot()
    def _archive(self) -> None:
        self.archive_asked.emit(self.record)


class FavouriteCard(CanvasCard):
    """A line to search with over the favourites; Enter or a click uses one."""

    #: FavouriteRecord
    used = Signal(object)
    #: FavouriteRecord, and what was typed.
    renamed = Signal(object, str)
    #: FavouriteRecord
    archived = Signal(object)
    #: bring back what was archived last.
    restored = Signal()
    #: keep today's fields or a mixture as a favourite.
    save_asked = Signal()

    def __init__(self, room: QWidget) -> None:
        super().__init__(room, "favourite_card", "")
        self.setAccessibleName(self.tr("Favourites"))
        self.heading.setText(self.tr("Favourites"))
        self._lines: tuple[FavouriteLine, ...] | None = None
        self._found: list[FavouriteLine] = []
        self._at = 0
        self._entered_early = False
        self._renaming: FavouriteRecord | None = None
        self.items: list[FavouriteItem] = []
        self.search = SearchField(
            "favourite_search",
            self.tr("Favourite"),
            placeholder=self.tr("Name of a favourite, or what is in it"),
        )
        self.new_name = TextField("favourite_new_name", "", longest=LONGEST_NAME)
        self.take_name = Button(
            self.tr("Rename"), "favourite_rename_go", ButtonKind.PRIMARY, compact=True
        )
        self.leave_name = Button(
            self.tr("Leave it"), "favourite_rename_leave", ButtonKind.QUIET, compact=True
        )
        self._naming = QWidget()
        self.empty = Label("", tone="muted", wrap=True)
        self.empty.setObjectName("favourite_empty")
        self.notice = Notice(object_name="favourite_notice")
        self.save = Button(
            self.tr("Save as a favourite"),
            "favourite_save",
            ButtonKind.SECONDARY,
            "star-plus-outline",
            compact=True,
        )
        self.close_button = Button(
            self.tr("Close"), "favourite_close", ButtonKind.QUIET, compact=True
        )
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        naming = QHBoxLayout(self._naming)
        naming.setContentsMargins(0, 0, 0, 0)
        naming.setSpacing(Space.S)
        top = Qt.AlignmentFlag.AlignTop
        naming.addWidget(self.new_name, 1, top)
        naming.addWidget(self.take_name, 0, top)
        naming.addWidget(self.leave_name, 0, top)
        self._naming.hide()
        self.column.addWidget(self.heading)
        self.column.addWidget(self.search)
        self.column.addWidget(self._naming)
        self.column.addWidget(self.empty)
        self.add_list()
        self.lines.setSpacing(2)
        self.column.addWidget(self.notice)
        nest(self.column, side_by_side(self.save, self.close_button, stretch=True))

    def _connect(self) -> None:
        self.search.searched.connect(self._look)
        self.search.moved.connect(self._move)
        self.search.entered.connect(self._enter)
        self.take_name.clicked.connect(self._take_name)
        self.leave_name.clicked.connect(self.leave_renaming)
        self.new_name.input.returnPressed.connect(self._take_name)
        self.new_name.input.installEventFilter(self)
        self.notice.acted.connect(self.restored)
        self.save.clicked.connect(self.save_asked)
        self.close_button.clicked.connect(self.closed)

    # Showing

    def begin(self, *, can_save: bool) -> None:
        """Come up empty, with the cursor in the line; the favourites follow."""
        self._lines = None
        self._entered_early = False
        self.save.setEnabled(can_save)
        self.notice.show_notice(Kind.INFO, "")
        self._end_renaming()
        self.search.set_value("")
        self._look("")
        self.come_up()

    def show_lines(self, lines: Sequence[FavouriteLine]) -> None:
        """Show the favourites, by name."""
        self._lines = tuple(lines)
        self._look(self.search.value())
        if self._entered_early:
            self._entered_early = False
            self._enter()

    def tell(self, kind: Kind, sentence: str, action: str = "") -> None:
        """Say something beneath the list."""
        self.notice.show_notice(kind, "", sentence, action)
        self.place()

    def first_focus(self) -> QWidget:
        return self.search.input if self._renaming is None else self.new_name.input

    def most_of_list(self, wanted: int) -> int:
        return min(wanted, _MOST_OF_LIST)

    @Slot(str)
    def _look(self, typed: str) -> None:
        ranked = [
            (rank, at, line)
            for at, line in enumerate(self._lines or ())
            if (rank := match_rank(typed, line.record.name, line.detail)) is not None
        ]
        self._found = [line for _, _, line in sorted(ranked, key=_by_rank)]
        self._at = 0
        self._show_found()

    def _show_found(self) -> None:
        shown = self._found[:_SHOWN]
        while len(self.items) < len(shown):
            self._add_item()
        for at, item in enumerate(self.items):
            item.setVisible(at < len(shown))
            if at < len(shown):
                item.show_line(shown[at])
        self.empty.setText(self._empty_words(len(self._found) - len(shown)))
        self.empty.setVisible(bool(self.empty.text()))
        self._mark()
        self.place()

    def _empty_words(self, more: int) -> str:
        if self._lines is None or self._found:
            words = self.tr("{number} more: type a part of the name.").format(number=more)
            return words if more else ""
        if self._lines:
            return self.tr("No favourite is called that.")
        return self.tr(
            "There is no favourite yet. Chart fields once and save them, or a mixture alone: a "
            "favourite keeps the fields and what the syringes are mixed from, never lots or "
            "patients."
        )

    def _add_item(self) -> None:
        item = FavouriteItem(len(self.items) + 1)
        item.used.connect(self._use)
        item.rename_asked.connect(self._ask_name)
        item.archive_asked.connect(self.archived)
        self.items.append(item)
        self.lines.addWidget(item)

    def _mark(self) -> None:
        for at, item in enumerate(self.items):
            item.setChecked(at == self._at)
        if self._at < len(self._found):
            self.search.input.setAccessibleDescription(self.items[self._at].accessibleName())
            self.keep_in_sight(self.items[self._at])

    # What the user does

    @Slot(int)
    def _move(self, direction: int) -> None:
        shown = min(len(self._found), _SHOWN)
        if shown:
            self._at = (self._at + direction) % shown
            self._mark()

    @Slot()
    def _enter(self) -> None:
        if self._lines is None:
            self._entered_early = True
        elif self._found:
            self.used.emit(self._found[self._at].record)

    @Slot(object)
    def _use(self, record: FavouriteRecord) -> None:
        self.used.emit(record)

    # Renaming

    @Slot(object)
    def _ask_name(self, record: FavouriteRecord) -> None:
        self._renaming = record
        self.notice.show_notice(Kind.INFO, "")
        self.new_name.set_accessible_name(self.tr("New name of {name}").format(name=record.name))
        self.new_name.set_value(record.name)
        self._show_naming(shown=True)
        self.new_name.input.setFocus(Qt.FocusReason.OtherFocusReason)
        self.new_name.input.selectAll()

    @Slot()
    def leave_renaming(self) -> None:
        """Let the name be; the cursor goes back to the search."""
        self._end_renaming()
        self.search.input.setFocus(Qt.FocusReason.OtherFocusReason)

    def _end_renaming(self) -> None:
        self._renaming = None
        self._show_naming(shown=False)

    def _show_naming(self, *, shown: bool) -> None:
        self.search.setVisible(not shown)
        self._naming.setVisible(shown)
        self.place()

    @Slot()
    def _take_name(self) -> None:
        if self._renaming is not None and not self.new_name.error():
            self.renamed.emit(self._renaming, self.new_name.value())

    def refuse_name(self, sentence: str) -> None:
        """Say at the field why a name is not taken."""
        self.new_name.set_error(sentence)
        self.new_name.input.setFocus(Qt.FocusReason.OtherFocusReason)
        self.place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        renaming = watched is self.new_name.input and event.type() is QEvent.Type.KeyPress
        if renaming and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self.leave_renaming()
            return True
        return super().eventFilter(watched, event)


def _by_rank(found: tuple[int, int, FavouriteLine]) -> tuple[int, int]:
    return found[:2]
