"""What a protocol injects: mixtures and fields, taken from a favourite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.ui.bodymap.favourite_words import recipe_line, recipe_name
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.choices import PickList
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.text import Body, Muted

if TYPE_CHECKING:
    from mesodesk.domain.favourites import FavouriteContent
    from mesodesk.domain.records.favourite import FavouriteRecord


class InjectingField(QWidget):
    """Says what is held; a favourite puts another in its place. `edited` tells of a change."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content: FavouriteContent | None = None
        self.source = PickList(
            "protocol_favourite",
            self.tr("Take from a favourite"),
            placeholder=self.tr("Name of a favourite"),
        )
        self.held = Body()
        self.held.setObjectName("protocol_held")
        self.note = Muted("")
        self.out = Button(
            self.tr("Take them out"), "protocol_injecting_out", ButtonKind.QUIET, compact=True
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.source)
        column.addWidget(self.held)
        column.addWidget(self.note)
        nest(column, row(self.out, stretch=True))
        self.setFocusProxy(self.source)
        self.source.edited.connect(self._taken)
        self.out.clicked.connect(self._take_out)
        self.set_content(None)

    def set_favourites(self, records: tuple[FavouriteRecord, ...]) -> None:
        """Offer favourites that can be read."""
        options = [
            Option(each.content, each.name, "", _summary(each.content))
            for each in records
            if each.content is not None
        ]
        self.source.set_options(options)
        if not options:
            self.source.set_hint(self.tr("There is no favourite yet: the chart saves one."))

    def content(self) -> FavouriteContent | None:
        """Return what is held."""
        return self._content

    def set_content(self, content: FavouriteContent | None) -> None:
        """Show what is held without telling of it."""
        self._content = content
        self.out.setVisible(content is not None)
        if content is None:
            self.held.setText(self.tr("No mixture and no field yet."))
            self.note.hide()
            return
        lines = [f"{recipe_name(each)}: {recipe_line(each)}" for each in content.recipes]
        self.held.setText("\n".join([*lines, _summary(content)]))
        self.note.setText(self.tr("Held without lots: each session asks which lot is drawn."))
        self.note.show()

    @Slot(object)
    def _taken(self, content: FavouriteContent | None) -> None:
        if content is not None:
            self.source.set_value(None)
            self.source.input.clear()
            self.set_content(content)
            self.edited.emit()

    @Slot()
    def _take_out(self) -> None:
        self.set_content(None)
        self.edited.emit()


def _summary(content: FavouriteContent) -> str:
    mixtures, fields = len(content.recipes), len(content.fields)
    words = [_tr("1 mixture") if mixtures == 1 else _tr("{n} mixtures").format(n=mixtures)]
    if fields:
        words.append(_tr("1 field") if fields == 1 else _tr("{n} fields").format(n=fields))
        words.append(_tr("{n} points").format(n=content.points))
    return " · ".join(words)


def _tr(text: str) -> str:
    from PySide6.QtCore import QCoreApplication

    return QCoreApplication.translate("plans", text)
