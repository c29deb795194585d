"""Takes the recipe of a new syringe from a favourite: a button, then a list to search."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.ui.bodymap.favourite_words import recipe_line, recipe_name, whose_words
from mesodesk.ui.jobs import explain
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.choices import PickList
from mesodesk.ui.widgets.options import Option

if TYPE_CHECKING:
    from mesodesk.domain.records.favourite import FavouriteRecord
    from mesodesk.ui.favourite_store import FavouriteStore


class RecipePicker(QWidget):
    """Shows the button; pressed, the list in its place until something is picked or it is left."""

    #: Recipe
    picked = Signal(object)

    def __init__(self, store: FavouriteStore) -> None:
        super().__init__()
        self.setObjectName("recipe_picker")
        self._store = store
        self._round = 0
        self.button = Button(
            self.tr("From a favourite"), "recipe_from_favourite", ButtonKind.DASHED, "star-outline"
        )
        self.list = PickList(
            "recipe_favourite",
            self.tr("Recipe of a favourite"),
            placeholder=self.tr("Name of a favourite"),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.button)
        column.addWidget(self.list)
        self.list.hide()
        self.button.clicked.connect(self.begin)
        self.list.edited.connect(self._picked)
        self.list.input.installEventFilter(self)

    @Slot()
    def begin(self) -> None:
        """Show the recipes of all favourites, with the cursor in the line."""
        self._round += 1
        self.list.set_options(())
        self.list.set_value(None)
        self.list.set_hint("")
        self.button.hide()
        self.list.show()
        self.list.input.setFocus(Qt.FocusReason.OtherFocusReason)
        self._store.read(partial(self._show, self._round), self._not_read)

    @Slot()
    def leave(self) -> None:
        """Show the button again."""
        if self.list.isHidden():
            return
        self._round += 1
        had_focus = self.list.input.hasFocus()
        self.button.show()
        if had_focus:
            self.button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.list.list.close_list()
        self.list.hide()

    def _show(self, number: int, records: tuple[FavouriteRecord, ...]) -> None:
        if number != self._round:
            return
        options = [each for record in records for each in _options(record)]
        self.list.set_options(options)
        if options:
            self.list.list.open_list(options)
        else:
            self.list.set_hint(
                self.tr("There is no favourite yet: the chart saves one from its fields."),
                Kind.INFO,
            )

    def _not_read(self, error: Exception) -> None:
        self.list.set_error(explain(error))

    @Slot(object)
    def _picked(self, recipe: object) -> None:
        if recipe is not None:
            self.leave()
            self.picked.emit(recipe)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.list.input:
            kind = event.type()
            if kind is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                if event.key() == Qt.Key.Key_Escape:
                    self.leave()
                    return True
            elif kind is QEvent.Type.FocusOut and not self.list.list.is_open():
                self.leave()
        return super().eventFilter(watched, event)


def _options(record: FavouriteRecord) -> list[Option]:
    """Return an option for each recipe; one of another body is as good: a recipe has no places."""
    recipes = record.content.recipes if record.content is not None else ()
    several = len(recipes) > 1
    return [
        Option(
            recipe,
            f"{record.name} · {recipe_name(recipe)}" if several else record.name,
            whose_words(record),
            recipe_line(recipe),
        )
        for recipe in recipes
    ]
