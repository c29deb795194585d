"""What somebody typed while the records could not be written: taken over or discarded, by them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from mesodesk.ui.frame.page import Page
from mesodesk.ui.jobs import Latest, explain
from mesodesk.ui.numbers import format_moment
from mesodesk.ui.pages.set_aside_parts import words
from mesodesk.ui.pages.set_aside_parts.taking_over import discard, offered, take_over
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, EmptyState, Notice
from mesodesk.ui.widgets.dialogs import ConfirmDialog
from mesodesk.ui.widgets.layouts import PageScroll, nest, row
from mesodesk.ui.widgets.text import Body, Muted, Strong, Title

if TYPE_CHECKING:
    from pathlib import Path

    from mesodesk.domain.records.set_aside import SetAside
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.set_aside_parts.taking_over import Offer, Offered


class SetAsidePage(Page):
    """A card for each thing that waits, the oldest first. Nothing is taken over by itself."""

    page_id = "set_aside"
    section = "today"

    def __init__(self, context: Context, file_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("Set aside")
        self._context = context
        self._file_name = file_name
        self._latest = Latest(context.jobs, self)
        self.cards: list[OfferCard] = []
        self._none = EmptyState(
            "check-circle-outline",
            self.tr("Nothing is set aside"),
            self.tr("What you type while the records cannot be written comes up here."),
            self.tr("Back to Today"),
            object_name="set_aside_none",
        )
        self._damaged = Notice(object_name="set_aside_damaged")
        self._unreadable: tuple[Path, ...] = ()
        self._list = QVBoxLayout()
        self._list.setSpacing(Space.M)
        self._build()
        self._none.acted.connect(self._to_today)
        self._damaged.acted.connect(self._put_out_of_the_way)

    def _build(self) -> None:
        lead = Muted(
            self.tr(
                "The records could not be written when you typed this. It was kept in an encrypted "
                "file, for you alone. Choose for each what becomes of it."
            )
        )
        self._lead = lead
        scroll = PageScroll("set_aside_scroll", max_width=1900, page=True)
        for widget in (Title(self.title), lead, self._damaged):
            scroll.add(widget)
        nest(scroll.column, self._list)
        scroll.add(self._none)
        scroll.column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, Space.L, 0, 0)
        whole.addWidget(scroll, 1)
        self._none.hide()

    def shown(self, **_arguments: object) -> None:
        self.reload()

    @Slot()
    def reload(self) -> None:
        """Look again what waits."""
        self._latest.run(partial(offered, self._context.desk, self._file_name), self._show)

    def _show(self, found: Offered) -> None:
        for gone in self.cards:
            self._list.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        self.cards = [self._card(at, offer) for at, offer in enumerate(found.offers)]
        self._lead.setVisible(bool(found.offers))
        self._none.setVisible(not found.offers and not found.found.unreadable)
        self._say_damaged(found)
        focus = self.first_focus()
        if focus is not None and self.isVisible():
            focus.setFocus()

    def _card(self, at: int, offer: Offer) -> OfferCard:
        card = OfferCard(self._context, offer, at)
        card.settled.connect(self.reload)
        self._list.addWidget(card)
        return card

    def _say_damaged(self, found: Offered) -> None:
        self._unreadable = found.found.unreadable
        files = "\n".join(str(path) for path in self._unreadable)
        if not files:
            self._damaged.dismiss()
            return
        headline = self.tr("Something that was set aside cannot be read")
        text = self.tr(
            "The file is damaged, and nobody can tell whose it was: {files}. All that is on record"
            " is there. If what you typed last is missing, type it again. The file is kept under"
            " another name once you have read this."
        )
        again = self.tr("Do not tell me again")
        self._damaged.show_notice(Kind.CAUTION, headline, text.format(files=files), again)

    @Slot()
    def _put_out_of_the_way(self) -> None:
        work = partial(_put_out_of_the_way, self._unreadable)
        self._context.write(self, work, self._settled_damaged, self._still_told)

    def _settled_damaged(self, _done: object) -> None:
        self.reload()

    def _still_told(self, error: Exception) -> None:
        self._damaged.show_notice(Kind.CAUTION, explain(error), "", self.tr("Try again"))

    def first_focus(self) -> QWidget | None:
        return self.cards[0].first_focus() if self.cards else None

    @Slot()
    def _to_today(self) -> None:
        self.navigate("today")


class OfferCard(Card):
    """One thing: what was typed, what is on record in its place, and what becomes of it."""

    settled = Signal()

    def __init__(self, context: Context, offer: Offer, number: int) -> None:
        super().__init__(words.title(offer.thing.waiting, offer.about))
        self.setObjectName(f"set_aside_{number}")
        self._context = context
        self._offer = offer
        zone = context.clinic.fields.zone
        when = format_moment(offer.thing.set_aside_at, zone)
        self.add(Muted(self.tr("Set aside {when}").format(when=when)))
        self.notice = Notice(object_name=f"set_aside_{number}_notice")
        self.keep = Button(
            self.tr("Take over"), f"set_aside_{number}_keep", ButtonKind.SECONDARY, "check"
        )
        self.discard = Button(self.tr("Discard…"), f"set_aside_{number}_discard", ButtonKind.QUIET)
        if offer.lines:
            nest(self.body, self._table(offer))
        self.add(self.notice)
        nest(self.body, row(self.keep, self.discard, stretch=True))
        self.keep.clicked.connect(self._keep)
        self.discard.clicked.connect(self._ask)
        self._say_state()

    def first_focus(self) -> QWidget:
        """Return the button to begin with; none of them is pressed by Enter alone."""
        return self.keep if not self.keep.isHidden() else self.discard

    def _table(self, offer: Offer) -> QGridLayout:
        table = QGridLayout()
        table.setHorizontalSpacing(Space.L)
        table.setVerticalSpacing(Space.XS)
        heads = (self.tr("Field"), self.tr("What you typed"), self.tr("On record now"))
        for at, head in enumerate(heads):
            table.addWidget(Muted(head, wrap=False), 0, at)
            table.setColumnStretch(at, 2 if at else 1)
        empty, language = self.tr("empty"), self._context.language
        for at, line in enumerate(offer.lines, start=1):
            name = Strong(words.label(offer.thing.waiting, line, language))
            name.setWordWrap(True)
            table.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop)
            typed = Body(words.value(line.field, line.typed, language) or empty)
            there = Body(words.value(line.field, line.on_record, language) or empty)
            there.set_tone("muted")
            table.addWidget(typed, at, 1, Qt.AlignmentFlag.AlignTop)
            table.addWidget(there, at, 2, Qt.AlignmentFlag.AlignTop)
        return table

    def _say_state(self) -> None:
        offer = self._offer
        self.keep.setVisible(not (offer.trouble or offer.is_on_record or offer.only_read))
        if offer.trouble:
            headline = self.tr("This cannot be shown or taken over now")
            self.notice.show_notice(Kind.CAUTION, headline, offer.trouble)
        elif offer.only_read:
            self.notice.show_notice(
                Kind.CAUTION,
                self.tr("Its field did not take this as it was typed"),
                self.tr("So it cannot be taken over. Type it again in its place; then discard it."),
            )
        elif offer.is_on_record:
            self.notice.show_notice(
                Kind.OK, self.tr("All of this is on record already. It can be discarded here.")
            )

    @Slot()
    def _keep(self) -> None:
        self._busy(busy=True)
        zone = self._context.clinic.fields.zone
        work = partial(_take_over, self._offer.thing, zone)
        self._context.write(self, work, self._settled, self._refused)

    @Slot()
    def _ask(self) -> None:
        dialog = ConfirmDialog(
            self.window(),
            "set_aside_ask",
            self.tr("Discard what you typed?"),
            self.tr("What is on record stays as it is. What you typed is gone for good."),
            self.tr("Discard"),
            self.tr("Keep it for now"),
        )
        dialog.confirmed.connect(self._discard)
        dialog.open()

    @Slot()
    def _discard(self) -> None:
        self._busy(busy=True)
        work = partial(_discard, self._offer.thing)
        self._context.write(self, work, self._settled, self._refused)

    def _busy(self, *, busy: bool) -> None:
        for button in (self.keep, self.discard):
            button.setEnabled(not busy)

    def _settled(self, _nothing: None) -> None:
        self.settled.emit()

    def _refused(self, error: Exception) -> None:
        self._busy(busy=False)
        headline = self.tr("This was not done. It is still set aside.")
        self.notice.show_notice(Kind.STOP, headline, explain(error))


def _take_over(thing: SetAside, zone: str, desk: Desk) -> None:
    take_over(desk, thing, zone)


def _discard(thing: SetAside, desk: Desk) -> None:
    discard(desk, thing)


def _put_out_of_the_way(damaged: tuple[Path, ...], desk: Desk) -> None:
    desk.set_aside.put_out_of_the_way(damaged)
