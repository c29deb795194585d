"""Protocols: how the clinic works, in versions; plans follow them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from mesodesk.domain.changes import Topic
from mesodesk.domain.rights import Right
from mesodesk.ui.frame.page import Page
from mesodesk.ui.pages.columns import TwoColumns, under_title
from mesodesk.ui.pages.protocol_parts.protocol_form import ProtocolForm
from mesodesk.ui.plan_words import held_words, rule_words
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel
from mesodesk.ui.widgets.layouts import PageScroll, nest, row
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.text import Muted
from mesodesk.ui.widgets.who_may import WhoMay

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.favourite import FavouriteRecord
    from mesodesk.domain.records.protocol import ProtocolRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the page shows."""

    protocols: tuple[ProtocolRecord, ...]
    archived: tuple[ProtocolRecord, ...]
    favourites: tuple[FavouriteRecord, ...]


class ProtocolsPage(Page):
    """The list at the left, the form of whichever is chosen at the right."""

    page_id = "protocols"
    icon = "clipboard-list-outline"
    section = "settings"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("Protocols")
        self._context = context
        self._all: tuple[ProtocolRecord, ...] = ()
        self.rows = RowList("protocol_list", self.tr("Protocols of the clinic"))
        self.empty = Muted(
            self.tr(
                "A protocol holds how you work: interval and maximum with their source, mixtures"
                " without lots, fields, checks, aftercare. A plan that follows it fills the"
                " session in."
            )
        )
        self.new = Button(self.tr("New protocol"), "protocol_new", ButtonKind.DASHED, "plus")
        self.back = Button(self.tr("Settings"), "protocols_back", ButtonKind.QUIET, "arrow-left")
        self.who_may = WhoMay("protocols_who_may")
        self.form = ProtocolForm(context)
        self._build()
        self.rows.activated.connect(self._choose)
        self.new.clicked.connect(self._begin_new)
        self.back.clicked.connect(self._go_back)
        self.form.kept.connect(self._kept)
        self.form.archived.connect(self._kept)
        context.changed.connect(self._changed)

    def _build(self) -> None:
        may = self._context.may(Right.PROTOCOL_EDIT)
        card = Card(self.tr("Protocols of the clinic"), object_name="protocols_card")
        card.add(self.rows)
        card.add(self.empty)
        nest(card.body, row(self.new, stretch=True))
        self.new.setVisible(may)
        self.who_may.say("" if may else self.tr("A prescriber or the owner changes protocols."))
        columns = TwoColumns((4, 7))
        columns.left.addWidget(card)
        columns.right.addWidget(self.form)
        columns.finish()
        scroller = PageScroll("protocols_scroll", max_width=1900, page=True)
        scroller.add(self.who_may)
        scroller.add(columns)
        scroller.column.addStretch(1)
        under_title(self, self.title, scroller, self.back)

    def first_focus(self) -> QWidget | None:
        rows = self.rows.rows()
        return rows[0] if rows else self.new

    def shown(self, **_arguments: object) -> None:
        self.reload()

    def leave(self) -> None:
        self.form.flush()

    def reload(self) -> None:
        """Read the protocols anew."""
        self._context.run(self, _look, self._show)

    def _show(self, seen: _Seen) -> None:
        first_time = not self._all
        self._all = (*seen.protocols, *seen.archived)
        self.form.set_favourites(seen.favourites)
        self.rows.set_rows(_row(each) for each in self._all)
        self.empty.setVisible(not self._all)
        if first_time and seen.protocols and self.form.protocol_id() is None:
            self.form.show_protocol(seen.protocols[0])
        self.form.setVisible(bool(self._all) or self._context.may(Right.PROTOCOL_EDIT))
        self._mark()

    def _mark(self) -> None:
        chosen = self.form.protocol_id()
        for each, protocol in zip(self.rows.rows(), self._all, strict=True):
            each.setChecked(protocol.id == chosen)

    @Slot(int)
    def _choose(self, at: int) -> None:
        self.form.show_protocol(self._all[at])
        self._mark()

    @Slot()
    def _begin_new(self) -> None:
        self.form.show_protocol(None)
        self._mark()
        self.form.first_focus().setFocus()

    @Slot(object)
    def _kept(self, _protocol: ProtocolRecord) -> None:
        self.reload()

    @Slot()
    def _go_back(self) -> None:
        self.navigate("settings")

    @Slot(object, object)
    def _changed(self, topic: Topic, origin: object) -> None:
        if (
            topic & (Topic.PLANS | Topic.FAVOURITES)
            and self.isVisible()
            and origin is not self.form
        ):
            self.reload()


def _row(protocol: ProtocolRecord) -> Row:
    content = protocol.content
    words = []
    if protocol.archived:
        words.append(_tr("archived"))
    if content is not None:
        words += [rule_words(content.interval, content.max_sessions), held_words(content)]
    made = Row(
        protocol.name,
        " · ".join(each for each in words if each),
        object_name=f"protocol_{protocol.id}",
        leading=IconLabel("archive-outline" if protocol.archived else "clipboard-list-outline"),
    )
    made.setCheckable(True)
    return made


def _look(desk: Desk) -> _Seen:
    return _Seen(desk.protocols.all(), desk.protocols.all(archived=True), desk.favourites.all())


def _tr(text: str) -> str:
    from PySide6.QtCore import QCoreApplication

    return QCoreApplication.translate("plans", text)
