"""People: who works here, how they come in, the vault's key and the recovery kit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot

from mesodesk.domain.changes import Topic
from mesodesk.domain.rights import Right
from mesodesk.ui.frame.page import Page
from mesodesk.ui.pages.columns import TwoColumns, under_title
from mesodesk.ui.pages.people_parts.key_card import KeyCard
from mesodesk.ui.pages.people_parts.new_kit_card import NewKitCard
from mesodesk.ui.pages.people_parts.person_panel import PersonPanel
from mesodesk.ui.pages.people_parts.words import role_name, way_words
from mesodesk.ui.tokens import KIND_ICONS, Kind, Space
from mesodesk.ui.widgets.badges import InitialsBadge
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel
from mesodesk.ui.widgets.layouts import PageScroll, nest, row, settle
from mesodesk.ui.widgets.rows import Row, RowList

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.staff import PersonRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class PeoplePage(Page):
    """The list at the left, whoever is chosen at the right; the key and the kit beneath."""

    page_id = "people"
    icon = "account-group-outline"
    section = "settings"

    #: The vault's key is to be changed: the password, as typed.
    key_change_asked = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("People and keys")
        self._context = context
        self._people: tuple[PersonRecord, ...] = ()
        self._wanted: QWidget | None = None
        self.rows = RowList("people_list", self.tr("Everybody who works or worked here"))
        self.new = Button(self.tr("Add somebody"), "people_new", icon_name="account-plus-outline")
        self.back = Button(self.tr("Settings"), "people_back", ButtonKind.QUIET, "arrow-left")
        self.panel = PersonPanel(context)
        self.key = KeyCard()
        self.kit = NewKitCard(context)
        self._build()
        self.rows.activated.connect(self._choose)
        self.new.clicked.connect(self._begin_new)
        self.back.clicked.connect(self._go_back)
        self.panel.changed.connect(self._changed_one)
        self.panel.key_asked.connect(self.key.ask)
        for part in (self.panel, self.key, self.kit):
            part.unfolded.connect(self._show_part)
        self.key.confirmed.connect(self.key_change_asked)
        context.changed.connect(self._changed)

    def _build(self) -> None:
        card = Card(object_name="people_card")
        card.set_title(self.tr("Who works here"))
        card.add(self.rows)
        nest(card.body, row(self.new, stretch=True))
        self.columns, keys = TwoColumns((5, 6)), TwoColumns((5, 6))
        self.columns.left.addWidget(card)
        self.columns.right.addWidget(self.panel)
        keys.left.addWidget(self.key)
        keys.right.addWidget(self.kit)
        may = self._context.may
        for each, right in ((self.kit, Right.KIT), (self.key, Right.ROTATE)):
            each.setVisible(may(right))
        for each_two in (self.columns, keys):
            each_two.finish()
        self.scroller = PageScroll("people_scroll", max_width=1900, page=True)
        self.scroller.add(self.columns)
        self.scroller.add(keys)
        self.scroller.column.addStretch(1)
        under_title(self, self.title, self.scroller, self.back)

    def first_focus(self) -> QWidget | None:
        rows = self.rows.rows()
        return rows[0] if rows else self.new

    def shown(self, **_arguments: object) -> None:
        self.reload()

    def leave(self) -> None:
        for part in (self.panel, self.key, self.kit):
            part.forget()

    def hidden(self) -> None:
        self.panel.begin_new()

    def reload(self) -> None:
        """Read the list anew."""
        self._context.run(self, _all, self._show)

    def _show(self, people: tuple[PersonRecord, ...]) -> None:
        self._people = people
        zone = self._context.clinic.fields.zone
        self.rows.set_rows(_row(person, zone) for person in people)
        self._mark(self.panel.person_id())
        if not self.panel.is_in_use() and self.panel.person_id() is None:
            self._show_person(next((one for one in people if one.is_me), None))

    def _mark(self, person_id: object) -> None:
        for each, person in zip(self.rows.rows(), self._people, strict=True):
            each.setChecked(person.user.id == person_id)

    @Slot(int)
    def _choose(self, at: int) -> None:
        self._show_person(self._people[at])
        if self.columns.is_narrow():
            self._show_part(self.panel.last())

    def _show_person(self, person: PersonRecord | None) -> None:
        if person is not None:
            self.panel.show_person(person)
            self._mark(person.user.id)

    @Slot()
    def _begin_new(self) -> None:
        self.panel.begin_new()
        self._mark(None)
        self.panel.form.name.setFocus()
        self._show_part(self.panel.last())

    @Slot(object)
    def _show_part(self, part: QWidget) -> None:
        # In a turn of its own: what was unfolded has no place before it is laid out.
        self._wanted = part
        QTimer.singleShot(0, self, self._bring_part)

    @Slot()
    def _bring_part(self) -> None:
        if self._wanted is not None:
            settle(self.scroller.column)
            self.scroller.ensureWidgetVisible(self._wanted, 0, Space.XL)
            self._wanted = None

    @Slot()
    def _go_back(self) -> None:
        self.navigate("settings")

    @Slot(object)
    def refuse_key_change(self, error: Exception) -> None:
        """Say at the password why the vault's key was not changed."""
        self.key.refuse(error)

    @Slot(object)
    def _changed_one(self, _person_id: UUID) -> None:
        self.reload()

    @Slot(object, object)
    def _changed(self, topic: Topic, origin: object) -> None:
        if topic & Topic.CLINIC and self.isVisible() and origin is not self.panel:
            self.reload()


def _row(person: PersonRecord, zone: str) -> Row:
    kind, words = way_words(person, zone)
    user = person.user
    made = Row(
        user.name,
        f"{role_name(user.role)} · {words}",
        object_name=f"person_{user.id}",
        leading=InitialsBadge(user.initials, user.colour),
        trailing=() if kind is Kind.OK else (IconLabel(KIND_ICONS[kind], _tone(kind)),),
    )
    made.setCheckable(True)
    return made


def _tone(kind: Kind) -> str:
    return "muted" if kind is Kind.NEUTRAL else kind.value


def _all(desk: Desk) -> tuple[PersonRecord, ...]:
    return desk.people.all()
